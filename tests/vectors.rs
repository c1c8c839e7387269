//! Form bodies and hashes are what real PHP makes. `tests/vectors/README.md` says how the cases are
//! made.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use justclick::form::http_build_query;
use justclick::reply::Reply;
use justclick::signature::{sign, verify};
use plugin_kit::Secret;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors");

fn text<'a>(case: &'a Value, name: &str) -> &'a str {
    case[name].as_str().unwrap_or_else(|| panic!("{name} of {case}"))
}

fn pairs(case: &Value) -> Vec<(String, String)> {
    let pair = |pair: &Value| (pair[0].as_str().unwrap().to_owned(), pair[1].as_str().unwrap().to_owned());
    case["pairs"].as_array().unwrap().iter().map(pair).collect()
}

fn key(case: &Value) -> Secret {
    Secret::new(text(case, "key").to_owned())
}

#[test]
fn every_vector_of_php_is_met() {
    let read = |file: &str| std::fs::read_to_string(format!("{FOLDER}/{file}.ndjson")).unwrap();
    let mut seen = 0;
    for line in [read("vectors"), read("calls")].iter().flat_map(|text| text.lines()) {
        let case: Value = serde_json::from_str(line).unwrap();
        let name = text(&case, "name");
        match text(&case, "kind") {
            "form" => {
                let body = http_build_query(&pairs(&case));
                assert_eq!(body, text(&case, "body"), "{name}");
                assert_eq!(sign(&body, text(&case, "login"), &key(&case)), text(&case, "hash"), "{name}");
            }
            "reply" => {
                let (code, message) = (text(&case, "code"), text(&case, "text"));
                assert!(verify(code, message, &key(&case), text(&case, "hash")), "{name}");
            }
            // What the service receives and what it tells is the sandbox's to meet.
            "received" | "webhook" => continue,
            _ => {
                let reply =
                    Reply::parse(text(&case, "reply").as_bytes()).unwrap_or_else(|why| panic!("{name}: {why:?}"));
                assert!(reply.is_signed_with(&key(&case)), "{name}");
                assert!(!reply.is_signed_with(&Secret::new("another key".to_owned())), "{name}");
            }
        }
        seen += 1;
    }
    assert!(seen >= 1500, "only {seen} vectors");
}

/// Ten thousand random cases against a running PHP. Where there is no PHP, the vectors above stand
/// for it; `cargo xtask test` says so.
#[test]
fn random_forms_and_replies_hash_as_in_a_live_php() {
    let Ok(mut php) =
        Command::new("php").arg(format!("{FOLDER}/live.php")).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()
    else {
        eprintln!("no php here: not compared with a live one");
        return;
    };
    let mut stdin = php.stdin.take().unwrap();
    let mut answers = BufReader::new(php.stdout.take().unwrap()).lines();
    let mut ask = |request: Value| -> Value {
        writeln!(stdin, "{request}").unwrap();
        serde_json::from_str(&answers.next().expect("an answer").unwrap()).unwrap()
    };
    let mut runner = TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() });
    let any_text = prop_oneof![any::<String>(), "\\PC{0,40}", "[ -~]{0,40}"];
    let form =
        (prop::collection::btree_map("[a-z_*~ ]{1,8}", any_text.clone(), 0..5), any_text.clone(), any_text.clone());
    let reply = (any::<i64>(), any_text.clone(), any_text);
    for _ in 0..5_000 {
        let (pairs, login, key) = form.new_tree(&mut runner).unwrap().current();
        // PHP reads these characters of names in its own way; the plugin's names have none.
        let pairs: Vec<_> = pairs.into_iter().collect();
        let answer = ask(json!({ "pairs": pairs, "login": login, "key": key }));
        let body = http_build_query(&pairs);
        assert_eq!(body, text(&answer, "body"), "{pairs:?}");
        assert_eq!(sign(&body, &login, &Secret::new(key)), text(&answer, "hash"), "{pairs:?}");

        let (code, message, key) = reply.new_tree(&mut runner).unwrap().current();
        let unsigned = json!({ "error_code": code, "error_text": message });
        let answer = ask(json!({ "reply": unsigned.to_string(), "key": key }));
        let signed = json!({ "error_code": code, "error_text": message, "hash": text(&answer, "hash") });
        assert!(Reply::parse(signed.to_string().as_bytes()).unwrap().is_signed_with(&Secret::new(key)), "{signed}");
    }
    drop(stdin);
    assert!(php.wait().unwrap().success());
}
