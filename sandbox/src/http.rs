//! The service's own HTTP face: `/api/…`, and `/elsewhere` where a redirect leads.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path, Request, State as Shared};
use axum::http::{HeaderMap, Response, header};
use axum::routing::{any, post};

use crate::answer::Answer;
use crate::control;
use crate::misbehaviour::Misbehaviour;
use crate::record::Recorded;
use crate::service::{self, Call, Reply};
use crate::state::State;

/// Bodies above this are refused with 413: a form of the API is a few hundred bytes.
pub(crate) const BODY_LIMIT: usize = 64 << 10;

/// All routes: the service's, and those to look into the sandbox and to alter it.
pub(crate) fn router(state: Arc<State>) -> Router {
    Router::new()
        .route("/api/{function}", post(api))
        .route("/elsewhere", any(elsewhere))
        .merge(control::routes())
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .with_state(state)
}

async fn not_found() -> Response<Body> {
    Answer::page(404, "404 Not Found").into_response()
}

async fn api(Shared(state): Shared<Arc<State>>, Path(function): Path<String>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let everywhere = state.misbehaviour();
    let mut entry = Entry { state: &state, function, headers: parts.headers, body: Bytes::new() };
    if everywhere == Some(Misbehaviour::DropBefore) {
        return entry.answer(Answer::Close, false);
    }
    match to_bytes(body, BODY_LIMIT).await {
        Ok(body) => entry.body = body,
        Err(_) => return entry.answer(Answer::page(413, "Request Entity Too Large"), false),
    }
    let call = Call::read(entry.form_body(), &state.account);
    match entry.function.as_str() {
        "UpdateOrderStatus" => {
            let bill_id = call.form.text("bill_id");
            // Held until the answer goes out, so that requests at the same moment are seen.
            let _visit = state.orders.visit(&bill_id, &entry.body);
            let (reply, misbehaviour) = state.orders.with(&bill_id, |order| {
                let own = order.as_ref().and_then(|order| order.misbehaviour);
                let misbehaviour = everywhere.or(own);
                (spoilt(misbehaviour, || service::update_order_status(&call, order)), misbehaviour)
            });
            entry.finish(&reply, misbehaviour, call.signature_ok()).await
        }
        "GetAllGroups" => {
            let reply = spoilt(everywhere, || service::get_all_groups(&call));
            entry.finish(&reply, everywhere, call.signature_ok()).await
        }
        _ => entry.answer(Answer::page(404, "404 Not Found"), call.signature_ok()),
    }
}

/// Does the work, unless the misbehaviour is that nothing is done: then the reply is not used.
fn spoilt(misbehaviour: Option<Misbehaviour>, work: impl FnOnce() -> Reply) -> Reply {
    if misbehaviour.is_none_or(Misbehaviour::applies_change) { work() } else { Reply::of_code(0) }
}

/// A validly signed success, so that a client that follows redirects takes it for one.
async fn elsewhere(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, BODY_LIMIT).await.unwrap_or_default();
    let entry = Entry { state: &state, function: "elsewhere".to_owned(), headers: parts.headers, body };
    let signature_ok = Call::read(entry.form_body(), &state.account).signature_ok();
    entry.answer(Answer::new(&Reply::of_code(0), &state.account, None), signature_ok)
}

/// A request on its way to being recorded and answered.
struct Entry<'a> {
    state: &'a State,
    function: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Entry<'_> {
    /// The body if it says that it is a form: PHP reads no parameters from any other.
    fn form_body(&self) -> &[u8] {
        let content_type = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") { &self.body } else { &[] }
    }

    async fn finish(self, reply: &Reply, misbehaviour: Option<Misbehaviour>, signature_ok: bool) -> Response<Body> {
        let delay = self.state.slow;
        let answer = Answer::new(reply, &self.state.account, misbehaviour);
        // Recorded before the delay: a client that does not wait for the end was here all the same.
        let response = self.answer(answer, signature_ok);
        if misbehaviour == Some(Misbehaviour::Slow) {
            tokio::time::sleep(delay).await;
        }
        response
    }

    fn answer(self, answer: Answer, signature_ok: bool) -> Response<Body> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let headers = self.headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes())));
        self.state.record(Recorded {
            seq: 0,
            headers: headers.collect::<BTreeMap<_, _>>(),
            body: text(&self.body),
            signature_ok,
            status: answer.status(),
            reply: answer.recorded_body(),
            function: self.function,
        });
        answer.into_response()
    }
}
