//! The little of Restate's service protocol (version 6) that a server speaks to invoke a handler.

use axum::body::Bytes;
use axum::http::Request;
use h2::client::{SendRequest, handshake};
use h2::{RecvStream, SendStream};
use prost::Message;
use tokio::net::TcpStream;

use justclick_sandbox::SAMPLE_API_KEY;

use crate::common::collector::TRACEPARENT;
use crate::messages::*;

/// What a handler tells Restate, in its order.
#[derive(Debug, PartialEq)]
pub enum Told {
    /// A step of this name begins.
    Step(String),
    /// The step's result, to be recorded.
    Record(Outcome),
    /// The handler waits until then, in milliseconds since 1970.
    Sleep(u64),
    /// It goes on when that time has come.
    Suspended,
    /// It failed in a way that may pass: why, and the milliseconds until it should be invoked again.
    Retry(String, Option<u64>),
    /// What it answers.
    Output(Outcome),
    /// It has ended.
    End,
}

/// A result, or a code and a message.
pub type Outcome = Result<String, (u32, String)>;

/// What the journal of an earlier attempt has, behind the input.
pub enum Entry {
    /// A step of this name, and its result if there is one.
    Step(&'static str, Option<Outcome>),
    /// A wait that is over.
    Slept,
}

fn outcome(value: Option<String>, failure: Option<Failure>) -> Outcome {
    failure.map_or(Ok(value.unwrap_or_default()), |failure| Err((failure.code, failure.message)))
}

/// A connection over HTTP/2 without TLS.
pub async fn connect(address: &str) -> SendRequest<Bytes> {
    let (client, connection) = handshake(TcpStream::connect(address).await.unwrap()).await.unwrap();
    tokio::spawn(connection);
    client.ready().await.unwrap()
}

/// The status and body of a GET.
pub async fn get(address: &str, path: &str, accept: &str) -> (u16, String) {
    let mut client = connect(address).await;
    let request = Request::get(format!("http://{address}{path}")).header("accept", accept).body(()).unwrap();
    let response = client.send_request(request, true).unwrap().0.await.unwrap();
    let status = response.status().as_u16();
    let mut body = response.into_body();
    let mut bytes = Vec::new();
    while let Some(part) = data(&mut body).await {
        bytes.extend(part);
    }
    (status, String::from_utf8(bytes).unwrap())
}

/// Invokes a handler as Restate does, records what it wants recorded, and hangs up when it waits.
pub async fn invoke(address: &str, handler: &str, key: &str, input: &str) -> Vec<Told> {
    replay(address, handler, key, input, &[]).await
}

/// Invokes a handler again, with the journal of an attempt that did not come to its end.
pub async fn replay(address: &str, handler: &str, key: &str, input: &str, journal: &[Entry]) -> Vec<Told> {
    let (mut client, mut messages) = (Vec::new(), 1);
    for (completion_id, entry) in (1..).zip(journal) {
        let (command, completion) = entry.messages(completion_id);
        messages += 1 + u32::from(completion.is_some());
        client.push(command);
        client.extend(completion);
    }
    exchange(address, handler, key, input, messages, &client).await
}

impl Entry {
    /// A command, and its completion.
    fn messages(&self, completion_id: u32) -> (Vec<u8>, Option<Vec<u8>>) {
        match self {
            Self::Step(name, outcome) => {
                let completion = outcome.clone().map(|outcome| {
                    let (value, failure) = match outcome {
                        Ok(content) => (Some(Content { content }), None),
                        Err((code, message)) => (None, Some(Failure { code, message })),
                    };
                    framed(RUN_COMPLETION, &RunCompletion { completion_id, value, failure })
                });
                (framed(RUN, &Run { completion_id, name: (*name).to_owned() }), completion)
            }
            Self::Slept => (
                framed(SLEEP, &Sleep { completion_id, wake_up_time: 1 }),
                Some(framed(SLEEP_COMPLETION, &SleepCompletion { completion_id, void: Some(Void {}) })),
            ),
        }
    }
}

async fn exchange(
    address: &str,
    handler: &str,
    key: &str,
    input: &str,
    known_entries: u32,
    journal: &[Vec<u8>],
) -> Vec<Told> {
    let mut client = connect(address).await;
    let request = Request::post(format!("http://{address}/invoke/{handler}"))
        .header("content-type", "application/vnd.restate.invocation.v6")
        .header("traceparent", TRACEPARENT)
        .body(())
        .unwrap();
    let (response, mut to) = client.send_request(request, false).unwrap();
    let start = Start { id: b"1".to_vec(), debug_id: "1".to_owned(), known_entries, key: key.to_owned() };
    let input = Exchanged { value: Some(Content { content: input.to_owned() }), failure: None };
    send(&mut to, START, &start);
    send(&mut to, INPUT, &input);
    for message in journal {
        to.send_data(message.clone().into(), false).unwrap();
    }
    let mut from = response.await.unwrap().into_body();
    let (mut told, mut unread) = (Vec::new(), Vec::new());
    while let Some(part) = data(&mut from).await {
        unread.extend(part);
        while let Some((kind, message)) = next(&mut unread) {
            assert!(!String::from_utf8_lossy(&message).contains(SAMPLE_API_KEY), "the key is told to Restate");
            told.extend(take(kind, &message, &mut to));
        }
    }
    told
}

/// Reads a message, and answers it if Restate would.
fn take(kind: u16, message: &[u8], to: &mut SendStream<Bytes>) -> Option<Told> {
    Some(match kind {
        RUN => Told::Step(Run::decode(message).unwrap().name),
        PROPOSE_RUN_COMPLETION => {
            let proposed = ProposeRunCompletion::decode(message).unwrap();
            let ProposeRunCompletion { completion_id, value, failure } = proposed.clone();
            let value = value.map(|content| Content { content });
            send(to, RUN_COMPLETION, &RunCompletion { completion_id, value, failure });
            Told::Record(outcome(proposed.value, proposed.failure))
        }
        SLEEP => {
            to.send_data(Bytes::new(), true).unwrap();
            Told::Sleep(Sleep::decode(message).unwrap().wake_up_time)
        }
        SUSPENSION => Told::Suspended,
        ERROR => {
            let error = Error::decode(message).unwrap();
            to.send_data(Bytes::new(), true).unwrap();
            Told::Retry(error.message, error.next_retry_delay)
        }
        OUTPUT => {
            let output = Exchanged::decode(message).unwrap();
            Told::Output(outcome(output.value.map(|value| value.content), output.failure))
        }
        END => {
            to.send_data(Bytes::new(), true).unwrap();
            Told::End
        }
        AWAITING_ON => return None,
        other => panic!("a message of type {other:#06x}"),
    })
}

fn send(to: &mut SendStream<Bytes>, kind: u16, message: &impl Message) {
    to.send_data(framed(kind, message).into(), false).unwrap();
}

async fn data(stream: &mut RecvStream) -> Option<Bytes> {
    let part = stream.data().await?.unwrap();
    stream.flow_control().release_capacity(part.len()).unwrap();
    Some(part)
}
