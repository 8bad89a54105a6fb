//! Campaigns: what they are, whom they are for, and what became of everybody.

use std::collections::BTreeSet;

use domain::campaign::{
    Audience, Campaign, ChangedMind, Counts, PauseReason, Preview, Recipient, RecipientOutcome,
};
use domain::id::{BusinessId, CampaignId, ConnectionId, ContactId, EventId, MessageId};
use domain::inbound::Delivery;
use domain::outbound::SendState;
use domain::permit::{Policy, Reason, Standing};
use domain::time::{Span, Timestamp};
use serde::Serialize;
use sqlx::{Database, FromRow, QueryBuilder, Result};
use uuid::Uuid;

use crate::contact::StoredContact;
use crate::contact_list::push_search;
use crate::outbox::COMMIT;
use crate::{Tx, corrupt, hex};

/// A campaign with what only the service needs of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCampaign {
    /// Whose.
    pub business: BusinessId,
    /// The campaign.
    pub campaign: Campaign,
    /// Who wrote it: `usr_…`, `key_…`.
    pub created_by: String,
    /// What the preview said at launch.
    pub at_launch: Option<Preview>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    business_id: Uuid,
    connection_id: Uuid,
    name: String,
    template: String,
    language: String,
    variables: String,
    audience: String,
    state: String,
    pause_reason: Option<String>,
    schedule_at: Option<i64>,
    created_at: i64,
    created_by: String,
    launched_at: Option<i64>,
    frozen_at: Option<i64>,
    finished_at: Option<i64>,
    at_launch: Option<String>,
}

impl TryFrom<Row> for StoredCampaign {
    type Error = sqlx::Error;
    fn try_from(row: Row) -> Result<Self> {
        let at = |micros: Option<i64>| micros.map(Timestamp::from_micros);
        let pause_reason = row.pause_reason.map(|reason| reason.parse()).transpose();
        let at_launch = row.at_launch.map(|preview| serde_json::from_str(&preview)).transpose();
        Ok(Self {
            business: BusinessId::from_uuid(row.business_id),
            campaign: Campaign {
                id: CampaignId::from_uuid(row.id),
                connection: ConnectionId::from_uuid(row.connection_id),
                name: row.name,
                template: row.template,
                language: row.language,
                variables: serde_json::from_str(&row.variables).map_err(|_| corrupt("campaign.variables"))?,
                audience: serde_json::from_str(&row.audience).map_err(|_| corrupt("campaign.audience"))?,
                state: row.state.parse().map_err(|_| corrupt("campaign.state"))?,
                pause_reason: pause_reason.map_err(|_| corrupt("campaign.pause_reason"))?,
                schedule_at: at(row.schedule_at),
                created_at: Timestamp::from_micros(row.created_at),
                launched_at: at(row.launched_at),
                frozen_at: at(row.frozen_at),
                finished_at: at(row.finished_at),
            },
            created_by: row.created_by,
            at_launch: at_launch.map_err(|_| corrupt("campaign.at_launch"))?,
        })
    }
}

fn campaigns(rows: Vec<Row>) -> Result<Vec<StoredCampaign>> {
    rows.into_iter().map(StoredCampaign::try_from).collect()
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Adds a campaign.
///
/// # Errors
/// When the database refuses.
pub async fn insert_campaign(tx: &mut Tx, stored: &StoredCampaign) -> Result<()> {
    let campaign = &stored.campaign;
    on!(tx, c => sqlx::query(
            "insert into campaign (id, business_id, connection_id, name, template, language, variables, audience, state, \
             pause_reason, schedule_at, created_at, created_by, launched_at, frozen_at, finished_at, at_launch) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)")
        .bind(campaign.id.uuid()).bind(stored.business.uuid()).bind(campaign.connection.uuid()).bind(&campaign.name)
        .bind(&campaign.template).bind(&campaign.language).bind(json(&campaign.variables)).bind(json(&campaign.audience))
        .bind(campaign.state.as_str()).bind(campaign.pause_reason.map(PauseReason::as_str))
        .bind(campaign.schedule_at.map(Timestamp::micros)).bind(campaign.created_at.micros()).bind(&stored.created_by)
        .bind(campaign.launched_at.map(Timestamp::micros)).bind(campaign.frozen_at.map(Timestamp::micros))
        .bind(campaign.finished_at.map(Timestamp::micros)).bind(stored.at_launch.as_ref().map(json))
        .execute(c).await.map(|_| ()))
}

/// Writes a campaign back whole; its id, its business and who made it when stay.
///
/// # Errors
/// When the database refuses.
pub async fn update_campaign(tx: &mut Tx, stored: &StoredCampaign) -> Result<()> {
    let campaign = &stored.campaign;
    on!(tx, c => sqlx::query(
            "update campaign set connection_id = $3, name = $4, template = $5, language = $6, variables = $7, audience = $8, \
             state = $9, pause_reason = $10, schedule_at = $11, launched_at = $12, frozen_at = $13, finished_at = $14, \
             at_launch = $15 where id = $1 and business_id = $2")
        .bind(campaign.id.uuid()).bind(stored.business.uuid()).bind(campaign.connection.uuid()).bind(&campaign.name)
        .bind(&campaign.template).bind(&campaign.language).bind(json(&campaign.variables)).bind(json(&campaign.audience))
        .bind(campaign.state.as_str()).bind(campaign.pause_reason.map(PauseReason::as_str))
        .bind(campaign.schedule_at.map(Timestamp::micros)).bind(campaign.launched_at.map(Timestamp::micros))
        .bind(campaign.frozen_at.map(Timestamp::micros)).bind(campaign.finished_at.map(Timestamp::micros))
        .bind(stored.at_launch.as_ref().map(json))
        .execute(c).await.map(|_| ()))
}

/// One campaign of a business.
///
/// # Errors
/// When the database refuses or the row is corrupt.
pub async fn find_campaign(
    tx: &mut Tx,
    business: BusinessId,
    id: CampaignId,
) -> Result<Option<StoredCampaign>> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(
            "select id, business_id, connection_id, name, template, language, variables, audience, state, pause_reason, \
             schedule_at, created_at, created_by, launched_at, frozen_at, finished_at, at_launch from campaign \
             where business_id = $1 and id = $2")
        .bind(business.uuid()).bind(id.uuid()).fetch_optional(c).await)?;
    row.map(StoredCampaign::try_from).transpose()
}

