use serde_json::{Value, json};

use super::{Fault, Look, faults, found};

const EXPORTS: [&str; 6] = ["describe", "check", "create_issue", "get_issue", "issue_created", "subscribe"];

/// A description without a fault.
fn good() -> Value {
    let field = json!({ "type": "string", "title": "Subject", "description": "What it is about." });
    json!({
        "contract": 1, "name": "tracker", "title": "Tracker", "version": "1.0.0", "description": "Tracks issues.",
        "homepage": "https://tracker.example",
        "connection": {
            "schema": {
                "type": "object", "required": ["base_url"],
                "properties": { "base_url": { "type": "string", "title": "Address", "description": "Its address." } }
            },
            "check": "check", "origins": ["base_url"]
        },
        "actions": [{
            "name": "create_issue", "title": "Create issue", "description": "Creates an issue.", "subject": "project",
            "inputSchema": {
                "type": "object", "additionalProperties": false, "required": ["subject"],
                "properties": { "subject": field, "project": { "type": ["integer", "null"], "title": "Project", "description": "Which." } }
            },
            "outputSchema": { "type": "object", "required": ["id"], "properties": { "id": { "type": "integer" } } },
            "annotations": { "readOnlyHint": false, "destructiveHint": false, "idempotentHint": false },
            "examples": [{ "input": { "subject": "a" }, "output": { "id": 1 } }],
            "form": { "order": ["subject", "project"], "visible": { "project": { "subject": ["a"] } } }
        }],
        "errorSchema": { "type": "object" }
    })
}

/// The faults of a description in which one place holds another value; `None` takes it out.
fn with(pointer: &str, value: Option<Value>) -> Vec<Fault> {
    let mut description = good();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = description.pointer_mut(parent).expect("the parent is there");
    match (parent, value) {
        (Value::Object(members), Some(value)) => drop(members.insert(name.to_owned(), value)),
        (Value::Object(members), None) => drop(members.remove(name)),
        (Value::Array(elements), Some(value)) => elements.push(value),
        _ => panic!("{pointer} is in no object"),
    }
    faults(&description, &EXPORTS)
}

#[test]
fn a_description_that_keeps_the_contract_has_no_fault() {
    assert_eq!(faults(&good(), &EXPORTS), []);
}

#[test]
fn a_text_has_nothing_in_it_that_a_person_does_not_see() {
    // A terminal's commands, a turned direction, and Unicode's tags, which language models read.
    for (hidden, code) in
        [("\u{1b}[2J", "U+001B"), ("\u{9b}31m", "U+009B"), ("\u{202e}", "U+202E"), ("\u{e0041}", "U+E0041")]
    {
        let text = format!("Creates an issue{hidden}.");
        let russian = json!({ "ru": { "/actions/0/title": text } });
        for (place, value) in [("/actions/0/description", json!(text)), ("/version", json!(text)), ("/i18n", russian)] {
            let found = with(place, Some(value));
            let told = found.iter().find(|fault| fault.message.contains("invisible")).expect(place);
            assert!(told.misread && told.message.contains(code), "{told}");
        }
        let named = with("/connection/schema/properties/base_url", Some(json!({ (text): 1 })));
        let told = named.iter().find(|fault| fault.message.contains("invisible")).expect("a name is a text");
        assert!(!told.to_string().contains(hidden), "{told}");
    }
    let pattern =
        json!({ "type": "string", "title": "Lines", "description": "One,\n\tand another.", "pattern": "[^\u{202e}]" });
    assert_eq!(with("/actions/0/inputSchema/properties/subject", Some(pattern)), []);
}

#[test]
fn a_pattern_that_is_none_is_told_with_its_place() {
    let field = json!({ "type": "string", "title": "Subject", "description": "What.", "pattern": "(" });
    let found = with("/actions/0/inputSchema/properties/subject", Some(field));
    let told: Vec<_> = found.iter().map(ToString::to_string).collect();
    let place = "properties.subject.pattern";
    assert!(told.len() == 1 && told[0].contains("\"(\" is not a \"regex\"") && told[0].contains(place), "{told:?}");
    assert!(!found[0].misread);
}

#[test]
fn a_pattern_that_would_fill_the_memory_is_told() {
    let field =
        json!({ "type": "string", "title": "Subject", "description": "What.", "pattern": "((\\w{99}){99}){99}" });
    let found = with("/actions/0/inputSchema/properties/subject", Some(field));
    assert!(found.iter().any(|fault| fault.to_string().contains("subject.pattern")), "{found:?}");
}

#[test]
fn no_pattern_is_made_to_load_a_plugin() {
    let mut description = good();
    let subject = &mut description["actions"][0]["inputSchema"]["properties"]["subject"];
    subject["pattern"] = json!("((\\w{99}){99}){99}");
    assert_eq!(faults(&description, &EXPORTS).len(), 1);
    assert_eq!(found(&description, &EXPORTS, &Look::Loading), []);
}

