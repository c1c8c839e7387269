//! Items that wait for the last of them: which columns there are, and how wide, is known only then.

use std::io::{self, BufRead, BufReader, Seek, Write};

use plugin_host_core::text;
use serde_json::value::RawValue;
use tempfile::SpooledTempFile;

use crate::cli::failure::Failure;

/// So much is kept in memory, and what is more on the disk.
const IN_MEMORY: usize = 8 << 20;

/// Items in their order. Nothing is left of them when the process ends, however it ends.
pub struct Spool {
    file: SpooledTempFile,
    /// How many there are.
    pub count: u64,
}

impl Spool {
    /// With nothing in it.
    pub fn new() -> Self {
        Self { file: tempfile::spooled_tempfile(IN_MEMORY), count: 0 }
    }

    /// With these items in it.
    ///
    /// # Errors
    /// If there is no place for them.
    pub fn of(items: &[Box<RawValue>]) -> Result<Self, Failure> {
        let mut spool = Self::new();
        items.iter().try_for_each(|item| spool.add(item))?;
        Ok(spool)
    }

    /// Adds an item.
    ///
    /// # Errors
    /// If there is no place for it.
    pub fn add(&mut self, item: &RawValue) -> Result<(), Failure> {
        self.count += 1;
        self.file.write_all(line(item).as_bytes()).map_err(unkept)
    }

    /// The items from the first on.
    ///
    /// # Errors
    /// If they can't be read again.
    pub fn items(&mut self) -> Result<impl Iterator<Item = Result<Box<RawValue>, Failure>> + '_, Failure> {
        self.file.rewind().map_err(unkept)?;
        let item = |line: io::Result<String>| Ok(RawValue::from_string(line.map_err(unkept)?).unwrap_or_default());
        Ok(BufReader::new(&mut self.file).lines().map(item))
    }
}

/// An item on a line of its own: a line break in JSON is a blank.
pub fn line(item: &RawValue) -> String {
    text::printable_json(item.get()).replace(['\r', '\n'], " ") + "\n"
}

fn unkept(error: io::Error) -> Failure {
    Failure::Unprinted { why: format!("a temporary file can't keep the items: {error}"), done: None }
}
