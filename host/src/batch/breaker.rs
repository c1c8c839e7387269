//! When a batch should not go on: the trouble is not the rows'.

use plugin_host_core::error::{ActionError, ErrorKind, Retry};

/// So many rows in a row that the connection itself failed.
const CONNECTION: u32 = 10;
/// So many rows in a row that the service did not take, each after all its repetitions.
const SERVICE: u32 = 100;

/// Whether an error is one that every row would meet.
pub fn is_of_connection(error: &ActionError) -> bool {
    matches!(error.kind, ErrorKind::Auth | ErrorKind::InvalidConnection)
}

/// Counts failures that have nothing to do with their rows.
#[derive(Debug, Default)]
pub struct Breaker {
    connection: u32,
    service: u32,
}

impl Breaker {
    /// Notes how a call ended. Returns why not to go on, if so.
    pub fn note(&mut self, outcome: Result<(), &ActionError>) -> Option<String> {
        match outcome {
            Err(error) if is_of_connection(error) => {
                self.connection += 1;
                (self.connection >= CONNECTION).then(|| {
                    let message = &error.message;
                    format!("the last {CONNECTION} rows failed for the connection's sake ({}: {message})", error.kind)
                })
            }
            Err(error) if error.retry == Retry::Later => {
                self.service += 1;
                (self.service >= SERVICE).then(|| {
                    let message = &error.message;
                    format!("the last {SERVICE} rows failed for the service's sake ({}: {message})", error.kind)
                })
            }
            // The plugin refused it by itself: that says nothing.
            Err(error) if error.kind == ErrorKind::InvalidInput => None,
            _ => {
                *self = Self::default();
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use plugin_host_core::error::Effect;

    use super::*;

    #[test]
    fn only_failures_in_a_row_that_are_not_the_rows_fault_end_a_batch() {
        let error =
            |kind: &str, retry| ActionError { kind: kind.into(), retry, ..ActionError::internal("m", Effect::None) };
        let auth = error("auth", Retry::Never);
        let mut breaker = Breaker::default();
        for _ in 0..CONNECTION - 1 {
            assert_eq!(breaker.note(Err(&auth)), None);
            assert_eq!(breaker.note(Err(&error("invalid_input", Retry::Never))), None);
        }
        assert!(breaker.note(Err(&auth)).unwrap().contains("auth: m"));
        for answer in [Ok(()), Err(&error("not_found", Retry::Never))] {
            assert_eq!(breaker.note(answer), None);
            assert_eq!(breaker.note(Err(&auth)), None);
        }
        let mut breaker = Breaker::default();
        let ended = (1..).find(|_| breaker.note(Err(&error("unavailable", Retry::Later))).is_some());
        assert_eq!(ended, Some(SERVICE));
    }
}
