//! What the plugin describes, as Restate's UI, its OpenAPI and its admin API show it.

use std::collections::BTreeMap;

use plugin_host_core::description::{ActionDescription, Description};
use restate_sdk::discovery::Service;
use serde_json::{Value, json};

use super::failure::{FIRST_WAIT, LONGEST_WAIT};
use super::key;

/// The virtual object of a plugin: its actions are the handlers.
///
/// # Errors
/// If a name is not one that Restate takes.
pub fn object(description: &Description) -> Result<Service, String> {
    let whole: Value = serde_json::from_str(&description.text).unwrap_or_default();
    let handlers: Vec<_> = description.actions.iter().map(handler).collect();
    let object = json!({
        "name": description.name,
        "ty": "VIRTUAL_OBJECT",
        "documentation": whole["description"].as_str().unwrap_or(&description.title),
        "metadata": {
            "title": description.title,
            "plugin": format!("{} {}", description.name, description.version),
            "host": concat!("plugin-host ", env!("CARGO_PKG_VERSION")),
        },
        "handlers": handlers,
        // For what goes wrong outside of an action's step, such as a replica that is not there. The
        // server's own default gives up after some 70 attempts.
        "retryPolicyInitialInterval": FIRST_WAIT.as_millis(),
        "retryPolicyExponentiationFactor": 2.0,
        "retryPolicyMaxInterval": LONGEST_WAIT.as_millis(),
        "retryPolicyMaxAttempts": u32::MAX,
        "retryPolicyOnMaxAttempts": "PAUSE",
    });
    serde_json::from_value(object).map_err(|error| {
        format!("Restate can't take the plugin {} or one of its actions by name: {error}", description.name)
    })
}

fn handler(action: &ActionDescription) -> Value {
    // Who changes a subject has it alone; who changes none need not wait for anyone.
    let ty = if action.subject.is_some() { "EXCLUSIVE" } else { "SHARED" };
    let mut metadata = BTreeMap::from([("title".to_owned(), action.title.clone())]);
    for (name, value) in action.annotations.as_object().into_iter().flatten() {
        metadata.insert(name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    json!({
        "name": action.name,
        "ty": ty,
        "documentation": format!("{} The object's key: {}.", action.description, key::form(action)),
        "metadata": metadata,
        "input": { "required": true, "contentType": "application/json", "jsonSchema": input_schema(action) },
        "output": { "contentType": "application/json", "setContentTypeIfEmpty": false, "jsonSchema": action.offered_output() },
    })
}

/// The plugin's schema, in which the subject may be left out, with the plugin's examples.
fn input_schema(action: &ActionDescription) -> Value {
    let mut schema = action.offered_input().into_owned();
    let mut examples: Vec<Value> = action.examples.iter().map(|example| example["input"].clone()).collect();
    if let Some(field) = &action.subject {
        if let Some(required) = schema["required"].as_array_mut() {
            required.retain(|name| name != field);
        }
        if let Some(property) = schema["properties"][field].as_object_mut() {
            let what = property.get("description").and_then(Value::as_str).unwrap_or_default();
            let what = format!("{what} Leave it out: it stands in the object's key.");
            property.insert("description".to_owned(), Value::from(what.trim_start()));
        }
        for example in examples.iter_mut().filter_map(Value::as_object_mut) {
            example.shift_remove(field);
        }
    }
    if !examples.is_empty() {
        schema["examples"] = Value::Array(examples);
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    fn description(name: &str) -> Description {
        let text = json!({
            "contract": 1, "name": name, "title": "Shop", "version": "1.2.3", "description": "A shop.",
            "connection": { "schema": {}, "check": "c" },
            "actions": [
                {
                    "name": "ship", "title": "Ship", "description": "Ships an order.", "subject": "id",
                    "inputSchema": { "properties": { "id": { "type": "string", "description": "The order." }, "to": {} }, "required": ["id", "to"] },
                    "outputSchema": { "type": "object" }, "annotations": { "readOnlyHint": false },
                    "examples": [{ "input": { "id": "7", "to": "Rome" } }],
                },
                { "name": "list", "title": "List", "description": "Lists orders.", "inputSchema": { "type": "object" } },
            ],
        });
        Description::parse(text.to_string()).unwrap()
    }

    fn discovered() -> Value {
        serde_json::to_value(object(&description("shop")).unwrap()).unwrap()
    }

    #[test]
    fn actions_on_a_subject_are_exclusive_and_the_others_shared() {
        let object = discovered();
        assert_eq!((&object["name"], &object["ty"]), (&json!("shop"), &json!("VIRTUAL_OBJECT")));
        assert_eq!(object["documentation"], "A shop.");
        assert_eq!(object["metadata"]["plugin"], "shop 1.2.3");
        let handlers: Vec<_> = object["handlers"].as_array().unwrap().iter().map(|h| (&h["name"], &h["ty"])).collect();
        assert_eq!(handlers, [(&json!("ship"), &json!("EXCLUSIVE")), (&json!("list"), &json!("SHARED"))]);
        assert_eq!(object["handlers"][0]["metadata"], json!({ "title": "Ship", "readOnlyHint": "false" }));
    }

    #[test]
    fn the_published_input_need_not_repeat_the_subject() {
        let ship = &discovered()["handlers"][0];
        let schema = &ship["input"]["jsonSchema"];
        assert_eq!(schema["required"], json!(["to"]));
        assert_eq!(schema["examples"], json!([{ "to": "Rome" }]));
        assert_eq!(
            schema["properties"]["id"]["description"],
            "The order. Leave it out: it stands in the object's key."
        );
        assert_eq!(ship["output"]["jsonSchema"], json!({ "type": "object" }));
    }

    #[test]
    fn a_name_that_restate_does_not_take_is_refused() {
        assert!(object(&description("my shop")).unwrap_err().contains("my shop"));
    }
}
