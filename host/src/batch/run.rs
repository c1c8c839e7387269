//! Sending the rows.

use std::collections::HashSet;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::breaker::Breaker;
use super::hide::Hide;
use super::journal::{Broken, Entry, Mark, Writer, after};
use super::lanes::{Lanes, Place};
use super::request::Request;
use super::table::Table;
use crate::error::{ActionError, Effect};
use crate::queue::Queue;

/// How a batch is run.
pub struct Run {
    /// The calls, with rate and repetitions.
    pub queue: Queue,
    /// The action.
    pub action: String,
    /// How many rows may be under way at once.
    pub in_flight: usize,
    /// Rows that failed for good in an earlier run and are to be repeated, by line.
    pub again: HashSet<u64>,
    /// Whether rows that were under way when an earlier run was broken off may be repeated.
    pub repeat_begun: bool,
    /// What must not be written down.
    pub hide: Hide,
    /// Ends the run: rows under way come to their end, no others are begun.
    pub stop: CancellationToken,
    /// Is told what becomes of each row.
    pub on_row: OnRow,
}

/// Gets a row's line and what became of it.
pub type OnRow = Box<dyn Fn(u64, &Fate) + Send + Sync>;

/// What became of a row in this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is done.
    Done,
    /// It failed.
    Failed(Box<ActionError>),
    /// It was not sent: the row of this line, on the same subject, has to be repeated first.
    Held(u64),
    /// It was not sent: the run ended before.
    Unsent,
    /// What became of it could not be written down.
    Lost,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// All rows have had their turn.
    Through,
    /// Someone wanted it to.
    Stopped,
    /// The trouble was not the rows': why.
    GaveUp(String),
    /// The journal can't be written, or the input can't be read on: why.
    Broken(String),
}

/// What the tasks of a run share.
struct Shared {
    run: Run,
    journal: Writer,
    lanes: Lanes,
    slots: Semaphore,
    breaker: Mutex<Breaker>,
    end: Mutex<Option<End>>,
    left: AtomicBool,
}

impl Run {
    /// Sends all rows that are not settled yet, and returns when all that were begun have ended.
    pub async fn rows(self, table: &Table, journal: Writer) -> (End, Writer) {
        // Rows that wait for others on their subject must not keep the rest from being sent; how
        // many wait at most also bounds the memory.
        let window = (self.in_flight * 8).clamp(64, 4096);
        let shared = Arc::new(Shared {
            slots: Semaphore::new(self.in_flight),
            run: self,
            journal,
            lanes: Lanes::default(),
            breaker: Mutex::default(),
            end: Mutex::default(),
            left: AtomicBool::new(false),
        });
        let places = Arc::new(Semaphore::new(window));
        if let Err(error) = shared.clone().send(table, &places).await {
            shared.stop(End::Broken(format!("the input can't be read on: {error}")));
        }
        // Whoever has a place has not ended.
        let _all = places.acquire_many(u32::try_from(window).expect("the window is small")).await;
        let end = shared.ended();
        let shared = Arc::into_inner(shared).expect("the tasks have ended");
        (end, shared.journal)
    }
}

impl Shared {
    async fn send(self: Arc<Self>, table: &Table, places: &Arc<Semaphore>) -> io::Result<()> {
        let mut rows = table.rows()?;
        while let Some(row) = rows.next()? {
            match self.journal.mark(row.line) {
                Mark::Done => continue,
                Mark::Failed if !self.run.again.contains(&row.line) => continue,
                Mark::Begun if !self.run.repeat_begun && !self.run.again.contains(&row.line) => {
                    let why = "The row was under way when an earlier run was broken off: look whether it was changed.";
                    let failed = self.failed(row.line, Box::new(ActionError::internal(why, Effect::Unknown))).await;
                    (self.run.on_row)(row.line, &failed.unwrap_or(Fate::Lost));
                    continue;
                }
                _ => {}
            }
            let place = tokio::select! {
                biased;
                () = self.run.stop.cancelled() => {
                    self.left.store(true, Ordering::Relaxed);
                    return Ok(());
                }
                place = places.clone().acquire_owned() => place.expect("nobody closes the window"),
            };
            let request = table.request(&row);
            let subject = request.as_ref().ok().and_then(|request| request.subject.clone());
            let lane = subject.map(|subject| self.lanes.place(subject, row.line));
            let shared = self.clone();
            tokio::spawn(async move {
                shared.row(row.line, request, lane).await;
                drop(shared);
                drop(place);
            });
        }
        Ok(())
    }

