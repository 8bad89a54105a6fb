//! Consent events: appended in one statement, chained under the business's head.

use domain::consent::{SignalKind, Source, State};
use domain::id::{BusinessId, ContactId, EventId};
use domain::ledger::{ChainedEvent, GENESIS, Hash};
use domain::time::Timestamp;
use serde::Serialize;
use sqlx::{FromRow, Result};
use uuid::Uuid;

use crate::{Tx, corrupt, hex};

/// An event in its place in the chain, with its personal part unless that was erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// What the chain covers.
    pub event: ChainedEvent,
    /// Its hash.
    pub hash: Hash,
    /// The personal part: the salt and the stored JSON.
    pub evidence: Option<([u8; 16], String)>,
}

/// The length and the last hash of a business's chain. On PostgreSQL the head is locked until the unit of work ends: two
/// writers cannot continue the same head.
///
/// # Errors
/// When the database refuses or the row is corrupt.
pub async fn load_head(tx: &mut Tx, business: BusinessId) -> Result<(i64, Hash)> {
    let sql = tx.pick(
        "select seq, hash from ledger_head where business_id = $1",
        "select seq, hash from ledger_head where business_id = $1 for update",
    );
    let row: Option<(i64, Vec<u8>)> =
        on!(tx, c => sqlx::query_as(sql).bind(business.uuid()).fetch_optional(c).await)?;
    match row {
        None => Ok((0, GENESIS)),
        Some((seq, hash)) => Ok((seq, hash.try_into().map_err(|_| corrupt("ledger_head.hash"))?)),
    }
}

/// Puts the head of a new business in place, so that there is a row to lock.
///
/// # Errors
/// When the database refuses.
pub async fn insert_head(tx: &mut Tx, business: BusinessId) -> Result<()> {
    on!(tx, c => sqlx::query("insert into ledger_head (business_id, seq, hash) values ($1, 0, $2) on conflict do nothing")
        .bind(business.uuid()).bind(GENESIS.as_slice()).execute(c).await.map(|_| ()))
}

/// Moves the head.
///
/// # Errors
/// When the database refuses.
pub async fn set_head(tx: &mut Tx, business: BusinessId, seq: i64, hash: &Hash) -> Result<()> {
    on!(tx, c => sqlx::query("update ledger_head set seq = $2, hash = $3 where business_id = $1")
        .bind(business.uuid()).bind(seq).bind(hash.as_slice()).execute(c).await.map(|_| ()))
}

/// Appends events.
///
/// # Errors
/// When the database refuses; a place that is taken is refused by the primary key.
pub async fn append_events(tx: &mut Tx, events: &[StoredEvent]) -> Result<()> {
    #[derive(Serialize)]
    struct Written<'a> {
        business_id: String,
        seq: i64,
        id: String,
        contact_id: String,
        version: i64,
        kind: &'static str,
        source: &'static str,
        from_state: &'static str,
        to_state: &'static str,
        occurred_at: i64,
        recorded_at: i64,
        actor: &'a str,
        settings_version: i64,
        rule: Option<&'a str>,
        matched: Option<&'a str>,
        wording: Option<String>,
        evidence: String,
        hash: String,
    }
    if events.is_empty() {
        return Ok(());
    }
    let sql = rows!(tx,
        "insert into consent_event (business_id, seq, id, contact_id, version, kind, source, from_state, to_state, \
         occurred_at, recorded_at, actor, settings_version, rule, matched, wording, evidence, hash) \
         select business_id, seq, id, contact_id, version, kind, source, from_state, to_state, occurred_at, recorded_at, \
         actor, settings_version, rule, matched, wording, evidence, hash from ",
        [business_id uuid, seq bigint, id uuid, contact_id uuid, version bigint, kind text, source text, from_state text,
         to_state text, occurred_at bigint, recorded_at bigint, actor text, settings_version bigint, rule text,
         matched text, wording bytes, evidence bytes, hash bytes],
        " r");
    let rows: Vec<_> = events
        .iter()
        .map(|StoredEvent { event, hash, .. }| Written {
            business_id: hex(event.business.uuid()),
            seq: event.seq,
            id: hex(event.id.uuid()),
            contact_id: hex(event.contact.uuid()),
            version: event.version,
            kind: event.kind.as_str(),
            source: event.source.as_str(),
            from_state: event.from.as_str(),
            to_state: event.to.as_str(),
            occurred_at: event.occurred_at.micros(),
            recorded_at: event.recorded_at.micros(),
            actor: &event.actor,
            settings_version: event.settings_version,
            rule: event.rule.as_deref(),
            matched: event.matched.as_deref(),
            wording: event.wording.map(|digest| domain::ledger::hex(&digest)),
            evidence: domain::ledger::hex(&event.evidence),
            hash: domain::ledger::hex(hash),
        })
        .collect();
    let rows = serde_json::to_string(&rows).unwrap_or_default();
    on!(tx, c => sqlx::query(sql).bind(rows).execute(c).await.map(|_| ()))
}