#[test]
fn a_config_key_that_is_the_hosts_is_told_to_the_author() {
    let key = json!({ "type": "string", "title": "Plugin", "description": "Which." });
    let found = with("/connection/schema/properties/plugin", Some(key));
    let told: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert!(told.len() == 1 && told[0].starts_with("connection.schema.properties.plugin is the host's"), "{told:?}");
    assert!(!found[0].misread);
}

#[test]
fn what_is_missing_is_told_by_its_place_and_what_it_is_for() {
    for (pointer, told) in [
        ("/connection/check", "connection.check is missing: the export that proves a connection"),
        ("/connection/origins", "connection.origins is missing: the config keys that hold the addresses"),
        ("/actions/0/inputSchema", "actions[0].inputSchema is missing: the JSON Schema of the input"),
        ("/actions/0/annotations", "actions[0].annotations is missing: what the action does"),
        (
            "/actions/0/inputSchema/properties/subject/description",
            "actions[0].inputSchema.properties.subject.description is missing",
        ),
        (
            "/connection/schema/properties/base_url/title",
            "connection.schema.properties.base_url.title is missing: its name in forms",
        ),
    ] {
        let found = with(pointer, None);
        assert!(found.iter().any(|fault| fault.to_string().starts_with(told)), "{told} is not in {found:#?}");
    }
}

#[test]
fn what_a_host_would_misread_keeps_the_plugin_from_loading() {
    for (pointer, value, told) in [
        ("/name", json!("a b"), "name can't be \"a b\": the plugin's name for machines"),
        (
            "/connection/check",
            json!("chek"),
            "connection.check chek is no export of the module; those that take nothing and return an i32 are describe, check",
        ),
        ("/connection/origins", json!(["url"]), "connection.origins[0] url is no config key: there are base_url"),
        ("/connection/schema/required", json!(["key"]), "connection.schema.required[0] key is no config key"),
        ("/actions/0/name", json!("create/issue"), "actions[0].name can't be \"create/issue\""),
        ("/actions/0/name", json!("call"), "actions[0].name call is taken"),
        ("/actions/0/name", json!("delete_issue"), "actions[0].name delete_issue is no export"),
        ("/actions/0/inputSchema", json!("x"), "actions[0].inputSchema must be an object, not a text"),
        (
            "/actions/0/inputSchema/properties/subject/type",
            json!("strng"),
            "actions[0].inputSchema.properties.subject.type can't be \"strng\"",
        ),
        (
            "/actions/0/inputSchema/required",
            json!(["titel"]),
            "actions[0].inputSchema.required[0] titel is no field: there are subject, project",
        ),
        ("/actions/0/subject", json!("id"), "actions[0].subject id is no field"),
        ("/actions/0/form/order", json!(["id"]), "actions[0].form.order[0] id is no field"),
        (
            "/actions/0/form/visible",
            json!({ "project": { "status": ["a"] } }),
            "actions[0].form.visible.project status is no field",
        ),
        ("/actions/-", good()["actions"][0].clone(), "actions[1].name create_issue stands twice"),
    ] {
        let found = with(pointer, Some(value));
        let fault = found.iter().find(|fault| fault.to_string().starts_with(told));
        assert!(fault.is_some_and(|fault| fault.misread), "{told} is not in {found:#?}");
    }
}

#[test]
fn what_a_host_can_live_with_is_told_to_the_author_alone() {
    for (pointer, value, told) in [
        ("/actions", json!([]), "actions is empty"),
        (
            "/actions/0/inputSchema/additionalProperties",
            json!(true),
            "actions[0].inputSchema.additionalProperties can't be true",
        ),
        (
            "/actions/0/inputSchema/properties/project/type",
            json!("object"),
            "actions[0].inputSchema.properties.project.properties is missing: the members",
        ),
        (
            "/actions/0/inputSchema/properties/project/$ref",
            json!("#"),
            "actions[0].inputSchema.properties.project.$ref can't be \"#\": forms",
        ),
        ("/actions/0/annotations", json!("safe"), "actions[0].annotations must be an object, not a text"),
        (
            "/actions/0/annotations/readOnlyHint",
            json!("yes"),
            "actions[0].annotations.readOnlyHint must be true or false, not a text",
        ),
        (
            "/actions/0/examples",
            json!([{ "input": { "subject": 1 }, "output": { "id": 1 } }]),
            "actions[0].examples[0].input.subject 1 breaks the rule properties.subject.type",
        ),
        (
            "/actions/0/examples",
            json!([{ "input": { "subject": "a" }, "output": {} }]),
            "actions[0].examples[0].output {} breaks the rule required",
        ),
        ("/actions/0/form/moment", json!([]), "actions[0].form.moment is not of the contract: it should be moments"),
        ("/homepage", json!("tracker.example"), "homepage can't be"),
    ] {
        let found = with(pointer, Some(value));
        let fault = found.iter().find(|fault| fault.to_string().starts_with(told));
        assert!(fault.is_some_and(|fault| !fault.misread), "{told} is not in {found:#?}");
    }
}

