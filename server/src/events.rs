//! `GET /events`: what happens elsewhere, for open pages. Ids only; pages read again what they show.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::live::LiveEvent;
use futures::{Stream, StreamExt as _};
use tokio_stream::wrappers::BroadcastStream;

use crate::session;
use crate::state::AppState;

/// How soon a page comes back after the stream ended.
const RETRY: Duration = Duration::from_secs(2);
/// A comment this often keeps proxies from closing a quiet stream.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// A stream ends after this and the page comes back, so that a session that was ended is noticed.
const LONGEST: Duration = Duration::from_secs(600);

/// The route.
pub fn routes() -> Router<AppState> {
    Router::new().route("/events", get(events))
}

async fn events(State(app): State<AppState>, headers: HeaderMap) -> Response {
    let signed_in = match session::still_signed_in(&app.service, &app.public_url, &headers).await {
        Ok(Some(signed_in)) => signed_in,
        Ok(None) => return (StatusCode::UNAUTHORIZED, "sign in first\n").into_response(),
        Err(error) => {
            tracing::error!(?error, "a session could not be read");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let live = BroadcastStream::new(app.service.live(signed_in.caller.business));
    let ended = async move {
        tokio::select! {
            () = app.stopping.cancelled() => {}
            () = tokio::time::sleep(LONGEST) => {}
        }
    };
    let stream = opening().chain(live.map(|event| Ok(message(&event.unwrap_or(LiveEvent::Lagged)))));
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
    let mut response = Sse::new(stream.take_until(Box::pin(ended))).keep_alive(keep_alive).into_response();
    // nginx gathers answers unless told not to.
    response
        .headers_mut()
        .insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

/// Sent at once, so that the page knows the stream is open.
fn opening() -> impl Stream<Item = Result<Event, Infallible>> {
    futures::stream::iter([Ok(Event::default().retry(RETRY).comment("open"))])
}

fn message(event: &LiveEvent) -> Event {
    match serde_json::to_string(event) {
        Ok(data) => Event::default().data(data),
        Err(error) => {
            tracing::error!(%error, "a live event is no JSON");
            Event::default().comment("lost")
        }
    }
}
