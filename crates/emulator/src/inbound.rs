//! What a customer does: writes, taps, stops offers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::Emulator;
use crate::bubble::Bubble;
use crate::ids::Way;
use crate::media::{self, MediaFile};
use crate::people::{self, Direction, Tick, is_user_id};
use crate::statuses::contact;
use crate::webhook::Lane;

/// An action of a customer.
#[derive(Debug, Clone)]
pub struct Inbound {
    from: Option<String>,
    user_id: Option<String>,
    name: Option<String>,
    hide_number: bool,
    context: Option<String>,
    id: Option<String>,
    timestamp: Option<i64>,
    extras: Map<String, Value>,
    action: Action,
}

#[derive(Debug, Clone)]
enum Action {
    /// A message: its type and the object named like it.
    Message(String, Value),
    /// Fields of a message that are sent as they are.
    Raw(Map<String, Value>),
    /// "Offers and announcements": stop or resume.
    Preference { stop: bool },
    /// The business-scoped user id became another one.
    UserIdUpdate { current: String },
}

/// What became of the webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delivered {
    /// The message's id; absent for what is no message.
    pub wamid: Option<String>,
    /// How the webhook was answered at the first attempt; 0 when it was not.
    pub webhook_status: u16,
    /// When that was, microseconds since 1970, UTC.
    pub acked_at_us: i64,
}

/// Why an action is impossible.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum InboundError {
    /// The JSON does not say one clear thing.
    #[error("{0}")]
    Invalid(String),
    /// A blocked customer cannot write.
    #[error("the business has blocked this customer")]
    Blocked,
}

const KINDS: [&str; 15] = [
    "text",
    "button",
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
    "unsupported",
    "system",
    "edit",
];

/// Message types that open the 24-hour window.
fn opens_window(kind: &str) -> bool {
    !matches!(kind, "reaction" | "system" | "edit" | "revoke")
}

impl Inbound {
    fn new(from: impl Into<String>, action: Action) -> Self {
        Self {
            from: Some(from.into()),
            user_id: None,
            name: None,
            hide_number: false,
            context: None,
            id: None,
            timestamp: None,
            extras: Map::new(),
            action,
        }
    }

    /// A text. `from` is a number, or a user id.
    pub fn text(from: impl Into<String>, body: impl Into<String>) -> Self {
        Self::new(from, Action::Message("text".to_owned(), json!({ "body": body.into() })))
    }

    /// A tap on a template's quick reply.
    pub fn button(from: impl Into<String>, payload: &str, text: &str) -> Self {
        Self::new(from, Action::Message("button".to_owned(), json!({ "payload": payload, "text": text })))
    }

    /// A tap on a button of an interactive message.
    pub fn button_reply(from: impl Into<String>, id: &str, title: &str) -> Self {
        Self::message(from, "interactive", json!({ "button_reply": { "id": id, "title": title } }))
    }

    /// A choice from a list.
    pub fn list_reply(from: impl Into<String>, id: &str, title: &str) -> Self {
        Self::message(from, "interactive", json!({ "list_reply": { "id": id, "title": title } }))
    }

    /// A message of any type with the object named like the type; for media and interactive messages what Meta adds
    /// is added.
    pub fn message(from: impl Into<String>, kind: &str, content: Value) -> Self {
        Self::new(from, Action::Message(kind.to_owned(), content))
    }

    /// Stops (or resumes) offers in WhatsApp itself.
    pub fn native_stop(from: impl Into<String>, stop: bool) -> Self {
        Self::new(from, Action::Preference { stop })
    }

    /// The same as an answer to the message with this id.
    #[must_use]
    pub fn in_reply_to(mut self, wamid: impl Into<String>) -> Self {
        self.context = Some(wamid.into());
        self
    }

    /// The same with the customer's profile name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The same at another time (Unix seconds).
    #[must_use]
    pub fn at(mut self, timestamp: i64) -> Self {
        self.timestamp = Some(timestamp);
        self
    }

