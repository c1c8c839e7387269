//! How many rows stand how.

use std::collections::BTreeMap;

use plugin_host_core::error::Effect;
use serde::Serialize;

use super::journal::Past;

/// The numbers of a batch, over all its runs.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// All rows.
    pub rows: u64,
    /// Done.
    pub done: u64,
    /// Failed, by kind: the same row would fail again.
    pub failed: BTreeMap<String, u64>,
    /// Failed, by kind, and to be repeated.
    pub to_repeat: BTreeMap<String, u64>,
    /// Not sent, because an earlier row on the same order is to be repeated first.
    pub held: u64,
    /// Not sent, because the run ended before.
    pub not_sent: u64,
    /// Under way when a run was broken off.
    pub under_way: u64,
    /// Of those that failed or were under way: may or may not have been changed.
    pub unknown_effect: u64,
    /// The lines of the first of those.
    #[serde(skip)]
    pub uncertain: Vec<u64>,
}

/// So many lines of rows whose effect is not known are told; results tell of all.
const TOLD: usize = 20;

impl Tally {
    /// Counts the row that begins on this line.
    pub fn count(&mut self, line: u64, past: &Past) {
        self.rows += 1;
        match past {
            Past::New => self.not_sent += 1,
            Past::Begun => {
                self.under_way += 1;
                self.note_uncertain(line);
            }
            Past::Done(_) => self.done += 1,
            Past::Failed(error) | Past::Open(error) => {
                let by_kind = if matches!(past, Past::Open(_)) { &mut self.to_repeat } else { &mut self.failed };
                *by_kind.entry(error.kind.to_string()).or_default() += 1;
                if error.effect == Effect::Unknown {
                    self.note_uncertain(line);
                }
            }
            Past::Held(_) => self.held += 1,
        }
    }

    fn note_uncertain(&mut self, line: u64) {
        self.unknown_effect += 1;
        if self.uncertain.len() < TOLD {
            self.uncertain.push(line);
        }
    }

    /// How many rows another run would send.
    pub fn remaining(&self) -> u64 {
        self.to_repeat.values().sum::<u64>() + self.held + self.not_sent + self.under_way
    }

    /// How many rows failed for good.
    pub fn refused(&self) -> u64 {
        self.failed.values().sum()
    }
}
