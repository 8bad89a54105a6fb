//! `/campaigns`

use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use domain::campaign::{Command, RecipientOutcome};
use domain::consent::State as ConsentState;
use domain::id::CampaignId;
use domain::permit::Reason;
use serde_json::{Value, json};
use service::campaigns::{self, AudienceChoice, CampaignDraft, RejectedNumber};
use service::{Caller, Error};

use super::fields::{Fields, JsonBody};
use super::idempotency::Made;
use super::messages::template_fields;
use super::params::Params;
use super::problem::{Problem, describe_code};
use super::views;
use crate::state::AppState;

/// Largest body of a new campaign, in bytes: a list of as many numbers as one may have.
pub const BODY_LIMIT: usize = 4 * 1024 * 1024;

const OUTCOME_WORDS: &str = "pending, sent, delivered, read, failed, unknown, skipped";
const STATE_WORDS: &str = "unknown, pending, opted_in, opted_out, held";

fn id(text: &str) -> Result<CampaignId, Problem> {
    text.parse().map_err(|_| Problem::not_found("There is no campaign with this id."))
}

/// `POST /campaigns`
pub async fn create(
    State(app): State<AppState>,
    Extension(caller): Extension<Caller>,
    made: Option<Extension<Made>>,
    body: JsonBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let mut fields = Fields::parse(&body)?;
    let name = fields.required_string("name");
    let template = if fields.has("template") {
        fields.object("template", template_fields)
    } else {
        fields.refuse("template", "required", "is required");
        None
    };
    let audience = audience(&mut fields);
    let schedule_at = fields.time("schedule_at");
    let connection = fields.string("connection");
    let draft = name.zip(template).zip(audience).map(|((name, template), audience)| CampaignDraft {
        name,
        template: template.name,
        language: template.language,
        variables: template.variables,
        audience,
        schedule_at,
        connection,
    });
    let draft = fields.finish(draft)?;
    let (campaign, rejected) = match made {
        Some(Extension(Made(id))) => {
            campaigns::create_once(&app.service, &caller, CampaignId::from_uuid(id), draft).await?
        }
        None => campaigns::create(&app.service, &caller, draft).await?,
    };
    let report = campaigns::report(&app.service, &caller, campaign.id).await?;
    let mut view = views::campaign(&report);
    view["rejected"] = rejected.iter().map(rejected_number).collect();
    Ok((StatusCode::CREATED, Json(view)))
}

fn rejected_number(rejected: &RejectedNumber) -> Value {
    let RejectedNumber { line, text, code } = rejected;
    json!({"line": line, "value": text, "code": code, "detail": describe_code(code)})
}

/// Exactly one of `all`, `tags`, `phones` and `filter`.
fn audience(fields: &mut Fields) -> Option<AudienceChoice> {
    if !fields.has("audience") {
        fields.refuse(
            "audience",
            "required",
            "is required: {\"all\": true}, {\"tags\": […]} or {\"phones\": […]}",
        );
        return None;
    }
    fields.object("audience", |audience| {
        let all = audience.boolean("all").unwrap_or(false);
        let tags = audience.strings("tags");
        let phones = audience.strings("phones");
        let filter = audience.object("filter", |filter| {
            let state = filter.word::<ConsentState>("state", STATE_WORDS);
            Some(AudienceChoice::Filter { state, search: filter.string("q") })
        });
        let mut given: Vec<AudienceChoice> = Vec::new();
        given.extend(all.then_some(AudienceChoice::All));
        given.extend(tags.map(AudienceChoice::Tags));
        given.extend(phones.map(AudienceChoice::Numbers));
        given.extend(filter);
        if given.len() > 1 {
            audience.refuse("all", "not_both", "give one of all, tags, phones and filter");
        } else if given.is_empty() {
            audience.refuse("all", "required", "give one of all (true), tags, phones and filter");
        }
        given.pop().filter(|_| given.is_empty())
    })
}

/// `GET /campaigns`
pub async fn list(
    State(app): State<AppState>,
    Extension(caller): Extension<Caller>,
    mut params: Params,
) -> Result<Json<Value>, Problem> {
    let after = params.text("after");
    let limit = params.limit();
    params.finish()?;
    let (rows, next) = campaigns::list(&app.service, &caller, after.as_deref(), limit).await?;
    Ok(Json(views::page(rows.iter().map(views::campaign_summary), next)))
}

/// `GET /campaigns/{id}`
pub async fn find(
    State(app): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(text): Path<String>,
    params: Params,
) -> Result<Json<Value>, Problem> {
    params.finish()?;
    Ok(Json(views::campaign(&campaigns::report(&app.service, &caller, id(&text)?).await?)))
}

/// `POST /campaigns/{id}/preview`
pub async fn preview(
    State(app): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(text): Path<String>,
    params: Params,
) -> Result<Json<Value>, Problem> {
    params.finish()?;
    Ok(Json(views::preview(&campaigns::preview(&app.service, &caller, id(&text)?).await?)))
}

/// `POST /campaigns/{id}/launch`
pub async fn launch(
    state: State<AppState>,
    caller: Extension<Caller>,
    path: Path<String>,
    params: Params,
) -> Result<Json<Value>, Problem> {
    command(state, caller, path, params, Command::Launch).await
}

/// `POST /campaigns/{id}/pause`
pub async fn pause(
    state: State<AppState>,
    caller: Extension<Caller>,
    path: Path<String>,
    params: Params,
) -> Result<Json<Value>, Problem> {
    command(state, caller, path, params, Command::Pause).await
}

/// `POST /campaigns/{id}/resume`
pub async fn resume(
    state: State<AppState>,
    caller: Extension<Caller>,
    path: Path<String>,
    params: Params,
) -> Result<Json<Value>, Problem> {
    command(state, caller, path, params, Command::Resume).await
}

/// `POST /campaigns/{id}/cancel`
pub async fn cancel(
    state: State<AppState>,
    caller: Extension<Caller>,
    path: Path<String>,
    params: Params,
) -> Result<Json<Value>, Problem> {
    command(state, caller, path, params, Command::Cancel).await
}

async fn command(
    State(app): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(text): Path<String>,
    params: Params,
    command: Command,
) -> Result<Json<Value>, Problem> {
    params.finish()?;
    let id = id(&text)?;
    match campaigns::command(&app.service, &caller, id, command).await {
        Ok(_) => Ok(Json(views::campaign(&campaigns::report(&app.service, &caller, id).await?))),
        Err(Error::Conflict) => {
            let state = campaigns::find(&app.service, &caller, id).await?.state;
            let (state, command) = (state.as_str(), command.as_str());
            Err(Problem::conflict(format!("The campaign is {state}; there is nothing to {command}.")))
        }
        Err(other) => Err(other.into()),
    }
}

/// `GET /campaigns/{id}/recipients`
pub async fn recipients(
    State(app): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(text): Path<String>,
    mut params: Params,
) -> Result<Json<Value>, Problem> {
    let outcome = params.word::<RecipientOutcome>("outcome", OUTCOME_WORDS);
    let words = Reason::ALL.map(Reason::as_str).join(", ");
    let reason = params.word::<Reason>("reason", &words);
    let after = params.text("after");
    let limit = params.limit();
    params.finish()?;
    let (rows, next) =
        campaigns::recipients(&app.service, &caller, id(&text)?, outcome, reason, after.as_deref(), limit)
            .await?;
    Ok(Json(views::page(rows.iter().map(views::recipient), next)))
}