/// A campaign to change it; on PostgreSQL its row is locked.
///
/// # Errors
/// When the database refuses or the row is corrupt.
pub async fn load_campaign(tx: &mut Tx, id: CampaignId) -> Result<Option<StoredCampaign>> {
    let sql = tx.pick(
        "select id, business_id, connection_id, name, template, language, variables, audience, state, pause_reason, \
         schedule_at, created_at, created_by, launched_at, frozen_at, finished_at, at_launch from campaign where id = $1",
        "select id, business_id, connection_id, name, template, language, variables, audience, state, pause_reason, \
         schedule_at, created_at, created_by, launched_at, frozen_at, finished_at, at_launch from campaign where id = $1 \
         for update",
    );
    let row: Option<Row> = on!(tx, c => sqlx::query_as(sql).bind(id.uuid()).fetch_optional(c).await)?;
    row.map(StoredCampaign::try_from).transpose()
}

/// The campaigns of a business, newest first, before a place.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_campaigns(
    tx: &mut Tx,
    business: BusinessId,
    before: Option<CampaignId>,
    limit: i64,
) -> Result<Vec<StoredCampaign>> {
    let before = before.map_or(Uuid::max(), CampaignId::uuid);
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
            "select id, business_id, connection_id, name, template, language, variables, audience, state, pause_reason, \
             schedule_at, created_at, created_by, launched_at, frozen_at, finished_at, at_launch from campaign \
             where business_id = $1 and id < $2 order by id desc limit $3")
        .bind(business.uuid()).bind(before).bind(limit).fetch_all(c).await)?;
    campaigns(rows)
}

/// The campaigns that a number has to see to: running ones, and scheduled ones whose time has come; the oldest first.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_active(
    tx: &mut Tx,
    connection: ConnectionId,
    now: Timestamp,
) -> Result<Vec<StoredCampaign>> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
            "select id, business_id, connection_id, name, template, language, variables, audience, state, pause_reason, \
             schedule_at, created_at, created_by, launched_at, frozen_at, finished_at, at_launch from campaign \
             where connection_id = $1 and state in ('scheduled', 'running') \
             and (state = 'running' or schedule_at <= $2) order by id")
        .bind(connection.uuid()).bind(now.micros()).fetch_all(c).await)?;
    campaigns(rows)
}

/// Puts people on the list of a campaign; those already on it stay.
///
/// # Errors
/// When the database refuses.
pub async fn insert_members(tx: &mut Tx, campaign: CampaignId, people: &[ContactId]) -> Result<()> {
    #[derive(Serialize)]
    struct Written {
        contact_id: String,
    }
    if people.is_empty() {
        return Ok(());
    }
    let sql = rows!(tx,
        "insert into campaign_member (campaign_id, contact_id) select $2, contact_id from ",
        [contact_id uuid],
        " r where true on conflict do nothing");
    let rows: Vec<_> = people.iter().map(|id| Written { contact_id: hex(id.uuid()) }).collect();
    on!(tx, c => sqlx::query(sql).bind(json(&rows)).bind(campaign.uuid()).execute(c).await.map(|_| ()))
}

/// Takes everybody off the list of a campaign.
///
/// # Errors
/// When the database refuses.
pub async fn delete_members(tx: &mut Tx, campaign: CampaignId) -> Result<()> {
    on!(tx, c => sqlx::query("delete from campaign_member where campaign_id = $1").bind(campaign.uuid()).execute(c).await.map(|_| ()))
}

/// How many people are on the list of a campaign.
///
/// # Errors
/// When the database refuses.
pub async fn count_members(tx: &mut Tx, campaign: CampaignId) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar("select count(*) from campaign_member where campaign_id = $1")
        .bind(campaign.uuid()).fetch_one(c).await)
}

/// [`Standing::code`] of a row of `contact`, but for the expired consent and the frequency cap, which need the time.
const STANDING: &str = "case c.state when 'unknown' then 0 when 'pending' then 128 when 'opted_in' then 256 \
    when 'opted_out' then 384 else 512 end + case when c.country = 'US' then 64 else 0 end \
    + case when c.native_stop then 16 else 0 end \
    + case when c.blocked then 8 else 0 end + case when c.erased or (c.phone is null and c.user_id is null) then 4 else 0 end \
    + case when c.invalid then 2 else 0 end + case when c.expires_at <= ";

fn push_standing<DB: Database>(sql: &mut QueryBuilder<DB>, policy: &Policy, now: Timestamp)
where
    i64: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    sql.push(STANDING).push_bind(now.micros()).push(" then 1 else 0 end");
    if let Some(cap) = policy.frequency_cap {
        sql.push(" + case when (select count(*) from message_out m where m.contact_id = c.id and m.kind = 'marketing' \
                  and m.state in ('claimed', 'sent', 'unknown') and m.created_at >= ")
            .push_bind(cap.since(now).micros())
            .push(") >= ")
            .push_bind(i64::from(cap.messages))
            .push(" then 32 else 0 end");
    }
}

