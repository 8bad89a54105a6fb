//! HTML that the server writes without the program of the pages: pages for customers, who open them once, on any phone.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::state::AppState;

/// Text as it stands in HTML, also in an attribute.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A page for customers. `head` is its heading, `body` what follows, both HTML.
pub fn page(app: &AppState, status: StatusCode, title: &str, head: &str, body: &str) -> Response {
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"robots\" content=\"noindex\">\
         <title>{}</title><link rel=\"icon\" href=\"/pkg/favicon.svg\" type=\"image/svg+xml\">\
         <link rel=\"stylesheet\" href=\"{}\"></head>\
         <body><main class=\"entrance\" data-width=\"form\"><header class=\"entrance-head\">{head}</header>{body}</main></body></html>",
        escaped(title),
        escaped(&app.site.addresses().css),
    );
    let mut response = (status, Html(page)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The heading of a page: what it is, and what goes with it.
pub fn heading(title: &str, lead: Option<&str>) -> String {
    let lead =
        lead.map(|lead| format!("<p class=\"entrance-lead\">{}</p>", escaped(lead))).unwrap_or_default();
    format!("<h1>{}</h1>{lead}", escaped(title))
}

/// A card with HTML in it.
pub fn card(body: &str) -> String {
    format!("<div class=\"card\"><div class=\"card-body\">{body}</div></div>")
}

/// A paragraph of plain text.
pub fn paragraph(text: &str) -> String {
    format!("<p>{}</p>", escaped(text))
}
