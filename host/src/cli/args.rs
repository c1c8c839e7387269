//! The arguments.

mod author;
mod installed;

use std::env;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use clap_complete::Shell;
use plugin_host_core::connections;
use plugin_host_core::http::Rule;
use plugin_host_core::language::Languages;

use super::batch::BatchArgs;
use super::call::CallArgs;
use super::listen::ListenArgs;
use super::log;
use super::options::OptionsArgs;
use super::package::PackageArgs;
use super::verify::VerifyArgs;
use crate::mcp::McpArgs;
use crate::restate::RestateArgs;
use crate::serve::ServeArgs;
use crate::web::tokens;
pub use author::{Author, DevArgs, NewArgs};
pub use installed::{ConsentArgs, InstallArgs, Installed, UpdateArgs};

/// Run the actions of Extism plugins.
///
/// A connection comes from a TOML file with a table for each: --connections FILE --connection NAME, or
/// without NAME if it has just one. There, "env:NAME" stands for a variable and "file:PATH" for a file's
/// content, and where several plugins are loaded, plugin = "NAME" says which one it is for. Or it comes
/// from the environment: with --env-prefix SHOP, SHOP_API_KEY is its key api_key.
///
/// Several plugins are bundles given one by one, a folder of them, those that --plugins lists, or those
/// that are installed (plugin-host install). Servers have all of them; call, check and batch use that of the connection or of --plugin NAME.
///
/// Requests go through the proxy that https_proxy, HTTPS_PROXY or, for plain http, http_proxy names,
/// or else all_proxy or ALL_PROXY, but to this machine and to what NO_PROXY names; see --proxy.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES)]
pub struct Args {
    #[command(flatten)]
    pub open: OpenArgs,
    /// How often to repeat a call whose error allows it. If not given, batch repeats 4 times, others
    /// never.
    #[arg(long, global = true, value_name = "N")]
    pub retries: Option<u32>,
    /// Print JSON for machines: the result on standard output, the error on standard error. Arguments that can't
    /// be understood are told as text.
    #[arg(long, global = true)]
    pub json: bool,
    /// The language of the plugin's texts, where the plugin has it: ru, or several by preference. If not
    /// given, that of LC_ALL, LC_MESSAGES or LANG; of servers, the plugin's own, and serve heeds
    /// Accept-Language.
    #[arg(long, global = true, value_name = "LANGUAGE")]
    pub lang: Option<Languages>,
    /// How much to log on standard error; servers tell of every call, the others of nothing. What the
    /// plugin logs is among it at its own level, with the target "plugin".
    #[arg(long, global = true, value_enum, value_name = "LEVEL", env = "PLUGIN_HOST_LOG")]
    pub log: Option<log::Level>,
    /// How to write log lines.
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value = "text")]
    pub log_format: log::Format,
    /// Where to append a line for each call, also of those that are refused: JSON with who, when, with what
    /// and what came of it, and no input or output. If it can't be written, no call is made; where the file
    /// system can't keep room for a line, none but those under way when the first one fails. SIGHUP has a
    /// server go on in the file that has this name then. Without it the lines are in the log of servers.
    #[arg(long, global = true, value_name = "FILE", env = "PLUGIN_HOST_AUDIT")]
    pub audit: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Which plugins and connections there are, and what they may do.
