//! The orders of some days, as the service lists them.
//!
//! Source: the service's help page on `getOrdersWithGoods`. It cuts what is longer than a month without
//! a word, so longer times are asked for in parts.

use plugin_kit::types::{Day, List};
use plugin_kit::{Call, Error, Field, Values, reply};

use crate::form::Form;
use crate::notions::ORDER;
use crate::{order, service};

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

/// The orders of a part that were made or paid then, by their numbers, none twice. Each has the member
/// `needed`, if one is named.
///
/// # Errors
/// As [`service::answer`], and that the answer can't be read.
pub fn part(call: &Call, paid: bool, first: i64, last: i64, needed: Option<&str>) -> Result<Vec<Values>, Error> {
    let mut form = Form::new().with("begin_date", dotted(first)).with("end_date", dotted(last));
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
        None => return Err(service::unreadable(call, &reply, reply.result(), "a result that is no list")),
    };
    let mut orders = Vec::with_capacity(entries.len());
    for entry in entries {
        let order = order::read(call, &reply, entry)?;
        if let Some(needed) = needed.filter(|needed| order.text(needed).is_empty()) {
            return Err(service::unreadable(call, &reply, entry, &["an order without ", needed].concat()));
        }
        orders.push(order);
    }
    sort(&mut orders, "");
    orders.dedup_by(|a, b| a.text("bill_id") == b.text("bill_id"));
    Ok(orders)
}

/// A day's number as no other page of the service has days: `dd.mm.yyyy`.
fn dotted(number: i64) -> String {
    let day = Day::text(number);
    let part = |place| day.get(place).unwrap_or_default();
    [part(8..10), ".", part(5..7), ".", part(0..4)].concat()
}

/// What numbers of any length are ordered by.
pub fn rank(number: &str) -> (usize, &str) {
    let digits = number.trim_start_matches('0');
    (digits.len(), digits)
}

/// Puts orders in the order of a time, if one is named, and of their numbers.
pub fn sort(orders: &mut [Values], time: &str) {
    orders.sort_unstable_by(|a, b| key(a, time).cmp(&key(b, time)));
}

fn key<'a>(order: &'a Values, time: &str) -> ((usize, &'a str), (usize, &'a str)) {
    (rank(order.text(time)), rank(order.text("bill_id")))
}

#[cfg(test)]
mod tests {
    use plugin_kit::Value;

    use super::*;

    #[test]
    fn orders_are_sorted_by_time_and_number() {
        let mut orders = Vec::new();
        for place in 0..500_u64 {
            let mut order = Values::default();
            order.set("bill_id", Value::Text((place * 7919 % 500).to_string()));
            order.set("created", Value::Number((998 + place * 31 % 5).to_string()));
            orders.push(order);
        }
        let told = |order: &Values| {
            let number = |name| order.text(name).parse::<u64>().unwrap();
            (number("created"), number("bill_id"))
        };
        sort(&mut orders, "created");
        assert!(orders.is_sorted_by_key(told));
        sort(&mut orders, "");
        assert!(orders.is_sorted_by_key(|order| told(order).1));
    }
}
