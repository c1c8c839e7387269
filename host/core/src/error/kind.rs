//! What went wrong, in one word.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What went wrong: a kind of the contract.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input is wrong: its author mends it.
    InvalidInput,
    /// The connection is incomplete or malformed: its owner mends it.
    InvalidConnection,
    /// The service does not accept the connection.
    Auth,
    /// What is to be read or changed is not there.
    NotFound,
    /// The service refuses this change.
    Rejected,
    /// The service wants fewer calls.
    Throttled,
    /// The service does not answer, or is not to be reached.
    Unavailable,
    /// The service answered in a way that the plugin does not know.
    UnexpectedReply,
    /// The answer is not proven to be the service's.
    ForgedReply,
    /// An event is not proven to be the service's.
    ForgedEvent,
    /// The plugin or the host is at fault.
    Internal,
    /// None of the contract's, such as a word of a batch for a row that it left out.
    Other(String),
}

/// All of the contract's.
const KINDS: [(ErrorKind, &str); 11] = [
    (ErrorKind::InvalidInput, "invalid_input"),
    (ErrorKind::InvalidConnection, "invalid_connection"),
    (ErrorKind::Auth, "auth"),
    (ErrorKind::NotFound, "not_found"),
    (ErrorKind::Rejected, "rejected"),
    (ErrorKind::Throttled, "throttled"),
    (ErrorKind::Unavailable, "unavailable"),
    (ErrorKind::UnexpectedReply, "unexpected_reply"),
    (ErrorKind::ForgedReply, "forged_reply"),
    (ErrorKind::ForgedEvent, "forged_event"),
    (ErrorKind::Internal, "internal"),
];

impl ErrorKind {
    /// All of the contract's.
    pub fn all() -> impl Iterator<Item = Self> {
        KINDS.into_iter().map(|(kind, _)| kind)
    }

    /// As the contract writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Other(word) => word,
            kind => KINDS.iter().find(|(known, _)| known == kind).map_or("internal", |(_, word)| word),
        }
    }
}

impl ErrorKind {
    /// The same of a closed set, for labels: what is none of the contract's is `other`.
    pub fn word(&self) -> &'static str {
        KINDS.iter().find(|(known, _)| known == self).map_or("other", |(_, word)| word)
    }
}

impl From<&str> for ErrorKind {
    fn from(word: &str) -> Self {
        let known = KINDS.into_iter().find(|(_, known)| *known == word);
        known.map_or_else(|| Self::Other(word.to_owned()), |(kind, _)| kind)
    }
}

impl FromStr for ErrorKind {
    type Err = Infallible;

    fn from_str(word: &str) -> Result<Self, Infallible> {
        Ok(word.into())
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PartialEq<str> for ErrorKind {
    fn eq(&self, word: &str) -> bool {
        self.as_str() == word
    }
}

impl PartialEq<&str> for ErrorKind {
    fn eq(&self, word: &&str) -> bool {
        self.as_str() == *word
    }
}

impl Serialize for ErrorKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ErrorKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|word| word.as_str().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_read_as_it_is_written_and_an_unknown_word_is_kept() {
        for (kind, word) in KINDS {
            assert_eq!(kind.as_str(), word);
            assert_eq!(ErrorKind::from(word), kind);
        }
        let read: ErrorKind = serde_json::from_str("\"superseded\"").unwrap();
        assert_eq!(read, ErrorKind::Other("superseded".to_owned()));
        assert_eq!(serde_json::to_string(&read).unwrap(), "\"superseded\"");
    }
}
