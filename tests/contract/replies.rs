//! What becomes of a reply, or of having none.

use justclick::PLUGIN;
use plugin_kit::Secret;
use serde_json::{Value, json};

use crate::support::*;

#[test]
fn each_code_is_of_the_contracts_kind() {
    // Signed by the test itself, as the service would.
    for (codes, kind, retry) in [
        (&[4, 5, 6, 7][..], "auth", "never"),
        (&[200, 302, 400, 103, 500, 501, 604, 700, 800, 801], "not_found", "never"),
        (&[1, 2, 3, 201, 202, 203, 303], "rejected", "never"),
        (&[100, 101, 102, 104, 600, 601, 602, 603, 605, 999, -1], "rejected", "never"),
        (&[8], "throttled", "later"),
    ] {
        for code in codes {
            let hash = justclick::signature::sign(&code.to_string(), "t", &Secret::new(KEY.to_owned()));
            let service = Service::reply(&json!(code), "t", &hash);
            assert_error(&service, kind, retry, "none");
            assert_eq!(
                error(&service)["upstream"],
                json!({ "http_status": 200, "error_code": code, "error_text": "t", "verified": true })
            );
        }
    }
}

#[test]
fn a_refused_key_is_told_although_the_reply_cannot_be_verified() {
    let service = Service::reply(&json!(4), "Incorrect hash", "00000000000000000000000000000000");
    assert_error(&service, "auth", "never", "none");
    let error = error(&service);
    assert_eq!(error["upstream"]["verified"], json!(false));
    assert!(error["message"].as_str().unwrap().contains("could not be verified"));
}

#[test]
fn an_unproven_reply_is_forged_whatever_it_says() {
    for code in [0, 8, 200, 201] {
        assert_error(
            &Service::reply(&json!(code), "OK", "00000000000000000000000000000000"),
            "forged_reply",
            "never",
            "unknown",
        );
    }
    for unsigned in [
        r#"{"error_code":0,"error_text":"OK"}"#,
        r#"{"error_code":0,"error_text":"OK","hash":null}"#,
        r#"{"error_code":0,"error_text":"OK","hash":0}"#,
    ] {
        assert_error(&Service::new(200, unsigned), "forged_reply", "never", "unknown");
    }
}

#[test]
fn what_is_not_the_services_reply_is_unexpected() {
    for body in [
        "",
        "<html>",
        "[]",
        "1",
        "{}",
        r#"{"error_code":0}"#,
        r#"{"error_text":"OK","hash":""}"#,
        r#"{"error_code":"","error_text":"OK"}"#,
        r#"{"error_code":0.5,"error_text":"OK"}"#,
        r#"{"error_code":true,"error_text":"OK"}"#,
        r#"{"error_code":0,"error_text":1}"#,
        // With the hash that is right for what PHP makes of them.
        r#"{"error_code":0,"hash":"1aabbf289dcd45b8ca40d2054bb96bba"}"#,
        r#"{"error_code":0,"error_text":false,"hash":"1aabbf289dcd45b8ca40d2054bb96bba"}"#,
        r#"{"error_code":0.0,"error_text":"OK","hash":"cf2b10a8fd707c6d14f496e19503b0a1"}"#,
        r#"{"error_code":"00","error_text":"OK","hash":"cf2b10a8fd707c6d14f496e19503b0a1"}"#,
        r#"{"error_code":-0,"error_text":"OK","hash":"cf2b10a8fd707c6d14f496e19503b0a1"}"#,
        r#"{"error_code":0,"error_text":"OK""#,
        r#"{"error_code":0,"error_code":1,"error_text":"OK"}"#,
        r#"[0,"OK","cf2b10a8fd707c6d14f496e19503b0a1"]"#,
    ] {
        assert_error(&Service::new(200, body), "unexpected_reply", "never", "unknown");
    }
    assert_error(
        &Service::new(200, *b"{\"error_code\":0,\"error_text\":\"\xff\"}"),
        "unexpected_reply",
        "never",
        "unknown",
    );
}

const DONE: &str = r#"{"error_code":0,"error_text":"OK","hash":"cf2b10a8fd707c6d14f496e19503b0a1"}"#;

#[test]
fn a_byte_order_mark_before_a_reply_is_passed_over() {
    for marks in ["\u{feff}", "\u{feff}\u{feff}\r\n"] {
        assert!(run(INPUT, &Service::new(200, format!("{marks}{DONE}\r\n"))).is_ok());
    }
}

