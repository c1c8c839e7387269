//! A form is posted to somebody's address: the one thing that the service asks of others.

use std::time::Duration;

use serde::Serialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// How much of an answer is read, in bytes.
const READ_BYTES: u64 = 64 << 10;

/// What became of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Attempt {
    /// The body that was sent.
    body: String,
    /// The status of the answer, if one came.
    status: Option<u16>,
    /// What came after the headers, at most 64 KiB with them.
    reply: String,
    /// Why there is no answer.
    error: Option<String>,
}

/// Posts a form to an address with `http:`, and waits for the answer.
pub(crate) async fn form(url: &str, body: &str) -> Attempt {
    let outcome = tokio::time::timeout(PATIENCE, exchange(url, body)).await;
    let outcome = outcome.unwrap_or_else(|_| Err(format!("no answer within {} s", PATIENCE.as_secs())));
    let (status, reply, error) = match outcome {
        Ok((status, reply)) => (Some(status), reply, None),
        Err(why) => (None, String::new(), Some(why)),
    };
    Attempt { body: body.to_owned(), status, reply, error }
}

async fn exchange(url: &str, body: &str) -> Result<(u16, String), String> {
    let rest = url.strip_prefix("http://").ok_or("the sandbox posts to addresses with http:// only")?;
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let slash = if path.starts_with('/') { "" } else { "/" };
    let address = if authority.contains(':') { authority.to_owned() } else { format!("{authority}:80") };
    let told = |error: std::io::Error| error.to_string();
    let mut stream = TcpStream::connect(address).await.map_err(told)?;
    let length = body.len();
    let request = format!(
        "POST {slash}{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\nContent-Length: {length}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.map_err(told)?;
    let mut answer = Vec::new();
    // A reset after an answer is as good as an end.
    let read = stream.take(READ_BYTES).read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer);
    let status = answer.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)).and_then(|code| code.parse().ok());
    let Some(status) = status else {
        return Err(read.map_or_else(told, |_| "the connection was closed without an answer".to_owned()));
    };
    Ok((status, answer.split_once("\r\n\r\n").map_or(String::new(), |(_, reply)| reply.to_owned())))
}