/// The condition for being in an audience, on a row `c` of `contact`.
fn push_audience<DB: Database>(
    sql: &mut QueryBuilder<DB>,
    business: BusinessId,
    campaign: CampaignId,
    audience: &Audience,
) where
    Uuid: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    String: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    &'static str: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    sql.push("c.business_id = ").push_bind(business.uuid()).push(" and c.merged_into is null");
    match audience {
        Audience::All => {}
        Audience::Tags(tags) => {
            sql.push(" and exists (select 1 from contact_tag t where t.contact_id = c.id and t.tag in (");
            let mut list = sql.separated(", ");
            for tag in tags {
                list.push_bind(tag.clone());
            }
            sql.push("))");
        }
        Audience::Filter { state, search } => {
            if let Some(state) = state {
                sql.push(" and c.state = ").push_bind(state.as_str());
            }
            if let Some(search) = search {
                push_search(sql, search);
            }
        }
        Audience::List(_) => {
            sql.push(
                " and exists (select 1 from campaign_member l where l.contact_id = c.id and l.campaign_id = ",
            )
            .push_bind(campaign.uuid())
            .push(")");
        }
    }
}

/// How many people of an audience have each standing.
///
/// # Errors
/// When the database refuses or a number is none.
pub async fn count_audience(
    tx: &mut Tx,
    business: BusinessId,
    campaign: CampaignId,
    audience: &Audience,
    policy: &Policy,
    now: Timestamp,
) -> Result<Vec<(Standing, i64)>> {
    let rows: Vec<(i64, i64)> = on!(tx, c => {
        let mut sql = QueryBuilder::new("select cast(standing as bigint), count(*) from (select ");
        push_standing(&mut sql, policy, now);
        sql.push(" as standing from contact c where ");
        push_audience(&mut sql, business, campaign, audience);
        sql.push(") s group by standing");
        sql.build_query_as().fetch_all(c).await
    })?;
    rows.into_iter()
        .map(|(code, count)| {
            let standing = u16::try_from(code).ok().and_then(Standing::from_code);
            Ok((standing.ok_or_else(|| corrupt("standing"))?, count))
        })
        .collect()
}

/// The people of an audience with one of these standings, in the order of their ids, after a place.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_audience(
    tx: &mut Tx,
    business: BusinessId,
    campaign: CampaignId,
    audience: &Audience,
    standings: &[Standing],
    after: Option<ContactId>,
    limit: i64,
    policy: &Policy,
    now: Timestamp,
) -> Result<Vec<StoredContact>> {
    let after = after.map_or(Uuid::nil(), ContactId::uuid);
    on!(tx, c => {
        let mut sql = QueryBuilder::new("select ");
        sql.push(crate::contact::COLUMNS).push(" from contact c where ");
        push_audience(&mut sql, business, campaign, audience);
        sql.push(" and c.id > ").push_bind(after).push(" and ");
        push_standing(&mut sql, policy, now);
        sql.push(" in (");
        let mut list = sql.separated(", ");
        for standing in standings {
            list.push_bind(i64::from(standing.code()));
        }
        sql.push(") order by c.id limit ").push_bind(limit);
        crate::contact::contacts(sql.build_query_as().fetch_all(c).await?)
    })
}

/// Takes the next people of an audience into a campaign, each with what is decided for their standing; says how many. Whoever
/// was made at or after `before` is not part of it.
///
/// # Errors
/// When the database refuses.
pub async fn freeze_recipients(
    tx: &mut Tx,
    business: BusinessId,
    campaign: CampaignId,
    audience: &Audience,
    policy: &Policy,
    refusal: impl Fn(Standing) -> Option<Reason>,
    before: ContactId,
    limit: i64,
    now: Timestamp,
) -> Result<u64> {
    // One letter a standing: what is decided for it. A text of 640 letters costs a statement less than a table to join.
    let letters: String = Standing::all()
        .map(|standing| {
            match refusal(standing).and_then(|reason| Reason::ALL.iter().position(|one| *one == reason)) {
                None => '.',
                Some(index) => char::from(b'a' + u8::try_from(index).unwrap_or(0)),
            }
        })
        .collect();
    let after: Option<Uuid> = on!(tx, c => sqlx::query_scalar(
            "select contact_id from campaign_recipient where campaign_id = $1 order by contact_id desc limit 1")
        .bind(campaign.uuid()).fetch_optional(c).await)?;
    on!(tx, c => {
        let mut sql = QueryBuilder::new("insert into campaign_recipient (campaign_id, contact_id, not_before, outcome, reason, decided_at) select ");
        sql.push_bind(campaign.uuid()).push(", id, 0, case letter when '.' then 'pending' else 'skipped' end, case letter");
        for (index, reason) in Reason::ALL.iter().enumerate() {
            let letter = char::from(b'a' + u8::try_from(index).unwrap_or(0));
            sql.push(format!(" when '{letter}' then '{}'", reason.as_str()));
        }
        sql.push(" end, ").push_bind(now.micros()).push(" from (select c.id, substr(").push_bind(letters).push(", 1 + ");
        push_standing(&mut sql, policy, now);
        sql.push(", 1) as letter from contact c where ");
        push_audience(&mut sql, business, campaign, audience);
        sql.push(" and c.id > ").push_bind(after.unwrap_or(Uuid::nil())).push(" and c.id < ").push_bind(before.uuid());
        sql.push(" order by c.id limit ").push_bind(limit).push(") s");
        sql.build().execute(c).await.map(|done| done.rows_affected())
    })
}

