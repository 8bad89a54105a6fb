//! The Graph API's paths besides sending: the number, the account, media and blocked users.

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, OriginalUri, Path, Query, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::Emulator;
use crate::graph_error::GraphError;
use crate::media::MediaFile;
use crate::{send, template_api};

/// The largest upload Cloud API takes.
const LARGEST_UPLOAD: usize = 100 * 1024 * 1024;

pub(crate) fn routes() -> Router<Emulator> {
    Router::new()
        .route("/{version}/{node}", get(node).post(template_api::edit).delete(delete_node))
        .route("/{version}/{node}/messages", post(send::messages))
        .route("/{version}/{node}/marketing_messages", post(send::marketing_messages))
        .route(
            "/{version}/{node}/message_templates",
            get(template_api::list).post(template_api::create).delete(template_api::delete),
        )
        .route("/{version}/{node}/phone_numbers", get(phone_numbers))
        .route(
            "/{version}/{node}/subscribed_apps",
            get(subscribed_apps).post(subscribed_apps).delete(subscribed_apps),
        )
        .route("/{version}/{node}/block_users", get(blocked_users).post(block_users).delete(block_users))
        .route("/{version}/{node}/media", post(upload).layer(DefaultBodyLimit::max(LARGEST_UPLOAD)))
        .route("/{version}/{node}/content", get(content))
}

/// `v25.0` and the like.
pub(crate) fn is_version(version: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    version
        .strip_prefix('v')
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(major, minor)| number(major) && number(minor))
}

/// Checks the bearer token.
pub(crate) fn authorise(emulator: &Emulator, headers: &HeaderMap) -> Result<(), GraphError> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .map(str::trim)
        .filter(|token| !token.is_empty());
    match (token, &emulator.config().access_token) {
        (None, _) => Err(GraphError::token("An access token is required to request this resource.", None)),
        (Some(_), _) if emulator.mischief().faults.expired_token => Err(GraphError::token(
            "Error validating access token: Session has expired. The current time is after its end.",
            Some(463),
        )),
        (Some(token), Some(expected)) if token != expected => {
            Err(GraphError::token("Invalid OAuth access token - Cannot parse access token", None))
        }
        _ => Ok(()),
    }
}

/// A Graph request that has passed the checks every one has to.
pub(crate) struct Access;

impl Access {
    /// Token, version, and that the node is the account.
    pub(crate) fn to_account(
        emulator: &Emulator,
        headers: &HeaderMap,
        method: &Method,
        (version, node): &(String, String),
    ) -> Result<Self, GraphError> {
        Self::to_anything(emulator, headers, version)?;
        if *node != emulator.config().waba_id {
            return Err(GraphError::no_such_node(method.as_str(), node));
        }
        Ok(Self)
    }

    /// Token, version, and that the node is the number.
    fn to_number(
        emulator: &Emulator,
        headers: &HeaderMap,
        method: &Method,
        (version, node): &(String, String),
    ) -> Result<Self, GraphError> {
        authorise(emulator, headers)?;
        emulator.check_number(method.as_str(), version, node, &format!("/{version}"))?;
        Ok(Self)
    }

    /// Token and version.
    pub(crate) fn to_anything(
        emulator: &Emulator,
        headers: &HeaderMap,
        version: &str,
    ) -> Result<Self, GraphError> {
        authorise(emulator, headers)?;
        if is_version(version) { Ok(Self) } else { Err(GraphError::unknown_path(&format!("/{version}"))) }
    }
}

impl Emulator {
    /// The HTTP answer of a Graph request.
    pub(crate) fn graph_answer(&self, result: Result<Value, GraphError>) -> Response {
        match result {
            Ok(body) => Json(body).into_response(),
            Err(error) => error.into_response(self.ids().trace()),
        }
    }

