//! Reads and searches.

use justclick_sandbox::{Contact, Shop};
use serde_json::{Value, json};

use crate::support::*;

#[test]
fn an_order_is_given_whole_with_a_link_that_can_be_opened() {
    let sandbox = sandbox();
    sandbox.put_order(order("102937", NEW_YEAR));
    let link = format!("{}/shops/pay/102937/", sandbox.base_url());
    assert_eq!(
        output(&sandbox, "get_order", &json!({ "bill_id": 102_937 })),
        json!({
            "bill_id": "102937", "pay_status": "waiting", "created": NEW_YEAR, "price": "1500.00",
            "total": "1500.00", "to_pay": "1500.00",
            "email": "user4@email.com", "payment_link": link,
            "goods": [{ "product_id": "invoice", "title": "Training", "sum": "1500.00", "price": "" }],
        })
        .without_empty()
    );
    let mut whole = order("7", NEW_YEAR);
    whole.data.domain = "www.shop.com".into();
    whole.data.coupon = "skidka50".into();
    whole.data.utm.insert("medium".into(), "cpc".into());
    sandbox.put_order(whole);
    let output = output(&sandbox, "get_order", &json!({ "bill_id": "7" }));
    assert_eq!(output["payment_link"], "http://www.shop.com/shops/pay/7/");
    assert_eq!((&output["coupon"], &output["utm_medium"]), (&json!("skidka50"), &json!("cpc")));
    assert_eq!(kind(&sandbox, "get_order", &json!({ "bill_id": "8" })), "not_found");
}

trait WithoutEmpty {
    fn without_empty(self) -> Self;
}

impl WithoutEmpty for Value {
    /// What the service gives empty is not given.
    fn without_empty(mut self) -> Self {
        for line in self["goods"].as_array_mut().unwrap() {
            line.as_object_mut().unwrap().retain(|_, value| value != "");
        }
        self
    }
}

#[test]
fn a_long_time_is_asked_for_in_parts_that_lose_no_order_and_give_none_twice() {
    let sandbox = sandbox();
    // Over the end of a February, where months are shortest.
    for day in 0..120 {
        sandbox.put_order(order(&(1000 + day).to_string(), NEW_YEAR + day * DAY + DAY / 2));
    }
    let mut numbers = Vec::new();
    let mut input = json!({ "from": "2017-01-01", "to": "2017-04-15", "limit": 11 });
    loop {
        let page = output(&sandbox, "list_orders", &input);
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 11);
        numbers.extend(items.iter().map(|order| order["bill_id"].as_str().unwrap().parse::<u64>().unwrap()));
        match page.get("nextCursor") {
            Some(next) => input["cursor"] = next.clone(),
            None => break,
        }
    }
    // The fifteenth of April is the 105th day.
    assert_eq!(numbers, (1000..1105).collect::<Vec<_>>());
    let asked = sandbox.requests();
    assert!(asked.iter().all(|request| request.function == "getOrdersWithGoods"));
    assert!(asked[0].body.starts_with("begin_date=01.01.2017&end_date=28.01.2017&hash="), "{}", asked[0].body);
}

#[test]
fn orders_can_be_listed_by_their_payment_and_their_products() {
    let sandbox = sandbox();
    let mut paid = order("1001", NEW_YEAR);
    paid.data.paid = Some(NEW_YEAR + 5 * DAY);
    sandbox.put_order(paid);
    sandbox.put_order(order("1002", NEW_YEAR + 5 * DAY));
    let numbers = |input: Value| {
        let page = output(&sandbox, "list_orders", &input);
        page["items"].as_array().unwrap().iter().map(|order| order["bill_id"].clone()).collect::<Vec<_>>()
    };
    let day = json!({ "from": "2017-01-06", "to": "2017-01-06", "by": "paid" });
    assert_eq!(numbers(day), ["1001"]);
    assert_eq!(
        numbers(json!({ "from": "2017-01-01", "to": "2017-01-06", "product_numbers": [12549, "9"] })),
        ["1001", "1002"]
    );
    assert_eq!(numbers(json!({ "from": "2017-01-01", "to": "2017-01-06", "product_numbers": "9" })), [""; 0]);
    let sent = &sandbox.requests()[1].body;
    assert!(sent.contains("&goods%5B0%5D=12549&goods%5B1%5D=9&hash="), "{sent}");
    for (input, field) in [
        (json!({ "from": "2017-01-06", "to": "2017-01-05" }), "to"),
        (json!({ "from": "2017-01-06", "to": "2017-01-06", "cursor": "2017-01-07" }), "cursor"),
        (json!({ "from": "2017-01-06", "to": "2017-01-06", "cursor": "2017-01-06/x" }), "cursor"),
    ] {
        let error = run(&sandbox, "list_orders", &input).unwrap_err();
        assert_eq!((&error["kind"], &error["field"]), (&json!("invalid_input"), &json!(field)), "{error}");
    }
}

