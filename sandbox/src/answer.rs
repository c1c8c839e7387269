//! From what the service has to say to what goes out: the signed JSON, or something worse.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;
use serde_json::Value;

use crate::filled::Filled;
use crate::misbehaviour::Misbehaviour;
use crate::record::RECORDED_REPLY_BYTES;
use crate::reply::Reply;
use crate::signature::Account;

const JSON: &str = "application/json";
const HTML: &str = "text/html; charset=utf-8";

/// As PHP prints it by default.
const PHP_NOTICE: &str =
    "<br />\n<b>Warning</b>:  Undefined array key &quot;rpo&quot; in <b>/www/api.php</b> on line <b>7</b><br />\n";

/// What goes out. It has no body in memory for a huge reply, and no status for a closed connection.
#[derive(Debug, PartialEq)]
pub(crate) enum Answer {
    /// An ordinary response; the header is one besides the content type.
    Http { status: u16, content_type: &'static str, header: Option<(&'static str, &'static str)>, body: Vec<u8> },
    /// HTTP 200 with this much filler between the two parts of the body.
    Huge { before: Vec<u8>, after: Vec<u8> },
    /// The connection closes without a word.
    Close,
}

/// Tells the server, in a response's extensions, to close the connection instead of sending it.
#[derive(Clone, Copy)]
pub(crate) struct CloseConnection;

impl Answer {
    /// The answer for a reply, spoilt as told. The reply is what the service would have said; it
    /// counts only where the misbehaviour lets the change be made.
    pub(crate) fn new(reply: &Reply, account: &Account, misbehaviour: Option<Misbehaviour>) -> Self {
        let sign = |reply: &Reply| account.reply_hash(reply.code, reply.text.as_bytes());
        let right = || json_of(reply, reply.code, Some(sign(reply)));
        let Some(misbehaviour) = misbehaviour else {
            return Self::json(right());
        };
        match misbehaviour {
            Misbehaviour::Slow => Self::json(right()),
            Misbehaviour::ForgedHash => {
                let success = Reply::of_code(0);
                let hash = account.impostor().reply_hash(0, success.text.as_bytes());
                Self::json(json_of(&success, 0, Some(hash)))
            }
            Misbehaviour::MissingHash => Self::json(json_of(reply, reply.code, None)),
            Misbehaviour::CodeAsString => Self::json(json_of(reply, reply.code.to_string(), Some(sign(reply)))),
            Misbehaviour::Code(code) => {
                let forced = Reply::of_code(code);
                Self::json(json_of(&forced, code, Some(sign(&forced))))
            }
            Misbehaviour::Bom => Self::json(format!("\u{feff}{}", right())),
            Misbehaviour::PhpNotice => Self::json(format!("{PHP_NOTICE}{}", right())),
            Misbehaviour::TruncatedJson => {
                let mut json = right();
                json.truncate(json.len() / 2);
                Self::json(json)
            }
            Misbehaviour::Empty => Self::json(String::new()),
            Misbehaviour::NotUtf8 => Self::not_utf8(reply.code, account),
            Misbehaviour::Huge => {
                // In `result`, which the hash does not cover: all that is wrong is the size.
                let bare = Reply { result: None, ..reply.clone() };
                let json = json_of(&bare, bare.code, Some(sign(&bare)));
                let open = json.trim_end_matches('}');
                let before = format!("{open},\"result\":\"").into_bytes();
                Self::Huge { before, after: b"\"}".to_vec() }
            }
            Misbehaviour::Html => Self::page(200, "Welcome to our hosting"),
            Misbehaviour::Http429 => Self::page(429, "Too many requests").with("retry-after", "7"),
            Misbehaviour::Http503 => Self::page(503, "Service unavailable"),
            Misbehaviour::Redirect => Self::page(302, "Found").with("location", "/elsewhere"),
            Misbehaviour::DropBefore | Misbehaviour::DropAfter => Self::Close,
        }
    }

    /// An HTML page, such as a site made with PHP has for its errors.
    pub(crate) fn page(status: u16, title: &str) -> Self {
        let body =
            format!("<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n");
        Self::Http { status, content_type: HTML, header: None, body: body.into_bytes() }
    }

    /// JSON of the sandbox's own, not the service's.
    pub(crate) fn own_json(status: u16, value: &impl Serialize) -> Self {
        let body = serde_json::to_vec(value).unwrap_or_default();
        Self::Http { status, content_type: JSON, header: None, body }
    }

