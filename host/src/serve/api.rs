//! The HTTP interface.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{MatchedPath, Path, Request, State};
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE, CONTENT_TYPE, HOST, HeaderMap, HeaderName, VARY};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Extension, Json, Router};
use plugin_host_core::error::ActionError;
use plugin_host_core::json;
use tracing::{Instrument, debug, info, info_span};

use super::calls::{self, Call, Reply};
use super::documents::Documents;
use super::problem::Problem;
use super::served::Served;
use super::shared::Api;
use super::{letters, webhook};
use crate::audit::{Audited, Face, Who};
use crate::events::addresses::PATH;
use crate::trace;
use crate::web::admission::Refusal;
use crate::web::body;
use crate::web::caller::{Caller, OutOfScope};
use crate::web::listen::OverLimit;
use crate::web::operator::{self, Operator};
use crate::web::scope::{Kind, Lack, Scope};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Where calls are asked for.
const CHECK: &str = "/v1/connections/{connection}/check";
const CALL: &str = "/v1/connections/{connection}/actions/{action}";

type Shared = State<Arc<Api>>;

/// The routes. All but the probes and what services tell are for those whom the guard lets in.
pub fn router(api: Arc<Api>, with_webhooks: bool) -> Router {
    let guarded = Router::new()
        .route("/v1/connections", get(connections))
        .route(CHECK, post(check))
        .route(CALL, post(call))
        .route("/v1/connections/{connection}/triggers", get(triggers))
        .merge(letters::router().route_layer(from_fn_with_state(api.clone(), events_of_all)))
        .route("/asyncapi.json", get(asyncapi))
        .route("/openapi.json", get(openapi))
        .route("/metrics", get(metrics))
        .route_layer(from_fn_with_state(api.clone(), admit));
    let webhooks = if with_webhooks { Router::new().route(PATH, any(webhook::receive)) } else { Router::new() };
    Router::new()
        .merge(webhooks)
        .merge(operator::probes(Arc::new(Operator::new(api.calls.clone()))))
        .merge(guarded)
        .method_not_allowed_fallback(|| async { Problem::wrong_method() })
        .fallback(|| async { Problem::unknown_path() })
        .layer(from_fn(log_request))
        .with_state(api)
}

/// What services tell, and nothing else.
pub fn webhooks(api: Arc<Api>) -> Router {
    Router::new().route(PATH, any(webhook::receive)).layer(from_fn(log_request)).with_state(api)
}

type Asking = Extension<Caller>;

async fn connections(State(api): Shared, Extension(caller): Asking) -> Response {
    Json(api.calls.served().connections(caller.scope())).into_response()
}

async fn openapi(State(api): Shared, Extension(caller): Asking, headers: HeaderMap) -> Response {
    document(api, headers, move |served| served.openapi(&caller)).await
}

async fn asyncapi(State(api): Shared, Extension(caller): Asking, headers: HeaderMap) -> Response {
    match may(&caller, |scope| scope.kind(Kind::Events)) {
        Ok(()) => document(api, headers, move |served| served.asyncapi(&caller)).await,
        Err(problem) => refuse(&api, problem),
    }
}

async fn document(
    api: Arc<Api>,
    headers: HeaderMap,
    of: impl FnOnce(&Served) -> Arc<Documents> + Send + 'static,
) -> Response {
    let made = tokio::task::spawn_blocking(move || of(&api.calls.served())).await;
    // Else the server is about to end.
    let Ok(documents) = made else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    let asked: Vec<_> = headers.get_all(ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok()).collect();
    let (language, document) = documents.for_readers_of(&asked.join(","));
    let head = [(CONTENT_TYPE, "application/json"), (CONTENT_LANGUAGE, language), (VARY, ACCEPT_LANGUAGE.as_str())];
    (head, document.to_owned()).into_response()
}

