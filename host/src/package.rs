//! Packages of a plugin for platforms that load no bundle: the shell, the bundle and what is made of its description.
//!
//! Everything is made in memory, byte for byte the same each time, and written when all of it is there.

pub mod archive;
pub mod artifact;
mod bundle;
mod error;
mod file;
mod icon;
pub mod javascript;
pub mod mcpb;
pub mod openapi;
mod publisher;
pub mod python;
mod record;
mod script;
mod text;
mod write;

pub use bundle::Bundle;
pub use error::PackageError;
pub use file::{File, check};
pub use publisher::Publisher;
pub use write::write;

/// What is written for a platform, and what there is to tell of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Made {
    /// The files, by their paths in the folder that is written to.
    pub files: Vec<File>,
    /// What is missing in it, and what to do.
    pub notes: Vec<String>,
    /// How it is installed there: one line, in which `{path}` stands for where it is.
    pub next: String,
    /// The file or folder, in the folder that is written to, that is the package; else all the files are.
    pub root: Option<String>,
}

impl Made {
    /// Files with nothing missing in them, and how they are installed.
    pub fn new(files: Vec<File>, next: impl Into<String>) -> Self {
        Self { files, notes: Vec::new(), next: next.into(), root: None }
    }
}
