//! What goes to standard output.

use std::io::{self, Write};

use plugin_host_core::text;

use super::failure::Failure;

/// Prints a result, for a machine or for people.
///
/// # Errors
/// If it can't be written.
pub fn print(machine: &str, json: bool, human: String) -> Result<(), Failure> {
    let text = if json { text::printable_json(machine) + "\n" } else { text::printable(&human) };
    // A reader that has seen enough is no error.
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Usage(format!("can't write: {error}"))),
        _ => Ok(()),
    }
}
