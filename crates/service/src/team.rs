//! Who works here: asking people to join, what they are, and leaving.
//!
//! An invitation is a link that whoever invites passes on: the product sends no e-mails. It works once, for seven days, and whoever
//! opens it chooses a password of their own.

use domain::audit::Action;
use domain::id::{InvitationId, UserId};
use domain::role::{Right, Role};
use domain::time::{Span, Timestamp};
use store::Tx;
use store::access::{Invitation, User};

use crate::audit;
use crate::auth::{
    NewSession, account_key, check_email, check_password, digest, fold_email, hash_password, insert_session,
    new_secret, prove_password,
};
use crate::error::is_taken;
use crate::{Caller, Error, Service, task};

/// How long a link works.
const LINK_FOR: Span = Span::days(7);
/// Most invitations of a business at a time.
const MOST: usize = 100;

/// Somebody who was asked and has not joined yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// The invitation.
    pub id: InvitationId,
    /// Their address.
    pub email: String,
    /// What they would be.
    pub role: Role,
    /// Until when the link works.
    pub expires_at: Timestamp,
}

/// Who may make somebody this: an admin makes everybody but owners.
fn may_make(caller: &Caller, role: Role) -> Result<(), Error> {
    caller.may(Right::Administer)?;
    if role == Role::Owner && caller.role != Role::Owner {
        return Err(Error::Forbidden(Some(Right::Administer)));
    }
    Ok(())
}

/// Asks somebody to join; returns what the link ends with.
///
/// # Errors
/// [`Error::Invalid`] naming `email`: somebody with this address works here, or elsewhere on this server.
pub async fn invite(service: &Service, caller: &Caller, email: &str, role: Role) -> Result<String, Error> {
    may_make(caller, role)?;
    let email = fold_email(email);
    if let Some(problem) = check_email(&email) {
        return Err(Error::Invalid(vec![problem]));
    }
    let (service, caller) = (service.clone(), caller.clone());
    task(async move {
        let now = service.now();
        let mut tx = service.db.write().await?;
        if let Some(known) = store::access::find_user_by_email(&mut tx, &email).await?
            && (!known.left || known.business != caller.business)
        {
            return Err(Error::invalid("email", "taken"));
        }
        if store::access::list_invitations(&mut tx, caller.business).await?.len() >= MOST {
            return Err(Error::invalid("email", "too_many"));
        }
        let token = new_secret();
        let invitation = Invitation {
            id: InvitationId::from_uuid(service.clock.uuid()),
            business: caller.business,
            email,
            role,
            created_at: now,
            expires_at: now + LINK_FOR,
        };
        store::access::insert_invitation(&mut tx, &invitation, &digest(&token), &caller.name()).await?;
        audit::note(&service, &mut tx, &caller, Action::Invited, &invitation.email).await?;
        tx.commit().await?;
        Ok(token)
    })
    .await
}

/// Who was asked and has not joined yet.
///
/// # Errors
/// When the caller may not administer.
pub async fn invited(service: &Service, caller: &Caller) -> Result<Vec<Invited>, Error> {
    caller.may(Right::Administer)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let now = service.now();
        let found = store::access::list_invitations(&mut service.db.read().await?, business).await?;
        Ok(found
            .into_iter()
            .filter(|one| one.expires_at > now)
            .map(|one| Invited { id: one.id, email: one.email, role: one.role, expires_at: one.expires_at })
            .collect())
    })
    .await
}

/// Takes an invitation back.
///
/// # Errors
/// [`Error::NotFound`] when there is none, for instance because it was taken.
pub async fn take_back(service: &Service, caller: &Caller, id: InvitationId) -> Result<(), Error> {
    caller.may(Right::Administer)?;
    let (service, caller) = (service.clone(), caller.clone());
    task(async move {
        let mut tx = service.db.write().await?;
        if !store::access::delete_invitation(&mut tx, caller.business, id).await? {
            return Err(Error::NotFound);
        }
        audit::note(&service, &mut tx, &caller, Action::InvitationTakenBack, id).await?;
        Ok(tx.commit().await?)
    })
    .await
}

/// Whose invitation a link is, and of which business; none when it does not work any more.
///
/// # Errors
/// When the database cannot be reached.
pub async fn asked(service: &Service, token: &str) -> Result<Option<(String, String)>, Error> {
    let (service, hash) = (service.clone(), digest(token));
    task(async move {
        let mut tx = service.db.read().await?;
        let Some(found) = store::access::find_invitation(&mut tx, &hash, service.now()).await? else {
            return Ok(None);
        };
        let business = store::access::find_business(&mut tx, found.business).await?;
        Ok(business.map(|business| (found.email, business.name)))
    })
    .await
}

