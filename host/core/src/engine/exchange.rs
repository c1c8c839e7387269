//! What passes between a call and the world.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::Semaphore;
use tracing::Instrument;
use url::Url;

use super::caps::{Cap, REQUESTS, TRAFFIC};
use super::context::Context;
use super::log::{Log, LogLine};
use super::pending::{Answer, Question};
use super::replay::{self, Replay};
use crate::http::{Client, Failure, NoResponse, PreparedRequest, REPORT, Request, Response};
use crate::observe::Asked;
use crate::trace::{self, Traceparent};

/// What a call may use, and what it did with it.
pub struct Exchange {
    /// On whose behalf.
    pub context: Arc<Context>,
    /// Through what.
    pub client: Client,
    /// Whether a service may have seen a request.
    pub sent: bool,
    /// Who answers its requests in the place of the network, if somebody does.
    pub answers: Option<Answers>,
    /// When the last server to answer would like to be asked again.
    pub retry_after_s: Option<u64>,
    /// What the host knows of the last request and the plugin can't: a sentence.
    pub note: Option<String>,
    /// Whether that is all there is to say of it, as no host would make the request.
    pub impossible: bool,
    /// The last response; status 0 if there was none.
    pub status: u16,
    /// What it has asked the service, in order.
    pub asked: Vec<Asked>,
    /// What gives the header `traceparent` of its requests, if they are to have one.
    pub traceparent: Option<Traceparent>,
    /// The places in which instances wait on Tokio, if this call does not block its thread.
    places: Option<Arc<Semaphore>>,
    replay: Replay,
    /// When it has to be over, from its first run on.
    deadline: Option<Instant>,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) log: Log,
    requests: u32,
    traffic: u64,
}

/// Answers a call's requests in the place of the network.
pub type Answers = Box<dyn FnMut(PreparedRequest) -> Result<Response, NoResponse> + Send>;

impl Exchange {
    /// An exchange that has not begun.
    pub fn new(context: Arc<Context>, client: Client) -> Self {
        Self {
            context,
            client,
            sent: false,
            answers: None,
            retry_after_s: None,
            note: None,
            impossible: false,
            status: 0,
            asked: Vec::new(),
            traceparent: None,
            places: None,
            replay: Replay::default(),
            deadline: None,
            headers: BTreeMap::new(),
            log: Log::default(),
            requests: 0,
            traffic: 0,
        }
    }

    /// Has the lines that the plugin logs kept, at all levels.
    pub fn keep_log(&mut self) {
        self.log.kept = Some(Vec::new());
    }

    /// What was kept of the log.
    pub fn logged(&mut self) -> Vec<LogLine> {
        self.log.kept.take().unwrap_or_default()
    }

    /// How many requests were made.
    pub(super) fn made(&self) -> usize {
        self.requests as usize
    }

    /// The same, whose requests wait on Tokio. Where none of these places is free, its instance does not
    /// wait with it.
    #[must_use]
    pub fn on_tokio(mut self, places: Arc<Semaphore>) -> Self {
        self.places = Some(places);
        self
    }

    /// The places in which instances wait, if its requests wait on Tokio.
    pub(super) fn places(&self) -> Option<Arc<Semaphore>> {
        self.places.clone()
    }

    /// When a run that begins now, and may take so long, has to be over.
    pub(super) fn deadline(&mut self, time: Duration) -> Instant {
        *self.deadline.get_or_insert_with(|| Instant::now() + time)
    }

    /// Sends the request that its last run did not wait for, and begins the next one.
    pub(crate) async fn ask(&mut self, question: Question) {
        let mark = replay::mark(&question.request, &question.body);
        let answer = self.sender().send(question).await;
        self.asked.push(answer.asked);
        self.sent |= may_have_been_sent(&answer.response);
        self.replay.record(mark, answer.response);
        self.log.rewind();
        (self.requests, self.traffic) = (0, 0);
    }

    /// Begins a request: either it is to be sent, or here is already what the plugin gets.
    ///
    /// # Errors
    /// If the call has made as many requests as it may, or they were too large together.
    pub(super) fn begin(&mut self, request: &[u8], body: &[u8], deadline: Instant) -> Result<Begun, Cap> {
        (self.status, self.headers, self.retry_after_s, self.note) = (0, BTreeMap::new(), None, None);
        self.impossible = false;
        self.count((request.len() + body.len()) as u64)?;
        let Ok(request) = serde_json::from_slice::<Request>(request) else {
            self.note = Some(format!("The plugin's request is not described as the contract says. {REPORT}"));
            self.impossible = true;
            return Ok(Begun::Answered(Failure::NotAllowed.as_str().into()));
        };
        if self.requests >= REQUESTS {
            return Err(Cap::Requests);
        }
        self.requests += 1;
        if self.replay.is_over() {
            return Ok(Begun::Answered(Failure::NotSent.as_str().into()));
        }
        if let Some(answer) = self.replay.next(&request, body)? {
            return self.take(&request.url, answer).map(Begun::Answered);
        }
        match &mut self.answers {
            Some(answers) => {
                let response = answers(request.prepared(body));
                self.take(&request.url, response).map(Begun::Answered)
            }
            None => Ok(Begun::Asks(Question { request, body: body.to_vec(), deadline })),
        }
    }

