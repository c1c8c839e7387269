//! Which rows that failed for good are worth another try.

use std::collections::{HashMap, HashSet};
use std::io;

use super::journal::{Ledger, Mark};
use super::table::Table;

/// The rows that failed and may be repeated, by line, and how many may not: a later row on the same
/// subject is done, and repeating the earlier one would undo it.
///
/// # Errors
/// If the input can't be read.
pub fn again(table: &Table, ledger: &Ledger) -> io::Result<(HashSet<u64>, u64)> {
    let mut again = HashSet::new();
    let mut failed_on = HashMap::<u64, Vec<u64>>::new();
    let mut overtaken = 0;
    let mut rows = table.rows()?;
    while let Some(row) = rows.next()? {
        let mark = ledger.mark(row.line);
        if !matches!(mark, Mark::Failed | Mark::Begun | Mark::Done) {
            continue;
        }
        let subject = table.request(&row).ok().and_then(|request| request.subject);
        if mark == Mark::Done {
            for line in subject.and_then(|subject| failed_on.remove(&subject)).unwrap_or_default() {
                overtaken += u64::from(again.remove(&line));
            }
        } else {
            again.insert(row.line);
            if let Some(subject) = subject {
                failed_on.entry(subject).or_default().push(row.line);
            }
        }
    }
    Ok((again, overtaken))
}

#[cfg(test)]
mod tests {
    use super::super::names::tests::names;
    use super::super::spool::Spool;
    use super::super::table::Format;
    use super::*;

    #[test]
    fn a_failed_row_is_repeated_unless_a_later_one_on_its_subject_is_done() {
        let text = "id,status\n1,a\n2,a\n1,b\n2,b\n3,a\n4,a\n";
        let table =
            Table::survey(Spool::copy(text.as_bytes(), None).unwrap(), Format::Csv, None, names(&[], &[]), Some("id"));
        let mut ledger = Ledger::default();
        for (line, mark) in [(2, Mark::Failed), (3, Mark::Done), (4, Mark::Done), (5, Mark::Failed), (6, Mark::Failed)]
        {
            ledger.set(line, mark, 0);
        }
        assert_eq!(again(&table.ok().unwrap(), &ledger).unwrap(), (HashSet::from([5, 6]), 1));
    }
}
