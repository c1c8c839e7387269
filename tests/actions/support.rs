//! A sandbox, and calls of the plugin on it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use justclick::PLUGIN;
use justclick_sandbox::{Item, Order, OrderData, Recorded, SAMPLE_API_KEY, SAMPLE_LOGIN, Sandbox};
use plugin_kit::{Request, Response, Transport};
use serde_json::Value;

/// Midnight in Moscow at the beginning of 2017.
pub const NEW_YEAR: u64 = 1_483_218_000;

pub const DAY: u64 = 86_400;

pub fn sandbox() -> Sandbox {
    Sandbox::builder().sample_orders().start().unwrap()
}

/// An order of `user4@email.com` that was made at that moment.
pub fn order(number: &str, created: u64) -> Order {
    let item = Item { good_name: "invoice".into(), title: "Training".into(), sum: "1500.00".into(), ..Item::default() };
    let data = OrderData {
        email: "user4@email.com".into(),
        created: Some(created),
        items: vec![item],
        ..OrderData::default()
    };
    Order { data, ..Order::new(number) }
}

/// Calls over sockets, one connection each.
pub struct Wire;

impl Transport for Wire {
    fn send(&self, request: &Request) -> Response {
        let (host, path) = request.url.strip_prefix("http://").unwrap().split_once('/').unwrap();
        let headers: String = request.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let mut stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let head = format!(
            "{} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n",
            request.method,
            request.body.len()
        );
        stream.write_all(format!("{head}{}", request.body).as_bytes()).unwrap();
        let mut all = Vec::new();
        // A connection that is closed in the middle is no answer.
        let _ = stream.read_to_end(&mut all);
        let Some(end) = all.windows(4).position(|four| four == b"\r\n\r\n") else {
            return Response { status: 0, body: b"reset".to_vec() };
        };
        let status = String::from_utf8_lossy(&all[9..12]).parse().unwrap();
        Response { status, body: all.split_off(end + 4) }
    }
}

/// The same, by a host that takes no more than so many bytes as an answer.
pub struct Small(pub usize);

impl Transport for Small {
    fn send(&self, request: &Request) -> Response {
        let response = Wire.send(request);
        if response.body.len() > self.0 { Response { status: 0, body: b"too_large".to_vec() } } else { response }
    }
}

/// The connection of a sandbox.
pub fn config_of(base_url: String) -> impl Fn(&str) -> Option<Vec<u8>> {
    move |key| match key {
        "login" => Some(SAMPLE_LOGIN.into()),
        "api_key" => Some(SAMPLE_API_KEY.into()),
        "base_url" => Some(base_url.clone().into_bytes()),
        _ => None,
    }
}

/// Runs an action on a sandbox.
pub fn run(sandbox: &Sandbox, action: &str, input: &Value) -> Result<Value, Value> {
    let outcome = run_by(&Wire, sandbox.base_url(), action, input);
    // Where a connection is closed at once, there is nothing to check.
    let is_right =
        |request: &Recorded| request.signature_ok || request.body.is_empty() || request.function == "elsewhere";
    assert!(sandbox.requests().iter().all(is_right), "a wrong signature");
    outcome
}

/// Runs an action by a host that makes requests in this way.
pub fn run_by(transport: &dyn Transport, base_url: String, action: &str, input: &Value) -> Result<Value, Value> {
    let read = |json: String| serde_json::from_str(&json).expect("one line of JSON");
    let outcome = PLUGIN.run(action, input.to_string().as_bytes(), &config_of(base_url), transport);
    outcome.expect("the action").map(read).map_err(|error| read(error.to_json()))
}

/// The output of an action, held against its schema.
pub fn output(sandbox: &Sandbox, action: &str, input: &Value) -> Value {
    let output = run(sandbox, action, input).unwrap_or_else(|error| panic!("{action} {input}: {error}"));
    let description: Value = serde_json::from_str(&plugin_kit::describe::description(&PLUGIN)).unwrap();
    let actions = description["actions"].as_array().unwrap();
    let schema = &actions.iter().find(|known| known["name"] == action).unwrap()["outputSchema"];
    if let Err(error) = jsonschema::validate(schema, &output) {
        panic!("{action}: {output} breaks its schema: {error}");
    }
    output
}

/// The kind of an action's error.
pub fn kind(sandbox: &Sandbox, action: &str, input: &Value) -> String {
    run(sandbox, action, input).expect_err("an error")["kind"].as_str().unwrap().to_owned()
}

/// Sets something of the sandbox; its answer.
pub fn control(sandbox: &Sandbox, path: &str, body: &str) -> Value {
    let mut stream = TcpStream::connect(sandbox.address()).unwrap();
    let length = body.len();
    let head =
        format!("POST /control/{path} HTTP/1.1\r\nhost: s\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap_or_default()
}
