//! What the person at the terminal sees: progress lines, headings, colours.
//!
//! Progress goes to standard error, so that what a chore is asked for can be piped.

use std::io::IsTerminal;

/// One line on what is being done now.
pub fn say(text: impl AsRef<str>) {
    let arrow = Paint::stderr().bold("»");
    eprintln!("{arrow} {}", text.as_ref());
}

/// Colours for one output stream: only on a terminal, and never when `NO_COLOR` is set.
#[derive(Clone, Copy)]
pub struct Paint(bool);

impl Paint {
    /// For what is printed on standard output.
    pub fn stdout() -> Self {
        Self(std::io::stdout().is_terminal() && colours_wanted())
    }

    /// For what is printed on standard error.
    pub fn stderr() -> Self {
        Self(std::io::stderr().is_terminal() && colours_wanted())
    }

    /// No colours at all.
    pub fn none() -> Self {
        Self(false)
    }

    /// Headings and commands.
    pub fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    /// What may be skipped by the eye.
    pub fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    /// What went well.
    pub fn green(self, text: &str) -> String {
        self.wrap("32", text)
    }

    /// What was refused or failed.
    pub fn red(self, text: &str) -> String {
        self.wrap("31", text)
    }

    /// What needs attention but stops nothing.
    pub fn yellow(self, text: &str) -> String {
        self.wrap("33", text)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.0 { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// <https://no-color.org>: any non-empty value turns colours off.
fn colours_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// True on a continuous-integration machine, where nothing may be skipped.
pub fn on_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}
