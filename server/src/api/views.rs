//! What the API shows: ids as texts, times in RFC 3339, a fixed set of fields.

use domain::contact::{Actor, ConsentEvent, Contact, OutgoingMessage};
use domain::template::Template;
use domain::time::Timestamp;
use serde_json::{Value, json};

fn time(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.to_string())
}

fn marketing(contact: &Contact) -> Value {
    json!({
        "state": contact.state.as_str(),
        "since": time(contact.since),
        "source": contact.source.map(|source| source.as_str()),
        "version": contact.version,
    })
}

/// A list and where it goes on.
pub fn page(rows: impl IntoIterator<Item = Value>, next: Option<String>) -> Value {
    json!({"data": rows.into_iter().collect::<Vec<_>>(), "next": next})
}

/// A contact.
pub fn contact(contact: &Contact) -> Value {
    json!({
        "id": contact.id,
        "phone": contact.phone.as_ref().map(|phone| phone.as_str()),
        "user_id": contact.user_id,
        "name": contact.name,
        "marketing": marketing(contact),
        "native_stop": contact.native_stop,
        "blocked": contact.blocked,
        "tags": contact.tags,
        "country": contact.country,
        "last_inbound_at": time(contact.last_inbound_at),
    })
}

/// A contact's consent: the state, the facts beside it, and every event, newest first.
pub fn consent(contact: &Contact, events: &[ConsentEvent]) -> Value {
    json!({
        "contact_id": contact.id,
        "marketing": marketing(contact),
        "native_stop": contact.native_stop,
        "blocked": contact.blocked,
        "expires_at": time(contact.expires_at),
        "events": events.iter().map(event).collect::<Vec<_>>(),
    })
}

fn event(event: &ConsentEvent) -> Value {
    json!({
        "id": event.id,
        "seq": event.seq,
        "version": event.version,
        "kind": event.kind.as_str(),
        "source": event.source.as_str(),
        "from": event.from.as_str(),
        "to": event.to.as_str(),
        "occurred_at": event.occurred_at.to_string(),
        "recorded_at": event.recorded_at.to_string(),
        "actor": actor(&event.actor),
        "settings_version": event.settings_version,
        "rule": event.rule,
        "matched": event.matched,
        "wording_sha256": event.wording,
        "evidence": event.evidence,
        "hash": event.hash,
    })
}

fn actor(actor: &Actor) -> Value {
    match actor {
        Actor::Person => json!({"type": "person"}),
        Actor::User { id, .. } => json!({"type": "user", "id": id}),
        Actor::ApiKey { id, name } => json!({"type": "api_key", "id": id, "name": name}),
        Actor::System => json!({"type": "system"}),
    }
}

/// An outgoing message.
pub fn message(message: &OutgoingMessage) -> Value {
    json!({
        "id": message.id,
        "contact_id": message.contact_id,
        "kind": message.kind.as_str(),
        "status": message.status.as_str(),
        "delivery": message.delivery,
        "reason": message.reason.map(|reason| reason.as_str()),
        "error_code": message.error_code,
        "wamid": message.wamid,
        "created_at": message.created_at.to_string(),
    })
}

/// A template.
pub fn template(template: &Template) -> Value {
    json!({
        "name": template.name,
        "language": template.language,
        "kind": template.kind.as_str(),
        "status": template.status.as_str(),
        "body": template.body,
        "variables": template.variables(),
    })
}
