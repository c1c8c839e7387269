//! Standard error, shared by messages, logs and a progress bar.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use indicatif::ProgressBar;
use plugin_host_core::text;
use serde_json::Value;

static BAR: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Lets messages step aside for a bar; `None` when it has gone.
pub fn set_bar(bar: Option<ProgressBar>) {
    *BAR.lock().unwrap_or_else(PoisonError::into_inner) = bar;
}

/// Writes a message to standard error, above the bar if there is one. Nobody listening is no error. What
/// plugins and services say may be in it, and commands no terminal.
pub fn say(text: &str) {
    write(&text::printable(text));
}

/// The same for machines.
pub fn say_json(value: &Value) {
    write(&(text::printable_json(&value.to_string()) + "\n"));
}

/// Writes what may have colours.
pub fn write(text: &str) {
    let write = || drop(io::stderr().lock().write_all(text.as_bytes()));
    let bar = BAR.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match bar {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

/// A line of the log. Where a text within it has several, the others are indented, and so none can be taken
/// for a line of its own.
pub fn log_line(line: &[u8]) -> String {
    let line = String::from_utf8_lossy(line);
    if line.starts_with('{') {
        return text::printable_json(&line).into_owned();
    }
    let (line, end) = line.strip_suffix('\n').map_or((&*line, ""), |line| (line, "\n"));
    let mut shown = String::with_capacity(line.len() + end.len());
    for char in line.chars() {
        match char {
            '\n' => shown.push_str("\n    "),
            // The line's own colours: in what others say, the formatter has spelled it out.
            '\u{1b}' => shown.push(char),
            _ if text::is_deceptive(char) => shown.extend(char.escape_default()),
            _ => shown.push(char),
        }
    }
    shown + end
}

/// Standard error for a log. Every write is a whole line of it.
pub struct Stderr;

impl Write for Stderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        write(&log_line(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
