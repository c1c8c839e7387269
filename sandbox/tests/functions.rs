//! What the functions change, and what others then see of it.

mod common;

use common::*;
use justclick_sandbox::{Order, OrderData, Sandbox};
use serde_json::json;

fn sandbox() -> Sandbox {
    Sandbox::builder().sample_orders().start().unwrap()
}

/// An order of a customer that was made at that moment.
fn order_of(number: &str, created: u64) -> Order {
    let data = OrderData { email: "user4@email.com".into(), created: Some(created), ..OrderData::default() };
    Order { data, ..Order::new(number) }
}

#[test]
fn an_order_is_made_looked_up_paid_and_deleted() {
    let sandbox = sandbox();
    control(&sandbox, "clock", r#"{"now": 1483218000}"#);
    let made = result(
        &sandbox,
        "CreateOrder",
        "goods[0][good_name]=invoice&goods[0][good_sum]=1500.5&goods[1][good_name]=sales&bill_first_name=Иван&bill_email=user4@email.com&bill_kupon=skidka50&bill_domain=www.shop.com&utm[utm_medium]=cpc",
    );
    let number = made["bill_id"].as_u64().unwrap();
    let details = result(&sandbox, "getOrderDetails", &format!("bill_id={number}&good_info=1"));
    for (name, value) in [
        ("id", json!(number)),
        ("first_name", json!("Иван")),
        ("created", json!(1_483_218_000)),
        ("pay_status", json!("waiting")),
        ("paid", json!(null)),
        ("price", json!("5400.50")),
        ("bill_sum_topay", json!("5400.50")),
        ("coupon", json!("skidka50")),
        ("link", json!(format!("http://www.shop.com/shops/pay/{number}/"))),
        ("utm", json!({ "medium": "cpc" })),
        ("good_ids", json!([12549, 13011])),
    ] {
        assert_eq!(details[name], value, "{name}");
    }
    assert_eq!(details["items"][1]["sum"], "3900.00");
    let bills = result(&sandbox, "GetBills", "email=user4@email.com&pay_status=waiting");
    assert_eq!(bills[number.to_string()]["12549"]["good_name"], "invoice");
    let listed = result(&sandbox, "getOrdersWithGoods", "goods=13011");
    assert_eq!((&listed[0]["id"], &listed[0]["kupon"]), (&json!(number), &json!("skidka50")));

    result(&sandbox, "UpdateOrderStatus", &format!("bill_id={number}&status=paid&date=1483300000"));
    let details = result(&sandbox, "getOrderDetails", &format!("bill_id={number}"));
    assert_eq!((&details["pay_status"], &details["paid"]), (&json!("paid"), &json!(1_483_300_000)));
    assert_eq!((&details["bill_sum_topay"], details.get("good_ids")), (&json!("0.00"), None));

    assert_eq!(call(&sandbox, "DeleteOrder", &format!("bill_id={number}")).json()["error_text"], "order deleted");
    assert_eq!(call(&sandbox, "getOrderDetails", &format!("bill_id={number}")).code(), 400);
}

#[test]
fn an_equal_open_order_is_not_made_twice() {
    let sandbox = sandbox();
    let make = |sum| {
        call(&sandbox, "CreateOrder", &format!("goods[0][good_name]=sales&goods[0][good_sum]={sum}&bill_email=a@b.ru"))
    };
    let first = make("100").json();
    let again = make("100.00").json();
    assert_eq!((&again["error_code"], &again["result"]), (&json!(601), &first["result"]));
    assert_eq!(make("101").code(), 0);
    call(&sandbox, "UpdateOrderStatus", &format!("bill_id={}&status=cancel", first["result"]["bill_id"]));
    assert_eq!(make("100").code(), 0);
}

#[test]
fn a_list_is_cut_to_a_month_before_its_end_without_a_word() {
    let sandbox = sandbox();
    let noon = |day: u64| 1_483_218_000 + day * 86_400 + 12 * 3600; // 2017-01-01 in Moscow
    for day in 0..70 {
        sandbox.put_order(order_of(&format!("{}", 300_000 + day), noon(day)));
    }
    let ids = |parameters: &str| -> Vec<u64> {
        let result = result(&sandbox, "getOrdersWithGoods", parameters);
        result.as_array().unwrap().iter().map(|order| order["id"].as_u64().unwrap() - 300_000).collect()
    };
    assert_eq!(ids("begin_date=01.01.2017&end_date=02.01.2017"), [0, 1]);
    // To the tenth of March: from the tenth of February.
    assert_eq!(ids("begin_date=01.01.2017&end_date=10.03.2017"), (40..69).collect::<Vec<_>>());
    control(&sandbox, "clock", &format!("{{\"now\": {}}}", noon(3)));
    assert_eq!(ids(""), [3]);
    assert_eq!(ids("begin_date=03.01.2017"), [2, 3]);
    call(&sandbox, "UpdateOrderStatus", &format!("bill_id=300000&status=paid&date={}", noon(3)));
    assert_eq!(ids("paid=1"), [0]);
    let older = result(&sandbox, "GetOrders", &format!("date_s={}&date_e={}", noon(1), noon(4)));
    assert_eq!(older.as_array().unwrap().len(), 4);
    assert_eq!(older[0].get("items"), None);
}

#[test]
fn an_order_that_nobody_pays_is_cancelled_when_its_time_comes() {
    let sandbox = sandbox();
    control(&sandbox, "clock", r#"{"now": 1000000000}"#);
    let made =
        result(&sandbox, "CreateOrder", "goods[0][good_name]=sales&bill_email=a@b.ru&bill_timer_kill=1000000500");
    let status = || result(&sandbox, "getOrderDetails", &format!("bill_id={}", made["bill_id"]))["pay_status"].clone();
    assert_eq!(status(), "waiting");
    control(&sandbox, "clock", r#"{"now": 1000000500}"#);
    assert_eq!(status(), "cancel");
}

#[test]
fn a_contact_goes_through_groups() {
    let sandbox = sandbox();
    control(&sandbox, "clock", r#"{"now": 1600000000}"#);
    let add = "rid[0]=customers&rid[1]=news&lead_email=new@email.com&lead_name=&activation=1";
    assert_eq!(call(&sandbox, "AddLeadToGroup", add).json()["error_text"], "activation email sent to subscriber");
    let statuses = || result(&sandbox, "GetLeadGroupStatuses", "email=new@email.com");
    assert_eq!(
        statuses()[0],
        json!({ "rass_name": "customers", "rass_title": "Покупатели", "rass_status": "STATUS_WAIT", "subscription_time": 1_600_000_000 })
    );
    assert_eq!(sandbox.shop().contacts[2].name, "Dear Friend");
    let event = r#"{"event": "contact_activated", "email": "new@email.com", "group": "customers"}"#;
    control(&sandbox, "events", event);
    assert_eq!(statuses()[0]["rass_status"], "STATUS_SUBSCRIBE");
    result(&sandbox, "DeleteSubscribe", "lead_email=new@email.com&rass_name=news");
    assert_eq!(statuses()[1]["rass_status"], "STATUS_UNSUBSCRIBE");
    // Whoever was there once gets no letter.
    assert_eq!(call(&sandbox, "AddLeadToGroup", add).json()["error_text"], "ok");
    assert_eq!(statuses()[1]["rass_status"], "STATUS_SUBSCRIBE");
    result(&sandbox, "UpdateSubscriberData", "lead_email=NEW@email.com&lead_name=Анна&lead_tags=a,b");
    let contact = &sandbox.shop().contacts[2];
    assert_eq!((contact.name.as_str(), contact.tags.as_str()), ("Анна", "a,b"));
    for (group, count) in [("all", 3), ("unique", 3), ("customers", 2), ("news", 2)] {
        assert_eq!(result(&sandbox, "GetCountSubscribe", &format!("group_name={group}")), count, "{group}");
    }
}

#[test]
fn a_product_is_added_changed_and_deleted() {
    let sandbox = sandbox();
    result(&sandbox, "AddGood", "good_name=x&good_type=real&good_title=X&good_sum=10&good_client_rassilki=buyers,news");
    let good = || result(&sandbox, "GetAllGoods", "").as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        good(),
        json!({ "good_id": 28365, "good_name": "x", "good_title": "X", "good_sum": "10.00", "good_type": 1 })
    );
    assert!(result(&sandbox, "GetAllGroups", "").to_string().contains("buyers"));
    result(&sandbox, "UpdateGood", "good_name=x&good_title=Ж&good_mail_format=html");
    assert_eq!((&good()["good_title"], &good()["good_sum"]), (&json!("Ж"), &json!("10.00")));
    assert_eq!(sandbox.shop().products[4].fields["good_mail_format"], "html");
    result(&sandbox, "DeleteGood", "good_name=x");
    assert_eq!(good()["good_name"], "donation");
}

#[test]
fn a_partner_is_paid_for_the_orders_that_it_brought() {
    let sandbox = sandbox();
    control(&sandbox, "clock", r#"{"now": 1472000000}"#);
    result(&sandbox, "UpdateGood", "good_name=sales&good_partner_fee_perc=10");
    let utm = "utm[utm_medium]=affiliate&utm[utm_source]=my_partner_login";
    let made = result(&sandbox, "CreateOrder", &format!("goods[0][good_name]=sales&bill_email=a@b.ru&{utm}"));
    let number = &made["bill_id"];
    let partners = &result(&sandbox, "getOrderDetails", &format!("bill_id={number}"))["items"][0]["partners"];
    assert_eq!(partners[0]["partner_fee"], "390.00");
    call(&sandbox, "AddLeadToGroup", &format!("rid[0]=news&lead_email=b@b.ru&{utm}"));
    let stats = |dates: &str| result(&sandbox, "GetPartnerStats", &format!("partner=my_partner_login{dates}"));
    assert_eq!(stats("")["bills_total"], 0);
    call(&sandbox, "UpdateOrderStatus", &format!("bill_id={number}&status=paid&date=1472000001"));
    assert_eq!(
        stats("&date_from=2016-08-01&date_to=2016-09-22"),
        json!({ "earned_total": "390.00", "topay_total": "390.00", "clicks_total": 42, "leads_total": 1, "bills_total": 1, "partners_total": 3 })
    );
    assert_eq!(stats("&date_from=2016-09-01")["clicks_total"], 2);
}

#[test]
fn shapes_that_the_documentation_leaves_open_can_be_set() {
    let sandbox = sandbox();
    sandbox.put_order(order_of("7", 1_600_000_000));
    let details = || result(&sandbox, "getOrderDetails", "bill_id=7");
    assert_eq!((&details()["utm"], &details()["id"]), (&json!([]), &json!(7)));
    control(&sandbox, "shapes", r#"{"numbers_as_texts": true, "empty_objects_as_lists": false, "coupon": "kupon"}"#);
    assert_eq!((&details()["utm"], &details()["id"], &details()["kupon"]), (&json!({}), &json!("7"), &json!("")));
    control(&sandbox, "shapes", r#"{"absent_if_empty": true, "nothing_is_a_list": true, "auto_groups": true}"#);
    assert_eq!(details().get("first_name"), None);
    assert_eq!(result(&sandbox, "GetBills", "email=nobody@email.com"), json!([]));
    assert_eq!(result(&sandbox, "GetLeadGroupStatuses", "email=lead@email.com")[1]["rass_name"], "allleads");
    control(&sandbox, "shapes", r#"{"http_status": 302, "empty_result": true}"#);
    let answer = call(&sandbox, "UpdateOrderStatus", "bill_id=7&status=cancel");
    assert_eq!((answer.status, answer.code(), &answer.json()["result"]), (302, 0, &json!([])));
}