    fn number_node(&self) -> Map<String, Value> {
        let level = if matches!(self.config().messages_per_second, 1..1000) { "STANDARD" } else { "HIGH" };
        let node = json!({
            "id": self.config().phone_number_id,
            "verified_name": self.config().verified_name,
            "display_phone_number": self.config().display_number,
            "code_verification_status": "VERIFIED",
            "quality_rating": "GREEN",
            "platform_type": "CLOUD_API",
            "throughput": { "level": level },
            "name_status": "APPROVED",
            "status": "CONNECTED",
            "account_mode": "LIVE",
            "is_official_business_account": false,
            "messaging_limit_tier": "TIER_UNLIMITED",
            "whatsapp_business_manager_messaging_limit": "TIER_UNLIMITED",
        });
        if let Value::Object(node) = node { node } else { Map::new() }
    }

    fn account_node(&self) -> Map<String, Value> {
        let node = json!({
            "id": self.config().waba_id,
            "name": self.config().verified_name,
            "currency": "USD",
            "timezone_id": "1",
            "message_template_namespace": "00000000_0000_0000_0000_000000000000",
            "account_review_status": "APPROVED",
        });
        if let Value::Object(node) = node { node } else { Map::new() }
    }
}

#[derive(Deserialize)]
pub(crate) struct Fields {
    fields: Option<String>,
}

impl Fields {
    /// Only the fields asked for, and the id; all of them when none was.
    fn select(&self, mut node: Map<String, Value>) -> Value {
        if let Some(fields) = &self.fields {
            let wanted: Vec<&str> = fields.split(',').map(str::trim).collect();
            node.retain(|name, _| name == "id" || wanted.contains(&name.as_str()));
        }
        Value::Object(node)
    }
}

async fn node(
    State(emulator): State<Emulator>,
    Path((version, node)): Path<(String, String)>,
    Query(fields): Query<Fields>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let result = Access::to_anything(&emulator, &headers, &version).and_then(|_| {
        if node == emulator.config().phone_number_id {
            return Ok(fields.select(emulator.number_node()));
        }
        if node == emulator.config().waba_id {
            return Ok(fields.select(emulator.account_node()));
        }
        if let Some(template) = template_api::node(&emulator, &node) {
            return Ok(template);
        }
        let file =
            emulator.media().get(&node).cloned().ok_or_else(|| GraphError::no_such_node("get", &node))?;
        let Some(content) = &file.content else { return Err(GraphError::no_such_node("get", &node)) };
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
        Ok(json!({
            "url": format!("http://{host}{}/content", uri.path()),
            "mime_type": file.mime_type,
            "sha256": file.sha256(),
            "file_size": content.len(),
            "id": file.id,
            "messaging_product": "whatsapp",
        }))
    });
    emulator.graph_answer(result)
}

