//! A service that gives the same answer to everything, with the hash that is made with a key.

use justclick::signature;
use justclick_sandbox::SAMPLE_API_KEY;
use plugin_kit::{Request, Response, Secret, Transport};
use serde_json::Value;

use crate::support::run_by;

/// What it says in words.
pub const TEXT: &str = "it says";

/// Its answer.
pub struct Signed {
    pub status: u16,
    pub code: i64,
    /// As JSON.
    pub result: &'static str,
    pub key: &'static str,
}

/// The service's own success, with this result.
pub const fn done(result: &'static str) -> Signed {
    Signed { status: 200, code: 0, result, key: SAMPLE_API_KEY }
}

impl Transport for Signed {
    fn send(&self, _: &Request) -> Response {
        let Self { status, code, result, key } = *self;
        let hash = signature::md5_hex(&[&code.to_string(), "::", TEXT, "::", key]);
        assert!(signature::verify(&code.to_string(), TEXT, &Secret::new(key.to_owned()), &hash));
        let body = format!(r#"{{"error_code":{code},"error_text":"{TEXT}","result":{result},"hash":"{hash}"}}"#);
        Response { status, body: body.into_bytes() }
    }
}

/// What an action makes of its answer.
pub fn made(action: &str, input: &Value, answer: &Signed) -> Result<Value, Value> {
    run_by(answer, "https://username.expertam.ru".to_owned(), action, input)
}
