//! The arguments of what authors do.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use crate::author::template::LICENCES;

/// What authors do.
#[derive(Debug, Subcommand)]
pub enum Author {
    /// Begin a plugin: a folder that builds and keeps the contract as it is.
    New(NewArgs),
    /// Build a plugin of its sources: the module and the bundle, in the folder's dist.
    ///
    /// What is missing to do so is set up: the compiler's standard library for WebAssembly, by rustup or from
    /// Debian's archive, and wasm-opt where Node is there. PLUGIN_TOOLCHAIN=rustup or =debian allows one way
    /// only.
    Build(BuildArgs),
    /// Build a plugin and call it again whenever one of its files is saved.
    ///
    /// Shows what it asked for, what was answered and what the plugin logged, without secrets, what came of
    /// it, and what it took. The module is built in a hurry, so it takes more fuel and room than the released
    /// one. Without --call it is verified each time.
    Dev(DevArgs),
    /// Put this plugin-host's kit in the place of the one in a plugin's vendor/plugin-kit.
    Vendor(VendorArgs),
}

/// A new plugin.
#[derive(Debug, Args)]
pub struct NewArgs {
    /// Its name, for machines: small letters, digits, - and _. The folder is called so as well.
    pub name: String,
    /// Its licence. If not given, a person at a terminal is asked; else it is MIT OR Apache-2.0.
    #[arg(long, value_name = "LICENCE", value_parser = PossibleValuesParser::new(LICENCES))]
    pub license: Option<String>,
}

/// A plugin to build.
#[derive(Debug, Args)]
pub struct BuildArgs {
    /// The folder of its sources.
    #[arg(default_value = ".")]
    pub folder: PathBuf,
}

/// A plugin whose kit is renewed.
#[derive(Debug, Args)]
pub struct VendorArgs {
    /// The folder of its sources.
    #[arg(default_value = ".")]
    pub folder: PathBuf,
}

/// A plugin to work on.
#[derive(Debug, Clone, Args)]
pub struct DevArgs {
    /// The folder of its sources.
    #[arg(default_value = ".")]
    pub folder: PathBuf,
    /// The action, trigger or check to call.
    #[arg(long, value_name = "EXPORT")]
    pub call: Option<String>,
    /// Its input: JSON, or @FILE, which is watched as well. For a trigger that is polled: its own fields, or
    /// {"input": {…}, "cursor": "…"} to go on from a cursor; for a webhook, the request: {"body": "…"} in base64.
    #[arg(long, value_name = "JSON|@FILE", requires = "call")]
    pub input: Option<String>,
    /// Answer its requests from this recorded call, and send nothing.
    #[arg(long, value_name = "FILE", requires = "call")]
    pub case: Option<PathBuf>,
    /// Do it once, and end.
    #[arg(long)]
    pub once: bool,
}
