//! The arguments of `verify`.

use std::path::{Path, PathBuf};

use clap::Args;

/// What to hold a plugin to.
#[derive(Debug, Default, Args)]
pub struct VerifyArgs {
    /// The plugin: its bundle, or the folder of its sources, which is built first and has its cases in
    /// "cases". Without it: that of --bundle.
    #[arg(value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
    /// Recorded calls: JSON files, each with an input, the requests that it led to, their answers and
    /// what came of it; and connection.json, the values of the connection that are not to be made up.
    /// Without it: the folder "cases" beside the bundle, if it is there.
    #[arg(long, value_name = "FOLDER")]
    pub cases: Option<PathBuf>,
    /// An older version of the plugin, its describe.json or the folder of its bundle: tells what the
    /// new one breaks for those who use it.
    #[arg(long, value_name = "FILE|FOLDER")]
    pub compat: Option<PathBuf>,
    /// Write what was found as JUnit has it.
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Instead of all that: make one call to the real service, with the connection of --connection or
    /// of the environment, and write it into this file as a recorded call. Secrets are left out.
    #[arg(long, value_name = "FILE", requires = "call", conflicts_with_all = ["cases", "compat", "junit"])]
    pub record: Option<PathBuf>,
    /// The action, trigger or check to record.
    #[arg(long, value_name = "EXPORT", requires = "record")]
    pub call: Option<String>,
    /// Its input: JSON, @FILE, or - for standard input. For a trigger that is polled: its own fields, or
    /// {"input": {…}, "cursor": "…"} to go on from a cursor; for a webhook, the request: {"body": "…"} in base64.
    #[arg(long, value_name = "JSON|@FILE|-", requires = "record")]
    pub input: Option<String>,
    /// Record anew what is there already, with all its pages.
    #[arg(long, requires = "record")]
    pub force: bool,
    /// Record a search page by page to its end, in files beside the first; and, to compare, its second page with a
    /// smaller limit, and all on one page. With a small "limit" in the input there are enough pages.
    #[arg(long, requires = "record")]
    pub pages: bool,
    /// Record secrets, too: for those that are made up, such as a stand-in's, where what is signed with
    /// them is to stay right.
    #[arg(long, requires = "record")]
    pub keep_secrets: bool,
}

impl VerifyArgs {
    /// The file and the export, if a call is to be recorded.
    pub fn recorded(&self) -> Option<(&Path, &str)> {
        Some((self.record.as_deref()?, self.call.as_deref()?))
    }
}