#[test]
fn a_customer_s_orders_are_found() {
    let sandbox = sandbox();
    sandbox.put_order(order("258367", NEW_YEAR));
    let find = |input| output(&sandbox, "find_orders", &input)["items"].clone();
    let found = json!([{ "bill_id": "258367", "goods": [{ "product_id": "invoice", "title": "Training", "product_number": "12549" }] }]);
    assert_eq!(find(json!({ "email": "user4@email.com" })), found);
    assert_eq!(find(json!({ "email": "user4@email.com", "pay_status": "waiting" })), found);
    assert_eq!(find(json!({ "email": "user4@email.com", "pay_status": "paid" })), json!([]));
    assert_eq!(find(json!({ "email": "nobody@email.com" })), json!([]));
}

#[test]
fn groups_products_contacts_and_partners_are_listed_and_counted() {
    let sandbox = sandbox();
    let groups = &output(&sandbox, "list_groups", &json!({}))["items"];
    assert_eq!(groups[0], json!({ "group_id": "customers", "title": "Покупатели" }));
    let products = &output(&sandbox, "list_products", &json!({}))["items"];
    let second = json!({ "product_id": "sales", "product_number": "13011", "title": "Продажи", "price": "3900.00", "type": "0" });
    assert_eq!((&products[1], products[3].get("type")), (&second, None));
    let of_contact = output(&sandbox, "get_contact_groups", &json!({ "email": "lead@email.com" }));
    let news = json!({
        "group_id": "news", "title": "News/weekly", "status": "STATUS_SUBSCRIBE", "subscribed": true, "since": "1362168000",
    });
    assert_eq!(of_contact["items"], json!([news]));
    for (input, count) in
        [(json!({ "of": "all" }), 2), (json!({ "of": "unique" }), 2), (json!({ "of": "group", "group_id": "news" }), 1)]
    {
        assert_eq!(output(&sandbox, "count_contacts", &input), json!({ "count": count }), "{input}");
    }
    // These two words count something else.
    for word in ["all", "unique"] {
        let error = run(&sandbox, "count_contacts", &json!({ "of": "group", "group_id": word })).unwrap_err();
        assert_eq!((&error["kind"], &error["field"]), (&json!("invalid_input"), &json!("group_id")), "{error}");
    }
    let input = json!({ "partner": "my_partner_login", "from": "2016-09-01" });
    assert_eq!(
        output(&sandbox, "get_partner_stats", &input),
        json!({ "earned": "0.00", "to_pay": "0.00", "clicks": 2, "contacts": 0, "payments": 0, "partners": 3 })
    );
}

#[test]
fn nothing_is_an_empty_list_and_what_is_unknown_is_not_found() {
    let sandbox = sandbox();
    let alone = Contact { email: "alone@email.com".into(), ..Contact::default() };
    sandbox.put_shop(Shop { contacts: vec![alone], ..Shop::default() });
    for (action, input) in [
        ("list_groups", json!({})),
        ("list_products", json!({})),
        ("get_contact_groups", json!({ "email": "alone@email.com" })),
        ("list_orders", json!({ "from": "2017-01-01", "to": "2017-01-01" })),
    ] {
        assert_eq!(output(&sandbox, action, &input), json!({ "items": [] }), "{action}");
    }
    for (action, input) in [
        ("get_order", json!({ "bill_id": 1 })),
        ("get_contact_groups", json!({ "email": "nobody@email.com" })),
        ("count_contacts", json!({ "of": "group", "group_id": "nowhere" })),
    ] {
        assert_eq!(kind(&sandbox, action, &input), "not_found", "{action}");
    }
}

#[test]
fn what_is_too_much_for_one_answer_is_asked_for_in_fewer_days() {
    let sandbox = sandbox();
    let numbers: Vec<String> = (0..90).map(|place: u64| (1000 + place * 37 % 90).to_string()).collect();
    for (number, place) in numbers.iter().zip(0..) {
        sandbox.put_order(order(number, NEW_YEAR + place * DAY / 3));
    }
    // An order has some 600 bytes there, and a day has three.
    for largest in [20_000, 8_000, 3_000] {
        for limit in [1000, 7, 1] {
            let mut input = json!({ "from": "2016-12-31", "to": "2017-02-05", "limit": limit });
            let mut told = Vec::new();
            loop {
                let page = run_by(&Small(largest), sandbox.base_url(), "list_orders", &input).unwrap();
                let items = page["items"].as_array().unwrap();
                told.extend(items.iter().map(|order| order["bill_id"].as_str().unwrap().to_owned()));
                if page["nextCursor"].is_null() {
                    break;
                }
                input["cursor"] = page["nextCursor"].clone();
            }
            let mut sorted = numbers.clone();
            sorted.sort_unstable();
            told.sort_unstable();
            assert_eq!(told, sorted, "{largest} bytes, {limit} a page");
        }
    }
    let day = json!({ "from": "2017-01-02", "to": "2017-01-02" });
    let error = run_by(&Small(300), sandbox.base_url(), "list_orders", &day).unwrap_err();
    assert!(
        error["message"].as_str().unwrap().contains("more than this host takes as an answer (ask for less)"),
        "{error}"
    );
}
