//! What an order is about: who ordered what, beside its number and status.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::money;

/// The data of an order. Texts are empty and moments absent where nothing is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OrderData {
    /// The customer's address.
    pub email: String,
    /// The customer's first name.
    pub first_name: String,
    /// The customer's surname.
    pub last_name: String,
    /// The customer's middle name.
    pub middle_name: String,
    /// The customer's telephone.
    pub phone: String,
    /// Where to deliver.
    pub country: String,
    /// Where to deliver.
    pub region: String,
    /// Where to deliver.
    pub city: String,
    /// Where to deliver: street and house.
    pub address: String,
    /// Where to deliver: postal code.
    pub postalcode: String,
    /// When it was created, in UNIX seconds.
    pub created: Option<u64>,
    /// When it was paid, in UNIX seconds.
    pub paid: Option<u64>,
    /// When it is cancelled by itself, in UNIX seconds.
    pub kill_at: Option<u64>,
    /// A comment.
    pub comment: String,
    /// A free mark.
    pub tag: String,
    /// The host of the payment page; without one, links are paths.
    pub domain: String,
    /// The coupon that was used.
    pub coupon: String,
    /// The customer's IP address.
    pub ip: String,
    /// Marks by their names without `utm_`: `medium`, `source`, …
    pub utm: BTreeMap<String, String>,
    /// What was ordered.
    pub items: Vec<Item>,
    /// Whether it is paid again and again.
    pub is_recurrent: bool,
}

/// A product in an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Item {
    /// The product's symbolic id.
    pub good_name: String,
    /// The product's title at that time.
    pub title: String,
    /// What it costs in this order: `1500.00`.
    pub sum: String,
    /// What it cost by the product's settings: `1500.00`.
    pub price: String,
    /// A PIN code that came with it.
    pub pincode: String,
}

impl OrderData {
    /// The sum of all items, in hundredths.
    pub(crate) fn total(&self) -> u64 {
        self.items.iter().filter_map(|item| money::read(&item.sum)).sum()
    }

    /// Whether another order is for the same: what code 601 is about.
    pub(crate) fn is_alike(&self, other: &Self) -> bool {
        let goods = |data: &Self| {
            let mut goods: Vec<_> =
                data.items.iter().map(|item| (item.good_name.clone(), money::read(&item.sum))).collect();
            goods.sort();
            goods
        };
        self.email.eq_ignore_ascii_case(&other.email) && goods(self) == goods(other)
    }

    /// The login of the partner who brought the customer.
    pub(crate) fn partner(&self) -> Option<&str> {
        let is_affiliate = self.utm.get("medium").is_some_and(|medium| medium == "affiliate");
        self.utm.get("source").filter(|_| is_affiliate).map(String::as_str)
    }
}
