//! What a host does with a trigger: it hands it what came, and confirms what it tells.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use justclick::PLUGIN;
use justclick_sandbox::Sandbox;
use plugin_kit::Transport;
use plugin_kit::testing::event_faults;
use serde_json::{Value, json};

use crate::support::{Wire, config_of, control, run};

/// The events of orders.
pub const ORDERS: [&str; 5] = ["order_created", "order_cancelled", "order_paid", "order_prepaid", "order_refunded"];

/// Somebody's script, which takes down the bodies that it is sent.
pub struct Script {
    pub url: String,
    bodies: Receiver<Vec<u8>>,
}

impl Script {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let (tell, bodies) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                if tell.send(body(stream.unwrap())).is_err() {
                    return;
                }
            }
        });
        Self { url, bodies }
    }

    pub fn next(&self) -> Vec<u8> {
        self.bodies.recv_timeout(Duration::from_secs(20)).expect("a webhook")
    }
}

fn body(mut stream: TcpStream) -> Vec<u8> {
    let (mut all, mut some) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut some).unwrap();
        all.extend_from_slice(&some[..count]);
        let Some(end) = all.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&all[..end]).to_ascii_lowercase();
        let length: usize =
            head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
        if all.len() == end + 4 + length {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            return all.split_off(end + 4);
        }
    }
}

/// A sandbox that tells the script of everything, but only when it is asked to.
pub fn telling(script: &Script) -> Sandbox {
    let sandbox = Sandbox::builder().sample_orders().start().unwrap();
    let contacts = ["contact_subscribed", "contact_activated", "contact_unsubscribed"];
    let all = ORDERS.iter().chain(&contacts).map(|event| ((*event).to_owned(), json!([script.url])));
    control(&sandbox, "shop", &json!({ "webhooks": all.collect::<serde_json::Map<_, _>>() }).to_string());
    control(&sandbox, "clock", r#"{"now": 1483218000}"#);
    control(&sandbox, "deliveries", r#"{"hold": true}"#);
    sandbox
}

/// Something happens: the number of its delivery.
pub fn happen(sandbox: &Sandbox, event: &Value) -> u64 {
    let answer = control(sandbox, "events", &event.to_string());
    answer["deliveries"][0].as_u64().unwrap()
}

/// Sends a delivery; what the script got.
pub fn send(sandbox: &Sandbox, script: &Script, id: u64, altered: &Value) -> Vec<u8> {
    control(sandbox, &format!("deliveries/{id}"), &altered.to_string());
    script.next()
}

pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let number = (0..3).fold(0_u32, |number, place| number << 8 | u32::from(*three.get(place).unwrap_or(&0)));
        for place in 0..4 {
            let digit = DIGITS[(number >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= three.len() { digit.into() } else { '=' });
        }
    }
    text
}

/// A webhook as a host hands it to the plugin.
pub fn webhook(body: &[u8]) -> Value {
    let headers = json!({ "content-type": "application/x-www-form-urlencoded" });
    json!({ "input": {}, "method": "POST", "headers": headers, "query": "", "body": base64(body), "now": 1 })
}

/// What the plugin makes of what it is given.
pub fn deliver(sandbox: &Sandbox, trigger: &str, given: &Value) -> Result<Value, Value> {
    deliver_by(&Wire, sandbox, trigger, given)
}

/// The same, where requests are made in another way.
pub fn deliver_by(transport: &dyn Transport, sandbox: &Sandbox, trigger: &str, given: &Value) -> Result<Value, Value> {
    let read = |json: String| serde_json::from_str(&json).expect("one line of JSON");
    let config = config_of(sandbox.base_url());
    let outcome = PLUGIN.deliver(trigger, given.to_string().as_bytes(), &config, transport);
    outcome.expect("the trigger").map(read).map_err(|error| read(error.to_json()))
}

/// The events of a webhook that is as it should be.
pub fn events(sandbox: &Sandbox, trigger: &str, body: &[u8]) -> Vec<Value> {
    let given = webhook(body);
    let config = config_of(sandbox.base_url());
    assert_eq!(event_faults(&PLUGIN, trigger, &given.to_string(), &config, &Wire), [""; 0]);
    deliver(sandbox, trigger, &given).unwrap()["events"].as_array().unwrap().clone()
}

/// The kind of the error that a webhook is.
pub fn refused(sandbox: &Sandbox, trigger: &str, body: &[u8]) -> String {
    deliver(sandbox, trigger, &webhook(body)).expect_err("an error")["kind"].as_str().unwrap().to_owned()
}

/// Whether the description's `confirm` holds for an event.
pub fn is_confirmed(sandbox: &Sandbox, trigger: &str, event: &Value) -> bool {
    let description: Value = serde_json::from_str(&plugin_kit::describe::description(&PLUGIN)).unwrap();
    let triggers = description["triggers"].as_array().unwrap();
    let confirm = &triggers.iter().find(|known| known["name"] == trigger).unwrap()["confirm"];
    let arguments = confirm["arguments"].as_object().unwrap().iter();
    let input: Value =
        arguments.map(|(name, of)| (name.clone(), event["data"][of.as_str().unwrap()].clone())).collect();
    let output = match run(sandbox, confirm["action"].as_str().unwrap(), &input) {
        Ok(output) => output,
        Err(error) if error["kind"] == "not_found" => return false,
        Err(error) => panic!("{error}"),
    };
    confirm["holds"].as_array().unwrap().iter().all(|condition| {
        let found = output.pointer(condition["pointer"].as_str().unwrap());
        let wanted = condition.get("value").or_else(|| event["data"].get(condition["field"].as_str()?));
        found.is_some() && found == wanted
    })
}
