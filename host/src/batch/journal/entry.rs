//! A line of the journal.

use plugin_host_core::error::ActionError;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// What is written down about a row.
#[derive(Debug)]
pub enum Entry<'a> {
    /// Its request may be sent from now on.
    Begun,
    /// It has to wait for the row of this line, on the same subject, which is to be repeated.
    Held(u64),
    /// It is done, with this output.
    Done(&'a str),
    /// It failed, and that is how it stands.
    Failed(&'a ActionError),
    /// It failed, and is to be repeated.
    Open(&'a ActionError),
}

/// How a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Nothing was sent.
    New,
    /// A request was, or may have been, sent; nobody knows what became of it.
    Begun,
    /// It is done.
    Done,
    /// It failed, and that is how it stands.
    Failed,
    /// It failed, and is to be repeated.
    Open,
    /// It waits for an earlier row on the same subject.
    Held,
}

/// A line as it is read. Of the numbers, which are lines of the input, one is there.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Line {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub begun: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ActionError>,
    /// SHA-256 of the results that are about to be written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub results: Option<String>,
}

impl Line {
    /// The line of an entry about the row that begins at `row`.
    pub fn new(row: u64, entry: &Entry) -> Self {
        let row = Some(row);
        match entry {
            Entry::Begun => Self { begun: row, ..Self::default() },
            Entry::Held(by) => Self { held: row, by: Some(*by), ..Self::default() },
            Entry::Done(output) => Self { done: row, output: Some(on_one_line(output)), ..Self::default() },
            Entry::Failed(error) => Self { failed: row, error: Some((*error).clone()), ..Self::default() },
            Entry::Open(error) => Self { open: row, error: Some((*error).clone()), ..Self::default() },
        }
    }

    /// The row, and how it stands after this.
    pub fn mark(&self) -> Option<(u64, Mark)> {
        let marked = |row: Option<u64>, mark| row.map(|row| (row, mark));
        marked(self.begun, Mark::Begun)
            .or_else(|| marked(self.held, Mark::Held))
            .or_else(|| marked(self.done, Mark::Done))
            .or_else(|| marked(self.failed, Mark::Failed))
            .or_else(|| marked(self.open, Mark::Open))
    }
}

/// JSON may be spread over lines; a line of the journal is one.
fn on_one_line(json: &str) -> Box<RawValue> {
    let raw = if json.contains(['\n', '\r']) {
        serde_json::from_str::<serde_json::Value>(json).and_then(|value| serde_json::value::to_raw_value(&value))
    } else {
        RawValue::from_string(json.to_owned())
    };
    raw.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use plugin_host_core::error::Effect;

    use super::*;

    #[test]
    fn a_line_says_how_its_row_stands() {
        let error = ActionError::internal("m", Effect::None);
        for (entry, mark) in [
            (Entry::Begun, Mark::Begun),
            (Entry::Held(3), Mark::Held),
            (Entry::Done("{\n\"a\": 1}"), Mark::Done),
            (Entry::Failed(&error), Mark::Failed),
            (Entry::Open(&error), Mark::Open),
        ] {
            let text = serde_json::to_string(&Line::new(7, &entry)).unwrap();
            assert!(!text.contains('\n'), "{text}");
            let line: Line = serde_json::from_str(&text).unwrap();
            assert_eq!(line.mark(), Some((7, mark)), "{text}");
        }
    }
}
