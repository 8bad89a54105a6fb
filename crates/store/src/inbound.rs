//! What came in: duplicates, messages, and what has no table of its own.

use std::collections::BTreeSet;

use domain::contact::{Direction, ThreadMessage};
use domain::id::{BusinessId, ConnectionId, ContactId, MessageId};
use domain::time::Timestamp;
use serde::Serialize;
use sqlx::{FromRow, Result};
use uuid::Uuid;

use crate::{Tx, hex};

/// The key by which a repeated delivery is recognised: the provider's time (seconds) and 63 bits of a hash of the rest.
pub type SeenKey = (i64, i64);

/// Marks keys as seen; returns those that were new.
///
/// # Errors
/// When the database refuses.
pub async fn insert_seen(tx: &mut Tx, keys: &[SeenKey]) -> Result<Vec<SeenKey>> {
    #[derive(Serialize)]
    struct Written {
        at: i64,
        hash: i64,
    }
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let sql = rows!(tx,
        "insert into webhook_seen (at, hash) select at, hash from ",
        [at bigint, hash bigint],
        " r where true on conflict do nothing returning at, hash");
    // In one order, so that two units of work with the same keys cannot wait for each other.
    let keys: BTreeSet<_> = keys.iter().copied().collect();
    let rows: Vec<_> = keys.into_iter().map(|(at, hash)| Written { at, hash }).collect();
    let rows = serde_json::to_string(&rows).unwrap_or_default();
    on!(tx, c => sqlx::query_as(sql).bind(rows).fetch_all(c).await)
}

/// Forgets keys of deliveries older than `before` (seconds).
///
/// # Errors
/// When the database refuses.
pub async fn delete_old_seen(tx: &mut Tx, before: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query("delete from webhook_seen where at < $1").bind(before.seconds()).execute(c).await.map(|_| ()))
}

/// An incoming message to keep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewInbound {
    /// Its id.
    #[serde(serialize_with = "as_hex")]
    pub id: Uuid,
    /// Whose.
    #[serde(serialize_with = "as_hex")]
    pub business_id: Uuid,
    /// Through which number.
    #[serde(serialize_with = "as_hex")]
    pub connection_id: Uuid,
    /// Who wrote.
    #[serde(serialize_with = "as_hex")]
    pub contact_id: Uuid,
    /// WhatsApp's id.
    pub wamid: String,
    /// Meta's word for the type.
    #[serde(rename = "type")]
    pub message_type: String,
    /// What to show.
    pub preview: String,
    /// What detection made of it.
    pub verdict: &'static str,
    /// The rule that decided.
    pub rule: Option<String>,
    /// The message it answers.
    pub context_wamid: Option<String>,
    /// When it was written, microseconds.
    pub sent_at: i64,
    /// When it arrived, microseconds.
    pub received_at: i64,
    /// The message as received.
    pub raw: String,
}

fn as_hex<S: serde::Serializer>(id: &Uuid, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex(*id))
}

/// Adds incoming messages.
///
/// # Errors
/// When the database refuses.
pub async fn insert_inbound(tx: &mut Tx, messages: &[NewInbound]) -> Result<()> {
    if messages.is_empty() {
        return Ok(());
    }
    let sql = rows!(tx,
        "insert into message_in (id, business_id, connection_id, contact_id, wamid, type, preview, verdict, rule, \
         context_wamid, sent_at, received_at, raw) select id, business_id, connection_id, contact_id, wamid, type, preview, \
         verdict, rule, context_wamid, sent_at, received_at, raw from ",
        [id uuid, business_id uuid, connection_id uuid, contact_id uuid, wamid text, type text, preview text, verdict text,
         rule text, context_wamid text, sent_at bigint, received_at bigint, raw text],
        " r");
    let rows = serde_json::to_string(messages).unwrap_or_default();
    on!(tx, c => sqlx::query(sql).bind(rows).execute(c).await.map(|_| ()))
}

/// The last messages a person wrote, newest first.
///
/// # Errors
/// When the database refuses.
pub async fn list_inbound_of(
    tx: &mut Tx,
    business: BusinessId,
    contact: ContactId,
    limit: i64,
) -> Result<Vec<ThreadMessage>> {
    type Row = (Uuid, String, String, String, i64);
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
            "select id, type, preview, verdict, sent_at from message_in \
             where contact_id = $2 and business_id = $1 order by id desc limit $3")
        .bind(business.uuid()).bind(contact.uuid()).bind(limit).fetch_all(c).await)?;
    Ok(rows
        .into_iter()
        .map(|(id, message_type, preview, verdict, sent_at)| ThreadMessage {
            id: MessageId::from_uuid(id),
            at: Timestamp::from_micros(sent_at),
            text: preview,
            direction: Direction::In { message_type, verdict },
        })
        .collect())
}

