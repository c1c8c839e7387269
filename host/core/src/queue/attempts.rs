//! The attempts of calls: the one loop in which they are made, looked up and repeated.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span, info, warn};

use super::bulkhead::{Bulkhead, Slots};
use super::detach::DetachOnDrop;
use super::subjects::{self, Turn};
use crate::description::{ActionDescription, Verify};
use crate::error::{ActionError, Effect};
use crate::retry::{Backoff, Repetition};
use crate::runner::Connected;
use crate::shares::Permit;
use crate::subject::Subject;
use crate::trace;
use crate::verify::{self, Finding};

/// The attempts of one connection's calls.
pub struct Attempts {
    pub connected: Arc<Connected>,
    pub bulkhead: Arc<Bulkhead>,
    pub slots: Slots,
    pub backoff: Backoff,
}

/// Is waited for when the turn of a call has come, right before its first attempt. If it fails,
/// nothing is sent, and its error is the call's.
pub type Before = Pin<Box<dyn Future<Output = Result<(), Box<ActionError>>> + Send>>;

/// Nothing has to be done before.
pub fn nothing() -> Before {
    Box::pin(std::future::ready(Ok(())))
}

/// What an attempt runs.
pub enum Export {
    /// The check of the connection.
    Check,
    /// An action, by its name.
    Action(String),
    /// An export of a trigger, and the secret of its subscription, if the call is given one.
    Trigger { trigger: String, export: String, secret: Option<String> },
}

impl Export {
    /// What is called; `check` is what the check is called.
    fn name<'a>(&'a self, check: &'a str) -> &'a str {
        match self {
            Self::Check => check,
            Self::Action(export) | Self::Trigger { export, .. } => export,
        }
    }

    fn action(&self) -> Option<&str> {
        match self {
            Self::Action(action) => Some(action),
            Self::Check | Self::Trigger { .. } => None,
        }
    }
}

/// What an attempt does.
pub struct Work {
    pub export: Export,
    pub input: String,
    pub subject: Option<Subject>,
    pub repetition: Repetition,
    /// Whether it can be looked up.
    pub verify: bool,
    /// Whether one attempt has to do.
    pub once: bool,
    /// Whether the service is asked: then rate and breaker count.
    pub asks: bool,
}

impl Work {
    /// Of a call; `described` is its action.
    pub fn new(described: Option<&ActionDescription>, name: &str, input: String, subject: Option<Subject>) -> Self {
        let repetition = described.map_or(Repetition::Harmful, Repetition::of);
        let verify = repetition != Repetition::Read && described.is_some_and(|action| action.verify.is_some());
        Self { export: Export::Action(name.to_owned()), input, subject, repetition, verify, once: false, asks: true }
    }

    /// Of an export that is no action's.
    pub fn of(export: Export, input: String, repetition: Repetition) -> Self {
        Self { export, input, subject: None, repetition, verify: false, once: false, asks: true }
    }
}

/// What an attempt holds until it ends, whoever still waits for it.
struct Permits {
    _turn: Option<subjects::Guard>,
    _slot: Permit,
}

impl Attempts {
    /// Makes a call. Its errors are as the plugin has them, but for what was looked up.
    pub async fn run(
        self: Arc<Self>,
        work: Work,
        turn: Option<Turn>,
        before: Before,
        cancel: CancellationToken,
    ) -> Result<String, Box<ActionError>> {
        let description = self.connected.description();
        let export = work.export.name(&description.connection.check);
        let outer = Span::current();
        let span = trace::call(&description.name, self.connected.name(), export);
        let work = Arc::new(work);
        let outcome = self.clone().repeated(&work, turn, before, cancel, &outer).instrument(span.clone()).await;
        trace::ended(&span, &outcome);
        outcome
    }

    /// The one loop in which calls are repeated; `outer` is the span of whatever asked for the call.
    async fn repeated(
        self: Arc<Self>,
        work: &Arc<Work>,
        turn: Option<Turn>,
        before: Before,
        cancel: CancellationToken,
        outer: &Span,
    ) -> Result<String, Box<ActionError>> {
        let mut last = None;
        let cancelled =
            |last: Option<Box<ActionError>>| Err(last.unwrap_or_else(|| Box::new(ActionError::cancelled())));
        let mut guard = match turn {
            Some(turn) => tokio::select! {
                biased;
                () = cancel.cancelled() => return cancelled(None),
                guard = turn.taken().instrument(trace::wait("subject")) => Some(guard),
            },
            None => None,
        };
        let mut before = Some(before);
        let mut repeated = 0;
        loop {
            let slot = tokio::select! {
                biased;
                () = cancel.cancelled() => return cancelled(last),
                slot = self.bulkhead.slot(work.export.action(), work.asks).instrument(trace::wait("slot")) => slot,
            };
            let breaker = self.bulkhead.breaker.as_ref().filter(|_| work.asks);
            let error = if let Some(Err(refusal)) = breaker.map(|it| it.admit(Instant::now())) {
                drop(slot);
                // What an earlier attempt came to counts for more.
                last.take().unwrap_or(refusal)
            } else {
                if let Some(before) = before.take() {
                    before.await?;
                }
                let permits = Permits { _turn: guard.take(), _slot: slot };
                let (outcome, permits) = self.clone().attempt(work.clone(), permits, repeated, outer.clone()).await;
                // The subject stays taken between attempts, and while one is looked up, so that none
                // of them comes after a later call on it and undoes what that did. The slot does not.
                guard = permits.and_then(|permits| permits._turn);
                let outcome = match outcome {
                    Err(error) => self.looked_up(work, error, &cancel).await,
                    done => done,
                };
                match outcome {
                    Ok(output) => return Ok(output),
                    Err(error) => error,
                }
            };
            let next = self.backoff.next(work.repetition, repeated, &error);
            let Some(wait) = next.filter(|_| !work.once) else {
                return Err(error);
            };
            last = Some(error);
            tokio::select! {
                biased;
                () = cancel.cancelled() => return cancelled(last),
                () = sleep(wait) => {}
            }
            repeated += 1;
        }
    }

