//! The shells of plugins' packages for platforms in JavaScript: all that is in such a package but the plugin.
//!
//! They are built by `cargo xtask dist`, where Node is, before the program that they travel in.

/// JSON with gzip: the script of each platform by its name, such as `n8n`, in which its shell is and what makes a package of
/// that and of a bundle. Empty where they were not there when this program was built.
pub const SHELLS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/shells.json.gz"));