#[derive(Debug, Clone, clap::Args)]
pub struct OpenArgs {
    /// A plugin's bundle: its Extism manifest, or the folder with it; or a folder of such folders. May be
    /// given for each of several. If neither this nor --plugins is given, the variable PLUGIN_BUNDLE
    /// names one; else it is those that are installed or, if there are none, dist/extism.json.
    #[arg(long, global = true, value_name = "FILE|FOLDER")]
    pub bundle: Vec<PathBuf>,
    /// A TOML file with a table for each plugin, called by the plugin's name, and in it bundle = "PATH",
    /// from the file's folder, unless it is installed, and env_prefix = "PREFIX" if it has a connection in
    /// the environment. Or the folder of installed plugins; if not given, the variable PLUGIN_HOST_PLUGINS names it, or it is
    /// plugin-host/plugins in XDG_DATA_HOME or ~/.local/share.
    #[arg(long, global = true, value_name = "FILE|FOLDER")]
    pub plugins: Option<PathBuf>,
    /// Which of several plugins to use. A server then has this one alone.
    #[arg(long, global = true, value_name = "NAME")]
    pub plugin: Option<String>,
    /// A TOML file with a table for each connection.
    #[arg(long, global = true, value_name = "FILE")]
    pub connections: Option<PathBuf>,
    /// Which of them to use.
    #[arg(long, global = true, value_name = "NAME")]
    pub connection: Option<String>,
    /// What the variables of the plugin's connection begin with: with SHOP it reads SHOP_API_KEY for
    /// its key api_key. A plugin does not choose it: else it could read any variable. It is for one
    /// plugin; each of several has its own in the file of --plugins.
    #[arg(long, global = true, value_name = "PREFIX", env = "PLUGIN_ENV_PREFIX", value_parser = connections::env_prefix)]
    pub env_prefix: Option<String>,
    /// Certificate authorities in PEM form to trust beside Mozilla's, instead of the system's.
    #[arg(long, global = true, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// An origin that plugins may reach beside that of their connection, and that may have a private
    /// address: https://shop.internal:8443, or https://*.internal for all names below; may be given
    /// for each.
    #[arg(long, global = true, value_name = "ORIGIN")]
    pub allow: Vec<Rule>,
    /// The HTTP proxy for all requests, instead of those in the environment; none for no proxy. What
    /// NO_PROXY names is reached without it.
    #[arg(long, global = true, value_name = "URL|none")]
    pub proxy: Option<String>,
    /// Let services, and whoever events go to, see which of their requests belong together: send them the header
    /// traceparent of W3C Trace Context, if traces are on (OTEL_EXPORTER_OTLP_ENDPOINT). For services of your own:
    /// it tells strangers something, and is no part of what is signed.
    #[arg(long, global = true)]
    pub send_traceparent: bool,
    /// How long a call may take in all, its requests and its computing; then the plugin is stopped.
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 60,
        value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub call_timeout: u64,
    /// Hold the plugin to its own words: an output or an error that breaks its schema fails the call,
    /// and a fault of the description keeps it from loading. For a plugin's author.
    #[arg(long, global = true)]
    pub strict: bool,
}

impl OpenArgs {
    /// Whether they go together. Clap could tell, but does not see that one stands before the command and another one
    /// behind it.
    ///
    /// # Errors
    /// With what is missing.
    pub fn complete(&self) -> Result<(), String> {
        match (&self.connection, &self.connections) {
            (Some(name), None) => {
                Err(format!("--connection {name} names a connection of a file: add --connections FILE"))
            }
            _ => Ok(()),
        }
    }
}

impl Args {
    /// The languages in which the plugin's texts are to be read. What a server tells is for others than
    /// who started it.
    pub fn languages(&self) -> Languages {
        let of_environment = || match self.command {
            Command::Author(_) | Command::Installed(_) | Command::Once(_) => {
                Languages::of_environment(|name| env::var(name).ok())
            }
            Command::Server(_) | Command::Page(_) => Languages::default(),
        };
        self.lang.clone().unwrap_or_else(of_environment)
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    #[command(flatten)]
    Author(Author),
    #[command(flatten)]
    Installed(Installed),
    #[command(flatten)]
    Once(Once),
    #[command(flatten)]
    Server(Server),
    #[command(flatten)]
    Page(Page),
}

/// What is done once, with one connection.
#[derive(Debug, Subcommand)]
pub enum Once {
    /// Tell what the plugin can do.
    Describe,
    /// Check that the connection works, without changing anything.
    Check,
    /// Run an action.
    ///
    /// A search, which is a read whose output has items, prints them: its first page, so many
    /// (--limit), or all (--all).
    Call(CallArgs),
    /// List what a field of an action may be set to.
    Options(OptionsArgs),
    /// Run an action for every row of a file.
    ///
    /// A workbook's sheet or a CSV file has a header that names the action's fields, in one of its
    /// first 20 lines; NDJSON has an object on each line. Lines of a list stand in columns such as
    /// goods[0].sku and goods[1].sku; or in rows of their own with a column goods[].sku, and
    /// --group-by says by which column they belong together. Dates may be written as spreadsheets show
    /// them (25.11.2026 14:30): --timezone says whose time that is.
    /// Rows that change the same thing keep their order; if one has to be repeated, those after it
    /// wait for that. A row that the plugin or the service refuses stops no other.
    ///
    /// What became of each row is in the results: the input's columns, and line, ok, kind, message,
    /// retry, effect and output. The journal has it at once, so that after Ctrl-C, a crash or a power
    /// cut the same command with --resume goes on: it repeats nothing that is done, and leaves
    /// nothing out.
    #[command(after_help = BATCH_EXIT_CODES)]
    Batch(BatchArgs),
    Listen(ListenArgs),
    Doctor(DoctorArgs),
    /// Verify that a plugin keeps the contract.
    ///
    /// Calls every export with right and wrong inputs, and with all that a service, the network or an
    /// enemy may answer, and watches what comes of it. No request leaves this machine. Each rule has a
    /// page in docs/rules, which says why it is there, and shows wrong and right.
    ///
    /// Ends with exit code 3 if a rule is broken. Advice is told, and fails nothing.
    Verify(VerifyArgs),
    /// Make the package of a plugin for a platform that loads no bundle.
    ///
    /// The shells are in this program: it takes no other tools, and the same bundle makes the same
    /// bytes each time.
    Package(PackageArgs),
}

impl Once {
    /// What it is called.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Describe => "describe",
            Self::Check => "check",
            Self::Call(_) => "call",
            Self::Options(_) => "options",
            Self::Batch(_) => "batch",
            Self::Listen(_) => "listen",
            Self::Doctor(_) => "doctor",
            Self::Verify(_) => "verify",
            Self::Package(_) => "package",
        }
    }
}

