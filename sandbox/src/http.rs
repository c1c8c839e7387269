//! The service's own HTTP face: `/api/…`, and `/elsewhere` where a redirect leads.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path, Request, State as Shared};
use axum::http::{HeaderMap, Response, header};
use axum::routing::{any, post};

use crate::answer::Answer;
use crate::call::Call;
use crate::control;
use crate::functions::Function;
use crate::misbehaviour::Misbehaviour;
use crate::record::Recorded;
use crate::reply::Reply;
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
    let Some(function) = Function::of(&entry.function) else {
        return entry.answer(Answer::page(404, "404 Not Found"), call.signature_ok());
    };
    let bill_id = call.form.text("bill_id");
    // Held until the answer goes out, so that requests at the same moment are seen.
    let _visit = function.changes_order.then(|| state.orders.visit(&bill_id, &entry.body));
    let own = || state.orders.get(&bill_id).filter(|_| function.changes_order)?.misbehaviour;
    let planned = || state.world(|world| world.take_planned(function.name));
    let misbehaviour = everywhere.or_else(planned).or_else(own);
    let reply = spoilt(misbehaviour, || function_reply(&state, function, &call));
    entry.finish(&reply, misbehaviour, call.signature_ok()).await
}

/// The checks that all functions begin with, and the function's work.
fn function_reply(state: &State, function: &Function, call: &Call) -> Reply {
    if let Err(refusal) = call.authorise() {
        return refusal;
    }
    if let Some(code) = state.world(|world| world.refuse) {
        return Reply::of_code(code);
    }
    let (mut reply, _) = state.work(|work| function.run(work, &call.form));
    let shapes = state.world(|world| world.shapes.clone());
    reply.result = reply.result.map(|result| shapes.shaped(result));
    if reply.code == 0 && shapes.empty_result {
        reply.result = reply.result.or_else(|| Some(serde_json::json!([])));
    }
    reply
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
        let mut answer = Answer::new(reply, &self.state.account, misbehaviour);
        if misbehaviour.is_none() {
            answer = answer.with_status(self.state.world(|world| world.shapes.http_status));
        }
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
