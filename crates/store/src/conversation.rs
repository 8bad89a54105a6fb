//! The inbox: one row a conversation, kept as messages come and go, so that no list reads messages.

use domain::conversation::{Conversation, Entry, Status, TeamKind, View, What};
use domain::id::{BusinessId, ConnectionId, ContactId, MessageId, UserId};
use domain::time::Timestamp;
use serde::Serialize;
use sqlx::{FromRow, QueryBuilder, Result};
use uuid::Uuid;

use crate::{Tx, corrupt, hex};

macro_rules! columns {
    () => {
        "v.contact_id, v.connection_id, v.status, v.last_at, v.preview, v.incoming, v.unread, v.waiting_since, v.assignee_id, v.snoozed_until"
    };
}

/// What one commit brings into a conversation from the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// With whom.
    pub contact: ContactId,
    /// Whose.
    pub business: BusinessId,
    /// Through which number the last message came.
    pub connection: ConnectionId,
    /// The last message.
    pub id: MessageId,
    /// When it arrived.
    pub at: Timestamp,
    /// What it says.
    pub preview: String,
    /// How many of them somebody should read.
    pub unread: i64,
    /// Somebody should answer.
    pub waits: bool,
}

/// Notes that people wrote: a conversation that was done or asleep is open again when somebody should answer. One a person.
///
/// # Errors
/// When the database refuses.
pub async fn note_heard(tx: &mut Tx, heard: &[Heard]) -> Result<()> {
    #[derive(Serialize)]
    struct Written<'a> {
        contact_id: String,
        business_id: String,
        connection_id: String,
        id: String,
        at: i64,
        preview: &'a str,
        unread: i64,
        waiting: Option<i64>,
    }
    if heard.is_empty() {
        return Ok(());
    }
    let sql = rows!(tx,
        "insert into conversation (contact_id, business_id, connection_id, status, last_at, last_id, preview, incoming, unread, \
         waiting_since) select contact_id, business_id, connection_id, case when waiting is null then 'resolved' else 'open' end, \
         at, id, preview, true, unread, waiting from ",
        [contact_id uuid, business_id uuid, connection_id uuid, id uuid, at bigint, preview text, unread bigint,
         waiting bigint],
        " r where true on conflict (contact_id) do update set connection_id = excluded.connection_id, \
         status = case when excluded.waiting_since is null then conversation.status else 'open' end, \
         snoozed_until = case when excluded.waiting_since is null then conversation.snoozed_until else null end, \
         last_at = excluded.last_at, last_id = excluded.last_id, preview = excluded.preview, incoming = true, \
         unread = conversation.unread + excluded.unread, \
         waiting_since = coalesce(conversation.waiting_since, excluded.waiting_since)");
    // In one order, so that two units of work about the same people cannot wait for each other.
    let mut heard: Vec<&Heard> = heard.iter().collect();
    heard.sort_by_key(|one| one.contact);
    let rows: Vec<_> = heard
        .into_iter()
        .map(|one| Written {
            contact_id: hex(one.contact.uuid()),
            business_id: hex(one.business.uuid()),
            connection_id: hex(one.connection.uuid()),
            id: hex(one.id.uuid()),
            at: one.at.micros(),
            preview: &one.preview,
            unread: one.unread,
            waiting: one.waits.then(|| one.at.micros()),
        })
        .collect();
    let rows = serde_json::to_string(&rows).unwrap_or_default();
    on!(tx, c => sqlx::query(sql).bind(rows).execute(c).await.map(|_| ()))
}

/// What somebody at the business wrote to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// To whom.
    pub contact: ContactId,
    /// Whose.
    pub business: BusinessId,
    /// Through which number.
    pub connection: ConnectionId,
    /// The message.
    pub id: MessageId,
    /// When.
    pub at: Timestamp,
    /// What it says.
    pub preview: String,
}

/// Notes an answer: nobody waits any more, and everything was read.
///
/// # Errors
/// When the database refuses.
pub async fn note_answered(tx: &mut Tx, one: &Answered) -> Result<()> {
    on!(tx, c => sqlx::query(
            "insert into conversation (contact_id, business_id, connection_id, status, last_at, last_id, preview, incoming, unread) \
             values ($1, $2, $3, 'open', $4, $5, $6, $7, 0) \
             on conflict (contact_id) do update set connection_id = excluded.connection_id, last_at = excluded.last_at, \
             last_id = excluded.last_id, preview = excluded.preview, incoming = excluded.incoming, unread = 0, \
             waiting_since = null, snoozed_until = null, \
             status = case when conversation.status = 'snoozed' then 'open' else conversation.status end")
        .bind(one.contact.uuid()).bind(one.business.uuid()).bind(one.connection.uuid()).bind(one.at.micros())
        .bind(one.id.uuid()).bind(&one.preview).bind(false)
        .execute(c).await.map(|_| ()))
}