/// The next people whose turn it is. On PostgreSQL their rows are locked.
///
/// # Errors
/// When the database refuses.
pub async fn next_recipients(
    tx: &mut Tx,
    campaign: CampaignId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<ContactId>> {
    let sql = tx.pick(
        "select contact_id from campaign_recipient where campaign_id = $1 and outcome = 'pending' and not_before <= $3 \
         order by not_before, contact_id limit $2",
        "select contact_id from campaign_recipient where campaign_id = $1 and outcome = 'pending' and not_before <= $3 \
         order by not_before, contact_id limit $2 for update skip locked",
    );
    let rows: Vec<Uuid> = on!(tx, c => sqlx::query_scalar(sql).bind(campaign.uuid()).bind(limit).bind(now.micros()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(ContactId::from_uuid).collect())
}

/// How much marketing people were sent since a time; those who were sent none are left out.
///
/// # Errors
/// When the database refuses.
pub async fn count_marketing(
    tx: &mut Tx,
    people: &[ContactId],
    since: Timestamp,
) -> Result<Vec<(ContactId, i64)>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let sql = tx.pick(
        "select contact_id, count(*) from message_out where contact_id in (select unhex(value) from json_each($1)) \
         and kind = 'marketing' and state in ('claimed', 'sent', 'unknown') and created_at >= $2 group by contact_id",
        "select contact_id, count(*) from message_out where contact_id in \
         (select cast(value as uuid) from jsonb_array_elements_text(cast($1 as jsonb)) as j(value)) \
         and kind = 'marketing' and state in ('claimed', 'sent', 'unknown') and created_at >= $2 group by contact_id",
    );
    let ids: Vec<String> = people.iter().map(|id| hex(id.uuid())).collect();
    let rows: Vec<(Uuid, i64)> =
        on!(tx, c => sqlx::query_as(sql).bind(json(&ids)).bind(since.micros()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id, count)| (ContactId::from_uuid(id), count)).collect())
}

/// Whether a person is in the audience of a launched campaign.
///
/// # Errors
/// When the database refuses.
pub async fn is_recipient(tx: &mut Tx, campaign: CampaignId, contact: ContactId) -> Result<bool> {
    let found: Option<i32> = on!(tx, c => sqlx::query_scalar(
            "select 1 from campaign_recipient where campaign_id = $1 and contact_id = $2")
        .bind(campaign.uuid()).bind(contact.uuid()).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Those of some people for whom a campaign has a message already.
///
/// # Errors
/// When the database refuses.
pub async fn list_reached(
    tx: &mut Tx,
    campaign: CampaignId,
    people: &[ContactId],
) -> Result<BTreeSet<ContactId>> {
    // A plus before a column keeps SQLite from taking its index, which holds everybody of the campaign.
    let sql = tx.pick(
        "select contact_id from message_out where contact_id in (select unhex(value) from json_each($1)) and +campaign_id = $2",
        "select contact_id from message_out where contact_id in \
         (select cast(value as uuid) from jsonb_array_elements_text(cast($1 as jsonb)) as j(value)) and campaign_id = $2",
    );
    let ids: Vec<String> = people.iter().map(|id| hex(id.uuid())).collect();
    let rows: Vec<Uuid> =
        on!(tx, c => sqlx::query_scalar(sql).bind(json(&ids)).bind(campaign.uuid()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(ContactId::from_uuid).collect())
}

/// What was decided when somebody's turn came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// A message was made for them.
    Queued(MessageId),
    /// They were left out.
    Skipped(Reason),
    /// Their turn comes later.
    Deferred(Timestamp),
}

/// Writes down what was decided for people whose turn came.
///
/// # Errors
/// When the database refuses.
pub async fn take_turns(
    tx: &mut Tx,
    campaign: CampaignId,
    turns: &[(ContactId, Turn)],
    now: Timestamp,
) -> Result<()> {
    #[derive(Serialize)]
    struct Written<'a> {
        campaign_id: &'a str,
        contact_id: String,
        outcome: &'static str,
        reason: Option<&'static str>,
        message_id: Option<String>,
        not_before: i64,
    }
    if turns.is_empty() {
        return Ok(());
    }
    // The campaign is in every row: named once beside them, SQLite would walk its whole audience for each portion.
    let sql = rows!(tx,
        "update campaign_recipient set outcome = r.outcome, reason = r.reason, message_id = r.message_id, \
         not_before = r.not_before, decided_at = $2 from ",
        [campaign_id uuid, contact_id uuid, outcome text, reason text, message_id uuid, not_before bigint],
        " r where campaign_recipient.campaign_id = r.campaign_id and campaign_recipient.contact_id = r.contact_id \
         and campaign_recipient.outcome = 'pending'");
    let campaign = hex(campaign.uuid());
    let rows: Vec<_> = turns
        .iter()
        .map(|(contact, turn)| {
            let (outcome, reason, message_id, not_before) = match turn {
                Turn::Queued(id) => ("queued", None, Some(hex(id.uuid())), 0),
                Turn::Skipped(reason) => ("skipped", Some(reason.as_str()), None, 0),
                Turn::Deferred(until) => ("pending", None, None, until.micros()),
            };
            Written {
                campaign_id: &campaign,
                contact_id: hex(contact.uuid()),
                outcome,
                reason,
                message_id,
                not_before,
            }
        })
        .collect();
    on!(tx, c => sqlx::query(sql).bind(json(&rows)).bind(now.micros()).execute(c).await.map(|_| ()))
}

/// Decides against the messages of a cancelled campaign that wait to be tried again.
///
/// # Errors
/// When the database refuses.
pub async fn cancel_messages(tx: &mut Tx, campaign: CampaignId, now: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query(
            "update message_out set state = 'skipped', skip_reason = 'cancelled', settled_at = $2 \
             where campaign_id = $1 and state = 'pending'")
        .bind(campaign.uuid()).bind(now.micros()).execute(c).await.map(|_| ()))
}

