//! Meta's webhooks, read into what they report.

mod account;
mod identity;
mod message;
mod preview;
mod shapes;
mod shown;
mod status;

use domain::inbound::{Delivered, Update};
use domain::time::Timestamp;
use serde_json::value::RawValue;

use crate::escapes;
use crate::lenient::{List, Part, Text};
use shapes::{Contact, Envelope, Value};

/// Why a body is no webhook of WhatsApp's. Says nothing of the content, so that it may be logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// It is not one JSON value in UTF-8, or a name occurs twice in one object of the envelope.
    #[error("the body is not JSON")]
    NotJson,
    /// It is not an object, or has neither `object` nor `entry`.
    #[error("the body is not a webhook envelope")]
    NotAnEnvelope,
    /// Its `object` is another of Meta's products.
    #[error("the webhook is not about a WhatsApp business account")]
    NotWhatsApp,
}

pub use message::words_of;
pub use shown::{ReceivedFile, file, shown};

/// Reads one webhook.
///
/// Whatever is inside a WhatsApp envelope is accepted; what cannot be used is reported as [`Update::Other`]. Updates keep
/// the order of the body, except that an identity change follows the notice it came in.
///
/// # Errors
/// When the body is not JSON or not an envelope of WhatsApp's.
pub fn parse(raw: &[u8]) -> Result<Delivered, ParseError> {
    read(raw, None)
}

/// Reads one webhook; a piece that does not say when it happened, happened at `received_at`.
///
/// Meta dates everything. Should it ever not, a STOP counts from its arrival rather than being put aside as undated.
///
/// # Errors
/// As [`parse`].
pub fn parse_at(raw: &[u8], received_at: Timestamp) -> Result<Delivered, ParseError> {
    read(raw, Some(received_at))
}

fn read(raw: &[u8], received_at: Option<Timestamp>) -> Result<Delivered, ParseError> {
    let text = std::str::from_utf8(raw).map_err(|_| ParseError::NotJson)?;
    let text = escapes::repair(text);
    let envelope: Part<Envelope<'_>> = serde_json::from_str(&text).map_err(|_| ParseError::NotJson)?;
    let Part(Some(Envelope { object, entry })) = envelope else {
        return Err(ParseError::NotAnEnvelope);
    };
    match object.get() {
        Some("whatsapp_business_account") => {}
        Some(_) => return Err(ParseError::NotWhatsApp),
        None if entry.present => {}
        None => return Err(ParseError::NotAnEnvelope),
    }

    let mut updates = Vec::new();
    if entry.odd {
        other(&mut updates, "entry", "unreadable", &text);
    } else if !entry.present {
        other(&mut updates, "entry", "no_entry", &text);
    }
    let mut odd_pieces = false;
    for entry in &entry.items {
        let Some(entry) = entry.get() else {
            odd_pieces = true;
            continue;
        };
        odd_pieces |= entry.changes.odd;
        for change in &entry.changes.items {
            match change.get() {
                Some(change) => read_change(
                    &change.field,
                    change.value,
                    seconds(&entry.time).or(received_at),
                    &mut updates,
                ),
                None => odd_pieces = true,
            }
        }
    }
    if odd_pieces {
        other(&mut updates, "entry", "unreadable", &text);
    }
    Ok(Delivered { updates })
}

/// Reads one element of `changes`.
fn read_change(
    field: &Text<'_>,
    value: Option<&RawValue>,
    fallback_time: Option<Timestamp>,
    updates: &mut Vec<Update>,
) {
    let raw = value.map_or("null", RawValue::get);
    let name = field.get().unwrap_or("messages");
    match name {
        "messages" | "user_preferences" | "user_id_update" => {
            match serde_json::from_str::<Part<Value<'_>>>(raw) {
                Ok(Part(Some(value))) => read_value(name, raw, &value, fallback_time, updates),
                Ok(Part(None)) | Err(_) => other(updates, name, "unreadable", raw),
            }
        }
        "smb_message_echoes" => other(updates, name, "own_words", raw),
        "message_template_status_update" | "template_category_update" => {
            updates.push(account::template(name, raw));
        }
        _ => other(updates, name, "field", raw),
    }
}

/// Reads a `value` that is about people: messages, statuses, preferences, user ids.
fn read_value(
    field: &str,
    raw: &str,
    value: &Value<'_>,
    fallback_time: Option<Timestamp>,
    updates: &mut Vec<Update>,
) {
    let before = updates.len();
    let contacts: Vec<&Contact<'_>> = value.contacts.objects().collect();
    let scope = Scope { field, contacts: &contacts, fallback_time };
    for message in &value.messages.items {
        message::read(&scope, message.get(), updates);
    }
    for status in &value.statuses.items {
        updates.push(status::read(&scope, status.get()));
    }
    for preference in &value.user_preferences.items {
        updates.push(account::preference(&scope, preference.get()));
    }
    for change in &value.user_id_update.items {
        updates.push(account::user_id(&scope, change.get()));
    }
    for echo in &value.message_echoes.items {
        other(updates, field, "own_words", echo.get());
    }
    if let Some(errors) = value.errors {
        other(updates, field, "account_error", errors.get());
    }
    let lists: [&List<&RawValue>; 5] = [
        &value.messages,
        &value.statuses,
        &value.user_preferences,
        &value.user_id_update,
        &value.message_echoes,
    ];
    if lists.iter().any(|list| list.odd) {
        other(updates, field, "unreadable", raw);
    } else if updates.len() == before {
        other(updates, field, "field", raw);
    }
}

/// What the pieces of one `value` share.
struct Scope<'s> {
    field: &'s str,
    contacts: &'s [&'s Contact<'s>],
    /// The time of the entry or of the arrival, for a piece that has none of its own.
    fallback_time: Option<Timestamp>,
}

impl Scope<'_> {
    /// The time of a piece.
    fn time(&self, timestamp: &Text<'_>) -> Option<Timestamp> {
        seconds(timestamp).or(self.fallback_time)
    }

    /// An update that says why the piece `raw` is none of the others.
    fn other(&self, why: &'static str, raw: &str) -> Update {
        Update::Other { field: self.field.to_owned(), why, raw: raw.to_owned() }
    }
}

fn other(updates: &mut Vec<Update>, field: &str, why: &'static str, raw: &str) {
    updates.push(Update::Other { field: field.chars().take(64).collect(), why, raw: raw.to_owned() });
}

/// Seconds since the Unix epoch, written as a string or a number. Years after 9999 are refused: as the time of a choice they
/// would win over every later one.
fn seconds(text: &Text<'_>) -> Option<Timestamp> {
    text.number().filter(|seconds| (1..=253_402_300_799).contains(seconds)).map(Timestamp::from_seconds)
}
