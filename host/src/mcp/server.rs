//! What a client may ask for.

use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;
use std::time::Instant;

use axum::http::request::Parts;
use plugin_host_core::Queues;
use plugin_host_core::error::ActionError;
use plugin_host_core::json::Object;
use plugin_host_core::queue::Queue;
use plugin_host_core::runner::Connected;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, CustomRequest, CustomResult, DiscoverResult,
    ErrorCode, ErrorData, InitializeRequestParams, InitializeResult, ListToolsResult, PaginatedRequestParams,
    ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{RoleServer, ServerHandler};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, debug};

use super::cancel::{Cancellable, Key};
use super::message::Arguments;
use super::names::Filter;
use super::offer::{Offer, View};
use super::tools::{self, OfferedTool};
use crate::audit::{Audit, Audited, Face};
use crate::trace;
use crate::web::admission::{Admission, CallError, Refusal};
use crate::web::caller::Caller;
use crate::web::live::Live;
use crate::web::metrics::{self, Metrics};
use crate::web::operator::{Boxed, Operated};

/// An MCP server. Cloning it is cheap: there is one for each client, or even request.
#[derive(Clone)]
pub struct Server(Arc<Inner>);

struct Inner {
    offer: Live<Offer>,
    filter: Filter,
    admission: Admission,
    cancellable: Cancellable,
    metrics: Metrics,
    audit: Audit,
}

impl Server {
    /// A server for these queues, of whose tools the filter takes some.
    ///
    /// # Errors
    /// If an action can't be a tool, or none is left.
    pub fn new(
        queues: Queues,
        filter: Filter,
        admission: Admission,
        metrics: Metrics,
        audit: Audit,
    ) -> Result<Self, String> {
        metrics.loaded(&queues.plugins());
        let offer = Live::new(Offer::new(queues, &filter)?);
        Ok(Self(Arc::new(Inner { offer, filter, admission, cancellable: Cancellable::default(), metrics, audit })))
    }

    /// What is offered now.
    pub fn offer(&self) -> Arc<Offer> {
        self.0.offer.get()
    }

    /// What who asks sees of it.
    fn view(&self, context: &RequestContext<RoleServer>) -> Arc<View> {
        self.offer().view(&caller(context))
    }

    /// Offers these connections from now on. Calls under way go on as they were begun.
    ///
    /// # Errors
    /// If an action can't be a tool, or none is left. Then all stays as it was.
    pub fn replace(&self, connected: Vec<Connected>) -> Result<(), String> {
        let offer = Offer::new(self.offer().queues.followed_by(connected), &self.0.filter)?;
        self.0.admission.follow(&offer.queues);
        self.0.metrics.loaded(&offer.queues.plugins());
        self.0.offer.set(offer);
        Ok(())
    }

    /// What takes the calls on.
    pub fn admission(&self) -> &Admission {
        &self.0.admission
    }

    /// Who asked for what.
    pub fn audit(&self) -> &Audit {
        &self.0.audit
    }

    /// What is counted.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// The calls that clients can cancel by name.
    pub fn cancellable(&self) -> &Cancellable {
        &self.0.cancellable
    }

    /// Makes a call, unless the client no longer wants it before it has begun. It takes its place in
    /// the queue of its subject when this is first polled.
    async fn call(
        &self,
        offer: &Offer,
        offered: &OfferedTool,
        arguments: Option<&Arguments>,
        unwanted: CancellationToken,
        audited: &Audited,
    ) -> Result<String, Box<ActionError>> {
        let (queue, input) = prepare(offer, offered, arguments)?;
        audited.names(queue.connected(), &offered.action);
        audited.ready()?;
        let audited = audited.clone();
        let (server, queued, action, begun) = (self.clone(), queue.clone(), offered.action.clone(), Instant::now());
        let admitted = self.0.admission.admit(queue, |cancel| {
            let call = queue.call_noted(&offered.action, input, cancel.clone(), audited.before());
            async move {
                let give_up = forward_cancellation(unwanted, cancel.clone());
                let outcome = tokio::select! {
                    outcome = server.0.admission.within_wait_limit(call, cancel) => outcome,
                    never = give_up => match never {},
                };
                let ended = match &outcome {
                    Ok(_) => metrics::outcome(None),
                    Err(CallError::Action(error)) => metrics::outcome(Some(&error.kind)),
                    Err(CallError::Refused(refusal)) => refusal.kind(),
                };
                server.0.metrics.call(&queued, &action, ended, begun.elapsed());
                audited.ended(ended);
                outcome.map_err(Into::into)
            }
        });
        admitted.await
    }
}

