//! The file of an audit, to which whole lines are appended, each in one piece.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tracing::{error, info};

/// So many bytes wait at most until there is room for them. Further lines are counted.
const MOST_WAITING: usize = 1 << 20;

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
}

impl AuditFile {
    /// Opens it, or makes it; who makes it is the only one to read it.
    ///
    /// # Errors
    /// If it can't be: one line.
    pub fn open(path: &Path) -> Result<Self, String> {
        let state = State { file: appended(path)?, waiting: Vec::new(), left_out: 0 };
        Ok(Self { path: path.to_owned(), state: Mutex::new(state) })
    }

    /// Opens what has its name now.
    ///
    /// # Errors
    /// If it can't be.
    pub fn reopen(&self) -> Result<(), String> {
        let file = appended(&self.path)?;
        self.state().file = file;
        Ok(())
    }

    /// Whether all is written.
    ///
    /// # Errors
    /// If it is not, and can't be now.
    pub fn ready(&self) -> Result<(), Unwritable> {
        let mut state = self.state();
        if state.waiting.is_empty() {
            return Ok(());
        }
        state.flush().map_err(|error| Unwritable(error.to_string()))?;
        info!("the audit can be written again");
        Ok(())
    }

    /// Writes a line, or keeps it until it can be written.
    pub fn write(&self, line: &str) {
        let mut state = self.state();
        let failed_before = !state.waiting.is_empty();
        if state.waiting.len() + line.len() > MOST_WAITING {
            state.left_out += 1;
        } else {
            state.waiting.extend_from_slice(line.as_bytes());
        }
        match (state.flush(), failed_before) {
            (Err(why), false) => error!("no call is made until the audit can be written: {why}"),
            (Ok(()), true) => info!("the audit can be written again"),
            _ => {}
        }
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
        Err(io::Error::new(io::ErrorKind::StorageFull, "there is no room for a whole line"))
    }
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
        assert_eq!(file.ready(), Ok(()));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_finds_no_room_is_kept_and_written_first_when_there_is_some() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit");
        std::os::unix::fs::symlink("/dev/full", &path).unwrap();
        let file = AuditFile::open(&path).unwrap();
        assert_eq!(file.ready(), Ok(()));
        file.write("one\n");
        assert!(file.ready().unwrap_err().0.contains("No space left"));
        file.write(&"x".repeat(MOST_WAITING));
        fs::remove_file(&path).unwrap();
        file.reopen().unwrap();
        assert_eq!(file.ready(), Ok(()));
        file.write("two\n");
        let told = "one\n{\"outcome\":\"left_out\",\"lines\":1}\ntwo\n";
        assert_eq!(fs::read_to_string(&path).unwrap(), told);
    }
}
