//! What passes between a call and the world.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::connection::Connection;
use crate::http::{Client, Policy, Request, Response};

/// What a call may use, and what it did with it.
pub struct Exchange {
    /// The config values.
    pub connection: Arc<Connection>,
    /// What may be reached.
    pub policy: Arc<Policy>,
    /// Through what.
    pub client: Client,
    /// How many requests were let through to the client.
    pub requests: u32,
    /// The first request, if none may be sent.
    pub dry_run: Option<DryRun>,
    /// When the last server to answer would like to be asked again.
    pub retry_after_s: Option<u64>,
    /// The last response; status 0 if there was none.
    pub(super) status: u16,
    pub(super) headers: BTreeMap<String, String>,
}

/// Keeps the first request instead of sending it.
#[derive(Debug, Default)]
pub struct DryRun(pub Option<Unsent>);

/// A request that was not sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unsent {
    /// The method.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// Headers by name.
    pub headers: BTreeMap<String, String>,
    /// The body, as text.
    pub body: String,
}

impl Exchange {
    /// An exchange that has not begun.
    pub fn new(connection: Arc<Connection>, policy: Arc<Policy>, client: Client) -> Self {
        Self {
            connection,
            policy,
            client,
            requests: 0,
            dry_run: None,
            retry_after_s: None,
            status: 0,
            headers: BTreeMap::new(),
        }
    }

    /// Sends a request, and returns what the plugin gets: the response's body, or the word for why
    /// there is no response.
    pub(super) fn request(&mut self, request: &[u8], body: &[u8]) -> Vec<u8> {
        (self.status, self.headers, self.retry_after_s) = (0, BTreeMap::new(), None);
        let Ok(request) = serde_json::from_slice::<Request>(request) else {
            return b"not_allowed".to_vec();
        };
        if let Some(DryRun(first)) = &mut self.dry_run {
            let Request { url, method, headers } = request;
            let (method, body) =
                (method.unwrap_or_else(|| "GET".to_owned()), String::from_utf8_lossy(body).into_owned());
            first.get_or_insert(Unsent { method, url, headers, body });
            return b"not_sent".to_vec();
        }
        self.requests += 1;
        match self.client.send(&request, body, &self.policy) {
            Ok(Response { status, headers, body, retry_after_s }) => {
                (self.status, self.headers, self.retry_after_s) = (status, headers, retry_after_s);
                body
            }
            Err(failure) => failure.as_str().as_bytes().to_vec(),
        }
    }
}
