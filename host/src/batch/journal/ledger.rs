//! What the journal says of each row, in eight bytes a line of the input.

use std::fs::File;
use std::io::{self, BufRead, BufReader};

use serde_json::value::RawValue;

use super::entry::Line;
use crate::error::ActionError;

/// How a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Nothing was sent.
    New,
    /// A request was, or may have been, sent; nobody knows what became of it.
    Begun,
    /// It is done.
    Done,
    /// It failed, and would fail again.
    Failed,
    /// It failed, and is to be repeated.
    Open,
    /// It waits for an earlier row on the same subject.
    Held,
}

const MARKS: [Mark; 6] = [Mark::New, Mark::Begun, Mark::Done, Mark::Failed, Mark::Open, Mark::Held];

/// The marks of all rows, and where in the journal the line of each stands.
#[derive(Debug, Default)]
pub struct Ledger {
    /// By line of the input; the place in the journal times eight, plus the mark.
    rows: Vec<u64>,
    /// The hashes of the results that were, or were about to be, written.
    pub results: Vec<String>,
}

/// What became of a row, as the journal has it.
pub enum Past {
    /// Nothing is known.
    New,
    /// It was under way when everything ended.
    Begun,
    /// It is done, with this output.
    Done(Box<RawValue>),
    /// It failed.
    Failed(Box<ActionError>),
    /// It waits for the row of this line.
    Held(u64),
}

impl Ledger {
    /// How a row stands.
    pub fn mark(&self, row: u64) -> Mark {
        MARKS[(self.entry(row) & 7) as usize]
    }

    /// How many rows stand so.
    pub fn count(&self, mark: Mark) -> u64 {
        self.rows.iter().filter(|entry| *entry & 7 == mark as u64).count() as u64
    }

    /// Notes how a row stands by the line at `place` of the journal.
    pub fn set(&mut self, row: u64, mark: Mark, place: u64) {
        let row = usize::try_from(row).expect("a line that was read has a number that fits");
        if self.rows.len() <= row {
            self.rows.resize(row + 1, 0);
        }
        self.rows[row] = place << 3 | mark as u64;
    }

    fn entry(&self, row: u64) -> u64 {
        usize::try_from(row).ok().and_then(|row| self.rows.get(row)).copied().unwrap_or(0)
    }

    /// Reads the lines that begin at `place`, and returns where the last whole one ends.
    ///
    /// # Errors
    /// With `InvalidData` if a line before the last one is none.
    pub fn read(mut lines: impl BufRead, mut place: u64) -> io::Result<(Self, u64)> {
        let mut ledger = Self::default();
        let mut text = Vec::new();
        let mut number = 1;
        let mut broken = None;
        while lines.read_until(b'\n', &mut text)? != 0 {
            number += 1;
            match serde_json::from_slice::<Line>(&text) {
                Ok(line) if text.ends_with(b"\n") => {
                    if let Some(number) = broken {
                        let what = format!("line {number} of it can't be read");
                        return Err(io::Error::new(io::ErrorKind::InvalidData, what));
                    }
                    if let Some((row, mark)) = line.mark() {
                        // No input has so many lines; a wrong number must not fill the memory.
                        if row > u64::from(u32::MAX) {
                            let what = format!("line {number} of it can't be true");
                            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
                        }
                        ledger.set(row, mark, place);
                    }
                    ledger.results.extend(line.results);
                    place += text.len() as u64;
                }
                // Torn off, if nothing follows.
                _ => broken = broken.or(Some(number)),
            }
            text.clear();
        }
        Ok((ledger, place))
    }

    /// What the journal says of a row. Rows are best asked for in their order.
    ///
    /// # Errors
    /// If the journal can't be read.
    pub fn past(&self, row: u64, journal: &mut BufReader<&File>) -> io::Result<Past> {
        let (mark, place) = (self.mark(row), self.entry(row) >> 3);
        match mark {
            Mark::New => return Ok(Past::New),
            Mark::Begun => return Ok(Past::Begun),
            Mark::Done | Mark::Failed | Mark::Open | Mark::Held => {}
        }
        seek(journal, place)?;
        let mut text = String::new();
        journal.read_line(&mut text)?;
        let line: Line = serde_json::from_str(&text)?;
        Ok(match (mark, line.output, line.error, line.by) {
            (Mark::Done, output, _, _) => Past::Done(output.unwrap_or_default()),
            (_, _, Some(error), _) => Past::Failed(Box::new(error)),
            (_, _, _, Some(by)) => Past::Held(by),
            _ => Past::New,
        })
    }
}

/// Goes to a place without losing what was read ahead, if it is near.
fn seek(reader: &mut BufReader<&File>, place: u64) -> io::Result<()> {
    let here = io::Seek::stream_position(reader)?;
    reader.seek_relative(place.wrapping_sub(here).cast_signed())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::entry::Entry;
    use super::*;
    use crate::error::Effect;

    fn text(entries: &[(u64, Entry)]) -> String {
        entries.iter().map(|(row, entry)| serde_json::to_string(&Line::new(*row, entry)).unwrap() + "\n").collect()
    }

    #[test]
    fn the_last_line_of_a_row_counts_and_can_be_found_again() {
        let error = ActionError::internal("m", Effect::None);
        let text = text(&[
            (2, Entry::Begun),
            (4, Entry::Begun),
            (2, Entry::Done("{\"a\":1}")),
            (5, Entry::Failed(&error)),
            (3, Entry::Begun),
            (4, Entry::Unsent),
            (6, Entry::Held(5)),
        ]);
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        io::Seek::rewind(&mut file).unwrap();
        let (ledger, end) = Ledger::read(BufReader::new(&file), 0).unwrap();
        assert_eq!(end, text.len() as u64);
        let marks: Vec<_> = (1..8).map(|row| ledger.mark(row)).collect();
        assert_eq!(marks, [Mark::New, Mark::Done, Mark::Begun, Mark::New, Mark::Failed, Mark::Held, Mark::New]);
        assert_eq!((ledger.count(Mark::Done), ledger.count(Mark::Failed)), (1, 1));
        let mut journal = BufReader::new(&file);
        // Backwards too: results are read in the order of the input, not of the journal.
        assert!(matches!(ledger.past(6, &mut journal).unwrap(), Past::Held(5)));
        assert!(matches!(ledger.past(5, &mut journal).unwrap(), Past::Failed(found) if *found == error));
        assert!(matches!(ledger.past(2, &mut journal).unwrap(), Past::Done(output) if output.get() == "{\"a\":1}"));
        assert!(matches!(ledger.past(3, &mut journal).unwrap(), Past::Begun));
    }

    #[test]
    fn what_is_torn_off_at_the_end_is_left_out_and_damage_before_it_is_told() {
        let whole = text(&[(2, Entry::Begun), (2, Entry::Done("{}"))]);
        for torn in ["{\"done\":3,\"outp", "{\"done\":3,\"output\":{}}", "\0\0\0\0", "\0\0\n\0\n"] {
            let (ledger, end) = Ledger::read(format!("{whole}{torn}").as_bytes(), 10).unwrap();
            assert_eq!(
                (ledger.mark(2), ledger.mark(3), end),
                (Mark::Done, Mark::New, 10 + whole.len() as u64),
                "{torn}"
            );
        }
        let damaged = format!("{whole}garbage\n{whole}");
        assert!(Ledger::read(damaged.as_bytes(), 0).unwrap_err().to_string().contains("line 4"));
        assert!(Ledger::read(&b"{\"begun\":99999999999999}\n"[..], 0).is_err());
    }
}
