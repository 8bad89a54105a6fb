//! The people of a campaign as a file.

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::campaign::{Recipient, RecipientOutcome};
use domain::id::CampaignId;
use domain::permit::Reason;
use futures::stream;
use serde::Deserialize;
use service::jobs::inert;
use service::{Caller, Error, Service, campaigns};

use super::{PORTION, asking, attachment, refused};
use crate::state::AppState;

#[derive(Deserialize)]
pub(super) struct Line {
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    reason: String,
}

/// What became of the people of a campaign, all or those of one line of the report.
pub(super) async fn recipients(
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