/// Look at all that a call or a server needs, and say what to do about what is wrong.
///
/// Bundles (the module's hash, the description), connections (their file, unknown and missing keys, who
/// else can read secrets), callers' tokens, the way to the services (proxies), what is kept on the disk, the file of
/// --audit, and batches that have not come to their end. Nothing is sent unless --online is given; nothing is changed.
///
/// Each line begins with ok, warn or fail, and those that are not ok end with the next step.
///
/// Ends with exit code 3 if something fails. What is warned of fails nothing.
#[derive(Debug, clap::Args)]
pub struct DoctorArgs {
    /// Ask the services, too: the check of each connection, and whether this machine's clock is theirs.
    #[arg(long)]
    pub online: bool,
    /// The state file that serve or listen is given with --state. If not given: those in STATE_DIRECTORY,
    /// or in plugin-host in XDG_STATE_HOME or ~/.local/state.
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// A batch's journal; may be given for each. Those of this folder (*.journal) are looked at as well.
    #[arg(long, value_name = "FILE")]
    pub journal: Vec<PathBuf>,
    /// The file of tokens that serve or mcp is given with --tokens.
    #[arg(long, value_name = "FILE")]
    pub tokens: Option<PathBuf>,
    /// The file of tokens that serve or mcp is given with --token-file.
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
}

/// What serves all connections, until it is told to stop.
#[derive(Debug, Subcommand)]
pub enum Server {
    Serve(Box<ServeArgs>),
    Mcp(McpArgs),
    Restate(RestateArgs),
}

/// What is known without a plugin.
#[derive(Debug, Subcommand)]
pub enum Page {
    /// Print the completions of a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    Token(TokenArgs),
    /// Print the manual pages.
    Man {
        /// Write them into a folder instead, a file for each command.
        #[arg(long, value_name = "FOLDER")]
        dir: Option<PathBuf>,
    },
}

/// Make a token for a caller of serve or mcp.
///
/// Prints a new one, which is kept nowhere: give it to who calls. And prints the lines for the file of
/// --tokens, which have its SHA-256 alone. They say what the token is for, if it is not for everything.
#[derive(Debug, clap::Args)]
pub struct TokenArgs {
    /// What the caller is called, in the file and in the audit: letters, digits and ._-
    #[arg(value_parser = name_of_token)]
    pub name: String,
}

fn name_of_token(name: &str) -> Result<String, String> {
    tokens::checked_name(name).map(str::to_owned)
}

const BATCH_EXIT_CODES: &str = "\
Exit codes: 0 all rows are done, 1 internal error, 2 the batch can't begin, 3 the bundle can't be
used, 20 some rows are not done, 21 given up because the connection or the service kept failing,
22 the journal or the results can't be written, or the summary not be printed, 130 stopped by Ctrl-C or SIGTERM";

const EXIT_CODES: &str = "\
Exit codes: 0 done, 1 internal error, 2 wrong usage, 3 the bundle can't be used,
10 invalid_input, 11 invalid_connection (also one that is missing, or can't be read), 12 auth, 13 not_found, 14 rejected, 15 throttled,
16 unavailable, 17 unexpected_reply, 18 forged_reply, 19 forged_event, 22 the audit can't be written,
or what came of the command can't be printed: what it says it did, it did; those of batch: see batch --help";