#[test]
fn members_of_a_later_contract_are_no_fault() {
    assert_eq!(with("/resources", Some(json!([]))), []);
    assert_eq!(with("/actions/0/progress", Some(json!({ "kind": "none" }))), []);
}

#[test]
fn what_a_plugin_says_of_limits_and_repeats_has_one_form() {
    for (place, value) in [
        ("/limits", json!([{ "requests": 90, "perS": 60, "scope": "connection" }])),
        ("/permissions", json!({ "http": { "origins": ["base_url"], "reason": "To track issues." } })),
        ("/actions/0/idempotency", json!("none")),
        ("/actions/0/idempotency", json!({ "key": "subject" })),
        ("/actions/0/deprecated", json!({ "since": "2.0.0", "use": "create" })),
    ] {
        assert_eq!(with(place, Some(value)), [], "{place}");
    }
    for (place, value, at, misread) in [
        ("/limits", json!([{ "requests": 0, "perS": 60 }]), "limits[0].requests", true),
        ("/limits", json!([{ "requests": 9 }]), "limits[0].perS", true),
        ("/permissions", json!({ "http": {} }), "permissions.http.reason", true),
        ("/actions/0/idempotency", json!("always"), "actions[0].idempotency", false),
    ] {
        let faults = with(place, Some(value));
        assert_eq!((faults[0].place.as_str(), faults[0].misread), (at, misread), "{faults:?}");
    }
}

/// The faults of a description with a trigger in which one place holds another value.
fn with_trigger(pointer: &str, value: Value) -> Vec<Fault> {
    let mut description = good();
    let mut read = description["actions"][0].clone();
    read["name"] = json!("get_issue");
    read["annotations"]["readOnlyHint"] = json!(true);
    read["outputSchema"]["properties"]["open"] = json!({ "type": ["boolean", "null"] });
    description["actions"].as_array_mut().unwrap().push(read);
    let trigger = json!({
        "name": "issue_created", "title": "Issue created", "description": "Triggers when an issue is created.",
        "delivery": "webhook", "docs": "Put the address into the settings.",
        "inputSchema": { "type": "object", "properties": {}, "additionalProperties": false },
        "eventSchema": { "type": "object", "required": ["id"], "properties": { "id": { "type": "string" } } },
        "sample": { "id": "1" },
        "confirm": {
            "action": "get_issue", "arguments": { "project": "id" },
            "holds": [{ "pointer": "/id", "field": "id" }, { "pointer": "/open", "value": null }]
        },
        "form": { "order": [] }
    });
    description["triggers"] = json!([trigger]);
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    description.pointer_mut(&format!("/triggers/0{parent}")).expect("the parent is there")[name] = value;
    faults(&description, &EXPORTS)
}

#[test]
fn a_trigger_that_keeps_the_contract_has_no_fault() {
    assert_eq!(with_trigger("/delivery", json!("webhook")), []);
    assert_eq!(with_trigger("/subscribe", json!("subscribe")), []);
    assert_eq!(with_trigger("/signature", json!("standard-webhooks")), []);
}

#[test]
fn what_is_wrong_with_a_trigger_is_told_as_with_an_action() {
    for (pointer, value, told, misread) in [
        ("/name", json!("create_issue"), "triggers[0].name create_issue stands twice", true),
        ("/name", json!("describe"), "triggers[0].name describe is taken", true),
        ("/subscribe", json!("begin"), "triggers[0].subscribe begin is no export", true),
        ("/delivery", json!("push"), "triggers[0].delivery can't be \"push\": how the plugin comes to know", true),
        ("/sample", json!({}), "triggers[0].sample {} breaks the rule required of eventSchema", false),
        ("/sample", json!(null), "triggers[0].sample must be an object, not null", false),
        ("/description", json!("An issue."), "triggers[0].description can't be \"An issue.\": when it triggers", false),
        ("/form/order", json!(["id"]), "triggers[0].form.order[0] id is no field: there is none", true),
        ("/eventSchema/type", json!("strng"), "triggers[0].eventSchema", true),
        ("/confirm/action", json!("get"), "triggers[0].confirm.action get is no action: there are create_issue", true),
        ("/confirm/action", json!("create_issue"), "triggers[0].confirm.action create_issue is no read", true),
        ("/confirm/arguments/id", json!("id"), "triggers[0].confirm.arguments.id id is no field", true),
        ("/confirm/arguments/project", json!("no"), "triggers[0].confirm.arguments.project no is no member of", true),
        ("/confirm/holds", json!([]), "triggers[0].confirm.holds can't be []", true),
        ("/confirm/holds/0/field", json!("no"), "triggers[0].confirm.holds[0].field no is no member of", true),
        ("/confirm/holds/0/pointer", json!("id"), "triggers[0].confirm.holds[0].pointer can't be \"id\"", true),
        (
            "/confirm/holds/0/pointer",
            json!("/idd"),
            "triggers[0].confirm.holds[0].pointer \"/idd\" leads to nothing in the output of get_issue: there is no idd.",
            false,
        ),
        ("/confirm/holds", json!([{ "pointer": "/id" }]), "triggers[0].confirm.holds[0] can't be {", true),
        ("/subscrib", json!("x"), "triggers[0].subscrib is not of the contract: it should be subscribe", false),
    ] {
        let found = with_trigger(pointer, value);
        let fault = found.iter().find(|fault| fault.to_string().starts_with(told));
        assert!(fault.is_some_and(|fault| fault.misread == misread), "{told} is not in {found:#?}");
    }
}

