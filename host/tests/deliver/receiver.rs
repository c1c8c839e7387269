//! Somebody who takes events: what came, and answers as the test has them.

use std::collections::VecDeque;
use std::io::Write;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

pub use crate::common::request::Told;
use crate::common::request::{bound, read, serve};
use crate::server::until;

/// What a receiver answers.
#[derive(Debug, Clone)]
pub enum Answer {
    /// This status, with these lines of a head.
    Status(u16, &'static str),
    /// Nothing, for so long.
    Hang(Duration),
    /// All is well, after so long.
    Late(Duration),
    /// Nothing: the connection is closed.
    Close,
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
        let (listener, address) = bound();
        let url = format!("{address}/take/s3cret");
        let usual = Arc::new(Mutex::new(Answer::Status(204, "")));
        let this = Self { url, told: Arc::default(), answers: Arc::default(), usual };
        let receiver = this.clone();
        serve(listener, move |stream| receiver.answer(stream));
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
            Answer::Late(time) => {
                thread::sleep(time);
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            }
            Answer::Hang(time) => thread::sleep(time),
            Answer::Close => {}
        }
    }
}
