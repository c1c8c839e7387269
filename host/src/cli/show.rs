//! What a person reads.

use plugin_host_core::description::{ActionDescription, Delivery, Description, Fault, TriggerDescription};
use plugin_host_core::error::{ActionError, Effect, Problem, Retry};
use plugin_host_core::http::PreparedRequest;
use plugin_host_core::queue::Rate;
use plugin_host_core::schema::{self, Field};
use serde_json::Value;

use crate::hint;

/// A result: a headline and its members, a line each.
pub fn output(headline: &str, output: &Value) -> String {
    let members: Vec<(&str, String)> =
        output.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), plain(value))).collect();
    format!("{headline}\n{}", table(&members))
}

/// A request that was not sent.
pub fn request(request: Option<&PreparedRequest>) -> String {
    let Some(request) = request else {
        return "Nothing was sent, and nothing would be: the action answers without a request.\n".to_owned();
    };
    let mut text = format!("Nothing was sent. This would be, to begin with:\n{} {}\n", request.method, request.url);
    for (name, value) in &request.headers {
        text.push_str(&format!("{name}: {value}\n"));
    }
    text.push_str(&format!("\n{}\n", request.body));
    text
}

/// An error: what is wrong, every problem if there are several, what it means for trying again, and what the service
/// said.
pub fn error(error: &ActionError) -> String {
    let mut text = if error.problems.len() > 1 {
        let problems: Vec<_> =
            error.problems.iter().map(|problem| format!("  - {}\n", problem_line(problem))).collect();
        format!("error: {} things are wrong\n{}", error.problems.len(), problems.concat())
    } else {
        format!("error: {}\n", error.message)
    };
    let effect = match error.effect {
        Effect::None => "nothing was changed",
        Effect::Unknown => "the change may or may not have been made",
    };
    let retry = match (error.retry, error.retry_after_s) {
        (Retry::Never, _) if error.effect == Effect::Unknown => "look before trying again".to_owned(),
        (Retry::Never, _) => "trying again as it is won't help".to_owned(),
        (Retry::Later, None) => "it may be tried again later".to_owned(),
        (Retry::Later, Some(seconds)) => format!("it may be tried again in {seconds} s"),
    };
    text.push_str(&format!("       {}: {effect}, {retry}\n", error.kind));
    // A code's text is in the plugin's words. Of a page, or of data that can't be read, this is all there is.
    let said = error.upstream.as_ref().and_then(|upstream| upstream.error_text.as_deref());
    if let Some(said) = said.filter(|said| !said.trim().is_empty() && !error.message.contains(*said)) {
        let line: Vec<_> = said.split_whitespace().collect();
        text.push_str(&format!("       what came: {}\n", line.join(" ")));
    }
    text
}

/// What the plugin's author should mend, though the plugin runs as it is.
pub fn faults(faults: &[Fault]) -> String {
    let faults: Vec<_> = faults.iter().map(|fault| format!("\n  - {fault}")).collect();
    format!("the plugin runs, but its description breaks the contract:{}", faults.concat())
}

/// A problem with its field, also where the plugin's words leave the field out.
fn problem_line(Problem { field, message }: &Problem) -> String {
    if message.contains(field.as_str()) { message.clone() } else { format!("{field}: {message}") }
}

