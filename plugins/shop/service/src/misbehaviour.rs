//! How the service fails on request.

use serde::{Deserialize, Serialize};

/// What becomes of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Misbehaviour {
    /// Nothing special: the request is answered.
    Ok,
    /// What was asked for is done, and the connection is closed without an answer.
    LoseAnswer,
    /// The connection is closed before anything is done.
    Drop,
    /// 503, and nothing is done.
    Busy,
    /// 429 with `Retry-After` of so many seconds, and nothing is done.
    Throttle(u32),
    /// The request is done and answered after so many milliseconds.
    DelayMs(u64),
}
