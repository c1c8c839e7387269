//! What the file holds.

use plugin_host_core::key::Key;
use rusqlite::{Connection, OptionalExtension};

use crate::state::Layout;

/// What is in the file.
pub const LAYOUT: Layout = Layout {
    keeps: "events",
    version: 101,
    tables: "
        create table seen (account text not null, id text not null, at integer not null,
            primary key (account, id)) without rowid;
        create index seen_at on seen (at);
        create table outbox (seq integer primary key autoincrement, account text not null, plugin text not null,
            connection text not null, trigger_name text not null, id text not null, subject text, event text not null,
            taken_in integer not null, confirmed integer not null, dead integer not null default 0,
            attempts integer not null default 0, next_at integer not null default 0, error text);
        create index outbox_due on outbox (dead, confirmed, account, next_at, seq);
        create index outbox_subject on outbox (account, subject, seq) where dead = 0;
        create index outbox_id on outbox (account, id);
        create table cursors (account text not null, trigger_name text not null, input blob not null,
            cursor text not null, primary key (account, trigger_name, input)) without rowid;
        create table secrets (name text primary key, value blob not null) without rowid;",
    // What has been taken and is not settled: who had taken it goes with the process. The traces in which events
    // were told of and subscriptions came later than the rest, and versions that know none of them leave them alone.
    begin: "
        pragma synchronous = full;
        pragma temp_store = memory;
        create temp table taken (seq integer primary key, account text not null, confirmed integer not null);
        create index temp.taken_account on taken (account, confirmed);
        create table if not exists traces (seq integer primary key, parent text not null);
        create trigger if not exists traces_end after delete on outbox begin
            delete from traces where seq = old.seq;
        end;
        create table if not exists subscriptions (seq integer primary key autoincrement, account text not null,
            plugin text not null, connection text not null, trigger_name text not null, input text not null,
            url text not null, subscription text not null, secret text, since integer not null, expires integer);
        create index if not exists subscriptions_account on subscriptions (account, seq);",
};

/// A key by chance, made when it is first asked for.
pub fn secret(file: &mut Connection) -> rusqlite::Result<[u8; 32]> {
    let kept = |file: &Connection| {
        file.query_row("select value from secrets where name = 'address'", [], |row| row.get(0)).optional()
    };
    if let Some(secret) = kept(file)? {
        return Ok(secret);
    }
    file.execute("insert into secrets values ('address', ?)", [Key::secret()])?;
    kept(file)?.ok_or(rusqlite::Error::QueryReturnedNoRows)
}
