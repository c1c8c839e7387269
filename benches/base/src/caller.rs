//! What makes the sample call.

use anyhow::Result;

/// Makes one call after the other.
pub trait Caller: Send {
    /// Makes the sample call.
    ///
    /// # Errors
    /// When it is not done, or nothing proves that it is.
    fn call(&mut self) -> Result<()>;
}
