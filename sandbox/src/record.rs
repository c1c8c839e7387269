//! What the sandbox was asked and what it answered.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

/// How many requests are kept: the newest.
pub const KEPT_REQUESTS: usize = 1000;

/// How much of a reply's body is kept, in bytes.
pub const RECORDED_REPLY_BYTES: usize = 4096;

/// A request to `/api/…` or `/elsewhere`, and its answer. The account's key is not part of it; a
/// body is kept as it came, so a client that sends the key by mistake can be caught at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// 1 for the first request, then counting up, in the order in which answers were decided.
    pub seq: u64,
    /// The part of the path after `/api/`, such as `UpdateOrderStatus`; `elsewhere` for a redirect
    /// that was followed.
    pub function: String,
    /// The headers of the request: names in lower case, the last value of a repeated one.
    pub headers: BTreeMap<String, String>,
    /// The body as it came, before decoding; bytes that are not UTF-8 become U+FFFD. Empty when it
    /// was not read.
    pub body: String,
    /// Whether the request carried the right hash.
    pub signature_ok: bool,
    /// The HTTP status of the answer; none when the connection was closed without one.
    pub status: Option<u16>,
    /// The body of the answer, at most its first 4 KiB; bytes that are not UTF-8 become U+FFFD.
    pub reply: String,
}

/// The newest requests, and how many there were in all.
#[derive(Debug, Default)]
pub(crate) struct Log {
    kept: VecDeque<Recorded>,
    total: u64,
}

impl Log {
    /// Adds a request; its `seq` is set here.
    pub(crate) fn add(&mut self, mut recorded: Recorded) {
        self.total += 1;
        recorded.seq = self.total;
        if self.kept.len() == KEPT_REQUESTS {
            self.kept.pop_front();
        }
        self.kept.push_back(recorded);
    }

    pub(crate) fn kept(&self) -> Vec<Recorded> {
        self.kept.iter().cloned().collect()
    }

    pub(crate) fn total(&self) -> u64 {
        self.total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_thousand_are_kept_and_all_are_counted() {
        let mut log = Log::default();
        for _ in 0..KEPT_REQUESTS + 5 {
            log.add(Recorded {
                seq: 0,
                function: String::new(),
                headers: BTreeMap::new(),
                body: String::new(),
                signature_ok: false,
                status: None,
                reply: String::new(),
            });
        }
        assert_eq!(log.total(), 1005);
        let kept = log.kept();
        assert_eq!((kept.len(), kept[0].seq, kept[999].seq), (1000, 6, 1005));
    }
}
