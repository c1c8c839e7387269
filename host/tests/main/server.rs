//! A server that plays a script with every connection.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustls::ServerConfig;

use crate::stream::Stream;
use crate::support::good;

/// What a server does next with a connection. After the last step it closes it.
#[derive(Clone)]
pub enum Step {
    /// Reads a whole request.
    Read,
    /// Waits until a whole request has arrived, and takes nothing of it.
    Wait,
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends these bytes again and again until there were so many, or the client goes away.
    Flood(Vec<u8>, u64),
    /// Sends these bytes one by one, with this much time between two.
    Trickle(Vec<u8>, Duration),
    /// Does nothing for this time.
    Pause(Duration),
    /// Does nothing until the client goes away.
    Hang,
    /// Ends the connection with a reset.
    Reset,
    /// Begins again with the first step.
    Again,
}

/// A step that sends text.
pub fn send(text: impl AsRef<[u8]>) -> Step {
    Step::Send(text.as_ref().to_vec())
}

/// A server on a free loopback port. Dropping it ends it and its connections.
pub struct Server {
    address: SocketAddr,
    scheme: &'static str,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    script: Mutex<Vec<Step>>,
    requests: Mutex<Vec<String>>,
    streams: Mutex<Vec<TcpStream>>,
    sent: AtomicU64,
    accepted: AtomicU64,
    stop: AtomicBool,
}

impl Server {
    /// Plays the script over plain TCP.
    pub fn start(script: impl Into<Vec<Step>>) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap(), script, None)
    }

    /// Plays the script on a listener, inside TLS if there is a configuration for it.
    pub fn on(listener: TcpListener, script: impl Into<Vec<Step>>, tls: Option<Arc<ServerConfig>>) -> Self {
        let address = listener.local_addr().unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let shared = Arc::new(Shared { script: Mutex::new(script.into()), ..Shared::default() });
        let accepting = Arc::clone(&shared);
        let thread = Some(thread::spawn(move || accepting.accept_all(&listener, tls.as_ref())));
        Self { address, scheme, shared, thread }
    }

    /// What to do with connections from now on.
    pub fn play(&self, script: impl Into<Vec<Step>>) {
        *locked(&self.shared.script) = script.into();
    }

    /// Answers as the service does when all is well, from now on.
    pub fn play_well(&self) {
        self.play([Step::Read, Step::Send(good())]);
    }

    /// Scheme, address and port.
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many connections there were.
    pub fn accepted(&self) -> u64 {
        self.shared.accepted.load(SeqCst)
    }

    /// How many bytes of floods the clients' systems took.
    pub fn flooded(&self) -> u64 {
        self.shared.sent.load(SeqCst)
    }

    /// The requests that were read whole.
    pub fn requests(&self) -> Vec<String> {
        locked(&self.shared.requests).clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stop.store(true, SeqCst);
        // Wakes the thread up. It counts no connection any more.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        for stream in locked(&self.shared.streams).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Shared {
    fn accept_all(self: Arc<Self>, listener: &TcpListener, tls: Option<&Arc<ServerConfig>>) {
        while let Ok((tcp, _)) = listener.accept() {
            if self.stop.load(SeqCst) {
                return;
            }
            self.accepted.fetch_add(1, SeqCst);
            let (shared, tls) = (Arc::clone(&self), tls.cloned());
            thread::spawn(move || {
                // Clients of these tests go away in the middle; that is no failure of the server.
                let _ = shared.serve(tcp, tls);
            });
        }
    }

    fn serve(&self, tcp: TcpStream, tls: Option<Arc<ServerConfig>>) -> std::io::Result<()> {
        let script = locked(&self.script).clone();
        if script.iter().any(|step| matches!(step, Step::Hang)) {
            locked(&self.streams).push(tcp.try_clone()?);
        }
        let mut stream = Stream::new(tcp, tls)?;
        let mut steps = script.iter();
        while let Some(step) = steps.next() {
            match step {
                Step::Read => match stream.read_request()? {
                    Some(request) => locked(&self.requests).push(request),
                    None => return Ok(()),
                },
                Step::Wait => stream.wait_for_request()?,
                Step::Send(bytes) => stream.write_all(bytes)?,
                Step::Flood(bytes, total) => self.flood(&mut stream, bytes, *total)?,
                Step::Trickle(bytes, pause) => {
                    for byte in bytes {
                        stream.write_all(&[*byte])?;
                        thread::sleep(*pause);
                    }
                }
                Step::Pause(time) => thread::sleep(*time),
                Step::Hang => while stream.read(&mut [0; 4096])? > 0 {},
                Step::Reset => return stream.reset(),
                Step::Again => steps = script.iter(),
            }
        }
        stream.close()
    }

    fn flood(&self, stream: &mut Stream, bytes: &[u8], total: u64) -> std::io::Result<()> {
        let mut sent = 0;
        while sent < total && !self.stop.load(SeqCst) {
            stream.write_all(bytes)?;
            sent += bytes.len() as u64;
            self.sent.fetch_add(bytes.len() as u64, SeqCst);
        }
        Ok(())
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
