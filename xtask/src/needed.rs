//! What this project takes to be built.

use anyhow::{Context, Result};
use toolchain::{Needs, Toolchain, Version};

/// The oldest rustc that builds the host: wasmtime asks for it.
const NEEDS: Needs = Needs { oldest: Version { major: 1, minor: 96 }, variable: "XTASK_TOOLCHAIN" };

/// A toolchain that builds all of the project, set up if need be.
///
/// # Errors
/// When there is none and none can be had; the message then says what to do by hand.
pub fn toolchain() -> Result<Toolchain> {
    Toolchain::find_or_set_up(&NEEDS)?.with_context(|| NEEDS.by_hand())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_toolchain_that_is_installed_is_new_enough() {
        let advice = NEEDS.by_hand();
        let installed = advice.split("toolchain install ").nth(1).and_then(Version::parse);
        assert!(installed >= Some(NEEDS.oldest), "{advice}");
    }
}
