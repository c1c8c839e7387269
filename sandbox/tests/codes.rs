//! Every documented code of every function, over real sockets.

mod common;

use common::*;
use justclick_sandbox::{Group, Misbehaviour, Order, Sandbox, Shop};

fn sandbox() -> Sandbox {
    Sandbox::builder().sample_orders().start().unwrap()
}

/// An order that lacks nothing but what a case leaves out.
const GOODS: &str = "goods[0][good_name]=invoice&goods[0][good_sum]=1500";

#[test]
fn each_function_gives_each_code_that_is_documented_for_it() {
    let sandbox = sandbox();
    let auto = Group { auto: true, ..Group::new("allleads", "All") };
    let confirm = Group { confirm: true, ..Group::new("confirmed", "Confirmed") };
    let mut shop = sandbox.shop();
    shop.groups.extend([auto, confirm]);
    shop.contacts.push(justclick_sandbox::Contact { email: "alone@email.com".into(), ..Default::default() });
    sandbox.put_shop(shop);
    let physical = "goods[0][good_name]=222&bill_email=a@b.ru";
    for (function, parameters, code) in [
        ("UpdateOrderStatus", "bill_id=100000&status=paid&date=1", 0),
        ("UpdateOrderStatus", "bill_id=1&status=cancel", 200),
        ("UpdateOrderStatus", "bill_id=100000&status=bad", 201),
        ("UpdateOrderStatus", "bill_id=&status=cancel", 203),
        ("UpdateOrderStatus", "bill_id=100000&status=paid", 3),
        ("CreateOrder", &format!("{GOODS}&bill_email=user4@email.com"), 0),
        ("CreateOrder", &format!("{GOODS}&bill_email=User4@email.com"), 601),
        ("CreateOrder", GOODS, 600),
        ("CreateOrder", &format!("{GOODS}&bill_email=user4"), 600),
        ("CreateOrder", &format!("{GOODS}&bill_email=a@b.ru&bill_created=today"), 602),
        ("CreateOrder", "goods[0][good_name]=invoice&goods[0][good_sum]=1,5&bill_email=a@b.ru", 602),
        ("CreateOrder", "bill_email=a@b.ru", 603),
        ("CreateOrder", "goods[0][good_sum]=5&bill_email=a@b.ru", 603),
        ("CreateOrder", "goods[0][good_name]=none&bill_email=a@b.ru", 604),
        ("CreateOrder", physical, 605),
        ("DeleteOrder", "bill_id=100003", 0),
        ("DeleteOrder", "bill_id=100003", 302),
        ("DeleteOrder", "bill_id=", 302),
        ("GetBills", "email=user4@email.com", 0),
        ("GetBills", "email=user4@email.com&pay_status=paid", 400),
        ("GetBills", "email=nobody@email.com", 400),
        ("GetBills", "email=user4@email.com&pay_status=bad", 3),
        ("getOrderDetails", "bill_id=100000", 0),
        ("getOrderDetails", "bill_id=1", 400),
        ("GetOrderInfo", "bill_id=100000", 0),
        ("GetOrderInfo", "bill_id=1", 400),
        ("GetOrders", "", 0),
        ("GetOrders", "date_s=monday", 3),
        ("getOrdersWithGoods", "", 0),
        ("getOrdersWithGoods", "begin_date=2017-01-01", 3),
        ("AddLeadToGroup", "rid[0]=customers&lead_email=new@email.com", 0),
        ("AddLeadToGroup", "rid[0]=customers", 100),
        ("AddLeadToGroup", "rid[0]=customers&lead_email=new", 101),
        ("AddLeadToGroup", "rid[0]=customers&lead_email=new@email.com", 102),
        ("AddLeadToGroup", "rid[0]=none&lead_email=new@email.com", 103),
        ("AddLeadToGroup", "lead_email=new@email.com", 103),
        ("AddLeadToGroup", "rid[0]=allleads&lead_email=new@email.com", 104),
        ("UpdateSubscriberData", "lead_email=new@email.com&lead_name=N", 0),
        ("UpdateSubscriberData", "lead_name=N", 100),
        ("UpdateSubscriberData", "lead_email=nobody@email.com", 801),
        ("DeleteSubscribe", "lead_email=new@email.com&rass_name=customers", 0),
        ("DeleteSubscribe", "lead_email=new@email.com&rass_name=customers", 0),
        ("DeleteSubscribe", "lead_email=new@email.com&rass_name=none", 800),
        ("DeleteSubscribe", "lead_email=new@email.com&rass_name=news", 801),
        ("DeleteSubscribe", "lead_email=nobody@email.com&rass_name=news", 801),
        ("GetLeadGroups", "email=lead@email.com", 0),
        ("GetLeadGroups", "email=nobody@email.com", 500),
        ("GetLeadGroups", "email=alone@email.com", 501),
        ("GetLeadGroupStatuses", "email=lead@email.com", 0),
        ("GetLeadGroupStatuses", "email=nobody@email.com", 500),
        ("GetLeadGroupStatuses", "email=alone@email.com", 501),
        ("GetAllGroups", "", 0),
        ("GetCountSubscribe", "group_name=unique", 0),
        ("GetCountSubscribe", "group_name=none", 800),
        ("GetAllGoods", "", 0),
        ("AddGood", "good_name=a&good_type=0&good_title=A&good_sum=1", 0),
        ("AddGood", "good_name=a&good_type=0&good_title=A&good_sum=1", 3),
        ("AddGood", "good_name=b&good_type=2&good_title=A&good_sum=1", 3),
        ("UpdateGood", "good_name=a&good_sum=2", 0),
        ("UpdateGood", "good_name=none&good_sum=2", 604),
        ("DeleteGood", "good_name=a", 0),
        ("DeleteGood", "good_name=a", 604),
        ("GetPartnerStats", "partner=my_partner_login", 0),
        ("GetPartnerStats", "partner=nobody", 3),
        ("GetPartnerStats", "partner=my_partner_login&date_from=01.08.2016", 3),
    ] {
        let answer = call(&sandbox, function, parameters);
        assert_eq!((answer.status, answer.code()), (200, code), "{function} {parameters}: {}", answer.text());
    }
    let text = |parameters| call(&sandbox, "AddLeadToGroup", parameters).json()["error_text"].clone();
    assert_eq!(text("rid[0]=confirmed&lead_email=n@email.com"), "activation email sent to subscriber");
    assert_eq!(text("rid[0]=allleads&lead_email=n@email.com"), "subscription forbidden for allleads");
}

