//! What can be seen of attempts from outside, while a process runs: for its metrics, and for whoever
//! looks why something fails. Nothing of it holds a value of an input, an answer or a connection.

use std::fmt;
use std::time::{Duration, SystemTime};

use crate::http::{Failure, NoResponse, Response};

/// Is told of each attempt when it has ended, on the thread that made it: what it does has to be quick.
pub trait Observer: fmt::Debug + Send + Sync {
    /// An attempt has ended.
    fn attempted(&self, attempt: &Attempt<'_>);
}

/// An attempt: an export of a plugin was called once with a connection.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// The plugin's name.
    pub plugin: &'a str,
    /// The connection's; empty if it has none.
    pub connection: &'a str,
    /// What was called: an action, the check, or a trigger's export.
    pub export: &'a str,
    /// How it ended: `done`, or the kind of the error, one of the contract's or `other`.
    pub outcome: &'static str,
    /// How long it took, its requests included.
    pub took: Duration,
    /// The units of fuel that it took.
    pub fuel: u64,
    /// The requests that it made of the service, in order.
    pub requests: &'a [Asked],
}

/// A request that a plugin made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Asked {
    /// What came of it.
    pub outcome: Answered,
    /// How long that took.
    pub took: Duration,
    /// The time that the answer's header `Date` tells, and this machine's when it was there.
    pub date: Option<(SystemTime, SystemTime)>,
}

/// What came of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// An answer with this status.
    Status(u16),
    /// No answer, and why.
    Failure(Failure),
}

impl Asked {
    /// A request with this answer, which was there at this time.
    pub(crate) fn of(answer: &Result<Response, NoResponse>, took: Duration, now: SystemTime) -> Self {
        match answer {
            Ok(response) => {
                let date = response.headers.get("date").and_then(|date| httpdate::parse_http_date(date).ok());
                let (outcome, date) = (Answered::Status(response.status), date.map(|date| (date, now)));
                Self { outcome, took, date }
            }
            Err(none) => Self { outcome: Answered::Failure(none.failure), took, date: None },
        }
    }
}

impl Answered {
    /// A word of a closed set: the status's class, such as `2xx`, or the failure's.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Status(100..200) => "1xx",
            Self::Status(200..300) => "2xx",
            Self::Status(300..400) => "3xx",
            Self::Status(400..500) => "4xx",
            Self::Status(_) => "5xx",
            Self::Failure(failure) => failure.as_str(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_service_answers_is_one_of_few_words() {
        let words = [100, 204, 302, 429, 503, 999].map(|status| Answered::Status(status).as_str());
        assert_eq!(words, ["1xx", "2xx", "3xx", "4xx", "5xx", "5xx"]);
        assert_eq!(Answered::Failure(Failure::Dns).as_str(), "dns");
    }
}
