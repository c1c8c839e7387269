//! The file of an audit, to which whole lines are appended, each in one piece.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tracing::{error, info};

/// So many bytes wait at most until there is room for them. Further lines are counted.
const MOST_WAITING: usize = 1 << 20;

/// No line is longer than so many bytes, as far as room is reserved for it.
const LINE: u64 = 1 << 10;

/// Room is reserved in pieces of so many bytes, so that it is asked for seldom.
const RESERVED_PIECE: u64 = 64 << 10;

/// The file can't be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the audit can't be written: {0}. Make room, or name another place with --audit FILE")]
pub struct Unwritable(pub String);

impl Unwritable {
    /// For the caller: what is the matter and what to do.
    pub const DETAIL: &str = "The server can't write its audit, so it did not make the call. Call again later; its operator finds the reason in its log.";
}

/// A file that is appended to.
pub struct AuditFile {
    path: PathBuf,
    state: Mutex<State>,
}

struct State {
    file: File,
    /// What could not be written yet.
    waiting: Vec<u8>,
    /// Lines for which there was no room among it.
    left_out: u64,
    /// How long the file was when it was last looked at.
    length: u64,
    /// Up to which byte the disk keeps room for the file.
    reserved: u64,
}

impl AuditFile {
    /// Opens it, or makes it; who makes it is the only one to read it.
    ///
    /// # Errors
    /// If it can't be: one line.
    pub fn open(path: &Path) -> Result<Self, String> {
        let state = State { file: appended(path)?, waiting: Vec::new(), left_out: 0, length: 0, reserved: 0 };
        Ok(Self { path: path.to_owned(), state: Mutex::new(state) })
    }

    /// Opens what has its name now.
    ///
    /// # Errors
    /// If it can't be.
    pub fn reopen(&self) -> Result<(), String> {
        let file = appended(&self.path)?;
        let mut state = self.state();
        state.file = file;
        state.reserved = 0;
        Ok(())
    }

    /// Writes what could not be written before.
    ///
    /// # Errors
    /// If it can't be now either.
    pub fn flush(&self) -> Result<(), Unwritable> {
        let mut state = self.state();
        if state.waiting.is_empty() {
            return Ok(());
        }
        state.flush().map_err(|error| Unwritable(error.to_string()))?;
        info!("the audit can be written again");
        Ok(())
    }

    /// Whether all is written, and the disk keeps room for so many lines more. Where it can't keep any,
    /// the first line that is not written tells.
    ///
    /// # Errors
    /// If it is not, or there is no room.
    pub fn ready(&self, lines: u64) -> Result<(), Unwritable> {
        self.flush()?;
        self.state().reserve(lines.saturating_mul(LINE)).map_err(|error| Unwritable(error.to_string()))
    }

    /// Writes a line, or keeps it until it can be written. Tells whether it is written.
    pub fn write(&self, line: &str) -> bool {
        let mut state = self.state();
        let failed_before = !state.waiting.is_empty();
        if state.waiting.len() + line.len() > MOST_WAITING {
            state.left_out += 1;
        } else {
            state.waiting.extend_from_slice(line.as_bytes());
        }
        let outcome = state.flush();
        let is_written = outcome.is_ok();
        match (outcome, failed_before) {
            (Err(why), false) => error!("no call is made until the audit can be written: {why}"),
            (Ok(()), true) => info!("the audit can be written again"),
            _ => {}
        }
        is_written
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn flush(&mut self) -> io::Result<()> {
        self.append()?;
        if self.left_out > 0 {
            let left_out = std::mem::take(&mut self.left_out);
            let line = serde_json::json!({ "outcome": "left_out", "lines": left_out });
            self.waiting = format!("{line}\n").into_bytes();
            self.append()?;
        }
        Ok(())
    }

    /// Writes what waits in one piece, so that lines of several processes do not mix. A part of it that was
    /// written is taken back: a half line is none.
    fn append(&mut self) -> io::Result<()> {
        let written = loop {
            match self.file.write(&self.waiting) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                outcome => break outcome?,
            }
        };
        if written == self.waiting.len() {
            self.waiting.clear();
            return Ok(());
        }
        let whole = self.file.metadata()?.len().saturating_sub(written as u64);
        self.file.set_len(whole)?;
        // That gave back what was kept behind it.
        self.reserved = 0;
        Err(io::Error::new(io::ErrorKind::StorageFull, "there is no room for a whole line"))
    }

