//! Templates: what may be sent outside the service window.

use domain::id::ConnectionId;
use domain::role::Right;
use domain::template::Template;
use store::connection::Connection;

use crate::{Caller, Error, Service, task};

/// The templates of the caller's business, as last heard of.
///
/// # Errors
/// When the caller may not read.
pub async fn list(service: &Service, caller: &Caller) -> Result<Vec<Template>, Error> {
    caller.may(Right::Read)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move { Ok(store::template::list_templates(&mut service.db.read().await?, business).await?) })
        .await
}

/// Asks WhatsApp for a connection's templates and keeps what it says.
///
/// # Errors
/// [`Error::NotFound`] for an unknown connection; [`Error::Unavailable`] when WhatsApp does not answer.
pub async fn sync(service: &Service, id: ConnectionId) -> Result<usize, Error> {
    let reading = service.clone();
    let connection = task(async move {
        let mut tx = reading.db.read().await?;
        store::connection::find_connection(&mut tx, id).await?.ok_or(Error::NotFound)
    })
    .await?;
    let sender = sender_of(service, &connection)?;
    let templates = service.client.templates(&sender, &connection.waba_id).await.map_err(|error| {
        tracing::warn!(connection.id = %id, %error, "the templates could not be read from WhatsApp");
        Error::Unavailable
    })?;
    let count = templates.len();
    let service = service.clone();
    task(async move {
        let now = service.now();
        let mut tx = service.db.write().await?;
        for template in &templates {
            store::template::upsert_template(&mut tx, connection.business, template, now).await?;
        }
        tx.commit().await?;
        Ok(count)
    })
    .await
}

/// How the client speaks for a connection.
pub(crate) fn sender_of(
    service: &Service,
    connection: &Connection,
) -> Result<whatsapp::client::Sender, Error> {
    let place = crate::connections::place(connection.id, "access_token");
    Ok(whatsapp::client::Sender {
        graph_url: connection.graph_url.clone(),
        version: GRAPH_VERSION.to_owned(),
        phone_number_id: connection.phone_number_id.clone(),
        access_token: whatsapp::client::Secret::new(
            service.key.open(&place, &connection.access_token)?.to_string(),
        ),
    })
}

/// The Graph API version spoken: supported until 29 July 2028.
const GRAPH_VERSION: &str = "v25.0";
