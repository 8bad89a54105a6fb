//! Answers that colleagues give often.

use domain::id::{BusinessId, SavedReplyId};
use domain::saved_reply::SavedReply;
use sqlx::Result;
use uuid::Uuid;

use crate::{Tx, fold};

/// Keeps an answer, or says that its title is taken by another one.
///
/// # Errors
/// When the database refuses.
pub async fn insert_saved_reply(tx: &mut Tx, business: BusinessId, reply: &SavedReply) -> Result<bool> {
    let done = on!(tx, c => sqlx::query(
            "insert into saved_reply (id, business_id, title, title_folded, body) values ($1, $2, $3, $4, $5) \
             on conflict (business_id, title_folded) do nothing")
        .bind(reply.id.uuid()).bind(business.uuid()).bind(&reply.title).bind(fold(&reply.title)).bind(&reply.text)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Writes an answer anew; says whether there is one with this id.
///
/// # Errors
/// When the database refuses, also because the title is taken by another one: look first.
pub async fn update_saved_reply(tx: &mut Tx, business: BusinessId, reply: &SavedReply) -> Result<bool> {
    let done = on!(tx, c => sqlx::query(
            "update saved_reply set title = $3, title_folded = $4, body = $5 where id = $1 and business_id = $2")
        .bind(reply.id.uuid()).bind(business.uuid()).bind(&reply.title).bind(fold(&reply.title)).bind(&reply.text)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Forgets an answer; says whether there was one.
///
/// # Errors
/// When the database refuses.
pub async fn delete_saved_reply(tx: &mut Tx, business: BusinessId, id: SavedReplyId) -> Result<bool> {
    let done = on!(tx, c => sqlx::query("delete from saved_reply where id = $1 and business_id = $2")
        .bind(id.uuid()).bind(business.uuid()).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Every answer of a business, by title.
///
/// # Errors
/// When the database refuses.
pub async fn list_saved_replies(tx: &mut Tx, business: BusinessId) -> Result<Vec<SavedReply>> {
    let rows: Vec<(Uuid, String, String)> = on!(tx, c => sqlx::query_as(
            "select id, title, body from saved_reply where business_id = $1 order by title_folded")
        .bind(business.uuid()).fetch_all(c).await)?;
    Ok(rows
        .into_iter()
        .map(|(id, title, text)| SavedReply { id: SavedReplyId::from_uuid(id), title, text })
        .collect())
}
