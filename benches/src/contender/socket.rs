//! The limit: a socket that writes prepared bytes, and reads an answer of a length that it knows from the first one.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use super::signed;
use crate::caller::Caller;
use crate::service::Service;

/// Callers with a connection each.
pub fn callers(service: &Service, in_flight: usize) -> Result<Vec<Box<dyn Caller>>> {
    let (host, path) = service
        .base_url
        .strip_prefix("http://")
        .map(|rest| rest.split_once('/').unwrap_or((rest, "")))
        .context("a bare socket speaks no TLS")?;
    let path = if path.is_empty() { String::new() } else { format!("/{path}") };
    let form = signed::form()?;
    let headers: String = signed::HEADERS.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let request = format!(
        "POST {path}/api/UpdateOrderStatus HTTP/1.1\r\nhost: {host}\r\n{headers}content-length: {}\r\n\r\n{form}",
        form.len()
    );
    let caller = || {
        let stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        let request = request.clone().into_bytes();
        Ok(Box::new(Socket { stream, request, answer: None, buffer: vec![0; BUFFER] }) as Box<dyn Caller>)
    };
    (0..in_flight).map(|_| caller()).collect()
}

/// Larger than any answer.
const BUFFER: usize = 4 << 10;

struct Socket {
    stream: TcpStream,
    request: Vec<u8>,
    /// The first answer, which was checked: all others have its bytes.
    answer: Option<Vec<u8>>,
    buffer: Vec<u8>,
}

impl Caller for Socket {
    fn call(&mut self) -> Result<()> {
        self.stream.write_all(&self.request)?;
        let Some(answer) = &self.answer else {
            let answer = self.first_answer()?;
            self.answer = Some(answer);
            return Ok(());
        };
        let read = &mut self.buffer[..answer.len()];
        self.stream.read_exact(read)?;
        ensure!(read == answer, "another answer than the first");
        Ok(())
    }
}

impl Socket {
    fn first_answer(&mut self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        loop {
            let amount = self.stream.read(&mut self.buffer)?;
            ensure!(amount > 0, "the connection ended within the answer");
            bytes.extend_from_slice(&self.buffer[..amount]);
            ensure!(bytes.len() <= BUFFER, "the answer is larger than {BUFFER} bytes");
            let mut headers = [httparse::EMPTY_HEADER; 32];
            let mut response = httparse::Response::new(&mut headers);
            let httparse::Status::Complete(head) = response.parse(&bytes)? else { continue };
            let length = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
            let Some(length) = length else { bail!("the answer does not say how long it is") };
            let length: usize = std::str::from_utf8(length.value)?.trim().parse()?;
            if bytes.len() >= head + length {
                signed::check(response.code.unwrap_or_default(), &bytes[head..])?;
                return Ok(bytes);
            }
        }
    }
}
