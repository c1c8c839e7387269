//! What a Rust program made for the sample call does besides HTTP: it signs the form, and checks the reply as the
//! plugin does.

use std::fmt::Write;

use anyhow::{Result, ensure};
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

use crate::sample::{API_KEY, DONE, LOGIN, ORDER};

/// The headers of the request.
pub const HEADERS: [(&str, &str); 3] =
    [("accept", "application/json"), ("content-type", "application/x-www-form-urlencoded"), ("user-agent", "native")];

/// A reply that is larger is none.
pub const MOST_BYTES: u64 = 1 << 20;

#[derive(Deserialize)]
struct Reply {
    error_code: i64,
    error_text: String,
    hash: String,
}

/// The sample's body.
pub fn form() -> Result<String> {
    form_of(&ORDER)
}

/// The body of a request with these fields.
pub fn form_of(fields: &impl Serialize) -> Result<String> {
    // `*` is what the form encoding and PHP's differ in.
    let form = serde_urlencoded::to_string(fields)?.replace('*', "%2A");
    let hash = md5_hex(&[&form, "::", LOGIN, "::", API_KEY]);
    Ok(format!("{form}&hash={hash}"))
}

/// Whether the response says that the order was changed, and the service signed it.
pub fn check(status: u16, body: &[u8]) -> Result<()> {
    ensure!(status == 200, "HTTP status {status}");
    let Reply { error_code, error_text, hash } = serde_json::from_slice(body)?;
    let expected = md5_hex(&[&error_code.to_string(), "::", &error_text, "::", API_KEY]);
    ensure!(equal(&expected, &hash.to_ascii_lowercase()), "the reply's hash is wrong");
    ensure!(error_code == 0 && error_text == DONE, "code {error_code}: {error_text}");
    Ok(())
}

/// In the same time wherever they differ.
fn equal(one: &str, other: &str) -> bool {
    let differences = one.bytes().zip(other.bytes()).fold(0, |differences, (a, b)| differences | (a ^ b));
    one.len() == other.len() && differences == 0
}

fn md5_hex(parts: &[&str]) -> String {
    let mut digest = Md5::new();
    for part in parts {
        digest.update(part);
    }
    digest.finalize().iter().fold(String::with_capacity(32), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
