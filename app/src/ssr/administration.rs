//! Connections, team and API keys.

use domain::id::{ApiKeyId, DeliveryId, SubscriptionId};
use domain::subscription::EventType;
use service::auth::ApiKeyScope;
use service::{Caller, Service};

use super::kept::Kept;
use super::{caller, redirect_plain_form, service, signed_in};
use crate::error::AppError;
use crate::settings::{ApiKey, Connection, Connections, Keys, Subscriptions};

/// New keys, until they are shown.
static CREATED: Kept<String> = Kept::new();

pub(crate) async fn connections() -> Result<Connections, AppError> {
    let (service, caller) = (service()?, caller()?);
    Ok(Connections {
        connections: list_connections(&service, &caller).await?,
        business: caller.business.to_string(),
    })
}

pub(super) async fn list_connections(
    service: &Service,
    caller: &Caller,
) -> Result<Vec<Connection>, AppError> {
    let public_url = service.public_url();
    let found = service::connections::list(service, caller).await?;
    Ok(found
        .into_iter()
        .map(|connection| Connection {
            id: connection.id,
            webhook_url: format!("{}{}", public_url.trim_end_matches('/'), connection.webhook_path),
            phone_number_id: connection.phone_number_id,
            waba_id: connection.waba_id,
            display_number: connection.display_number,
            graph_url: connection.graph_url,
            messages_per_second: connection.messages_per_second,
            paused: connection.paused,
        })
        .collect())
}

pub(crate) async fn keys(ticket: &str) -> Result<Keys, AppError> {
    let (service, caller) = (service()?, caller()?);
    let keys = service::auth::api_keys(&service, &caller).await?;
    let keys = keys.into_iter().map(|key| ApiKey {
        id: key.id,
        name: key.name,
        may_write: key.scope == ApiKeyScope::Write,
        created_at: key.created_at,
        last_used_at: key.last_used_at,
    });
    let created = if ticket.is_empty() { None } else { CREATED.take(signed_in()?.user, ticket) };
    Ok(Keys { keys: keys.collect(), created, now: service.now() })
}

pub(crate) async fn create_key(name: &str, scope: &str) -> Result<String, AppError> {
    let (service, caller) = (service()?, caller()?);
    let scope = if scope == "write" { ApiKeyScope::Write } else { ApiKeyScope::Read };
    let (_, key) = service::auth::add_api_key(&service, &caller, name, scope).await?;
    if super::is_plain_form() {
        let ticket = CREATED.keep(signed_in()?.user, key.clone());
        redirect_plain_form(&format!("/settings/api?created={ticket}"));
    }
    Ok(key)
}

pub(crate) async fn revoke_key(id: ApiKeyId) -> Result<(), AppError> {
    let (service, caller) = (service()?, caller()?);
    service::auth::revoke_api_key(&service, &caller, id).await?;
    redirect_plain_form("/settings/api?revoked=1");
    Ok(())
}

/// Secrets of new subscriptions, until they are shown.
static SECRETS: Kept<String> = Kept::new();

pub(crate) async fn subscriptions(ticket: &str) -> Result<Subscriptions, AppError> {
    let (service, caller) = (service()?, caller()?);
    let mut rows = Vec::new();
    for one in service::subscriptions::list(&service, &caller).await? {
        let log = service::subscriptions::log(&service, &caller, one.id).await?;
        rows.push((one, log));
    }
    let secret = if ticket.is_empty() { None } else { SECRETS.take(signed_in()?.user, ticket) };
    Ok(Subscriptions { rows, secret, now: service.now() })
}

pub(crate) async fn add_subscription(url: &str, events: &[String]) -> Result<(), AppError> {
    let (service, caller) = (service()?, caller()?);
    let events = events.iter().filter_map(|word| word.parse::<EventType>().ok()).collect();
    match service::subscriptions::add(&service, &caller, url, events).await {
        Ok((_, secret)) => {
            let ticket = SECRETS.keep(signed_in()?.user, secret);
            redirect_plain_form(&format!("/settings/api?subscribed={ticket}"));
            Ok(())
        }
        Err(service::Error::Invalid(problems)) => {
            let code = problems.first().map_or("malformed", |problem| problem.code);
            redirect_plain_form(&format!("/settings/api?webhook={code}#url"));
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn remove_subscription(id: SubscriptionId) -> Result<(), AppError> {
    let (service, caller) = (service()?, caller()?);
    service::subscriptions::remove(&service, &caller, id).await?;
    redirect_plain_form("/settings/api");
    Ok(())
}

pub(crate) async fn replay_delivery(id: DeliveryId) -> Result<(), AppError> {
    let (service, caller) = (service()?, caller()?);
    service::subscriptions::replay(&service, &caller, id).await?;
    redirect_plain_form("/settings/api");
    Ok(())
}
