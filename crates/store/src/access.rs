//! Businesses, the people who sign in, their sessions, and API keys.

use domain::id::{ApiKeyId, BusinessId, InvitationId, UserId};
use domain::role::Role;
use domain::time::Timestamp;
use sqlx::Result;
use uuid::Uuid;

use crate::{Tx, corrupt};

/// A business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Business {
    /// Its id.
    pub id: BusinessId,
    /// Its short name, if it has one.
    pub handle: Option<String>,
    /// Its name, as customers know it.
    pub name: String,
    /// Where numbers without a country code are taken to be from.
    pub region: Option<String>,
}

type BusinessRow = (Uuid, Option<String>, String, Option<String>);

fn business((id, handle, name, region): BusinessRow) -> Business {
    Business { id: BusinessId::from_uuid(id), handle, name, region }
}

/// Adds a business.
///
/// # Errors
/// When the handle is taken or the database refuses.
pub async fn insert_business(tx: &mut Tx, business: &Business, now: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query("insert into business (id, handle, name, region, created_at) values ($1, $2, $3, $4, $5)")
        .bind(business.id.uuid()).bind(&business.handle).bind(&business.name).bind(&business.region).bind(now.micros())
        .execute(c).await.map(|_| ()))
}

/// A business by its id.
///
/// # Errors
/// When the database refuses.
pub async fn find_business(tx: &mut Tx, id: BusinessId) -> Result<Option<Business>> {
    let row: Option<BusinessRow> = on!(tx, c => sqlx::query_as("select id, handle, name, region from business where id = $1")
        .bind(id.uuid()).fetch_optional(c).await)?;
    Ok(row.map(business))
}

/// A business by its handle.
///
/// # Errors
/// When the database refuses.
pub async fn find_business_by_handle(tx: &mut Tx, handle: &str) -> Result<Option<Business>> {
    let row: Option<BusinessRow> = on!(tx, c => sqlx::query_as("select id, handle, name, region from business where handle = $1")
        .bind(handle).fetch_optional(c).await)?;
    Ok(row.map(business))
}

/// A person who signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Where they work.
    pub business: BusinessId,
    /// Their address, folded.
    pub email: String,
    /// Argon2id, in PHC form.
    pub password_hash: String,
    /// What they are.
    pub role: Role,
    /// They do not work here any more: they cannot sign in, and what they did keeps their name.
    pub left: bool,
}

type UserRow = (Uuid, Uuid, String, String, String, Option<i64>);

fn user((id, business, email, password_hash, role, left_at): UserRow) -> Result<User> {
    Ok(User {
        id: UserId::from_uuid(id),
        business: BusinessId::from_uuid(business),
        email,
        password_hash,
        role: role.parse().map_err(|_| corrupt("app_user.role"))?,
        left: left_at.is_some(),
    })
}

/// Adds a person.
///
/// # Errors
/// A unique violation when the address is taken.
pub async fn insert_user(tx: &mut Tx, user: &User, now: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query(
            "insert into app_user (id, business_id, email, password_hash, role, created_at) values ($1, $2, $3, $4, $5, $6)")
        .bind(user.id.uuid()).bind(user.business.uuid()).bind(&user.email).bind(&user.password_hash)
        .bind(user.role.as_str()).bind(now.micros())
        .execute(c).await.map(|_| ()))
}

/// A person by their folded address.
///
/// # Errors
/// When the database refuses or the row is corrupt.
pub async fn find_user_by_email(tx: &mut Tx, email: &str) -> Result<Option<User>> {
    let row: Option<UserRow> = on!(tx, c => sqlx::query_as(
            "select id, business_id, email, password_hash, role, left_at from app_user where email = $1")
        .bind(email).fetch_optional(c).await)?;
    row.map(user).transpose()
}

/// The people of a business.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_users(tx: &mut Tx, business: BusinessId) -> Result<Vec<User>> {
    let rows: Vec<UserRow> = on!(tx, c => sqlx::query_as(
            "select id, business_id, email, password_hash, role, left_at from app_user where business_id = $1 order by id")
        .bind(business.uuid()).fetch_all(c).await)?;
    rows.into_iter().map(user).collect()
}

