//! Logging in and out, and the first setup.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::HeaderValue;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use service::Error;
use service::auth::NewSession;

use super::returned::give_back;
use super::{redirect_plain_form, service};
use crate::auth::{is_own_path, login_path, percent_encoded};
use crate::error::{AppError, FieldCode, FieldError, FieldName};

/// Opens a session and answers with the path to go to.
pub async fn log_in(email: String, password: String, next: String) -> Result<String, AppError> {
    let service = service()?;
    let next = if is_own_path(&next) { next } else { "/".to_owned() };
    let session = service::auth::log_in(&service, &email, &password, address()).await.map_err(|error| {
        let error = match error {
            Error::SignedOut => {
                AppError::Invalid(vec![FieldError::new(FieldName::Password, FieldCode::WrongCredentials)])
            }
            other => other.into(),
        };
        give_back(error, &login_path(&next), &[(FieldName::Email, &email)])
    })?;
    // A session that was open before, perhaps planted by somebody else, ends with the log-in.
    if let Some(old) = token() {
        service::auth::log_out(&service, &old).await?;
    }
    set_cookie(Some(&session))?;
    redirect_plain_form(&next);
    Ok(next)
}

/// Closes the session.
pub async fn log_out() -> Result<(), AppError> {
    if let Some(token) = token() {
        service::auth::log_out(&service()?, &token).await?;
    }
    set_cookie(None)?;
    leptos_axum::redirect("/login", false);
    Ok(())
}

/// Whether the setup link is open.
pub async fn setup_open(token: String) -> Result<bool, AppError> {
    Ok(service::auth::setup_open(&service()?, &token).await?)
}

/// Makes the business and its owner, and answers with the path to go to.
pub async fn complete_setup(
    token: String,
    business_name: String,
    email: String,
    password: String,
    region: String,
) -> Result<String, AppError> {
    let chosen = Some(region.as_str()).filter(|region| !region.is_empty());
    let session =
        service::auth::complete_setup(&service()?, &token, &business_name, &email, &password, chosen).await;
    let session = session.map_err(|error| {
        let error = match error {
            Error::NotFound => AppError::Invalid(vec![FieldError::new(FieldName::Token, FieldCode::Expired)]),
            other => other.into(),
        };
        let typed = [
            (FieldName::BusinessName, business_name.as_str()),
            (FieldName::Region, &region),
            (FieldName::Email, &email),
        ];
        give_back(error, &format!("/setup?token={}", percent_encoded(&token)), &typed)
    })?;
    set_cookie(Some(&session))?;
    let first = "/settings/application/opt-in-out".to_owned();
    redirect_plain_form(&first);
    Ok(first)
}

/// Whose invitation a link is, and of which business.
pub async fn asked_to_join(token: &str) -> Result<Option<(String, String)>, AppError> {
    Ok(service::team::asked(&service()?, token).await?)
}

/// Joins by the link of an invitation, and answers with the path to go to.
pub async fn join(token: &str, password: &str) -> Result<String, AppError> {
    let session = service::team::join(&service()?, token, password).await.map_err(|error| {
        let error = match error {
            Error::NotFound => AppError::Invalid(vec![FieldError::new(FieldName::Token, FieldCode::Expired)]),
            other => other.into(),
        };
        give_back(error, &format!("/join?token={}", percent_encoded(token)), &[])
    })?;
    set_cookie(Some(&session))?;
    let first = "/inbox".to_owned();
    redirect_plain_form(&first);
    Ok(first)
}

/// Over TLS the cookie is `__Host-session`, which no other host can plant; on loopback without TLS browsers would refuse
/// that name.
fn cookie_name() -> Result<&'static str, AppError> {
    Ok(if service()?.public_url().starts_with("https://") { "__Host-session" } else { "session" })
}

pub(super) fn token() -> Option<String> {
    let (parts, name) = (use_context::<Parts>()?, cookie_name().ok()?);
    let cookies = parts.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

fn set_cookie(session: Option<&NewSession>) -> Result<(), AppError> {
    let name = cookie_name()?;
    let secure = if name.starts_with("__Host-") { "; Secure" } else { "" };
    let (value, age) = match session {
        Some(session) => {
            let left = session.expires_at - service()?.now();
            (session.token.as_str(), left.micros() / 1_000_000)
        }
        None => ("", 0),
    };
    let cookie = format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
    let response = use_context::<ResponseOptions>().ok_or(AppError::Internal)?;
    response.append_header(SET_COOKIE, HeaderValue::from_str(&cookie).map_err(|_| AppError::Internal)?);
    Ok(())
}

/// Where the request came from, for slowing guessing down.
fn address() -> Option<IpAddr> {
    let parts = use_context::<Parts>()?;
    parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip())
}
