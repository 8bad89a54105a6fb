//! What a person at the business has to decide or see to.

use domain::contact::Evidence;
use domain::id::{BusinessId, ContactId, EventId, ReviewId};
use domain::review::{Outcome, Review, ReviewKind};
use domain::time::Timestamp;
use serde::Serialize;
use sqlx::{FromRow, Result};
use uuid::Uuid;

use crate::{Tx, corrupt, hex};

/// A review to open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewReview {
    /// Its id.
    pub id: ReviewId,
    /// Whose.
    pub business: BusinessId,
    /// About whom.
    pub contact: ContactId,
    /// Why.
    pub kind: ReviewKind,
    /// The event it is about.
    pub event: EventId,
    /// Since when.
    pub opened_at: Timestamp,
}

/// Opens reviews; who has an open one of the kind already keeps it, with its earlier deadline.
///
/// # Errors
/// When the database refuses.
pub async fn open_reviews(tx: &mut Tx, reviews: &[NewReview]) -> Result<()> {
    #[derive(Serialize)]
    struct Written {
        id: String,
        business_id: String,
        contact_id: String,
        kind: &'static str,
        event_id: String,
        opened_at: i64,
        due_at: i64,
    }
    if reviews.is_empty() {
        return Ok(());
    }
    let sql = rows!(tx,
        "insert into review (id, business_id, contact_id, kind, event_id, opened_at, due_at) \
         select id, business_id, contact_id, kind, event_id, opened_at, due_at from ",
        [id uuid, business_id uuid, contact_id uuid, kind text, event_id uuid, opened_at bigint, due_at bigint],
        " r where true on conflict (contact_id, kind) where closed_at is null do nothing");
    let rows: Vec<_> = reviews
        .iter()
        .map(|review| Written {
            id: hex(review.id.uuid()),
            business_id: hex(review.business.uuid()),
            contact_id: hex(review.contact.uuid()),
            kind: review.kind.as_str(),
            event_id: hex(review.event.uuid()),
            opened_at: review.opened_at.micros(),
            due_at: review.kind.due(review.opened_at).micros(),
        })
        .collect();
    let rows = serde_json::to_string(&rows).unwrap_or_default();
    on!(tx, c => sqlx::query(sql).bind(rows).execute(c).await.map(|_| ()))
}

/// Closes the open review of a kind about a person, if there is one; says whether there was.
///
/// # Errors
/// When the database refuses.
pub async fn close_review(
    tx: &mut Tx,
    contact: ContactId,
    kind: ReviewKind,
    outcome: Outcome,
    by: &str,
    now: Timestamp,
) -> Result<bool> {
    on!(tx, c => sqlx::query(
            "update review set closed_at = $3, closed_by = $4, outcome = $5 \
             where contact_id = $1 and kind = $2 and closed_at is null")
        .bind(contact.uuid()).bind(kind.as_str()).bind(now.micros()).bind(by).bind(outcome.as_str())
        .execute(c).await.map(|done| done.rows_affected() > 0))
}

/// The kind and the person of an open review of the business.
///
/// # Errors
/// When the database refuses or the row is corrupt.
pub async fn find_open_review(
    tx: &mut Tx,
    business: BusinessId,
    id: ReviewId,
) -> Result<Option<(ReviewKind, ContactId)>> {
    let row: Option<(String, Uuid)> = on!(tx, c => sqlx::query_as(
            "select kind, contact_id from review where id = $1 and business_id = $2 and closed_at is null")
        .bind(id.uuid()).bind(business.uuid()).fetch_optional(c).await)?;
    row.map(|(kind, contact)| {
        let kind = kind.parse().map_err(|_| corrupt("review.kind"))?;
        Ok((kind, ContactId::from_uuid(contact)))
    })
    .transpose()
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    kind: String,
    contact_id: Uuid,
    name: Option<String>,
    phone: Option<String>,
    rule: Option<String>,
    matched: Option<String>,
    body: Option<String>,
    opened_at: i64,
    due_at: i64,
}

impl TryFrom<Row> for Review {
    type Error = sqlx::Error;
    fn try_from(row: Row) -> Result<Self> {
        let evidence: Option<Evidence> = row.body.and_then(|body| serde_json::from_str(&body).ok());
        Ok(Self {
            id: ReviewId::from_uuid(row.id),
            kind: row.kind.parse().map_err(|_| corrupt("review.kind"))?,
            contact: ContactId::from_uuid(row.contact_id),
            contact_label: row.name.or(row.phone).unwrap_or_default(),
            rule: row.rule,
            matched: row.matched,
            evidence,
            opened_at: Timestamp::from_micros(row.opened_at),
            due_at: Timestamp::from_micros(row.due_at),
        })
    }
}

/// The open reviews of a business, the most urgent first, after a place.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_open_reviews(
    tx: &mut Tx,
    business: BusinessId,
    after: Option<(Timestamp, ReviewId)>,
    limit: i64,
) -> Result<Vec<Review>> {
    let (due, id) = after.map_or((i64::MIN, Uuid::nil()), |(due, id)| (due.micros(), id.uuid()));
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
            "select r.id, r.kind, r.contact_id, p.name, p.phone, e.rule, e.matched, v.body, r.opened_at, r.due_at \
             from review r join contact p on p.id = r.contact_id join consent_event e on e.id = r.event_id \
             left join consent_evidence v on v.event_id = r.event_id \
             where r.business_id = $1 and r.closed_at is null and (r.due_at, r.id) > ($2, $3) \
             order by r.due_at, r.id limit $4")
        .bind(business.uuid()).bind(due).bind(id).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(Review::try_from).collect()
}

/// How many reviews of a business are open.
///
/// # Errors
/// When the database refuses.
pub async fn count_open_reviews(tx: &mut Tx, business: BusinessId) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar("select count(*) from review where business_id = $1 and closed_at is null")
        .bind(business.uuid()).fetch_one(c).await)
}

/// The people held of whom nobody decided in time, of all businesses, the longest overdue first.
///
/// # Errors
/// When the database refuses.
pub async fn list_overdue_holds(
    tx: &mut Tx,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(BusinessId, ContactId)>> {
    let rows: Vec<(Uuid, Uuid)> = on!(tx, c => sqlx::query_as(
            "select business_id, contact_id from review where closed_at is null and due_at <= $1 and kind = 'hold' \
             order by due_at, id limit $2")
        .bind(now.micros()).bind(limit).fetch_all(c).await)?;
    Ok(rows
        .into_iter()
        .map(|(business, contact)| (BusinessId::from_uuid(business), ContactId::from_uuid(contact)))
        .collect())
}

/// Gives the open reviews about one record of a person to another record of theirs; where that has one of the kind already, one
/// is enough and the moved one is closed.
///
/// # Errors
/// When the database refuses.
pub async fn move_reviews(tx: &mut Tx, from: ContactId, to: ContactId, now: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query(
            "update review set contact_id = $2 where contact_id = $1 and closed_at is null and not exists \
             (select 1 from review other where other.contact_id = $2 and other.kind = review.kind \
              and other.closed_at is null)")
        .bind(from.uuid()).bind(to.uuid()).execute(c).await.map(|_| ()))?;
    for kind in ReviewKind::ALL {
        close_review(tx, from, kind, Outcome::Settled, "system", now).await?;
    }
    Ok(())
}
