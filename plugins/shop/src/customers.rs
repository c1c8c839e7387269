//! Customers.

use plugin_kit::types::{Digits, Lines, Text};
use plugin_kit::{Action, Call, Error, Example, Field, Object, Options};

use crate::page::{self, CURSOR, LIMIT, NEXT_CURSOR};

/// How a customer is chosen.
pub const OPTIONS: Options = Options { action: "find_customers", value: "/id", title: "/name", search: Some("name") };

pub const FIND: Action = Action::read("find_customers", "Find customers", "Finds customers by their name.", find)
    .input(&[
        Field::optional("name", &Text::new(40)).title("Name").about("The beginning of a name.").examples(r#"["Ann"]"#),
        CURSOR,
        LIMIT,
    ])
    .output(
        "Customers",
        &[
            Field::required("items", &Lines::new(CUSTOMER, 100))
                .title("Customers")
                .about("The customers, by their number."),
            NEXT_CURSOR,
        ],
    )
    .unsigned(&["items"])
    .examples(&[Example {
        title: "By the beginning of a name",
        input: r#"{"name":"Anna B"}"#,
        output: r#"{"items":[{"id":"2","name":"Anna Baker","city":"Bremen"}]}"#,
    }]);

const CUSTOMER: &[Field] = &[
    Field::required("id", &Digits::new(12)).title("Number").about("The customer's number."),
    Field::required("name", &Text::new(40)).title("Name").about("The customer's name."),
    Field::optional("city", &Text::new(40)).title("City").about("Where the customer lives."),
];

fn find(call: &Call) -> Result<Object, Error> {
    page::list(call, "/customers", CUSTOMER)
}
