//! A connection as HTTP sees it: bytes in and out, through TLS where there is any.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::time::Instant;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};

use super::net::Stream;

/// Room for what is read at once, to begin with.
const ROOM: usize = 4 << 10;

/// The most that is read at once.
const MOST_ROOM: usize = 64 << 10;

/// A connection, and what was read from it and not used yet.
pub struct Connection<S> {
    stream: S,
    /// The innermost last: the first is next to the socket.
    tls: Vec<ClientConnection>,
    /// Holds what was read between these two places, and zeroes or what was read before elsewhere.
    buffer: Vec<u8>,
    begin: usize,
    end: usize,
}

/// Why a connection is not made secure.
#[derive(Debug)]
pub enum HandshakeError {
    /// The connection broke, or there was no time left.
    Io,
    /// Whoever answers is not believed, or speaks no TLS.
    Tls(rustls::Error),
}

impl<S: Stream> Connection<S> {
    /// A connection that nothing was said on.
    pub fn new(stream: S) -> Self {
        Self { stream, tls: Vec::new(), buffer: Vec::new(), begin: 0, end: 0 }
    }

    /// Makes it secure, inside of whatever made it so before.
    ///
    /// # Errors
    /// If the other side is not this server.
    pub async fn secure(
        &mut self,
        config: Arc<ClientConfig>,
        server: ServerName<'static>,
        until: Instant,
    ) -> Result<(), HandshakeError> {
        let mut tls = ClientConnection::new(config, server).map_err(HandshakeError::Tls)?;
        // What is to be sent is bounded before.
        tls.set_buffer_limit(None);
        self.tls.push(tls);
        let failed = |error: io::Error| match error.downcast::<rustls::Error>() {
            Ok(error) => HandshakeError::Tls(error),
            Err(_) => HandshakeError::Io,
        };
        while self.tls.last().is_some_and(|tls| tls.is_handshaking()) {
            self.flush(until).await.map_err(failed)?;
            if self.tls.last().is_some_and(|tls| tls.wants_read()) && self.fill(until).await.map_err(failed)? == 0 {
                return Err(HandshakeError::Io);
            }
        }
        self.flush(until).await.map_err(failed)
    }

    /// Sends all of these bytes.
    ///
    /// # Errors
    /// If they have not all left in time.
    pub async fn send(&mut self, bytes: &[u8], until: Instant) -> io::Result<()> {
        match self.tls.last_mut() {
            None => self.write_all(bytes, until).await,
            Some(tls) => {
                tls.writer().write_all(bytes)?;
                self.flush(until).await
            }
        }
    }

    /// Waits for more input, and returns how much came; 0 if there will be none.
    ///
    /// # Errors
    /// If nothing came in time, or it is no TLS.
    pub async fn receive(&mut self, until: Instant) -> io::Result<usize> {
        let before = self.end - self.begin;
        loop {
            let read = self.fill(until).await?;
            let came = self.end - self.begin - before;
            if came > 0 {
                return Ok(came);
            }
            if read == 0 || self.tls.iter_mut().any(peer_has_closed) {
                return Ok(0);
            }
            self.flush(until).await?;
        }
    }

    /// What was read and not used.
    pub fn input(&self) -> &[u8] {
        &self.buffer[self.begin..self.end]
    }

    /// Uses so much of the input.
    pub fn consume(&mut self, amount: usize) {
        self.begin += amount;
        if self.begin >= self.end {
            (self.begin, self.end) = (0, 0);
        }
    }

    /// The same as it is to wait for its next request, if it can have one.
    pub fn at_rest(mut self) -> Option<Self> {
        let is_empty = self.begin == self.end && self.tls.iter().all(|tls| !tls.wants_write());
        self.buffer = Vec::new();
        is_empty.then_some(self)
    }

    /// Whether a request may be sent.
    pub fn is_open(&self) -> bool {
        self.stream.is_at_home() && self.stream.is_quiet()
    }

    /// Reads from the socket what there is, and returns how many bytes that were.
    async fn fill(&mut self, until: Instant) -> io::Result<usize> {
        // A connection that waits needs no room.
        self.stream.readable(until).await?;
        if self.tls.is_empty() {
            let room = self.room();
            let read = self.stream.read(&mut self.buffer[room..], until).await?;
            self.end += read;
            return Ok(read);
        }
        let mut sealed = vec![0; ROOM * 4];
        let read = self.stream.read(&mut sealed, until).await?;
        sealed.truncate(read);
        let innermost = self.tls.len() - 1;
        for layer in 0..self.tls.len() {
            let mut opened = Vec::new();
            open(&mut self.tls[layer], &sealed, read == 0, &mut opened)?;
            sealed = opened;
            if layer < innermost && sealed.is_empty() && read > 0 {
                return Ok(read);
            }
        }
        self.append(&sealed);
        Ok(read)
    }

    /// Sends what TLS has to say.
    async fn flush(&mut self, until: Instant) -> io::Result<()> {
        while self.tls.iter().any(|tls| tls.wants_write()) {
            let mut sealed = Vec::new();
            for tls in self.tls.iter_mut().rev() {
                tls.writer().write_all(&sealed)?;
                sealed.clear();
                while tls.wants_write() {
                    tls.write_tls(&mut sealed)?;
                }
            }
            self.write_all(&sealed, until).await?;
        }
        Ok(())
    }

    async fn write_all(&mut self, mut bytes: &[u8], until: Instant) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.stream.write(bytes, until).await? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                written => bytes = &bytes[written..],
            }
        }
        Ok(())
    }

    /// Makes room for what is read next, and returns where it begins.
    fn room(&mut self) -> usize {
        if self.begin > 0 {
            self.buffer.copy_within(self.begin..self.end, 0);
            (self.begin, self.end) = (0, self.end - self.begin);
        }
        if self.end == self.buffer.len() {
            // Reads that fill what there is make it larger.
            let more = self.buffer.len().clamp(ROOM, MOST_ROOM);
            self.buffer.resize(self.end + more, 0);
        }
        self.end
    }

    fn append(&mut self, bytes: &[u8]) {
        self.buffer.truncate(self.end);
        self.buffer.extend_from_slice(bytes);
        self.end = self.buffer.len();
    }
}

/// Takes what came from the other side, and adds to `opened` what was inside.
fn open(tls: &mut ClientConnection, mut sealed: &[u8], is_end: bool, opened: &mut Vec<u8>) -> io::Result<()> {
    if is_end {
        // Tells whether it was to end here.
        tls.read_tls(&mut io::empty())?;
    }
    while !sealed.is_empty() {
        tls.read_tls(&mut sealed)?;
        tls.process_new_packets().map_err(io::Error::other)?;
        drain(tls, opened)?;
    }
    drain(tls, opened)
}

fn drain(tls: &mut ClientConnection, opened: &mut Vec<u8>) -> io::Result<()> {
    match tls.reader().read_to_end(opened) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
        // What came before the end comes first.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof && !opened.is_empty() => Ok(()),
        outcome => outcome.map(|_| ()),
    }
}

fn peer_has_closed(tls: &mut ClientConnection) -> bool {
    tls.process_new_packets().is_ok_and(|state| state.peer_has_closed())
}
