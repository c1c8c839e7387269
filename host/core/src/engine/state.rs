//! What an instance has on the host's side: the texts of the call under way, and what outlives calls.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tracing::Level;
use wasmtime::Error;

use super::blocks::Blocks;
use super::caps::{Cap, ERROR, OUTPUT, VARIABLE, VARIABLES, memory};
use super::exchange::{Begun, Exchange};
use super::limiter::Limiter;
use super::log::Log;
use super::pending::PendingRequest;

/// The time for a call to say what came of a request that ended with the call's own time: else nobody would hear
/// from the plugin that its service did not answer, nor whether something may have been changed.
const TO_TELL: Duration = Duration::from_secs(1);

/// The host's side of an instance.
pub struct State {
    pub blocks: Blocks,
    pub limiter: Limiter,
    /// The call under way.
    pub exchange: Option<Exchange>,
    /// The request that it waits for.
    pub pending: PendingRequest,
    /// The block of the call's input.
    pub input: u64,
    input_length: u64,
    /// Offset and length of what the call put out.
    pub output: (u64, u64),
    /// The block of the error it set; 0 for none.
    pub error: u64,
    /// How long a call may take.
    time: Duration,
    /// When the requests of the one under way are to be over.
    deadline: Instant,
    /// When it is stopped: then, or somewhat later if it still has to tell that its request came to no end.
    ends: Instant,
    variables: BTreeMap<Vec<u8>, Vec<u8>>,
    /// What the variables count together.
    kept: usize,
}

impl State {
    /// Of an instance that may have so many pages of memory, and so much time for a call.
    pub fn new(max_pages: Option<u32>, time: Duration) -> Self {
        let bytes = memory(max_pages);
        Self {
            blocks: Blocks::new(bytes),
            limiter: Limiter::new(bytes),
            exchange: None,
            pending: PendingRequest::default(),
            input: 0,
            input_length: 0,
            output: (0, 0),
            error: 0,
            time,
            deadline: Instant::now() + time,
            ends: Instant::now() + time,
            variables: BTreeMap::new(),
            kept: 0,
        }
    }

    /// Begins a call. All that the last one left is forgotten.
    ///
    /// # Errors
    /// If there is no room for the input.
    pub fn begin(&mut self, input: &str) -> Result<(), Cap> {
        self.deadline = match &mut self.exchange {
            Some(exchange) => exchange.deadline(self.time),
            None => Instant::now() + self.time,
        };
        self.ends = self.deadline;
        // It is run again with the answer of a request that took all the time there was.
        self.let_tell();
        self.blocks.reset();
        (self.output, self.error) = ((0, 0), 0);
        self.input = self.blocks.put(input.as_bytes())?;
        self.input_length = input.len() as u64;
        Ok(())
    }

    /// Whether the time for requests is over.
    fn is_over(&self) -> bool {
        Instant::now() >= self.deadline
    }

    /// Lets the call under way tell of a request that ended with its time. It may ask for no other one then.
    fn let_tell(&mut self) {
        if self.is_over() {
            self.ends = self.deadline + TO_TELL;
        }
    }

    /// Whether the call under way may go on.
    ///
    /// # Errors
    /// If its time is over.
    pub fn in_time(&self) -> Result<(), Cap> {
        if Instant::now() < self.ends { Ok(()) } else { Err(Cap::Time(self.time)) }
    }

    pub fn input_length(&self) -> u64 {
        self.input_length
    }

    /// `N` bytes of the input; zeroes where they are not all there.
    pub fn load_input<const N: usize>(&self, at: u64) -> [u8; N] {
        let is_within = at.checked_add(N as u64).is_some_and(|end| end <= self.input_length);
        if is_within { self.blocks.load(self.input + at) } else { [0; N] }
    }

    pub fn set_output(&mut self, offset: u64, length: u64) -> Result<(), Cap> {
        self.output = (offset, length);
        if length > OUTPUT { Err(Cap::Output) } else { Ok(()) }
    }

    pub fn set_error(&mut self, block: u64) -> Result<(), Cap> {
        self.error = block;
        if self.blocks.length(block) > ERROR { Err(Cap::Error) } else { Ok(()) }
    }

    pub fn exchange(&self) -> Result<&Exchange, Error> {
        self.exchange.as_ref().ok_or_else(no_call)
    }

    pub async fn http_request(&mut self, request: u64, body: u64) -> Result<u64, Error> {
        self.in_time()?;
        let is_over = self.is_over();
        let exchange = self.exchange.as_mut().ok_or_else(no_call)?;
        let answer = match exchange.begin(self.blocks.get(request), self.blocks.get(body), self.deadline)? {
            Begun::Answered(answer) => answer,
            Begun::Asks(_) if is_over => return Err(Cap::Time(self.time).into()),
            Begun::Asks(question) => {
                let url = question.request.url.clone();
                let answer = self.pending.ask(question).await;
                exchange.end(&url, answer)?
            }
        };
        self.let_tell();
        self.blocks.free(request);
        self.blocks.free(body);
        Ok(self.blocks.put(&answer)?)
    }

    pub fn http_headers(&mut self) -> Result<u64, Error> {
        let headers = serde_json::to_vec(&self.exchange()?.headers)?;
        Ok(self.blocks.put(&headers)?)
    }

    pub fn config_get(&mut self, key: u64) -> Result<u64, Error> {
        let exchange = self.exchange.as_ref().ok_or_else(no_call)?;
        let name = std::str::from_utf8(self.blocks.get(key)).unwrap_or_default();
        let value = exchange.context.connection.get(name).unwrap_or_default();
        self.blocks.free(key);
        Ok(self.blocks.put(value.as_bytes())?)
    }

    pub fn var_get(&mut self, key: u64) -> Result<u64, Error> {
        let value = self.variables.get(self.blocks.get(key)).map(Vec::as_slice).unwrap_or_default();
        let block = self.blocks.put(value)?;
        self.blocks.free(key);
        Ok(block)
    }

    /// Sets a variable; a value of 0 removes it.
    pub fn var_set(&mut self, key: u64, value: u64) -> Result<(), Error> {
        let size = |name: &[u8], value: &[u8]| VARIABLE + name.len() + value.len();
        let name = self.blocks.get(key).to_vec();
        if let Some(old) = self.variables.remove(&name) {
            self.kept -= size(&name, &old);
        }
        if value != 0 {
            let value = self.blocks.get(value);
            self.kept += size(&name, value);
            if self.kept > VARIABLES {
                return Err(Cap::Variables.into());
            }
            self.variables.insert(name, value.to_vec());
        }
        self.blocks.free(key);
        self.blocks.free(value);
        Ok(())
    }

    pub fn log(&mut self, level: Level, text: u64) {
        if let Some(exchange) = &mut self.exchange {
            let context = std::sync::Arc::clone(&exchange.context);
            let requests = exchange.made();
            exchange.log.write(level, self.blocks.get(text), &context, requests);
        }
        self.blocks.free(text);
    }
}

/// Outside of a call nobody listens.
pub fn log_level(state: &State) -> i32 {
    state.exchange.as_ref().map_or_else(|| Log::default().level(), |exchange| exchange.log.level())
}

fn no_call() -> Error {
    Error::msg("no call is under way")
}
