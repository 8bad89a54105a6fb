//! Who is let in: first-run setup, log-in, sessions, API keys.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::audit::Action;
use domain::contact::Actor;
use domain::id::{ApiKeyId, BusinessId, UserId};
use domain::role::{Right, Role};
use domain::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::access::{ApiKey, User};

use crate::audit;
use crate::clock::random;
use crate::error::is_taken;
use crate::{Caller, Error, Invalid, Service, task};

/// Longest a session may last (reference: OWASP ASVS 5, chapter 7).
const SESSION_FOR: Span = Span::hours(12);
/// Longest a session may lie idle.
const SESSION_IDLE: Span = Span::hours(2);
/// How long a log-in waits for the code of the second factor.
const CODE_WITHIN: Span = Span::minutes(5);
/// How often a session's last use is written down.
const TOUCH_EVERY: Span = Span::minutes(1);
/// Shortest password, in characters.
pub const PASSWORD_MIN: usize = domain::limits::PASSWORD_LEAST;
/// Longest password, in characters: a longer one only costs time.
pub const PASSWORD_MAX: usize = 256;

/// OWASP's minimum for argon2id: 19 MiB, two passes, one lane. More would let a few log-ins at once starve the webhooks on
/// the two cores the product is made for.
static HASHER: LazyLock<Argon2<'static>> =
    LazyLock::new(|| Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default()));

/// At most this many passwords are hashed at the same time.
static HASHING: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(2);
/// At most this many wait for it; who comes on top is asked to come again.
static WAITING: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(64);

/// A fresh session: the cookie's value and when it ends.
#[derive(Clone)]
pub struct NewSession {
    /// The secret for the cookie.
    pub token: String,
    /// It is no session yet: the password was right, and [`crate::second_factor::complete_log_in`] opens one for the code. Until then
    /// the token opens nothing.
    pub needs_code: bool,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// A signed-in person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// What verbs are called with.
    pub caller: Caller,
    /// Who.
    pub user: UserId,
    /// Their address.
    pub email: String,
    /// Their business.
    pub business_name: String,
    /// Whether it is the demo.
    pub demo: bool,
}

/// What an API key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiKeyScope {
    /// Look.
    Read,
    /// Look and change.
    Write,
}

impl ApiKeyScope {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// An API key as it is shown: without the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKeyInfo {
    /// Its id.
    pub id: ApiKeyId,
    /// What the business calls it.
    pub name: String,
    /// What it may do.
    pub scope: ApiKeyScope,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// A person of the team as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamMember {
    /// Their id.
    pub id: UserId,
    /// Their address.
    pub email: String,
    /// What they are.
    pub role: Role,
}

pub(crate) fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

pub(crate) fn new_secret() -> String {
    hex::encode(random::<32>())
}

pub(crate) fn fold_email(email: &str) -> String {
    email.trim().to_lowercase()
}

pub(crate) fn check_email(email: &str) -> Option<Invalid> {
    let valid = email.len() <= 254
        && !email.chars().any(|c| c.is_whitespace() || c.is_control())
        && email.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && !domain.contains('@')
                && domain.contains('.')
                && !domain.starts_with('.')
                && !domain.ends_with('.')
        });
    (!valid).then_some(Invalid {
        field: "email",
        code: if email.is_empty() { "empty" } else { "not_an_email" },
        problem: None,
    })
}

pub(crate) fn check_password(password: &str) -> Option<Invalid> {
    let code = match password.chars().count() {
        0 => "empty",
        1..PASSWORD_MIN => "too_short",
        PASSWORD_MIN..=PASSWORD_MAX => return None,
        _ => "too_long",
    };
    Some(Invalid { field: "password", code, problem: None })
}

pub(crate) async fn hash_password(password: String) -> Result<String, Error> {
    let _turn = HASHING.acquire().await.map_err(|_| Error::Unavailable)?;
    tokio::task::spawn_blocking(move || {
        HASHER.hash_password(password.as_bytes()).map(|hash| hash.to_string())
    })
    .await
    .map_err(|error| Error::Internal(error.into()))?
    .map_err(|error| Error::Internal(anyhow::anyhow!("hashing a password failed: {error}")))
}

