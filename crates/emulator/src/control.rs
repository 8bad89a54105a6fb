//! `/_emulator`: what Meta does not have, for tests and scripts.

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Emulator;
use crate::faults::Faults;
use crate::inbound::{Inbound, InboundError};
use crate::templates::TemplateStatus;
use crate::webhook::{Lane, escaped};

/// Webhooks have at most 3 MB; what makes one may be as large.
const LARGEST_BODY: usize = 4 * 1024 * 1024;

pub(crate) fn routes() -> Router<Emulator> {
    Router::new()
        .route("/_emulator", delete(reset))
        .route("/_emulator/requests", get(requests))
        .route("/_emulator/inbound", post(inbound))
        .route("/_emulator/webhook", post(webhook))
        .route("/_emulator/faults", get(faults).post(set_faults))
        .route("/_emulator/templates", post(set_template))
        .route("/_emulator/conversation", get(conversation))
        .route("/_emulator/customers", get(customers))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
}

fn refused(status: StatusCode, error: impl ToString) -> Response {
    (status, Json(json!({ "error": error.to_string() }))).into_response()
}

async fn reset(State(emulator): State<Emulator>) -> StatusCode {
    emulator.reset();
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct After {
    #[serde(default)]
    after: u64,
    limit: Option<usize>,
}

async fn requests(State(emulator): State<Emulator>, Query(query): Query<After>) -> Response {
    let data = emulator.log().after(query.after, query.limit.unwrap_or(usize::MAX));
    Json(json!({ "data": data })).into_response()
}

async fn inbound(State(emulator): State<Emulator>, body: Bytes) -> Response {
    let action = match serde_json::from_slice::<Value>(&body) {
        Ok(json) => json,
        Err(error) => return refused(StatusCode::BAD_REQUEST, error),
    };
    if let Some(to) = action.get("to")
        && to.as_str() != Some(&emulator.config().phone_number_id)
    {
        return refused(StatusCode::BAD_REQUEST, "to is not the phone_number_id of this emulator");
    }
    let delivered = match Inbound::from_json(action) {
        Ok(inbound) => emulator.inbound(inbound).await,
        Err(error) => Err(error),
    };
    match delivered {
        Ok(delivered) => Json(delivered).into_response(),
        Err(error @ InboundError::Invalid(_)) => refused(StatusCode::BAD_REQUEST, error),
        Err(error @ InboundError::Blocked) => refused(StatusCode::CONFLICT, error),
    }
}

/// Any webhook body: escaped, signed and delivered.
async fn webhook(State(emulator): State<Emulator>, body: Bytes) -> Response {
    match serde_json::from_slice::<Value>(&body) {
        Ok(json) => {
            let status =
                emulator.deliver(escaped(&json), Lane::Customer, emulator.epoch(), emulator.pending()).await;
            let acked_at_us = emulator.config().clock.micros();
            Json(json!({ "webhook_status": status, "acked_at_us": acked_at_us })).into_response()
        }
        Err(error) => refused(StatusCode::BAD_REQUEST, error),
    }
}

async fn faults(State(emulator): State<Emulator>) -> Json<Faults> {
    Json(emulator.mischief().faults.clone())
}

async fn set_faults(State(emulator): State<Emulator>, body: Bytes) -> Response {
    match serde_json::from_slice::<Faults>(&body) {
        Ok(faults) => {
            emulator.set_faults(faults.clone());
            Json(faults).into_response()
        }
        Err(error) => refused(StatusCode::BAD_REQUEST, error),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TemplateChange {
    name: String,
    language: String,
    status: TemplateStatus,
}

async fn set_template(State(emulator): State<Emulator>, body: Bytes) -> Response {
    match serde_json::from_slice::<TemplateChange>(&body) {
        Ok(change) if emulator.change_template(&change.name, &change.language, change.status).await => {
            StatusCode::NO_CONTENT.into_response()
        }
        Ok(_) => refused(StatusCode::NOT_FOUND, "there is no such template in this language"),
        Err(error) => refused(StatusCode::BAD_REQUEST, error),
    }
}

#[derive(Deserialize)]
struct With {
    with: String,
}

async fn conversation(State(emulator): State<Emulator>, Query(query): Query<With>) -> Response {
    match emulator.conversation(&query.with) {
        Some(conversation) => Json(conversation).into_response(),
        None => refused(StatusCode::NOT_FOUND, "nobody with this number or user id has been met"),
    }
}

async fn customers(State(emulator): State<Emulator>) -> Response {
    Json(json!({ "data": emulator.customers() })).into_response()
}
