//! Group commit: what is written at the same time is one transaction, and waits for the disk once.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::{Connection, Error, TransactionBehavior};
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use crate::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What is written is there when the process is killed, or also when the power fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasting {
    /// The system has it.
    Process,
    /// The disk has it.
    Power,
}

/// Does its part of the transaction, and gives who is to be told how that ended. None: it failed, and they know.
type Work = Box<dyn FnOnce(&Connection) -> Option<Told> + Send>;
type Told = Box<dyn FnOnce(Result<(), Error>) + Send>;

/// Those who want to write to a file. One of them leads: it writes for all who came while the last group was
/// written.
#[derive(Default)]
pub struct Group(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    works: Vec<(Work, Lasting)>,
    is_led: bool,
}

impl Group {
    /// Does a part of a transaction, all of it or nothing, together with others'. It is done, whether anybody still
    /// waits for it or not.
    ///
    /// # Errors
    /// What the part itself says, or why the transaction failed.
    pub async fn write<T: Send + 'static>(
        self: Arc<Self>,
        file: Arc<Mutex<Connection>>,
        lasting: Lasting,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> rusqlite::Result<T> {
        let (told, waiting) = oneshot::channel();
        let work: Work = Box::new(move |file| match work(file) {
            Ok(done) => Some(Box::new(move |ended: Result<(), Error>| drop(told.send(ended.map(|()| done))))),
            Err(error) => {
                drop(told.send(Err(error)));
                None
            }
        });
        let is_led = {
            let mut waiting = self.lock();
            waiting.works.push((work, lasting));
            mem::replace(&mut waiting.is_led, true)
        };
        if !is_led {
            let lead = Lead { group: self, is_over: false };
            spawn_blocking(move || lead.run(&file));
        }
        // A panic, or the runtime is going down.
        waiting.await.unwrap_or(Err(Error::UnwindingPanic))
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to write for all.
struct Lead {
    group: Arc<Group>,
    /// Given back: from then on somebody else may have it.
    is_over: bool,
}

impl Lead {
    fn run(mut self, file: &Mutex<Connection>) {
        loop {
            // Whoever has the file may keep it for a while, and more come meanwhile.
            let file = file.lock().unwrap_or_else(PoisonError::into_inner);
            let works = {
                let mut waiting = self.group.lock();
                if waiting.works.is_empty() {
                    (waiting.is_led, self.is_over) = (false, true);
                    return;
                }
                mem::take(&mut waiting.works)
            };
            write(&file, works);
        }
    }
}

impl Drop for Lead {
    /// Where it was never run, or did not get to its end, those who wait are told so.
    fn drop(&mut self) {
        if !self.is_over {
            let mut waiting = self.group.lock();
            waiting.is_led = false;
            waiting.works.clear();
        }
    }
}

fn write(file: &Connection, works: Vec<(Work, Lasting)>) {
    let lasts = works.iter().any(|(_, lasting)| *lasting == Lasting::Power);
    let mut told = Vec::new();
    let ended = transaction(file, lasts, || {
        for (work, _) in works {
            told.extend(part(file, work)?);
        }
        Ok(())
    });
    for told in told {
        told(ended.as_ref().copied().map_err(again));
    }
}

/// A transaction that the disk has at its end, if it is to last.
fn transaction(file: &Connection, lasts: bool, work: impl FnOnce() -> rusqlite::Result<()>) -> rusqlite::Result<()> {
    let usual: i64 = file.prepare_cached("pragma synchronous")?.query_row([], |row| row.get(0))?;
    let raised = lasts && usual < FULL;
    if raised {
        file.pragma_update(None, "synchronous", FULL)?;
    }
    let transaction = rusqlite::Transaction::new_unchecked(file, TransactionBehavior::Immediate);
    let ended = transaction.and_then(|transaction| work().and_then(|()| transaction.commit()));
    if raised {
        file.pragma_update(None, "synchronous", usual)?;
    }
    ended
}

/// SQLite's number for writing through to the disk at each commit.
const FULL: i64 = 2;

/// Somebody's part: one that fails, or panics, leaves the others' as they are.
fn part(file: &Connection, work: Work) -> rusqlite::Result<Option<Told>> {
    let run = |sql| file.prepare_cached(sql)?.execute([]);
    run("savepoint part")?;
    let told = catch_unwind(AssertUnwindSafe(|| work(file))).unwrap_or_default();
    if told.is_none() {
        run("rollback to part")?;
    }
    run("release part")?;
    Ok(told)
}

/// The same error for each of those whom it concerns.
fn again(error: &Error) -> Error {
    match error {
        Error::SqliteFailure(code, said) => Error::SqliteFailure(*code, said.clone()),
        other => Error::ToSqlConversionFailure(other.to_string().into()),
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    type Part = Box<dyn FnOnce(&Connection) -> rusqlite::Result<()> + Send>;

    fn file() -> (TempDir, Arc<Group>, Arc<Mutex<Connection>>) {
        let folder = tempfile::tempdir().unwrap();
        let file = opened(&folder);
        file.execute_batch(
            "pragma journal_mode = wal; pragma foreign_keys = on;
            create table things (name text primary key);
            create table parts (of text references things deferrable initially deferred);",
        )
        .unwrap();
        (folder, Arc::default(), Arc::new(Mutex::new(file)))
    }

    fn opened(folder: &TempDir) -> Connection {
        Connection::open(folder.path().join("things.sqlite")).unwrap()
    }

    fn insert(name: &'static str) -> impl FnOnce(&Connection) -> rusqlite::Result<&'static str> + Send {
        move |file| file.execute("insert into things values (?)", [name]).map(|_| name)
    }

    fn names(file: &Connection) -> Vec<String> {
        let mut read = file.prepare("select name from things order by name").unwrap();
        read.query_map([], |row| row.get(0)).unwrap().collect::<rusqlite::Result<_>>().unwrap()
    }

    #[tokio::test]
    #[expect(clippy::await_holding_lock, reason = "so long the file is busy")]
    async fn what_is_written_at_the_same_time_is_one_transaction() {
        let (folder, group, file) = file();
        let others = Arc::new(Mutex::new(Vec::new()));
        let (elsewhere, seen) = (opened(&folder), others.clone());
        let busy = file.lock().unwrap();
        let write = |name| tokio::spawn(group.clone().write(file.clone(), Lasting::Power, insert(name)));
        let mut writing = ["a", "b"].map(write).into_iter().collect::<Vec<_>>();
        writing.push(tokio::spawn(group.clone().write(file.clone(), Lasting::Process, move |file| {
            seen.lock().unwrap().push((names(file), names(&elsewhere)));
            insert("c")(file)
        })));
        while group.lock().works.len() < 3 {
            tokio::task::yield_now().await;
        }
        drop(busy);
        for (writing, name) in writing.into_iter().zip(["a", "b", "c"]) {
            assert_eq!(writing.await.unwrap().unwrap(), name);
        }
        let before = (vec!["a".to_owned(), "b".to_owned()], Vec::new());
        assert_eq!(*others.lock().unwrap(), [before], "the last sees the first, and nobody else does yet");
        assert_eq!(names(&opened(&folder)), ["a", "b", "c"]);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn whoever_comes_as_another_ends_is_served_all_the_same() {
        let (_folder, group, file) = file();
        let write = |task: usize| {
            let (group, file) = (group.clone(), file.clone());
            tokio::spawn(async move {
                for number in 0..250 {
                    let insert = move |file: &Connection| {
                        file.execute("insert into things values (?)", [format!("{task}-{number}")])
                    };
                    group.clone().write(file.clone(), Lasting::Process, insert).await.unwrap();
                }
            })
        };
        for writing in (0..4).map(write).collect::<Vec<_>>() {
            writing.await.unwrap();
        }
        assert_eq!(names(&file.lock().unwrap()).len(), 1000);
    }

    #[tokio::test]
    #[expect(clippy::await_holding_lock, reason = "so long the file is busy")]
    async fn a_part_that_fails_or_panics_is_undone_alone() {
        let (_folder, group, file) = file();
        let busy = file.lock().unwrap();
        let write = |work: Part| tokio::spawn(group.clone().write(file.clone(), Lasting::Process, work));
        let good = write(Box::new(|file| insert("good")(file).map(drop)));
        let failing = write(Box::new(|file| insert("half")(file).and_then(|_| insert("half")(file)).map(drop)));
        let panicking = write(Box::new(|file| {
            insert("quarter")(file)?;
            panic!("on purpose")
        }));
        while group.lock().works.len() < 3 {
            tokio::task::yield_now().await;
        }
        drop(busy);
        good.await.unwrap().unwrap();
        assert!(matches!(failing.await.unwrap(), Err(Error::SqliteFailure(..))));
        assert!(matches!(panicking.await.unwrap(), Err(Error::UnwindingPanic)));
        assert_eq!(names(&file.lock().unwrap()), ["good"]);
        group.write(file.clone(), Lasting::Power, insert("later")).await.unwrap();
        assert_eq!(names(&file.lock().unwrap()), ["good", "later"]);
    }

    #[tokio::test]
    async fn when_the_transaction_fails_all_are_told_and_nothing_is_written() {
        let (_folder, group, file) = file();
        let orphan = |file: &Connection| file.execute("insert into parts values ('of nothing')", []);
        assert!(group.clone().write(file.clone(), Lasting::Power, orphan).await.is_err());
        assert_eq!(file.lock().unwrap().query_row("select count(*) from parts", [], |row| row.get(0)), Ok(0));
        assert_eq!(group.write(file, Lasting::Power, insert("a")).await.unwrap(), "a");
    }

    #[tokio::test]
    async fn what_lasts_is_written_through_and_the_usual_way_comes_back() {
        let (_folder, group, file) = file();
        file.lock().unwrap().execute_batch("pragma synchronous = normal").unwrap();
        let level = |file: &Connection| file.query_row("pragma synchronous", [], |row| row.get::<_, i64>(0));
        assert_eq!(group.clone().write(file.clone(), Lasting::Process, level).await.unwrap(), 1);
        assert_eq!(group.clone().write(file.clone(), Lasting::Power, level).await.unwrap(), FULL);
        assert_eq!(level(&file.lock().unwrap()).unwrap(), 1);
    }
}
