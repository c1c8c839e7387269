//! What the account has beside its orders: groups, contacts, products, partners, and where its
//! webhooks go.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::money;
use crate::order_data::Item;

/// All of it. Given to a control request, a list that is there takes the place of what was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Shop {
    /// The groups of contacts.
    pub groups: Vec<Group>,
    /// The contacts.
    pub contacts: Vec<Contact>,
    /// The products.
    pub products: Vec<Product>,
    /// The partners.
    pub partners: Vec<Partner>,
    /// The account's own addresses for webhooks, by the names of events; those of products are theirs.
    pub webhooks: BTreeMap<String, Vec<String>>,
}

/// A group of contacts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Group {
    /// The symbolic id: a word, or a time and digits with a dot between them.
    pub rass_name: String,
    /// What people call it.
    pub rass_title: String,
    /// Whether the service fills it, so that nobody can be added.
    pub auto: bool,
    /// Whether contacts have to confirm.
    pub confirm: bool,
}

/// A contact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Contact {
    /// The address, by which it is known.
    pub email: String,
    /// The name; "Dear Friend" where none was given.
    pub name: String,
    /// The telephone.
    pub phone: String,
    /// The city.
    pub city: String,
    /// The tags, with commas between them.
    pub tags: String,
    /// The IP address.
    pub ip: String,
    /// Marks by their names without `utm_`.
    pub utm: BTreeMap<String, String>,
    /// The groups by their ids.
    pub groups: BTreeMap<String, Membership>,
}

/// A contact's part in a group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Membership {
    /// `STATUS_WAIT`, `STATUS_SUBSCRIBE`, `STATUS_UNSUBSCRIBE`, `STATUS_UNSUBSCRIBE_BY_SERVICE` or
    /// `STATUS_INVALID_EMAIL`.
    pub status: String,
    /// Since when, in UNIX seconds.
    pub since: u64,
}

impl Membership {
    pub(crate) const WAIT: &str = "STATUS_WAIT";
    pub(crate) const SUBSCRIBED: &str = "STATUS_SUBSCRIBE";
    pub(crate) const UNSUBSCRIBED: &str = "STATUS_UNSUBSCRIBE";

    pub(crate) fn new(status: &str, since: u64) -> Self {
        Self { status: status.to_owned(), since }
    }

    /// Whether the contact counts as one of the group: it is subscribed, or about to be.
    pub(crate) fn is_in(&self) -> bool {
        [Self::WAIT, Self::SUBSCRIBED].contains(&self.status.as_str())
    }
}

/// A product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Product {
    /// The number.
    pub good_id: u64,
    /// The symbolic id.
    pub good_name: String,
    /// What people call it.
    pub good_title: String,
    /// What it costs: `3900.00`.
    pub good_sum: String,
    /// `1` for what is posted, `0` for what is not, empty for a price that the customer chooses.
    pub good_type: String,
    /// All other fields as they were given, such as `good_api_url_notif`.
    pub fields: BTreeMap<String, String>,
    /// Addresses for webhooks that no function sets, by the names of events.
    pub webhooks: BTreeMap<String, String>,
}

/// A partner, and what is known of it beside the orders that it brought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Partner {
    /// The login.
    pub login: String,
    /// Clicks, by days as `YYYY-MM-DD`.
    pub clicks: BTreeMap<String, u64>,
    /// How many partners it brought.
    pub partners: u64,
    /// What was paid out to it: `100.00`.
    pub paid_out: String,
}

impl Shop {
    /// What a new account of the sandbox has: two groups.
    pub(crate) fn bare() -> Self {
        Self {
            groups: vec![Group::new("customers", "Покупатели"), Group::new("news", "News/weekly")],
            ..Self::default()
        }
    }

    /// What comes with the sandbox's sample orders.
    pub(crate) fn sample() -> Self {
        let shop = serde_json::from_str(include_str!("../shop.json")).unwrap_or_default();
        Self { groups: Self::bare().groups, ..shop }
    }

    pub(crate) fn group(&self, name: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.rass_name == name)
    }

    /// The contact with that address. Its case does not matter.
    pub(crate) fn contact(&mut self, email: &str) -> Option<&mut Contact> {
        self.contacts.iter_mut().find(|contact| contact.email.eq_ignore_ascii_case(email))
    }

    pub(crate) fn product(&self, name: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.good_name == name)
    }

    /// What the partner of the first level gets for an item, in hundredths.
    pub(crate) fn fee(&self, item: &Item) -> u64 {
        let fields = self.product(&item.good_name).map(|good| &good.fields);
        let field = |name| fields.and_then(|fields| fields.get(name)).and_then(|text| money::read(text)).unwrap_or(0);
        match field("good_partner_fee") {
            // A percentage has hundredths as well.
            0 => money::read(&item.sum).unwrap_or(0) * field("good_partner_fee_perc") / 10_000,
            fee => fee,
        }
    }

    /// Adds the groups of a list with commas that are not there yet, as the service does for
    /// `good_client_rassilki`.
    pub(crate) fn add_missing_groups(&mut self, names: &str) {
        for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            if self.group(name).is_none() {
                self.groups.push(Group::new(name, name));
            }
        }
    }
}

impl Group {
    /// A group to which contacts can be added without their confirmation.
    pub fn new(name: &str, title: &str) -> Self {
        Self { rass_name: name.to_owned(), rass_title: title.to_owned(), auto: false, confirm: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_has_products_contacts_and_a_partner() {
        let shop = Shop::sample();
        assert!(shop.product("invoice").is_some() && !shop.contacts.is_empty() && !shop.partners.is_empty());
    }
}
