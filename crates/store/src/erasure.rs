//! Forgetting a person: everything that says who they are goes, what proves that their choice was kept stays.

use domain::id::{BusinessId, ContactId};
use domain::outbound::Content;
use domain::time::Timestamp;
use sqlx::Result;
use uuid::Uuid;

use crate::contact::{Identifier, IdentityKind, NO_NAME};
use crate::{Db, Tx, corrupt};

/// Every name a record and those joined to it have.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_names(tx: &mut Tx, business: BusinessId, contact: ContactId) -> Result<Vec<Identifier>> {
    let rows: Vec<(String, String)> = on!(tx, c => sqlx::query_as(
            "select kind, value from contact_identity where contact_id = $1 order by kind, value")
        .bind(contact.uuid()).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(kind, value)| {
            let kind = match kind.as_str() {
                "phone" => IdentityKind::Phone,
                "user_id" => IdentityKind::UserId,
                "parent_user_id" => IdentityKind::ParentUserId,
                _ => return Err(corrupt("contact_identity.kind")),
            };
            Ok(Identifier { business, kind, value })
        })
        .collect()
}

/// The record and those joined to it.
///
/// # Errors
/// When the database refuses.
pub async fn list_records(tx: &mut Tx, contact: ContactId) -> Result<Vec<ContactId>> {
    let joined: Vec<Uuid> = on!(tx, c => sqlx::query_scalar("select id from contact where merged_into = $1 order by id")
        .bind(contact.uuid()).fetch_all(c).await)?;
    Ok(std::iter::once(contact).chain(joined.into_iter().map(ContactId::from_uuid)).collect())
}

/// Empties one record: its names, words, labels and evidence are gone; the row, its consent and its place in the ledger stay.
/// Messages that wait are left out; of those that were sent only that they were sent stays, because reports count them.
///
/// # Errors
/// When the database refuses.
pub async fn erase_record(tx: &mut Tx, contact: ContactId, now: Timestamp) -> Result<()> {
    let id = contact.uuid();
    let nothing = serde_json::to_string(&Content::Text { body: String::new() }).unwrap_or_default();
    on!(tx, c => {
        sqlx::query("delete from contact_identity where contact_id = $1").bind(id).execute(&mut *c).await?;
        sqlx::query("delete from contact_tag where contact_id = $1").bind(id).execute(&mut *c).await?;
        sqlx::query("delete from contact_detail where contact_id = $1").bind(id).execute(&mut *c).await?;
        sqlx::query("delete from message_in where contact_id = $1").bind(id).execute(&mut *c).await?;
        sqlx::query("delete from delivery where contact_id = $1").bind(id).execute(&mut *c).await?;
        sqlx::query("delete from conversation where contact_id = $1").bind(id).execute(&mut *c).await?;
        sqlx::query("delete from conversation_entry where contact_id = $1").bind(id).execute(&mut *c).await?;
        sqlx::query(
            "delete from consent_evidence where event_id in (select id from consent_event where contact_id = $1)")
            .bind(id).execute(&mut *c).await?;
        sqlx::query("delete from contact_job_change where contact_id = $1").bind(id).execute(&mut *c).await?;
        sqlx::query(
            "update message_out set state = 'skipped', skip_reason = 'erased', settled_at = $2 \
             where contact_id = $1 and state = 'pending'")
            .bind(id).bind(now.micros()).execute(&mut *c).await?;
        sqlx::query("update message_out set content = $2, wamid = null, context_wamid = null where contact_id = $1")
            .bind(id).bind(nothing).execute(&mut *c).await?;
        sqlx::query(
            "update contact set phone = null, user_id = null, name = null, name_folded = $2, country = null, \
             last_inbound_at = null, erased = $3 where id = $1")
            .bind(id).bind(NO_NAME).bind(true).execute(&mut *c).await?;
        Ok(())
    })
}

/// Deletes what was kept as it came in and holds a name: webhooks of other kinds, answers of the API.
///
/// # Errors
/// When the database refuses.
pub async fn delete_raw(tx: &mut Tx, business: BusinessId, names: &[String]) -> Result<()> {
    for name in names {
        let part = format!("%{}%", name.trim_start_matches('+'));
        on!(tx, c => {
            sqlx::query("delete from webhook_other where business_id = $1 and raw like $2")
                .bind(business.uuid()).bind(&part).execute(&mut *c).await?;
            sqlx::query("delete from idempotency where business_id = $1 and body like $2")
                .bind(business.uuid()).bind(&part).execute(&mut *c).await?;
            Ok::<_, sqlx::Error>(())
        })?;
    }
    Ok(())
}

/// Whether somebody wrote, was written to, was noted something about, or had another record joined to theirs.
///
/// # Errors
/// When the database refuses.
pub async fn has_history(tx: &mut Tx, contact: ContactId) -> Result<bool> {
    let found: i64 = on!(tx, c => sqlx::query_scalar(
            "select count(*) from (\
             select * from (select 1 as one from message_in where contact_id = $1 limit 1) as a union all \
             select * from (select 1 as one from message_out where contact_id = $1 limit 1) as b union all \
             select * from (select 1 as one from conversation_entry where contact_id = $1 limit 1) as c union all \
             select * from (select 1 as one from contact where merged_into = $1 limit 1) as d) as s")
        .bind(contact.uuid()).fetch_one(c).await)?;
    Ok(found > 0)
}

/// Takes a record away altogether: one that nothing happened to, such as one an import made by mistake. A record with a place in the
/// ledger or with messages stays; says whether it is gone.
///
/// # Errors
/// When the database refuses.
pub async fn delete_untouched(tx: &mut Tx, contact: ContactId) -> Result<bool> {
    let id = contact.uuid();
    let touched: i64 = on!(tx, c => sqlx::query_scalar(
            "select count(*) from (\
             select * from (select 1 as one from consent_event where contact_id = $1 limit 1) as a union all \
             select * from (select 1 as one from message_in where contact_id = $1 limit 1) as b union all \
             select * from (select 1 as one from message_out where contact_id = $1 limit 1) as c union all \
             select * from (select 1 as one from contact where merged_into = $1 limit 1) as d union all \
             select * from (select 1 as one from campaign_member where contact_id = $1 limit 1) as m union all \
             select * from (select 1 as one from campaign_response where contact_id = $1 limit 1) as n union all \
             select * from (select 1 as one from conversation where contact_id = $1 limit 1) as v union all \
             select * from (select 1 as one from conversation_entry where contact_id = $1 limit 1) as w union all \
             select * from (select 1 as one from review where contact_id = $1 limit 1) as r) as s")
        .bind(id).fetch_one(c).await)?;
    if touched > 0 {
        return Ok(false);
    }
    on!(tx, c => {
        sqlx::query("delete from contact_identity where contact_id = $1").bind(id).execute(&mut *c).await?;
        sqlx::query("delete from contact_tag where contact_id = $1").bind(id).execute(&mut *c).await?;
        sqlx::query("delete from contact_detail where contact_id = $1").bind(id).execute(&mut *c).await?;
        sqlx::query("delete from contact where id = $1").bind(id).execute(&mut *c).await?;
        Ok::<_, sqlx::Error>(())
    })?;
    Ok(true)
}

/// Makes sure that nothing deleted is left in the log beside an SQLite file. Elsewhere that is the server's work: `vacuum` and the
/// end of the archived log.
///
/// # Errors
/// When the database refuses.
pub async fn forget_deleted(db: &Db) -> Result<()> {
    if let Db::Sqlite { write, .. } = db {
        sqlx::query("pragma wal_checkpoint(truncate)").execute(write).await?;
    }
    Ok(())
}
