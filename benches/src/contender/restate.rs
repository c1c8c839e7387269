//! `plugin-host restate` as Restate's server calls it: the little of Restate's service protocol (version 6) that it takes
//! to invoke a handler and to record its one step. What Restate itself does, which keeps what is asked for and what came of
//! it on its disk, is not in it.

#[path = "../../../host/tests/restate/messages.rs"]
#[expect(dead_code, reason = "steps that wait and fail are for tests")]
mod messages;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use h2::client::{SendRequest, handshake};
use h2::{RecvStream, SendStream};
use hyper::Request;
use hyper::body::Bytes;
use prost::Message;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

use super::ready::{Ready, tasks_of};
use crate::listening::{Listening, folder, warm_plugin_host};
use crate::programs::Programs;
use crate::round::{Round, Stopwatch};
use crate::sample::{ACTION, DONE, input_for};
use crate::service::Service;
use messages::{
    AWAITING_ON, Content, END, Exchanged, INPUT, OUTPUT, PROPOSE_RUN_COMPLETION, ProposeRunCompletion, RUN,
    RUN_COMPLETION, RunCompletion, START, Start, framed, next,
};

/// A server, and one connection to it, as Restate has it.
pub struct Restate {
    server: Listening,
    runtime: Runtime,
    asking: Asking,
    in_flight: usize,
    _home: TempDir,
}

impl Restate {
    /// Starts it, and connects.
    ///
    /// # Errors
    /// When it does not listen.
    pub fn new(programs: &Programs, service: &Service, in_flight: usize) -> Result<Self> {
        let home = folder(programs)?;
        let mut command = warm_plugin_host(programs, service, home.path())?;
        command.args(["--log", "warn", "restate", "--listen", "127.0.0.1:0"]);
        let server = Listening::start("plugin-host restate", command)?;
        let runtime = Builder::new_multi_thread().enable_all().build()?;
        let client = runtime.block_on(async {
            let stream = TcpStream::connect(&server.address).await?;
            stream.set_nodelay(true)?;
            let (client, connection) = handshake(stream).await?;
            tokio::spawn(connection);
            anyhow::Ok(client)
        });
        let url = format!("http://{}/invoke/justclick/{ACTION}", server.address);
        let asking = Asking { client: client.context("plugin-host restate")?, url, invocations: Arc::default() };
        Ok(Self { runtime, server, asking, in_flight, _home: home })
    }
}

impl Ready for Restate {
    fn round(&mut self, length: Duration) -> Result<Round> {
        let watch = Stopwatch::of(Some(self.server.process()), length);
        tasks_of(&self.runtime, self.in_flight, watch, |number| {
            let asking = self.asking.clone();
            move || asking.clone().invoke(number)
        })
    }
}

#[derive(Clone)]
struct Asking {
    client: SendRequest<Bytes>,
    url: String,
    invocations: Arc<AtomicU64>,
}

impl Asking {
    /// Invokes the handler of this order.
    async fn invoke(self, order: usize) -> Result<()> {
        let invocation = self.invocations.fetch_add(1, Ordering::Relaxed).to_string();
        // What is in the key is not in the input.
        let mut input: Value = serde_json::from_str(&input_for(order))?;
        input.as_object_mut().and_then(|input| input.remove("bill_id"));
        let request =
            Request::post(&self.url).header("content-type", "application/vnd.restate.invocation.v6").body(())?;
        let (response, mut to) = self.client.ready().await?.send_request(request, false)?;
        let id = invocation.clone().into_bytes();
        let start = Start { id, debug_id: invocation, known_entries: 1, key: format!("default:{order}") };
        let input = Exchanged { value: Some(Content { content: input.to_string() }), failure: None };
        to.send_data([framed(START, &start), framed(INPUT, &input)].concat().into(), false)?;
        let answered = async {
            let response = response.await?;
            ensure!(response.status() == 200, "the handler answers {}", response.status());
            handle(response.into_body(), &mut to).await
        };
        let output = tokio::time::timeout(Duration::from_secs(20), answered).await.context("no answer in time")??;
        ensure!(output.contains(DONE), "the handler's output is {output:?}");
        Ok(())
    }
}

/// Records what is to be recorded, to the end, and gives the output.
async fn handle(mut from: RecvStream, to: &mut SendStream<Bytes>) -> Result<String> {
    let (mut output, mut unread) = (String::new(), Vec::new());
    while let Some(part) = from.data().await {
        let part = part?;
        from.flow_control().release_capacity(part.len())?;
        unread.extend_from_slice(&part);
        while let Some((kind, message)) = next(&mut unread) {
            match kind {
                RUN | AWAITING_ON => {}
                PROPOSE_RUN_COMPLETION => {
                    let ProposeRunCompletion { completion_id, value, .. } = ProposeRunCompletion::decode(&*message)?;
                    let value = Some(Content { content: value.context("the step failed")? });
                    let completion = framed(RUN_COMPLETION, &RunCompletion { completion_id, value, failure: None });
                    to.send_data(completion.into(), false)?;
                }
                OUTPUT => output = Exchanged::decode(&*message)?.value.map(|value| value.content).unwrap_or_default(),
                END => to.send_data(Bytes::new(), true)?,
                _ => bail!("{}", String::from_utf8_lossy(&message)),
            }
        }
    }
    Ok(output)
}
