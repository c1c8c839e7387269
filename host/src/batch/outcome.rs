//! What became of a row, as results tell it.

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::journal::Past;

/// What became of a row, as results tell it. Its members are the columns that results add.
#[derive(Serialize)]
pub struct Outcome {
    /// The line on which the row begins.
    pub line: u64,
    /// Whether it is done.
    pub ok: bool,
    /// One of the contract's kinds, or `not_sent`; empty if it is done.
    pub kind: String,
    /// What the service said, or what is wrong.
    pub message: String,
    /// Whether it is worth another try; empty if it is done.
    pub retry: &'static str,
    /// Whether anything was changed; empty if it is done.
    pub effect: &'static str,
    /// The action's output.
    pub output: Option<Box<RawValue>>,
}

impl Outcome {
    /// Of the row that begins on this line; `subject` is the field that names what it changes.
    pub fn of(line: u64, past: Past, subject: &str) -> Self {
        let failed = |kind: String, message: String, retry, effect| Self {
            line,
            ok: false,
            kind,
            message,
            retry,
            effect,
            output: None,
        };
        let not_sent = |message: String, effect| failed("not_sent".to_owned(), message, "later", effect);
        match past {
            Past::New => not_sent("Not sent: the run ended before. Go on with --resume.".to_owned(), "none"),
            Past::Begun => {
                not_sent("Under way when the run was broken off. Go on with --resume.".to_owned(), "unknown")
            }
            Past::Held(by) => {
                let why = format!(
                    "Not sent: line {by} has the same {subject} and has to be repeated first. Go on with --resume."
                );
                not_sent(why, "none")
            }
            Past::Failed(error) | Past::Open(error) => {
                failed(error.kind.to_string(), error.message, error.retry.as_str(), error.effect.as_str())
            }
            Past::Done(output) => {
                let value: Value = serde_json::from_str(output.get()).unwrap_or_default();
                let message = value["message"].as_str().unwrap_or_default().to_owned();
                Self { line, ok: true, kind: String::new(), message, retry: "", effect: "", output: Some(output) }
            }
        }
    }
}
