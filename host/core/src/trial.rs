//! Calls that reach nobody: their requests are answered by whoever tries the plugin out, and all that
//! can be seen of them from outside is told. For tests of plugins.
//!
//! What comes out is the plugin's own: nothing is masked, completed or repeated, as what is asked is
//! whether the plugin does its part.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::Level;

use crate::engine::{Instance, LoadError, LogLine, Outcome, PANICKED, Seen};
use crate::error::ActionError;
use crate::http::{NoResponse, PreparedRequest, Response, run_blocking};
use crate::runner::Connected;

/// Answers a request, the first of a call being number 0.
pub type Answer = Arc<dyn Fn(usize, &PreparedRequest) -> Result<Response, NoResponse> + Send + Sync>;

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// With this output.
    Output(String),
    /// With what the plugin set as its error.
    Error(String),
    /// In the middle, and why.
    Trap(String),
}

/// A call that was tried out.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Trial {
    /// How it ended.
    pub ending: Ending,
    /// What it asked for, with those requests that the policy refused.
    pub requests: Vec<PreparedRequest>,
    /// Why the policy refused a request, if it did, without secrets.
    pub refused: Option<String>,
    /// What it logged, without secrets.
    pub logged: Vec<LogLine>,
    /// What else can be seen of it.
    pub seen: Seen,
}

impl Trial {
    /// Its error document, if it failed with one.
    pub fn error(&self) -> Option<ActionError> {
        match &self.ending {
            Ending::Error(document) => serde_json::from_str(document).ok(),
            Ending::Output(_) | Ending::Trap(_) => None,
        }
    }

    /// Why it ended in the middle, if it did: for a panic, what it logged of that.
    pub fn stopped(&self) -> Option<String> {
        let Ending::Trap(why) = &self.ending else { return None };
        let said = self.logged.last().filter(|line| why == PANICKED && line.level == Level::ERROR);
        Some(said.map_or_else(|| why.clone(), |line| format!("{why}: {}", line.text)))
    }

    /// Whether it succeeded.
    pub fn is_output(&self) -> bool {
        matches!(self.ending, Ending::Output(_))
    }
}

/// Tries calls out, one after the other, on one instance as long as none traps.
pub struct Trials<'a> {
    connected: &'a Connected,
    instance: Option<Instance>,
}

/// What is noted of a call's requests.
#[derive(Default)]
struct Notes {
    requests: Vec<PreparedRequest>,
    refused: Option<String>,
}

impl<'a> Trials<'a> {
    /// Calls with a connection.
    pub fn new(connected: &'a Connected) -> Self {
        Self { connected, instance: None }
    }

    /// Calls an export, of whichever name. A request that the connection may not make is answered as
    /// the host would; `answer` is asked for the others.
    ///
    /// # Errors
    /// If there is no instance to call.
    pub fn run(&mut self, export: &str, input: &str, answer: Answer) -> Result<Trial, LoadError> {
        let mut instance = match self.instance.take() {
            Some(instance) => instance,
            None => run_blocking(self.connected.new_instance())?,
        };
        let notes = Arc::<Mutex<Notes>>::default();
        let mut exchange = self.connected.exchange();
        let (noted, client, context) = (notes.clone(), exchange.client.clone(), exchange.context.clone());
        exchange.answers = Some(Box::new(move |request| {
            let mut notes = noted.lock().unwrap_or_else(PoisonError::into_inner);
            let judged = client.judge(&request, &context.policy);
            let answered = match &judged {
                Ok(()) => answer(notes.requests.len(), &request),
                Err(refusal) => Err(refusal.clone()),
            };
            notes.requests.push(request);
            if let Err(refusal) = judged {
                let why = refusal.note.unwrap_or_else(|| refusal.failure.as_str().to_owned());
                notes.refused.get_or_insert(why);
            }
            answered
        }));
        exchange.keep_log();
        let (outcome, mut exchange) = instance.call(export, input, exchange);
        let (logged, redactor) = (exchange.logged(), self.connected.redactor());
        let seen = instance.seen();
        let ending = match outcome {
            Outcome::Output(output) => Ending::Output(output),
            Outcome::Error(error) => Ending::Error(error),
            Outcome::Trap(why) => Ending::Trap(why),
        };
        if !matches!(ending, Ending::Trap(_)) {
            self.instance = Some(instance);
        }
        let Notes { requests, refused } = mem::take(&mut *notes.lock().unwrap_or_else(PoisonError::into_inner));
        let refused = refused.map(|why| redactor.text(&why).into_owned());
        Ok(Trial { ending, requests, refused, logged, seen })
    }
}
