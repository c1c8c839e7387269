//! Which files of a folder packages have left there, so that only those are replaced.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use toolchain::bundle::sha256;

/// In the format of `sha256sum`.
pub const FILE: &str = ".packages.sha256";

/// Hashes by the paths of the files in the folder. A file has two where its replacement was broken off.
#[derive(Debug, Default)]
pub struct Record(BTreeMap<String, BTreeSet<String>>);

impl Record {
    /// What was noted in a folder; nothing if it is not there.
    pub fn read(folder: &Path) -> Self {
        let text = fs::read_to_string(folder.join(FILE)).unwrap_or_default();
        let mut record = Self::default();
        for (hash, path) in text.lines().filter_map(|line| line.split_once("  ")) {
            record.0.entry(path.to_owned()).or_default().insert(hash.to_owned());
        }
        record
    }

    /// Notes what a file is to hold, besides what it may hold now.
    pub fn add(&mut self, path: &str, content: &[u8]) {
        self.0.entry(path.to_owned()).or_default().insert(sha256(content));
    }

    /// Notes what a file holds, and nothing else.
    pub fn set(&mut self, path: &str, content: &[u8]) {
        self.0.insert(path.to_owned(), BTreeSet::from([sha256(content)]));
    }

    /// Forgets a file.
    pub fn remove(&mut self, path: &str) {
        self.0.remove(path);
    }

    /// The files, by their paths in the folder.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether that is what a package left there.
    pub fn is_own(&self, path: &str, content: &[u8]) -> bool {
        self.0.get(path).is_some_and(|hashes| hashes.contains(&sha256(content)))
    }

    /// As a file.
    pub fn text(&self) -> String {
        let lines = |(path, hashes): (&String, &BTreeSet<String>)| {
            hashes.iter().map(|hash| format!("{hash}  {path}\n")).collect::<String>()
        };
        self.0.iter().map(lines).collect()
    }
}
