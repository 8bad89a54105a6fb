//! `message_templates`: list, create, edit, delete; and the webhooks about them.

use std::sync::{Arc, PoisonError};

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Emulator;
use crate::graph::Access;
use crate::graph_error::GraphError;
use crate::templates::{Category, Template, TemplateStatus};
use crate::webhook::Lane;

#[derive(Deserialize)]
pub(crate) struct Listing {
    limit: Option<usize>,
    after: Option<String>,
    name: Option<String>,
    language: Option<String>,
    status: Option<TemplateStatus>,
    category: Option<Category>,
}

/// A template by its id, if there is one.
pub(crate) fn node(emulator: &Emulator, id: &str) -> Option<Value> {
    let templates = emulator.templates().read().unwrap_or_else(PoisonError::into_inner);
    serde_json::to_value(&*templates.by_id(id)?).ok()
}

pub(crate) async fn list(
    State(emulator): State<Emulator>,
    Path(path): Path<(String, String)>,
    Query(listing): Query<Listing>,
    headers: HeaderMap,
) -> Response {
    let result =
        Access::to_account(&emulator, &headers, &Method::GET, &path).and_then(|_| emulator.list(&listing));
    emulator.graph_answer(result)
}

pub(crate) async fn create(
    State(emulator): State<Emulator>,
    Path(path): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let result =
        Access::to_account(&emulator, &headers, &Method::POST, &path).and_then(|_| emulator.create(&body));
    emulator.graph_answer(result)
}

