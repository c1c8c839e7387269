//! Somebody who takes events: what came, and answers as the test has them.

use std::collections::{BTreeMap, VecDeque};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::server::until;

/// What a receiver answers.
#[derive(Debug, Clone)]
pub enum Answer {
    /// This status, with these lines of a head.
    Status(u16, &'static str),
    /// Nothing, for so long.
    Hang(Duration),
    /// Nothing: the connection is closed.
    Close,
}

/// A request that came.
#[derive(Debug, Clone)]
pub struct Told {
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Told {
    pub fn event(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|why| panic!("{why}: {self:?}"))
    }

    pub fn id(&self) -> String {
        self.event()["id"].as_str().unwrap().to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    told: Arc<Mutex<Vec<Told>>>,
    answers: Arc<Mutex<VecDeque<Answer>>>,
    usual: Arc<Mutex<Answer>>,
}

impl Receiver {
    /// One that takes everything.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/take/s3cret", listener.local_addr().unwrap());
        let usual = Arc::new(Mutex::new(Answer::Status(204, "")));
        let this = Self { url, told: Arc::default(), answers: Arc::default(), usual };
        let receiver = this.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let receiver = receiver.clone();
                thread::spawn(move || receiver.answer(stream));
            }
        });
        this
    }

    /// The next requests are answered so, one after the other.
    pub fn answers(&self, answers: impl IntoIterator<Item = Answer>) -> &Self {
        self.answers.lock().unwrap().extend(answers);
        self
    }

    /// All others are.
    pub fn always(&self, answer: Answer) -> &Self {
        *self.usual.lock().unwrap() = answer;
        self
    }

    /// All that came.
    pub fn told(&self) -> Vec<Told> {
        self.told.lock().unwrap().clone()
    }

    /// Waits until so many came, and gives them.
    pub fn wait(&self, count: usize) -> Vec<Told> {
        until(|| self.told().len() >= count);
        self.told()
    }

    /// The ids of all events that came, in their order.
    pub fn ids(&self) -> Vec<String> {
        self.told().iter().map(Told::id).collect()
    }

    fn answer(&self, mut stream: TcpStream) {
        let Some(told) = read(&mut stream) else { return };
        self.told.lock().unwrap().push(told);
        let next = self.answers.lock().unwrap().pop_front();
        let answer = next.unwrap_or_else(|| self.usual.lock().unwrap().clone());
        match answer {
            Answer::Status(status, head) => {
                let answer = format!("HTTP/1.1 {status} X\r\n{head}Content-Length: 0\r\nConnection: close\r\n\r\n");
                let _ = stream.write_all(answer.as_bytes());
            }
            Answer::Hang(time) => thread::sleep(time),
            Answer::Close => {}
        }
    }
}

fn read(stream: &mut TcpStream) -> Option<Told> {
    let mut all = Vec::new();
    loop {
        let mut some = [0; 4096];
        let count = stream.read(&mut some).ok().filter(|count| *count > 0)?;
        all.extend_from_slice(&some[..count]);
        let text = String::from_utf8_lossy(&all);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let (first, lines) = head.split_once("\r\n").unwrap();
        let headers: BTreeMap<_, _> = lines
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let length: usize = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        if body.len() >= length {
            let path = first.split(' ').nth(1).unwrap().to_owned();
            return Some(Told { path, headers, body: body.to_owned() });
        }
    }
}
