//! The actions as MCP tools, for hosts that speak MCP: a projection of the description.

use std::borrow::Cow;

use crate::action::Config;
use crate::actions;
use crate::describe;
use crate::error::{Error, Kind};
use crate::json::{self, Members, Object, array};
use crate::transport::Transport;

/// What `list_tools` answers.
pub fn list() -> String {
    // The text is a constant of this module: a test proves that it reads.
    let tools = project(describe::TEXT).unwrap_or_default();
    Object::new().json("tools", &array(tools)).finish()
}

/// What the members of a tool are called, in an action too.
const TOOL: [&str; 6] = ["name", "title", "description", "inputSchema", "outputSchema", "annotations"];

fn project(description: &str) -> Option<Vec<String>> {
    let description = Members::parse(description).ok()?;
    let tool = |action| {
        let action = Members::parse(action).ok()?;
        let tool = TOOL.iter().try_fold(Object::new(), |tool, name| Some(tool.json(name, action.get(name)?)));
        tool.map(Object::finish)
    };
    json::elements(description.get("actions")?)?.map(tool).collect()
}

/// What `call_tool` answers: an MCP result also for every error, because its caller is a model that
/// may mend its call.
pub fn call(request: &[u8], config: Config, transport: &dyn Transport) -> String {
    let outcome = match read_call(request) {
        None => Err(Error::new(
            Kind::InvalidInput,
            r#"The call must be JSON of the form {"request": {"name": "…", "arguments": {…}}}."#,
        )),
        Some((name, arguments)) => actions::run(&name, arguments.as_bytes(), config, transport).unwrap_or_else(|| {
            Err(Error::new(Kind::InvalidInput, "There is no tool of that name: list_tools tells the names."))
        }),
    };
    result(outcome)
}

/// The tool's name and its arguments, which may be left out.
fn read_call(call: &[u8]) -> Option<(Cow<'_, str>, &str)> {
    let call = Members::parse(std::str::from_utf8(call).ok()?).ok()?;
    let request = Members::parse(call.get("request")?).ok()?;
    let arguments = request.get("arguments").filter(|arguments| *arguments != "null").unwrap_or("{}");
    Some((json::string(request.get("name")?)?, arguments))
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