#[test]
fn checks_come_in_the_service_s_order() {
    let sandbox = sandbox();
    for function in ["UpdateOrderStatus", "CreateOrder", "GetAllGoods", "getOrderDetails", "AddLeadToGroup"] {
        let code = |form: &str| post(&sandbox, &format!("/api/{function}"), form).code();
        assert_eq!((code(""), code("bill_id="), code("bill_id=&hash=bad")), (2, 1, 4), "{function}");
    }
}

#[test]
fn codes_that_depend_on_the_account_can_be_had_for_every_call() {
    let sandbox = sandbox();
    for code in [5, 6, 7, 8] {
        control(&sandbox, "refuse", &format!("{{\"refuse\": {code}}}"));
        assert_eq!(call(&sandbox, "GetAllGoods", "").code(), code);
        assert_eq!(post(&sandbox, "/api/GetAllGoods", "hash=bad").code(), 4);
    }
    assert_eq!(request(&sandbox, "GET", "/control/refuse", "").json()["refuse"], 8);
    control(&sandbox, "refuse", "{\"refuse\": null}");
    assert_eq!(call(&sandbox, "GetAllGoods", "").code(), 0);
}

#[test]
fn codes_that_depend_on_an_order_can_be_had_for_it() {
    let sandbox = sandbox();
    for (function, code) in [("UpdateOrderStatus", 202), ("UpdateOrderStatus", 303), ("DeleteOrder", 303)] {
        sandbox.put_order(Order::new("7").misbehaviour(Misbehaviour::Code(code)));
        assert_eq!(call(&sandbox, function, "bill_id=7&status=paid&date=1").code(), u64::from(code));
        assert_eq!(call(&sandbox, "getOrderDetails", "bill_id=7").code(), 0);
        assert_eq!(sandbox.order("7").unwrap().status, "new");
    }
    control(&sandbox, "shapes", "{\"edit_codes\": true}");
    assert_eq!(call(&sandbox, "UpdateOrderStatus", "bill_id=1&status=cancel").code(), 302);
    assert_eq!(call(&sandbox, "UpdateOrderStatus", "bill_id=100000&status=bad").code(), 303);
}

#[test]
fn a_failure_of_one_function_can_be_planned_so_many_times() {
    let sandbox = sandbox();
    control(&sandbox, "misbehaviour", r#"{"AddGood": {"misbehaviour": "code-2", "times": 2}}"#);
    let add = "good_name=a&good_type=0&good_title=A&good_sum=1";
    let codes: Vec<_> = (0..4).map(|_| call(&sandbox, "AddGood", add).code()).collect();
    assert_eq!(codes, [2, 2, 0, 3]);
    control(&sandbox, "misbehaviour", r#"{"GetAllGoods": {"misbehaviour": "http-503"}}"#);
    for _ in 0..3 {
        assert_eq!(post(&sandbox, "/api/GetAllGoods", NO_PARAMETERS).status, 503);
    }
    control(&sandbox, "misbehaviour", r#"{"GetAllGoods": null}"#);
    assert_eq!(call(&sandbox, "GetAllGoods", "").code(), 0);
}

#[test]
fn bad_control_requests_say_why_and_alter_nothing() {
    let sandbox = sandbox();
    for (path, body, named) in [
        ("shop", r#"{"products": 1}"#, "invalid type"),
        ("shop", r#"{"goods": []}"#, "`goods`"),
        ("clock", r#"{"now": "noon"}"#, "invalid type"),
        ("shapes", r#"{"coupon": "bon"}"#, "`kupon`"),
        ("refuse", "{}", "refuse"),
        ("misbehaviour", r#"{"getAllGoods": null}"#, "case counts"),
        ("events", r#"{"event": "order_paid", "bill_id": "1"}"#, "no order"),
        ("events", r#"{"event": "order_lost"}"#, "order_lost"),
        ("events", r#"{"event": "contact_activated", "email": "a@b.ru"}"#, "no contact"),
        ("deliveries", "{}", "hold"),
    ] {
        let answer = request(&sandbox, "POST", &format!("/control/{path}"), body);
        assert_eq!(answer.status, 400, "{path} {body}");
        assert!(answer.json()["error"].as_str().unwrap().contains(named), "{body}: {}", answer.text());
    }
    assert_eq!(request(&sandbox, "POST", "/control/deliveries/1", "").status, 404);
    let shop: Shop = serde_json::from_value(request(&sandbox, "GET", "/control/shop", "").json()).unwrap();
    assert_eq!(shop, sandbox.shop());
    assert_eq!(shop.products.len(), 4);
}
