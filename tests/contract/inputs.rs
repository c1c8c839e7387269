//! What is taken, and what is refused before anything is sent.

use justclick::PLUGIN;
use plugin_kit::testing;
use serde_json::{Value, json};

use crate::support::*;

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
    let moments: Value = serde_json::from_str(include_str!("../vectors/moments.json")).unwrap();
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
