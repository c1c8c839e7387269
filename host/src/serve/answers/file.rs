//! The SQLite file that holds the answers.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

const LAYOUT: i64 = 2;
const TABLE: &str = "
    create table answers (key blob primary key, request blob not null, account blob not null,
        connection blob not null, expires integer not null, status integer, body text) without rowid;
    create index answers_expires on answers (expires);
    pragma user_version = 2;";

/// Opens the file, or makes it. One process at a time can have it open.
///
/// # Errors
/// With one line on what is wrong and what to do.
pub fn open(path: &Path) -> Result<Connection, String> {
    let shown = path.display();
    let elsewhere = |why: String| format!("can't keep answers in {shown}: {why}. Name another file with --state FILE");
    let whole = private(path).map_err(|error| elsewhere(error.to_string()))?;
    // Without SQLite's own names for files that are none.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let file = Connection::open_with_flags(whole, flags).and_then(prepare).map_err(|error| {
        elsewhere(match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy) => "another process has it open, and each needs its own".to_owned(),
            Some(ErrorCode::DiskFull) => "the disk is full".to_owned(),
            _ => one_line(&error.to_string()),
        })
    })?;
    let layout: Result<i64, _> = file.query_row("pragma user_version", [], |row| row.get(0));
    match layout {
        Ok(LAYOUT) => Ok(file),
        Ok(_) => Err(elsewhere("another version of plugin-host made it".to_owned())),
        Err(error) => Err(elsewhere(one_line(&error.to_string()))),
    }
}

/// Answers are for those who called, and so is their file. Gives its whole path.
fn private(path: &Path) -> io::Result<PathBuf> {
    let whole = std::path::absolute(path)?;
    match fs::metadata(&whole) {
        Ok(there) if there.is_dir() => return Err(io::Error::other("it is a folder")),
        Ok(there) if !there.is_file() => return Err(io::Error::other("it is no file")),
        _ => {}
    }
    if let Some(folder) = whole.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&whole)?;
    Ok(whole)
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

fn one_line(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join(" ")
}
