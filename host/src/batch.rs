//! A whole file of calls: the shipping day.
//!
//! Data goes one way: the input is copied ([`Spool`]) and read once to be counted and checked
//! ([`Table`], [`Names`]); where a journal is gone on with, the [`Plan`] says what is to become of each
//! row; then the rows are sent ([`Run`]) while the [`journal`] notes what becomes
//! of each; and at the end results are written from input and journal ([`results`], [`Target`]). Rows
//! are read one by one, so the memory does not grow with the file, but for eight bytes a line; rows that
//! make one input ([`group`]) one group at a time, with 24 bytes more a group while they are counted.

mod breaker;
mod check;
mod claims;
mod csv;
mod disk;
pub mod encoding;
mod group;
mod header;
pub mod journal;
mod json_lines;
mod lanes;
mod layout;
mod lines;
mod names;
mod ods;
mod outcome;
mod plan;
mod request;
pub mod results;
mod row;
mod run;
mod sheet;
mod spool;
mod spreadsheet;
mod table;
mod tally;
mod target;
mod workbook;

use std::io;

pub use check::check;
pub use names::Names;
pub use plan::Plan;
pub use run::{End, Fate, Run};
pub use spool::{Kind, Spool};
pub use table::{Format, Table};
pub use tally::Tally;
pub use target::Target;

/// A batch can't begin. Nothing was sent; the text says why and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

#[cfg(test)]
mod properties;