/// Checks a password against a hash, or against a dummy so that an unknown address takes as long as a known one.
async fn verify_password(password: String, hash: Option<String>) -> Result<bool, Error> {
    static DUMMY: LazyLock<String> =
        LazyLock::new(|| HASHER.hash_password(b"nobody").map(|hash| hash.to_string()).unwrap_or_default());
    let _place = WAITING.try_acquire().map_err(|_| Error::Unavailable)?;
    let _turn = HASHING.acquire().await.map_err(|_| Error::Unavailable)?;
    tokio::task::spawn_blocking(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| DUMMY.clone());
        let matches = PasswordHash::new(&hash)
            .is_ok_and(|parsed| HASHER.verify_password(password.as_bytes(), &parsed).is_ok());
        known && matches
    })
    .await
    .map_err(|error| Error::Internal(error.into()))
}

/// Slows guessing down: per account and per address.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<HashMap<String, (u32, Instant)>>);

/// Wrong passwords for one account before it must wait.
pub(crate) const ATTEMPTS_ACCOUNT: u32 = 5;
/// Wrong passwords from one address before it must wait: many people share one.
const ATTEMPTS_ADDRESS: u32 = 50;
/// How long the count is kept.
const ATTEMPTS_WITHIN: Duration = Duration::from_secs(15 * 60);
/// Keys kept; beyond that the oldest go.
const ATTEMPTS_KEYS: usize = 50_000;

impl Throttle {
    /// Counts an attempt, unless there were too many already. Counted before the password is looked at: attempts that come all at
    /// once are as many as those that come one by one.
    pub(crate) fn attempt(&self, key: &str, limit: u32) -> Result<(), Error> {
        let mut attempts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if attempts.len() >= ATTEMPTS_KEYS && !attempts.contains_key(key) {
            attempts.retain(|_, (_, since)| since.elapsed() < ATTEMPTS_WITHIN);
            if attempts.len() >= ATTEMPTS_KEYS {
                attempts.clear();
            }
        }
        let entry = attempts.entry(key.to_owned()).or_insert((0, Instant::now()));
        if entry.1.elapsed() >= ATTEMPTS_WITHIN {
            *entry = (0, Instant::now());
        }
        if entry.0 >= limit {
            let left = ATTEMPTS_WITHIN.saturating_sub(entry.1.elapsed());
            return Err(Error::TooMany { retry_after_seconds: left.as_secs().max(1) });
        }
        entry.0 += 1;
        Ok(())
    }

