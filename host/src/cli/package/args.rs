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
pub enum Kind {
    /// For n8n: an archive that npm installs.
    N8n(NpmArgs),
    /// For Node-RED: an archive that npm installs.
    NodeRed(NpmArgs),
    /// For Zapier: the folder of an integration, which Zapier's command line takes.
    Zapier(Common),
}

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

/// What a package for npm is made of.
#[derive(Debug, Args)]
pub struct NpmArgs {
    #[command(flatten)]
    pub common: Common,
    /// Make a folder with the package's files instead of an archive.
    #[arg(long)]
    pub unpacked: bool,
}

impl Kind {
    /// What every package is made of.
    pub fn common(&self) -> &Common {
        match self {
            Self::N8n(args) | Self::NodeRed(args) => &args.common,
            Self::Zapier(common) => common,
        }
    }
}
