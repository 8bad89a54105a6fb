//! One change of many contacts, portion by portion.

use std::collections::HashMap;

use detection::Flags;
use domain::consent::{Signal, SignalKind, Source, State, apply};
use domain::contact::Evidence;
use domain::id::ContactId;
use domain::job::{BulkAction, Plan};
use domain::limits;
use store::Tx;
use store::contact::StoredContact;
use store::contact_job::{Before, JobChange, StoredJob};
use tokio_util::sync::CancellationToken;

use super::{Hold, Stopped};
use crate::ledger::NewEvent;
use crate::{Error, Service};

/// Contacts of one commit: a STOP does not wait for longer than these take.
const PORTION: u32 = 500;

pub(super) async fn run(
    service: &Service,
    stored: &mut StoredJob,
    stop: &CancellationToken,
) -> Result<(), Stopped> {
    let Plan::Bulk { action, contacts, query } = stored.job.plan.clone() else { return Ok(()) };
    let mut chosen = contacts;
    chosen.sort_unstable();
    chosen.dedup();
    let by_hand = !chosen.is_empty();
    let mut hold = Hold::new(stored.job.id, stop);
    loop {
        let mut tx = service.db.write().await?;
        let after = stored.job.progress.last;
        let found = if by_hand {
            let next: Vec<ContactId> =
                chosen.iter().copied().filter(|id| after.is_none_or(|after| *id > after)).collect();
            let found = store::contact::load_contacts(&mut tx, &next).await?;
            found.into_iter().filter(|one| one.business == stored.business).collect()
        } else {
            let ids =
                store::contact_list::list_matching(&mut tx, stored.business, &query, after, PORTION).await?;
            let ids: Vec<ContactId> = ids.into_iter().map(|one| one.contact.id).collect();
            store::contact::load_contacts(&mut tx, &ids).await?
        };
        let Some(last) = found.last().map(|one| one.contact.id) else { return Ok(()) };
        let count = u64::try_from(found.len()).unwrap_or(0);
        let touched = change(service, &mut tx, stored, &action, found).await?;
        let progress = &mut stored.job.progress;
        progress.done += count;
        progress.of = progress.of.max(progress.done);
        progress.last = Some(last);
        progress.updated += u64::try_from(touched.len()).unwrap_or(0);
        progress.unchanged = progress.done - progress.updated;
        store::contact_job::update_job(&mut tx, stored).await?;
        tx.commit().await?;
        if matches!(action, BulkAction::OptOut | BulkAction::Block) {
            service.revocations.revoke(touched);
        }
        if by_hand {
            return Ok(());
        }
        hold.check(service, stored).await?;
    }
}

/// Changes some; says whom.
async fn change(
    service: &Service,
    tx: &mut Tx,
    stored: &StoredJob,
    action: &BulkAction,
    found: Vec<StoredContact>,
) -> Result<Vec<ContactId>, Error> {
    let found: Vec<StoredContact> =
        found.into_iter().filter(|one| one.merged_into.is_none() && !one.contact.erased).collect();
    let ids: Vec<ContactId> = found.iter().map(|one| one.contact.id).collect();
    let mut notes = Vec::new();
    match action {
        BulkAction::OptOut => return opt_out(service, tx, stored, found).await,
        BulkAction::Tag { tag } | BulkAction::Untag { tag } => {
            let on = matches!(action, BulkAction::Tag { .. });
            let mut tags: HashMap<ContactId, Vec<String>> = HashMap::new();
            for (id, tag) in store::contact::list_tags(tx, &ids).await? {
                tags.entry(id).or_default().push(tag);
            }
            let mut given = Vec::new();
            for id in ids {
                let has = tags.remove(&id).unwrap_or_default();
                if has.contains(tag) == on || (on && has.len() >= limits::TAGS) {
                    continue;
                }
                let before = if on {
                    given.push((id, tag.clone()));
                    Before { tagged: vec![tag.clone()], ..Before::default() }
                } else {
                    Before { untagged: vec![tag.clone()], ..Before::default() }
                };
                notes.push(JobChange { contact: id, before });
            }
            if on {
                store::contact::insert_tags(tx, stored.business, &given).await?;
            } else {
                let ids: Vec<ContactId> = notes.iter().map(|note| note.contact).collect();
                store::contact::delete_tag_of(tx, tag, &ids).await?;
            }
        }
        BulkAction::Block | BulkAction::Unblock => {
            let block = *action == BulkAction::Block;
            let mut changed = Vec::new();
            for mut one in found {
                if one.contact.blocked != block {
                    one.contact.blocked = block;
                    let before = Before { blocked: Some(!block), ..Before::default() };
                    notes.push(JobChange { contact: one.contact.id, before });
                    changed.push(one);
                }
            }
            store::contact::update_contacts(tx, &changed).await?;
        }
    }
    store::contact_job::insert_changes(tx, stored.job.id, &notes).await?;
    Ok(notes.into_iter().map(|note| note.contact).collect())
}

/// Records that people want no marketing, on the word of whoever asked for it. There is no such thing for opting in.
async fn opt_out(
    service: &Service,
    tx: &mut Tx,
    stored: &StoredJob,
    found: Vec<StoredContact>,
) -> Result<Vec<ContactId>, Error> {
    let now = service.now();
    let rules = service.rules(tx, stored.business).await?;
    let (mut changed, mut events) = (Vec::new(), Vec::new());
    for mut one in found {
        if one.contact.state == State::OptedOut {
            continue;
        }
        let occurred_at = one.contact.since.map_or(now, |since| since.max(now));
        let signal = Signal { kind: SignalKind::OptOut, source: Source::Operator, occurred_at };
        let change = apply(&one.consent, &signal);
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
            evidence: Evidence {
                identifier: crate::consent::identifier(&one.contact),
                details: Some(serde_json::json!({ "together_with": stored.job.progress.of })),
                ..Evidence::default()
            },
            flags: Flags::default(),
        });
        one.set_consent(change.consent);
        changed.push(one);
    }
    store::contact::update_contacts(tx, &changed).await?;
    crate::ledger::append(service, tx, events).await?;
    Ok(changed.into_iter().map(|one| one.contact.id).collect())
}