/// Keeps the personal parts beside the chain.
///
/// # Errors
/// When the database refuses.
pub async fn insert_evidence(tx: &mut Tx, events: &[StoredEvent]) -> Result<()> {
    #[derive(Serialize)]
    struct Written<'a> {
        event_id: String,
        contact_id: String,
        salt: String,
        body: &'a str,
    }
    let rows: Vec<_> = events
        .iter()
        .filter_map(|stored| {
            let (salt, body) = stored.evidence.as_ref()?;
            Some(Written {
                event_id: hex(stored.event.id.uuid()),
                contact_id: hex(stored.event.contact.uuid()),
                salt: domain::ledger::hex(salt),
                body,
            })
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let sql = rows!(tx,
        "insert into consent_evidence (event_id, contact_id, salt, body) select event_id, contact_id, salt, body from ",
        [event_id uuid, contact_id uuid, salt bytes, body text],
        " r");
    let rows = serde_json::to_string(&rows).unwrap_or_default();
    on!(tx, c => sqlx::query(sql).bind(rows).execute(c).await.map(|_| ()))
}

#[derive(FromRow)]
struct Row {
    business_id: Uuid,
    seq: i64,
    id: Uuid,
    contact_id: Uuid,
    version: i64,
    kind: String,
    source: String,
    from_state: String,
    to_state: String,
    occurred_at: i64,
    recorded_at: i64,
    actor: String,
    settings_version: i64,
    rule: Option<String>,
    matched: Option<String>,
    wording: Option<Vec<u8>>,
    evidence: Vec<u8>,
    hash: Vec<u8>,
    salt: Option<Vec<u8>>,
    body: Option<String>,
}

impl TryFrom<Row> for StoredEvent {
    type Error = sqlx::Error;
    fn try_from(row: Row) -> Result<Self> {
        let state = |text: &str| text.parse::<State>().map_err(|_| corrupt("consent_event.state"));
        let digest = |bytes: Vec<u8>, column| Hash::try_from(bytes).map_err(|_| corrupt(column));
        let evidence = match (row.salt, row.body) {
            (Some(salt), Some(body)) => {
                Some((salt.try_into().map_err(|_| corrupt("consent_evidence.salt"))?, body))
            }
            _ => None,
        };
        Ok(Self {
            event: ChainedEvent {
                business: BusinessId::from_uuid(row.business_id),
                seq: row.seq,
                id: EventId::from_uuid(row.id),
                contact: ContactId::from_uuid(row.contact_id),
                version: row.version,
                kind: row.kind.parse::<SignalKind>().map_err(|_| corrupt("consent_event.kind"))?,
                source: row.source.parse::<Source>().map_err(|_| corrupt("consent_event.source"))?,
                from: state(&row.from_state)?,
                to: state(&row.to_state)?,
                occurred_at: Timestamp::from_micros(row.occurred_at),
                recorded_at: Timestamp::from_micros(row.recorded_at),
                actor: row.actor,
                settings_version: row.settings_version,
                rule: row.rule,
                matched: row.matched,
                wording: row.wording.map(|bytes| digest(bytes, "consent_event.wording")).transpose()?,
                evidence: digest(row.evidence, "consent_event.evidence")?,
            },
            hash: digest(row.hash, "consent_event.hash")?,
            evidence,
        })
    }
}

/// The events of one person, records joined to theirs included, newest first.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_events_of(
    tx: &mut Tx,
    business: BusinessId,
    contact: ContactId,
) -> Result<Vec<StoredEvent>> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
            "select e.business_id, e.seq, e.id, e.contact_id, e.version, e.kind, e.source, e.from_state, e.to_state, \
             e.occurred_at, e.recorded_at, e.actor, e.settings_version, e.rule, e.matched, e.wording, e.evidence, e.hash, \
             p.salt, p.body from consent_event e left join consent_evidence p on p.event_id = e.id \
             where e.business_id = $1 and e.contact_id in \
             (select id from contact where id = $2 union all select id from contact where merged_into = $2) \
             order by e.seq desc")
        .bind(business.uuid()).bind(contact.uuid()).fetch_all(c).await)?;
    rows.into_iter().map(StoredEvent::try_from).collect()
}

/// Events after a place, oldest first: for checking and exporting the chain piece by piece.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_events_after(
    tx: &mut Tx,
    business: BusinessId,
    seq: i64,
    limit: i64,
) -> Result<Vec<StoredEvent>> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
            "select e.business_id, e.seq, e.id, e.contact_id, e.version, e.kind, e.source, e.from_state, e.to_state, \
             e.occurred_at, e.recorded_at, e.actor, e.settings_version, e.rule, e.matched, e.wording, e.evidence, e.hash, \
             p.salt, p.body from consent_event e left join consent_evidence p on p.event_id = e.id \
             where e.business_id = $1 and e.seq > $2 order by e.seq limit $3")
        .bind(business.uuid()).bind(seq).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(StoredEvent::try_from).collect()
}

/// Events before a place, newest first: for pages.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_events_before(
    tx: &mut Tx,
    business: BusinessId,
    seq: i64,
    limit: i64,
) -> Result<Vec<StoredEvent>> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
            "select e.business_id, e.seq, e.id, e.contact_id, e.version, e.kind, e.source, e.from_state, e.to_state, \
             e.occurred_at, e.recorded_at, e.actor, e.settings_version, e.rule, e.matched, e.wording, e.evidence, e.hash, \
             p.salt, p.body from consent_event e left join consent_evidence p on p.event_id = e.id \
             where e.business_id = $1 and e.seq < $2 order by e.seq desc limit $3")
        .bind(business.uuid()).bind(seq).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(StoredEvent::try_from).collect()
}

/// How many state changes to `state` there were since a time.
///
/// # Errors
/// When the database refuses.
pub async fn count_changes_to(
    tx: &mut Tx,
    business: BusinessId,
    state: State,
    since: Timestamp,
) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(
            "select count(*) from consent_event where business_id = $1 and to_state = $2 and from_state <> to_state \
             and recorded_at >= $3")
        .bind(business.uuid()).bind(state.as_str()).bind(since.micros()).fetch_one(c).await)
}
