//! Files that come in and go out: lists to take away, a person's data, and lists to read in; for whoever is signed in.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::multipart::MultipartRejection;
use axum::extract::{DefaultBodyLimit, Multipart, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::campaign::{Recipient, RecipientOutcome};
use domain::contact::{Contact, ContactQuery};
use domain::id::{CampaignId, ContactId, JobId};
use domain::permit::Reason;
use domain::time::Timestamp;
use futures::stream;
use serde::Deserialize;
use service::jobs::{Upload, inert};
use service::{Caller, Error, Service, campaigns};
use tokio_util::io::ReaderStream;

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
        .route("/contacts/jobs/{id}/errors.csv", get(job_errors))
        .route("/contacts/{id}/data.json", get(personal_data))
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

/// Everybody the list shows, with consent, whatever their number.
async fn contacts(State(app): State<AppState>, headers: HeaderMap, uri: Uri) -> Response {
    let caller = match asking(&app, &headers).await {
        Ok(caller) => caller,
        Err(answer) => return answer,
    };
    let query = app::ssr::contacts_query(uri.query().unwrap_or_default());
    let export = ContactExport { service: app.service.clone(), caller, query };
    let first = match export.portion(None).await {
        Ok(first) => first,
        Err(error) => return refused(&error),
    };
    let rest = stream::try_unfold((export, Some(first)), |(export, portion)| async move {
        let Some((rows, last)) = portion else { return Ok(None) };
        let following = match last {
            None => None,
            Some(last) => Some(export.portion(Some(last)).await?),
        };
        Ok::<_, Error>(Some((rows, (export, following))))
    });
    let response = Response::new(Body::from_stream(rest));
    attachment(response, "text/csv; charset=utf-8", "attachment; filename=\"contacts.csv\"")
}

struct ContactExport {
    service: Service,
    caller: Caller,
    query: ContactQuery,
}

const CONTACT_HEADING: [&str; 13] = [
    "contact_id",
    "phone",
    "user_id",
    "name",
    "country",
    "tags",
    "marketing",
    "marketing_since",
    "marketing_source",
    "stopped_in_whatsapp",
    "blocked",
    "last_message_at",
    "added_at",
];

impl ContactExport {
    /// Some rows, and whom the next ones come after.
    async fn portion(&self, after: Option<ContactId>) -> Result<(Bytes, Option<ContactId>), Error> {
        let rows =
            service::contacts::matching(&self.service, &self.caller, &self.query, after, PORTION).await?;
        let more = rows.len() >= PORTION as usize;
        let last = rows.last().map(|contact| contact.id).filter(|_| more);
        let csv = write_contacts(&rows, after.is_none()).map_err(|error| Error::Internal(error.into()))?;
        Ok((csv.into(), last))
    }
}

fn write_contacts(rows: &[Contact], heading: bool) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    if heading {
        writer.write_record(CONTACT_HEADING)?;
    }
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    for contact in rows {
        writer.write_record([
            contact.id.to_string(),
            contact.phone.as_ref().map(ToString::to_string).unwrap_or_default(),
            contact.user_id.clone().unwrap_or_default(),
            inert(contact.name.as_deref().unwrap_or_default()),
            contact.country.clone().unwrap_or_default(),
            inert(&contact.tags.join(", ")),
            contact.state.to_string(),
            time(contact.since),
            contact.source.map(|source| source.to_string()).unwrap_or_default(),
            contact.native_stop.to_string(),
            contact.blocked.to_string(),
            time(contact.last_inbound_at),
            contact.created_at.to_string(),
        ])?;
    }
    Ok(writer.into_inner().map_err(csv::IntoInnerError::into_error)?)
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

/// A file of contacts, stored as it comes; leads to the page that asks how to read it, or back with what is wrong.
async fn upload(
    State(app): State<AppState>,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    let caller = match asking(&app, &headers).await {
        Ok(caller) => caller,
        Err(answer) => return answer,
    };
    let Ok(form) = form else { return back("missing") };
    match receive(&app.service, &caller, form).await {
        Ok(Some(id)) => Redirect::to(&app::jobs::job_path(id)).into_response(),
        Ok(None) => back("missing"),
        Err(Error::Invalid(problems)) => back(problems.first().map_or("unreadable", |problem| problem.code)),
        Err(Error::Forbidden(_)) => back("forbidden"),
        Err(error) => {
            tracing::error!(?error, "a file could not be taken");
            back("unavailable")
        }
    }
}

async fn receive(service: &Service, caller: &Caller, mut form: Multipart) -> Result<Option<JobId>, Error> {
    let broken = |_| Error::invalid("file", "broken");
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        let mut upload = Upload::begin(service, caller, &name).await?;
        while let Some(piece) = field.chunk().await.map_err(broken)? {
            upload.write(&piece).await?;
        }
        return if name.is_empty() { Ok(None) } else { upload.finish().await.map(Some) };
    }
    Ok(None)
}

