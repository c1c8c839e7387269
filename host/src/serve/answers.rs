//! The answers to calls with an `Idempotency-Key`, kept for a day.
//!
//! An answer is kept if the call changed something, or may have. All others may be asked for again:
//! a call that changed nothing can be repeated with the same key, and so can one whose process was
//! killed in the middle, because the answer that counts is that of an action that came to its end.
//!
//! The file holds hashes of keys and inputs, and the answers themselves; no token and no secret of a
//! connection is in it.

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, ErrorCode, OptionalExtension, params};
use tokio::task::spawn_blocking;

/// How long an answer is kept.
pub const KEPT: Duration = Duration::from_secs(24 * 3600);

/// A SHA-256 hash.
pub type Hash = [u8; 32];

const LAYOUT: i64 = 1;
const TABLE: &str = "
    create table answers (key blob primary key, request blob not null, expires integer not null,
        status integer not null, body text not null) without rowid;
    create index answers_expires on answers (expires);
    pragma user_version = 1;";

/// The answers. Cloning it is cheap.
#[derive(Clone)]
pub struct Answers {
    file: Arc<Mutex<Connection>>,
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
    /// The key belongs to another request.
    OtherRequest,
}

/// The right to make the call of a key. No other call with the key is made before it is dropped.
pub struct Claimed {
    answers: Answers,
    key: Hash,
    request: Hash,
}

impl Answers {
    /// Opens the file, or makes it. One process at a time can have it open.
    ///
    /// # Errors
    /// With one line on what is wrong and what to do.
    pub fn open(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let failed = |why: String| format!("can't keep answers in {shown}: {why}");
        private(path).map_err(|error| failed(error.to_string()))?;
        let file = Connection::open(path).and_then(prepare);
        let file = file.map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy) => {
                failed("another process has it open. Give each its own file with --state FILE".to_owned())
            }
            _ => failed(error.to_string()),
        })?;
        let layout: i64 =
            file.query_row("pragma user_version", [], |row| row.get(0)).map_err(|error| failed(error.to_string()))?;
        if layout != LAYOUT {
            return Err(failed("another version of plugin-host made it. Give this one another file".to_owned()));
        }
        Ok(Self { file: Arc::new(Mutex::new(file)), under_way: Arc::default() })
    }

    /// Asks for the right to make the call of a key.
    ///
    /// # Errors
    /// If the file can't be read.
    pub async fn claim(&self, key: Hash, request: Hash) -> rusqlite::Result<Claim> {
        // First here and then in the file, so that nobody looks there between another's last steps.
        {
            let mut under_way = lock(&self.under_way);
            match under_way.get(&key) {
                Some(other) if *other == request => return Ok(Claim::UnderWay),
                Some(_) => return Ok(Claim::OtherRequest),
                None => under_way.insert(key, request),
            };
        }
        let claimed = Claimed { answers: self.clone(), key, request };
        let found = self
            .with_file(move |file| {
                let sql = "select request, status, body from answers where key = ? and expires > ?";
                let mut statement = file.prepare_cached(sql)?;
                let row = statement.query_row(params![key, now()], |row| {
                    Ok((row.get::<_, Hash>(0)?, Answer { status: row.get(1)?, body: row.get(2)? }))
                });
                row.optional()
            })
            .await?;
        Ok(match found {
            None => Claim::New(claimed),
            Some((other, _)) if other != request => Claim::OtherRequest,
            Some((_, answer)) => Claim::Answered(answer),
        })
    }

    async fn with_file<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> rusqlite::Result<T> {
        let file = self.file.clone();
        let worked = spawn_blocking(move || work(&mut lock(&file))).await;
        // A panic, or the runtime is going down.
        worked.unwrap_or_else(|_| Err(rusqlite::Error::UnwindingPanic))
    }
}

impl Claimed {
    /// Keeps the answer of the call, and forgets those that are too old.
    ///
    /// # Errors
    /// If the file can't be written.
    pub async fn keep(self, answer: Answer) -> rusqlite::Result<()> {
        let (key, request) = (self.key, self.request);
        let write = move |file: &mut Connection| {
            let (now, kept) = (now(), i64::try_from(KEPT.as_secs()).unwrap_or(i64::MAX));
            let transaction = file.transaction()?;
            transaction.prepare_cached("delete from answers where expires <= ?")?.execute([now])?;
            let sql = "insert or replace into answers values (?, ?, ?, ?, ?)";
            let row = params![key, request, now + kept, answer.status, answer.body];
            transaction.prepare_cached(sql)?.execute(row)?;
            transaction.commit()
        };
        self.answers.with_file(write).await
    }
}

impl Drop for Claimed {
    fn drop(&mut self) {
        lock(&self.answers.under_way).remove(&self.key);
    }
}

