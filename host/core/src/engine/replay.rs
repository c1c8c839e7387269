//! Calls that give their instance back while they wait, and are run again with what was answered.
//!
//! The contract allows it (`docs/contract.md`, "Run again"): with the same input, config and answers a
//! plugin asks for the same. It costs what the plugin computes once more, and saves an instance.

use sha2::{Digest, Sha256};

use super::caps::Cap;
use crate::http::{NoResponse, Request, Response};

/// What is known of a call's requests from its earlier runs.
#[derive(Default)]
pub struct Replay {
    recorded: Vec<(Mark, Result<Response, NoResponse>)>,
    /// How many of them this run has asked for.
    next: usize,
    is_over: bool,
}

/// Half of a SHA-256: no two requests have the same.
pub type Mark = [u8; 16];

impl Replay {
    /// Whether this run has asked for something that it does not wait for, so that it does not count.
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// The answer of the next request, if an earlier run has had it.
    ///
    /// # Errors
    /// If that run asked for something else.
    pub fn next(&mut self, request: &Request, body: &[u8]) -> Result<Option<Result<Response, NoResponse>>, Cap> {
        let Some((asked, answer)) = self.recorded.get(self.next) else { return Ok(None) };
        self.next += 1;
        if *asked == mark(request, body) { Ok(Some(answer.clone())) } else { Err(Cap::Replay) }
    }

    /// Ends this run: it has asked for something that it does not wait for.
    pub fn end(&mut self) {
        self.is_over = true;
    }

    /// Begins the next run, with the answer of what this one asked for.
    pub fn record(&mut self, asked: Mark, answer: Result<Response, NoResponse>) {
        self.recorded.push((asked, answer));
        (self.next, self.is_over) = (0, false);
    }
}

/// By what a request is known.
pub fn mark(request: &Request, body: &[u8]) -> Mark {
    let mut hash = Sha256::new_with_prefix(request.method());
    for part in [request.url.as_bytes(), body] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    for (name, value) in &request.headers {
        hash.update(name);
        hash.update([0]);
        hash.update(value);
        hash.update([0]);
    }
    let mut mark = Mark::default();
    mark.copy_from_slice(&hash.finalize()[..16]);
    mark
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(url: &str) -> Request {
        Request::new("GET", url, <_>::default())
    }

    fn ask(replay: &mut Replay, url: &str) -> Result<Option<Result<Response, NoResponse>>, Cap> {
        replay.next(&request(url), b"")
    }

    fn answer(status: u16) -> Result<Response, NoResponse> {
        Ok(Response::new(status, None))
    }

    #[test]
    fn each_run_is_given_what_was_answered_in_order_and_asks_for_one_thing_more() {
        let mut replay = Replay::default();
        for (url, status) in [("http://a", 200), ("http://b", 404)] {
            assert_eq!(ask(&mut replay, url), Ok(None));
            replay.end();
            assert!(replay.is_over());
            replay.record(mark(&request(url), b""), answer(status));
            assert!(!replay.is_over());
            assert_eq!(ask(&mut replay, "http://a"), Ok(Some(answer(200))));
        }
        assert_eq!(ask(&mut replay, "http://b"), Ok(Some(answer(404))));
        assert_eq!(ask(&mut replay, "http://c"), Ok(None));
    }

    #[test]
    fn whoever_asks_for_something_else_is_stopped() {
        let mut replay = Replay::default();
        replay.record(mark(&request("http://a"), b""), answer(200));
        assert_eq!(ask(&mut replay, "http://b"), Err(Cap::Replay));
        assert_ne!(mark(&request("http://a"), b"b"), mark(&request("http://ab"), b""));
    }
}
