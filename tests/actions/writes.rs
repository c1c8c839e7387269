//! Changes: what is sent, what the shop then holds, and what each code means.

use justclick_sandbox::{Misbehaviour, Sandbox};
use serde_json::{Value, json};

use crate::support::*;

/// The body of the last request, without its hash.
fn sent(sandbox: &Sandbox) -> String {
    let body = sandbox.requests().last().unwrap().body.clone();
    body.rsplit_once("hash=").unwrap().0.trim_end_matches('&').to_owned()
}

#[test]
fn an_order_is_made_once_and_told_to_be_there_the_second_time() {
    let sandbox = sandbox();
    let input = json!({
        "goods": [{ "product_id": "invoice", "price": 1500 }, { "product_id": "sales" }],
        "email": "user4@email.com", "first_name": "Имя", "utm_medium": "cpc", "aff_term": "kettle",
    });
    let made = output(&sandbox, "create_order", &input);
    assert_eq!(
        sent(&sandbox),
        "goods%5B0%5D%5Bgood_name%5D=invoice&goods%5B0%5D%5Bgood_sum%5D=1500.00&goods%5B1%5D%5Bgood_name%5D=sales\
         &bill_email=user4%40email.com&bill_first_name=%D0%98%D0%BC%D1%8F&utm%5Butm_medium%5D=cpc&utm%5Baff_term%5D=kettle"
    );
    assert_eq!((&made["already_there"], &made["message"]), (&json!(false), &json!("OK")));
    let again = output(&sandbox, "create_order", &input);
    assert_eq!((&again["already_there"], &again["bill_id"]), (&json!(true), &made["bill_id"]));
    let order = output(&sandbox, "get_order", &json!({ "bill_id": made["bill_id"] }));
    assert_eq!((&order["price"], &order["first_name"]), (&json!("5400.00"), &json!("Имя")));
    let removed = output(&sandbox, "delete_order", &json!({ "bill_id": made["bill_id"] }));
    assert_eq!(removed["message"], "order deleted");
    assert_eq!(kind(&sandbox, "delete_order", &json!({ "bill_id": made["bill_id"] })), "not_found");
}

#[test]
fn when_an_unpaid_order_is_cancelled_is_sent_as_the_service_has_it() {
    let sandbox = sandbox();
    for (input, end) in [
        (json!({ "cancel_unpaid": "usual" }), "&bill_timer_kill=1"),
        (json!({ "cancel_unpaid": "never" }), "&bill_timer_kill=0"),
        (json!({ "cancel_unpaid": "at", "cancel_at": "2030-01-01T00:00:00Z" }), "&bill_timer_kill=1893456000"),
        (json!({ "cancel_at": "nonsense" }), "&bill_email=a%40b.ru"),
    ] {
        let mut whole = json!({ "goods": [{ "product_id": "sales" }], "email": "a@b.ru" });
        whole.as_object_mut().unwrap().extend(input.as_object().unwrap().clone());
        output(&sandbox, "create_order", &whole);
        assert!(sent(&sandbox).ends_with(end), "{}", sent(&sandbox));
    }
}

