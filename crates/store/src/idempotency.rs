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
    /// When it was used first.
    pub created_at: Timestamp,
}

/// Takes a key if nobody has; says whether it was free. Until `free_at` nobody else may take it.
///
/// # Errors
/// When the database refuses.
pub async fn insert_key(
    tx: &mut Tx,
    business: BusinessId,
    key: &str,
    digest: &[u8],
    now: Timestamp,
    free_at: Timestamp,
) -> Result<bool> {
    let done = on!(tx, c => sqlx::query(
            "insert into idempotency (business_id, key, digest, created_at, free_at) values ($1, $2, $3, $4, $5) \
             on conflict do nothing")
        .bind(business.uuid()).bind(key).bind(digest).bind(now.micros()).bind(free_at.micros())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Takes a key from a request that was never answered, if its time is over; says whether it was. One of several who ask gets it.
///
/// # Errors
/// When the database refuses.
pub async fn take_over_key(
    tx: &mut Tx,
    business: BusinessId,
    key: &str,
    now: Timestamp,
    free_at: Timestamp,
) -> Result<bool> {
    let done = on!(tx, c => sqlx::query(
            "update idempotency set free_at = $4 \
             where business_id = $1 and key = $2 and status is null and free_at <= $3")
        .bind(business.uuid()).bind(key).bind(now.micros()).bind(free_at.micros())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// What is known of a key.
///
/// # Errors
/// When the database refuses.
pub async fn find_key(tx: &mut Tx, business: BusinessId, key: &str) -> Result<Option<Kept>> {
    type Row = (Vec<u8>, Option<i64>, Option<String>, i64);
    let row: Option<Row> = on!(tx, c => sqlx::query_as(
            "select digest, status, body, created_at from idempotency where business_id = $1 and key = $2")
        .bind(business.uuid()).bind(key).fetch_optional(c).await)?;
    Ok(row.map(|(digest, status, body, created_at)| Kept {
        digest,
        answer: status.zip(body),
        created_at: Timestamp::from_micros(created_at),
    }))
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

/// Gives a key back, when its request was not answered: the next one with it may take it at once.
///
/// # Errors
/// When the database refuses.
pub async fn free_key(tx: &mut Tx, business: BusinessId, key: &str) -> Result<()> {
    on!(tx, c => sqlx::query("update idempotency set free_at = 0 where business_id = $1 and key = $2 and status is null")
        .bind(business.uuid()).bind(key).execute(c).await.map(|_| ()))
}

/// Forgets keys older than `before`.
///
/// # Errors
/// When the database refuses.
pub async fn delete_old_keys(tx: &mut Tx, before: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query("delete from idempotency where created_at < $1").bind(before.micros()).execute(c).await.map(|_| ()))
}
