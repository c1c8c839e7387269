//! The actions as tools, and a tool's arguments as an action's input.

use plugin_host_core::description::ActionDescription;
use plugin_host_core::error::{ActionError, Problem};
use plugin_host_core::json::Object;
use plugin_host_core::queues::Listed;
use projection::{ADDED_BY_CLIENTS, CONNECTION};
use rmcp::model::Tool;
use serde_json::{Value, json};
use tracing::warn;

use super::names::{self, Filter};
use crate::web::scope::Scope;

/// A tool, and the action behind it.
#[derive(Debug, Clone)]
pub struct OfferedTool {
    /// As clients see it.
    pub tool: Tool,
    /// The action's name.
    pub action: String,
    /// The connections of its plugin that can be chosen.
    pub connections: Vec<String>,
    /// Whether an argument chooses among them.
    pub chooses: bool,
}

/// The tools that are offered of these plugins, in the order of the plugins and their actions. Where
/// there are several plugins, the names of all tools begin with their plugin's. A tool is called the same,
/// and chooses a connection by an argument or not, whatever a scope leaves.
///
/// # Errors
/// If an action can't be a tool, or none is left though the scope has all, or a part of the filter means
/// none: a line on what to do.
pub fn tools(plugins: &[Listed<'_>], filter: &Filter, scope: &Scope) -> Result<Vec<OfferedTool>, String> {
    let name = |plugin: &Listed<'_>, action: &ActionDescription| match plugins {
        [_] => action.name.clone(),
        _ => names::of_plugin(&plugin.translated.name, &action.name),
    };
    let actions =
        plugins.iter().flat_map(|plugin| plugin.translated.actions.iter().map(move |action| (plugin, action)));
    let named: Vec<_> = actions.map(|(plugin, action)| (name(plugin, action), plugin, action)).collect();
    let all: Vec<String> = named.iter().map(|(name, ..)| name.clone()).collect();
    if let Some(pattern) = filter.in_vain(&all) {
        return Err(format!("--tools {pattern} is the name of no tool. The tools: {}", all.join(", ")));
    }
    let taken =
        named.into_iter().filter(|(name, _, action)| filter.takes(name, action) && scope.action(action).is_ok());
    let tools = taken.filter_map(|(name, plugin, action)| {
        let left: Vec<_> = plugin.connections.iter().copied().filter(|it| scope.connection(it).is_ok()).collect();
        (!left.is_empty()).then(|| tool(&name, action, &left, plugin.connections.len() > 1))
    });
    let tools = tools.collect::<Result<Vec<_>, _>>()?;
    if tools.is_empty() && scope.is_all() {
        return Err(format!("no tool is left. The tools without --tools and --read-only: {}", all.join(", ")));
    }
    Ok(tools)
}

