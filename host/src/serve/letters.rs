//! Dead letters over HTTP: events that were given up, for people and scripts to look at, to send again or to
//! drop.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use plugin_host_core::cloud_event::{cloud_event, kind, source};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::problem::Problem;
use super::shared::Api;
use crate::events::store::{DeadLetter, Source, Store, StoreError};

/// How many are listed, unless somebody says otherwise, and at most.
const LISTED: u32 = 100;
const MOST: u32 = 1000;

type Shared = State<Arc<Api>>;
type Number = Result<Path<i64>, PathRejection>;

/// The routes, for those whom the guard lets in.
pub fn router() -> Router<Arc<Api>> {
    Router::new()
        .route("/v1/dead-letters", get(list))
        .route("/v1/dead-letters/retry", post(retry_all))
        .route("/v1/dead-letters/{number}", get(show).delete(drop_one))
        .route("/v1/dead-letters/{number}/retry", post(retry))
}

async fn list(State(api): Shared, uri: Uri) -> Result<Response, Problem> {
    let after = parameter(&uri, "after", 0, 0..=i64::MAX)?;
    let limit = parameter(&uri, "limit", LISTED, 1..=MOST)?;
    let letters = match api.calls.store() {
        Some(store) => store.dead_letters(after, limit).await.map_err(Problem::unread)?,
        None => Vec::new(),
    };
    let next = letters.last().filter(|_| letters.len() == limit as usize).map(|last| last.seq);
    let mut listed = json!({ "dead_letters": letters.iter().map(shown).collect::<Vec<_>>() });
    if let Some(next) = next {
        listed["next"] = next.into();
    }
    Ok(Json(listed).into_response())
}

async fn show(State(api): Shared, number: Number) -> Result<Response, Problem> {
    let (store, number) = named(&api, number)?;
    let found = store.dead_letters(number.saturating_sub(1), 1).await.map_err(Problem::unread)?;
    let letter = found.first().filter(|letter| letter.seq == number).ok_or_else(Problem::unknown_letter)?;
    let Source { plugin, connection, trigger, .. } = &letter.source;
    let event = cloud_event(plugin, connection, trigger, &letter.event);
    let mut whole = plugin_host_core::json::Object::default();
    for (name, value) in shown(letter).as_object().into_iter().flatten() {
        whole.set(name, value.clone());
    }
    // To the letter, as it is sent.
    whole.set_raw("event", RawValue::from_string(event).unwrap_or_default());
    Ok(([("content-type", "application/json")], whole.to_string()).into_response())
}

async fn retry(State(api): Shared, number: Number) -> Result<StatusCode, Problem> {
    let (store, number) = named(&api, number)?;
    changed(store.send_again(Some(number)).await)
}

async fn retry_all(State(api): Shared) -> Result<Response, Problem> {
    let retried = match api.calls.store() {
        Some(store) => store.send_again(None).await.map_err(Problem::unread)?,
        None => 0,
    };
    Ok(Json(json!({ "retried": retried })).into_response())
}

async fn drop_one(State(api): Shared, number: Number) -> Result<StatusCode, Problem> {
    let (store, number) = named(&api, number)?;
    changed(store.drop_dead(Some(number)).await)
}

fn named(api: &Api, number: Number) -> Result<(&Store, i64), Problem> {
    let number = number.ok().map(|Path(number)| number);
    api.calls.store().zip(number).ok_or_else(Problem::unknown_letter)
}

fn changed(outcome: Result<usize, StoreError>) -> Result<StatusCode, Problem> {
    match outcome.map_err(Problem::unread)? {
        0 => Err(Problem::unknown_letter()),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}

/// A dead letter without its data.
fn shown(letter: &DeadLetter) -> Value {
    let DeadLetter { seq, source: from, event, attempts, taken_in, error, .. } = letter;
    let mut shown = json!({
        "number": seq, "id": event.id, "source": source(&from.plugin, &from.connection),
        "type": kind(&from.plugin, &from.trigger), "attempts": attempts, "taken_in": taken_in, "error": error,
    });
    if let Some(subject) = &event.subject {
        shown["subject"] = json!(subject);
    }
    shown
}

/// A number in a query.
fn parameter<T: std::str::FromStr + PartialOrd>(
    uri: &Uri,
    name: &'static str,
    usual: T,
    range: std::ops::RangeInclusive<T>,
) -> Result<T, Problem> {
    let mut pairs = uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    match pairs.rfind(|(given, _)| *given == name) {
        None => Ok(usual),
        Some((_, value)) => {
            value.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| Problem::malformed_query(name))
        }
    }
}
