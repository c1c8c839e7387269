//! What the services say: whether connections work, and what time it is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use plugin_host_core::observe::{Attempt, Observer};
use plugin_host_core::retry::Backoff;
use tokio_util::sync::CancellationToken;

use super::finding::Findings;
use crate::cli::args::Args;
use crate::cli::failure::Failure;
use crate::cli::open::{Named, Opening};
use crate::cli::runtime::made;

/// A clock that is off by less is as good as any: an answer tells whole seconds, and takes its time.
const GOOD: Duration = Duration::from_secs(30);
/// A clock that is off by more is too bad for signatures and certificates.
const BAD: Duration = Duration::from_secs(300);

/// The times that services told last, by connection, with this machine's.
#[derive(Debug, Default)]
struct Clocks(Mutex<BTreeMap<String, (SystemTime, SystemTime)>>);

impl Observer for Clocks {
    fn attempted(&self, attempt: &Attempt<'_>) {
        if let Some(date) = attempt.requests.iter().rev().find_map(|asked| asked.date) {
            self.lock().insert(attempt.connection.to_owned(), date);
        }
    }
}

impl Clocks {
    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, (SystemTime, SystemTime)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Checks each connection, one after the other.
///
/// # Errors
/// If calls can't be made at all.
pub fn look(args: &Args, opening: &Opening<'_>, named: Vec<Named<'_>>, findings: &mut Findings) -> Result<(), Failure> {
    let clocks = Arc::new(Clocks::default());
    for connected in opening.connect(named, &args.languages(), Some(clocks.clone()))? {
        let name = connected.name().to_owned();
        let backoff = Backoff::default().retries(args.retries.unwrap_or(0));
        match made(connected, backoff, async |queue| queue.check(CancellationToken::new()).await) {
            Ok(_) => findings.ok("check", &name, "the service takes the connection"),
            Err(Failure::Action(error)) => {
                let next = next(error.kind.as_str());
                findings.fail(
                    "check",
                    &name,
                    format!("{} ({})", error.message.trim_end_matches('.'), error.kind),
                    next,
                );
            }
            Err(other) => return Err(other),
        }
        match clocks.lock().get(&name) {
            Some((theirs, ours)) => clock(&name, *theirs, *ours, findings),
            None => findings.warn(
                "clock",
                name,
                "no answer of the service told the time",
                "compare the clock yourself, with date -u",
            ),
        }
    }
    Ok(())
}

fn clock(name: &str, theirs: SystemTime, ours: SystemTime, findings: &mut Findings) {
    let (off, how) = match ours.duration_since(theirs) {
        Ok(fast) => (fast, "ahead of"),
        Err(slow) => (slow.duration(), "behind"),
    };
    let message = format!("this machine's clock is {} s {how} the service's", off.as_secs());
    let next = "set the clock: timedatectl set-ntp true, or what the machine has instead";
    if off > BAD {
        findings.fail("clock", name, message, next);
    } else if off > GOOD {
        findings.warn("clock", name, message, next);
    } else {
        findings.ok("clock", name, "this machine's clock is the service's, within half a minute");
    }
}

/// What to do about an error of a check.
fn next(kind: &str) -> &'static str {
    match kind {
        "auth" => "put the right user and key into the connection",
        "invalid_connection" => "mend the connection's values",
        "throttled" => "wait, and see with --rate that it is asked less often",
        "unavailable" => "look whether the address is right and can be reached from here; see the lines on the network",
        "forged_reply" => "look whether the key is right, and who answers at the address",
        "unexpected_reply" => "look whether the address is the service's, and not a page before it",
        _ => "plugin-host --log debug check tells more",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_good_within_half_a_minute_and_too_bad_after_five() {
        let status = |ours: u64| {
            let mut findings = Findings::default();
            let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            clock("berlin", at(1000), at(ours), &mut findings);
            findings.text().split_whitespace().next().unwrap().to_owned()
        };
        assert_eq!(
            [970, 1030, 1031, 960, 1300, 1301, 600].map(status),
            ["ok", "ok", "warn", "warn", "warn", "fail", "fail"]
        );
    }
}
