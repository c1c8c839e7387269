//! What passes between a call and the world.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use url::Url;

use super::caps::{Cap, REQUESTS, TRAFFIC};
use super::context::Context;
use super::log::{Log, LogLine};
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

    /// Sends a request, and returns what the plugin gets: the response's body, or the word for why
    /// there is no response.
    ///
    /// # Errors
    /// If the call has made as many requests as it may, or they were too large together.
    pub(super) fn request(&mut self, request: &[u8], body: &[u8], deadline: Instant) -> Result<Vec<u8>, Cap> {
        (self.status, self.headers, self.retry_after_s, self.note) = (0, BTreeMap::new(), None, None);
        self.impossible = false;
        self.count((request.len() + body.len()) as u64)?;
        let Ok(request) = serde_json::from_slice::<Request>(request) else {
            self.note = Some(format!("The plugin's request is not described as the contract says. {REPORT}"));
            self.impossible = true;
            return Ok(Failure::NotAllowed.as_str().into());
        };
        if self.requests >= REQUESTS {
            return Err(Cap::Requests);
        }
        self.requests += 1;
        let answer = match &mut self.answers {
            Some(answers) => answers(request.prepared(body)),
            None => self.send(&request, body, deadline),
        };
        match answer {
            Ok(Response { status, headers, body, retry_after_s }) => {
                self.sent = true;
                if (300..400).contains(&status) {
                    self.note = headers.get("location").and_then(|location| redirect(&request.url, location));
                }
                self.count(body.len() as u64)?;
                (self.status, self.headers, self.retry_after_s) = (status, headers, retry_after_s);
                Ok(body)
            }
            Err(NoResponse { failure, note, impossible }) => {
                self.sent |= failure.may_have_been_sent();
                (self.note, self.impossible) = (note, impossible);
                Ok(failure.as_str().into())
            }
        }
    }

    /// Sends a request over the network, where it is seen.
    fn send(&mut self, request: &Request, body: &[u8], deadline: Instant) -> Result<Response, NoResponse> {
        let span = trace::request(request, body.len(), &self.context.redactor);
        let _entered = span.enter();
        let traced = self.traceparent.and_then(|traceparent| traceparent()).map(|traceparent| {
            let mut traced = request.clone();
            // What the plugin says itself is what it wants said.
            traced.headers.entry("traceparent".to_owned()).or_insert(traceparent);
            traced
        });
        let begun = Instant::now();
        let answer = self.client.send(traced.as_ref().unwrap_or(request), body, &self.context.policy, Some(deadline));
        trace::answered(&span, &answer);
        self.asked.push(Asked::of(&answer, begun.elapsed(), SystemTime::now()));
        answer
    }

    /// Counts what is sent or received.
    fn count(&mut self, bytes: u64) -> Result<(), Cap> {
        self.traffic += bytes;
        if self.traffic > TRAFFIC { Err(Cap::Traffic) } else { Ok(()) }
    }
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
