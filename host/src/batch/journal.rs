//! The journal: what became of each row, so that a batch that was broken off goes on where it was.
//!
//! A file of JSON lines that only grows. Its first line says what it is the journal of. A row is
//! marked before its request is sent, and what became of it is written down before anyone is told;
//! both are on disk (`fsync`) by then. So after a crash the rows are known that may or may not have
//! reached the service, and no others have to be repeated. Each line proves itself: one that a disk
//! has damaged costs what it said, and no other.

mod entry;
mod header;
mod ledger;
mod look;
mod rows;
mod sum;
mod writer;

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::Refusal;
use super::disk::sync_folder;
pub use entry::{Entry, Mark};
use header::First;
pub use header::Header;
pub use ledger::{Damage, Ledger, Past};
pub use look::{Found, Told, look};
use sum::Seal;
pub use writer::{Broken, Finished, Writer};

/// A journal that is this process's alone.
pub struct Journal {
    file: File,
    ledger: Ledger,
    seal: Seal,
    durable: bool,
    id: Option<String>,
}

impl Journal {
    /// Begins a journal.
    ///
    /// # Errors
    /// If the file can't be written, or is there already: then the text says how to go on.
    pub fn begin(path: &Path, header: &Header) -> Result<Self, Refusal> {
        let mut file = open(path, true)?;
        let shown = path.display();
        if let Some((first, ledger)) = read(&mut file, path, header)? {
            let done = ledger.count(Mark::Done);
            return Err(Refusal(format!(
                "{shown} is there already, and {done} of the {} rows of {} are done in it. Go on with --resume; or, to begin anew, move it and the results away or name others with --journal FILE and --output FILE",
                first.rows, first.input
            )));
        }
        let mut journal = Self::of(file, header, true);
        journal.start(header).map_err(|error| Refusal(format!("can't write the journal {shown}: {error}")))?;
        // The file's name has to last as well.
        sync_folder(path);
        Ok(journal)
    }

    /// Goes on with a journal, and returns the header that it was begun with.
    ///
    /// # Errors
    /// If it is not there, is empty, or is the journal of something else.
    pub fn resume(path: &Path, header: &Header) -> Result<(Self, Header), Refusal> {
        let mut file = open(path, false)?;
        // A header is on the disk before anything is sent. What is empty can be of a run that was broken off
        // before, or was emptied by someone: then all rows would be sent again.
        if file.metadata().is_ok_and(|metadata| metadata.len() == 0) {
            return Err(Refusal(format!(
                "the journal {} is empty, so there is nothing to go on with. If nobody has emptied it, nothing was sent: leave out --resume to begin",
                path.display()
            )));
        }
        let Some((first, ledger)) = read(&mut file, path, header)? else {
            // Its run was broken off before it sent anything.
            let mut journal = Self::of(file, header, true);
            let begun = journal.start(header);
            begun.map_err(|error| Refusal(format!("can't write the journal {}: {error}", path.display())))?;
            return Ok((journal, header.clone()));
        };
        first.check(header, path)?;
        Ok((Self { ledger, ..Self::of(file, &first, true) }, first))
    }

    /// A journal that ends with the process: for a batch that can't be gone on with.
    ///
    /// # Errors
    /// If there is no place for it.
    pub fn passing(header: &Header) -> Result<Self, Refusal> {
        let begin = || {
            let mut journal = Self::of(tempfile::tempfile()?, header, false);
            journal.start(header)?;
            Ok(journal)
        };
        begin().map_err(|error: io::Error| Refusal(format!("can't write a temporary file: {error}")))
    }

    fn of(file: File, header: &Header, durable: bool) -> Self {
        Self { file, ledger: Ledger::default(), seal: header.seal(), durable, id: header.id.clone() }
    }

    fn start(&mut self, header: &Header) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(header.line().as_bytes())?;
        if self.durable { self.file.sync_all() } else { Ok(()) }
    }

    /// What is known of the rows.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// What no other journal has, if that is still known.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Lets it be written from many threads.
    ///
    /// # Errors
    /// If the file can't be read or no thread can be started.
    pub fn writer(self) -> io::Result<Writer> {
        Writer::start(self.file, self.ledger, self.seal, self.durable)
    }
}

fn open(path: &Path, create: bool) -> Result<File, Refusal> {
    let shown = path.display();
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return Err(Refusal(format!("{shown} can't be a journal: it is not a file. Name one with --journal FILE")));
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(create);
    // It holds what services answered.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path);
    let file = file.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound if !create => {
            Refusal(format!("there is no journal {shown} to go on with: leave out --resume to begin"))
        }
        _ => Refusal(format!("can't write the journal {shown}: {error}. Name another place with --journal FILE")),
    })?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(Refusal(format!("another run is at work with {shown}: wait for its end"))),
        // Not every file system has locks.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
    }
}

/// Reads a journal, and leaves the file where it is to be written on; `None` if nothing was ever
/// written to it. A first line that is damaged is the one that this batch would write, if other lines
/// prove that.
fn read(file: &mut File, path: &Path, now: &Header) -> Result<Option<(Header, Ledger)>, Refusal> {
    let shown = path.display();
    let failed = |error: io::Error| Refusal(format!("can't read the journal {shown}: {error}"));
    let mut reader = BufReader::new(&*file);
    let mut line = Vec::new();
    (&mut reader).take(64 << 10).read_until(b'\n', &mut line).map_err(failed)?;
    // What begins a header and has no end was broken off; some file systems leave zeros then.
    let begun = line.starts_with(header::BEGINS) || header::BEGINS.starts_with(&line);
    let zeros = line.len() < 4096 && line.iter().all(|byte| *byte == 0);
    let torn = !line.ends_with(b"\n") && (begun || zeros);
    if torn {
        return Ok(None);
    }
    let begins = line.len() as u64;
    let (header, ledger, end) = match First::read(&line) {
        First::Header(header) => {
            let (ledger, end) = Ledger::read(&mut reader, begins, &header.seal()).map_err(failed)?;
            (*header, ledger, end)
        }
        First::Version(version) => {
            let (age, way) = match version < Header::VERSION {
                true => ("an older", "go on with that one"),
                false => ("a newer", "update this one"),
            };
            return Err(Refusal(format!(
                "{shown} is the journal of {age} version of plugin-host: {way}, or name another with --journal FILE"
            )));
        }
        First::None => {
            let (mut ledger, end) = Ledger::read(&mut reader, begins, &now.seal()).map_err(failed)?;
            if ledger.is_silent() {
                return Err(Refusal(format!(
                    "{shown} is there already and is not a journal of this batch: name another with --journal FILE"
                )));
            }
            ledger.damage.add(1);
            (Header { id: None, ..now.clone() }, ledger, end)
        }
    };
    // What was torn off at the end goes, so that nothing is written behind half a line.
    file.set_len(end).and_then(|()| file.seek(SeekFrom::Start(end))).map_err(failed)?;
    Ok(Some((header, ledger)))
}

#[cfg(test)]
#[path = "journal/tests.rs"]
mod tests;
