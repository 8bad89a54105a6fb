//! Copies of a database made while it is in use, and what a restored one must not do.

use std::path::Path;

use domain::time::Timestamp;
use sqlx::Result;

use crate::{Db, Tx};

/// Writes a consistent copy of an embedded database to a file that must not be there yet, while others read and write. PostgreSQL
/// has a program of its own for it; then nothing is written, and `false` returned.
///
/// # Errors
/// When the file is there, the disk is full, or the database cannot be read.
pub async fn copy(db: &Db, to: &Path) -> Result<bool> {
    match db {
        Db::Sqlite { write, .. } => {
            // A reader of its own as far as other processes are concerned: nobody waits for it.
            sqlx::query("vacuum into $1").bind(to.display().to_string()).execute(write).await?;
            Ok(true)
        }
        Db::Postgres(_) => Ok(false),
    }
}

/// What is wrong with an embedded database, if anything is.
///
/// # Errors
/// When it cannot be read at all.
pub async fn check(db: &Db) -> Result<Option<String>> {
    match db {
        Db::Sqlite { write, .. } => {
            let found: String = sqlx::query_scalar("pragma quick_check(1)").fetch_one(write).await?;
            Ok((found != "ok").then_some(found))
        }
        Db::Postgres(_) => Ok(None),
    }
}

/// Whether the database holds a business already.
///
/// # Errors
/// When the database refuses.
pub async fn is_in_use(tx: &mut Tx) -> Result<bool> {
    let found: Option<i32> =
        on!(tx, c => sqlx::query_scalar("select 1 from business limit 1").fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// What a restored database would have done by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rested {
    /// Messages that waited: what became of them after the backup is not known.
    pub messages: u64,
    /// Campaigns that ran or were to begin.
    pub campaigns: u64,
    /// The newest thing in the backup: whoever said stop later did so unheard.
    pub newest: Option<Timestamp>,
}

/// Lays to rest what a restored database would do by itself: what waited may have been sent after the backup was made, and whoever
/// said stop since then is not in it.
///
/// # Errors
/// When the database refuses.
pub async fn rest(tx: &mut Tx) -> Result<Rested> {
    on!(tx, c => {
        let messages = sqlx::query(
            "update message_out set state = 'unknown', claimed_at = null where state in ('pending', 'claimed')")
            .execute(&mut *c).await?.rows_affected();
        let campaigns = sqlx::query(
            "update campaign set state = 'paused', pause_reason = 'by_hand' where state in ('scheduled', 'running')")
            .execute(&mut *c).await?.rows_affected();
        sqlx::query("delete from dispatcher_lease").execute(&mut *c).await?;
        sqlx::query("delete from session").execute(&mut *c).await?;
        let newest: Option<i64> = sqlx::query_scalar(
            "select max(at) from (select max(recorded_at) as at from consent_event union all \
             select max(received_at) from message_in union all select max(created_at) from message_out) as t")
            .fetch_one(&mut *c).await?;
        Ok(Rested { messages, campaigns, newest: newest.map(Timestamp::from_micros) })
    })
}
