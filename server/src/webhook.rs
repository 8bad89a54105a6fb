//! `/webhooks/whatsapp/{connection}`: Meta's verification and delivery.
//!
//! The answer 200 means that everything in the delivery is on disk. Whatever else is answered makes Meta deliver again.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Path, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use service::webhooks;

use crate::state::AppState;

/// Meta's own limit on a delivery is 3 MB.
const BODY_LIMIT: usize = 4 * 1024 * 1024;
/// How long a body may take to arrive.
const BODY_WITHIN: Duration = Duration::from_secs(15);
const SIGNATURE: &str = "x-hub-signature-256";

/// The routes.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/webhooks/whatsapp/{connection}", get(verify).post(deliver))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

#[derive(Deserialize)]
struct Verification {
    #[serde(rename = "hub.mode")]
    mode: String,
    #[serde(rename = "hub.verify_token")]
    token: String,
    #[serde(rename = "hub.challenge")]
    challenge: String,
}

/// Whether a path names a connection at all: ids and handles are short and plain.
fn is_name(connection: &str) -> bool {
    (1..=64).contains(&connection.len())
        && connection.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

async fn verify(
    State(app): State<AppState>,
    Path(connection): Path<String>,
    query: Result<Query<Verification>, axum::extract::rejection::QueryRejection>,
) -> Response {
    if !is_name(&connection) {
        return refusal(service::Error::NotFound);
    }
    let Ok(Query(asked)) = query else {
        return (StatusCode::BAD_REQUEST, "hub.mode, hub.verify_token and hub.challenge are required\n")
            .into_response();
    };
    match webhooks::verify(&app.service, &connection, &asked.mode, &asked.token, &asked.challenge).await {
        Ok(challenge) => challenge.into_response(),
        Err(service::Error::Forbidden(_)) => (StatusCode::FORBIDDEN, "wrong verify token\n").into_response(),
        Err(error) => refusal(error),
    }
}

async fn deliver(State(app): State<AppState>, Path(connection): Path<String>, request: Request) -> Response {
    if !is_name(&connection) {
        return refusal(service::Error::NotFound);
    }
    // As bytes, whatever a header of one that is no text says: it then is a signature that does not match.
    let signature =
        request.headers().get(SIGNATURE).map(|value| value.to_str().unwrap_or_default().to_owned());
    let body = match tokio::time::timeout(BODY_WITHIN, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => body,
        Ok(Err(rejection)) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return (StatusCode::PAYLOAD_TOO_LARGE, "larger than 4 MiB\n").into_response();
        }
        Ok(Err(_)) => return (StatusCode::BAD_REQUEST, "the body ended early\n").into_response(),
        Err(_) => return (StatusCode::REQUEST_TIMEOUT, "the body took too long\n").into_response(),
    };
    match webhooks::receive(&app.service, &connection, &body, signature.as_deref()).await {
        Ok(_) => (StatusCode::OK, "ok\n").into_response(),
        Err(error) => refusal(error),
    }
}

fn refusal(error: service::Error) -> Response {
    match error {
        service::Error::NotFound => (StatusCode::NOT_FOUND, "no such connection\n").into_response(),
        service::Error::Forbidden(_) | service::Error::SignedOut => {
            (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, SIGNATURE)], "wrong signature\n")
                .into_response()
        }
        service::Error::Invalid(_) => {
            (StatusCode::BAD_REQUEST, "not a webhook of WhatsApp\n").into_response()
        }
        service::Error::Unavailable => unavailable(),
        other => {
            tracing::error!(error = ?other, "a webhook was not stored");
            unavailable()
        }
    }
}

/// Not on disk, for whatever reason: Meta is to come again.
fn unavailable() -> Response {
    let soon = (header::RETRY_AFTER, HeaderValue::from_static("1"));
    (StatusCode::SERVICE_UNAVAILABLE, [soon], "not stored, deliver again\n").into_response()
}
