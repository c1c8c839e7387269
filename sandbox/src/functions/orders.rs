//! Orders are made and deleted.

use serde_json::json;

use super::work::{Work, is_email, marks, required, switch};
use crate::form::Form;
use crate::money;
use crate::order_data::{Item, OrderData};
use crate::orders::Order;
use crate::reply::Reply;
use crate::shop::Shop;
use crate::webhooks::{Event, Kind};

/// How long a customer has where `bill_timer_kill` is only on and the product says nothing.
const KILL_AFTER_S: u64 = 3 * 86_400;

/// `CreateOrder`. An unpaid order of the same customer for the same goods is not made twice.
pub(super) fn create_order(work: &mut Work, form: &Form) -> Result<Reply, Reply> {
    let items = read_items(work.shop, form)?;
    let email = form.text("bill_email");
    if !is_email(&email) {
        return Err(Reply::of_code(600));
    }
    let now = work.clock.now();
    let created = seconds(form, "bill_created")?.unwrap_or(now);
    let text = |name: &str| form.text(name);
    let either = |name: &str, other: &str| Some(text(name)).filter(|t| !t.is_empty()).unwrap_or_else(|| text(other));
    let data = OrderData {
        email,
        first_name: text("bill_first_name"),
        last_name: text("bill_surname"),
        middle_name: either("bill_otchestvo", "bill_middle_name"),
        phone: text("bill_phone"),
        country: text("bill_country"),
        region: text("bill_region"),
        city: text("bill_city"),
        address: text("bill_address"),
        postalcode: text("bill_postal_code"),
        created: Some(created),
        paid: None,
        kill_at: kill_at(form, created)?,
        comment: text("bill_comment"),
        tag: text("bill_tag"),
        domain: text("bill_domain"),
        coupon: either("bill_kupon", "bill_coupon"),
        ip: text("bill_ip"),
        utm: marks(form),
        items,
        is_recurrent: false,
    };
    let is_physical = |item: &Item| work.shop.product(&item.good_name).is_some_and(|good| good.good_type == "1");
    let delivery = [&data.first_name, &data.last_name, &data.country, &data.city, &data.address];
    if data.items.iter().any(is_physical) && delivery.iter().any(|text| text.is_empty()) {
        return Err(Reply::of_code(605));
    }
    let alike = work.orders.all().into_iter().find(|order| order.is_open() && order.data.is_alike(&data));
    if let Some(known) = alike {
        return Err(Reply { result: Some(bill_id(&known.bill_id)), ..Reply::of_code(601) });
    }
    let order = Order { data, ..Order::new(work.orders.next_number()) };
    work.events.push(Event::of_order(Kind::OrderCreated, &order));
    let result = bill_id(&order.bill_id);
    work.orders.put(order);
    Ok(Reply::with(result))
}

fn bill_id(number: &str) -> serde_json::Value {
    let number = number.parse::<u64>().map_or_else(|_| json!(number), |number| json!(number));
    json!({ "bill_id": number })
}

fn read_items(shop: &Shop, form: &Form) -> Result<Vec<Item>, Reply> {
    let keys = form.keys("goods");
    if keys.is_empty() {
        return Err(Reply::of_code(603));
    }
    keys.iter().map(|key| read_item(shop, form, key)).collect()
}

fn read_item(shop: &Shop, form: &Form, key: &str) -> Result<Item, Reply> {
    let good_name = required(form, &format!("goods[{key}][good_name]"), 603)?;
    let Some(product) = shop.product(&good_name) else {
        return Err(Reply { result: Some(json!({ "good_name": good_name })), ..Reply::of_code(604) });
    };
    let sum = match form.text(&format!("goods[{key}][good_sum]")) {
        none if none.is_empty() => product.good_sum.clone(),
        given => money::print(money::read(&given).ok_or_else(|| Reply::of_code(602))?),
    };
    let (title, price) = (product.good_title.clone(), product.good_sum.clone());
    Ok(Item { good_name, title, sum, price, pincode: String::new() })
}

/// UNIX seconds, if any are given.
fn seconds(form: &Form, name: &str) -> Result<Option<u64>, Reply> {
    match form.text(name).as_str() {
        "" => Ok(None),
        digits => digits.parse().map(Some).map_err(|_| Reply::of_code(602)),
    }
}

/// `true` or 1 is after the usual time, `false` or 0 never, another number is then.
fn kill_at(form: &Form, created: u64) -> Result<Option<u64>, Reply> {
    match form.text("bill_timer_kill").as_str() {
        "false" => Ok(None),
        "true" | "1" => Ok(Some(created + KILL_AFTER_S)),
        _ if !switch(form, "bill_timer_kill") => Ok(None),
        _ => seconds(form, "bill_timer_kill"),
    }
}

/// `DeleteOrder`.
pub(super) fn delete_order(work: &mut Work, form: &Form) -> Result<Reply, Reply> {
    let bill_id = form.text("bill_id");
    if work.orders.remove(&bill_id) { Ok(Reply::new(0, "order deleted")) } else { Err(Reply::of_code(302)) }
}
