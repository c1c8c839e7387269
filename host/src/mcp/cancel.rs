//! Which call a client means that says it no longer wants it.
//!
//! Over HTTP each message is a request by itself. So a client is given a name with its first answer,
//! the session id, and shows it from then on. Nothing is kept of it but the calls under way: it
//! never runs out, and means the same to every server behind an address.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::request::Parts;
use rmcp::model::RequestId;
use tokio_util::sync::CancellationToken;

use crate::web::caller::{Caller, CallerId};

/// The header that holds a client's name.
pub const SESSION: &str = "mcp-session-id";

/// A request of a client.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    caller: CallerId,
    session: String,
    id: RequestId,
}

impl Key {
    /// The request of this id that came, or comes, from whom these parts of a request come. None if
    /// it has no name.
    pub fn new(parts: &Parts, id: RequestId) -> Option<Self> {
        let caller = parts.extensions.get::<Caller>()?.id();
        let session = parts.headers.get(SESSION)?.to_str().ok()?.to_owned();
        Some(Self { caller, session, id })
    }
}

/// The calls under way that can be cancelled.
#[derive(Debug, Clone, Default)]
pub struct Cancellable(Arc<Mutex<HashMap<Key, CancellationToken>>>);

impl Cancellable {
    /// Makes a call known until the result is dropped.
    pub fn register(&self, key: Key, token: CancellationToken) -> Registered {
        self.calls(|calls| calls.insert(key.clone(), token));
        Registered { calls: self.clone(), key }
    }

    /// Cancels a call. One that has ended, or never was, is no error: they cross on the way.
    pub fn cancel(&self, key: &Key) {
        self.calls(|calls| calls.get(key).inspect(|token| token.cancel()).is_some());
    }

    fn calls<T>(&self, with: impl FnOnce(&mut HashMap<Key, CancellationToken>) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A call that can be cancelled.
pub struct Registered {
    calls: Cancellable,
    key: Key,
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.calls.calls(|calls| calls.remove(&self.key));
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn key(caller: u8, session: Option<&str>, id: u32) -> Option<Key> {
        let mut request = Request::builder().extension(Caller::unnamed([caller; 32]));
        if let Some(session) = session {
            request = request.header(SESSION, session);
        }
        Key::new(&request.body(()).unwrap().into_parts().0, RequestId::Number(id.into()))
    }

    #[test]
    fn a_client_cancels_its_own_calls_alone_and_only_while_they_are_under_way() {
        let (calls, token) = (Cancellable::default(), CancellationToken::new());
        let registered = calls.register(key(1, Some("s"), 7).unwrap(), token.clone());
        for other in [key(2, Some("s"), 7), key(1, Some("t"), 7), key(1, Some("s"), 8)] {
            calls.cancel(&other.unwrap());
        }
        assert!(!token.is_cancelled());
        calls.cancel(&key(1, Some("s"), 7).unwrap());
        assert!(token.is_cancelled());
        drop(registered);
        assert!(calls.0.lock().unwrap().is_empty());
    }

    #[test]
    fn who_shows_no_name_has_no_calls_to_cancel() {
        assert_eq!(key(1, None, 7), None);
    }
}
