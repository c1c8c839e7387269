//! Watches what goes over the wire, so that a failure can be told apart: before the request was
//! sent, nothing can have changed; after, anything may have.

use std::cell::Cell;

use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

/// How far the request of this thread has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// No byte of it has left. A TLS handshake may be under way.
    Before,
    /// The last attempt to send a part of it failed.
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
pub struct Watch;

impl<In: Transport> Connector<In> for Watch {
    type Out = Watched<In>;

    fn connect(&self, _: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, ureq::Error> {
        Ok(chained.map(Watched))
    }
}

/// A connection that notes what was sent.
#[derive(Debug)]
pub struct Watched<T>(T);

impl<T: Transport> Transport for Watched<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        if STAGE.get() == Stage::Sent {
            STAGE.set(Stage::Sending);
        }
        self.0.transmit_output(amount, timeout)?;
        STAGE.set(Stage::Sent);
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.0.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}
