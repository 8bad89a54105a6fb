//! The second factor of people who sign in.

use domain::id::{BusinessId, UserId};
use domain::time::Timestamp;
use sqlx::Result;
use uuid::Uuid;

use crate::Tx;

/// Somebody's second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactor {
    /// The secret, sealed.
    pub secret: Vec<u8>,
    /// Since when it is asked for; never, as long as nobody showed that they have it.
    pub confirmed_at: Option<Timestamp>,
    /// The last time step whose code was used.
    pub last_step: i64,
}

/// Puts a new secret in the place of what was there, not confirmed.
///
/// # Errors
/// When the database refuses.
pub async fn set_second_factor(tx: &mut Tx, user: UserId, secret: &[u8]) -> Result<()> {
    on!(tx, c => sqlx::query(
            "insert into second_factor (user_id, secret, last_step) values ($1, $2, 0) \
             on conflict (user_id) do update set secret = excluded.secret, confirmed_at = null, last_step = 0")
        .bind(user.uuid()).bind(secret).execute(c).await.map(|_| ()))
}

/// Somebody's second factor, confirmed or not.
///
/// # Errors
/// When the database refuses.
pub async fn find_second_factor(tx: &mut Tx, user: UserId) -> Result<Option<SecondFactor>> {
    let row: Option<(Vec<u8>, Option<i64>, i64)> = on!(tx, c => sqlx::query_as(
            "select secret, confirmed_at, last_step from second_factor where user_id = $1")
        .bind(user.uuid()).fetch_optional(c).await)?;
    Ok(row.map(|(secret, confirmed_at, last_step)| SecondFactor {
        secret,
        confirmed_at: confirmed_at.map(Timestamp::from_micros),
        last_step,
    }))
}

/// From now on it is asked for.
///
/// # Errors
/// When the database refuses.
pub async fn confirm_second_factor(tx: &mut Tx, user: UserId, now: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query("update second_factor set confirmed_at = $2 where user_id = $1")
        .bind(user.uuid()).bind(now.micros()).execute(c).await.map(|_| ()))
}

/// Uses the code of a time step; says whether it was still unused. Of two at once, one gets it.
///
/// # Errors
/// When the database refuses.
pub async fn use_step(tx: &mut Tx, user: UserId, step: i64) -> Result<bool> {
    let done = on!(tx, c => sqlx::query("update second_factor set last_step = $2 where user_id = $1 and last_step < $2")
        .bind(user.uuid()).bind(step).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Forgets the second factor and its recovery codes; says whether there was one.
///
/// # Errors
/// When the database refuses.
pub async fn delete_second_factor(tx: &mut Tx, user: UserId) -> Result<bool> {
    let done = on!(tx, c => {
        sqlx::query("delete from recovery_code where user_id = $1").bind(user.uuid()).execute(&mut *c).await?;
        sqlx::query("delete from second_factor where user_id = $1").bind(user.uuid()).execute(c).await
            .map(|done| done.rows_affected())
    })?;
    Ok(done == 1)
}

/// Replaces the recovery codes.
///
/// # Errors
/// When the database refuses.
pub async fn set_recovery_codes(tx: &mut Tx, user: UserId, hashes: &[[u8; 32]]) -> Result<()> {
    on!(tx, c => {
        sqlx::query("delete from recovery_code where user_id = $1").bind(user.uuid()).execute(&mut *c).await?;
        for hash in hashes {
            sqlx::query("insert into recovery_code (code_hash, user_id) values ($1, $2)")
                .bind(hash.as_slice()).bind(user.uuid()).execute(&mut *c).await?;
        }
        Ok(())
    })
}

/// Uses a recovery code; says whether it was one of this person.
///
/// # Errors
/// When the database refuses.
pub async fn use_recovery_code(tx: &mut Tx, user: UserId, hash: &[u8]) -> Result<bool> {
    let done = on!(tx, c => sqlx::query("delete from recovery_code where code_hash = $1 and user_id = $2")
        .bind(hash).bind(user.uuid()).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Who of these people is asked for a second factor.
///
/// # Errors
/// When the database refuses.
pub async fn with_second_factor(tx: &mut Tx, users: &[UserId]) -> Result<Vec<UserId>> {
    let mut found = Vec::new();
    for user in users {
        let confirmed: Option<i64> = on!(tx, c => sqlx::query_scalar(
                "select 1 from second_factor where user_id = $1 and confirmed_at is not null")
            .bind(user.uuid()).fetch_optional(c).await.map(|row: Option<i32>| row.map(i64::from)))?;
        if confirmed.is_some() {
            found.push(*user);
        }
    }
    Ok(found)
}

/// Remembers that a password was right and the code is missing.
///
/// # Errors
/// When the database refuses.
pub async fn insert_pending_login(
    tx: &mut Tx,
    token_hash: &[u8],
    user: UserId,
    expires_at: Timestamp,
) -> Result<()> {
    on!(tx, c => sqlx::query("insert into pending_login (token_hash, user_id, expires_at) values ($1, $2, $3)")
        .bind(token_hash).bind(user.uuid()).bind(expires_at.micros()).execute(c).await.map(|_| ()))
}

/// Whose log-in waits for a code, and in which business, unless its time is over.
///
/// # Errors
/// When the database refuses.
pub async fn find_pending_login(
    tx: &mut Tx,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<(BusinessId, UserId)>> {
    let user: Option<(Uuid, Uuid)> = on!(tx, c => sqlx::query_as(
            "select u.business_id, p.user_id from pending_login p join app_user u on u.id = p.user_id \
             where p.token_hash = $1 and p.expires_at > $2 and u.left_at is null")
        .bind(token_hash).bind(now.micros()).fetch_optional(c).await)?;
    Ok(user.map(|(business, user)| (BusinessId::from_uuid(business), UserId::from_uuid(user))))
}

/// A log-in waits no longer.
///
/// # Errors
/// When the database refuses.
pub async fn delete_pending_login(tx: &mut Tx, token_hash: &[u8]) -> Result<()> {
    on!(tx, c => sqlx::query("delete from pending_login where token_hash = $1").bind(token_hash).execute(c).await.map(|_| ()))
}

/// Forgets log-ins that were never completed.
///
/// # Errors
/// When the database refuses.
pub async fn delete_expired_pending_logins(tx: &mut Tx, now: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query("delete from pending_login where expires_at <= $1").bind(now.micros()).execute(c).await.map(|_| ()))
}
