//! Contenders that can be measured.

use std::future::Future;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::runtime::Runtime;

use crate::caller::Caller;
use crate::round::{self, Round, Stopwatch, nanos};

/// A contender that is ready.
pub trait Ready {
    /// Has its calls in flight for so long.
    ///
    /// # Errors
    /// When a call fails.
    fn round(&mut self, length: Duration) -> Result<Round>;
}

/// With a thread for each call.
impl Ready for Vec<Box<dyn Caller>> {
    fn round(&mut self, length: Duration) -> Result<Round> {
        round::threads(self, length)
    }
}

/// A round with a task for each call; `caller` makes what makes the calls of the task of this number, from 1 on.
///
/// # Errors
/// When a call fails.
pub fn tasks<C, F>(runtime: &Runtime, in_flight: usize, length: Duration, caller: impl Fn(usize) -> C) -> Result<Round>
where
    C: Fn() -> F + Send + 'static,
    F: Future<Output = Result<()>> + Send + 'static,
{
    tasks_of(runtime, in_flight, Stopwatch::start(length), caller)
}

/// The same, measured by this watch.
///
/// # Errors
/// When a call fails.
pub fn tasks_of<C, F>(
    runtime: &Runtime,
    in_flight: usize,
    watch: Stopwatch,
    caller: impl Fn(usize) -> C,
) -> Result<Round>
where
    C: Fn() -> F + Send + 'static,
    F: Future<Output = Result<()>> + Send + 'static,
{
    let end = watch.end();
    let latencies = runtime.block_on(async {
        let tasks: Vec<_> = (1..=in_flight).map(|number| tokio::spawn(call_until(end, caller(number)))).collect();
        let mut latencies = Vec::new();
        for task in tasks {
            latencies.append(&mut task.await??);
        }
        anyhow::Ok(latencies)
    })?;
    Ok(watch.stop(latencies))
}

/// Makes one call, and others as long as there is time.
async fn call_until<F: Future<Output = Result<()>>>(end: Instant, call: impl Fn() -> F) -> Result<Vec<u64>> {
    let mut latencies = Vec::new();
    while latencies.is_empty() || Instant::now() < end {
        let begun = Instant::now();
        call().await?;
        latencies.push(nanos(begun));
    }
    Ok(latencies)
}