    /// One row, from its turn to the end.
    async fn row(&self, line: u64, request: Result<Request, Box<ActionError>>, mut lane: Option<Place>) {
        let before = match &mut lane {
            Some(lane) => lane.turn().await,
            None => None,
        };
        let fate = match (before, request) {
            (Some(by), _) => self.record(line, &Entry::Held(by)).await.map(|()| Fate::Held(by)),
            (None, Err(error)) => self.failed(line, error).await,
            (None, Ok(request)) => self.call(line, request.input).await,
        };
        let fate = fate.unwrap_or(Fate::Lost);
        if let Some(lane) = lane {
            lane.leave(match &fate {
                Fate::Done => None,
                Fate::Failed(error) => (after(error) == Mark::Open).then_some(line),
                Fate::Held(by) => Some(*by),
                Fate::Unsent | Fate::Lost => Some(line),
            });
        }
        if fate == Fate::Unsent {
            self.left.store(true, Ordering::Relaxed);
        }
        (self.run.on_row)(line, &fate);
    }

    async fn call(&self, line: u64, input: String) -> Result<Fate, Broken> {
        let stop = &self.run.stop;
        let slot = tokio::select! {
            biased;
            () = stop.cancelled() => return Ok(Fate::Unsent),
            slot = self.slots.acquire() => slot,
        };
        self.record(line, &Entry::Begun).await?;
        let outcome = self.run.queue.call(&self.run.action, input, stop.clone()).await;
        drop(slot);
        match outcome {
            Ok(output) => {
                let output = if self.run.hide.is_in(output.as_bytes()) { "null" } else { &output };
                self.record(line, &Entry::Done(output)).await?;
                self.note(Ok(()));
                Ok(Fate::Done)
            }
            Err(error) if stop.is_cancelled() && *error == ActionError::cancelled() => {
                self.record(line, &Entry::Unsent).await?;
                Ok(Fate::Unsent)
            }
            Err(error) => {
                self.note(Err(&error));
                self.failed(line, error).await
            }
        }
    }

    async fn failed(&self, line: u64, mut error: Box<ActionError>) -> Result<Fate, Broken> {
        self.run.hide.error(&mut error);
        self.record(line, &Entry::Failed(&error)).await?;
        Ok(Fate::Failed(error))
    }

    async fn record(&self, line: u64, entry: &Entry<'_>) -> Result<(), Broken> {
        self.journal
            .record(line, entry)
            .await
            .inspect_err(|why| self.stop(End::Broken(format!("the journal can't be written: {why}"))))
    }

    fn note(&self, outcome: Result<(), &ActionError>) {
        let why = lock(&self.breaker).note(outcome);
        if let Some(why) = why {
            self.stop(End::GaveUp(why));
        }
    }

    /// Ends the run for a reason of its own; the first one counts.
    fn stop(&self, end: End) {
        let mut reason = lock(&self.end);
        if !self.run.stop.is_cancelled() || matches!(end, End::Broken(_)) {
            reason.get_or_insert(end);
        }
        self.run.stop.cancel();
    }

    fn ended(&self) -> End {
        let reason = lock(&self.end).clone();
        let left = self.left.load(Ordering::Relaxed);
        reason.unwrap_or(if left { End::Stopped } else { End::Through })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
