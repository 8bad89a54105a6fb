//! The outbox: what leaves, where it stands, and what WhatsApp says about it.

use domain::contact::{Direction, OutgoingMessage, ThreadMessage};
use domain::id::{BusinessId, CampaignId, ConnectionId, ContactId, MessageId};
use domain::inbound::Delivery;
use domain::kind::MessageKind;
use domain::outbound::{Content, SendState};
use domain::permit::Reason;
use domain::time::{Span, Timestamp};
use serde::Serialize;
use sqlx::{FromRow, Result};
use uuid::Uuid;

use crate::{Tx, corrupt, hex};

/// A message to enqueue, or one that was decided against and is kept for the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// Its id; travels to WhatsApp and back as callback data.
    pub id: MessageId,
    /// Whose.
    pub business: BusinessId,
    /// Through which number.
    pub connection: ConnectionId,
    /// For whom.
    pub contact: ContactId,
    /// What it is for.
    pub kind: MessageKind,
    /// What it says.
    pub content: Content,
    /// The message it answers.
    pub context_wamid: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Who asked: `system`, `usr_…`, `key_…`.
    pub created_by: String,
    /// Not before.
    pub not_before: Timestamp,
    /// Not after.
    pub expires_at: Option<Timestamp>,
    /// Set when it was decided against at once.
    pub skipped: Option<Reason>,
    /// The campaign it belongs to.
    pub campaign: Option<CampaignId>,
}

/// Adds messages.
///
/// # Errors
/// When the database refuses.
pub async fn insert_messages(tx: &mut Tx, messages: &[NewMessage]) -> Result<()> {
    insert(tx, messages, None).await
}

/// Adds messages that whoever adds them has claimed at once, as [`claim_messages`] would.
///
/// # Errors
/// When the database refuses.
pub async fn insert_claimed_messages(tx: &mut Tx, messages: &[NewMessage], now: Timestamp) -> Result<()> {
    insert(tx, messages, Some(now)).await
}

async fn insert(tx: &mut Tx, messages: &[NewMessage], claimed_at: Option<Timestamp>) -> Result<()> {
    #[derive(Serialize)]
    struct Written<'a> {
        id: String,
        business_id: String,
        connection_id: String,
        contact_id: String,
        kind: &'static str,
        priority: i64,
        state: &'static str,
        content: String,
        context_wamid: Option<&'a str>,
        created_at: i64,
        created_by: &'a str,
        not_before: i64,
        expires_at: Option<i64>,
        skip_reason: Option<&'static str>,
        campaign_id: Option<String>,
        attempts: i64,
        claimed_at: Option<i64>,
    }
    if messages.is_empty() {
        return Ok(());
    }
    let sql = rows!(tx,
        "insert into message_out (id, business_id, connection_id, contact_id, kind, priority, state, content, context_wamid, \
         created_at, created_by, not_before, expires_at, skip_reason, campaign_id, attempts, claimed_at, delivery_rank) \
         select id, business_id, connection_id, contact_id, kind, priority, state, content, context_wamid, created_at, \
         created_by, not_before, expires_at, skip_reason, campaign_id, attempts, claimed_at, 0 from ",
        [id uuid, business_id uuid, connection_id uuid, contact_id uuid, kind text, priority bigint, state text,
         content text, context_wamid text, created_at bigint, created_by text, not_before bigint, expires_at bigint,
         skip_reason text, campaign_id uuid, attempts bigint, claimed_at bigint],
        " r");
    let rows: Vec<_> = messages
        .iter()
        .map(|message| Written {
            id: hex(message.id.uuid()),
            business_id: hex(message.business.uuid()),
            connection_id: hex(message.connection.uuid()),
            contact_id: hex(message.contact.uuid()),
            kind: message.kind.as_str(),
            priority: message.kind.priority(),
            state: match (message.skipped, claimed_at) {
                (Some(_), _) => SendState::Skipped,
                (None, Some(_)) => SendState::Claimed,
                (None, None) => SendState::Pending,
            }
            .as_str(),
            content: serde_json::to_string(&message.content).unwrap_or_default(),
            context_wamid: message.context_wamid.as_deref(),
            created_at: message.created_at.micros(),
            created_by: &message.created_by,
            not_before: message.not_before.micros(),
            expires_at: message.expires_at.map(Timestamp::micros),
            skip_reason: message.skipped.map(Reason::as_str),
            campaign_id: message.campaign.map(|id| hex(id.uuid())),
            attempts: i64::from(claimed_at.is_some()),
            claimed_at: claimed_at.map(Timestamp::micros),
        })
        .collect();
    let rows = serde_json::to_string(&rows).unwrap_or_default();
    on!(tx, c => sqlx::query(sql).bind(rows).execute(c).await.map(|_| ()))
}

