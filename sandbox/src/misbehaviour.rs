//! The ways in which the sandbox can misbehave.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One way to misbehave, for all requests or for those on one order.
///
/// Its name, as in JSON and on the command line, is the variant's in kebab case. Each says whether
/// the change that was asked for is made ([`applies_change`](Self::applies_change)): where it is,
/// the request is checked and carried out as ever, and only the answer is spoilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub enum Misbehaviour {
    /// Success, signed with a key that is not the account's, as an impostor would. Nothing changes.
    ForgedHash,
    /// The right reply without its `hash`. The change is made.
    MissingHash,
    /// The right reply, validly signed, with `error_code` as a JSON string. The change is made.
    CodeAsString,
    /// This code, validly signed, whatever was asked: `code-8` is "request limit exhausted".
    /// Nothing changes, not even for `code-0`.
    Code(u32),
    /// The right reply after a byte order mark, as of a PHP file that was saved with one. The change
    /// is made.
    Bom,
    /// The right reply after a notice of PHP about a fault of its own, in HTML. The change is made.
    PhpNotice,
    /// HTTP 200 with an HTML page, as a hosting company's error page. Nothing changes.
    Html,
    /// The right reply cut off in the middle, in a complete HTTP response. The change is made.
    TruncatedJson,
    /// HTTP 200 without a body. The change is made.
    Empty,
    /// A validly signed reply whose text is Windows-1251, not UTF-8. The change is made.
    NotUtf8,
    /// HTTP 429 with `Retry-After: 7`. Nothing changes.
    Http429,
    /// HTTP 503. Nothing changes.
    Http503,
    /// HTTP 302 to `/elsewhere`, which answers with a validly signed success and is recorded, so
    /// that it shows who followed. Nothing changes.
    Redirect,
    /// The right reply, after a delay. The change is made before the delay.
    Slow,
    /// The right reply with a `result` of 64 MiB, sent in chunks, so without `Content-Length`. The
    /// change is made.
    Huge,
    /// The connection is closed without an answer. Set for all requests, the body is not read
    /// either; set for one order, it has to be. Nothing changes.
    DropBefore,
    /// The change is made, then the connection is closed without an answer.
    DropAfter,
}

use Misbehaviour::*;

impl Misbehaviour {
    /// Every misbehaviour but [`Code`](Self::Code), which is a family.
    pub const NAMED: [Self; 16] = [
        ForgedHash,
        MissingHash,
        CodeAsString,
        Bom,
        PhpNotice,
        Html,
        TruncatedJson,
        Empty,
        NotUtf8,
        Http429,
        Http503,
        Redirect,
        Slow,
        Huge,
        DropBefore,
        DropAfter,
    ];

    /// Whether a valid request changes its order all the same.
    pub fn applies_change(self) -> bool {
        match self {
            MissingHash | CodeAsString | Bom | PhpNotice | TruncatedJson | Empty | NotUtf8 | Slow | Huge
            | DropAfter => true,
            ForgedHash | Code(_) | Html | Http429 | Http503 | Redirect | DropBefore => false,
        }
    }

    /// All names in one line, for messages.
    pub fn names() -> String {
        let mut names: Vec<String> = Self::NAMED.iter().map(Self::to_string).collect();
        names.push("code-N".to_owned());
        names.join(", ")
    }
}

impl fmt::Display for Misbehaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Code(code) => return write!(f, "code-{code}"),
            ForgedHash => "forged-hash",
            MissingHash => "missing-hash",
            CodeAsString => "code-as-string",
            Bom => "bom",
            PhpNotice => "php-notice",
            Html => "html",
            TruncatedJson => "truncated-json",
            Empty => "empty",
            NotUtf8 => "not-utf8",
            Http429 => "http-429",
            Http503 => "http-503",
            Redirect => "redirect",
            Slow => "slow",
            Huge => "huge",
            DropBefore => "drop-before",
            DropAfter => "drop-after",
        })
    }
}

impl FromStr for Misbehaviour {
    type Err = UnknownMisbehaviour;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        if let Some(known) = Self::NAMED.into_iter().find(|known| known.to_string() == name) {
            return Ok(known);
        }
        let digits = name.strip_prefix("code-").filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
        let code = digits.and_then(|digits| digits.parse().ok());
        code.map(Code).ok_or_else(|| UnknownMisbehaviour(name.to_owned()))
    }
}

impl TryFrom<String> for Misbehaviour {
    type Error = UnknownMisbehaviour;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        name.parse()
    }
}

impl From<Misbehaviour> for String {
    fn from(misbehaviour: Misbehaviour) -> Self {
        misbehaviour.to_string()
    }
}

/// No misbehaviour has this name. The message lists those there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownMisbehaviour(String);

impl fmt::Display for UnknownMisbehaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown misbehaviour {:?}, choose one of {}", self.0, Misbehaviour::names())
    }
}

impl std::error::Error for UnknownMisbehaviour {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_as_what_it_names() {
        for misbehaviour in Misbehaviour::NAMED.into_iter().chain([Code(0), Code(8), Code(u32::MAX)]) {
            assert_eq!(misbehaviour.to_string().parse(), Ok(misbehaviour));
            let json = serde_json::to_string(&misbehaviour).unwrap();
            assert_eq!(json, format!("\"{misbehaviour}\""));
            assert_eq!(serde_json::from_str::<Misbehaviour>(&json).unwrap(), misbehaviour);
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        for name in ["", "code-", "code-+8", "code-99999999999", "Slow", "slow "] {
            let message = name.parse::<Misbehaviour>().unwrap_err().to_string();
            assert!(message.contains("forged-hash") && message.contains("code-N"), "{message}");
            assert!(message.contains(&format!("{name:?}")), "{message}");
        }
    }
}
