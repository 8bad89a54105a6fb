//! Two records that are one person become one: the more restrictive choice stays, whatever the order and whoever finds out (R17).

use detection::Flags;
use domain::audit::Action;
use domain::consent::{Signal, apply, merge as merge_consent};
use domain::contact::{Contact, Details, Evidence};
use domain::id::{BusinessId, ContactId};
use domain::live::LiveEvent;
use domain::role::Right;
use domain::time::Timestamp;
use store::Tx;
use store::contact::StoredContact;

use crate::contacts::{load_one, with_tags};
use crate::ledger::NewEvent;
use crate::{Caller, Error, Service, audit, task};

/// Joins what is kept in a record to another. The signals are to be folded into the record that stays and recorded: without them the
/// events would not give its state.
pub(crate) fn join(kept: &mut StoredContact, gone: &StoredContact) -> Vec<Signal> {
    let (consent, stricter) = merge_consent(&kept.consent, &gone.consent);
    kept.set_consent(consent);
    let (mine, other) = (&mut kept.contact, &gone.contact);
    // A number somebody is behind is better than one where nobody is.
    if other.phone.is_some() && (mine.phone.is_none() || (mine.invalid && !other.invalid)) {
        mine.phone.clone_from(&other.phone);
        mine.country.clone_from(&other.country);
        mine.invalid = other.invalid;
    }
    mine.user_id = mine.user_id.take().or_else(|| other.user_id.clone());
    mine.name = mine.name.take().or_else(|| other.name.clone());
    mine.country = mine.country.take().or_else(|| other.country.clone());
    mine.blocked |= other.blocked;
    // An agreement that runs out runs out for both.
    mine.expires_at = [mine.expires_at, other.expires_at].into_iter().flatten().min();
    mine.last_inbound_at = mine.last_inbound_at.max(other.last_inbound_at);
    mine.created_at = mine.created_at.min(other.created_at);
    kept.answered_at = kept.answered_at.max(gone.answered_at);
    stricter
}

/// Gives what belongs to a record to the one that stays.
pub(crate) async fn move_belongings(
    tx: &mut Tx,
    business: BusinessId,
    from: ContactId,
    to: ContactId,
    now: Timestamp,
) -> Result<(), Error> {
    store::contact::move_identities(tx, from, to).await?;
    store::contact::move_inbound(tx, from, to).await?;
    store::contact::move_outbound(tx, from, to).await?;
    store::conversation::move_conversation(tx, from, to).await?;
    store::contact::copy_tags(tx, from, to).await?;
    store::contact::delete_tags(tx, from).await?;
    let mut details = store::contact_detail::list_details(tx, &[from, to]).await?;
    if let Some(gone) = details.remove(&from) {
        let mut kept = details.remove(&to).unwrap_or_default();
        kept.join(gone);
        store::contact_detail::write_details(tx, business, to, &kept).await?;
        store::contact_detail::write_details(tx, business, from, &Details::NONE).await?;
    }
    store::contact::move_merged(tx, from, to).await?;
    Ok(store::review::move_reviews(tx, from, to, now).await?)
}

/// What would come of joining two records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// The record that stays, as it is.
    pub kept: Contact,
    /// The record that goes, as it is.
    pub gone: Contact,
    /// The one there is afterwards.
    pub result: Contact,
}

/// What records are read for.
#[derive(Clone, Copy)]
enum Access {
    /// To look at them.
    Read,
    /// To change them: they are locked.
    Write,
}

/// Two records, and as what they are shown.
struct Pair {
    kept: StoredContact,
    gone: StoredContact,
    /// With their labels and details.
    shown: (Contact, Contact),
}

