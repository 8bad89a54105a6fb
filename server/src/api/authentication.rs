//! API keys.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use service::auth::{self, ApiKeyScope};

use super::problem::Problem;
use crate::state::AppState;

/// Lets a request pass that carries a key whose scope allows its method, and notes the caller in its extensions.
pub async fn require_key(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let Some(key) = bearer(request.headers()) else { return Problem::unauthorized().into_response() };
    let (caller, scope) = match auth::api_key(&app.service, key).await {
        Ok(Some(found)) => found,
        Ok(None) => return Problem::unauthorized().into_response(),
        Err(error) => return Problem::from(error).into_response(),
    };
    if scope == ApiKeyScope::Read && !request.method().is_safe() {
        return Problem::forbidden().into_response();
    }
    request.extensions_mut().insert(caller);
    next.run(request).await
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let key = key.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !key.is_empty() && key.len() <= 200).then_some(key)
}
