//! A server that does with a connection what it is told.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// What to do with a connection; when it returns, the connection is closed.
type Script = Arc<dyn Fn(TcpStream) + Send + Sync>;

/// A listener on this machine whose script can be changed.
pub struct Server {
    base_url: String,
    script: Arc<Mutex<Script>>,
}

impl Server {
    pub fn start(script: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let script: Arc<Mutex<Script>> = Arc::new(Mutex::new(Arc::new(script)));
        let current = Arc::clone(&script);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let script = current.lock().unwrap_or_else(PoisonError::into_inner).clone();
                thread::spawn(move || script(stream));
            }
        });
        Self { base_url, script }
    }

    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Changes what is done with the connections to come.
    pub fn now(&self, script: impl Fn(TcpStream) + Send + Sync + 'static) {
        *self.script.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(script);
    }
}

/// Reads one request: its head, and a body of the announced length.
pub fn read_request(stream: &mut impl Read) {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).unwrap_or(0) == 0 {
            return;
        }
        request.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&request).to_lowercase();
    let length = head.split("content-length:").nth(1).and_then(|rest| rest.lines().next()?.trim().parse().ok());
    let _ = stream.read_exact(&mut vec![0; length.unwrap_or(0)]);
}

/// Reads a request, answers with these bytes and closes.
pub fn answer(bytes: impl Into<Vec<u8>>) -> impl Fn(TcpStream) + Send + Sync {
    let bytes = bytes.into();
    move |mut stream| {
        read_request(&mut stream);
        let _ = stream.write_all(&bytes);
    }
}

/// Reads a request and writes the bytes over and over, until nobody listens.
pub fn answer_without_end(head: &'static [u8], again: Vec<u8>, pause: Duration) -> impl Fn(TcpStream) + Send + Sync {
    move |mut stream| {
        read_request(&mut stream);
        let _ = stream.write_all(head);
        while stream.write_all(&again).is_ok() {
            thread::sleep(pause);
        }
    }
}

/// Closes with a reset instead of an orderly end.
pub fn reset(stream: TcpStream) {
    let socket = socket2::Socket::from(stream);
    let _ = socket.set_linger(Some(Duration::ZERO));
}
