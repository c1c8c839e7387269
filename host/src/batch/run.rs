//! Sending the rows.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use plugin_host_core::error::{ActionError, Effect, Retry};
use plugin_host_core::idempotency::{Filled, Key};
use plugin_host_core::queue::Queue;
use plugin_host_core::redact::Redactor;
use plugin_host_core::retry::Repetition;
use plugin_host_core::verify::Finding;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};

use super::breaker::{Breaker, is_of_connection};
use super::journal::{Broken, Entry, Writer};
use super::lanes::{Lanes, Place};
use super::plan::{Plan, Step};
use super::request::Request;
use super::table::Table;
use crate::audit::{Audit, CANCELLED, Face, Who};
use crate::hint;
use crate::trace;

/// How a batch is run.
pub struct Run {
    /// The calls, with rate and repetitions.
    pub queue: Queue,
    /// The action.
    pub action: String,
    /// How many rows may be under way at once.
    pub in_flight: usize,
    /// Whether the journal has lost something.
    pub damaged: bool,
    /// What comes of making a call of the action twice.
    pub repetition: Repetition,
    /// From what the keys of rows follow, if that is known.
    pub journal_id: Option<String>,
    /// What is to become of each row.
    pub plan: Plan,
    /// What must not be written down.
    pub redactor: Redactor,
    /// Ends the run: rows under way come to their end, no others are begun.
    pub stop: CancellationToken,
    /// Has a line for each row that is called.
    pub audit: Audit,
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
    /// It failed, and that is how it stands.
    Failed(Box<ActionError>),
    /// It failed, and is to be repeated.
    Open(Box<ActionError>),
    /// It was not sent: the row of this line, on the same subject, has to be repeated first.
    Held(u64),
    /// It was not sent: the run ended before.
    Unsent,
    /// What became of it could not be written down.
    Lost,
}

impl Fate {
    /// The word for it, of a closed set.
    fn word(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed(error) | Self::Open(error) => error.kind.word(),
            Self::Held(_) => "held",
            Self::Unsent => "unsent",
            Self::Lost => "lost",
        }
    }
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
    breaker: Mutex<Breaker>,
    end: Mutex<Option<End>>,
    left: AtomicBool,
    span: Span,
}

