//! A server that answers every request with the same bytes, for replies the sandbox does not give.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// A server on a free loopback port. Dropping it stops it.
pub struct RawServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    answer: Mutex<Vec<u8>>,
    requests: Mutex<Vec<String>>,
    stop: AtomicBool,
}

impl RawServer {
    /// Starts a server that answers with these bytes: a whole HTTP response, see [`response`].
    ///
    /// # Panics
    /// When there is no port to listen on.
    pub fn start(answer: impl Into<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap_or_else(|error| panic!("can't listen: {error}"));
        let address = listener.local_addr().unwrap_or_else(|error| panic!("no address: {error}"));
        let shared = Arc::new(Shared::default());
        *locked(&shared.answer) = answer.into();
        let thread = {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || shared.serve(&listener))
        };
        Self { address, shared, thread: Some(thread) }
    }

    /// What to answer from now on.
    pub fn set_answer(&self, answer: impl Into<Vec<u8>>) {
        *locked(&self.shared.answer) = answer.into();
    }

    /// `http://` and the address.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every request so far: line, headers and body as they came.
    pub fn requests(&self) -> Vec<String> {
        locked(&self.shared.requests).clone()
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        // Wakes the thread up; when it is gone already there is nothing to wake.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn serve(&self, listener: &TcpListener) {
        while let Ok((stream, _)) = listener.accept() {
            if self.stop.load(Ordering::Acquire) {
                return;
            }
            // A client that goes away is none of the server's business.
            let _ = self.answer(stream);
        }
    }

    fn answer(&self, mut stream: TcpStream) -> std::io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut request = String::new();
        let mut length = 0;
        while reader.read_line(&mut request)? > 0 && !request.ends_with("\r\n\r\n") {
            let line = request.lines().last().unwrap_or_default().to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        request.push_str(&String::from_utf8_lossy(&body));
        locked(&self.requests).push(request);
        let answer = locked(&self.answer).clone();
        stream.write_all(&answer)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A whole HTTP response with this status and body.
pub fn response(status: u16, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!(
        "HTTP/1.1 {status} Whatever\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}
