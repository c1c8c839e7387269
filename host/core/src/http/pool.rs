//! Connections that wait for their next request.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::Uri;
use http::uri::{Authority, Scheme};

use super::connection::Connection;
use super::net::Stream;

/// How long a connection waits: shorter than most servers keep theirs.
const LONGEST: Duration = Duration::from_secs(15);

/// An origin as it is written.
pub type Key = (Scheme, Authority);

/// The origin of a whole address.
pub fn key(uri: &Uri) -> Option<Key> {
    uri.scheme().cloned().zip(uri.authority().cloned())
}

/// Connections by origin, those used last at the end.
pub struct Pool<S> {
    idle: Mutex<Idle<S>>,
    most: usize,
}

struct Idle<S> {
    by_origin: HashMap<Key, Vec<(Instant, Connection<S>)>>,
    count: usize,
    swept: Instant,
}

impl<S: Stream> Pool<S> {
    /// Keeps at most so many.
    pub fn new(most: usize) -> Self {
        let idle = Idle { by_origin: HashMap::new(), count: 0, swept: Instant::now() };
        Self { idle: Mutex::new(idle), most }
    }

    /// A connection to an origin that is open now, if there is one.
    pub fn take(&self, key: &Key) -> Option<Connection<S>> {
        loop {
            let last = self.lock().pop(key);
            // The system is asked while others take and put theirs.
            match last? {
                (since, connection) if since.elapsed() < LONGEST && connection.is_open() => return Some(connection),
                _ => {}
            }
        }
    }

    /// Keeps a connection that can have another request.
    pub fn put(&self, key: Key, connection: Connection<S>) {
        let Some(connection) = connection.at_rest() else { return };
        let mut idle = self.lock();
        let old = idle.sweep();
        if idle.count < self.most {
            idle.count += 1;
            idle.by_origin.entry(key).or_default().push((Instant::now(), connection));
        }
        drop(idle);
        // They are closed while others take and put theirs.
        drop(old);
    }

    fn lock(&self) -> MutexGuard<'_, Idle<S>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Idle<S> {
    fn pop(&mut self, key: &Key) -> Option<(Instant, Connection<S>)> {
        let last = self.by_origin.get_mut(key)?.pop()?;
        self.count -= 1;
        Some(last)
    }

    /// Takes out what has waited too long, from time to time.
    fn sweep(&mut self) -> Vec<(Instant, Connection<S>)> {
        let mut old = Vec::new();
        if self.swept.elapsed() >= LONGEST {
            self.swept = Instant::now();
            for connections in self.by_origin.values_mut() {
                let fresh = connections.iter().position(|(since, _)| since.elapsed() < LONGEST);
                old.extend(connections.drain(..fresh.unwrap_or(connections.len())));
            }
            self.by_origin.retain(|_, connections| !connections.is_empty());
            self.count -= old.len();
        }
        old
    }
}
