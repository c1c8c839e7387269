//! The arguments.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Run the actions of an Extism plugin.
///
/// The connection comes from the environment: for the plugin "justclick" these are
/// JUSTCLICK_LOGIN, JUSTCLICK_API_KEY and JUSTCLICK_BASE_URL. Or it is one of a TOML file with a
/// table for each: --connections FILE --connection NAME. There, "env:NAME" stands for a variable
/// and "file:PATH" for a file's content.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES)]
pub struct Args {
    /// The plugin's bundle: its Extism manifest.
    #[arg(long, global = true, value_name = "FILE", default_value = "dist/extism.json", env = "PLUGIN_BUNDLE")]
    pub bundle: PathBuf,
    /// A TOML file with a table for each connection.
    #[arg(long, global = true, value_name = "FILE", requires = "connection")]
    pub connections: Option<PathBuf>,
    /// Which of them to use.
    #[arg(long, global = true, value_name = "NAME", requires = "connections")]
    pub connection: Option<String>,
    /// Certificate authorities in PEM form to trust beside Mozilla's, instead of the system's.
    #[arg(long, global = true, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// How often to repeat a call whose error allows it.
    #[arg(long, global = true, value_name = "N", default_value_t = 0)]
    pub retries: u32,
    /// Print JSON for machines: the result on standard output, the error on standard error.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Tell what the plugin can do.
    Describe,
    /// Check that the connection works, without changing anything.
    Check,
    /// Run an action.
    Call {
        /// The action's name, as `describe` tells it.
        action: String,
        /// The input: JSON, @FILE, or - for standard input.
        #[arg(long, value_name = "JSON|@FILE|-")]
        input: Option<String>,
        /// One field of the input, instead of --input; may be given for each.
        #[arg(long = "field", value_name = "NAME=VALUE", conflicts_with = "input", required_unless_present = "input")]
        fields: Vec<String>,
        /// Show the request that would be sent, and send nothing.
        #[arg(long)]
        dry_run: bool,
    },
}

const EXIT_CODES: &str = "\
Exit codes: 0 done, 1 internal error, 2 wrong usage, 3 the bundle can't be used,
10 invalid_input, 11 invalid_connection, 12 auth, 13 not_found, 14 rejected, 15 throttled,
16 unavailable, 17 unexpected_reply, 18 forged_reply";