async fn delete_node(
    State(emulator): State<Emulator>,
    Path((version, node)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let result = Access::to_anything(&emulator, &headers, &version).and_then(|_| {
        if emulator.media().remove(&node) {
            Ok(json!({ "success": true }))
        } else {
            Err(GraphError::no_such_node("delete", &node))
        }
    });
    emulator.graph_answer(result)
}

async fn upload(
    State(emulator): State<Emulator>,
    Path(path): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let result = Access::to_number(&emulator, &headers, &Method::POST, &path).map(|_| {
        let id = emulator.ids().node();
        emulator.media().add(MediaFile {
            id: id.clone(),
            mime_type: "application/octet-stream".to_owned(),
            content: Some(body),
        });
        json!({ "id": id })
    });
    emulator.graph_answer(result)
}

/// The content of a file.
async fn content(
    State(emulator): State<Emulator>,
    Path((version, node)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let file = Access::to_anything(&emulator, &headers, &version).and_then(|_| {
        let file = emulator.media().get(&node).cloned();
        let found = file.and_then(|file| Some((file.mime_type, file.content?)));
        found.ok_or_else(|| GraphError::no_such_node("get", &node))
    });
    match file {
        Ok((mime_type, content)) => ([(header::CONTENT_TYPE, mime_type)], content).into_response(),
        Err(error) => error.into_response(emulator.ids().trace()),
    }
}

async fn phone_numbers(
    State(emulator): State<Emulator>,
    Path(path): Path<(String, String)>,
    Query(fields): Query<Fields>,
    headers: HeaderMap,
) -> Response {
    let result = Access::to_account(&emulator, &headers, &Method::GET, &path)
        .map(|_| json!({ "data": [fields.select(emulator.number_node())] }));
    emulator.graph_answer(result)
}

async fn subscribed_apps(
    State(emulator): State<Emulator>,
    Path(path): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let result = Access::to_account(&emulator, &headers, &method, &path).map(|_| {
        if method == Method::GET {
            json!({ "data": [{ "whatsapp_business_api_data": { "id": "300000000000001", "name": "Emulated app" } }] })
        } else {
            json!({ "success": true })
        }
    });
    emulator.graph_answer(result)
}

async fn blocked_users(
    State(emulator): State<Emulator>,
    Path(path): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let result = Access::to_number(&emulator, &headers, &Method::GET, &path).map(|_| {
        let blocked = emulator.people().blocked();
        let data: Vec<Value> = blocked
            .into_iter()
            .map(|customer| match customer.phone {
                Some(phone) => {
                    json!({ "messaging_product": "whatsapp", "wa_id": phone.trim_start_matches('+') })
                }
                None => json!({ "messaging_product": "whatsapp", "user_id": customer.user_id }),
            })
            .collect();
        json!({ "data": data })
    });
    emulator.graph_answer(result)
}

async fn block_users(
    State(emulator): State<Emulator>,
    Path(path): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let users = Access::to_number(&emulator, &headers, &method, &path).and_then(|_| {
        let body: Value = serde_json::from_slice(&body)
            .map_err(|_| GraphError::parameter("The request body is not valid JSON."))?;
        match body.get("block_users").and_then(Value::as_array) {
            Some(users) if !users.is_empty() => Ok(users.clone()),
            _ => Err(GraphError::parameter("The parameter block_users is required.")),
        }
    });
    match users {
        Ok(users) => emulator.block(&users, method == Method::POST),
        Err(error) => error.into_response(emulator.ids().trace()),
    }
}

impl Emulator {
    /// Blocks or unblocks each of `users`; only people who wrote in the last 24 hours can be blocked.
    fn block(&self, users: &[Value], block: bool) -> Response {
        let now = self.config().clock.seconds();
        let (mut done, mut failed) = (Vec::new(), Vec::new());
        for user in users {
            let input =
                user.get("user").or_else(|| user.get("user_id")).and_then(Value::as_str).unwrap_or_default();
            let Ok(key) = self.person_key(input) else {
                failed.push(json!({ "input": input, "errors": [failure(131_009)] }));
                continue;
            };
            let entry = if crate::people::is_user_id(input) {
                json!({ "input": input, "user_id": input })
            } else {
                json!({ "input": input, "wa_id": key })
            };
            let mut people = self.people();
            if block && !people.get(&key).is_some_and(|person| person.window_open(now)) {
                let mut entry = entry;
                entry["errors"] = json!([failure(131_047)]);
                failed.push(entry);
                continue;
            }
            people.meet(&key).blocked = block;
            people.touch(&key);
            done.push(entry);
        }
        let mut outcome = Map::new();
        outcome.insert(if block { "added_users" } else { "removed_users" }.to_owned(), Value::Array(done));
        if failed.is_empty() {
            return Json(json!({ "messaging_product": "whatsapp", "block_users": outcome })).into_response();
        }
        outcome.insert("failed_users".to_owned(), Value::Array(failed));
        let error = GraphError::new(139_100);
        let mut body = error.body(self.ids().trace());
        body["messaging_product"] = json!("whatsapp");
        body["block_users"] = Value::Object(outcome);
        (error.status, Json(body)).into_response()
    }
}

fn failure(code: u32) -> Value {
    let (_, title, details) = crate::graph_error::described(code);
    json!({ "message": title, "code": code, "error_data": { "details": details } })
}
