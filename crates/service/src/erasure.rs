//! Forgetting a person, and telling one what is known about them.

use detection::Flags;
use domain::audit::Action;
use domain::consent::{Signal, SignalKind, Source, State, apply};
use domain::contact::{ConsentEvent, Contact, Evidence, ThreadMessage};
use domain::conversation::{TeamKind, What};
use domain::id::ContactId;
use domain::live::LiveEvent;
use domain::review::{Outcome, ReviewKind};
use domain::role::Right;
use domain::subscription::EventType;
use serde::Serialize;
use store::contact::IdentityKind;

use crate::audit;
use crate::ledger::NewEvent;
use crate::subscriptions::Happened;
use crate::{Caller, Error, Service, contacts, jobs, suppression, task};

/// Erases a person (R55): name, numbers, ids, labels, messages and the personal part of the ledger. The chain of the ledger holds
/// as before; keyed hashes of the names stay, so that whoever adds the person again adds them opted out.
///
/// # Errors
/// [`Error::NotFound`] when the caller's business has no such contact, or it was erased before.
pub async fn erase(service: &Service, caller: &Caller, id: ContactId) -> Result<(), Error> {
    caller.may(Right::ManageContacts)?;
    let (service, caller) = (service.clone(), caller.clone());
    task(async move {
        let now = service.now();
        let mut tx = service.db.write().await?;
        let mut stored = contacts::lock(&mut tx, caller.business, id).await?;
        if stored.contact.erased {
            return Err(Error::NotFound);
        }
        let id = stored.contact.id;
        if stored.contact.state != State::OptedOut {
            // Whatever agreement looks later, by its date or another clock, is over.
            let occurred_at = stored.contact.since.map_or(now, |since| since.max(now));
            let signal = Signal { kind: SignalKind::OptOut, source: Source::Erasure, occurred_at };
            let change = apply(&stored.consent, &signal);
            let rules = service.rules(&mut tx, caller.business).await?;
            let event = NewEvent {
                business: caller.business,
                contact: id,
                version: change.consent.version,
                kind: signal.kind,
                source: signal.source,
                from: change.from,
                to: change.to,
                occurred_at,
                actor: caller.name(),
                settings_version: rules.settings.version,
                rule: None,
                matched: None,
                wording: None,
                evidence: Evidence::default(),
                flags: Flags::default(),
            };
            stored.set_consent(change.consent);
            store::contact::update_contacts(&mut tx, std::slice::from_ref(&stored)).await?;
            crate::ledger::append(&service, &mut tx, vec![event]).await?;
        }
        for kind in [ReviewKind::Hold, ReviewKind::Complaint, ReviewKind::Erasure] {
            store::review::close_review(&mut tx, id, kind, Outcome::Settled, &caller.name(), now).await?;
        }
        let mut raw = Vec::new();
        let mut tokens = Vec::new();
        let records = store::erasure::list_records(&mut tx, id).await?;
        for record in &records {
            for name in store::erasure::list_names(&mut tx, caller.business, *record).await? {
                tokens.push(suppression::token(&service.key, &name)?);
                raw.push(name.value);
            }
        }
        audit::note(&service, &mut tx, &caller, Action::Erased, id).await?;
        store::suppression::insert_suppressions(&mut tx, caller.business, &tokens, now).await?;
        for record in &records {
            store::erasure::erase_record(&mut tx, *record, now).await?;
        }
        let erased = Happened {
            event: EventType::ContactErased,
            contact: Some(id),
            at: now,
            data: serde_json::json!({ "contact_id": id }),
        };
        crate::subscriptions::tell(&service, &mut tx, caller.business, [erased]).await?;
        store::erasure::delete_raw(&mut tx, caller.business, &raw).await?;
        tx.commit().await?;
        service.revocations.revoke([id]);
        jobs::forget_in_files(&service, caller.business, &raw).await?;
        if let Err(error) = store::erasure::forget_deleted(&service.db).await {
            // Somebody reads the log at this moment; it is emptied by the next checkpoint.
            tracing::warn!(%error, "the log beside the database could not be emptied after an erasure");
        }
        service.live.publish(caller.business, vec![LiveEvent::ContactChanged { contact: id }]);
        Ok(())
    })
    .await
}

/// Everything known about a person, for them (R56).
#[derive(Debug, Serialize)]
pub struct PersonalData {
    /// When it was put together.
    pub exported_at: String,
    /// Who they are and what they chose.
    pub contact: Contact,
    /// Every name by which WhatsApp knows them.
    pub names: Vec<PersonalName>,
    /// What they decided, with the words and the wording, newest first.
    pub consent_events: Vec<ConsentEvent>,
    /// Messages, oldest first.
    pub messages: Vec<ThreadMessage>,
    /// What colleagues noted about them, newest first.
    pub notes: Vec<PersonalNote>,
}

/// What a colleague noted about a person.
#[derive(Debug, Serialize)]
pub struct PersonalNote {
    /// When, RFC 3339.
    pub at: String,
    /// The note.
    pub text: String,
}

/// One name by which WhatsApp knows a person.
#[derive(Debug, Serialize)]
pub struct PersonalName {
    /// `phone`, `user_id` or `parent_user_id`.
    pub kind: IdentityKind,
    /// The name.
    pub value: String,
}

/// Most messages of one export: a conversation of years.
const MESSAGES: i64 = 100_000;

/// Puts together everything known about a person (R56).
///
/// # Errors
/// [`Error::NotFound`] when the caller's business has no such contact.
pub async fn export(service: &Service, caller: &Caller, id: ContactId) -> Result<PersonalData, Error> {
    caller.may(Right::Read)?;
    let contact = contacts::find(service, caller, id).await?;
    let consent_events = contacts::events(service, caller, id).await?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let mut tx = service.db.read().await?;
        let names = store::erasure::list_names(&mut tx, business, contact.id).await?;
        let names =
            names.into_iter().map(|name| PersonalName { kind: name.kind, value: name.value }).collect();
        let mut messages = store::inbound::list_inbound_of(&mut tx, business, contact.id, MESSAGES).await?;
        messages.extend(store::outbox::list_outbound_of(&mut tx, business, contact.id, MESSAGES).await?);
        contacts::in_order(&mut messages);
        let notes = store::conversation::list_entries(&mut tx, business, contact.id, None, MESSAGES).await?;
        let notes = notes
            .into_iter()
            .filter_map(|entry| match entry.what {
                What::Team { kind: TeamKind::Note, body, .. } => {
                    Some(PersonalNote { at: entry.at.to_string(), text: body })
                }
                _ => None,
            })
            .collect();
        let exported_at = service.now().to_string();
        Ok(PersonalData { exported_at, contact, names, consent_events, messages, notes })
    })
    .await
}
