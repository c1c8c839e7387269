//! What an author gives as the input of a call, as an export takes it: a trigger's is wrapped as hosts do.

use plugin_host_core::description::{Delivery, Description, TriggerDescription};
use plugin_host_core::json::{self, Object};
use plugin_host_core::{schema, slip};
use serde_json::{Value, json};

/// How many events a poll is asked for.
const EVENTS: u32 = 100;

/// The input of an export, of what is given: of an action its input, of a trigger that is polled the fields of
/// its `inputSchema`, or all that a host gives it, in which what is left out is filled in, and of a webhook the
/// request. `now` is in UNIX seconds.
///
/// # Errors
/// If that is none; the message says what is wanted.
pub fn of(description: &Description, export: &str, given: &str, now: u64) -> Result<String, String> {
    let is_blank = given.trim().is_empty();
    match description.trigger(export) {
        Some(trigger) => of_trigger(trigger, if is_blank { "{}" } else { given }, now),
        None if is_blank && description.action(export).is_some() => Ok("{}".to_owned()),
        None => Ok(given.to_owned()),
    }
}

fn of_trigger(trigger: &TriggerDescription, given: &str, now: u64) -> Result<String, String> {
    let given = json::object(given.as_bytes()).map_err(|why| why.of("the input"))?;
    // A member that is no field of the trigger's own says that it is all that a host gives.
    let is_whole = given.get("input").is_some() && schema::field(&trigger.input_schema, "input").is_none();
    if trigger.delivery == Delivery::Poll {
        let whole = if is_whole { given } else { within(given) };
        let usual = json!({ "cursor": null, "start": "beginning", "now": now, "limit": EVENTS });
        return Ok(completed(whole, &usual));
    }
    if !["body", "query", "headers"].iter().any(|name| given.get(name).is_some()) {
        return Err(format!(
            r#"{} is told by a request of the service, so the input is that request: {{"method": "POST", "headers": {{}}, "query": "", "body": "the body in base64"}}, and beside it, as "input", the trigger's own fields"#,
            trigger.name
        ));
    }
    Ok(completed(given, &json!({ "input": {}, "method": "POST", "headers": {}, "query": "", "body": "", "now": now })))
}

/// The trigger's own fields, where a host has them.
fn within(fields: Object) -> Object {
    let mut whole = Object::default();
    if let Ok(fields) = serde_json::value::RawValue::from_string(fields.to_string()) {
        whole.set_raw("input", fields);
    }
    whole
}

/// With what it does not have.
fn completed(mut whole: Object, usual: &Value) -> String {
    for (name, value) in usual.as_object().into_iter().flatten() {
        if whole.get(name).is_none() {
            whole.set(name, value.clone());
        }
    }
    whole.to_string()
}

/// Refuses an export that the module does not have, by what a plugin says that it can do.
///
/// # Errors
/// With what there is.
pub fn known(description: &Description, exports: &[&str], export: &str) -> Result<(), String> {
    if exports.contains(&export) {
        return Ok(());
    }
    let actions = description.actions.iter().map(|action| action.name.as_str());
    let triggers = description.triggers.iter().map(|trigger| trigger.name.as_str());
    let names: Vec<_> = actions.chain(triggers).chain([description.connection.check.as_str()]).collect();
    let (title, meant) = (&description.title, slip::question(export, names.iter().copied()));
    Err(format!("{title} has no export {export}.{meant} There are {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn description() -> Description {
        let trigger = |name: &str, delivery: &str| {
            json!({ "name": name, "title": "t", "description": "d", "delivery": delivery, "eventSchema": {},
                "inputSchema": { "properties": { "repository": {} } } })
        };
        let action = json!({ "name": "get_issue", "title": "t", "description": "d", "inputSchema": {} });
        let text = json!({ "contract": 1, "name": "n", "title": "Tracker", "version": "1",
            "connection": { "schema": {}, "check": "check" }, "actions": [action],
            "triggers": [trigger("new_issue", "poll"), trigger("issue_told", "webhook")] });
        Description::parse(text.to_string()).unwrap()
    }

    #[test]
    fn the_fields_of_a_poll_are_wrapped_as_hosts_do_and_what_is_wrapped_is_completed() {
        let of = |given: &str| of(&description(), "new_issue", given, 7).unwrap();
        let rest = r#""cursor":null,"start":"beginning","now":7,"limit":100}"#;
        assert_eq!(of(r#"{"repository":1.50}"#), format!(r#"{{"input":{{"repository":1.50}},{rest}"#));
        assert_eq!(of(" "), format!(r#"{{"input":{{}},{rest}"#));
        assert_eq!(
            of(r#"{"input":{"repository":"a"},"cursor":"c","start":"now"}"#),
            r#"{"input":{"repository":"a"},"cursor":"c","start":"now","now":7,"limit":100}"#
        );
        assert!(super::of(&description(), "new_issue", "[]", 7).unwrap_err().contains("the input"));
    }

    #[test]
    fn a_webhook_wants_the_request_and_says_so() {
        let of = |given: &str| of(&description(), "issue_told", given, 7);
        let told = of(r#"{"repository":"a"}"#).unwrap_err();
        assert!(told.contains("issue_told is told by a request") && told.contains(r#""body""#), "{told}");
        assert_eq!(
            of(r#"{"body":"e30="}"#).unwrap(),
            r#"{"body":"e30=","input":{},"method":"POST","headers":{},"query":"","now":7}"#
        );
    }

    #[test]
    fn an_actions_input_stays_as_it_is_and_a_slip_in_an_exports_name_is_told() {
        let description = description();
        assert_eq!(of(&description, "get_issue", r#"{"a":1.50}"#, 7).unwrap(), r#"{"a":1.50}"#);
        assert_eq!(of(&description, "get_issue", "", 7).unwrap(), "{}");
        assert_eq!(of(&description, "check", "", 7).unwrap(), "");
        let exports = ["get_issue", "new_issue", "issue_told", "check", "subscribe"];
        assert_eq!(known(&description, &exports, "subscribe"), Ok(()));
        assert_eq!(
            known(&description, &exports, "get_isue").unwrap_err(),
            "Tracker has no export get_isue. Did you mean get_issue? There are get_issue, new_issue, issue_told, check"
        );
    }
}