/// A message a person wrote, as a thread needs it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct ThreadInbound {
    /// Its id.
    pub id: Uuid,
    /// WhatsApp's id.
    pub wamid: String,
    /// Meta's word for the type.
    #[sqlx(rename = "type")]
    pub message_type: String,
    /// What to show where there is little room.
    pub preview: String,
    /// What detection made of it.
    pub verdict: String,
    /// The message it answers.
    pub context_wamid: Option<String>,
    /// When it was written, microseconds.
    pub sent_at: i64,
    /// The message as received.
    pub raw: String,
}

/// What a person wrote, newest first, before a place.
///
/// # Errors
/// When the database refuses.
pub async fn list_thread_inbound(
    tx: &mut Tx,
    business: BusinessId,
    contact: ContactId,
    before: Option<MessageId>,
    limit: i64,
) -> Result<Vec<ThreadInbound>> {
    on!(tx, c => sqlx::query_as(
            "select id, wamid, type, preview, verdict, context_wamid, sent_at, raw from message_in \
             where contact_id = $1 and business_id = $2 and id < $3 order by id desc limit $4")
        .bind(contact.uuid()).bind(business.uuid()).bind(before.map_or(Uuid::max(), MessageId::uuid)).bind(limit)
        .fetch_all(c).await)
}

/// The message as received, and the number it came to.
///
/// # Errors
/// When the database refuses.
pub async fn find_raw(
    tx: &mut Tx,
    business: BusinessId,
    contact: ContactId,
    message: MessageId,
) -> Result<Option<(ConnectionId, String)>> {
    let row: Option<(Uuid, String)> = on!(tx, c => sqlx::query_as(
            "select connection_id, raw from message_in where id = $1 and contact_id = $2 and business_id = $3")
        .bind(message.uuid()).bind(contact.uuid()).bind(business.uuid()).fetch_optional(c).await)?;
    Ok(row.map(|(connection, raw)| (ConnectionId::from_uuid(connection), raw)))
}

/// Something reported that has no table of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewOther {
    /// Its id.
    #[serde(serialize_with = "as_hex")]
    pub id: Uuid,
    /// Whose.
    #[serde(serialize_with = "as_hex")]
    pub business_id: Uuid,
    /// Through which number.
    #[serde(serialize_with = "as_hex")]
    pub connection_id: Uuid,
    /// Meta's field.
    pub field: String,
    /// Why it has no table of its own.
    pub why: &'static str,
    /// As received.
    pub raw: String,
    /// When it arrived, microseconds.
    pub received_at: i64,
}

/// Keeps what has no table of its own.
///
/// # Errors
/// When the database refuses.
pub async fn insert_others(tx: &mut Tx, others: &[NewOther]) -> Result<()> {
    if others.is_empty() {
        return Ok(());
    }
    let sql = rows!(tx,
        "insert into webhook_other (id, business_id, connection_id, field, why, raw, received_at) \
         select id, business_id, connection_id, field, why, raw, received_at from ",
        [id uuid, business_id uuid, connection_id uuid, field text, why text, raw text, received_at bigint],
        " r");
    let rows = serde_json::to_string(others).unwrap_or_default();
    on!(tx, c => sqlx::query(sql).bind(rows).execute(c).await.map(|_| ()))
}

/// How much was kept that has no table of its own, by field.
///
/// # Errors
/// When the database refuses.
pub async fn count_others(tx: &mut Tx, business: BusinessId) -> Result<Vec<(String, i64)>> {
    on!(tx, c => sqlx::query_as(
            "select field, count(*) from webhook_other where business_id = $1 group by field order by field")
        .bind(business.uuid()).fetch_all(c).await)
}

/// What a person wrote, to be read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its id.
    pub id: Uuid,
    /// Who wrote.
    pub contact: ContactId,
    /// The message as received.
    pub raw: String,
}

/// Messages a business received since a moment, newest first, before a place.
///
/// # Errors
/// When the database refuses.
pub async fn list_received(
    tx: &mut Tx,
    business: BusinessId,
    since: Timestamp,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Received>> {
    // Ids begin with the time.
    let from = domain::id::uuid_v7(since, [0; 10]);
    let rows: Vec<(Uuid, Uuid, String)> = on!(tx, c => sqlx::query_as(
            "select id, contact_id, raw from message_in where business_id = $1 and id >= $2 and id < $3 \
             order by id desc limit $4")
        .bind(business.uuid()).bind(from).bind(before.unwrap_or(Uuid::max())).bind(limit).fetch_all(c).await)?;
    Ok(rows
        .into_iter()
        .map(|(id, contact, raw)| Received { id, contact: ContactId::from_uuid(contact), raw })
        .collect())
}