    /// What became of an attempt that failed: if its effect is not known and can be looked up, what
    /// that has told.
    async fn looked_up(
        self: &Arc<Self>,
        work: &Work,
        error: Box<ActionError>,
        cancel: &CancellationToken,
    ) -> Result<String, Box<ActionError>> {
        let action = work.export.action().and_then(|action| self.connected.description().action(action));
        let verify = action.filter(|_| work.verify && error.effect == Effect::Unknown);
        let Some((action, verify)) = verify.and_then(|action| Some((action, action.verify.as_ref()?))) else {
            return Err(error);
        };
        // A call that may be repeated anyway is: more of looking would be more for a service in trouble.
        let once = work.repetition.is_harmless();
        let found = self.clone().look(action, verify, &work.input, once, cancel.clone()).await;
        let finding = found.unwrap_or_else(|failed| Finding::of_failure(verify, &failed));
        let (connection, subject, read) = (self.connected.name(), self.shown_subject(work), &verify.action);
        let (action, subject) = (&action.name, subject.as_deref());
        match &finding {
            Finding::Done(_) => info!(connection, action, subject, read, "looked up: it was done"),
            Finding::Undone(_) => info!(connection, action, subject, read, "looked up: it was not done"),
            Finding::Unclear(why) => warn!(connection, action, subject, read, "looked up: {why}"),
        }
        finding.settle(error)
    }

    /// Looks a call up by its action's read. It is a future of its own, as the read runs in the same loop.
    pub fn look<'a>(
        self: Arc<Self>,
        action: &'a ActionDescription,
        verify: &'a Verify,
        input: &'a str,
        once: bool,
        cancel: CancellationToken,
    ) -> Pin<Box<dyn Future<Output = Result<Finding, Box<ActionError>>> + Send + 'a>> {
        Box::pin(async move {
            let read = self.connected.description().action(&verify.action);
            let work = Work::new(read, &verify.action, verify::read_input(verify, input), None);
            let work = Work { once, ..work };
            if work.repetition != Repetition::Read {
                let why = format!("{} is no action that only reads. Report it to the plugin's author.", verify.action);
                return Err(Box::new(ActionError::internal(why, Effect::None)));
            }
            let outcome = self.clone().run(work, None, nothing(), cancel).await;
            let found = outcome.map_err(|error| Box::new(Repetition::Read.settle(*error)))?;
            Ok(match Finding::of(action, verify, input, &found) {
                // It repeats what the caller gave.
                Finding::Done(output) => Finding::Done(self.connected.redactor().json(output)),
                other => other,
            })
        })
    }

    async fn attempt(
        self: Arc<Self>,
        work: Arc<Work>,
        permits: Permits,
        repeated: u32,
        outer: Span,
    ) -> (Result<String, Box<ActionError>>, Option<Permits>) {
        // What is logged of the attempt belongs to whatever asked for it, and what is traced to the call:
        // the log and the tracer see no span that is not entered where they are.
        let span = Span::current();
        let attempt = trace::attempt(repeated + 1);
        let ended = attempt.clone();
        let made = async move {
            let begun = Instant::now();
            let outcome = match &work.export {
                Export::Check => self.connected.check_async().await,
                Export::Action(action) => self.connected.attempt(action, &work.input).await,
                Export::Trigger { export, secret, .. } => {
                    self.connected.of_trigger(export, &work.input, secret.as_deref()).await
                }
            };
            if let Some(breaker) = self.bulkhead.breaker.as_ref().filter(|_| work.asks) {
                breaker.note(outcome.as_ref().err().map(AsRef::as_ref), Instant::now());
            }
            trace::ended(&ended, &outcome);
            self.log(&work, repeated, begun, &outcome);
            (outcome, permits)
        };
        let made = made.instrument(attempt).instrument(span).instrument(outer);
        match DetachOnDrop::new(AssertUnwindSafe(made).catch_unwind()).await {
            Ok((outcome, permits)) => (outcome, Some(permits)),
            Err(_) => (Err(Box::new(ActionError::internal("The call was broken off.", Effect::Unknown))), None),
        }
    }

    fn log(&self, work: &Work, repeated: u32, begun: Instant, outcome: &Result<String, Box<ActionError>>) {
        let connection = self.connected.name();
        let (action, trigger) = match &work.export {
            Export::Check => (Some("check"), None),
            Export::Action(action) => (Some(action.as_str()), None),
            Export::Trigger { trigger, .. } => (None, Some(trigger.as_str())),
        };
        // Looked for in the macros, which do it where somebody listens.
        let subject = || self.shown_subject(work);
        let (attempt, ms) = (repeated + 1, u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX));
        match outcome {
            Ok(_) => info!(connection, action, trigger, subject = subject().as_deref(), attempt, ms, "done"),
            Err(error) => {
                let error = work.repetition.settle((**error).clone());
                let (retry, effect) = (error.retry.as_str(), error.effect.as_str());
                warn!(
                    connection,
                    action,
                    trigger,
                    subject = subject().as_deref(),
                    attempt,
                    ms,
                    kind = error.kind.as_str(),
                    retry,
                    effect,
                    "{}",
                    error.message
                );
            }
        }
    }

    /// Nobody's secret becomes a log line because it was put into the wrong field.
    fn shown_subject(&self, work: &Work) -> Option<String> {
        work.subject.as_ref().map(|subject| self.connected.redactor().text(subject.value()).into_owned())
    }
}
