//! Rows on one subject, one after the other.
//!
//! The queue keeps calls on a subject apart, but a batch has to know more: a row must not be sent
//! before the journal has what became of the one before it, or a crash in between would repeat the
//! earlier row after the later one. And if the earlier row is still to be repeated, the later one
//! has to wait for that too, or the order would end with the earlier row's status.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use plugin_host_core::subject::Subject;
use tokio::sync::oneshot;

/// Whether the rows behind may be sent: the line of the row that has to be repeated first, if not.
type Verdict = Option<u64>;

/// The last row on each subject that has one under way, or one to be repeated.
#[derive(Debug, Clone, Default)]
pub struct Lanes(Arc<Mutex<HashMap<Subject, Last>>>);

#[derive(Debug)]
enum Last {
    UnderWay { row: u64, verdict: oneshot::Receiver<Verdict> },
    ToRepeat { row: u64 },
}

impl Lanes {
    /// The place of a row, behind all on its subject that were given out before.
    pub fn place(&self, subject: Subject, row: u64) -> Place {
        let (sender, verdict) = oneshot::channel();
        let last = self.lock().insert(subject.clone(), Last::UnderWay { row, verdict });
        Place { lanes: self.clone(), subject, row, before: last, behind: sender }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Subject, Last>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A row's place among those on its subject.
pub struct Place {
    lanes: Lanes,
    subject: Subject,
    row: u64,
    before: Option<Last>,
    behind: oneshot::Sender<Verdict>,
}

impl Place {
    /// Waits for the row before. Returns the line of a row that has to be repeated first, if there
    /// is one.
    pub async fn turn(&mut self) -> Option<u64> {
        match self.before.take()? {
            Last::ToRepeat { row } => Some(row),
            // A row that vanished says nothing about itself: it counts as one to be repeated.
            Last::UnderWay { row, verdict } => verdict.await.unwrap_or(Some(row)),
        }
    }

    /// Lets the next row have its turn. `repeat` is the line of a row that has to be repeated first.
    pub fn leave(self, repeat: Option<u64>) {
        let mut last = self.lanes.lock();
        // Nobody came behind: what the next one has to know is kept, if it is anything.
        if matches!(last.get(&self.subject), Some(Last::UnderWay { row, .. }) if *row == self.row) {
            match repeat {
                Some(row) => last.insert(self.subject, Last::ToRepeat { row }),
                None => last.remove(&self.subject),
            };
        } else {
            let _ = self.behind.send(repeat);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn subject(value: &str) -> Subject {
        let value = serde_json::value::to_raw_value(value).unwrap();
        Subject::of_field("id", &value).unwrap()
    }

    #[tokio::test]
    async fn a_row_has_its_turn_when_the_one_before_has_left() {
        let lanes = Lanes::default();
        let (mut first, mut second, mut third) =
            (lanes.place(subject("7"), 1), lanes.place(subject("007"), 2), lanes.place(subject("7"), 3));
        assert_eq!(first.turn().await, None);
        assert_eq!(lanes.place(subject("8"), 4).turn().await, None, "another subject waits");
        assert!(third.turn().now_or_never().is_none());
        first.leave(None);
        assert_eq!(second.turn().await, None);
        second.leave(None);
    }

    #[tokio::test]
    async fn a_row_to_be_repeated_keeps_back_all_behind_it_also_those_that_come_late() {
        let lanes = Lanes::default();
        let (first, mut second) = (lanes.place(subject("7"), 1), lanes.place(subject("007"), 2));
        first.leave(Some(1));
        assert_eq!(second.turn().await, Some(1));
        second.leave(Some(1));
        assert_eq!(lanes.place(subject("7"), 9).turn().await, Some(1));
    }

    #[tokio::test]
    async fn subjects_that_are_through_are_forgotten() {
        let lanes = Lanes::default();
        lanes.place(subject("7"), 1).leave(None);
        assert!(lanes.lock().is_empty());
    }
}
