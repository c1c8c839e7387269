//! Sockets that block, with as few system calls as a request needs.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::deadline::Deadline;
use super::{Net, Stream, timed_out};

/// Blocks the thread on which it is polled, and is never pending.
#[derive(Debug)]
pub enum Blocking {}

/// A socket with the timeouts that it has now.
#[derive(Debug)]
pub struct BlockingStream {
    tcp: TcpStream,
    reading: Option<Duration>,
    writing: Option<Duration>,
}

impl Net for Blocking {
    type Stream = BlockingStream;

    async fn lookup(host: String, port: u16, until: Instant) -> io::Result<Vec<SocketAddr>> {
        let left = Deadline(until).left()?;
        let (sender, receiver) = mpsc::sync_channel(1);
        // Nothing ends a lookup before its time but leaving its thread alone.
        thread::Builder::new().name("plugin-lookup".to_owned()).spawn(move || {
            let found = (host.as_str(), port).to_socket_addrs().map(Iterator::collect);
            // Nobody may wait for it any more.
            let _ = sender.send(found);
        })?;
        receiver.recv_timeout(left).unwrap_or_else(|_| Err(timed_out()))
    }

    async fn connect(address: SocketAddr, until: Instant) -> io::Result<BlockingStream> {
        let tcp = TcpStream::connect_timeout(&address, Deadline(until).left()?)?;
        tcp.set_nodelay(true)?;
        Ok(BlockingStream { tcp, reading: None, writing: None })
    }
}

impl Stream for BlockingStream {
    /// Who blocks waits when it reads.
    async fn readable(&self, _: Instant) -> io::Result<()> {
        Ok(())
    }

    async fn read(&mut self, into: &mut [u8], until: Instant) -> io::Result<usize> {
        let mut tcp = &self.tcp;
        let set = |timeout| self.tcp.set_read_timeout(Some(timeout));
        Deadline(until).keep(&mut self.reading, set, || tcp.read(into))
    }

    async fn write(&mut self, bytes: &[u8], until: Instant) -> io::Result<usize> {
        let mut tcp = &self.tcp;
        let set = |timeout| self.tcp.set_write_timeout(Some(timeout));
        Deadline(until).keep(&mut self.writing, set, || tcp.write(bytes))
    }

    #[cfg(unix)]
    fn is_quiet(&self) -> bool {
        super::is_quiet(&self.tcp)
    }

    #[cfg(not(unix))]
    fn is_quiet(&self) -> bool {
        // A single call can't be told not to wait.
        let peeked = self.tcp.set_nonblocking(true).and_then(|()| self.tcp.peek(&mut [0]));
        let is_back = self.tcp.set_nonblocking(false).is_ok();
        is_back && peeked.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }
}
