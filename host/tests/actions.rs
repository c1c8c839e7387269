//! JustClick's other actions through the command, against its stand-in: lines, searches, choices, and
//! calls that are looked up.

use std::process::{Command, Stdio};

use justclick_sandbox::{Order, OrderData, Sandbox};
use serde_json::{Value, json};

mod common;

fn sandbox() -> Sandbox {
    Sandbox::builder().sample_orders().start().unwrap()
}

/// Runs the command: its exit code, and what it printed and said.
fn run(sandbox: &Sandbox, args: &[&str]) -> (i32, String, String) {
    let mut command: Command = common::plugin_host(sandbox);
    let output = command.args(args).stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|why| panic!("{why}: {text}"))
}

/// Sets how the next call of a function is answered.
fn misbehave(sandbox: &Sandbox, function: &str, how: &str) {
    let plan = json!({ function: { "misbehaviour": how, "times": 1 } });
    let address = format!("{}/control/misbehaviour", sandbox.base_url());
    ureq::put(&address).send(plan.to_string()).unwrap();
}

const ORDER: [&str; 8] = [
    "call",
    "create_order",
    "--field",
    "goods[0].product_id=invoice",
    "--field",
    "goods[0].price=1500",
    "--field",
    "goods[1].product_id=sales",
];

#[test]
fn an_order_of_lines_is_made_once_and_read_again() {
    let sandbox = sandbox();
    let create = [&["--json"], &ORDER[..], &["--field", "email=user4@email.com"]].concat();
    let (code, stdout, stderr) = run(&sandbox, &create);
    assert_eq!((code, stderr.as_str()), (0, ""));
    let made = json_of(&stdout);
    assert_eq!(made["already_there"], false);
    let body = sandbox.requests()[0].body.clone();
    let lines = "goods%5B0%5D%5Bgood_name%5D=invoice&goods%5B0%5D%5Bgood_sum%5D=1500.00&goods%5B1%5D%5Bgood_name%5D=sales&bill_email=user4%40email.com&hash=";
    assert!(body.starts_with(lines), "{body}");
    let (_, stdout, _) = run(&sandbox, &create);
    assert_eq!((&json_of(&stdout)["already_there"], &json_of(&stdout)["bill_id"]), (&json!(true), &made["bill_id"]));
    let number = format!("bill_id={}", made["bill_id"].as_str().unwrap());
    let (code, stdout, stderr) = run(&sandbox, &["--json", "call", "get_order", "--field", &number]);
    assert_eq!(code, 0, "{stderr}");
    let order = json_of(&stdout);
    assert_eq!((&order["price"], order["goods"].as_array().unwrap().len()), (&json!("5400.00"), 2));
    let (code, _, stderr) = run(&sandbox, &["call", "create_order", "--field", "goods[0].price=5"]);
    assert_eq!(code, 10);
    for told in ["goods[0].product_id is required", "plugin-host options create_order 'goods[].product_id'"] {
        assert!(stderr.contains(told), "{told} is not in {stderr}");
    }
}

#[test]
fn all_orders_of_half_a_year_are_listed_each_once() {
    let sandbox = sandbox();
    // Noon in Moscow on the first of January 2017.
    let noon = 1_483_261_200;
    for day in 0..150 {
        let data =
            OrderData { email: "user4@email.com".into(), created: Some(noon + day * 86_400), ..OrderData::default() };
        sandbox.put_order(Order { data, ..Order::new((2000 + day).to_string()) });
    }
    let days = ["--field", "from=2017-01-01", "--field", "to=2017-06-30", "--field", "limit=10"];
    let all = [&["call", "list_orders", "--all", "--output-format", "ndjson"], &days[..]].concat();
    let (code, stdout, stderr) = run(&sandbox, &all);
    assert_eq!((code, stderr.as_str()), (0, ""));
    let numbers: Vec<_> = stdout.lines().map(|line| json_of(line)["bill_id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(numbers, (2000..2150).map(|number| number.to_string()).collect::<Vec<_>>());
    let first = [&["--json", "call", "list_orders", "--limit", "3"], &days[..]].concat();
    assert_eq!(json_of(&run(&sandbox, &first).1)["items"].as_array().unwrap().len(), 3);
}

#[test]
fn the_groups_and_products_that_fields_may_be_set_to_are_listed() {
    let sandbox = sandbox();
    let (code, stdout, stderr) = run(&sandbox, &["--json", "options", "add_contact", "group_ids"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    let groups = json_of(&stdout);
    assert_eq!(groups[0], json!({ "value": "customers", "title": "Покупатели" }));
    for (action, field) in [("remove_contact", "group_id"), ("update_product", "buyer_groups")] {
        assert_eq!(json_of(&run(&sandbox, &["--json", "options", action, field]).1), groups, "{action} {field}");
    }
    let (_, stdout, _) = run(&sandbox, &["--json", "options", "create_order", "goods[].product_id", "Прод"]);
    assert_eq!(json_of(&stdout), json!([{ "value": "sales", "title": "Продажи" }]));
}

#[test]
fn a_change_whose_answer_is_lost_is_looked_up() {
    let sandbox = sandbox();
    // No order of this customer is there, so none was made.
    misbehave(&sandbox, "CreateOrder", "drop-before");
    let create = [&["--json"], &ORDER[..], &["--field", "email=new@email.com", "--retries", "0"]].concat();
    let (code, _, stderr) = run(&sandbox, &create);
    assert_ne!(code, 0);
    let error = json_of(&stderr);
    assert_eq!((&error["effect"], &error["retry"]), (&json!("none"), &json!("later")), "{error}");
    assert!(error["message"].as_str().unwrap().contains("looked up with find_orders: it was not done"), "{error}");

    // It was made, but which of the customer's orders it is can't be told: a person has to look.
    misbehave(&sandbox, "CreateOrder", "drop-after");
    let (_, _, stderr) = run(&sandbox, &create);
    let error = json_of(&stderr);
    assert_eq!((&error["effect"], &error["retry"]), (&json!("unknown"), &json!("never")), "{error}");
}

/// The bundle has the texts beside the module.
#[test]
fn every_action_trigger_and_field_is_described_in_russian() {
    let sandbox = sandbox();
    let (code, stdout, stderr) = run(&sandbox, &["--json", "describe", "--lang", "ru"]);
    assert_eq!(code, 0, "{stderr}");
    let description = json_of(&stdout);
    let is_russian = |text: &Value| text.as_str().unwrap().chars().any(|c| matches!(c, 'а'..='я' | 'А'..='Я'));
    let actions = description["actions"].as_array().unwrap().iter();
    for told in actions.chain(description["triggers"].as_array().unwrap()) {
        assert!(is_russian(&told["title"]) && is_russian(&told["description"]), "{told}");
        for (name, field) in told["inputSchema"]["properties"].as_object().unwrap() {
            assert!(name == "email" || is_russian(&field["title"]), "{name}: {field}");
        }
    }
    let (_, stdout, stderr) = run(&sandbox, &["describe", "--lang", "ru"]);
    assert!(stdout.contains("update_order_status  Сообщить магазину на JustClick, что заказ оплачен"), "{stdout}");
    assert_eq!(stderr, "", "a description that keeps the contract");
    let (_, stdout, _) = run(&sandbox, &["describe", "--lang", "en"]);
    assert!(stdout.contains("update_order_status  Tell the JustClick shop that an order was paid"), "{stdout}");
}
