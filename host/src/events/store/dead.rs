//! Dead letters: events that were given up, until somebody sends them again or drops them.

use plugin_host_core::trigger::Event;
use rusqlite::params;

use super::{Source, Store, StoreError, outbox, read_event};
use crate::state::now;

/// An event that was given up.
#[derive(Debug, Clone)]
pub struct DeadLetter {
    /// Its place in the outbox, by which it is named.
    pub seq: i64,
    /// Where it comes from.
    pub source: Source,
    /// The event.
    pub event: Event,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was taken in, in UNIX seconds.
    pub taken_in: i64,
    /// Whether it was made sure of.
    pub confirmed: bool,
    /// Why it was given up.
    pub error: String,
}

impl Store {
    /// So many dead letters, the oldest first, from the one after this place on; from 0 for the first.
    ///
    /// # Errors
    /// If the file can't be read.
    pub async fn dead_letters(&self, after: i64, most: u32) -> Result<Vec<DeadLetter>, StoreError> {
        let sql = "select seq, account, plugin, connection, trigger_name, event, attempts, taken_in, confirmed, error
            from outbox where dead = 1 and seq > ? order by seq limit ?";
        let letter = |row: &rusqlite::Row<'_>| {
            Ok(DeadLetter {
                seq: row.get(0)?,
                source: outbox::source(row, 1)?,
                event: read_event(row.get(5)?)?,
                attempts: row.get(6)?,
                taken_in: row.get(7)?,
                confirmed: row.get(8)?,
                error: row.get::<_, Option<String>>(9)?.unwrap_or_default(),
            })
        };
        let read = self.state.with(move |file| {
            file.prepare_cached(sql)?.query_map(params![after, most], letter)?.collect::<rusqlite::Result<_>>()
        });
        Ok(read.await?)
    }

    /// Lets a dead letter, or all of them, be due again, as if it came now. Tells how many there were. An order that was
    /// kept until they were given up is not kept.
    ///
    /// # Errors
    /// If the file can't be written.
    pub async fn send_again(&self, seq: Option<i64>) -> Result<usize, StoreError> {
        let sql = "update outbox set dead = 0, attempts = 0, next_at = 0, taken_in = ?2
            where dead = 1 and (?1 is null or seq = ?1)";
        self.change(move |file| file.prepare_cached(sql)?.execute(params![seq, now()])).await
    }

    /// Drops a dead letter, or all of them. Tells how many there were.
    ///
    /// # Errors
    /// If the file can't be written.
    pub async fn drop_dead(&self, seq: Option<i64>) -> Result<usize, StoreError> {
        let sql = "delete from outbox where dead = 1 and (?1 is null or seq = ?1)";
        self.change(move |file| file.prepare_cached(sql)?.execute([seq])).await
    }
}
