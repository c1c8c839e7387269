//! What tests can ask for, beside the API.

use serde_json::json;

use crate::answer::Answer;
use crate::misbehaviour::Misbehaviour;
use crate::state::State;
use crate::webhook::{self, Sent, Webhook};

pub(crate) async fn answer(state: &std::sync::Arc<State>, method: &str, what: &str, body: &[u8]) -> Answer {
    match (method, what) {
        ("GET", "requests") => Answer::ok(json!({ "requests": state.lock().requests })),
        ("GET", "orders") => Answer::ok(json!({ "orders": state.lock().shop.orders })),
        ("GET", "notes") => Answer::ok(json!({ "notes": state.lock().shop.notes })),
        ("POST", "next") => match serde_json::from_slice::<Vec<Misbehaviour>>(body) {
            Ok(next) => {
                state.lock().next = next.into();
                Answer::ok(json!({}))
            }
            Err(why) => Answer::refusal(format!("the list of misbehaviours: {why}")),
        },
        ("POST", "webhook") => {
            let webhook: Webhook = match serde_json::from_slice(body) {
                Ok(webhook) => webhook,
                Err(why) => return Answer::refusal(format!("the webhook: {why}")),
            };
            let state = state.clone();
            let sent = tokio::task::spawn_blocking(move || send(&state, &webhook)).await;
            match sent {
                Ok(Ok(sent)) => Answer::ok(json!({ "sent": sent })),
                Ok(Err(why)) => Answer::refusal(why),
                Err(why) => Answer::refusal(why.to_string()),
            }
        }
        _ => Answer::not_found(&format!("{method} /control/{what}")),
    }
}

/// Sends a webhook, and waits for what comes back; or says why it can't be sent.
pub(crate) fn send(state: &State, webhook: &Webhook) -> Result<Vec<Sent>, String> {
    if !webhook::is_local(&webhook.url) {
        return Err(format!("{} is no address of this machine with http", webhook.url));
    }
    let body = {
        let shop = &mut state.lock().shop;
        shop.pay(&webhook.order).ok_or_else(|| format!("there is no order {}", webhook.order))?;
        let is_it = |kind: &str, order: &serde_json::Value| kind == "order_paid" && order["id"] == webhook.order;
        shop.events.iter().find(|event| is_it(event.kind, &event.order)).map(|event| json!(event).to_string())
    };
    Ok(webhook::send(webhook, &state.token, &body.unwrap_or_default()))
}
