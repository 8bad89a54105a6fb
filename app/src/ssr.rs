//! What server functions and pages call on the server: the only module that is not compiled for the browser.

pub(crate) mod administration;
pub(crate) mod audit;
mod auth;
pub(crate) mod campaigns;
pub(crate) mod contacts;
pub(crate) mod decisions;
mod error;
pub(crate) mod inbox;
pub(crate) mod jobs;
mod kept;
pub(crate) mod ledger;
pub(crate) mod links;
pub(crate) mod overview;
pub(crate) mod replies;
pub(crate) mod returned;
pub(crate) mod second_factor;
pub(crate) mod settings;
pub(crate) mod simulator;
pub(crate) mod team;

use axum::http::HeaderValue;
use axum::http::header::{ACCEPT, SET_COOKIE};
use axum::http::request::Parts;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use service::auth::SignedIn;
use service::{Caller, Service};

use crate::error::AppError;
use crate::single_keys;
use crate::visit::Theme;

pub use auth::{asked_to_join, complete_log_in, complete_setup, join, log_in, log_out, setup_open};
pub use jobs::query_of as contacts_query;

/// The application, from the context the server provides for every page and server function.
///
/// # Errors
/// When a page is rendered outside the server.
pub fn service() -> Result<Service, AppError> {
    use_context::<Service>().ok_or(AppError::Internal)
}

/// Who sent the request, with their open session.
///
/// # Errors
/// [`AppError::SignedOut`] when nobody is signed in. Every server function but the few of `auth` begins with it.
pub fn signed_in() -> Result<SignedIn, AppError> {
    let parts = use_context::<Parts>().ok_or(AppError::Internal)?;
    parts.extensions.get::<SignedIn>().cloned().ok_or(AppError::SignedOut)
}

/// Who sent the request, as the verbs want to know it.
///
/// # Errors
/// As [`signed_in`].
pub fn caller() -> Result<Caller, AppError> {
    signed_in().map(|person| person.caller)
}

/// How long what somebody likes is remembered, in seconds.
const REMEMBERED: u32 = 365 * 24 * 3_600;

/// Remembers in a cookie what somebody likes. Scripts may read it; it is nobody's secret.
fn remember(name: &str, value: &str) -> Result<(), AppError> {
    let response = use_context::<ResponseOptions>().ok_or(AppError::Internal)?;
    let cookie = format!("{name}={value}; Path=/; Max-Age={REMEMBERED}; SameSite=Lax");
    response.append_header(SET_COOKIE, HeaderValue::from_str(&cookie).map_err(|_| AppError::Internal)?);
    Ok(())
}

/// Remembers the appearance.
pub async fn set_theme(theme: Theme) -> Result<Theme, AppError> {
    remember("theme", theme.as_str())?;
    Ok(theme)
}

/// Remembers whether single keys do something.
pub(crate) async fn set_single_keys(on: bool) -> Result<bool, AppError> {
    signed_in()?;
    remember(single_keys::COOKIE, if on { "on" } else { single_keys::OFF })?;
    Ok(on)
}

/// Redirects a plain form; the browser program loads the page itself, because who is signed in changes with it.
pub fn redirect_plain_form(path: &str) {
    if is_plain_form() {
        leptos_axum::redirect(path, false);
    }
}

/// Whether the browser itself posted the form, rather than the program in the page.
pub(crate) fn is_plain_form() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        parts
            .headers
            .get(ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|accept| accept.contains("text/html"))
    })
}
