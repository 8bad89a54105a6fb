//! Errors as RFC 9457 problem documents.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::permit::Reason;
use serde_json::{Value, json};

/// Media type of a problem document.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// One field of a request and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Where: `phone`, `template.name`, `tags[2]`.
    pub field: String,
    /// What, for programs.
    pub code: &'static str,
    /// What, for people.
    pub detail: String,
}

impl FieldError {
    /// Makes one.
    pub fn new(field: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self { field: field.into(), code, detail: detail.into() }
    }
}

/// An error answer.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    kind: &'static str,
    title: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    reason: Option<Reason>,
    retry_after_seconds: Option<u64>,
}

/// Every kind of problem with its status and title: the documentation lists them.
pub const KINDS: [(&str, StatusCode, &str); 14] = [
    ("malformed", StatusCode::BAD_REQUEST, "The request cannot be read"),
    ("unauthorized", StatusCode::UNAUTHORIZED, "An API key is required"),
    ("forbidden", StatusCode::FORBIDDEN, "The API key may not do this"),
    ("not-found", StatusCode::NOT_FOUND, "Not found"),
    ("method-not-allowed", StatusCode::METHOD_NOT_ALLOWED, "The path does not have this method"),
    ("timeout", StatusCode::REQUEST_TIMEOUT, "The request took too long to arrive"),
    ("conflict", StatusCode::CONFLICT, "The request clashes with another one"),
    ("too-large", StatusCode::PAYLOAD_TOO_LARGE, "The body is too large"),
    ("not-json", StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body must be JSON"),
    ("invalid", StatusCode::UNPROCESSABLE_ENTITY, "Some fields are wrong"),
    ("refused", StatusCode::UNPROCESSABLE_ENTITY, "The message may not be sent to this person"),
    ("too-many", StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
    ("internal", StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side"),
    ("unavailable", StatusCode::SERVICE_UNAVAILABLE, "The server cannot answer at the moment"),
];

impl Problem {
    fn new(kind: &'static str, detail: impl Into<String>) -> Self {
        let (kind, status, title) = KINDS.into_iter().find(|(name, ..)| *name == kind).unwrap_or((
            "internal",
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong on our side",
        ));
        Self {
            status,
            kind,
            title,
            detail: detail.into(),
            errors: Vec::new(),
            reason: None,
            retry_after_seconds: None,
        }
    }

    /// Our own fault.
    pub fn internal(detail: impl Into<String>) -> Self {
        Self::new("internal", detail)
    }

    /// Not even JSON, or a broken body.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new("malformed", detail)
    }

    /// No key, or one that is not known.
    pub fn unauthorized() -> Self {
        Self::new("unauthorized", "Send a valid key as `Authorization: Bearer KEY`.")
    }

    /// A key that may not do this.
    pub fn forbidden() -> Self {
        Self::new("forbidden", "The key's scope does not allow this.")
    }

    /// Nothing there, or it belongs to somebody else.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new("not-found", detail)
    }

    /// The path exists, the method does not.
    pub fn method_not_allowed() -> Self {
        Self::new("method-not-allowed", "The header `Allow` lists the methods of this path.")
    }

    /// Clashes with another request.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new("conflict", detail)
    }

    /// A body above the limit.
    pub fn too_large() -> Self {
        Self::new("too-large", "A body may have 1 MiB.")
    }

    /// A body that says it is something else than JSON.
    pub fn not_json() -> Self {
        Self::new("not-json", "Send `Content-Type: application/json`.")
    }

    /// Wrong fields, all of them at once.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = errors
            .iter()
            .map(|error| format!("{}: {}", error.field, error.detail))
            .collect::<Vec<_>>()
            .join("; ");
        Self { errors, ..Self::new("invalid", detail) }
    }

    /// An error of a verb, with fields named as the request names them.
    pub fn naming(error: service::Error, names: &[(&str, &'static str)]) -> Self {
        match error {
            service::Error::Invalid(mut fields) => {
                for found in &mut fields {
                    if let Some((_, name)) = names.iter().find(|(from, _)| *from == found.field) {
                        found.field = name;
                    }
                }
                service::Error::Invalid(fields).into()
            }
            other => other.into(),
        }
    }

    /// As a status says it, for answers that come from outside the API's own code.
    fn from_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::unauthorized(),
            StatusCode::FORBIDDEN => Self::new("forbidden", "The request was refused."),
            StatusCode::NOT_FOUND => Self::not_found("There is no such path in the API."),
            StatusCode::METHOD_NOT_ALLOWED => Self::method_not_allowed(),
            StatusCode::REQUEST_TIMEOUT => Self::new("timeout", "Send the body faster."),
            StatusCode::PAYLOAD_TOO_LARGE => Self::too_large(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::not_json(),
            StatusCode::SERVICE_UNAVAILABLE => Self::new("unavailable", "Please try again in a moment."),
            status if status.is_client_error() => {
                Self { status, ..Self::malformed("The request cannot be read.") }
            }
            status => {
                Self { status, ..Self::new("internal", "The error was logged; `x-request-id` names it.") }
            }
        }
    }

    fn to_json(&self) -> Value {
        let mut body = json!({
            // Relative, so that it is right behind every host name; it leads to the documentation.
            "type": format!("/api/problems/{}", self.kind),
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let Some(reason) = self.reason {
            body["reason"] = json!(reason.as_str());
        }
        if !self.errors.is_empty() {
            body["errors"] = self
                .errors
                .iter()
                .map(|error| json!({"field": error.field, "code": error.code, "detail": error.detail}))
                .collect();
        }
        body
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.to_json().to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"WhatsCloud API\""),
            );
        }
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<service::Error> for Problem {
    fn from(error: service::Error) -> Self {
        use service::Error;
        match error {
            Error::Invalid(fields) => Self::invalid(fields.into_iter().map(field_error).collect()),
            Error::NotFound => Self::not_found("There is none, or it belongs to another business."),
            Error::Conflict => Self::conflict("It was changed in between. Read it again."),
            Error::Forbidden(_) => Self::forbidden(),
            Error::SignedOut => Self::unauthorized(),
            Error::TooMany { retry_after_seconds } => Self {
                retry_after_seconds: Some(retry_after_seconds),
                ..Self::new("too-many", format!("Wait {retry_after_seconds} seconds."))
            },
            Error::Refused(reason) => {
                Self { reason: Some(reason), ..Self::new("refused", describe_reason(reason)) }
            }
            Error::Unavailable => Self {
                retry_after_seconds: Some(1),
                ..Self::new(
                    "unavailable",
                    "The database or WhatsApp cannot be reached. Please try again in a moment.",
                )
            },
            Error::Internal(cause) => {
                tracing::error!(error = ?cause, "an API request failed");
                Self::from_status(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}

fn field_error(invalid: service::Invalid) -> FieldError {
    FieldError::new(invalid.field, invalid.code, describe_code(invalid.code))
}

/// What is wrong with a field, for the person who reads the log of the calling program.
pub fn describe_code(code: &str) -> String {
    match code {
        "required" | "empty" => "is required".to_owned(),
        "too_long" => "is too long".to_owned(),
        "too_many" => "has too many entries".to_owned(),
        "no_country_code" => "needs its country code, starting with +".to_owned(),
        "unknown_country_code" => "has a country code that belongs to no country".to_owned(),
        "too_short" => "is too short".to_owned(),
        "not_a_number" => "holds characters that no phone number has".to_owned(),
        "not_in_use" => "is no number that exists in its country".to_owned(),
        "unknown" => "is not known".to_owned(),
        "not_found" => "does not exist".to_owned(),
        "malformed" => "does not have the form it must have".to_owned(),
        "not_an_object" => "must be an object".to_owned(),
        "missing" => "must have a value for every placeholder".to_owned(),
        "control_characters" => "holds control characters".to_owned(),
        "in_the_future" => "lies in the future".to_owned(),
        "too_old" => "lies too far back".to_owned(),
        "past" => "lies in the past".to_owned(),
        "nobody" => "holds nobody".to_owned(),
        "paused" => "was paused by WhatsApp".to_owned(),
        "not_approved" => "is not approved by WhatsApp".to_owned(),
        "no_way_out" => "must name a way out: one of your opt-out keywords in the text, the footer or a button".to_owned(),
        "authentication" => "is for one-time codes, which go to one person at a time".to_owned(),
        "no_alternative" => "may use {{first_name|…}}, {{name|…}} and {{phone|…}}, each with a text for people of whom it is not known".to_owned(),
        "not_a_cursor" => "is not the `next` of a page".to_owned(),
        other => other.replace('_', " "),
    }
}

/// What a refusal means, for the person who reads the log of the calling program.
#[must_use]
pub const fn describe_reason(reason: Reason) -> &'static str {
    match reason {
        Reason::OptedOut => "The person opted out of marketing.",
        Reason::NoOptIn => "The person never agreed to marketing.",
        Reason::Pending => "The person was asked to confirm and has not answered.",
        Reason::Held => "The person wrote something ambiguous; a person of the business must decide first.",
        Reason::NativeStop => "The person stopped offers inside WhatsApp; only they can lift that.",
        Reason::Blocked => "The contact is blocked: all communication is stopped.",
        Reason::Erased => "The person's data was erased.",
        Reason::Expired => "The consent ran out.",
        Reason::Invalid => "There is no WhatsApp account behind the number.",
        Reason::WindowClosed => "The person has not written within 24 hours; only a template can be sent.",
        Reason::Late => "It is too late for this message.",
        Reason::Capped => "WhatsApp does not deliver more marketing to this person at the moment.",
        Reason::Cancelled => "The campaign was cancelled before the person's turn came.",
        Reason::Duplicate => "The same person is in the audience under another record.",
        Reason::FrequencyCap => "The person got as much marketing lately as the business allows.",
        Reason::QuietHours => {
            "It is outside the hours in which the business sends marketing, where the person is."
        }
        Reason::UsNumber => "WhatsApp delivers no marketing to numbers of the United States.",
        Reason::Promotion => {
            "It is called service or utility and reads like a promotion; the person asked for no marketing."
        }
    }
}

/// Gives every failure below `/api/v1` that is no problem document yet the form of one: those of layers further out, such
/// as a deadline or a panic.
pub(crate) async fn describe_failures(request: Request, next: Next) -> Response {
    let concerned = request.uri().path().starts_with("/api/v1");
    let response = next.run(request).await;
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    let described = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes() == MEDIA_TYPE.as_bytes());
    if !concerned || !failed || described {
        return response;
    }
    let mut problem = Problem::from_status(status).into_response();
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = response.headers().get(&name) {
            problem.headers_mut().insert(name, value.clone());
        }
    }
    problem
}