    /// Forgets the attempts on an account.
    pub(crate) fn succeeded(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    /// Takes one attempt back: it was no guess.
    fn forgive(&self, key: &str) {
        if let Some((count, _)) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut(key) {
            *count = count.saturating_sub(1);
        }
    }
}

/// What attempts on an account are counted under.
pub(crate) fn account_key(email: &str) -> String {
    format!("account:{email}")
}

/// Asks somebody who is signed in for their password again. The attempt is counted as one at the login, so that whoever finds an open
/// session guesses no faster; whoever asked tells [`Throttle::succeeded`] once all they ask for was right.
pub(crate) async fn prove_password(
    service: &Service,
    caller: &Caller,
    user: UserId,
    password: &str,
) -> Result<User, Error> {
    let (reading, business) = (service.clone(), caller.business);
    let known = task(async move {
        let users = store::access::list_users(&mut reading.db.read().await?, business).await?;
        users.into_iter().find(|one| one.id == user && !one.left).ok_or(Error::NotFound)
    })
    .await?;
    service.logins.attempt(&account_key(&known.email), ATTEMPTS_ACCOUNT)?;
    if verify_password(password.to_owned(), Some(known.password_hash.clone())).await? {
        Ok(known)
    } else {
        Err(Error::invalid("current", "wrong"))
    }
}

/// Lets a person in.
///
/// # Errors
/// [`Error::SignedOut`] when address and password do not belong together; with a second factor the answer only waits for its code; [`Error::TooMany`] after too many attempts.
pub async fn log_in(
    service: &Service,
    email: &str,
    password: &str,
    address: Option<IpAddr>,
) -> Result<NewSession, Error> {
    let email = fold_email(email);
    let account = account_key(&email);
    // Behind a proxy everybody comes from this machine; locking that address out would lock everybody out.
    let from = address.filter(|address| !address.is_loopback()).map(|address| format!("address:{address}"));
    service.logins.attempt(&account, ATTEMPTS_ACCOUNT)?;
    if let Some(from) = &from {
        service.logins.attempt(from, ATTEMPTS_ADDRESS)?;
    }
    if password.chars().count() > PASSWORD_MAX || check_email(&email).is_some() {
        return Err(Error::SignedOut);
    }
    let reading = service.clone();
    let wanted = email.clone();
    let user = task(async move {
        Ok(store::access::find_user_by_email(&mut reading.db.read().await?, &wanted).await?)
    })
    .await?;
    let user = user.filter(|user| !user.left);
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let matches = verify_password(password.to_owned(), hash).await?;
    let Some(user) = user.filter(|_| matches) else {
        tracing::info!("a log-in failed");
        return Err(Error::SignedOut);
    };
    service.logins.succeeded(&account);
    if let Some(from) = &from {
        service.logins.forgive(from);
    }
    if crate::second_factor::is_on(service, user.id).await? {
        return await_code(service, user.id).await;
    }
    open_session(service, user.business, user.id).await
}

/// Remembers that the password was right.
async fn await_code(service: &Service, user: UserId) -> Result<NewSession, Error> {
    let service = service.clone();
    task(async move {
        let pending =
            NewSession { token: new_secret(), needs_code: true, expires_at: service.now() + CODE_WITHIN };
        let mut tx = service.db.write().await?;
        store::second_factor::insert_pending_login(
            &mut tx,
            &digest(&pending.token),
            user,
            pending.expires_at,
        )
        .await?;
        tx.commit().await?;
        Ok(pending)
    })
    .await
}

async fn open_session(service: &Service, business: BusinessId, user: UserId) -> Result<NewSession, Error> {
    let service = service.clone();
    task(async move {
        let mut tx = service.db.write().await?;
        audit::note_user(&service, &mut tx, (business, user), Action::LoggedIn, "").await?;
        let session = insert_session(&service, &mut tx, user).await?;
        tx.commit().await?;
        Ok(session)
    })
    .await
}

pub(crate) async fn insert_session(
    service: &Service,
    tx: &mut store::Tx,
    user: UserId,
) -> Result<NewSession, Error> {
    let now = service.now();
    let session = NewSession { token: new_secret(), needs_code: false, expires_at: now + SESSION_FOR };
    store::access::insert_session(tx, &digest(&session.token), user, now, session.expires_at).await?;
    Ok(session)
}

/// Ends a session; one that is over already is fine.
///
/// # Errors
/// When the database cannot be reached.
pub async fn log_out(service: &Service, token: &str) -> Result<(), Error> {
    let (service, hash) = (service.clone(), digest(token));
    task(async move {
        let mut tx = service.db.write().await?;
        store::access::delete_session(&mut tx, &hash).await?;
        Ok(tx.commit().await?)
    })
    .await
}

/// Who a session belongs to, unless it is over. Counts as using it.
///
/// # Errors
/// When the database cannot be reached.
pub async fn signed_in(service: &Service, token: &str) -> Result<Option<SignedIn>, Error> {
    find_session(service, token, true).await
}

/// The same for a page that merely stays open: a session nobody uses ends in its time.
///
/// # Errors
/// When the database cannot be reached.
pub async fn still_signed_in(service: &Service, token: &str) -> Result<Option<SignedIn>, Error> {
    find_session(service, token, false).await
}

async fn find_session(service: &Service, token: &str, used: bool) -> Result<Option<SignedIn>, Error> {
    let (service, hash) = (service.clone(), digest(token));
    task(async move {
        let now = service.now();
        let mut tx = service.db.read().await?;
        let found = store::access::find_session(&mut tx, &hash, now, now - SESSION_IDLE).await?;
        drop(tx);
        let Some((user, business, seen)) = found else { return Ok(None) };
        if used && now - seen > TOUCH_EVERY {
            let mut tx = service.db.write().await?;
            store::access::touch_session(&mut tx, &hash, now).await?;
            tx.commit().await?;
        }
        let actor = Actor::User { id: user.id, email: None };
        Ok(Some(SignedIn {
            caller: Caller { business: user.business, actor, role: user.role },
            user: user.id,
            email: user.email,
            business_name: business.name,
            demo: business.handle.as_deref() == Some(crate::demo::HANDLE),
        }))
    })
    .await
}

/// A new one-time setup link's secret, while nobody can sign in yet. Links given out before are void.
///
/// # Errors
/// When the database cannot be reached.
pub async fn setup_token(service: &Service) -> Result<Option<String>, Error> {
    let service = service.clone();
    task(async move {
        let mut tx = service.db.write().await?;
        if store::access::has_users(&mut tx).await? {
            return Ok(None);
        }
        let token = new_secret();
        store::access::delete_setup_tokens(&mut tx).await?;
        store::access::insert_setup_token(&mut tx, &digest(&token), service.now()).await?;
        tx.commit().await?;
        Ok(Some(token))
    })
    .await
}

/// Whether a setup link works.
///
/// # Errors
/// When the database cannot be reached.
pub async fn setup_open(service: &Service, token: &str) -> Result<bool, Error> {
    let (service, hash) = (service.clone(), digest(token));
    task(async move {
        let mut tx = service.db.read().await?;
        Ok(!store::access::has_users(&mut tx).await?
            && store::access::has_setup_token(&mut tx, &hash).await?)
    })
    .await
}

/// Makes the first business and its owner, and signs the owner in. The link works once.
///
/// # Errors
/// [`Error::NotFound`] when the link is not the current one; [`Error::Invalid`] naming every field.
pub async fn complete_setup(
    service: &Service,
    token: &str,
    business_name: &str,
    email: &str,
    password: &str,
    region: Option<&str>,
) -> Result<NewSession, Error> {
    let email = fold_email(email);
    let mut problems: Vec<Invalid> =
        [check_email(&email), check_password(password)].into_iter().flatten().collect();
    let name = match crate::business::valid_name(business_name) {
        Ok(name) => name,
        Err(Error::Invalid(found)) => {
            problems.extend(found);
            String::new()
        }
        Err(other) => return Err(other),
    };
    let region = region.map(str::trim).filter(|region| !region.is_empty());
    let region = match region.map(str::parse::<domain::phone::Region>).transpose() {
        Ok(region) => region.map(String::from),
        Err(_) => {
            problems.push(Invalid { field: "region", code: "not_a_country", problem: None });
            None
        }
    };
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if !setup_open(service, token).await? {
        return Err(Error::NotFound);
    }
    let password_hash = hash_password(password.to_owned()).await?;
    let (service, hash) = (service.clone(), digest(token));
    task(async move {
        let mut tx = service.db.write().await?;
        if !store::access::has_setup_token(&mut tx, &hash).await? {
            return Err(Error::NotFound);
        }
        // On PostgreSQL the second of two waits here for the first; what it reads afterwards shows that it is the second.
        store::access::delete_setup_tokens(&mut tx).await?;
        if store::access::has_users(&mut tx).await? {
            return Err(Error::NotFound);
        }
        let business = crate::business::insert(&service, &mut tx, name, None, region).await?;
        let id = UserId::from_uuid(service.clock.uuid());
        let owner = User { id, business, email, password_hash, role: Role::Owner, left: false };
        store::access::insert_user(&mut tx, &owner, service.now()).await?;
        let session = insert_session(&service, &mut tx, id).await?;
        tx.commit().await?;
        Ok(session)
    })
    .await
}

/// Adds a person to a business.
///
/// # Errors
/// [`Error::Invalid`] naming every field; the address may be taken.
pub async fn create_user(
    service: &Service,
    business: BusinessId,
    email: &str,
    role: Role,
    password: &str,
) -> Result<UserId, Error> {
    let email = fold_email(email);
    let problems: Vec<Invalid> =
        [check_email(&email), check_password(password)].into_iter().flatten().collect();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let password_hash = hash_password(password.to_owned()).await?;
    let service = service.clone();
    task(async move {
        let mut tx = service.db.write().await?;
        if store::access::find_business(&mut tx, business).await?.is_none() {
            return Err(Error::invalid("business", "not_found"));
        }
        let id = UserId::from_uuid(service.clock.uuid());
        let user = User { id, business, email, password_hash, role, left: false };
        match store::access::insert_user(&mut tx, &user, service.now()).await {
            Err(error) if is_taken(&error) => return Err(Error::invalid("email", "taken")),
            other => other?,
        }
        tx.commit().await?;
        Ok(id)
    })
    .await
}

/// The people of the caller's business.
///
/// # Errors
/// When the caller may not read.
pub async fn team(service: &Service, caller: &Caller) -> Result<Vec<TeamMember>, Error> {
    caller.may(Right::Read)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let users = store::access::list_users(&mut service.db.read().await?, business).await?;
        Ok(users
            .into_iter()
            .filter(|user| !user.left)
            .map(|user| TeamMember { id: user.id, email: user.email, role: user.role })
            .collect())
    })
    .await
}

