//! All that the sandbox knows while it runs.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::misbehaviour::Misbehaviour;
use crate::orders::Orders;
use crate::record::{Log, Recorded};
use crate::signature::Account;

/// Shared by the server's connections and the [`Sandbox`](crate::Sandbox) that looks at it.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) account: Account,
    pub(crate) orders: Orders,
    pub(crate) slow: Duration,
    misbehaviour: Mutex<Option<Misbehaviour>>,
    log: Mutex<Log>,
}

impl State {
    pub(crate) fn new(account: Account, orders: Orders, slow: Duration, misbehaviour: Option<Misbehaviour>) -> Self {
        Self { account, orders, slow, misbehaviour: Mutex::new(misbehaviour), log: Mutex::default() }
    }

    /// What is set for all requests.
    pub(crate) fn misbehaviour(&self) -> Option<Misbehaviour> {
        *lock(&self.misbehaviour)
    }

    pub(crate) fn set_misbehaviour(&self, misbehaviour: Option<Misbehaviour>) {
        *lock(&self.misbehaviour) = misbehaviour;
    }

    pub(crate) fn record(&self, recorded: Recorded) {
        lock(&self.log).add(recorded);
    }

    pub(crate) fn requests(&self) -> Vec<Recorded> {
        lock(&self.log).kept()
    }

    pub(crate) fn request_count(&self) -> u64 {
        lock(&self.log).total()
    }
}

/// No code panics while it holds a lock half-way through a change, so a poisoned one is as good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
