//! The actions as MCP tools, in the plainest form that every model provider takes.

use std::borrow::Cow;

use crate::action::Action;
use crate::connection::Config;
use crate::describe::annotations;
use crate::error::{self, Error};
use crate::http::Transport;
use crate::json::{self, Array, Members, Object};
use crate::plugin::Plugin;
use crate::schema::{plain, plain_returned};

/// Arguments that clients add by themselves to those that a model wrote; no action has a field of
/// such a name. A test holds them to those of `projection`.
pub const ADDED_BY_CLIENTS: [&str; 5] = ["toolCallId", "sessionId", "action", "chatInput", "_meta"];

/// What `list_tools` answers. A test holds it to what `projection` makes of the description.
pub fn list(plugin: &Plugin) -> String {
    let mut tools = Array::new();
    for action in plugin.actions {
        tools.json(&tool(action));
    }
    Object::new().json("tools", &tools.finish()).finish()
}

fn tool(action: &Action) -> String {
    Object::new()
        .text("name", action.name)
        .text("title", action.title)
        .text("description", action.description)
        .json("inputSchema", &plain(action.input).finish())
        .json("outputSchema", &plain_returned(action.output).finish())
        .json("annotations", &annotations(action))
        .finish()
}

/// What `call_tool` answers: an MCP result also for every error, because its caller is a model that
/// may mend its call.
pub fn call(plugin: &Plugin, request: &[u8], config: Config, transport: &dyn Transport) -> String {
    let invalid = |message: &str| Err(Error::new(error::Kind::InvalidInput, message));
    result(match read_call(request) {
        None => invalid(r#"The call must be JSON of the form {"request": {"name": "…", "arguments": {…}}}."#),
        Some((name, input)) => plugin
            .run(&name, input.as_bytes(), config, transport)
            .unwrap_or_else(|| invalid("There is no tool of that name: list_tools tells the names.")),
    })
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
    if !members.iter().any(|(name, _)| added(name)) {
        return None;
    }
    let mut own = Object::new();
    for (name, value) in members.iter().filter(|(name, _)| !added(name)) {
        own = own.json(name, value);
    }
    Some(own.finish())
}

fn result(outcome: Result<String, Error>) -> String {
    let (text, is_error) = match outcome {
        Ok(output) => (output, false),
        Err(error) => (error.to_json(), true),
    };
    let content = Object::new().text("type", "text").text("text", &text).finish();
    let result = Object::new().json("content", &["[", &content, "]"].concat());
    if is_error {
        // Without structured content: clients check that against the output schema.
        result.switch("isError", true).finish()
    } else {
        result.json("structuredContent", &text).switch("isError", false).finish()
    }
}
