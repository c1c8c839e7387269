//! Just enough HTTP to talk to the sandbox on this machine.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Longer than any answer of the sandbox takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// The JSON at `{base}{path}`.
///
/// # Errors
/// When there is no answer, or it is no JSON, or its status is not 200.
pub fn get(base: &str, path: &str) -> Result<Value> {
    exchange(base, &format!("GET {path}"), "")
}

fn exchange(base: &str, request: &str, body: &str) -> Result<Value> {
    let address = base.strip_prefix("http://").with_context(|| format!("{base} is not plain http"))?;
    let asked = || format!("{request} on {base}");
    let mut stream = TcpStream::connect(address).with_context(asked)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    // HTTP/1.0: the connection ends with the answer, and the answer comes in one piece.
    let length = body.len();
    write!(stream, "{request} HTTP/1.0\r\nhost: {address}\r\ncontent-length: {length}\r\n\r\n{body}")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).with_context(asked)?;
    parse(&answer).with_context(asked)
}

fn parse(answer: &str) -> Result<Value> {
    let (head, body) = answer.split_once("\r\n\r\n").context("the answer is not HTTP")?;
    let status = head.lines().next().unwrap_or_default();
    if status.split(' ').nth(1) != Some("200") {
        bail!("{status}: {}", body.trim());
    }
    serde_json::from_str(body).context("the answer is not JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_its_json() {
        let answer = "HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n{\"a\": 1}";
        assert_eq!(parse(answer).unwrap(), serde_json::json!({"a": 1}));
    }

    #[test]
    fn a_failure_keeps_its_status_and_text() {
        let error = parse("HTTP/1.0 404 Not Found\r\n\r\nno order\n").unwrap_err();
        assert_eq!(error.to_string(), "HTTP/1.0 404 Not Found: no order");
        assert!(parse("").is_err() && parse("HTTP/1.0 200 OK\r\n\r\n<html>").is_err());
    }
}
