//! The way from input to outcome, natively: every kind of error, and nothing that can crash it.

use std::cell::RefCell;

use justclick::PLUGIN;
use plugin_kit::{Error, Request, Response, Secret, Transport, testing, tools};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

const KEY: &str = "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX";
const INPUT: &str = r#"{"bill_id":"100000","status":"sent","date":1362254400,"rpo":"10000000000000"}"#;

/// Answers every request in the same way and keeps what was sent.
struct Service {
    answer: Response,
    sent: RefCell<Vec<(String, String)>>,
}

impl Service {
    fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { answer: Response { status, body: body.into() }, sent: RefCell::default() }
    }

    /// A reply with the hash of the known-answer vectors, or another one.
    fn reply(code: &Value, text: &str, hash: &str) -> Self {
        Self::new(200, json!({ "error_code": code, "error_text": text, "hash": hash }).to_string())
    }
}

impl Transport for Service {
    fn send(&self, request: &Request) -> Response {
        self.sent.borrow_mut().push((request.url.clone(), request.body.clone()));
        self.answer.clone()
    }
}

fn config(key: &str) -> Option<Vec<u8>> {
    Some(match key {
        "login" => b"username".to_vec(),
        "api_key" => KEY.into(),
        "base_url" => b"https://username.justclick.ru".to_vec(),
        _ => return None,
    })
}

fn read_error(outcome: Option<Result<String, Error>>) -> Value {
    let error = outcome.expect("the action").expect_err("an error");
    serde_json::from_str(&error.to_json()).expect("one line of JSON")
}

fn run(input: &str, service: &Service) -> Result<Value, Value> {
    let read = |json: String| serde_json::from_str(&json).expect("one line of JSON");
    let outcome = PLUGIN.run("update_order_status", input.as_bytes(), &config, service).expect("the action");
    outcome.map(read).map_err(|error| read(error.to_json()))
}

fn error(service: &Service) -> Value {
    run(INPUT, service).unwrap_err()
}

#[track_caller]
fn assert_error(service: &Service, kind: &str, retry: &str, effect: &str) {
    let error = error(service);
    assert_eq!(
        (&error["kind"], &error["retry"], &error["effect"]),
        (&json!(kind), &json!(retry), &json!(effect)),
        "{error}"
    );
}

#[test]
fn the_seeds_example_is_signed_sent_and_verified() {
    let service = Service::reply(&json!(0), "OK", "cf2b10a8fd707c6d14f496e19503b0a1");
    let output = run(INPUT, &service).unwrap();
    let expected = json!({ "bill_id": "100000", "status": "sent", "date": 1_362_254_400, "rpo": "10000000000000", "message": "OK" });
    assert_eq!(output, expected);
    let body = "bill_id=100000&status=sent&date=1362254400&rpo=10000000000000&hash=92cea5ba30b463b8c3b234e3d2945e65";
    assert_eq!(
        *service.sent.borrow(),
        [("https://username.justclick.ru/api/UpdateOrderStatus".to_owned(), body.to_owned())]
    );
}

#[test]
fn a_code_may_be_a_text() {
    assert!(run(INPUT, &Service::reply(&json!("0"), "OK", "cf2b10a8fd707c6d14f496e19503b0a1")).is_ok());
}

