//! Events of which the service tells by a request.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use serde_json::value::RawValue;

use super::event::{Event, events};
use super::members::{Flaw, given, member, read, text};
use crate::error::ActionError;
use crate::http;
use crate::json::{self, Object};

/// A request of the service, as it came: nothing in it is proven.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebhookRequest {
    /// Its method.
    pub method: String,
    /// Its headers, by their names in small letters; a name stands once.
    pub headers: BTreeMap<String, String>,
    /// What follows the `?` of its address, undecoded.
    pub query: String,
    /// Its body.
    pub body: Vec<u8>,
}

impl WebhookRequest {
    /// Of a request whose headers may stand more than once: their values are joined with `, `. Bytes of
    /// a value that are no UTF-8 are replaced.
    pub fn new<'a>(
        method: &str,
        headers: impl IntoIterator<Item = (&'a str, &'a [u8])>,
        query: &str,
        body: impl Into<Vec<u8>>,
    ) -> Self {
        let mut joined = BTreeMap::<String, String>::new();
        for (name, value) in headers {
            let value = String::from_utf8_lossy(value);
            joined
                .entry(name.to_ascii_lowercase())
                .and_modify(|values| {
                    values.push_str(", ");
                    values.push_str(&value);
                })
                .or_insert_with(|| value.into_owned());
        }
        Self { method: method.to_owned(), headers: joined, query: query.to_owned(), body: body.into() }
    }

    /// The export's input; `input` is JSON of the trigger's `inputSchema`, `now` UNIX seconds, `secret`
    /// that of the subscription.
    pub(crate) fn input(&self, input: &RawValue, secret: Option<&str>, now: i64) -> String {
        let Self { method, headers, query, body } = self;
        let request = json!({
            "method": method, "headers": headers, "query": query, "body": STANDARD.encode(body), "now": now,
        });
        let mut request = json::object(request.to_string().as_bytes()).unwrap_or_default();
        request.set_raw("input", input.to_owned());
        if let Some(secret) = secret {
            request.set("secret", secret);
        }
        request.to_string()
    }
}

/// What a plugin makes of a request.
#[derive(Debug, Clone)]
pub struct WebhookAnswer {
    /// The events of which it tells.
    pub events: Vec<Event>,
    /// What the service is answered once they are safe.
    pub response: Response,
}

/// What a service is answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status, from 200 to 599.
    pub status: u16,
    /// Headers: names and values that HTTP takes, and none that are the host's.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl WebhookAnswer {
    /// Reads the answer of a webhook's export.
    ///
    /// # Errors
    /// With kind `internal`, if it breaks the contract.
    pub fn read(trigger: &str, output: &str) -> Result<Self, Box<ActionError>> {
        read(trigger, output, |answer| Ok(Self { events: events(answer)?, response: response(answer)? }))
    }
}

fn response(answer: &Object) -> Result<Response, Flaw> {
    let response = member(answer, "response")?.get();
    let response = json::object(response.as_bytes()).map_err(|_| "response is no object.".to_owned())?;
    let status = serde_json::from_str::<u16>(member(&response, "status")?.get());
    let status = status.ok().filter(|status| (200..=599).contains(status));
    let status = status.ok_or("response.status is no number from 200 to 599.")?;
    let mut headers = Vec::new();
    if let Some(given) = given(&response, "headers") {
        let given = json::object(given.get().as_bytes()).map_err(|_| "response.headers is no object.".to_owned())?;
        for (name, value) in given.iter() {
            let value = text(value, &format!("response.headers.{name}"))?;
            if !http::may_be_answered(name, &value) {
                return Err(format!("response.headers.{name} is no header that a plugin may set."));
            }
            headers.push((name.to_owned(), value));
        }
    }
    let body = given(&response, "body").map(|body| text(body, "response.body")).transpose()?.unwrap_or_default();
    Ok(Response { status, headers, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_handed_over_as_it_came() {
        let headers = [("X-Sign", &b"a"[..]), ("x-sign", b"b"), ("Accept", b"\xff")];
        let request = WebhookRequest::new("POST", headers, "a=%20", b"\0\xff".to_vec());
        let input = RawValue::from_string(r#"{"sum":1.50}"#.to_owned()).unwrap();
        assert_eq!(
            request.input(&input, None, 7),
            r#"{"method":"POST","headers":{"accept":"�","x-sign":"a, b"},"query":"a=%20","body":"AP8=","now":7,"input":{"sum":1.50}}"#
        );
        assert!(request.input(&input, Some("s"), 7).ends_with(r#","secret":"s"}"#));
    }

    #[test]
    fn an_answer_is_read_with_all_that_it_says() {
        let answer = r#"{"events":[],"response":{"status":202,"headers":{"X-A":"b"},"body":"ok"}}"#;
        let response = WebhookAnswer::read("t", answer).unwrap().response;
        assert_eq!(response, Response { status: 202, headers: vec![("X-A".into(), "b".into())], body: "ok".into() });
        let plain = WebhookAnswer::read("t", r#"{"events":[],"response":{"status":200}}"#).unwrap().response;
        assert_eq!(plain, Response { status: 200, ..Response::default() });
    }

    #[test]
    fn an_answer_that_no_service_could_be_given_is_the_plugins_fault() {
        for (response, told) in [
            (r#"{"status":200,"headers":{"X\r\nA":"b"}}"#, "response.headers.X A is no header"),
            ("[]", "response is no object"),
            ("{}", "no status"),
            (r#"{"status":"200"}"#, "from 200 to 599"),
            (r#"{"status":101}"#, "from 200 to 599"),
            (r#"{"status":200.5}"#, "from 200 to 599"),
            (r#"{"status":200,"headers":[]}"#, "headers is no object"),
            (r#"{"status":200,"headers":{"A":1}}"#, "headers.A is no text"),
            (r#"{"status":200,"headers":{"A b":"c"}}"#, "no header that a plugin may set"),
            (r#"{"status":200,"headers":{"A":"b\nc"}}"#, "no header that a plugin may set"),
            (r#"{"status":200,"headers":{"Content-Length":"7"}}"#, "no header that a plugin may set"),
            (r#"{"status":200,"body":{}}"#, "body is no text"),
        ] {
            let error = WebhookAnswer::read("t", &format!(r#"{{"events":[],"response":{response}}}"#)).unwrap_err();
            assert!(error.message.contains(told), "{response}: {}", error.message);
        }
        assert!(WebhookAnswer::read("t", r#"{"events":[]}"#).unwrap_err().message.contains("no response"));
        assert!(WebhookAnswer::read("t", r#"{"response":{"status":200}}"#).unwrap_err().message.contains("no events"));
    }
}
