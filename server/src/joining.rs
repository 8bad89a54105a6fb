//! `/opt-in/{connection}`: the form on a business's own website by which people join. It may stand in a frame of any page; it asks for
//! nothing about anybody, and whoever agrees sends the message that counts from their own WhatsApp.

use app::words::ENGLISH;
use axum::Router;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use service::Error;
use service::joining::{self, Agreed};
use service::links::Qr;

use crate::html::{card, escaped, heading, page, paragraph};
use crate::state::AppState;

/// The form and its button.
pub fn routes() -> Router<AppState> {
    Router::new().route("/opt-in/{connection}", get(look).post(agree))
}

/// What the form sends.
#[derive(Deserialize)]
struct Ticked {
    agree: Option<String>,
}

async fn look(State(app): State<AppState>, Path(connection): Path<String>) -> Response {
    asking(&app, &connection, false).await
}

/// The disclosure and a box that nobody ticks but the person (Planet49, C-673/17).
async fn asking(app: &AppState, connection: &str, unticked: bool) -> Response {
    let text = &ENGLISH.joining;
    let form = match joining::form(&app.service, connection).await {
        Ok(form) => form,
        Err(error) => return trouble(app, &error),
    };
    let title = (text.title)(&form.business_name);
    let remark = if unticked {
        format!("<p class=\"field-error\" id=\"agree-error\" role=\"alert\">{}</p>", escaped(text.unticked))
    } else {
        String::new()
    };
    let described = if unticked { " aria-invalid=\"true\" aria-describedby=\"agree-error\"" } else { "" };
    let body = format!(
        "{}<form method=\"post\" class=\"stack\"><label class=\"choice\"><input class=\"choice-input\" type=\"checkbox\" name=\"agree\" value=\"yes\" \
         required{described}><span>{}</span></label>{remark}<button class=\"button\" type=\"submit\" data-variant=\"primary\" \
         data-size=\"regular\" data-wide=\"\">{}</button></form><p class=\"muted small\">{}</p>",
        paragraph(&form.disclosure),
        escaped(text.agree),
        escaped(text.go_on),
        escaped(text.no_number),
    );
    let status = if unticked { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    framed(page(app, status, &title, &heading(&title, None), &card(&body)))
}

async fn agree(
    State(app): State<AppState>,
    Path(connection): Path<String>,
    Form(ticked): Form<Ticked>,
) -> Response {
    if ticked.agree.as_deref() != Some("yes") {
        return asking(&app, &connection, true).await;
    }
    match joining::agree(&app.service, &connection).await {
        Ok(agreed) => last_step(&app, &agreed),
        Err(error) => trouble(&app, &error),
    }
}

/// The message that counts: a tap away on a phone, a look of the camera away on anything else.
fn last_step(app: &AppState, agreed: &Agreed) -> Response {
    let text = &ENGLISH.joining;
    let link = format!(
        "<p><a class=\"button\" data-variant=\"primary\" data-size=\"regular\" data-wide=\"\" target=\"_blank\" rel=\"noopener\" \
         href=\"{}\">{}</a></p>",
        escaped(&agreed.url),
        escaped(text.open),
    );
    let drawn = Qr::new(&agreed.url).map(|Qr { side, path }| {
        format!(
            "<p class=\"muted small\">{}</p><svg class=\"qr-code\" viewBox=\"0 0 {side} {side}\" role=\"img\" aria-label=\"{}\" \
             shape-rendering=\"crispEdges\"><path class=\"qr-ground\" d=\"M0 0h{side}v{side}H0z\"></path>\
             <path class=\"qr-squares\" d=\"{path}\"></path></svg>",
            escaped(text.camera),
            escaped(text.code),
        )
    });
    let by_hand = (text.by_hand)(&agreed.words, &agreed.number);
    let body = format!(
        "{}{link}{}<p class=\"muted small\">{}</p>",
        paragraph(text.last_step_text),
        drawn.unwrap_or_default(),
        escaped(&by_hand),
    );
    let head = heading(text.last_step, Some(&agreed.business_name));
    framed(page(app, StatusCode::OK, text.last_step, &head, &card(&body)))
}

fn trouble(app: &AppState, error: &Error) -> Response {
    let text = &ENGLISH.joining;
    let (status, title, sentence) = match error {
        Error::NotFound => (StatusCode::NOT_FOUND, text.unknown_title, text.unknown_text),
        error => {
            tracing::error!(?error, "a form to join could not be shown");
            (StatusCode::SERVICE_UNAVAILABLE, text.trouble_title, text.trouble_text)
        }
    };
    framed(page(app, status, title, &heading(title, None), &card(&paragraph(sentence))))
}

/// Lets the page stand in a frame of any other: nothing on it is about anybody, and a press that was tricked out of somebody only
/// shows them a message they would still have to send.
fn framed(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; \
             frame-ancestors *; base-uri 'none'",
        ),
    );
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
    response
}
