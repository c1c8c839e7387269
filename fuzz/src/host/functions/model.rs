//! What the host's functions have to do, written a second time and plainly: every byte of the blocks is kept,
//! and every block is held against all others.

use std::collections::BTreeMap;

use plugin_host_core::http::Request;

use super::program::{Argument, Call, FUNCTIONS};
use crate::told::SECRET;

/// What a request is answered with.
pub const ANSWER: &[u8] = b"answer \xff";

/// The first place of a block.
const FIRST: u64 = 16;

#[derive(Default)]
pub struct Model {
    /// All that blocks were ever made of, from place 0.
    bytes: Vec<u8>,
    /// Blocks that are not freed, with their lengths.
    blocks: BTreeMap<u64, u64>,
    input: Vec<u8>,
    registers: Vec<u64>,
    variables: BTreeMap<Vec<u8>, Vec<u8>>,
    output: (u64, u64),
    error: u64,
    status: u64,
    headers: &'static [u8],
    /// Whether a service has seen a request.
    pub sent: bool,
}

impl Model {
    /// Of a call that begins with this input.
    pub fn new(input: &[u8]) -> Self {
        let mut model = Self { input: input.to_vec(), headers: b"{}", ..Self::default() };
        if !input.is_empty() {
            model.begins(FIRST, input);
        }
        model
    }

    /// Makes a call, of which the host's module returned this.
    pub fn call(&mut self, place: usize, call: &Call, returned: u64) {
        let value = |argument: Argument| match argument {
            Argument::Number(number) => number,
            // A register of a later call has nothing yet.
            Argument::Register(register, more) => {
                self.registers.get(register).copied().unwrap_or_default().wrapping_add(more)
            }
        };
        let (a, b) = (value(call.arguments[0]), value(call.arguments[1]));
        let name = FUNCTIONS[call.function].0;
        let expected = match name {
            "alloc" => return self.new_block(place, returned, &vec![0; usize::try_from(a).expect("it was had")]),
            "http_request" => {
                let answer = self.request(a);
                self.free(a);
                self.free(b);
                return self.new_block(place, returned, answer);
            }
            "http_headers" => return self.new_block(place, returned, self.headers),
            "config_get" => {
                let value = if self.block(a) == b"key" { SECRET } else { "" };
                self.free(a);
                return self.new_block(place, returned, value.as_bytes());
            }
            "var_get" => {
                let value = self.variables.get(&self.block(a)).cloned().unwrap_or_default();
                self.new_block(place, returned, &value);
                return self.free(a);
            }
            "free" => {
                self.free(a);
                0
            }
            "length" | "length_unsafe" => self.blocks.get(&a).copied().unwrap_or_default(),
            "load_u8" => self.load(a, 1),
            "load_u64" => self.load(a, 8),
            "store_u8" => self.store(a, &[b.to_le_bytes()[0]]),
            "store_u64" => self.store(a, &b.to_le_bytes()),
            "input_offset" => {
                if self.input.is_empty() {
                    0
                } else {
                    FIRST
                }
            }
            "input_length" => self.input.len() as u64,
            // The block of the input, as it is now.
            "input_load_u8" => self.load_input(a, 1),
            "input_load_u64" => self.load_input(a, 8),
            "output_set" => {
                self.output = (a, b);
                0
            }
            "error_set" => {
                self.error = a;
                0
            }
            "http_status_code" => self.status,
            "var_set" => {
                let (name, value) = (self.block(a), self.block(b));
                self.variables.remove(&name);
                if b != 0 {
                    self.variables.insert(name, value);
                }
                self.free(a);
                self.free(b);
                0
            }
            // Whatever is logged here.
            "get_log_level" => returned,
            _ => {
                self.free(a);
                0
            }
        };
        assert_eq!(returned, expected, "{name}({a}, {b}), call {place}");
        self.registers.push(returned);
    }

    /// What the call ends with: its output, or the error that it set.
    pub fn ended(&self) -> Result<String, String> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match self.error {
            0 => Ok(text(self.at(self.output.0, self.output.1).unwrap_or_default())),
            error => Err(text(&self.block(error))),
        }
    }

    fn request(&mut self, request: u64) -> &'static [u8] {
        (self.status, self.headers) = (0, b"{}");
        if serde_json::from_slice::<Request>(&self.block(request)).is_err() {
            return b"not_allowed";
        }
        (self.status, self.headers, self.sent) = (200, br#"{"a":"b"}"#, true);
        ANSWER
    }

    /// A block was handed out, with this in it.
    fn new_block(&mut self, place: usize, offset: u64, content: &[u8]) {
        self.registers.push(offset);
        if content.is_empty() {
            return assert_eq!(offset, 0, "a block of nothing, call {place}");
        }
        assert!(offset >= FIRST && offset.is_multiple_of(8), "a block at {offset}, call {place}");
        let end = offset + content.len() as u64;
        for (other, length) in &self.blocks {
            assert!(end <= *other || other + length <= offset, "the block at {offset} lies in that at {other}");
        }
        self.begins(offset, content);
    }

    fn begins(&mut self, offset: u64, content: &[u8]) {
        let begin = usize::try_from(offset).expect("it was had");
        let end = begin + content.len();
        if self.bytes.len() < end.next_multiple_of(8) {
            self.bytes.resize(end.next_multiple_of(8), 0);
        }
        self.bytes[begin..end].copy_from_slice(content);
        self.blocks.insert(offset, content.len() as u64);
    }

    fn free(&mut self, offset: u64) {
        self.blocks.remove(&offset);
    }

    fn block(&self, offset: u64) -> Vec<u8> {
        let length = self.blocks.get(&offset).copied().unwrap_or_default();
        self.at(offset, length).unwrap_or_default().to_vec()
    }

    fn at(&self, offset: u64, length: u64) -> Option<&[u8]> {
        let (begin, end) = (usize::try_from(offset).ok()?, usize::try_from(offset.checked_add(length)?).ok()?);
        self.bytes.get(begin..end)
    }

    fn load(&self, offset: u64, length: u64) -> u64 {
        let bytes = self.at(offset, length).unwrap_or_default();
        bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    fn load_input(&self, at: u64, length: u64) -> u64 {
        let is_within = at.checked_add(length).is_some_and(|end| end <= self.input.len() as u64);
        if is_within { self.load(FIRST + at, length) } else { 0 }
    }

    fn store(&mut self, offset: u64, bytes: &[u8]) -> u64 {
        let is_there = offset >= FIRST && self.at(offset, bytes.len() as u64).is_some();
        if is_there && let Ok(begin) = usize::try_from(offset) {
            self.bytes[begin..begin + bytes.len()].copy_from_slice(bytes);
        }
        0
    }
}
