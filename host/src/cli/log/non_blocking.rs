//! A writer that holds nobody up: lines that standard error does not take in time are left out.
//!
//! Who starts a server may not read what it logs. Once the pipe is full every line would wait, and
//! with it the call that it tells of.

use std::io::{self, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::Duration;

use super::super::terminal;

/// How many lines may wait.
const WAITING: usize = 4096;
/// How long the last lines may take.
const LAST: Duration = Duration::from_secs(1);

static LINES: OnceLock<SyncSender<Entry>> = OnceLock::new();
static LEFT_OUT: AtomicU64 = AtomicU64::new(0);

enum Entry {
    Line(String),
    /// Asks to be told when all before it are written.
    Mark(Sender<()>),
}

/// Every write is a whole line.
pub struct NonBlockingWriter;

impl Write for NonBlockingWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let lines = LINES.get_or_init(begin);
        if lines.try_send(Entry::Line(terminal::log_line(bytes))).is_err() {
            LEFT_OUT.fetch_add(1, Ordering::Relaxed);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Waits for the lines that are still to be written, as long as that makes sense.
pub fn finish() {
    let (mark, written) = channel();
    if LINES.get().is_some_and(|lines| lines.try_send(Entry::Mark(mark)).is_ok()) {
        let _ = written.recv_timeout(LAST);
    }
}

fn begin() -> SyncSender<Entry> {
    let (sender, entries) = sync_channel(WAITING);
    thread::spawn(move || write(&entries));
    sender
}

fn write(entries: &Receiver<Entry>) {
    for entry in entries {
        match entry {
            Entry::Line(line) => terminal::write(&line),
            Entry::Mark(written) => drop(written.send(())),
        }
        match LEFT_OUT.swap(0, Ordering::Relaxed) {
            0 => {}
            left_out => terminal::say(&format!("{left_out} lines were left out here: nobody read them in time\n")),
        }
    }
}
