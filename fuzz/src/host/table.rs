//! A batch's text: rows or one line that says what is wrong. What each row asks for is an object of the
//! action's fields, and, written as JSON on lines, asks for the same again.

use std::sync::LazyLock;

use plugin_host::batch::{Format, Names, Spool, Table};
use plugin_host::moment::Clock;
use plugin_host_core::description::{ActionDescription, Description};
use plugin_host_core::{json, schema};

use crate::memory;
use crate::seeds::{self, Seeds};
use crate::target::{Target, choice};
use crate::told::one_line;

pub const TARGET: Target = Target { name: "table", seeds, run };

/// What a spool, its reader and a parser take however little they are given, and what rows take beside.
const FIXED: usize = 4 << 20;

static DESCRIPTION: LazyLock<Description> =
    LazyLock::new(|| Description::parse(seeds::text("manifest/describe.json")).expect("a description"));

/// An action with texts, choices, moments and amounts; one with lines of goods.
const ACTIONS: [&str; 2] = ["update_order_status", "create_order"];

fn action(place: usize) -> &'static ActionDescription {
    DESCRIPTION.action(ACTIONS[place % ACTIONS.len()]).expect("the plugin has it")
}

/// How the columns of the action are told apart.
pub fn names(place: usize) -> Names {
    let clock = Clock::new(Some("Europe/Moscow"), Vec::new()).expect("a time zone");
    Names::new(action(place), Vec::new(), Vec::new(), clock).expect("nothing is asked for")
}

fn seeds(seeds: &mut Seeds) {
    for text in [
        "bill_id,status,date,rpo\n100000,cancel,,\n100001,sent,25.11.2026,10000000000000\n",
        "\u{feff}sep=;\r\nOrder number;Status;Date\r\n\"1\r\n2\";paid;2026-11-25T10:00:00+03:00\r\n;;\r\n",
        "bill_id\tstatus\n1\tcancel\n\"\t2\"\t\"can\"\"cel\"\n",
        "i\0d\0",
        "{\"bill_id\":100000,\"status\":\"cancel\"}\n{\"bill_id\":\"2\",\"status\":\"paid\",\"date\":1362254400}\n",
        "[{\"bill_id\":1,\"status\":\"cancel\"},\n{\"bill_id\":2,\"status\":\"paid\"}]",
    ] {
        (0..4).for_each(|choice| seeds.choosing(choice, text));
    }
    for text in [
        "email,product_id,price,quantity\na@b.ru,invoice,\"1 500,00\",2\n",
        "email;goods[0].product_id;goods[0].price;goods[1].product_id\na@b.ru;invoice;5;sales\n",
    ] {
        seeds.choosing(2, text);
    }
}

fn run(data: &[u8]) {
    let (how, data) = choice(data);
    let format = if how % 2 == 0 { Format::Csv } else { Format::Ndjson };
    let names = names(how / 2);
    let Some(inputs) = memory::at_most(FIXED + 256 * data.len(), || read(data, format, &names)) else { return };
    // A column that no row has anything in is none in JSON.
    let has =
        |field: &str| inputs.iter().any(|input| json::object(input.as_bytes()).is_ok_and(|it| it.get(field).is_some()));
    if inputs.is_empty() || !schema::required(&action(how / 2).offered_input()).all(has) {
        return;
    }
    let lines = inputs.concat();
    let again = read(lines.as_bytes(), Format::Ndjson, &names);
    assert_eq!(again.as_ref(), Some(&inputs), "written as JSON, it asks for something else");
}

/// What the rows ask for, each on a line, as far as they can be read. None if it is no table.
pub fn read(data: &[u8], format: Format, names: &Names) -> Option<Vec<String>> {
    let spool = match Spool::copy(data, None) {
        Ok(spool) => spool,
        Err(error) => return told(&error.to_string()),
    };
    let table = match Table::survey(spool, format, None, names.clone(), Some("bill_id")) {
        Ok(table) => table,
        Err(refusal) => return told(&refusal.0),
    };
    let (mut rows, mut count, mut last) = (table.rows().expect("its copy"), 0, 0);
    let mut inputs = Vec::new();
    while let Some(row) = rows.next().expect("it was read once") {
        assert!(row.line > last, "line {} comes after {last}", row.line);
        (count, last) = (count + 1, row.line);
        match table.request(&row) {
            Ok(request) => {
                json::object(request.input.as_bytes()).unwrap_or_else(|why| panic!("{}: {why:?}", request.input));
                inputs.push(request.input + "\n");
            }
            Err(error) => one_line(&error.message),
        }
    }
    assert_eq!(count, table.rows, "rows are counted otherwise than they are read");
    Some(inputs)
}

fn told(why: &str) -> Option<Vec<String>> {
    one_line(why);
    None
}
