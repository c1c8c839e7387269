//! Orders.

use plugin_kit::types::{Choice, Day, Digits, Lines, List, Moment, Money, Switch, Text, Whole};
use plugin_kit::{Action, Call, Condition, Error, Example, Field, Idempotency, Limit, Object, Refused, Verify};

use crate::page::{self, CURSOR, LIMIT, NEXT_CURSOR};
use crate::{account, customers, goods};

const ID: Field = Field::required("id", &Digits::new(12)).title("Number").about("The order's number.");
const PAID: Field = Field::required("paid", &Switch).title("Paid").about("Whether the order is paid.");
const CUSTOMER: Field = Field::required("customer", &Digits::new(12))
    .title("Customer")
    .about("The customer's number.")
    .examples(r#"["7"]"#)
    .options(customers::OPTIONS);

const GOODS: &[Field] = &[
    Field::required("sku", &Text::new(20))
        .title("Article")
        .about("The article's number.")
        .examples(r#"["A-101"]"#)
        .options(goods::OPTIONS),
    Field::required("count", &Whole::new(1, 999)).title("Count").about("How many of it.").examples("[2]"),
    Field::optional("price", &Money).title("Price").about("The price of one; without it, the article's own."),
];

pub const CREATE: Action = Action::create("create_order", "Create an order", "Creates an order of some goods.", create)
    .idempotency(Idempotency::Key("request_id"))
    .verify(Verify {
        action: "find_orders",
        arguments: &[("customer", "customer"), ("request_id", "request_id")],
        done: &[Condition::IsField("/items/0/request_id", "request_id")],
        undone: &[Condition::Is("/items", "[]")],
    })
    .limits(&[Limit { requests: 20, per_s: 1 }])
    .input(&[
        Field::required("request_id", &Text::new(36))
            .title("Request")
            .about("Names this request: the shop makes one order for it, however often it comes.")
            .examples(r#"["r-1"]"#),
        CUSTOMER,
        Field::required("goods", &Lines::new(GOODS, 20)).title("Goods").about("What is ordered.").refuses(&[
            Refused("[]", "nothing"),
            Refused(r#"[{"sku":"A-101"}]"#, "how many?"),
            Refused(r#""A-101""#, "no list"),
        ]),
        Field::optional("tags", &List::new(&Text::new(10), 5)).title("Tags").about("Words for the order."),
        Field::optional("gift", &Switch).title("Gift").about("Whether it is a present.").default("false"),
        Field::optional("delivery", &Choice::new(&[("post", "by mail", &["mail"]), ("pickup", "fetched", &["fetch"])]))
            .title("Delivery"),
        Field::optional_if("day", &Day, "delivery", &["pickup"]).title("Day").about("When it is fetched."),
        Field::required_if("until", &Moment, "delivery", &["post"]).title("Until").about("When it has to be there."),
    ])
    .output("Order", MADE)
    .examples(&[
        Example {
            title: "One thing, by mail",
            input: r#"{"request_id":"r-1","customer":7,"goods":[{"sku":"A-101","count":1,"price":"5"}],"tags":["new"],"delivery":"post","until":1795606200}"#,
            output: r#"{"id":"1","repeated":false}"#,
        },
        Example {
            title: "Two things, fetched",
            input: r#"{"request_id":"r-2","customer":"7","goods":[{"sku":"A-101","count":2},{"sku":"A-102","count":1}],"gift":true,"delivery":"pickup","day":"2026-11-25"}"#,
            output: r#"{"id":"2","repeated":false}"#,
        },
    ]);

const MADE: &[Field] =
    &[ID, Field::required("repeated", &Switch).title("Repeated").about("Whether an earlier request had made it.")];

pub const FIND: Action =
    Action::read("find_orders", "Find orders", "Finds orders, those of one customer or all.", find)
        .input(&[
            Field::optional("customer", &Digits::new(12))
                .title("Customer")
                .about("The customer's number.")
                .options(customers::OPTIONS),
            Field::optional("request_id", &Text::new(36)).title("Request").about("The request that made the order."),
            CURSOR,
            LIMIT,
        ])
        .output("Orders", FOUND)
        .examples(&[Example {
            title: "The first of one customer",
            input: r#"{"customer":7,"limit":1}"#,
            output: FOUND_ONE,
        }]);

pub const LIST: Action = Action::read("list_orders", "List orders", "Lists the orders of a customer.", find)
    .deprecated("2.0.0", "find_orders")
    .input(&[CUSTOMER, CURSOR, LIMIT])
    .output("Orders", FOUND)
    .examples(&[Example {
        title: "The first of one customer",
        input: r#"{"customer":7,"limit":1}"#,
        output: FOUND_ONE,
    }]);

const FOUND: &[Field] = &[
    Field::required("items", &Lines::new(ORDER, 100)).title("Orders").about("The orders, oldest first."),
    NEXT_CURSOR,
];

const FOUND_ONE: &str =
    r#"{"items":[{"id":"1","customer":"7","request_id":"r-1","total":"12.50","paid":false}],"nextCursor":"1"}"#;

/// An order as lists and events have it.
pub const ORDER: &[Field] = &[
    ID,
    Field::required("customer", &Digits::new(12)).title("Customer").about("The customer's number."),
    Field::required("request_id", &Text::new(36)).title("Request").about("The request that made it."),
    Field::required("total", &Money).title("Total").about("The sum of its goods."),
    PAID,
];

const MARKED: &[Field] = &[ID, PAID];

pub const MARK_PAID: Action = Action::change("mark_paid", "Mark as paid", "Marks an order as paid.", mark_paid)
    .idempotency(Idempotency::Natural)
    .subject("order_id", "order")
    .input(&[Field::required("order_id", &Digits::new(12))
        .title("Order")
        .about("The order's number.")
        .examples(r#"["1"]"#)])
    .output("Order", MARKED)
    .examples(&[Example { title: "One", input: r#"{"order_id":1}"#, output: r#"{"id":"1","paid":true}"# }]);

fn create(call: &Call) -> Result<Object, Error> {
    account::output(call, &account::post(call, "/orders").json(call.input().object()).send()?, MADE)
}

fn find(call: &Call) -> Result<Object, Error> {
    page::list(call, "/orders", ORDER)
}

fn mark_paid(call: &Call) -> Result<Object, Error> {
    let path = ["/orders/", call.input().text("order_id"), "/paid"].concat();
    account::output(call, &account::post(call, &path).json(Object::new()).send()?, MARKED)
}