fn back(problem: &str) -> Response {
    Redirect::to(&format!("/contacts/import?problem={problem}")).into_response()
}

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    reason: String,
}

/// What became of the people of a campaign, all or those of one line of the report.
async fn recipients(
    State(app): State<AppState>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(line): Query<Line>,
) -> Response {
    let caller = match asking(&app, &headers).await {
        Ok(caller) => caller,
        Err(answer) => return answer,
    };
    let word = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let (outcome, reason) = (word(&line.outcome), word(&line.reason));
    let (outcome, reason) = match (
        outcome.map(|word| word.parse::<RecipientOutcome>()).transpose(),
        reason.map(|word| word.parse::<Reason>()).transpose(),
    ) {
        (Ok(outcome), Ok(reason)) => (outcome, reason),
        _ => return (StatusCode::BAD_REQUEST, "no such outcome or reason\n").into_response(),
    };
    let Ok(id) = id.parse::<CampaignId>() else { return StatusCode::NOT_FOUND.into_response() };
    let export = Export { service: app.service.clone(), caller, id, outcome, reason };
    // The first portion is read before anything is answered: who may not read it gets an error and no file.
    let first = match export.portion(None).await {
        Ok(first) => first,
        Err(error) => return refused(&error),
    };
    let rest = stream::try_unfold((export, Some(first)), |(export, portion)| async move {
        let Some((rows, next)) = portion else { return Ok(None) };
        let following = match next {
            None => None,
            Some(after) => Some(export.portion(Some(&after)).await?),
        };
        Ok::<_, Error>(Some((rows, (export, following))))
    });
    let response = Response::new(Body::from_stream(rest));
    attachment(response, "text/csv; charset=utf-8", "attachment; filename=\"recipients.csv\"")
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

struct Export {
    service: Service,
    caller: Caller,
    id: CampaignId,
    outcome: Option<RecipientOutcome>,
    reason: Option<Reason>,
}

impl Export {
    /// Some rows as CSV, with the heading before the first, and where the next ones start.
    async fn portion(&self, after: Option<&str>) -> Result<(Bytes, Option<String>), Error> {
        let (rows, next) = campaigns::recipients(
            &self.service,
            &self.caller,
            self.id,
            self.outcome,
            self.reason,
            after,
            PORTION,
        )
        .await?;
        let csv = write(&rows, after.is_none()).map_err(|error| Error::Internal(error.into()))?;
        Ok((csv.into(), next))
    }
}

const HEADING: [&str; 8] =
    ["contact_id", "name", "phone", "outcome", "reason", "error_code", "at", "message_id"];

fn write(rows: &[Recipient], heading: bool) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    if heading {
        writer.write_record(HEADING)?;
    }
    for row in rows {
        writer.write_record([
            row.contact.to_string(),
            inert(&row.label),
            row.phone.clone().unwrap_or_default(),
            row.outcome.as_str().to_owned(),
            row.reason.map(|reason| reason.to_string()).unwrap_or_default(),
            row.error_code.map(|code| code.to_string()).unwrap_or_default(),
            row.at.map(|at| at.to_string()).unwrap_or_default(),
            row.message.map(|message| message.to_string()).unwrap_or_default(),
        ])?;
    }
    Ok(writer.into_inner().map_err(csv::IntoInnerError::into_error)?)
}