fn tool(name: &str, action: &ActionDescription, connections: &[&str], chooses: bool) -> Result<OfferedTool, String> {
    let mut tool = projection::tool(&json!({
        "name": name,
        "title": action.title,
        "description": action.description,
        "inputSchema": action.offered_input(),
        "outputSchema": action.offered_output(),
        "annotations": action.annotations,
    }));
    if chooses && !projection::choose(&mut tool, connections) {
        return Err(format!(
            "{name} has an input field \"{CONNECTION}\" of its own: serve one connection, with --connection NAME"
        ));
    }
    for fault in projection::faults(&tool) {
        warn!("some clients will not take the tool {name}: {fault}");
    }
    let tool = serde_json::from_value(tool).map_err(|error| format!("{name} can't be a tool: {error}"))?;
    let connections = connections.iter().map(|&name| name.to_owned()).collect();
    Ok(OfferedTool { tool, action: action.name.clone(), connections, chooses })
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
/// If it is none of the tool's.
pub fn take_connection<'a>(arguments: &mut Object, tool: &'a OfferedTool) -> Result<&'a str, Box<ActionError>> {
    let connections = &tool.connections;
    if let ([only], false) = (&connections[..], tool.chooses) {
        return Ok(only);
    }
    let name = arguments.text(CONNECTION);
    let given = arguments.remove(CONNECTION);
    let known = connections.iter().find(|known| name.as_ref() == Some(*known));
    known.map(String::as_str).ok_or_else(|| {
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
    use plugin_host_core::description::Description;

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

    fn listed<'a>(description: &'a Description, connections: &[&'a str]) -> Listed<'a> {
        Listed { description, translated: description, language: "en", connections: connections.to_vec() }
    }

    fn tools_of(description: &Description, connections: &[&str]) -> Result<Vec<OfferedTool>, String> {
        tools(&[listed(description, connections)], &Filter::default(), &Scope::default())
    }

    fn made(fields: Value, connections: &[&str]) -> Result<Value, String> {
        tools_of(&description(fields), connections).map(|tools| json!(tools[0].tool))
    }

    fn named(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn the_tools_of_several_plugins_begin_with_their_plugins_and_choose_among_its_connections() {
        let (one, mut other) = (description(json!({ "id": {} })), description(json!({ "id": {} })));
        other.name = "q".to_owned();
        other.actions[0].annotations["readOnlyHint"] = true.into();
        let listed = [listed(&one, &["berlin", "paris"]), listed(&other, &["rome"])];
        let offered = |patterns: &[&str], read_only| {
            let filter = Filter { patterns: named(patterns), read_only };
            tools(&listed, &filter, &Scope::default())
                .map(|tools| tools.iter().map(|it| it.tool.name.to_string()).collect::<Vec<_>>())
        };
        assert_eq!(offered(&[], false), Ok(named(&["p-a", "q-a"])));
        assert_eq!(offered(&["q-*"], false), Ok(named(&["q-a"])));
        assert_eq!(offered(&[], true), Ok(named(&["q-a"])));
        assert!(
            offered(&["q-*", "x"], false)
                .unwrap_err()
                .contains("--tools x is the name of no tool. The tools: p-a, q-a")
        );
        assert!(offered(&["p-a"], true).unwrap_err().contains("no tool is left"));
        let tools = tools(&listed, &Filter::default(), &Scope::default()).unwrap();
        assert_eq!(json!(tools[0].tool)["inputSchema"]["properties"]["connection"]["enum"], json!(["berlin", "paris"]));
        assert!(json!(tools[1].tool)["inputSchema"]["properties"].get("connection").is_none());
        assert_eq!((tools[1].action.as_str(), &tools[1].connections), ("a", &named(&["rome"])));
    }

    fn arguments(arguments: &str) -> Object {
        plugin_host_core::json::object(arguments.as_bytes()).unwrap()
    }

    #[test]
    fn a_tool_is_what_the_projection_makes_of_its_action() {
        let description = description(json!({ "id": { "type": ["string", "integer"] } }));
        let action = &serde_json::from_str::<Value>(&description.text).unwrap()["actions"][0];
        let tool = json!(tools_of(&description, &["default"]).unwrap()[0].tool);
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
        let tool = &tools_of(&description(json!({ "id": {}, "action": {} })), &["default"]).unwrap()[0].tool;
        let mut given = arguments(r#"{"toolCallId": "x", "id": 1, "_meta": {}, "action": "y", "other": 2}"#);
        assert_eq!(take_additions(&mut given, tool), ["toolCallId", "_meta"]);
        assert_eq!(given.to_string(), r#"{"id":1,"action":"y","other":2}"#);
    }

    /// A tool of these connections.
    fn offered(connections: &[&str], scope: &Scope) -> OfferedTool {
        let description = description(json!({ "id": {} }));
        tools(&[listed(&description, connections)], &Filter::default(), scope).unwrap().remove(0)
    }

    #[test]
    fn the_connection_is_taken_out_of_the_arguments() {
        let several = offered(&["berlin", "paris"], &Scope::default());
        let mut given = arguments(r#"{ "connection": "paris", "id": 12345678901234567890123 }"#);
        assert_eq!(take_connection(&mut given, &several).unwrap(), "paris");
        assert_eq!(given.to_string(), r#"{"id":12345678901234567890123}"#);
        // One connection alone is not an argument; what has its name is the action's.
        let mut given = arguments(r#"{ "connection": "x" }"#);
        assert_eq!(take_connection(&mut given, &offered(&["berlin"], &Scope::default())).unwrap(), "berlin");
        assert_eq!(given.to_string(), r#"{"connection":"x"}"#);
    }

    #[test]
    fn a_connection_that_is_not_there_is_refused_with_those_that_are_and_is_not_shown() {
        let several = offered(&["berlin", "paris"], &Scope::default());
        for (given, what) in [
            ("{}", "missing"),
            (r#"{ "connection": "hunter2" }"#, "not known"),
            (r#"{ "connection": 1 }"#, "not known"),
        ] {
            let error = take_connection(&mut arguments(given), &several).unwrap_err();
            assert_eq!((error.kind.as_str(), error.field.as_deref()), ("invalid_input", Some("connection")));
            assert!(error.message.contains(what) && error.message.ends_with("berlin, paris."), "{}", error.message);
            assert!(!format!("{error:?}").contains("hunter2"));
        }
    }

    #[test]
    fn a_scope_leaves_connections_to_choose_from_and_no_call_goes_to_another_for_it() {
        let scope = Scope { connections: Some(named(&["paris"])), ..<_>::default() };
        let one = offered(&["berlin", "paris"], &scope);
        assert_eq!(json!(one.tool)["inputSchema"]["properties"]["connection"]["enum"], json!(["paris"]));
        assert_eq!(take_connection(&mut arguments(r#"{ "connection": "paris" }"#), &one).unwrap(), "paris");
        let refused = take_connection(&mut arguments(r#"{ "connection": "berlin" }"#), &one).unwrap_err();
        assert_eq!(refused.message, "connection is not known: give one of paris.");
        let none = Scope { connections: Some(named(&["rome"])), ..<_>::default() };
        let description = description(json!({ "id": {} }));
        assert!(tools(&[listed(&description, &["berlin"])], &Filter::default(), &none).unwrap().is_empty());
    }
}
