//! The audit: a line for each call that anybody asks for, also of those that are refused.
//!
//! A line has who, when, with what, and what came of it; nothing of an input or an output, and of names
//! only those that the operator's files and the plugins have. It goes to the log, or to a file of its own.
//! Who names a file wants no call without a line: as long as it can't be written, no call is made. That is
//! asked when a call's turn has come, as it may have waited for long.

mod file;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use jiff::Timestamp;
use plugin_host_core::error::{ActionError, Effect, ErrorKind, Retry};
use plugin_host_core::queue::Before;
use plugin_host_core::runner::Connected;
use plugin_kit::signature::hex;
use serde::Serialize;
use tracing::info;

use crate::trace;
use file::AuditFile;
pub use file::Unwritable;

/// The target of its lines in the log.
pub const TARGET: &str = "audit";

/// What ended without saying how: its process was ended, or stopped in the middle.
const CUT_OFF: &str = "cut_off";
/// What was not made because no line of it can be written.
pub const NO_AUDIT: &str = "no_audit";

/// What was given up before it was made.
pub const CANCELLED: &str = "cancelled";

/// Is told of every line, by its caller and its outcome.
pub type Counter = Arc<dyn Fn(&str, &str) + Send + Sync>;

/// Where lines go. A clone writes to the same place.
#[derive(Clone)]
pub struct Audit(Arc<Inner>);

struct Inner {
    /// None for the log.
    file: Option<AuditFile>,
    counter: Option<Counter>,
    /// How many lines are being made.
    begun: AtomicU64,
    /// Whether a call was made whose line could not be written at once.
    is_behind: AtomicBool,
}

/// By which way a call came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Over HTTP.
    Serve,
    /// As a tool.
    Mcp,
    /// From Restate.
    Restate,
    /// By a command.
    Cli,
}

impl Face {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Serve => "serve",
            Self::Mcp => "mcp",
            Self::Restate => "restate",
            Self::Cli => "cli",
        }
    }
}

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// The caller of this name.
    Caller(Arc<str>),
    /// Whoever comes by that way, where no token is asked for.
    Anybody,
    /// Who shows no token that is let in.
    Unknown,
}

impl From<Unwritable> for Box<ActionError> {
    fn from(_: Unwritable) -> Self {
        // Why is the operator's business.
        let error = ActionError::internal(Unwritable::DETAIL, Effect::None);
        Self::new(ActionError { kind: ErrorKind::Unavailable, retry: Retry::Later, retry_after_s: Some(5), ..error })
    }
}

impl Audit {
    /// Into a file, to which lines are appended, or else, for a server, which counts them, into the log.
    ///
    /// # Errors
    /// If the file can't be opened: one line.
    pub fn open(file: Option<&Path>, counter: Option<Counter>) -> Result<Self, String> {
        let file = file.map(AuditFile::open).transpose()?;
        Ok(Self(Arc::new(Inner { file, counter, begun: AtomicU64::new(0), is_behind: AtomicBool::new(false) })))
    }

    /// Whether calls may be made: nothing is left to be written, and there is room for all lines that
    /// were begun, or for one. Where the file system can't keep room, that is not known.
    ///
    /// # Errors
    /// If they may not.
    pub fn ready(&self) -> Result<(), Unwritable> {
        let begun = self.0.begun.load(Ordering::Relaxed).max(1);
        self.0.file.as_ref().map_or(Ok(()), |file| file.ready(begun))
    }

    /// Writes what could not be written before.
    ///
    /// # Errors
    /// If it can't be now either.
    pub fn flush(&self) -> Result<(), Unwritable> {
        self.0.file.as_ref().map_or(Ok(()), AuditFile::flush)
    }

    /// Whether a call was made whose line could not be written at once. Those that were not made for want
    /// of a line are none.
    pub fn is_behind(&self) -> bool {
        self.0.is_behind.load(Ordering::Relaxed)
    }

    /// Goes on in the file that has the name now: another program may have renamed the one before.
    ///
    /// # Errors
    /// If it can't be opened; then it goes on in the one before.
    pub fn reopen(&self) -> Result<(), String> {
        self.0.file.as_ref().map_or(Ok(()), AuditFile::reopen)
    }

    /// Begins the line of a call. It is written when nobody holds it any more.
    pub fn begin(&self, face: Face, who: Who) -> Audited {
        let caller = match who {
            Who::Caller(name) => Some(name),
            Who::Anybody => Some(face.as_str().into()),
            Who::Unknown => None,
        };
        let line = Line {
            time: format!("{:.3}", Timestamp::now()),
            via: face.as_str(),
            caller,
            plugin: None,
            connection: None,
            action: None,
            outcome: CUT_OFF.to_owned(),
            key: None,
            trace: trace::id(),
            ms: 0,
        };
        self.0.begun.fetch_add(1, Ordering::Relaxed);
        Audited(Arc::new(Entry { audit: self.clone(), begun: Instant::now(), line: Mutex::new(line) }))
    }

