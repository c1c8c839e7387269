//! Things happen in the shop without the API, and webhooks are looked at, held and sent.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State as Shared};
use axum::http::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::json;

use super::given::{self, error};
use crate::answer::Answer;
use crate::deliveries::Alteration;
use crate::functions::Work;
use crate::money;
use crate::orders::Change;
use crate::shop::Membership;
use crate::state::State;
use crate::webhooks::{Event, Kind};

pub(super) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/control/events", post(happen))
        .route("/control/deliveries", get(deliveries).put(hold).post(hold))
        .route("/control/deliveries/{id}", post(send))
}

/// What is to happen: to an order, or to a contact in a group.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Happening {
    event: Kind,
    #[serde(default)]
    bill_id: String,
    /// The part that is paid.
    #[serde(default)]
    sum: Option<String>,
    #[serde(default)]
    email: String,
    #[serde(default)]
    group: String,
}

/// Something happens in the shop; the webhooks of it are given back by their numbers.
async fn happen(Shared(state): Shared<Arc<State>>, body: Bytes) -> Response<Body> {
    let given = serde_json::from_slice::<Happening>(&body).map_err(|error| error.to_string());
    let done = given.and_then(|happening| {
        let (done, ids) = state.work(|work| {
            let event = happened(work, &happening)?;
            work.events.push(event);
            Ok::<_, String>(())
        });
        done.map(|()| ids)
    });
    match done {
        Ok(ids) => Answer::own_json(200, &json!({ "deliveries": ids })),
        Err(reason) => error(400, reason),
    }
    .into_response()
}

fn happened(work: &mut Work, happening: &Happening) -> Result<Event, String> {
    let now = work.clock.now();
    let status = match happening.event {
        Kind::OrderCreated | Kind::OrderPrepaid => None,
        Kind::OrderPaid => Some("paid"),
        Kind::OrderCancelled => Some("cancel"),
        Kind::OrderRefunded => Some("return"),
        Kind::ContactSubscribed | Kind::ContactActivated => return in_group(work, happening, Membership::SUBSCRIBED),
        Kind::ContactUnsubscribed => return in_group(work, happening, Membership::UNSUBSCRIBED),
    };
    let prepaid = match &happening.sum {
        None => None,
        Some(sum) => Some(money::read(sum).ok_or_else(|| format!("{sum:?} is no sum: give one such as \"100.00\""))?),
    };
    work.orders.with(&happening.bill_id, |order| {
        let order = order.ok_or_else(|| format!("no order {:?}; create it with PUT /orders", happening.bill_id))?;
        if let Some(status) = status {
            let date = (status == "paid").then_some(now);
            order.apply(Change { status: status.to_owned(), date, rpo: None });
        }
        Ok(Event::of_order(happening.event, order).prepaid(prepaid))
    })
}

fn in_group(work: &mut Work, happening: &Happening, status: &str) -> Result<Event, String> {
    let now = work.clock.now();
    let contact = work.shop.contact(&happening.email);
    let contact = contact.ok_or_else(|| format!("no contact {:?}; add it to /control/shop", happening.email))?;
    contact.groups.insert(happening.group.clone(), Membership::new(status, now));
    Ok(Event::of_contact(happening.event, contact, &happening.group))
}

async fn deliveries(Shared(state): Shared<Arc<State>>) -> Response<Body> {
    let (all, hold) = state.deliveries.all();
    Answer::own_json(200, &json!({ "hold": hold, "deliveries": all })).into_response()
}

/// `{"hold": true}`: webhooks wait until they are sent by their numbers.
async fn hold(Shared(state): Shared<Arc<State>>, body: Bytes) -> Response<Body> {
    let given = given::members(&body);
    match given.as_ref().map(|given| given.get("hold").and_then(serde_json::Value::as_bool)) {
        Ok(Some(hold)) => {
            state.deliveries.hold(hold);
            deliveries(Shared(state)).await
        }
        Ok(None) => error(400, "give {\"hold\": true} or false".to_owned()).into_response(),
        Err(reason) => error(400, reason.clone()).into_response(),
    }
}

/// Sends a webhook, once more if it was sent, and altered as told: see [`Alteration`].
async fn send(Shared(state): Shared<Arc<State>>, Path(id): Path<u64>, body: Bytes) -> Response<Body> {
    let body = if body.is_empty() { Bytes::from_static(b"{}") } else { body };
    let altered = match serde_json::from_slice::<Alteration>(&body) {
        Ok(altered) => altered,
        Err(reason) => return error(400, reason.to_string()).into_response(),
    };
    match state.deliveries.send(id, &altered, &state.account).await {
        Some(delivery) => Answer::own_json(200, &delivery),
        None => error(404, format!("no delivery {id}; GET /control/deliveries lists them")),
    }
    .into_response()
}
