//! Copies of everything, made while the server runs, and putting one back.

use std::path::Path;

use store::Db;
pub use store::backup::Rested;

use crate::{Error, Service, task};

/// Writes a consistent copy of an embedded database to a file that is not there yet; `false` for PostgreSQL, which has a program of its
/// own for it. The key that seals secrets is not in it.
///
/// # Errors
/// When the file is there, or the disk is full.
pub async fn copy(service: &Service, to: &Path) -> Result<bool, Error> {
    let (service, to) = (service.clone(), to.to_owned());
    task(async move { Ok(store::backup::copy(&service.db, &to).await?) }).await
}

/// Whether there is a business in the database, which a restored one would replace.
///
/// # Errors
/// When the database cannot be reached.
pub async fn is_in_use(service: &Service) -> Result<bool, Error> {
    let service = service.clone();
    task(async move { Ok(store::backup::is_in_use(&mut service.db.read().await?).await?) }).await
}

/// Brings a restored database up to date and lays to rest what it would do by itself.
///
/// # Errors
/// [`Error::Invalid`] naming `file` when it is damaged or newer than this program.
pub async fn settle(database_url: &str) -> Result<Rested, Error> {
    let url = database_url.to_owned();
    task(async move {
        let db = Db::connect(&url, 2).await.map_err(|error| {
            tracing::error!(%error, "the backup cannot be opened");
            Error::invalid("file", "not_a_backup_of_this_version")
        })?;
        if let Some(damage) = store::backup::check(&db).await? {
            tracing::error!(%damage, "the backup is damaged");
            return Err(Error::invalid("file", "damaged"));
        }
        let mut tx = db.write().await?;
        let rested = store::backup::rest(&mut tx).await?;
        tx.commit().await?;
        db.close().await;
        Ok(rested)
    })
    .await
}
