//! The orders of some days, as the service lists them.
//!
//! Source: the service's help page on `getOrdersWithGoods`. It cuts what is longer than a month without
//! a word, so longer times are asked for in parts.

use plugin_kit::types::{Day, List};
use plugin_kit::{Call, Error, Field, Response, Values, reply};

use crate::form::Form;
use crate::notions::ORDER;
use crate::{order, service};

/// The days of a part: not more than the shortest month has.
pub const PART_DAYS: i64 = 28;

/// Only the orders of some products.
pub const PRODUCT_NUMBERS: Field = Field::optional("product_numbers", &List::new(&ORDER, 100))
    .title("Product numbers")
    .about("Only orders of these products.")
    .examples(r#"[["1", "2"]]"#)
    .wire(&["goods"]);

/// What is sent as it is.
const FILTER: &[Field] = &[PRODUCT_NUMBERS];

/// So few days are not divided: their orders are asked for day by day, and put together.
const FEW_DAYS: i64 = 4;

/// Orders that were made or paid on some days.
pub struct Part {
    /// By their numbers, none twice.
    pub orders: Vec<Values>,
    /// The last of the days.
    pub last: i64,
}

/// The orders of some days. Where those of all are more than the host takes as one answer, it is half of the days, and
/// so on, but for the last [`FEW_DAYS`]. Each order has the member `needed`, if one is named.
///
/// # Errors
/// As [`service::answer`], and that the answer can't be read.
pub fn part(call: &Call, paid: bool, first: i64, mut last: i64, needed: Option<&str>) -> Result<Part, Error> {
    let ask = |first, last| {
        let mut form = Form::new().with("begin_date", dotted(first)).with("end_date", dotted(last));
        if paid {
            form = form.with("paid", "1");
        }
        service::ask(call, "getOrdersWithGoods", &form.and(call.input(), FILTER))
    };
    let mut response = ask(first, last);
    while response.is_too_large() && last - first >= FEW_DAYS {
        last = first + (last - first) / 2;
        response = ask(first, last);
    }
    let mut orders = Vec::new();
    if response.is_too_large() && first < last {
        for day in first..=last {
            read(call, &ask(day, day), needed, &mut orders)?;
        }
    } else {
        read(call, &response, needed, &mut orders)?;
    }
    sort(&mut orders, "");
    orders.dedup_by(|a, b| a.text("bill_id") == b.text("bill_id"));
    Ok(Part { orders, last })
}

/// Adds the orders of an answer.
fn read(call: &Call, response: &Response, needed: Option<&str>, orders: &mut Vec<Values>) -> Result<(), Error> {
    // No page says what comes where there is none: an empty list, or the code of lists of orders.
    let reply = service::judge(call, response, &[400])?;
    if reply.result.is_none() || reply.code != 0 {
        return Ok(());
    }
    let Some(entries) = reply::entries(reply.result()) else {
        return Err(service::unreadable(call, &reply, reply.result(), "a result that is no list"));
    };
    for entry in entries {
        let order = order::read(call, &reply, entry)?;
        if let Some(needed) = needed.filter(|needed| order.text(needed).is_empty()) {
            return Err(service::unreadable(call, &reply, entry, &["an order without ", needed].concat()));
        }
        orders.push(order);
    }
    Ok(())
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
