//! Issues, natively.

use plugin_kit::testing;
use redmine::PLUGIN;
use serde_json::{Value, json};

use support::{Redmine, config, issue, issues};

mod support;

const NOW: &str = "2026-11-29T02:28:14Z";

fn run(action: &str, input: &Value, redmine: &Redmine) -> Result<Value, Value> {
    let read = |json: String| serde_json::from_str(&json).expect("one line of JSON");
    let outcome = PLUGIN.run(action, input.to_string().as_bytes(), &config, redmine).expect("the action");
    outcome.map(read).map_err(|error| read(error.to_json()))
}

/// The requests so far but that for the account, each with its method, its path with query, and its body.
fn log(redmine: &Redmine) -> Vec<(&'static str, String, String)> {
    let sent = redmine.sent.borrow();
    let path = |url: &str| url.strip_prefix("https://www.example.com/redmine").expect("its address").to_owned();
    let all = sent.iter().map(|request| (request.method, path(&request.url), request.body.clone()));
    all.filter(|(_, path, _)| path != "/users/current.json").collect()
}

fn with(mut issue: Value, changes: Value) -> Value {
    let Value::Object(changes) = changes else { panic!("an object") };
    issue.as_object_mut().unwrap().extend(changes);
    issue
}

#[test]
fn the_plugin_is_what_it_says_of_itself() {
    assert_eq!(testing::faults(&PLUGIN), [""; 0]);
    let description: Value = serde_json::from_str(&plugin_kit::describe::description(&PLUGIN)).unwrap();
    for action in description["actions"].as_array().unwrap() {
        for (schema, given) in [("inputSchema", "input"), ("outputSchema", "output")] {
            let schema = jsonschema::validator_for(&action[schema]).unwrap();
            let mut examples = action["examples"].as_array().unwrap().iter();
            assert!(examples.all(|example| schema.is_valid(&example[given])), "{}", action["name"]);
        }
        assert_eq!(
            projection::faults(&projection::tool(action)).iter().find(|it| !it.contains("destructiveHint")),
            None
        );
    }
    let status = &description["actions"][1]["form"]["options"]["status_id"];
    assert_eq!(status["arguments"], json!({ "issue_id": "issue_id" }));
}

#[test]
fn an_issue_is_sent_in_redmines_words_and_told_as_it_is() {
    let made = with(
        issue(12, NOW),
        json!({
            "subject": "Pack it", "is_private": true, "description": "By mail.\r\n\r\nReference: order-1",
            "custom_fields": [{ "id": 1, "name": "Order", "value": "1" }, { "id": 2, "name": "Colours", "multiple": true, "value": ["red", "blue"] }],
        }),
    );
    let redmine = Redmine::new().answers("GET", "/issues.json", 200, &issues(&[], 0)).answers(
        "POST",
        "/issues.json",
        201,
        &json!({ "issue": made }),
    );
    let input = json!({
        "project_id": "shop", "subject": "Pack it", "description": "By mail.", "is_private": "yes", "watchers": [6, "7"],
        "custom_fields": [{ "id": 2, "value": "red" }, { "id": 1, "value": "1" }, { "id": "2", "value": "blue" }],
        "reference": "order-1",
    });
    let output = run("create_issue", &input, &redmine).unwrap();
    assert_eq!(
        output,
        json!({ "created": true, "left_out": [], "id": "12", "url": "https://www.example.com/redmine/issues/12", "reference": "order-1", "tracker": "Bug", "status": "New" })
    );
    let log = log(&redmine);
    assert_eq!(
        log[0].1,
        "/issues.json?status_id=%2A&project_id=shop&sort=id%3Adesc&limit=100&description=~order-1&author_id=me"
    );
    assert_eq!((log[1].0, log[1].1.as_str()), ("POST", "/issues.json?include=watchers"));
    assert_eq!(
        log[1].2,
        r#"{"issue":{"description":"By mail.\n\nReference: order-1","project_id":"shop","subject":"Pack it","is_private":true,"custom_fields":[{"id":"2","value":["red","blue"]},{"id":"1","value":"1"},{"id":"2","value":["red","blue"]}],"watcher_user_ids":["6","7"]}}"#
    );
}