/// A message a dispatcher has claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Its id.
    pub id: MessageId,
    /// Whose.
    pub business: BusinessId,
    /// For whom.
    pub contact: ContactId,
    /// What it is for.
    pub kind: MessageKind,
    /// What it says.
    pub content: Content,
    /// The message it answers.
    pub context_wamid: Option<String>,
    /// Not after.
    pub expires_at: Option<Timestamp>,
    /// How often it was claimed, this time included.
    pub attempts: i64,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// The campaign it belongs to.
    pub campaign: Option<CampaignId>,
}

#[derive(FromRow)]
struct ClaimedRow {
    id: Uuid,
    business_id: Uuid,
    contact_id: Uuid,
    kind: String,
    content: String,
    context_wamid: Option<String>,
    expires_at: Option<i64>,
    attempts: i64,
    created_at: i64,
    campaign_id: Option<Uuid>,
}

/// Claims the next messages of a number, most urgent first. No two callers ever get the same message.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn claim_messages(
    tx: &mut Tx,
    connection: ConnectionId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Claimed>> {
    // One writer makes the first text safe; on PostgreSQL the same text would claim rows twice. There the array is made once,
    // while a plan may run `in (select …)` again for each row, skip what it has just locked, and take more than the limit.
    let sql = tx.pick(
        "update message_out set state = 'claimed', claimed_at = $2, attempts = attempts + 1 \
         where id in (select id from message_out where connection_id = $1 and state = 'pending' and not_before <= $2 \
                      order by priority, not_before, id limit $3) \
         returning id, business_id, contact_id, kind, content, context_wamid, expires_at, attempts, created_at, campaign_id",
        "update message_out set state = 'claimed', claimed_at = $2, attempts = attempts + 1 \
         where id = any(array(select id from message_out where connection_id = $1 and state = 'pending' \
                              and not_before <= $2 order by priority, not_before, id limit $3 for update skip locked)) \
         returning id, business_id, contact_id, kind, content, context_wamid, expires_at, attempts, created_at, campaign_id",
    );
    let rows: Vec<ClaimedRow> = on!(tx, c => sqlx::query_as(sql)
        .bind(connection.uuid()).bind(now.micros()).bind(limit).fetch_all(c).await)?;
    let mut claimed = rows
        .into_iter()
        .map(|row| {
            Ok(Claimed {
                id: MessageId::from_uuid(row.id),
                business: BusinessId::from_uuid(row.business_id),
                contact: ContactId::from_uuid(row.contact_id),
                kind: row.kind.parse().map_err(|_| corrupt("message_out.kind"))?,
                content: serde_json::from_str(&row.content).map_err(|_| corrupt("message_out.content"))?,
                context_wamid: row.context_wamid,
                expires_at: row.expires_at.map(Timestamp::from_micros),
                attempts: row.attempts,
                created_at: Timestamp::from_micros(row.created_at),
                campaign: row.campaign_id.map(CampaignId::from_uuid),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    claimed.sort_by_key(|message| (message.kind.priority(), message.id));
    Ok(claimed)
}

/// When the next message of a number is due, if any waits.
///
/// # Errors
/// When the database refuses.
pub async fn next_due(tx: &mut Tx, connection: ConnectionId) -> Result<Option<Timestamp>> {
    let due: Option<i64> = on!(tx, c => sqlx::query_scalar(
            "select min(not_before) from message_out where connection_id = $1 and state = 'pending'")
        .bind(connection.uuid()).fetch_one(c).await)?;
    Ok(due.map(Timestamp::from_micros))
}

/// What became of a claimed message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Which.
    pub id: MessageId,
    /// Where it stands now.
    pub state: SendState,
    /// WhatsApp's id, when accepted.
    pub wamid: Option<String>,
    /// When it was accepted.
    pub sent_at: Option<Timestamp>,
    /// Not before, when it waits again.
    pub not_before: Option<Timestamp>,
    /// Why it was not sent.
    pub skip_reason: Option<Reason>,
    /// Meta's error code.
    pub error_code: Option<i64>,
    /// The consent version of the decision.
    pub consent_version: Option<i64>,
}

/// Writes down what became of claimed messages. A message that a status webhook settled meanwhile stays sent; only an answer
/// that says the same adds what the status could not know.
///
/// # Errors
/// When the database refuses.
pub async fn settle_messages(tx: &mut Tx, settled: &[Settled], now: Timestamp) -> Result<()> {
    #[derive(Serialize)]
    struct Written<'a> {
        id: String,
        state: &'static str,
        wamid: Option<&'a str>,
        sent_at: Option<i64>,
        not_before: Option<i64>,
        skip_reason: Option<&'static str>,
        error_code: Option<i64>,
        consent_version: Option<i64>,
    }
    if settled.is_empty() {
        return Ok(());
    }
    let sql = rows!(tx,
        "update message_out set state = r.state, wamid = coalesce(r.wamid, message_out.wamid), \
         sent_at = coalesce(r.sent_at, message_out.sent_at), not_before = coalesce(r.not_before, message_out.not_before), \
         skip_reason = r.skip_reason, error_code = coalesce(r.error_code, message_out.error_code), \
         consent_version = r.consent_version, claimed_at = null, settled_at = $2 from ",
        [id uuid, state text, wamid text, sent_at bigint, not_before bigint, skip_reason text, error_code bigint,
         consent_version bigint],
        " r where message_out.id = r.id and (message_out.state = 'claimed' or (message_out.state = 'sent' and r.state = 'sent'))");
    let rows: Vec<_> = settled
        .iter()
        .map(|one| Written {
            id: hex(one.id.uuid()),
            state: one.state.as_str(),
            wamid: one.wamid.as_deref(),
            sent_at: one.sent_at.map(Timestamp::micros),
            not_before: one.not_before.map(Timestamp::micros),
            skip_reason: one.skip_reason.map(Reason::as_str),
            error_code: one.error_code,
            consent_version: one.consent_version,
        })
        .collect();
    let rows = serde_json::to_string(&rows).unwrap_or_default();
    on!(tx, c => sqlx::query(sql).bind(rows).bind(now.micros()).execute(c).await.map(|_| ()))
}

/// Turns messages that a dead process had claimed into unknown ones: their bytes may have left.
///
/// # Errors
/// When the database refuses.
pub async fn abandon_claims(tx: &mut Tx, connection: ConnectionId) -> Result<u64> {
    on!(tx, c => sqlx::query("update message_out set state = 'unknown', claimed_at = null where connection_id = $1 and state = 'claimed'")
        .bind(connection.uuid()).execute(c).await.map(|done| done.rows_affected()))
}

/// An outgoing message that a status may be about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its id.
    pub id: MessageId,
    /// Whose.
    pub business: BusinessId,
    /// For whom.
    pub contact: ContactId,
    /// WhatsApp's id, if known already.
    pub wamid: Option<String>,
    /// The campaign it belongs to.
    pub campaign: Option<CampaignId>,
}

#[derive(FromRow)]
struct TargetRow {
    id: Uuid,
    business_id: Uuid,
    contact_id: Uuid,
    wamid: Option<String>,
    campaign_id: Option<Uuid>,
}

/// The messages with these ids or WhatsApp ids, of one connection's business.
///
/// # Errors
/// When the database refuses.
pub async fn find_targets(tx: &mut Tx, ids: &[MessageId], wamids: &[String]) -> Result<Vec<Target>> {
    if ids.is_empty() && wamids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = tx.pick(
        "select id, business_id, contact_id, wamid, campaign_id from message_out \
         where id in (select unhex(value) from json_each($1)) \
         union select id, business_id, contact_id, wamid, campaign_id from message_out \
         where wamid in (select value from json_each($2)) and wamid is not null",
        "select id, business_id, contact_id, wamid, campaign_id from message_out \
         where id in (select cast(value as uuid) from jsonb_array_elements_text(cast($1 as jsonb)) as j(value)) \
         union select id, business_id, contact_id, wamid, campaign_id from message_out \
         where wamid in (select value from jsonb_array_elements_text(cast($2 as jsonb)) as j(value)) and wamid is not null",
    );
    let ids: Vec<String> = ids.iter().map(|id| hex(id.uuid())).collect();
    let ids = serde_json::to_string(&ids).unwrap_or_default();
    let wamids = serde_json::to_string(wamids).unwrap_or_default();
    let rows: Vec<TargetRow> = on!(tx, c => sqlx::query_as(sql).bind(ids).bind(wamids).fetch_all(c).await)?;
    Ok(rows
        .into_iter()
        .map(|row| Target {
            id: MessageId::from_uuid(row.id),
            business: BusinessId::from_uuid(row.business_id),
            contact: ContactId::from_uuid(row.contact_id),
            wamid: row.wamid,
            campaign: row.campaign_id.map(CampaignId::from_uuid),
        })
        .collect())
}

/// The consent messages with these WhatsApp ids, with whom they went to: our own questions are among them.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn find_consent_messages(
    tx: &mut Tx,
    wamids: &[String],
) -> Result<Vec<(String, ContactId, Content)>> {
    if wamids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = tx.pick(
        "select wamid, contact_id, content from message_out where kind = 'consent' \
         and wamid in (select value from json_each($1)) and wamid is not null",
        "select wamid, contact_id, content from message_out where kind = 'consent' and wamid is not null \
         and wamid in (select value from jsonb_array_elements_text(cast($1 as jsonb)) as j(value))",
    );
    let wamids = serde_json::to_string(wamids).unwrap_or_default();
    let rows: Vec<(String, Uuid, String)> =
        on!(tx, c => sqlx::query_as(sql).bind(wamids).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(wamid, contact, content)| {
            let content = serde_json::from_str(&content).map_err(|_| corrupt("message_out.content"))?;
            Ok((wamid, ContactId::from_uuid(contact), content))
        })
        .collect()
}

