//! The API key appears nowhere: not in an output, not in an error, not in a log.

use std::io::Write;
use std::sync::{Arc, Mutex};

use hosts::{CallError, Host, HostBuilder, RawServer, response};
use justclick_sandbox::{Misbehaviour, Order, Sandbox};
use serde_json::{Value, json};
use tracing::subscriber::with_default;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;

use crate::support::*;

/// Forty characters, as a real one has, in which no other text occurs.
const KEY: &str = "q7Zk-SECRET-w9Vj4xT0mB2nR8sL5hD1gF6cY3pK";

/// No part of the key this long may be seen either, in whatever case.
const PART: usize = 12;

/// What was written, by the plugin or about it, while `work` ran.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<u8>>>);

impl Seen {
    fn add(&self, text: impl AsRef<[u8]>) {
        self.0.lock().unwrap().extend_from_slice(text.as_ref());
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Seen {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.add(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Runs calls of the action, and of the tool with the same input, with all logs recorded.
fn watch(host: HostBuilder, input: &Value) -> (Vec<Result<Value, CallError>>, String) {
    // Libraries that log in the older way are heard too.
    let _ = tracing_log::LogTracer::init();
    let logs = Seen::default();
    let writer = logs.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish()
        // The stock host's HTTP library dumps every byte from the wire at this level, which are the
        // server's words and not the plugin's.
        .with(filter_fn(|metadata| !metadata.target().starts_with("ureq_proto::util")));
    let outcomes = with_default(subscriber, || {
        let mut host = host.build();
        let tool = json!({ "request": { "name": ACTION, "arguments": input } });
        vec![
            host.call(ACTION, input.to_string()),
            host.call("call_tool", tool.to_string()),
            host.call("check_connection", ""),
            host.call("list_tools", ""),
        ]
    });
    (outcomes, logs.text())
}

/// Runs the calls and expects that no part of the key is in what comes of them. Returns the outcome
/// of the action.
fn keeps_the_key(case: &str, host: HostBuilder, input: &Value) -> Result<Value, CallError> {
    let (mut outcomes, logs) = watch(host, input);
    assert!(logs.contains("extism"), "nothing was logged");
    for outcome in &outcomes {
        // As text and as data, so that no escape hides it.
        let shown = match outcome {
            Ok(output) => format!("{output} {output:?}"),
            Err(CallError::Contract { text, json, .. }) => format!("{text} {json:?}"),
            Err(CallError::Trap(why)) => why.clone(),
        };
        assert_keyless(case, &shown);
    }
    assert_keyless(&format!("the log of {case}"), &logs);
    outcomes.swap_remove(0)
}

fn assert_keyless(case: &str, text: &str) {
    let lower = text.to_ascii_lowercase();
    for part in KEY.to_ascii_lowercase().as_bytes().windows(PART) {
        let part = std::str::from_utf8(part).unwrap();
        if let Some(place) = lower.find(part) {
            let from = lower[..place].char_indices().rev().nth(80).map_or(0, |(at, _)| at);
            let context: String = text[from..].chars().take(200).collect();
            panic!("{case}: {part:?} of the key is in: {context}");
        }
    }
}

fn configured(base_url: &str) -> HostBuilder {
    Host::builder().config("login", "username").config("api_key", KEY).config("base_url", base_url)
}

fn keyed_sandbox() -> Sandbox {
    Sandbox::builder().api_key(KEY).order(Order::new("100000")).start().unwrap()
}

#[test]
fn a_success_does_not_show_it() {
    let sandbox = keyed_sandbox();
    keeps_the_key("success", configured(&sandbox.base_url()), &seed()).unwrap();
    assert!(sandbox.requests().iter().all(|request| request.signature_ok));
}

#[test]
fn no_failure_of_the_service_shows_it() {
    let sandbox = keyed_sandbox();
    let codes = [1, 4, 5, 6, 7, 8, 200, 201, 999].map(Misbehaviour::Code);
    let slow = std::time::Duration::from_millis(500);
    for misbehaviour in Misbehaviour::NAMED.into_iter().chain(codes) {
        sandbox.set_misbehaviour(Some(misbehaviour));
        let host = configured(&sandbox.base_url()).timeout(slow);
        let outcome = keeps_the_key(&misbehaviour.to_string(), host, &seed());
        // A stock host follows redirects, and a code sent as a string or after a BOM is fine.
        let fine = matches!(misbehaviour, Misbehaviour::CodeAsString | Misbehaviour::Bom | Misbehaviour::Redirect);
        assert_eq!(outcome.is_ok(), fine, "{misbehaviour}: {outcome:?}");
    }
    for (reason, status) in [("connect", 0), ("timeout", 0), ("not_allowed", 0), ("too_large", 0), ("", 302), ("", 404)]
    {
        let host = configured("https://username.justclick.ru").http(move || (status, reason.into()));
        keeps_the_key(reason, host, &seed()).unwrap_err();
    }
    keeps_the_key("not allowed", configured("https://justclick.example"), &seed()).unwrap_err();
}

#[test]
fn an_answer_signed_for_another_key_does_not_show_it() {
    let sandbox = sandbox();
    keeps_the_key("wrong key", configured(&sandbox.base_url()), &seed()).unwrap_err();
}

/// Inputs in which a user has pasted the key, whole and refused.
fn misplaced() -> Vec<(&'static str, Value)> {
    let invalid = with(seed(), "status", "payed".into());
    vec![
        ("field name", with(seed(), KEY, 1.into())),
        ("long field name", with(seed(), &format!("api_key={KEY}&login=username&more"), 1.into())),
        ("field name with a line break", with(seed(), &format!("{KEY}\n"), 1.into())),
        ("status", with(seed(), "status", KEY.into())),
        ("status with blanks", with(seed(), "status", format!(" {KEY} ").into())),
        ("bill_id", with(seed(), "bill_id", KEY.into())),
        ("date", with(seed(), "date", KEY.into())),
        ("date after a date", with(seed(), "date", format!("2013-03-03T00:00:00{KEY}").into())),
        ("rpo for an invalid status", with(invalid, "rpo", KEY.into())),
        ("rpo that is too long", with(seed(), "rpo", KEY.repeat(2).into())),
        ("rpo with a line break", with(seed(), "rpo", format!("1\n{KEY}").into())),
        ("whole input", KEY.into()),
        ("nested", with(seed(), "bill_id", json!({ KEY: [KEY] }))),
        ("two fields", json!({ KEY: 1, format!("{KEY} "): 2, "status": KEY })),
    ]
}

#[test]
fn pasted_into_a_refused_input_it_is_not_shown() {
    let sandbox = keyed_sandbox();
    for (case, input) in misplaced() {
        let outcome = keeps_the_key(case, configured(&sandbox.base_url()), &input);
        assert_eq!(contract_error(outcome)["kind"], "invalid_input", "{case}");
    }
}

#[test]
fn pasted_into_a_refused_input_it_is_not_shown_when_the_rest_of_the_connection_is_malformed() {
    for (case, input) in misplaced() {
        keeps_the_key(case, Host::builder().config("api_key", KEY), &input).unwrap_err();
    }
}

#[test]
fn a_malformed_key_is_not_shown() {
    let half = KEY.len() / 2;
    let broken = format!("{}\n{}", &KEY[..half], &KEY[half..]);
    let sandbox = keyed_sandbox();
    let host = || configured(&sandbox.base_url()).config("api_key", &broken);
    assert_eq!(contract_error(keeps_the_key("malformed", host(), &seed()))["kind"], "invalid_connection");
    for (case, input) in [
        ("malformed, as field name", with(seed(), &broken, 1.into())),
        ("malformed, as status", with(seed(), "status", broken.as_str().into())),
    ] {
        keeps_the_key(case, host(), &input).unwrap_err();
    }
}

#[test]
fn sent_as_a_tracking_number_it_does_not_come_back() {
    let sandbox = keyed_sandbox();
    let _ = keeps_the_key("rpo", configured(&sandbox.base_url()), &with(seed(), "rpo", KEY.into()));
}

#[test]
fn pasted_into_another_key_of_the_connection_it_is_not_shown() {
    let sandbox = Sandbox::builder().login(KEY).api_key(KEY).order(Order::new("100000")).start().unwrap();
    let url = sandbox.base_url();
    let ok = || (200, signed_with(KEY, 0, "OK").to_string().into_bytes());
    let fails = || (0, b"dns".to_vec());
    for (case, host) in [
        ("login", configured(&url).config("login", KEY)),
        ("malformed base_url", configured(KEY)),
        ("base_url with a password", configured(&format!("https://username:{KEY}@username.justclick.ru"))),
        ("base_url with a query", configured(&format!("https://username.justclick.ru/?key={KEY}"))),
        ("allow_http", configured(&url).config("allow_http", KEY)),
        ("path of base_url", configured(&format!("https://username.justclick.ru/{KEY}")).http(ok)),
        ("path of base_url without an answer", configured(&format!("https://username.justclick.ru/{KEY}")).http(fails)),
        ("host of base_url", configured(&format!("https://{KEY}.justclick.ru")).http(ok)),
        ("host of base_url without an answer", configured(&format!("https://{KEY}.justclick.ru")).http(fails)),
    ] {
        let _ = keeps_the_key(case, host, &seed());
    }
}

#[test]
fn a_reply_that_repeats_it_is_shown_without_it() {
    let server = RawServer::start([]);
    let check = |case: &str, answer: Vec<u8>| {
        server.set_answer(answer);
        keeps_the_key(case, configured(&server.base_url()), &seed())
    };
    for code in [0, 4, 200, 201] {
        for text in [KEY.to_owned(), format!("the key is {KEY}."), KEY.repeat(20), format!("{}{KEY}", "x".repeat(290))]
        {
            let _ = check("signed text", response(200, signed_with(KEY, code, &text).to_string()));
            let _ = check("forged text", response(200, signed_with("not the key", code, &text).to_string()));
            let _ = check("text of a refusal", response(404, signed_with(KEY, code, &text).to_string()));
        }
    }
    let success = signed_with(KEY, 0, "OK");
    let result = json!({ "a": KEY, KEY: [format!("x{KEY}x"), { "b": { KEY: KEY } }] });
    let output = check("result", response(200, with(success.clone(), "result", result).to_string())).unwrap();
    assert!(output.get("unsigned_result").is_some(), "{output}");
    let escaped: String = KEY.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    let reply = success.to_string();
    let reply = format!("{},\"result\":[\"{escaped}\"]}}", reply.strip_suffix('}').unwrap());
    check("escaped result", response(200, reply)).unwrap();
    check("hash", response(200, with(success, "hash", KEY.into()).to_string())).unwrap_err();
}

#[test]
fn a_page_that_repeats_it_is_shown_without_it() {
    let server = RawServer::start([]);
    for (case, page) in [
        ("page", format!("<html><body>You sent {KEY}</body></html>")),
        ("page cut within the key", format!("{}{KEY}", "x".repeat(285))),
        ("page of nothing else", KEY.to_owned()),
        ("page of many", KEY.repeat(50)),
    ] {
        for status in [200, 401, 404, 500] {
            server.set_answer(response(status, &page));
            keeps_the_key(case, configured(&server.base_url()), &seed()).unwrap_err();
        }
    }
}

#[test]
fn control_characters_within_it_do_not_bring_it_back() {
    let (head, tail) = KEY.split_at(KEY.len() / 2);
    let server = RawServer::start([]);
    for control in ["\u{0}", "\n", "\r\n", "\u{7f}", "\u{85}"] {
        let split = format!("{head}{control}{tail}");
        for answer in [
            response(500, &split),
            response(200, signed_with(KEY, 201, &split).to_string()),
            response(200, signed_with(KEY, 0, &split).to_string()),
        ] {
            server.set_answer(answer);
            let (outcomes, logs) = watch(configured(&server.base_url()), &seed());
            // What the page itself broke in two may stay so, but not be joined together again.
            for outcome in outcomes {
                let shown = format!("{outcome:?}");
                assert!(!shown.contains(KEY), "{control:?}: {shown}");
            }
            assert!(!logs.contains(KEY), "{control:?}: {logs}");
        }
    }
}
