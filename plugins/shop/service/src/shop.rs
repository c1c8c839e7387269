//! The shop: customers, goods, orders, notes, and what has happened.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde_json::Value;

use crate::orders::{NewOrder, Order};
use crate::sample::{self, Article, Customer};

/// All that a shop has.
pub(crate) struct Shop {
    pub customers: Vec<Customer>,
    pub goods: Vec<Article>,
    pub orders: Vec<Order>,
    pub notes: Vec<String>,
    pub events: Vec<Event>,
}

/// Something that has happened to an order.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Event {
    /// Events are numbered from 1, in their order.
    pub id: usize,
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// UNIX seconds.
    pub time: u64,
    pub order: Value,
}

impl Shop {
    /// A shop with sample customers and goods, and no orders.
    pub fn sample() -> Self {
        Self {
            customers: sample::customers(),
            goods: sample::goods(),
            orders: Vec::new(),
            notes: Vec::new(),
            events: Vec::new(),
        }
    }

    /// The order that a request makes, and whether an earlier one had made it; or why there is none.
    pub fn create(&mut self, given: NewOrder) -> Result<(&Order, bool), String> {
        if let Some(place) = self.orders.iter().position(|order| order.given.request_id == given.request_id) {
            let order = &self.orders[place];
            let is_same = order.given == given;
            return is_same.then_some((order, true)).ok_or_else(|| {
                format!("the request {} has made another order: give this one a name of its own", given.request_id)
            });
        }
        if !self.customers.iter().any(|customer| customer.id == given.customer) {
            return Err(format!("there is no customer {}", given.customer));
        }
        let total = self.total(&given)?;
        let id = (self.orders.len() + 1).to_string();
        self.orders.push(Order { id, total, paid: false, given });
        self.happened("order_created", self.orders.len() - 1);
        Ok((&self.orders[self.orders.len() - 1], false))
    }

    fn total(&self, given: &NewOrder) -> Result<String, String> {
        if given.goods.is_empty() {
            return Err("an order has at least one line".to_owned());
        }
        let mut total: u64 = 0;
        for line in &given.goods {
            let article = self.goods.iter().find(|article| article.sku == line.sku);
            let article = article.ok_or_else(|| format!("there is no article {}", line.sku))?;
            let price = line.price.as_ref().unwrap_or(&article.price);
            let sum = cents(price).and_then(|cents| cents.checked_mul(line.count.into()));
            let sum = sum.and_then(|sum| total.checked_add(sum));
            total = sum.ok_or_else(|| format!("{} of {} at {price} is no sum", line.count, line.sku))?;
        }
        Ok(format!("{}.{:02}", total / 100, total % 100))
    }

    /// Marks an order as paid, if there is one; once more changes nothing.
    pub fn pay(&mut self, id: &str) -> Option<&Order> {
        let place = self.orders.iter().position(|order| order.id == id)?;
        if !self.orders[place].paid {
            self.orders[place].paid = true;
            self.happened("order_paid", place);
        }
        Some(&self.orders[place])
    }

    fn happened(&mut self, kind: &'static str, place: usize) {
        let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let order = self.orders[place].summary();
        self.events.push(Event { id: self.events.len() + 1, kind, time, order });
    }
}

/// An amount with at most two places, in hundredths.
fn cents(amount: &str) -> Option<u64> {
    let (whole, part) = amount.split_once('.').unwrap_or((amount, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(part) || part.len() > 2 {
        return None;
    }
    let part: u64 = format!("{part:0<2}").parse().ok()?;
    whole.parse::<u64>().ok()?.checked_mul(100)?.checked_add(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_counted_in_hundredths() {
        for (amount, expected) in [("12.50", Some(1250)), ("5", Some(500)), ("0.5", Some(50)), ("0.05", Some(5))] {
            assert_eq!(cents(amount), expected);
        }
        for none in ["", ".5", "1.", "1.005", "-1", "1e2", "99999999999999999999"] {
            assert_eq!(cents(none), None, "{none}");
        }
    }
}