/// A campaign's messages that wait to be tried again wait until this time instead: for ever while it rests.
///
/// # Errors
/// When the database refuses.
pub async fn defer_messages(tx: &mut Tx, campaign: CampaignId, until: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query("update message_out set not_before = $2 where campaign_id = $1 and state = 'pending'")
        .bind(campaign.uuid()).bind(until.micros()).execute(c).await.map(|_| ()))
}

/// Whether somebody's turn has not come, or somebody is being tried.
///
/// # Errors
/// When the database refuses.
pub async fn is_unfinished(tx: &mut Tx, campaign: CampaignId) -> Result<bool> {
    let open: Vec<i32> = on!(tx, c => sqlx::query_scalar(
            "select 1 where exists (select 1 from campaign_recipient where campaign_id = $1 and outcome = 'pending') \
             or exists (select 1 from message_out where campaign_id = $1 and state = 'pending') \
             or exists (select 1 from message_out where campaign_id = $1 and state = 'claimed')")
        .bind(campaign.uuid()).fetch_all(c).await)?;
    Ok(!open.is_empty())
}

/// How far a campaign got. Of a cancelled one, whoever waited for their turn was left out: no row is written for a million people.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn count_outcomes(tx: &mut Tx, campaign: CampaignId, cancelled: bool) -> Result<Counts> {
    let mut counts = Counts::default();
    let people: Vec<(Option<String>, bool, i64)> = on!(tx, c => sqlx::query_as(
            "select reason, true, count(*) from campaign_recipient where campaign_id = $1 and outcome = 'skipped' group by reason \
             union all select null, false, count(*) from campaign_recipient where campaign_id = $1 and outcome = 'pending'")
        .bind(campaign.uuid()).fetch_all(c).await)?;
    for (reason, skipped, count) in people {
        counts.audience += count;
        match reason {
            Some(reason) if skipped => {
                let reason = reason.parse().map_err(|_| corrupt("campaign_recipient.reason"))?;
                *counts.skipped.entry(reason).or_default() += count;
            }
            _ if cancelled => *counts.skipped.entry(Reason::Cancelled).or_default() += count,
            _ => counts.pending += count,
        }
    }
    counts.skipped.retain(|_, count| *count > 0);
    let messages: Vec<(String, Option<String>, Option<String>, i64)> = on!(tx, c => sqlx::query_as(
            "select state, skip_reason, delivery, count(*) from message_out where campaign_id = $1 \
             group by state, skip_reason, delivery")
        .bind(campaign.uuid()).fetch_all(c).await)?;
    for (state, reason, delivery, count) in messages {
        counts.audience += count;
        let delivery = delivery.as_deref().and_then(Delivery::from_meta);
        match state.parse().map_err(|_| corrupt("message_out.state"))? {
            SendState::Pending | SendState::Claimed => counts.pending += count,
            SendState::Failed => counts.failed += count,
            SendState::Unknown => counts.unknown += count,
            SendState::Skipped => {
                let reason = reason.and_then(|reason| reason.parse().ok()).unwrap_or(Reason::Cancelled);
                *counts.skipped.entry(reason).or_default() += count;
            }
            SendState::Sent if delivery == Some(Delivery::Failed) => counts.failed += count,
            SendState::Sent => {
                counts.sent += count;
                counts.delivered += if delivery >= Some(Delivery::Delivered) { count } else { 0 };
                counts.read += if delivery >= Some(Delivery::Read) { count } else { 0 };
            }
        }
    }
    Ok(counts)
}

#[derive(FromRow)]
struct RecipientRow {
    contact_id: Uuid,
    name: Option<String>,
    phone: Option<String>,
    erased: bool,
    state: String,
    reason: Option<String>,
    delivery: Option<String>,
    error_code: Option<i64>,
    message_id: Option<Uuid>,
    at: i64,
}

fn recipient(row: RecipientRow, cancelled: bool) -> Result<Recipient> {
    let delivery = row.delivery.as_deref().and_then(Delivery::from_meta);
    let state = row.state.parse().map_err(|_| corrupt("campaign_recipient.outcome"))?;
    let never = cancelled && state == SendState::Pending && row.message_id.is_none();
    let outcome = match state {
        _ if never => RecipientOutcome::Skipped,
        SendState::Pending | SendState::Claimed => RecipientOutcome::Pending,
        SendState::Skipped => RecipientOutcome::Skipped,
        SendState::Unknown => RecipientOutcome::Unknown,
        SendState::Failed => RecipientOutcome::Failed,
        SendState::Sent => match delivery {
            Some(Delivery::Failed) => RecipientOutcome::Failed,
            Some(Delivery::Read | Delivery::Played) => RecipientOutcome::Read,
            Some(Delivery::Delivered) => RecipientOutcome::Delivered,
            Some(Delivery::Sent) | None => RecipientOutcome::Sent,
        },
    };
    let reason = row.reason.map(|reason| reason.parse()).transpose();
    let name = row.name.filter(|name| !name.trim().is_empty());
    let label = match (name, &row.phone) {
        _ if row.erased => "Erased contact".to_owned(),
        (Some(name), _) => name,
        (None, Some(phone)) => phone.clone(),
        (None, None) => "WhatsApp user".to_owned(),
    };
    Ok(Recipient {
        contact: ContactId::from_uuid(row.contact_id),
        label,
        phone: row.phone,
        outcome,
        reason: if never {
            Some(Reason::Cancelled)
        } else {
            reason.map_err(|_| corrupt("campaign_recipient.reason"))?
        },
        error_code: row.error_code,
        message: row.message_id.map(MessageId::from_uuid),
        at: Some(Timestamp::from_micros(row.at)),
        delivery,
    })
}

