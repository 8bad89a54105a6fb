//! The audit log as a file.

use std::collections::HashMap;

use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::audit::{Action, AuditEntry};
use domain::id::AuditId;
use futures::stream;
use serde::Deserialize;
use service::audit::{self, AuditQuery};
use service::jobs::inert;
use service::{Caller, Error, Service};

use super::{asking, attachment, refused};
use crate::state::AppState;

/// Which deeds.
#[derive(Deserialize)]
pub(super) struct Deeds {
    #[serde(default)]
    who: String,
    #[serde(default)]
    what: String,
}

/// What people of the business did, all or those of a filter.
pub(super) async fn deeds(
    State(app): State<AppState>,
    headers: HeaderMap,
    Query(asked): Query<Deeds>,
) -> Response {
    let caller = match asking(&app, &headers).await {
        Ok(caller) => caller,
        Err(answer) => return answer,
    };
    let query = AuditQuery {
        actor: Some(asked.who).filter(|who| !who.is_empty()),
        action: Action::from_word(&asked.what),
        before: None,
    };
    let people = match audit::people(&app.service, &caller).await {
        Ok(people) => people.into_iter().map(|(id, email)| (id.to_string(), email)).collect(),
        Err(error) => return refused(&error),
    };
    let export = AuditExport { service: app.service.clone(), caller, people };
    let first = match export.portion(&query).await {
        Ok(first) => first,
        Err(error) => return refused(&error),
    };
    let rest = stream::try_unfold((export, query, Some(first)), |(export, mut query, portion)| async move {
        let Some((rows, last)) = portion else { return Ok(None) };
        let following = match last {
            None => None,
            Some(last) => {
                query.before = Some(last);
                Some(export.portion(&query).await?)
            }
        };
        Ok::<_, Error>(Some((rows, (export, query, following))))
    });
    let response = Response::new(Body::from_stream(rest));
    attachment(response, "text/csv; charset=utf-8", "attachment; filename=\"audit.csv\"")
}

struct AuditExport {
    service: Service,
    caller: Caller,
    /// Addresses of colleagues, by id.
    people: HashMap<String, String>,
}

impl AuditExport {
    /// Some rows, the heading before the first, and which one the next ones are older than.
    async fn portion(&self, query: &AuditQuery) -> Result<(Bytes, Option<AuditId>), Error> {
        let (rows, more) = audit::list(&self.service, &self.caller, query.clone()).await?;
        let last = rows.last().map(|row| row.id).filter(|_| more);
        let written = self.write(&rows, query.before.is_none());
        Ok((written.map_err(|error| Error::Internal(error.into()))?.into(), last))
    }

    fn write(&self, rows: &[AuditEntry], heading: bool) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        if heading {
            writer.write_record(["at", "actor", "email", "action", "subject"])?;
        }
        for row in rows {
            writer.write_record([
                row.at.to_string(),
                inert(&row.actor),
                inert(self.people.get(&row.actor).map_or("", String::as_str)),
                row.action.as_str().to_owned(),
                inert(&row.subject),
            ])?;
        }
        Ok(writer.into_inner().map_err(csv::IntoInnerError::into_error)?)
    }
}