    /// The same with a given message id, to deliver a message twice.
    #[must_use]
    pub fn with_id(mut self, wamid: impl Into<String>) -> Self {
        self.id = Some(wamid.into());
        self
    }

    /// The same from somebody whose number the business does not get to see.
    #[must_use]
    pub fn with_hidden_number(mut self) -> Self {
        self.hide_number = true;
        self
    }

    /// Reads the JSON of the control interface.
    ///
    /// # Errors
    /// [`InboundError::Invalid`] with words about what is wrong.
    pub fn from_json(json: Value) -> Result<Self, InboundError> {
        let wrong = |text: &str| InboundError::Invalid(text.to_owned());
        let Value::Object(mut fields) = json else { return Err(wrong("the body must be a JSON object")) };
        let mut string = |name: &str| match fields.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(InboundError::Invalid(format!("{name} must be a string"))),
        };
        let from = string("from")?;
        let user_id = string("user_id")?;
        let name = string("name")?;
        let id = string("id")?;
        let timestamp = match string("timestamp")? {
            None => None,
            Some(seconds) => Some(seconds.parse().map_err(|_| wrong("timestamp must be Unix seconds"))?),
        };
        if from.is_none() && user_id.is_none() {
            return Err(wrong("from (a number) or user_id is needed"));
        }
        if user_id.as_deref().is_some_and(|id| !is_user_id(id)) {
            return Err(wrong("user_id must look like US.13491208655302741918"));
        }
        let context = match fields.remove("context") {
            None | Some(Value::Null) => None,
            Some(context) => {
                match context.get("id").or_else(|| context.get("message_id")).and_then(Value::as_str) {
                    Some(id) => Some(id.to_owned()),
                    None => return Err(wrong("context needs an id")),
                }
            }
        };
        let hide_number = fields.remove("hide_number").is_some_and(|hide| hide == Value::Bool(true));
        fields.remove("to");
        let mut extras = Map::new();
        for extra in ["referral", "group_id", "errors"] {
            if let Some(value) = fields.remove(extra) {
                extras.insert(extra.to_owned(), value);
            }
        }
        let mut actions = fields.into_iter();
        let action = match (actions.next(), actions.next()) {
            (Some((kind, content)), None) => Action::read(&kind, content)?,
            (Some((one, _)), Some((other, _))) => {
                return Err(InboundError::Invalid(format!("one action at a time, not {one} and {other}")));
            }
            (None, _) => return Err(wrong("an action is needed, such as text")),
        };
        Ok(Self { from, user_id, name, hide_number, context, id, timestamp, extras, action })
    }
}

impl Action {
    fn read(kind: &str, content: Value) -> Result<Self, InboundError> {
        let field = |name: &str| content.get(name).and_then(Value::as_str);
        match kind {
            "text" => match &content {
                Value::String(body) => Ok(Self::Message(kind.to_owned(), json!({ "body": body }))),
                Value::Object(_) => Ok(Self::Message(kind.to_owned(), content)),
                _ => Err(InboundError::Invalid("text must be a string".to_owned())),
            },
            "user_preferences" => match field("value") {
                Some("stop") => Ok(Self::Preference { stop: true }),
                Some("resume") => Ok(Self::Preference { stop: false }),
                _ => Err(InboundError::Invalid("user_preferences.value is stop or resume".to_owned())),
            },
            "user_id_update" => match field("current") {
                Some(current) if is_user_id(current) => {
                    Ok(Self::UserIdUpdate { current: current.to_owned() })
                }
                _ => Err(InboundError::Invalid("user_id_update.current must be a user id".to_owned())),
            },
            "raw" => match content {
                Value::Object(fields) if fields.contains_key("type") => Ok(Self::Raw(fields)),
                _ => Err(InboundError::Invalid("raw must be a message object with a type".to_owned())),
            },
            kind if KINDS.contains(&kind) => Ok(Self::Message(kind.to_owned(), content)),
            _ => Err(InboundError::Invalid(format!(
                "unknown action {kind}; there is raw for types of the future"
            ))),
        }
    }
}

