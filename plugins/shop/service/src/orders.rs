//! Orders as they are given, and as they are kept.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// An order as a client gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct NewOrder {
    /// Names the request: of two with the same, the second makes no order.
    pub request_id: String,
    /// The customer's number.
    pub customer: String,
    /// What is ordered.
    pub goods: Vec<Line>,
    /// Words for it.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Whether it is a present.
    #[serde(default)]
    pub gift: bool,
    /// How it gets to the customer.
    pub delivery: Option<Delivery>,
    /// The day on which it is fetched.
    pub day: Option<String>,
    /// When it has to be there: UNIX seconds.
    pub until: Option<u64>,
}

/// How an order gets to the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Delivery {
    /// By mail.
    Post,
    /// It is fetched.
    Pickup,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Line {
    /// The article.
    pub sku: String,
    /// How many of it.
    pub count: u32,
    /// The price of one, as decimal text; without it, the article's own.
    pub price: Option<String>,
}

/// An order as the shop keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Order {
    /// Its number.
    pub id: String,
    /// The sum of its goods, as decimal text.
    pub total: String,
    /// Whether it is paid.
    pub paid: bool,
    /// What the client gave.
    #[serde(flatten)]
    pub given: NewOrder,
}

impl Order {
    /// What lists and events show of it.
    pub(crate) fn summary(&self) -> Value {
        json!({
            "id": self.id,
            "customer": self.given.customer,
            "request_id": self.given.request_id,
            "total": self.total,
            "paid": self.paid,
        })
    }
}
