//! What a call is answered with.

use justclick_sandbox::{Order, SAMPLE_API_KEY};
use serde_json::{Value, json};

use crate::server::{ACTION, Server, cancel, command, sandbox, sent};

#[test]
fn an_action_answers_with_its_output_and_does_what_it_says() {
    let sandbox = sandbox();
    let server = Server::start(&sandbox, &[]);
    let input = json!({ "bill_id": "100000", "status": "sent", "date": 1_362_254_400, "rpo": "10000000000000" });
    let reply = server.call_with(&input, &[("x-request-id", "mine")]);
    let mut expected = input;
    expected["message"] = json!("order status changed");
    assert_eq!((reply.status, reply.json()), (200, expected));
    assert_eq!((reply.header("content-type"), reply.header("x-request-id")), ("application/json", "mine"));
    assert_eq!(sandbox.order("100000").unwrap().status, "sent");
    assert_eq!(server.get("/readyz").header("x-request-id").len(), 32);
}

#[test]
fn a_failed_action_answers_with_the_status_of_its_kind_and_its_whole_document() {
    let sandbox = sandbox();
    let server = Server::start(&sandbox, &[]);
    for (misbehaviour, status, kind) in [
        ("code-7", 424, "auth"),
        ("code-200", 404, "not_found"),
        ("code-201", 422, "rejected"),
        ("http-429", 503, "throttled"),
        ("http-503", 503, "unavailable"),
        ("drop-after", 503, "unavailable"),
        ("html", 502, "unexpected_reply"),
        ("forged-hash", 502, "forged_reply"),
    ] {
        sandbox.put_order(Order::new("7").misbehaviour(misbehaviour.parse().unwrap()));
        let reply = server.call(&cancel("7"));
        assert_eq!((reply.status, reply.problem().as_str()), (status, kind));
        let problem = reply.json();
        assert_eq!((&problem["kind"], &problem["message"]), (&json!(kind), &problem["detail"]));
        assert!(problem["upstream"].is_object() && problem["effect"].is_string(), "{problem}");
        let wait = match misbehaviour {
            "http-429" => "7",
            _ if status == 503 => "5",
            _ => "",
        };
        assert_eq!(reply.header("retry-after"), wait);
    }
    let reply = server.call(&json!({ "bill_id": "x" }));
    assert_eq!((reply.status, reply.problem().as_str()), (422, "invalid_input"));
    assert_eq!(reply.json()["problems"].as_array().unwrap().len(), 2);
    let server = Server::begin(
        {
            let mut command = command(&sandbox, &[]);
            // What the schema does not say, the plugin does.
            command.env("JUSTCLICK_API_KEY", "\"in quotation marks\"");
            command
        },
        tempfile::tempdir().unwrap(),
    );
    assert_eq!(server.call(&cancel("7")).status, 424);
}

#[test]
fn a_request_that_is_no_call_is_told_what_it_should_be_and_sends_nothing() {
    let sandbox = sandbox();
    let server = Server::start(&sandbox, &["--largest-body", "100"]);
    let json = [("content-type", "application/json")];
    let long = format!("{{\"bill_id\":\"{}\"}}", "1".repeat(200));
    for (path, body, headers, status, problem) in [
        ("/nowhere", &b"{}"[..], &json[..], 404, "unknown_path"),
        ("/v1/connections/x/actions/update_order_status", b"{}", &json, 404, "unknown_connection"),
        ("/v1/connections/default/actions/fly", b"{}", &json, 404, "unknown_action"),
        ("/v1/connections/%FF/actions/fly", b"{}", &json, 404, "unknown_path"),
        ("/v1/connections", b"{}", &json, 405, "wrong_method"),
        (ACTION, b"{}", &[], 415, "unsupported_media_type"),
        (ACTION, b"bill_id=1", &[("content-type", "application/x-www-form-urlencoded")], 415, "unsupported_media_type"),
        (ACTION, long.as_bytes(), &json, 413, "too_large"),
        (ACTION, b"\xff", &json, 422, "invalid_input"),
        (ACTION, b"", &json, 422, "invalid_input"),
        (ACTION, b"[", &json, 422, "invalid_input"),
    ] {
        let reply = server.post(path, body, headers);
        assert_eq!((reply.status, reply.problem().as_str()), (status, problem), "{path}");
        assert_eq!((&reply.json()["retry"], &reply.json()["effect"]), (&json!("never"), &json!("none")));
    }
    assert_eq!(sandbox.request_count(), 0);
}

#[test]
fn connections_of_a_file_are_told_by_name_and_checked_one_by_one() {
    let sandbox = sandbox();
    let file = tempfile::NamedTempFile::new().unwrap();
    let table = |name: &str, key: &str| {
        format!("[\"{name}\"]\nlogin = \"username\"\napi_key = \"{key}\"\nbase_url = \"{}\"\n", sandbox.base_url())
    };
    std::fs::write(file.path(), table("berlin", SAMPLE_API_KEY) + &table("ост рова", "a-wrong-key")).unwrap();
    let server = Server::start(&sandbox, &["--connections", file.path().to_str().unwrap()]);
    assert_eq!(server.get("/v1/connections").json()["connections"], json!(["berlin", "ост рова"]));
    let reply = server.post("/v1/connections/berlin/check", b"", &[]);
    assert_eq!((reply.status, &reply.json()["login"]), (200, &json!("username")));
    let wrong = server.post("/v1/connections/%D0%BE%D1%81%D1%82%20%D1%80%D0%BE%D0%B2%D0%B0/check", b"", &[]);
    assert_eq!((wrong.status, wrong.problem().as_str()), (424, "auth"));
}

