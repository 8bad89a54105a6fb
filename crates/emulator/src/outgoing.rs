//! A message as a business sends it: read and checked, before anything is known about the recipient.

use serde_json::Value;

use crate::graph_error::GraphError;

/// What was posted to a send path.
pub(crate) enum Outgoing {
    /// A message.
    Message(Message),
    /// "I have read this", with or without a typing indicator.
    ReadReceipt { message_id: String },
}

/// A well-formed message.
pub(crate) struct Message {
    pub(crate) to: Recipient,
    pub(crate) kind: String,
    /// The object named like the type.
    pub(crate) content: Value,
    pub(crate) context: Option<String>,
    pub(crate) callback_data: Option<String>,
}

/// Whom a message is for.
pub(crate) enum Recipient {
    /// `to`, as written.
    Number(String),
    /// `recipient`: a business-scoped user id.
    UserId(String),
}

impl Recipient {
    pub(crate) fn as_written(&self) -> &str {
        match self {
            Self::Number(written) | Self::UserId(written) => written,
        }
    }
}

const TYPES: [&str; 12] = [
    "text",
    "template",
    "interactive",
    "image",
    "video",
    "document",
    "audio",
    "sticker",
    "location",
    "contacts",
    "reaction",
    "order",
];

/// `to` or `recipient`, as written, of a body that may be wrong in every other way.
pub(crate) fn recipient(body: &Value) -> Option<Recipient> {
    match body.get("to") {
        Some(Value::String(to)) if !to.is_empty() => return Some(Recipient::Number(to.clone())),
        // Many clients send the number as a number, and Meta takes it.
        Some(Value::Number(to)) => return Some(Recipient::Number(to.to_string())),
        _ => {}
    }
    let recipient = body.get("recipient")?.as_str().filter(|recipient| !recipient.is_empty())?;
    Some(Recipient::UserId(recipient.to_owned()))
}

impl Outgoing {
    /// Reads a body.
    ///
    /// # Errors
    /// The Graph error for what is missing or wrong.
    pub(crate) fn parse(mut body: Value) -> Result<Self, GraphError> {
        if !body.is_object() {
            return Err(GraphError::parameter("The request body must be a JSON object."));
        }
        match body.get("messaging_product") {
            Some(Value::String(product)) if product == "whatsapp" => {}
            None | Some(Value::Null) => {
                return Err(GraphError::parameter("The parameter messaging_product is required."));
            }
            Some(_) => {
                return Err(GraphError::parameter("Param messaging_product must be one of {WHATSAPP}."));
            }
        }
        if let Some(status) = body.get("status") {
            return match (status.as_str(), body.get("message_id").and_then(Value::as_str)) {
                (Some("read"), Some(id)) => Ok(Self::ReadReceipt { message_id: id.to_owned() }),
                (Some("read"), None) => Err(GraphError::missing("message_id")),
                _ => Err(GraphError::parameter("Param status must be one of {READ}.")),
            };
        }
        if let Some(recipient_type) = body.get("recipient_type")
            && recipient_type != "individual"
        {
            return Err(GraphError::invalid("Param recipient_type must be one of {individual}."));
        }
        let to = recipient(&body).ok_or_else(|| GraphError::parameter("The parameter to is required."))?;
        let kind = match body.get("type") {
            None => "text".to_owned(),
            Some(Value::String(kind)) if TYPES.contains(&kind.as_str()) => kind.clone(),
            Some(_) => {
                let allowed = TYPES.join(", ").to_ascii_uppercase();
                return Err(GraphError::parameter(format!("Param type must be one of {{{allowed}}}.")));
            }
        };
        let callback_data = match body.get("biz_opaque_callback_data") {
            None | Some(Value::Null) => None,
            Some(Value::String(data)) if data.chars().count() <= 512 => Some(data.clone()),
            Some(_) => {
                return Err(GraphError::parameter(
                    "Param biz_opaque_callback_data must be a string of at most 512 characters.",
                ));
            }
        };
        let context = match body.get("context") {
            None | Some(Value::Null) => None,
            Some(context) => match context.get("message_id").and_then(Value::as_str) {
                Some(id) if id.starts_with("wamid.") => Some(id.to_owned()),
                _ => return Err(GraphError::invalid("Param context['message_id'] must be a message id.")),
            },
        };
        let content = body.get_mut(&kind).map(Value::take).ok_or_else(|| GraphError::missing(&kind))?;
        check(&kind, &content)?;
        Ok(Self::Message(Message { to, kind, content, context, callback_data }))
    }
}

fn check(kind: &str, content: &Value) -> Result<(), GraphError> {
    match kind {
        "text" => match content.get("body").and_then(Value::as_str) {
            None | Some("") => Err(GraphError::parameter("The parameter text['body'] is required.")),
            Some(body) if body.chars().count() > 4096 => {
                Err(GraphError::parameter("Param text['body'] must be at most 4096 characters long."))
            }
            Some(_) => Ok(()),
        },
        "template" => {
            require(content, "/name", "template['name']")?;
            require(content, "/language/code", "template['language']['code']")
        }
        "interactive" => interactive(content),
        "image" | "video" | "document" | "audio" | "sticker" => media(kind, content),
        "location" => {
            let known = ["latitude", "longitude"]
                .iter()
                .all(|axis| matches!(content.get(axis), Some(Value::Number(_) | Value::String(_))));
            if known {
                Ok(())
            } else {
                Err(GraphError::missing("location['latitude'], location['longitude']"))
            }
        }
        "contacts" => match content.as_array().map(Vec::as_slice) {
            None | Some([]) => Err(GraphError::invalid("Param contacts must be a non-empty array.")),
            Some(contacts) => contacts.iter().try_for_each(|contact| {
                require(contact, "/name/formatted_name", "contacts[0]['name']['formatted_name']")
            }),
        },
        "reaction" => {
            require(content, "/message_id", "reaction['message_id']")?;
            match content.get("emoji") {
                Some(Value::String(_)) => Ok(()),
                _ => Err(GraphError::missing("reaction['emoji']")),
            }
        }
        _ => Ok(()),
    }
}

