//! The exit codes.

use plugin_host_core::error::ErrorKind;

/// Exit code of wrong usage; the same as clap's.
pub const USAGE: u8 = 2;
/// Exit code when the bundle can't be used.
pub const LOAD: u8 = 3;
/// Exit code when a batch ran to its end and not all rows are done.
pub const ROWS_FAILED: u8 = 20;
/// Exit code when it was given up, because connection or service kept failing.
pub const GAVE_UP: u8 = 21;
/// Exit code when the journal, the results or the audit could not be written, or what came of a command not be printed.
pub const UNWRITTEN: u8 = 22;
/// Exit code after Ctrl-C or SIGTERM.
pub const INTERRUPTED: u8 = 130;

/// The exit code of a kind of error.
pub fn of_kind(kind: &ErrorKind) -> u8 {
    match kind {
        ErrorKind::InvalidInput => 10,
        ErrorKind::InvalidConnection => 11,
        ErrorKind::Auth => 12,
        ErrorKind::NotFound => 13,
        ErrorKind::Rejected => 14,
        ErrorKind::Throttled => 15,
        ErrorKind::Unavailable => 16,
        ErrorKind::UnexpectedReply => 17,
        ErrorKind::ForgedReply => 18,
        ErrorKind::ForgedEvent => 19,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_error_has_an_exit_code_of_its_own() {
        let codes: std::collections::BTreeSet<_> = ErrorKind::all().map(|kind| of_kind(&kind)).collect();
        assert_eq!(codes.len(), ErrorKind::all().count());
        assert!(!codes.contains(&0) && !codes.contains(&USAGE) && !codes.contains(&LOAD));
    }
}
