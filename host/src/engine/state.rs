//! What an instance has on the host's side: the texts of the call under way, and what outlives calls.

use std::collections::BTreeMap;

use wasmtime::{Error, StoreLimits, StoreLimitsBuilder};

use super::blocks::Blocks;
use super::exchange::Exchange;

/// Bytes in a page of a WebAssembly memory.
const PAGE: usize = 64 << 10;

/// The memory of an instance whose bundle does not say how much it may have.
const DEFAULT_PAGES: u32 = 1024;

/// The most bytes that a plugin may keep from one call to the next outside its own memory.
const VARIABLES: usize = 1 << 20;

/// The host's side of an instance.
pub struct State {
    pub blocks: Blocks,
    pub limits: StoreLimits,
    /// The call under way.
    pub exchange: Option<Exchange>,
    /// The block of the call's input.
    pub input: u64,
    input_length: u64,
    /// Offset and length of what the call put out.
    pub output: (u64, u64),
    /// The block of the error it set; 0 for none.
    pub error: u64,
    variables: BTreeMap<Vec<u8>, Vec<u8>>,
}

impl State {
    /// Of an instance that may have so many pages of memory.
    pub fn new(max_pages: Option<u32>) -> Self {
        let bytes = max_pages.unwrap_or(DEFAULT_PAGES) as usize * PAGE;
        Self {
            blocks: Blocks::new(bytes),
            limits: StoreLimitsBuilder::new().memory_size(bytes).build(),
            exchange: None,
            input: 0,
            input_length: 0,
            output: (0, 0),
            error: 0,
            variables: BTreeMap::new(),
        }
    }

    /// Begins a call. All that the last one left is forgotten.
    ///
    /// # Errors
    /// If there is no room for the input.
    pub fn begin(&mut self, input: &str) -> Result<(), Error> {
        self.blocks.reset();
        self.input = self.hand_over(input.as_bytes())?;
        self.input_length = input.len() as u64;
        (self.output, self.error) = ((0, 0), 0);
        Ok(())
    }

    pub fn input_length(&self) -> u64 {
        self.input_length
    }

    /// `N` bytes of the input; zeroes where they are not all there.
    pub fn load_input<const N: usize>(&self, at: u64) -> [u8; N] {
        let is_within = at.checked_add(N as u64).is_some_and(|end| end <= self.input_length);
        if is_within { self.blocks.load(self.input + at) } else { [0; N] }
    }

    pub fn exchange(&self) -> Result<&Exchange, Error> {
        self.exchange.as_ref().ok_or_else(no_call)
    }

    pub fn http_request(&mut self, request: u64, body: u64) -> Result<u64, Error> {
        let exchange = self.exchange.as_mut().ok_or_else(no_call)?;
        let answer = exchange.request(self.blocks.get(request), self.blocks.get(body));
        self.blocks.free(request);
        self.blocks.free(body);
        self.hand_over(&answer)
    }

    pub fn http_headers(&mut self) -> Result<u64, Error> {
        let headers = serde_json::to_vec(&self.exchange()?.headers)?;
        self.hand_over(&headers)
    }

    pub fn config_get(&mut self, key: u64) -> Result<u64, Error> {
        let exchange = self.exchange.as_ref().ok_or_else(no_call)?;
        let name = std::str::from_utf8(self.blocks.get(key)).unwrap_or_default();
        let value = exchange.connection.get(name).unwrap_or_default();
        self.blocks.free(key);
        match self.blocks.put(value.as_bytes()) {
            0 if !value.is_empty() => Err(no_room()),
            block => Ok(block),
        }
    }

    pub fn var_get(&mut self, key: u64) -> Result<u64, Error> {
        let value = self.variables.get(self.blocks.get(key)).cloned().unwrap_or_default();
        self.blocks.free(key);
        self.hand_over(&value)
    }

    /// Sets a variable; a value of 0 removes it.
    pub fn var_set(&mut self, key: u64, value: u64) -> Result<(), Error> {
        let name = self.blocks.get(key).to_vec();
        self.variables.remove(&name);
        if value != 0 {
            let value = self.blocks.get(value).to_vec();
            let kept = self.variables.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
            if kept + name.len() + value.len() > VARIABLES {
                return Err(Error::msg("the plugin keeps too much in variables"));
            }
            self.variables.insert(name, value);
        }
        self.blocks.free(key);
        self.blocks.free(value);
        Ok(())
    }

    fn hand_over(&mut self, text: &[u8]) -> Result<u64, Error> {
        match self.blocks.put(text) {
            0 if !text.is_empty() => Err(no_room()),
            block => Ok(block),
        }
    }
}

fn no_call() -> Error {
    Error::msg("no call is under way")
}

fn no_room() -> Error {
    Error::msg("out of memory")
}