/// A description whose first action says this of its repeats, beside a read.
fn repeating(member: &str, value: Value) -> Vec<Fault> {
    let mut description = good();
    let mut read = description["actions"][0].clone();
    read["name"] = json!("check");
    read["annotations"] = json!({ "readOnlyHint": true, "destructiveHint": false, "idempotentHint": true });
    description["actions"][0][member] = value;
    description["actions"].as_array_mut().unwrap().push(read);
    faults(&description, &EXPORTS)
}

#[test]
fn a_key_is_a_field_that_takes_one_and_a_call_is_looked_up_by_a_read() {
    let verify = |member: &str, value: Value| {
        let mut verify = json!({
            "action": "check", "arguments": { "project": "project" },
            "done": [{ "pointer": "/id", "field": "project" }], "undone": [{ "pointer": "/id", "value": null }],
        });
        verify[member] = value;
        verify
    };
    assert_eq!(repeating("verify", verify("action", json!("check"))), []);
    assert_eq!(repeating("idempotency", json!({ "key": "subject" })), []);
    for (member, value, told, misread) in [
        ("idempotency", json!({ "key": "id" }), "actions[0].idempotency.key id is no field", true),
        ("idempotency", json!({ "key": "project" }), "actions[0].idempotency.key project takes no key", false),
        ("idempotency", json!("natural"), "actions[0].annotations.idempotentHint can't be false", false),
        ("verify", json!({ "action": "check" }), "actions[0].verify.done is missing", true),
        ("verify", verify("action", json!("create_issue")), "actions[0].verify.action create_issue is no read", true),
        (
            "verify",
            verify("arguments", json!({ "id": "project" })),
            "actions[0].verify.arguments.id id is no field of check",
            true,
        ),
        (
            "verify",
            verify("arguments", json!({ "project": "id" })),
            "actions[0].verify.arguments.project id is no field",
            true,
        ),
        (
            "verify",
            verify("done", json!([{ "pointer": "/id", "field": "id" }])),
            "actions[0].verify.done[0].field id is no field",
            true,
        ),
        ("verify", verify("done", json!([{ "pointer": "/id" }])), "actions[0].verify.done[0] can't be", true),
        (
            "verify",
            verify("done", json!([{ "pointer": "id", "value": 1 }])),
            "actions[0].verify.done[0].pointer can't be",
            true,
        ),
        (
            "verify",
            verify("undone", json!([{ "pointer": "/id/x", "value": 1 }])),
            "actions[0].verify.undone[0].pointer \"/id/x\" leads to nothing in the output of check: x would be within",
            false,
        ),
    ] {
        let found = repeating(member, value);
        let fault = found.iter().find(|fault| fault.to_string().starts_with(told));
        assert!(fault.is_some_and(|fault| fault.misread == misread), "{told} is not in {found:#?}");
    }
}

#[test]
fn a_text_in_another_language_stands_for_one_that_is_there() {
    assert_eq!(
        with("/i18n", Some(json!({ "ru": { "/title": "x", "/actions/0/inputSchema/properties/subject/title": "y" } }))),
        []
    );
    for (texts, told) in [
        (json!({ "ru": { "/titel": "x" } }), "i18n.ru \"/titel\" leads nowhere"),
        (json!({ "ru": { "/name": "x" } }), "i18n.ru \"/name\" is no text for people"),
        (json!({ "ru": { "/title": 7 } }), "i18n.ru./title must be a text"),
        (json!({ "Russian language": {} }), "i18n can't be"),
    ] {
        let found = with("/i18n", Some(texts));
        assert!(found.iter().any(|fault| fault.to_string().starts_with(told) && !fault.misread), "{told}: {found:#?}");
    }
}
