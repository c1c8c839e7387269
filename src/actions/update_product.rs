//! The action `update_product`.
//!
//! Source: the service's help page on `UpdateGood`. What is left out stays.

use plugin_kit::types::{Money, Text};
use plugin_kit::{Action, Call, Error, Example, Field, Idempotency, Object, fields};

use crate::form::Form;
use crate::notions::{MESSAGE, PRODUCT_ID};
use crate::{product, service};

/// What is sent first, as it is.
const NAMED: &[Field] = &[
    PRODUCT_ID,
    Field::optional("title", &Text::new(255))
        .title("Title")
        .examples(r#"["Super Product 3000"]"#)
        .wire(&["good_title"]),
    Field::optional("price", &Money).title("Price").examples(r#"["999887.00"]"#).wire(&["good_sum"]),
];

const INPUT: &[Field] = fields![NAMED, product::ADDED];

/// The action.
pub const ACTION: Action = Action::change(
    "update_product",
    "Update a product",
    "Change a product of the JustClick shop. What is left out stays.",
    update,
)
.idempotency(Idempotency::Natural)
.subject(PRODUCT_ID.name(), "product")
.input(INPUT)
.output("Updated product", &[PRODUCT_ID, MESSAGE])
.examples(&[Example {
    title: "Its title and price",
    input: r#"{"product_id":"super_product","title":"Super Product 3000","price":"999887"}"#,
    output: r#"{"product_id":"super_product","message":"ok"}"#,
}]);

fn update(call: &Call) -> Result<Object, Error> {
    let input = call.input();
    let form = product::described(Form::of(input, NAMED), input)?;
    let reply = service::call(call, "UpdateGood", &form)?;
    Ok(Object::new().text("product_id", input.text("product_id")).text("message", &reply.text))
}
