//! What the service's things are known by, each said once: order numbers, product ids, group ids.

use plugin_kit::types::{Any, Code, Digits, Email, Money, Text};
use plugin_kit::{Field, Options};

/// An order's number.
pub const ORDER: Digits = Digits::new(20);

/// What a product is known by: a word that the shop chose.
pub const PRODUCT: Code = Code::new("product id", 100);

/// What a contact group is known by: a word, or digits with a point, which are no number.
pub const GROUP: Code = Code::new("group id", 100);

/// The read that lists the products.
pub const PRODUCTS: Options = Options { action: "list_products", value: "/product_id", title: "/title", search: None };

/// The read that lists the groups.
pub const GROUPS: Options = Options { action: "list_groups", value: "/group_id", title: "/title", search: None };

/// The number of an order that is there.
pub const ORDER_NUMBER: Field = Field::required("bill_id", &ORDER)
    .title("Order number")
    .about("The number of the order in JustClick.")
    .examples(r#"["100000", 100000]"#);

/// The address of a contact or a customer.
pub const EMAIL: Field = Field::required("email", &Email)
    .title("E-mail")
    .about("The person's e-mail address.")
    .examples(r#"["lead@email.com"]"#);

/// A product of the shop.
pub const PRODUCT_ID: Field = Field::required("product_id", &PRODUCT)
    .title("Product")
    .about("The product's id.")
    .examples(r#"["super_product"]"#)
    .wire(&["good_name"])
    .options(PRODUCTS);

/// A group of contacts.
pub const GROUP_ID: Field = Field::required("group_id", &GROUP)
    .title("Group")
    .about("The contact group's id.")
    .examples(r#"["customers", "1605189997.0025174394"]"#)
    .wire(&["rass_name"])
    .options(GROUPS);

/// What something is called.
pub const TITLE: Field =
    Field::required("title", &Text::new(255)).title("Title").examples(r#"["Payment for training"]"#);

/// What a product costs.
pub const PRICE: Field =
    Field::required("price", &Money).title("Price").examples(r#"["1500.00", 1500]"#).wire(&["good_sum"]);

/// What the service said to a change.
pub const MESSAGE: Field = Field::required("message", &Text::new(300))
    .title("Message")
    .about("What JustClick answered.")
    .examples(r#"["ok"]"#);

/// What the service adds to a change, which it does not sign.
pub const UNSIGNED_RESULT: Field = Field::optional("unsigned_result", &Any)
    .title("Unsigned result")
    .about("Data JustClick added. Its signature does not cover it, so do not rely on it.");
