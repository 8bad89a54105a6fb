//! For monitors: `/healthz` (the process), `/readyz` (the database), `/metrics` (Prometheus).

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest as _, Sha256};

use crate::state::AppState;

/// A database that takes longer than this is as good as away.
const READY_WITHIN: Duration = Duration::from_secs(3);

/// The routes.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
}

async fn ready(State(app): State<AppState>) -> Response {
    if app.stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    match tokio::time::timeout(READY_WITHIN, app.service.ready()).await {
        Ok(Ok(())) => "ready\n".into_response(),
        Ok(Err(error)) => {
            tracing::warn!(?error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response(),
    }
}

async fn metrics(State(app): State<AppState>, request: Request) -> Response {
    let allowed = match &app.metrics_token {
        Some(token) => bears(request.headers(), token.expose()),
        None => from_this_machine(&request),
    };
    if !allowed {
        let challenge = (header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"metrics\""));
        return (StatusCode::UNAUTHORIZED, [challenge], "ask from this machine, or with the metrics token\n")
            .into_response();
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.service.metrics().await)
        .into_response()
}

/// Compares digests: their comparison tells nothing about the token.
fn bears(headers: &HeaderMap, token: &str) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    given
        .and_then(|value| value.strip_prefix("Bearer "))
        .is_some_and(|given| Sha256::digest(given) == Sha256::digest(token))
}

/// A request that a proxy on this machine passed on does not count: its sender is elsewhere.
fn from_this_machine(request: &Request) -> bool {
    let passed_on = ["forwarded", "x-forwarded-for", "x-real-ip"]
        .iter()
        .any(|name| request.headers().contains_key(*name));
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    !passed_on && peer.is_some_and(|ConnectInfo(address)| address.ip().is_loopback())
}
