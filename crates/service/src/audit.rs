//! What people of a business did with it: written in the unit of work of the deed, so that neither is there without the other.

use domain::audit::{Action, AuditEntry};
use domain::id::{AuditId, BusinessId, UserId};
use domain::role::Right;
use store::Tx;

use crate::{Caller, Error, Service, task};

pub use store::audit::AuditQuery;

/// The most entries of one page.
pub const PAGE: u32 = 100;

/// Writes down what a caller does.
pub(crate) async fn note(
    service: &Service,
    tx: &mut Tx,
    caller: &Caller,
    action: Action,
    subject: impl ToString + Send,
) -> Result<(), Error> {
    write(service, tx, caller.business, caller.name(), action, subject.to_string()).await
}

/// The same for somebody who is only just being let in.
pub(crate) async fn note_user(
    service: &Service,
    tx: &mut Tx,
    (business, user): (BusinessId, UserId),
    action: Action,
    subject: impl ToString + Send,
) -> Result<(), Error> {
    write(service, tx, business, user.to_string(), action, subject.to_string()).await
}

async fn write(
    service: &Service,
    tx: &mut Tx,
    business: BusinessId,
    actor: String,
    action: Action,
    subject: String,
) -> Result<(), Error> {
    let id = AuditId::from_uuid(service.clock.uuid());
    let entry = AuditEntry { id, actor, action, subject, at: service.now() };
    Ok(store::audit::insert_audit(tx, business, &entry).await?)
}

/// One page, the newest first, and whether there is more.
///
/// # Errors
/// [`Error::Forbidden`] unless the caller administers.
pub async fn list(
    service: &Service,
    caller: &Caller,
    query: AuditQuery,
) -> Result<(Vec<AuditEntry>, bool), Error> {
    caller.may(Right::Administer)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let mut tx = service.db.read().await?;
        let mut entries = store::audit::list_audit(&mut tx, business, &query, PAGE + 1).await?;
        let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
        let more = entries.len() > page;
        entries.truncate(page);
        Ok((entries, more))
    })
    .await
}

/// Everybody whose deeds may be listed, with their addresses, whoever left included.
///
/// # Errors
/// [`Error::Forbidden`] unless the caller administers.
pub async fn people(service: &Service, caller: &Caller) -> Result<Vec<(UserId, String)>, Error> {
    caller.may(Right::Administer)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let users = store::access::list_users(&mut service.db.read().await?, business).await?;
        Ok(users.into_iter().map(|user| (user.id, user.email)).collect())
    })
    .await
}
