//! Webhooks: what services tell, at addresses that nobody guesses.
//!
//! This way in stands beside the guard: a service has no token, and its address is its proof. It has places
//! of its own, so that neither webhooks take those of calls nor calls theirs. The service is answered when its
//! events are on the disk, and what is wrong is the log's business alone.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use plugin_host_core::trigger::{self, WebhookRequest};
use tracing::warn;

use super::shared::Api;
use super::triggers::Route;
use crate::events::intake::{Unanswered, answer, request};
use crate::web::admission::Refusal;
use crate::web::listen::OverLimit;

/// Receives a request of a service, by whatever method it comes.
pub async fn receive(
    State(api): State<Arc<Api>>,
    over_limit: Option<Extension<OverLimit>>,
    path: Result<Path<(String, String, String)>, PathRejection>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let served = api.calls.served();
    // Only who knows an address has a body read.
    let route =
        path.ok().and_then(|Path((_, trigger, secret))| served.open.as_ref()?.triggers.webhook(&trigger, &secret));
    let Some(route) = route else {
        api.calls.metrics.refused("unknown_address");
        return StatusCode::NOT_FOUND.into_response();
    };
    let request = match request(&method, &uri, &headers, body, api.largest_webhook, api.patience).await {
        Ok(request) => request,
        Err(error) => {
            warn!(connection = route.connection, trigger = route.trigger, "a webhook can't be read: {error}");
            api.calls.metrics.webhook(route.labels(), "unreadable");
            return error.status().into_response();
        }
    };
    let told = match over_limit {
        Some(_) => Err(Unanswered::Refused(Refusal::Overloaded)),
        None => take(&api, &route, request).await,
    };
    match told {
        Ok(response) => {
            api.calls.metrics.webhook(route.labels(), "answered");
            answer(response)
        }
        Err(unanswered) => {
            api.calls.metrics.webhook(route.labels(), unanswered.kind());
            unanswered.status().into_response()
        }
    }
}

/// Has the plugin read a request, and puts its events on the disk; goes on with that when the service is
/// gone.
async fn take(api: &Arc<Api>, route: &Arc<Route>, request: WebhookRequest) -> Result<trigger::Response, Unanswered> {
    let (api, route) = (api.clone(), route.clone());
    let (webhooks, queue) = (api.calls.webhooks.clone(), route.receiving.clone());
    let places = webhooks.clone();
    let taken = webhooks.admit(&queue, move |cancel| async move {
        let secrets = api.calls.secrets(&route).await.map_err(|_| Unanswered::Unsafe)?;
        let asked = secrets.read(&route.receiving, &route.trigger, &route.input, &request, cancel.clone());
        let answer = places.within_wait_limit(asked, cancel).await?;
        let safe = api.calls.take_in(&route, answer.events).await;
        safe.map(|()| answer.response).map_err(|_| Unanswered::Unsafe)
    });
    taken.await
}