/// Whether anybody can sign in at all.
///
/// # Errors
/// When the database refuses.
pub async fn has_users(tx: &mut Tx) -> Result<bool> {
    let found: Option<i32> =
        on!(tx, c => sqlx::query_scalar("select 1 from app_user limit 1").fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Opens a session.
///
/// # Errors
/// When the database refuses.
pub async fn insert_session(
    tx: &mut Tx,
    token_hash: &[u8],
    user: UserId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    on!(tx, c => sqlx::query(
            "insert into session (token_hash, user_id, created_at, last_seen_at, expires_at) values ($1, $2, $3, $3, $4)")
        .bind(token_hash).bind(user.uuid()).bind(now.micros()).bind(expires_at.micros())
        .execute(c).await.map(|_| ()))
}

/// A session that is neither over nor idle since `idle_before`: its person, their business's name, and when it was last
/// seen.
///
/// # Errors
/// When the database refuses or the row is corrupt.
pub async fn find_session(
    tx: &mut Tx,
    token_hash: &[u8],
    now: Timestamp,
    idle_before: Timestamp,
) -> Result<Option<(User, Business, Timestamp)>> {
    type Row = (Uuid, Uuid, String, String, String, Option<String>, String, Option<String>, i64);
    let row: Option<Row> = on!(tx, c => sqlx::query_as(
            "select u.id, u.business_id, u.email, u.password_hash, u.role, b.handle, b.name, b.region, s.last_seen_at \
             from session s join app_user u on u.id = s.user_id join business b on b.id = u.business_id \
             where s.token_hash = $1 and s.expires_at > $2 and s.last_seen_at > $3 and u.left_at is null")
        .bind(token_hash).bind(now.micros()).bind(idle_before.micros())
        .fetch_optional(c).await)?;
    row.map(|(id, business_id, email, hash, role, handle, name, region, seen)| {
        let user = user((id, business_id, email, hash, role, None))?;
        Ok((user, business((business_id, handle, name, region)), Timestamp::from_micros(seen)))
    })
    .transpose()
}

/// Changes what somebody is.
///
/// # Errors
/// When the database refuses.
pub async fn set_role(tx: &mut Tx, user: UserId, role: Role) -> Result<()> {
    on!(tx, c => sqlx::query("update app_user set role = $2 where id = $1")
        .bind(user.uuid()).bind(role.as_str()).execute(c).await.map(|_| ()))
}

/// Changes somebody's password; whoever left is back with it, as what is said.
///
/// # Errors
/// When the database refuses.
pub async fn set_password(tx: &mut Tx, user: UserId, password_hash: &str, role: Role) -> Result<()> {
    on!(tx, c => sqlx::query("update app_user set password_hash = $2, role = $3, left_at = null where id = $1")
        .bind(user.uuid()).bind(password_hash).bind(role.as_str()).execute(c).await.map(|_| ()))
}

/// Somebody leaves: they cannot sign in any more, their conversations are nobody's, and whom they invited has to be invited again.
///
/// # Errors
/// When the database refuses.
pub async fn leave(tx: &mut Tx, user: UserId, now: Timestamp) -> Result<()> {
    on!(tx, c => {
        sqlx::query("update app_user set left_at = $2 where id = $1")
            .bind(user.uuid()).bind(now.micros()).execute(&mut *c).await?;
        sqlx::query("update conversation set assignee_id = null where assignee_id = $1")
            .bind(user.uuid()).execute(&mut *c).await?;
        sqlx::query("delete from invitation where invited_by = $1").bind(user.to_string()).execute(&mut *c).await?;
        sqlx::query("delete from session where user_id = $1").bind(user.uuid()).execute(&mut *c).await.map(|_| ())
    })
}

/// Ends the sessions of somebody but the one given; says how many.
///
/// # Errors
/// When the database refuses.
pub async fn delete_other_sessions(tx: &mut Tx, user: UserId, but: &[u8]) -> Result<u64> {
    on!(tx, c => sqlx::query("delete from session where user_id = $1 and token_hash <> $2")
        .bind(user.uuid()).bind(but).execute(c).await.map(|done| done.rows_affected()))
}

/// Somebody who was asked to join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Where they would work.
    pub business: BusinessId,
    /// Their address, folded.
    pub email: String,
    /// What they would be.
    pub role: Role,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when the link works.
    pub expires_at: Timestamp,
}

type InvitationRow = (Uuid, Uuid, String, String, i64, i64);

fn invitation((id, business, email, role, created_at, expires_at): InvitationRow) -> Result<Invitation> {
    Ok(Invitation {
        id: InvitationId::from_uuid(id),
        business: BusinessId::from_uuid(business),
        email,
        role: role.parse().map_err(|_| corrupt("invitation.role"))?,
        created_at: Timestamp::from_micros(created_at),
        expires_at: Timestamp::from_micros(expires_at),
    })
}

/// Asks somebody to join; an earlier invitation of the same address by the business is void.
///
/// # Errors
/// When the database refuses.
pub async fn insert_invitation(
    tx: &mut Tx,
    one: &Invitation,
    token_hash: &[u8],
    invited_by: &str,
) -> Result<()> {
    on!(tx, c => {
        sqlx::query("delete from invitation where business_id = $1 and email = $2")
            .bind(one.business.uuid()).bind(&one.email).execute(&mut *c).await?;
        sqlx::query(
            "insert into invitation (id, business_id, email, role, token_hash, invited_by, created_at, expires_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8)")
            .bind(one.id.uuid()).bind(one.business.uuid()).bind(&one.email).bind(one.role.as_str()).bind(token_hash)
            .bind(invited_by).bind(one.created_at.micros()).bind(one.expires_at.micros())
            .execute(&mut *c).await.map(|_| ())
    })
}

/// The invitations of a business that nobody took yet.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_invitations(tx: &mut Tx, business: BusinessId) -> Result<Vec<Invitation>> {
    let rows: Vec<InvitationRow> = on!(tx, c => sqlx::query_as(
            "select id, business_id, email, role, created_at, expires_at from invitation where business_id = $1 order by id")
        .bind(business.uuid()).fetch_all(c).await)?;
    rows.into_iter().map(invitation).collect()
}

