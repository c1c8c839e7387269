//! Messages over streamable HTTP.
//!
//! Each request stands for itself, so that neither a restart nor a second server behind the same
//! address is noticed; answers are JSON, as nothing is told before they are there.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use projection::CONNECTION;
use rmcp::model::{ErrorCode, RequestId};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::json;

use super::cancel::{Key, SESSION};
use super::message::{Message, Unreadable};
use super::server::Server;
use crate::audit::{Face, Who};
use crate::web::admission::Refusal;
use crate::web::body;
use crate::web::caller::{Caller, OutOfScope};
use crate::web::guard::{self, Guard};
use crate::web::listen::OverLimit;
use crate::web::live::Live;
use crate::web::metrics;
use crate::web::operator::{self, Operator};
use crate::web::scope::Kind;

/// Where messages are sent to.
pub const PATH: &str = "/mcp";

/// The code of errors that JSON-RPC leaves to servers.
const REFUSED: ErrorCode = ErrorCode(-32_000);

/// What lets messages in.
#[derive(Clone)]
pub struct ServerState {
    /// Who may send some.
    pub guard: Arc<Live<Guard>>,
    /// Whom they are for.
    pub server: Server,
    /// How long one may take to come.
    pub patience: Duration,
    /// The largest, in bytes.
    pub largest: usize,
}

/// The routes. All but the probes are for those whom the guard lets in.
pub fn router(state: ServerState) -> Router {
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(state.largest)
        // The guard looks at it, and knows when it does not matter.
        .disable_allowed_hosts();
    let server = state.server.clone();
    let service =
        StreamableHttpService::new(move || Ok(server.clone()), Arc::new(NeverSessionManager::default()), config);
    Router::new()
        .route_service(PATH, service)
        .route("/metrics", get(counts))
        .route_layer(from_fn_with_state(state.clone(), admit))
        .merge(operator::probes(Arc::new(Operator::new(Arc::new(state.server.clone())))))
        .with_state(state)
}

async fn counts(State(state): State<ServerState>, Extension(caller): Extension<Caller>) -> Response {
    match caller.may(|scope| scope.kind_of_all(Kind::Metrics)) {
        Ok(()) => operator::counts(&state.server).await,
        Err(refusal) => out_of_scope(&state, &refusal, None),
    }
}

/// Lets a request in, or refuses it.
async fn admit(State(state): State<ServerState>, mut request: Request, next: Next) -> Response {
    let caller = state.guard.get().caller(&request);
    let caller = match caller {
        Ok(caller) => caller,
        Err(refusal) => {
            // What it would have asked for is not read.
            if request.method() == Method::POST {
                state.server.audit().begin(Face::Mcp, Who::Unknown).ended(refusal.word());
            }
            return not_let_in(&refusal);
        }
    };
    request.extensions_mut().insert(caller.clone());
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let bytes = match body::read(&parts.headers, body, state.largest, state.patience).await {
        Ok(bytes) => bytes,
        Err(error) => {
            let mut response = refused(error.status(), REFUSED, &error.to_string());
            response.headers_mut().extend(error.header());
            return response;
        }
    };
    // With the body read: else the connection breaks before the client has read the refusal.
    if parts.extensions.get::<OverLimit>().is_some() {
        state.server.audit().begin(Face::Mcp, caller.who()).ended(Refusal::Overloaded.kind());
        return over_limit();
    }
    let message = match Message::read(&bytes) {
        Ok(message) => message,
        Err(unreadable) => return not_a_message(&unreadable),
    };
    if let Some(key) = message.cancels.and_then(|id| Key::new(&parts, id)) {
        state.server.cancellable().cancel(&key);
    }
    if let Some(tool) = message.tool.as_ref().filter(|_| !caller.scope().is_all()) {
        let arguments = message.arguments.as_ref().and_then(|arguments| arguments.read().ok());
        let chosen = arguments.and_then(|arguments| arguments.text(CONNECTION));
        let offer = state.server.offer();
        if let Err(refusal) = offer.may(&caller, tool, chosen.as_deref()) {
            let audited = state.server.audit().begin(Face::Mcp, caller.who());
            if let Some((connected, action)) = offer.named(tool, chosen.as_deref()) {
                audited.names(connected, action);
            }
            audited.ended(OutOfScope::WORD);
            return out_of_scope(&state, &refusal, message.id.as_ref());
        }
    }
    if let Some(arguments) = message.arguments {
        parts.extensions.insert(arguments);
    }
    parts.headers.remove(CONTENT_LENGTH);
    let response = next.run(Request::from_parts(parts, Body::from(message.text))).await;
    if message.method == "initialize" { named(response) } else { response }
}

/// Gives the client the name that it shows from now on.
fn named(mut response: Response) -> Response {
    if response.status().is_success() {
        let name = format!("{:032x}", fastrand::u128(..));
        let name = HeaderValue::from_str(&name).expect("hexadecimal digits may stand in a header");
        response.headers_mut().insert(SESSION, name);
    }
    response
}

/// The caller's token is not for this.
fn out_of_scope(state: &ServerState, refusal: &OutOfScope, id: Option<&RequestId>) -> Response {
    state.server.metrics().refused(metrics::SCOPE);
    let mut response = answer(StatusCode::FORBIDDEN, REFUSED, &refusal.to_string(), id);
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(OutOfScope::CHALLENGE));
    response
}

fn not_let_in(refusal: &guard::Refusal) -> Response {
    let mut response = refused(refusal.status(), REFUSED, &refusal.detail());
    if let Some(challenge) = refusal.challenge() {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    response
}

fn over_limit() -> Response {
    let mut response = refused(StatusCode::TOO_MANY_REQUESTS, REFUSED, Refusal::Overloaded.detail());
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

fn not_a_message(unreadable: &Unreadable) -> Response {
    answer(StatusCode::BAD_REQUEST, unreadable.code(), &unreadable.detail(), unreadable.id())
}

/// An answer to a message that was not read, so that its id is not known.
fn refused(status: StatusCode, code: ErrorCode, message: &str) -> Response {
    answer(status, code, message, None)
}

fn answer(status: StatusCode, code: ErrorCode, message: &str, id: Option<&RequestId>) -> Response {
    let error = json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code.0, "message": message } });
    (status, [(CONTENT_TYPE, "application/json")], Json(error)).into_response()
}
