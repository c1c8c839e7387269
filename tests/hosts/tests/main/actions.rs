//! The actions when all goes well, and the description.

use hosts::{Bundle, Host, RawServer, response, workspace};
use justclick_sandbox::{Account, Misbehaviour, Order, SAMPLE_API_KEY, Sandbox};
use serde_json::{Value, json};

use crate::support::*;

#[test]
fn the_example_of_the_service_s_page_is_on_the_wire_as_php_writes_it() {
    let sandbox = sandbox();
    let output = done(&mut host(&sandbox.base_url()), &seed());
    assert_eq!(
        output,
        json!({
            "bill_id": "100000",
            "status": "sent",
            "date": 1_362_254_400,
            "rpo": "10000000000000",
            "message": "order status changed"
        })
    );

    let requests = sandbox.requests();
    assert_eq!(requests.len(), 1);
    let request = &requests[0];
    assert_eq!(request.function, "UpdateOrderStatus");
    assert_eq!(
        request.body,
        "bill_id=100000&status=sent&date=1362254400&rpo=10000000000000&hash=92cea5ba30b463b8c3b234e3d2945e65"
    );
    assert!(request.signature_ok);
    assert_eq!(request.headers["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(request.headers["accept"], "application/json");
    let agent = &request.headers["user-agent"];
    let version = description()["version"].as_str().unwrap();
    assert!(agent.contains("justclick") && agent.contains(version), "{agent}");

    let order = sandbox.order("100000").unwrap();
    assert_eq!(
        (order.status.as_str(), order.date, order.rpo.as_deref()),
        ("sent", Some(1_362_254_400), Some("10000000000000"))
    );
}

#[test]
fn the_request_is_one_post_below_the_base_url() {
    let server = RawServer::start(response(200, signed(0, "OK").to_string()));
    for (base_url, line) in [
        (server.base_url(), "POST /api/UpdateOrderStatus HTTP/1.1\r\n"),
        (format!("{}/", server.base_url()), "POST /api/UpdateOrderStatus HTTP/1.1\r\n"),
        (format!("{}/shop", server.base_url()), "POST /shop/api/UpdateOrderStatus HTTP/1.1\r\n"),
    ] {
        let before = server.requests().len();
        done(&mut host(&base_url), &seed());
        let requests = server.requests();
        assert_eq!(requests.len(), before + 1);
        assert!(requests[before].starts_with(line), "{}", requests[before]);
    }
}

#[test]
fn every_described_example_gives_its_output() {
    let sandbox = sandbox();
    let mut host = host(&sandbox.base_url());
    let examples = description()["actions"][0]["examples"].as_array().unwrap();
    assert!(!examples.is_empty());
    for example in examples {
        assert_eq!(done(&mut host, &example["input"]), example["output"], "{}", example["title"]);
    }
}

#[test]
fn what_the_status_does_not_need_is_neither_checked_nor_sent() {
    let sandbox = sandbox();
    let input = json!({ "bill_id": "100000", "status": "return", "date": "nonsense", "rpo": " R 1 " });
    let output = done(&mut host(&sandbox.base_url()), &input);
    assert_eq!(output, json!({ "bill_id": "100000", "status": "return", "message": "order status changed" }));
    assert!(sandbox.requests()[0].body.starts_with("bill_id=100000&status=return&hash="));
}

#[test]
fn spellings_that_leave_no_doubt_are_sent_as_the_service_has_them() {
    let sandbox = sandbox();
    let input = json!({ "bill_id": " 100000.0", "status": "SENT ", "date": "2013-03-03 00:00:00+04", "rpo": 80_080_000_000_001_u64 });
    done(&mut host(&sandbox.base_url()), &input);
    let body = &sandbox.requests()[0].body;
    assert!(body.starts_with("bill_id=100000&status=sent&date=1362254400&rpo=80080000000001&hash="), "{body}");
}

#[test]
fn whatever_a_tracking_number_is_made_of_the_signature_is_right() {
    let sandbox = sandbox();
    let mut host = host(&sandbox.base_url());
    for rpo in ["a*b~c", "Почта 🦔", "100%+&=#?/", "e\u{301}", "0000", "-._", "a\"\\'b", "  5 < 6  "] {
        let output = done(&mut host, &with(seed(), "rpo", rpo.into()));
        assert_eq!(output["rpo"], rpo.trim());
        assert_eq!(sandbox.order("100000").unwrap().rpo.as_deref(), Some(rpo.trim()));
    }
    assert!(sandbox.requests().iter().all(|request| request.signature_ok));
}

#[test]
fn order_numbers_lose_no_digit() {
    let numbers = ["18446744073709551617", "99999999999999999999", "00042", "9007199254740993"];
    let sandbox = numbers.iter().fold(Sandbox::builder(), |builder, number| builder.order(Order::new(*number)));
    let sandbox = sandbox.start().unwrap();
    let mut host = host(&sandbox.base_url());
    for number in numbers {
        assert_eq!(done(&mut host, &with(seed(), "bill_id", number.into()))["bill_id"], number);
    }
    // As a JSON number too, which most readers would round.
    let input = r#"{"bill_id": 18446744073709551617, "status": "cancel"}"#;
    assert_eq!(host.call(ACTION, input).unwrap()["bill_id"], "18446744073709551617");
}

#[test]
fn a_code_sent_as_a_string_or_after_a_byte_order_mark_is_a_success_all_the_same() {
    let sandbox = sandbox();
    for misbehaviour in [Misbehaviour::CodeAsString, Misbehaviour::Bom] {
        sandbox.set_misbehaviour(Some(misbehaviour));
        assert_eq!(done(&mut host(&sandbox.base_url()), &seed())["message"], "order status changed");
    }
}

#[test]
fn a_text_of_null_is_signed_as_nothing_and_a_hash_in_capitals_is_as_good() {
    let hash = Account::new("username", SAMPLE_API_KEY).reply_hash(0, b"").to_uppercase();
    let reply = json!({ "error_code": 0, "error_text": null, "hash": hash });
    let server = RawServer::start(response(200, reply.to_string()));
    assert_eq!(done(&mut host(&server.base_url()), &seed())["message"], "");
}

#[test]
fn a_result_is_passed_on_under_a_name_that_says_it_is_unsigned() {
    let server = RawServer::start([]);
    let mut host = host(&server.base_url());
    for result in [json!([]), json!({ "a": [1, "Ж", null] }), json!("text"), json!(0)] {
        server.set_answer(response(200, with(signed(0, "OK"), "result", result.clone()).to_string()));
        assert_eq!(done(&mut host, &seed())["unsigned_result"], result);
    }
    server.set_answer(response(200, signed(0, "OK").to_string()));
    assert_eq!(done(&mut host, &seed()).get("unsigned_result"), None);
}

#[test]
fn a_connection_is_checked_by_a_harmless_signed_call() {
    let sandbox = sandbox();
    let base_url = sandbox.base_url();
    for input in ["", "{}", "not JSON"] {
        let output = host(&format!("{base_url}/")).call("check_connection", input).unwrap();
        assert_eq!(output, json!({ "login": "username", "base_url": base_url }));
    }
    for request in sandbox.requests() {
        assert_eq!(request.function, "GetAllGroups");
        assert!(request.body.contains("hash=53de7e1144de71c41d1cb06887f4b179"), "{}", request.body);
    }
    assert_eq!(sandbox.order("100000").unwrap().changes, []);
}

#[test]
fn a_connection_is_not_confirmed_by_an_answer_that_is_not_proven() {
    let sandbox = sandbox();
    let mut wrong_key = Host::builder()
        .config("login", "username")
        .config("api_key", "not the key")
        .config("base_url", &sandbox.base_url())
        .build();
    let error = contract_error(wrong_key.call("check_connection", ""));
    assert_eq!((&error["kind"], &error["upstream"]["verified"]), (&json!("auth"), &json!(false)), "{error}");
    let mut right_key = host(&sandbox.base_url());
    for (misbehaviour, kind) in [
        (Misbehaviour::ForgedHash, "forged_reply"),
        (Misbehaviour::MissingHash, "forged_reply"),
        (Misbehaviour::Html, "unexpected_reply"),
        (Misbehaviour::Code(7), "auth"),
        (Misbehaviour::Code(8), "throttled"),
    ] {
        sandbox.set_misbehaviour(Some(misbehaviour));
        assert_eq!(contract_error(right_key.call("check_connection", ""))["kind"], kind, "{misbehaviour}");
    }
}

#[test]
fn the_description_is_the_one_in_the_repository_and_in_the_bundle() {
    for folder in [workspace().join("manifest"), Bundle::get().folder.clone()] {
        let read = |name| serde_json::from_slice::<Value>(&std::fs::read(folder.join(name)).unwrap()).unwrap();
        let mut described = read("describe.json");
        // Other languages stand beside the module, for whoever makes something of the bundle in one file too.
        let languages = described.as_object_mut().unwrap().shift_remove("i18n").unwrap();
        assert_eq!(languages, json!({ "ru": read("i18n/ru.json") }));
        assert_eq!(described, *description());
        for (pointer, text) in languages["ru"].as_object().unwrap() {
            assert!(description().pointer(pointer).is_some_and(Value::is_string) && text != "", "{pointer}");
        }
    }
}

#[test]
fn the_description_has_what_a_platform_needs() {
    let description = description();
    assert_eq!(description["contract"], 1);
    assert_eq!(description["name"], "justclick");
    assert_eq!(description["connection"]["check"], "check_connection");
    assert_eq!(description["connection"]["origins"], json!(["base_url"]));
    let action = &description["actions"][0];
    assert_eq!(action["name"], ACTION);
    assert_eq!(action["subject"], "bill_id");
    for (hint, value) in
        [("readOnlyHint", false), ("destructiveHint", true), ("idempotentHint", true), ("openWorldHint", true)]
    {
        assert_eq!(action["annotations"][hint], value, "{hint}");
    }
    assert_eq!(
        action["form"],
        json!({
            "order": ["bill_id", "status", "date", "rpo"],
            "visible": { "date": { "status": ["sent", "paid"] }, "rpo": { "status": ["sent"] } },
            "moments": ["date"]
        })
    );
}
