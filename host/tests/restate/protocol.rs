//! The little of Restate's service protocol (version 6) that a server speaks to invoke a handler:
//! messages of Protocol Buffers, each behind eight bytes that tell its type and length.

use axum::body::Bytes;
use axum::http::Request;
use h2::client::{SendRequest, handshake};
use h2::{RecvStream, SendStream};
use prost::Message;
use tokio::net::TcpStream;

use justclick_sandbox::SAMPLE_API_KEY;

use crate::common::collector::TRACEPARENT;

const START: u16 = 0x0000;
const SUSPENSION: u16 = 0x0001;
const ERROR: u16 = 0x0002;
const END: u16 = 0x0003;
const PROPOSE_RUN_COMPLETION: u16 = 0x0005;
const AWAITING_ON: u16 = 0x0006;
const INPUT: u16 = 0x0400;
const OUTPUT: u16 = 0x0401;
const SLEEP: u16 = 0x040c;
const SLEEP_COMPLETION: u16 = 0x800c;
const RUN: u16 = 0x0411;
const RUN_COMPLETION: u16 = 0x8011;

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

#[derive(Message)]
struct Start {
    #[prost(bytes = "vec", tag = "1")]
    id: Vec<u8>,
    #[prost(string, tag = "2")]
    debug_id: String,
    #[prost(uint32, tag = "3")]
    known_entries: u32,
    #[prost(string, tag = "6")]
    key: String,
}

#[derive(Clone, Message)]
struct Content {
    #[prost(string, tag = "1")]
    content: String,
}

#[derive(Clone, Message)]
struct Failure {
    #[prost(uint32, tag = "1")]
    code: u32,
    #[prost(string, tag = "2")]
    message: String,
}

/// An input, or an output: their members have the same numbers.
#[derive(Message)]
struct Exchanged {
    #[prost(message, optional, tag = "14")]
    value: Option<Content>,
    #[prost(message, optional, tag = "15")]
    failure: Option<Failure>,
}

#[derive(Message)]
struct Run {
    #[prost(uint32, tag = "11")]
    completion_id: u32,
    #[prost(string, tag = "12")]
    name: String,
}

#[derive(Clone, Message)]
struct ProposeRunCompletion {
    #[prost(uint32, tag = "1")]
    completion_id: u32,
    #[prost(string, optional, tag = "14")]
    value: Option<String>,
    #[prost(message, optional, tag = "15")]
    failure: Option<Failure>,
}

#[derive(Message)]
struct RunCompletion {
    #[prost(uint32, tag = "1")]
    completion_id: u32,
    #[prost(message, optional, tag = "5")]
    value: Option<Content>,
    #[prost(message, optional, tag = "6")]
    failure: Option<Failure>,
}

#[derive(Message)]
struct Sleep {
    #[prost(uint64, tag = "1")]
    wake_up_time: u64,
    #[prost(uint32, tag = "11")]
    completion_id: u32,
}

#[derive(Message)]
struct SleepCompletion {
    #[prost(uint32, tag = "1")]
    completion_id: u32,
    #[prost(message, optional, tag = "4")]
    void: Option<Void>,
}

#[derive(Clone, Message)]
struct Void {}

/// What the journal of an earlier attempt has, behind the input.
pub enum Entry {
    /// A step of this name, and its result if there is one.
    Step(&'static str, Option<Outcome>),
    /// A wait that is over.
    Slept,
}

#[derive(Message)]
struct Error {
    #[prost(string, tag = "2")]
    message: String,
    #[prost(uint64, optional, tag = "8")]
    next_retry_delay: Option<u64>,
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

fn framed(kind: u16, message: &impl Message) -> Vec<u8> {
    let body = message.encode_to_vec();
    let header = u64::from(kind) << 48 | u64::try_from(body.len()).unwrap();
    [&header.to_be_bytes()[..], &body].concat()
}

/// The next whole message.
fn next(unread: &mut Vec<u8>) -> Option<(u16, Vec<u8>)> {
    let header = u64::from_be_bytes(*unread.first_chunk()?);
    let end = 8 + usize::try_from(header & 0xffff_ffff).unwrap();
    if unread.len() < end {
        return None;
    }
    let message = unread.drain(..end).skip(8).collect();
    Some((u16::try_from(header >> 48).unwrap(), message))
}

async fn data(stream: &mut RecvStream) -> Option<Bytes> {
    let part = stream.data().await?.unwrap();
    stream.flow_control().release_capacity(part.len()).unwrap();
    Some(part)
}
