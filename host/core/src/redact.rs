//! Keeping a connection's secrets out of everything that leaves the host: outputs, errors, requests
//! that are shown instead of sent, and logs.
//!
//! A secret is what the connection's schema marks with `writeOnly: true` or `format: password`. It
//! is found as it is, without the invisible characters around it, and however a text wraps it:
//! escaped in JSON or HTML, percent-encoded, several of these, or inside base64.

mod credentials;
mod mask;
mod needles;
mod unwrap;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use aho_corasick::{AhoCorasick, MatchKind};
use serde_json::Value;

use crate::connection::Connection;
use crate::error::{ActionError, ErrorKind};
use crate::http::PreparedRequest;
use crate::schema::{self, Field};
pub use credentials::{HIDDEN, is_one as is_credentials};
pub use mask::MASK;
use needles::Needle;
use unwrap::{Kinds, Unwrapped};

/// How many wrappings around a secret are taken off: JSON in a form in JSON has three.
const LAYERS: u32 = 3;

/// In texts of more bytes all kinds of wrapping are taken off at once.
const LONG: usize = 64 << 10;

/// Finds the secrets of a connection. Cloning it is cheap, and what finds them is made when it is
/// needed: most of a server's many connections rest.
#[derive(Debug, Clone, Default)]
pub struct Redactor(Arc<Lazy>);

#[derive(Default)]
struct Lazy {
    secrets: Vec<String>,
    made: OnceLock<Option<Secrets>>,
}

impl std::fmt::Debug for Lazy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} secrets", self.secrets.len())
    }
}

struct Secrets {
    finder: AhoCorasick,
    needles: Vec<Needle>,
    /// Whether one has a blank, which forms write as `+`.
    has_blank: bool,
}

impl Redactor {
    /// Of a connection, whose schema says which values are secrets.
    pub fn new(schema: &Value, connection: &Connection) -> Self {
        let secrets = schema::fields(schema).filter(Field::is_secret);
        Self::of(secrets.filter_map(|key| connection.get(key.name)))
    }

    /// Of these secrets.
    pub fn of<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let secrets = secrets.into_iter().map(str::to_owned).collect();
        Self(Arc::new(Lazy { secrets, made: OnceLock::new() }))
    }

    /// The same, and of another secret besides.
    #[must_use]
    pub fn with(&self, secret: &str) -> Self {
        Self::of(self.0.secrets.iter().map(String::as_str).chain([secret]))
    }

    fn secrets(&self) -> Option<&Secrets> {
        self.0.made.get_or_init(|| Secrets::new(&self.0.secrets)).as_ref()
    }

    /// Whether a text holds a secret.
    pub fn is_in(&self, text: &[u8]) -> bool {
        self.secrets().is_some_and(|secrets| !secrets.find(text).is_empty())
    }

    /// A text without secrets.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.bytes(text.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            Cow::Owned(masked) => Cow::Owned(String::from_utf8_lossy(&masked).into_owned()),
        }
    }

    /// The same of a text that may not be UTF-8.
    pub fn bytes<'a>(&self, text: &'a [u8]) -> Cow<'a, [u8]> {
        let found = self.secrets().map(|secrets| secrets.find(text)).unwrap_or_default();
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        let (mut masked, mut end) = (Vec::with_capacity(text.len()), 0);
        for range in found {
            masked.extend_from_slice(&text[end..range.start]);
            masked.extend_from_slice(MASK.as_bytes());
            end = range.end;
        }
        masked.extend_from_slice(&text[end..]);
        Cow::Owned(masked)
    }

    /// A JSON document without secrets. It stays JSON, and everything else in it is as it was.
    pub fn json(&self, document: String) -> String {
        let Some(secrets) = self.secrets() else {
            return document;
        };
        if !secrets.may_be_in(document.as_bytes()) {
            return document;
        }
        let mut masked = String::with_capacity(document.len());
        let mut rest = document.as_str();
        while let Some(start) = rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_digit()) {
            let (before, token) = rest.split_at(start);
            let (token, after) = token.split_at(token_length(token.as_bytes()));
            masked.push_str(before);
            masked.push_str(&self.token(token));
            rest = after;
        }
        masked.push_str(rest);
        masked
    }

    /// A string or a number of JSON.
    fn token<'a>(&self, token: &'a str) -> Cow<'a, str> {
        let plain = if token.starts_with('"') { serde_json::from_str(token).ok() } else { None };
        let plain: Cow<str> = plain.map_or(Cow::Borrowed(token), |text: String| Cow::Owned(text));
        let masked = self.text(&plain);
        let written = |text: &str| Value::from(text).to_string();
        // An escape and what stands behind it may read like a secret, as 0123456 does in \u0123456.
        let reads_like_one = |written: &str| written.contains('\\') && self.is_in(written.as_bytes());
        if matches!(masked, Cow::Borrowed(_)) && !reads_like_one(token) {
            return Cow::Borrowed(token);
        }
        let written_anew = written(&masked);
        Cow::Owned(if reads_like_one(&written_anew) { written(MASK) } else { written_anew })
    }

    /// Takes the secrets out of an error.
    pub fn error(&self, error: &mut ActionError) {
        if self.secrets().is_none() {
            return;
        }
        let mask = |text: &mut String| {
            if let Cow::Owned(masked) = self.text(text) {
                *text = masked;
            }
        };
        if let ErrorKind::Other(word) = &mut error.kind {
            mask(word);
        }
        mask(&mut error.message);
        error.field.iter_mut().for_each(mask);
        for problem in &mut error.problems {
            mask(&mut problem.field);
            mask(&mut problem.message);
        }
        error.upstream.iter_mut().filter_map(|upstream| upstream.error_text.as_mut()).for_each(mask);
    }

    /// Takes the secrets out of a request that is shown. Of a header that carries credentials by its name,
    /// what is no secret of the connection is [`HIDDEN`] as well.
    pub fn request(&self, request: PreparedRequest) -> PreparedRequest {
        let PreparedRequest { method, url, headers, body } = request;
        let text = |text: String| self.text(&text).into_owned();
        let header = |(name, value): (String, String)| {
            let is_credentials = is_credentials(&name);
            let value = text(value);
            (text(name), if is_credentials { credentials::shown(&value, &self.0.secrets) } else { value })
        };
        let headers: BTreeMap<_, _> = headers.into_iter().map(header).collect();
        let is_json = serde_json::from_str::<serde::de::IgnoredAny>(&body).is_ok();
        let body = if is_json { self.json(body) } else { text(body) };
        PreparedRequest { method: text(method), url: text(url), headers, body }
    }
}

