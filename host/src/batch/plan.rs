//! What is to become of each row in a run that goes on with a journal.

use std::collections::HashMap;
use std::io;

use plugin_host_core::retry::Repetition;
use plugin_host_core::subject::Subject;

use super::journal::{Ledger, Mark};
use super::table::Table;

/// What is to become of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is settled: done, or failed in a way that is not to be tried again.
    Skip,
    /// It is to be sent.
    Send,
    /// It may have been sent, and sending it again may do it twice: a person has to look.
    Doubt,
    /// It is not to be sent any more: the later row of this line, on the same subject, is done, and
    /// would be undone.
    Superseded(u64),
}

/// What is to become of each row.
#[derive(Debug)]
pub struct Plan {
    /// Whether a person has asked for all rows to be tried again that are not done.
    retry_failed: bool,
    repetition: Repetition,
    /// By line, those that a later row on the same subject has overtaken, with that one's line.
    overtaken: HashMap<u64, u64>,
    /// How many rows are settled.
    pub settled: u64,
    /// How many rows that failed were to be tried again, and can't be: a later row is done.
    pub passed_over: u64,
}

impl Plan {
    /// For a batch that begins.
    pub fn begin(repetition: Repetition) -> Self {
        Self { retry_failed: false, repetition, overtaken: HashMap::new(), settled: 0, passed_over: 0 }
    }

    /// For a batch that goes on, and repeats with `retry_failed` what failed for good as well.
    ///
    /// # Errors
    /// If the input can't be read.
    pub fn resume(table: &Table, ledger: &Ledger, repetition: Repetition, retry_failed: bool) -> io::Result<Self> {
        let mut plan = Self { retry_failed, ..Self::begin(repetition) };
        // Rows that may have been sent before a later one on their subject was done.
        let mut unsettled = HashMap::<Subject, Vec<u64>>::new();
        let mut rows = table.rows()?;
        while let Some(row) = rows.next()? {
            let mark = ledger.mark(row.line);
            match (mark, plan.step(row.line, mark)) {
                (Mark::New, _) => continue,
                (Mark::Done, _) => plan.settled += 1,
                (_, Step::Skip) => {
                    plan.settled += 1;
                    continue;
                }
                _ => {}
            }
            if mark == Mark::Done && unsettled.is_empty() {
                continue;
            }
            let Some(subject) = table.request(&row).ok().and_then(|request| request.subject) else {
                continue;
            };
            if mark != Mark::Done {
                unsettled.entry(subject).or_default().push(row.line);
                continue;
            }
            for line in unsettled.remove(&subject).unwrap_or_default() {
                let failed = u64::from(ledger.mark(line) == Mark::Failed);
                plan.overtaken.insert(line, row.line);
                plan.settled += failed;
                plan.passed_over += failed;
            }
        }
        Ok(plan)
    }

    /// What is to become of the row of a line that stands so.
    pub fn step(&self, line: u64, mark: Mark) -> Step {
        match (mark, self.overtaken.get(&line)) {
            (Mark::Done, _) | (Mark::Failed, Some(_)) => Step::Skip,
            (_, Some(by)) => Step::Superseded(*by),
            (Mark::Failed, None) if !self.retry_failed => Step::Skip,
            (Mark::Begun, None) if !self.retry_failed && !self.repetition.is_harmless() => Step::Doubt,
            (Mark::New | Mark::Failed | Mark::Begun | Mark::Open | Mark::Held, None) => Step::Send,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::names::tests::names;
    use super::super::spool::Spool;
    use super::super::table::Format;
    use super::*;
    use Mark::{Begun, Done, Failed, Held, New, Open};

    /// The steps of rows on these subjects that stand so, with the settled and the passed over.
    fn plan(rows: &[(&str, Mark)], repetition: Repetition, retry_failed: bool) -> (Vec<Step>, u64, u64) {
        let text: String = rows.iter().map(|(id, _)| format!("{id},a\n")).collect();
        let spool = Spool::copy(format!("id,status\n{text}").as_bytes(), None).unwrap();
        let table = Table::survey(spool, Format::Csv, None, names(&[], &[]), Some("id")).ok().unwrap();
        let mut ledger = Ledger::default();
        for (line, (_, mark)) in (2..).zip(rows) {
            ledger.set(line, *mark, 0);
        }
        let plan = Plan::resume(&table, &ledger, repetition, retry_failed).unwrap();
        let steps = (2..).zip(rows).map(|(line, (_, mark))| plan.step(line, *mark)).collect();
        (steps, plan.settled, plan.passed_over)
    }

    #[test]
    fn a_row_is_sent_again_unless_it_is_settled_or_a_later_one_on_its_subject_is_done() {
        use Step::{Send, Skip, Superseded};
        let rows = [("1", Failed), ("2", Done), ("001", Done), ("2", Failed), ("3", Failed), ("4", New)];
        let idempotent = |rows: &[_], retry| plan(rows, Repetition::Idempotent, retry);
        assert_eq!(idempotent(&rows, false), (vec![Skip, Skip, Skip, Skip, Skip, Send], 5, 0));
        assert_eq!(idempotent(&rows, true), (vec![Skip, Skip, Skip, Send, Send, Send], 3, 1));
        let rows = [("7", Open), ("8", Begun), ("9", Held), ("007", Done), ("8.0", Done), ("9", Done), ("8", Begun)];
        let steps = vec![Superseded(5), Superseded(6), Superseded(7), Skip, Skip, Skip, Send];
        assert_eq!(idempotent(&rows, false), (steps.clone(), 3, 0));
        assert_eq!(idempotent(&rows, true), (steps, 3, 0));
    }

    #[test]
    fn what_was_under_way_is_sent_again_unasked_only_if_that_does_no_harm() {
        let rows = [("1", Begun), ("2", Open), ("3", Held), ("4", New)];
        for (repetition, step) in
            [(Repetition::Read, Step::Send), (Repetition::Idempotent, Step::Send), (Repetition::Harmful, Step::Doubt)]
        {
            assert_eq!(plan(&rows, repetition, false), (vec![step, Step::Send, Step::Send, Step::Send], 0, 0));
        }
        assert_eq!(plan(&rows, Repetition::Harmful, true).0, [Step::Send; 4]);
    }

    #[test]
    fn rows_that_were_all_under_way_settle_nothing() {
        assert_eq!(plan(&[("1", Begun), ("2", Begun), ("3", Begun)], Repetition::Harmful, true).1, 0);
    }
}
