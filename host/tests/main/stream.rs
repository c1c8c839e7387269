//! The server's end of a connection: plain, or inside TLS.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use socket2::SockRef;

/// A connection as the server has it.
pub struct Stream {
    tcp: TcpStream,
    tls: Option<Box<StreamOwned<ServerConnection, TcpStream>>>,
}

impl Stream {
    /// Wraps an accepted connection. The handshake happens with the first byte that is read.
    pub fn new(tcp: TcpStream, tls: Option<Arc<ServerConfig>>) -> io::Result<Self> {
        // No script waits for anything longer than this.
        tcp.set_read_timeout(Some(Duration::from_secs(20)))?;
        tcp.set_nodelay(true)?;
        let tls = match tls {
            None => None,
            Some(config) => {
                let session = ServerConnection::new(config).map_err(io::Error::other)?;
                Some(Box::new(StreamOwned::new(session, tcp.try_clone()?)))
            }
        };
        Ok(Self { tcp, tls })
    }

    /// Waits until a whole request has arrived, and takes nothing of it.
    pub fn wait_for_request(&self) -> io::Result<()> {
        let mut seen = [0; 8192];
        loop {
            let length = self.tcp.peek(&mut seen)?;
            if length == 0 || missing(&seen[..length]) == Some(0) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Reads a whole request; nothing when the client goes away.
    pub fn read_request(&mut self) -> io::Result<Option<String>> {
        let mut request = Vec::new();
        while missing(&request) != Some(0) {
            let mut some = [0; 4096];
            match self.read(&mut some)? {
                0 => return Ok(None),
                length => request.extend_from_slice(&some[..length]),
            }
        }
        Ok(Some(String::from_utf8_lossy(&request).into_owned()))
    }

    /// Ends the connection with a reset instead of an orderly close.
    pub fn reset(self) -> io::Result<()> {
        SockRef::from(&self.tcp).set_linger(Some(Duration::ZERO))
    }

    /// Ends the connection in order. Both halves go, whoever else holds the socket.
    pub fn close(mut self) -> io::Result<()> {
        if let Some(tls) = &mut self.tls {
            tls.conn.send_close_notify();
            tls.flush()?;
        }
        self.tcp.shutdown(Shutdown::Both)
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.tls {
            Some(tls) => tls.read(buffer),
            None => self.tcp.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.tls {
            Some(tls) => tls.write(bytes),
            None => self.tcp.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.tls {
            Some(tls) => tls.flush(),
            None => self.tcp.flush(),
        }
    }
}

/// How many bytes of the body are still to come; none while the head is incomplete.
fn missing(request: &[u8]) -> Option<usize> {
    let end = request.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    Some((end + length.unwrap_or(0)).saturating_sub(request.len()))
}
