//! What the journal says of each row, in nine bytes a line of the input.

use std::fs::File;
use std::io::{self, BufRead, BufReader};

use plugin_host_core::error::ActionError;
use serde_json::value::RawValue;

use super::entry::{Line, Mark};
use super::rows::Rows;
use super::sum::Seal;

const MARKS: [Mark; 6] = [Mark::New, Mark::Begun, Mark::Done, Mark::Failed, Mark::Open, Mark::Held];

/// No input has so many lines.
const MOST: u64 = u32::MAX as u64;

/// The marks of all rows, and where in the journal the line of each stands.
#[derive(Debug, Default)]
pub struct Ledger {
    /// By line of the input; the place in the journal times eight, plus the mark.
    rows: Rows,
    /// The hashes of the results that were, or were about to be, written.
    pub results: Vec<String>,
    /// What of the journal can't be read.
    pub damage: Damage,
}

/// What of a journal can't be read.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Damage {
    /// So many lines.
    pub lines: u64,
    /// The first of them, counted from 1.
    pub first: u64,
}

impl Damage {
    /// Whether there is any.
    pub fn is_any(self) -> bool {
        self.lines > 0
    }

    pub(super) fn add(&mut self, line: u64) {
        if self.lines == 0 || line < self.first {
            self.first = line;
        }
        self.lines += 1;
    }
}

/// What became of a row, as the journal has it.
pub enum Past {
    /// Nothing was sent.
    New,
    /// It was under way when everything ended, or nobody knows any more.
    Begun,
    /// It is done, with this output.
    Done(Box<RawValue>),
    /// It failed, and that is how it stands.
    Failed(Box<ActionError>),
    /// It failed, and is to be repeated.
    Open(Box<ActionError>),
    /// It waits for the row of this line.
    Held(u64),
}

impl Ledger {
    /// How a row stands. A damaged journal does not prove of any row that nothing was sent: what it
    /// says nothing of may have been on the lines that are lost.
    pub fn mark(&self, row: u64) -> Mark {
        match MARKS[(self.rows.get(row) & 7) as usize] {
            Mark::New if self.damage.is_any() => Mark::Begun,
            mark => mark,
        }
    }

    /// Whether it says nothing of any row.
    pub fn is_silent(&self) -> bool {
        self.rows.is_empty() && self.results.is_empty()
    }

    /// How many rows the journal itself says so of.
    pub fn count(&self, mark: Mark) -> u64 {
        self.rows.iter().filter(|entry| entry & 7 == mark as u64).count() as u64
    }

    /// Notes how a row stands by the line at `place` of the journal.
    pub fn set(&mut self, row: u64, mark: Mark, place: u64) {
        self.rows.set(row, place << 3 | mark as u64);
    }

    /// Reads the lines behind the first, which begin at `place`, and returns where those end that
    /// are to stay. Lines that do not prove themselves are passed over, and counted.
    ///
    /// What is no whole line at the end, or nothing but zeros, was torn off by a crash: it was not on
    /// the disk when anyone relied on it, and is no damage.
    ///
    /// # Errors
    /// If the journal can't be read.
    pub fn read(mut lines: impl BufRead, mut place: u64, seal: &Seal) -> io::Result<(Self, u64)> {
        let mut ledger = Self::default();
        let mut text = Vec::new();
        let (mut number, mut end, mut zeros) = (1, place, Vec::new());
        while lines.read_until(b'\n', &mut text)? != 0 {
            number += 1;
            place += text.len() as u64;
            let is = |bytes: &[u8]| text.iter().all(|byte| bytes.contains(byte));
            if text.ends_with(b"\n") && !is(b"\r\n ") {
                if is(b"\0\r\n ") {
                    zeros.push(number);
                } else {
                    zeros.drain(..).for_each(|line| ledger.damage.add(line));
                    if !ledger.take(&text, place - text.len() as u64, seal) {
                        ledger.damage.add(number);
                    }
                    end = place;
                }
            }
            text.clear();
        }
        Ok((ledger, end))
    }

    /// Takes in a line; tells whether it is one.
    fn take(&mut self, text: &[u8], place: u64, seal: &Seal) -> bool {
        if !seal.proves(text) {
            return false;
        }
        let Ok(line) = serde_json::from_slice::<Line>(text) else {
            return false;
        };
        match line.mark() {
            Some((row, _)) if row > MOST => return false,
            Some((row, mark)) => self.set(row, mark, place),
            None => {}
        }
        self.results.extend(line.results);
        true
    }

