//! What people of a business did with it.

use domain::audit::{Action, AuditEntry};
use domain::id::{AuditId, BusinessId};
use domain::time::Timestamp;
use sqlx::{QueryBuilder, Result};
use uuid::Uuid;

use crate::{Tx, corrupt};

/// Which entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Only by this actor.
    pub actor: Option<String>,
    /// Only of this kind.
    pub action: Option<Action>,
    /// Only older than this one.
    pub before: Option<AuditId>,
}

/// Writes a deed down.
///
/// # Errors
/// When the database refuses.
pub async fn insert_audit(tx: &mut Tx, business: BusinessId, entry: &AuditEntry) -> Result<()> {
    on!(tx, c => sqlx::query(
            "insert into audit_entry (id, business_id, actor, action, subject, at) values ($1, $2, $3, $4, $5, $6)")
        .bind(entry.id.uuid()).bind(business.uuid()).bind(&entry.actor).bind(entry.action.as_str())
        .bind(&entry.subject).bind(entry.at.micros())
        .execute(c).await.map(|_| ()))
}

/// Whether a deed on a subject is written down.
///
/// # Errors
/// When the database refuses.
pub async fn is_noted(tx: &mut Tx, business: BusinessId, action: Action, subject: &str) -> Result<bool> {
    let found: Option<i64> = on!(tx, c => sqlx::query_scalar(
            "select at from audit_entry where business_id = $1 and action = $2 and subject = $3 limit 1")
        .bind(business.uuid()).bind(action.as_str()).bind(subject).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Entries of a business, the newest first.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_audit(
    tx: &mut Tx,
    business: BusinessId,
    query: &AuditQuery,
    limit: u32,
) -> Result<Vec<AuditEntry>> {
    let rows: Vec<(Uuid, String, String, String, i64)> = on!(tx, c => {
        let mut sql = QueryBuilder::new("select id, actor, action, subject, at from audit_entry where business_id = ");
        sql.push_bind(business.uuid());
        if let Some(actor) = &query.actor {
            sql.push(" and actor = ").push_bind(actor.clone());
        }
        if let Some(action) = query.action {
            sql.push(" and action = ").push_bind(action.as_str());
        }
        if let Some(before) = query.before {
            sql.push(" and id < ").push_bind(before.uuid());
        }
        sql.push(" order by id desc limit ").push_bind(i64::from(limit));
        sql.build_query_as().fetch_all(c).await
    })?;
    rows.into_iter()
        .map(|(id, actor, action, subject, at)| {
            Ok(AuditEntry {
                id: AuditId::from_uuid(id),
                actor,
                action: Action::from_word(&action).ok_or_else(|| corrupt("audit_entry.action"))?,
                subject,
                at: Timestamp::from_micros(at),
            })
        })
        .collect()
}
