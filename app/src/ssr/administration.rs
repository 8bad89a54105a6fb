//! Connections, team and API keys.

use domain::id::ApiKeyId;
use service::auth::ApiKeyScope;
use service::{Caller, Service};

use super::kept::Kept;
use super::{caller, redirect_plain_form, service, signed_in};
use crate::error::AppError;
use crate::settings::{ApiKey, Connection, Connections, Keys, Member, Team};

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

pub(crate) async fn team() -> Result<Team, AppError> {
    let (service, caller) = (service()?, caller()?);
    let members = service::auth::team(&service, &caller).await?;
    let members = members.into_iter().map(|member| Member { email: member.email, role: member.role });
    Ok(Team { members: members.collect(), business: caller.business.to_string() })
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