/// The invitation of a link that still works.
///
/// # Errors
/// When the database refuses or the row is corrupt.
pub async fn find_invitation(tx: &mut Tx, token_hash: &[u8], now: Timestamp) -> Result<Option<Invitation>> {
    let row: Option<InvitationRow> = on!(tx, c => sqlx::query_as(
            "select id, business_id, email, role, created_at, expires_at from invitation \
             where token_hash = $1 and expires_at > $2")
        .bind(token_hash).bind(now.micros()).fetch_optional(c).await)?;
    row.map(invitation).transpose()
}

/// Takes an invitation back, or uses it up; says whether it was there.
///
/// # Errors
/// When the database refuses.
pub async fn delete_invitation(tx: &mut Tx, business: BusinessId, id: InvitationId) -> Result<bool> {
    on!(tx, c => sqlx::query("delete from invitation where id = $1 and business_id = $2")
        .bind(id.uuid()).bind(business.uuid()).execute(c).await.map(|done| done.rows_affected() > 0))
}

/// Notes that a session was used.
///
/// # Errors
/// When the database refuses.
pub async fn touch_session(tx: &mut Tx, token_hash: &[u8], now: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query("update session set last_seen_at = $2 where token_hash = $1")
        .bind(token_hash).bind(now.micros()).execute(c).await.map(|_| ()))
}

/// Ends a session.
///
/// # Errors
/// When the database refuses.
pub async fn delete_session(tx: &mut Tx, token_hash: &[u8]) -> Result<()> {
    on!(tx, c => sqlx::query("delete from session where token_hash = $1").bind(token_hash).execute(c).await.map(|_| ()))
}

/// Forgets sessions that are over.
///
/// # Errors
/// When the database refuses.
pub async fn delete_expired_sessions(tx: &mut Tx, now: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query("delete from session where expires_at <= $1").bind(now.micros()).execute(c).await.map(|_| ()))
}

