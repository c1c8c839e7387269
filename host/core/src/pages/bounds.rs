//! How much of a search is wanted, and why there is no more of it.

use crate::error::ActionError;

/// How much of a search is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bounds {
    /// So many items at most; without it, all.
    pub items: Option<u64>,
    /// So many pages at most. A search that has more is an error, so that nobody takes a part for the
    /// whole.
    pub pages: u32,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { items: None, pages: 1000 }
    }
}

impl Bounds {
    setters! { items: Option<u64>, pages: u32 }
}

/// Why a search did not come to its end. What was read before is right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PagesError {
    /// A page could not be read.
    #[error(transparent)]
    Action(#[from] Box<ActionError>),
    /// There are more pages than were wanted.
    #[error("there is more after {pages} pages")]
    TooMany {
        /// How many were read.
        pages: u32,
        /// Where the next one begins.
        cursor: String,
    },
    /// Somebody did not want to wait for the next page.
    #[error("stopped after {pages} pages, and there is more")]
    Cancelled {
        /// How many were read.
        pages: u32,
    },
}
