//! Orders are looked up.

use serde_json::{Map, Value, json};

use super::work::{Work, required, switch};
use crate::calendar::{DAY_S, Day};
use crate::form::Form;
use crate::order_object::{Parts, order_object};
use crate::orders::Order;
use crate::reply::Reply;
use crate::world::Coupon;

const PLAIN: Parts =
    Parts { goods: false, good_info: false, pincode: false, is_recurrent: false, coupon: Coupon::Coupon };

/// `GetBills`: the orders of an address, with their products.
pub(super) fn get_bills(work: &mut Work, form: &Form) -> Result<Reply, Reply> {
    let email = required(form, "email", 3)?;
    let wanted = form.text("pay_status");
    if !["", "paid", "waiting", "cancel"].contains(&wanted.as_str()) {
        return Err(Reply::of_code(3));
    }
    let of_customer = |order: &Order| order.data.email.eq_ignore_ascii_case(&email);
    let is_wanted = |order: &Order| wanted.is_empty() || order.pay_status() == wanted;
    let bills = work.orders.all().into_iter().filter(|order| of_customer(order) && is_wanted(order));
    let bills: Map<String, Value> = bills
        .map(|order| {
            let goods = order.data.items.iter().map(|item| {
                let id = work.shop.product(&item.good_name).map_or(0, |good| good.good_id);
                (id.to_string(), json!({ "good_name": item.good_name, "good_title": item.title }))
            });
            (order.bill_id.clone(), Value::Object(goods.collect()))
        })
        .collect();
    if bills.is_empty() { Ok(work.nothing(400)) } else { Ok(Reply::with(Value::Object(bills))) }
}

/// `getOrderDetails`: all of one order.
pub(super) fn get_order_details(work: &mut Work, form: &Form) -> Result<Reply, Reply> {
    let parts =
        Parts { goods: true, good_info: switch(form, "good_info"), pincode: true, coupon: work.shapes.coupon, ..PLAIN };
    one_order(work, form, parts)
}

/// `GetOrderInfo`: the older function, without products.
pub(super) fn get_order_info(work: &mut Work, form: &Form) -> Result<Reply, Reply> {
    one_order(work, form, PLAIN)
}

fn one_order(work: &Work, form: &Form, parts: Parts) -> Result<Reply, Reply> {
    let order = work.orders.get(&form.text("bill_id")).ok_or_else(|| Reply::of_code(400))?;
    Ok(Reply::with(order_object(&order, work.shop, work.shapes, parts)))
}

/// `GetOrders`: the older list, by moments.
pub(super) fn get_orders(work: &mut Work, form: &Form) -> Result<Reply, Reply> {
    let seconds = |name: &str, none| match form.text(name).as_str() {
        "" => Ok(none),
        digits => digits.parse::<u64>().map_err(|_| Reply::of_code(3)),
    };
    let (from, to) = (seconds("date_s", 0)?, seconds("date_e", work.clock.now())?);
    Ok(list(work, form, from, to, PLAIN))
}

/// `getOrdersWithGoods`: the list by days, at most a month before its end. What is longer is cut
/// without a word.
pub(super) fn get_orders_with_goods(work: &mut Work, form: &Form) -> Result<Reply, Reply> {
    let day = |name: &str| match form.text(name).as_str() {
        "" => Ok(None),
        text => Day::read_dotted(text).map(Some).ok_or_else(|| Reply::of_code(3)),
    };
    let zone = work.clock.zone_s;
    let today = Day::at(work.clock.now(), zone);
    let last = day("end_date")?.unwrap_or(today);
    let first = day("begin_date")?.unwrap_or(last).max(last.month_before());
    let moment = |day: i64| u64::try_from(day * DAY_S - zone).unwrap_or(0);
    let parts = Parts { goods: true, is_recurrent: true, coupon: Coupon::Kupon, ..PLAIN };
    Ok(list(work, form, moment(first.0), moment(last.0 + 1).saturating_sub(1), parts))
}

/// The orders that were made from one moment to another; with `paid`, those that were paid then.
fn list(work: &Work, form: &Form, from: u64, to: u64, parts: Parts) -> Reply {
    let paid = switch(form, "paid");
    let ids = form.texts("goods");
    let is_wanted = |order: &Order| {
        let at = if paid { order.paid_at() } else { order.data.created };
        let has = |id: &String| {
            order.data.items.iter().any(|item| {
                let good = work.shop.product(&item.good_name);
                good.is_some_and(|good| good.good_id.to_string() == *id)
            })
        };
        at.is_some_and(|at| (from..=to).contains(&at)) && (ids.is_empty() || ids.iter().any(has))
    };
    let orders = work.orders.all().into_iter().filter(is_wanted);
    Reply::with(orders.map(|order| order_object(&order, work.shop, work.shapes, parts)).collect())
}
