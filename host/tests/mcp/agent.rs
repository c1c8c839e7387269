//! A client that starts the server and speaks with it over its standard input and output.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use justclick_sandbox::{SAMPLE_API_KEY, Sandbox};
use serde_json::{Value, json};

use crate::support::{PROTOCOL, calling, command, initialize, until};

/// A client; its server is killed when this is dropped.
pub struct Agent {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// Answers that nobody has asked for yet.
    early: HashMap<u64, Value>,
    log: Arc<Mutex<String>>,
    logging: Option<JoinHandle<()>>,
    last: u64,
}

/// How a server ended.
#[derive(Debug)]
pub struct End {
    pub code: Option<i32>,
    /// Answers that nobody asked for.
    pub answers: HashMap<u64, Value>,
    pub log: String,
}

impl Agent {
    /// Starts a server and shakes hands with it.
    pub fn start(sandbox: &Sandbox, args: &[&str]) -> Self {
        Self::spawn(command(sandbox, args)).shaking_hands()
    }

    /// The same, and never reads what the server logs.
    pub fn start_unheeding(sandbox: &Sandbox, args: &[&str]) -> Self {
        Self::spawn_unheeding(command(sandbox, args)).shaking_hands()
    }

    pub fn spawn(command: Command) -> Self {
        let mut agent = Self::spawn_unheeding(command);
        let (lines, kept) = (BufReader::new(agent.child.stderr.take().unwrap()), agent.log.clone());
        agent.logging = Some(thread::spawn(move || {
            for line in lines.lines() {
                let line = line.unwrap();
                assert!(!line.contains(SAMPLE_API_KEY), "{line}");
                *kept.lock().unwrap() += &(line + "\n");
            }
        }));
        agent
    }

    fn spawn_unheeding(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, messages) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            for line in output.lines() {
                let line = line.unwrap();
                let message: Value = serde_json::from_str(&line).unwrap_or(Value::String(line));
                let _ = sender.send(message);
            }
        });
        let input = child.stdin.take();
        Self { child, input, messages, early: HashMap::new(), log: Arc::default(), logging: None, last: 0 }
    }

    fn shaking_hands(mut self) -> Self {
        let greeting = self.ask("initialize", &initialize(PROTOCOL));
        assert_eq!(self.answer(greeting)["result"]["protocolVersion"], PROTOCOL);
        self.tell("notifications/initialized", &json!({}));
        self
    }

    /// Sends text as it is.
    pub fn write(&mut self, text: &str) {
        self.input.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// Sends a notification.
    pub fn tell(&mut self, method: &str, params: &Value) {
        self.write(&format!("{}\n", json!({ "jsonrpc": "2.0", "method": method, "params": params })));
    }

    /// Sends a request and returns its id.
    pub fn ask(&mut self, method: &str, params: &Value) -> u64 {
        let (id, line) = self.request(method, params);
        self.write(&line);
        id
    }

    /// A request that is still to be sent, with its id.
    pub fn request(&mut self, method: &str, params: &Value) -> (u64, String) {
        self.last += 1;
        let request = json!({ "jsonrpc": "2.0", "id": self.last, "method": method, "params": params });
        (self.last, format!("{request}\n"))
    }

    /// Waits for the answer to a request.
    pub fn answer(&mut self, id: u64) -> Value {
        loop {
            if let Some(answer) = self.early.remove(&id) {
                return answer;
            }
            match self.messages.recv_timeout(Duration::from_secs(20)) {
                Ok(message) => self.keep(message),
                Err(why) => panic!("no answer to request {id}: {why}"),
            }
        }
    }

    /// Runs the action and returns its result.
    pub fn call(&mut self, input: &Value) -> Value {
        let id = self.ask("tools/call", &calling(input));
        self.answer(id)["result"].clone()
    }

    /// Waits until the server has logged this.
    pub fn until_logged(&self, text: &str) {
        until(|| self.log.lock().unwrap().contains(text));
    }

    /// Sends the server a signal.
    pub fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Ends the server's input, and waits for its end.
    pub fn leave(mut self) -> End {
        drop(self.input.take());
        self.ended()
    }

    /// Waits for the server's end.
    pub fn ended(mut self) -> End {
        loop {
            match self.messages.recv_timeout(Duration::from_secs(20)) {
                Ok(message) => self.keep(message),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("the server did not end"),
            }
        }
        let code = self.child.wait().unwrap().code();
        if let Some(logging) = self.logging.take() {
            logging.join().unwrap();
        }
        let log = self.log.lock().unwrap().clone();
        End { code, answers: std::mem::take(&mut self.early), log }
    }

    fn keep(&mut self, message: Value) {
        assert_eq!(message["jsonrpc"], "2.0", "this is no message: {message}");
        assert!(!message.to_string().contains(SAMPLE_API_KEY), "{message}");
        let id = message["id"].as_u64().unwrap_or(0);
        assert!(self.early.insert(id, message).is_none(), "two answers to request {id}");
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
