//! The action `create_product`.
//!
//! Source: the service's help page on `AddGood`. Its codes are on no page.

use plugin_kit::types::Choice;
use plugin_kit::{Action, Call, Error, Example, Field, Object, fields};

use crate::form::Form;
use crate::notions::{MESSAGE, PRICE, PRODUCT, TITLE};
use crate::{product, service};

const PRODUCT_ID: Field = Field::required("product_id", &PRODUCT)
    .title("New product id")
    .examples(r#"["super_product"]"#)
    .wire(&["good_name"]);

const TYPE: Field =
    Field::required("type", &Choice::new(&[("digital", "", &["virtual", "0"]), ("physical", "", &["real", "1"])]))
        .title("Type")
        .examples(r#"["digital", "physical"]"#);

/// What follows the type, as it is sent.
const NAMED: &[Field] = &[TITLE.wire(&["good_title"]), PRICE];

const OWN: [Field; 4] = [PRODUCT_ID, TYPE, NAMED[0], NAMED[1]];

const INPUT: &[Field] = fields![&OWN, product::ADDED];

/// The action.
pub const ACTION: Action = Action::create(
    "create_product",
    "Create a product",
    "Create a product in the JustClick shop.",
    create,
)
.input(INPUT)
.output("Created product", &[PRODUCT_ID.about("The product's id."), MESSAGE])
.examples(&[Example {
    title: "Digital",
    input: r#"{"product_id":"super_product","type":"digital","title":"10 DVD with cooking lessons","price":"999887"}"#,
    output: r#"{"product_id":"super_product","message":"ok"}"#,
}]);

fn create(call: &Call) -> Result<Object, Error> {
    let input = call.input();
    let kind = if input.text("type") == "physical" { "1" } else { "0" };
    let form = Form::new().with("good_name", input.text("product_id")).with("good_type", kind).and(input, NAMED);
    let reply = service::call(call, "AddGood", &product::described(form, input)?)?;
    Ok(Object::new().text("product_id", input.text("product_id")).text("message", &reply.text))
}
