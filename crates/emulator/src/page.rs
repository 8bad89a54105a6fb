//! The phone: a page on which one can be a customer.
//!
//! Everything is a form that works without scripts; the script sends the same forms in the background and asks for the
//! conversation again when it changed.

use axum::Router;
use axum::extract::{Form, OriginalUri, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::Emulator;
use crate::inbound::Inbound;
use crate::page_html::{Phone, conversation_html, page_html};

/// The customer shown when nobody was chosen and nobody has written.
const FIRST_CUSTOMER: (&str, &str) = ("+15550100123", "Maria");

const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                                       form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

pub(crate) fn routes() -> Router<Emulator> {
    Router::new()
        .route("/", get(page))
        .route("/phone", post(act))
        .route("/phone/conversation", get(conversation))
        .route("/phone.css", get(style))
        .route("/phone.js", get(script))
}

/// Refuses what a page of another site makes the browser send here.
pub(crate) async fn refuse_other_sites(request: Request, next: Next) -> Response {
    if request.headers().get("sec-fetch-site").is_some_and(|site| site == "cross-site")
        && !request.method().is_safe()
    {
        return (StatusCode::FORBIDDEN, "requests from other sites are refused").into_response();
    }
    next.run(request).await
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("phone_page/phone.css"))
}

async fn script() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("phone_page/phone.js"))
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    with: String,
    #[serde(default)]
    name: String,
    since: Option<u64>,
    problem: Option<String>,
}

impl Emulator {
    /// The phone of the customer chosen, or of the one met last.
    fn phone(&self, choice: &Choice) -> Phone {
        let customers = self.customers();
        let (mut with, mut name) = (choice.with.trim().to_owned(), choice.name.trim().to_owned());
        // In an address that was typed, a plus sign arrives as a space.
        if choice.with.starts_with(' ') && with.starts_with(|c: char| c.is_ascii_digit()) {
            with.insert(0, '+');
        }
        if with.is_empty() {
            match customers.first() {
                Some(latest) => with = latest.phone.clone().unwrap_or_else(|| latest.user_id.clone()),
                None => (with, name) = (FIRST_CUSTOMER.0.to_owned(), FIRST_CUSTOMER.1.to_owned()),
            }
        }
        let conversation = self.conversation(&with);
        if let Some(known) = conversation.as_ref().and_then(|known| known.customer.name.clone())
            && name.is_empty()
        {
            name = known;
        }
        Phone {
            business: self.config().verified_name.clone(),
            business_number: self.config().display_number.clone(),
            has_webhook: self.webhook().is_some(),
            with,
            name,
            conversation,
            customers,
        }
    }
}

async fn page(
    State(emulator): State<Emulator>,
    Query(choice): Query<Choice>,
    OriginalUri(uri): OriginalUri,
) -> Response {
    // Links are relative to the directory of the page's address. Mounted under a prefix without a slash at the end,
    // that directory is the one above.
    let base = match uri.path().rsplit_once('/') {
        Some((_, last)) if !last.is_empty() => format!("{last}/"),
        _ => String::new(),
    };
    let html = page_html(&emulator.phone(&choice), &base, choice.problem.as_deref());
    let mut response = Html(html).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The conversation alone, or 204 when it is still the version `since`.
async fn conversation(
    State(emulator): State<Emulator>,
    Query(choice): Query<Choice>,
    OriginalUri(uri): OriginalUri,
) -> Response {
    let phone = emulator.phone(&choice);
    let version = phone.conversation.as_ref().map_or(0, |conversation| conversation.customer.version);
    if choice.since == Some(version) {
        return StatusCode::NO_CONTENT.into_response();
    }
    let stopped = phone.conversation.as_ref().is_some_and(|conversation| conversation.customer.native_stop);
    let action = uri.path().trim_end_matches("/conversation");
    let headers = [
        ("x-version", version.to_string()),
        ("x-offers-stopped", stopped.to_string()),
        ("cache-control", "no-store".to_owned()),
    ];
    (headers, Html(conversation_html(&phone, action))).into_response()
}

#[derive(Deserialize)]
struct Act {
    with: String,
    #[serde(default)]
    name: String,
    /// `text`, `button`, `reply`, `row`, `stop` or `resume`.
    act: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    payload: String,
    #[serde(default)]
    context: String,
}

impl Act {
    fn into_inbound(self) -> Option<Inbound> {
        let from = self.with;
        let inbound = match self.act.as_str() {
            "text" if self.text.trim().is_empty() => return None,
            "text" => Inbound::text(from, self.text.replace("\r\n", "\n")),
            "button" => Inbound::button(from, &self.payload, &self.text),
            "reply" => Inbound::button_reply(from, &self.payload, &self.text),
            "row" => Inbound::list_reply(from, &self.payload, &self.text),
            "stop" => Inbound::native_stop(from, true),
            "resume" => Inbound::native_stop(from, false),
            _ => return None,
        };
        let inbound = if self.context.is_empty() { inbound } else { inbound.in_reply_to(self.context) };
        Some(if self.name.trim().is_empty() { inbound } else { inbound.named(self.name.trim()) })
    }
}

/// Does what the customer tapped or wrote. A script is answered without a page, a browser is sent back to it.
async fn act(
    State(emulator): State<Emulator>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    Form(act): Form<Act>,
) -> Response {
    let (with, name) = (act.with.clone(), act.name.clone());
    let problem = match act.into_inbound() {
        Some(inbound) => emulator.inbound(inbound).await.err().map(|error| error.to_string()),
        None => Some("write something first".to_owned()),
    };
    if headers.get("x-requested-with").is_some_and(|by| by == "fetch") {
        return match problem {
            None => StatusCode::NO_CONTENT.into_response(),
            Some(problem) => (StatusCode::BAD_REQUEST, problem).into_response(),
        };
    }
    let mounted = uri.path().trim_end_matches("/phone");
    let mounted = if mounted.is_empty() { "/" } else { mounted };
    let mut target = format!("{mounted}?with={}&name={}", query_encoded(&with), query_encoded(&name));
    if let Some(problem) = problem {
        target.push_str("&problem=");
        target.push_str(&query_encoded(&problem));
    }
    Redirect::to(&target).into_response()
}

/// A value for the query part of an address.
pub(crate) fn query_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
