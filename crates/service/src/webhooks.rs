//! The front door for WhatsApp: verification and delivery.

use domain::inbound::Update;
use subtle::ConstantTimeEq;

use crate::metrics::Metrics;
use crate::{Error, Service};

/// What became of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Updates it held, duplicates included.
    pub updates: usize,
}

/// Answers Meta's verification with the challenge.
///
/// # Errors
/// [`Error::NotFound`] for an unknown connection; [`Error::Forbidden`] when the token is not the connection's.
pub async fn verify(
    service: &Service,
    connection: &str,
    mode: &str,
    token: &str,
    challenge: &str,
) -> Result<String, Error> {
    let connection = service.connection(connection).await?;
    let matches: bool = connection.verify_token.as_bytes().ct_eq(token.as_bytes()).into();
    if mode == "subscribe" && matches { Ok(challenge.to_owned()) } else { Err(Error::Forbidden(None)) }
}

/// Takes a webhook in. Returns only after everything in it is on disk.
///
/// # Errors
/// [`Error::NotFound`] for an unknown connection; [`Error::Forbidden`] for a wrong signature; [`Error::Invalid`] when the
/// body is not a webhook of WhatsApp's; [`Error::Unavailable`] when it could not be stored, so that WhatsApp comes again.
pub async fn receive(
    service: &Service,
    connection: &str,
    raw: &[u8],
    signature: Option<&str>,
) -> Result<Receipt, Error> {
    let result = take_in(service, connection, raw, signature).await;
    match &result {
        Ok(receipt) => {
            Metrics::add(&service.metrics.webhooks, 1);
            Metrics::add(&service.metrics.updates, receipt.updates);
        }
        Err(_) => Metrics::add(&service.metrics.webhooks_refused, 1),
    }
    result
}

async fn take_in(
    service: &Service,
    connection: &str,
    raw: &[u8],
    signature: Option<&str>,
) -> Result<Receipt, Error> {
    let connection = service.connection(connection).await?;
    if !whatsapp::signature::verify(connection.app_secret.as_bytes(), raw, signature) {
        return Err(Error::Forbidden(None));
    }
    let updates: Vec<Update> = whatsapp::webhook::parse_at(raw, service.now())
        .map_err(|_| Error::invalid("body", "not_a_webhook"))?
        .updates;
    let receipt = Receipt { updates: updates.len() };
    if !updates.is_empty() {
        crate::ingest::submit(service, connection, updates).await?;
    }
    Ok(receipt)
}
