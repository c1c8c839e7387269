//! An order as replies and webhooks have it.

use serde_json::{Map, Value, json};

use crate::money;
use crate::orders::Order;
use crate::shop::Shop;
use crate::world::{Coupon, Shapes};

/// Which members an order has, beside those that it always has.
#[derive(Clone, Copy)]
pub(crate) struct Parts {
    /// `items`, `tag`, `good_count`, `bill_sum_topay` and the coupon.
    pub(crate) goods: bool,
    /// What `good_info` adds.
    pub(crate) good_info: bool,
    /// `pincode` within items.
    pub(crate) pincode: bool,
    /// `is_recurrent`.
    pub(crate) is_recurrent: bool,
    /// What the coupon is called.
    pub(crate) coupon: Coupon,
}

pub(crate) fn order_object(order: &Order, shop: &Shop, shapes: &Shapes, parts: Parts) -> Value {
    let data = &order.data;
    let mut object = Map::new();
    let mut add = |name: &str, value: Value| drop(object.insert(name.to_owned(), value));
    add("id", order.bill_id.parse::<u64>().map_or_else(|_| json!(order.bill_id), |number| json!(number)));
    for (name, text) in [
        ("first_name", &data.first_name),
        ("last_name", &data.last_name),
        ("middle_name", &data.middle_name),
        ("email", &data.email),
        ("phone", &data.phone),
        ("city", &data.city),
        ("country", &data.country),
        ("address", &data.address),
        ("region", &data.region),
        ("postalcode", &data.postalcode),
        ("comment", &data.comment),
        ("domain", &data.domain),
    ] {
        add(name, json!(text));
    }
    add("created", json!(data.created));
    add("paid", json!(order.paid_at()));
    add("pay_status", json!(order.pay_status()));
    add("type", json!(""));
    add("payway", json!(if order.paid_at().is_some() { "card" } else { "" }));
    add("link", json!(link(order)));
    add("price", json!(money::print(data.total())));
    let utm = data.utm.iter().filter(|(name, _)| !name.starts_with("aff_"));
    add("utm", Value::Object(utm.map(|(name, value)| (name.clone(), json!(value))).collect()));
    if parts.goods {
        add("tag", json!(data.tag));
        add("good_count", json!(data.items.len()));
        let to_pay = if order.is_open() { data.total() } else { 0 };
        add("bill_sum_topay", json!(money::print(to_pay)));
        add(coupon_name(parts.coupon), json!(data.coupon));
        add("items", item_list(order, shop, parts.pincode, true));
    }
    if parts.good_info {
        let ids = data.items.iter().filter_map(|item| shop.product(&item.good_name)).map(|good| good.good_id);
        add("good_ids", json!(ids.collect::<Vec<_>>()));
        add("prepayment_enabled", json!(false));
        add("prepayment_minsum", json!("0.00"));
    }
    if parts.is_recurrent {
        add("is_recurrent", json!(data.is_recurrent));
    }
    if shapes.absent_if_empty {
        object.retain(|_, value| !(value.is_null() || *value == json!("") || *value == json!({})));
    }
    Value::Object(object)
}

pub(crate) fn coupon_name(coupon: Coupon) -> &'static str {
    match coupon {
        Coupon::Coupon => "coupon",
        Coupon::Kupon => "kupon",
    }
}

/// The payment page: whole if the order's host is known, else a path.
pub(crate) fn link(order: &Order) -> String {
    let path = format!("/shops/pay/{}/", order.bill_id);
    if order.data.domain.is_empty() { path } else { format!("http://{}{path}", order.data.domain) }
}

/// The order's products.
pub(crate) fn item_list(order: &Order, shop: &Shop, pincode: bool, partners: bool) -> Value {
    let items = order.data.items.iter().map(|item| {
        let mut object = json!({ "id": item.good_name, "title": item.title, "sum": item.sum, "price": item.price });
        if pincode {
            object["pincode"] = json!(item.pincode);
        }
        if partners {
            let known = order.data.partner().and_then(|login| {
                let place = shop.partners.iter().position(|partner| partner.login == login)?;
                Some(json!([{
                    "partner_lvl": 1,
                    "partner_id": place + 1,
                    "partner_name": login,
                    "partner_fee": money::print(shop.fee(item)),
                }]))
            });
            object["partners"] = known.unwrap_or_else(|| json!([]));
        }
        object
    });
    items.collect()
}

impl Shapes {
    /// A result in the shapes that are set.
    pub(crate) fn shaped(&self, value: Value) -> Value {
        match value {
            Value::Number(number) if self.numbers_as_texts => Value::String(number.to_string()),
            Value::Null if self.numbers_as_texts => json!(""),
            Value::Bool(on) if self.numbers_as_texts => json!(if on { "1" } else { "" }),
            Value::Array(values) => values.into_iter().map(|value| self.shaped(value)).collect(),
            Value::Object(members) if members.is_empty() && self.empty_objects_as_lists => json!([]),
            Value::Object(members) => {
                let members = members.into_iter().map(|(name, value)| (name, self.shaped(value)));
                Value::Object(members.collect())
            }
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_reach_every_depth() {
        let value = json!({ "a": [{ "b": 1, "c": {}, "d": true, "e": null, "f": "x" }] });
        assert_eq!(Shapes::default().shaped(value.clone())["a"][0]["c"], json!([]));
        let shapes = Shapes { numbers_as_texts: true, empty_objects_as_lists: false, ..Shapes::default() };
        assert_eq!(shapes.shaped(value), json!({ "a": [{ "b": "1", "c": {}, "d": "1", "e": "", "f": "x" }] }));
    }
}
