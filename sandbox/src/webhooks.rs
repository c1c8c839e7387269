//! What the service tells scripts, and how it signs it: the help pages on notifications.
//!
//! A hash covers the order's number, the customer's address and one time, and neither the status nor
//! the sums. What is told of contacts has none.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::form::Form;
use crate::money;
use crate::order_object::{Parts, item_list, link, order_object};
use crate::orders::Order;
use crate::shop::{Contact, Shop};
use crate::signature::Account;
use crate::world::{HashTime, Shapes};

/// What has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    OrderCreated,
    OrderCancelled,
    OrderPaid,
    OrderPrepaid,
    OrderRefunded,
    ContactSubscribed,
    ContactActivated,
    ContactUnsubscribed,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OrderCreated => "order_created",
            Self::OrderCancelled => "order_cancelled",
            Self::OrderPaid => "order_paid",
            Self::OrderPrepaid => "order_prepaid",
            Self::OrderRefunded => "order_refunded",
            Self::ContactSubscribed => "contact_subscribed",
            Self::ContactActivated => "contact_activated",
            Self::ContactUnsubscribed => "contact_unsubscribed",
        })
    }
}

impl Kind {
    /// What `status` is. Payments have none.
    pub(crate) fn marker(self) -> Option<&'static str> {
        match self {
            Self::OrderCreated => Some("new_order"),
            Self::OrderCancelled => Some("cancel_order"),
            Self::OrderRefunded => Some("moneyback"),
            Self::OrderPaid | Self::OrderPrepaid => None,
            Self::ContactSubscribed => Some("2"),
            Self::ContactActivated => Some("1"),
            Self::ContactUnsubscribed => Some("0"),
        }
    }

    /// The field of a product that has the address.
    fn field(self) -> Option<&'static str> {
        match self {
            Self::OrderCreated => Some("good_api_url_new_order"),
            Self::OrderPaid => Some("good_api_url_notif"),
            _ => None,
        }
    }
}

/// Something that scripts are told of, with what it was about at that time.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) kind: Kind,
    about: About,
    /// The part of an order that was paid, in hundredths.
    prepaid: Option<u64>,
}

#[derive(Clone, Debug)]
enum About {
    Order(Box<Order>),
    Contact(Box<Contact>, String),
}

impl Event {
    pub(crate) fn of_order(kind: Kind, order: &Order) -> Self {
        Self { kind, about: About::Order(Box::new(order.clone())), prepaid: None }
    }

    pub(crate) fn of_contact(kind: Kind, contact: &Contact, group: &str) -> Self {
        Self { kind, about: About::Contact(Box::new(contact.clone()), group.to_owned()), prepaid: None }
    }

    /// The same with the part of the order that was paid.
    pub(crate) fn prepaid(mut self, sum: Option<u64>) -> Self {
        self.prepaid = sum;
        self
    }

    /// The addresses that are told: those of each product of the order, and the account's own. One
    /// that several products have is told as often.
    pub(crate) fn addresses(&self, shop: &Shop) -> Vec<String> {
        let name = self.kind.to_string();
        let mut addresses = Vec::new();
        if let About::Order(order) = &self.about {
            for good in order.data.items.iter().filter_map(|item| shop.product(&item.good_name)) {
                addresses.extend(self.kind.field().and_then(|field| good.fields.get(field)).cloned());
                addresses.extend(good.webhooks.get(&name).cloned());
            }
        }
        addresses.extend(shop.webhooks.get(&name).into_iter().flatten().cloned());
        addresses.retain(|address| !address.is_empty());
        addresses
    }

    /// The body that is posted, without its hash, and the text that the hash is made from but for the
    /// key; contacts have none.
    pub(crate) fn form(&self, shop: &Shop, shapes: &Shapes) -> (Form, Option<String>) {
        match &self.about {
            About::Order(order) => {
                let fields = self.order_fields(order, shop, shapes);
                (Form::of_json(&fields), Some(self.hashed(order, shapes)))
            }
            About::Contact(contact, group) => (Form::of_json(&self.contact_fields(contact, group)), None),
        }
    }

    fn contact_fields(&self, contact: &Contact, group: &str) -> Value {
        let mut fields = json!({
            "name": contact.name,
            "email": contact.email,
            "phone": contact.phone,
            "city": contact.city,
            "id_group": group,
            "ip": contact.ip,
            "status": self.kind.marker(),
        });
        if self.kind != Kind::ContactUnsubscribed {
            fields["utm"] = json!(contact.utm);
        }
        fields
    }

