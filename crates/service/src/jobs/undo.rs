//! Taking back what a job did. Whatever happened to a person since stays: their own words, a colleague's change, a message.

use detection::Flags;
use domain::consent::{Signal, SignalKind, Source, State, apply};
use domain::contact::Evidence;
use domain::id::ContactId;
use domain::time::Timestamp;
use store::Tx;
use store::contact::StoredContact;
use store::contact_job::{Before, JobChange, StoredJob};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Hold, Stopped};
use crate::ledger::NewEvent;
use crate::{Error, Service};

/// Contacts of one commit.
const PORTION: u32 = 250;

pub(super) async fn run(
    service: &Service,
    stored: &mut StoredJob,
    stop: &CancellationToken,
) -> Result<(), Stopped> {
    let mut hold = Hold::new(stored.job.id, stop);
    // First those who were there before, then those the job made; `last` says how far the second part is.
    if stored.job.progress.last.is_none() {
        let mut after = None;
        loop {
            let mut tx = service.db.write().await?;
            let changes = store::contact_job::list_changes(&mut tx, stored.job.id, after, PORTION).await?;
            let Some(last) = changes.last().map(|change| change.contact) else { break };
            after = Some(last);
            let ids: Vec<ContactId> = changes.iter().map(|change| change.contact).collect();
            let mut found = store::contact::load_contacts(&mut tx, &ids).await?;
            let mut events = Vec::new();
            for change in &changes {
                let place = found.iter().position(|one| one.contact.id == change.contact);
                let back = match place {
                    Some(place) => {
                        take_back(service, &mut tx, stored, change, found.swap_remove(place), &mut events)
                            .await?
                    }
                    None => false,
                };
                count(stored, back, change.before != Before::default());
                // Taken back once: after a restart it is not looked at again.
                store::contact_job::delete_change(&mut tx, stored.job.id, change.contact).await?;
            }
            commit(service, tx, stored, events).await?;
            hold.check(service, stored).await?;
        }
        stored.job.progress.last = Some(first_id(stored.job.started_at));
    }
    let until = ContactId::from_uuid(Uuid::max());
    loop {
        let mut tx = service.db.write().await?;
        let after = stored.job.progress.last.unwrap_or_else(|| first_id(stored.job.started_at));
        let made =
            store::contact_job::list_made(&mut tx, stored.business, stored.job.id, after, until, PORTION)
                .await?;
        let Some(last) = made.last().copied() else { return Ok(()) };
        let mut events = Vec::new();
        for one in store::contact::load_contacts(&mut tx, &made).await? {
            let back = take_away(service, &mut tx, stored, one, &mut events).await?;
            count(stored, back, true);
        }
        stored.job.progress.last = Some(last);
        commit(service, tx, stored, events).await?;
        hold.check(service, stored).await?;
    }
}

/// The id before all of those made since a time.
fn first_id(since: Option<Timestamp>) -> ContactId {
    let millis = since.map_or(0, |since| since.micros().max(0) / 1_000);
    ContactId::from_uuid(Uuid::from_u128(u128::try_from(millis).unwrap_or(0) << 80))
}

fn count(stored: &mut StoredJob, back: bool, matters: bool) {
    let progress = &mut stored.job.progress;
    progress.done += 1;
    if back {
        progress.undone += 1;
    } else if matters {
        progress.undo_kept += 1;
    }
}

async fn commit(
    service: &Service,
    mut tx: Tx,
    stored: &StoredJob,
    events: Vec<NewEvent>,
) -> Result<(), Error> {
    let touched: Vec<ContactId> = events.iter().map(|event| event.contact).collect();
    crate::ledger::append(service, &mut tx, events).await?;
    store::contact_job::update_job(&mut tx, stored).await?;
    tx.commit().await?;
    service.revocations.revoke(touched);
    Ok(())
}

/// Takes somebody away whom the job made, unless something happened to them since; says whether they are gone.
async fn take_away(
    service: &Service,
    tx: &mut Tx,
    stored: &StoredJob,
    mut one: StoredContact,
    events: &mut Vec<NewEvent>,
) -> Result<bool, Error> {
    let id = one.contact.id;
    if one.contact.erased || one.merged_into.is_some() {
        return Ok(false);
    }
    if one.contact.version == 0 {
        return Ok(store::erasure::delete_untouched(tx, id).await?);
    }
    // In the ledger a person stays for ever, without a name. What anybody else recorded of them, and what they were sent, keeps
    // them: above all a no.
    if one.contact.version > 1 || store::erasure::has_history(tx, id).await? {
        return Ok(false);
    }
    let events_of = store::ledger::list_events_of(tx, stored.business, id).await?;
    let ours = events_of.iter().all(|stored_event| {
        let event = &stored_event.event;
        event.actor == stored.created_by && stored.job.finished_at.is_none_or(|end| event.recorded_at <= end)
    });
    if !ours {
        return Ok(false);
    }
    withdraw(service, tx, stored, &mut one, events).await?;
    store::contact::update_contacts(tx, std::slice::from_ref(&one)).await?;
    store::erasure::erase_record(tx, id, service.now()).await?;
    Ok(true)
}

/// Takes back what was done to somebody who was there before; says whether all of it was.
async fn take_back(
    service: &Service,
    tx: &mut Tx,
    stored: &StoredJob,
    change: &JobChange,
    mut one: StoredContact,
    events: &mut Vec<NewEvent>,
) -> Result<bool, Error> {
    let id = one.contact.id;
    let before = &change.before;
    if one.contact.erased || one.merged_into.is_some() || *before == Before::default() {
        return Ok(false);
    }
    let mut whole = true;
    if before.named.is_some() {
        if one.contact.name == before.named {
            one.contact.name.clone_from(&before.name);
        } else {
            whole = false;
        }
    }
    if let Some(blocked) = before.blocked {
        one.contact.blocked = blocked;
    }
    if before.opted_in.is_some() {
        // Only our own opt-in happened to them since.
        if before.opted_in == Some(one.contact.version) {
            withdraw(service, tx, stored, &mut one, events).await?;
        } else {
            whole = false;
        }
    }
    store::contact::update_contacts(tx, std::slice::from_ref(&one)).await?;
    for tag in &before.tagged {
        store::contact::delete_tag_of(tx, tag, &[id]).await?;
    }
    let back: Vec<(ContactId, String)> = before.untagged.iter().map(|tag| (id, tag.clone())).collect();
    store::contact::insert_tags(tx, stored.business, &back).await?;
    Ok(whole)
}

/// A permission that a file gave and that is taken back leaves no permission: the stricter answer.
async fn withdraw(
    service: &Service,
    tx: &mut Tx,
    stored: &StoredJob,
    one: &mut StoredContact,
    events: &mut Vec<NewEvent>,
) -> Result<(), Error> {
    if one.contact.state != State::OptedIn {
        return Ok(());
    }
    let now = service.now();
    let occurred_at = one.contact.since.map_or(now, |since| since.max(now));
    let signal = Signal { kind: SignalKind::OptOut, source: Source::Import, occurred_at };
    let change = apply(&one.consent, &signal);
    let rules = service.rules(tx, stored.business).await?;
    events.push(NewEvent {
        business: stored.business,
        contact: one.contact.id,
        version: change.consent.version,
        kind: signal.kind,
        source: signal.source,
        from: change.from,
        to: change.to,
        occurred_at,
        actor: stored.created_by.clone(),
        settings_version: rules.settings.version,
        rule: None,
        matched: None,
        wording: None,
        evidence: Evidence::default(),
        flags: Flags::default(),
    });
    one.set_consent(change.consent);
    Ok(())
}
