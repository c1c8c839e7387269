//! A clock for instances that compute: at each tick they look whether their time is over.
//!
//! Fuel says how much a call computes, and not how long that takes on a machine that is busy.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// The time between two ticks.
const TICK: Duration = Duration::from_millis(10);

/// Ticks without a call after which the clock stops until the next one.
const IDLE: u32 = 100;

/// Ticks as long as calls are under way, and ends when it is dropped.
pub struct Ticker {
    shared: Arc<Shared>,
    thread: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    under_way: AtomicUsize,
    asleep: AtomicBool,
    ended: AtomicBool,
}

/// A call that is under way until this is dropped.
pub struct UnderWay<'a>(&'a Shared);

impl Ticker {
    /// For the instances of an engine.
    ///
    /// # Errors
    /// If the system has no thread for it.
    pub fn start(engine: wasmtime::Engine) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let ticking = Arc::clone(&shared);
        let thread = thread::Builder::new().name("plugin-ticker".to_owned()).spawn(move || ticking.tick(&engine))?;
        Ok(Self { shared, thread })
    }

    /// Begins a call.
    pub fn begin(&self) -> UnderWay<'_> {
        self.shared.under_way.fetch_add(1, SeqCst);
        if self.shared.asleep.load(SeqCst) {
            self.thread.thread().unpark();
        }
        UnderWay(&self.shared)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, SeqCst);
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.shared.ended.store(true, SeqCst);
        self.thread.thread().unpark();
    }
}

impl Shared {
    fn tick(&self, engine: &wasmtime::Engine) {
        let mut idle = 0;
        while !self.ended.load(SeqCst) {
            // An early wake-up does no harm: instances look at the time itself.
            thread::park_timeout(TICK);
            engine.increment_epoch();
            idle = if self.under_way.load(SeqCst) == 0 { idle + 1 } else { 0 };
            if idle >= IDLE {
                self.sleep();
                idle = 0;
            }
        }
    }

    /// Until a call begins.
    fn sleep(&self) {
        self.asleep.store(true, SeqCst);
        while self.under_way.load(SeqCst) == 0 && !self.ended.load(SeqCst) {
            thread::park();
        }
        self.asleep.store(false, SeqCst);
    }
}
