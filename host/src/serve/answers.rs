//! The answers to calls with an `Idempotency-Key`, kept for a day.
//!
//! An answer is kept if the call changed something, or may have. All others may be asked for again:
//! a call that changed nothing can be made again with the same key.
//!
//! A process may end between sending a request and writing down its answer. So a call that must not
//! be made twice is written down before it is made, and whoever asks for it after such an end is told
//! that it may have been made. A call that may be repeated is made again instead.
//!
//! The file holds hashes of keys, inputs and accounts, the answers themselves, and of each
//! connection's secrets two bytes of a hash: enough to tell that they changed, too little to guess
//! them by.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};

use crate::state::{Lasting, Layout, State, now};

/// How long an answer is kept.
pub const KEPT: Duration = Duration::from_secs(24 * 3600);

/// What is in the file.
pub const LAYOUT: Layout = Layout {
    keeps: "answers",
    version: 2,
    tables: "
        create table answers (key blob primary key, request blob not null, account blob not null,
            connection blob not null, expires integer not null, status integer, body text) without rowid;
        create index answers_expires on answers (expires);",
    begin: "",
};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// By what an answer is found again, and may be given again.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Hash of caller, connection, action and `Idempotency-Key`.
    pub key: Hash,
    /// Hash of the input.
    pub request: Hash,
    /// Hash of the account.
    pub account: Hash,
    /// A few bits of a hash of the connection. Failures are not given again once they are others.
    pub connection: [u8; 2],
    /// Whether the action may be made again if nobody knows whether it was made.
    pub repeatable: bool,
}

/// The answers. Cloning it is cheap.
#[derive(Clone)]
pub struct Answers {
    file: State,
    under_way: Arc<Mutex<HashMap<Hash, Hash>>>,
}

/// An answer, as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
}

/// What is known of a key.
pub enum Claim {
    /// Nothing: the call is to be made.
    New(Claimed),
    /// The call was made; this was the answer.
    Answered(Answer),
    /// The call is being made.
    UnderWay,
    /// The call was begun by a process that ended in the middle. It may or may not have been made: only
    /// whoever knows that it was not may make it.
    Interrupted(Claimed),
    /// The key belongs to another request.
    OtherRequest,
}

/// The right to make the call of a key. No other call with the key is made before it is dropped; and
/// if it was begun, and then neither kept nor released, none until its answer would be forgotten.
pub struct Claimed {
    answers: Answers,
    key: Key,
}

/// A row of the file.
struct Row {
    request: Hash,
    account: Hash,
    connection: [u8; 2],
    /// None for a call that was begun.
    answer: Option<Answer>,
}

impl Answers {
    /// Opens the file, or makes it. One process at a time can have it open.
    ///
    /// # Errors
    /// With one line on what is wrong and what to do.
    pub fn open(path: &Path) -> Result<Self, String> {
        Ok(Self { file: State::open(path, &LAYOUT)?, under_way: Arc::default() })
    }

    /// Whether an answer could be kept now.
    ///
    /// # Errors
    /// If not.
    pub async fn writable(&self) -> rusqlite::Result<()> {
        self.file.writable().await
    }

    /// Asks for the right to make the call of a key.
    ///
    /// # Errors
    /// If the file can't be read.
    pub async fn claim(&self, key: Key) -> rusqlite::Result<Claim> {
        // First here and then in the file, so that nobody looks there between another's last steps.
        {
            let mut under_way = lock(&self.under_way);
            match under_way.get(&key.key) {
                Some(other) if *other == key.request => return Ok(Claim::UnderWay),
                Some(_) => return Ok(Claim::OtherRequest),
                None => under_way.insert(key.key, key.request),
            };
        }
        let claimed = Claimed { answers: self.clone(), key };
        let Some(row) = self.file.with(move |file| find(file, &key)).await? else {
            return Ok(Claim::New(claimed));
        };
        Ok(match row.answer {
            _ if row.request != key.request => Claim::OtherRequest,
            // What failed with another key or address may succeed with this one.
            Some(failure) if failure.status >= 400 && key.repeatable && row.connection != key.connection => {
                Claim::New(claimed)
            }
            _ if row.account != key.account => Claim::OtherRequest,
            Some(answer) => Claim::Answered(answer),
            None if key.repeatable => Claim::New(claimed),
            None => Claim::Interrupted(claimed),
        })
    }
}

impl Claimed {
    /// Writes down that the call is about to be made, unless it may be made again anyway. It is on the
    /// disk when this has ended, and so is known after a power cut, too.
    ///
    /// # Errors
    /// If the file can't be written. Then the call is not to be made.
    pub async fn begin(&self) -> rusqlite::Result<()> {
        let key = self.key;
        if key.repeatable {
            return Ok(());
        }
        self.answers.file.write(Lasting::Power, move |file| write(file, &key, None)).await
    }

    /// Keeps the answer of the call, and forgets those that are too old.
    ///
    /// # Errors
    /// If the file can't be written.
    pub async fn keep(self, answer: Answer) -> rusqlite::Result<()> {
        let key = self.key;
        self.answers.file.write(Lasting::Process, move |file| write(file, &key, Some(&answer))).await
    }

    /// Frees the key: the call changed nothing, or may be made again.
    ///
    /// # Errors
    /// If the file can't be written.
    pub async fn release(self) -> rusqlite::Result<()> {
        let key = self.key;
        if key.repeatable {
            return Ok(());
        }
        let sql = "delete from answers where key = ? and status is null";
        let release = move |file: &Connection| file.prepare_cached(sql)?.execute([key.key]).map(drop);
        self.answers.file.write(Lasting::Process, release).await
    }
}

impl Drop for Claimed {
    fn drop(&mut self) {
        lock(&self.answers.under_way).remove(&self.key.key);
    }
}

fn find(file: &Connection, key: &Key) -> rusqlite::Result<Option<Row>> {
    let sql = "select request, account, connection, status, body from answers where key = ? and expires > ?";
    let read = |row: &rusqlite::Row<'_>| {
        let (status, body): (Option<u16>, Option<String>) = (row.get(3)?, row.get(4)?);
        let answer = status.zip(body).map(|(status, body)| Answer { status, body });
        Ok(Row { request: row.get(0)?, account: row.get(1)?, connection: row.get(2)?, answer })
    };
    file.prepare_cached(sql)?.query_row(params![key.key, now()], read).optional()
}

fn write(file: &Connection, key: &Key, answer: Option<&Answer>) -> rusqlite::Result<()> {
    let (now, kept) = (now(), i64::try_from(KEPT.as_secs()).unwrap_or(i64::MAX));
    file.prepare_cached("delete from answers where expires <= ?")?.execute([now])?;
    let (status, body) = (answer.map(|answer| answer.status), answer.map(|answer| &answer.body));
    let sql = "insert or replace into answers values (?, ?, ?, ?, ?, ?, ?)";
    let row = params![key.key, key.request, key.account, key.connection, now + kept, status, body];
    file.prepare_cached(sql)?.execute(row).map(drop)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
