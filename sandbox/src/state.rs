//! All that the sandbox knows while it runs.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::deliveries::Deliveries;
use crate::functions::{Work, cancel_overdue};
use crate::misbehaviour::Misbehaviour;
use crate::orders::Orders;
use crate::record::{Log, Recorded};
use crate::shop::Shop;
use crate::signature::Account;
use crate::world::World;

/// Shared by the server's connections and the [`Sandbox`](crate::Sandbox) that looks at it.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) account: Account,
    pub(crate) orders: Orders,
    pub(crate) slow: Duration,
    pub(crate) deliveries: Deliveries,
    misbehaviour: Mutex<Option<Misbehaviour>>,
    log: Mutex<Log>,
    world: Mutex<World>,
}

impl State {
    pub(crate) fn new(
        account: Account,
        orders: Orders,
        shop: Shop,
        slow: Duration,
        misbehaviour: Option<Misbehaviour>,
    ) -> Self {
        Self {
            account,
            orders,
            slow,
            deliveries: Deliveries::default(),
            misbehaviour: Mutex::new(misbehaviour),
            log: Mutex::default(),
            world: Mutex::new(World::new(shop)),
        }
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

    /// Looks at the account, or sets something for it.
    pub(crate) fn world<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        act(&mut lock(&self.world))
    }

    /// Does something in the shop that no other request sees half done, and tells scripts what has
    /// happened by it. The numbers of the webhooks are given back.
    pub(crate) fn work<T>(&self, act: impl FnOnce(&mut Work) -> T) -> (T, Vec<u64>) {
        let mut world = lock(&self.world);
        let World { shop, shapes, clock, .. } = &mut *world;
        let mut work = Work { shop, orders: &self.orders, shapes, clock, events: Vec::new() };
        cancel_overdue(&mut work);
        let done = act(&mut work);
        let events = work.events;
        let ids = if events.is_empty() {
            Vec::new()
        } else {
            self.deliveries.announce(&events, &world.shop, &world.shapes, &self.account)
        };
        (done, ids)
    }
}

/// No code panics while it holds a lock half-way through a change, so a poisoned one is as good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
