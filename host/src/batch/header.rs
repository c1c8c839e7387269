//! Where the header is: people put a title above it, and exports an empty line.

use std::cmp::Reverse;

use csv::ByteRecord;

/// The last line in which a header may begin.
pub const LAST: u64 = 20;

/// How much of a header's names means something.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fit {
    /// Whether nothing is missing.
    pub whole: bool,
    /// How many of its names are known.
    pub known: usize,
}

/// A row that may be the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The line on which it begins.
    pub line: u64,
    /// Its cells.
    pub cells: ByteRecord,
    /// How well it fits.
    pub fit: Fit,
}

impl Candidate {
    /// By what one is the header rather than another.
    pub fn rank(&self) -> impl Ord + use<> {
        (self.fit, Reverse(self.line), self.cells.len())
    }
}

/// The row that makes most sense as a header, the first of equals; or else the first of all.
///
/// # Errors
/// If no row could be read before the error.
pub fn find<E>(
    mut next: impl FnMut(&mut ByteRecord) -> Result<Option<u64>, E>,
    fit: &impl Fn(&ByteRecord) -> Fit,
) -> Result<Option<Candidate>, E> {
    let mut best: Option<Candidate> = None;
    loop {
        let mut cells = ByteRecord::new();
        let line = match next(&mut cells) {
            Ok(Some(line)) if line <= LAST => line,
            Ok(_) => return Ok(best),
            // Whoever reads on meets it again.
            Err(_) if best.is_some() => return Ok(best),
            Err(error) => return Err(error),
        };
        let found = Candidate { line, fit: fit(&cells), cells };
        if best.as_ref().is_none_or(|best| best.rank() < found.rank() && found.fit > best.fit) {
            best = Some(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find_in(rows: &[(u64, &[&str])]) -> Option<u64> {
        let fit = |cells: &ByteRecord| {
            let known = cells.iter().filter(|cell| [&b"id"[..], b"status"].contains(cell)).count();
            Fit { whole: known == 2, known }
        };
        let mut rows = rows.iter();
        let next = |cells: &mut ByteRecord| {
            let Some((line, row)) = rows.next() else {
                return Ok::<_, ()>(None);
            };
            *cells = ByteRecord::from(row.to_vec());
            Ok(Some(*line))
        };
        find(next, &fit).unwrap().map(|found| found.line)
    }

    #[test]
    fn the_header_is_the_first_row_that_makes_most_sense() {
        assert_eq!(find_in(&[]), None);
        assert_eq!(find_in(&[(2, &["x", "y", "z"]), (3, &["a"])]), Some(2));
        assert_eq!(find_in(&[(1, &["Orders"]), (3, &["id", "status"]), (4, &["id", "status"])]), Some(3));
        assert_eq!(find_in(&[(1, &["id"]), (5, &["id", "status"])]), Some(5));
        assert_eq!(find_in(&[(1, &["x"]), (LAST + 1, &["id", "status"])]), Some(1));
    }
}
