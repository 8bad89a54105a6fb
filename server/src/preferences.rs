//! `/p/{token}`: a customer's own page. Plain HTML without the program of the other pages: it is opened on any phone, once.
//!
//! Looking changes nothing: mail programs and chats open links by themselves. A press of the button does, and so does the one-click
//! request of mail programs (RFC 8058).

use app::words::ENGLISH;
use axum::Router;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use domain::consent::State as Consent;
use serde::Deserialize;
use service::Error;
use service::consent::Choice;
use service::preferences::{self, Preferences};

use crate::html::{card, escaped, heading, page, paragraph};
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
    let (status, title, sentence) = match found {
        Ok(preferences) => {
            let head = heading(text.title, Some(&preferences.business_name));
            return page(app, StatusCode::OK, text.title, &head, &choices(&preferences, news));
        }
        Err(Error::NotFound) => (StatusCode::NOT_FOUND, text.unknown_title, text.unknown_text),
        Err(Error::Invalid(_)) => (StatusCode::BAD_REQUEST, text.trouble_title, text.trouble_text),
        Err(error) => {
            tracing::error!(?error, "a customer's own page could not be shown");
            (StatusCode::SERVICE_UNAVAILABLE, text.trouble_title, text.trouble_text)
        }
    };
    page(app, status, text.title, &heading(title, None), &card(&paragraph(sentence)))
}

/// What they chose, and the button to choose otherwise. Stopping comes first and takes one press, as agreeing does (R30).
fn choices(preferences: &Preferences, news: Option<&str>) -> String {
    let text = &ENGLISH.preferences;
    let name = &preferences.business_name;
    let gets = matches!(preferences.state, Consent::OptedIn);
    let mut html = String::new();
    if let Some(news) = news {
        html.push_str(&format!("<p role=\"status\"><strong>{}</strong></p>", escaped(news)));
    }
    let now = if gets { (text.subscribed)(name) } else { (text.unsubscribed)(name) };
    let mut body = format!("{}<p class=\"muted small\">{}</p>", paragraph(&now), escaped(text.still));
    if preferences.native_stop {
        body.push_str(&paragraph(text.native_stop));
    }
    // Whoever was never asked, or whose words wait for a decision, can say no as well.
    if preferences.state != Consent::OptedOut {
        body.push_str(&button("stop", text.stop, "primary"));
    }
    html.push_str(&card(&body));
    if let (false, Some(disclosure)) = (gets, &preferences.disclosure) {
        let title = format!("<h2 class=\"card-title\">{}</h2>", escaped(text.start_title));
        let agreeing = button("start", text.start, "secondary");
        html.push_str(&card(&format!("{title}{}{agreeing}", paragraph(disclosure))));
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
