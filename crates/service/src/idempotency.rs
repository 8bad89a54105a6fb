//! Repeating a request of the API without repeating what it did.

use domain::id::{BusinessId, uuid_v7};
use domain::ledger::Hash;
use domain::time::{Span, Timestamp};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{Caller, Error, Service, task};

/// Longest key taken, in characters.
pub const KEY_LIMIT: usize = 255;

/// How long a request may take before another one with the same key does its work: its process may have died. Both make what they
/// make under the same id, so that it is made once whichever comes first.
const UNDER_WAY: Span = Span::seconds(5);

/// What to do with a request that carries a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begin {
    /// Do it; then call [`finish`] or [`forget`]. What it makes, it makes under this id, which is the same when the work is done again
    /// because nobody was told how it ended.
    Fresh(Uuid),
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
        let now = service.now();
        let free_at = now + UNDER_WAY;
        if store::idempotency::insert_key(&mut tx, business, &key, &digest, now, free_at).await? {
            tx.commit().await?;
            return Ok(Begin::Fresh(made(business, &key, now)));
        }
        let kept = store::idempotency::find_key(&mut tx, business, &key).await?;
        Ok(match kept {
            Some(kept) if kept.digest == digest => match kept.answer {
                Some((status, body)) => Begin::Replay { status: u16::try_from(status).unwrap_or(200), body },
                None if store::idempotency::take_over_key(&mut tx, business, &key, now, free_at).await? => {
                    tx.commit().await?;
                    Begin::Fresh(made(business, &key, kept.created_at))
                }
                None => Begin::Clash,
            },
            _ => Begin::Clash,
        })
    })
    .await
}

/// The id of what a request with this key makes: it sorts by when the key was used first, and nobody without the key guesses it.
fn made(business: BusinessId, key: &str, first: Timestamp) -> Uuid {
    let digest = Sha256::new().chain_update(business.uuid()).chain_update(key).finalize();
    let mut random = [0; 10];
    random.copy_from_slice(&digest[..10]);
    uuid_v7(first, random)
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
        store::idempotency::free_key(&mut tx, business, &key).await?;
        Ok(tx.commit().await?)
    })
    .await
}
