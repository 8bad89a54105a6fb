//! Lists to take away, as CSV: for whoever is signed in.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::campaign::{Recipient, RecipientOutcome};
use domain::id::CampaignId;
use domain::permit::Reason;
use futures::stream;
use serde::Deserialize;
use service::{Caller, Error, Service, campaigns};

use crate::session;
use crate::state::AppState;

/// Rows read at once.
const PORTION: u32 = 1_000;

/// The routes.
pub fn routes() -> Router<AppState> {
    Router::new().route("/campaigns/{id}/recipients.csv", get(recipients))
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
    let caller = match session::signed_in(&app.service, &app.public_url, &headers).await {
        Ok(Some(signed_in)) => signed_in.caller,
        Ok(None) => return Redirect::to("/login").into_response(),
        Err(error) => return refused(&error),
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
    let mut response = Response::new(Body::from_stream(rest));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"recipients.csv\""),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
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

/// A text that no spreadsheet takes for a formula: a name may begin with an equals sign. Numbers, which are ours, stay as they are.
fn inert(text: &str) -> String {
    let is_number = text.strip_prefix('+').is_some_and(|digits| digits.chars().all(|c| c.is_ascii_digit()));
    if !is_number && text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn no_name_becomes_a_formula() {
        for (name, written) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-2", "'-2"),
            ("+1 555", "'+1 555"),
            ("+15550100123", "+15550100123"),
            ("Ana = Lima", "Ana = Lima"),
        ] {
            assert_eq!(inert(name), written);
        }
    }
}
