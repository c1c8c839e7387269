use std::fs;

use super::header::tests::header;
use super::*;
use crate::error::{ActionError, Effect};

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

#[test]
fn a_journal_that_is_there_is_not_begun_again_and_both_ways_on_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j");
    drop(write(Journal::begin(&path, &header()).unwrap(), &[(2, Entry::Done("{}"))]).unwrap());
    let refusal = Journal::begin(&path, &header()).err().unwrap().0;
    for part in ["1 of the 3 rows of orders.csv are done", "--resume", "move it away"] {
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
    let whole = serde_json::to_string(&header()).unwrap();
    for torn in ["", "{", "{\"journal\":1,", &whole] {
        fs::write(&path, torn).unwrap();
        assert!(resume(&path).is_ok(), "{torn}");
        fs::write(&path, torn).unwrap();
        assert!(Journal::begin(&path, &header()).is_ok(), "{torn}");
    }
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
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("{text}{{\"done\":4,\"output\":{{}}}}\n"));
}

#[test]
fn a_file_that_is_no_journal_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.csv");
    for text in ["id,status\n1,paid\n", "x", "{\"journal\":1,\"x\":2}\n"] {
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
    let journal = Journal { file: File::open(&path).unwrap(), ledger: Ledger::default(), durable: true };
    let writer = journal.writer().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for row in [2, 3] {
        assert!(runtime.block_on(writer.record(row, &Entry::Begun)).is_err());
        assert_eq!(writer.mark(row), Mark::New);
    }
}
