//! A made-up plugin that uses all that the kit has: line items, lists, amounts, options, a search, a
//! key for repeats, and a read that tells whether a call has happened.

use std::cell::RefCell;

use plugin_kit::types::{Choice, Day, Digits, Lines, List, Moment, Money, Switch, Text, Token, Url, Whole};
use plugin_kit::{
    Action, Call, Condition, Connection, Error, Example, Field, Idempotency, Limit, Object, Options, Plugin, Refused,
    Request, Response, Transport, Verify, describe, testing, tools,
};
use serde_json::{Value, json};

const CONNECTION: Connection = Connection::new(
    "Shop account",
    "An account of the made-up shop.",
    &[
        Field::required("address", &Url::new("https://shop.example.com")).title("Address").about("The shop's address."),
        Field::required("token", &Token::secret()).title("Token").about("The account's token."),
    ],
);

const GOODS: &[Field] = &[
    Field::required("sku", &Text::new(20)).title("Article").about("The article's number."),
    Field::required("count", &Whole::new(1, 999)).title("Count").about("How many of it."),
    Field::optional("price", &Money).title("Price").about("The price of one."),
];

const CREATE: Action = Action::create("create_order", "Create an order", "Creates an order of some goods.", create)
    .idempotency(Idempotency::Key("request_id"))
    .verify(Verify {
        action: "find_orders",
        arguments: &[("customer", "customer")],
        done: &[Condition::IsField("/items/0/request_id", "request_id")],
        undone: &[Condition::Is("/items", "[]")],
    })
    .limits(&[Limit { requests: 2, per_s: 1 }])
    .input(&[
        Field::required("request_id", &Text::new(36)).title("Request").about("Names this request.").examples(r#"["r-1"]"#),
        Field::required("customer", &Digits::new(12))
            .title("Customer")
            .about("The customer's number.")
            .options(Options { action: "find_customers", value: "/id", title: "/name", search: Some("name") }),
        Field::required("goods", &Lines::new(GOODS, 3))
            .title("Goods")
            .about("What is ordered.")
            .refuses(&[Refused("[]", "nothing"), Refused(r#"[{"sku":"a"}]"#, "how many?"), Refused(r#""a""#, "no list")]),
        Field::optional("tags", &List::new(&Text::new(10), 2)).title("Tags").about("Words for the order."),
        Field::optional("gift", &Switch).title("Gift").about("Whether it is a present.").default("false"),
        Field::optional("delivery", &Choice::new(&[("post", "by mail", &[]), ("pickup", "fetched", &[])])).title("Delivery"),
        Field::optional_if("day", &Day, "delivery", &["pickup"]).title("Day").about("When it is fetched."),
        Field::required_if("until", &Moment, "delivery", &["post"]).title("Until").about("When it has to be there."),
    ])
    .output("Order", &[Field::required("id", &Text::new(20)).title("Number").about("The order's number.")])
    .examples(&[
        Example {
            title: "One thing, by mail",
            input: r#"{"request_id":"r-1","customer":7,"goods":[{"sku":"a","count":1,"price":"5"}],"tags":"new","delivery":"post","until":1795606200}"#,
            output: r#"{"id":"1"}"#,
        },
        Example {
            title: "Fetched",
            input: r#"{"request_id":"r-2","customer":"7","goods":[{"sku":"a","count":"2"}],"gift":true,"delivery":"pickup","day":"2026-11-25"}"#,
            output: r#"{"id":"2"}"#,
        },
    ]);

const FIND_ORDERS: Action = Action::read("find_orders", "Find orders", "Finds the orders of a customer.", find)
    .input(&[Field::required("customer", &Digits::new(12)).title("Customer").about("The customer's number.")])
    .output("Orders", &[Field::required("items", &Lines::new(ORDERS, 100)).title("Orders").about("The orders.")])
    .examples(&[Example { title: "One", input: r#"{"customer":7}"#, output: r#"{"items":[{"id":"1"}]}"# }]);

const FIND_CUSTOMERS: Action = Action::read("find_customers", "Find customers", "Finds customers by their name.", find)
    .input(&[Field::optional("name", &Text::new(40)).title("Name").about("The beginning of a name.")])
    .output(
        "Customers",
        &[Field::required("items", &Lines::new(ORDERS, 100)).title("Customers").about("The customers.")],
    )
    .deprecated("2.0.0", "find_orders")
    .unsigned(&["items"])
    .examples(&[Example { title: "All", input: "{}", output: r#"{"items":[]}"# }]);

const ORDERS: &[Field] = &[
    Field::required("id", &Text::new(20)).title("Number").about("The number."),
    Field::optional("request_id", &Text::new(36)).title("Request").about("The request that made it."),
];

fn create(call: &Call) -> Result<Object, Error> {
    let token = call.secret("token");
    let order = call.post("/orders").header("authorization", token.expose()).json(call.input().object()).send()?;
    Ok(Object::new().json("id", call.members(&order)?.get("id").unwrap_or("\"\"")))
}

fn find(call: &Call) -> Result<Object, Error> {
    let mut request = call.get("/orders").header("authorization", call.secret("token").expose());
    for (name, value) in call.input().iter() {
        request = request.query(name, value.as_str());
    }
    Ok(Object::new().json("items", call.members(&request.send()?)?.get("items").unwrap_or("[]")))
}

fn check(call: &Call) -> Result<Object, Error> {
    call.get("/me").header("authorization", call.secret("token").expose()).send()?;
    Ok(Object::new())
}

plugin_kit::plugin! {
    /// The made-up shop.
    pub static SHOP: Plugin = Plugin::new("shop", "Shop", "2.0.0", "A made-up shop.", CONNECTION)
        .homepage("https://shop.example.com/help")
        .reason("To read and change the shop's orders.")
        .limits(&[Limit { requests: 600, per_s: 60 }])
        .icons(r#"[{"src":"data:image/svg+xml;base64,PHN2Zy8+","mimeType":"image/svg+xml"}]"#)
        .i18n(r#"{"ru":{"/title":"Магазин"}}"#);
    check check_connection = check;
    actions { create_order = CREATE, find_orders = FIND_ORDERS, find_customers = FIND_CUSTOMERS }
}

struct Service {
    answer: Response,
    sent: RefCell<Vec<Request>>,
}

impl Service {
    fn new(status: u16, body: &str) -> Self {
        Self { answer: Response { status, body: body.into() }, sent: RefCell::default() }
    }
}

impl Transport for Service {
    fn send(&self, request: &Request) -> Response {
        self.sent.borrow_mut().push(request.clone());
        self.answer.clone()
    }
}

fn config(key: &str) -> Option<Vec<u8>> {
    Some(match key {
        "address" => b"https://shop.example.com/v1/".to_vec(),
        "token" => b"hunter2-hunter2".to_vec(),
        _ => return None,
    })
}

fn run(action: &str, input: &Value, service: &Service) -> Result<Value, Value> {
    let read = |json: String| serde_json::from_str(&json).expect("one line of JSON");
    let outcome = SHOP.run(action, input.to_string().as_bytes(), &config, service).expect("the action");
    outcome.map(read).map_err(|error| read(error.to_json()))
}

fn order() -> Value {
    json!({ "request_id": "r-1", "customer": 7, "goods": [{ "sku": "a", "count": 1 }] })
}

#[test]
fn the_plugin_is_what_it_says_of_itself() {
    assert_eq!(testing::faults(&SHOP), [""; 0]);
}

#[test]
fn an_order_with_lines_is_sent_in_its_canonical_form() {
    let service = Service::new(201, r#"{"id":"77"}"#);
    let mut input = order();
    input["goods"] = json!([{ "sku": " a ", "count": "2.0", "price": 5.5 }, { "sku": "b", "count": 1 }]);
    input["tags"] = json!("new");
    input["gift"] = json!("yes");
    assert_eq!(run("create_order", &input, &service), Ok(json!({ "id": "77" })));
    let sent = service.sent.borrow();
    assert_eq!((sent[0].method, sent[0].url.as_str()), ("POST", "https://shop.example.com/v1/orders"));
    assert_eq!(
        sent[0].body,
        r#"{"request_id":"r-1","customer":"7","goods":[{"sku":"a","count":2,"price":"5.50"},{"sku":"b","count":1}],"tags":["new"],"gift":true}"#
    );
}

#[test]
fn every_problem_of_every_line_is_told_with_its_place() {
    let service = Service::new(201, "{}");
    let mut input = order();
    input["goods"] = json!([{ "sku": "a", "count": 0, "cnt": 1 }, 7, { "sku": "None", "count": 1 }]);
    input["tags"] = json!(["a", "", "b"]);
    let error = run("create_order", &input, &service).unwrap_err();
    let fields: Vec<_> = error["problems"].as_array().unwrap().iter().map(|it| it["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["goods[0].cnt", "goods[0].count", "goods[1]", "goods[2].sku", "tags"]);
    for problem in error["problems"].as_array().unwrap() {
        let (field, message) = (problem["field"].as_str().unwrap(), problem["message"].as_str().unwrap());
        assert!(message.starts_with(&format!("{field} ")), "{message}");
    }
    assert!(service.sent.borrow().is_empty());
}

#[test]
fn a_secret_in_a_line_is_neither_sent_nor_shown() {
    let service = Service::new(201, r#"{"id":"hunter2-hunter2"}"#);
    let mut input = order();
    input["goods"][0]["sku"] = json!("hunter2-hunter2");
    let error = run("create_order", &input, &service).unwrap_err();
    assert_eq!(error["message"], "A field holds the Token: take it out.");
    assert!(service.sent.borrow().is_empty());
    assert_eq!(run("create_order", &order(), &service), Ok(json!({ "id": "***" })));
}

#[test]
fn a_status_is_of_the_contracts_kind_and_a_read_changes_nothing() {
    for (status, kind, retry, effect) in [
        (401, "auth", "never", "none"),
        (404, "not_found", "never", "none"),
        (422, "rejected", "never", "none"),
        (429, "throttled", "later", "none"),
        (503, "unavailable", "later", "unknown"),
        (301, "unexpected_reply", "never", "unknown"),
        (0, "unavailable", "later", "unknown"),
        (200, "unexpected_reply", "never", "unknown"),
    ] {
        let service = Service::new(status, "<h1>Out of order</h1>");
        for (action, input, effect) in
            [("create_order", order(), effect), ("find_orders", json!({ "customer": 7 }), "none")]
        {
            let error = run(action, &input, &service).unwrap_err();
            let told = (error["kind"].as_str(), error["retry"].as_str(), error["effect"].as_str());
            assert_eq!(told, (Some(kind), Some(retry), Some(effect)), "{status}: {error}");
            assert_eq!(error["upstream"]["http_status"], status);
        }
    }
}

#[test]
fn a_search_sends_its_fields_as_a_query() {
    let service = Service::new(200, r#"{"items":[]}"#);
    assert_eq!(run("find_customers", &json!({ "name": "Ann & Bob" }), &service), Ok(json!({ "items": [] })));
    assert_eq!(service.sent.borrow()[0].url, "https://shop.example.com/v1/orders?name=Ann%20%26%20Bob");
    assert!(!service.sent.borrow()[0].head().contains("content-type"));
}

#[test]
fn the_description_has_all_that_the_contract_knows() {
    let description: Value = serde_json::from_str(&describe::description(&SHOP)).unwrap();
    assert_eq!(description["permissions"]["http"]["origins"], json!(["address"]));
    assert_eq!(description["limits"], json!([{ "requests": 600, "perS": 60, "scope": "connection" }]));
    assert_eq!(description["i18n"]["ru"]["/title"], "Магазин");
    let create = &description["actions"][0];
    assert_eq!(create["idempotency"], json!({ "key": "request_id" }));
    assert_eq!(create["annotations"]["destructiveHint"], false);
    assert_eq!(create["verify"]["done"], json!([{ "pointer": "/items/0/request_id", "field": "request_id" }]));
    assert_eq!(create["verify"]["undone"], json!([{ "pointer": "/items", "value": [] }]));
    assert_eq!(create["form"]["options"]["customer"]["search"], "name");
    assert_eq!(
        create["form"]["visible"],
        json!({ "day": { "delivery": ["pickup"] }, "until": { "delivery": ["post"] } })
    );
    assert_eq!(create["inputSchema"]["properties"]["goods"]["items"]["required"], json!(["sku", "count"]));
    assert_eq!(description["actions"][2]["deprecated"]["use"], "find_orders");
    assert_eq!(description["actions"][1]["annotations"]["readOnlyHint"], true);
}

#[test]
fn examples_and_counter_examples_keep_and_break_the_schemas() {
    let description: Value = serde_json::from_str(&describe::description(&SHOP)).unwrap();
    for action in description["actions"].as_array().unwrap() {
        jsonschema::meta::validate(&action["inputSchema"]).unwrap();
        jsonschema::meta::validate(&action["outputSchema"]).unwrap();
        let output = jsonschema::validator_for(&action["outputSchema"]).unwrap();
        for example in action["examples"].as_array().unwrap() {
            assert!(output.is_valid(&example["output"]), "{example}");
        }
    }
    let cases = testing::counter_examples(&SHOP);
    assert!(cases.iter().any(|case| case.field == "until") && cases.len() > 50, "{}", cases.len());
}

#[test]
fn its_tools_are_those_that_hosts_make_of_the_description() {
    let description: Value = serde_json::from_str(&describe::description(&SHOP)).unwrap();
    let projected: Vec<_> = description["actions"].as_array().unwrap().iter().map(projection::tool).collect();
    let listed: Value = serde_json::from_str(&tools::list(&SHOP)).unwrap();
    assert_eq!(listed["tools"], Value::from(projected));
    for tool in listed["tools"].as_array().unwrap() {
        // One that only adds may say so, as MCP means it: docs/mcp.md.
        let only_adds = |fault: &String| tool["name"] == "create_order" && fault.contains("destructiveHint");
        let faults: Vec<_> = projection::faults(tool).into_iter().filter(|fault| !only_adds(fault)).collect();
        assert_eq!(faults, [""; 0]);
    }
}
