//! `plugin-host mcp` on standard input and output, as an agent's program has it.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bench_base::talking::{alone, kill};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::ready::Ready;
use crate::caller::Caller;
use crate::listening::{folder, warm_plugin_host};
use crate::programs::Programs;
use crate::round::{Round, Stopwatch, threads_of};
use crate::sample::{ACTION, DONE, input_for};
use crate::service::Service;

/// A version of the protocol that begins with a handshake.
const PROTOCOL: &str = "2025-11-25";

/// A call's number is made of its caller's and of how many that one has made.
const CALLERS: u64 = 1 << 16;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server, and callers that share its standard input.
pub struct Mcp {
    server: Child,
    callers: Vec<Box<dyn Caller>>,
    _home: TempDir,
}

impl Mcp {
    /// Starts it, and shakes hands.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn new(programs: &Programs, service: &Service, in_flight: usize) -> Result<Self> {
        let home = folder(programs)?;
        let mut command = warm_plugin_host(programs, service, home.path())?;
        command.args(["--log", "warn", "mcp"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut server = alone(&mut command).spawn().context("can't start plugin-host mcp")?;
        let pipes = server.stdin.take().zip(server.stdout.take());
        let mut mcp = Self { server, callers: Vec::new(), _home: home };
        let (mut to, from) = pipes.context("plugin-host mcp has no pipes")?;
        let mut from = BufReader::new(from);
        shake_hands(&mut to, &mut from)?;
        let (to, mut waiting) = (Arc::new(Mutex::new(to)), HashMap::new());
        for caller in 1..=in_flight {
            let (number, (sender, answers)) = (u64::try_from(caller)?, channel());
            waiting.insert(number, sender);
            let input = serde_json::from_str(&input_for(caller))?;
            mcp.callers.push(Box::new(Agent { to: to.clone(), answers, number, calls: 0, input }));
        }
        thread::spawn(move || hand_out(from, &waiting));
        Ok(mcp)
    }
}

impl Drop for Mcp {
    fn drop(&mut self) {
        kill(&mut self.server);
    }
}

impl Ready for Mcp {
    fn round(&mut self, length: Duration) -> Result<Round> {
        threads_of(&mut self.callers, Stopwatch::of(Some(self.server.id()), length))
    }
}

fn shake_hands(to: &mut ChildStdin, from: &mut BufReader<ChildStdout>) -> Result<()> {
    let client = json!({ "name": "bench", "version": "1" });
    let params = json!({ "protocolVersion": PROTOCOL, "capabilities": {}, "clientInfo": client });
    say(to, &json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params }))?;
    let mut line = String::new();
    from.read_line(&mut line)?;
    ensure!(line.contains("serverInfo"), "plugin-host mcp does not shake hands: {line}");
    say(to, &json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }))
}

fn say(to: &mut ChildStdin, message: &Value) -> Result<()> {
    to.write_all(format!("{message}\n").as_bytes()).context("plugin-host mcp has ended: it says why above")
}

#[derive(Deserialize)]
struct Answer {
    id: u64,
    result: Option<Box<RawValue>>,
    error: Option<Box<RawValue>>,
}

/// Gives each answer to whoever waits for it, until there are no more.
fn hand_out(from: BufReader<ChildStdout>, waiting: &HashMap<u64, Sender<Answer>>) {
    let answers = from.lines().map_while(Result::ok).filter_map(|line| serde_json::from_str::<Answer>(&line).ok());
    for answer in answers {
        if let Some(caller) = waiting.get(&(answer.id % CALLERS)) {
            // Who has gone does not want to know.
            let _ = caller.send(answer);
        }
    }
}

/// Who makes one call after the other.
struct Agent {
    to: Arc<Mutex<ChildStdin>>,
    answers: Receiver<Answer>,
    number: u64,
    calls: u64,
    input: Value,
}

impl Caller for Agent {
    fn call(&mut self) -> Result<()> {
        self.calls += 1;
        let id = self.calls * CALLERS + self.number;
        let params = json!({ "name": ACTION, "arguments": self.input });
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params });
        say(&mut self.to.lock().unwrap_or_else(PoisonError::into_inner), &message)?;
        let answer = self.answers.recv_timeout(PATIENCE).context("plugin-host mcp does not answer")?;
        let text = answer.result.or(answer.error).map_or_else(String::new, |raw| raw.get().to_owned());
        ensure!(answer.id == id && text.contains(DONE), "plugin-host mcp answers {text}");
        Ok(())
    }
}
