//! The table of errors. `invalid_input` and `invalid_connection` have topics of their own, and no
//! input, configuration or reply may bring about `internal`.

use std::time::Duration;

use hosts::{CallError, Host, RawServer, response};
use justclick_sandbox::{Misbehaviour, Order, SAMPLE_API_KEY};
use serde_json::{Value, json};

use crate::support::*;

const SUCCESS: &str = "order status changed";

/// `kind`, `retry` and `effect` of an error.
fn nature(error: &Value) -> [&str; 3] {
    ["kind", "retry", "effect"].map(|member| error[member].as_str().unwrap())
}

/// What the sandbox's misbehaviour, for the seed's order, is turned into.
fn refused_by_sandbox(misbehaviour: Misbehaviour) -> Value {
    let sandbox = sandbox();
    sandbox.put_order(Order::new("100000").misbehaviour(misbehaviour));
    let error = refused(&mut host(&sandbox.base_url()), &seed());
    let changed = !sandbox.order("100000").unwrap().changes.is_empty();
    assert_eq!(changed, misbehaviour.applies_change());
    assert!(!changed || error["effect"] == "unknown", "it was changed: {error}");
    error
}

/// What an answer over HTTP is turned into.
fn refused_by_raw_server(status: u16, body: impl AsRef<[u8]>) -> Value {
    let server = RawServer::start(response(status, body));
    let error = refused(&mut host(&server.base_url()), &seed());
    assert_eq!(server.requests().len(), 1, "it was asked once");
    assert_eq!(error["upstream"]["http_status"], status, "{error}");
    error
}

/// What an answer of a host with its own HTTP is turned into.
fn refused_by_host(status: u16, body: &'static str) -> Value {
    let mut host = account("https://username.justclick.ru").http(move || (status, body.into())).build();
    refused(&mut host, &seed())
}

#[test]
fn every_code_has_its_kind() {
    for (codes, kind, retry) in [
        (&[4, 5, 6, 7][..], "auth", "never"),
        (&[103, 200, 302, 400, 500, 501, 604, 700, 800, 801], "not_found", "never"),
        (&[1, 2, 3, 9, 100, 201, 202, 203, 303, 600, 605, 4_000_000_000], "rejected", "never"),
        (&[8], "throttled", "later"),
    ] {
        for code in codes {
            let error = refused_by_sandbox(Misbehaviour::Code(*code));
            assert_eq!(nature(&error), [kind, retry, "none"], "{error}");
            let upstream = &error["upstream"];
            assert_eq!(
                (&upstream["http_status"], &upstream["error_code"], &upstream["verified"]),
                (&json!(200), &json!(code), &json!(true))
            );
            let text = upstream["error_text"].as_str().unwrap();
            let message = error["message"].as_str().unwrap();
            assert!(message.contains(&code.to_string()) && message.contains(text), "{message}");
            assert_eq!((error.get("field"), error.get("problems")), (None, None));
        }
    }
}

#[test]
fn an_order_that_is_not_there_is_not_found() {
    let sandbox = sandbox();
    let error = refused(&mut host(&sandbox.base_url()), &with(seed(), "bill_id", "7".into()));
    assert_eq!(nature(&error), ["not_found", "never", "none"]);
    assert_eq!(
        error["upstream"],
        json!({ "http_status": 200, "error_code": 200, "error_text": "Nonexistent order", "verified": true })
    );
}

#[test]
fn a_wrong_key_is_told_as_such_although_the_answer_can_t_be_verified() {
    let sandbox = sandbox();
    for (login, key) in [("username", "not the key"), ("someone", SAMPLE_API_KEY)] {
        let mut host = Host::builder()
            .config("login", login)
            .config("api_key", key)
            .config("base_url", &sandbox.base_url())
            .build();
        let error = refused(&mut host, &seed());
        assert_eq!(nature(&error), ["auth", "never", "none"]);
        let upstream = &error["upstream"];
        assert_eq!((&upstream["error_code"], &upstream["verified"]), (&json!(4), &json!(key == SAMPLE_API_KEY)));
        let says_so = error["message"].as_str().unwrap().contains("could not be verified");
        assert_eq!(says_so, key != SAMPLE_API_KEY, "{error}");
    }
    assert_eq!(sandbox.order("100000").unwrap().changes, []);
}

#[test]
fn a_reply_with_a_missing_or_wrong_hash_is_forged_unless_it_is_about_the_key() {
    let forged = ["forged_reply", "never", "unknown"];
    for misbehaviour in [Misbehaviour::ForgedHash, Misbehaviour::MissingHash] {
        let error = refused_by_sandbox(misbehaviour);
        assert_eq!(nature(&error), forged);
        assert_eq!(
            error["upstream"],
            json!({ "http_status": 200, "error_code": 0, "error_text": SUCCESS, "verified": false })
        );
    }
    for code in [0, 1, 3, 4, 5, 6, 7, 8, 200, 201, 302, 303, 400, 999] {
        let error = refused_by_raw_server(200, signed_with("not the key", code, "text").to_string());
        let auth = (4..=7).contains(&code);
        assert_eq!(nature(&error), if auth { ["auth", "never", "none"] } else { forged }, "{error}");
        assert_eq!(error["upstream"]["verified"], false);
    }
}

