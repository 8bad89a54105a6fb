//! Subscriptions of other systems, and what is delivered to them.

use domain::id::{BusinessId, ContactId, DeliveryId, SubscriptionId};
use domain::subscription::{DeliveryState, EventType, LoggedDelivery, Subscription};
use domain::time::Timestamp;
use serde::Serialize;
use sqlx::{FromRow, Result};
use uuid::Uuid;

use crate::{Tx, corrupt, hex};

/// Adds a subscription, with its sealed secret.
///
/// # Errors
/// When the database refuses.
pub async fn insert_subscription(
    tx: &mut Tx,
    business: BusinessId,
    subscription: &Subscription,
    secret: &[u8],
) -> Result<()> {
    let events: Vec<&str> = subscription.events.iter().map(|event| event.as_str()).collect();
    on!(tx, c => sqlx::query(
            "insert into subscription (id, business_id, url, secret, events, created_at) values ($1, $2, $3, $4, $5, $6)")
        .bind(subscription.id.uuid()).bind(business.uuid()).bind(&subscription.url).bind(secret)
        .bind(events.join(" ")).bind(subscription.created_at.micros())
        .execute(c).await.map(|_| ()))
}

/// The subscriptions of a business, oldest first.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_subscriptions(tx: &mut Tx, business: BusinessId) -> Result<Vec<Subscription>> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
            "select id, url, events, created_at, stopped_at, stopped_why from subscription \
             where business_id = $1 order by id")
        .bind(business.uuid()).fetch_all(c).await)?;
    rows.into_iter().map(Subscription::try_from).collect()
}

/// Takes a subscription away, with its deliveries; says whether there was one.
///
/// # Errors
/// When the database refuses.
pub async fn delete_subscription(tx: &mut Tx, business: BusinessId, id: SubscriptionId) -> Result<bool> {
    on!(tx, c => {
        sqlx::query("delete from delivery where subscription_id = $1 and business_id = $2")
            .bind(id.uuid()).bind(business.uuid()).execute(&mut *c).await?;
        sqlx::query("delete from subscription where id = $1 and business_id = $2")
            .bind(id.uuid()).bind(business.uuid()).execute(&mut *c).await.map(|done| done.rows_affected() > 0)
    })
}

/// Stops sending to a subscription; what waits is given up.
///
/// # Errors
/// When the database refuses.
pub async fn stop_subscription(tx: &mut Tx, id: SubscriptionId, why: &str, now: Timestamp) -> Result<()> {
    on!(tx, c => {
        sqlx::query("update subscription set stopped_at = $2, stopped_why = $3 where id = $1 and stopped_at is null")
            .bind(id.uuid()).bind(now.micros()).bind(why).execute(&mut *c).await?;
        sqlx::query("update delivery set state = 'failed' where subscription_id = $1 and state = 'waiting'")
            .bind(id.uuid()).execute(&mut *c).await.map(|_| ())
    })
}

/// Something to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    /// Its id.
    pub id: DeliveryId,
    /// Whose.
    pub business: BusinessId,
    /// To whom.
    pub subscription: SubscriptionId,
    /// Whom it is about.
    pub contact: Option<ContactId>,
    /// What it tells.
    pub event: EventType,
    /// The body, as it is signed and sent.
    pub body: String,
}

/// Adds deliveries that are due at once.
///
/// # Errors
/// When the database refuses.
pub async fn insert_deliveries(tx: &mut Tx, deliveries: &[NewDelivery], now: Timestamp) -> Result<()> {
    #[derive(Serialize)]
    struct Written<'a> {
        id: String,
        business_id: String,
        subscription_id: String,
        contact_id: Option<String>,
        event: &'static str,
        body: &'a str,
        at: i64,
    }
    if deliveries.is_empty() {
        return Ok(());
    }
    let sql = rows!(tx,
        "insert into delivery (id, business_id, subscription_id, contact_id, event, body, state, attempts, created_at, next_at) \
         select id, business_id, subscription_id, contact_id, event, body, 'waiting', 0, at, at from ",
        [id uuid, business_id uuid, subscription_id uuid, contact_id uuid, event text, body text, at bigint],
        " r");
    let rows: Vec<_> = deliveries
        .iter()
        .map(|one| Written {
            id: hex(one.id.uuid()),
            business_id: hex(one.business.uuid()),
            subscription_id: hex(one.subscription.uuid()),
            contact_id: one.contact.map(|contact| hex(contact.uuid())),
            event: one.event.as_str(),
            body: &one.body,
            at: now.micros(),
        })
        .collect();
    let rows = serde_json::to_string(&rows).unwrap_or_default();
    on!(tx, c => sqlx::query(sql).bind(rows).execute(c).await.map(|_| ()))
}

/// A delivery to try now.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct DueDelivery {
    /// Its id.
    pub id: Uuid,
    /// To whom.
    pub subscription_id: Uuid,
    /// The body.
    pub body: String,
    /// How often it was tried, this time included.
    pub attempts: i64,
}

