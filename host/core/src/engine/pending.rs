//! The request that a call waits for.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Instant;

use crate::http::{NoResponse, Request, Response};
use crate::observe::Asked;

/// A request that is to be sent.
pub struct Question {
    pub request: Request,
    pub body: Vec<u8>,
    /// When its call has to be over.
    pub deadline: Instant,
}

/// What came of it.
pub struct Answer {
    pub response: Result<Response, NoResponse>,
    /// What is noted of it.
    pub asked: Asked,
}

/// The request that a call waits for. The plugin's side asks, and whoever runs the call sends it and
/// answers: so it is sent from outside of the plugin's own stack, which stays small.
#[derive(Clone, Default)]
pub struct PendingRequest(Arc<Mutex<Pending>>);

#[derive(Default)]
struct Pending {
    question: Option<Question>,
    answer: Option<Option<Answer>>,
}

impl PendingRequest {
    /// Asks, and waits for the answer; none if it is not waited for in this run. It wakes nobody: who
    /// answers polls the call again.
    pub async fn ask(&self, question: Question) -> Option<Answer> {
        *self.lock() = Pending { question: Some(question), answer: None };
        poll_fn(|_| self.lock().answer.take().map_or(Poll::Pending, Poll::Ready)).await
    }

    /// What is asked, once.
    pub fn question(&self) -> Option<Question> {
        self.lock().question.take()
    }

    /// Answers it, or says that there is no answer in this run.
    pub fn answer(&self, answer: Option<Answer>) {
        self.lock().answer = Some(answer);
    }

    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
