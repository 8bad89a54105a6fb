//! The second factor at the login: a code that changes every thirty seconds (TOTP, RFC 6238), from an app on the person's phone.

use domain::audit::Action;
use domain::id::UserId;
use domain::role::{Right, Role};
use domain::time::Timestamp;
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::audit;
use crate::auth::{ATTEMPTS_ACCOUNT, NewSession, account_key, digest, insert_session, prove_password};
use crate::clock::random;
use crate::{Caller, Error, Service, task};

/// Seconds for which a code is shown.
const STEP: u64 = 30;
/// How many steps a phone's clock may be off, in both directions.
const SKEW: u16 = 1;
/// Recovery codes given out at once.
const RECOVERY_CODES: usize = 10;

/// A secret that waits for its first code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// The secret for typing it in: base32, in groups of four.
    pub secret: String,
    /// The same for a camera: `otpauth://totp/…`.
    pub uri: String,
}

fn place(user: UserId) -> String {
    format!("second_factor:{user}")
}

fn totp(secret: &str) -> Result<Totp, Error> {
    let broken = |error: &dyn std::fmt::Display| {
        Error::Internal(anyhow::anyhow!("a second factor is broken: {error}"))
    };
    let secret = Secret::try_from_base32(secret).map_err(|error| broken(&error))?;
    Builder::new()
        .with_secret(secret)
        .with_step_duration(STEP)
        .with_skew(SKEW)
        .build()
        .map_err(|error| broken(&error))
}

/// The time step a code belongs to, if it is right about now.
fn step(secret: &str, code: &str, now: Timestamp) -> Result<Option<i64>, Error> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    let seconds = u64::try_from(now.seconds()).unwrap_or(0);
    Ok(totp(secret)?.check(&digits, seconds).and_then(|step| i64::try_from(step).ok()))
}

/// Recovery codes as they are compared: however they are typed.
fn folded(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether somebody is asked for a second factor.
///
/// # Errors
/// When the database cannot be reached.
pub async fn is_on(service: &Service, user: UserId) -> Result<bool, Error> {
    let service = service.clone();
    task(async move {
        let found = store::second_factor::find_second_factor(&mut service.db.read().await?, user).await?;
        Ok(found.is_some_and(|factor| factor.confirmed_at.is_some()))
    })
    .await
}

/// Who of the caller's business is asked for a second factor.
///
/// # Errors
/// When the caller may not read.
pub async fn who(service: &Service, caller: &Caller) -> Result<Vec<UserId>, Error> {
    caller.may(Right::Read)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let mut tx = service.db.read().await?;
        let users = store::access::list_users(&mut tx, business).await?;
        let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
        Ok(store::second_factor::with_second_factor(&mut tx, &ids).await?)
    })
    .await
}

/// Makes a secret for somebody who wants a second factor. It is not in force before [`confirm`].
///
/// # Errors
/// [`Error::Conflict`] when it is on already.
pub async fn begin(service: &Service, user: UserId, email: &str) -> Result<Setup, Error> {
    let secret = Zeroizing::new(Secret::from(random::<20>().to_vec()).to_base32());
    let sealed = service.key.seal(&place(user), &secret)?;
    let writing = service.clone();
    task(async move {
        let mut tx = writing.db.write().await?;
        let known = store::second_factor::find_second_factor(&mut tx, user).await?;
        if known.is_some_and(|factor| factor.confirmed_at.is_some()) {
            return Err(Error::Conflict);
        }
        store::second_factor::set_second_factor(&mut tx, user, &sealed).await?;
        Ok(tx.commit().await?)
    })
    .await?;
    let account = percent_encoding::utf8_percent_encode(email, percent_encoding::NON_ALPHANUMERIC);
    let uri = format!("otpauth://totp/WhatsCloud:{account}?secret={}&issuer=WhatsCloud", secret.as_str());
    let groups: Vec<String> =
        secret.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).into_owned()).collect();
    Ok(Setup { secret: groups.join(" "), uri })
}

/// Puts the second factor in force with its first code, and gives recovery codes, which are never shown again. Every other session
/// of the person ends.
///
/// # Errors
/// [`Error::Invalid`] naming `code`; [`Error::NotFound`] when none waits for its first code; [`Error::TooMany`].
pub async fn confirm(
    service: &Service,
    caller: &Caller,
    user: UserId,
    session: &str,
    code: &str,
) -> Result<Vec<String>, Error> {
    let key = format!("second_factor:{user}");
    service.logins.attempt(&key, ATTEMPTS_ACCOUNT)?;
    let (writing, caller, session, code) =
        (service.clone(), caller.clone(), digest(session), code.to_owned());
    let codes = task(async move {
        let service = writing;
        let now = service.now();
        let mut tx = service.db.write().await?;
        let factor = store::second_factor::find_second_factor(&mut tx, user).await?;
        let factor = factor.filter(|factor| factor.confirmed_at.is_none()).ok_or(Error::NotFound)?;
        let secret = service.key.open(&place(user), &factor.secret)?;
        let step = step(&secret, &code, now)?.ok_or_else(|| Error::invalid("code", "wrong"))?;
        store::second_factor::use_step(&mut tx, user, step).await?;
        store::second_factor::confirm_second_factor(&mut tx, user, now).await?;
        let codes: Vec<String> = (0..RECOVERY_CODES)
            .map(|_| {
                let code = hex::encode(random::<8>());
                format!("{}-{}-{}-{}", &code[..4], &code[4..8], &code[8..12], &code[12..])
            })
            .collect();
        let hashes: Vec<[u8; 32]> = codes.iter().map(|code| digest(&folded(code))).collect();
        store::second_factor::set_recovery_codes(&mut tx, user, &hashes).await?;
        store::access::delete_other_sessions(&mut tx, user, &session).await?;
        audit::note(&service, &mut tx, &caller, Action::SecondFactorOn, "").await?;
        tx.commit().await?;
        Ok(codes)
    })
    .await?;
    service.logins.succeeded(&key);
    Ok(codes)
}

