//! A request on its connection, and its response.
//!
//! A failure is told apart by how far the request came: before it was sent whole, nothing can have
//! changed; after, anything may have.

use std::io;
use std::time::Instant;

use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, HeaderName, HeaderValue, USER_AGENT};
use http::{HeaderMap, StatusCode};
use ureq_proto::BodyMode;
use ureq_proto::client::state::{RecvBody, RecvResponse};
use ureq_proto::client::{Call, RecvBodyResult, RecvResponseResult, SendRequestResult};

use super::Failure;
use super::body::Body;
use super::connection::Connection;
use super::limits::Limits;
use super::net::Stream;

/// Who asks, if the plugin does not say.
pub const AGENT: &str = concat!("plugin-host/", env!("CARGO_PKG_VERSION"));

/// Room for what a head has beside the address and the headers that were given.
const FRAME: usize = 512;

/// A request as it goes over the wire, and the state in which its response is waited for.
pub struct Message {
    bytes: Vec<u8>,
    call: Call<RecvResponse>,
}

/// A response whose body was read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// Whether another request may follow on its connection.
    pub keep: bool,
}

impl Message {
    /// Of a request with this body; none if that can't be said in HTTP.
    pub fn new(request: http::Request<()>, body: &[u8]) -> Option<Self> {
        let method = request.method().clone();
        let header_bytes: usize =
            request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        let room = request.uri().path().len() + request.uri().query().map_or(0, str::len) + header_bytes + FRAME;
        let says = |name: &HeaderName| request.headers().contains_key(name);
        let defaults = [(ACCEPT_ENCODING, "gzip"), (USER_AGENT, AGENT), (ACCEPT, "*/*")];
        let missing: Vec<_> = defaults.into_iter().filter(|(name, _)| !says(name)).collect();
        let mut call = Call::new(request).ok()?;
        for (name, value) in missing {
            call.header(name, HeaderValue::from_static(value)).ok()?;
        }
        let has_body = !body.is_empty() || ["POST", "PUT", "PATCH"].contains(&method.as_str());
        if has_body {
            call.header(CONTENT_LENGTH, HeaderValue::from(body.len())).ok()?;
        }
        let mut call = call.proceed();
        let mut bytes = vec![0; room];
        let mut written = 0;
        while !call.can_proceed() {
            written += call.write(&mut bytes[written..]).ok()?;
        }
        bytes.truncate(written);
        bytes.extend_from_slice(body);
        let call = match call.proceed().ok()?? {
            SendRequestResult::RecvResponse(call) => call,
            SendRequestResult::SendBody(mut call) => {
                call.consume_direct_write(body.len()).ok()?;
                call.proceed()?
            }
            // No plugin sets the header that it takes.
            SendRequestResult::Await100(_) => return None,
        };
        Some(Self { bytes, call })
    }

    /// Sends it over a connection, and reads its response to the end.
    ///
    /// # Errors
    /// If there is none, or one over its cap: `most` is that of its body. All has to be over by `until`.
    pub async fn exchange<S: Stream>(
        self,
        connection: &mut Connection<S>,
        limits: &Limits,
        most: u64,
        until: Instant,
    ) -> Result<Answer, Failure> {
        let sent = connection.send(&self.bytes, until.min(Instant::now() + limits.send)).await;
        sent.map_err(|_| Failure::NotSent)?;
        drop(self.bytes);
        let head_until = until.min(Instant::now() + limits.first_byte);
        let (response, next) = head(self.call, connection, limits.header_bytes, head_until).await?;
        let (parts, ()) = response.into_parts();
        let (status, mut headers) = (parts.status, parts.headers);
        let (body, keep) = match next {
            RecvResponseResult::RecvBody(call) => {
                let is_packed = headers.get_all(CONTENT_ENCODING).iter().next_back().is_some_and(|it| it == "gzip");
                let mut body = Body::new(is_packed, most);
                let keep = read_body(call, connection, &mut body, until).await?;
                if is_packed {
                    // They are of what it was packed in.
                    headers.remove(CONTENT_ENCODING);
                    headers.remove(CONTENT_LENGTH);
                }
                (body.into_whole()?, keep)
            }
            RecvResponseResult::Redirect(call) => (Vec::new(), !call.must_close_connection()),
            RecvResponseResult::Cleanup(call) => (Vec::new(), !call.must_close_connection()),
        };
        Ok(Answer { status, headers, body, keep })
    }
}