#[test]
fn a_hash_that_only_php_s_loose_comparison_takes_is_forged() {
    let right = signed(0, "OK")["hash"].as_str().unwrap().to_owned();
    for hash in [
        json!("0e462097431906509019562988736854"),
        json!("0"),
        json!(0),
        json!(""),
        json!(null),
        json!(true),
        json!([right]),
        json!(format!("{right} ")),
        json!(right[..31]),
        json!(format!("{right}0")),
    ] {
        let error = refused_by_raw_server(200, with(signed(0, "OK"), "hash", hash).to_string());
        assert_eq!(nature(&error), ["forged_reply", "never", "unknown"], "{error}");
    }
}

#[test]
fn a_hash_counts_only_for_the_code_and_text_it_was_made_for() {
    for (name, other) in [("error_text", json!("OK ")), ("error_text", json!("ok"))] {
        let error = refused_by_raw_server(200, with(signed(0, "OK"), name, other).to_string());
        assert_eq!(error["kind"], "forged_reply", "{error}");
    }
    // A refusal that someone on the way turned into a success.
    let error = refused_by_raw_server(200, with(signed(200, "OK"), "error_code", json!(0)).to_string());
    assert_eq!(error["kind"], "forged_reply", "{error}");
}

#[test]
fn a_member_that_stands_twice_never_makes_a_success() {
    let hash = &signed(0, "OK")["hash"];
    for body in [
        format!(r#"{{"error_code":200,"error_code":0,"error_text":"OK","hash":{hash}}}"#),
        format!(r#"{{"error_code":0,"error_code":200,"error_text":"OK","hash":{hash}}}"#),
        format!(r#"{{"error_code":0,"error_text":"OK","hash":"0","hash":{hash}}}"#),
    ] {
        refused_by_raw_server(200, body);
    }
}

#[test]
fn too_many_requests_are_to_be_repeated_later() {
    for (error, status) in [
        (refused_by_sandbox(Misbehaviour::Http429), 429),
        (refused_by_raw_server(429, ""), 429),
        (refused_by_sandbox(Misbehaviour::Code(8)), 200),
    ] {
        assert_eq!(nature(&error), ["throttled", "later", "none"]);
        assert_eq!(error["upstream"]["http_status"], status);
    }
}

#[test]
fn a_service_out_of_order_is_to_be_tried_later_and_may_have_made_the_change() {
    let unavailable = ["unavailable", "later", "unknown"];
    for status in [408, 423, 425, 500, 502, 503, 504, 599] {
        let error = refused_by_raw_server(status, "<h1>Out of order</h1>");
        assert_eq!(nature(&error), unavailable, "{error}");
        assert_eq!(error["upstream"]["error_text"], "Out of order");
    }
    assert_eq!(nature(&refused_by_sandbox(Misbehaviour::Http503)), unavailable);
}

#[test]
fn no_answer_is_told_apart_by_whether_the_request_may_have_arrived() {
    for (reason, effect) in [
        ("not_allowed", "none"),
        ("dns", "none"),
        ("connect", "none"),
        ("tls", "none"),
        ("not_sent", "none"),
        ("timeout", "unknown"),
        ("reset", "unknown"),
        ("", "unknown"),
        ("a word of another host", "unknown"),
    ] {
        let error = refused_by_host(0, reason);
        assert_eq!(nature(&error), ["unavailable", "later", effect], "{reason}: {error}");
        assert_eq!(
            (&error["upstream"]["http_status"], &error["upstream"]["verified"]),
            (&json!(0), &json!(false)),
            "{error}"
        );
    }
    assert_eq!(nature(&refused_by_host(0, "too_large")), ["unexpected_reply", "never", "unknown"]);
}

#[test]
fn what_a_stock_host_gives_up_on_is_never_a_success() {
    let free_port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let gone = format!("http://{free_port}");
    let outcome = host(&gone).call(ACTION, seed().to_string());
    assert!(matches!(outcome, Err(CallError::Trap(_))), "{outcome:?}");
    for misbehaviour in [Misbehaviour::DropBefore, Misbehaviour::DropAfter, Misbehaviour::Slow, Misbehaviour::Huge] {
        let sandbox = sandbox();
        sandbox.set_misbehaviour(Some(misbehaviour));
        let mut host = account(&sandbox.base_url()).timeout(Duration::from_secs(1)).build();
        let outcome = host.call(ACTION, seed().to_string());
        assert!(matches!(outcome, Err(CallError::Trap(_))), "{misbehaviour}: {outcome:?}");
        assert_eq!(sandbox.request_count(), 1, "{misbehaviour}");
    }
}

#[test]
fn a_redirect_and_other_client_errors_are_not_replies() {
    let unexpected = ["unexpected_reply", "never", "unknown"];
    for status in [400, 401, 402, 403, 404, 405, 410, 413, 418, 451] {
        assert_eq!(nature(&refused_by_raw_server(status, "<h1>No</h1>")), unexpected);
    }
    for status in [300, 301, 302, 303, 304, 307, 308, 399] {
        let error = refused_by_host(status, "<h1>Elsewhere</h1>");
        assert_eq!(nature(&error), unexpected);
        assert_eq!(error["upstream"]["http_status"], status);
    }
}

#[test]
fn a_signed_reply_counts_only_with_an_http_status_of_success() {
    for (status, kind) in [
        (400, "unexpected_reply"),
        (404, "unexpected_reply"),
        (429, "throttled"),
        (500, "unavailable"),
        (503, "unavailable"),
    ] {
        let error = refused_by_raw_server(status, signed(0, SUCCESS).to_string());
        assert_eq!(error["kind"], kind, "{error}");
        assert_eq!(
            error["upstream"],
            json!({ "http_status": status, "error_code": 0, "error_text": SUCCESS, "verified": true })
        );
    }
    let server = RawServer::start(response(201, signed(0, SUCCESS).to_string()));
    done(&mut host(&server.base_url()), &seed());
}

#[test]
fn what_is_not_the_service_s_json_is_an_unexpected_reply() {
    let unexpected = ["unexpected_reply", "never", "unknown"];
    for (misbehaviour, words) in [
        (Misbehaviour::Html, "is an HTML page"),
        (Misbehaviour::PhpNotice, "printed a PHP notice"),
        (Misbehaviour::TruncatedJson, "breaks off in the middle"),
        (Misbehaviour::Empty, "is empty"),
        (Misbehaviour::NotUtf8, "is not UTF-8"),
    ] {
        let error = refused_by_sandbox(misbehaviour);
        assert_eq!(nature(&error), unexpected, "{misbehaviour}");
        assert_eq!(error["upstream"]["verified"], false);
        assert!(error["message"].as_str().unwrap().contains(words), "{error}");
        assert!(!error.to_string().contains('<'), "{error}");
    }
    let reply = signed(0, "OK");
    let without = |name: &str| {
        let mut reply = reply.clone();
        reply.as_object_mut().unwrap().shift_remove(name);
        reply.to_string()
    };
    for body in [
        "null".to_owned(),
        "0".to_owned(),
        "\"OK\"".to_owned(),
        "[]".to_owned(),
        format!("[{reply}]"),
        format!("{reply}{reply}"),
        format!("{reply}\u{feff}"),
        "{}".to_owned(),
        without("error_code"),
        without("error_text"),
        with(reply.clone(), "error_code", json!(null)).to_string(),
        with(reply.clone(), "error_code", json!(false)).to_string(),
        with(reply.clone(), "error_code", json!([])).to_string(),
        with(reply.clone(), "error_code", json!(0.5)).to_string(),
        with(reply.clone(), "error_code", json!("")).to_string(),
        with(reply.clone(), "error_code", json!("zero")).to_string(),
        with(reply.clone(), "error_code", json!("00")).to_string(),
        with(reply.clone(), "error_code", json!(0.0)).to_string(),
        with(signed(0, ""), "error_text", json!(false)).to_string(),
        reply.to_string().replace("\"error_code\":0", "\"error_code\":99999999999999999999"),
        with(reply.clone(), "error_text", json!(["OK"])).to_string(),
        with(reply.clone(), "error_text", json!({ "OK": true })).to_string(),
        reply.to_string().replace("\"OK\"", "\"\\ud800\""),
    ] {
        assert_eq!(nature(&refused_by_raw_server(200, &body)), unexpected, "{body}");
    }
}

#[test]
fn the_service_s_text_is_shown_without_control_characters_and_at_most_300_characters_of_it() {
    let text = format!("a\u{0}b\r\n\u{1b}[31m\u{9b}{}", "ж".repeat(1000));
    let shown = format!("ab[31m{}", "ж".repeat(294));
    for error in [refused_by_raw_server(200, signed(201, &text).to_string()), refused_by_raw_server(404, &text)] {
        assert_eq!(error["upstream"]["error_text"], shown);
        assert!(!error["message"].as_str().unwrap().contains(char::is_control), "{error}");
    }
}

#[test]
fn an_instance_that_has_failed_in_every_way_still_works() {
    let server = RawServer::start([]);
    let mut host = host(&server.base_url());
    for _ in 0..200 {
        for answer in [
            response(200, "<html>"),
            response(200, signed(200, "Nonexistent order").to_string()),
            response(200, signed_with("not the key", 0, "OK").to_string()),
            response(503, ""),
        ] {
            server.set_answer(answer);
            refused(&mut host, &seed());
        }
        refused(&mut host, &json!({}));
    }
    server.set_answer(response(200, signed(0, "OK").to_string()));
    done(&mut host, &seed());
}
