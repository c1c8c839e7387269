//! What a client may ask for.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;

use axum::http::request::Parts;
use plugin_host_core::description::Description;
use plugin_host_core::error::ActionError;
use plugin_host_core::json::Object;
use plugin_host_core::queue::Queue;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, CustomRequest, CustomResult, ErrorCode,
    ErrorData, Implementation, ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{RoleServer, ServerHandler};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::cancel::{Cancellable, Key};
use super::message::Arguments;
use super::tools;
use crate::web::admission::Admission;

/// What clients are told of errors, beside what the plugin says of itself.
const ERRORS: &str = "The text of a failed call is a JSON document: message says what is wrong and what to do, \
    retry whether the same call may succeed later, and effect whether it may have changed anything.";

/// An MCP server. Cloning it is cheap: there is one for each client, or even request.
#[derive(Clone)]
pub struct Server(Arc<Inner>);

struct Inner {
    config: ServerConfig,
    tools: Vec<Tool>,
    queues: BTreeMap<String, Queue>,
    admission: Admission,
    cancellable: Cancellable,
}

impl Server {
    /// A server for a plugin with these connections.
    ///
    /// # Errors
    /// If an action can't be a tool.
    pub fn new(
        description: &Description,
        queues: BTreeMap<String, Queue>,
        admission: Admission,
    ) -> Result<Self, String> {
        let names: Vec<_> = queues.keys().map(String::as_str).collect();
        let tools = tools::tools(description, &names)?;
        let config = config(description);
        Ok(Self(Arc::new(Inner { config, tools, queues, admission, cancellable: Cancellable::default() })))
    }

    /// What takes the calls on.
    pub fn admission(&self) -> &Admission {
        &self.0.admission
    }

    /// The calls that clients can cancel by name.
    pub fn cancellable(&self) -> &Cancellable {
        &self.0.cancellable
    }

    /// Makes a call, unless the client no longer wants it before it has begun. It takes its place in
    /// the queue of its subject when this is first polled.
    async fn call(
        &self,
        tool: &Tool,
        arguments: Option<&Arguments>,
        unwanted: CancellationToken,
    ) -> Result<String, Box<ActionError>> {
        let (queue, input) = self.prepare(tool, arguments)?;
        let server = self.clone();
        let admitted = self.0.admission.admit(queue, |cancel| {
            let call = queue.call(&tool.name, input, cancel.clone());
            async move {
                let give_up = forward_cancellation(unwanted, cancel.clone());
                tokio::select! {
                    outcome = server.0.admission.within_wait_limit(call, cancel) => outcome.map_err(Into::into),
                    never = give_up => match never {},
                }
            }
        });
        admitted.await
    }

    /// Whom to call, and with what.
    fn prepare(&self, tool: &Tool, arguments: Option<&Arguments>) -> Result<(&Queue, String), Box<ActionError>> {
        let names: Vec<_> = self.0.queues.keys().map(String::as_str).collect();
        let mut input = arguments.map_or_else(|| Ok(Object::default()), Arguments::read)?;
        let added = tools::take_additions(&mut input, tool);
        if !added.is_empty() {
            debug!(tool = %tool.name, ?added, "arguments that the client adds by itself are left out");
        }
        let connection = tools::take_connection(&mut input, &names)?;
        Ok((&self.0.queues[connection], input.to_string()))
    }

    fn tool(&self, name: &str) -> Option<&Tool> {
        self.0.tools.iter().find(|tool| tool.name == name)
    }

    fn unknown_tool(&self) -> ErrorData {
        let names: Vec<_> = self.0.tools.iter().map(|tool| tool.name.as_ref()).collect();
        ErrorData::invalid_params(format!("There is no tool of this name. The tools: {}.", names.join(", ")), None)
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        self.0.config.clone()
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.tool(name).cloned()
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.0.tools.clone()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let tool = self.tool(&request.name).ok_or_else(|| self.unknown_tool())?;
        let parts = context.extensions.get::<Parts>();
        let key = parts.and_then(|parts| Key::new(parts, context.id.clone()));
        let _registered = key.map(|key| self.0.cancellable.register(key, context.ct.clone()));
        // Over HTTP they came with the head of the request.
        let arguments = context.extensions.get().or_else(|| parts?.extensions.get());
        let outcome = self.call(tool, arguments, context.ct.clone()).await;
        Ok(result(outcome).into())
    }

    /// What is asked for in no way that MCP knows.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        // Not of its shape, or it would not have come here.
        if request.method == "tools/call" {
            let message = "tools/call takes the name of a tool and its arguments, which are an object.";
            return Err(ErrorData::invalid_params(message, None));
        }
        Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, "There is no such method.", None))
    }
}

/// Cancels one token when the other is.
async fn forward_cancellation(from: CancellationToken, to: CancellationToken) -> Infallible {
    from.cancelled().await;
    to.cancel();
    pending().await
}

/// A failure has no structured content: clients check that against the schema of outputs.
fn result(outcome: Result<String, Box<ActionError>>) -> CallToolResult {
    match outcome {
        Ok(output) => match serde_json::from_str(&output) {
            Ok(object @ Value::Object(_)) => CallToolResult::structured(object),
            // Nothing else may be structured content.
            _ => CallToolResult::success(vec![ContentBlock::text(output)]),
        },
        Err(error) => CallToolResult::error(vec![ContentBlock::text(json!(*error).to_string())]),
    }
}

fn config(description: &Description) -> ServerConfig {
    let mut implementation = Implementation::new(&description.name, &description.version)
        .with_title(&description.title)
        .with_description(&description.description);
    if let Some(homepage) = &description.homepage {
        implementation = implementation.with_website_url(homepage);
    }
    let instructions = format!("{} {ERRORS}", description.description);
    ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
        .with_server_info(implementation)
        .with_instructions(instructions.trim())
}
