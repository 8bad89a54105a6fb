//! Answers that colleagues give often: kept by anybody who may answer, for everybody who may.

use domain::id::SavedReplyId;
use domain::outbound::TEXT_LIMIT;
use domain::role::Right;
use domain::saved_reply::{MOST, SavedReply, TITLE_LIMIT};

use crate::{Caller, Error, Service, task};

/// The answers of the caller's business, by title.
///
/// # Errors
/// When the caller may not read.
pub async fn list(service: &Service, caller: &Caller) -> Result<Vec<SavedReply>, Error> {
    caller.may(Right::Read)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let mut tx = service.db.read().await?;
        Ok(store::saved_reply::list_saved_replies(&mut tx, business).await?)
    })
    .await
}

/// Keeps a new answer, or writes the one with this id anew.
///
/// # Errors
/// [`Error::Invalid`] naming the field; [`Error::NotFound`] when there is no such answer.
pub async fn save(
    service: &Service,
    caller: &Caller,
    id: Option<SavedReplyId>,
    title: &str,
    text: &str,
) -> Result<SavedReply, Error> {
    caller.may(Right::SendMessages)?;
    let reply = SavedReply {
        id: id.unwrap_or_else(|| SavedReplyId::from_uuid(service.clock.uuid())),
        title: title.split_whitespace().collect::<Vec<_>>().join(" "),
        text: text.trim().to_owned(),
    };
    check(&reply)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let mut tx = service.db.write().await?;
        let known = store::saved_reply::list_saved_replies(&mut tx, business).await?;
        let folded = store::fold(&reply.title);
        if known.iter().any(|one| one.id != reply.id && store::fold(&one.title) == folded) {
            return Err(Error::invalid("name", "taken"));
        }
        let done = if id.is_some() {
            store::saved_reply::update_saved_reply(&mut tx, business, &reply).await?
        } else {
            if known.len() >= MOST {
                return Err(Error::invalid("name", "too_many"));
            }
            store::saved_reply::insert_saved_reply(&mut tx, business, &reply).await?
        };
        if !done {
            return Err(Error::NotFound);
        }
        tx.commit().await?;
        Ok(reply)
    })
    .await
}

fn check(reply: &SavedReply) -> Result<(), Error> {
    if reply.title.is_empty() {
        return Err(Error::invalid("name", "empty"));
    }
    if reply.title.chars().count() > TITLE_LIMIT {
        return Err(Error::invalid("name", "too_long"));
    }
    if reply.title.chars().any(char::is_control) {
        return Err(Error::invalid("name", "control_characters"));
    }
    if reply.text.is_empty() {
        return Err(Error::invalid("text.body", "empty"));
    }
    if reply.text.chars().count() > TEXT_LIMIT {
        return Err(Error::invalid("text.body", "too_long"));
    }
    if reply.text.contains('\0') {
        return Err(Error::invalid("text.body", "control_characters"));
    }
    Ok(())
}

/// Forgets an answer. Done twice, it is forgotten.
///
/// # Errors
/// When the caller may not send messages.
pub async fn remove(service: &Service, caller: &Caller, id: SavedReplyId) -> Result<(), Error> {
    caller.may(Right::SendMessages)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let mut tx = service.db.write().await?;
        store::saved_reply::delete_saved_reply(&mut tx, business, id).await?;
        Ok(tx.commit().await?)
    })
    .await
}
