//! The pages and their server functions: Leptos inside axum.

use app::contacts::ContactColumns;
use app::error::AppError;
use app::visit::{self, Theme, Visit};
use app::words::Language;
use app::{App, Site};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Json, Router};
use leptos::config::LeptosOptions;
use leptos::nonce::Nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{LeptosRoutes as _, ResponseOptions, generate_route_list, render_app_async_with_context};

use crate::layers::PageNonce;
use crate::session;
use crate::state::AppState;
use service::auth::SignedIn;

/// Every page, every server function, and the page for what does not exist.
pub fn routes(state: &AppState) -> Router {
    // Hashed names come from the site's manifest; nothing else here is used by pages.
    let options = LeptosOptions::builder().output_name("app").build();
    let context = {
        let state = state.clone();
        move || provide(&state)
    };
    let shell = {
        let site: Site = state.site.addresses().clone();
        move || app::shell(site.clone())
    };
    let missing = render_app_async_with_context(context.clone(), shell.clone());
    Router::new()
        .leptos_routes_with_context(&options, generate_route_list(App), context, shell)
        .with_state(options)
        .fallback(move |request: Request| {
            let page = missing(request);
            async move {
                let mut response = page.await;
                // What has a status of its own, such as a redirect, keeps it.
                if response.status() == StatusCode::OK {
                    *response.status_mut() = StatusCode::NOT_FOUND;
                }
                response
            }
        })
        .layer(middleware::from_fn_with_state(state.clone(), find_visitor))
}

/// The server functions that a visitor may call before signing in. Every other one is refused here, before its arguments are
/// read, and refuses by itself too.
pub const OPEN_FUNCTIONS: [&str; 8] = [
    "/sfn/app/appearance/set_theme",
    "/sfn/app/auth/api/asked_to_join",
    "/sfn/app/auth/api/complete_log_in",
    "/sfn/app/auth/api/complete_setup",
    "/sfn/app/auth/api/join_team",
    "/sfn/app/auth/api/log_in",
    // Without a session it ends none.
    "/sfn/app/auth/api/log_out",
    "/sfn/app/auth/api/setup_open",
];

/// What a stranger gets from every other server function: the code for the program in the page, the login for a plain form.
fn refuse_stranger(headers: &HeaderMap) -> Response {
    let plain_form = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    if plain_form {
        return Redirect::to("/login").into_response();
    }
    (StatusCode::UNAUTHORIZED, Json(AppError::SignedOut)).into_response()
}

/// Finds out who is looking, before anything is rendered.
async fn find_visitor(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    match session::signed_in(&app.service, &app.public_url, request.headers()).await {
        Ok(signed_in) => {
            let path = request.uri().path();
            if signed_in.is_none() && path.starts_with("/sfn/") && !OPEN_FUNCTIONS.contains(&path) {
                return refuse_stranger(request.headers());
            }
            let visit = describe(signed_in.as_ref(), request.headers(), app.is_demo());
            request.extensions_mut().insert(visit);
            if let Some(signed_in) = signed_in {
                request.extensions_mut().insert(signed_in);
            }
            next.run(request).await
        }
        Err(error) => {
            tracing::error!(?error, "a session could not be read");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "The database cannot be reached. Please try again in a moment.\n",
            )
                .into_response()
        }
    }
}

fn describe(signed_in: Option<&SignedIn>, headers: &HeaderMap, demo: bool) -> Visit {
    Visit {
        signed_in: signed_in.map(|person| visit::SignedIn {
            email: person.email.clone(),
            role: person.caller.role,
            business_name: person.business_name.clone(),
        }),
        theme: session::cookie(headers, "theme").map(Theme::parse).unwrap_or_default(),
        columns: session::cookie(headers, ContactColumns::COOKIE)
            .map(ContactColumns::parse)
            .unwrap_or_default(),
        language: Language::default(),
        demo,
        // The browser program is built for release even for a development server: the server decides for both.
        gallery: cfg!(debug_assertions),
    }
}

/// What pages and server functions find in their context.
fn provide(state: &AppState) {
    provide_context(state.service.clone());
    let Some(parts) = use_context::<Parts>() else { return };
    if let Some(PageNonce(nonce)) = parts.extensions.get() {
        provide_context(Nonce::from_value(nonce.clone()));
    }
    if let Some(visit) = parts.extensions.get::<Visit>() {
        provide_context(visit.clone());
    }
    if let Some(response) = use_context::<ResponseOptions>() {
        provide_context(app::error::ResponseStatus::new(move |status| response.set_status(status)));
    }
}
