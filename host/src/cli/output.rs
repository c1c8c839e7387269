//! What goes to standard output.

use std::io::{self, Write};

use super::failure::Failure;

/// Prints a result, for a machine or for people.
///
/// # Errors
/// If it can't be written.
pub fn print(machine: &str, json: bool, human: String) -> Result<(), Failure> {
    let text = if json { format!("{machine}\n") } else { human };
    // A reader that has seen enough is no error.
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Usage(format!("can't write: {error}"))),
        _ => Ok(()),
    }
}
