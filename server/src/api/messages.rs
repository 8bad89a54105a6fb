//! `/messages` and `/templates`

use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use domain::id::{ContactId, MessageId};
use domain::kind::MessageKind;
use serde_json::Value;
use service::Caller;
use service::messages::{self, SendContent, To};
use service::templates;

use super::fields::{Fields, JsonBody};
use super::idempotency::Made;
use super::params::Params;
use super::problem::Problem;
use super::views;
use crate::state::AppState;

/// The kinds a caller may send; confirmations are the system's own.
const KINDS: [MessageKind; 4] =
    [MessageKind::Marketing, MessageKind::Utility, MessageKind::Authentication, MessageKind::Service];
const KIND_WORDS: &str = "marketing, utility, authentication, service";

/// `POST /messages`
pub async fn send(
    State(app): State<AppState>,
    Extension(caller): Extension<Caller>,
    made: Option<Extension<Made>>,
    body: JsonBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let mut fields = Fields::parse(&body)?;
    let to = recipient(&mut fields);
    let kind = kind(&mut fields);
    let content = content(&mut fields);
    let connection = fields.string("connection");
    let message = to.zip(kind).zip(content).map(|((to, kind), content)| messages::Send {
        to,
        kind,
        content,
        connection,
    });
    let message = fields.finish(message)?;
    let sent = match made {
        Some(Extension(Made(id))) => {
            messages::send_once(&app.service, &caller, MessageId::from_uuid(id), message).await?
        }
        None => messages::send(&app.service, &caller, message).await?,
    };
    Ok((StatusCode::ACCEPTED, Json(views::message(&sent))))
}

fn recipient(fields: &mut Fields) -> Option<To> {
    let (phone, contact) = (fields.string("to"), fields.string("contact_id"));
    match (phone, contact) {
        (Some(phone), None) => Some(To::Phone(phone)),
        (None, Some(contact)) => match contact.parse::<ContactId>() {
            Ok(contact) => Some(To::Contact(contact)),
            Err(_) => {
                fields.refuse("contact_id", "not_an_id", "must be an id that starts with con_");
                None
            }
        },
        (Some(_), Some(_)) => {
            fields.refuse("contact_id", "not_both", "give either to or contact_id");
            None
        }
        (None, None) => {
            fields.refuse("to", "required", "is required, unless contact_id is given");
            None
        }
    }
}

fn kind(fields: &mut Fields) -> Option<MessageKind> {
    let word = fields.required_string("kind")?;
    let kind = word.parse().ok().filter(|kind| KINDS.contains(kind));
    if kind.is_none() {
        fields.refuse("kind", "unknown_word", format!("must be one of {KIND_WORDS}"));
    }
    kind
}

fn content(fields: &mut Fields) -> Option<SendContent> {
    match (fields.has("template"), fields.has("text")) {
        (true, false) => fields.object("template", template_fields).map(|template| {
            let FilledTemplate { name, language, variables } = template;
            SendContent::Template { name, language, variables }
        }),
        (false, true) => {
            fields.object("text", |text| text.required_string("body").map(|body| SendContent::Text { body }))
        }
        (true, true) => {
            fields.refuse("text", "not_both", "give either template or text");
            None
        }
        (false, false) => {
            fields.refuse("template", "required", "is required, unless text is given");
            None
        }
    }
}

/// A template with the values of its placeholders.
pub(super) struct FilledTemplate {
    pub(super) name: String,
    pub(super) language: String,
    pub(super) variables: Vec<(String, String)>,
}

/// Reads the fields of a template.
pub(super) fn template_fields(fields: &mut Fields) -> Option<FilledTemplate> {
    let name = fields.required_string("name");
    let language = fields.required_string("language");
    let variables = variables(fields);
    name.zip(language).map(|(name, language)| FilledTemplate { name, language, variables })
}

/// Values by placeholder, `{"1": "Ana", "2": 12}`, or in order, `["Ana", 12]`.
fn variables(fields: &mut Fields) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let given: Vec<(String, Value)> = match fields.take("variables") {
        None | Some(Value::Null) => return Vec::new(),
        Some(Value::Object(values)) => values.into_iter().collect(),
        Some(Value::Array(values)) => {
            values.into_iter().enumerate().map(|(index, value)| ((index + 1).to_string(), value)).collect()
        }
        Some(_) => {
            fields.refuse("variables", "not_an_object", "must be an object or a list");
            return Vec::new();
        }
    };
    let mut variables = Vec::with_capacity(given.len());
    for (name, value) in given {
        match text(&value) {
            Some(text) => variables.push((name, text)),
            None => {
                fields.refuse(&format!("variables.{name}"), "not_a_string", "must be a string or a number")
            }
        }
    }
    variables
}

/// `GET /messages`
pub async fn list(
    State(app): State<AppState>,
    Extension(caller): Extension<Caller>,
    mut params: Params,
) -> Result<Json<Value>, Problem> {
    let contact = params.id::<ContactId>("contact_id");
    let after = params.text("after");
    let limit = params.limit();
    params.finish()?;
    let (rows, next) = messages::list(&app.service, &caller, contact, after.as_deref(), limit).await?;
    Ok(Json(views::page(rows.iter().map(views::message), next)))
}

/// `GET /messages/{id}`
pub async fn find(
    State(app): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    params: Params,
) -> Result<Json<Value>, Problem> {
    params.finish()?;
    let id: MessageId = id.parse().map_err(|_| Problem::not_found("There is no message with this id."))?;
    Ok(Json(views::message(&messages::find(&app.service, &caller, id).await?)))
}

/// `GET /templates`
pub async fn list_templates(
    State(app): State<AppState>,
    Extension(caller): Extension<Caller>,
    params: Params,
) -> Result<Json<Value>, Problem> {
    params.finish()?;
    let templates = templates::list(&app.service, &caller).await?;
    Ok(Json(views::page(templates.iter().map(views::template), None)))
}