/// Replaces the one-time setup link.
///
/// # Errors
/// When the database refuses.
pub async fn insert_setup_token(tx: &mut Tx, token_hash: &[u8], now: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query("insert into setup_token (token_hash, created_at) values ($1, $2)")
        .bind(token_hash).bind(now.micros()).execute(c).await.map(|_| ()))
}

/// Whether the setup link is the current one.
///
/// # Errors
/// When the database refuses.
pub async fn has_setup_token(tx: &mut Tx, token_hash: &[u8]) -> Result<bool> {
    let found: Option<i32> = on!(tx, c => sqlx::query_scalar("select 1 from setup_token where token_hash = $1")
        .bind(token_hash).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Voids every setup link.
///
/// # Errors
/// When the database refuses.
pub async fn delete_setup_tokens(tx: &mut Tx) -> Result<()> {
    on!(tx, c => sqlx::query("delete from setup_token").execute(c).await.map(|_| ()))
}

/// A key of the REST API, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// Whose data it opens.
    pub business: BusinessId,
    /// What the business calls it.
    pub name: String,
    /// `read` or `write`.
    pub scope: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

type ApiKeyRow = (Uuid, Uuid, String, String, i64, Option<i64>);

fn api_key((id, business, name, scope, created_at, last_used_at): ApiKeyRow) -> ApiKey {
    ApiKey {
        id: ApiKeyId::from_uuid(id),
        business: BusinessId::from_uuid(business),
        name,
        scope,
        created_at: Timestamp::from_micros(created_at),
        last_used_at: last_used_at.map(Timestamp::from_micros),
    }
}

/// Adds a key.
///
/// # Errors
/// When the database refuses.
pub async fn insert_api_key(tx: &mut Tx, key: &ApiKey, key_hash: &[u8]) -> Result<()> {
    on!(tx, c => sqlx::query(
            "insert into api_key (id, business_id, name, scope, key_hash, created_at) values ($1, $2, $3, $4, $5, $6)")
        .bind(key.id.uuid()).bind(key.business.uuid()).bind(&key.name).bind(&key.scope).bind(key_hash)
        .bind(key.created_at.micros())
        .execute(c).await.map(|_| ()))
}

/// A key that was not revoked.
///
/// # Errors
/// When the database refuses.
pub async fn find_api_key(tx: &mut Tx, key_hash: &[u8]) -> Result<Option<ApiKey>> {
    let row: Option<ApiKeyRow> = on!(tx, c => sqlx::query_as(
            "select id, business_id, name, scope, created_at, last_used_at from api_key \
             where key_hash = $1 and revoked_at is null")
        .bind(key_hash).fetch_optional(c).await)?;
    Ok(row.map(api_key))
}

/// The keys of a business that were not revoked.
///
/// # Errors
/// When the database refuses.
pub async fn list_api_keys(tx: &mut Tx, business: BusinessId) -> Result<Vec<ApiKey>> {
    let rows: Vec<ApiKeyRow> = on!(tx, c => sqlx::query_as(
            "select id, business_id, name, scope, created_at, last_used_at from api_key \
             where business_id = $1 and revoked_at is null order by id desc")
        .bind(business.uuid()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(api_key).collect())
}

/// Notes that a key was used.
///
/// # Errors
/// When the database refuses.
pub async fn touch_api_key(tx: &mut Tx, id: ApiKeyId, now: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query("update api_key set last_used_at = $2 where id = $1")
        .bind(id.uuid()).bind(now.micros()).execute(c).await.map(|_| ()))
}

/// Makes a key worthless; says whether there was one.
///
/// # Errors
/// When the database refuses.
pub async fn revoke_api_key(tx: &mut Tx, business: BusinessId, id: ApiKeyId, now: Timestamp) -> Result<bool> {
    let done = on!(tx, c => sqlx::query(
            "update api_key set revoked_at = $3 where business_id = $1 and id = $2 and revoked_at is null")
        .bind(business.uuid()).bind(id.uuid()).bind(now.micros())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}
