//! What a business keeps about people beside name and labels: their language, and fields of its own.

use std::collections::BTreeMap;

use domain::contact::Details;
use domain::id::{BusinessId, ContactId};
use sqlx::Result;
use uuid::Uuid;

use crate::{Tx, corrupt, hex};

/// The details of these contacts; whoever has none is left out.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_details(tx: &mut Tx, ids: &[ContactId]) -> Result<BTreeMap<ContactId, Details>> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let sql = tx.pick(
        "select contact_id, language, attributes from contact_detail \
         where contact_id in (select unhex(value) from json_each($1))",
        "select contact_id, language, attributes from contact_detail where contact_id in \
         (select cast(value as uuid) from jsonb_array_elements_text(cast($1 as jsonb)) as j(value))",
    );
    let ids: Vec<String> = ids.iter().map(|id| hex(id.uuid())).collect();
    let ids = serde_json::to_string(&ids).unwrap_or_default();
    let rows: Vec<(Uuid, String, String)> = on!(tx, c => sqlx::query_as(sql).bind(ids).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(id, language, attributes)| {
            let attributes =
                serde_json::from_str(&attributes).map_err(|_| corrupt("contact_detail.attributes"))?;
            let language = Some(language).filter(|language| !language.is_empty());
            Ok((ContactId::from_uuid(id), Details { language, attributes }))
        })
        .collect()
}

/// Puts details in the place of those there were; empty ones leave nothing behind.
///
/// # Errors
/// When the database refuses.
pub async fn write_details(
    tx: &mut Tx,
    business: BusinessId,
    contact: ContactId,
    details: &Details,
) -> Result<()> {
    if details.is_empty() {
        return on!(tx, c => sqlx::query("delete from contact_detail where contact_id = $1")
            .bind(contact.uuid()).execute(c).await.map(|_| ()));
    }
    let attributes = serde_json::to_string(&details.attributes).unwrap_or_default();
    on!(tx, c => sqlx::query(
            "insert into contact_detail (contact_id, business_id, language, attributes) values ($1, $2, $3, $4) \
             on conflict (contact_id) do update set language = excluded.language, attributes = excluded.attributes")
        .bind(contact.uuid()).bind(business.uuid()).bind(details.language.as_deref().unwrap_or_default()).bind(attributes)
        .execute(c).await.map(|_| ()))
}
