//! The actions as tools, and a tool's arguments as an action's input.

use plugin_host_core::description::{ActionDescription, Description};
use plugin_host_core::error::{ActionError, Problem};
use plugin_host_core::json::Object;
use projection::{ADDED_BY_CLIENTS, CONNECTION};
use rmcp::model::Tool;
use serde_json::{Value, json};
use tracing::warn;

/// The tools, for connections of these names.
///
/// # Errors
/// If an action can't be one: a line on what to do.
pub fn tools(description: &Description, connections: &[&str]) -> Result<Vec<Tool>, String> {
    description.actions.iter().map(|action| tool(action, connections)).collect()
}

fn tool(action: &ActionDescription, connections: &[&str]) -> Result<Tool, String> {
    let name = &action.name;
    let mut tool = projection::tool(&json!({
        "name": name,
        "title": action.title,
        "description": action.description,
        "inputSchema": action.offered_input(),
        "outputSchema": action.offered_output(),
        "annotations": action.annotations,
    }));
    if connections.len() > 1 && !projection::choose(&mut tool, connections) {
        return Err(format!(
            "{name} has an input field \"{CONNECTION}\" of its own: serve one connection, with --connection NAME"
        ));
    }
    for fault in projection::faults(&tool) {
        warn!("some clients will not take the tool {name}: {fault}");
    }
    serde_json::from_value(tool).map_err(|error| format!("{name} can't be a tool: {error}"))
}

/// Takes out the arguments that clients add by themselves, if the tool has no field of that name,
/// and tells their names. Whoever runs the client can't keep it from adding them.
pub fn take_additions(arguments: &mut Object, tool: &Tool) -> Vec<&'static str> {
    let fields = tool.input_schema.get("properties").and_then(Value::as_object);
    let is_field = |name: &str| fields.is_some_and(|fields| fields.contains_key(name));
    let added = ADDED_BY_CLIENTS.into_iter().filter(|name| !is_field(name));
    added.filter(|name| arguments.remove(name).is_some()).collect()
}

/// Takes the connection out of a tool's arguments. No value is shown: it may be a secret in the
/// wrong field.
///
/// # Errors
/// If it is none of these.
pub fn take_connection<'a>(arguments: &mut Object, connections: &[&'a str]) -> Result<&'a str, Box<ActionError>> {
    if let [only] = connections {
        return Ok(only);
    }
    let name = arguments.text(CONNECTION);
    let given = arguments.remove(CONNECTION);
    let known = connections.iter().find(|known| name.as_deref() == Some(**known));
    known.copied().ok_or_else(|| {
        let what = if given.is_some() { "is not known" } else { "is missing" };
        refused(CONNECTION, format!("{CONNECTION} {what}: give one of {}.", connections.join(", ")))
    })
}

fn refused(field: &str, message: String) -> Box<ActionError> {
    let problem = Problem { field: field.to_owned(), message: message.clone() };
    let error = ActionError::invalid_input(message);
    Box::new(ActionError { field: Some(field.to_owned()), problems: vec![problem], ..error })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn description(fields: Value) -> Description {
        let schema =
            json!({ "type": "object", "properties": fields, "required": ["id"], "additionalProperties": false });
        let action = json!({
            "name": "a", "title": "t", "description": "d", "inputSchema": schema,
            "outputSchema": { "type": "object" }, "annotations": { "readOnlyHint": false, "idempotentHint": true },
        });
        let description = json!({
            "contract": 1, "name": "p", "title": "P", "version": "1", "actions": [action],
            "connection": { "check": "c", "schema": {} },
        });
        Description::parse(description.to_string()).unwrap()
    }

    fn made(fields: Value, connections: &[&str]) -> Result<Value, String> {
        tools(&description(fields), connections).map(|tools| json!(tools[0]))
    }

    fn arguments(arguments: &str) -> Object {
        plugin_host_core::json::object(arguments.as_bytes()).unwrap()
    }

    #[test]
    fn a_tool_is_what_the_projection_makes_of_its_action() {
        let description = description(json!({ "id": { "type": ["string", "integer"] } }));
        let action = &serde_json::from_str::<Value>(&description.text).unwrap()["actions"][0];
        let tool = json!(tools(&description, &["default"]).unwrap()[0]);
        assert_eq!(tool, projection::tool(action));
        assert_eq!(tool["inputSchema"]["properties"]["id"]["type"], "string");
    }

    #[test]
    fn an_action_whose_input_has_a_connection_can_be_served_with_one_alone() {
        let fields = json!({ "connection": {}, "id": {} });
        assert!(made(fields.clone(), &["berlin"]).is_ok());
        assert!(made(fields, &["berlin", "paris"]).unwrap_err().contains("--connection NAME"));
    }

    #[test]
    fn what_the_client_added_is_taken_out_unless_it_is_a_field() {
        let tool = &tools(&description(json!({ "id": {}, "action": {} })), &["default"]).unwrap()[0];
        let mut given = arguments(r#"{"toolCallId": "x", "id": 1, "_meta": {}, "action": "y", "other": 2}"#);
        assert_eq!(take_additions(&mut given, tool), ["toolCallId", "_meta"]);
        assert_eq!(given.to_string(), r#"{"id":1,"action":"y","other":2}"#);
    }

    #[test]
    fn the_connection_is_taken_out_of_the_arguments() {
        let connections = ["berlin", "paris"];
        let mut given = arguments(r#"{ "connection": "paris", "id": 12345678901234567890123 }"#);
        assert_eq!(take_connection(&mut given, &connections).unwrap(), "paris");
        assert_eq!(given.to_string(), r#"{"id":12345678901234567890123}"#);
        // One connection alone is not an argument; what has its name is the action's.
        let mut given = arguments(r#"{ "connection": "x" }"#);
        assert_eq!(take_connection(&mut given, &["berlin"]).unwrap(), "berlin");
        assert_eq!(given.to_string(), r#"{"connection":"x"}"#);
    }

    #[test]
    fn a_connection_that_is_not_there_is_refused_with_those_that_are_and_is_not_shown() {
        for (given, what) in [
            ("{}", "missing"),
            (r#"{ "connection": "hunter2" }"#, "not known"),
            (r#"{ "connection": 1 }"#, "not known"),
        ] {
            let error = take_connection(&mut arguments(given), &["berlin", "paris"]).unwrap_err();
            assert_eq!((error.kind.as_str(), error.field.as_deref()), ("invalid_input", Some("connection")));
            assert!(error.message.contains(what) && error.message.ends_with("berlin, paris."), "{}", error.message);
            assert!(!format!("{error:?}").contains("hunter2"));
        }
    }
}
