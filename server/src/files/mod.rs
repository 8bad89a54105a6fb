//! Files that come in and go out: lists to take away, a person's data, and lists to read in; for whoever is signed in.

mod contacts;
mod deeds;
mod media;
mod recipients;
mod upload;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::id::{ContactId, JobId};
use serde::Deserialize;
use service::{Caller, Error};
use tokio_util::io::ReaderStream;

use contacts::contacts;
use deeds::deeds;
use media::media;
use recipients::recipients;
use upload::upload;

use crate::session;
use crate::state::AppState;

/// Rows read at once.
const PORTION: u32 = 1_000;

/// The routes.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/campaigns/{id}/recipients.csv", get(recipients))
        .route("/contacts/export.csv", get(contacts))
        .route("/settings/links/qr.svg", get(link_code))
        .route("/settings/audit/audit.csv", get(deeds))
        .route("/contacts/jobs/{id}/errors.csv", get(job_errors))
        .route("/contacts/{id}/data.json", get(personal_data))
        .route("/inbox/{id}/media/{message}", get(media))
        .route("/contacts/import/file", post(upload).layer(DefaultBodyLimit::disable()))
}

/// Who asks, or the answer to somebody who is not signed in.
async fn asking(app: &AppState, headers: &HeaderMap) -> Result<Caller, Response> {
    match session::signed_in(&app.service, &app.public_url, headers).await {
        Ok(Some(signed_in)) => Ok(signed_in.caller),
        Ok(None) => Err(Redirect::to("/login").into_response()),
        Err(error) => Err(refused(&error)),
    }
}

/// Which code.
#[derive(Deserialize)]
struct LinkCode {
    number: Option<String>,
    keyword: Option<String>,
}

/// The QR code of a link that opens a chat with a keyword typed.
async fn link_code(
    State(app): State<AppState>,
    headers: HeaderMap,
    Query(asked): Query<LinkCode>,
) -> Response {
    let caller = match asking(&app, &headers).await {
        Ok(caller) => caller,
        Err(answer) => return answer,
    };
    let choices = match service::links::choices(&app.service, &caller).await {
        Ok(choices) => choices,
        Err(error) => return refused(&error),
    };
    let link = choices.link(asked.number.as_deref(), asked.keyword.as_deref());
    match link.and_then(|link| service::links::Qr::new(&link.url)) {
        Some(code) => attachment(
            code.svg().into_response(),
            "image/svg+xml",
            "attachment; filename=\"whatsapp-qr.svg\"",
        ),
        None => refused(&Error::NotFound),
    }
}

/// An answer that the browser keeps as a file.
fn attachment(mut response: Response, kind: &'static str, disposition: &'static str) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(disposition));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The rows of an imported file that were not read in as they stand.
async fn job_errors(State(app): State<AppState>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    let caller = match asking(&app, &headers).await {
        Ok(caller) => caller,
        Err(answer) => return answer,
    };
    let Ok(id) = id.parse::<JobId>() else { return StatusCode::NOT_FOUND.into_response() };
    match service::jobs::errors_file(&app.service, &caller, id).await {
        Ok(file) => {
            let response = Response::new(Body::from_stream(ReaderStream::new(file)));
            attachment(response, "text/csv; charset=utf-8", "attachment; filename=\"rows-with-remarks.csv\"")
        }
        Err(error) => refused(&error),
    }
}

/// Everything known about one person, for them (R56).
async fn personal_data(State(app): State<AppState>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    let caller = match asking(&app, &headers).await {
        Ok(caller) => caller,
        Err(answer) => return answer,
    };
    let Ok(id) = id.parse::<ContactId>() else { return StatusCode::NOT_FOUND.into_response() };
    match service::erasure::export(&app.service, &caller, id).await {
        Ok(data) => match serde_json::to_vec_pretty(&data) {
            Ok(json) => attachment(
                Response::new(json.into()),
                "application/json",
                "attachment; filename=\"personal-data.json\"",
            ),
            Err(error) => refused(&Error::Internal(error.into())),
        },
        Err(error) => refused(&error),
    }
}

fn refused(error: &Error) -> Response {
    match error {
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::Forbidden(_) => StatusCode::FORBIDDEN,
        Error::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        error => {
            tracing::error!(?error, "a list could not be taken away");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
    .into_response()
}
