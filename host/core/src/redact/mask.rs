//! What stands in the place of a secret.

/// What stands in the place of a secret.
pub const MASK: &str = "***";