impl Operated for Server {
    fn counts(&self) -> Boxed<'_, String> {
        Box::pin(async {
            let offer = self.offer();
            let under_way = offer.queues.under_way();
            let waiting = self.0.admission.admitted().saturating_sub(under_way);
            self.0.metrics.text(offer.queues.iter(), under_way, waiting)
        })
    }

    fn ready(&self) -> Boxed<'_, Result<(), String>> {
        Box::pin(async {
            match self.0.admission.is_draining() {
                true => Err(Refusal::Draining.detail().to_owned()),
                false => self.0.audit.ready().map_err(|why| why.to_string()),
            }
        })
    }
}

/// Whom to call, and with what.
fn prepare<'a>(
    offer: &'a Offer,
    offered: &OfferedTool,
    arguments: Option<&Arguments>,
) -> Result<(&'a Queue, String), Box<ActionError>> {
    let mut input = arguments.map_or_else(|| Ok(Object::default()), Arguments::read)?;
    let added = tools::take_additions(&mut input, &offered.tool);
    if !added.is_empty() {
        debug!(tool = %offered.tool.name, ?added, "arguments that the client adds by itself are left out");
    }
    let connection = tools::take_connection(&mut input, offered)?;
    let queue = offer.queues.get(connection).expect("a tool's connections are those of the queues");
    Ok((queue, input.to_string()))
}

fn unknown_tool(view: &View) -> ErrorData {
    let names: Vec<_> = view.tools.iter().map(|offered| offered.tool.name.as_ref()).collect();
    ErrorData::invalid_params(format!("There is no tool of this name. The tools: {}.", names.join(", ")), None)
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        self.offer().whole().config.clone()
    }

    async fn initialize(
        &self,
        request: InitializeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<InitializeResult, ErrorData> {
        context.peer.set_peer_info(request.clone());
        let ServerConfig { server_info, instructions, .. } = self.view(&context).config.clone();
        let mut result = self.negotiate_initialize(&request)?;
        (result.server_info, result.instructions) = (server_info, instructions);
        Ok(result)
    }

    async fn discover(&self, context: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        Ok(DiscoverResult::from_server_info(versions, self.view(&context).config.clone()))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.offer().whole().tool(name).map(|offered| offered.tool.clone())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(
            self.view(&context).tools.iter().map(|offered| offered.tool.clone()).collect(),
        ))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let (offer, parts) = (self.offer(), context.extensions.get::<Parts>());
        let caller = caller(&context);
        let view = offer.view(&caller);
        let audited = self.0.audit.begin(Face::Mcp, caller.who());
        let Some(offered) = view.tool(&request.name) else {
            audited.ended("unknown_tool");
            return Err(unknown_tool(&view));
        };
        let key = parts.and_then(|parts| Key::new(parts, context.id.clone()));
        let _registered = key.map(|key| self.0.cancellable.register(key, context.ct.clone()));
        // Over HTTP they came with the head of the request.
        let arguments = context.extensions.get().or_else(|| parts?.extensions.get());
        // What the message itself says is nearer than what the request says that brought it.
        let header = || parts?.headers.get("traceparent")?.to_str().ok();
        let parent = context.meta.get("traceparent").and_then(Value::as_str).or_else(header);
        let span = trace::tool(&offered.tool.name, parent);
        audited.trace(trace::id_of(&span));
        let made = self.call(&offer, offered, arguments, context.ct.clone(), &audited).instrument(span).await;
        Ok(result(made).into())
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

/// Who asks: the client that started this process, or who was let in over HTTP.
fn caller(context: &RequestContext<RoleServer>) -> Caller {
    let let_in = context.extensions.get::<Parts>().and_then(|parts| parts.extensions.get::<Caller>());
    let_in.cloned().unwrap_or_else(Caller::anybody)
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
