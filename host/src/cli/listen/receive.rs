//! Webhooks that come in where the command listens.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use plugin_host_core::queue::Queue;
use plugin_host_core::trigger::{self, WebhookRequest};
use serde_json::value::RawValue;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::args::ListenArgs;
use super::input::Listened;
use crate::cli::failure::Failure;
use crate::cli::terminal::say;
use crate::events::addresses::{AddressKey, AddressSecret, PATH};
use crate::events::intake::{Unanswered, answer, request};
use crate::events::store::{Source, Store, StoreError};
use crate::events::subscriber::{self, Place, Secrets, Subscriber};
use crate::trace;
use crate::web::listen::{self, Clients};

/// How many services' connections there may be at once, and how long one may take to send.
const CLIENTS: Clients = Clients { at_once: 100, patience: Duration::from_secs(20) };

/// What receives webhooks.
pub struct Receiver {
    listener: TcpListener,
    hooks: Arc<Hooks>,
    subscribers: Vec<Subscriber>,
}

/// The triggers that are told of, and what takes their events.
struct Hooks {
    queue: Queue,
    store: Store,
    largest: usize,
    hooks: HashMap<String, Hook>,
    stop: CancellationToken,
}

struct Hook {
    source: Source,
    secret: AddressSecret,
    place: Option<Place>,
    input: Box<RawValue>,
    confirm: bool,
}

/// Listens, and tells at which addresses.
///
/// # Errors
/// If the address can't be had, or the file can't be read.
pub async fn begin(
    args: &ListenArgs,
    address: SocketAddr,
    listened: Vec<Listened>,
    queue: Queue,
    store: Store,
) -> Result<Receiver, Failure> {
    let listener = listen::bind(address).await.map_err(Failure::Usage)?;
    let own = format!("http://{}", listener.local_addr().unwrap_or(address));
    let server = args.public_url.as_deref().unwrap_or(&own);
    let key = store.secret().await.map_err(|error| Failure::Usage(error.to_string()))?;
    let key = AddressKey::new(key);
    let (mut hooks, mut subscribers) = (HashMap::new(), Vec::new());
    for Listened { trigger, input } in listened {
        let secret = key.secret(queue.account(), &trigger.name);
        let address = secret.address(server, queue.connected().name(), &trigger.name);
        say(&format!("note: {} is received at {address}\n", trigger.name));
        if !trigger.docs.is_empty() {
            say(&format!("      {}\n", trigger.docs));
        }
        let input = RawValue::from_string(input.to_string()).unwrap_or_default();
        let is_told = trigger.subscribe.is_some() && args.public_url.is_some();
        let place = is_told.then(|| Place::new(&key, server, &queue, &trigger.name));
        if let Some(place) = place.clone() {
            let (queue, trigger, input) = (queue.clone(), trigger.name.clone(), input.clone());
            subscribers.push(Subscriber { queue, trigger, input, place });
        }
        let confirm = trigger.confirm.is_some();
        let hook = Hook { source: Source::of(&queue, &trigger.name), secret, place, input, confirm };
        hooks.insert(trigger.name, hook);
    }
    let hooks = Hooks { queue, store, largest: args.largest_webhook, hooks, stop: CancellationToken::new() };
    Ok(Receiver { listener, hooks: Arc::new(hooks), subscribers })
}

impl Receiver {
    /// Receives until it is told to stop, and has services send here. Requests that are there by then are answered.
    pub async fn serve(self, stop: CancellationToken) {
        let (queue, store) = (self.hooks.queue.clone(), self.hooks.store.clone());
        let through = move |source: &Source| source.through(&queue).cloned();
        let telling = subscriber::tell(store, self.subscribers, through, stop.clone());
        let app = Router::new()
            .route(PATH, any(receive))
            .fallback(|| async { StatusCode::NOT_FOUND })
            .with_state(self.hooks.clone());
        tokio::join!(listen::serve(self.listener, app, CLIENTS, stop), telling);
        self.hooks.stop.cancel();
    }
}

async fn receive(
    hooks: State<Arc<Hooks>>,
    path: Result<Path<(String, String, String)>, PathRejection>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let span = trace::request(method.as_str(), PATH, &headers);
    let response = trace::within(span.clone(), received(hooks, path, method, uri, headers, body)).await;
    trace::answered(&span, response.status().as_u16());
    response
}

async fn received(
    State(hooks): State<Arc<Hooks>>,
    path: Result<Path<(String, String, String)>, PathRejection>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let hook = path.ok().and_then(|Path((connection, trigger, secret))| {
        let hook = hooks.hooks.get(&trigger)?;
        (hook.source.connection == connection && hook.secret.is(&secret)).then_some(hook)
    });
    let Some(hook) = hook else { return StatusCode::NOT_FOUND.into_response() };
    let Source { connection, trigger, .. } = &hook.source;
    let request = match request(&method, &uri, &headers, body, hooks.largest, CLIENTS.patience).await {
        Ok(request) => request,
        Err(error) => {
            warn!(connection, trigger, "a webhook can't be read: {error}");
            return error.status().into_response();
        }
    };
    match take(&hooks, hook, &request).await {
        Ok(response) => answer(response),
        Err(unanswered) => unanswered.status().into_response(),
    }
}

/// Has the plugin read a request, and puts its events on the disk.
async fn take(hooks: &Hooks, hook: &Hook, request: &WebhookRequest) -> Result<trigger::Response, Unanswered> {
    let Source { connection, trigger, .. } = &hook.source;
    let unsafe_now = |why: StoreError| {
        error!(connection, trigger, "the service is told to tell it again: {why}");
        Unanswered::Unsafe
    };
    let secrets = Secrets::of(&hooks.store, &hook.source, hook.place.as_ref()).await.map_err(unsafe_now)?;
    let told = secrets.read(&hooks.queue, trigger, &hook.input, request, hooks.stop.clone()).await;
    let told = told.map_err(Unanswered::Plugin)?;
    let events = told.events.len();
    let new = hooks.store.take_in(&hook.source, told.events, hook.confirm, None).await.map_err(unsafe_now)?;
    info!(connection, trigger, events, new, "received");
    Ok(told.response)
}
