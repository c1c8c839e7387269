//! Whether what is released is what was committed.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};
use toolchain::process;

/// Fails if something in the tree is in no commit.
///
/// # Errors
/// With the files; or if this is no working tree of Git.
pub fn check_is_clean(root: &Path) -> Result<()> {
    let mut git = Command::new("git");
    let changed = process::output("git status", git.args(["status", "--porcelain"]).current_dir(root))?;
    if changed.trim().is_empty() {
        return Ok(());
    }
    bail!(
        "a release is made of what is committed; these are not, so commit them or say --allow-dirty:\n{}",
        changed.trim_end()
    );
}
