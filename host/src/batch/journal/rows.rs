//! A number for each line of an input, in pages: what a journal says of a line makes room for that line's page
//! alone, however large the line's number is.

use std::collections::BTreeMap;

/// So many lines are kept together. A sealed line of a journal is as long as four of their numbers, so that a journal
/// of which each line names another page takes ten times its own length, and one that names all lines nine bytes for
/// each.
const PAGE: u64 = 32;

/// The numbers; 0 where none was set.
#[derive(Debug, Default)]
pub struct Rows(BTreeMap<u64, Box<[u64; PAGE as usize]>>);

impl Rows {
    /// Whether none was ever set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// That of a line.
    pub fn get(&self, line: u64) -> u64 {
        self.0.get(&(line / PAGE)).map_or(0, |page| page[(line % PAGE) as usize])
    }

    /// Sets that of a line.
    pub fn set(&mut self, line: u64, number: u64) {
        let page = self.0.entry(line / PAGE).or_insert_with(|| Box::new([0; PAGE as usize]));
        page[(line % PAGE) as usize] = number;
    }

    /// All that were set, and zeros between them.
    pub fn iter(&self) -> impl Iterator<Item = u64> {
        self.0.values().flat_map(|page| page.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_makes_room_for_its_page_alone_and_has_its_own_number() {
        let mut rows = Rows::default();
        assert!(rows.is_empty());
        for line in [0, 31, 32, u64::from(u32::MAX), u64::MAX] {
            rows.set(line, line ^ 5);
        }
        rows.set(32, 7);
        assert_eq!([0, 1, 31, 32, 33].map(|line| rows.get(line)), [5, 0, 26, 7, 0]);
        assert_eq!((rows.get(u64::MAX), rows.get(u64::MAX - 1)), (u64::MAX ^ 5, 0));
        assert_eq!((rows.0.len(), rows.iter().filter(|number| *number > 0).count()), (4, 5));
    }
}
