//! TCP for the client, with as few system calls as a request needs.
//!
//! ureq's own transport sets a socket's timeouts anew for every read and write, and asks before and
//! after each request, with three calls, whether the connection is still open. Where the server is
//! near, that is a good part of what a request costs.

mod buffers;
mod deadline;

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Weak};
use std::time::Duration;

use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, NextTimeout, ShutdownHandle, Transport,
};
use ureq::{Error, Timeout};

use buffers::Growing;
use deadline::Deadline;

pub use buffers::OUTPUT;

/// Connects where no link before it in the chain did, such as one that goes through a proxy.
#[derive(Debug)]
pub struct Tcp;

impl<In: Transport> Connector<In> for Tcp {
    type Out = Either<In, Connection>;

    fn connect(&self, details: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        if let Some(transport) = chained {
            return Ok(Some(Either::A(transport)));
        }
        let stream = connect(details)?;
        stream.set_nodelay(true)?;
        let socket = Arc::new(Socket(stream));
        let weak = Arc::downgrade(&socket);
        (details.register_shutdown)(weak as Weak<dyn ShutdownHandle>)?;
        let buffers = Growing::new(details.config.input_buffer_size());
        Ok(Some(Either::B(Connection { socket, buffers, reading: None, writing: None, received: false })))
    }
}

/// Tries one address after the other, each with a fair share of the time that is left.
fn connect(details: &ConnectionDetails) -> Result<TcpStream, Error> {
    let deadline = Deadline::of(details.timeout);
    let mut failure = Error::Io(io::ErrorKind::ConnectionRefused.into());
    let mut untried = u32::try_from(details.addrs.len()).unwrap_or(u32::MAX);
    for address in &details.addrs {
        let outcome = match deadline.left()? {
            Some(left) => TcpStream::connect_timeout(address, left / untried),
            None => TcpStream::connect(address),
        };
        untried -= 1;
        match outcome {
            Ok(stream) => return Ok(stream),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => failure = Error::Timeout(Timeout::Connect),
            Err(error) => failure = error.into(),
        }
    }
    Err(failure)
}

/// What an agent may close from another thread.
#[derive(Debug)]
struct Socket(TcpStream);

impl ShutdownHandle for Socket {
    fn shutdown(&self) {
        // Fails where it is closed already.
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

/// A connection with its buffers.
#[derive(Debug)]
pub struct Connection {
    socket: Arc<Socket>,
    buffers: Growing,
    /// The timeouts that the socket has now.
    reading: Option<Duration>,
    writing: Option<Duration>,
    /// Whether the last thing that happened was that bytes came.
    received: bool,
}

impl Transport for Connection {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let deadline = Deadline::of(timeout.for_write());
        let mut stream = &self.socket.0;
        let mut unsent = &self.buffers.output()[..amount];
        self.received = false;
        while !unsent.is_empty() {
            let set = |timeout| stream.set_write_timeout(timeout);
            match deadline.keep(&mut self.writing, set, || stream.write(unsent))? {
                0 => return Err(Error::Io(io::ErrorKind::WriteZero.into())),
                sent => unsent = &unsent[sent..],
            }
        }
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let deadline = Deadline::of(timeout.for_read());
        let mut stream = &self.socket.0;
        let input = self.buffers.input_append_buf();
        let set = |timeout| stream.set_read_timeout(timeout);
        let amount = deadline.keep(&mut self.reading, set, || stream.read(input))?;
        self.buffers.input_appended(amount);
        self.received = amount > 0;
        Ok(amount > 0)
    }

    /// Whether a request may be sent. The pool asks when a response was read to its end, and again
    /// before the next request. Only the second answer matters, so only then the system is asked.
    fn is_open(&mut self) -> bool {
        std::mem::take(&mut self.received) || is_quiet(&self.socket.0)
    }
}

/// Whether a connection is neither closed nor has bytes that nobody asked for.
#[cfg(unix)]
fn is_quiet(stream: &TcpStream) -> bool {
    use rustix::net::{RecvFlags, recv};
    let peeked = recv(stream, &mut [0_u8], RecvFlags::PEEK | RecvFlags::DONTWAIT);
    matches!(peeked, Err(rustix::io::Errno::WOULDBLOCK))
}

/// As above, where a single call can't be told not to wait.
#[cfg(not(unix))]
fn is_quiet(stream: &TcpStream) -> bool {
    let peeked = stream.set_nonblocking(true).and_then(|()| stream.peek(&mut [0]));
    stream.set_nonblocking(false).is_ok() && peeked.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}
