//! The security headers, and the nonce that scripts of a page carry.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The nonce of one request, in its extensions. Pages put it on their scripts, the header allows it.
#[derive(Clone, Debug)]
pub struct PageNonce(pub String);

const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
                           magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; media-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; frame-src 'self'; \
         frame-ancestors 'none'; base-uri 'none'"
    )
}

/// Makes the nonce and sets the headers. A route that sets one of them itself keeps its own.
pub(super) async fn secure(State(https): State<bool>, mut request: Request, next: Next) -> Response {
    let mut random = [0; 16];
    if let Err(error) = getrandom::fill(&mut random) {
        tracing::error!(%error, "no random bytes for a nonce");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let nonce = hex::encode(random);
    request.extensions_mut().insert(PageNonce(nonce.clone()));
    let mut response = next.run(request).await;

    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: HeaderValue| {
        headers.entry(name).or_insert(value);
    };
    if let Ok(policy) = HeaderValue::try_from(policy(&nonce)) {
        set(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
        // Pages and answers show personal data: nothing between us and the person may keep them.
        (header::CACHE_CONTROL, "no-store"),
    ] {
        set(name, HeaderValue::from_static(value));
    }
    if https {
        set(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    response
}
