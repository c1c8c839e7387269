use std::fs;

use plugin_host_core::error::{ActionError, Effect};

use super::header::tests::header;
use super::*;

fn write(journal: Journal, entries: &[(u64, Entry)]) -> Result<writer::Finished, Broken> {
    let writer = journal.writer().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for (row, entry) in entries {
        runtime.block_on(writer.record(*row, entry))?;
    }
    Ok(writer.finish())
}

fn resume(path: &Path) -> Result<Ledger, String> {
    Journal::resume(path, &header()).map(|(journal, _)| journal.ledger).map_err(|refusal| refusal.0)
}

#[test]
fn a_journal_is_gone_on_with_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    let journal = Journal::begin(&path, &header()).unwrap();
    drop(write(journal, &[(2, Entry::Begun), (2, Entry::Done("{}")), (3, Entry::Begun)]).unwrap());
    let (journal, _) = Journal::resume(&path, &header()).unwrap();
    assert_eq!((journal.ledger().mark(2), journal.ledger().mark(3)), (Mark::Done, Mark::Begun));
    let failed = ActionError::internal("m", Effect::None);
    drop(write(journal, &[(3, Entry::Failed(&failed))]).unwrap());
    assert_eq!(resume(&path).unwrap().mark(3), Mark::Failed);
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_a_journal() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    drop(Journal::begin(&path, &header()).unwrap());
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o077, 0);
}

#[test]
fn a_journal_that_is_there_is_not_begun_again_and_both_ways_on_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    drop(write(Journal::begin(&path, &header()).unwrap(), &[(2, Entry::Done("{}"))]).unwrap());
    let refusal = Journal::begin(&path, &header()).err().unwrap().0;
    for part in ["1 of the 3 rows of orders.csv are done", "--resume", "move it and the results away"] {
        assert!(refusal.contains(part), "{part} is not in {refusal}");
    }
}

#[test]
fn without_a_journal_there_is_nothing_to_go_on_with() {
    let folder = tempfile::tempdir().unwrap();
    assert!(resume(&folder.path().join("j")).unwrap_err().contains("leave out --resume"));
}

#[test]
fn a_journal_whose_first_line_was_torn_off_was_never_begun() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    let whole = header().line().trim_end().to_owned();
    for torn in ["{", "{\"journal\":2,", "\0\0\0", &whole] {
        fs::write(&path, torn).unwrap();
        assert!(resume(&path).is_ok(), "{torn}");
        fs::write(&path, torn).unwrap();
        assert!(Journal::begin(&path, &header()).is_ok(), "{torn}");
    }
}

#[test]
fn an_empty_journal_is_begun_and_not_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    fs::write(&path, "").unwrap();
    let refusal = resume(&path).unwrap_err();
    assert!(refusal.contains("is empty") && refusal.contains("leave out --resume to begin"), "{refusal}");
    assert_eq!(fs::read(&path).unwrap(), b"");
    assert!(Journal::begin(&path, &header()).is_ok());
}

#[test]
fn what_was_torn_off_is_not_written_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    drop(write(Journal::begin(&path, &header()).unwrap(), &[(2, Entry::Done("{}"))]).unwrap());
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{text}{{\"done\":3,\"outp")).unwrap();
    let (journal, _) = Journal::resume(&path, &header()).unwrap();
    drop(write(journal, &[(4, Entry::Done("{}"))]).unwrap());
    assert_eq!(fs::read_to_string(&path).unwrap(), text + &header().seal().line("{\"done\":4,\"output\":{}}"));
}

#[test]
fn a_file_that_is_no_journal_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.csv");
    for text in ["id,status\n1,paid\n", "x", "{\"journal\":2,\"x\":2}\n"] {
        fs::write(&path, text).unwrap();
        assert!(Journal::begin(&path, &header()).err().unwrap().0.contains("is not a journal"));
        assert!(resume(&path).unwrap_err().contains("is not a journal"));
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn two_runs_do_not_share_a_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    let first = Journal::begin(&path, &header()).unwrap();
    assert!(resume(&path).unwrap_err().contains("another run"));
    assert!(Journal::begin(&path, &header()).err().unwrap().0.contains("another run"));
    drop(first);
    assert!(resume(&path).is_ok());
}

#[test]
fn what_can_not_be_written_is_told_to_all_who_wait() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    drop(Journal::begin(&path, &header()).unwrap());
    // Opened for reading alone: every write fails.
    let journal = Journal::of(File::open(&path).unwrap(), &header(), true);
    let writer = journal.writer().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for row in [2, 3] {
        assert!(runtime.block_on(writer.record(row, &Entry::Begun)).is_err());
        assert_eq!(writer.mark(row), Mark::New);
    }
}

#[test]
fn a_journal_of_another_version_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    for (version, way) in [(1, "an older version"), (3, "a newer version")] {
        let text = format!("{{\"journal\":{version},\"plugin\":\"p\"}}\n{{\"done\":2}}\n");
        fs::write(&path, &text).unwrap();
        assert!(resume(&path).unwrap_err().contains(way));
        assert!(Journal::begin(&path, &header()).err().unwrap().0.contains(way));
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn wherever_a_page_is_damaged_the_other_lines_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    let output = format!("\"{}\"", "x".repeat(80));
    let entries: Vec<_> = (2..302).map(|row| (row, Entry::Done(&output))).collect();
    let writer = Journal::begin(&path, &header()).unwrap().writer().unwrap();
    let written: Vec<_> = entries.iter().map(|(row, entry)| writer.record(*row, entry)).collect();
    drop(writer.finish());
    drop(written);
    let whole = fs::read(&path).unwrap();
    assert!(whole.len() > 5 * 4096);
    for page in 0..whole.len() / 4096 {
        for fill in [0, b'x'] {
            let mut damaged = whole.clone();
            damaged[page * 4096..(page + 1) * 4096].fill(fill);
            fs::write(&path, &damaged).unwrap();
            let ledger = resume(&path).unwrap();
            let done = (2..302).filter(|row| ledger.mark(*row) == Mark::Done).count();
            assert!(done >= 300 - 4096 / 100 - 2, "page {page}: {done}");
            assert!((2..302).all(|row| matches!(ledger.mark(row), Mark::Done | Mark::Begun)));
            assert!(ledger.damage.is_any(), "page {page}");
        }
    }
}