/// Makes an API key. The key itself is returned once and never again.
///
/// # Errors
/// When the name is empty or too long.
pub async fn create_api_key(
    service: &Service,
    business: BusinessId,
    name: &str,
    scope: ApiKeyScope,
) -> Result<(ApiKeyId, String), Error> {
    let secret = format!("wc_{}", new_secret());
    let id = insert_api_key(service, business, name, scope, &secret).await?;
    Ok((id, secret))
}

/// Makes an API key with a given secret: only the demo has one that everybody knows.
pub(crate) async fn insert_api_key(
    service: &Service,
    business: BusinessId,
    name: &str,
    scope: ApiKeyScope,
    secret: &str,
) -> Result<ApiKeyId, Error> {
    insert_api_key_by(service, &Caller::system(business), name, scope, secret).await
}

async fn insert_api_key_by(
    service: &Service,
    caller: &Caller,
    name: &str,
    scope: ApiKeyScope,
    secret: &str,
) -> Result<ApiKeyId, Error> {
    let business = caller.business;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > domain::limits::KEY_NAME {
        return Err(Error::invalid("name", if name.is_empty() { "empty" } else { "too_long" }));
    }
    let key = ApiKey {
        id: ApiKeyId::from_uuid(service.clock.uuid()),
        business,
        name: name.to_owned(),
        scope: scope.as_str().to_owned(),
        created_at: service.now(),
        last_used_at: None,
    };
    let (service, caller, hash) = (service.clone(), caller.clone(), digest(secret));
    task(async move {
        let mut tx = service.db.write().await?;
        if store::access::find_business(&mut tx, business).await?.is_none() {
            return Err(Error::invalid("business", "not_found"));
        }
        store::access::insert_api_key(&mut tx, &key, &hash).await?;
        audit::note(&service, &mut tx, &caller, Action::KeyMade, key.id).await?;
        tx.commit().await?;
        Ok(key.id)
    })
    .await
}

