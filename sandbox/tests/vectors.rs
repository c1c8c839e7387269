//! Forms, hashes and arrays are those of real PHP: `tests/vectors/README.md` at the project's root.

use justclick_sandbox::{Account, Form};
use serde_json::Value;

fn cases(file: &str) -> Vec<Value> {
    let path = format!("{}/../tests/vectors/{file}.ndjson", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text<'a>(case: &'a Value, name: &str) -> &'a str {
    case[name].as_str().unwrap_or_else(|| panic!("{name} of {case}"))
}

fn account(case: &Value) -> Account {
    Account::new(case["login"].as_str().unwrap_or_default(), text(case, "key"))
}

/// The form of its parameters one by one.
fn form(case: &Value) -> Form {
    let mut form = Form::default();
    for pair in case["pairs"].as_array().unwrap() {
        form.set(pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
    }
    form
}

#[test]
fn forms_are_written_and_signed_as_php_does() {
    let mut seen = 0;
    for case in cases("vectors").iter().chain(&cases("calls")).filter(|case| case["kind"] == "form") {
        let form = form(case);
        assert_eq!(form.encode(), text(case, "body"), "{case}");
        assert_eq!(account(case).request_hash(&form), text(case, "hash"), "{case}");
        seen += 1;
    }
    assert!(seen > 1000, "only {seen}");
}

#[test]
fn what_php_wrote_is_read_as_it_was() {
    for case in cases("calls").iter().filter(|case| case["kind"] == "form") {
        assert_eq!(Form::parse(text(case, "body").as_bytes()), form(case), "{case}");
    }
}

#[test]
fn what_anybody_sends_is_read_as_php_reads_it() {
    let mut seen = 0;
    for case in cases("calls").iter().filter(|case| case["kind"] == "received") {
        let form = Form::parse(text(case, "received").as_bytes());
        assert_eq!(form.encode(), text(case, "body"), "{case}");
        assert_eq!(account(case).request_hash(&form), text(case, "hash"), "{case}");
        seen += 1;
    }
    assert!(seen > 400, "only {seen}");
}

#[test]
fn replies_and_webhooks_have_php_s_hashes() {
    for case in cases("calls") {
        match text(&case, "kind") {
            "reply" => {
                let code = text(&case, "code").parse().unwrap();
                assert_eq!(account(&case).reply_hash(code, text(&case, "text").as_bytes()), text(&case, "hash"));
            }
            "webhook" => {
                let covered = [text(&case, "id"), text(&case, "email"), text(&case, "time")].concat();
                assert_eq!(account(&case).webhook_hash(&covered), text(&case, "hash"), "{case}");
            }
            _ => {}
        }
    }
}
