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
    let mut out = io::stdout().lock();
    // What has no line's end stays in a buffer whose last write fails unseen.
    written(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// Whether something could be printed. A reader that has seen enough is no error.
///
/// # Errors
/// If standard output can't be written.
pub fn written(outcome: io::Result<()>) -> Result<(), Failure> {
    match outcome {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::unprinted(&error)),
        _ => Ok(()),
    }
}