/// What became of the people of a campaign, in the order of their ids, after a place: all, those with an outcome, those left out
/// for a reason. Those delivered and read are among those sent.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_recipients(
    tx: &mut Tx,
    campaign: CampaignId,
    cancelled: bool,
    outcome: Option<RecipientOutcome>,
    reason: Option<Reason>,
    after: Option<ContactId>,
    limit: i64,
) -> Result<Vec<Recipient>> {
    let after = after.map_or(Uuid::nil(), ContactId::uuid);
    // Two halves, each in the order of an index: those with a message are read from the messages, the others from the audience.
    let people = match (outcome, reason) {
        (None, None) => Some(" and r.outcome in ('pending', 'skipped')"),
        (None | Some(RecipientOutcome::Skipped), Some(Reason::Cancelled)) if cancelled => {
            Some(" and r.outcome = 'pending'")
        }
        (None | Some(RecipientOutcome::Skipped), Some(_)) => Some(" and r.outcome = 'skipped'"),
        (Some(RecipientOutcome::Skipped), None) if cancelled => {
            Some(" and r.outcome in ('pending', 'skipped')")
        }
        (Some(RecipientOutcome::Skipped), None) => Some(" and r.outcome = 'skipped'"),
        (Some(RecipientOutcome::Pending), None) if !cancelled => Some(" and r.outcome = 'pending'"),
        (Some(_), _) => None,
    };
    let messages = match outcome {
        None => "",
        Some(RecipientOutcome::Pending) => " and m.state in ('pending', 'claimed')",
        Some(RecipientOutcome::Sent) => " and m.state = 'sent' and coalesce(m.delivery, '') <> 'failed'",
        Some(RecipientOutcome::Delivered) => {
            " and m.state = 'sent' and m.delivery in ('delivered', 'read', 'played')"
        }
        Some(RecipientOutcome::Read) => " and m.state = 'sent' and m.delivery in ('read', 'played')",
        Some(RecipientOutcome::Failed) => {
            " and (m.state = 'failed' or (m.state = 'sent' and m.delivery = 'failed'))"
        }
        Some(RecipientOutcome::Unknown) => " and m.state = 'unknown'",
        Some(RecipientOutcome::Skipped) => " and m.state = 'skipped'",
    };
    let rows: Vec<RecipientRow> = on!(tx, c => {
        let mut sql = QueryBuilder::new("select s.*, c.name, c.phone, c.erased from (");
        if let Some(people) = people {
            sql.push("select * from (select r.contact_id, r.outcome as state, r.reason, cast(null as text) as delivery, \
                      cast(null as bigint) as error_code, r.message_id, r.decided_at as at from campaign_recipient r \
                      where r.campaign_id = ").push_bind(campaign.uuid()).push(people);
            if let Some(reason) = reason.filter(|reason| *reason != Reason::Cancelled || !cancelled) {
                sql.push(" and r.reason = ").push_bind(reason.as_str());
            }
            sql.push(" and r.contact_id > ").push_bind(after).push(" order by r.contact_id limit ").push_bind(limit);
            sql.push(") p union all ");
        }
        sql.push("select * from (select m.contact_id, m.state, m.skip_reason as reason, m.delivery, m.error_code, m.id as message_id, \
                  coalesce(m.sent_at, m.settled_at, m.created_at) as at from message_out m where m.campaign_id = ");
        sql.push_bind(campaign.uuid()).push(messages);
        if let Some(reason) = reason {
            sql.push(" and m.skip_reason = ").push_bind(reason.as_str());
        }
        sql.push(" and m.contact_id > ").push_bind(after).push(" order by m.contact_id limit ").push_bind(limit);
        sql.push(") q) s join contact c on c.id = s.contact_id order by s.contact_id limit ").push_bind(limit);
        sql.build_query_as().fetch_all(c).await
    })?;
    rows.into_iter().map(|row| recipient(row, cancelled)).collect()
}

/// People who would have got a campaign at its launch and were left out when their turn came, with the consent event that made
/// the difference: the last one recorded between launch and turn.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_changed(
    tx: &mut Tx,
    campaign: CampaignId,
    frozen_at: Timestamp,
    launched_at: Timestamp,
    limit: i64,
) -> Result<Vec<ChangedMind>> {
    #[derive(FromRow)]
    struct Row {
        contact_id: Uuid,
        name: Option<String>,
        phone: Option<String>,
        reason: String,
        at: i64,
        event_id: Option<Uuid>,
        recorded_at: Option<i64>,
    }
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
            "select s.contact_id, c.name, c.phone, s.reason, s.at, e.id as event_id, e.recorded_at from ( \
               select contact_id, reason, decided_at as at from campaign_recipient \
               where campaign_id = $1 and outcome = 'skipped' and decided_at > $2 and reason <> 'cancelled' \
               union all select contact_id, skip_reason, settled_at from message_out \
               where campaign_id = $1 and state = 'skipped' and skip_reason <> 'cancelled') s \
             join contact c on c.id = s.contact_id \
             left join consent_event e on e.contact_id = s.contact_id and e.recorded_at >= $3 and e.recorded_at <= s.at \
               and not exists (select 1 from consent_event l where l.contact_id = e.contact_id and l.seq > e.seq \
                               and l.recorded_at <= s.at) \
             order by s.at desc limit $4")
        .bind(campaign.uuid()).bind(frozen_at.micros()).bind(launched_at.micros()).bind(limit).fetch_all(c).await)?;
    rows.into_iter()
        .map(|row| {
            let name = row.name.filter(|name| !name.trim().is_empty());
            Ok(ChangedMind {
                contact: ContactId::from_uuid(row.contact_id),
                label: name.or(row.phone).unwrap_or_else(|| "WhatsApp user".to_owned()),
                reason: row.reason.parse().map_err(|_| corrupt("campaign_recipient.reason"))?,
                at: Timestamp::from_micros(row.at),
                event: row
                    .event_id
                    .zip(row.recorded_at)
                    .map(|(id, at)| (EventId::from_uuid(id), Timestamp::from_micros(at))),
            })
        })
        .collect()
}