    /// Takes the answer of a request to this address, and returns what the plugin gets: the response's
    /// body, or the word for why there is no response.
    ///
    /// # Errors
    /// If the call's requests and responses are too large together.
    pub(super) fn end(&mut self, url: &str, answer: Option<Answer>) -> Result<Vec<u8>, Cap> {
        match answer {
            Some(answer) => {
                self.asked.push(answer.asked);
                self.take(url, answer.response)
            }
            None => {
                self.replay.end();
                self.log.mute();
                Ok(Failure::NotSent.as_str().into())
            }
        }
    }

    fn take(&mut self, url: &str, response: Result<Response, NoResponse>) -> Result<Vec<u8>, Cap> {
        self.sent |= may_have_been_sent(&response);
        match response {
            Ok(Response { status, headers, body, retry_after_s }) => {
                if (300..400).contains(&status) {
                    self.note = headers.get("location").and_then(|location| redirect(url, location));
                }
                self.count(body.len() as u64)?;
                (self.status, self.headers, self.retry_after_s) = (status, headers, retry_after_s);
                Ok(body)
            }
            Err(NoResponse { failure, note, impossible }) => {
                (self.note, self.impossible) = (note, impossible);
                Ok(failure.as_str().into())
            }
        }
    }

    /// What sends its requests.
    pub(super) fn sender(&self) -> Sender {
        let (client, context) = (self.client.clone(), self.context.clone());
        Sender { client, context, traceparent: self.traceparent, on_tokio: self.places.is_some() }
    }

    /// Counts what is sent or received.
    fn count(&mut self, bytes: u64) -> Result<(), Cap> {
        self.traffic += bytes;
        if self.traffic > TRAFFIC { Err(Cap::Traffic) } else { Ok(()) }
    }
}

/// What becomes of a request.
pub(super) enum Begun {
    /// It is to be sent.
    Asks(Question),
    /// It is over; what the plugin gets.
    Answered(Vec<u8>),
}

/// Sends a call's requests over the network, where they are seen.
pub(super) struct Sender {
    client: Client,
    context: Arc<Context>,
    traceparent: Option<Traceparent>,
    on_tokio: bool,
}

impl Sender {
    /// Sends a request.
    pub(super) async fn send(&self, question: Question) -> Answer {
        let Question { mut request, body, deadline } = question;
        let span = trace::request(&request, body.len(), &self.context.redactor);
        if let Some(traceparent) = self.traceparent.and_then(|traceparent| span.in_scope(traceparent)) {
            // What the plugin says itself is what it wants said.
            request.headers.entry("traceparent".to_owned()).or_insert(traceparent);
        }
        let (policy, deadline, begun) = (&self.context.policy, Some(deadline), Instant::now());
        let response = match self.on_tokio {
            // On the heap, as whatever runs the call is moved while it is made.
            true => Box::pin(self.client.send_async(&request, &body, policy, deadline)).instrument(span.clone()).await,
            false => span.in_scope(|| self.client.send(&request, &body, policy, deadline)),
        };
        trace::answered(&span, &response);
        let asked = Asked::of(&response, begun.elapsed(), SystemTime::now());
        Answer { response, asked }
    }
}

/// Whether the service may have seen the request of this answer.
fn may_have_been_sent(response: &Result<Response, NoResponse>) -> bool {
    response.as_ref().err().is_none_or(|none| none.failure.may_have_been_sent())
}

/// Where a redirect leads to: the origin alone, as the rest may say more than people should see.
fn redirect(from: &str, location: &str) -> Option<String> {
    let target = Url::parse(from).ok()?.join(location).ok()?;
    let is_web = matches!(target.scheme(), "http" | "https");
    is_web.then(|| format!("It was sent to {}.", target.origin().ascii_serialization()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_redirect_the_origin_is_told_and_nothing_else() {
        let to = |location| redirect("http://shop.example/api/x", location);
        for (location, told) in [
            ("https://user:hunter2@www.shop.example/a?key=b", Some("It was sent to https://www.shop.example.")),
            ("//www.shop.example:8080/", Some("It was sent to http://www.shop.example:8080.")),
            ("/api/x/", Some("It was sent to http://shop.example.")),
            ("ftp://a.example", None),
            ("https://", None),
        ] {
            assert_eq!(to(location).as_deref(), told, "{location}");
        }
    }
}
