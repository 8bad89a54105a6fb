//! `Idempotency-Key`: a repeated POST is answered like the first one and does nothing again.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest as _, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use service::Caller;
use service::idempotency::{self, Begin};
use sha2::{Digest as _, Sha256};
use tracing::Instrument as _;
use uuid::Uuid;

use super::problem::{FieldError, MEDIA_TYPE, Problem};
use crate::state::AppState;

/// The id under which a request makes what it makes: the same when it is repeated with its `Idempotency-Key`.
#[derive(Clone, Copy)]
pub struct Made(pub Uuid);

const KEY: &str = "idempotency-key";
/// Longest key, in characters.
const LONGEST: usize = 200;
/// Largest answer that is kept, in bytes; answers to POST are single objects.
const ANSWER_LIMIT: usize = 256 * 1024;

/// Answers a POST with a key that was used before from memory.
pub async fn answer_once(State(app): State<AppState>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !request.headers().contains_key(KEY) {
        return next.run(request).await;
    }
    match keep(&app, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn keep(app: &AppState, request: Request, next: Next) -> Result<Response, Problem> {
    let key = request.headers().get(KEY).and_then(|key| key.to_str().ok()).unwrap_or_default().to_owned();
    if key.is_empty() || key.len() > LONGEST {
        let detail = format!("must be 1 to {LONGEST} visible ASCII characters");
        return Err(Problem::invalid(vec![FieldError::new("Idempotency-Key", "malformed", detail)]));
    }
    let Some(caller) = request.extensions().get::<Caller>().cloned() else {
        return Err(Problem::unauthorized());
    };

    let (mut head, body) = request.into_parts();
    let limited = Request::from_parts(head.clone(), body);
    let body = Bytes::from_request(limited, &()).await.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Problem::too_large()
        } else {
            Problem::malformed("The body ended early.")
        }
    })?;
    let digest: [u8; 32] =
        Sha256::new().chain_update(head.uri.path()).chain_update([0]).chain_update(&body).finalize().into();

    // From taking the key to the end, even if the client goes away meanwhile: a key left without its answer would turn away every
    // retry until it is taken over.
    let app = app.clone();
    let work = async move {
        match idempotency::begin(&app.service, &caller, &key, digest).await? {
            Begin::Fresh(made) => {
                head.extensions.insert(Made(made));
                let request = Request::from_parts(head, Body::from(body));
                Ok(run_and_keep(app, caller, key, next, request).await)
            }
            Begin::Replay { status, body } => Ok(replay(status, body)),
            Begin::Clash => Err(Problem::conflict(
                "This Idempotency-Key belongs to another request, or to one under way.",
            )),
        }
    };
    tokio::spawn(work.in_current_span()).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a request with an idempotency key ended early");
        Err(Problem::internal("The request ended early. Please try again."))
    })
}

async fn run_and_keep(app: AppState, caller: Caller, key: String, next: Next, request: Request) -> Response {
    let response = next.run(request).await;
    let (head, body) = response.into_parts();
    let body = to_bytes(body, ANSWER_LIMIT).await.unwrap_or_default();
    // A failure of ours is no answer: the same request may be tried again.
    let kept = if head.status.is_server_error() {
        idempotency::forget(&app.service, &caller, &key).await
    } else {
        let text = String::from_utf8_lossy(&body);
        idempotency::finish(&app.service, &caller, &key, head.status.as_u16(), &text).await
    };
    if let Err(error) = kept {
        tracing::error!(?error, "an answer was not kept for its idempotency key");
    }
    Response::from_parts(head, Body::from(body))
}

fn replay(status: u16, body: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let failed = status.is_client_error() || status.is_server_error();
    let kind = if failed { MEDIA_TYPE } else { "application/json" };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
    response
}
