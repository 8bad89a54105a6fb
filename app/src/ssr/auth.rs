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
    if session.needs_code {
        set_cookie(Cookie::PendingLogIn, Some(&session))?;
        let page = code_path(&next);
        redirect_plain_form(&page);
        return Ok(page);
    }
    enter(&session).await?;
    redirect_plain_form(&next);
    Ok(next)
}

/// The page that asks for the code of the second factor.
fn code_path(next: &str) -> String {
    if next == "/" { "/login/code".to_owned() } else { format!("/login/code?next={}", percent_encoded(next)) }
}

/// A session that was open before, perhaps planted by somebody else, ends with the log-in.
async fn enter(session: &NewSession) -> Result<(), AppError> {
    if let Some(old) = token() {
        service::auth::log_out(&service()?, &old).await?;
    }
    set_cookie(Cookie::Session, Some(session))
}

/// Opens the session of a log-in that waits for its code, and answers with the path to go to.
pub async fn complete_log_in(code: String, next: String) -> Result<String, AppError> {
    let service = service()?;
    let next = if is_own_path(&next) { next } else { "/".to_owned() };
    let pending = cookie(Cookie::PendingLogIn).unwrap_or_default();
    match service::second_factor::complete_log_in(&service, &pending, &code).await {
        Ok(session) => {
            enter(&session).await?;
            set_cookie(Cookie::PendingLogIn, None)?;
            redirect_plain_form(&next);
            Ok(next)
        }
        // It waited too long: from the beginning.
        Err(Error::SignedOut) => {
            let page = login_path(&next);
            redirect_plain_form(&page);
            Ok(page)
        }
        Err(error) => Err(give_back(error.into(), &code_path(&next), &[])),
    }
}

/// Closes the session.
pub async fn log_out() -> Result<(), AppError> {
    if let Some(token) = token() {
        service::auth::log_out(&service()?, &token).await?;
    }
    set_cookie(Cookie::Session, None)?;
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
    set_cookie(Cookie::Session, Some(&session))?;
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
    set_cookie(Cookie::Session, Some(&session))?;
    let first = "/inbox".to_owned();
    redirect_plain_form(&first);
    Ok(first)
}

/// What is kept in the browser.
#[derive(Clone, Copy)]
enum Cookie {
    /// Who is signed in.
    Session,
    /// Whose password was right, and whose code is missing.
    PendingLogIn,
}

/// Over TLS a cookie's name begins with `__Host-`, so that no other host can plant it; on loopback without TLS browsers would refuse
/// such a name.
fn cookie_name(cookie: Cookie) -> Result<&'static str, AppError> {
    let is_tls = service()?.public_url().starts_with("https://");
    Ok(match (cookie, is_tls) {
        (Cookie::Session, true) => "__Host-session",
        (Cookie::Session, false) => "session",
        (Cookie::PendingLogIn, true) => "__Host-login",
        (Cookie::PendingLogIn, false) => "login",
    })
}

pub(super) fn token() -> Option<String> {
    cookie(Cookie::Session)
}

fn cookie(wanted: Cookie) -> Option<String> {
    let (parts, name) = (use_context::<Parts>()?, cookie_name(wanted).ok()?);
    let cookies = parts.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

fn set_cookie(cookie: Cookie, session: Option<&NewSession>) -> Result<(), AppError> {
    let name = cookie_name(cookie)?;
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