impl Secrets {
    /// None if there is nothing to be found.
    fn new(secrets: &[String]) -> Option<Self> {
        let needles = needles::all(secrets.iter().map(String::as_str));
        if needles.is_empty() {
            return None;
        }
        let patterns = needles.iter().map(|needle| needle.bytes.as_slice());
        // Only patterns of gigabytes can't be built.
        let finder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(patterns).ok()?;
        let has_blank = needles.iter().any(|needle| needle.bytes.contains(&b' '));
        Some(Self { finder, needles, has_blank })
    }

    /// Whether a look at the whole of a document is worth while.
    fn may_be_in(&self, document: &[u8]) -> bool {
        unwrap::is_wrapped(document, self.has_blank) || self.finder.is_match(document)
    }

    /// Where secrets stand, in order and apart.
    fn find(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut found: Vec<_> = self.plain(text).collect();
        if unwrap::is_wrapped(text, self.has_blank) {
            let kinds = if text.len() > LONG { &[Kinds::ALL] } else { &Kinds::EACH[..] };
            for first in kinds {
                self.wrapped(Unwrapped::of(text, *first), kinds, LAYERS, &mut found);
            }
        }
        if found.len() > 1 {
            found.sort_unstable_by_key(|range| range.start);
            found = joined(found);
        }
        found
    }

    /// Those that are found when wrappings are taken off one after the other.
    fn wrapped(&self, layer: Option<Unwrapped>, kinds: &[Kinds], layers: u32, found: &mut Vec<Range<usize>>) {
        let Some(layer) = layer else {
            return;
        };
        found.extend(self.plain(&layer.text).map(|range| layer.source(range)));
        if layers > 1 {
            for next in kinds {
                self.wrapped(layer.again(*next), kinds, layers - 1, found);
            }
        }
    }

    fn plain<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = Range<usize>> + 'a {
        self.finder.find_iter(text).map(|found| match self.needles[found.pattern()].base64 {
            true => needles::base64_around(text, found.range()),
            false => found.range(),
        })
    }
}

/// Sorted ranges, made one where they touch or overlap.
fn joined(ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

/// The length of the string or number that a text begins with.
fn token_length(text: &[u8]) -> usize {
    if text[0] != b'"' {
        let is_of_number = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        return text.iter().take_while(|byte| is_of_number(byte)).count();
    }
    let mut at = 1;
    while at < text.len() {
        match text[at] {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests;
