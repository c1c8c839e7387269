//! Events in the OpenAPI document: the triggers of connections, and dead letters.

use serde_json::{Map, Value, json};

use super::parts::{connection, with_errors};

/// What none of these ever answers.
const NEVER: [&str; 10] = ["400", "408", "409", "413", "415", "422", "424", "429", "500", "502"];

/// The path of triggers, for these connections.
pub fn triggers(connections: &[&str]) -> Map<String, Value> {
    [("/v1/connections/{connection}/triggers".to_owned(), listed(connections))].into_iter().collect()
}

/// The paths of dead letters.
pub fn dead_letters() -> Map<String, Value> {
    let number = json!([{
        "name": "number", "in": "path", "required": true, "description": "The dead letter's number.",
        "schema": { "type": "integer", "minimum": 1 },
    }]);
    let show = get("get_dead_letter", "Look at a dead letter", "The event and what became of it.", letter(true));
    let dropped = no_content("drop_dead_letter", "Drop a dead letter", "Its event is not sent any more.");
    let retry =
        no_content("retry_dead_letter", "Send a dead letter again", "It is sent at once, and then as a new one.");
    let mut list =
        get("list_dead_letters", "List the dead letters", "Events that were given up, the oldest first.", list());
    list["parameters"] = json!([
        query("after", "Only those with higher numbers.", json!({ "type": "integer", "minimum": 0, "default": 0 })),
        query(
            "limit",
            "How many at most.",
            json!({ "type": "integer", "minimum": 1, "maximum": 1000, "default": 100 })
        ),
    ]);
    let retried = json!({
        "type": "object", "required": ["retried"],
        "properties": { "retried": { "type": "integer", "description": "How many there were." } },
    });
    let all = get("retry_dead_letters", "Send all dead letters again", "They are sent again.", retried);
    [
        ("/v1/dead-letters", json!({ "get": list })),
        ("/v1/dead-letters/{number}", json!({ "parameters": number, "get": show, "delete": dropped })),
        ("/v1/dead-letters/{number}/retry", json!({ "parameters": number, "post": retry })),
        ("/v1/dead-letters/retry", json!({ "post": all })),
    ]
    .map(|(path, item)| (path.to_owned(), item))
    .into_iter()
    .collect()
}

fn listed(connections: &[&str]) -> Value {
    let trigger = json!({
        "type": "object", "required": ["name", "title", "description", "delivery", "open"],
        "properties": {
            "name": text("What it is called in paths and files."),
            "title": text("What people call it."),
            "description": text("When it triggers."),
            "delivery": { "enum": ["poll", "webhook"] },
            "docs": text("What a person does to set it up."),
            "open": { "type": "boolean", "description": "Whether its events are taken here, and go on." },
            "address": text("Where the service is to send its webhooks. It is a secret: who has it can tell of events."),
            "subscribed": { "type": "boolean", "description": "Whether the service is told that, where this server tells it." },
            "receiver": text("Where its events go: the origin of that address."),
            "every_s": { "type": "integer", "description": "How often it is asked for, in seconds." },
            "sample": { "description": "An example of an event's data." },
        },
    });
    let schema = json!({
        "type": "object", "required": ["triggers"],
        "properties": { "triggers": { "type": "array", "items": trigger } },
    });
    let what = "What the plugin tells of by itself, and at which addresses its service may tell it.";
    let list = get("list_triggers", "List the triggers of a connection", what, schema);
    json!({ "parameters": [connection(connections)], "get": list })
}

fn list() -> Value {
    json!({
        "type": "object", "required": ["dead_letters"],
        "properties": {
            "dead_letters": { "type": "array", "items": letter(false) },
            "next": { "type": "integer", "description": "The `after` of the next page, if there may be one." },
        },
    })
}

fn letter(whole: bool) -> Value {
    let mut letter = json!({
        "type": "object", "required": ["number", "id", "source", "type", "attempts", "taken_in", "error"],
        "properties": {
            "number": { "type": "integer", "description": "By which it is looked at, dropped and sent again." },
            "id": text("The event's id."),
            "source": text("Plugin and connection."),
            "type": text("Plugin and trigger."),
            "subject": text("What it happened to."),
            "attempts": { "type": "integer", "description": "How often it was tried." },
            "taken_in": { "type": "integer", "description": "When it came, in UNIX seconds." },
            "error": text("Why it was given up."),
        },
    });
    if whole {
        letter["properties"]["event"] = json!({ "type": "object", "description": "The CloudEvent, as it is sent." });
    }
    letter
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

fn query(name: &str, description: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "query", "description": description, "schema": schema })
}

fn get(id: &str, summary: &str, description: &str, schema: Value) -> Value {
    let done = json!({ "description": description, "content": { "application/json": { "schema": schema } } });
    json!({ "operationId": id, "summary": summary, "responses": with_errors(done, &NEVER) })
}

fn no_content(id: &str, summary: &str, description: &str) -> Value {
    let mut operation = get(id, summary, description, json!({}));
    if let Some(responses) = operation["responses"].as_object_mut() {
        responses.remove("200");
        responses.insert("204".to_owned(), json!({ "description": description }));
    }
    operation
}
