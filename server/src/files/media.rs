//! Files that customers sent.

use app::auth::percent_encoded;
use app::words::ENGLISH;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::id::{ContactId, MessageId};
use futures::stream;
use service::media::NotOpened;

use super::{asking, refused};
use crate::state::AppState;

/// A file that a customer sent, passed on from WhatsApp.
pub(super) async fn media(
    State(app): State<AppState>,
    headers: HeaderMap,
    Path((contact, message)): Path<(String, String)>,
) -> Response {
    let caller = match asking(&app, &headers).await {
        Ok(caller) => caller,
        Err(answer) => return answer,
    };
    let (Ok(contact), Ok(message)) = (contact.parse::<ContactId>(), message.parse::<MessageId>()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let file = match service::media::open(&app.service, &caller, contact, message).await {
        Ok(file) => file,
        Err(error) => return not_opened(error),
    };
    let name: String = file.filename.as_deref().unwrap_or_default().chars().take(200).collect();
    let name = if name.is_empty() {
        String::new()
    } else {
        format!("; filename*=UTF-8''{}", percent_encoded(&name.replace('/', "_")))
    };
    let disposition = format!("{}{name}", if file.inline { "inline" } else { "attachment" });
    let (kind, length) = (file.shown_as, file.length);
    let pieces = stream::try_unfold(file, |mut file| async move {
        // An error breaks the connection off, so that a damaged file never looks whole.
        Ok::<_, NotOpened>(file.chunk().await?.map(|piece| (piece, file)))
    });
    let mut response = Response::new(Body::from_stream(pieces));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(disposition) = HeaderValue::try_from(disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    if let Some(length) = length {
        headers.insert(header::CONTENT_LENGTH, length.into());
    }
    // Whatever it is, nothing in it runs; and pages that show it again soon do not fetch it from WhatsApp again.
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=600"));
    response
}

/// Why there is no file, for the person who opened it.
fn not_opened(error: NotOpened) -> Response {
    let text = &ENGLISH.inbox;
    let (status, why) = match error {
        NotOpened::Other(error) => return refused(&error),
        NotOpened::Gone => (StatusCode::NOT_FOUND, text.media_gone.to_owned()),
        NotOpened::TooLarge => (StatusCode::BAD_GATEWAY, text.media_large.to_owned()),
        NotOpened::Unreachable => (StatusCode::BAD_GATEWAY, text.media_unreachable.to_owned()),
        NotOpened::Refused(code) => (StatusCode::BAD_GATEWAY, (text.media_refused)(code)),
    };
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], format!("{why}\n")).into_response()
}