#[test]
fn what_is_printed_around_a_reply_is_told_as_what_it_is() {
    let notice = "<br />\n<b>Deprecated</b>:  strlen(): Passing null in <b>/www/api.php</b> on line <b>7</b><br />\n";
    for (body, words, shown) in [
        (
            format!("{notice}{DONE}"),
            "printed a PHP notice",
            "Deprecated: strlen(): Passing null in /www/api.php on line 7 {",
        ),
        (format!("{DONE}\nNotice: x in /a.php on line 1"), "printed a PHP notice", "{\"error_code\":0"),
        (format!("{DONE}\n<!-- 0.012 s -->"), "printed something around its JSON", "{\"error_code\":0"),
        (format!("callback({DONE});"), "printed something around its JSON", "callback({"),
        (DONE[..DONE.len() - 1].to_owned(), "breaks off in the middle", "{\"error_code\":0"),
        (DONE[..20].to_owned(), "breaks off in the middle", "{\"error_code\":0"),
        ("<!DOCTYPE html><html><head><style>p{}</style></head><h1>Hi</h1></html>".to_owned(), "an HTML page", "Hi"),
        (" \n".to_owned(), "is empty", ""),
        ("OK".to_owned(), "is not JSON", "OK"),
    ] {
        let service = Service::new(200, body);
        assert_error(&service, "unexpected_reply", "never", "unknown");
        let error = error(&service);
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(words) && !message.contains('<'), "{message}");
        let text = error["upstream"]["error_text"].as_str().unwrap_or_default().trim();
        assert!(text.starts_with(shown) && !text.contains("<b"), "{text}");
    }
}

#[test]
fn a_check_that_fails_has_changed_nothing() {
    let html = Service::new(200, "<html>");
    let forged = Service::reply(&json!(0), "OK", "00000000000000000000000000000000");
    for service in [html, forged, Service::new(0, "timeout"), Service::new(0, ""), Service::new(503, "")] {
        let error = PLUGIN.check_connection(&config, &service).unwrap_err();
        let error: Value = serde_json::from_str(&error.to_json()).unwrap();
        assert_eq!(error["effect"], "none", "{error}");
        let message = error["message"].as_str().unwrap();
        assert!(!message.contains("change") && !message.contains("the order"), "{message}");
    }
}

#[test]
fn a_name_without_a_server_and_a_redirect_are_told_with_the_address() {
    for (service, words) in [
        (Service::new(0, "dns"), "no server of that name: https://username.justclick.ru. Correct"),
        (Service::new(0, "dns"), "will not exist later"),
        (Service::new(301, ""), "https://username.justclick.ru sends requests elsewhere (HTTP 301)"),
    ] {
        let error = error(&service);
        assert!(error["message"].as_str().unwrap().contains(words), "{error}");
    }
}

#[test]
fn that_something_was_done_is_not_taken_from_a_failure() {
    for status in [400, 401, 403, 404, 418, 499, 600] {
        assert_error(&Service::new(status, DONE), "unexpected_reply", "never", "unknown");
    }
    for status in [408, 423, 425, 500, 502, 503, 504, 599] {
        assert_error(&Service::new(status, DONE), "unavailable", "later", "unknown");
    }
    assert_error(&Service::new(429, DONE), "throttled", "later", "none");
}

/// Public clients of the service have met it: a redirect whose body is the answer.
#[test]
fn a_redirect_with_a_signed_reply_is_an_answer_and_any_other_is_not() {
    for status in [300, 301, 302, 303, 307, 308] {
        assert!(run(INPUT, &Service::new(status, DONE)).is_ok(), "{status}");
    }
    for body in ["", "<html>", &DONE.replace("cf2b", "cf2c")] {
        assert_error(&Service::new(302, body), "unexpected_reply", "never", "unknown");
    }
}

#[test]
fn no_response_is_told_by_what_may_have_happened() {
    for reason in ["not_allowed", "dns", "connect", "tls", "not_sent"] {
        assert_error(&Service::new(0, reason), "unavailable", "later", "none");
    }
    for reason in ["timeout", "reset", "", "something else"] {
        assert_error(&Service::new(0, reason), "unavailable", "later", "unknown");
    }
    assert_error(&Service::new(0, "too_large"), "unexpected_reply", "never", "unknown");
}

#[test]
fn what_came_is_shown_shortened_and_without_the_key() {
    let page = format!("<html>\r\n{KEY} {}", "x".repeat(400));
    let error = error(&Service::new(200, page));
    let shown = error["upstream"]["error_text"].as_str().unwrap();
    assert_eq!(shown.chars().count(), 300);
    assert!(shown.starts_with("*** xxx"), "{shown}");
}

#[test]
fn the_services_result_is_passed_on_as_unsigned_and_without_the_key() {
    let body = format!(
        r#"{{"error_code":0,"error_text":"OK","hash":"cf2b10a8fd707c6d14f496e19503b0a1","result":{{"z":1.50,"a":["{KEY}"]}}}}"#
    );
    let service = Service::new(200, body);
    let outcome = PLUGIN.run("update_order_status", INPUT.as_bytes(), &config, &service).unwrap();
    assert!(outcome.unwrap().ends_with(r#""message":"OK","unsigned_result":{"z":1.50,"a":["***"]}}"#));
}
