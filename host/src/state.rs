//! What a process keeps from one run to the next: an SQLite file that it has to itself.

// Where `tests/schedules` finds it, too.
#[path = "state/group.rs"]
mod group;

use std::env;
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, Error, ErrorCode, OpenFlags, TransactionBehavior};
use tokio::task::spawn_blocking;

use crate::clock::since_epoch;
use crate::sync::{Arc, Mutex, MutexGuard, PoisonError};
use group::Group;
pub use group::Lasting;

/// What is in such a file.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// What it keeps, for people: "answers".
    pub keeps: &'static str,
    /// Which file this is, and of which version: other files have other numbers.
    pub version: i64,
    /// How it is made.
    pub tables: &'static str,
    /// What is made each time that it is opened: pragmas, tables in memory, and what is not there yet.
    pub begin: &'static str,
}

/// An open file. Cloning it is cheap.
#[derive(Clone)]
pub struct State {
    file: Arc<Mutex<Connection>>,
    group: Arc<Group>,
}

impl State {
    /// Opens the file, or makes it. One process at a time can have it open.
    ///
    /// # Errors
    /// With one line on what is wrong and what to do.
    pub fn open(path: &Path, layout: &Layout) -> Result<Self, String> {
        let (shown, keeps) = (path.display(), layout.keeps);
        let elsewhere =
            |why: String| format!("can't keep {keeps} in {shown}: {why}. Name another file with --state FILE");
        let whole = private(path).map_err(|error| elsewhere(error.to_string()))?;
        // Without SQLite's own names for files that are none.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let file = Connection::open_with_flags(whole, flags).and_then(|file| prepare(file, layout));
        let file = file.map_err(|error| elsewhere(told(&error)))?;
        let version: Result<i64, _> = file.query_row("pragma user_version", [], |row| row.get(0));
        match version {
            Ok(version) if version == layout.version => {}
            Ok(_) => {
                return Err(elsewhere("another version of plugin-host, or another command of it, made it".to_owned()));
            }
            Err(error) => return Err(elsewhere(told(&error))),
        }
        file.execute_batch(layout.begin).map_err(|error| elsewhere(told(&error)))?;
        Ok(Self { file: Arc::new(Mutex::new(file)), group: Arc::default() })
    }

    /// Writes to the file, all of it or nothing, in one transaction with whoever does so at the same time. It is there
    /// when this has ended; and it is done as well if nobody waits for that.
    ///
    /// # Errors
    /// If the file can't be read or written.
    pub async fn write<T: Send + 'static>(
        &self,
        lasting: Lasting,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> rusqlite::Result<T> {
        self.group.clone().write(self.file.clone(), lasting, work).await
    }

    /// Works with the file by itself, on a thread where that may take its time.
    ///
    /// # Errors
    /// If the file can't be read or written.
    pub async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> rusqlite::Result<T> {
        let file = self.clone();
        let worked = spawn_blocking(move || work(&mut file.lock())).await;
        // A panic, or the runtime is going down.
        worked.unwrap_or(Err(Error::UnwindingPanic))
    }

    /// Writes to the file what is there already.
    ///
    /// # Errors
    /// If nothing can be written now.
    pub async fn writable(&self) -> rusqlite::Result<()> {
        self.with(|file| {
            let version: i64 = file.query_row("pragma user_version", [], |row| row.get(0))?;
            let writing = file.transaction_with_behavior(TransactionBehavior::Immediate)?;
            writing.pragma_update(None, "user_version", version)?;
            writing.commit()
        })
        .await
    }

    /// The file, for whoever may block.
    pub fn lock(&self) -> MutexGuard<'_, Connection> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks how many tables a file has; one without is begun.
const TABLES: &str = "select count(*) from sqlite_schema";

/// What is found where a file is to be.
pub enum Found {
    /// Nothing: it is made when it is needed.
    Nothing,
    /// A file with nothing in it: it is begun when it is needed.
    Empty,
    /// A file that another process has open.
    InUse,
    /// A sound file of the right version, to read in.
    Sound(Connection),
}

/// Looks at a file, and changes nothing in it.
///
/// # Errors
/// With one line on what is wrong with it.
pub fn look(path: &Path, layout: &Layout) -> Result<Found, String> {
    if !path.exists() {
        return Ok(Found::Nothing);
    }
    OpenOptions::new().append(true).open(path).map_err(|error| format!("it can't be written: {error}"))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let read = || {
        let file = Connection::open_with_flags(path, flags)?;
        file.busy_timeout(Duration::from_millis(200))?;
        let sound: String = file.query_row("pragma quick_check(1)", [], |row| row.get(0))?;
        let version: i64 = file.query_row("pragma user_version", [], |row| row.get(0))?;
        let tables: i64 = file.query_row(TABLES, [], |row| row.get(0))?;
        Ok::<_, Error>((file, sound, version, tables))
    };
    match read() {
        Ok((_, sound, ..)) if sound != "ok" => Err("it is damaged".to_owned()),
        Ok((.., 0)) => Ok(Found::Empty),
        Ok((_, _, version, _)) if version != layout.version => {
            Err("another version of plugin-host, or another command of it, made it".to_owned())
        }
        Ok((file, ..)) => Ok(Found::Sound(file)),
        Err(error) => match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Ok(Found::InUse),
            _ => Err(told(&error)),
        },
    }
}