/// Joins with a password of one's own, and is signed in. The link works once.
///
/// # Errors
/// [`Error::NotFound`] when the link does not work any more; [`Error::Invalid`] naming `password`.
pub async fn join(service: &Service, token: &str, password: &str) -> Result<NewSession, Error> {
    if let Some(problem) = check_password(password) {
        return Err(Error::Invalid(vec![problem]));
    }
    if asked(service, token).await?.is_none() {
        return Err(Error::NotFound);
    }
    let password_hash = hash_password(password.to_owned()).await?;
    let (service, hash) = (service.clone(), digest(token));
    task(async move {
        let now = service.now();
        let mut tx = service.db.write().await?;
        let invitation = store::access::find_invitation(&mut tx, &hash, now).await?.ok_or(Error::NotFound)?;
        // Of two at once the second finds nothing to delete.
        if !store::access::delete_invitation(&mut tx, invitation.business, invitation.id).await? {
            return Err(Error::NotFound);
        }
        let known = store::access::find_user_by_email(&mut tx, &invitation.email).await?;
        let id = match known {
            Some(known) if known.left && known.business == invitation.business => {
                store::access::set_password(&mut tx, known.id, &password_hash, invitation.role).await?;
                known.id
            }
            Some(_) => return Err(Error::invalid("email", "taken")),
            None => {
                let id = UserId::from_uuid(service.clock.uuid());
                let user = User {
                    id,
                    business: invitation.business,
                    email: invitation.email,
                    password_hash,
                    role: invitation.role,
                    left: false,
                };
                match store::access::insert_user(&mut tx, &user, now).await {
                    Err(error) if is_taken(&error) => return Err(Error::invalid("email", "taken")),
                    other => other?,
                }
                id
            }
        };
        audit::note_user(&service, &mut tx, (invitation.business, id), Action::Joined, id).await?;
        let session = insert_session(&service, &mut tx, id).await?;
        tx.commit().await?;
        Ok(session)
    })
    .await
}

/// Changes what a colleague is. Their sessions go on with the new rights.
///
/// # Errors
/// [`Error::Forbidden`] for an admin about an owner; [`Error::Conflict`] when nobody would be the owner any more.
pub async fn set_role(service: &Service, caller: &Caller, id: UserId, role: Role) -> Result<(), Error> {
    may_make(caller, role)?;
    let (service, caller) = (service.clone(), caller.clone());
    task(async move {
        let mut tx = service.db.write().await?;
        let user = colleague(&mut tx, &caller, id).await?;
        if user.role == Role::Owner && role != Role::Owner {
            needs_another_owner(&mut tx, &caller, id).await?;
        }
        store::access::set_role(&mut tx, id, role).await?;
        audit::note(&service, &mut tx, &caller, Action::RoleChanged, format!("{id} {role}")).await?;
        Ok(tx.commit().await?)
    })
    .await
}

/// A colleague leaves: they are signed out at once and cannot sign in; what they did keeps their name.
///
/// # Errors
/// As [`set_role`].
pub async fn remove(service: &Service, caller: &Caller, id: UserId) -> Result<(), Error> {
    caller.may(Right::Administer)?;
    let (service, caller) = (service.clone(), caller.clone());
    task(async move {
        let mut tx = service.db.write().await?;
        let user = colleague(&mut tx, &caller, id).await?;
        if user.role == Role::Owner {
            needs_another_owner(&mut tx, &caller, id).await?;
        }
        store::access::leave(&mut tx, id, service.now()).await?;
        audit::note(&service, &mut tx, &caller, Action::Removed, id).await?;
        Ok(tx.commit().await?)
    })
    .await
}

async fn colleague(tx: &mut Tx, caller: &Caller, id: UserId) -> Result<User, Error> {
    let users = store::access::list_users(tx, caller.business).await?;
    let user = users.into_iter().find(|user| user.id == id && !user.left).ok_or(Error::NotFound)?;
    if user.role == Role::Owner && caller.role != Role::Owner {
        return Err(Error::Forbidden(Some(Right::Administer)));
    }
    Ok(user)
}

async fn needs_another_owner(tx: &mut Tx, caller: &Caller, but: UserId) -> Result<(), Error> {
    let users = store::access::list_users(tx, caller.business).await?;
    let another = users.iter().any(|user| user.id != but && !user.left && user.role == Role::Owner);
    if another { Ok(()) } else { Err(Error::Conflict) }
}

/// Changes one's own password; every other session of one's own ends.
///
/// # Errors
/// [`Error::Invalid`] naming `current` when it is wrong, and `password`; [`Error::TooMany`] after too many attempts.
pub async fn change_password(
    service: &Service,
    caller: &Caller,
    user: UserId,
    session: &str,
    current: &str,
    password: &str,
) -> Result<(), Error> {
    if let Some(problem) = check_password(password) {
        return Err(Error::Invalid(vec![problem]));
    }
    let business = caller.business;
    let known = prove_password(service, caller, user, current).await?;
    service.logins.succeeded(&account_key(&known.email));
    let password_hash = hash_password(password.to_owned()).await?;
    let (service, session) = (service.clone(), digest(session));
    task(async move {
        let mut tx = service.db.write().await?;
        store::access::set_password(&mut tx, user, &password_hash, known.role).await?;
        audit::note_user(&service, &mut tx, (business, user), Action::PasswordChanged, "").await?;
        store::access::delete_other_sessions(&mut tx, user, &session).await?;
        Ok(tx.commit().await?)
    })
    .await
}

/// Ends every session of one's own but this one; says how many.
///
/// # Errors
/// When the database cannot be reached.
pub async fn end_other_sessions(service: &Service, user: UserId, session: &str) -> Result<u64, Error> {
    let (service, session) = (service.clone(), digest(session));
    task(async move {
        let mut tx = service.db.write().await?;
        let ended = store::access::delete_other_sessions(&mut tx, user, &session).await?;
        tx.commit().await?;
        Ok(ended)
    })
    .await
}