/// Notes how far the ledger is at a campaign's launch.
///
/// # Errors
/// When the database refuses.
pub async fn note_ledger(tx: &mut Tx, campaign: CampaignId) -> Result<()> {
    on!(tx, c => sqlx::query(
            "update campaign set ledger_seq = coalesce((select seq from ledger_head h where h.business_id = campaign.business_id), 0) \
             where id = $1")
        .bind(campaign.uuid()).execute(c).await.map(|_| ()))
}

/// Of the people who opted out since a campaign began: to how many a message of it was handed over afterwards, and for how many
/// one was on the wire when the opt-out was recorded. What was handed over within [`COMMIT`] of the recording was on its way
/// before the opt-out was durable, and so before anybody was told that it is.
///
/// # Errors
/// When the database refuses.
pub async fn count_stops(tx: &mut Tx, business: BusinessId, campaign: CampaignId) -> Result<(i64, i64)> {
    // Without its hint SQLite reads every message of the campaign for each opt-out.
    let sql = tx.pick(
        "select sum(case when m.sent_at > e.recorded_at + $3 and not exists (select 1 from consent_event b \
           where b.contact_id = e.contact_id and b.seq > e.seq and b.to_state = 'opted_in' and b.recorded_at < m.sent_at) \
           then 1 else 0 end), \
         sum(case when m.sent_at <= e.recorded_at + $3 and coalesce(m.settled_at, m.sent_at) > e.recorded_at then 1 else 0 end) \
         from campaign a join consent_event e on e.business_id = a.business_id and e.seq > a.ledger_seq \
           and e.to_state = 'opted_out' and e.from_state <> 'opted_out' \
         join message_out m indexed by message_out_by_contact on m.contact_id = e.contact_id and m.campaign_id = a.id \
           and m.state in ('sent', 'unknown') \
         where a.business_id = $1 and a.id = $2",
        "select cast(sum(case when m.sent_at > e.recorded_at + $3 and not exists (select 1 from consent_event b \
           where b.contact_id = e.contact_id and b.seq > e.seq and b.to_state = 'opted_in' and b.recorded_at < m.sent_at) \
           then 1 else 0 end) as bigint), \
         cast(sum(case when m.sent_at <= e.recorded_at + $3 and coalesce(m.settled_at, m.sent_at) > e.recorded_at then 1 else 0 end) \
           as bigint) \
         from campaign a join consent_event e on e.business_id = a.business_id and e.seq > a.ledger_seq \
           and e.to_state = 'opted_out' and e.from_state <> 'opted_out' \
         join message_out m on m.contact_id = e.contact_id and m.campaign_id = a.id and m.state in ('sent', 'unknown') \
         where a.business_id = $1 and a.id = $2",
    );
    let (after, in_flight): (Option<i64>, Option<i64>) = on!(tx, c => sqlx::query_as(sql)
        .bind(business.uuid()).bind(campaign.uuid()).bind(COMMIT.micros()).fetch_one(c).await)?;
    Ok((after.unwrap_or(0), in_flight.unwrap_or(0)))
}

/// How many people opted out because of a campaign, and how many answered.
///
/// # Errors
/// When the database refuses.
pub async fn count_responses(tx: &mut Tx, campaign: CampaignId) -> Result<(i64, i64)> {
    let rows: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(
            "select kind, count(*) from campaign_response where campaign_id = $1 group by kind")
        .bind(campaign.uuid()).fetch_all(c).await)?;
    let of = |kind: &str| rows.iter().find(|(found, _)| found == kind).map_or(0, |(_, count)| *count);
    Ok((of("opt_out"), of("reply")))
}

/// Writes down people who opted out because of a campaign, with when.
///
/// # Errors
/// When the database refuses.
pub async fn insert_opt_outs(
    tx: &mut Tx,
    campaign: CampaignId,
    people: &[(ContactId, Timestamp)],
) -> Result<()> {
    #[derive(Serialize)]
    struct Written {
        contact_id: String,
        at: i64,
    }
    if people.is_empty() {
        return Ok(());
    }
    let sql = rows!(tx,
        "insert into campaign_response (campaign_id, contact_id, kind, at) select $2, contact_id, 'opt_out', at from ",
        [contact_id uuid, at bigint],
        " r where true on conflict do nothing");
    let rows: Vec<_> =
        people.iter().map(|(id, at)| Written { contact_id: hex(id.uuid()), at: at.micros() }).collect();
    on!(tx, c => sqlx::query(sql).bind(json(&rows)).bind(campaign.uuid()).execute(c).await.map(|_| ()))
}

/// Businesses whose ledger or incoming messages may hold responses to a campaign: those that ever launched one.
///
/// # Errors
/// When the database refuses.
pub async fn list_attributed(tx: &mut Tx) -> Result<Vec<BusinessId>> {
    let rows: Vec<Uuid> =
        on!(tx, c => sqlx::query_scalar("select business_id from campaign_attribution").fetch_all(c).await)?;
    Ok(rows.into_iter().map(BusinessId::from_uuid).collect())
}

