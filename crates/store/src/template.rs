//! Templates as last heard of.

use domain::id::BusinessId;
use domain::kind::MessageKind;
use domain::template::{Template, TemplateStatus};
use domain::time::Timestamp;
use sqlx::{FromRow, Result};

use crate::{Tx, corrupt};

#[derive(FromRow)]
struct Row {
    name: String,
    language: String,
    kind: String,
    status: String,
    body: String,
    footer: Option<String>,
    buttons: String,
}

impl TryFrom<Row> for Template {
    type Error = sqlx::Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            name: row.name,
            language: row.language,
            kind: row.kind.parse().map_err(|_| corrupt("template.kind"))?,
            status: TemplateStatus::from_meta(&row.status.to_uppercase()),
            body: row.body,
            footer: row.footer,
            buttons: serde_json::from_str(&row.buttons).map_err(|_| corrupt("template.buttons"))?,
        })
    }
}

/// Adds or replaces a template.
///
/// # Errors
/// When the database refuses.
pub async fn upsert_template(
    tx: &mut Tx,
    business: BusinessId,
    template: &Template,
    now: Timestamp,
) -> Result<()> {
    let buttons = serde_json::to_string(&template.buttons).unwrap_or_else(|_| "[]".to_owned());
    on!(tx, c => sqlx::query(
            "insert into template (business_id, name, language, kind, status, body, footer, buttons, updated_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (business_id, name, language) do update set \
             kind = excluded.kind, status = excluded.status, body = excluded.body, footer = excluded.footer, \
             buttons = excluded.buttons, updated_at = excluded.updated_at")
        .bind(business.uuid()).bind(&template.name).bind(&template.language).bind(template.kind.as_str())
        .bind(template.status.as_str()).bind(&template.body).bind(&template.footer).bind(buttons).bind(now.micros())
        .execute(c).await.map(|_| ()))
}

/// One template in one language.
///
/// # Errors
/// When the database refuses or the row is corrupt.
pub async fn find_template(
    tx: &mut Tx,
    business: BusinessId,
    name: &str,
    language: &str,
) -> Result<Option<Template>> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(
            "select name, language, kind, status, body, footer, buttons from template \
             where business_id = $1 and name = $2 and language = $3")
        .bind(business.uuid()).bind(name).bind(language).fetch_optional(c).await)?;
    row.map(Template::try_from).transpose()
}

/// All templates of a business, by name.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_templates(tx: &mut Tx, business: BusinessId) -> Result<Vec<Template>> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
            "select name, language, kind, status, body, footer, buttons from template \
             where business_id = $1 order by name, language")
        .bind(business.uuid()).fetch_all(c).await)?;
    rows.into_iter().map(Template::try_from).collect()
}

/// Takes over what a webhook said about a template; one that is not known is not made up.
///
/// # Errors
/// When the database refuses.
pub async fn change_template(
    tx: &mut Tx,
    business: BusinessId,
    name: &str,
    language: &str,
    status: Option<TemplateStatus>,
    kind: Option<MessageKind>,
    now: Timestamp,
) -> Result<()> {
    on!(tx, c => sqlx::query(
            "update template set status = coalesce($4, status), kind = coalesce($5, kind), updated_at = $6 \
             where business_id = $1 and name = $2 and language = $3")
        .bind(business.uuid()).bind(name).bind(language).bind(status.map(TemplateStatus::as_str))
        .bind(kind.map(MessageKind::as_str)).bind(now.micros())
        .execute(c).await.map(|_| ()))
}
