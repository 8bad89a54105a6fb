//! The REST API `/api/v1`, its description and its documentation.

mod authentication;
mod campaigns;
mod consent;
mod contacts;
mod docs;
mod fields;
mod idempotency;
mod messages;
mod params;
pub mod problem;
mod views;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::middleware;
use axum::routing::{MethodRouter, get, patch, post, put};

use crate::state::AppState;
use problem::Problem;

/// Largest body, in bytes.
const BODY_LIMIT: usize = 1024 * 1024;

/// One method of one path.
struct Endpoint {
    method: Method,
    path: &'static str,
    handler: MethodRouter<AppState>,
}

/// Everything below `/api/v1` that needs a key. The router is made of this list, and a test compares it with the OpenAPI
/// document.
fn endpoints() -> Vec<Endpoint> {
    let endpoint = |method, path, handler| Endpoint { method, path, handler };
    vec![
        endpoint(Method::GET, "/contacts", get(contacts::list)),
        endpoint(Method::POST, "/contacts", post(contacts::upsert)),
        endpoint(Method::GET, "/contacts/{id}", get(contacts::find)),
        endpoint(Method::PATCH, "/contacts/{id}", patch(contacts::change)),
        endpoint(Method::GET, "/contacts/{id}/consent", get(consent::find)),
        endpoint(Method::PUT, "/contacts/{id}/consent", put(consent::record)),
        endpoint(Method::GET, "/contacts/{id}/preference-link", get(consent::preference_link)),
        endpoint(Method::GET, "/messages", get(messages::list)),
        endpoint(Method::POST, "/messages", post(messages::send)),
        endpoint(Method::GET, "/messages/{id}", get(messages::find)),
        endpoint(Method::GET, "/templates", get(messages::list_templates)),
        endpoint(Method::GET, "/campaigns", get(campaigns::list)),
        endpoint(
            Method::POST,
            "/campaigns",
            post(campaigns::create).layer(DefaultBodyLimit::max(campaigns::BODY_LIMIT)),
        ),
        endpoint(Method::GET, "/campaigns/{id}", get(campaigns::find)),
        endpoint(Method::POST, "/campaigns/{id}/preview", post(campaigns::preview)),
        endpoint(Method::POST, "/campaigns/{id}/launch", post(campaigns::launch)),
        endpoint(Method::POST, "/campaigns/{id}/pause", post(campaigns::pause)),
        endpoint(Method::POST, "/campaigns/{id}/resume", post(campaigns::resume)),
        endpoint(Method::POST, "/campaigns/{id}/cancel", post(campaigns::cancel)),
        endpoint(Method::GET, "/campaigns/{id}/recipients", get(campaigns::recipients)),
    ]
}

/// Method and path of everything that needs a key, such as `GET /api/v1/contacts/{id}`.
#[must_use]
pub fn keyed_paths() -> Vec<(Method, String)> {
    endpoints().into_iter().map(|endpoint| (endpoint.method, format!("/api/v1{}", endpoint.path))).collect()
}

/// Method and path of everything of the API that needs no key.
#[must_use]
pub fn open_paths() -> Vec<(Method, String)> {
    vec![(Method::GET, "/api/v1/openapi.json".to_owned())]
}

/// The routes.
pub fn routes(state: &AppState) -> Router {
    let keyed = endpoints()
        .into_iter()
        .fold(Router::new(), |router, endpoint| router.route(endpoint.path, endpoint.handler))
        .layer(middleware::from_fn_with_state(state.clone(), idempotency::answer_once))
        .layer(middleware::from_fn_with_state(state.clone(), authentication::require_key))
        .layer(DefaultBodyLimit::max(BODY_LIMIT));
    let version_1 = keyed
        .merge(docs::description())
        .fallback(|| async { Problem::not_found("there is no such path in the API") })
        .method_not_allowed_fallback(|| async { Problem::method_not_allowed() });
    Router::new().nest("/api/v1", version_1).merge(docs::routes()).with_state(state.clone())
}
