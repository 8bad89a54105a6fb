//! Long work on contacts, and what it changed.

use domain::id::{BusinessId, ContactId, JobId};
use domain::job::{Job, Plan, Progress};
use domain::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, Result};
use uuid::Uuid;

use crate::{Tx, corrupt, hex};

/// A job with whose it is and who asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredJob {
    /// Whose.
    pub business: BusinessId,
    /// What is shown of it.
    pub job: Job,
    /// Who asked for it, as events name an actor.
    pub created_by: String,
}

/// What changes while a job goes on, kept as one text.
#[derive(Serialize, Deserialize)]
struct Standing {
    progress: Progress,
    problem: Option<String>,
    checked: bool,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    business_id: Uuid,
    state: String,
    plan: String,
    progress: String,
    stopping: bool,
    created_by: String,
    created_at: i64,
    started_at: Option<i64>,
    finished_at: Option<i64>,
}

impl TryFrom<Row> for StoredJob {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self> {
        let plan: Plan = serde_json::from_str(&row.plan).map_err(|_| corrupt("contact_job.plan"))?;
        let standing: Standing =
            serde_json::from_str(&row.progress).map_err(|_| corrupt("contact_job.progress"))?;
        Ok(Self {
            business: BusinessId::from_uuid(row.business_id),
            created_by: row.created_by,
            job: Job {
                id: JobId::from_uuid(row.id),
                state: row.state.parse().map_err(|_| corrupt("contact_job.state"))?,
                plan,
                progress: standing.progress,
                problem: standing.problem,
                checked: standing.checked,
                stopping: row.stopping,
                created_at: Timestamp::from_micros(row.created_at),
                started_at: row.started_at.map(Timestamp::from_micros),
                finished_at: row.finished_at.map(Timestamp::from_micros),
            },
        })
    }
}

fn texts(job: &Job) -> (String, String) {
    let standing = Standing { progress: job.progress, problem: job.problem.clone(), checked: job.checked };
    (
        serde_json::to_string(&job.plan).unwrap_or_default(),
        serde_json::to_string(&standing).unwrap_or_default(),
    )
}

/// Adds a job.
///
/// # Errors
/// When the database refuses.
pub async fn insert_job(tx: &mut Tx, stored: &StoredJob) -> Result<()> {
    let job = &stored.job;
    let (plan, progress) = texts(job);
    on!(tx, c => sqlx::query(
            "insert into contact_job (id, business_id, kind, state, plan, progress, stopping, created_by, created_at, \
             started_at, finished_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)")
        .bind(job.id.uuid()).bind(stored.business.uuid()).bind(job.plan.kind()).bind(job.state.as_str())
        .bind(plan).bind(progress).bind(job.stopping).bind(&stored.created_by).bind(job.created_at.micros())
        .bind(job.started_at.map(Timestamp::micros)).bind(job.finished_at.map(Timestamp::micros))
        .execute(c).await.map(|_| ()))
}

/// Writes back what changes about a job. That it was asked to stop is not among it: a person may say so at any time.
///
/// # Errors
/// When the database refuses.
pub async fn update_job(tx: &mut Tx, stored: &StoredJob) -> Result<()> {
    let job = &stored.job;
    let (plan, progress) = texts(job);
    on!(tx, c => sqlx::query(
            "update contact_job set state = $3, plan = $4, progress = $5, started_at = $6, finished_at = $7 \
             where id = $1 and business_id = $2")
        .bind(job.id.uuid()).bind(stored.business.uuid()).bind(job.state.as_str()).bind(plan).bind(progress)
        .bind(job.started_at.map(Timestamp::micros)).bind(job.finished_at.map(Timestamp::micros))
        .execute(c).await.map(|_| ()))
}

/// Asks a job to stop, or takes that back when it begins anew.
///
/// # Errors
/// When the database refuses.
pub async fn set_stopping(tx: &mut Tx, job: JobId, stopping: bool) -> Result<()> {
    on!(tx, c => sqlx::query("update contact_job set stopping = $2 where id = $1")
        .bind(job.uuid()).bind(stopping).execute(c).await.map(|_| ()))
}

const COLUMNS: &str =
    "id, business_id, state, plan, progress, stopping, created_by, created_at, started_at, finished_at";

/// A job of a business; locked on PostgreSQL when it is to be changed.
///
/// # Errors
/// When the database refuses or the row is corrupt.
pub async fn find_job(tx: &mut Tx, business: BusinessId, id: JobId) -> Result<Option<StoredJob>> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(
            "select id, business_id, state, plan, progress, stopping, created_by, created_at, started_at, finished_at \
             from contact_job where business_id = $1 and id = $2")
        .bind(business.uuid()).bind(id.uuid()).fetch_optional(c).await)?;
    row.map(StoredJob::try_from).transpose()
}

