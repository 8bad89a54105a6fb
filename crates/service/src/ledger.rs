//! The ledger: appending, reading, verifying, exporting.

use std::collections::BTreeMap;

use detection::Flags;
use domain::consent::{SignalKind, Source, State};
use domain::contact::{ConsentEvent, Evidence};
use domain::id::{BusinessId, ContactId, EventId, ReviewId};
use domain::ledger::{Break, ChainedEvent, Hash, Verifier, evidence_digest, hex};
use domain::review::{Outcome, ReviewKind};
use domain::role::Right;
use domain::subscription::EventType;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use store::Tx;
use store::ledger::StoredEvent;
use store::review::NewReview;

use crate::caller::parse_actor;
use crate::clock::random;
use crate::subscriptions::Happened;
use crate::{Caller, Error, Service, task};

/// An event before it has its place in the chain.
#[derive(Clone, Debug)]
pub(crate) struct NewEvent {
    pub(crate) business: BusinessId,
    pub(crate) contact: ContactId,
    pub(crate) version: i64,
    pub(crate) kind: SignalKind,
    pub(crate) source: Source,
    pub(crate) from: State,
    pub(crate) to: State,
    pub(crate) occurred_at: Timestamp,
    pub(crate) actor: String,
    pub(crate) settings_version: i64,
    pub(crate) rule: Option<String>,
    pub(crate) matched: Option<String>,
    pub(crate) wording: Option<Hash>,
    pub(crate) evidence: Evidence,
    /// What else the words call for.
    pub(crate) flags: Flags,
}

/// Appends events to their businesses' chains, in the order given, and opens and closes the reviews they call for: the queue
/// follows the ledger and nothing else.
pub(crate) async fn append(service: &Service, tx: &mut Tx, events: Vec<NewEvent>) -> Result<(), Error> {
    let now = service.now();
    let mut by_business: BTreeMap<BusinessId, Vec<NewEvent>> = BTreeMap::new();
    for event in events {
        by_business.entry(event.business).or_default().push(event);
    }
    for (business, events) in by_business {
        let (mut seq, mut head) = store::ledger::load_head(tx, business).await?;
        let mut stored = Vec::with_capacity(events.len());
        let (mut opened, mut settled, mut happened) = (Vec::new(), Vec::new(), Vec::new());
        for event in events {
            happened.extend(told(&event));
            seq += 1;
            let id = EventId::from_uuid(service.clock.uuid());
            let mut open = |kind| {
                let review = ReviewId::from_uuid(service.clock.uuid());
                let contact = event.contact;
                opened.push(NewReview { id: review, business, contact, kind, event: id, opened_at: now });
            };
            if event.from != State::Held && event.to == State::Held {
                open(ReviewKind::Hold);
            }
            if event.flags.complaint {
                open(ReviewKind::Complaint);
            }
            if event.flags.erasure {
                open(ReviewKind::Erasure);
            }
            if event.from == State::Held && event.to != State::Held {
                settled.push((event.contact, outcome(&event), event.actor.clone()));
            }
            let salt: [u8; 16] = random();
            let body =
                serde_json::to_string(&event.evidence).map_err(|error| Error::Internal(error.into()))?;
            let chained = ChainedEvent {
                business,
                seq,
                id,
                contact: event.contact,
                version: event.version,
                kind: event.kind,
                source: event.source,
                from: event.from,
                to: event.to,
                occurred_at: event.occurred_at,
                recorded_at: now,
                actor: event.actor,
                settings_version: event.settings_version,
                rule: event.rule,
                matched: event.matched,
                wording: event.wording,
                evidence: evidence_digest(&salt, body.as_bytes()),
            };
            head = chained.hash(&head);
            stored.push(StoredEvent { event: chained, hash: head, evidence: Some((salt, body)) });
        }
        store::ledger::append_events(tx, &stored).await?;
        store::ledger::insert_evidence(tx, &stored).await?;
        store::ledger::set_head(tx, business, seq, &head).await?;
        store::review::open_reviews(tx, &opened).await?;
        for (contact, outcome, by) in settled {
            store::review::close_review(tx, contact, ReviewKind::Hold, outcome, &by, now).await?;
        }
        crate::subscriptions::tell(service, tx, business, happened).await?;
    }
    Ok(())
}

/// What other systems of the business hear of an event (R57).
fn told(event: &NewEvent) -> Option<Happened> {
    Some(Happened {
        event: EventType::of_change(event.from, event.to)?,
        contact: Some(event.contact),
        at: event.occurred_at,
        data: serde_json::json!({
            "contact_id": event.contact,
            "phone": event.evidence.identifier,
            "state": event.to,
            "previous": event.from,
            "source": event.source,
            "version": event.version,
        }),
    })
}

/// What an event that ends a hold makes of its review.
fn outcome(event: &NewEvent) -> Outcome {
    match (event.kind, event.source) {
        (SignalKind::OptOut, Source::Deadline) => Outcome::Overdue,
        (SignalKind::OptOut, Source::Operator) => Outcome::Stop,
        (SignalKind::Release, _) => Outcome::NoStop,
        _ => Outcome::Settled,
    }
}

