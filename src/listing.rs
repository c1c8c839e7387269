//! The orders of some days, as the service lists them.
//!
//! Source: the service's help page on `getOrdersWithGoods`. It cuts what is longer than a month without
//! a word, so longer times are asked for in parts.

use plugin_kit::types::List;
use plugin_kit::{Call, Error, Field, Values, reply};

use crate::form::Form;
use crate::notions::ORDER;
use crate::{days, order, service};

/// The days of a part: not more than the shortest month has.
pub const PART_DAYS: i64 = 28;

/// Only the orders of some products.
pub const PRODUCT_NUMBERS: Field = Field::optional("product_numbers", &List::new(&ORDER, 100))
    .title("Product numbers")
    .about("Only orders of these products, by their numbers.")
    .examples(r#"[["1", "2"]]"#)
    .wire(&["goods"]);

/// What is sent as it is.
const FILTER: &[Field] = &[PRODUCT_NUMBERS];

/// The orders of a part that were made or paid then, by their numbers, none twice.
///
/// # Errors
/// As [`service::answer`], and that the answer can't be read.
pub fn part(call: &Call, paid: bool, first: i64, last: i64) -> Result<Vec<Values>, Error> {
    let mut form = Form::new().with("begin_date", days::dotted(first)).with("end_date", days::dotted(last));
    if paid {
        form = form.with("paid", "1");
    }
    let form = form.and(call.input(), FILTER);
    // No page says what comes where there is none: an empty list, or the code of lists of orders.
    let reply = service::answer(call, "getOrdersWithGoods", &form, &[400])?;
    let entries = reply::entries(reply.result());
    let is_none = reply.result.is_none() || reply.code != 0;
    let entries = match entries {
        _ if is_none => Vec::new(),
        Some(entries) => entries,
        None => return Err(service::unreadable("a result that is no list".to_owned())),
    };
    let mut orders = Vec::with_capacity(entries.len());
    for entry in entries {
        orders.push(order::read(call, entry)?);
    }
    orders.sort_by(|a, b| rank(a.text("bill_id")).cmp(&rank(b.text("bill_id"))));
    orders.dedup_by(|a, b| a.text("bill_id") == b.text("bill_id"));
    Ok(orders)
}

/// What numbers of any length are ordered by.
pub fn rank(number: &str) -> (usize, &str) {
    let digits = number.trim_start_matches('0');
    (digits.len(), digits)
}
