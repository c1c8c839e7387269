//! The exit codes.

/// Exit code of wrong usage; the same as clap's.
pub const USAGE: u8 = 2;
/// Exit code when the bundle can't be used.
pub const LOAD: u8 = 3;
/// Exit code when a batch ran to its end and not all rows are done.
pub const ROWS_FAILED: u8 = 20;
/// Exit code when it was given up, because connection or service kept failing.
pub const GAVE_UP: u8 = 21;
/// Exit code when the journal or the results could not be written.
pub const UNWRITTEN: u8 = 22;
/// Exit code after Ctrl-C or SIGTERM.
pub const INTERRUPTED: u8 = 130;

/// The exit code of a kind of error.
pub fn of_kind(kind: &str) -> u8 {
    match kind {
        "invalid_input" => 10,
        "invalid_connection" => 11,
        "auth" => 12,
        "not_found" => 13,
        "rejected" => 14,
        "throttled" => 15,
        "unavailable" => 16,
        "unexpected_reply" => 17,
        "forged_reply" => 18,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use plugin_host_core::error::KINDS;

    use super::*;

    #[test]
    fn every_kind_of_error_has_an_exit_code_of_its_own() {
        let codes: std::collections::BTreeSet<_> = KINDS.iter().map(|kind| of_kind(kind)).collect();
        assert_eq!(codes.len(), KINDS.len());
        assert!(!codes.contains(&0) && !codes.contains(&USAGE) && !codes.contains(&LOAD));
    }
}