impl Emulator {
    /// Lets a customer do something, and waits until the webhook was answered once. What was not answered 200 is
    /// delivered again in the background.
    ///
    /// # Errors
    /// When the number is none, or the customer is blocked.
    pub async fn inbound(&self, inbound: Inbound) -> Result<Delivered, InboundError> {
        let (body, wamid) = self.receive(inbound)?;
        let webhook_status = self.deliver(body, Lane::Customer, self.epoch(), self.pending()).await;
        let acked_at_us = self.config().clock.micros();
        if let Some(wamid) = &wamid {
            self.people().change(wamid, |message| {
                message.webhook_status = Some(webhook_status);
                if webhook_status == 200 {
                    message.status = message.status.max(Tick::Delivered);
                }
            });
        }
        Ok(Delivered { wamid, webhook_status, acked_at_us })
    }

    /// Notes what the customer did and makes the webhook about it.
    fn receive(&self, inbound: Inbound) -> Result<(axum::body::Bytes, Option<String>), InboundError> {
        let wrong = |text: &'static str| InboundError::Invalid(text.to_owned());
        let written = inbound.from.as_deref().or(inbound.user_id.as_deref()).unwrap_or_default();
        let key = self.person_key(written).map_err(wrong)?;
        let now = self.config().clock.seconds();
        let timestamp = inbound.timestamp.unwrap_or(now);

        let mut people = self.people();
        if people.get(&key).is_some_and(|person| person.blocked) {
            return Err(InboundError::Blocked);
        }
        if let Some(user_id) = &inbound.user_id {
            people.set_user_id(&key, user_id);
        }
        let person = people.meet(&key);
        if inbound.name.is_some() {
            person.name.clone_from(&inbound.name);
        }
        person.hide_number = inbound.hide_number || person.wa_id.is_none();
        let (name, user_id) = (person.name.clone(), person.user_id.clone());
        let number = person.wa_id.clone().filter(|_| !person.hide_number);
        let contact = contact(name.as_deref(), number.as_deref(), &user_id);

        let kind = match inbound.action {
            Action::Preference { stop } => {
                person.native_stop = stop;
                people.touch(&key);
                drop(people);
                let value = self.preference_value(contact, number, &user_id, stop, timestamp);
                return Ok((self.envelope("user_preferences", value), None));
            }
            Action::UserIdUpdate { current } => {
                people.set_user_id(&key, &current);
                drop(people);
                let value = self.user_id_value(contact, number, &user_id, &current, timestamp);
                return Ok((self.envelope("user_id_update", value), None));
            }
            Action::Message(ref kind, _) => kind.clone(),
            Action::Raw(ref fields) => {
                fields.get("type").and_then(Value::as_str).unwrap_or("unknown").to_owned()
            }
        };
        if opens_window(&kind) {
            person.last_inbound = Some(person.last_inbound.map_or(timestamp, |at| at.max(timestamp)));
        }
        let wamid = inbound.id.unwrap_or_else(|| self.ids().wamid(&key, Way::FromCustomer));

        let mut message = inbound.extras;
        if let Some(number) = &number {
            message.insert("from".into(), json!(number));
        }
        message.insert("from_user_id".into(), json!(user_id));
        message.insert("id".into(), json!(wamid));
        message.insert("timestamp".into(), json!(timestamp.to_string()));
        if let Some(id) = &inbound.context {
            message.insert("context".into(), json!({ "from": self.business_digits(), "id": id }));
        }
        let bubble = match inbound.action {
            Action::Raw(fields) => {
                let bubble = Bubble::of(&kind, fields.get(&kind).unwrap_or(&Value::Null));
                message.extend(fields);
                bubble
            }
            Action::Message(_, content) => {
                let content = self.completed(&kind, content);
                let bubble = Bubble::of(&kind, &content);
                message.insert("type".into(), json!(kind));
                if kind == "unsupported" {
                    message.entry("errors").or_insert_with(|| {
                        json!([{
                            "code": 131_051, "title": "Message type unknown", "message": "Message type unknown",
                            "error_data": { "details": "Message type is currently not supported." },
                        }])
                    });
                }
                message.insert(kind.clone(), content);
                bubble
            }
            Action::Preference { .. } | Action::UserIdUpdate { .. } => Bubble::default(),
        };
        people.add(
            &key,
            people::Message {
                id: wamid.clone(),
                direction: Direction::In,
                at: timestamp,
                kind: kind.clone(),
                bubble,
                context: inbound.context,
                status: Tick::Accepted,
                error: None,
                webhook_status: None,
            },
        );
        drop(people);

        let mut value = Map::new();
        value.insert("messaging_product".into(), json!("whatsapp"));
        value.insert("metadata".into(), self.metadata());
        if kind != "system" {
            value.insert("contacts".into(), json!([contact]));
        }
        value.insert("messages".into(), json!([message]));
        Ok((self.envelope("messages", Value::Object(value)), Some(wamid)))
    }