pub(crate) async fn edit(
    State(emulator): State<Emulator>,
    Path((version, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let result = Access::to_anything(&emulator, &headers, &version).and_then(|_| emulator.edit(&id, &body));
    emulator.graph_answer(result)
}

#[derive(Deserialize)]
pub(crate) struct Deletion {
    name: Option<String>,
    hsm_id: Option<String>,
}

pub(crate) async fn delete(
    State(emulator): State<Emulator>,
    Path(path): Path<(String, String)>,
    Query(deletion): Query<Deletion>,
    headers: HeaderMap,
) -> Response {
    let result = Access::to_account(&emulator, &headers, &Method::DELETE, &path).and_then(|_| {
        let name = deletion.name.ok_or_else(|| GraphError::parameter("The parameter name is required."))?;
        let mut templates = emulator.templates().write().unwrap_or_else(PoisonError::into_inner);
        if templates.remove(&name, deletion.hsm_id.as_deref()) {
            Ok(json!({ "success": true }))
        } else {
            let text = format!("The message template {name} wasn't found for this account.");
            Err(GraphError::management(2_593_002, "Message Template Not Found", text))
        }
    });
    emulator.graph_answer(result)
}

#[derive(Deserialize)]
struct NewTemplate {
    name: String,
    language: String,
    category: Category,
    #[serde(default)]
    parameter_format: Option<String>,
    components: Vec<Value>,
}

#[derive(Deserialize)]
struct Edit {
    category: Option<Category>,
    components: Option<Vec<Value>>,
}

fn read<T: for<'de> Deserialize<'de>>(body: &[u8]) -> Result<T, GraphError> {
    serde_json::from_slice(body).map_err(|error| GraphError::parameter(format!("Invalid parameter: {error}")))
}

fn has_body(components: &[Value]) -> bool {
    components.iter().any(|component| {
        component.get("type").and_then(Value::as_str).is_some_and(|kind| kind.eq_ignore_ascii_case("body"))
    })
}

impl Emulator {
    fn list(&self, listing: &Listing) -> Result<Value, GraphError> {
        let start = match &listing.after {
            None => 0,
            // A cursor is the number of templates before it.
            Some(cursor) => {
                cursor.parse().map_err(|_| GraphError::parameter("Param after is not a cursor."))?
            }
        };
        let limit = listing.limit.unwrap_or(25).clamp(1, 1000);
        let templates = self.templates().read().unwrap_or_else(PoisonError::into_inner);
        let found: Vec<&Arc<Template>> = templates
            .all()
            .iter()
            .filter(|template| listing.name.as_ref().is_none_or(|name| template.name.contains(name)))
            .filter(|template| {
                listing.language.as_ref().is_none_or(|language| template.language == *language)
            })
            .filter(|template| listing.status.is_none_or(|status| template.status == status))
            .filter(|template| listing.category.is_none_or(|category| template.category == category))
            .collect();
        let page: Vec<&Template> =
            found.iter().skip(start).take(limit).map(|template| &***template).collect();
        if page.is_empty() {
            return Ok(json!({ "data": [] }));
        }
        let end = start + page.len();
        let mut paging = json!({ "cursors": { "before": start.to_string(), "after": end.to_string() } });
        if end < found.len() {
            let account = &self.config().waba_id;
            paging["next"] = json!(format!(
                "https://graph.facebook.com/v25.0/{account}/message_templates?limit={limit}&after={end}"
            ));
        }
        Ok(json!({ "data": page, "paging": paging }))
    }

    fn create(&self, body: &[u8]) -> Result<Value, GraphError> {
        let new: NewTemplate = read(body)?;
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if new.name.is_empty() || new.name.len() > 512 || !new.name.chars().all(allowed) {
            return Err(GraphError::parameter(
                "Param name must have 1 to 512 characters of lowercase letters, digits and underscores.",
            ));
        }
        if new.language.is_empty() || !has_body(&new.components) {
            return Err(GraphError::parameter("A template needs a language and a component of type BODY."));
        }
        let id = self.ids().node();
        {
            let mut templates = self.templates().write().unwrap_or_else(PoisonError::into_inner);
            if templates.find(&new.name, &new.language).is_some() {
                let text = format!("There is already {} content for this template.", new.language);
                return Err(GraphError::management(
                    2_388_024,
                    "Content in This Language Already Exists",
                    text,
                ));
            }
            templates.put(Template {
                id: id.clone(),
                name: new.name.clone(),
                language: new.language.clone(),
                category: new.category,
                status: TemplateStatus::Pending,
                parameter_format: new
                    .parameter_format
                    .unwrap_or("POSITIONAL".to_owned())
                    .to_ascii_uppercase(),
                components: new.components,
            });
        }
        self.approve_later(new.name, new.language);
        Ok(json!({ "id": id, "status": "PENDING", "category": new.category }))
    }

    fn edit(&self, id: &str, body: &[u8]) -> Result<Value, GraphError> {
        let mut templates = self.templates().write().unwrap_or_else(PoisonError::into_inner);
        let old = templates.by_id(id).ok_or_else(|| GraphError::no_such_node("post", id))?;
        let edit: Edit = read(body)?;
        let components = edit.components.unwrap_or_else(|| old.components.clone());
        if !has_body(&components) {
            return Err(GraphError::parameter("A template needs a component of type BODY."));
        }
        let category = edit.category.unwrap_or(old.category);
        templates.put(Template { category, components, ..Template::clone(&old) });
        Ok(json!({ "success": true }))
    }

    /// Review takes as long as delivering a message.
    fn approve_later(&self, name: String, language: String) {
        let (emulator, mut epoch, pending) = (self.clone(), self.epoch(), self.pending());
        tokio::spawn(async move {
            if epoch.sleep(emulator.config().status_delay.delivered).await {
                emulator.change_template(&name, &language, TemplateStatus::Approved).await;
            }
            drop(pending);
        });
    }

    /// Sets the state of a template and tells the webhook; false when there is no such template.
    pub(crate) async fn change_template(&self, name: &str, language: &str, status: TemplateStatus) -> bool {
        let changed = {
            let mut templates = self.templates().write().unwrap_or_else(PoisonError::into_inner);
            templates.set_status(name, language, status)
        };
        let Some(template) = changed else { return false };
        let value = json!({
            "event": template.status,
            "message_template_id": template.id.parse::<u64>().unwrap_or_default(),
            "message_template_name": template.name,
            "message_template_language": template.language,
            "message_template_category": template.category,
            "reason": "NONE",
        });
        let body = self.envelope("message_template_status_update", value);
        self.deliver(body, Lane::Status, self.epoch(), self.pending()).await;
        true
    }
}
