//! What is around every route: request log, security headers, protection against other sites, deadlines, panics.

mod headers;
mod log;

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::{RequestBodyDeadlineLayer, ResponseBodyDeadlineLayer};

use crate::api;
use crate::state::AppState;

pub use headers::PageNonce;

/// How long a request may take until its answer begins.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// How long a request's body may take to arrive.
const BODY_WITHIN: Duration = Duration::from_secs(30);
/// How long an answer's body may take to leave. Pages stream; a page that never ends must not stay for ever.
const RESPONSE_BODY_WITHIN: Duration = Duration::from_secs(60);

/// Adds the time limits that everything but streams of events has.
pub fn with_deadlines(router: Router) -> Router {
    router
        .layer(ResponseBodyDeadlineLayer::new(RESPONSE_BODY_WITHIN))
        .layer(middleware::from_fn(answer_in_time))
        .layer(RequestBodyDeadlineLayer::new(BODY_WITHIN))
}

/// Adds what every route has.
pub fn around_everything(router: Router, state: &AppState) -> Router {
    let csrf = match CsrfLayer::new().add_trusted_origin(state.public_url.as_str()) {
        Ok(layer) => layer,
        Err(error) => {
            tracing::warn!(%error, "the public URL is no origin; only requests to the own host are trusted");
            CsrfLayer::new()
        }
    };
    router
        .layer(csrf)
        .layer(CatchPanicLayer::custom(answer_panic))
        .layer(middleware::from_fn(api::problem::describe_failures))
        .layer(middleware::from_fn_with_state(state.public_url.is_https(), headers::secure))
        .layer(middleware::from_fn(log::log))
}

async fn answer_in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(ANSWER_WITHIN, next.run(request)).await {
        Ok(response) => response,
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            [(header::RETRY_AFTER, HeaderValue::from_static("5"))],
            "This took too long. Please try again.",
        )
            .into_response(),
    }
}

fn answer_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(message, "a request panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side.").into_response()
}
