//! Everything that is wrong with an operator's file, told at once.

use plugin_host_core::text::within_line;

/// What is wrong, in the order in which it was found.
#[derive(Debug, Default)]
pub struct Problems(Vec<String>);

impl Problems {
    /// One more: what is wrong with what, on a line.
    pub fn add(&mut self, place: &str, why: &str) {
        self.0.push(within_line(&format!("{place} {why}")).into_owned());
    }

    /// All of it, as wrong with this; if there is nothing, all is well.
    ///
    /// # Errors
    /// If there is something.
    pub fn none(self, what: &str) -> Result<(), String> {
        if self.0.is_empty() { Ok(()) } else { Err(format!("{what}:\n  - {}", self.0.join("\n  - "))) }
    }
}