/// Where a file of this name is if nobody says so.
///
/// # Errors
/// If there is no such place: one line.
pub fn usual(name: &str) -> Result<PathBuf, String> {
    let folder = |name: &str| env::var_os(name).filter(|folder| !folder.is_empty()).map(PathBuf::from);
    // systemd names all folders of a unit, with colons in between.
    let first = |folders: PathBuf| env::split_paths(&folders).next();
    let own = |folder: PathBuf| folder.join("plugin-host");
    let found = folder("STATE_DIRECTORY")
        .and_then(first)
        .or_else(|| folder("XDG_STATE_HOME").map(own))
        .or_else(|| folder("HOME").map(|home| own(home.join(".local/state"))));
    Ok(found.ok_or("there is no home folder to keep things in: give --state FILE")?.join(name))
}

/// The time, in UNIX seconds.
pub fn now() -> i64 {
    i64::try_from(since_epoch().as_secs()).unwrap_or(i64::MAX)
}

/// What SQLite says, on one line.
pub fn told(error: &Error) -> String {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy) => "another process has it open, and each needs its own".to_owned(),
        Some(ErrorCode::DiskFull) => "the disk is full".to_owned(),
        _ => error.to_string().lines().collect::<Vec<_>>().join(" "),
    }
}

/// What is kept is for those who called, and so is its file. Gives its whole path.
fn private(path: &Path) -> io::Result<PathBuf> {
    let whole = std::path::absolute(path)?;
    match fs::metadata(&whole) {
        Ok(there) if there.is_dir() => return Err(io::Error::other("it is a folder")),
        Ok(there) if !there.is_file() => return Err(io::Error::other("it is no file")),
        _ => {}
    }
    if let Some(folder) = whole.parent() {
        let mut making = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut making, 0o700);
        making.recursive(true).create(folder)?;
    }
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&whole)?;
    Ok(whole)
}

fn prepare(mut file: Connection, layout: &Layout) -> rusqlite::Result<Connection> {
    file.busy_timeout(Duration::from_millis(500))?;
    // Exclusive: what is under way is known to this process alone. Nothing else is written through to
    // the disk by itself: a killed process loses nothing, and what a power cut must not lose is the
    // layout's to say.
    file.execute_batch("pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = normal;")?;
    file.execute_batch("begin exclusive; commit;")?;
    let tables: i64 = file.query_row(TABLES, [], |row| row.get(0))?;
    if tables == 0 {
        // All at once, or a process that ends in the middle leaves a file that nobody can open.
        let making = file.transaction()?;
        making.execute_batch(layout.tables)?;
        making.pragma_update(None, "user_version", layout.version)?;
        making.commit()?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUT: Layout =
        Layout { keeps: "things", version: 7, tables: "create table things (name text);", begin: "" };

    #[tokio::test]
    async fn a_file_is_writable_as_long_as_it_takes_what_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(&folder.path().join("things.sqlite"), &LAYOUT).unwrap();
        assert!(state.writable().await.is_ok());
        state.lock().execute_batch("pragma query_only = on").unwrap();
        assert!(state.writable().await.is_err());
    }

    #[test]
    fn what_is_looked_at_is_told_and_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("things.sqlite");
        assert!(matches!(look(&path, &LAYOUT), Ok(Found::Nothing)) && !path.exists());
        fs::write(&path, "").unwrap();
        assert!(matches!(look(&path, &LAYOUT), Ok(Found::Empty)) && fs::read(&path).unwrap().is_empty());
        let state = State::open(&path, &LAYOUT).unwrap();
        assert!(matches!(look(&path, &LAYOUT), Ok(Found::InUse)));
        drop(state);
        assert!(matches!(look(&path, &LAYOUT), Ok(Found::Sound(_))));
        let other = Layout { version: 8, ..LAYOUT };
        assert!(look(&path, &other).err().unwrap().contains("another version"));
    }
}