/// How far a message got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Which.
    pub id: MessageId,
    /// How far.
    pub delivery: Delivery,
    /// When.
    pub at: Timestamp,
    /// WhatsApp's id.
    pub wamid: String,
    /// Meta's error code of a failure.
    pub error_code: Option<i64>,
}

/// Writes down how far messages got: never back, and settling what was unknown. One row a message: the furthest.
///
/// # Errors
/// When the database refuses.
pub async fn advance_messages(tx: &mut Tx, progress: &[Progress]) -> Result<()> {
    #[derive(Serialize)]
    struct Written<'a> {
        id: String,
        delivery: &'static str,
        rank: i64,
        at: i64,
        wamid: &'a str,
        error_code: Option<i64>,
    }
    if progress.is_empty() {
        return Ok(());
    }
    // WhatsApp reports on the message, so it was accepted, whatever we thought.
    let sql = rows!(tx,
        "update message_out set delivery = r.delivery, delivery_rank = r.rank, delivery_at = r.at, \
         wamid = coalesce(message_out.wamid, r.wamid), error_code = coalesce(r.error_code, message_out.error_code), \
         sent_at = coalesce(message_out.sent_at, r.at), \
         state = case when message_out.state in ('claimed', 'unknown', 'sent') then 'sent' else message_out.state end from ",
        [id uuid, delivery text, rank bigint, at bigint, wamid text, error_code bigint],
        " r where message_out.id = r.id and message_out.delivery_rank < r.rank");
    let rows: Vec<_> = progress
        .iter()
        .map(|one| Written {
            id: hex(one.id.uuid()),
            delivery: one.delivery.as_str(),
            rank: one.delivery.rank(),
            at: one.at.micros(),
            wamid: &one.wamid,
            error_code: one.error_code,
        })
        .collect();
    let rows = serde_json::to_string(&rows).unwrap_or_default();
    on!(tx, c => sqlx::query(sql).bind(rows).execute(c).await.map(|_| ()))
}

