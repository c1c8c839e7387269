//! A journal, for who only looks at it: nothing of it is changed, and no run is kept from it.

use std::fs::{File, TryLockError};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::entry::Mark;
use super::header::{BEGINS, First, Header};
use super::ledger::{Damage, Ledger};

/// What a file is, looked at as a journal.
#[derive(Debug)]
pub enum Found {
    /// It is none.
    None,
    /// A run writes it now.
    InUse,
    /// Its run was broken off before it sent anything.
    Unbegun,
    /// It is that of another version of the format.
    OtherVersion(u32),
    /// What it tells of its rows.
    Told(Box<Told>),
}

/// What a journal tells.
#[derive(Debug)]
pub struct Told {
    /// What it is the journal of.
    pub header: Header,
    /// So many rows are done.
    pub done: u64,
    /// So many failed, and that is how it stands.
    pub failed: u64,
    /// What of it can't be read.
    pub damage: Damage,
}

/// Looks at a file.
///
/// # Errors
/// If it can't be read.
pub fn look(path: &Path) -> io::Result<Found> {
    if !path.metadata()?.is_file() {
        return Ok(Found::None);
    }
    let file = File::open(path)?;
    // Where there are no locks, it is read as it is.
    if matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)) {
        return Ok(Found::InUse);
    }
    let mut reader = BufReader::new(&file);
    let mut line = Vec::new();
    (&mut reader).take(64 << 10).read_until(b'\n', &mut line)?;
    if line.is_empty() || (!line.ends_with(b"\n") && line.starts_with(BEGINS)) {
        return Ok(Found::Unbegun);
    }
    let header = match First::read(&line) {
        First::Header(header) => *header,
        First::Version(version) if line.starts_with(BEGINS) => return Ok(Found::OtherVersion(version)),
        First::Version(_) | First::None => return Ok(Found::None),
    };
    let (ledger, _) = Ledger::read(&mut reader, line.len() as u64, &header.seal())?;
    let count = |mark| ledger.count(mark);
    Ok(Found::Told(Box::new(Told {
        done: count(Mark::Done),
        failed: count(Mark::Failed),
        damage: ledger.damage,
        header,
    })))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::header::tests::header;
    use super::super::{Entry, Journal};
    use super::*;

    #[test]
    fn a_journal_tells_how_its_rows_stand_and_is_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("orders.csv.journal");
        let writer = Journal::begin(&path, &header()).unwrap().writer().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(writer.record(2, &Entry::Done("{}"))).unwrap();
        assert!(matches!(look(&path).unwrap(), Found::InUse));
        drop(writer.finish());
        let before = fs::read(&path).unwrap();
        let Found::Told(told) = look(&path).unwrap() else { panic!() };
        assert_eq!((told.done, told.failed, told.header.rows, told.damage.is_any()), (1, 0, 3, false));
        assert_eq!(fs::read(&path).unwrap(), before);
        fs::write(&path, [&before[..], b"{\"done\":3}\n"].concat()).unwrap();
        assert!(matches!(look(&path).unwrap(), Found::Told(told) if told.damage.lines == 1));
        for (text, is) in [
            ("", "Unbegun"),
            ("{\"journal\":", "Unbegun"),
            ("{\"journal\":1}\n", "OtherVersion(1)"),
            ("bill_id,status\n", "None"),
        ] {
            fs::write(&path, text).unwrap();
            assert_eq!(format!("{:?}", look(&path).unwrap()), is, "{text}");
        }
    }
}
