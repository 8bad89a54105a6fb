//! What the API shows: ids as texts, times in RFC 3339, a fixed set of fields.

use domain::campaign::{Audience, Campaign, Counts, Preview, Recipient, Report, Summary};
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
        "language": contact.details.language,
        "attributes": contact.details.attributes,
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

/// A campaign with everything its report shows.
pub fn campaign(report: &Report) -> Value {
    let mut view = campaign_of(&report.campaign, &report.counts, report.opt_outs);
    view["replies"] = report.replies.into();
    view["after_stop"] = json!({"sent": report.after_stop, "in_flight": report.in_flight_at_stop});
    view["preview_at_launch"] = report.at_launch.as_ref().map(preview).unwrap_or_default();
    view
}

/// A campaign in a list.
pub fn campaign_summary(summary: &Summary) -> Value {
    campaign_of(&summary.campaign, &summary.counts, summary.opt_outs)
}

fn campaign_of(campaign: &Campaign, counts: &Counts, opt_outs: i64) -> Value {
    let variables: serde_json::Map<String, Value> =
        campaign.variables.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    json!({
        "id": campaign.id,
        "name": campaign.name,
        "state": campaign.state.as_str(),
        "pause_reason": campaign.pause_reason.map(|reason| reason.as_str()),
        "template": {"name": campaign.template, "language": campaign.language, "variables": variables},
        "audience": audience(&campaign.audience),
        "schedule_at": time(campaign.schedule_at),
        "created_at": campaign.created_at.to_string(),
        "launched_at": time(campaign.launched_at),
        "finished_at": time(campaign.finished_at),
        "counts": {
            "audience": counts.audience,
            "pending": counts.pending,
            "sent": counts.sent,
            "delivered": counts.delivered,
            "read": counts.read,
            "failed": counts.failed,
            "unknown": counts.unknown,
            "skipped": counts.skipped,
        },
        "opt_outs": opt_outs,
    })
}

fn audience(audience: &Audience) -> Value {
    match audience {
        Audience::All => json!({"all": true}),
        Audience::Tags(tags) => json!({"tags": tags}),
        Audience::Filter { state, search } => {
            json!({"filter": {"state": state.map(|state| state.as_str()), "q": search}})
        }
        Audience::List(count) => json!({"list": count}),
    }
}

/// Who would get a campaign.
pub fn preview(preview: &Preview) -> Value {
    json!({"audience": preview.audience, "reachable": preview.reachable, "skipped": preview.skipped})
}

/// One person of a campaign.
pub fn recipient(recipient: &Recipient) -> Value {
    json!({
        "contact_id": recipient.contact,
        "phone": recipient.phone,
        "outcome": recipient.outcome.as_str(),
        "reason": recipient.reason.map(|reason| reason.as_str()),
        "error_code": recipient.error_code,
        "message_id": recipient.message,
        "at": time(recipient.at),
    })
}