async fn triggers(
    State(api): Shared,
    Extension(caller): Asking,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let asked = || format!("http://{}", headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost"));
    let server = api.public_url.clone().unwrap_or_else(asked);
    let connection = path.map_err(|_| Problem::unknown_path()).and_then(|Path(connection)| {
        may(&caller, |scope| scope.kind(Kind::Events).and_then(|()| scope.connection(&connection)))?;
        Ok(connection)
    });
    let listed = match connection {
        Ok(connection) => api.calls.triggers(&connection, &server).await,
        Err(problem) => Err(problem),
    };
    listed.map_or_else(|problem| refuse(&api, problem), |listed| Json(listed).into_response())
}

async fn metrics(State(api): Shared, Extension(caller): Asking) -> Response {
    match may(&caller, |scope| scope.kind_of_all(Kind::Metrics)) {
        Ok(()) => operator::counts(&*api.calls).await,
        Err(problem) => refuse(&api, problem),
    }
}

/// Holds a caller to what its token is for.
fn may(caller: &Caller, asked: impl FnOnce(&Scope) -> Result<(), Lack>) -> Result<(), Problem> {
    caller.may(asked).map_err(|refused: OutOfScope| Problem::out_of_scope(&refused))
}

/// Lets in who may see the events of all connections.
async fn events_of_all(State(api): Shared, Extension(caller): Asking, request: Request, next: Next) -> Response {
    match may(&caller, |scope| scope.kind_of_all(Kind::Events)) {
        Ok(()) => next.run(request).await,
        Err(problem) => refuse(&api, problem),
    }
}

async fn check(
    State(api): Shared,
    Extension(caller): Asking,
    over_limit: Option<Extension<OverLimit>>,
    path: Result<Path<String>, PathRejection>,
) -> Response {
    let audited = begin(&api, &caller);
    let made = async {
        let Path(connection) = path.map_err(|_| Problem::unknown_path())?;
        name(&api, &audited, &connection, None);
        may(&caller, |scope| scope.check(&connection))?;
        let queue = api.calls.served().queue(&connection)?.clone();
        refuse_over_limit(over_limit)?;
        api.calls.make(Call { queue, action: None, input: String::new(), key: None }, &audited).await
    };
    ended(&api, made.await, &audited)
}

async fn call(
    State(api): Shared,
    Extension(caller): Asking,
    over_limit: Option<Extension<OverLimit>>,
    path: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let audited = begin(&api, &caller);
    let made = async {
        let Path((connection, action)) = path.map_err(|_| Problem::unknown_path())?;
        name(&api, &audited, &connection, Some(&action));
        may(&caller, |scope| scope.connection(&connection))?;
        let queue = api.calls.served().queue(&connection)?.clone();
        let description = queue.connected().description();
        let Some(described) = description.action(&action) else {
            let known = description.actions.iter().filter(|action| caller.scope().action(action).is_ok());
            let known: Vec<_> = known.map(|action| action.name.as_str()).collect();
            return Err(Problem::unknown_action(&action, &known));
        };
        may(&caller, |scope| scope.action(described))?;
        if !is_json(&headers) {
            return Err(Problem::no_json());
        }
        let key = key(&headers)?;
        let bytes =
            body::read(&headers, body, api.largest_body, api.patience).await.map_err(Problem::unreadable_body)?;
        // With the body read: else the connection breaks before the caller has read the refusal.
        refuse_over_limit(over_limit)?;
        let input = json::object(&bytes).map_err(|malformed| Problem::from(Box::<ActionError>::from(malformed)))?;
        let key = key.map(|given| calls::key(caller.id(), queue.connected(), described, &given, &input));
        key.iter().for_each(|key| audited.key(key.key));
        let call = Call { queue: queue.clone(), action: Some(action), input: input.to_string(), key };
        api.calls.make(call, &audited).await
    };
    ended(&api, made.await, &audited)
}

fn refuse_over_limit(over_limit: Option<Extension<OverLimit>>) -> Result<(), Problem> {
    over_limit.map_or(Ok(()), |_| Err(Problem::not_admitted(Refusal::Overloaded)))
}

/// The line of a call by this caller.
fn begin(api: &Api, caller: &Caller) -> Audited {
    api.calls.audit.begin(Face::Serve, caller.who())
}

/// Notes in a call's line what it names of what is there, whether it is made or refused.
fn name(api: &Api, audited: &Audited, connection: &str, action: Option<&str>) {
    if let Some(queue) = api.calls.served().queues.get(connection) {
        let connected = queue.connected();
        audited.names(connected, action.unwrap_or(&connected.description().connection.check));
    }
}

/// Answers a call, whose line is written by then.
fn ended(api: &Api, made: Result<Reply, Problem>, audited: &Audited) -> Response {
    if let Err(problem) = &made {
        audited.ended(problem.outcome());
    }
    match made {
        Ok(Reply { answer, replayed, .. }) => {
            let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let media = if status.is_success() { "application/json" } else { Problem::MEDIA_TYPE };
            let mut response = (status, [(CONTENT_TYPE, media)], answer.body).into_response();
            if replayed {
                response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
            }
            response
        }
        Err(problem) => refuse(api, problem),
    }
}

fn refuse(api: &Api, problem: Problem) -> Response {
    // The others were calls, and are counted as such.
    if problem.is_own() {
        api.calls.metrics.refused(problem.reason());
    }
    problem.into_response()
}

fn is_json(headers: &HeaderMap) -> bool {
    let media = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media == "application/json" || (media.starts_with("application/") && media.ends_with("+json"))
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut given = headers.get_all(KEY).iter();
    let Some(key) = given.next() else {
        return Ok(None);
    };
    let visible = key.to_str().ok().filter(|key| key.bytes().all(|byte| byte.is_ascii_graphic()));
    match (visible, given.next()) {
        (Some(key), None) if (1..=255).contains(&key.len()) => Ok(Some(key.to_owned())),
        _ => Err(Problem::malformed_key()),
    }
}

/// Lets a request in, or refuses it.
async fn admit(State(api): Shared, mut request: Request, next: Next) -> Response {
    let caller = api.calls.served().guard.caller(&request);
    match caller {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(refusal) => {
            let problem = Problem::refused(&refusal);
            let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
            if request.method() == Method::POST && [CHECK, CALL].contains(&route) {
                api.calls.audit.begin(Face::Serve, Who::Unknown).ended(problem.outcome());
            }
            refuse(&api, problem)
        }
    }
}

/// Gives every request an id, the caller's if there is one, and logs its answer.
async fn log_request(request: Request, next: Next) -> Response {
    let given = request.headers().get(REQUEST_ID).filter(|id| {
        let id = id.as_bytes();
        (1..=128).contains(&id.len()) && id.iter().all(u8::is_ascii_graphic)
    });
    let id = given.cloned().unwrap_or_else(|| {
        let id = format!("{:032x}", fastrand::u128(..));
        HeaderValue::from_str(&id).expect("hexadecimal digits may stand in a header")
    });
    let method = request.method().clone();
    // Not the path itself: people put secrets anywhere.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("", MatchedPath::as_str);
    let traced = trace::request(method.as_str(), route, request.headers());
    let (begun, span) = (Instant::now(), info_span!("request", id = id.to_str().unwrap_or_default()));
    let mut response = trace::within(traced.clone(), next.run(request).instrument(span.clone())).await;
    trace::answered(&traced, response.status().as_u16());
    let (status, ms) = (response.status().as_u16(), u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX));
    span.in_scope(|| match method.is_safe() {
        true => debug!(%method, route, status, ms, "answered"),
        false => info!(%method, route, status, ms, "answered"),
    });
    response.headers_mut().insert(REQUEST_ID, id);
    response
}
