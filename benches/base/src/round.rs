//! One round: calls in flight for a while, and what came of them.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::units::{self, number};
use crate::{stats, usage};

/// What a round came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// Calls that were made; all of them succeeded.
    pub calls: u64,
    /// From the first call's beginning to the last one's end.
    pub seconds: f64,
    /// Half of the calls took no longer.
    pub p50_us: f64,
    /// 99 of 100 calls took no longer.
    pub p99_us: f64,
    /// The processor's time for a call, in the contender's process, if that can be told.
    pub cpu_us: Option<f64>,
    /// The most memory that the contender's process ever had resident, if that can be told.
    pub peak_bytes: Option<u64>,
}

impl Round {
    /// Calls in a second.
    #[expect(clippy::cast_precision_loss, reason = "no round has that many calls")]
    pub fn rate(&self) -> f64 {
        self.calls as f64 / self.seconds
    }
}

/// Measures a round that is under way.
pub struct Stopwatch {
    begun: Instant,
    end: Instant,
    cpu: Option<Duration>,
    /// Whose time and memory count; none for this process.
    process: Option<u32>,
}

impl Stopwatch {
    /// Begins a round of this length.
    pub fn start(length: Duration) -> Self {
        Self::of(None, length)
    }

    /// Begins a round of this length, whose calls another process makes on behalf of this one, if there is one: its
    /// time and memory count.
    pub fn of(process: Option<u32>, length: Duration) -> Self {
        let begun = Instant::now();
        Self { begun, end: begun + length, cpu: cpu(process), process }
    }

    /// When no further call is to begin.
    pub fn end(&self) -> Instant {
        self.end
    }

    /// Ends it. The latencies are the calls', in nanoseconds.
    ///
    /// # Panics
    /// If there was no call.
    pub fn stop(self, mut latencies: Vec<u64>) -> Round {
        let elapsed = self.begun.elapsed();
        let cpu = cpu(self.process).zip(self.cpu).map(|(now, then)| now.saturating_sub(then));
        latencies.sort_unstable();
        let micros = |share| units::micros(stats::percentile(&latencies, share));
        Round {
            calls: latencies.len() as u64,
            seconds: elapsed.as_secs_f64(),
            p50_us: micros(0.5),
            p99_us: micros(0.99),
            cpu_us: cpu.map(|cpu| cpu.as_secs_f64() * 1e6 / number(latencies.len())),
            peak_bytes: self.process.map_or_else(usage::peak_resident, usage::peak_resident_of),
        }
    }
}

fn cpu(process: Option<u32>) -> Option<Duration> {
    process.map_or_else(usage::cpu, usage::cpu_of)
}

/// How long something took, in nanoseconds.
pub fn nanos(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// A round in which every caller has a thread, and makes one call after the other.
///
/// # Errors
/// The first call's that failed: a contender that does not do its work is not measured.
pub fn threads(callers: &mut [Box<dyn Caller>], length: Duration) -> Result<Round> {
    threads_of(callers, Stopwatch::start(length))
}

/// The same, measured by this watch.
///
/// # Errors
/// The first call's that failed.
pub fn threads_of(callers: &mut [Box<dyn Caller>], watch: Stopwatch) -> Result<Round> {
    let end = watch.end();
    let latencies = thread::scope(|scope| {
        let threads: Vec<_> =
            callers.iter_mut().map(|caller| scope.spawn(move || call_until(end, &mut **caller))).collect();
        let join = |thread: thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        threads.into_iter().map(join).collect::<Result<Vec<Vec<u64>>>>()
    })?;
    Ok(watch.stop(latencies.concat()))
}

/// Makes one call, and others as long as there is time.
fn call_until(end: Instant, caller: &mut dyn Caller) -> Result<Vec<u64>> {
    let mut latencies = Vec::new();
    while latencies.is_empty() || Instant::now() < end {
        let begun = Instant::now();
        caller.call()?;
        latencies.push(nanos(begun));
    }
    Ok(latencies)
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    struct Sleeper(Duration);

    impl Caller for Sleeper {
        fn call(&mut self) -> Result<()> {
            if self.0.is_zero() {
                bail!("no sleep")
            }
            thread::sleep(self.0);
            Ok(())
        }
    }

    fn sleepers(millis: [u64; 2]) -> Vec<Box<dyn Caller>> {
        millis.map(|millis| Box::new(Sleeper(Duration::from_millis(millis))) as Box<dyn Caller>).into()
    }

    #[test]
    fn callers_are_in_flight_together_and_every_call_counts() {
        let round = threads(&mut sleepers([5, 5]), Duration::from_millis(50)).unwrap();
        assert!(round.calls >= 2 && round.seconds >= 0.05);
        assert!(round.p50_us >= 5000.0 && round.p99_us >= round.p50_us, "{round:?}");
        assert!((round.rate() - round.calls as f64 / round.seconds).abs() < 1e-9);
    }

    #[test]
    fn a_failing_call_fails_the_round() {
        assert!(threads(&mut sleepers([1, 0]), Duration::from_millis(5)).unwrap_err().to_string().contains("no sleep"));
    }
}
