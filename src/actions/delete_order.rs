//! The action `delete_order`.
//!
//! Source: the service's help page on `DeleteOrder`. There is no way back.

use plugin_kit::{Action, Example, Idempotency};

use crate::notions::{MESSAGE, ORDER_NUMBER, UNSIGNED_RESULT};
use crate::service;

/// The action.
pub const ACTION: Action = Action::change(
    "delete_order",
    "Delete an order",
    "Delete an order of the JustClick shop. It can't be brought back; to cancel one, update its status.",
    |call| service::change(call, "DeleteOrder", &[ORDER_NUMBER]),
)
.idempotency(Idempotency::Natural)
.subject(ORDER_NUMBER.name(), "order")
.input(&[ORDER_NUMBER])
.output("Deleted order", &[ORDER_NUMBER.about("The order that was deleted."), MESSAGE, UNSIGNED_RESULT])
.examples(&[Example {
    title: "One order",
    input: r#"{"bill_id":"1111"}"#,
    output: r#"{"bill_id":"1111","message":"order deleted"}"#,
}]);
