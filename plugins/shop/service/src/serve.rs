//! Connections, and what becomes of each request.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::answer::Answer;
use crate::misbehaviour::Misbehaviour;
use crate::record::Recorded;
use crate::state::State;
use crate::{api, control};

/// The longest body that is read, in bytes.
const LONGEST: usize = 1 << 20;

/// Serves every connection on a task of its own. Does not end by itself.
pub(crate) async fn accept_all(listener: TcpListener, state: Arc<State>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // A connection that was given up, or no file handle left, which takes a moment to pass.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let state = state.clone();
        tokio::spawn(async move {
            let service = service_fn(|request| serve(state.clone(), request));
            // An error is a connection that was to be closed, or a client that went away.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// An error closes the connection without an answer.
async fn serve(state: Arc<State>, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let body = match Limited::new(body, LONGEST).collect().await {
        Ok(body) => body.to_bytes(),
        Err(why) => return Ok(Answer::refusal(why.to_string()).into_response()),
    };
    let (method, path) = (head.method.as_str(), head.uri.path());
    if let Some(what) = path.strip_prefix("/control/") {
        return Ok(control::answer(&state, method, what, &body).await.into_response());
    }
    let (place, misbehaviour) = {
        let mut inner = state.lock();
        inner.requests.push(Recorded {
            method: method.to_owned(),
            path: head.uri.to_string(),
            headers: head.headers.keys().map(|name| name.as_str().to_owned()).collect(),
            body: String::from_utf8_lossy(&body).into_owned(),
            status: None,
        });
        (inner.requests.len() - 1, inner.next.pop_front().unwrap_or(Misbehaviour::Ok))
    };
    let token = head.headers.get("authorization").and_then(|value| value.to_str().ok());
    let request = api::Request { method, path, query: head.uri.query().unwrap_or_default(), token, body: &body };
    let done = || api::answer(&mut state.lock().shop, &state.token, &request);
    let closed = || Err(io::Error::other("told to close the connection"));
    let answer = match misbehaviour {
        Misbehaviour::Ok => done(),
        Misbehaviour::LoseAnswer => {
            done();
            return closed();
        }
        Misbehaviour::Drop => return closed(),
        Misbehaviour::Busy => Answer::error(StatusCode::SERVICE_UNAVAILABLE, "the shop is busy"),
        Misbehaviour::Throttle(seconds) => {
            let answer = Answer::error(StatusCode::TOO_MANY_REQUESTS, "too many requests");
            Answer { retry_after_s: Some(seconds), ..answer }
        }
        Misbehaviour::DelayMs(time) => {
            tokio::time::sleep(Duration::from_millis(time)).await;
            done()
        }
    };
    state.lock().requests[place].status = Some(answer.status.as_u16());
    Ok(answer.into_response())
}
