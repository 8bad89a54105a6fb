//! Webhooks as Meta writes them, for what the emulator does not say by itself.

use domain::time::Timestamp;
use serde_json::{Value, json};

/// A person as a webhook names them.
#[derive(Clone, Debug, Default)]
pub struct Names {
    pub phone: Option<String>,
    pub user_id: Option<String>,
}

impl Names {
    pub fn phone(phone: &str) -> Self {
        Self { phone: Some(phone.to_owned()), user_id: None }
    }

    pub fn user_id(user_id: &str) -> Self {
        Self { phone: None, user_id: Some(user_id.to_owned()) }
    }

    pub fn both(phone: &str, user_id: &str) -> Self {
        Self { phone: Some(phone.to_owned()), user_id: Some(user_id.to_owned()) }
    }

    fn wa_id(&self) -> Option<&str> {
        self.phone.as_deref().map(|phone| phone.trim_start_matches('+'))
    }
}

/// The envelope of some changes of the field `messages`, `user_preferences`, ….
pub fn envelope(changes: Vec<(&str, Value)>) -> Value {
    let changes: Vec<Value> =
        changes.into_iter().map(|(field, value)| json!({"field": field, "value": value})).collect();
    json!({"object": "whatsapp_business_account", "entry": [{"id": "200000000000001", "changes": changes}]})
}

fn value(list: &str, pieces: Vec<Value>) -> Value {
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550100001", "phone_number_id": "100000000000001"},
    });
    value[list] = Value::Array(pieces);
    value
}

/// A webhook with these messages.
pub fn messages(messages: Vec<Value>) -> Value {
    envelope(vec![("messages", value("messages", messages))])
}

/// A webhook with these statuses.
pub fn statuses(statuses: Vec<Value>) -> Value {
    envelope(vec![("messages", value("statuses", statuses))])
}

/// A webhook in which a person uses WhatsApp's own switch.
pub fn preference(from: &Names, stop: bool, at: Timestamp) -> Value {
    let mut preference = json!({
        "category": "marketing_messages",
        "value": if stop { "stop" } else { "resume" },
        "timestamp": at.seconds(),
    });
    if let Some(wa_id) = from.wa_id() {
        preference["wa_id"] = json!(wa_id);
    }
    if let Some(user_id) = &from.user_id {
        preference["user_id"] = json!(user_id);
    }
    envelope(vec![("user_preferences", value("user_preferences", vec![preference]))])
}

/// A message of any type.
pub fn message(from: &Names, wamid: &str, at: Timestamp, kind: &str, content: Value) -> Value {
    let mut message = json!({"id": wamid, "timestamp": at.seconds().to_string(), "type": kind});
    message[kind] = content;
    if let Some(wa_id) = from.wa_id() {
        message["from"] = json!(wa_id);
    }
    if let Some(user_id) = &from.user_id {
        message["from_user_id"] = json!(user_id);
    }
    message
}

/// A text.
pub fn text(from: &Names, wamid: &str, at: Timestamp, body: &str) -> Value {
    message(from, wamid, at, "text", json!({"body": body}))
}

/// WhatsApp's notice that a person has another number.
pub fn changed_number(from: &Names, wamid: &str, at: Timestamp, new: &str) -> Value {
    let wa_id = new.trim_start_matches('+');
    let body = format!("User A changed from {} to {wa_id}", from.wa_id().unwrap_or_default());
    message(from, wamid, at, "system", json!({"type": "user_changed_number", "wa_id": wa_id, "body": body}))
}

/// One status of one message; without `callback` it can only be found by its wamid.
pub fn status(wamid: &str, word: &str, at: Timestamp, callback: Option<&str>) -> Value {
    let mut status = json!({"id": wamid, "status": word, "timestamp": at.seconds().to_string()});
    if let Some(callback) = callback {
        status["biz_opaque_callback_data"] = json!(callback);
    }
    status
}

/// A status that says why a message failed.
pub fn failed(wamid: &str, code: i64, at: Timestamp, callback: Option<&str>) -> Value {
    let mut status = status(wamid, "failed", at, callback);
    status["errors"] = json!([{"code": code, "title": "failed"}]);
    status
}