/// An event with whom it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerRow {
    /// The event.
    pub event: ConsentEvent,
    /// What to call the person.
    pub contact_label: String,
}

pub(crate) fn shown(stored: StoredEvent) -> ConsentEvent {
    let StoredEvent { event, hash, evidence } = stored;
    ConsentEvent {
        id: event.id,
        seq: event.seq,
        contact: event.contact,
        version: event.version,
        kind: event.kind,
        source: event.source,
        from: event.from,
        to: event.to,
        occurred_at: event.occurred_at,
        recorded_at: event.recorded_at,
        actor: parse_actor(&event.actor),
        settings_version: event.settings_version,
        rule: event.rule,
        matched: event.matched,
        wording: event.wording.map(|digest| hex(&digest)),
        evidence: evidence.and_then(|(_, body)| serde_json::from_str(&body).ok()),
        hash: hex(&hash),
    }
}

/// Events of the caller's business, newest first, before a place.
///
/// # Errors
/// When the caller may not read.
pub async fn list(
    service: &Service,
    caller: &Caller,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<LedgerRow>, Error> {
    caller.may(Right::Read)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let mut tx = service.db.read().await?;
        rows(&mut tx, business, before.unwrap_or(i64::MAX), i64::from(limit.clamp(1, 200))).await
    })
    .await
}

pub(crate) async fn rows(
    tx: &mut Tx,
    business: BusinessId,
    before: i64,
    limit: i64,
) -> Result<Vec<LedgerRow>, Error> {
    let events = store::ledger::list_events_before(tx, business, before, limit).await?;
    let mut labels = BTreeMap::new();
    for stored in &events {
        let id = stored.event.contact;
        if let std::collections::btree_map::Entry::Vacant(entry) = labels.entry(id) {
            let found = store::contact::find_contact(tx, business, id).await?;
            entry.insert(found.map_or_else(|| "Erased contact".to_owned(), |found| found.contact.label()));
        }
    }
    let mut rows: Vec<LedgerRow> = events
        .into_iter()
        .map(|stored| LedgerRow {
            contact_label: labels.get(&stored.event.contact).cloned().unwrap_or_default(),
            event: shown(stored),
        })
        .collect();
    crate::contacts::name_actors(tx, business, rows.iter_mut().map(|row| &mut row.event)).await?;
    Ok(rows)
}

/// What a check of a chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Events checked.
    pub events: i64,
    /// Hash of the last, hex.
    pub head: String,
    /// Where the chain stops holding, if anywhere.
    pub broken: Option<Break>,
}

/// Events read at once while a chain is checked or exported.
const CHUNK: i64 = 2_000;

/// Checks a business's whole chain against its recorded head.
///
/// # Errors
/// When the database cannot be reached; a broken chain is not an error but the answer.
pub async fn verify(service: &Service, business: BusinessId) -> Result<Verification, Error> {
    let service = service.clone();
    task(async move {
        let mut tx = service.db.read().await?;
        let mut verifier = Verifier::default();
        let answer = |verifier: &Verifier, broken| {
            let (events, head) = verifier.head();
            Verification { events, head: hex(&head), broken }
        };
        loop {
            let events =
                store::ledger::list_events_after(&mut tx, business, verifier.head().0, CHUNK).await?;
            for stored in &events {
                let evidence = stored.evidence.as_ref().map(|(salt, body)| (salt, body.as_bytes()));
                if let Err(broken) = verifier.check(&stored.event, &stored.hash, evidence) {
                    return Ok(answer(&verifier, Some(broken)));
                }
            }
            if events.is_empty() {
                break;
            }
        }
        drop(tx);
        // The head is read after the events: on a busy ledger it may have moved on, which a second look tells apart from a
        // cut tail.
        let mut tx = service.db.write().await?;
        let (recorded, hash) = store::ledger::load_head(&mut tx, business).await?;
        drop(tx);
        let (found, head) = verifier.head();
        let broken = if recorded < found || (recorded == found && hash != head) {
            Some(Break::Head { recorded, found })
        } else if recorded > found {
            let mut tx = service.db.read().await?;
            let tail = store::ledger::list_events_after(&mut tx, business, found, 1).await?;
            tail.is_empty().then_some(Break::Head { recorded, found })
        } else {
            None
        };
        Ok(answer(&verifier, broken))
    })
    .await
}

/// The next piece of a business's ledger after a place, oldest first: one JSON object an event.
///
/// # Errors
/// When the database cannot be reached.
pub async fn export(service: &Service, business: BusinessId, after: i64) -> Result<Vec<ConsentEvent>, Error> {
    let service = service.clone();
    task(async move {
        let mut tx = service.db.read().await?;
        let events = store::ledger::list_events_after(&mut tx, business, after, CHUNK).await?;
        Ok(events.into_iter().map(shown).collect())
    })
    .await
}
