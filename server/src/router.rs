//! The whole HTTP surface.

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use tower_http::limit::RequestBodyLimitLayer;

use crate::state::AppState;
use crate::{api, events, files, health, joining, layers, pages, preferences, site, webhook};

/// Largest body of a form or a server function, in bytes.
const FORM_LIMIT: usize = 256 * 1024;

/// Every route with every layer around it.
pub fn router(state: AppState) -> Router {
    let mut quick = Router::new()
        .merge(pages::routes(&state).layer(RequestBodyLimitLayer::new(FORM_LIMIT)))
        .merge(preferences::routes().layer(RequestBodyLimitLayer::new(FORM_LIMIT)).with_state(state.clone()))
        .merge(joining::routes().layer(RequestBodyLimitLayer::new(FORM_LIMIT)).with_state(state.clone()))
        .merge(webhook::routes().with_state(state.clone()))
        .merge(api::routes(&state))
        .merge(health::routes().with_state(state.clone()))
        .merge(site::routes().with_state(state.clone()));
    if let Some(emulator) = &state.emulator {
        quick = quick
            .nest("/emulator", emulator.router())
            .route("/emulator/", get(|| async { Redirect::permanent("/emulator") }));
    }
    let quick = layers::with_deadlines(quick);
    // A stream of events lasts as long as the page is open.
    // And a long list takes as long as it takes.
    let endless = events::routes().merge(files::routes()).with_state(state.clone());
    layers::around_everything(quick.merge(endless), &state)
}
