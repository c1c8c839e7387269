//! What all connections share.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::misbehaviour::Misbehaviour;
use crate::record::Recorded;
use crate::shop::Shop;

pub(crate) struct State {
    pub token: String,
    inner: Mutex<Inner>,
}

/// What changes.
pub(crate) struct Inner {
    pub shop: Shop,
    pub requests: Vec<Recorded>,
    pub next: VecDeque<Misbehaviour>,
}

impl State {
    pub fn new(token: String) -> Self {
        let inner = Inner { shop: Shop::sample(), requests: Vec::new(), next: VecDeque::new() };
        Self { token, inner: Mutex::new(inner) }
    }

    pub fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
