//! The arguments of `package`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What to make of a plugin.
#[derive(Debug, Args)]
pub struct PackageArgs {
    /// For which platform.
    #[command(subcommand)]
    pub kind: Kind,
}

/// For which platform.
#[derive(Debug, Subcommand)]
pub enum Kind {}

/// What every package is made of.
#[derive(Debug, Args)]
pub struct Common {
    /// The plugin's bundle: the folder, or the extism.json in it.
    #[arg(value_name = "BUNDLE")]
    pub bundle: PathBuf,
    /// The folder to write into.
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
    /// Write over what is there, whoever wrote it. What an earlier package left is replaced anyway.
    #[arg(long)]
    pub force: bool,
}

impl Kind {
    /// What every package is made of.
    pub fn common(&self) -> &Common {
        match *self {}
    }
}