#[test]
fn of_a_reference_there_is_one_issue_and_only_its_last_line_counts() {
    let referenced = |id, description: &str| with(issue(id, NOW), json!({ "description": description }));
    let others = [
        referenced(15, "Reference: order-1\r\nno more"),
        referenced(14, "Reference: order-10"),
        referenced(13, "Please see:\r\nReference: ORDER-1"),
        referenced(12, "By mail.\r\n\r\nReference: order-1"),
    ];
    let redmine = Redmine::new().answers("GET", "/issues.json", 200, &issues(&others, 4));
    let input = json!({ "project_id": 1, "subject": "x", "reference": "order-1" });
    let output = run("create_issue", &input, &redmine).unwrap();
    assert_eq!((&output["created"], &output["id"]), (&json!(false), &json!("12")));
    assert_eq!(log(&redmine).len(), 1);
    let hostile = json!({ "project_id": 1, "subject": "x", "description": "Hello\nReference: order-1" });
    let error = run("create_issue", &hostile, &Redmine::new()).unwrap_err();
    assert_eq!((&error["kind"], &error["field"]), (&json!("invalid_input"), &json!("description")));
}

#[test]
fn what_redmine_passes_over_is_told() {
    let redmine = Redmine::new().answers("POST", "/issues.json", 201, &json!({ "issue": issue(12, NOW) }));
    let input = json!({
        "project_id": 1, "subject": "One", "tracker_id": "001", "status_id": 3, "is_private": true,
        "custom_fields": [{ "id": 1, "value": "1" }], "watchers": [6],
    });
    let output = run("create_issue", &input, &redmine).unwrap();
    assert_eq!(output["left_out"], json!(["status_id", "is_private", "custom_fields"]));

    let allowed = json!({ "allowed_statuses": [{ "id": 1, "name": "New" }, { "id": 5, "name": "Closed" }] });
    let there = json!({ "issue": with(issue(12, NOW), allowed) });
    let redmine = Redmine::new().answers("GET", "/issues/12.json", 200, &there).answers(
        "PUT",
        "/issues/12.json",
        204,
        &Value::Null,
    );
    let error = run("update_issue", &json!({ "issue_id": 12, "status_id": 3 }), &redmine).unwrap_err();
    assert_eq!((&error["kind"], &error["effect"]), (&json!("rejected"), &json!("none")));
    assert_eq!(error["message"], "status_id is not among what the workflow allows: 1 (New), 5 (Closed)");
    assert!(log(&redmine).iter().all(|(method, ..)| *method == "GET"));
    let error =
        run("update_issue", &json!({ "issue_id": 12, "is_private": true, "subject": "One" }), &redmine).unwrap_err();
    assert_eq!((&error["field"], &error["effect"]), (&json!("is_private"), &json!("unknown")));
}

#[test]
fn a_custom_field_that_stays_as_it_was_was_passed_over_unless_it_is_what_was_asked_for() {
    let colours = |value: Value| json!({ "custom_fields": [{ "id": 2, "name": "Colours", "value": value }] });
    for (there, wanted, told) in
        [("red", "red", None), ("1", "true", Some("custom_fields")), ("red", "blue", Some("custom_fields"))]
    {
        let there = with(issue(12, NOW), colours(json!(there)));
        let redmine = Redmine::new().answers("GET", "/issues/12.json", 200, &json!({ "issue": there })).answers(
            "PUT",
            "/issues/12.json",
            204,
            &Value::Null,
        );
        let input = json!({ "issue_id": 12, "custom_fields": [{ "id": 2, "value": wanted }] });
        let outcome = run("update_issue", &input, &redmine);
        assert_eq!(outcome.err().map(|error| error["field"].clone()), told.map(|field| json!(field)));
    }
}

