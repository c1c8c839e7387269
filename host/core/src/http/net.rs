//! The two ways to a socket: one blocks its thread, the other waits on Tokio. What is said over a
//! socket is written once, as async code for either of them.

mod blocking;
mod deadline;
mod on_tokio;

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

pub use blocking::Blocking;
pub use on_tokio::Tokio;

/// A way to sockets. Whatever is not over at its instant fails with `TimedOut`.
pub trait Net {
    /// A connection over TCP.
    type Stream: Stream;

    /// The addresses of a name, as the system knows them.
    fn lookup(host: String, port: u16, until: Instant) -> impl Future<Output = io::Result<Vec<SocketAddr>>> + Send;

    /// Connects to this address.
    fn connect(address: SocketAddr, until: Instant) -> impl Future<Output = io::Result<Self::Stream>> + Send;
}

/// A connection over TCP. Whatever is not over at its instant fails with `TimedOut`.
pub trait Stream: Send + 'static {
    /// Waits until there is something to read, or until there will be no more, as far as that can be told
    /// without reading.
    fn readable(&self, until: Instant) -> impl Future<Output = io::Result<()>> + Send;

    /// Reads what there is, at least a byte; 0 if there will be no more.
    fn read(&mut self, into: &mut [u8], until: Instant) -> impl Future<Output = io::Result<usize>> + Send;

    /// Writes some of these bytes.
    fn write(&mut self, bytes: &[u8], until: Instant) -> impl Future<Output = io::Result<usize>> + Send;

    /// Whether it is neither closed nor has bytes that nobody asked for.
    fn is_quiet(&self) -> bool;

    /// Whether it can be used from here.
    fn is_at_home(&self) -> bool {
        true
    }
}

/// Runs to its end, on this thread, what never waits for anything but by blocking.
pub fn run_blocking<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        // What is pending has but given others their turn.
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

fn timed_out() -> io::Error {
    io::ErrorKind::TimedOut.into()
}

/// Looks without taking anything, and without waiting.
#[cfg(unix)]
fn is_quiet(socket: impl std::os::fd::AsFd) -> bool {
    use rustix::net::{RecvFlags, recv};
    let peeked = recv(socket, &mut [0_u8], RecvFlags::PEEK | RecvFlags::DONTWAIT);
    matches!(peeked, Err(rustix::io::Errno::WOULDBLOCK))
}
