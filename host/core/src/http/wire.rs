//! Watches what goes over the wire, so that a failure can be told apart: before the request was
//! sent, nothing can have changed; after, anything may have.

use std::cell::Cell;

use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, Either, NextTimeout, Transport};

/// How far the request of this thread has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// No byte of it has left. A TLS handshake may be under way.
    Before,
    /// A part of it was to be sent, and that did not succeed.
    Sending,
    /// Every part that was to be sent has left.
    Sent,
}

thread_local! {
    // The client blocks, so a request lives on one thread from beginning to end.
    static STAGE: Cell<Stage> = const { Cell::new(Stage::Before) };
}

/// Begins a new request on this thread.
pub fn begin() {
    STAGE.set(Stage::Before);
}

/// How far the request of this thread has come.
pub fn stage() -> Stage {
    STAGE.get()
}

/// The last link of a connector chain: what passes it is HTTP itself, inside TLS.
#[derive(Debug)]
pub struct TrackSending {
    /// Whether the connections go through a proxy. What is said to the proxy itself is no part of a
    /// request.
    pub through_proxy: bool,
}

impl<In: Transport> Connector<In> for TrackSending {
    type Out = Either<In, TrackedTransport<In>>;

    fn connect(&self, details: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, ureq::Error> {
        // The client makes the connection to a proxy as if there were none.
        let is_proxys = self.through_proxy && details.config.proxy().is_none();
        Ok(chained.map(|transport| {
            if is_proxys {
                Either::A(transport)
            } else {
                Either::B(TrackedTransport { transport, buffered: Vec::new(), timeout: NextTimeout::default() })
            }
        }))
    }
}

/// So much of a request is held back until it is whole.
const BUFFERED: usize = 8 << 10;

/// A connection that notes what was sent.
///
/// The client hands over a request's head and body one after the other. They are sent together, in
/// one call and, in TLS, one record: when an answer is waited for, or when they grow too large.
#[derive(Debug)]
pub struct TrackedTransport<T> {
    transport: T,
    buffered: Vec<u8>,
    /// Of what was held back last.
    timeout: NextTimeout,
}

impl<T: Transport> TrackedTransport<T> {
    fn send_buffered(&mut self) -> Result<(), ureq::Error> {
        let mut unsent = self.buffered.as_slice();
        while !unsent.is_empty() {
            // There is a connection, so a failure is no longer one to connect.
            STAGE.set(Stage::Sending);
            let output = self.transport.buffers().output();
            let amount = unsent.len().min(output.len());
            output[..amount].copy_from_slice(&unsent[..amount]);
            self.transport.transmit_output(amount, self.timeout)?;
            STAGE.set(Stage::Sent);
            unsent = &unsent[amount..];
        }
        self.buffered.clear();
        Ok(())
    }
}

impl<T: Transport> Transport for TrackedTransport<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.transport.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.buffered.extend_from_slice(&self.transport.buffers().output()[..amount]);
        self.timeout = timeout;
        if self.buffered.len() > BUFFERED { self.send_buffered() } else { Ok(()) }
    }

    fn maybe_await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.send_buffered()?;
        self.transport.maybe_await_input(timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.send_buffered()?;
        self.transport.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.buffered.is_empty() && self.transport.is_open()
    }

    fn is_tls(&self) -> bool {
        self.transport.is_tls()
    }
}
