//! Where services were told to send their webhooks.

use std::fmt;

use rusqlite::{Connection, Params, Row, params};

use super::{Source, Store, StoreError};

/// What a service was told, and what it made of that.
#[derive(Clone, PartialEq, Eq)]
pub struct Told {
    /// Whose events it sends.
    pub source: Source,
    /// What narrows them down: JSON.
    pub input: String,
    /// Where it sends them.
    pub url: String,
    /// The subscription's id at the service.
    pub subscription: String,
    /// By what it signs them, if not by what it was given.
    pub secret: Option<String>,
    /// When it was told, in UNIX seconds.
    pub since: i64,
    /// When it stops by itself, likewise.
    pub expires: Option<i64>,
}

/// A subscription that is kept, by its place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its place: later ones have larger ones.
    pub seq: i64,
    /// What it is.
    pub told: Told,
}

/// Without its secret and its address, which is one as well.
impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, subscription, since, expires, .. } = self;
        let mut shown = f.debug_struct("Told");
        shown.field("source", source).field("subscription", subscription).field("since", since);
        shown.field("expires", expires).finish_non_exhaustive()
    }
}

const COLUMNS: &str =
    "seq, account, plugin, connection, trigger_name, input, url, subscription, secret, since, expires";

impl Store {
    /// The subscriptions of an account, the latest first.
    ///
    /// # Errors
    /// If the file can't be read.
    pub async fn subscriptions_of(&self, account: &str) -> Result<Vec<Kept>, StoreError> {
        let account = account.to_owned();
        let sql = format!("select {COLUMNS} from subscriptions where account = ? order by seq desc");
        Ok(self.state.with(move |file| read(file, &sql, [account])).await?)
    }

    /// The subscriptions of all accounts, the latest first.
    ///
    /// # Errors
    /// If the file can't be read.
    pub async fn subscriptions(&self) -> Result<Vec<Kept>, StoreError> {
        let sql = format!("select {COLUMNS} from subscriptions order by seq desc");
        Ok(self.state.with(move |file| read(file, &sql, [])).await?)
    }

    /// Keeps a subscription. An earlier one of its trigger stays until it is ended.
    ///
    /// # Errors
    /// If the file can't be written.
    pub async fn subscribed(&self, told: Told) -> Result<(), StoreError> {
        self.change(move |file| {
            let Told { source, input, url, subscription, secret, since, expires } = told;
            let Source { account, plugin, connection, trigger } = source;
            let sql = "insert into subscriptions
                (account, plugin, connection, trigger_name, input, url, subscription, secret, since, expires)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
            let row = params![account, plugin, connection, trigger, input, url, subscription, secret, since, expires];
            file.prepare_cached(sql)?.execute(row).map(drop)
        })
        .await
    }

    /// Forgets a subscription: the service has stopped.
    ///
    /// # Errors
    /// If the file can't be written.
    pub async fn unsubscribed(&self, seq: i64) -> Result<(), StoreError> {
        let sql = "delete from subscriptions where seq = ?";
        self.change(move |file| file.prepare_cached(sql)?.execute([seq]).map(drop)).await
    }
}

fn read(file: &mut Connection, sql: &str, which: impl Params) -> rusqlite::Result<Vec<Kept>> {
    file.prepare_cached(sql)?.query_map(which, kept)?.collect()
}

fn kept(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let source = Source { account: row.get(1)?, plugin: row.get(2)?, connection: row.get(3)?, trigger: row.get(4)? };
    let told = Told {
        source,
        input: row.get(5)?,
        url: row.get(6)?,
        subscription: row.get(7)?,
        secret: row.get(8)?,
        since: row.get(9)?,
        expires: row.get(10)?,
    };
    Ok(Kept { seq: row.get(0)?, told })
}