#[test]
fn each_code_of_a_change_is_of_the_contract_s_kind_and_changes_nothing() {
    let sandbox = sandbox();
    let order = |good: &str, email: &str| json!({ "goods": [{ "product_id": good }], "email": email });
    for (action, input, kind, code) in [
        ("create_order", order("nothing", "a@b.ru"), "not_found", 604),
        ("create_order", order("222", "a@b.ru"), "rejected", 605),
        ("delete_order", json!({ "bill_id": 1 }), "not_found", 302),
        ("add_contact", json!({ "group_ids": "nowhere", "email": "a@b.ru" }), "not_found", 103),
        ("update_contact", json!({ "email": "nobody@b.ru", "name": "N" }), "not_found", 801),
        ("remove_contact", json!({ "email": "lead@email.com", "group_id": "nowhere" }), "not_found", 800),
        ("remove_contact", json!({ "email": "nobody@b.ru", "group_id": "news" }), "not_found", 801),
        ("update_product", json!({ "product_id": "nothing", "price": 1 }), "not_found", 604),
        ("delete_product", json!({ "product_id": "nothing" }), "not_found", 604),
    ] {
        let error = run(&sandbox, action, &input).unwrap_err();
        assert_eq!(
            (&error["kind"], &error["upstream"]["error_code"], &error["effect"]),
            (&json!(kind), &json!(code), &json!("none")),
            "{action}: {error}"
        );
    }
    for (function, action, input, codes) in [
        ("CreateOrder", "create_order", order("sales", "a@b.ru"), &[600, 602, 603][..]),
        ("DeleteOrder", "delete_order", json!({ "bill_id": 100_000 }), &[303]),
        ("AddLeadToGroup", "add_contact", json!({ "group_ids": "news", "email": "a@b.ru" }), &[100, 101, 104]),
        ("AddGood", "create_product", product(), &[2, 3]),
    ] {
        for code in codes {
            control(
                &sandbox,
                "misbehaviour",
                &format!(r#"{{"{function}": {{"misbehaviour": "code-{code}", "times": 1}}}}"#),
            );
            assert_eq!(kind(&sandbox, action, &input), "rejected", "{action} {code}");
        }
    }
}

fn product() -> Value {
    json!({ "product_id": "super_product", "type": "digital", "title": "10 DVD with cooking lessons", "price": "999887" })
}

#[test]
fn a_contact_is_added_changed_and_removed() {
    let sandbox = sandbox();
    let add = json!({ "group_ids": ["customers", "news"], "email": "new@email.com", "name": "Name", "confirm": true });
    let added = output(&sandbox, "add_contact", &add);
    assert_eq!(
        sent(&sandbox),
        "rid%5B0%5D=customers&rid%5B1%5D=news&lead_email=new%40email.com&lead_name=Name&activation=1"
    );
    assert_eq!(
        added,
        json!({ "email": "new@email.com", "already_there": false, "message": "activation email sent to subscriber" })
    );
    assert_eq!(output(&sandbox, "add_contact", &add)["already_there"], true);
    let change = json!({ "email": "new@email.com", "city": "Los Angeles", "tags": "tag1,tag2" });
    let changed = output(&sandbox, "update_contact", &change);
    assert_eq!(sent(&sandbox), "lead_email=new%40email.com&lead_city=Los+Angeles&lead_tags=tag1%2Ctag2");
    assert_eq!((&changed["tags"], changed.get("name")), (&json!("tag1,tag2"), None));
    output(&sandbox, "remove_contact", &json!({ "email": "new@email.com", "group_id": "news" }));
    assert_eq!(sent(&sandbox), "lead_email=new%40email.com&rass_name=news");
    let groups = output(&sandbox, "get_contact_groups", &json!({ "email": "new@email.com" }));
    let statuses: Vec<_> = groups["items"].as_array().unwrap().iter().map(|group| &group["status"]).collect();
    assert_eq!(statuses, ["STATUS_WAIT", "STATUS_UNSUBSCRIBE"]);
    let contact = sandbox.shop().contacts.last().unwrap().clone();
    assert_eq!(
        (contact.name.as_str(), contact.city.as_str(), contact.tags.as_str()),
        ("Name", "Los Angeles", "tag1,tag2")
    );
}

#[test]
fn a_product_is_made_changed_and_deleted() {
    let sandbox = sandbox();
    let mut new = product();
    new["buyer_groups"] = json!(["customers", "new_group"]);
    new["publish"] = json!(true);
    output(&sandbox, "create_product", &new);
    assert_eq!(
        sent(&sandbox),
        "good_name=super_product&good_type=0&good_title=10+DVD+with+cooking+lessons&good_sum=999887.00\
         &good_publish=1&good_client_rassilki=customers%2Cnew_group"
    );
    assert_eq!(output(&sandbox, "list_groups", &json!({}))["items"][2]["group_id"], "new_group");
    let countries = json!({ "product_id": "super_product", "countries": ["USA", "DEU"], "partner_fee_2": 7 });
    output(&sandbox, "update_product", &countries);
    let made = sandbox.shop().products.last().unwrap().fields.clone();
    assert_eq!((made["good_only_countries"].as_str(), made["good_partner_pfee"].as_str()), ("USA,DEU", "7.00"));
    output(&sandbox, "update_product", &json!({ "product_id": "super_product", "price": "5" }));
    assert_eq!(sent(&sandbox), "good_name=super_product&good_sum=5.00");
    let last = || output(&sandbox, "list_products", &json!({}))["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last()["price"], &last()["title"]), (&json!("5.00"), &json!("10 DVD with cooking lessons")));
    output(&sandbox, "delete_product", &json!({ "product_id": "super_product" }));
    assert_eq!(last()["product_id"], "donation");
}

#[test]
fn what_became_of_a_change_without_an_answer_can_be_looked_up() {
    let sandbox = sandbox();
    sandbox.put_order(order("7", NEW_YEAR));
    control(&sandbox, "misbehaviour", r#"{"UpdateOrderStatus": {"misbehaviour": "drop-after", "times": 1}}"#);
    let paid = json!({ "bill_id": 7, "status": "paid", "date": NEW_YEAR });
    assert_eq!(run(&sandbox, "update_order_status", &paid).unwrap_err()["effect"], "unknown");
    assert_eq!(output(&sandbox, "get_order", &json!({ "bill_id": 7 }))["pay_status"], paid["status"]);

    control(&sandbox, "misbehaviour", r#"{"CreateOrder": {"misbehaviour": "drop-before", "times": 1}}"#);
    let new = json!({ "goods": [{ "product_id": "sales" }], "email": "new@email.com" });
    assert_eq!(run(&sandbox, "create_order", &new).unwrap_err()["effect"], "unknown");
    assert_eq!(output(&sandbox, "find_orders", &json!({ "email": "new@email.com" }))["items"], json!([]));
}

#[test]
fn a_change_whose_answer_is_spoilt_is_never_told_as_done() {
    let sandbox = sandbox();
    let changes = [
        ("create_order", json!({ "goods": [{ "product_id": "sales" }], "email": "a@b.ru" })),
        ("delete_order", json!({ "bill_id": 100_003 })),
        ("add_contact", json!({ "group_ids": "news", "email": "a@b.ru" })),
        ("create_product", product()),
    ];
    for misbehaviour in Misbehaviour::NAMED {
        use Misbehaviour::{Bom, CodeAsString, Huge, Slow};
        if matches!(misbehaviour, Bom | CodeAsString | Huge | Slow) {
            continue;
        }
        sandbox.set_misbehaviour(Some(misbehaviour));
        for (action, input) in &changes {
            let error = run(&sandbox, action, input).expect_err("an error");
            // What it refused for certain has changed nothing.
            let is_known = ["throttled", "not_found", "rejected"].contains(&error["kind"].as_str().unwrap());
            assert_eq!(error["effect"], if is_known { "none" } else { "unknown" }, "{action} {misbehaviour}: {error}");
        }
    }
}

#[test]
fn what_would_be_another_list_with_commas_is_refused() {
    let sandbox = sandbox();
    for (field, values, told) in [
        ("buyer_groups", json!(["a", "b,c"]), "buyer_groups has a comma within"),
        ("countries", json!(["U,S"]), "countries has a comma within"),
        ("countries", json!(["DEU", "12"]), "countries are codes such as DEU"),
        ("countries", json!(["РФ"]), "countries are codes such as DEU"),
    ] {
        let mut input = json!({ "product_id": "invoice" });
        input[field] = values;
        let error = run(&sandbox, "update_product", &input).unwrap_err();
        assert_eq!((&error["kind"], &error["message"]), (&json!("invalid_input"), &json!(told)));
    }
}
