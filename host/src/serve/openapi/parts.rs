//! What the operations of the OpenAPI document share.

use serde_json::{Map, Value, json};

use crate::serve::problem::Problem;

/// The error answers: status, when, and which of them say when to call again.
const ERRORS: [(&str, &str); 15] = [
    ("400", "The body did not come whole, or the Idempotency-Key can't be one."),
    ("401", "The bearer token is missing or not known."),
    (
        "403",
        "`insufficient_scope`: the token is not for this connection or action. Without tokens, only requests for the server's own machine or an allowed name are answered, and no web page.",
    ),
    ("404", "No such connection or action; or `not_found`: the service does not know what is to be changed."),
    ("408", "The body did not come in time."),
    ("409", "A call with the same Idempotency-Key is under way."),
    ("413", "The body is too large."),
    ("415", "The body is not JSON, or has a Content-Encoding."),
    (
        "422",
        "`invalid_input`: the input is wrong. `rejected`: the service refuses it. Or the Idempotency-Key was used with another input.",
    ),
    (
        "424",
        "`auth`: the service refuses the connection's credentials. `invalid_connection`: the connection is malformed. Its operator has to mend it.",
    ),
    ("429", "Too many calls wait already. Call again after `Retry-After`."),
    ("500", "`internal`: a fault of the plugin or the server; or the server was killed in the middle of the call."),
    (
        "502",
        "`unexpected_reply` or `forged_reply`: what came is not the service's answer. `unavailable`: none came, and the call must not be repeated by itself.",
    ),
    (
        "503",
        "`throttled`: the service was called too often. `unavailable`: it could not be reached, or did not answer. Or this server is about to end. Call again after `Retry-After`.",
    ),
    ("default", "Any other problem."),
];

/// Answers with these statuses say when to call again.
const LATER: [&str; 4] = ["408", "409", "429", "503"];

/// The parameter that names one of these connections.
pub fn connection(connections: &[&str]) -> Value {
    json!({
        "name": "connection", "in": "path", "required": true,
        "description": "The connection with which the call is made.",
        "schema": { "type": "string", "enum": connections },
    })
}

/// The answers of an operation: what it does, and all errors but those that it never has.
pub fn with_errors(done: Value, never: &[&str]) -> Value {
    let errors = ERRORS.iter().map(|(status, _)| *status).filter(|status| !never.contains(status));
    let errors =
        errors.map(|status| (status.to_owned(), json!({ "$ref": format!("#/components/responses/{status}") })));
    Value::Object([("200".to_owned(), done)].into_iter().chain(errors).collect())
}

/// The error answers, by name.
pub fn responses() -> Value {
    let mut responses = Map::new();
    for (status, description) in ERRORS {
        let mut response = json!({
            "description": description,
            "content": { Problem::MEDIA_TYPE: { "schema": { "$ref": "#/components/schemas/Problem" } } },
        });
        if LATER.contains(&status) {
            let what = "In how many seconds to call again.";
            response["headers"] =
                json!({ "Retry-After": { "description": what, "schema": { "type": "integer", "minimum": 0 } } });
        }
        responses.insert(status.to_owned(), response);
    }
    Value::Object(responses)
}