/// The error codes of the last messages to a person of which something is known, newest first; none for one that did not fail.
///
/// # Errors
/// When the database refuses.
pub async fn last_codes(tx: &mut Tx, contact: ContactId, limit: i64) -> Result<Vec<Option<i64>>> {
    on!(tx, c => sqlx::query_scalar(
            "select case when state = 'failed' or delivery = 'failed' then error_code end from message_out \
             where contact_id = $1 and state in ('sent', 'failed') order by id desc limit $2")
        .bind(contact.uuid()).bind(limit).fetch_all(c).await)
}

/// A status whose message is not known yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parked {
    /// WhatsApp's id.
    pub wamid: String,
    /// How far.
    pub delivery: Delivery,
    /// When.
    pub at: Timestamp,
    /// Meta's error code.
    pub error_code: Option<i64>,
}

/// Parks statuses until their message is known.
///
/// # Errors
/// When the database refuses.
pub async fn park_statuses(tx: &mut Tx, parked: &[Parked], now: Timestamp) -> Result<()> {
    #[derive(Serialize)]
    struct Written<'a> {
        wamid: &'a str,
        delivery: &'static str,
        at: i64,
        error_code: Option<i64>,
        received_at: i64,
    }
    if parked.is_empty() {
        return Ok(());
    }
    let sql = rows!(tx,
        "insert into parked_status (wamid, delivery, at, error_code, received_at) \
         select wamid, delivery, at, error_code, received_at from ",
        [wamid text, delivery text, at bigint, error_code bigint, received_at bigint],
        " r where true on conflict do nothing");
    let rows: Vec<_> = parked
        .iter()
        .map(|one| Written {
            wamid: &one.wamid,
            delivery: one.delivery.as_str(),
            at: one.at.micros(),
            error_code: one.error_code,
            received_at: now.micros(),
        })
        .collect();
    let rows = serde_json::to_string(&rows).unwrap_or_default();
    on!(tx, c => sqlx::query(sql).bind(rows).execute(c).await.map(|_| ()))
}

