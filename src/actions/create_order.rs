//! The action `create_order`: an order of some products for one customer.
//!
//! Source: the service's help page on `CreateOrder`. An open order of the same customer for the same
//! things is not made twice: the service answers 601 with the number of the one that is there.

use plugin_kit::types::{Choice, Digits, Lines, Moment, Money, Switch, Text};
use plugin_kit::{Action, Call, Condition, Error, Example, Field, Object, Refused, Verify, fields};

use crate::form::Form;
use crate::notions::{EMAIL, MESSAGE, ORDER_NUMBER, PRODUCT_ID};
use crate::order::MARKS;
use crate::service;

/// The code for "it is there already".
const ALREADY_THERE: i64 = 601;

const LINE: Text = Text::new(255);

const GOODS: &[Field] = &[
    PRODUCT_ID,
    Field::optional("price", &Money)
        .title("Price, if not the product's own")
        .examples(r#"["1500.00"]"#)
        .wire(&["good_sum"]),
];

const OWN: &[Field] = &[
    Field::required("goods", &Lines::new(GOODS, 100))
        .title("Products")
        .examples(r#"[[{"product_id":"invoice","price":"1500.00"},{"product_id":"sales"}]]"#)
        .refuses(&[Refused("[]", "nothing is ordered"), Refused(r#"[{"price":5}]"#, "what is ordered?")]),
    EMAIL.about("").wire(&["bill_email"]),
    Field::optional("first_name", &LINE).title("First name").examples(r#"["Name"]"#).wire(&["bill_first_name"]),
    Field::optional("last_name", &LINE).title("Surname").examples(r#"["Surname"]"#).wire(&["bill_surname"]),
    Field::optional("middle_name", &LINE).title("Middle name").examples(r#"["Middle Name"]"#).wire(&["bill_otchestvo"]),
    Field::optional("phone", &LINE).title("Telephone").examples(r#"["+7(928)777-77-77"]"#).wire(&["bill_phone"]),
    Field::optional("country", &LINE).title("Country").examples(r#"["USA"]"#).wire(&["bill_country"]),
    Field::optional("region", &LINE).title("Region").examples(r#"["New York"]"#).wire(&["bill_region"]),
    Field::optional("city", &LINE).title("City").examples(r#"["New York"]"#).wire(&["bill_city"]),
    Field::optional("address", &LINE).title("Address").examples(r#"["Wall St."]"#).wire(&["bill_address"]),
    Field::optional("postal_code", &LINE).title("Postal code").examples(r#"["345678"]"#).wire(&["bill_postal_code"]),
    Field::optional("coupon", &LINE).title("Coupon").examples(r#"["skidka50"]"#).wire(&["bill_kupon"]),
    Field::optional("tag", &LINE).title("Tag").examples(r#"["AdWords"]"#).wire(&["bill_tag"]),
    Field::optional("comment", &Text::new(2000).with_lines())
        .title("Comment")
        .examples(r#"["in a beautiful box"]"#)
        .wire(&["bill_comment"]),
    Field::optional("ip", &LINE).title("IP address").examples(r#"["192.168.0.1"]"#).wire(&["bill_ip"]),
    Field::optional("created", &Moment).title("Created").examples("[1291001819]").wire(&["bill_created"]),
    Field::optional("domain", &LINE)
        .title("Domain of the payment page")
        .examples(r#"["www.shop.com"]"#)
        .wire(&["bill_domain"]),
];

/// What is sent as it is.
const INPUT: &[Field] = fields![OWN, &MARKS];

const CANCEL: Field = Field::optional(
    "cancel_unpaid",
    &Choice::new(&[
        ("usual", "as the product says", &["true", "yes"]),
        ("never", "never", &["false", "no"]),
        ("at", "at cancel_at", &["then"]),
    ]),
)
.title("Cancel if unpaid")
.examples(r#"["usual", "never", "at"]"#);

const CANCEL_AT: Field =
    Field::required_if("cancel_at", &Moment, "cancel_unpaid", &["at"]).title("Cancel at").examples("[1893456000]");

/// All fields, in the order of the form.
const FIELDS: &[Field] = fields![INPUT, &[CANCEL, CANCEL_AT]];

const RESULT: &[Field] = &[Field::required("bill_id", &Digits::new(20))];

/// The action.
pub const ACTION: Action = Action::create(
    "create_order",
    "Create an order",
    "Create an order in the JustClick shop. An open one for the same is not made twice. A parcel needs both names, country, city and address.",
    create,
)
.verify(Verify {
    action: "find_orders",
    arguments: &[("email", "email")],
    done: &[],
    undone: &[Condition::Is("/items", "[]")],
})
.input(FIELDS)
.output("Created order", &[
    ORDER_NUMBER.about("The number of the order."),
    Field::required("already_there", &Switch)
        .title("Already there")
        .about("Whether an open order for the same was there, so that none was made."),
    MESSAGE,
])
.examples(&[
    Example {
        title: "Two products",
        input: r#"{"goods":[{"product_id":"invoice","price":"1500"},{"product_id":"sales"}],"email":"user4@email.com"}"#,
        output: r#"{"bill_id":"102937","already_there":false,"message":"ok"}"#,
    },
    Example {
        title: "It is there already",
        input: r#"{"goods":[{"product_id":"sales"}],"email":"user4@email.com","cancel_unpaid":"at","cancel_at":1893456000}"#,
        output: r#"{"bill_id":"102936","already_there":true,"message":"order already exist. his number send in result array."}"#,
    },
]);

fn create(call: &Call) -> Result<Object, Error> {
    let input = call.input();
    let mut form = Form::of(input, INPUT);
    if let Some(kill) = match input.text("cancel_unpaid") {
        "usual" => Some("1"),
        "never" => Some("0"),
        "at" => Some(input.text("cancel_at")),
        _ => None,
    } {
        form = form.with("bill_timer_kill", kill);
    }
    let reply = service::answer(call, "CreateOrder", &form, &[ALREADY_THERE])?;
    let already_there = reply.code == ALREADY_THERE;
    let number = service::object(call, &reply, RESULT)
        .map_err(|error| if already_there { service::refusal(call, &reply) } else { service::in_doubt(error) })?;
    let output = number.object().switch("already_there", already_there);
    Ok(output.text("message", &reply.text))
}
