//! Events go on: which are due, and what has become of them.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Row, params};
use tokio::time::sleep;

use super::{Depth, Queued, Source, Stage, Store, StoreError, after, intake, now_ms, read_event};
use crate::state;

/// However far away the next event is, so often it is looked: clocks are set anew.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

impl Store {
    /// How many events there are.
    ///
    /// # Errors
    /// If the file can't be read.
    pub async fn depth(&self) -> Result<Depth, StoreError> {
        Ok(self.state.with(depth).await?)
    }

    /// Takes the events that are due now at a stage, of each account so many at most together with those
    /// that are taken there already. The oldest of a subject comes first; a later one waits until that is handed on,
    /// refuted, or dead.
    ///
    /// Each is given once until it is settled: by [`Self::confirmed`], [`Self::refuted`],
    /// [`Self::delivered`], [`Self::failed`], [`Self::dead`] or [`Self::give_back`].
    ///
    /// # Errors
    /// If the file can't be read.
    pub async fn due(&self, stage: Stage, of_account: u32) -> Result<Vec<Queued>, StoreError> {
        Ok(self.state.with(move |file| due(file, stage, of_account)).await?.0)
    }

    /// The same as soon as there is one.
    ///
    /// # Errors
    /// If the file can't be read.
    pub async fn next(&self, stage: Stage, of_account: u32) -> Result<Vec<Queued>, StoreError> {
        loop {
            // From here on no change is missed.
            let changed = self.changed.notified();
            let (due, soonest) = self.state.with(move |file| due(file, stage, of_account)).await?;
            if !due.is_empty() {
                return Ok(due);
            }
            let wait = soonest.map(|at| Duration::from_millis(u64::try_from(at - now_ms()).unwrap_or(0)));
            let wait = wait.map_or(LONGEST_WAIT, |wait| wait.min(LONGEST_WAIT));
            tokio::select! {
                () = changed => {}
                () = sleep(wait) => {}
            }
        }
    }

    /// It is so: it is to be handed on. Tells whether it is; one that has been handed on meanwhile, of
    /// another trigger maybe, is dropped.
    ///
    /// # Errors
    /// If the file can't be written. It stays taken.
    pub async fn confirmed(&self, seq: i64) -> Result<bool, StoreError> {
        self.change(move |file| confirmed(file, seq)).await
    }

    /// It is not so: it is dropped, and forgotten. If it comes again, it is looked at again.
    ///
    /// # Errors
    /// If the file can't be written. It stays taken.
    pub async fn refuted(&self, seq: i64) -> Result<(), StoreError> {
        self.change(move |file| remove(file, seq)).await
    }

    /// Whoever it is for has it.
    ///
    /// # Errors
    /// If the file can't be written. It stays taken.
    pub async fn delivered(&self, seq: i64) -> Result<(), StoreError> {
        self.change(move |file| remove(file, seq)).await
    }

    /// It could not be made sure of or handed on, and is to be tried again after a while.
    ///
    /// # Errors
    /// If the file can't be written. It stays taken.
    pub async fn failed(&self, seq: i64, error: &str, wait: Duration) -> Result<(), StoreError> {
        let (error, next_at) = (error.to_owned(), after(wait));
        self.change(move |file| {
            let sql = "update outbox set attempts = attempts + 1, next_at = ?, error = ? where seq = ?";
            file.prepare_cached(sql)?.execute(params![next_at, error, seq])?;
            settled(file, seq)
        })
        .await
    }

    /// It is given up, and becomes a dead letter.
    ///
    /// # Errors
    /// If the file can't be written. It stays taken.
    pub async fn dead(&self, seq: i64, error: &str) -> Result<(), StoreError> {
        let error = error.to_owned();
        self.change(move |file| {
            let sql = "update outbox set attempts = attempts + 1, dead = 1, error = ? where seq = ?";
            file.prepare_cached(sql)?.execute(params![error, seq])?;
            settled(file, seq)
        })
        .await
    }

    /// Nothing was tried, and nothing is to be for a while.
    ///
    /// # Errors
    /// If the file can't be written. It stays taken.
    pub async fn postpone(&self, seq: i64, wait: Duration) -> Result<(), StoreError> {
        let next_at = after(wait);
        self.change(move |file| {
            file.prepare_cached("update outbox set next_at = ? where seq = ?")?.execute([next_at, seq])?;
            settled(file, seq)
        })
        .await
    }

    /// Nothing was tried: it is due as before.
    ///
    /// # Errors
    /// If the file can't be read.
    pub async fn give_back(&self, seq: i64) -> Result<(), StoreError> {
        self.change(move |file| settled(file, seq)).await
    }
}

