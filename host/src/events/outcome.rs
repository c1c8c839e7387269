//! What receivers make of events.

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has it.
    Delivered,
    /// The receiver does not want it: a sentence on what it answered.
    Refused(String),
    /// It may take it later.
    Failed {
        /// A sentence on what happened.
        why: String,
        /// In how many seconds the receiver would like to be asked again.
        retry_after_s: Option<u64>,
    },
}
