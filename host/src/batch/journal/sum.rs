//! Lines that prove themselves.
//!
//! Each line of the journal ends with a hash of what stands before it and of what the journal is the
//! journal of. So a line that a disk has damaged is known as such, and so is one of another journal.

use sha2::{Digest, Sha256};

const BEFORE: &[u8] = b",\"sum\":\"";
const BEHIND: &[u8] = b"\"}\n";
/// So many hexadecimal digits.
const DIGITS: usize = 8;

/// What a journal is the journal of, as far as its lines know it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seal([u8; 32]);

impl Seal {
    /// Of a journal that these texts tell apart from others.
    pub fn new<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut digest = Sha256::new();
        for part in parts {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        Self(digest.finalize().into())
    }

    /// An object of JSON with its sum, as a line.
    pub fn line(&self, object: &str) -> String {
        let body = object.strip_suffix('}').unwrap_or(object);
        format!("{body},\"sum\":\"{}\"}}\n", self.sum(body.as_bytes()))
    }

    /// Whether a line is as it was written.
    pub fn proves(&self, line: &[u8]) -> bool {
        let Some((rest, sum)) =
            line.strip_suffix(BEHIND).and_then(|line| line.split_at_checked(line.len().checked_sub(DIGITS)?))
        else {
            return false;
        };
        rest.strip_suffix(BEFORE).is_some_and(|body| self.sum(body).as_bytes() == sum)
    }

    fn sum(&self, body: &[u8]) -> String {
        let hash = Sha256::new().chain_update(self.0).chain_update(body).finalize();
        hash[..DIGITS / 2].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_with_any_byte_changed_or_of_another_journal_proves_nothing() {
        let seal = Seal::new(["a", "b"]);
        let line = seal.line(r#"{"done":7,"output":{"x":1}}"#);
        assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok(), "{line}");
        assert!(seal.proves(line.as_bytes()));
        assert!(!Seal::new(["ab", ""]).proves(line.as_bytes()));
        for place in 0..line.len() {
            let mut damaged = line.clone().into_bytes();
            damaged[place] ^= 1;
            assert!(!seal.proves(&damaged), "{place}");
            assert!(!seal.proves(&line.as_bytes()[..place]), "{place}");
        }
        assert!(!seal.proves(b"\n") && !seal.proves(b""));
    }
}