/// The events that are due, and when the next one is, in UNIX milliseconds.
fn due(file: &mut Connection, stage: Stage, of_account: u32) -> rusqlite::Result<(Vec<Queued>, Option<i64>)> {
    let (mut due, mut soonest) = (Vec::new(), None::<i64>);
    let (confirmed, now) = (stage == Stage::Deliver, now_ms());
    let mut last = String::new();
    while let Some(account) = account_after(file, confirmed, &last)? {
        let taken: u32 = file
            .prepare_cached("select count(*) from temp.taken where account = ? and confirmed = ?")?
            .query_row(params![account, confirmed], |row| row.get(0))?;
        if let Some(free) = of_account.checked_sub(taken).filter(|free| *free > 0) {
            due.extend(due_of(file, confirmed, &account, now, free)?);
        }
        let at = soonest_of(file, confirmed, &account, now)?;
        soonest = soonest.into_iter().chain(at).min();
        last = account;
    }
    for Queued { seq, source, .. } in &due {
        let row = params![seq, source.account, confirmed];
        file.prepare_cached("insert into temp.taken values (?, ?, ?)")?.execute(row)?;
    }
    Ok((due, soonest))
}

/// The accounts that have events, one after the other.
fn account_after(file: &Connection, confirmed: bool, last: &str) -> rusqlite::Result<Option<String>> {
    let sql = "select min(account) from outbox where dead = 0 and confirmed = ? and account > ?";
    file.prepare_cached(sql)?.query_row(params![confirmed, last], |row| row.get(0))
}

fn due_of(file: &Connection, confirmed: bool, account: &str, now: i64, most: u32) -> rusqlite::Result<Vec<Queued>> {
    let sql = "
        select seq, account, plugin, connection, trigger_name, event, attempts, taken_in,
            (select parent from traces where traces.seq = one.seq) from outbox one
        where dead = 0 and confirmed = ?1 and account = ?2 and next_at <= ?3
            and seq not in (select seq from temp.taken)
            and (subject is null or not exists (select 1 from outbox earlier where earlier.dead = 0
                and earlier.account = one.account and earlier.subject = one.subject and earlier.seq < one.seq))
        order by next_at, seq limit ?4";
    file.prepare_cached(sql)?.query_map(params![confirmed, account, now, most], queued)?.collect()
}

fn soonest_of(file: &Connection, confirmed: bool, account: &str, now: i64) -> rusqlite::Result<Option<i64>> {
    let sql = "select min(next_at) from outbox where dead = 0 and confirmed = ? and account = ? and next_at > ?";
    file.prepare_cached(sql)?.query_row(params![confirmed, account, now], |row| row.get(0))
}

fn queued(row: &Row<'_>) -> rusqlite::Result<Queued> {
    Ok(Queued {
        seq: row.get(0)?,
        source: source(row, 1)?,
        event: read_event(row.get(5)?)?,
        attempts: row.get(6)?,
        taken_in: row.get(7)?,
        trace: row.get(8)?,
    })
}

/// Where an event comes from, in four columns.
pub fn source(row: &Row<'_>, first: usize) -> rusqlite::Result<Source> {
    Ok(Source {
        account: row.get(first)?,
        plugin: row.get(first + 1)?,
        connection: row.get(first + 2)?,
        trigger: row.get(first + 3)?,
    })
}

fn confirmed(file: &Connection, seq: i64) -> rusqlite::Result<bool> {
    let named = file
        .prepare_cached("select account, id from outbox where seq = ?")?
        .query_row([seq], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
        .optional()?;
    let Some((account, id)) = named else { return Ok(false) };
    let is_new = intake::see(file, &account, &id)?;
    let sql = match is_new {
        true => "update outbox set confirmed = 1, attempts = 0, next_at = 0, error = null where seq = ?",
        false => "delete from outbox where seq = ?",
    };
    file.prepare_cached(sql)?.execute([seq])?;
    settled(file, seq)?;
    Ok(is_new)
}

fn remove(file: &Connection, seq: i64) -> rusqlite::Result<()> {
    file.prepare_cached("delete from outbox where seq = ?")?.execute([seq])?;
    settled(file, seq)
}

fn settled(file: &Connection, seq: i64) -> rusqlite::Result<()> {
    file.prepare_cached("delete from temp.taken where seq = ?")?.execute([seq])?;
    Ok(())
}

fn depth(file: &mut Connection) -> rusqlite::Result<Depth> {
    let count = |dead: bool, confirmed: &str| {
        let sql = format!("select count(*) from outbox where dead = ? and confirmed in ({confirmed})");
        file.prepare_cached(&sql)?.query_row([dead], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
    };
    let age = |confirmed: bool| {
        let sql = "select min(taken_in) from outbox where dead = 0 and confirmed = ?";
        let oldest: Option<i64> = file.prepare_cached(sql)?.query_row([confirmed], |row| row.get(0))?;
        Ok::<_, rusqlite::Error>(oldest.map_or(0, |at| u64::try_from(state::now() - at).unwrap_or(0)))
    };
    Ok(Depth {
        to_confirm: count(false, "0")?,
        to_deliver: count(false, "1")?,
        dead: count(true, "0, 1")?,
        confirm_age_s: age(false)?,
        deliver_age_s: age(true)?,
    })
}
