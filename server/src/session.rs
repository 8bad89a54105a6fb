//! The session cookie, and who is behind it.
//!
//! Over TLS the cookie is `__Host-session`: browsers take a cookie of this name only with `Secure`, from the very host and
//! for every path, so no other host can plant one. Without TLS, on loopback, that name cannot be set; there it is `session`.

use axum::http::{HeaderMap, header};
use service::Service;
use service::auth::{self, SignedIn};

use crate::config::PublicUrl;

/// The name of the cookie.
#[must_use]
pub fn cookie_name(url: &PublicUrl) -> &'static str {
    if url.is_https() { "__Host-session" } else { "session" }
}

/// The value of a cookie.
#[must_use]
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// Who sent the request, if their session is open.
///
/// # Errors
/// When the database cannot be reached.
pub async fn signed_in(
    service: &Service,
    url: &PublicUrl,
    headers: &HeaderMap,
) -> Result<Option<SignedIn>, service::Error> {
    match cookie(headers, cookie_name(url)) {
        Some(token) => auth::signed_in(service, token).await,
        None => Ok(None),
    }
}

/// The same for a page that merely stays open, which does not count as using the session.
///
/// # Errors
/// When the database cannot be reached.
pub async fn still_signed_in(
    service: &Service,
    url: &PublicUrl,
    headers: &HeaderMap,
) -> Result<Option<SignedIn>, service::Error> {
    match cookie(headers, cookie_name(url)) {
        Some(token) => auth::still_signed_in(service, token).await,
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "theme=dark; session=abc".parse().unwrap());
        headers.append(header::COOKIE, "other=1".parse().unwrap());
        assert_eq!(cookie(&headers, "session"), Some("abc"));
        assert_eq!(cookie(&headers, "other"), Some("1"));
        assert_eq!(cookie(&headers, "sess"), None);
    }

    #[test]
    fn over_tls_the_cookie_is_bound_to_the_host() {
        assert_eq!(cookie_name(&"https://shop.example".parse().unwrap()), "__Host-session");
        assert_eq!(cookie_name(&"http://127.0.0.1:3000".parse().unwrap()), "session");
    }
}
