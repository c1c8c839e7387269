//! The action `list_products`: the products of the shop.
//!
//! Source: the service's help page on `GetAllGoods`.

use plugin_kit::types::{Digits, Lines, Text};
use plugin_kit::{Action, Example, Field};

use crate::form::Form;
use crate::notions::{PRICE, PRODUCT_ID, TITLE};
use crate::service;

/// The code for "there are none".
const NONE: i64 = 700;

const PRODUCTS: &[Field] = &[
    PRODUCT_ID,
    Field::optional("product_number", &Digits::new(20))
        .title("Product number")
        .about("The product's number.")
        .wire(&["good_id"]),
    TITLE.wire(&["good_title"]).as_optional(),
    // One without may cost what the customer likes.
    PRICE.as_optional(),
    Field::optional("type", &Text::new(20))
        .title("Type")
        .about("1 for what is posted, 0 for what is not; nothing for other kinds.")
        .wire(&["good_type"]),
];

/// The action.
pub const ACTION: Action = Action::read(
    "list_products",
    "List products",
    "List the products of the JustClick shop: their ids, titles and prices.",
    |call| {
        let reply = service::answer(call, "GetAllGoods", &Form::new(), &[NONE])?;
        let products = if reply.code == NONE { Vec::new() } else { service::list(call, &reply, PRODUCTS)? };
        Ok(service::items(&products))
    },
)
.output("Products", &[Field::required("items", &Lines::new(PRODUCTS, 10_000)).title("Products").about("The products.")])
.unsigned(&["items"])
.examples(&[Example {
    title: "All",
    input: "{}",
    output: r#"{"items":[{"product_id":"sales","product_number":"13011","title":"Sales","price":"3900.00","type":"0"}]}"#,
}]);
