//! Orders, requests, and what is wrong with all answers.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State as Shared};
use axum::http::Response;
use axum::routing::get;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::given::{self, error};
use crate::answer::Answer;
use crate::misbehaviour::Misbehaviour;
use crate::orders::Order;
use crate::state::State;

pub(super) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/orders/{bill_id}", get(order).put(put_order))
        .route("/requests", get(requests))
        .route("/misbehaviour", get(misbehaviour).put(put_misbehaviour))
}

async fn order(Shared(state): Shared<Arc<State>>, Path(bill_id): Path<String>) -> Response<Body> {
    match state.orders.get(&bill_id) {
        Some(order) => Answer::own_json(200, &order),
        None => error(404, format!("no order {bill_id:?}; create it with PUT")),
    }
    .into_response()
}

/// Fields that are given replace those of the order, the others stay; a new order starts as `new`.
async fn put_order(Shared(state): Shared<Arc<State>>, Path(bill_id): Path<String>, body: Bytes) -> Response<Body> {
    let altered = state.orders.alter(&bill_id, |order| altered(order, &body));
    match altered {
        Ok(order) => Answer::own_json(200, &order),
        Err(reason) => error(400, reason),
    }
    .into_response()
}

fn altered(order: &Order, body: &[u8]) -> Result<Order, String> {
    let given = given::members(body)?;
    if given.get("bill_id").is_some_and(|given| *given != order.bill_id) {
        return Err("bill_id differs from the one in the path; leave it out".to_owned());
    }
    given::merged(order, given)
}

async fn requests(Shared(state): Shared<Arc<State>>) -> Response<Body> {
    let all = json!({ "count": state.request_count(), "requests": state.requests() });
    Answer::own_json(200, &all).into_response()
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ForAll {
    /// Must be given: forgetting the field is not how misbehaviour is turned off.
    #[serde(deserialize_with = "Option::deserialize")]
    misbehaviour: Option<Misbehaviour>,
}

async fn misbehaviour(Shared(state): Shared<Arc<State>>) -> Response<Body> {
    Answer::own_json(200, &ForAll { misbehaviour: state.misbehaviour() }).into_response()
}

async fn put_misbehaviour(Shared(state): Shared<Arc<State>>, body: Bytes) -> Response<Body> {
    match serde_json::from_slice::<ForAll>(&body) {
        Ok(for_all) => {
            state.set_misbehaviour(for_all.misbehaviour);
            Answer::own_json(200, &for_all)
        }
        Err(reason) => error(400, reason.to_string()),
    }
    .into_response()
}