    /// The content with what Meta adds by itself. A file is the one given as `content` (base64), or a sample.
    fn completed(&self, kind: &str, mut content: Value) -> Value {
        let mime_type = match kind {
            "interactive" => {
                let reply = ["button_reply", "list_reply", "nfm_reply"];
                let reply = reply.into_iter().find(|reply| content.get(reply).is_some());
                if let (Some(reply), Value::Object(fields)) = (reply, &mut content) {
                    fields.entry("type").or_insert_with(|| json!(reply));
                }
                return content;
            }
            "image" => "image/jpeg",
            "video" => "video/mp4",
            "document" => "application/pdf",
            "audio" => "audio/ogg; codecs=opus",
            "sticker" => "image/webp",
            _ => return content,
        };
        let mut fields = if let Value::Object(fields) = content { fields } else { Map::new() };
        let given = fields.remove("content").and_then(|content| STANDARD.decode(content.as_str()?).ok());
        let mime_type = fields.entry("mime_type").or_insert_with(|| json!(mime_type));
        let file = MediaFile {
            id: self.ids().node(),
            mime_type: mime_type.as_str().unwrap_or_default().to_owned(),
            content: given.map(Into::into).or_else(|| media::sample(kind)),
        };
        fields.entry("sha256").or_insert_with(|| json!(file.sha256_of_webhook()));
        fields.entry("id").or_insert_with(|| json!(file.id));
        self.media().add(file);
        Value::Object(fields)
    }

    fn preference_value(
        &self,
        contact: Value,
        number: Option<String>,
        user_id: &str,
        stop: bool,
        timestamp: i64,
    ) -> Value {
        let value = if stop { "stop" } else { "resume" };
        let mut preference = json!({
            "user_id": user_id,
            "detail": format!("User requested to {value} marketing messages"),
            "category": "marketing_messages",
            "value": value,
            "timestamp": timestamp,
        });
        if let Some(number) = number {
            preference["wa_id"] = json!(number);
        }
        json!({
            "messaging_product": "whatsapp",
            "metadata": self.metadata(),
            "contacts": [contact],
            "user_preferences": [preference],
        })
    }

    fn user_id_value(
        &self,
        contact: Value,
        number: Option<String>,
        previous: &str,
        current: &str,
        timestamp: i64,
    ) -> Value {
        let mut update = json!({
            "detail": "User id has been updated.",
            "user_id": { "previous": previous, "current": current },
            "timestamp": timestamp.to_string(),
        });
        if let Some(number) = number {
            update["wa_id"] = json!(number);
        }
        json!({
            "messaging_product": "whatsapp",
            "metadata": self.metadata(),
            "contacts": [contact],
            "user_id_update": [update],
        })
    }
}