impl Run {
    /// Sends all rows that are not settled yet, and returns when all that were begun have ended.
    pub async fn rows(self, table: &Table, journal: Writer) -> (End, Writer) {
        // Rows that wait for others on their subject must not keep the rest from being sent; how
        // many wait at most also bounds the memory.
        let window = (self.in_flight * 8).clamp(64, 4096);
        let shared = Arc::new(Shared {
            run: self,
            journal,
            lanes: Lanes::default(),
            breaker: Mutex::default(),
            end: Mutex::default(),
            left: AtomicBool::new(false),
            span: Span::current(),
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
            let step = self.run.plan.step(row.line, self.journal.mark(row.line));
            if step == Step::Skip {
                continue;
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
            let (shared, span) = (self.clone(), trace::row(row.line, &self.span));
            let sent = async move {
                shared.row(row.line, step, request, lane).await;
                drop(place);
            };
            tokio::spawn(sent.instrument(span));
        }
        Ok(())
    }

    /// One row, from its turn to the end.
    async fn row(
        self: Arc<Self>,
        line: u64,
        step: Step,
        request: Result<Request, Box<ActionError>>,
        mut lane: Option<Place>,
    ) {
        let before = match &mut lane {
            Some(lane) => lane.turn().await,
            None => None,
        };
        let fate = match (step, before, request) {
            (Step::Doubt, None, Ok(request)) => self.clone().look_up(line, request).await,
            (Step::Doubt, ..) => self.failed(line, self.in_doubt()).await,
            (Step::Superseded(by), ..) => self.failed(line, superseded(by)).await,
            (_, Some(by), _) => self.record(line, &Entry::Held(by)).await.map(|()| Fate::Held(by)),
            (_, None, Err(error)) => self.failed(line, error).await,
            (_, None, Ok(request)) => self.clone().call(line, request).await,
        };
        let fate = fate.unwrap_or(Fate::Lost);
        trace::ended(&Span::current(), fate.word(), matches!(fate, Fate::Failed(_) | Fate::Open(_) | Fate::Lost));
        if let Some(lane) = lane {
            lane.leave(match &fate {
                Fate::Done | Fate::Failed(_) => before,
                Fate::Held(by) => Some(*by),
                Fate::Open(_) | Fate::Unsent | Fate::Lost => Some(line),
            });
        }
        if fate == Fate::Unsent {
            self.left.store(true, Ordering::Relaxed);
        }
        (self.run.on_row)(line, &fate);
    }

    /// A row that may have been sent, and is not to be sent twice: it is looked up, if it can be.
    async fn look_up(self: Arc<Self>, line: u64, request: Request) -> Result<Fate, Broken> {
        let (queue, doubt) = (&self.run.queue, self.in_doubt());
        let action = queue.connected().description().action(&self.run.action);
        let input = self.keyed(line, request.input.clone());
        let found = queue.look_up(&self.run.action, &input, self.run.stop.clone()).await;
        let Some((found, verify)) = found.zip(action.and_then(|action| action.verify.as_ref())) else {
            return self.failed(line, doubt).await;
        };
        if found.is_err() && self.run.stop.is_cancelled() {
            return Ok(Fate::Unsent);
        }
        let finding = found.unwrap_or_else(|failed| Finding::of_failure(verify, &failed));
        match finding.settle(doubt) {
            Ok(output) => {
                self.record(line, &Entry::Done(&output)).await?;
                Ok(Fate::Done)
            }
            Err(error) if error.effect == Effect::None => self.call(line, request).await,
            Err(error) => self.failed(line, error).await,
        }
    }

    /// The input with the row's key, the same in every run: none of its attempts is another call.
    fn keyed(&self, line: u64, input: String) -> String {
        let action = self.run.queue.connected().description().action(&self.run.action);
        let key = |id: &str| Key::derived([id, &line.to_string()]);
        let filled =
            action.zip(self.run.journal_id.as_deref()).and_then(|(action, id)| Filled::of(action, &input, || key(id)));
        filled.map_or(input, |filled| filled.input)
    }

    async fn call(self: Arc<Self>, line: u64, request: Request) -> Result<Fate, Broken> {
        let Request { input, lines, .. } = request;
        let audited = self.run.audit.begin(Face::Cli, Who::Anybody);
        audited.names(self.run.queue.connected(), &self.run.action);
        // The row counts as begun from its first attempt on, and not while it waits for its time: a line
        // that could not be written meanwhile keeps it from being sent.
        let begun = {
            let (shared, audited) = (self.clone(), audited.clone());
            async move {
                if let Err(why) = audited.ready() {
                    shared.stop(End::Broken(why.to_string()));
                    return Err(Box::new(ActionError::cancelled()));
                }
                let written = shared.record(line, &Entry::Begun).await;
                written.map_err(|why| Box::new(ActionError::internal(why.to_string(), Effect::None)))
            }
        };
        let (action, stop) = (&self.run.action, self.run.stop.clone());
        let input = self.keyed(line, input);
        let outcome = self.run.queue.call_noted(action, input, stop, Box::pin(begun)).await;
        match &outcome {
            Err(error) if **error == ActionError::cancelled() => audited.ended(CANCELLED),
            outcome => audited.ended_with(outcome),
        }
        // The next row is not to leave before it is known whether this one's line could be written.
        drop(audited);
        match outcome {
            Ok(output) => {
                self.record(line, &Entry::Done(&output)).await?;
                self.note(Ok(()));
                Ok(Fate::Done)
            }
            Err(error) if *error == ActionError::cancelled() => Ok(Fate::Unsent),
            Err(mut error) => {
                self.note(Err(&error));
                if let Some(action) = self.run.queue.connected().description().action(&self.run.action) {
                    hint::choices(action, &mut error);
                }
                lines.tell(&mut error);
                self.failed(line, error).await
            }
        }
    }

    /// Writes down how a row failed: for good, if the same request would fail again, or might do
    /// something twice. An error of the connection says nothing about the row.
    async fn failed(&self, line: u64, mut error: Box<ActionError>) -> Result<Fate, Broken> {
        self.run.redactor.error(&mut error);
        let as_mended = ActionError { retry: Retry::Later, ..(*error).clone() };
        let is_open = self.run.repetition.allows(if is_of_connection(&error) { &as_mended } else { &error });
        let entry = if is_open { Entry::Open(&error) } else { Entry::Failed(&error) };
        self.record(line, &entry).await?;
        Ok(if is_open { Fate::Open(error) } else { Fate::Failed(error) })
    }

    /// Of a row that may have been sent, and is not to be sent twice.
    fn in_doubt(&self) -> Box<ActionError> {
        let why = match self.run.damaged {
            true => "What became of the row was lost with a part of the journal: look whether it was changed.",
            false => "The row was under way when an earlier run was broken off: look whether it was changed.",
        };
        Box::new(ActionError::internal(why, Effect::Unknown))
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

/// Of a row that was overtaken by the row of this line.
fn superseded(by: u64) -> Box<ActionError> {
    let why = format!("Not sent again: line {by}, a later row on the same thing, is done and would be undone.");
    Box::new(ActionError { kind: "superseded".into(), ..ActionError::internal(why, Effect::Unknown) })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