/// The last jobs of a business, newest first.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_jobs(tx: &mut Tx, business: BusinessId, limit: u32) -> Result<Vec<StoredJob>> {
    let rows: Vec<Row> = on!(tx, c => {
        let mut sql = sqlx::QueryBuilder::new("select ");
        sql.push(COLUMNS).push(" from contact_job where business_id = ").push_bind(business.uuid());
        sql.push(" order by id desc limit ").push_bind(i64::from(limit));
        sql.build_query_as().fetch_all(c).await
    })?;
    rows.into_iter().map(StoredJob::try_from).collect()
}

/// Takes the oldest job that has work to do and that no living process is at, and holds it until a time.
///
/// # Errors
/// When the database refuses or the row is corrupt.
pub async fn claim_job(
    tx: &mut Tx,
    holder: Uuid,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<StoredJob>> {
    let sql = tx.pick(
        "update contact_job set holder = $1, held_until = $3 where id = (select id from contact_job \
         where state in ('checking', 'running', 'undoing') and (held_until is null or held_until < $2) \
         order by id limit 1) returning id, business_id, state, plan, progress, stopping, created_by, created_at, \
         started_at, finished_at",
        "update contact_job set holder = $1, held_until = $3 where id = (select id from contact_job \
         where state in ('checking', 'running', 'undoing') and (held_until is null or held_until < $2) \
         order by id limit 1 for update skip locked) returning id, business_id, state, plan, progress, stopping, \
         created_by, created_at, started_at, finished_at",
    );
    let row: Option<Row> = on!(tx, c => sqlx::query_as(sql)
        .bind(holder).bind(now.micros()).bind(until.micros()).fetch_optional(c).await)?;
    row.map(StoredJob::try_from).transpose()
}

/// Takes a job for a process that made it.
///
/// # Errors
/// When the database refuses.
pub async fn take_job(tx: &mut Tx, job: JobId, holder: Uuid, until: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query("update contact_job set holder = $2, held_until = $3 where id = $1")
        .bind(job.uuid()).bind(holder).bind(until.micros()).execute(c).await.map(|_| ()))
}

/// Goes on holding a job; `None` when another process took it, else whether it was asked to stop.
///
/// # Errors
/// When the database refuses.
pub async fn hold_job(tx: &mut Tx, job: JobId, holder: Uuid, until: Timestamp) -> Result<Option<bool>> {
    on!(tx, c => sqlx::query_scalar(
            "update contact_job set held_until = $3 where id = $1 and holder = $2 returning stopping")
        .bind(job.uuid()).bind(holder).bind(until.micros()).fetch_optional(c).await)
}

/// Lets go of a job.
///
/// # Errors
/// When the database refuses.
pub async fn release_job(tx: &mut Tx, job: JobId) -> Result<()> {
    on!(tx, c => sqlx::query("update contact_job set holder = null, held_until = null where id = $1")
        .bind(job.uuid()).execute(c).await.map(|_| ()))
}

/// What a job changed about one contact that was there before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobChange {
    /// Whom.
    pub contact: ContactId,
    /// What was there before.
    pub before: Before,
}

/// What was there before a job changed it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Before {
    /// The name, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The name that was given instead, when one was: to know whether it is still there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub named: Option<String>,
    /// Labels that were put on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tagged: Vec<String>,
    /// Labels that were taken off.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub untagged: Vec<String>,
    /// Whether communication was stopped, when that was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked: Option<bool>,
    /// The consent version an opt-in of this job led to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opted_in: Option<i64>,
}

/// Notes what was changed; of somebody who was noted before the first note stays.
///
/// # Errors
/// When the database refuses.
pub async fn insert_changes(tx: &mut Tx, job: JobId, changes: &[JobChange]) -> Result<()> {
    #[derive(Serialize)]
    struct Written {
        job_id: String,
        contact_id: String,
        before: String,
    }
    if changes.is_empty() {
        return Ok(());
    }
    let sql = rows!(tx,
        "insert into contact_job_change (job_id, contact_id, before) select job_id, contact_id, before from ",
        [job_id uuid, contact_id uuid, before text],
        " r where true on conflict do nothing");
    let rows: Vec<_> = changes
        .iter()
        .map(|change| Written {
            job_id: hex(job.uuid()),
            contact_id: hex(change.contact.uuid()),
            before: serde_json::to_string(&change.before).unwrap_or_default(),
        })
        .collect();
    let rows = serde_json::to_string(&rows).unwrap_or_default();
    on!(tx, c => sqlx::query(sql).bind(rows).execute(c).await.map(|_| ()))
}