/// Reads a response's head, and all that comes before it.
async fn head<S: Stream>(
    mut call: Call<RecvResponse>,
    connection: &mut Connection<S>,
    most: usize,
    until: Instant,
) -> Result<(http::Response<()>, RecvResponseResult), Failure> {
    let mut used = 0;
    loop {
        let (amount, response) = match call.try_response(connection.input(), false) {
            Ok(tried) => tried,
            Err(ureq_proto::Error::HttpParseTooManyHeaders) => return Err(Failure::TooLarge),
            Err(_) => return Err(Failure::Reset),
        };
        connection.consume(amount);
        used += amount;
        if used > most || (response.is_none() && used + connection.input().len() > most) {
            return Err(Failure::TooLarge);
        }
        if let Some(response) = response {
            return Ok((response, call.proceed().ok_or(Failure::Reset)?));
        }
        // Interim responses come one after the other.
        if amount == 0 && connection.receive(until).await.map_err(|error| after_sending(&error))? == 0 {
            return Err(Failure::Reset);
        }
    }
}

/// Reads a response's body to its end, and tells whether another request may follow.
async fn read_body<S: Stream>(
    mut call: Call<RecvBody>,
    connection: &mut Connection<S>,
    body: &mut Body,
    until: Instant,
) -> Result<bool, Failure> {
    let mut room = Vec::new();
    let mut is_over = false;
    loop {
        let ends_by_itself = !matches!(call.body_mode(), BodyMode::CloseDelimited);
        if ends_by_itself && call.can_proceed() {
            break;
        }
        let input = connection.input();
        if room.len() < input.len() {
            room.resize(input.len(), 0);
        }
        let (used, given) = call.read(input, &mut room).map_err(|_| Failure::Reset)?;
        connection.consume(used);
        body.add(&room[..given])?;
        if used > 0 {
            continue;
        }
        if is_over {
            break;
        }
        is_over = match connection.receive(until).await {
            Ok(received) => received == 0,
            Err(error) if is_close(&error) => true,
            Err(error) => return Err(after_sending(&error)),
        };
    }
    // Some servers close before the very end, when all of the body is there.
    let is_cut = !call.can_proceed();
    if is_cut {
        return if call.is_ended_chunked() { Ok(false) } else { Err(Failure::Reset) };
    }
    Ok(!match call.proceed().ok_or(Failure::Reset)? {
        RecvBodyResult::Redirect(call) => call.must_close_connection(),
        RecvBodyResult::Cleanup(call) => call.must_close_connection(),
    })
}

/// What a broken connection means once the request was sent.
fn after_sending(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::TimedOut { Failure::Timeout } else { Failure::Reset }
}

/// Whether the other side has ended it, however abruptly.
fn is_close(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | UnexpectedEof)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(request: http::request::Builder, body: &[u8]) -> Option<String> {
        let message = Message::new(request.body(()).unwrap(), body)?;
        Some(String::from_utf8(message.bytes).unwrap())
    }

    #[test]
    fn a_request_says_how_long_it_is_what_it_takes_and_who_asks() {
        let sent = wire(http::Request::post("https://shop.example:8443/a?b").header("x-a", "1"), b"body").unwrap();
        let (head, body) = sent.split_once("\r\n\r\n").unwrap();
        let mut lines: Vec<_> = head.split("\r\n").collect();
        assert_eq!(lines.remove(0), "POST /a?b HTTP/1.1");
        lines.sort_unstable();
        let agent = format!("user-agent: {AGENT}");
        let host = "host: shop.example:8443";
        assert_eq!(lines, ["accept-encoding: gzip", "accept: */*", "content-length: 4", host, &agent, "x-a: 1"]);
        assert_eq!(body, "body");
    }

    #[test]
    fn what_the_plugin_says_is_said_once_and_a_read_has_no_length() {
        let request = http::Request::get("http://shop.example/").header("user-agent", "x").header("accept", "a/b");
        let sent = wire(request, b"").unwrap();
        assert!(sent.contains("user-agent: x\r\n") && sent.contains("accept: a/b\r\n"), "{sent}");
        assert!(!sent.contains("*/*") && !sent.contains("plugin-host") && !sent.contains("content-length"), "{sent}");
        assert!(wire(http::Request::post("http://shop.example/"), b"").unwrap().contains("content-length: 0\r\n"));
    }

    #[test]
    fn what_http_has_no_words_for_is_no_message() {
        assert!(wire(http::Request::builder().method("BREW").uri("http://shop.example/"), b"").is_none());
        assert!(wire(http::Request::head("http://shop.example/"), b"body").is_none());
    }
}
