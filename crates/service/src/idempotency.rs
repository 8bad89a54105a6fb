//! Repeating a request of the API without repeating what it did.

use domain::ledger::Hash;

use crate::{Caller, Error, Service, task};

/// Longest key taken, in characters.
pub const KEY_LIMIT: usize = 255;

/// What to do with a request that carries a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begin {
    /// Do it; then call [`finish`] or [`forget`].
    Fresh,
    /// It was done; this was the answer.
    Replay {
        /// HTTP status.
        status: u16,
        /// Body.
        body: String,
    },
    /// The key was used for another request, or that request is still running.
    Clash,
}

/// Takes a key for a request with this digest.
///
/// # Errors
/// When the key is empty or too long, or the database cannot be reached.
pub async fn begin(service: &Service, caller: &Caller, key: &str, digest: Hash) -> Result<Begin, Error> {
    if key.is_empty() || key.chars().count() > KEY_LIMIT {
        return Err(Error::invalid("Idempotency-Key", "length"));
    }
    let (service, business, key) = (service.clone(), caller.business, key.to_owned());
    task(async move {
        let mut tx = service.db.write().await?;
        if store::idempotency::insert_key(&mut tx, business, &key, &digest, service.now()).await? {
            tx.commit().await?;
            return Ok(Begin::Fresh);
        }
        let kept = store::idempotency::find_key(&mut tx, business, &key).await?;
        Ok(match kept {
            Some(kept) if kept.digest == digest => match kept.answer {
                Some((status, body)) => Begin::Replay { status: u16::try_from(status).unwrap_or(200), body },
                None => Begin::Clash,
            },
            _ => Begin::Clash,
        })
    })
    .await
}

/// Keeps the answer, so that a repetition gets it again.
///
/// # Errors
/// When the database cannot be reached.
pub async fn finish(
    service: &Service,
    caller: &Caller,
    key: &str,
    status: u16,
    body: &str,
) -> Result<(), Error> {
    let (service, business, key, body) = (service.clone(), caller.business, key.to_owned(), body.to_owned());
    task(async move {
        let mut tx = service.db.write().await?;
        store::idempotency::set_answer(&mut tx, business, &key, i64::from(status), &body).await?;
        Ok(tx.commit().await?)
    })
    .await
}

/// Gives the key back: the request came to nothing and may be tried again.
///
/// # Errors
/// When the database cannot be reached.
pub async fn forget(service: &Service, caller: &Caller, key: &str) -> Result<(), Error> {
    let (service, business, key) = (service.clone(), caller.business, key.to_owned());
    task(async move {
        let mut tx = service.db.write().await?;
        store::idempotency::delete_key(&mut tx, business, &key).await?;
        Ok(tx.commit().await?)
    })
    .await
}
