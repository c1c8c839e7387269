//! One fault, from the bad call to the good one after it.

use std::time::{Duration, Instant};

use plugin_host_core::ActionError;
use plugin_host_core::http::Limits;

use crate::server::{Server, Step};
use crate::support::{Nature, Way, account, assert_nature, limits, reason, runner_with};

/// What a call may take beyond its limit: scheduling on a busy machine, and the good call's own.
const GRACE: Duration = Duration::from_secs(5);

/// A script that breaks a call.
pub struct Fault {
    script: Vec<Step>,
    limits: Limits,
}

/// What the host and the server were left with.
pub struct Aftermath {
    pub error: ActionError,
    /// How many bytes of floods the server got rid of in a bad call.
    pub flooded: u64,
}

impl Fault {
    pub fn of(script: impl Into<Vec<Step>>) -> Self {
        Self { script: script.into(), limits: limits() }
    }

    pub fn limits(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut self.limits);
        self
    }

    /// Calls the action against the script, which must fail in time, with this nature and, where
    /// there is no response, for this reason; then against good answers, which must work. Both ways.
    #[track_caller]
    pub fn tells(self, nature: Nature, why: &str) -> Aftermath {
        let [mut one, other] = Way::ALL.map(|way| self.tells_by(way, nature, why));
        one.flooded = one.flooded.max(other.flooded);
        one
    }

    #[track_caller]
    fn tells_by(&self, way: Way, nature: Nature, why: &str) -> Aftermath {
        let server = Server::start(self.script.clone());
        let deadline = self.limits.connect + self.limits.total + GRACE;
        let runner = runner_with(self.limits.clone(), &[&server.origin()], Default::default());
        let connected = runner.connect(account(&server.origin()));
        let begun = Instant::now();
        let error = way.refused(&connected);
        assert!(begun.elapsed() < deadline, "{way:?}: it took {:?}", begun.elapsed());
        assert_nature(&error, nature);
        assert_eq!(reason(&error), why, "{way:?}: {error:?}");
        let flooded = server.flooded();
        server.play_well();
        way.done(&connected);
        Aftermath { error, flooded }
    }

    /// Calls the action against the script, which must succeed; then against good answers. Both ways.
    #[track_caller]
    pub fn does_no_harm(self) {
        for way in Way::ALL {
            let server = Server::start(self.script.clone());
            let runner = runner_with(self.limits.clone(), &[&server.origin()], Default::default());
            let connected = runner.connect(account(&server.origin()));
            way.done(&connected);
            server.play_well();
            way.done(&connected);
        }
    }
}
