//! `/p/{token}`: a customer's own page. Plain HTML without the program of the other pages: it is opened on any phone, once.
//!
//! Looking changes nothing: mail programs and chats open links by themselves. A press of the button does, and so does the one-click
//! request of mail programs (RFC 8058).

use app::words::ENGLISH;
use axum::Router;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use domain::consent::State as Consent;
use serde::Deserialize;
use service::Error;
use service::consent::Choice;
use service::preferences::{self, Preferences};

use crate::html::escaped;
use crate::state::AppState;

/// The page and its button.
pub fn routes() -> Router<AppState> {
    Router::new().route("/p/{token}", get(look).post(choose))
}

/// What the button, or a mail program, sends.
#[derive(Deserialize)]
struct Press {
    choice: Option<String>,
    #[serde(rename = "List-Unsubscribe")]
    one_click: Option<String>,
}

async fn look(State(app): State<AppState>, Path(token): Path<String>) -> Response {
    answer(&app, preferences::look(&app.service, &token).await, None)
}

async fn choose(
    State(app): State<AppState>,
    Path(token): Path<String>,
    Form(press): Form<Press>,
) -> Response {
    let text = &ENGLISH.preferences;
    let (choice, news) = match (press.choice.as_deref(), press.one_click.as_deref()) {
        (Some("stop"), _) | (None, Some("One-Click")) => (Choice::OptedOut, text.stopped),
        (Some("start"), _) => (Choice::OptedIn, text.started),
        _ => return answer(&app, Err(Error::invalid("choice", "unknown")), None),
    };
    answer(&app, preferences::choose(&app.service, &token, choice).await, Some(news))
}

fn answer(app: &AppState, found: Result<Preferences, Error>, news: Option<&str>) -> Response {
    let text = &ENGLISH.preferences;
    let problem = |title: &str, sentence: &str| {
        format!(
            "<h1>{}</h1></header><div class=\"card\"><div class=\"card-body\"><p>{}</p></div></div>",
            escaped(title),
            escaped(sentence)
        )
    };
    let (status, body) = match found {
        Ok(preferences) => (StatusCode::OK, choices(&preferences, news)),
        Err(Error::NotFound) => (StatusCode::NOT_FOUND, problem(text.unknown_title, text.unknown_text)),
        Err(Error::Invalid(_)) => (StatusCode::BAD_REQUEST, problem(text.trouble_title, text.trouble_text)),
        Err(error) => {
            tracing::error!(?error, "a customer's own page could not be shown");
            (StatusCode::SERVICE_UNAVAILABLE, problem(text.trouble_title, text.trouble_text))
        }
    };
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"robots\" content=\"noindex\">\
         <title>{}</title><link rel=\"icon\" href=\"/pkg/favicon.svg\" type=\"image/svg+xml\">\
         <link rel=\"stylesheet\" href=\"{}\"></head>\
         <body><main class=\"entrance\" data-width=\"form\"><header class=\"entrance-head\">{body}</main></body></html>",
        escaped(text.title),
        escaped(&app.site.addresses().css),
    );
    let mut response = (status, Html(page)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What they chose, and the button to choose otherwise. Stopping comes first and takes one press, as agreeing does (R30).
fn choices(preferences: &Preferences, news: Option<&str>) -> String {
    let text = &ENGLISH.preferences;
    let name = escaped(&preferences.business_name);
    let gets = matches!(preferences.state, Consent::OptedIn);
    let now = if gets { (text.subscribed)(&name) } else { (text.unsubscribed)(&name) };
    let mut html = format!("<h1>{}</h1><p class=\"entrance-lead\">{name}</p></header>", escaped(text.title));
    if let Some(news) = news {
        html.push_str(&format!("<p role=\"status\"><strong>{}</strong></p>", escaped(news)));
    }
    html.push_str(&format!(
        "<div class=\"card\"><div class=\"card-body\"><p>{now}</p><p class=\"muted small\">{}</p>",
        escaped(text.still)
    ));
    if preferences.native_stop {
        html.push_str(&format!("<p>{}</p>", escaped(text.native_stop)));
    }
    // Whoever was never asked, or whose words wait for a decision, can say no as well.
    if preferences.state != Consent::OptedOut {
        html.push_str(&button("stop", text.stop, "primary"));
    }
    html.push_str("</div></div>");
    if let (false, Some(disclosure)) = (gets, &preferences.disclosure) {
        html.push_str(&format!(
            "<div class=\"card\"><div class=\"card-body\"><h2 class=\"card-title\">{}</h2><p>{}</p>{}</div></div>",
            escaped(text.start_title),
            escaped(disclosure),
            button("start", text.start, "secondary"),
        ));
    }
    html
}

fn button(choice: &str, label: &str, variant: &str) -> String {
    format!(
        "<form method=\"post\"><input type=\"hidden\" name=\"choice\" value=\"{choice}\">\
         <button class=\"button\" type=\"submit\" data-variant=\"{variant}\" data-size=\"regular\" data-wide=\"\">{}</button></form>",
        escaped(label)
    )
}
