//! Whatever comes in, from either side, the module never traps and never calls it a success.

use hosts::{CallError, Host, RawServer, response};
use justclick_sandbox::Sandbox;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::json;

use crate::support::*;

/// Any JSON, as text, so that numbers of any length and repeated names are among it.
fn any_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<i64>().prop_map(|value| value.to_string()),
        "-?(0|[1-9][0-9]{0,60})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,25})?",
        any::<String>().prop_map(|text| json!(text).to_string()),
        "\"(\\\\u[0-9a-fA-F]{4}|\\\\[bfnrt\"/]|[a-z]){0,12}\"",
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..8).prop_map(|values| format!("[{}]", values.join(","))),
            vec((any::<String>(), inner), 0..8).prop_map(object),
        ]
    })
}

/// An object whose members are mostly those of the action, with values that may be theirs.
fn any_input() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        8 => prop::sample::select(vec!["bill_id", "status", "date", "rpo"]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    let likely = prop::sample::select(vec![
        "\"100000\"",
        "1",
        "\"sent\"",
        "\"paid\"",
        "\"return\"",
        "\"cancel\"",
        "\"2013-03-03T00:00:00+04:00\"",
        "\"\"",
    ]);
    let value = prop_oneof![2 => likely.prop_map(str::to_owned), 3 => any_json()];
    prop_oneof![
        3 => vec((name, value), 0..7).prop_map(object),
        // Valid but for one member, and quite often valid.
        1 => any_json().prop_map(|rpo| format!(r#"{{"bill_id":"1","status":"cancel","rpo":{rpo}}}"#)),
    ]
}

fn object(members: Vec<(String, String)>) -> String {
    let members: Vec<_> = members.into_iter().map(|(name, value)| format!("{}:{value}", json!(name))).collect();
    format!("{{{}}}", members.join(","))
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..300)
}

/// Runs a property on `cases` values, without leaving files behind.
fn check<S: Strategy>(cases: u32, values: S, property: impl Fn(S::Value)) {
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let outcome = TestRunner::new(config).run(&values, |value| {
        property(value);
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

/// Calls the exports that take an input, at an account that has no orders.
fn survives(host: &std::cell::RefCell<Host>, input: &[u8]) {
    let mut host = host.borrow_mut();
    let error = contract_error(host.call(ACTION, input));
    assert!(error["kind"] == "invalid_input" || error["kind"] == "not_found", "{error}");
    let result = host.call("call_tool", input).unwrap();
    assert_eq!(result["isError"], true, "{result}");
}

#[test]
fn any_json_as_input_is_answered_as_the_contract_says() {
    let sandbox = Sandbox::builder().start().unwrap();
    let host = host(&sandbox.base_url()).into();
    check(1500, any_input(), |input| {
        survives(&host, input.as_bytes());
        let call = format!(r#"{{"request":{{"name":"{ACTION}","arguments":{input}}}}}"#);
        survives(&host, call.as_bytes());
    });
    check(500, any_json(), |input| survives(&host, input.as_bytes()));
    // Proof that valid inputs were among them, and that the instance still works.
    assert!(sandbox.request_count() > 0);
    assert_eq!(refused(&mut host.borrow_mut(), &seed())["kind"], "not_found");
}

#[test]
fn any_bytes_as_input_are_answered_as_the_contract_says() {
    let sandbox = Sandbox::builder().start().unwrap();
    let host = host(&sandbox.base_url()).into();
    check(500, any_bytes(), |input| survives(&host, &input));
    // A valid input with one byte altered.
    let valid = seed().to_string().into_bytes();
    check(500, (any::<prop::sample::Index>(), any::<u8>()), |(place, byte)| {
        let mut input = valid.clone();
        let place = place.index(input.len());
        input[place] = byte;
        survives(&host, &input);
    });
}

#[test]
fn deep_and_large_inputs_are_refused() {
    let mut host = host("https://username.justclick.ru");
    for input in [
        "[".repeat(100_000),
        "{\"a\":".repeat(100_000),
        format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)),
        format!(r#"{{"bill_id":{}{}}}"#, "[".repeat(10_000), "]".repeat(10_000)),
        format!(r#"{{"bill_id":{}}}"#, "9".repeat(100_000)),
        format!(r#"{{"bill_id":1e{}}}"#, "9".repeat(100_000)),
        format!(r#"{{"rpo":"{}"}}"#, "9".repeat(100_000)),
        format!(r#"{{"{}":1}}"#, "a".repeat(100_000)),
    ] {
        assert_eq!(contract_error(host.call(ACTION, &input))["kind"], "invalid_input", "{input:.40}");
    }
}

#[test]
fn any_bytes_as_a_reply_are_an_error_of_the_contract() {
    let server = RawServer::start([]);
    let host = std::cell::RefCell::new(host(&server.base_url()));
    let fails = |status, body: &[u8]| {
        server.set_answer(response(status, body));
        refused(&mut host.borrow_mut(), &seed());
        contract_error(host.borrow_mut().call("check_connection", ""));
    };
    check(400, any_bytes(), |body| fails(200, &body));
    check(300, any_json(), |body| fails(200, body.as_bytes()));
    check(300, (200..300_u16, any_bytes()), |(status, body)| {
        // These two have no body, so the server must not send one.
        if status != 204 && status != 205 {
            fails(status, &body);
        }
    });
    check(300, (400..=999_u16, any_json()), |(status, body)| fails(status, body.as_bytes()));

    let name = || prop::sample::select(vec!["error_code", "error_text", "hash", "result"]).prop_map(str::to_owned);
    let value = prop_oneof![any_json(), Just("0".to_owned()), Just("\"OK\"".to_owned()), Just("4".to_owned())];
    check(800, vec((name(), value), 2..6).prop_map(object), |body| fails(200, body.as_bytes()));
}

#[test]
fn a_signed_reply_with_any_byte_altered_is_a_success_only_if_it_still_says_the_same() {
    let server = RawServer::start([]);
    let host = std::cell::RefCell::new(host(&server.base_url()));
    let reply = signed(0, "OK").to_string().into_bytes();
    check(600, (any::<prop::sample::Index>(), any::<u8>()), |(place, byte)| {
        let mut altered = reply.clone();
        let place = place.index(altered.len());
        altered[place] = byte;
        let same = serde_json::from_slice::<serde_json::Value>(&altered).is_ok_and(|altered| {
            let lower = |value: &serde_json::Value| value["hash"].as_str().unwrap_or_default().to_ascii_lowercase();
            let original = signed(0, "OK");
            (&altered["error_code"], &altered["error_text"]) == (&original["error_code"], &original["error_text"])
                && lower(&altered) == lower(&original)
        });
        server.set_answer(response(200, &altered));
        match host.borrow_mut().call(ACTION, seed().to_string()) {
            Ok(output) => assert!(same, "{output}: {}", String::from_utf8_lossy(&altered)),
            error => drop(contract_error(error)),
        }
    });
}

#[test]
fn a_result_of_any_depth_is_passed_on_or_left_out() {
    let server = RawServer::start([]);
    let mut host = host(&server.base_url());
    for (depth, kept) in [(50, true), (1_000, false), (40_000, false)] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let result = format!("{}0{}", open.repeat(depth), close.repeat(depth));
            let reply = signed(0, "OK").to_string();
            let reply = format!("{},\"result\":{result}}}", reply.strip_suffix('}').unwrap());
            server.set_answer(response(200, reply));
            assert_eq!(done(&mut host, &seed()).get("unsigned_result").is_some(), kept, "{depth}");
        }
    }
}

#[test]
fn an_answer_as_large_as_the_manifest_allows_does_no_harm() {
    let limit = usize::try_from(hosts::Bundle::get().manifest.memory.max_http_response_bytes.unwrap()).unwrap();
    let server = RawServer::start([]);
    let mut host = host(&server.base_url());
    for round in 0..3 {
        let page = "<p>Ж</p>".repeat(limit / 9);
        server.set_answer(response(200, page));
        assert_eq!(refused(&mut host, &seed())["kind"], "unexpected_reply", "round {round}");
        server.set_answer(response(200, vec![0xff; limit]));
        assert_eq!(refused(&mut host, &seed())["kind"], "unexpected_reply", "round {round}");

        let mut text = signed(200, &"\"".repeat(limit / 2 - 100)).to_string();
        text.truncate(limit);
        server.set_answer(response(200, text));
        assert_eq!(refused(&mut host, &seed())["kind"], "not_found", "round {round}");

        let room = limit - 200;
        let result: String = "Ж".repeat(room / 2);
        server.set_answer(response(200, with(signed(0, "OK"), "result", json!(result)).to_string()));
        assert_eq!(done(&mut host, &seed())["unsigned_result"], result, "round {round}");
    }
}

#[test]
fn any_configuration_is_answered_as_the_contract_says() {
    // Few, as each is an instance of its own.
    let key = || any::<String>();
    check(60, (key(), key(), key(), key()), |(login, api_key, base_url, allow_http)| {
        let mut host = Host::builder()
            .config("login", &login)
            .config("api_key", &api_key)
            .config("base_url", &base_url)
            .config("allow_http", &allow_http)
            .build();
        let error = contract_error(host.call("check_connection", ""));
        assert_eq!(error["kind"], "invalid_connection", "{error}");
    });
    // Any login and key of signs that people have on every keyboard can sign.
    check(60, ("[a-z0-9][ -~]{0,30}[a-z0-9]", "[a-z0-9][!-~]{0,30}[a-z0-9]"), |(login, api_key)| {
        if [&login, &api_key].into_iter().any(|text| plugin_kit::flaw::Flaw::of(text).is_some()) {
            return;
        }
        // A secret is masked wherever it stands, and so in a member's name.
        if "login".contains(api_key.trim()) {
            return;
        }
        let sandbox = Sandbox::builder().login(login.trim()).api_key(api_key.trim()).start().unwrap();
        let mut host = Host::builder()
            .config("login", &login)
            .config("api_key", &api_key)
            .config("base_url", &sandbox.base_url())
            .build();
        match host.call("check_connection", "") {
            Ok(output) => assert!(output["login"].is_string()),
            Err(CallError::Trap(why)) => panic!("{why}"),
            error => panic!("{login:?} {api_key:?}: {error:?}"),
        }
    });
}
