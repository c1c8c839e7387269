//! What a person sees while a batch runs.

use std::fmt::Write;
use std::io::{IsTerminal, stderr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use crate::batch::Fate;
use crate::cli::terminal;

/// So many failed rows are told while the batch runs; all of them are in the results.
const TOLD: u64 = 20;

/// A bar on a terminal, and a line for each of the first rows that fail.
pub struct Progress {
    bar: Option<ProgressBar>,
    failed: AtomicU64,
    quiet: bool,
}

impl Progress {
    /// For so many rows. `quiet` tells no rows.
    pub fn new(rows: u64, quiet: bool) -> Self {
        let bar = stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(rows);
            let template = "{wide_bar} {human_pos} of {human_len}{msg}  {rate}  {eta} left";
            let style = ProgressStyle::with_template(template).expect("the template is one");
            bar.set_style(style.with_key("rate", |state: &ProgressState, text: &mut dyn Write| {
                let _ = write!(text, "{:.1}/s", state.per_sec());
            }));
            bar.enable_steady_tick(Duration::from_millis(250));
            terminal::set_bar(Some(bar.clone()));
            bar
        });
        Self { bar, failed: AtomicU64::new(0), quiet }
    }

    /// Rows that are settled already. They do not count for the speed.
    pub fn skip(&self, rows: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(rows);
            bar.reset_eta();
        }
    }

    /// A row has had its turn.
    pub fn row(&self, line: u64, fate: &Fate) {
        match fate {
            Fate::Done => {}
            Fate::Failed(error) | Fate::Open(error) => self.failed(line, &format!("{}: {}", error.kind, error.message)),
            Fate::Held(by) => self.failed(line, &format!("not sent: line {by} has to be repeated first")),
            // Not this row's trouble; it is told at the end.
            Fate::Unsent | Fate::Lost => return,
        }
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
    }

    fn failed(&self, line: u64, why: &str) {
        let failed = self.failed.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(bar) = &self.bar {
            bar.set_message(format!(", {failed} failed"));
        }
        if self.quiet || failed > TOLD + 1 {
            return;
        }
        terminal::say(&match failed {
            ..=TOLD => format!("line {line}: {why}\n"),
            _ => "More rows have failed: the results tell of all.\n".to_owned(),
        });
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
            terminal::set_bar(None);
        }
    }
}
