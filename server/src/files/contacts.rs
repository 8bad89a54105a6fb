//! The list of contacts as a file.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use domain::contact::{Contact, ContactQuery};
use domain::id::ContactId;
use domain::time::Timestamp;
use futures::stream;
use service::jobs::inert;
use service::{Caller, Error, Service};

use super::{PORTION, asking, attachment, refused};
use crate::state::AppState;

/// Everybody the list shows, with consent, whatever their number.
pub(super) async fn contacts(State(app): State<AppState>, headers: HeaderMap, uri: Uri) -> Response {
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

const CONTACT_HEADING: [&str; 15] = [
    "contact_id",
    "phone",
    "user_id",
    "name",
    "country",
    "tags",
    "language",
    "attributes",
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

/// The business's own fields in one cell, one a line.
fn attributes(contact: &Contact) -> String {
    let fields = contact.details.attributes.iter();
    fields.map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n")
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
            contact.details.language.clone().unwrap_or_default(),
            inert(&attributes(contact)),
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
