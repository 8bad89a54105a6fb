//! Settings versions and wordings.

use domain::id::BusinessId;
use domain::ledger::Hash;
use domain::settings::{Draft, Settings};
use domain::time::Timestamp;
use sqlx::Result;

use crate::{Tx, corrupt};

/// Adds a version. Two people who save at once collide on the number.
///
/// # Errors
/// A unique violation when somebody was faster.
pub async fn insert_settings(
    tx: &mut Tx,
    business: BusinessId,
    settings: &Settings,
    saved_by: &str,
    now: Timestamp,
) -> Result<()> {
    let body = serde_json::to_string(&settings.draft).map_err(|_| corrupt("settings.body"))?;
    on!(tx, c => sqlx::query("insert into settings (business_id, version, body, saved_by, saved_at) values ($1, $2, $3, $4, $5)")
        .bind(business.uuid()).bind(settings.version).bind(body).bind(saved_by).bind(now.micros())
        .execute(c).await.map(|_| ()))
}

/// The number of the version in force.
///
/// # Errors
/// When the database refuses.
pub async fn find_settings_version(tx: &mut Tx, business: BusinessId) -> Result<Option<i64>> {
    on!(tx, c => sqlx::query_scalar("select max(version) from settings where business_id = $1")
        .bind(business.uuid()).fetch_one(c).await)
}

/// The version in force.
///
/// # Errors
/// When the database refuses or the row is corrupt.
pub async fn find_settings(tx: &mut Tx, business: BusinessId) -> Result<Option<Settings>> {
    let row: Option<(i64, String)> = on!(tx, c => sqlx::query_as(
            "select version, body from settings where business_id = $1 order by version desc limit 1")
        .bind(business.uuid()).fetch_optional(c).await)?;
    row.map(|(version, body)| {
        let draft: Draft = serde_json::from_str(&body).map_err(|_| corrupt("settings.body"))?;
        Ok(Settings { version, draft })
    })
    .transpose()
}

/// One version, however old.
///
/// # Errors
/// When the database refuses or the row is corrupt.
pub async fn find_settings_at(tx: &mut Tx, business: BusinessId, version: i64) -> Result<Option<Settings>> {
    let body: Option<String> = on!(tx, c => sqlx::query_scalar("select body from settings where business_id = $1 and version = $2")
        .bind(business.uuid()).bind(version).fetch_optional(c).await)?;
    body.map(|body| {
        let draft: Draft = serde_json::from_str(&body).map_err(|_| corrupt("settings.body"))?;
        Ok(Settings { version, draft })
    })
    .transpose()
}

/// Keeps a wording under its digest; one that is there already stays.
///
/// # Errors
/// When the database refuses.
pub async fn insert_wording(
    tx: &mut Tx,
    business: BusinessId,
    digest: &Hash,
    text: &str,
    now: Timestamp,
) -> Result<()> {
    on!(tx, c => sqlx::query(
            "insert into wording (business_id, digest, text, created_at) values ($1, $2, $3, $4) on conflict do nothing")
        .bind(business.uuid()).bind(digest.as_slice()).bind(text).bind(now.micros())
        .execute(c).await.map(|_| ()))
}

/// The wording with this digest.
///
/// # Errors
/// When the database refuses.
pub async fn find_wording(tx: &mut Tx, business: BusinessId, digest: &Hash) -> Result<Option<String>> {
    on!(tx, c => sqlx::query_scalar("select text from wording where business_id = $1 and digest = $2")
        .bind(business.uuid()).bind(digest.as_slice()).fetch_optional(c).await)
}
