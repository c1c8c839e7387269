//! The action `find_orders`: the orders of a customer.
//!
//! Source: the service's help page on `GetBills`, which gives a map of orders, each a map of products.

use plugin_kit::json::Members;
use plugin_kit::types::{Choice, Lines};
use plugin_kit::{Action, Call, Error, Example, Field, Object, Value, Values, reply};

use crate::form::Form;
use crate::notions::EMAIL;
use crate::{order, service};

/// The code for "there are none".
const NONE: i64 = 400;

const PAY_STATUS: Field = Field::optional(
    "pay_status",
    &Choice::new(&[
        ("paid", "paid", &["pay", "оплач"]),
        ("waiting", "not paid yet", &["wait", "open", "new", "unpaid"]),
        ("cancel", "cancelled", &["cancel", "отмен"]),
    ]),
)
.title("Payment")
.examples(r#"["paid", "waiting", "cancel"]"#);

const INPUT: &[Field] = &[EMAIL.about("The customer's e-mail address."), PAY_STATUS];

/// The action.
pub const ACTION: Action = Action::read(
    "find_orders",
    "Find orders",
    "Find the orders of a customer of the JustClick shop by the e-mail address: their numbers and products.",
    find,
)
.input(INPUT)
.output("Orders", &[Field::required("items", &Lines::new(order::FOUND, 1000)).title("Orders").about("The orders.")])
.unsigned(&["items"])
.examples(&[
    Example {
        title: "All that were paid",
        input: r#"{"email":"test@test.com","pay_status":"paid"}"#,
        output: r#"{"items":[{"bill_id":"258367","goods":[{"product_number":"12549","product_id":"payment","title":"payment for training"}]}]}"#,
    },
    Example { title: "None", input: r#"{"email":"nobody@test.com"}"#, output: r#"{"items":[]}"# },
]);

fn find(call: &Call) -> Result<Object, Error> {
    let reply = service::answer(call, "GetBills", &Form::of(call.input(), INPUT), &[NONE])?;
    let mut orders = Vec::new();
    if reply.code != NONE {
        let unreadable = |why: &str| service::unreadable(call, &reply, reply.result(), why);
        for (number, goods) in named(reply.result()).ok_or_else(|| unreadable("a result that is no map of orders"))? {
            if number.is_empty() {
                return Err(unreadable("no bill_id"));
            }
            let mut lines = Vec::new();
            for (number, product) in named(goods).ok_or_else(|| unreadable("an order that is no map of products"))? {
                let mut line = reply::object(product, order::FOUND_GOODS).map_err(|why| unreadable(&why))?;
                if !number.is_empty() {
                    line.set("product_number", Value::Text(number));
                }
                lines.push(Value::Fields(line));
            }
            let mut found = Values::default();
            found.set("bill_id", Value::Text(number));
            found.set("goods", Value::List(lines));
            orders.push(found);
        }
    }
    Ok(service::items(&orders))
}

/// The members of an object by their names, which are numbers here. Those of a list have none: PHP writes one for an
/// object without members, and a program that does not keep the names, too.
fn named(json: &str) -> Option<Vec<(String, &str)>> {
    if json == "null" {
        return Some(Vec::new());
    }
    if json.starts_with('[') {
        return Some(reply::entries(json)?.into_iter().map(|value| (String::new(), value)).collect());
    }
    let Members(members) = Members::parse(json).ok()?;
    let is_number = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    let are_numbers = members.iter().all(|(name, _)| is_number(name));
    are_numbers.then(|| members.into_iter().map(|(name, value)| (name.into_owned(), value)).collect())
}
