//! The action `list_orders`: the orders of some days.
//!
//! Longer times are asked for in parts; a part is a page.

use plugin_kit::text::integer;
use plugin_kit::types::{Choice, Day, Lines, Text, Whole};
use plugin_kit::{Action, Call, Error, Example, Field, Object};

use crate::listing::{self, PART_DAYS, PRODUCT_NUMBERS, Part, rank};
use crate::{order, service};

/// How many orders a page has where nothing is said.
const LIMIT: usize = 100;

const FROM: Field = Field::required("from", &Day)
    .title("From")
    .about("The first day, as the account's calendar has it.")
    .examples(r#"["2017-01-01"]"#);

const TO: Field =
    Field::required("to", &Day).title("To").about("The last day, which is included.").examples(r#"["2017-02-01"]"#);

const BY: Field = Field::optional(
    "by",
    &Choice::new(&[("created", "made on these days", &["creat", "new"]), ("paid", "paid on these days", &["pay"])]),
)
.title("Which")
.examples(r#"["created", "paid"]"#)
.default(r#""created""#);

const CURSOR: Field = Field::optional("cursor", &Text::new(60))
    .title("Cursor")
    .about("The nextCursor of the page before.")
    .examples(r#"["2017-01-29"]"#);

const MAX: Field = Field::optional("limit", &Whole::new(1, 1000))
    .title("Limit")
    .about("How many orders a page has at most.")
    .examples("[100]")
    .default("100");

/// The action.
pub const ACTION: Action = Action::read(
    "list_orders",
    "List orders",
    "List the orders of the JustClick shop that were made or paid on some days, with all that is known of them.",
    list,
)
.input(&[FROM, TO, BY, PRODUCT_NUMBERS, CURSOR, MAX])
.output(
    "Orders",
    &[
        Field::required("items", &Lines::new(order::FIELDS, 1000))
            .title("Orders")
            .about("The orders, by their numbers."),
        Field::optional("nextCursor", &Text::new(60))
            .title("Next page")
            .about("The cursor of the next page, if there is one."),
    ],
)
.unsigned(&["items"])
.examples(&[Example {
    title: "A month",
    input: r#"{"from":"2017-01-01","to":"2017-02-01","by":"paid","product_numbers":["1","2"]}"#,
    output: r#"{"items":[{"bill_id":"102937","pay_status":"paid"}],"nextCursor":"2017-01-29"}"#,
}]);

/// Where a page begins: on a day, and after the order of that number in the days until the last.
struct Place<'a> {
    day: i64,
    last: i64,
    after: &'a str,
}

fn list(call: &Call) -> Result<Object, Error> {
    let input = call.input();
    let day = |name| Day::number(input.text(name)).unwrap_or_default();
    let (from, to) = (day("from"), day("to"));
    if to < from {
        return Err(service::invalid("to", "is before from: give the earlier day as from"));
    }
    let place = match input.text("cursor") {
        "" => Place { day: from, last: to, after: "" },
        cursor => {
            place(cursor, to).filter(|place| (from..=place.last).contains(&place.day) && place.last <= to).ok_or_else(
                || service::invalid("cursor", "is none of these days: give the nextCursor of the page before"),
            )?
        }
    };
    let last = place.last.min(place.day + PART_DAYS - 1);
    let Part { mut orders, last } = listing::part(call, input.text("by") == "paid", place.day, last, None)?;
    orders.retain(|order| rank(order.text("bill_id")) > rank(place.after));
    let limit = integer(input.text("limit")).and_then(|limit| usize::try_from(limit).ok()).unwrap_or(LIMIT);
    let next = if orders.len() > limit {
        orders.truncate(limit);
        let number = orders.last().map_or("", |order| order.text("bill_id"));
        Some([&Day::text(place.day), "/", &Day::text(last), "/", number].concat())
    } else {
        (last < to).then(|| Day::text(last + 1))
    };
    Ok(service::items(&orders).text_if("nextCursor", next.as_deref()))
}

/// What a cursor says: a day, or `DAY/LAST/NUMBER` within the orders of some days.
fn place(cursor: &str, to: i64) -> Option<Place<'_>> {
    let Some((day, rest)) = cursor.split_once('/') else {
        return Some(Place { day: Day::number(cursor)?, last: to, after: "" });
    };
    let (last, after) = rest.split_once('/')?;
    let is_number = !after.is_empty() && after.bytes().all(|byte| byte.is_ascii_digit());
    let (day, last) = (Day::number(day)?, Day::number(last)?);
    is_number.then_some(Place { day, last, after })
}