#[test]
fn a_parameter_that_the_status_does_not_need_is_neither_checked_nor_sent() {
    let service = Service::reply(&json!(0), "OK", "cf2b10a8fd707c6d14f496e19503b0a1");
    let output = run(r#"{"bill_id":7,"status":"cancel","date":"nonsense","rpo":null}"#, &service).unwrap();
    assert_eq!(output, json!({ "bill_id": "7", "status": "cancel", "message": "OK" }));
    assert!(service.sent.borrow()[0].1.starts_with("bill_id=7&status=cancel&hash="));
    let output = run(r#"{"bill_id":7,"status":"paid","date":1362254400,"rpo":"RA1"}"#, &service).unwrap();
    assert_eq!(output, json!({ "bill_id": "7", "status": "paid", "date": 1_362_254_400, "message": "OK" }));
}

#[test]
fn a_spelling_that_leaves_no_doubt_is_taken_and_sent_as_the_service_has_it() {
    let service = Service::reply(&json!(0), "OK", "cf2b10a8fd707c6d14f496e19503b0a1");
    for (input, sent) in [
        (
            r#"{"bill_id":" 100010 ","status":" Paid ","date":" 2013-03-03 00:00:00+04 "}"#,
            "bill_id=100010&status=paid&date=1362254400&",
        ),
        (r#"{"bill_id":"100010.0","status":"CANCEL"}"#, "bill_id=100010&status=cancel&"),
        (
            r#"{"bill_id":"\ufeff7\u200b","status":"sent","date":"1362254400.0","rpo":80080000000001}"#,
            "bill_id=7&status=sent&date=1362254400&rpo=80080000000001&",
        ),
        (
            r#"{"bill_id":1.0001e5,"status":"sent","date":1362254400.0,"rpo":"\u00a0 RA 1\u2060"}"#,
            "bill_id=100010&status=sent&date=1362254400&rpo=RA+1&",
        ),
        ("\u{feff}{\"bill_id\":7,\"status\":\"return\"}", "bill_id=7&status=return&"),
    ] {
        run(input, &service).unwrap_or_else(|error| panic!("{input}: {error}"));
        let (_, body) = service.sent.borrow_mut().pop().unwrap();
        assert!(body.starts_with(sent), "{input}: {body}");
    }
}

#[test]
fn another_word_for_a_status_is_told_which_one_is_meant() {
    let service = Service::new(500, "");
    for (word, meant) in [
        ("CANCELLED", "cancel"),
        ("canceled", "cancel"),
        ("Отменён", "cancel"),
        ("returned", "return"),
        ("ВОЗВРАТ", "return"),
        ("payed", "paid"),
        ("piad", "paid"),
        ("оплачен", "paid"),
        ("shipped", "sent"),
        ("Отправлен", "sent"),
    ] {
        let error = run(&json!({ "bill_id": 1, "status": word }).to_string(), &service).unwrap_err();
        let expected =
            format!("status must be one of sent, paid, return and cancel (got \"{word}\"): did you mean {meant}?");
        assert_eq!(error["message"], expected);
    }
    for word in ["new", "unpaid", "x"] {
        let error = run(&json!({ "bill_id": 1, "status": word }).to_string(), &service).unwrap_err();
        assert!(!error["message"].as_str().unwrap().contains("did you mean"), "{error}");
    }
}

#[test]
fn what_only_an_accident_can_have_written_reaches_no_customer() {
    let service = Service::new(500, "");
    for (rpo, words) in [
        (json!("8.008e+13"), "has been shortened"),
        (json!("1.0E13"), "has been shortened"),
        (json!("8,0080E13"), "has been shortened"),
        (json!("80080000000001.0"), "number with a fraction"),
        (json!(80_080_000_000_001.5), "a number that is not whole"),
        (json!(u64::MAX), "programs round it"),
        (json!("None"), "no value"),
        (json!("null"), "no value"),
        (json!("undefined"), "no value"),
        (json!("NaN"), "no value"),
        (json!("[object Object]"), "no text"),
        (json!("#REF!"), "spreadsheet's error"),
        (json!("{{ $json.code }}"), "placeholder"),
        (json!("RA1\u{200b}23"), "an invisible character (U+200B)"),
        (json!("RA1\u{a0}23"), "an invisible character (U+00A0)"),
        (json!("RA1\u{fffd}23"), "U+FFFD"),
    ] {
        let input = json!({ "bill_id": 1, "status": "sent", "date": 1_362_254_400, "rpo": rpo });
        let error = run(&input.to_string(), &service).unwrap_err();
        assert_eq!((&error["kind"], &error["field"]), (&json!("invalid_input"), &json!("rpo")), "{error}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(words), "{rpo}: {message}");
    }
    assert!(service.sent.borrow().is_empty());
}

/// A host that shows a form puts the title of a field where a message begins with its key. So no
/// message has it anywhere else, or the key of another field.
#[test]
fn every_problem_begins_with_the_key_of_its_field_and_has_no_other() {
    let service = Service::new(500, "");
    let mut problems = Vec::new();
    let mut collect = |error: &Value| {
        let told = error["problems"].as_array().expect("problems");
        let messages: Vec<_> = told.iter().map(|problem| problem["message"].as_str().unwrap()).collect();
        assert_eq!(error["message"], messages.join("; "), "the error tells more than its problems");
        problems.extend(told.clone());
    };
    for case in testing::counter_examples(&PLUGIN).into_iter().filter(|case| case.field != "no_such_field") {
        collect(&read_error(PLUGIN.run(case.action, case.input.as_bytes(), &config, &service)));
    }
    collect(&run(r#"{"bill_id":1,"bill_id":2}"#, &service).unwrap_err());
    let moments: Value = serde_json::from_str(include_str!("vectors/moments.json")).unwrap();
    for row in moments["moments"].as_array().unwrap().iter().filter(|row| row.get("refused").is_some()) {
        let input = json!({ "bill_id": 1, "status": "paid", "date": row["given"] });
        collect(&run(&input.to_string(), &service).unwrap_err());
    }
    for value in [
        "",
        "a\u{200b}b",
        "a\nb",
        "\"a\"",
        "ключ",
        "${X}",
        "http://a.b",
        "https://a.b/api",
        "https://a.b?c",
        KEY,
        "\u{fffd}",
    ] {
        let config = |key: &str| {
            Some(if key == "api_key" && value != KEY { value } else { KEY }.into())
                .filter(|_| key == "api_key")
                .or(Some(value.into()))
        };
        collect(&read_error(PLUGIN.run("update_order_status", INPUT.as_bytes(), &config, &service)));
    }
    assert!(problems.len() > 100);
    // "status" is also the English word.
    let keys = ["bill_id", "rpo", "api_key", "base_url", "allow_http"];
    for problem in problems {
        let field = problem["field"].as_str().unwrap();
        let message = problem["message"].as_str().unwrap();
        let rest = message.strip_prefix(field).and_then(|rest| rest.strip_prefix(' '));
        let rest = rest.unwrap_or_else(|| panic!("does not begin with its field: {problem}"));
        let said = rest.split(" (got ").next().unwrap_or_default();
        assert!(!keys.iter().any(|key| said.contains(key)), "{problem}");
        assert!(!message.contains(['\n', '\u{200b}']), "{problem}");
    }
}

#[test]
fn a_bad_input_sends_nothing_and_tells_every_problem() {
    let service = Service::new(500, "");
    let error = run(r#"{"bill_id":"x","status":"sent","rpo":"","track":1}"#, &service).unwrap_err();
    let fields: Vec<_> = error["problems"].as_array().unwrap().iter().map(|problem| &problem["field"]).collect();
    assert_eq!(fields, ["track", "bill_id", "date", "rpo"]);
    assert_eq!((&error["kind"], &error["field"]), (&json!("invalid_input"), &json!("track")));
    assert!(service.sent.borrow().is_empty());
}

#[test]
fn a_key_pasted_into_a_field_is_neither_sent_nor_shown() {
    let service = Service::new(500, "");
    for input in [
        format!(r#"{{"bill_id":"1","status":"sent","date":1362254400,"rpo":"my {KEY}"}}"#),
        format!(r#"{{"bill_id":"1","status":"{KEY}"}}"#),
        format!(r#"{{"bill_id":"{KEY}","{KEY}":1}}"#),
    ] {
        let error = run(&input, &service).unwrap_err();
        assert_eq!(error["kind"], json!("invalid_input"));
        assert!(!error.to_string().contains(KEY), "{error}");
    }
    assert!(service.sent.borrow().is_empty());
}

#[test]
fn each_code_is_of_the_contracts_kind() {
    // Signed by the test itself, as the service would.
    for (codes, kind, retry) in [
        (&[4, 5, 6, 7][..], "auth", "never"),
        (&[200, 302, 400], "not_found", "never"),
        (&[1, 2, 3, 201, 202, 203, 303, 100, 800, -1], "rejected", "never"),
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
fn an_http_status_decides_before_the_body_does() {
    for status in [300, 301, 302, 307, 400, 401, 403, 404, 418, 499, 600] {
        assert_error(&Service::new(status, DONE), "unexpected_reply", "never", "unknown");
    }
    for status in [408, 423, 425, 500, 502, 503, 504, 599] {
        assert_error(&Service::new(status, DONE), "unavailable", "later", "unknown");
    }
    assert_error(&Service::new(429, DONE), "throttled", "later", "none");
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_input_crashes(input in prop_oneof![prop::collection::vec(any::<u8>(), 0..200), "[{}\\[\\]\":,.\\\\a-z0-9 -]{0,80}".prop_map(String::into_bytes)]) {
        let service = Service::new(200, "");
        let error = PLUGIN.run("update_order_status", &input, &config, &service).unwrap().unwrap_err();
        prop_assert!(service.sent.borrow().is_empty(), "{}", error.to_json());
        tools::call(&PLUGIN, &input, &config, &service);
    }

    #[test]
    fn no_text_that_is_sent_has_a_character_that_nobody_sees(rpo in "[\\PC\\pC\\pZ]{0,8}", bill_id in "[0-9\\pZ\\pC]{1,8}") {
        let service = Service::new(200, "");
        let input = json!({ "bill_id": bill_id, "status": "sent", "date": 1_362_254_400, "rpo": rpo });
        let _ = run(&input.to_string(), &service);
        for (_, body) in service.sent.borrow().iter() {
            let sent: Vec<(String, String)> = serde_urlencoded::from_str(body).unwrap();
            for (name, value) in sent {
                prop_assert!(!value.is_empty() && value.trim() == value, "{}", name);
                let odd = |c: char| c.is_control() || (c.is_whitespace() && c != ' ') || "\u{ad}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{202e}\u{2060}\u{feff}".contains(c);
                prop_assert!(!value.contains(odd), "{}: {:?}", name, value);
            }
        }
    }

    #[test]
    fn any_digits_are_sent_as_they_are(bill_id in "0{0,3}[1-9][0-9]{0,16}", rpo in "[0-9]{1,64}", number in 1..1_u64 << 53) {
        let service = Service::new(200, "");
        let exact = number.to_string();
        for rpo in [json!(rpo), json!(number)] {
            let input = json!({ "bill_id": bill_id, "status": "sent", "date": 1_362_254_400, "rpo": rpo });
            let _ = run(&input.to_string(), &service);
            let (_, body) = service.sent.borrow_mut().pop().unwrap();
            let digits = rpo.as_str().unwrap_or(&exact);
            let expected = format!("bill_id={bill_id}&status=sent&date=1362254400&rpo={digits}&hash=");
            prop_assert!(body.starts_with(&expected), "{}", body);
        }
    }

    #[test]
    fn a_number_that_a_program_has_shortened_is_never_sent(
        number in 1.0..1e20_f64, exponent in select(vec!["e", "E"]), point in select(vec![".", ","]), digits in 1..15_usize,
    ) {
        let service = Service::new(200, "");
        let shortened = format!("{number:.digits$e}").replace('e', exponent).replace('.', point);
        for text in [shortened.clone(), shortened.replace(exponent, &format!("{exponent}+")), format!("{number:.1}").replace('.', point).replace(".5", ".0")] {
            if text.contains(exponent) || text.ends_with('0') {
                let input = json!({ "bill_id": 1, "status": "sent", "date": 1_362_254_400, "rpo": text });
                prop_assert!(run(&input.to_string(), &service).is_err());
                prop_assert!(service.sent.borrow().is_empty(), "{}", text);
            }
        }
    }

    #[test]
    fn a_date_time_is_the_moment_that_another_library_reads(
        year in 2000..2050_u32, month in 1..13_u32, day in 1..32_u32, hour in 0..24_u32, minute in 0..60_u32, second in 0..60_u32,
    ) {
        let local = format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
        let expected = humantime::parse_rfc3339_weak(&local).ok().map(|moment| moment.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs());
        let service = Service::new(200, "");
        let _ = run(&json!({ "bill_id": 1, "status": "paid", "date": format!("{local}Z") }).to_string(), &service);
        let sent = service.sent.borrow().first().map(|(_, body)| body.clone());
        match expected {
            Some(seconds) => prop_assert!(sent.unwrap().contains(&format!("&date={seconds}&")), "{}", local),
            None => prop_assert_eq!(sent, None, "{}", local),
        }
    }

    #[test]
    fn no_configuration_crashes_and_its_key_stays_hidden(
        login in prop::collection::vec(any::<u8>(), 0..20),
        key in prop::collection::vec(any::<u8>(), 0..40),
        base_url in prop_oneof![prop::collection::vec(any::<u8>(), 0..60), "(https?://)?[a-z0-9.:@/\\[\\]?#-]{0,30}".prop_map(String::into_bytes)],
    ) {
        let config = |name: &str| Some(match name {
            "login" => login.clone(),
            "api_key" => key.clone(),
            "base_url" => base_url.clone(),
            _ => return None,
        });
        let outcome = PLUGIN.run("update_order_status", INPUT.as_bytes(), &config, &Service::new(0, "reset")).unwrap();
        let json = outcome.unwrap_err().to_json();
        if let Ok(key) = String::from_utf8(key) && key.trim().chars().count() > 8 {
            prop_assert!(!json.contains(key.trim()), "{}", json);
        }
    }

    #[test]
    fn no_reply_crashes_or_passes_for_a_success(status in prop_oneof![Just(200), any::<u16>()], body in prop_oneof![
        prop::collection::vec(any::<u8>(), 0..300),
        "\\{\"error_code\":(0|\"0\"|-?[0-9]{1,25}|null),\"error_text\":(\"[ -~]{0,9}\"|null),\"hash\":\"[0-9a-f]{0,33}\"(,\"result\":[\\[\\]{}\",:0-9]{0,9})?\\}".prop_map(String::into_bytes),
    ]) {
        prop_assert!(run(INPUT, &Service::new(status, body)).is_err());
    }
}