/// Takes the parked statuses of these WhatsApp ids.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn take_parked(tx: &mut Tx, wamids: &[String]) -> Result<Vec<Parked>> {
    if wamids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = tx.pick(
        "delete from parked_status where wamid in (select value from json_each($1)) returning wamid, delivery, at, error_code",
        "delete from parked_status where wamid in \
         (select value from jsonb_array_elements_text(cast($1 as jsonb)) as j(value)) returning wamid, delivery, at, error_code",
    );
    let wamids = serde_json::to_string(wamids).unwrap_or_default();
    let rows: Vec<(String, String, i64, Option<i64>)> =
        on!(tx, c => sqlx::query_as(sql).bind(wamids).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(wamid, delivery, at, error_code)| {
            let delivery = Delivery::from_meta(&delivery).ok_or_else(|| corrupt("parked_status.delivery"))?;
            Ok(Parked { wamid, delivery, at: Timestamp::from_micros(at), error_code })
        })
        .collect()
}

/// Forgets parked statuses that nobody claimed.
///
/// # Errors
/// When the database refuses.
pub async fn delete_old_parked(tx: &mut Tx, before: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query("delete from parked_status where received_at < $1").bind(before.micros()).execute(c).await.map(|_| ()))
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    contact_id: Uuid,
    kind: String,
    state: String,
    content: String,
    wamid: Option<String>,
    delivery: Option<String>,
    skip_reason: Option<String>,
    error_code: Option<i64>,
    created_at: i64,
}

struct Read {
    message: OutgoingMessage,
    content: Content,
}

