//! Messages of Restate's service protocol (version 6): Protocol Buffers, each behind eight bytes that tell its type and
//! length.

use prost::Message;

pub const START: u16 = 0x0000;
pub const SUSPENSION: u16 = 0x0001;
pub const ERROR: u16 = 0x0002;
pub const END: u16 = 0x0003;
pub const PROPOSE_RUN_COMPLETION: u16 = 0x0005;
pub const AWAITING_ON: u16 = 0x0006;
pub const INPUT: u16 = 0x0400;
pub const OUTPUT: u16 = 0x0401;
pub const SLEEP: u16 = 0x040c;
pub const SLEEP_COMPLETION: u16 = 0x800c;
pub const RUN: u16 = 0x0411;
pub const RUN_COMPLETION: u16 = 0x8011;

#[derive(Message)]
pub struct Start {
    #[prost(bytes = "vec", tag = "1")]
    pub id: Vec<u8>,
    #[prost(string, tag = "2")]
    pub debug_id: String,
    #[prost(uint32, tag = "3")]
    pub known_entries: u32,
    #[prost(string, tag = "6")]
    pub key: String,
}

#[derive(Clone, Message)]
pub struct Content {
    #[prost(string, tag = "1")]
    pub content: String,
}

#[derive(Clone, Message)]
pub struct Failure {
    #[prost(uint32, tag = "1")]
    pub code: u32,
    #[prost(string, tag = "2")]
    pub message: String,
}

/// An input, or an output: their members have the same numbers.
#[derive(Message)]
pub struct Exchanged {
    #[prost(message, optional, tag = "14")]
    pub value: Option<Content>,
    #[prost(message, optional, tag = "15")]
    pub failure: Option<Failure>,
}

#[derive(Message)]
pub struct Run {
    #[prost(uint32, tag = "11")]
    pub completion_id: u32,
    #[prost(string, tag = "12")]
    pub name: String,
}

#[derive(Clone, Message)]
pub struct ProposeRunCompletion {
    #[prost(uint32, tag = "1")]
    pub completion_id: u32,
    #[prost(string, optional, tag = "14")]
    pub value: Option<String>,
    #[prost(message, optional, tag = "15")]
    pub failure: Option<Failure>,
}

#[derive(Message)]
pub struct RunCompletion {
    #[prost(uint32, tag = "1")]
    pub completion_id: u32,
    #[prost(message, optional, tag = "5")]
    pub value: Option<Content>,
    #[prost(message, optional, tag = "6")]
    pub failure: Option<Failure>,
}

#[derive(Message)]
pub struct Sleep {
    #[prost(uint64, tag = "1")]
    pub wake_up_time: u64,
    #[prost(uint32, tag = "11")]
    pub completion_id: u32,
}

#[derive(Message)]
pub struct SleepCompletion {
    #[prost(uint32, tag = "1")]
    pub completion_id: u32,
    #[prost(message, optional, tag = "4")]
    pub void: Option<Void>,
}

#[derive(Clone, Message)]
pub struct Void {}

#[derive(Message)]
pub struct Error {
    #[prost(string, tag = "2")]
    pub message: String,
    #[prost(uint64, optional, tag = "8")]
    pub next_retry_delay: Option<u64>,
}

/// As it is sent.
pub fn framed(kind: u16, message: &impl Message) -> Vec<u8> {
    let body = message.encode_to_vec();
    let header = u64::from(kind) << 48 | u64::try_from(body.len()).unwrap();
    [&header.to_be_bytes()[..], &body].concat()
}

/// The next whole message, which is taken out.
pub fn next(unread: &mut Vec<u8>) -> Option<(u16, Vec<u8>)> {
    let header = u64::from_be_bytes(*unread.first_chunk()?);
    let end = 8 + usize::try_from(header & 0xffff_ffff).unwrap();
    if unread.len() < end {
        return None;
    }
    let message = unread.drain(..end).skip(8).collect();
    Some((u16::try_from(header >> 48).unwrap(), message))
}
