//! A server that answers as badly as it is told to.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use toolchain::oci::{MANIFEST, digest};

use crate::support::{Files, manifest};

/// What is answered.
#[derive(Debug, Clone)]
pub enum Answer {
    /// A whole answer: status, headers, body.
    Whole(u16, Vec<(String, String)>, Vec<u8>),
    /// An answer that says it is longer than it is.
    CutOff(Vec<u8>),
    /// An answer that never ends.
    Endless,
    /// The beginning of an answer, and then nothing.
    Stuck(Vec<u8>),
}

impl Answer {
    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self::Whole(200, Vec::new(), body.into())
    }

    pub fn of_type(media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::Whole(200, vec![("Content-Type".to_owned(), media_type.to_owned())], body.into())
    }

    pub fn with(status: u16, name: &str, value: &str) -> Self {
        Self::Whole(status, vec![(name.to_owned(), value.to_owned())], Vec::new())
    }
}

/// A request as it came: its path, and who asks.
#[derive(Debug, Clone)]
pub struct Asked {
    pub path: String,
    pub authorization: Option<String>,
}

/// A server on a free port. What it was not told to answer is not there.
pub struct Server {
    address: String,
    shared: Arc<Shared>,
    /// Told of each request that gets stuck.
    stuck: mpsc::Receiver<()>,
}

struct Shared {
    answers: Mutex<HashMap<String, Answer>>,
    asked: Mutex<Vec<Asked>>,
    /// What has to be in `Authorization`, and the challenge for who has not that.
    wanted: Mutex<Option<(String, String)>>,
    stuck: mpsc::Sender<()>,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Server {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (told, stuck) = mpsc::channel();
        let shared =
            Shared { answers: Mutex::default(), asked: Mutex::default(), wanted: Mutex::default(), stuck: told };
        let shared = Arc::new(shared);
        let serving = shared.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let serving = serving.clone();
                thread::spawn(move || serving.serve(stream));
            }
        });
        Self { address, shared, stuck }
    }

    /// Host and port.
    pub fn host(&self) -> &str {
        &self.address
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn answer(&self, path: &str, answer: Answer) {
        lock(&self.shared.answers).insert(path.to_owned(), answer);
    }

    /// Lets in only who shows this, and challenges others.
    pub fn wants(&self, authorization: &str, challenge: &str) {
        *lock(&self.shared.wanted) = Some((authorization.to_owned(), challenge.to_owned()));
    }

    pub fn asked(&self) -> Vec<Asked> {
        lock(&self.shared.asked).clone()
    }

    /// Waits until a request got stuck.
    pub fn until_stuck(&self) {
        self.stuck.recv_timeout(Duration::from_secs(60)).unwrap();
    }

    /// Puts a bundle into it as into a registry, under a tag. Gives the manifest's digest.
    pub fn push(&self, repository: &str, tag: &str, files: &Files) -> String {
        for content in files.values() {
            self.answer(&format!("/v2/{repository}/blobs/{}", digest(content)), Answer::ok(content.clone()));
        }
        self.put_manifest(repository, tag, &manifest(files))
    }

    /// Puts a manifest there, under its tag and its digest.
    pub fn put_manifest(&self, repository: &str, tag: &str, manifest: &[u8]) -> String {
        let digest = digest(manifest);
        for name in [tag, &digest] {
            self.answer(&format!("/v2/{repository}/manifests/{name}"), Answer::of_type(MANIFEST, manifest));
        }
        digest
    }

    /// The manifest under a tag, changed at a place.
    pub fn change_manifest(&self, repository: &str, tag: &str, place: &str, value: Value) {
        let path = format!("/v2/{repository}/manifests/{tag}");
        let Some(Answer::Whole(_, _, manifest)) = lock(&self.shared.answers).get(&path).cloned() else {
            panic!("{path}")
        };
        let mut manifest: Value = serde_json::from_slice(&manifest).unwrap();
        *manifest.pointer_mut(place).unwrap() = value;
        self.put_manifest(repository, tag, manifest.to_string().as_bytes());
    }
}

impl Shared {
    fn serve(&self, mut stream: TcpStream) {
        let Some(asked) = read(&stream) else { return };
        lock(&self.asked).push(asked.clone());
        let refused = lock(&self.wanted).clone().filter(|(wanted, _)| asked.authorization.as_ref() != Some(wanted));
        let is_token = asked.path.starts_with("/token");
        let path = asked.path.split('?').next().unwrap_or_default();
        let answer = match refused {
            Some((_, challenge)) if !is_token => Answer::with(401, "WWW-Authenticate", &challenge),
            _ => lock(&self.answers).get(path).cloned().unwrap_or(Answer::Whole(404, Vec::new(), Vec::new())),
        };
        // A client that has gone is what some tests are about.
        let _ = self.write(&mut stream, answer);
    }

    fn write(&self, stream: &mut TcpStream, answer: Answer) -> std::io::Result<()> {
        match answer {
            Answer::Whole(status, headers, body) => {
                write!(stream, "HTTP/1.1 {status} Told\r\nConnection: close\r\nContent-Length: {}\r\n", body.len())?;
                for (name, value) in headers {
                    write!(stream, "{name}: {value}\r\n")?;
                }
                stream.write_all(b"\r\n")?;
                stream.write_all(&body)
            }
            Answer::CutOff(body) => {
                write!(stream, "HTTP/1.1 200 Told\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len() + 9)?;
                stream.write_all(&body)
            }
            Answer::Endless => {
                stream.write_all(b"HTTP/1.1 200 Told\r\nConnection: close\r\n\r\n")?;
                loop {
                    stream.write_all(&[b'a'; 64 << 10])?;
                }
            }
            Answer::Stuck(body) => {
                write!(stream, "HTTP/1.1 200 Told\r\nContent-Length: {}\r\n\r\n", body.len() + 9)?;
                stream.write_all(&body)?;
                stream.flush()?;
                let _ = self.stuck.send(());
                // Until the client is gone.
                drop(BufReader::new(stream).read_line(&mut String::new()));
                Ok(())
            }
        }
    }
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let mut asked = Asked { path, authorization: None };
    for line in lines.take_while(|line| !line.is_empty()) {
        if let Some((_, value)) = line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("authorization")) {
            asked.authorization = Some(value.trim().to_owned());
        }
    }
    Some(asked)
}