impl TryFrom<Row> for Read {
    type Error = sqlx::Error;
    fn try_from(row: Row) -> Result<Self> {
        let reason = row.skip_reason.map(|reason| reason.parse()).transpose();
        Ok(Self {
            content: serde_json::from_str(&row.content).map_err(|_| corrupt("message_out.content"))?,
            message: OutgoingMessage {
                id: MessageId::from_uuid(row.id),
                contact_id: ContactId::from_uuid(row.contact_id),
                kind: row.kind.parse().map_err(|_| corrupt("message_out.kind"))?,
                status: row.state.parse().map_err(|_| corrupt("message_out.state"))?,
                delivery: row.delivery.as_deref().and_then(Delivery::from_meta),
                reason: reason.map_err(|_| corrupt("message_out.skip_reason"))?,
                error_code: row.error_code,
                wamid: row.wamid,
                created_at: Timestamp::from_micros(row.created_at),
            },
        })
    }
}

/// One outgoing message.
///
/// # Errors
/// When the database refuses or the row is corrupt.
pub async fn find_message(
    tx: &mut Tx,
    business: BusinessId,
    id: MessageId,
) -> Result<Option<OutgoingMessage>> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(
            "select id, contact_id, kind, state, content, wamid, delivery, skip_reason, error_code, created_at \
             from message_out where business_id = $1 and id = $2")
        .bind(business.uuid()).bind(id.uuid()).fetch_optional(c).await)?;
    row.map(|row| Read::try_from(row).map(|read| read.message)).transpose()
}

/// Outgoing messages, newest first, before a place.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_messages(
    tx: &mut Tx,
    business: BusinessId,
    contact: Option<ContactId>,
    before: Option<MessageId>,
    limit: i64,
) -> Result<Vec<OutgoingMessage>> {
    let before = before.map_or(Uuid::max(), MessageId::uuid);
    let rows: Vec<Row> = match contact {
        None => on!(tx, c => sqlx::query_as(
                "select id, contact_id, kind, state, content, wamid, delivery, skip_reason, error_code, created_at \
                 from message_out where business_id = $1 and id < $2 order by id desc limit $3")
            .bind(business.uuid()).bind(before).bind(limit).fetch_all(c).await)?,
        Some(contact) => on!(tx, c => sqlx::query_as(
                "select id, contact_id, kind, state, content, wamid, delivery, skip_reason, error_code, created_at \
                 from message_out where business_id = $1 and contact_id = $4 and id < $2 order by id desc limit $3")
            .bind(business.uuid()).bind(before).bind(limit).bind(contact.uuid()).fetch_all(c).await)?,
    };
    rows.into_iter().map(|row| Read::try_from(row).map(|read| read.message)).collect()
}

/// The last messages to a person, newest first, as a thread shows them.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_outbound_of(
    tx: &mut Tx,
    business: BusinessId,
    contact: ContactId,
    limit: i64,
) -> Result<Vec<ThreadMessage>> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
            "select id, contact_id, kind, state, content, wamid, delivery, skip_reason, error_code, created_at \
             from message_out where contact_id = $2 and business_id = $1 order by id desc limit $3")
        .bind(business.uuid()).bind(contact.uuid()).bind(limit).fetch_all(c).await)?;
    rows.into_iter()
        .map(|row| {
            let Read { message, content } = Read::try_from(row)?;
            Ok(ThreadMessage {
                id: message.id,
                at: message.created_at,
                text: content.preview().to_owned(),
                direction: Direction::Out {
                    kind: message.kind,
                    state: message.status,
                    delivery: message.delivery,
                    skip_reason: message.reason,
                    error_code: message.error_code,
                },
            })
        })
        .collect()
}

/// A message to a person, as a thread needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadOutbound {
    /// The message.
    pub message: OutgoingMessage,
    /// What it says.
    pub content: Content,
    /// Who asked for it: `system`, `usr_…`, `key_…`.
    pub created_by: String,
}

