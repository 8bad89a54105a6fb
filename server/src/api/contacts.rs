//! `/contacts`

use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::contact::{ContactQuery, ContactSort};
use domain::id::ContactId;
use serde_json::Value;
use service::Caller;
use service::contacts::{self, ContactPatch, UpsertContact};

use super::fields::{Fields, JsonBody};
use super::params::Params;
use super::problem::Problem;
use super::views;
use crate::state::AppState;

/// The words of [`domain::consent::State`].
const STATES: &str = "unknown, pending, opted_in, opted_out, held";

/// The id in a path. What is no id names nothing.
pub fn contact_id(text: &str) -> Result<ContactId, Problem> {
    text.parse().map_err(|_| Problem::not_found("There is no contact with this id."))
}

/// `GET /contacts`
pub async fn list(
    State(app): State<AppState>,
    Extension(caller): Extension<Caller>,
    mut params: Params,
) -> Result<Json<Value>, Problem> {
    let query = ContactQuery {
        search: params.text("q"),
        state: params.word("state", STATES),
        tag: params.text("tag"),
        language: params.text("language").map(|language| language.to_lowercase()),
        phone: params.phone("phone"),
        sort: ContactSort::Newest,
        cursor: params.text("after"),
        limit: params.limit(),
        ..ContactQuery::default()
    };
    params.finish()?;
    let page = contacts::list(&app.service, &caller, &query).await?;
    Ok(Json(views::page(page.rows.iter().map(views::contact), page.next)))
}

/// `POST /contacts`
pub async fn upsert(
    State(app): State<AppState>,
    Extension(caller): Extension<Caller>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = Fields::parse(&body)?;
    let phone = fields.required_string("phone");
    let name = fields.string("name");
    let tags = fields.strings("tags");
    let contact = fields.finish(phone.map(|phone| UpsertContact { phone, name, tags }))?;
    let (contact, created) = contacts::upsert(&app.service, &caller, contact).await?;
    let status = if created { StatusCode::CREATED } else { StatusCode::OK };
    let mut response = (status, Json(views::contact(&contact))).into_response();
    if created && let Ok(location) = HeaderValue::try_from(format!("/api/v1/contacts/{}", contact.id)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// `GET /contacts/{id}`
pub async fn find(
    State(app): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    params: Params,
) -> Result<Json<Value>, Problem> {
    params.finish()?;
    let contact = contacts::find(&app.service, &caller, contact_id(&id)?).await?;
    Ok(Json(views::contact(&contact)))
}

/// `PATCH /contacts/{id}`
pub async fn change(
    State(app): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    body: JsonBody,
) -> Result<Json<Value>, Problem> {
    let id = contact_id(&id)?;
    let mut fields = Fields::parse(&body)?;
    let patch = ContactPatch {
        name: fields.clearable_string("name"),
        tags: fields.strings("tags"),
        blocked: fields.boolean("blocked"),
        language: fields.clearable_string("language"),
        attributes: fields.texts("attributes"),
    };
    let patch = fields.finish(Some(patch))?;
    let contact = contacts::change(&app.service, &caller, id, patch).await?;
    Ok(Json(views::contact(&contact)))
}
