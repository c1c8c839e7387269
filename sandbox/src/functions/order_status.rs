//! `UpdateOrderStatus`, and the orders that nobody pays in time.

use super::work::Work;
use crate::form::Form;
use crate::orders::{Change, Order};
use crate::reply::Reply;
use crate::webhooks::{Event, Kind};

/// `UpdateOrderStatus`. The order is changed when the reply's code is 0 and left alone otherwise.
pub(super) fn update_order_status(work: &mut Work, form: &Form) -> Result<Reply, Reply> {
    let bill_id = form.text("bill_id");
    if bill_id.is_empty() {
        return Err(Reply::of_code(203));
    }
    let (unknown, wrong) = if work.shapes.edit_codes { (302, 303) } else { (200, 201) };
    let event = work.orders.with(&bill_id, |order| {
        let order = order.ok_or_else(|| Reply::of_code(unknown))?;
        let was = order.status.clone();
        order.apply(read_change(form, wrong)?);
        Ok(kind_of(&was, &order.status).map(|kind| Event::of_order(kind, order)))
    })?;
    work.events.extend(event);
    Ok(Reply::of_code(0))
}

/// What happened by a change of the status, if the customer's scripts are told of it.
fn kind_of(was: &str, is: &str) -> Option<Kind> {
    if was == is {
        return None;
    }
    match is {
        "paid" => Some(Kind::OrderPaid),
        "cancel" => Some(Kind::OrderCancelled),
        "return" => Some(Kind::OrderRefunded),
        _ => None,
    }
}

/// Cancels the orders that nobody has paid in time.
pub(crate) fn cancel_overdue(work: &mut Work) {
    let now = work.clock.now();
    let is_overdue = |order: &Order| order.is_open() && order.data.kill_at.is_some_and(|kill_at| kill_at <= now);
    for order in work.orders.all().into_iter().filter(is_overdue) {
        work.orders.with(&order.bill_id, |order| {
            if let Some(order) = order {
                order.status = "cancel".to_owned();
                work.events.push(Event::of_order(Kind::OrderCancelled, order));
            }
        });
    }
}

/// The table of the service's page on `UpdateOrderStatus`: `date` is required for `sent` and `paid`,
/// `rpo` for `sent`; an empty parameter counts as absent.
fn read_change(form: &Form, wrong: u32) -> Result<Change, Reply> {
    let status = form.text("status");
    let (needs_date, needs_rpo) = match status.as_str() {
        "sent" => (true, true),
        "paid" => (true, false),
        "return" | "cancel" => (false, false),
        _ => return Err(Reply::of_code(wrong)),
    };
    let date = match form.text("date").as_str() {
        "" => None,
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(digits.parse().map_err(|_| Reply::of_code(3))?)
        }
        _ => return Err(Reply::of_code(3)),
    };
    let rpo = Some(form.text("rpo")).filter(|rpo| !rpo.is_empty());
    if (needs_date && date.is_none()) || (needs_rpo && rpo.is_none()) {
        return Err(Reply::of_code(3));
    }
    Ok(Change { status, date, rpo })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The code for these parameters with a status, or 0.
    fn code(parameters: &str) -> u32 {
        read_change(&Form::parse(parameters.as_bytes()), 201).map_or_else(|refusal| refusal.code, |_| 0)
    }

    #[test]
    fn each_status_takes_exactly_what_it_requires() {
        for (parameters, expected) in [
            ("status=sent&date=1&rpo=R", 0),
            ("status=sent&rpo=R", 3),
            ("status=sent&date=&rpo=R", 3),
            ("status=sent&date=1", 3),
            ("status=sent&date=1&rpo=", 3),
            ("status=paid&date=1", 0),
            ("status=paid", 3),
            ("status=return", 0),
            ("status=cancel", 0),
            ("status=cancel&date=1&rpo=R", 0),
        ] {
            assert_eq!(code(parameters), expected, "{parameters}");
        }
    }

    #[test]
    fn a_date_is_unix_seconds_in_digits_wherever_it_is_given() {
        for date in ["-1", "1.5", "2013-03-03", "%D9%A1", "99999999999999999999"] {
            assert_eq!(code(&format!("status=paid&date={date}")), 3, "{date}");
            assert_eq!(code(&format!("status=return&date={date}")), 3, "{date}");
        }
    }

    #[test]
    fn an_unknown_status_is_code_201() {
        for status in ["", "new", "SENT", "sent+", "shipped"] {
            assert_eq!(code(&format!("status={status}&date=1&rpo=R")), 201, "{status}");
        }
    }

    #[test]
    fn what_stays_as_it_is_is_no_event() {
        assert_eq!(kind_of("new", "paid"), Some(Kind::OrderPaid));
        assert_eq!(kind_of("paid", "return"), Some(Kind::OrderRefunded));
        assert_eq!((kind_of("paid", "paid"), kind_of("paid", "sent")), (None, None));
    }
}
