//! What the shop sells.

use plugin_kit::types::{Lines, Money, Text};
use plugin_kit::{Action, Call, Error, Example, Field, Object, Options};

use crate::account;

/// How an article is chosen.
pub const OPTIONS: Options = Options { action: "list_goods", value: "/sku", title: "/title", search: None };

pub const LIST: Action = Action::read("list_goods", "List goods", "Lists all that the shop sells.", list)
    .output("Goods", &[Field::required("items", &Lines::new(ARTICLE, 500)).title("Goods").about("All articles.")])
    .examples(&[Example {
        title: "All",
        input: "{}",
        output: r#"{"items":[{"sku":"A-101","title":"Teapot, white","price":"12.50"}]}"#,
    }]);

const ARTICLE: &[Field] = &[
    Field::required("sku", &Text::new(20)).title("Article").about("The article's number."),
    Field::required("title", &Text::new(40)).title("Title").about("What it is called."),
    Field::required("price", &Money).title("Price").about("The price of one."),
];

fn list(call: &Call) -> Result<Object, Error> {
    let goods = call.list(&account::get(call, "/goods").send()?, "/items", ARTICLE)?;
    Ok(Object::new().list("items", &goods))
}