    /// Has the disk keep room for so many bytes behind what is written.
    fn reserve(&mut self, bytes: u64) -> io::Result<()> {
        let metadata = self.file.metadata()?;
        let length = metadata.len();
        // Who cuts a file off gives back its room as well.
        if length < self.length {
            self.reserved = 0;
        }
        self.length = length;
        if !metadata.is_file() || length.saturating_add(bytes) <= self.reserved {
            return Ok(());
        }
        let bytes = bytes.clamp(RESERVED_PIECE, i64::MAX.unsigned_abs());
        preallocate(&self.file, length, bytes)?;
        self.reserved = length.saturating_add(bytes);
        Ok(())
    }
}

/// Has the disk keep room behind the end of a file, which stays as long as it is.
#[cfg(target_os = "linux")]
fn preallocate(file: &File, from: u64, bytes: u64) -> io::Result<()> {
    use rustix::fs::{FallocateFlags, fallocate};
    use rustix::io::Errno;

    match fallocate(file, FallocateFlags::KEEP_SIZE, from, bytes) {
        Err(error @ (Errno::NOSPC | Errno::DQUOT | Errno::FBIG | Errno::IO | Errno::ROFS)) => Err(error.into()),
        // Not every file system can do this.
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Other systems have no call for it that leaves the file as long as it is.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "it fails where there is such a call")]
fn preallocate(_: &File, _: u64, _: u64) -> io::Result<()> {
    Ok(())
}

fn appended(path: &Path) -> Result<File, String> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| {
        format!("can't write the audit to {}: {error}. Name another place with --audit FILE", path.display())
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_renamed_is_written_on_until_it_is_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let (path, moved) = (folder.path().join("audit"), folder.path().join("audit.1"));
        let file = AuditFile::open(&path).unwrap();
        file.write("one\n");
        fs::rename(&path, &moved).unwrap();
        file.write("two\n");
        file.reopen().unwrap();
        file.write("three\n");
        assert_eq!(fs::read_to_string(&moved).unwrap(), "one\ntwo\n");
        assert_eq!(fs::read_to_string(&path).unwrap(), "three\n");
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(file.reopen().unwrap_err().contains("--audit FILE"));
        assert_eq!(file.ready(1), Ok(()));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn room_is_kept_for_a_line_before_its_call_and_where_there_is_none_that_is_told() {
        use std::os::unix::fs::MetadataExt;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit");
        let file = AuditFile::open(&path).unwrap();
        let kept = || (fs::metadata(&path).unwrap().len(), fs::metadata(&path).unwrap().blocks() * 512);
        assert_eq!(file.ready(1), Ok(()));
        // Some file systems can't keep room.
        let reserved = kept().1;
        assert!(kept().0 == 0 && (reserved == 0 || reserved >= RESERVED_PIECE), "{:?}", kept());
        file.write("one\n");
        assert_eq!((file.ready(2), kept().0), (Ok(()), 4));
        // Cut off, as a program that rotates files by copying them does it.
        File::create(&path).unwrap();
        assert_eq!(file.ready(1), Ok(()));
        assert_eq!(kept(), (0, reserved));
        // Beyond what any file can have.
        file.write("two\n");
        assert!(file.ready(u64::MAX).is_err() || reserved == 0);
        assert_eq!((file.flush(), file.ready(1)), (Ok(()), Ok(())));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_finds_no_room_is_kept_and_written_first_when_there_is_some() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit");
        std::os::unix::fs::symlink("/dev/full", &path).unwrap();
        let file = AuditFile::open(&path).unwrap();
        assert_eq!(file.ready(1), Ok(()));
        file.write("one\n");
        assert!(file.ready(1).unwrap_err().0.contains("No space left"));
        file.write(&"x".repeat(MOST_WAITING));
        fs::remove_file(&path).unwrap();
        file.reopen().unwrap();
        assert_eq!(file.ready(1), Ok(()));
        file.write("two\n");
        let told = "one\n{\"outcome\":\"left_out\",\"lines\":1}\ntwo\n";
        assert_eq!(fs::read_to_string(&path).unwrap(), told);
    }
}