/// Takes a conversation for writing, so that two who answer at the same moment come one after the other; none when there is no
/// such conversation.
///
/// # Errors
/// When the database refuses or the row is corrupt.
pub async fn lock_conversation(
    tx: &mut Tx,
    business: BusinessId,
    contact: ContactId,
) -> Result<Option<Conversation>> {
    let sql = tx.pick(
        concat!("select ", columns!(), " from conversation v where v.contact_id = $1 and v.business_id = $2"),
        concat!(
            "select ",
            columns!(),
            " from conversation v where v.contact_id = $1 and v.business_id = $2 for update"
        ),
    );
    let row: Option<Row> =
        on!(tx, c => sqlx::query_as(sql).bind(contact.uuid()).bind(business.uuid()).fetch_optional(c).await)?;
    row.map(Conversation::try_from).transpose()
}

/// The conversation with a person.
///
/// # Errors
/// When the database refuses or the row is corrupt.
pub async fn find_conversation(
    tx: &mut Tx,
    business: BusinessId,
    contact: ContactId,
) -> Result<Option<Conversation>> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(
            concat!("select ", columns!(), " from conversation v where v.contact_id = $1 and v.business_id = $2"))
        .bind(contact.uuid()).bind(business.uuid()).fetch_optional(c).await)?;
    row.map(Conversation::try_from).transpose()
}

/// Where a page of conversations starts: what the last one of the page before sorts by, and with whom it is.
pub type Cursor = (i64, ContactId);

/// What a conversation sorts by in a part of the inbox, in microseconds.
#[must_use]
pub fn place(conversation: &Conversation, view: View) -> i64 {
    match view {
        View::Waiting => conversation.waiting_since.unwrap_or(conversation.last_at).micros(),
        _ => conversation.last_at.micros(),
    }
}

/// One page of a part of the inbox; one row more than `limit` says that there is more. `among` leaves only these people.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_conversations(
    tx: &mut Tx,
    business: BusinessId,
    view: View,
    me: Option<UserId>,
    among: Option<&[ContactId]>,
    after: Option<Cursor>,
    limit: u32,
) -> Result<Vec<Conversation>> {
    let rows: Vec<Row> = on!(tx, c => {
        let mut sql = QueryBuilder::new(concat!("select ", columns!(), " from conversation v where "));
        match (view, me) {
            (View::Mine, Some(me)) => {
                sql.push("v.assignee_id = ").push_bind(me.uuid());
                sql.push(" and v.status = 'open' and v.business_id = ").push_bind(business.uuid());
            }
            // A key of the API has no conversations of its own.
            (View::Mine, None) => return Ok(Vec::new()),
            (view, _) => {
                sql.push("v.business_id = ").push_bind(business.uuid()).push(condition(view));
            }
        }
        if let Some(among) = among {
            sql.push(" and v.contact_id in (");
            let mut list = sql.separated(", ");
            for contact in among {
                list.push_bind(contact.uuid());
            }
            sql.push(")");
        }
        let (key, up) = order(view);
        if let Some((at, contact)) = after {
            sql.push(" and (").push(key).push(", v.contact_id) ").push(if up { ">" } else { "<" }).push(" (");
            sql.push_bind(at).push(", ").push_bind(contact.uuid()).push(")");
        }
        let direction = if up { "" } else { " desc" };
        sql.push(" order by ").push(key).push(direction).push(", v.contact_id").push(direction);
        sql.push(" limit ").push_bind(i64::from(limit) + 1);
        sql.build_query_as().fetch_all(c).await
    })?;
    rows.into_iter().map(Conversation::try_from).collect()
}

const fn condition(view: View) -> &'static str {
    match view {
        View::Open | View::Mine => " and v.status = 'open'",
        View::Unread => " and v.unread > 0",
        View::Unassigned => " and v.assignee_id is null and v.status = 'open'",
        View::Waiting => " and v.waiting_since is not null",
        View::Snoozed => " and v.status = 'snoozed'",
        View::Resolved => " and v.status = 'resolved'",
    }
}

