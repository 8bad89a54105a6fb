//! What a person at the business has to decide or see to.

use domain::consent::{Signal, SignalKind, Source, apply};
use domain::contact::Evidence;
use domain::id::{BusinessId, ContactId, ReviewId};
use domain::live::LiveEvent;
use domain::review::{Outcome, Review, ReviewKind};
use domain::role::Right;
use domain::time::Timestamp;
use store::Tx;

use crate::ledger::NewEvent;
use crate::{Caller, Error, Service, task};

/// What somebody decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The person asked to stop.
    Stop,
    /// They did not: what was before goes on.
    NoStop,
    /// A complaint or a request to erase was seen to.
    Done,
}

/// The open reviews of the caller's business, the most urgent first, after a place.
///
/// # Errors
/// When the caller may not read.
pub async fn list(
    service: &Service,
    caller: &Caller,
    after: Option<(Timestamp, ReviewId)>,
    limit: u32,
) -> Result<Vec<Review>, Error> {
    caller.may(Right::Read)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let mut tx = service.db.read().await?;
        let limit = i64::from(limit.clamp(1, 200));
        Ok(store::review::list_open_reviews(&mut tx, business, after, limit).await?)
    })
    .await
}

/// How many are open.
///
/// # Errors
/// When the caller may not read.
pub async fn count(service: &Service, caller: &Caller) -> Result<i64, Error> {
    caller.may(Right::Read)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move { Ok(store::review::count_open_reviews(&mut service.db.read().await?, business).await?) })
        .await
}

/// Decides an open review. Both answers about ambiguous words are consent events (R36); answers with the person.
///
/// # Errors
/// [`Error::NotFound`] when it is not open, for instance because a colleague was faster; [`Error::Invalid`] when the decision
/// does not fit the kind.
pub async fn decide(
    service: &Service,
    caller: &Caller,
    id: ReviewId,
    decision: Decision,
) -> Result<ContactId, Error> {
    caller.may(Right::WriteConsent)?;
    let (service, caller) = (service.clone(), caller.clone());
    task(async move {
        let now = service.now();
        let mut tx = service.db.write().await?;
        let open = store::review::find_open_review(&mut tx, caller.business, id).await?;
        let (kind, contact) = open.ok_or(Error::NotFound)?;
        let signal = match (kind, decision) {
            (ReviewKind::Hold, Decision::Stop) => Some(SignalKind::OptOut),
            (ReviewKind::Hold, Decision::NoStop) => Some(SignalKind::Release),
            (ReviewKind::Complaint | ReviewKind::Erasure, Decision::Done) => None,
            _ => return Err(Error::invalid("decision", "unfit")),
        };
        if let Some(kind) = signal {
            let signal = Signal { kind, source: Source::Operator, occurred_at: now };
            record(&service, &mut tx, caller.business, contact, &signal, &caller.name()).await?;
        }
        // The event has closed it already, unless there was nothing to record.
        let outcome = match decision {
            Decision::Stop => Outcome::Stop,
            Decision::NoStop => Outcome::NoStop,
            Decision::Done => Outcome::Done,
        };
        store::review::close_review(&mut tx, contact, kind, outcome, &caller.name(), now).await?;
        tx.commit().await?;
        service.revocations.revoke([contact]);
        service.live.publish(caller.business, vec![LiveEvent::ContactChanged { contact }]);
        Ok(contact)
    })
    .await
}

/// People settled in one commit when nobody decided about them in time.
const OVERDUE: i64 = 200;

/// Ambiguous words that nobody decided about in time count as a stop (R36). Says how many there were.
pub(crate) async fn settle_overdue(service: &Service) -> Result<usize, Error> {
    let service = service.clone();
    task(async move {
        let now = service.now();
        let overdue = store::review::list_overdue_holds(&mut service.db.read().await?, now, OVERDUE).await?;
        if overdue.is_empty() {
            return Ok(0);
        }
        let mut tx = service.db.write().await?;
        for (business, contact) in &overdue {
            let signal = Signal { kind: SignalKind::OptOut, source: Source::Deadline, occurred_at: now };
            record(&service, &mut tx, *business, *contact, &signal, "system").await?;
            store::review::close_review(&mut tx, *contact, ReviewKind::Hold, Outcome::Overdue, "system", now)
                .await?;
        }
        tx.commit().await?;
        service.revocations.revoke(overdue.iter().map(|(_, contact)| *contact));
        for (business, contact) in &overdue {
            service.live.publish(*business, vec![LiveEvent::ContactChanged { contact: *contact }]);
        }
        tracing::info!(
            contacts = overdue.len(),
            "nobody decided about ambiguous words in time; they count as a stop"
        );
        Ok(overdue.len())
    })
    .await
}

async fn record(
    service: &Service,
    tx: &mut Tx,
    business: BusinessId,
    contact: ContactId,
    signal: &Signal,
    actor: &str,
) -> Result<(), Error> {
    let mut stored = crate::contacts::lock(tx, business, contact).await?;
    let contact = stored.contact.id;
    let change = apply(&stored.consent, signal);
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
        occurred_at: signal.occurred_at,
        actor: actor.to_owned(),
        settings_version: rules.settings.version,
        rule: None,
        matched: None,
        wording: None,
        evidence: Evidence { identifier: crate::consent::identifier(&stored.contact), ..Evidence::default() },
        flags: detection::Flags::default(),
    };
    stored.set_consent(change.consent);
    store::contact::update_contacts(tx, std::slice::from_ref(&stored)).await?;
    crate::ledger::append(service, tx, vec![event]).await
}
