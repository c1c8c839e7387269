//! A batch that sends nothing: what would become of its rows.

use std::io;

use plugin_host_core::error::ActionError;
use plugin_host_core::runner::Connected;

use super::table::Table;
use crate::hint;

/// Lets the plugin check every row, and returns how many it would refuse.
///
/// # Errors
/// If the input can't be read on.
pub fn check(
    table: &Table,
    connected: &Connected,
    action: &str,
    mut on_row: impl FnMut(u64, Result<(), &ActionError>),
) -> io::Result<u64> {
    let mut refused = 0;
    let mut rows = table.rows()?;
    while let Some(row) = rows.next()? {
        let outcome = table.request(&row).and_then(|request| {
            connected.dry_run(action, &request.input).map_err(|mut error| {
                if let Some(action) = connected.description().action(action) {
                    hint::choices(action, &mut error);
                }
                request.lines.tell(&mut error);
                error
            })
        });
        refused += u64::from(outcome.is_err());
        on_row(row.line, outcome.as_ref().map(drop).map_err(AsRef::as_ref));
    }
    Ok(refused)
}