const fn order(view: View) -> (&'static str, bool) {
    match view {
        View::Waiting => ("v.waiting_since", true),
        _ => ("v.last_at", false),
    }
}

/// How many are in a part of the inbox, counted as far as `most`.
///
/// # Errors
/// When the database refuses.
pub async fn count_conversations(
    tx: &mut Tx,
    business: BusinessId,
    view: View,
    me: Option<UserId>,
    most: i64,
) -> Result<i64> {
    on!(tx, c => {
        let mut sql = QueryBuilder::new("select count(*) from (select 1 as one from conversation v where ");
        match (view, me) {
            (View::Mine, Some(me)) => {
                sql.push("v.assignee_id = ").push_bind(me.uuid());
                sql.push(" and v.status = 'open' and v.business_id = ").push_bind(business.uuid());
            }
            (View::Mine, None) => return Ok(0),
            (view, _) => {
                sql.push("v.business_id = ").push_bind(business.uuid()).push(condition(view));
            }
        }
        sql.push(" limit ").push_bind(most).push(") as s");
        sql.build_query_scalar().fetch_one(c).await
    })
}

/// Notes that somebody read a conversation; says whether there was something unread.
///
/// # Errors
/// When the database refuses.
pub async fn mark_read(tx: &mut Tx, business: BusinessId, contact: ContactId) -> Result<bool> {
    on!(tx, c => sqlx::query("update conversation set unread = 0 where contact_id = $1 and business_id = $2 and unread > 0")
        .bind(contact.uuid()).bind(business.uuid()).execute(c).await.map(|done| done.rows_affected() > 0))
}

/// Makes a conversation somebody's task, or nobody's.
///
/// # Errors
/// When the database refuses.
pub async fn assign(tx: &mut Tx, business: BusinessId, contact: ContactId, to: Option<UserId>) -> Result<()> {
    on!(tx, c => sqlx::query("update conversation set assignee_id = $3 where contact_id = $1 and business_id = $2")
        .bind(contact.uuid()).bind(business.uuid()).bind(to.map(UserId::uuid)).execute(c).await.map(|_| ()))
}

/// Sets where a conversation stands. Whoever is done with it owes no answer.
///
/// # Errors
/// When the database refuses.
pub async fn set_status(
    tx: &mut Tx,
    business: BusinessId,
    contact: ContactId,
    status: Status,
    snoozed_until: Option<Timestamp>,
) -> Result<()> {
    on!(tx, c => sqlx::query(
            "update conversation set status = $3, snoozed_until = $4, \
             waiting_since = case when $3 = 'resolved' then null else waiting_since end, \
             unread = case when $3 = 'resolved' then 0 else unread end \
             where contact_id = $1 and business_id = $2")
        .bind(contact.uuid()).bind(business.uuid()).bind(status.as_str()).bind(snoozed_until.map(Timestamp::micros))
        .execute(c).await.map(|_| ()))
}

/// Opens conversations whose time to sleep is over; returns with whom, for whom to tell.
///
/// # Errors
/// When the database refuses.
pub async fn wake_snoozed(tx: &mut Tx, now: Timestamp) -> Result<Vec<(BusinessId, ContactId)>> {
    let rows: Vec<(Uuid, Uuid)> = on!(tx, c => sqlx::query_as(
            "update conversation set status = 'open', snoozed_until = null where status = 'snoozed' and snoozed_until <= $1 \
             returning business_id, contact_id")
        .bind(now.micros()).fetch_all(c).await)?;
    Ok(rows
        .into_iter()
        .map(|(business, contact)| (BusinessId::from_uuid(business), ContactId::from_uuid(contact)))
        .collect())
}

/// A note, or something a colleague did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// Its id, by which it has its place among the messages.
    pub id: MessageId,
    /// Whose.
    pub business: BusinessId,
    /// In which conversation.
    pub contact: ContactId,
    /// What.
    pub kind: TeamKind,
    /// Who.
    pub author: String,
    /// The note, or what belongs to it.
    pub body: String,
    /// When.
    pub at: Timestamp,
}