/// Completes a log-in that waits for a code: the app's, or a recovery code.
///
/// # Errors
/// [`Error::SignedOut`] when nothing waits, or no longer; [`Error::Invalid`] naming `code`; [`Error::TooMany`] after too many codes.
pub async fn complete_log_in(service: &Service, pending: &str, code: &str) -> Result<NewSession, Error> {
    let (reading, hash) = (service.clone(), digest(pending));
    let (business, user) = task(async move {
        let now = reading.now();
        let found =
            store::second_factor::find_pending_login(&mut reading.db.read().await?, &hash, now).await?;
        found.ok_or(Error::SignedOut)
    })
    .await?;
    let key = format!("second_factor:{user}");
    service.logins.attempt(&key, ATTEMPTS_ACCOUNT)?;
    let (writing, code) = (service.clone(), code.to_owned());
    let session = task(async move {
        let service = writing;
        let mut tx = service.db.write().await?;
        if !accepts(&service, &mut tx, user, &code).await? {
            tracing::info!("a second factor was wrong");
            return Err(Error::invalid("code", "wrong"));
        }
        store::second_factor::delete_pending_login(&mut tx, &hash).await?;
        audit::note_user(&service, &mut tx, (business, user), Action::LoggedIn, "").await?;
        let session = insert_session(&service, &mut tx, user).await?;
        tx.commit().await?;
        Ok(session)
    })
    .await?;
    service.logins.succeeded(&key);
    Ok(session)
}

/// Uses a code up, if it is right.
async fn accepts(service: &Service, tx: &mut store::Tx, user: UserId, code: &str) -> Result<bool, Error> {
    let factor = store::second_factor::find_second_factor(tx, user).await?;
    let Some(factor) = factor.filter(|factor| factor.confirmed_at.is_some()) else {
        // Turned off meanwhile: the password was enough.
        return Ok(true);
    };
    let secret = service.key.open(&place(user), &factor.secret)?;
    if let Some(step) = step(&secret, code, service.now())? {
        return Ok(store::second_factor::use_step(tx, user, step).await?);
    }
    Ok(store::second_factor::use_recovery_code(tx, user, &digest(&folded(code))).await?)
}

/// Turns one's own second factor off, by the password and a code.
///
/// # Errors
/// [`Error::Invalid`] naming `current` or `code`; [`Error::NotFound`] when it is off; [`Error::TooMany`].
pub async fn turn_off(
    service: &Service,
    caller: &Caller,
    user: UserId,
    password: &str,
    code: &str,
) -> Result<(), Error> {
    if !is_on(service, user).await? {
        return Err(Error::NotFound);
    }
    let proven = prove_password(service, caller, user, password).await?;
    let (writing, caller, code) = (service.clone(), caller.clone(), code.to_owned());
    task(async move {
        let service = writing;
        let mut tx = service.db.write().await?;
        if !accepts(&service, &mut tx, user, &code).await? {
            return Err(Error::invalid("code", "wrong"));
        }
        store::second_factor::delete_second_factor(&mut tx, user).await?;
        audit::note(&service, &mut tx, &caller, Action::SecondFactorOff, user).await?;
        Ok(tx.commit().await?)
    })
    .await?;
    service.logins.succeeded(&account_key(&proven.email));
    Ok(())
}

/// Turns a colleague's second factor off: their phone is lost, and the recovery codes too.
///
/// # Errors
/// [`Error::Forbidden`] unless the caller administers, and for an owner unless the caller is one; [`Error::NotFound`].
pub async fn turn_off_for(service: &Service, caller: &Caller, user: UserId) -> Result<(), Error> {
    caller.may(Right::Administer)?;
    let (service, caller) = (service.clone(), caller.clone());
    task(async move {
        let mut tx = service.db.write().await?;
        let users = store::access::list_users(&mut tx, caller.business).await?;
        let known = users.into_iter().find(|one| one.id == user && !one.left).ok_or(Error::NotFound)?;
        if known.role == Role::Owner && caller.role != Role::Owner {
            return Err(Error::Forbidden(Some(Right::Administer)));
        }
        if !store::second_factor::delete_second_factor(&mut tx, user).await? {
            return Err(Error::NotFound);
        }
        audit::note(&service, &mut tx, &caller, Action::SecondFactorOff, user).await?;
        Ok(tx.commit().await?)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the secret is the ASCII text `12345678901234567890`; of its codes of eight digits, the last six.
    const RFC_SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn the_codes_of_the_standard_are_right() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            let now = Timestamp::from_seconds(seconds);
            assert_eq!(step(RFC_SECRET, code, now).unwrap(), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn a_clock_may_be_half_a_minute_off_and_no_more() {
        let code = "287082";
        let at = |seconds| step(RFC_SECRET, code, Timestamp::from_seconds(seconds)).unwrap();
        assert_eq!((at(30), at(59), at(60), at(89), at(0)), (Some(1), Some(1), Some(1), Some(1), Some(1)));
        assert_eq!((at(90), at(120)), (None, None));
    }

    #[test]
    fn what_is_no_code_is_none() {
        let now = Timestamp::from_seconds(59);
        for code in ["", "28708", "2870822", "28708a", "２８７０８２"] {
            assert_eq!(step(RFC_SECRET, code, now).unwrap(), None, "{code}");
        }
        assert_eq!(step(RFC_SECRET, " 287 082 ", now).unwrap(), Some(1), "as phones show it");
    }
}
