//! One span and one line a request. Neither holds a query string, a body or an address: they may be personal.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Names the request, runs it in a span with that name, and logs how it ended.
pub(super) async fn log(request: Request, next: Next) -> Response {
    let mut random = [0; 8];
    // Without random bytes the requests share a name; that is no reason to refuse them.
    let _ = getrandom::fill(&mut random);
    let id = hex::encode(random);
    // The pattern and not the path: a path can hold an id, and what matches no route can hold anything.
    let route = request.extensions().get::<MatchedPath>().map_or("(none)", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", id = %id, method = %request.method(), route = %route);
    let started = Instant::now();
    async move {
        let mut response = next.run(request).await;
        let status = response.status().as_u16();
        let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        if response.status().is_server_error() {
            tracing::warn!(status, micros, "answered");
        } else {
            tracing::debug!(status, micros, "answered");
        }
        if let Ok(value) = HeaderValue::try_from(id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        response
    }
    .instrument(span)
    .await
}