/// Which records are meant; `None` when the two are one already.
async fn pair(
    tx: &mut Tx,
    business: BusinessId,
    (kept, gone): (ContactId, ContactId),
    access: Access,
) -> Result<Option<Pair>, Error> {
    if kept == gone {
        return Err(Error::invalid("with", "same"));
    }
    // While the locks are waited for, another unit of work may join one of them.
    for _ in 0..4 {
        let one = store::contact::find_contact(tx, business, kept).await?.ok_or(Error::NotFound)?;
        let other = store::contact::find_contact(tx, business, gone)
            .await?
            .ok_or_else(|| Error::invalid("with", "not_found"))?;
        let ids = [one.contact.id, other.contact.id];
        if ids[0] == ids[1] {
            return Ok(None);
        }
        if one.contact.erased {
            return Err(Error::NotFound);
        }
        if other.contact.erased {
            return Err(Error::invalid("with", "erased"));
        }
        let locked = match access {
            Access::Read => store::contact::read_contacts(tx, &ids).await?,
            Access::Write => store::contact::load_contacts(tx, &ids).await?,
        };
        let of = |id| locked.iter().find(|stored| stored.contact.id == id && stored.merged_into.is_none());
        let (Some(kept), Some(gone)) = (of(ids[0]).cloned(), of(ids[1]).cloned()) else { continue };
        let mut shown = with_tags(tx, vec![kept.clone(), gone.clone()]).await?;
        let (Some(second), Some(first)) = (shown.pop(), shown.pop()) else { return Err(Error::NotFound) };
        return Ok(Some(Pair { kept, gone, shown: (first, second) }));
    }
    Err(Error::Unavailable)
}

/// What would come of joining two records of one person. Changes nothing.
///
/// # Errors
/// [`Error::NotFound`] for the record that stays; [`Error::Invalid`] naming `with` for the other one: `same`, `not_found`, `erased`.
pub async fn preview(
    service: &Service,
    caller: &Caller,
    kept: ContactId,
    gone: ContactId,
) -> Result<Preview, Error> {
    caller.may(Right::ManageContacts)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let mut tx = service.db.read().await?;
        let pair = pair(&mut tx, business, (kept, gone), Access::Read).await?;
        let Pair { mut kept, gone, shown } = pair.ok_or_else(|| Error::invalid("with", "same"))?;
        for signal in join(&mut kept, &gone) {
            let change = apply(&kept.consent, &signal);
            kept.set_consent(change.consent);
        }
        let (first, second) = shown;
        let mut tags = first.tags.clone();
        tags.extend(second.tags.iter().filter(|tag| !first.tags.contains(tag)).cloned());
        tags.sort();
        let mut details = first.details.clone();
        details.join(second.details.clone());
        let result = Contact { tags, details, ..kept.contact };
        Ok(Preview { kept: first, gone: second, result })
    })
    .await
}

/// Joins two records of one person, for good. Names, messages and events of both lead to the one that stays, which is returned. Doing it
/// again changes nothing.
///
/// # Errors
/// As [`preview`].
pub async fn merge(
    service: &Service,
    caller: &Caller,
    kept: ContactId,
    gone: ContactId,
) -> Result<Contact, Error> {
    caller.may(Right::ManageContacts)?;
    let (service, caller) = (service.clone(), caller.clone());
    task(async move {
        let now = service.now();
        let mut tx = service.db.write().await?;
        let Some(pair) = pair(&mut tx, caller.business, (kept, gone), Access::Write).await? else {
            return load_one(&mut tx, caller.business, kept).await;
        };
        let Pair { mut kept, mut gone, .. } = pair;
        let (to, from) = (kept.contact.id, gone.contact.id);
        let mut events = Vec::new();
        let rules = service.rules(&mut tx, caller.business).await?;
        for signal in join(&mut kept, &gone) {
            let change = apply(&kept.consent, &signal);
            kept.set_consent(change.consent);
            events.push(NewEvent {
                business: caller.business,
                contact: to,
                version: change.consent.version,
                kind: signal.kind,
                source: signal.source,
                from: change.from,
                to: change.to,
                occurred_at: signal.occurred_at,
                actor: caller.name(),
                settings_version: rules.settings.version,
                rule: None,
                matched: None,
                wording: None,
                evidence: Evidence {
                    identifier: crate::consent::identifier(&gone.contact),
                    ..Evidence::default()
                },
                flags: Flags::default(),
            });
        }
        gone.merged_into = Some(to);
        store::contact::update_contacts(&mut tx, &[kept, gone]).await?;
        move_belongings(&mut tx, caller.business, from, to, now).await?;
        crate::ledger::append(&service, &mut tx, events).await?;
        audit::note(&service, &mut tx, &caller, Action::ContactsMerged, to).await?;
        let contact = load_one(&mut tx, caller.business, to).await?;
        tx.commit().await?;
        service.revocations.revoke([from, to]);
        let changed = [from, to].map(|contact| LiveEvent::ContactChanged { contact });
        service.live.publish(caller.business, changed.to_vec());
        Ok(contact)
    })
    .await
}