/// Messages to a person, newest first, before a place.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_thread_outbound(
    tx: &mut Tx,
    business: BusinessId,
    contact: ContactId,
    before: Option<MessageId>,
    limit: i64,
) -> Result<Vec<ThreadOutbound>> {
    #[derive(FromRow)]
    struct Authored {
        #[sqlx(flatten)]
        row: Row,
        created_by: String,
    }
    let rows: Vec<Authored> = on!(tx, c => sqlx::query_as(
            "select id, contact_id, kind, state, content, wamid, delivery, skip_reason, error_code, created_at, created_by \
             from message_out where contact_id = $1 and business_id = $2 and id < $3 order by id desc limit $4")
        .bind(contact.uuid()).bind(business.uuid()).bind(before.map_or(Uuid::max(), MessageId::uuid)).bind(limit)
        .fetch_all(c).await)?;
    rows.into_iter()
        .map(|Authored { row, created_by }| {
            let Read { message, content } = Read::try_from(row)?;
            Ok(ThreadOutbound { message, content, created_by })
        })
        .collect()
}

/// What the messages with these WhatsApp ids say that went to a person: people quote them.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn find_quoted(
    tx: &mut Tx,
    business: BusinessId,
    contact: ContactId,
    wamids: &[String],
) -> Result<Vec<(String, Content)>> {
    if wamids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = tx.pick(
        "select wamid, content from message_out where contact_id = $2 and business_id = $3 \
         and wamid in (select value from json_each($1)) and wamid is not null",
        "select wamid, content from message_out where contact_id = $2 and business_id = $3 and wamid is not null \
         and wamid in (select value from jsonb_array_elements_text(cast($1 as jsonb)) as j(value))",
    );
    let wamids = serde_json::to_string(wamids).unwrap_or_default();
    let rows: Vec<(String, String)> = on!(tx, c => sqlx::query_as(sql)
        .bind(wamids).bind(contact.uuid()).bind(business.uuid()).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(wamid, content)| {
            let content = serde_json::from_str(&content).map_err(|_| corrupt("message_out.content"))?;
            Ok((wamid, content))
        })
        .collect()
}

/// How many messages wait or are on their way, over all businesses: for monitoring.
///
/// # Errors
/// When the database refuses.
pub async fn count_waiting(tx: &mut Tx) -> Result<Vec<(String, i64)>> {
    // One part a partial index: the condition `in` would read the whole table on SQLite.
    on!(tx, c => sqlx::query_as(
            "select 'pending', count(*) from message_out where state = 'pending' having count(*) > 0 \
             union all select 'claimed', count(*) from message_out where state = 'claimed' having count(*) > 0")
        .fetch_all(c).await)
}

/// How many messages failed or stayed unknown since a time.
///
/// # Errors
/// When the database refuses.
pub async fn count_failed(tx: &mut Tx, business: BusinessId, since: Uuid) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(
            "select count(*) from message_out where business_id = $1 and id >= $2 and (state in ('failed', 'unknown') or delivery = 'failed')")
        .bind(business.uuid()).bind(since).fetch_one(c).await)
}

/// The longest a commit takes: an event is stamped before it is durable, and acknowledged after.
pub const COMMIT: Span = Span::seconds(2);

/// Marketing messages accepted by WhatsApp although the decision was older than the person's last opt-out, handed over later than
/// [`COMMIT`] after it was recorded. The promise board shows this number; it must be zero.
///
/// # Errors
/// When the database refuses.
pub async fn count_violations(tx: &mut Tx, business: BusinessId, since: Uuid) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(
            "select count(*) from message_out m where m.business_id = $1 and m.id >= $2 and m.kind = 'marketing' \
             and m.state = 'sent' and exists (select 1 from consent_event e where e.contact_id = m.contact_id \
             and e.to_state = 'opted_out' and e.version > m.consent_version and e.recorded_at + $3 < m.sent_at \
             and not exists (select 1 from consent_event b where b.contact_id = e.contact_id and b.seq > e.seq \
             and b.to_state = 'opted_in' and b.recorded_at < m.sent_at))")
        .bind(business.uuid()).bind(since).bind(COMMIT.micros()).fetch_one(c).await)
}