#[test]
fn a_new_description_keeps_the_reference() {
    let there = with(issue(12, NOW), json!({ "description": "Old\r\n\r\nReference: order-1" }));
    let redmine = Redmine::new().answers("GET", "/issues/12.json", 200, &json!({ "issue": there })).answers(
        "PUT",
        "/issues/12.json",
        204,
        &Value::Null,
    );
    let output = run("update_issue", &json!({ "issue_id": "12", "description": "New" }), &redmine).unwrap();
    assert_eq!(log(&redmine)[1].2, r#"{"issue":{"description":"New\n\nReference: order-1"}}"#);
    assert_eq!((&output["reference"], &output["project_id"]), (&json!("order-1"), &json!("1")));
}

#[test]
fn what_redmine_refuses_is_told_in_one_line_by_field_where_it_says_which() {
    let input = json!({ "project_id": "nowhere", "subject": "One", "priority_id": 99 });
    for (errors, message, fields) in [
        (
            json!(["Project cannot be blank", "Tracker cannot be blank"]),
            "project_id names nothing that this account may use",
            vec!["project_id"],
        ),
        (
            json!(["Priority cannot be blank", "Due date is not a valid date"]),
            "priority_id names nothing that this account may use; due_date is not a valid date",
            vec!["priority_id", "due_date"],
        ),
        (
            json!(["Colours is invalid", "Priority cannot be blank"]),
            "Redmine refused the request: Colours is invalid; Priority names nothing that this account may use",
            vec![],
        ),
        (
            json!(["Priorität muss ausgefüllt werden"]),
            "Redmine refused the request: Priorität muss ausgefüllt werden",
            vec![],
        ),
    ] {
        let redmine = Redmine::new().answers("POST", "/issues.json", 422, &json!({ "errors": errors }));
        let error = run("create_issue", &input, &redmine).unwrap_err();
        assert_eq!((error["kind"].as_str(), error["effect"].as_str()), (Some("rejected"), Some("none")));
        assert_eq!(error["message"], message);
        let told = error["problems"].as_array().into_iter().flatten().map(|it| it["field"].as_str().unwrap());
        assert_eq!(told.collect::<Vec<_>>(), fields);
    }
    // Two changes at the same moment.
    let redmine = Redmine::new().answers("POST", "/issues.json", 422, &json!({ "errors": [] }));
    let error = run("create_issue", &input, &redmine).unwrap_err();
    assert_eq!((&error["retry"], &error["effect"]), (&json!("later"), &json!("none")));
}

#[test]
fn a_failure_is_of_the_contracts_kind_and_before_a_change_it_has_no_effect() {
    for (status, body, kind) in [
        (401, "", "auth"),
        (403, "", "auth"),
        (404, "", "not_found"),
        (500, r#"{"status":500,"error":"Internal Server Error"}"#, "unavailable"),
        (302, "<html>", "unexpected_reply"),
        (200, "<!DOCTYPE html><html><title>Redmine</title>", "unexpected_reply"),
        (0, "timeout", "unavailable"),
    ] {
        let update = json!({ "issue_id": 12, "subject": "One" });
        let redmine = Redmine::new().raw("GET", "/issues/12.json", status, body.to_owned());
        let error = run("update_issue", &update, &redmine).unwrap_err();
        assert_eq!((&error["kind"], &error["effect"]), (&json!(kind), &json!("none")), "{status}: {error}");
        assert!(!error["message"].as_str().unwrap().contains("not known"), "{error}");
        let create = json!({ "project_id": 1, "subject": "One" });
        let redmine = Redmine::new().raw("POST", "/issues.json", status, body.to_owned());
        let error = run("create_issue", &create, &redmine).unwrap_err();
        let effect = if ["unavailable", "unexpected_reply"].contains(&kind) { "unknown" } else { "none" };
        assert_eq!((&error["kind"], &error["effect"]), (&json!(kind), &json!(effect)), "{status}: {error}");
    }
}

#[test]
fn a_search_goes_on_below_the_last_number_and_lists_by_what_was_passed() {
    let page = issues(&[issue(30, NOW), issue(28, NOW)], 7);
    let redmine = Redmine::new().answers("GET", "/issues.json", 200, &page);
    let output = run("find_issues", &json!({ "limit": 2, "subject": "One" }), &redmine).unwrap();
    assert_eq!((&output["nextCursor"], output["items"].as_array().unwrap().len()), (&json!("27"), 2));
    run("find_issues", &json!({ "cursor": "27", "state": "ANY" }), &redmine).unwrap();
    assert!(log(&redmine)[0].1.starts_with("/issues.json?status_id=open&sort=id%3Adesc&limit=2&subject=~One"));
    assert!(
        log(&redmine)[1].1.contains("status_id=%2A&sort=id%3Adesc&limit=100&issue_id=%3C%3D27"),
        "{:?}",
        log(&redmine)
    );
    let members = json!({
        "memberships": [{ "id": 1, "user": { "id": 6, "name": "Ann Baker" } }, { "id": 2, "group": { "id": 9, "name": "All" } }],
        "total_count": 3, "offset": 0, "limit": 2,
    });
    let redmine = Redmine::new().answers("GET", "/projects/shop/memberships.json?offset=0&limit=2", 200, &members);
    let output = run("list_members", &json!({ "project_id": "shop", "limit": 2 }), &redmine).unwrap();
    assert_eq!(output, json!({ "items": [{ "id": "6", "name": "Ann Baker" }], "nextCursor": "2" }));
}