/// Answers are for those who called, and so is their file.
fn private(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn prepare(file: Connection) -> rusqlite::Result<Connection> {
    file.busy_timeout(Duration::from_millis(500))?;
    // Exclusive: what is under way is known to this process alone. Not written through to the disk
    // with every answer: a killed process loses none, and after a power cut the last ones are asked
    // for again.
    file.execute_batch("pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = normal;")?;
    file.execute_batch("begin exclusive; commit;")?;
    let tables: i64 = file.query_row("select count(*) from sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 {
        file.execute_batch(TABLE)?;
    }
    Ok(file)
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Hash = [1; 32];
    const REQUEST: Hash = [2; 32];
    const OTHER: Hash = [3; 32];

    fn answers() -> (tempfile::TempDir, Answers) {
        let folder = tempfile::tempdir().unwrap();
        let answers = Answers::open(&folder.path().join("new/answers.sqlite")).unwrap();
        (folder, answers)
    }

    async fn claimed(answers: &Answers) -> Claimed {
        match answers.claim(KEY, REQUEST).await.unwrap() {
            Claim::New(claimed) => claimed,
            _ => panic!("the key is not free"),
        }
    }

    fn answer(body: &str) -> Answer {
        Answer { status: 200, body: body.to_owned() }
    }

    #[tokio::test]
    async fn a_kept_answer_is_given_for_the_same_request_alone() {
        let (_folder, answers) = answers();
        claimed(&answers).await.keep(answer("done")).await.unwrap();
        for _ in 0..2 {
            let Claim::Answered(found) = answers.claim(KEY, REQUEST).await.unwrap() else { panic!() };
            assert_eq!(found, answer("done"));
        }
        assert!(matches!(answers.claim(KEY, OTHER).await.unwrap(), Claim::OtherRequest));
        assert!(matches!(answers.claim(OTHER, REQUEST).await.unwrap(), Claim::New(_)));
    }

    #[tokio::test]
    async fn one_call_at_a_time_is_made_for_a_key_and_the_next_if_its_answer_is_not_kept() {
        let (_folder, answers) = answers();
        let first = claimed(&answers).await;
        assert!(matches!(answers.claim(KEY, REQUEST).await.unwrap(), Claim::UnderWay));
        assert!(matches!(answers.claim(KEY, OTHER).await.unwrap(), Claim::OtherRequest));
        drop(first);
        drop(claimed(&answers).await);
        assert!(lock(&answers.under_way).is_empty());
    }

    #[tokio::test]
    async fn answers_outlive_the_process_for_a_day() {
        let (folder, answers) = answers();
        claimed(&answers).await.keep(answer("done")).await.unwrap();
        drop(answers);
        let path = folder.path().join("new/answers.sqlite");
        let answers = Answers::open(&path).unwrap();
        assert!(matches!(answers.claim(KEY, REQUEST).await.unwrap(), Claim::Answered(_)));
        let age = |file: &mut Connection| file.execute("update answers set expires = expires - 86400", []);
        answers.with_file(age).await.unwrap();
        claimed(&answers).await.keep(answer("again")).await.unwrap();
        let Claim::Answered(found) = answers.claim(KEY, REQUEST).await.unwrap() else { panic!() };
        assert_eq!(found, answer("again"));
    }

    #[tokio::test]
    async fn old_answers_are_forgotten_when_new_ones_come() {
        let (_folder, answers) = answers();
        claimed(&answers).await.keep(answer("done")).await.unwrap();
        answers.with_file(|file| file.execute("update answers set expires = 1", [])).await.unwrap();
        let Claim::New(other) = answers.claim(OTHER, REQUEST).await.unwrap() else { panic!() };
        other.keep(answer("done")).await.unwrap();
        let count = |file: &mut Connection| file.query_row("select count(*) from answers", [], |row| row.get(0));
        assert_eq!(answers.with_file::<i64>(count).await.unwrap(), 1);
    }

    #[test]
    fn a_file_that_another_process_has_or_made_otherwise_is_refused_with_what_to_do() {
        let (folder, answers) = answers();
        let path = folder.path().join("new/answers.sqlite");
        assert!(Answers::open(&path).err().unwrap().contains("--state"));
        lock(&answers.file).execute_batch("pragma user_version = 2").unwrap();
        drop(answers);
        assert!(Answers::open(&path).err().unwrap().contains("another version"));
        std::fs::write(folder.path().join("text"), "not a database, but long enough to be taken for one".repeat(20))
            .unwrap();
        assert!(Answers::open(&folder.path().join("text")).err().unwrap().contains("not a database"));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_the_file() {
        use std::os::unix::fs::PermissionsExt;
        let (folder, _answers) = answers();
        for file in std::fs::read_dir(folder.path().join("new")).unwrap() {
            assert_eq!(file.unwrap().metadata().unwrap().permissions().mode() & 0o077, 0);
        }
    }
}