    /// The same with another HTTP status.
    pub(crate) fn with_status(mut self, other: u16) -> Self {
        if let Self::Http { status, .. } = &mut self {
            *status = other;
        }
        self
    }

    /// The HTTP status, if one goes out.
    pub(crate) fn status(&self) -> Option<u16> {
        match self {
            Self::Http { status, .. } => Some(*status),
            Self::Huge { .. } => Some(200),
            Self::Close => None,
        }
    }

    /// The body for the record: its beginning, as text.
    pub(crate) fn recorded_body(&self) -> String {
        let body = match self {
            Self::Http { body, .. } => body.as_slice(),
            Self::Huge { before, .. } => before.as_slice(),
            Self::Close => &[],
        };
        String::from_utf8_lossy(&body[..body.len().min(RECORDED_REPLY_BYTES)]).into_owned()
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let (status, content_type, header, body) = match self {
            Self::Http { status, content_type, header, body } => (status, content_type, header, Body::from(body)),
            Self::Huge { before, after } => (200, JSON, None, Body::new(Filled::new(before, after))),
            Self::Close => {
                let mut response = Response::new(Body::empty());
                response.extensions_mut().insert(CloseConnection);
                return response;
            }
        };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        if let Some((name, value)) = header {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }

    fn json(json: String) -> Self {
        Self::Http { status: 200, content_type: JSON, header: None, body: json.into_bytes() }
    }

    fn with(mut self, name: &'static str, value: &'static str) -> Self {
        if let Self::Http { header, .. } = &mut self {
            *header = Some((name, value));
        }
        self
    }

    /// "статус" in Windows-1251, signed as it is.
    fn not_utf8(code: u32, account: &Account) -> Self {
        let text = b"\xf1\xf2\xe0\xf2\xf3\xf1";
        let start = format!("{{\"error_code\":{code},\"error_text\":\"");
        let end = format!("\",\"hash\":\"{}\"}}", account.reply_hash(code, text));
        let body = [start.as_bytes(), text, end.as_bytes()].concat();
        Self::Http { status: 200, content_type: JSON, header: None, body }
    }
}

/// The service's JSON object: `error_code`, `error_text`, perhaps `result`, `hash`.
fn json_of(reply: &Reply, code: impl Serialize, hash: Option<String>) -> String {
    #[derive(Serialize)]
    struct Envelope<'a, C> {
        error_code: C,
        error_text: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        result: Option<&'a Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        hash: Option<String>,
    }
    let envelope = Envelope { error_code: code, error_text: &reply.text, result: reply.result.as_ref(), hash };
    as_php_writes(&serde_json::to_string(&envelope).unwrap_or_default())
}

/// Compact JSON as PHP's `json_encode` writes it by default: slashes escaped, everything beyond
/// ASCII as `\uXXXX` in lower-case hex. A slash occurs in JSON only inside strings.
fn as_php_writes(json: &str) -> String {
    let mut written = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '/' => written.push_str("\\/"),
            ascii if ascii.is_ascii() => written.push(ascii),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    written.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::{SAMPLE_API_KEY, SAMPLE_LOGIN};

    #[test]
    fn json_is_escaped_as_php_does_by_default() {
        // php -r 'echo json_encode("a/b\"\\ \x01\x7f\n\t\x08\x0cЖ🦔");'
        let text = "a/b\"\\ \u{1}\u{7f}\n\t\u{8}\u{c}Ж🦔";
        let written = as_php_writes(&serde_json::to_string(text).unwrap());
        assert_eq!(written, "\"a\\/b\\\"\\\\ \\u0001\u{7f}\\n\\t\\b\\f\\u0416\\ud83e\\udd94\"");
    }

    #[test]
    fn a_reply_is_the_service_s_envelope() {
        let account = Account::new(SAMPLE_LOGIN, SAMPLE_API_KEY);
        let answer = Answer::new(&Reply::of_code(200), &account, None);
        assert_eq!(answer.status(), Some(200));
        assert_eq!(
            answer.recorded_body(),
            r#"{"error_code":200,"error_text":"Nonexistent order","hash":"e95a8dcc9368519482412470b53d392f"}"#
        );
    }

    #[test]
    fn at_most_4_kib_of_a_body_are_recorded() {
        assert_eq!(Answer::page(200, &"x".repeat(9000)).recorded_body().len(), RECORDED_REPLY_BYTES);
    }
}
