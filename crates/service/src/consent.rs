//! A choice put on record by a person at the business, by the API, or by a file.

use detection::Flags;
use domain::consent::{Signal, SignalKind, Source, apply};
use domain::contact::{Actor, Contact, Evidence};
use domain::id::ContactId;
use domain::ledger::wording_digest;
use domain::limits;
use domain::live::LiveEvent;
use domain::role::Right;
use domain::time::{Span, Timestamp};

use crate::ledger::NewEvent;
use crate::{Caller, Error, Invalid, Service, task};

/// What a person chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// No marketing.
    OptedOut,
    /// Marketing.
    OptedIn,
}

/// A choice to record.
#[derive(Clone, Debug)]
pub struct Record {
    /// What they chose.
    pub choice: Choice,
    /// How they said it. An opt-in needs one.
    pub source: Option<Source>,
    /// When they said it; now, if not given.
    pub occurred_at: Option<Timestamp>,
    /// What the person who records it noted.
    pub note: Option<String>,
    /// The wording they agreed to.
    pub wording: Option<String>,
    /// Anything else that proves it.
    pub details: Option<serde_json::Value>,
}

/// How far clocks of different systems may be apart.
pub(crate) const CLOCK_SKEW: Span = Span::minutes(5);

/// Records a choice. An opt-out needs nothing; an opt-in needs a source, because a consent without one is no consent (R2, R8).
/// Who recorded it, when, and through which channel is recorded always.
///
/// # Errors
/// [`Error::Invalid`] naming every problem; [`Error::NotFound`] when the caller's business has no such contact;
/// [`Error::Conflict`] when the person chose otherwise later than this choice was made.
pub async fn record(
    service: &Service,
    caller: &Caller,
    id: ContactId,
    record: Record,
) -> Result<Contact, Error> {
    caller.may(Right::WriteConsent)?;
    let now = service.now();
    let record = checked(record, now)?;
    let (service, caller) = (service.clone(), caller.clone());
    task(async move {
        let mut tx = service.db.write().await?;
        let mut stored = crate::contacts::lock(&mut tx, caller.business, id).await?;
        let id = stored.contact.id;
        let rules = service.rules(&mut tx, caller.business).await?;
        let default = match caller.actor {
            Actor::ApiKey { .. } => Source::Api,
            _ => Source::Operator,
        };
        let mut signal = Signal {
            kind: match record.choice {
                Choice::OptedOut => SignalKind::OptOut,
                Choice::OptedIn => SignalKind::OptIn,
            },
            source: record.source.unwrap_or(default),
            // By a clock ahead of ours it would beat what the person says in the next minutes.
            occurred_at: record.occurred_at.map_or(now, |at| at.min(now)),
        };
        let mut change = apply(&stored.consent, &signal);
        if record.choice == Choice::OptedOut && change.to != domain::consent::State::OptedOut {
            // Stopping is always possible: whatever agreement looks later, by its date or another clock, is stopped now.
            signal.occurred_at = stored.contact.since.map_or(now, |since| since.max(now));
            change = apply(&stored.consent, &signal);
        }
        let wanted = match record.choice {
            Choice::OptedOut => domain::consent::State::OptedOut,
            Choice::OptedIn => domain::consent::State::OptedIn,
        };
        if change.to != wanted {
            // An older opt-in does not undo a later stop, and the caller must not believe it did.
            return Err(Error::Conflict);
        }
        if change.recorded {
            let wording = record.wording.as_deref().map(wording_digest);
            if let (Some(digest), Some(text)) = (&wording, &record.wording) {
                store::settings::insert_wording(&mut tx, caller.business, digest, text, now).await?;
            }
            let event = NewEvent {
                business: caller.business,
                contact: id,
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
                wording,
                evidence: Evidence {
                    identifier: identifier(&stored.contact),
                    note: record.note.clone(),
                    wording: record.wording.clone(),
                    details: record.details.clone(),
                    ..Evidence::default()
                },
                flags: Flags::default(),
            };
            stored.set_consent(change.consent);
            store::contact::update_contacts(&mut tx, std::slice::from_ref(&stored)).await?;
            crate::ledger::append(&service, &mut tx, vec![event]).await?;
        }
        let contact = crate::contacts::load_one(&mut tx, caller.business, id).await?;
        tx.commit().await?;
        service.revocations.revoke([id]);
        service.live.publish(caller.business, vec![LiveEvent::ContactChanged { contact: id }]);
        Ok(contact)
    })
    .await
}

/// The name by which WhatsApp knows the person at the time.
pub(crate) fn identifier(contact: &Contact) -> Option<String> {
    contact.phone.as_ref().map(ToString::to_string).or_else(|| contact.user_id.clone())
}

fn checked(mut record: Record, now: Timestamp) -> Result<Record, Error> {
    let mut problems = Vec::new();
    let mut say = |field, code| problems.push(Invalid { field, code, problem: None });
    for (field, text) in [("note", &mut record.note), ("wording", &mut record.wording)] {
        *text = text.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if text.as_ref().is_some_and(|text| text.chars().count() > limits::NOTE) {
            say(field, "too_long");
        }
        if text.as_ref().is_some_and(|text| text.contains('\0')) {
            say(field, "control_characters");
        }
    }
    if record.details.as_ref().is_some_and(|details| details.to_string().len() > limits::NOTE * 4) {
        say("evidence", "too_long");
    }
    if record.details.as_ref().is_some_and(|details| details.to_string().contains("\\u0000")) {
        say("evidence", "control_characters");
    }
    if record.occurred_at.is_some_and(|at| at > now + CLOCK_SKEW) {
        say("occurred_at", "in_the_future");
    }
    if record.occurred_at.is_some_and(|at| at < Timestamp::from_seconds(0)) {
        say("occurred_at", "too_old");
    }
    if record.source.is_some_and(|source| !Source::RECORDABLE.contains(&source)) {
        say("source", "not_recordable");
    }
    if record.choice == Choice::OptedIn && record.source.is_none() {
        say("source", "required");
    }
    if problems.is_empty() { Ok(record) } else { Err(Error::Invalid(problems)) }
}

/// WhatsApp refused a message because the person stopped marketing there: an opt-out of theirs, never tried again (R33).
pub(crate) async fn record_native_stop(
    service: &Service,
    tx: &mut store::Tx,
    business: domain::id::BusinessId,
    contact: ContactId,
    at: Timestamp,
) -> Result<(), Error> {
    // The record may have been joined to another since the message was written.
    let mut stored = match crate::contacts::lock(tx, business, contact).await {
        Err(Error::NotFound) => return Ok(()),
        found => found?,
    };
    let contact = stored.contact.id;
    let signal = Signal { kind: SignalKind::NativeStop, source: Source::ApiError131050, occurred_at: at };
    let change = apply(&stored.consent, &signal);
    if !change.recorded {
        return Ok(());
    }
    let rules = service.rules(tx, business).await?;
    let event = NewEvent {
        business,
        contact,
        version: change.consent.version,
        kind: signal.kind,
        source: signal.source,
        from: change.from,
        to: change.to,
        occurred_at: at,
        actor: "person".to_owned(),
        settings_version: rules.settings.version,
        rule: None,
        matched: None,
        wording: None,
        evidence: Evidence { identifier: identifier(&stored.contact), ..Evidence::default() },
        flags: Flags::default(),
    };
    stored.set_consent(change.consent);
    store::contact::update_contacts(tx, std::slice::from_ref(&stored)).await?;
    crate::ledger::append(service, tx, vec![event]).await
}