/// A non-empty string has to be at the JSON pointer.
fn require(content: &Value, pointer: &str, name: &str) -> Result<(), GraphError> {
    match content.pointer(pointer).and_then(Value::as_str) {
        None | Some("") => Err(GraphError::missing(name)),
        Some(_) => Ok(()),
    }
}

/// A string of 1 to `most` characters has to be at the JSON pointer.
fn bounded<'a>(content: &'a Value, pointer: &str, name: &str, most: usize) -> Result<&'a str, GraphError> {
    require(content, pointer, name)?;
    let text = content.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    if text.chars().count() > most {
        return Err(GraphError::invalid(format!("{name} must be at most {most} characters long.")));
    }
    Ok(text)
}

fn optional(content: &Value, pointer: &str, name: &str, most: usize) -> Result<(), GraphError> {
    match content.pointer(pointer) {
        None | Some(Value::Null) => Ok(()),
        Some(_) => bounded(content, pointer, name, most).map(drop),
    }
}

fn media(kind: &str, content: &Value) -> Result<(), GraphError> {
    let given = |name: &str| content.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    match (given("id"), given("link")) {
        (Some(_), Some(_)) => {
            Err(GraphError::invalid(format!("Only one of {kind}['id'] and {kind}['link'] is allowed.")))
        }
        (None, None) => Err(GraphError::missing(&format!("{kind}['id'] or {kind}['link']"))),
        (None, Some(link)) if !link.starts_with("https://") && !link.starts_with("http://") => {
            Err(GraphError::invalid(format!("Param {kind}['link'] must be a valid URI.")))
        }
        _ => optional(content, "/caption", &format!("{kind}['caption']"), 1024),
    }
}

fn interactive(content: &Value) -> Result<(), GraphError> {
    let kind = content
        .get("type")
        .and_then(Value::as_str)
        .ok_or_else(|| GraphError::missing("interactive['type']"))?;
    let body_limit = if kind == "list" { 4096 } else { 1024 };
    optional(content, "/header/text", "interactive['header']['text']", 60)?;
    optional(content, "/footer/text", "interactive['footer']['text']", 60)?;
    match kind {
        "button" => {
            bounded(content, "/body/text", "interactive['body']['text']", body_limit)?;
            let buttons =
                content.pointer("/action/buttons").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            if !(1..=3).contains(&buttons.len()) {
                return Err(GraphError::invalid(
                    "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3",
                ));
            }
            let mut seen: Vec<(&str, &str)> = Vec::with_capacity(buttons.len());
            for button in buttons {
                if button.get("type").and_then(Value::as_str) != Some("reply") {
                    return Err(GraphError::invalid("Button type must be 'reply'."));
                }
                let id = bounded(button, "/reply/id", "Button id", 256)?;
                let title = bounded(button, "/reply/title", "Button title", 20)?;
                if seen.iter().any(|(other_id, other_title)| *other_id == id || *other_title == title) {
                    return Err(GraphError::invalid("Button ids and titles must be unique."));
                }
                seen.push((id, title));
            }
            Ok(())
        }
        "list" => {
            bounded(content, "/body/text", "interactive['body']['text']", body_limit)?;
            bounded(content, "/action/button", "interactive['action']['button']", 20)?;
            let sections =
                content.pointer("/action/sections").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            let rows: Vec<&Value> = sections
                .iter()
                .flat_map(|section| section.get("rows").and_then(Value::as_array).into_iter().flatten())
                .collect();
            if !(1..=10).contains(&rows.len()) {
                return Err(GraphError::invalid(
                    "Total row count exceed max allowed count: 10, or there is no row.",
                ));
            }
            if sections.len() > 1 {
                sections
                    .iter()
                    .try_for_each(|section| bounded(section, "/title", "Section title", 24).map(drop))?;
            }
            let mut seen: Vec<&str> = Vec::with_capacity(rows.len());
            for row in rows {
                let id = bounded(row, "/id", "Row id", 200)?;
                bounded(row, "/title", "Row title", 24)?;
                optional(row, "/description", "Row description", 72)?;
                if seen.contains(&id) {
                    return Err(GraphError::invalid("Row ids must be unique."));
                }
                seen.push(id);
            }
            Ok(())
        }
        "cta_url" | "flow" | "contact_request" | "location_request_message" | "address_message" => {
            bounded(content, "/body/text", "interactive['body']['text']", body_limit)?;
            require(content, "/action/name", "interactive['action']['name']")
        }
        "product" | "product_list" | "catalog_message" | "carousel" | "order_details" | "order_status" => {
            Ok(())
        }
        _ => Err(GraphError::invalid("Interactive type is not supported.")),
    }
}
