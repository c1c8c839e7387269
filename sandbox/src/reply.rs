//! What the service has to say: the content of its JSON, before signing.
//!
//! Codes and their meanings are those of the service's help pages, "API service responses"; the
//! texts are its own where a sample of them is known, and ours where none is.

use serde_json::Value;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reply {
    pub(crate) code: u32,
    pub(crate) text: String,
    pub(crate) result: Option<Value>,
}

impl Reply {
    pub(crate) fn new(code: u32, text: &str) -> Self {
        Self { code, text: text.to_owned(), result: None }
    }

    /// A success with data.
    pub(crate) fn with(result: Value) -> Self {
        Self { result: Some(result), ..Self::new(0, "OK") }
    }

    /// A reply with this code and the text that goes with it.
    pub(crate) fn of_code(code: u32) -> Self {
        Self::new(code, text_of(code))
    }
}

fn text_of(code: u32) -> &'static str {
    match code {
        0 => "order status changed",
        1 => "Hash is not transferred",
        2 => "No parameters",
        3 => "Wrong parameters",
        4 => "Incorrect hash",
        5 => "Unknown login",
        6 => "Permission denied for this IP",
        7 => "Account is disabled",
        8 => "Request limit is exhausted",
        100 => "email is missing",
        101 => "subscription error: the address is not valid",
        102 => "the subscriber is already registered",
        103 => "has an invalid subscriptions group",
        104 => "subscription forbidden for",
        200 => "Nonexistent order",
        201 => "Wrong status",
        202 => "Error while paying the order",
        203 => "Order number is empty",
        302 => "Order does not exist",
        303 => "No such status",
        400 => "Order not found",
        500 => "subscriber not found",
        501 => "group not found",
        600 => "wrong email",
        601 => "order already exist. his number send in result array.",
        602 => "error creating order",
        603 => "missing products",
        604 => "product not exist",
        605 => "not having any data for delivery products",
        700 => "no products",
        800 => "group subscribers is not found",
        801 => "subscriber with such address is not found",
        _ => "Error",
    }
}
