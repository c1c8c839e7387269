//! Which services have been told where to send their webhooks.

use std::fmt;

use rusqlite::{OptionalExtension, params};

use super::{Source, Store, StoreError};

/// A subscription, as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its id at the service; none while the service is being told, and after it failed to answer.
    pub subscription: Option<String>,
    /// The secret that its webhooks are proven by.
    pub secret: String,
    /// The address that the service was told.
    pub url: String,
    /// When it ends by itself, in UNIX seconds.
    pub expires: Option<i64>,
}

/// Without its secret, and without its address, which is one as well.
impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("subscription", &self.subscription).finish_non_exhaustive()
    }
}

impl Store {
    /// What is kept of a trigger's subscription.
    ///
    /// # Errors
    /// If the file can't be read.
    pub async fn subscription(&self, source: &Source) -> Result<Option<Kept>, StoreError> {
        let Source { account, trigger, .. } = source.clone();
        let sql = "select subscription, secret, url, expires from subscriptions where account = ? and trigger_name = ?";
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Kept { subscription: row.get(0)?, secret: row.get(1)?, url: row.get(2)?, expires: row.get(3)? })
        };
        let find = move |file: &mut rusqlite::Connection| {
            file.prepare_cached(sql)?.query_row([account, trigger], read).optional()
        };
        Ok(self.state.with(find).await?)
    }

    /// Keeps a trigger's subscription in the place of the last one, or forgets that.
    ///
    /// # Errors
    /// If the file can't be written.
    pub async fn keep_subscription(&self, source: &Source, kept: Option<Kept>) -> Result<(), StoreError> {
        let Source { account, trigger, .. } = source.clone();
        self.change(move |file| {
            match kept {
                Some(Kept { subscription, secret, url, expires }) => {
                    let sql = "insert or replace into subscriptions values (?, ?, ?, ?, ?, ?)";
                    let row = params![account, trigger, subscription, secret, url, expires];
                    file.prepare_cached(sql)?.execute(row)?;
                }
                None => {
                    let sql = "delete from subscriptions where account = ? and trigger_name = ?";
                    file.prepare_cached(sql)?.execute([account, trigger])?;
                }
            }
            Ok(())
        })
        .await
    }
}