/// Begins to look for responses, from what the ledger and the incoming messages hold now; later calls change nothing.
///
/// # Errors
/// When the database refuses.
pub async fn start_attribution(tx: &mut Tx, business: BusinessId) -> Result<()> {
    on!(tx, c => sqlx::query(
            "insert into campaign_attribution (business_id, event_seq, message_id) \
             select id, coalesce((select seq from ledger_head where business_id = $1), 0), \
                    coalesce((select id from message_in where business_id = $1 order by id desc limit 1), id) \
             from business where id = $1 on conflict (business_id) do nothing")
        .bind(business.uuid()).execute(c).await.map(|_| ()))
}

/// What looking through found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributed {
    /// The campaigns that caused something, each once.
    pub campaigns: Vec<CampaignId>,
    /// There may be more to look through.
    pub more: bool,
}

fn attributed(mut found: Vec<Uuid>, more: bool) -> Attributed {
    found.sort_unstable();
    found.dedup();
    Attributed { campaigns: found.into_iter().map(CampaignId::from_uuid).collect(), more }
}

/// Looks through the next opt-outs of the ledger and writes down which campaign caused each: the one whose message it answered,
/// else the last one the person got within `within` before. Says for which campaigns
/// something was found, and whether there may be more.
///
/// # Errors
/// When the database refuses.
pub async fn attribute_opt_outs(
    tx: &mut Tx,
    business: BusinessId,
    within: Span,
    limit: i64,
) -> Result<Attributed> {
    let sql = tx.pick(
        "select event_seq from campaign_attribution where business_id = $1",
        "select event_seq from campaign_attribution where business_id = $1 for update",
    );
    let Some(from): Option<i64> =
        on!(tx, c => sqlx::query_scalar(sql).bind(business.uuid()).fetch_optional(c).await)?
    else {
        return Ok(Attributed::default());
    };
    let last: Option<i64> = on!(tx, c => sqlx::query_scalar(
            "select max(seq) from (select seq from consent_event where business_id = $1 and seq > $2 order by seq limit $3) s")
        .bind(business.uuid()).bind(from).bind(limit).fetch_one(c).await)?;
    let Some(last) = last else { return Ok(Attributed::default()) };
    let sql = "insert into campaign_response (campaign_id, contact_id, kind, at) \
         select campaign_id, contact_id, 'opt_out', occurred_at from ( \
           select e.contact_id, e.occurred_at, coalesce( \
             (select a.campaign_id from message_in i join message_out a on a.wamid = i.context_wamid \
              where i.contact_id = e.contact_id and i.context_wamid is not null and a.contact_id = e.contact_id \
              and i.received_at between e.recorded_at - 60000000 and e.recorded_at + 60000000 limit 1), \
             (select m.campaign_id from message_out m where m.contact_id = e.contact_id and m.campaign_id is not null \
              and m.sent_at <= e.recorded_at and m.sent_at >= e.recorded_at - $4 order by m.id desc limit 1)) as campaign_id \
           from consent_event e where e.business_id = $1 and e.seq > $2 and e.seq <= $3 \
           and e.to_state = 'opted_out' and e.from_state <> 'opted_out') s \
         where campaign_id is not null on conflict do nothing returning campaign_id";
    let found: Vec<Uuid> = on!(tx, c => sqlx::query_scalar(sql)
        .bind(business.uuid()).bind(from).bind(last).bind(within.micros()).fetch_all(c).await)?;
    on!(tx, c => sqlx::query("update campaign_attribution set event_seq = $2 where business_id = $1")
        .bind(business.uuid()).bind(last).execute(c).await.map(|_| ()))?;
    Ok(attributed(found, last - from >= limit))
}

/// Looks through the next incoming messages, up to one made at `before`, and writes down which campaign each answers: the last
/// one the person got within `within` before. Says for which campaigns
/// something was found, and whether there may be more.
///
/// # Errors
/// When the database refuses.
pub async fn attribute_replies(
    tx: &mut Tx,
    business: BusinessId,
    within: Span,
    before: Uuid,
    limit: i64,
) -> Result<Attributed> {
    let sql = tx.pick(
        "select message_id from campaign_attribution where business_id = $1",
        "select message_id from campaign_attribution where business_id = $1 for update",
    );
    let Some(from): Option<Uuid> =
        on!(tx, c => sqlx::query_scalar(sql).bind(business.uuid()).fetch_optional(c).await)?
    else {
        return Ok(Attributed::default());
    };
    let seen: Vec<Uuid> = on!(tx, c => sqlx::query_scalar(
            "select id from message_in where business_id = $1 and id > $2 and id < $3 order by id limit $4")
        .bind(business.uuid()).bind(from).bind(before).bind(limit).fetch_all(c).await)?;
    let Some(last) = seen.last().copied() else { return Ok(Attributed::default()) };
    let found: Vec<Uuid> = on!(tx, c => sqlx::query_scalar(
            "insert into campaign_response (campaign_id, contact_id, kind, at) \
             select campaign_id, contact_id, 'reply', received_at from ( \
               select i.contact_id, i.received_at, \
                 (select m.campaign_id from message_out m where m.contact_id = i.contact_id and m.campaign_id is not null \
                  and m.sent_at <= i.received_at and m.sent_at >= i.received_at - $4 order by m.id desc limit 1) as campaign_id \
               from message_in i where i.business_id = $1 and i.id > $2 and i.id <= $3 order by i.id) s \
             where campaign_id is not null on conflict do nothing returning campaign_id")
        .bind(business.uuid()).bind(from).bind(last).bind(within.micros()).fetch_all(c).await)?;
    on!(tx, c => sqlx::query("update campaign_attribution set message_id = $2 where business_id = $1")
        .bind(business.uuid()).bind(last).execute(c).await.map(|_| ()))?;
    Ok(attributed(found, i64::try_from(seen.len()).is_ok_and(|seen| seen >= limit)))
}
