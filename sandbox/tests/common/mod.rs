//! A client of a few lines: one request a connection, and nothing that a library might smooth over.
// Each test file uses its own part of it.
#![allow(dead_code)]

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use justclick_sandbox::{Account, Form, SAMPLE_API_KEY, SAMPLE_LOGIN, Sandbox};
use serde_json::Value;

/// The signed example of the service's docs.
pub const EXAMPLE: &str = "bill_id=100000&status=sent&date=1362254400&rpo=10000000000000\
    &hash=92cea5ba30b463b8c3b234e3d2945e65";

/// A signed call without parameters.
pub const NO_PARAMETERS: &str = "hash=53de7e1144de71c41d1cb06887f4b179";

pub const UPDATE: &str = "/api/UpdateOrderStatus";
pub const GROUPS: &str = "/api/GetAllGroups";

/// An HTTP answer. The body is as it came: still in chunks, if it came in chunks.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("an answer in UTF-8")
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e} in {}", self.text()))
    }

    pub fn code(&self) -> u64 {
        self.json()["error_code"].as_u64().expect("a number as error_code")
    }

    /// The value of a header, its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Whether the hash is that of the code and text, by the sample account's key.
    pub fn is_signed(&self) -> bool {
        let reply = self.json();
        let code = reply["error_code"].to_string().replace('"', "").parse().unwrap();
        let text = reply["error_text"].as_str().unwrap();
        reply["hash"] == sample_account().reply_hash(code, text.as_bytes())
    }
}

pub fn sample_account() -> Account {
    Account::new(SAMPLE_LOGIN, SAMPLE_API_KEY)
}

/// The parameters with their hash.
pub fn signed(parameters: &str) -> String {
    let hash = sample_account().request_hash(&Form::parse(parameters.as_bytes()));
    format!("{parameters}&hash={hash}")
}

/// A signed change that needs nothing but an order.
pub fn cancel(bill_id: &str) -> String {
    signed(&format!("bill_id={bill_id}&status=cancel"))
}

pub fn connect(sandbox: &Sandbox) -> TcpStream {
    let stream = TcpStream::connect(sandbox.address()).unwrap();
    // So that a test of a server that hangs fails instead of hanging too.
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

pub fn form_head(path: &str, length: usize) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\nContent-Length: {length}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
}

/// Sends a form; an error when no answer comes.
pub fn try_post(sandbox: &Sandbox, path: &str, form: &str) -> io::Result<Answer> {
    exchange(sandbox, &format!("{}{form}", form_head(path, form.len())))
}

pub fn post(sandbox: &Sandbox, path: &str, form: &str) -> Answer {
    try_post(sandbox, path, form).expect("an answer")
}

/// A request without a form.
pub fn request(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> Answer {
    let length = body.len();
    let head =
        format!("{method} {path} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
    exchange(sandbox, &format!("{head}{body}")).expect("an answer")
}

pub fn exchange(sandbox: &Sandbox, request: &str) -> io::Result<Answer> {
    let mut stream = connect(sandbox);
    stream.write_all(request.as_bytes())?;
    let mut all = Vec::new();
    stream.read_to_end(&mut all)?;
    let end = all.windows(4).position(|four| four == b"\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let body = all.split_off(end + 4);
    let head = String::from_utf8(all).expect("headers in ASCII");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Ok(Answer { status, head, body })
}

/// A signed call of a function; without parameters if there are none.
pub fn call(sandbox: &Sandbox, function: &str, parameters: &str) -> Answer {
    let form = if parameters.is_empty() { NO_PARAMETERS.to_owned() } else { signed(parameters) };
    let answer = post(sandbox, &format!("/api/{function}"), &form);
    assert!(answer.is_signed(), "{function} {parameters}: {}", answer.text());
    answer
}

/// The result of a call that succeeds.
pub fn result(sandbox: &Sandbox, function: &str, parameters: &str) -> Value {
    let answer = call(sandbox, function, parameters);
    assert_eq!(answer.code(), 0, "{function} {parameters}: {}", answer.text());
    answer.json()["result"].clone()
}

/// Sets something by a control request.
pub fn control(sandbox: &Sandbox, path: &str, body: &str) -> Value {
    let answer = request(sandbox, "POST", &format!("/control/{path}"), body);
    assert_eq!(answer.status, 200, "{path} {body}: {}", answer.text());
    answer.json()
}
