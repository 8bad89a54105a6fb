//! `/contacts/{id}/consent`

use axum::Json;
use axum::extract::{Extension, Path, State};
use domain::consent::Source;
use domain::id::ContactId;
use serde_json::Value;
use service::Caller;
use service::consent::{self, Choice, Record};
use service::contacts;

use super::contacts::contact_id;
use super::fields::{Fields, JsonBody};
use super::params::Params;
use super::problem::Problem;
use super::views;
use crate::state::AppState;

/// `GET /contacts/{id}/consent`
pub async fn find(
    State(app): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    params: Params,
) -> Result<Json<Value>, Problem> {
    params.finish()?;
    show(&app, &caller, contact_id(&id)?).await
}

/// `GET /contacts/{id}/preference-link`
pub async fn preference_link(
    State(app): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    params: Params,
) -> Result<Json<Value>, Problem> {
    params.finish()?;
    let url = service::preferences::link(&app.service, &caller, contact_id(&id)?).await?;
    Ok(Json(serde_json::json!({ "url": url })))
}

/// `PUT /contacts/{id}/consent`
pub async fn record(
    State(app): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    body: JsonBody,
) -> Result<Json<Value>, Problem> {
    let id = contact_id(&id)?;
    let mut fields = Fields::parse(&body)?;
    let choice = match fields.required_string("choice").as_deref() {
        Some("opted_in") => Some(Choice::OptedIn),
        Some("opted_out") => Some(Choice::OptedOut),
        Some(_) => {
            fields.refuse("choice", "unknown_word", "must be one of opted_in, opted_out");
            None
        }
        None => None,
    };
    let source = fields.word::<Source>("source", &recordable());
    if source.is_some_and(|source| !Source::RECORDABLE.contains(&source)) {
        fields.refuse("source", "not_recordable", format!("must be one of {}", recordable()));
    }
    let occurred_at = fields.time("occurred_at");
    let mut evidence = fields.free_object("evidence").unwrap_or_default();
    let mut text = |name: &str| match evidence.remove(name) {
        Some(Value::String(text)) => Some(text),
        Some(Value::Null) | None => None,
        Some(other) => Some(other.to_string()),
    };
    let (wording, note) = (text("wording"), text("note"));
    let details = (!evidence.is_empty()).then_some(Value::Object(evidence));
    let record =
        fields.finish(choice.map(|choice| Record { choice, source, occurred_at, note, wording, details }))?;
    consent::record(&app.service, &caller, id, record).await.map_err(|error| {
        Problem::naming(error, &[("note", "evidence.note"), ("wording", "evidence.wording")])
    })?;
    show(&app, &caller, id).await
}

fn recordable() -> String {
    Source::RECORDABLE.map(Source::as_str).join(", ")
}

async fn show(app: &AppState, caller: &Caller, id: ContactId) -> Result<Json<Value>, Problem> {
    let contact = contacts::find(&app.service, caller, id).await?;
    let events = contacts::events(&app.service, caller, id).await?;
    Ok(Json(views::consent(&contact, &events)))
}