/// What a plugin can do and which variables its connection takes.
pub fn description(description: &Description, prefix: Option<&str>) -> String {
    let mut text = format!("{} {} ({})\n\nActions\n", description.title, description.version, description.name);
    let actions: Vec<_> = description.actions.iter().map(|action| (action.name.as_str(), what(action))).collect();
    text.push_str(&table(&actions));
    if !description.triggers.is_empty() {
        let triggers: Vec<_> = description.triggers.iter().map(|it| (it.name.as_str(), when(it))).collect();
        text.push_str(&format!("\nTriggers\n{}", table(&triggers)));
    }
    for action in &description.actions {
        text.push_str(&format!("\nInput of {}\n{}", action.name, table(&input(action))));
    }
    let schema = &description.connection.schema;
    let variables: Vec<_> = fields(schema)
        .into_iter()
        .map(|(key, what)| (plugin_host_core::connections::variable_name(prefix.unwrap_or("PREFIX"), key), what))
        .collect();
    let variables: Vec<_> = variables.iter().map(|(name, what)| (name.as_str(), what.clone())).collect();
    let choice = if prefix.is_none() { " with --env-prefix PREFIX" } else { "" };
    text.push_str(&format!("\nConnection, from the environment{choice}\n{}", table(&variables)));
    let unsigned: Vec<_> =
        description.actions.iter().filter_map(|it| Some((it.name.as_str(), unsigned(it)?))).collect();
    if !unsigned.is_empty() {
        text.push_str(&format!("\nOutputs that no signature of the service covers\n{}", table(&unsigned)));
    }
    if let Some(http) = &description.permissions.http {
        let origins = description.connection.origins.join(", ");
        text.push_str(&format!("\nIt reaches the address of {origins}, and no other: {}\n", http.reason));
    }
    if let Some(rate) = Rate::of(description) {
        text.push_str(&format!("\nAt most {rate} for a connection, as the plugin says; --rate says otherwise.\n"));
    }
    for action in &description.actions {
        if let Some(rate) = Rate::of_action(action) {
            text.push_str(&format!("\nOf {}, at most {rate} besides.\n", action.name));
        }
    }
    text
}

/// What an action does, and whether there is a better one.
fn what(action: &ActionDescription) -> String {
    let word = |name: &str| action.deprecated[name].as_str();
    let since = word("since").map(|since| format!(" Deprecated since {since}.")).unwrap_or_default();
    let instead = word("use").map(|other| format!(" Use {other} instead.")).unwrap_or_default();
    format!("{}{since}{instead}", action.description)
}

/// What of an action's output nothing vouches for, if it says so.
fn unsigned(action: &ActionDescription) -> Option<String> {
    if action.unsigned.is_empty() {
        return None;
    }
    let has_other =
        schema::fields(&action.output_schema).any(|field| !action.unsigned.iter().any(|it| it == field.name));
    Some(if has_other { action.unsigned.join(", ") } else { "all of it".to_owned() })
}

/// When a trigger triggers, and how the plugin comes to know.
fn when(trigger: &TriggerDescription) -> String {
    let how = match trigger.delivery {
        Delivery::Poll => "It is polled.",
        Delivery::Webhook => "It comes by webhook.",
        _ => "",
    };
    format!("{} {how}", trigger.description).trim_end().to_owned()
}

/// The fields of an action with what is within them, and the command that lists their choices.
fn input(action: &ActionDescription) -> Vec<(String, String)> {
    fn add(path: String, field: &Field<'_>, action: &ActionDescription, rows: &mut Vec<(String, String)>) {
        let mut text = about(field);
        if action.form["options"].get(&path).is_some() {
            text.push_str(&format!(" Choices: {}.", hint::command(&action.name, &path)));
        }
        let (within, entries) = (path.clone(), field.entries());
        rows.push((path, text.trim_start().to_owned()));
        let (before, object) = match entries {
            Some(entries) => (format!("{within}[]"), entries),
            None => (within, field.schema),
        };
        for member in schema::fields(object) {
            add(format!("{before}.{}", member.name), &member, action, rows);
        }
    }
    let mut rows = Vec::new();
    for field in schema::fields(&action.offered_input()) {
        add(field.name.to_owned(), &field, action, &mut rows);
    }
    rows
}

fn fields(schema: &Value) -> Vec<(&str, String)> {
    schema::fields(schema).map(|field| (field.name, about(&field))).collect()
}

