//! The service that all contenders call: it keeps connections open, and gives every request the same
//! correctly signed answer.
//!
//! It does as little as it can: what it takes, it takes from every contender alike, which makes them
//! look more alike than they are. A thread blocks on each connection, which on few processors
//! answers sooner than a loop over all of them.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use socket2::{Domain, Socket, Type};

use crate::sample;

/// The path below which answers take [`DELAY`].
pub const SLOW: &str = "slow";

/// How long a slow answer takes.
pub const DELAY: Duration = Duration::from_millis(200);

/// The path below which requests are sent on to another server.
pub const REDIRECT: &str = "redirect";

/// Threads that wait for the next connection at any time. A contender that connects anew for each
/// call shall not have to wait until one is made.
const SPARE: usize = 8;

/// Connections that may wait for a thread.
const BACKLOG: i32 = 4096;

/// Enough for a TLS handshake. There may be thousands of threads.
const STACK: usize = 512 << 10;

/// Larger than any request.
const BUFFER: usize = 8 << 10;

/// A server on a free loopback port. It ends with the process.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    listener: TcpListener,
    tls: Option<Arc<ServerConfig>>,
    answers: Answers,
    /// Threads that wait for a connection.
    waiting: AtomicUsize,
    answered: AtomicU64,
}

impl Server {
    /// Starts a server, with TLS if there is a configuration for it. What is below [`REDIRECT`] it
    /// sends on to the origin `elsewhere`.
    ///
    /// # Errors
    /// When there is no port to listen on, or no thread to be had.
    pub fn start(tls: Option<Arc<ServerConfig>>, elsewhere: &str) -> io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())?;
        socket.listen(BACKLOG)?;
        let listener = TcpListener::from(socket);
        let address = listener.local_addr()?;
        let (waiting, answered) = (AtomicUsize::new(0), AtomicU64::new(0));
        let shared = Arc::new(Shared { listener, tls, answers: Answers::new(elsewhere), waiting, answered });
        for _ in 0..SPARE {
            shared.hire()?;
        }
        Ok(Self { address, shared })
    }

    /// Its address with this host name, which has to be one of this machine.
    pub fn origin(&self, host: &str) -> String {
        let scheme = if self.shared.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{host}:{}", self.address.port())
    }

    /// How many requests it has answered.
    pub fn answered(&self) -> u64 {
        self.shared.answered.load(Ordering::Relaxed)
    }
}

impl Shared {
    /// Another thread that serves one connection after the other.
    fn hire(self: &Arc<Self>) -> io::Result<()> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let shared = self.clone();
        thread::Builder::new().stack_size(STACK).spawn(move || shared.work()).map(drop)
    }

    fn work(self: &Arc<Self>) {
        while let Ok((stream, _)) = self.listener.accept() {
            if self.waiting.fetch_sub(1, Ordering::Relaxed) <= SPARE {
                self.hire().expect("there is room for another thread");
            }
            // Contenders go away when they are done, some without a word.
            let _ = self.serve(stream);
            self.waiting.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        match &self.tls {
            None => self.answer_all(stream),
            Some(tls) => {
                let session = ServerConnection::new(tls.clone()).map_err(io::Error::other)?;
                self.answer_all(StreamOwned::new(session, stream))
            }
        }
    }

    fn answer_all(&self, mut stream: impl Read + Write) -> io::Result<()> {
        let mut buffer = [0; BUFFER];
        let mut filled = 0;
        loop {
            let request = loop {
                if let Some(request) = Request::parse(&buffer[..filled]).filter(|request| request.length <= filled) {
                    break request;
                }
                match stream.read(&mut buffer[filled..])? {
                    0 => return Ok(()),
                    read => filled += read,
                }
            };
            if request.place == Place::Slow {
                thread::sleep(DELAY);
            }
            self.answered.fetch_add(1, Ordering::Relaxed);
            stream.write_all(self.answers.to(request.place))?;
            stream.flush()?;
            buffer.copy_within(request.length..filled, 0);
            filled -= request.length;
        }
    }
}

/// What of a request makes a difference.
struct Request {
    place: Place,
    /// Head and body in bytes.
    length: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Usual,
    Slow,
    Redirect,
}

impl Request {
    /// `None` while its head is not there whole.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut headers = [httparse::EMPTY_HEADER; 32];
        let mut request = httparse::Request::new(&mut headers);
        let head = request.parse(bytes).ok().filter(httparse::Status::is_complete)?.unwrap();
        let place = match request.path?.split('/').nth(1)? {
            SLOW => Place::Slow,
            REDIRECT => Place::Redirect,
            _ => Place::Usual,
        };
        let length = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
        let body = length.and_then(|header| std::str::from_utf8(header.value).ok()?.parse().ok()).unwrap_or(0);
        Some(Self { place, length: head + body })
    }
}

/// Whole responses, made beforehand.
struct Answers {
    success: Vec<u8>,
    redirect: Vec<u8>,
}

impl Answers {
    fn new(elsewhere: &str) -> Self {
        let reply = sample::reply();
        let length = reply.len();
        let success =
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{reply}");
        let redirect = format!("HTTP/1.1 302 Found\r\nlocation: {elsewhere}/elsewhere\r\ncontent-length: 0\r\n\r\n");
        Self { success: success.into_bytes(), redirect: redirect.into_bytes() }
    }

    fn to(&self, place: Place) -> &[u8] {
        match place {
            Place::Usual | Place::Slow => &self.success,
            Place::Redirect => &self.redirect,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(server: &Server, requests: &str) -> TcpStream {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.write_all(requests.as_bytes()).unwrap();
        stream
    }

    fn line(stream: &mut TcpStream, length: usize) -> String {
        let mut bytes = vec![0; length];
        stream.read_exact(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_connection_is_answered_as_often_as_it_asks() {
        let server = Server::start(None, "http://localhost:1").unwrap();
        let request = "POST /api/UpdateOrderStatus HTTP/1.1\r\nContent-Length: 3\r\n\r\na=b";
        let mut stream = ask(&server, &request.repeat(2));
        let whole = Answers::new("").success;
        assert_eq!(line(&mut stream, whole.len() * 2).into_bytes(), whole.repeat(2));
        stream.write_all(&request.as_bytes()[..50]).unwrap();
        stream.write_all(&request.as_bytes()[50..]).unwrap();
        assert_eq!(line(&mut stream, whole.len()).into_bytes(), whole);
        assert_eq!(server.answered(), 3);
    }

    #[test]
    fn more_connections_than_there_were_threads_are_served_at_once() {
        let server = Server::start(None, "").unwrap();
        let mut streams: Vec<_> = (0..SPARE * 5).map(|_| ask(&server, "POST /api/F HTTP/1.1\r\n\r\n")).collect();
        for stream in &mut streams {
            assert_eq!(line(stream, 15), "HTTP/1.1 200 OK");
        }
    }

    #[test]
    fn what_is_below_redirect_is_sent_elsewhere() {
        let server = Server::start(None, "http://localhost:1").unwrap();
        let mut stream = ask(&server, "POST /redirect/api/F HTTP/1.1\r\n\r\n");
        let answer = line(&mut stream, 50);
        assert!(answer.starts_with("HTTP/1.1 302 Found\r\nlocation: http://localhost:1/"), "{answer}");
    }
}
