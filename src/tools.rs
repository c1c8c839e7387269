//! The actions as MCP tools, for hosts that speak MCP.

use std::borrow::Cow;

use crate::action::Config;
use crate::actions;
use crate::describe::minified;
use crate::error::{Error, Kind};
use crate::json::{self, Members, Object, array};
use crate::transport::Transport;

/// What `list_tools` answers.
pub const LIST: &str = minified!("tools.json");

/// The list of tools, made from the code: the actions as every model provider takes them.
#[cfg(not(target_arch = "wasm32"))]
pub fn generate() -> serde_json::Value {
    serde_json::json!({ "tools": actions::describe().iter().map(projection::tool).collect::<Vec<_>>() })
}

/// Arguments that clients add by themselves to those that a model wrote; no action has a field of
/// such a name. A test holds them to those of `projection`.
pub const ADDED_BY_CLIENTS: [&str; 5] = ["toolCallId", "sessionId", "action", "chatInput", "_meta"];

/// What `call_tool` answers: an MCP result also for every error, because its caller is a model that
/// may mend its call.
pub fn call(request: &[u8], config: Config, transport: &dyn Transport) -> String {
    let outcome = match read_call(request) {
        None => Err(Error::new(
            Kind::InvalidInput,
            r#"The call must be JSON of the form {"request": {"name": "…", "arguments": {…}}}."#,
        )),
        Some((name, input)) => actions::run(&name, input.as_bytes(), config, transport).unwrap_or_else(|| {
            Err(Error::new(Kind::InvalidInput, "There is no tool of that name: list_tools tells the names."))
        }),
    };
    result(outcome)
}

/// The tool's name, and its arguments as the action's input. They may be left out.
fn read_call(call: &[u8]) -> Option<(Cow<'_, str>, Cow<'_, str>)> {
    let call = Members::parse(std::str::from_utf8(call).ok()?).ok()?;
    let request = Members::parse(call.get("request")?).ok()?;
    let arguments = request.get("arguments").filter(|arguments| *arguments != "null").unwrap_or("{}");
    // Some models write the whole object as one text.
    let arguments = json::string(arguments).unwrap_or(Cow::Borrowed(arguments));
    Some((json::string(request.get("name")?)?, without_additions(&arguments).map_or(arguments, Cow::Owned)))
}

/// Arguments without those that the client added, if it did.
fn without_additions(arguments: &str) -> Option<String> {
    let Members(members) = Members::parse(arguments).ok()?;
    let added = |name: &str| ADDED_BY_CLIENTS.contains(&name);
    members.iter().any(|(name, _)| added(name)).then(|| {
        let own = members.iter().filter(|(name, _)| !added(name));
        own.fold(Object::new(), |input, (name, value)| input.json(name, value)).finish()
    })
}

fn result(outcome: Result<String, Error>) -> String {
    let (text, is_error) = match outcome {
        Ok(output) => (output, false),
        Err(error) => (error.to_json(), true),
    };
    let content = Object::new().text("type", "text").text("text", &text).finish();
    let result = Object::new().json("content", &array([content]));
    if is_error {
        // Without structured content: clients check that against the output schema.
        result.json("isError", "true").finish()
    } else {
        result.json("structuredContent", &text).json("isError", "false").finish()
    }
}