#[test]
fn the_openapi_document_is_in_russian_for_who_reads_it() {
    let server = Server::start(&sandbox(), &[]);
    for (languages, language, text) in [
        ("ru-RU, en;q=0.5", "ru", "Создать заказ в магазине на JustClick."),
        ("de", "en", "Create an order in the JustClick shop."),
    ] {
        let reply = server.get_with("/openapi.json", &[("accept-language", languages)]);
        let action = &reply.json()["paths"]["/v1/connections/{connection}/actions/create_order"]["post"];
        let description = action["description"].as_str().unwrap();
        assert!(description.starts_with(text), "{description}");
        assert_eq!(reply.header("content-language"), language);
    }
}

#[test]
fn the_openapi_document_holds_what_the_server_does() {
    let sandbox = sandbox();
    let server = Server::start(&sandbox, &[]);
    let document = server.get("/openapi.json").json();
    assert_eq!(document["openapi"], "3.1.0");
    let path = "/v1/connections/{connection}/actions/update_order_status";
    let operation = &document["paths"][path]["post"];
    let inputs = &operation["requestBody"]["content"]["application/json"]["examples"];
    let outputs = &operation["responses"]["200"]["content"]["application/json"]["examples"];
    let validator = |name: &str| jsonschema::validator_for(&document["components"]["schemas"][name]).unwrap();
    let (input, output) = (validator("update_order_status_input"), validator("update_order_status_output"));
    let examples = inputs.as_object().unwrap();
    assert!(examples.len() >= 4);
    for (name, example) in examples {
        assert!(input.is_valid(&example["value"]), "{example}");
        let reply = server.call(&example["value"]);
        assert_eq!((reply.status, &reply.json()), (200, &outputs[name]["value"]));
        assert!(output.is_valid(&reply.json()));
    }
    let problem = validator("Problem");
    for reply in [server.call(&json!({})), server.call(&cancel("999999")), server.get("/nowhere")] {
        assert!(problem.is_valid(&reply.json()), "{reply:?}");
        assert!(operation["responses"].get(reply.status.to_string()).is_some(), "{reply:?}");
    }
}

#[test]
fn calls_and_refusals_are_counted() {
    let sandbox = sandbox();
    let server = Server::start(&sandbox, &[]);
    server.call(&cancel("100000"));
    server.call(&cancel("999999"));
    server.post(ACTION, b"{}", &[]);
    let reply = server.get("/metrics");
    let call =
        "plugin_host_calls_total{plugin=\"justclick\",connection=\"default\",action=\"update_order_status\",outcome=";
    for line in [
        &format!("{call}\"done\"}} 1\n"),
        &format!("{call}\"not_found\"}} 1\n"),
        "plugin_host_refused_requests_total{reason=\"unsupported_media_type\"} 1\n",
        "plugin_host_calls_in_flight 0\n",
        "plugin_host_calls_waiting 0\n",
    ] {
        assert!(reply.text.contains(line), "{line} is not in {}", reply.text);
    }
}

#[test]
fn a_call_is_repeated_by_the_server_only_if_its_operator_says_so() {
    let sandbox = sandbox();
    sandbox.put_order(Order::new("7").misbehaviour("http-503".parse().unwrap()));
    for (args, requests) in [(&[][..], 1), (&["--retries", "1"], 2)] {
        let before = sent(&sandbox);
        assert_eq!(Server::start(&sandbox, args).call(&cancel("7")).status, 503);
        assert_eq!(sent(&sandbox) - before, requests);
    }
}

#[test]
fn probes_say_that_the_server_is_there() {
    let sandbox = sandbox();
    let server = Server::start(&sandbox, &[]);
    assert_eq!((server.get("/healthz").status, server.get("/readyz").status), (200, 200));
    let names: Value = server.get("/v1/connections").json();
    assert_eq!(names["connections"], json!(["default"]));
}

#[test]
fn a_body_that_is_packed_or_no_utf8_is_told_what_to_be() {
    let sandbox = sandbox();
    let server = Server::start(&sandbox, &[]);
    let json = ("content-type", "application/json; charset=utf-8");
    let body = cancel("100000").to_string();
    for encoding in ["gzip", "br", "identity, deflate"] {
        let reply = server.post(ACTION, body.as_bytes(), &[json, ("content-encoding", encoding)]);
        assert_eq!((reply.status, reply.problem().as_str()), (415, "unsupported_media_type"));
        assert_eq!(reply.header("accept-encoding"), "identity");
    }
    let utf16: Vec<u8> = body.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let reply = server.post(ACTION, &utf16, &[json]);
    assert_eq!((reply.status, reply.problem().as_str()), (422, "invalid_input"));
    assert!(reply.json()["detail"].as_str().unwrap().contains("UTF-16"), "{reply:?}");
    assert_eq!(sandbox.request_count(), 0);
    assert_eq!(server.post(ACTION, body.as_bytes(), &[json, ("content-encoding", "Identity")]).status, 200);
    assert_eq!(server.post(ACTION, format!("\u{feff}{body}").as_bytes(), &[json]).status, 200);
}