    /// What the journal says of a row. Rows are best asked for in their order.
    ///
    /// # Errors
    /// If the journal can't be read.
    pub fn past(&self, row: u64, journal: &mut BufReader<&File>) -> io::Result<Past> {
        let (mark, place) = (self.mark(row), self.rows.get(row) >> 3);
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
            (Mark::Open, _, Some(error), _) => Past::Open(Box::new(error)),
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

    use plugin_host_core::error::Effect;

    use super::super::entry::Entry;
    use super::*;

    fn text(entries: &[(u64, Entry)]) -> String {
        let line = |(row, entry): &(u64, Entry)| serde_json::to_string(&Line::new(*row, entry)).unwrap();
        entries.iter().map(|entry| Seal::default().line(&line(entry))).collect()
    }

    fn read(text: &str, place: u64) -> (Ledger, u64) {
        Ledger::read(text.as_bytes(), place, &Seal::default()).unwrap()
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
            (7, Entry::Open(&error)),
            (6, Entry::Held(5)),
        ]);
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        io::Seek::rewind(&mut file).unwrap();
        let (ledger, end) = Ledger::read(BufReader::new(&file), 0, &Seal::default()).unwrap();
        assert_eq!((end, ledger.damage), (text.len() as u64, Damage::default()));
        let marks: Vec<_> = (1..8).map(|row| ledger.mark(row)).collect();
        use Mark::{Begun, Done, Failed, Held, New, Open};
        assert_eq!(marks, [New, Done, Begun, Begun, Failed, Held, Open]);
        assert_eq!((ledger.count(Mark::Done), ledger.count(Mark::Failed)), (1, 1));
        let mut journal = BufReader::new(&file);
        // Backwards too: results are read in the order of the input, not of the journal.
        assert!(matches!(ledger.past(6, &mut journal).unwrap(), Past::Held(5)));
        assert!(matches!(ledger.past(7, &mut journal).unwrap(), Past::Open(found) if *found == error));
        assert!(matches!(ledger.past(5, &mut journal).unwrap(), Past::Failed(found) if *found == error));
        assert!(matches!(ledger.past(2, &mut journal).unwrap(), Past::Done(output) if output.get() == "{\"a\":1}"));
        assert!(matches!(ledger.past(3, &mut journal).unwrap(), Past::Begun));
    }

    #[test]
    fn what_is_torn_off_at_the_end_is_left_out_and_no_damage() {
        let whole = text(&[(2, Entry::Begun), (2, Entry::Done("{}"))]);
        let third = text(&[(3, Entry::Done("{}"))]);
        for torn in ["{\"done\":3,\"outp", third.trim_end(), "\0\0\0\0", "\0\0\n\0\n", "\n\n"] {
            let (ledger, end) = read(&format!("{whole}{torn}"), 10);
            assert_eq!(
                (ledger.mark(2), ledger.mark(3), end),
                (Mark::Done, Mark::New, 10 + whole.len() as u64),
                "{torn}"
            );
        }
    }

    #[test]
    fn a_line_is_taken_at_its_word_and_reserves_nothing_for_those_before_it() {
        // The last that there can be, and as many lines as there are numbers of lines far from each other.
        let mut far: Vec<_> = (1..=1000).map(|nth| (nth * (MOST / 1000), Entry::Begun)).collect();
        far.push((MOST, Entry::Done("{}")));
        let (ledger, _) = read(&text(&far), 0);
        assert_eq!(
            (ledger.mark(MOST), ledger.mark(far[7].0), ledger.mark(far[7].0 + 1)),
            (Mark::Done, Mark::Begun, Mark::New)
        );
        assert_eq!((ledger.count(Mark::Begun), ledger.count(Mark::Done), ledger.damage), (1000, 1, Damage::default()));
    }

    #[test]
    fn damage_loses_no_other_line_and_proves_of_no_row_that_nothing_was_sent() {
        let whole = text(&[(2, Entry::Begun), (2, Entry::Done("{}"))]);
        let untrue = text(&[(99_999_999_999_999, Entry::Begun)]);
        let flipped = text(&[(3, Entry::Done("{}"))]).replace("done", "dona");
        for damaged in ["garbage\n", "{\"done\":3,\"output\":{}}\n", &untrue, &flipped, "\0\0x\n\0\n"] {
            let behind = text(&[(4, Entry::Done("{}"))]);
            for text in [format!("{whole}{damaged}{behind}"), format!("{whole}{behind}{damaged}")] {
                let (ledger, end) = read(&text, 0);
                assert_eq!((ledger.mark(2), ledger.mark(4)), (Mark::Done, Mark::Done), "{text}");
                assert_eq!(ledger.mark(3), Mark::Begun, "{text}");
                assert!(ledger.damage.lines >= 1 && ledger.damage.first > 1, "{text}");
                assert!(end >= text.trim_end_matches(['\0', '\n']).len() as u64, "what is damaged stays");
            }
        }
        let (ledger, _) = read(&format!("\0\0\n{whole}"), 0);
        assert_eq!((ledger.damage, ledger.mark(2)), (Damage { lines: 1, first: 2 }, Mark::Done));
    }
}
