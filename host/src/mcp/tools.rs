//! The actions as tools, and a tool's arguments as an action's input.

use rmcp::model::{JsonObject, Tool};
use serde_json::{Map, Value, json};

use crate::description::{ActionDescription, Description};
use crate::error::{ActionError, Problem};

/// The argument that says which connection to use, where there are several.
const CONNECTION: &str = "connection";

/// From here on a float no longer tells one whole number from the next.
const INEXACT: f64 = 9_007_199_254_740_992.0;

/// The tools, for connections of these names.
///
/// # Errors
/// If an action can't be one: a line on what to do.
pub fn tools(description: &Description, connections: &[&str]) -> Result<Vec<Tool>, String> {
    description.actions.iter().map(|action| tool(action, connections)).collect()
}

fn tool(action: &ActionDescription, connections: &[&str]) -> Result<Tool, String> {
    let name = &action.name;
    let schema = action.input_schema.as_object().ok_or_else(|| format!("the input schema of {name} is no object"))?;
    let mut schema = schema.clone();
    if connections.len() > 1 {
        choose(&mut schema, connections).map_err(|why| format!("{name} {why}"))?;
    }
    let mut tool = Tool::new(name.clone(), action.description.clone(), schema).with_title(&action.title);
    if let Some(schema) = action.output_schema.as_object() {
        tool = tool.with_raw_output_schema(schema.clone().into());
    }
    if action.annotations.is_object() {
        let annotations = serde_json::from_value(action.annotations.clone());
        tool = tool.with_annotations(annotations.map_err(|error| format!("the annotations of {name}: {error}"))?);
    }
    Ok(tool)
}

/// Adds the choice of a connection to an input's schema.
fn choose(schema: &mut JsonObject, connections: &[&str]) -> Result<(), &'static str> {
    let fields = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    if fields.contains_key(CONNECTION) {
        return Err("has an input field \"connection\" of its own: serve one connection, with --connection NAME");
    }
    let choice = json!({
        "title": "Connection",
        "description": "Which connection to use.",
        "type": "string",
        "enum": connections,
    });
    let first = Map::from_iter([(CONNECTION.to_owned(), choice)]);
    schema.insert("properties".to_owned(), first.into_iter().chain(fields).collect());
    let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let required = std::iter::once(Value::from(CONNECTION)).chain(required).collect();
    schema.insert("required".to_owned(), Value::Array(required));
    Ok(())
}

/// Takes the connection out of a tool's arguments. No value is shown: it may be a secret in the
/// wrong field.
///
/// # Errors
/// If it is none of these.
pub fn take_connection<'a>(arguments: &mut JsonObject, connections: &[&'a str]) -> Result<&'a str, Box<ActionError>> {
    if let [only] = connections {
        return Ok(only);
    }
    let given = arguments.shift_remove(CONNECTION);
    let known = connections.iter().find(|name| given.as_ref().and_then(Value::as_str) == Some(**name));
    known.copied().ok_or_else(|| {
        let what = if given.is_some() { "is not known" } else { "is missing" };
        refused(CONNECTION, format!("{CONNECTION} {what}: give one of {}.", connections.join(", ")))
    })
}

/// Whether the numbers are those that were sent: JSON of any length becomes a float here, and an
/// order's number that is nearly right is another order's.
///
/// # Errors
/// If one may not be.
pub fn check_numbers(arguments: &JsonObject, tool: &Tool) -> Result<(), Box<ActionError>> {
    let fields = tool.input_schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let inexact = |value: &Value| value.is_f64() && value.as_f64().is_some_and(|number| number.abs() >= INEXACT);
    match fields.map(|(name, _)| name).find(|name| arguments.get(*name).is_some_and(inexact)) {
        Some(name) => Err(refused(name, format!("{name} is too large for a number: put it in quotation marks."))),
        None => Ok(()),
    }
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

    fn arguments(arguments: Value) -> JsonObject {
        arguments.as_object().unwrap().clone()
    }

    #[test]
    fn a_tool_says_what_its_action_says() {
        let description = description(json!({ "id": {} }));
        let action: Value = serde_json::from_str::<Value>(&description.text).unwrap()["actions"][0].clone();
        assert_eq!(json!(tools(&description, &["default"]).unwrap()), json!([action]));
    }

    #[test]
    fn with_several_connections_the_first_argument_chooses_one() {
        let tool = made(json!({ "id": {} }), &["berlin", "paris"]).unwrap();
        let schema = &tool["inputSchema"];
        assert_eq!(schema["properties"]["connection"]["enum"], json!(["berlin", "paris"]));
        assert_eq!(schema["required"], json!(["connection", "id"]));
        let fields: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
        assert_eq!(fields, ["connection", "id"]);
    }

    #[test]
    fn an_action_whose_input_has_a_connection_can_be_served_with_one_alone() {
        let fields = json!({ "connection": {}, "id": {} });
        assert!(made(fields.clone(), &["berlin"]).is_ok());
        assert!(made(fields, &["berlin", "paris"]).unwrap_err().contains("--connection NAME"));
    }

    #[test]
    fn the_connection_is_taken_out_of_the_arguments() {
        let connections = ["berlin", "paris"];
        let mut given = arguments(json!({ "connection": "paris", "id": 1 }));
        assert_eq!(take_connection(&mut given, &connections).unwrap(), "paris");
        assert_eq!(given, arguments(json!({ "id": 1 })));
        // One connection alone is not an argument; what has its name is the action's.
        let mut given = arguments(json!({ "connection": "x" }));
        assert_eq!(take_connection(&mut given, &["berlin"]).unwrap(), "berlin");
        assert_eq!(given.len(), 1);
    }

    #[test]
    fn a_connection_that_is_not_there_is_refused_with_those_that_are_and_is_not_shown() {
        for (given, what) in [(json!({}), "missing"), (json!({ "connection": "hunter2" }), "not known")] {
            let error = take_connection(&mut arguments(given), &["berlin", "paris"]).unwrap_err();
            assert_eq!((error.kind.as_str(), error.field.as_deref()), ("invalid_input", Some("connection")));
            assert!(error.message.contains(what) && error.message.ends_with("berlin, paris."), "{}", error.message);
            assert!(!format!("{error:?}").contains("hunter2"));
        }
    }

    #[test]
    fn a_number_that_may_have_lost_digits_is_refused() {
        let tool = &tools(&description(json!({ "id": {} })), &["default"]).unwrap()[0];
        let check = |text: &str| check_numbers(&serde_json::from_str(text).unwrap(), tool);
        for exact in [r#"{"id": 18446744073709551615}"#, r#"{"id": 1e2}"#, r#"{"id": "99999999999999999999"}"#, "{}"] {
            assert!(check(exact).is_ok(), "{exact}");
        }
        for inexact in [r#"{"id": 18446744073709551617}"#, r#"{"id": -1e20}"#] {
            assert!(check(inexact).unwrap_err().message.contains("quotation marks"), "{inexact}");
        }
    }
}
