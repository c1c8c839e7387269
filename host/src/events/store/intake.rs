//! Events come in.

use plugin_host_core::json::Object;
use plugin_host_core::subject::Subject;
use plugin_host_core::trigger::Event;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::{Source, Store, StoreError};
use crate::canonical;
use crate::state::now;
use crate::trace;

/// For so long it is known that an event was handed on: a month and a half, in seconds, from the last
/// time that it was told.
const REMEMBERED: i64 = 45 * 86_400;
/// So much later it is worth writing down that it was told again.
const REMEMBERED_ANEW: i64 = 86_400;

/// How far a poll has come: its input, and the cursor of its next page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The hash of its input.
    pub input: [u8; 32],
    /// The cursor.
    pub cursor: String,
}

impl Moved {
    /// The hash of a trigger's input, however that is written.
    pub fn hash(input: &Object) -> [u8; 32] {
        Sha256::digest(canonical::text(input)).into()
    }
}

impl Store {
    /// Takes events in, and lets the cursor move, both or neither. What has been seen is dropped; the
    /// others are to be confirmed first, or not. Tells how many there are that are not dropped.
    ///
    /// # Errors
    /// If the file can't be written: nothing has changed.
    pub async fn take_in(
        &self,
        source: &Source,
        events: Vec<Event>,
        confirm: bool,
        moved: Option<Moved>,
    ) -> Result<usize, StoreError> {
        if events.is_empty() && moved.is_none() {
            return Ok(0);
        }
        let told = Told { source: source.clone(), trace: trace::parent(), confirm };
        self.change(move |file| take_in(file, &told, &events, moved.as_ref())).await
    }

    /// Where a poll with this input goes on: the last page's cursor; none if there was none yet.
    ///
    /// # Errors
    /// If the file can't be read.
    pub async fn cursor(&self, source: &Source, input: [u8; 32]) -> Result<Option<String>, StoreError> {
        let Source { account, trigger, .. } = source.clone();
        let sql = "select cursor from cursors where account = ? and trigger_name = ? and input = ?";
        let find = move |file: &mut Connection| {
            file.prepare_cached(sql)?.query_row(params![account, trigger, input], |row| row.get(0)).optional()
        };
        Ok(self.state.with(find).await?)
    }
}

/// How events were told of.
struct Told {
    source: Source,
    /// The trace in which they were.
    trace: Option<String>,
    /// Whether they are to be confirmed first.
    confirm: bool,
}

fn take_in(file: &Connection, told: &Told, events: &[Event], moved: Option<&Moved>) -> rusqlite::Result<usize> {
    let Told { source, confirm, .. } = told;
    let mut new = 0;
    for event in events {
        let is_new = if *confirm {
            !is_seen(file, &source.account, &event.id)? && !waits(file, source, event)?
        } else {
            see(file, &source.account, &event.id)?
        };
        if is_new {
            put(file, told, event)?;
            new += 1;
        }
    }
    if let Some(Moved { input, cursor }) = moved {
        let sql = "insert or replace into cursors values (?, ?, ?, ?)";
        file.prepare_cached(sql)?.execute(params![source.account, source.trigger, input, cursor])?;
    }
    if new > 0 {
        file.prepare_cached("delete from seen where at < ?")?.execute([now() - REMEMBERED])?;
    }
    Ok(new)
}

/// Notes that an event has been seen, and tells whether it is the first time.
pub fn see(file: &Connection, account: &str, id: &str) -> rusqlite::Result<bool> {
    let sql = "insert or ignore into seen values (?, ?, ?)";
    if file.prepare_cached(sql)?.execute(params![account, id, now()])? == 1 {
        return Ok(true);
    }
    let sql = "update seen set at = ?3 where account = ?1 and id = ?2 and at < ?3 - ?4";
    file.prepare_cached(sql)?.execute(params![account, id, now(), REMEMBERED_ANEW])?;
    Ok(false)
}

fn is_seen(file: &Connection, account: &str, id: &str) -> rusqlite::Result<bool> {
    file.prepare_cached("select 1 from seen where account = ? and id = ?")?.exists([account, id])
}

/// Whether the same waits already, of a service that tells it twice.
fn waits(file: &Connection, source: &Source, event: &Event) -> rusqlite::Result<bool> {
    let sql = "select 1 from outbox where account = ? and id = ? and trigger_name = ? and event = ?";
    file.prepare_cached(sql)?.exists(params![source.account, event.id, source.trigger, text(event)])
}

fn put(file: &Connection, told: &Told, event: &Event) -> rusqlite::Result<()> {
    let Told { source: Source { account, plugin, connection, trigger }, trace, confirm } = told;
    // One way to write it, as of what actions change: by it the order is kept.
    let subject = event.subject.as_deref().map(Subject::canonical).filter(|subject| !subject.is_empty());
    let sql = "insert into outbox (account, plugin, connection, trigger_name, id, subject, event, taken_in, confirmed)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let row = params![account, plugin, connection, trigger, event.id, subject, text(event), now(), !confirm];
    file.prepare_cached(sql)?.execute(row)?;
    if let Some(trace) = trace {
        let sql = "insert into traces values (?, ?)";
        file.prepare_cached(sql)?.execute(params![file.last_insert_rowid(), trace])?;
    }
    Ok(())
}

fn text(event: &Event) -> String {
    serde_json::to_string(event).unwrap_or_default()
}
