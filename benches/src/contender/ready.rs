//! Contenders that can be measured.

use std::time::Duration;

use anyhow::Result;

use crate::caller::Caller;
use crate::round::{self, Round};

/// A contender that is ready.
pub trait Ready {
    /// Has its calls in flight for so long.
    ///
    /// # Errors
    /// When a call fails.
    fn round(&mut self, length: Duration) -> Result<Round>;
}

/// With a thread for each call.
impl Ready for Vec<Box<dyn Caller>> {
    fn round(&mut self, length: Duration) -> Result<Round> {
        round::threads(self, length)
    }
}
