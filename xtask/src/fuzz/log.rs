//! What libFuzzer says of a run.

use std::fmt;
use std::path::Path;

/// How a target's run ended.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many inputs were tried.
    pub runs: u64,
    /// How many of the edges in the code were reached, and how many there are in the program.
    edges: (u64, u64),
    /// How many inputs are kept, as each reaches something that no other does.
    kept: u64,
    /// What did not hold, and where to read on.
    pub failure: Option<String>,
}

impl Outcome {
    /// Reads a log.
    pub fn read(log: &str, succeeded: bool, file: &Path) -> Self {
        let mut outcome = Self::default();
        for line in log.lines() {
            let mut words = line.split_whitespace();
            while let Some(word) = words.next() {
                let number = || words.clone().next().and_then(|word| word.split('/').next()?.parse().ok());
                match word {
                    "stat::number_of_executed_units:" => outcome.runs = number().unwrap_or(outcome.runs),
                    "cov:" => outcome.edges.0 = number().unwrap_or(outcome.edges.0),
                    "corp:" => outcome.kept = number().unwrap_or(outcome.kept),
                    _ => {}
                }
            }
            // INFO: Loaded 1 modules   (12345 inline 8-bit counters): …
            if let Some((_, counters)) = line.split_once("modules   (") {
                let all = counters.split_whitespace().next().and_then(|word| word.parse().ok());
                outcome.edges.1 = all.unwrap_or(outcome.edges.1);
            }
        }
        if !succeeded {
            outcome.failure = Some(format!("{} (all of it: {})", failure(log), file.display()));
        }
        outcome
    }
}

/// The panic's message, which stands after the line that tells the place; or libFuzzer's own word.
fn failure(log: &str) -> String {
    let mut lines = log.lines().skip_while(|line| !(line.starts_with("thread ") && line.contains("panicked at")));
    let told = match (lines.next(), lines.next()) {
        (Some(place), Some(message)) => {
            let place = place.rsplit("panicked at ").next().unwrap_or_default();
            format!("{place} {message}")
        }
        _ => log.lines().find(|line| line.contains("ERROR: ")).unwrap_or("it ended early").to_owned(),
    };
    told.chars().take(600).collect()
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { runs, edges: (reached, all), kept, .. } = self;
        write!(f, "{runs} runs; {reached} of the program's {all} edges reached, by {kept} inputs that were kept")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_edges_and_what_is_kept_are_read() {
        let log = "INFO: Loaded 1 modules   (12345 inline 8-bit counters): 12345 [0x5, 0x6),\n#2\tINITED cov: 5 ft: 6 corp: 1/1b exec/s: 0 rss: 40Mb\n#99\tNEW    cov: 70 ft: 90 corp: 8/91b lim: 4 exec/s: 0\nstat::number_of_executed_units: 4711\n";
        let outcome = Outcome::read(log, true, Path::new("log"));
        assert_eq!(outcome, Outcome { runs: 4711, edges: (70, 12345), kept: 8, failure: None });
        assert_eq!(
            outcome.to_string(),
            "4711 runs; 70 of the program's 12345 edges reached, by 8 inputs that were kept"
        );
    }

    #[test]
    fn what_did_not_hold_is_told_with_its_place() {
        let log = "#2\tINITED cov: 5\n\nthread '<unnamed>' (7) panicked at fuzz/src/plugin/form.rs:7:5:\na secret in \"x\"\nnote: run with\n";
        let failure = Outcome::read(log, false, Path::new("log")).failure.unwrap();
        assert_eq!(failure, "fuzz/src/plugin/form.rs:7:5: a secret in \"x\" (all of it: log)");
        let failure = Outcome::read("==7== ERROR: libFuzzer: timeout after 20 seconds\n", false, Path::new("log"));
        assert_eq!(failure.failure.unwrap(), "==7== ERROR: libFuzzer: timeout after 20 seconds (all of it: log)");
    }
}
