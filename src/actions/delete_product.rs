//! The action `delete_product`.
//!
//! Source: the service's help page on `DeleteGood`.

use plugin_kit::{Action, Example, Idempotency};

use crate::notions::{MESSAGE, PRODUCT_ID, UNSIGNED_RESULT};
use crate::service;

/// The action.
pub const ACTION: Action = Action::change(
    "delete_product",
    "Delete a product",
    "Delete a product of the JustClick shop. It can't be brought back.",
    |call| service::change(call, "DeleteGood", &[PRODUCT_ID]),
)
.idempotency(Idempotency::Natural)
.subject(PRODUCT_ID.name(), "product")
.input(&[PRODUCT_ID])
.output("Deleted product", &[PRODUCT_ID.about("The product that was deleted."), MESSAGE, UNSIGNED_RESULT])
.examples(&[Example {
    title: "One product",
    input: r#"{"product_id":"super_tovar"}"#,
    output: r#"{"product_id":"super_tovar","message":"ok"}"#,
}]);
