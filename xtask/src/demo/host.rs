//! Running `plugin-host` as a person would, and keeping what it says.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, bail};
use toolchain::environment;
use toolchain::process::shown;

use crate::project::Project;
use crate::sandbox::{API_KEY, LOGIN, Sandbox};

/// The host with the bundle and the connection, as it is called from the project's folder.
pub fn command(project: &Project, sandbox: &Sandbox, arguments: &[&str]) -> Command {
    let mut command = Command::new(project.program("plugin-host"));
    command.args(["--bundle", "dist/extism.json"]).args(arguments).current_dir(project.root());
    command.env("PLUGIN_ENV_PREFIX", "JUSTCLICK").env("JUSTCLICK_BASE_URL", sandbox.base());
    command.env("JUSTCLICK_LOGIN", LOGIN).env("JUSTCLICK_API_KEY", API_KEY);
    environment::reach_loopback(&mut command);
    command
}

/// The command as it is typed in the project's folder, without its variables: the story has set
/// them already.
pub fn typed(project: &Project, command: &Command) -> String {
    let mut bare = Command::new(project.typed(Path::new(command.get_program())));
    bare.args(command.get_args());
    shown(&bare)
}

/// Runs a command that must succeed, and returns what it printed.
pub fn succeeded(what: &str, command: Command, input: &str) -> Result<String> {
    let by_hand = shown(&command);
    let output = feed(command, input)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("demo: {what} failed: {}; by hand: {by_hand}", said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command with this text on its standard input.
pub fn feed(mut command: Command, input: &str) -> Result<Output> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("demo: can't start {}", shown(&command)))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A command that fails early does not read it; its own error says more.
        let _ = stdin.write_all(input.as_bytes());
    }
    child.wait_with_output().context("demo: lost the process")
}
