//! What many items take in the real n8n: our node beside n8n's own HTTP Request, which posts the same signed form.

use anyhow::{Context, Result};
use bench_base::server::SLOW;
use bench_base::talking::Talking;
use bench_base::units::{self, number};
use serde::{Deserialize, Serialize};

use crate::environment::Environment;
use crate::measure::{self, Part, Stamp};
use crate::report::{Table, grouped, megabytes};

/// A node that calls the service for each item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Node {
    /// n8n's own.
    HttpRequest,
    /// The plugin's.
    Plugin,
}

impl Node {
    fn name(self) -> &'static str {
        match self {
            Self::HttpRequest => "n8n, HTTP Request",
            Self::Plugin => "n8n, the package",
        }
    }
}

/// What one run came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Whose.
    pub contender: Node,
    /// How many items it had.
    pub items: usize,
    /// How many of them a batch had; none where all of them are begun at once.
    pub at_once: Option<usize>,
    /// The time that n8n says the node took.
    pub seconds: f64,
    /// HTTP Request's time, of the node's.
    pub of_native: Option<f64>,
    /// The most memory that n8n's process had resident until then, in MB (millions of bytes).
    pub peak_mb: Option<f64>,
}

/// What all came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Of what they are.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Each HTTP Request before the node that is held against it.
    pub runs: Vec<Run>,
}

/// How much is run.
pub struct Size {
    items: usize,
    /// Of a batch: HTTP Request's, and the node's. HTTP Request without batches begins everything at once, for which the
    /// node has the largest batch that it takes.
    batches: &'static [(Option<usize>, usize)],
}

/// For figures to keep.
pub const WHOLE: Size = Size { items: 10_000, batches: &[(Some(64), 64), (None, 1000)] };

/// For a look.
pub const QUICK: Size = Size { items: 640, batches: &[(Some(64), 64)] };

/// What the script answers.
#[derive(Deserialize)]
struct Told {
    seconds: f64,
    peak_bytes: Option<u64>,
}

/// Measures both nodes, in an n8n that is installed if it is not there.
///
/// # Errors
/// When n8n can't be had, or an item fails.
pub fn measure(environment: &Environment, size: &Size) -> Result<Figures> {
    let (_server, base_url) = measure::service()?;
    eprintln!("bench: n8n with the package (where it is not installed yet, that takes minutes)");
    let mut n8n = Talking::start("n8n", environment.n8n(&format!("{base_url}/{SLOW}")))?;
    let mut runs = Vec::new();
    for &(others, own) in size.batches {
        let native = run(&mut n8n, Node::HttpRequest, size.items, others, None)?;
        let own = run(&mut n8n, Node::Plugin, size.items, Some(own), Some(native.seconds))?;
        runs.extend([native, own]);
    }
    Ok(Figures { stamp: Stamp::now(Part::N8n), runs })
}

fn run(n8n: &mut Talking, contender: Node, items: usize, at_once: Option<usize>, native_s: Option<f64>) -> Result<Run> {
    eprintln!("bench: {items} items, {}, {}", contender.name(), batch(at_once));
    n8n.say(&serde_json::json!({"contender": contender, "items": items, "at_once": at_once}).to_string())?;
    let Told { seconds, peak_bytes } = n8n.hear().with_context(|| format!("{items} items"))?;
    let peak_mb = peak_bytes.map(units::megabytes);
    Ok(Run { contender, items, at_once, seconds, of_native: native_s.map(|native| native / seconds), peak_mb })
}

fn batch(at_once: Option<usize>) -> String {
    at_once.map_or("all at once".to_owned(), |count| format!("{count} at once"))
}

impl Table for Figures {
    fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let head = ["", "items", "at once", "s", "items/s", "of HTTP Request's", "most memory of n8n"];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        rows.extend(self.runs.iter().map(row));
        rows
    }
}

fn row(run: &Run) -> Vec<String> {
    vec![
        run.contender.name().to_owned(),
        grouped(number(run.items)),
        run.at_once.map_or("all".to_owned(), |count| grouped(number(count))),
        format!("{:.1}", run.seconds),
        grouped(number(run.items) / run.seconds),
        run.of_native.map_or("–".to_owned(), |ratio| format!("{ratio:.2}")),
        megabytes(run.peak_mb),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report;

    #[test]
    fn a_run_is_told_with_how_many_items_were_begun_at_once() {
        let run = |contender, at_once, seconds, of_native| Run {
            contender,
            items: 10_000,
            at_once,
            seconds,
            of_native,
            peak_mb: Some(500.4),
        };
        let runs = vec![run(Node::HttpRequest, None, 12.5, None), run(Node::Plugin, Some(1000), 10.0, Some(1.25))];
        let figures = Figures { stamp: Stamp::now(Part::N8n), runs };
        let text = report::text(&figures);
        for part in ["   all |", "12.5", "  800 |", "1,000 |", "1.25", "500 MB"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}