/// Which of these people a job has met before.
///
/// # Errors
/// When the database refuses.
pub async fn find_changed(tx: &mut Tx, job: JobId, contacts: &[ContactId]) -> Result<Vec<ContactId>> {
    if contacts.is_empty() {
        return Ok(Vec::new());
    }
    let sql = tx.pick(
        "select contact_id from contact_job_change where job_id = $2 \
         and contact_id in (select unhex(value) from json_each($1))",
        "select contact_id from contact_job_change where job_id = $2 and contact_id in \
         (select cast(value as uuid) from jsonb_array_elements_text(cast($1 as jsonb)) as j(value))",
    );
    let ids: Vec<String> = contacts.iter().map(|id| hex(id.uuid())).collect();
    let ids = serde_json::to_string(&ids).unwrap_or_default();
    let rows: Vec<Uuid> =
        on!(tx, c => sqlx::query_scalar(sql).bind(ids).bind(job.uuid()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(ContactId::from_uuid).collect())
}

/// The next changes of a job to take back.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_changes(
    tx: &mut Tx,
    job: JobId,
    after: Option<ContactId>,
    limit: u32,
) -> Result<Vec<JobChange>> {
    let after = after.map_or_else(Uuid::nil, ContactId::uuid);
    let rows: Vec<(Uuid, String)> = on!(tx, c => sqlx::query_as(
            "select contact_id, before from contact_job_change where job_id = $1 and contact_id > $2 \
             order by contact_id limit $3")
        .bind(job.uuid()).bind(after).bind(i64::from(limit)).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(contact, before)| {
            let before = serde_json::from_str(&before).map_err(|_| corrupt("contact_job_change.before"))?;
            Ok(JobChange { contact: ContactId::from_uuid(contact), before })
        })
        .collect()
}

/// The next contacts that a job made, by their ids, from those of a time on.
///
/// # Errors
/// When the database refuses.
pub async fn list_made(
    tx: &mut Tx,
    business: BusinessId,
    job: JobId,
    after: ContactId,
    until: ContactId,
    limit: u32,
) -> Result<Vec<ContactId>> {
    let rows: Vec<Uuid> = on!(tx, c => sqlx::query_scalar(
            "select id from contact where business_id = $1 and id > $2 and id <= $3 and made_by = $4 order by id limit $5")
        .bind(business.uuid()).bind(after.uuid()).bind(until.uuid()).bind(job.uuid()).bind(i64::from(limit))
        .fetch_all(c).await)?;
    Ok(rows.into_iter().map(ContactId::from_uuid).collect())
}

/// Forgets changes that can no longer be undone: of jobs that ended before a time, some at once. Says how many.
///
/// # Errors
/// When the database refuses.
pub async fn delete_old_changes(tx: &mut Tx, ended_before: Timestamp) -> Result<u64> {
    let sql = tx.pick(
        "delete from contact_job_change where rowid in (select c.rowid from contact_job j \
         join contact_job_change c on c.job_id = j.id \
         where j.state in ('done', 'cancelled', 'failed', 'undone') and j.finished_at < $1 limit 5000)",
        "delete from contact_job_change where ctid in (select c.ctid from contact_job j \
         join contact_job_change c on c.job_id = j.id \
         where j.state in ('done', 'cancelled', 'failed', 'undone') and j.finished_at < $1 limit 5000)",
    );
    on!(tx, c => sqlx::query(sql).bind(ended_before.micros()).execute(c).await.map(|done| done.rows_affected()))
}

/// Jobs whose files are still there although nothing can be made of them any more: those that ended before a time, or were never
/// started since one.
///
/// # Errors
/// When the database refuses.
pub async fn list_outdated(
    tx: &mut Tx,
    ended_before: Timestamp,
    made_before: Timestamp,
) -> Result<Vec<JobId>> {
    let rows: Vec<Uuid> = on!(tx, c => sqlx::query_scalar(
            "select id from contact_job where kind = 'import' and \
             ((state in ('done', 'cancelled', 'failed', 'undone') and finished_at < $1) or (state = 'ready' and created_at < $2))")
        .bind(ended_before.micros()).bind(made_before.micros()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(JobId::from_uuid).collect())
}

/// Forgets what a job noted about one person.
///
/// # Errors
/// When the database refuses.
pub async fn delete_change(tx: &mut Tx, job: JobId, contact: ContactId) -> Result<()> {
    on!(tx, c => sqlx::query("delete from contact_job_change where job_id = $1 and contact_id = $2")
        .bind(job.uuid()).bind(contact.uuid()).execute(c).await.map(|_| ()))
}

/// How long a process may be silent before another goes on with its job.
pub const HELD_FOR: Span = Span::seconds(30);
