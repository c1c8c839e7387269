//! Every code that the service's pages name, of every function: which error it is, and that nothing was
//! changed.

use justclick_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::*;

/// What a code is for a call.
#[derive(Clone, Copy)]
enum Means {
    /// An error of this kind.
    Error(&'static str),
    /// An answer: there are none, or it is so already.
    Answer,
}

use Means::{Answer, Error};

/// Codes of the account and of the request itself, which every function has.
const GENERAL: [(u32, Means); 8] = [
    (1, Error("rejected")),
    (2, Error("rejected")),
    (3, Error("rejected")),
    (4, Error("auth")),
    (5, Error("auth")),
    (6, Error("auth")),
    (7, Error("auth")),
    (8, Error("throttled")),
];

/// Codes of what is done to an order that is there.
const ORDER: [(u32, Means); 6] = [
    (200, Error("not_found")),
    (201, Error("rejected")),
    (202, Error("rejected")),
    (203, Error("rejected")),
    (302, Error("not_found")),
    (303, Error("rejected")),
];

/// Codes of contacts and groups, on a page whose heading does not say of which function.
const CONTACT: [(u32, Means); 3] = [(100, Error("rejected")), (800, Error("not_found")), (801, Error("not_found"))];

/// An action, an input, its function, and codes of that.
type Row = (&'static str, Value, &'static str, &'static [(u32, Means)]);

/// Each action with an input that is right, its function, and that function's own codes. `GetOrderInfo`,
/// `GetOrders` and `GetLeadGroups` are superseded by others, which the plugin calls.
fn functions() -> Vec<Row> {
    let product = json!({ "product_id": "new", "type": "digital", "title": "New", "price": 1 });
    let goods = json!([{ "product_id": "sales" }]);
    vec![
        ("update_order_status", json!({ "bill_id": 100_000, "status": "cancel" }), "UpdateOrderStatus", &ORDER),
        (
            "create_order",
            json!({ "goods": goods, "email": "a@b.ru" }),
            "CreateOrder",
            // Of 601, an order that is there already, there is a test of its own: its answer has a number.
            &[
                (600, Error("rejected")),
                (602, Error("rejected")),
                (603, Error("rejected")),
                (604, Error("not_found")),
                (605, Error("rejected")),
            ],
        ),
        ("delete_order", json!({ "bill_id": 100_000 }), "DeleteOrder", &ORDER),
        ("get_order", json!({ "bill_id": 100_000 }), "getOrderDetails", &[(400, Error("not_found"))]),
        ("list_orders", json!({ "from": "2017-01-01", "to": "2017-01-02" }), "getOrdersWithGoods", &[(400, Answer)]),
        ("find_orders", json!({ "email": "a@b.ru" }), "GetBills", &[(400, Answer)]),
        (
            "add_contact",
            json!({ "group_ids": ["news"], "email": "a@b.ru" }),
            "AddLeadToGroup",
            &[
                (100, Error("rejected")),
                (101, Error("rejected")),
                (102, Answer),
                (103, Error("not_found")),
                (104, Error("rejected")),
            ],
        ),
        ("update_contact", json!({ "email": "a@b.ru", "name": "N" }), "UpdateSubscriberData", &CONTACT),
        ("remove_contact", json!({ "email": "a@b.ru", "group_id": "news" }), "DeleteSubscribe", &CONTACT),
        (
            "get_contact_groups",
            json!({ "email": "a@b.ru" }),
            "GetLeadGroupStatuses",
            &[(500, Error("not_found")), (501, Answer)],
        ),
        ("list_groups", json!({}), "GetAllGroups", &[]),
        ("count_contacts", json!({ "of": "all" }), "GetCountSubscribe", &CONTACT),
        ("list_products", json!({}), "GetAllGoods", &[(700, Answer)]),
        ("create_product", product, "AddGood", &[]),
        ("update_product", json!({ "product_id": "sales", "price": 2 }), "UpdateGood", &[]),
        ("delete_product", json!({ "product_id": "sales" }), "DeleteGood", &[]),
        ("get_partner_stats", json!({ "partner": "my_partner_login" }), "GetPartnerStats", &[]),
    ]
}

/// Plans one answer of a function.
fn plan(sandbox: &Sandbox, function: &str, code: u32) {
    let plan = json!({ function: { "misbehaviour": format!("code-{code}"), "times": 1 } });
    control(sandbox, "misbehaviour", &plan.to_string());
}

#[test]
fn every_documented_code_of_every_function_is_what_it_means() {
    let sandbox = sandbox();
    let before = sandbox.shop();
    for (action, input, function, codes) in functions() {
        for (code, means) in GENERAL.iter().chain(codes) {
            plan(&sandbox, function, *code);
            let outcome = run(&sandbox, action, &input);
            assert_eq!(sandbox.requests().last().unwrap().function, function, "{action}");
            match (means, outcome) {
                (Error(kind), Err(error)) => {
                    let told = (&error["kind"], &error["upstream"]["error_code"], &error["effect"]);
                    assert_eq!(told, (&json!(kind), &json!(code), &json!("none")), "{action} {code}: {error}");
                    assert_eq!(error["upstream"]["verified"], true, "{action} {code}: {error}");
                    let message = error["message"].as_str().unwrap();
                    assert!(message.contains(&format!("(code {code}: ")) && message.ends_with('.'), "{message}");
                }
                (Answer, Ok(_)) => {}
                (_, outcome) => panic!("{action} {code}: {outcome:?}"),
            }
        }
    }
    assert_eq!(sandbox.shop(), before);
    assert_eq!(sandbox.order("100000").unwrap().changes, []);
}

#[test]
fn a_code_that_no_page_names_is_refused_and_told() {
    let sandbox = sandbox();
    for (action, input, function, _) in functions() {
        plan(&sandbox, function, 4242);
        let error = run(&sandbox, action, &input).unwrap_err();
        assert_eq!((&error["kind"], &error["effect"]), (&json!("rejected"), &json!("none")), "{error}");
        assert!(error["message"].as_str().unwrap().contains("code 4242"), "{error}");
    }
}
