//! What a person reads at the end of a batch.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::batch::{End, Tally};

/// How a batch ended, and with what.
pub struct Summary<'a> {
    pub end: &'a End,
    pub tally: &'a Tally,
    /// Where the results are, if they are in a file.
    pub results: Option<&'a str>,
    /// Where the journal is, if it lasts.
    pub journal: Option<&'a str>,
    /// Rows that failed and were not repeated, though asked for: a later one is done.
    pub passed_over: u64,
    /// The field that names what a row changes.
    pub subject: &'a str,
    /// What the inputs are called: rows, or groups of them.
    pub unit: &'static str,
    /// How the input was read and the results were written, where that could be otherwise.
    pub notes: &'a [String],
}

impl Summary<'_> {
    /// For people.
    pub fn text(&self) -> String {
        let Tally { rows, done, held, not_sent, under_way, unknown_effect, .. } = self.tally;
        let mut text = match self.end {
            End::Through => String::new(),
            End::Stopped => "Stopped before the end.\n".to_owned(),
            End::GaveUp(why) => format!("Given up: {why}\n"),
            End::Broken(why) => format!("Stopped: {why}\n"),
        };
        text.push_str(&format!("{done} of {rows} {} are done.\n", self.unit));
        let mut line = |count: u64, what: &str| {
            if count > 0 {
                text.push_str(&format!("  {count:>8} {what}\n"));
            }
        };
        line(self.tally.refused(), &format!("failed for good ({})", kinds(&self.tally.failed)));
        line(
            self.tally.to_repeat.values().sum(),
            &format!("failed and can be repeated ({})", kinds(&self.tally.to_repeat)),
        );
        let subject = self.subject;
        line(*held, &format!("not sent: an earlier row with the same {subject} has to be repeated first"));
        line(*under_way, "under way when the run was broken off");
        line(*not_sent, "not sent yet");
        line(*unknown_effect, &format!("of those may or may not have been changed: look at {}", self.uncertain()));
        line(self.passed_over, &format!("of those were not repeated: a later row with the same {subject} is done"));
        for note in self.notes {
            text.push_str(&format!("{note}\n"));
        }
        for (what, place) in [("Results", self.results), ("Journal", self.journal)] {
            if let Some(place) = place {
                text.push_str(&format!("{what}: {place}\n"));
            }
        }
        text.push_str(self.next());
        text
    }

    /// Where it is told which rows may or may not have been changed.
    fn uncertain(&self) -> String {
        // What could not be written down has no results yet.
        if !matches!(self.end, End::Broken(_)) {
            return "\"effect\" in the results".to_owned();
        }
        let lines = self.tally.uncertain.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
        let told = u64::try_from(self.tally.uncertain.len()).unwrap_or(u64::MAX);
        let more = if told < self.tally.unknown_effect { " and more" } else { "" };
        let what = if self.tally.unknown_effect == 1 { "line" } else { "lines" };
        format!("{what} {lines}{more} of the input")
    }

    /// How to go on.
    fn next(&self) -> &'static str {
        match (self.journal.is_some(), self.tally.remaining(), self.tally.refused()) {
            (_, 0, 0) => "",
            (true, 0, _) => {
                "Mend the rows that failed and run them as a batch of their own; or, if they are right, the same command with --resume --retry-failed repeats them.\n"
            }
            (true, _, _) => "To go on, run the same command with --resume.\n",
            (false, _, _) => {
                "Without --journal the batch can't be gone on with: run what is not ok in the results as a batch of its own.\n"
            }
        }
    }

    /// For machines.
    pub fn json(&self) -> Value {
        let (end, why) = match self.end {
            End::Through => ("through", None),
            End::Stopped => ("stopped", None),
            End::GaveUp(why) => ("gave_up", Some(why)),
            End::Broken(why) => ("broken", Some(why)),
        };
        let mut summary = json!({ "end": end, "why": why });
        summary.as_object_mut().into_iter().for_each(|summary| {
            summary.extend(json!(self.tally).as_object().cloned().unwrap_or_default());
            summary.extend([("results".to_owned(), json!(self.results)), ("journal".to_owned(), json!(self.journal))]);
            summary.insert("notes".to_owned(), json!(self.notes));
            if matches!(self.end, End::Broken(_)) {
                summary.insert("uncertain_lines".to_owned(), json!(self.tally.uncertain));
            }
        });
        summary
    }
}

fn kinds(counts: &BTreeMap<String, u64>) -> String {
    counts.iter().map(|(kind, count)| format!("{kind} {count}")).collect::<Vec<_>>().join(", ")
}
