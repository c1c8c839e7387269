//! The way by rustup: what it has, and what it can download.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::sysroot::Sysroot;
use super::target::WASM_TARGET;
use super::version::Version;
use crate::process;
use crate::ui::say;

/// The toolchain to install where the one in use is too old: a numbered one, so that nobody's
/// `stable` is moved.
pub const PINNED: &str = "1.96.0";

/// How long rustup may take to hear from its server when it asks for a toolchain.
const FIRST_ANSWER: Duration = Duration::from_secs(60);

/// As [`FIRST_ANSWER`] for a single component: rustup says nothing until it has all of it.
const WHOLE_COMPONENT: Duration = Duration::from_secs(300);

/// The toolchain in use, by rustup's name for it.
pub struct Active {
    pub name: String,
    pub version: Version,
}

/// True when rustup is on this machine.
pub fn is_there() -> bool {
    process::find("rustup").is_some()
}

/// The toolchain an earlier run installed, if it did.
pub fn pinned() -> Option<Sysroot> {
    let rustc = process::ask(rustup().args(["which", "--toolchain", PINNED, "rustc"]))?;
    Sysroot::at(Path::new(rustc.trim()).parent()?.parent()?)
}

/// The toolchain in use, if it is one of rustup's own: linked ones take no downloads.
pub fn active() -> Option<Active> {
    let line = process::ask(Command::new("rustup").args(["show", "active-toolchain"]))?;
    let name = line.split_whitespace().next()?.to_owned();
    let sysroot = Sysroot::current()?;
    let own = sysroot.path.join("lib/rustlib/multirust-channel-manifest.toml").is_file();
    own.then_some(Active { name, version: sysroot.version })
}

/// Downloads the standard library for wasm for one toolchain.
///
/// # Errors
/// When the download fails or gets no answer.
pub fn add_target(toolchain: &str) -> Result<()> {
    say(format!("rustup: adding {WASM_TARGET} to {toolchain}"));
    let mut command = rustup();
    command.args(["target", "add", "--toolchain", toolchain, WASM_TARGET]);
    download("rustup target add", &mut command, WHOLE_COMPONENT)
}

/// Downloads a whole toolchain, beside those that are there.
///
/// # Errors
/// When the download fails or gets no answer.
pub fn install_pinned() -> Result<()> {
    say(format!("rustup: installing Rust {PINNED} beside your toolchains"));
    let mut command = install_pinned_command();
    download("rustup toolchain install", &mut command, FIRST_ANSWER)
}

/// The command of [`install_pinned`].
pub fn install_pinned_command() -> Command {
    let mut command = Command::new("rustup");
    command.args(["toolchain", "install", PINNED, "--profile", "minimal", "--no-self-update"]);
    command.args(["--target", WASM_TARGET, "--component", "clippy,rustfmt"]);
    command
}

/// Downloads Clippy for a toolchain of rustup's.
///
/// # Errors
/// When the download fails or the toolchain is not rustup's.
pub fn add_clippy(sysroot: &Sysroot) -> Result<()> {
    let name = sysroot.path.file_name().context("the toolchain's folder has no name")?;
    let mut command = rustup();
    command.args(["component", "add", "clippy", "--toolchain"]).arg(name);
    download("rustup component add clippy", &mut command, WHOLE_COMPONENT)
}

fn rustup() -> Command {
    let mut command = Command::new("rustup");
    // Asking for a toolchain must not download it.
    command.env("RUSTUP_AUTO_INSTALL", "0");
    command
}

fn download(step: &str, command: &mut Command, limit: Duration) -> Result<()> {
    // One retry is enough where there is a network; where there is none, each costs time. A
    // backtrace of rustup's helps nobody here.
    command.env("RUSTUP_MAX_RETRIES", "1").env_remove("RUST_BACKTRACE");
    process::run_if_answered(step, command, limit, is_waiting)
}

/// Lines rustup prints before it has heard from its server.
fn is_waiting(line: &str) -> bool {
    let text = line.trim_start_matches("info: ");
    text.trim().is_empty()
        || text.starts_with("syncing channel updates")
        || text.starts_with("downloading component")
        || text.starts_with("warn")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_announcement_is_not_an_answer() {
        assert!(is_waiting("info: syncing channel updates for 1.96.0-x86_64-unknown-linux-gnu"));
        assert!(is_waiting(""));
        assert!(!is_waiting("info: latest update on 2026-05-28 for version 1.96.0"));
        assert!(!is_waiting("error: could not download file"));
    }

    #[test]
    fn a_toolchain_is_installed_with_all_that_the_chores_need() {
        let shown = process::shown(&install_pinned_command());
        for part in [PINNED, WASM_TARGET, "clippy", "rustfmt", "--profile minimal"] {
            assert!(shown.contains(part), "{shown} lacks {part}");
        }
    }
}