/// What a field is for, or at least of which type it is.
fn about(field: &Field<'_>) -> String {
    let its_type = || Some(&field.schema["type"]).filter(|its_type| !its_type.is_null()).map(plain);
    let text = field.about().map(str::to_owned).or_else(its_type).unwrap_or_default();
    if field.required { text + " Required." } else { text }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn table<N: AsRef<str>>(rows: &[(N, String)]) -> String {
    let rows: Vec<_> = rows.iter().map(|(name, value)| (name.as_ref(), value)).collect();
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    rows.iter().map(|(name, value)| format!("  {name:width$}  {value}\n")).collect()
}

#[cfg(test)]
mod tests {
    use plugin_host_core::error::Upstream;

    use super::*;

    #[test]
    fn a_result_is_a_table() {
        let result = serde_json::json!({ "bill_id": "1", "date": 2 });
        assert_eq!(output("Done.", &result), "Done.\n  bill_id  1\n  date     2\n");
    }

    #[test]
    fn one_problem_is_a_line_and_several_are_a_list() {
        let mut failed = ActionError::invalid_input("a is wrong");
        assert_eq!(
            error(&failed),
            "error: a is wrong\n       invalid_input: nothing was changed, trying again as it is won't help\n"
        );
        failed.upstream = Some(Upstream {
            http_status: 200,
            error_code: None,
            error_text: Some("Back at\nnoon.".into()),
            verified: false,
        });
        assert!(error(&failed).ends_with(" won't help\n       what came: Back at noon.\n"), "{}", error(&failed));
        failed.message = "The service is down: Back at\nnoon.".into();
        assert!(!error(&failed).contains("what came"), "{}", error(&failed));
        let in_doubt = error(&ActionError::internal("Down.", Effect::Unknown));
        assert!(
            in_doubt.ends_with("the change may or may not have been made, look before trying again\n"),
            "{in_doubt}"
        );
        let problem = |text: &str| Problem { field: "f".to_owned(), message: text.to_owned() };
        failed.problems = vec![problem("a is wrong"), problem("b is wrong")];
        assert!(error(&failed).starts_with("error: 2 things are wrong\n  - f: a is wrong\n  - f: b is wrong\n"));
        failed.problems = vec![problem("f is missing"), problem("f must be a number")];
        assert!(error(&failed).contains("  - f is missing\n  - f must be a number\n"));
    }

    #[test]
    fn what_is_within_a_field_is_told_as_it_is_named_with_the_way_to_its_choices() {
        let line = serde_json::json!({ "type": "object", "properties": { "sku": { "title": "Article" } }, "required": ["sku"] });
        let schema =
            serde_json::json!({ "properties": { "goods": { "title": "Goods", "type": "array", "items": line } } });
        let options = serde_json::json!({ "options": { "goods[].sku": { "action": "list", "value": "/id" } } });
        let action = serde_json::json!({ "name": "order", "title": "t", "description": "d", "inputSchema": schema, "form": options });
        let told = input(&serde_json::from_value(action).unwrap());
        let sku = "Article Required. Choices: plugin-host options order 'goods[].sku'.";
        assert_eq!(told, [("goods".to_owned(), "Goods".to_owned()), ("goods[].sku".to_owned(), sku.to_owned())]);
    }

    #[test]
    fn what_no_signature_covers_is_told_by_action() {
        let action = |unsigned: &[&str]| {
            let output = serde_json::json!({ "properties": { "items": {}, "nextCursor": {} } });
            let action = serde_json::json!({
                "name": "list", "title": "t", "description": "d", "inputSchema": {}, "outputSchema": output, "unsigned": unsigned,
            });
            super::unsigned(&serde_json::from_value(action).unwrap())
        };
        assert_eq!(action(&[]), None);
        assert_eq!(action(&["items"]).as_deref(), Some("items"));
        assert_eq!(action(&["items", "nextCursor"]).as_deref(), Some("all of it"));
    }

    #[test]
    fn a_field_without_a_description_is_told_by_its_title_or_its_type() {
        let schema = serde_json::json!({
            "properties": { "a": { "title": "Title" }, "b": { "type": "integer" }, "c": {} }, "required": ["b"]
        });
        let fields: Vec<_> = fields(&schema).into_iter().map(|(_, what)| what).collect();
        assert_eq!(fields, ["Title", "integer Required.", ""]);
    }
}