/// Takes deliveries that are due; until `lease` nobody else gets them.
///
/// # Errors
/// When the database refuses.
pub async fn claim_deliveries(
    tx: &mut Tx,
    now: Timestamp,
    lease: Timestamp,
    limit: i64,
) -> Result<Vec<DueDelivery>> {
    let sql = tx.pick(
        "update delivery set next_at = $2, attempts = attempts + 1 where id in \
         (select id from delivery where state = 'waiting' and next_at <= $1 order by next_at, id limit $3) \
         returning id, subscription_id, body, attempts",
        "update delivery set next_at = $2, attempts = attempts + 1 where id = any(array(\
         select id from delivery where state = 'waiting' and next_at <= $1 order by next_at, id limit $3 \
         for update skip locked)) returning id, subscription_id, body, attempts",
    );
    let mut due: Vec<DueDelivery> = on!(tx, c => sqlx::query_as(sql)
        .bind(now.micros()).bind(lease.micros()).bind(limit).fetch_all(c).await)?;
    due.sort_by_key(|one| one.id);
    Ok(due)
}

/// Where a subscription leads, with its sealed secret.
///
/// # Errors
/// When the database refuses.
pub async fn find_destination(tx: &mut Tx, id: SubscriptionId) -> Result<Option<(String, Vec<u8>)>> {
    on!(tx, c => sqlx::query_as("select url, secret from subscription where id = $1")
        .bind(id.uuid()).fetch_optional(c).await)
}

/// Writes down how an attempt ended: with `next` it is tried again then.
///
/// # Errors
/// When the database refuses.
pub async fn settle_delivery(
    tx: &mut Tx,
    id: DeliveryId,
    state: DeliveryState,
    status: Option<i64>,
    error: Option<&str>,
    next: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    let delivered = (state == DeliveryState::Delivered).then_some(now);
    on!(tx, c => sqlx::query(
            "update delivery set state = $2, status = $3, error = $4, next_at = coalesce($5, next_at), delivered_at = $6 \
             where id = $1 and state = 'waiting'")
        .bind(id.uuid()).bind(state.as_str()).bind(status).bind(error).bind(next.map(Timestamp::micros))
        .bind(delivered.map(Timestamp::micros))
        .execute(c).await.map(|_| ()))
}

/// The log of a subscription, newest first.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_deliveries(
    tx: &mut Tx,
    business: BusinessId,
    subscription: SubscriptionId,
    limit: i64,
) -> Result<Vec<LoggedDelivery>> {
    let rows: Vec<LogRow> = on!(tx, c => sqlx::query_as(
            "select id, event, state, attempts, created_at, next_at, status, error from delivery \
             where subscription_id = $2 and business_id = $1 order by id desc limit $3")
        .bind(business.uuid()).bind(subscription.uuid()).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(LoggedDelivery::try_from).collect()
}

/// Makes a delivery due again, whatever became of it; says whether there is one.
///
/// # Errors
/// When the database refuses.
pub async fn replay_delivery(
    tx: &mut Tx,
    business: BusinessId,
    id: DeliveryId,
    now: Timestamp,
) -> Result<bool> {
    on!(tx, c => sqlx::query(
            "update delivery set state = 'waiting', attempts = 0, next_at = $3, status = null, error = null \
             where id = $1 and business_id = $2")
        .bind(id.uuid()).bind(business.uuid()).bind(now.micros()).execute(c).await.map(|done| done.rows_affected() > 0))
}

/// Forgets deliveries made before a time, whose ids begin with it, unless they wait.
///
/// # Errors
/// When the database refuses.
pub async fn delete_old_deliveries(tx: &mut Tx, before: Timestamp) -> Result<()> {
    let before = domain::id::uuid_v7(before, [0; 10]);
    on!(tx, c => sqlx::query("delete from delivery where id < $1 and state <> 'waiting'")
        .bind(before).execute(c).await.map(|_| ()))
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    url: String,
    events: String,
    created_at: i64,
    stopped_at: Option<i64>,
    stopped_why: Option<String>,
}

impl TryFrom<Row> for Subscription {
    type Error = sqlx::Error;
    fn try_from(row: Row) -> Result<Self> {
        let events = row
            .events
            .split_whitespace()
            .map(|word| word.parse().map_err(|_| corrupt("subscription.events")));
        Ok(Self {
            id: SubscriptionId::from_uuid(row.id),
            url: row.url,
            events: events.collect::<Result<_>>()?,
            created_at: Timestamp::from_micros(row.created_at),
            stopped: row.stopped_at.map(Timestamp::from_micros).zip(row.stopped_why),
        })
    }
}

#[derive(FromRow)]
struct LogRow {
    id: Uuid,
    event: String,
    state: String,
    attempts: i64,
    created_at: i64,
    next_at: i64,
    status: Option<i64>,
    error: Option<String>,
}

impl TryFrom<LogRow> for LoggedDelivery {
    type Error = sqlx::Error;
    fn try_from(row: LogRow) -> Result<Self> {
        let state = row.state.parse().map_err(|_| corrupt("delivery.state"))?;
        Ok(Self {
            id: DeliveryId::from_uuid(row.id),
            event: row.event.parse().map_err(|_| corrupt("delivery.event"))?,
            state,
            attempts: row.attempts,
            created_at: Timestamp::from_micros(row.created_at),
            next_at: (state == DeliveryState::Waiting).then_some(Timestamp::from_micros(row.next_at)),
            status: row.status,
            error: row.error,
        })
    }
}