/// Makes an API key for the caller's business.
///
/// # Errors
/// When the caller may not administer, or the name is empty or too long.
pub async fn add_api_key(
    service: &Service,
    caller: &Caller,
    name: &str,
    scope: ApiKeyScope,
) -> Result<(ApiKeyId, String), Error> {
    caller.may(Right::Administer)?;
    let secret = format!("wc_{}", new_secret());
    let id = insert_api_key_by(service, caller, name, scope, &secret).await?;
    Ok((id, secret))
}

/// The keys of the caller's business.
///
/// # Errors
/// When the caller may not administer.
pub async fn api_keys(service: &Service, caller: &Caller) -> Result<Vec<ApiKeyInfo>, Error> {
    caller.may(Right::Administer)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let keys = store::access::list_api_keys(&mut service.db.read().await?, business).await?;
        Ok(keys
            .into_iter()
            .map(|key| ApiKeyInfo {
                id: key.id,
                name: key.name,
                scope: if key.scope == "write" { ApiKeyScope::Write } else { ApiKeyScope::Read },
                created_at: key.created_at,
                last_used_at: key.last_used_at,
            })
            .collect())
    })
    .await
}

/// Makes a key worthless at once.
///
/// # Errors
/// [`Error::NotFound`] when there is no such key.
pub async fn revoke_api_key(service: &Service, caller: &Caller, id: ApiKeyId) -> Result<(), Error> {
    caller.may(Right::Administer)?;
    let (service, caller) = (service.clone(), caller.clone());
    task(async move {
        let mut tx = service.db.write().await?;
        if !store::access::revoke_api_key(&mut tx, caller.business, id, service.now()).await? {
            return Err(Error::NotFound);
        }
        audit::note(&service, &mut tx, &caller, Action::KeyRevoked, id).await?;
        Ok(tx.commit().await?)
    })
    .await
}

/// Who an API key belongs to. A writing key may do what an agent may.
///
/// # Errors
/// When the database cannot be reached.
pub async fn api_key(service: &Service, key: &str) -> Result<Option<(Caller, ApiKeyScope)>, Error> {
    let (service, hash) = (service.clone(), digest(key));
    task(async move {
        let now = service.now();
        let mut tx = service.db.read().await?;
        let found = store::access::find_api_key(&mut tx, &hash).await?;
        drop(tx);
        let Some(key) = found else { return Ok(None) };
        if key.last_used_at.is_none_or(|used| now - used > TOUCH_EVERY) {
            let mut tx = service.db.write().await?;
            store::access::touch_api_key(&mut tx, key.id, now).await?;
            tx.commit().await?;
        }
        let (scope, role) = match key.scope.as_str() {
            "write" => (ApiKeyScope::Write, Role::Agent),
            _ => (ApiKeyScope::Read, Role::Viewer),
        };
        let actor = Actor::ApiKey { id: key.id, name: None };
        Ok(Some((Caller { business: key.business, actor, role }, scope)))
    })
    .await
}
