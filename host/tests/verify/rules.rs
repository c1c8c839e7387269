//! For each rule a plugin that breaks it.

use std::collections::BTreeSet;
use std::fs;

use plugin_host::verify::rule::ALL;
use serde_json::{Value, json};

use crate::broken::Plugin;
use crate::support::{broken, told, verify};

/// The address that `verify` makes up.
const SERVICE: &str = "https://service.example";
/// An error document.
const REFUSED: &str = r#"{"kind":"invalid_input","message":"No.","retry":"never","effect":"none"}"#;

/// A plugin whose action ends so.
fn acting(code: impl FnOnce(&mut Plugin) -> String) -> Plugin {
    Plugin::new().export_with("act", code)
}

fn fine() -> Plugin {
    acting(|it| it.outputs("{}"))
}

/// One with a trigger that is polled, which answers so.
fn polled(answer: &str) -> Plugin {
    let object = json!({ "type": "object", "properties": {}, "required": [], "additionalProperties": false });
    let trigger = json!([{ "name": "told", "title": "Told", "description": "Triggers when told.", "delivery": "poll",
        "inputSchema": object, "eventSchema": { "type": "object" }, "sample": {} }]);
    fine().described("/triggers", trigger).export_with("told", |it| it.outputs(answer))
}

/// What breaks a rule, and what is told of it.
fn breaking(rule: &str) -> (Plugin, &'static str) {
    match rule {
        "description" => (fine().described("/description", " ".into()), "what the plugin is for"),
        "imports" => {
            let import = r#"(import "extism:host/env" "http_headers" (func (result i64)))"#;
            (fine().with(import), "is not there in older hosts")
        }
        "tool" => (fine().described("/actions/0/description", "word ".repeat(400).into()), "400 are enough"),
        "hints" => {
            let plugin = acting(|it| {
                let (request, output) = (it.requests("DELETE", SERVICE), it.outputs("{}"));
                format!("(drop {request}) {output}")
            });
            (
                plugin.described("/actions/0/annotations/destructiveHint", false.into()),
                "says destructiveHint: false, and sends DELETE",
            )
        }
        "example" => (acting(|it| it.fails(REFUSED, 1)), "refuses the input of its own example: No."),
        "wrong-input" => (fine(), "does not refuse a wrong input"),
        "trap" => (acting(|_| "unreachable".to_owned()), "stops in the middle"),
        "error-document" => (acting(|it| it.fails("no", 1)), "fails without an error document"),
        "error-code" => (acting(|it| it.fails(REFUSED, 0)), "sets an error and returns 0"),
        "output" => {
            let schema = json!({ "type": "object", "properties": { "id": {} }, "required": ["id"] });
            (fine().described("/actions/0/outputSchema", schema), "breaks its outputSchema")
        }
        "no-answer" => (after_a_request(), "succeeds, though its request got no answer"),
        "status" => (after_a_request(), "succeeds with an answer of HTTP 429, 500, 502, 503, 302"),
        "foreign-page" => (after_a_request(), "takes a web page for the service's answer"),
        "secret" => (acting(|it| it.outputs_the_answer(SERVICE)), "says a secret"),
        "origin" => {
            (acting(|it| it.outputs_the_answer("https://elsewhere.example")), "is not an address of this connection")
        }
        "replay" => {
            let plugin = acting(|it| {
                let (first, then) = (it.requests("GET", SERVICE), it.requests("GET", "https://service.example/again"));
                let output = it.outputs("{}");
                format!(
                    "(if (global.get $called) (then (drop {then})) (else (drop {first}))) (global.set $called (i32.const 1)) {output}"
                )
            });
            (plugin.with_global("(global $called (mut i32) (i32.const 0))"), "makes other requests")
        }
        "event" => (polled(r#"{"events":[{"id":"","data":{}}],"nextCursor":"1","hasMore":false}"#), "without an id"),
        "cost" => (fine().pages(600), "takes much"),
        "untried" => (fine(), "has no recorded call"),
        "recorded" | "compat" | "paging" => (fine(), ""),
        other => panic!("there is no plugin that breaks {other}"),
    }
}

/// A plugin that does not look at the answer of its request.
fn after_a_request() -> Plugin {
    acting(|it| {
        let (request, output) = (it.requests("POST", SERVICE), it.outputs("{}"));
        format!("(drop {request}) {output}")
    })
}

/// One whose action is a search, which hands on what the service answers.
fn searching() -> Plugin {
    let field = |kind: &str| json!({ "title": "T", "description": "D.", "type": kind });
    let input = json!({ "type": "object", "properties": { "cursor": field("string"), "limit": field("integer") },
        "required": [], "additionalProperties": false });
    let output = json!({ "type": "object", "properties": { "items": { "type": "array" } } });
    acting(|it| it.outputs_the_answer(SERVICE))
        .described("/actions/0/inputSchema", input)
        .described("/actions/0/outputSchema", output)
        .described("/actions/0/annotations/readOnlyHint", true.into())
        .described("/actions/0/annotations/destructiveHint", false.into())
}

fn found(plugin: Plugin, arguments: &[&str]) -> (Vec<(String, String)>, Option<i32>) {
    let folder = tempfile::tempdir().unwrap();
    let output = verify(&plugin.bundle(folder.path()), arguments);
    (broken(&told(&output)), output.status.code())
}

#[test]
fn for_each_rule_there_is_a_plugin_that_breaks_it_and_is_told() {
    for rule in ALL.iter().filter(|rule| !["recorded", "compat", "paging"].contains(&rule.name)) {
        let (plugin, told) = breaking(rule.name);
        let (found, code) = found(plugin, &[]);
        let is_told = found.iter().any(|(name, what)| name == rule.name && what.contains(told));
        assert!(is_told, "{} was not told: {found:#?}", rule.name);
        let fails = found.iter().any(|(name, _)| ALL.iter().any(|it| it.name == *name && !it.is_advice));
        assert_eq!(code, Some(if fails { 3 } else { 0 }), "{}", rule.name);
    }
}

#[test]
fn a_recorded_call_that_does_otherwise_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let case = |outcome: Value| {
        let case = json!({ "call": "act", "input": {}, "exchanges": [], "outcome": outcome });
        fs::write(folder.path().join("a.json"), case.to_string()).unwrap();
        let (found, _) = found(fine(), &["--cases", folder.path().to_str().unwrap()]);
        found.into_iter().filter(|(rule, _)| rule == "recorded").map(|(_, what)| what).collect::<Vec<_>>()
    };
    assert!(case(json!({ "output": {} })).is_empty());
    assert_eq!(
        case(json!({ "output": { "id": 1 } })),
        ["act gives another output: id is missing, and was 1 (the case a)"]
    );
    assert_eq!(case(json!({ "error": { "kind": "auth" } })), ["act succeeds, and it failed: {} (the case a)"]);
}

/// What of the rule `recorded` is told of a plugin that sends this header, where this one was recorded.
fn sending(header: &str, recorded: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let request = json!({ "method": "GET", "url": SERVICE, "headers": { "authorization": recorded } });
    let exchange = json!({ "request": request, "answer": { "status": 200, "body": "{}" } });
    let case = json!({ "call": "act", "input": {}, "exchanges": [exchange], "outcome": { "output": {} } });
    fs::write(folder.path().join("a.json"), case.to_string()).unwrap();
    let plugin = acting(|it| {
        let request = json!({ "method": "GET", "url": SERVICE, "headers": { "authorization": header } });
        let (request, output) = (it.text(&request.to_string()), it.outputs("{}"));
        format!("(drop (call $http_request {request} (i64.const 0))) {output}")
    });
    let (found, _) = found(plugin, &["--cases", folder.path().to_str().unwrap()]);
    found.into_iter().filter(|(rule, _)| rule == "recorded").map(|(_, what)| what).collect()
}

#[test]
fn a_plugin_that_sends_no_key_or_another_one_is_told() {
    let secret = "MadeUpSecret0123456789abcdefMadeUpSecret";
    let sent = format!("token {secret}");
    // As it is recorded now, and as it was before.
    for recorded in ["token ***", "***"] {
        assert_eq!(sending(&sent, recorded), [""; 0]);
        let told =
            format!("act makes another request 1: its header authorization is \"token \", and was \"{recorded}\"");
        assert_eq!(sending("token ", recorded), [told + " (the case a)"]);
        assert!(sending("token of-somebody-else", recorded)[0].contains("is \"token (hidden)\""));
    }
    assert!(sending(&sent, "Bearer ***")[0].contains("is \"token ***\", and was \"Bearer ***\""));
}

#[test]
fn what_a_plugin_logs_of_its_panic_is_told_with_it() {
    let plugin = acting(|it| format!("(call $log_error {}) unreachable", it.text("panicked at src/lib.rs:7:5: boom")))
        .with(r#"(import "extism:host/env" "log_error" (func $log_error (param i64)))"#);
    let (found, _) = found(plugin, &[]);
    let told = "stops in the middle: it panicked (wasm: unreachable): panicked at src/lib.rs:7:5: boom";
    assert!(found.iter().any(|(rule, what)| rule == "trap" && what.contains(told)), "{found:#?}");
}

#[test]
fn pointers_that_lead_to_nothing_are_told_by_the_rule_of_the_description() {
    let label =
        json!({ "type": "object", "properties": { "id": { "type": "integer" }, "name": { "type": "string" } } });
    let list = json!({ "name": "list", "title": "List", "description": "Lists.",
        "inputSchema": { "type": "object", "properties": {}, "required": [], "additionalProperties": false },
        "outputSchema": { "type": "object", "properties": { "items": { "type": "array", "items": label } } },
        "annotations": { "readOnlyHint": true, "destructiveHint": false, "idempotentHint": true } });
    let field = json!({ "title": "Label", "description": "Its label.", "type": "integer" });
    let verify = json!({ "action": "list", "arguments": {}, "done": [{ "pointer": "/items/0/nmae", "field": "label" }],
        "undone": [] });
    let plugin = fine()
        .described("/actions/0/inputSchema/properties/label", field)
        .described("/actions/0/form", json!({ "options": { "label": { "action": "list", "value": "/idd" } } }))
        .described("/actions/0/verify", verify)
        .listing(list);
    let (found, code) = found(plugin, &[]);
    for told in [
        "actions[0].form.options.label.value \"/idd\" leads to nothing in an item of list: there is no idd. Did you mean id?",
        "actions[0].verify.done[0].pointer \"/items/0/nmae\" leads to nothing in the output of list: there is no nmae.",
    ] {
        assert!(found.iter().any(|(rule, what)| rule == "description" && what.starts_with(told)), "{found:#?}");
    }
    assert_eq!(code, Some(3));
}

#[test]
fn an_action_of_which_only_failures_are_recorded_is_told_with_their_files_and_one_without_any_loudly() {
    let folder = tempfile::tempdir().unwrap();
    let case =
        json!({ "call": "act", "input": {}, "exchanges": [], "outcome": { "error": { "kind": "invalid_input" } } });
    fs::write(folder.path().join("refused.json"), case.to_string()).unwrap();
    let (found, _) = found(fine(), &["--cases", folder.path().to_str().unwrap()]);
    let told = "act has no recorded call that succeeds: refused.json failed (invalid_input); make one that does, with --record";
    assert!(found.contains(&("untried".to_owned(), told.to_owned())), "{found:#?}");

    let bundle = fine().bundle(folder.path());
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_plugin-host"));
    let said = command.env_clear().args(["verify", "--bundle"]).arg(bundle).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.lines().last().unwrap().starts_with("No real answer was tried"), "{said}");
}

/// What is told of a search whose pages were recorded: the name, the input, and what the service answered.
fn paged(pages: &[(&str, Value, Value)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, input, page) in pages {
        let exchange = json!({ "request": { "method": "POST", "url": SERVICE },
            "answer": { "status": 200, "body": page.to_string() } });
        let case = json!({ "call": "act", "input": input, "exchanges": [exchange], "outcome": { "output": page } });
        fs::write(folder.path().join(format!("{name}.json")), case.to_string()).unwrap();
    }
    let (found, _) = found(searching(), &["--cases", folder.path().to_str().unwrap()]);
    found.into_iter().filter(|(rule, _)| rule == "paging").map(|(_, what)| what).collect()
}

#[test]
fn a_search_that_never_ends_repeats_items_or_loses_some_is_told() {
    let first = ("a", json!({ "limit": 2 }), json!({ "items": [1, 2], "nextCursor": "1" }));
    let then = |page: Value| ("a-page-2", json!({ "limit": 2, "cursor": "1" }), page);
    let last = then(json!({ "items": [3, 4] }));
    let told = |pages: &[(&str, Value, Value)], what: &str| {
        let told = paged(pages);
        assert!(told.iter().any(|it| it.contains(what)), "{what:?} is not told: {told:#?}");
    };
    assert_eq!(paged(&[first.clone(), last.clone()]), [""; 0]);
    let again = then(json!({ "items": [3], "nextCursor": "1" }));
    told(&[first.clone(), again], "a cursor that it has given before");
    told(&[first.clone(), then(json!({ "items": [2, 3] }))], "gives again what was on an earlier page");
    let smaller = |items: Value| ("a-page-2-smaller", json!({ "limit": 1, "cursor": "1" }), json!({ "items": items }));
    assert_eq!(paged(&[first.clone(), last.clone(), smaller(json!([3]))]), [""; 0]);
    told(&[first.clone(), last.clone(), smaller(json!([2]))], "goes on elsewhere at the same cursor");
    let whole = |items: Value| ("a-whole", json!({}), json!({ "items": items }));
    assert_eq!(paged(&[first.clone(), last.clone(), whole(json!([1, 2, 3, 4]))]), [""; 0]);
    told(&[first, last, whole(json!([1, 2, 9, 3, 4]))], "1 of 5 are lost");
}

#[test]
fn a_poll_that_would_never_end_is_told() {
    let endless = polled(r#"{"events":[],"nextCursor":"1","hasMore":true}"#);
    let folder = tempfile::tempdir().unwrap();
    let input = json!({ "input": {}, "cursor": "1", "start": "now", "now": 1, "limit": 1 });
    let page = json!({ "events": [], "nextCursor": "1", "hasMore": true });
    let case = json!({ "call": "told", "input": input, "exchanges": [], "outcome": { "output": page } });
    fs::write(folder.path().join("told.json"), case.to_string()).unwrap();
    let (found, _) = found(endless, &["--cases", folder.path().to_str().unwrap()]);
    assert!(found.iter().any(|(rule, what)| rule == "event" && what.contains("would never end")), "{found:#?}");
}

#[test]
fn a_new_version_that_takes_less_is_told_by_what_the_old_one_took() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("describe.json");
    let field = json!({ "a": { "type": "string" } });
    let older = fine().described("/actions/0/inputSchema/properties", field);
    fs::write(&old, older.description.to_string()).unwrap();
    let (found, code) = found(fine(), &["--compat", old.to_str().unwrap()]);
    let told = ("compat".to_owned(), "act.a is gone: inputs that have it are refused".to_owned());
    assert!(found.contains(&told) && code == Some(3), "{found:#?}");
}

#[test]
fn a_connection_that_the_plugin_refuses_is_told_with_what_to_do() {
    let refused = r#"{"kind":"invalid_connection","message":"key is short","retry":"never","effect":"none"}"#;
    let folder = tempfile::tempdir().unwrap();
    let output = verify(&acting(|it| it.fails(refused, 1)).bundle(folder.path()), &[]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains("key is short") && error.contains("connection.json"), "{error}");
}

#[test]
fn a_check_that_wants_an_input_is_told() {
    let (found, _) = found(fine().without("check").export_with("check", |it| it.fails(REFUSED, 1)), &[]);
    assert!(
        found.contains(&("example".to_owned(), "check refuses an input, and a check takes none: No.".to_owned())),
        "{found:#?}"
    );
}

#[test]
fn no_rule_is_broken_by_all_plugins() {
    let (found, _) = found(fine(), &[]);
    let broken: BTreeSet<_> = found.iter().map(|(rule, _)| rule.as_str()).collect();
    assert_eq!(broken, BTreeSet::from(["untried", "wrong-input"]), "{found:#?}");
}