    fn order_fields(&self, order: &Order, shop: &Shop, shapes: &Shapes) -> Value {
        let parts = Parts { goods: true, good_info: false, pincode: true, is_recurrent: true, coupon: shapes.coupon };
        let all = order_object(order, shop, shapes, parts);
        let always = ["id", "first_name", "last_name", "middle_name", "email", "phone", "city", "created", "comment"];
        let names: &[&str] = match self.kind {
            Kind::OrderCreated => &["country", "address", "region", "postalcode", "tag", "domain", "link", "utm"],
            Kind::OrderCancelled => &["country", "region", "postalcode", "utm"],
            Kind::OrderPaid => &[
                "country",
                "address",
                "region",
                "postalcode",
                "paid",
                "tag",
                "type",
                "payway",
                "domain",
                "utm",
                "coupon",
                "kupon",
            ],
            Kind::OrderPrepaid => &["country", "region", "postalcode", "tag", "domain", "utm", "coupon", "kupon"],
            _ => &["country", "region", "postalcode", "utm"],
        };
        let mut fields: Map<String, Value> = Map::new();
        for name in always.iter().chain(names) {
            fields.extend(all.get(*name).map(|value| ((*name).to_owned(), value.clone())));
        }
        let mut add = |name: &str, value: Value| drop(fields.insert(name.to_owned(), value));
        let is_payment = matches!(self.kind, Kind::OrderPaid | Kind::OrderPrepaid);
        add("items", item_list(order, shop, is_payment, is_payment));
        match self.kind {
            Kind::OrderCreated => add("kupon", json!(order.data.coupon)),
            Kind::OrderPaid => add("last_payment_sum", json!(money::print(order.data.total()))),
            Kind::OrderPrepaid => {
                add("prepayment_sum", json!(money::print(self.prepaid.unwrap_or(order.data.total() / 2))));
                add("link", json!(link(order)));
            }
            _ => {}
        }
        if is_payment || self.kind == Kind::OrderRefunded {
            add("is_recurrent", json!(u8::from(order.data.is_recurrent)));
        }
        if let Some(marker) = self.kind.marker() {
            add("status", json!(marker));
        }
        Value::Object(fields)
    }

    fn hashed(&self, order: &Order, shapes: &Shapes) -> String {
        let time = match self.kind {
            Kind::OrderPaid => HashTime::Paid,
            Kind::OrderCreated | Kind::OrderCancelled => shapes.created_hash,
            _ => shapes.refund_hash,
        };
        let time = match time {
            HashTime::Created => order.data.created,
            HashTime::Paid => order.paid_at(),
            HashTime::Empty => None,
        };
        let time = time.map(|time| time.to_string()).unwrap_or_default();
        format!("{}{}{time}", order.bill_id, order.data.email)
    }
}

/// The form with the hash of that text.
pub(crate) fn signed(mut form: Form, hashed: &str, account: &Account) -> Form {
    form.set("hash", account.webhook_hash(hashed));
    form
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order_data::{Item, OrderData};
    use crate::signature::{SAMPLE_API_KEY, SAMPLE_LOGIN};
    use crate::world::Coupon;

    fn order() -> Order {
        let items = vec![Item { good_name: "sales".into(), title: "S".into(), sum: "5.00".into(), ..Item::default() }];
        let data = OrderData {
            email: "client@email.com".into(),
            created: Some(1_362_254_400),
            paid: Some(1_362_340_800),
            items,
            ..OrderData::default()
        };
        Order { data, ..Order::new("123") }
    }

    /// `php -r 'echo md5("123"."client@email.com"."1362254400".str_repeat("X", 40));'` and the like.
    #[test]
    fn hashes_are_those_of_php() {
        let hash = |kind, shapes: &Shapes| {
            let (_, hashed) = Event::of_order(kind, &order()).form(&Shop::default(), shapes);
            Account::new(SAMPLE_LOGIN, SAMPLE_API_KEY).webhook_hash(&hashed.unwrap())
        };
        let shapes = Shapes::default();
        assert_eq!(hash(Kind::OrderCreated, &shapes), "974c143c93b45a21be071d7ab814e521");
        assert_eq!(hash(Kind::OrderCancelled, &shapes), "974c143c93b45a21be071d7ab814e521");
        assert_eq!(hash(Kind::OrderPaid, &shapes), "4b1ef3a3cccfcc28451f8941bb592e53");
        let empty = Shapes { created_hash: HashTime::Empty, refund_hash: HashTime::Empty, ..Shapes::default() };
        assert_eq!(hash(Kind::OrderCreated, &empty), "0d9602d6724387a9eba42334b67e406f");
        assert_eq!(hash(Kind::OrderPrepaid, &empty), "0d9602d6724387a9eba42334b67e406f");
        let paid = Shapes { refund_hash: HashTime::Paid, ..Shapes::default() };
        assert_eq!(hash(Kind::OrderRefunded, &paid), "4b1ef3a3cccfcc28451f8941bb592e53");
    }

    #[test]
    fn each_event_has_its_marks_and_no_others() {
        let form = |kind| Event::of_order(kind, &order()).form(&Shop::default(), &Shapes::default()).0;
        for (kind, status, paid) in [
            (Kind::OrderCreated, "new_order", false),
            (Kind::OrderCancelled, "cancel_order", false),
            (Kind::OrderPaid, "", true),
            (Kind::OrderPrepaid, "", false),
            (Kind::OrderRefunded, "moneyback", false),
        ] {
            let form = form(kind);
            assert_eq!((form.text("status").as_str(), form.has("paid")), (status, paid), "{kind}");
            assert_eq!(form.text("items[0][sum]"), "5.00", "{kind}");
        }
        assert_eq!(form(Kind::OrderPaid).text("last_payment_sum"), "5.00");
        assert!(form(Kind::OrderPrepaid).has("prepayment_sum"));
    }

    #[test]
    fn contacts_are_told_of_without_a_hash() {
        let event = Event::of_contact(Kind::ContactActivated, &Contact::default(), "news");
        let (form, hashed) = event.form(&Shop::default(), &Shapes::default());
        assert_eq!((form.text("status").as_str(), form.text("id_group").as_str(), hashed), ("1", "news", None));
    }

    #[test]
    fn the_coupon_has_the_name_that_is_set() {
        let shapes = Shapes { coupon: Coupon::Kupon, ..Shapes::default() };
        let form = Event::of_order(Kind::OrderPaid, &order()).form(&Shop::default(), &shapes).0;
        assert!(form.has("kupon") && !form.has("coupon"));
    }
}
