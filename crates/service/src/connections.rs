//! WhatsApp connections.

use domain::id::{BusinessId, ConnectionId};
use domain::role::Right;
use serde::{Deserialize, Serialize};
use store::connection::Connection;

use crate::error::is_taken;
use crate::{Caller, Error, Service, task};

/// What a number's owner must give to connect it.
#[derive(Clone, Debug)]
pub struct NewConnection {
    /// Whose number.
    pub business: BusinessId,
    /// A short name for the webhook's path; the id otherwise.
    pub handle: Option<String>,
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// Meta's id of the WhatsApp business account.
    pub waba_id: String,
    /// The number as people write it.
    pub display_number: String,
    /// A system user's token.
    pub access_token: Secret,
    /// The app secret that signs webhooks.
    pub app_secret: Secret,
    /// The verify token for Meta's dashboard.
    pub verify_token: Secret,
    /// Where the Graph API is; Meta's own by default.
    pub graph_url: Option<String>,
    /// Most messages a second; 80, Meta's default, otherwise.
    pub messages_per_second: Option<u32>,
}

/// A text that is never printed.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A connection as it is shown: without its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionInfo {
    /// Its id.
    pub id: ConnectionId,
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// Meta's id of the WhatsApp business account.
    pub waba_id: String,
    /// The number as people write it.
    pub display_number: String,
    /// Where its messages are posted.
    pub graph_url: String,
    /// Most messages a second.
    pub messages_per_second: i64,
    /// The path of its webhook.
    pub webhook_path: String,
    /// Why nothing is sent at the moment.
    pub paused: Option<String>,
}

/// Meta's Graph API.
pub const GRAPH_URL: &str = "https://graph.facebook.com";
/// Meta's default throughput of a number.
pub const MESSAGES_PER_SECOND: u32 = 80;

/// What a sealed secret is bound to.
pub(crate) fn place(id: ConnectionId, column: &str) -> String {
    format!("connection:{id}:{column}")
}

/// Connects a number.
///
/// # Errors
/// [`Error::Invalid`] naming the field; [`Error::NotFound`] when the business does not exist.
pub async fn add(service: &Service, new: NewConnection) -> Result<ConnectionId, Error> {
    let ids = [("phone_number_id", &new.phone_number_id), ("waba_id", &new.waba_id)];
    for (field, value) in ids {
        if value.is_empty() || value.len() > 64 || !value.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(Error::invalid(field, "not_an_id"));
        }
    }
    let secrets = [
        ("access_token", &new.access_token),
        ("app_secret", &new.app_secret),
        ("verify_token", &new.verify_token),
    ];
    for (field, secret) in secrets {
        if secret.0.trim().is_empty() {
            return Err(Error::invalid(field, "empty"));
        }
    }
    let graph_url = new.graph_url.unwrap_or_else(|| GRAPH_URL.to_owned());
    let graph_url = graph_url.trim_end_matches('/').to_owned();
    if !graph_url.starts_with("https://") && !is_loopback(&graph_url) {
        // A token must not travel in the clear; only an emulator on this machine may be spoken to without TLS.
        return Err(Error::invalid("graph_url", "not_https"));
    }
    let messages_per_second = new.messages_per_second.unwrap_or(MESSAGES_PER_SECOND);
    if messages_per_second == 0 || messages_per_second > 10_000 {
        return Err(Error::invalid("messages_per_second", "out_of_range"));
    }
    let id = ConnectionId::from_uuid(service.clock.uuid());
    let seal = |column: &str, secret: &Secret| service.key.seal(&place(id, column), secret.0.trim());
    let connection = Connection {
        id,
        business: new.business,
        handle: new.handle,
        phone_number_id: new.phone_number_id,
        waba_id: new.waba_id,
        display_number: new.display_number,
        access_token: seal("access_token", &new.access_token)?,
        app_secret: seal("app_secret", &new.app_secret)?,
        verify_token: seal("verify_token", &new.verify_token)?,
        graph_url,
        messages_per_second: i64::from(messages_per_second),
        paused_reason: None,
        paused_until: None,
    };
    let service = service.clone();
    task(async move {
        let mut tx = service.db.write().await?;
        if store::access::find_business(&mut tx, connection.business).await?.is_none() {
            return Err(Error::invalid("business", "not_found"));
        }
        match store::connection::insert_connection(&mut tx, &connection, service.now()).await {
            Err(error) if is_taken(&error) => return Err(Error::invalid("handle", "taken")),
            other => other?,
        }
        tx.commit().await?;
        service.wake.all();
        Ok(id)
    })
    .await
}

/// Whether a URL is plain HTTP to this very machine.
fn is_loopback(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return false;
    }
    let host = match authority.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The numbers of the caller's business.
///
/// # Errors
/// When the caller may not read or the database cannot be reached.
pub async fn list(service: &Service, caller: &Caller) -> Result<Vec<ConnectionInfo>, Error> {
    caller.may(Right::Read)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let mut tx = service.db.read().await?;
        let now = service.now();
        let connections = store::connection::list_connections(&mut tx, business).await?;
        Ok(connections
            .into_iter()
            .map(|connection| ConnectionInfo {
                webhook_path: webhook_path(&connection),
                id: connection.id,
                phone_number_id: connection.phone_number_id,
                waba_id: connection.waba_id,
                display_number: connection.display_number,
                graph_url: connection.graph_url,
                messages_per_second: connection.messages_per_second,
                paused: connection
                    .paused_reason
                    .filter(|_| connection.paused_until.is_some_and(|until| until > now)),
            })
            .collect())
    })
    .await
}

fn webhook_path(connection: &Connection) -> String {
    match &connection.handle {
        Some(handle) => format!("/webhooks/whatsapp/{handle}"),
        None => format!("/webhooks/whatsapp/{}", connection.id),
    }
}

/// Points a connection at another Graph API: the demo's emulator has a new port at each start.
///
/// # Errors
/// [`Error::NotFound`] when there is no such connection.
pub async fn set_graph_url(service: &Service, handle: &str, graph_url: &str) -> Result<(), Error> {
    let (service, handle, graph_url) = (service.clone(), handle.to_owned(), graph_url.to_owned());
    task(async move {
        let mut tx = service.db.write().await?;
        let found =
            store::connection::find_connection_by_handle(&mut tx, &handle).await?.ok_or(Error::NotFound)?;
        store::connection::set_graph_url(&mut tx, found.id, &graph_url).await?;
        Ok(tx.commit().await?)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn only_this_machine_is_spoken_to_without_tls() {
        assert!(is_loopback("http://127.0.0.1:3000/emulator"));
        assert!(is_loopback("http://[::1]:3000"));
        assert!(is_loopback("http://localhost"));
        for foreign in [
            "http://127.0.0.1@evil.example",
            "http://127.0.0.1.evil.example",
            "http://10.0.0.1",
            "ftp://127.0.0.1",
        ] {
            assert!(!is_loopback(foreign), "{foreign}");
        }
    }
}
