//! The service's JSON envelope and its codes.
//!
//! Source of the envelope and the codes: the service's help page "API Service Responses". Code 8
//! is not documented there; public clients of the service name it.

use std::borrow::Cow;

use plugin_kit::json::{self, Malformed, Members};
use plugin_kit::text::{contains, integer, trim};
use plugin_kit::{Kind, Secret, page};

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
    /// With which status it came; 0 of a body by itself.
    pub http_status: u16,
}

/// Why a body is not a reply of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAReply {
    /// It has no text.
    Empty,
    /// It is not UTF-8.
    NotUtf8,
    /// PHP tells of a fault of its own in it, before, after or instead of JSON.
    PhpNotice,
    /// It is a web page.
    Html,
    /// A reply with something before or after it.
    Surrounded,
    /// The beginning of a reply.
    CutOff,
    /// Something else that is not JSON.
    NotJson,
    /// JSON of another shape.
    OtherJson,
}

impl NotAReply {
    #[cold]
    #[inline(never)]
    fn of(text: &str, ends_early: bool) -> Self {
        match text {
            _ if trim(text).is_empty() => Self::Empty,
            _ if has_php_notice(text) => Self::PhpNotice,
            _ if page::is_html(text) => Self::Html,
            _ if ends_early && contains(text, "\"error_code\"") => Self::CutOff,
            _ if contains(text, "\"error_code\"") && contains(text, "\"hash\"") => Self::Surrounded,
            _ => Self::NotJson,
        }
    }

    /// What it is, as a sentence without its full stop, and what to do, as a whole one.
    pub fn told(self) -> (&'static str, &'static str) {
        const BASE_URL: &str = "Check that the base URL is that of the JustClick account.";
        const REPORT: &str = "Tell JustClick's support, or whoever runs the server, what it says.";
        match self {
            Self::Empty => ("The answer is empty", BASE_URL),
            Self::NotUtf8 => ("The answer is not UTF-8 text", BASE_URL),
            Self::PhpNotice => ("The shop's server printed a PHP notice in its answer", REPORT),
            Self::Html => ("The answer is an HTML page, not JSON", BASE_URL),
            Self::Surrounded => ("The shop's server printed something around its JSON", REPORT),
            Self::CutOff => ("The answer breaks off in the middle", REPORT),
            Self::NotJson => ("The answer is not JSON", BASE_URL),
            Self::OtherJson => ("The answer is JSON but not a reply of JustClick", BASE_URL),
        }
    }
}

impl Reply {
    /// Reads a body.
    ///
    /// # Errors
    /// [`NotAReply`] if it is not a JSON object with an integer `error_code` (a number, or a string
    /// that holds one, as PHP prints it) and an `error_text` (a string, or null, which PHP prints as
    /// nothing). So neither a code of `0.0` or `"00"` nor a text that is missing or `false` counts, even
    /// with a right hash: no program of the service writes them.
    pub fn parse(body: &[u8]) -> Result<Self, NotAReply> {
        let text = std::str::from_utf8(body).map_err(|_| NotAReply::NotUtf8)?;
        let other = NotAReply::OtherJson;
        let members = Members::parse(text).map_err(|malformed| match malformed {
            Malformed::NotAnObject => other,
            Malformed::NotJson { ends_early, .. } => NotAReply::of(text, ends_early),
        })?;
        if members.has_repeated_names() {
            return Err(other);
        }
        let (code, printed_code) = members.get("error_code").and_then(read_code).ok_or(other)?;
        let text = members.get("error_text").and_then(read_text).ok_or(other)?;
        let hash = members.get("hash").and_then(json::string).map(Cow::into_owned);
        let result = members.get("result").filter(|result| *result != "null").map(str::to_owned);
        Ok(Self { code, printed_code, text, hash, result, http_status: 0 })
    }

    /// Whether the reply's hash proves that its code and text come from someone who has the key.
    pub fn is_signed_with(&self, key: &Secret) -> bool {
        self.hash.as_deref().is_some_and(|hash| signature::verify(&self.printed_code, &self.text, key, hash))
    }

    /// Data the service added, as JSON; `null` if it added none.
    pub fn result(&self) -> &str {
        self.result.as_deref().unwrap_or("null")
    }

    /// Whether there is a hash at all.
    pub fn has_hash(&self) -> bool {
        self.hash.is_some()
    }
}

/// Whether PHP has told of a fault of its own in it: `Warning: … in FILE on line 7`.
#[cold]
#[inline(never)]
fn has_php_notice(text: &str) -> bool {
    let text = page::readable(text);
    contains(&text, " on line ")
        && ["Warning: ", "Notice: ", "Deprecated: ", "error: "].iter().any(|word| contains(&text, word))
}

/// A code and how PHP prints it.
fn read_code(raw: &str) -> Option<(i64, String)> {
    let printed = if raw.starts_with('"') { json::string(raw)? } else { Cow::Borrowed(raw) };
    let code = integer(&printed)?;
    (code.to_string() == printed).then(|| (code, printed.into_owned()))
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
        // The plugin sends both. A host that follows redirects may lose them; and an account that may not use a
        // function has been told so by 2.
        1 => (
            Kind::Rejected,
            "JustClick received no hash",
            "Check the base URL: on a redirect, what is sent may get lost.",
        ),
        2 => (
            Kind::Rejected,
            "JustClick received no parameters",
            "Check the base URL; if it is right, ask JustClick's support whether the account may use this function.",
        ),
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
        100 => (Kind::Rejected, "JustClick received no e-mail address", "Check the e-mail address."),
        101 => (Kind::Rejected, "JustClick could not add the contact", "Read what it says, and check the address."),
        102 => (Kind::Rejected, "The contact is in the groups already", "Nothing is left to do."),
        103 => (Kind::NotFound, "JustClick has no such contact group", "Check the group ids."),
        104 => (
            Kind::Rejected,
            "JustClick lets nobody be added to this group",
            "Choose another one: it fills this one by itself.",
        ),
        500 | 801 => (Kind::NotFound, "JustClick has no such contact", "Check the e-mail address."),
        501 | 800 => (Kind::NotFound, "JustClick has no such contact group", "Check the group id."),
        600 => (Kind::Rejected, "JustClick does not take the e-mail address", "Check the customer's e-mail address."),
        601 => (Kind::Rejected, "The order is there already", "Look for it by the customer's e-mail address."),
        602 => (Kind::Rejected, "JustClick could not create the order", "Check the values of the fields."),
        603 => (Kind::Rejected, "JustClick received no products", "Give at least one product."),
        604 => (Kind::NotFound, "JustClick has no such product", "Check the product ids."),
        605 => (
            Kind::Rejected,
            "JustClick needs to know where to deliver",
            "Give the names, the country, the city and the address.",
        ),
        700 => (Kind::NotFound, "The shop has no products", "Add one first."),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_php_prints_of_its_own_is_known() {
        for notice in [
            "<br />\n<b>Deprecated</b>:  strlen(): Passing null in <b>/www/api.php</b> on line <b>7</b><br />\n{}",
            "PHP Warning:  Undefined array key in /www/api.php on line 7",
            "{}\nFatal error: Uncaught TypeError in /www/a.php:3 thrown in /www/a.php on line 3",
        ] {
            assert!(has_php_notice(notice), "{notice}");
        }
        for text in ["", "Warning: maintenance", "the shop is on line again"] {
            assert!(!has_php_notice(text), "{text}");
        }
    }
}
