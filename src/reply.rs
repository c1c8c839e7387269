//! The service's JSON envelope and its codes.
//!
//! Source of the envelope and the codes: the service's help page "API Service Responses". Code 8
//! is not documented there; public clients of the service name it.

use std::borrow::Cow;

use crate::error::Kind;
use crate::json::{self, Malformed, Members};
use crate::secret::Secret;
use crate::signature;

/// A reply of the service, of which nothing is proven yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The service's code; 0 is success.
    pub code: i64,
    /// The code as the service printed it, which is what its hash covers.
    printed_code: String,
    /// The service's text; it varies in wording and case, so it is for people only.
    pub text: String,
    hash: Option<String>,
    /// Data the service added, as JSON. Its hash does not cover it.
    pub result: Option<String>,
}

/// The body is not a reply of the service, and why, as the end of "the answer …".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAReply(pub &'static str);

impl Reply {
    /// Reads a body.
    ///
    /// # Errors
    /// [`NotAReply`] if it is not a JSON object with an integer `error_code` (a number, or a string
    /// of digits) and an `error_text` (a string, or null, which PHP prints as nothing).
    pub fn parse(body: &[u8]) -> Result<Self, NotAReply> {
        let text = std::str::from_utf8(body).map_err(|_| NotAReply("is not UTF-8 text"))?;
        let other = NotAReply("is JSON but not a reply of JustClick");
        let members = Members::parse(text)
            .map_err(|malformed| if malformed == Malformed::NotAnObject { other } else { NotAReply("is not JSON") })?;
        if members.has_repeated_names() {
            return Err(other);
        }
        let (code, printed_code) = members.get("error_code").and_then(read_code).ok_or(other)?;
        let text = members.get("error_text").and_then(read_text).ok_or(other)?;
        let hash = members.get("hash").and_then(json::string).map(Cow::into_owned);
        let result = members.get("result").filter(|result| *result != "null").map(str::to_owned);
        Ok(Self { code, printed_code, text, hash, result })
    }

    /// Whether the reply's hash proves that its code and text come from someone who has the key.
    pub fn is_signed_with(&self, key: &Secret) -> bool {
        self.hash.as_deref().is_some_and(|hash| signature::verify(&self.printed_code, &self.text, key, hash))
    }

    /// Whether there is a hash at all.
    pub fn has_hash(&self) -> bool {
        self.hash.is_some()
    }
}

/// A code and how PHP prints it: a number in PHP's shortest decimal form, a string as it is.
fn read_code(raw: &str) -> Option<(i64, String)> {
    let printed =
        if raw.starts_with('"') { json::string(raw)?.into_owned() } else { raw.parse::<i64>().ok()?.to_string() };
    let digits = printed.strip_prefix('-').unwrap_or(&printed);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some((printed.parse().ok()?, printed))
}

fn read_text(raw: &str) -> Option<String> {
    if raw == "null" { Some(String::new()) } else { json::string(raw).map(Cow::into_owned) }
}

/// What a code other than 0 means: the kind of error, the meaning, and what to do.
pub struct Meaning {
    /// The kind of error.
    pub kind: Kind,
    /// What it means, as a whole sentence without its full stop.
    pub what: &'static str,
    /// What to do, as a whole sentence.
    pub advice: &'static str,
}

/// Explains a code.
pub fn meaning(code: i64) -> Meaning {
    let (kind, what, advice) = match code {
        1 => (Kind::Rejected, "JustClick received no hash", "Please report this: the plugin always sends one."),
        2 => (Kind::Rejected, "JustClick received no parameters", "Please report this: the plugin always sends them."),
        3 => (Kind::Rejected, "JustClick refused the parameters", "Check the values of the fields."),
        4 => (Kind::Auth, "JustClick refused the request's signature", "Check the login and the API key."),
        5 => (Kind::Auth, "JustClick does not know the login", "Check the login and the base URL."),
        6 => (
            Kind::Auth,
            "JustClick does not accept calls from this IP address",
            "Allow the address in the account's API settings.",
        ),
        7 => (Kind::Auth, "The JustClick account is disabled", "Ask JustClick's support about the account."),
        8 => (
            Kind::Throttled,
            "JustClick's request limit is exhausted",
            "Try again later; if it stays, ask JustClick's support whether the API is enabled for the account.",
        ),
        200 | 302 | 400 => (Kind::NotFound, "JustClick has no such order", "Check the order number."),
        201 | 303 => (
            Kind::Rejected,
            "JustClick does not accept this status for the order",
            "Check the status and the order's present state.",
        ),
        202 => (Kind::Rejected, "JustClick could not mark the order as paid", "Look at the order in JustClick."),
        203 => (Kind::Rejected, "JustClick received an empty order number", "Check the order number."),
        _ => (Kind::Rejected, "JustClick refused the request", "Look the code up in JustClick's API documentation."),
    };
    Meaning { kind, what, advice }
}
