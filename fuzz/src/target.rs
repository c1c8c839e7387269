//! Something that reads bytes from outside.

use crate::seeds::Seeds;

/// Something that reads bytes from outside.
#[derive(Clone, Copy)]
pub struct Target {
    /// What it is called by.
    pub name: &'static str,
    /// Adds bytes to begin with, from the tests' files.
    pub seeds: fn(&mut Seeds),
    /// Panics if something does not hold.
    pub run: fn(&[u8]),
}

impl Target {
    /// All bytes to begin with, and those that once made it fail.
    pub fn all_seeds(&self) -> Vec<Vec<u8>> {
        let mut seeds = Seeds::default();
        (self.seeds)(&mut seeds);
        seeds.files(&format!("fuzz/regressions/{}", self.name), |_| true);
        seeds.into_all()
    }
}

/// The first byte, which chooses, and the others.
pub fn choice(data: &[u8]) -> (usize, &[u8]) {
    data.split_first().map_or((0, data), |(first, rest)| (usize::from(*first), rest))
}