/// Adds a note or what a colleague did.
///
/// # Errors
/// When the database refuses.
pub async fn insert_entry(tx: &mut Tx, entry: &NewEntry) -> Result<()> {
    on!(tx, c => sqlx::query(
            "insert into conversation_entry (id, business_id, contact_id, kind, author, body, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7)")
        .bind(entry.id.uuid()).bind(entry.business.uuid()).bind(entry.contact.uuid()).bind(entry.kind.as_str())
        .bind(&entry.author).bind(&entry.body).bind(entry.at.micros())
        .execute(c).await.map(|_| ()))
}

/// What colleagues noted and did, newest first, before a place.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_entries(
    tx: &mut Tx,
    business: BusinessId,
    contact: ContactId,
    before: Option<MessageId>,
    limit: i64,
) -> Result<Vec<Entry>> {
    let before = before.map_or(Uuid::max(), MessageId::uuid);
    let rows: Vec<(Uuid, String, String, String, i64)> = on!(tx, c => sqlx::query_as(
            "select id, kind, author, body, created_at from conversation_entry \
             where contact_id = $1 and business_id = $2 and id < $3 order by id desc limit $4")
        .bind(contact.uuid()).bind(business.uuid()).bind(before).bind(limit).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(id, kind, author, body, at)| {
            Ok(Entry {
                id: MessageId::from_uuid(id),
                at: Timestamp::from_micros(at),
                what: What::Team {
                    kind: kind.parse().map_err(|_| corrupt("conversation_entry.kind"))?,
                    body,
                    by: author.parse().ok(),
                },
            })
        })
        .collect()
}

/// Gives the conversation of one record to another: who has both keeps the later one, and what nobody read is added up.
///
/// # Errors
/// When the database refuses.
pub async fn move_conversation(tx: &mut Tx, from: ContactId, to: ContactId) -> Result<()> {
    let (from, to) = (from.uuid(), to.uuid());
    on!(tx, c => {
        sqlx::query("update conversation_entry set contact_id = $2 where contact_id = $1")
            .bind(from).bind(to).execute(&mut *c).await?;
        sqlx::query(
            "insert into conversation (contact_id, business_id, connection_id, status, last_at, last_id, preview, incoming, unread, \
             waiting_since, assignee_id, snoozed_until) \
             select $2, business_id, connection_id, status, last_at, last_id, preview, incoming, unread, waiting_since, \
             assignee_id, snoozed_until from conversation where contact_id = $1 \
             on conflict (contact_id) do update set \
             status = case when excluded.status = 'open' then 'open' else conversation.status end, \
             snoozed_until = case when excluded.status = 'open' then null else conversation.snoozed_until end, \
             preview = case when excluded.last_at > conversation.last_at then excluded.preview else conversation.preview end, \
             incoming = case when excluded.last_at > conversation.last_at then excluded.incoming else conversation.incoming end, \
             last_id = case when excluded.last_at > conversation.last_at then excluded.last_id else conversation.last_id end, \
             last_at = case when excluded.last_at > conversation.last_at then excluded.last_at else conversation.last_at end, \
             unread = conversation.unread + excluded.unread, \
             waiting_since = coalesce(conversation.waiting_since, excluded.waiting_since), \
             assignee_id = coalesce(conversation.assignee_id, excluded.assignee_id)")
            .bind(from).bind(to).execute(&mut *c).await?;
        sqlx::query("delete from conversation where contact_id = $1").bind(from).execute(&mut *c).await?;
        Ok(())
    })
}

#[derive(FromRow)]
struct Row {
    contact_id: Uuid,
    connection_id: Uuid,
    status: String,
    last_at: i64,
    preview: String,
    incoming: bool,
    unread: i64,
    waiting_since: Option<i64>,
    assignee_id: Option<Uuid>,
    snoozed_until: Option<i64>,
}

impl TryFrom<Row> for Conversation {
    type Error = sqlx::Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            contact: ContactId::from_uuid(row.contact_id),
            connection: ConnectionId::from_uuid(row.connection_id),
            status: row.status.parse().map_err(|_| corrupt("conversation.status"))?,
            last_at: Timestamp::from_micros(row.last_at),
            preview: row.preview,
            incoming: row.incoming,
            unread: row.unread,
            waiting_since: row.waiting_since.map(Timestamp::from_micros),
            assignee: row.assignee_id.map(UserId::from_uuid),
            snoozed_until: row.snoozed_until.map(Timestamp::from_micros),
        })
    }
}
