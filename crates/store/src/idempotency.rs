//! Answers of the API, kept by idempotency key so that a repeated request gets the same one.

use domain::id::BusinessId;
use domain::time::Timestamp;
use sqlx::Result;

use crate::Tx;

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Digest of the request that used it first.
    pub digest: Vec<u8>,
    /// The answer, once there is one.
    pub answer: Option<(i64, String)>,
}

/// Takes a key if nobody has; says whether it was free.
///
/// # Errors
/// When the database refuses.
pub async fn insert_key(
    tx: &mut Tx,
    business: BusinessId,
    key: &str,
    digest: &[u8],
    now: Timestamp,
) -> Result<bool> {
    let done = on!(tx, c => sqlx::query(
            "insert into idempotency (business_id, key, digest, created_at) values ($1, $2, $3, $4) on conflict do nothing")
        .bind(business.uuid()).bind(key).bind(digest).bind(now.micros())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// What is known of a key.
///
/// # Errors
/// When the database refuses.
pub async fn find_key(tx: &mut Tx, business: BusinessId, key: &str) -> Result<Option<Kept>> {
    let row: Option<(Vec<u8>, Option<i64>, Option<String>)> = on!(tx, c => sqlx::query_as(
            "select digest, status, body from idempotency where business_id = $1 and key = $2")
        .bind(business.uuid()).bind(key).fetch_optional(c).await)?;
    Ok(row.map(|(digest, status, body)| Kept { digest, answer: status.zip(body) }))
}

/// Keeps the answer for a key.
///
/// # Errors
/// When the database refuses.
pub async fn set_answer(tx: &mut Tx, business: BusinessId, key: &str, status: i64, body: &str) -> Result<()> {
    on!(tx, c => sqlx::query("update idempotency set status = $3, body = $4 where business_id = $1 and key = $2")
        .bind(business.uuid()).bind(key).bind(status).bind(body)
        .execute(c).await.map(|_| ()))
}

/// Gives a key back, when its request came to nothing.
///
/// # Errors
/// When the database refuses.
pub async fn delete_key(tx: &mut Tx, business: BusinessId, key: &str) -> Result<()> {
    on!(tx, c => sqlx::query("delete from idempotency where business_id = $1 and key = $2 and status is null")
        .bind(business.uuid()).bind(key).execute(c).await.map(|_| ()))
}

/// Forgets keys older than `before`.
///
/// # Errors
/// When the database refuses.
pub async fn delete_old_keys(tx: &mut Tx, before: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query("delete from idempotency where created_at < $1").bind(before.micros()).execute(c).await.map(|_| ()))
}
