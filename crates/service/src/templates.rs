//! Templates: what may be sent outside the service window.

use domain::id::ConnectionId;
use domain::role::Right;
use domain::template::{NewTemplate, NewTemplateField, NewTemplateProblem, Template};
use store::connection::Connection;
use whatsapp::client::GraphError;

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

/// Why a template was not handed in.
#[derive(Debug)]
pub enum NotCreated {
    /// Something in it would be refused.
    Problems(Vec<(NewTemplateField, NewTemplateProblem)>),
    /// WhatsApp has one of this name in this language, or would not take it, with Meta's code.
    Refused(i64),
    /// Anything else.
    Other(Error),
}

impl<E: Into<Error>> From<E> for NotCreated {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

/// Hands a template in for WhatsApp's review, and keeps what WhatsApp says of it.
///
/// # Errors
/// [`NotCreated`], naming every field at fault; nothing is handed in then.
pub async fn create(service: &Service, caller: &Caller, new: NewTemplate) -> Result<(), NotCreated> {
    caller.may(Right::RunCampaigns)?;
    let (reading, business) = (service.clone(), caller.business);
    let (connection, settings) = task(async move {
        let mut tx = reading.db.read().await?;
        let connection = crate::messages::pick_connection(&mut tx, business, None).await?;
        Ok((connection, reading.rules(&mut tx, business).await?.settings.draft.clone()))
    })
    .await?;
    let problems = new.problems(&settings);
    if !problems.is_empty() {
        return Err(NotCreated::Problems(problems));
    }
    let sender = sender_of(service, &connection)?;
    match service.client.create_template(&sender, &connection.waba_id, &new).await {
        Ok(()) => {}
        Err(GraphError::Refused { code, .. }) => return Err(NotCreated::Refused(code)),
        Err(error) => {
            tracing::warn!(connection.id = %connection.id, %error, "a template could not be handed in");
            return Err(NotCreated::Other(Error::Unavailable));
        }
    }
    // It is there, whatever becomes of this: the webhook about its review finds it.
    if let Err(error) = sync(service, connection.id).await {
        tracing::warn!(?error, "the new template is read from WhatsApp later");
    }
    Ok(())
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
