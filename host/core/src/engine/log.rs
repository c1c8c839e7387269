//! What a plugin logs: lines of the host's log, under the target `plugin`.

use tracing::{Level, debug, enabled, error, info, trace, warn};

use super::caps::{LOG_LINE, LOG_LINES};
use super::context::Context;
use crate::text::is_deceptive;

/// Extism's number for loggers that are off.
const OFF: i32 = i32::MAX;

/// A line that a plugin has logged, without secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogLine {
    /// Its level.
    pub level: Level,
    /// What it says, in one line.
    pub text: String,
    /// How many requests the call had made before.
    pub requests: usize,
}

/// What a call has logged.
#[derive(Debug, Default)]
pub struct Log {
    lines: u32,
    /// How many lines runs before this one have logged: the same as its first.
    told: u32,
    muted: bool,
    /// The lines themselves, where somebody wants them, of all levels.
    pub kept: Option<Vec<LogLine>>,
}

impl Log {
    /// Logs a line, as far as the call may still. Neither a secret nor a line break gets through. So many
    /// requests were made before.
    pub fn write(&mut self, level: Level, text: &[u8], context: &Context, requests: usize) {
        if !(is_enabled(level) || self.kept.is_some()) || self.lines > LOG_LINES || self.muted {
            return;
        }
        self.lines += 1;
        if self.lines <= self.told {
            return;
        }
        let connection = context.name.as_str();
        if self.lines > LOG_LINES {
            warn!(target: "plugin", connection, "the call has logged {LOG_LINES} lines: what follows is left out");
            return;
        }
        // Masked before it is cut: half a secret would not be found.
        let text = context.redactor.bytes(&text[..text.len().min(16 * LOG_LINE)]).into_owned();
        let text = shown(&text);
        if let Some(kept) = &mut self.kept {
            kept.push(LogLine { level, text: text.clone(), requests });
        }
        match level {
            Level::ERROR => error!(target: "plugin", connection, "{text}"),
            Level::WARN => warn!(target: "plugin", connection, "{text}"),
            Level::INFO => info!(target: "plugin", connection, "{text}"),
            Level::DEBUG => debug!(target: "plugin", connection, "{text}"),
            _ => trace!(target: "plugin", connection, "{text}"),
        }
    }

    /// Logs nothing more of this run, which does not count.
    pub fn mute(&mut self) {
        self.muted = true;
    }

    /// Begins a run that logs again what is logged already.
    pub fn rewind(&mut self) {
        (self.told, self.lines, self.muted) = (self.lines, 0, false);
    }

    /// The level from which on lines are logged, as Extism numbers them.
    pub fn level(&self) -> i32 {
        let levels = [Level::TRACE, Level::DEBUG, Level::INFO, Level::WARN, Level::ERROR];
        let lowest = levels.iter().position(|level| self.kept.is_some() || is_enabled(*level));
        lowest.and_then(|at| i32::try_from(at).ok()).unwrap_or(OFF)
    }
}

fn is_enabled(level: Level) -> bool {
    match level {
        Level::ERROR => enabled!(target: "plugin", Level::ERROR),
        Level::WARN => enabled!(target: "plugin", Level::WARN),
        Level::INFO => enabled!(target: "plugin", Level::INFO),
        Level::DEBUG => enabled!(target: "plugin", Level::DEBUG),
        _ => enabled!(target: "plugin", Level::TRACE),
    }
}

/// One line of text, which can't be taken for several, nor for a terminal's commands.
fn shown(text: &[u8]) -> String {
    let mut shown = String::with_capacity(text.len().min(LOG_LINE));
    for c in String::from_utf8_lossy(text).trim_end().chars() {
        if shown.len() >= LOG_LINE {
            shown.push('…');
            break;
        }
        if c.is_control() || is_deceptive(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_kept_where_somebody_wants_them_at_all_levels() {
        let mut log = Log::default();
        let context = Context { redactor: crate::redact::Redactor::of(["hunter2"]), ..Context::default() };
        log.write(Level::DEBUG, b"nobody listens", &context, 0);
        assert_eq!((log.level(), log.lines), (OFF, 0));
        log.kept = Some(Vec::new());
        log.write(Level::DEBUG, b"a hunter2\nb", &context, 2);
        let line = LogLine { level: Level::DEBUG, text: "a ***\\nb".to_owned(), requests: 2 };
        assert_eq!((log.level(), log.kept), (0, Some(vec![line])));
    }

    #[test]
    fn a_line_is_one_line_and_has_an_end() {
        assert_eq!(shown(b"a\nERROR b\x1b[2Jc\xff\n"), "a\\nERROR b\\u{1b}[2Jc\u{fffd}");
        assert!(shown(&[b'a'; 10 * LOG_LINE]).len() <= LOG_LINE + 3);
    }
}