    fn write(&self, line: &Line) {
        if let Some(counter) = &self.0.counter {
            counter(line.caller.as_deref().unwrap_or("nobody"), &line.outcome);
        }
        match &self.0.file {
            Some(file) => {
                let is_written = file.write(&(serde_json::json!(line).to_string() + "\n"));
                if !is_written && ![NO_AUDIT, CANCELLED].contains(&&*line.outcome) {
                    self.0.is_behind.store(true, Ordering::Relaxed);
                }
            }
            // Who runs a command sees what comes of it.
            None if self.0.counter.is_none() => {}
            None => info!(
                target: TARGET,
                via = line.via,
                caller = line.caller.as_deref(),
                plugin = line.plugin.as_deref(),
                connection = line.connection.as_deref(),
                action = line.action.as_deref(),
                outcome = line.outcome,
                key = line.key.as_deref(),
                trace = line.trace.as_deref(),
                ms = line.ms,
                "call"
            ),
        }
    }
}

/// A line that is being made. A clone is the same line.
#[derive(Clone)]
pub struct Audited(Arc<Entry>);

struct Entry {
    audit: Audit,
    begun: Instant,
    line: Mutex<Line>,
}

#[derive(Serialize)]
struct Line {
    time: String,
    via: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    caller: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plugin: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    outcome: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<String>,
    ms: u64,
}

impl Audited {
    /// With what it is made. The name of an action counts only if the plugin has it: people put secrets
    /// anywhere.
    pub fn names(&self, connected: &Connected, action: &str) {
        self.on_line(|line| {
            let description = connected.description();
            line.plugin = Some(description.name.clone());
            line.connection = Some(connected.name().to_owned()).filter(|name| !name.is_empty());
            let known = action == description.connection.check || description.action(action).is_some();
            line.action = known.then(|| action.to_owned());
        });
    }

    /// By what repeats are known, as a hash.
    pub fn key(&self, hash: [u8; 32]) {
        let shown = hex(&hash[..8]);
        self.on_line(|line| line.key = Some(shown));
    }

    /// The trace that it belongs to.
    pub fn trace(&self, id: Option<String>) {
        self.on_line(|line| line.trace = id);
    }

    /// Whether the call may be made: its line can be written, as far as that can be known before.
    ///
    /// # Errors
    /// If it may not. Its line says so, whatever comes of it.
    pub fn ready(&self) -> Result<(), Unwritable> {
        self.0.audit.ready().inspect_err(|_| self.ended(NO_AUDIT))
    }

    /// The same for [`Queue::call_noted`](plugin_host_core::queue::Queue::call_noted): asked when the
    /// turn of the call has come.
    pub fn before(&self) -> Before {
        let audited = self.clone();
        Box::pin(async move { audited.ready().map_err(Into::into) })
    }

    /// Whether the call was not made because no line of it can be written.
    pub fn is_refused(&self) -> bool {
        self.0.line.lock().unwrap_or_else(PoisonError::into_inner).outcome == NO_AUDIT
    }

    /// What came of it: a word. The last one counts, but for a call that was not made.
    pub fn ended(&self, outcome: &str) {
        self.on_line(|line| {
            if line.outcome != NO_AUDIT {
                outcome.clone_into(&mut line.outcome);
            }
        });
    }

    /// What came of it: done, or the error's kind.
    pub fn ended_with<T>(&self, outcome: &Result<T, Box<ActionError>>) {
        self.ended(outcome.as_ref().map_or_else(|error| error.kind.word(), |_| "done"));
    }

    fn on_line(&self, change: impl FnOnce(&mut Line)) {
        change(&mut self.0.line.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let line = self.line.get_mut().unwrap_or_else(PoisonError::into_inner);
        line.ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.audit.write(line);
        self.audit.0.begun.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_written_once_when_all_who_hold_it_have_let_go_with_the_last_word() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let audit = Audit::open(Some(file.path()), None).unwrap();
        let read = || std::fs::read_to_string(file.path()).unwrap();
        let line = audit.begin(Face::Serve, Who::Caller("n8n".into()));
        let other = line.clone();
        line.ended("overloaded");
        drop(line);
        assert_eq!(read(), "");
        other.ended("done");
        other.key([0xab; 32]);
        drop(other);
        drop(audit.begin(Face::Mcp, Who::Unknown));
        let lines: Vec<serde_json::Value> = read().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(
            (&lines[0]["caller"], &lines[0]["via"], &lines[0]["outcome"]),
            (&"n8n".into(), &"serve".into(), &"done".into())
        );
        assert_eq!(lines[0]["key"], "abababababababab");
        assert_eq!((lines[1].get("caller"), &lines[1]["outcome"]), (None, &CUT_OFF.into()));
    }
}
