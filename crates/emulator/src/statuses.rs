//! What happens to a message after it was accepted.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::Emulator;
use crate::emulator::{Epoch, Pending};
use crate::faults::StatusFate;
use crate::graph_error::described;
use crate::people::Tick;
use crate::webhook::Lane;

/// Webhooks that may wait; beyond, statuses are not delivered, so that a receiver that is too slow cannot fill the
/// memory.
const MOST_PENDING: usize = 200_000;

/// An accepted message on its way.
pub(crate) struct Journey {
    pub(crate) wamid: String,
    /// The person's key.
    pub(crate) person: String,
    /// Whether it was sent to a user id rather than a number.
    pub(crate) to_user_id: bool,
    pub(crate) pricing_category: &'static str,
    pub(crate) callback_data: Option<String>,
    pub(crate) fate: StatusFate,
    /// Why it will fail, if it will.
    pub(crate) failure: Option<u32>,
}

impl Emulator {
    /// Lets the statuses of a message happen, in the background.
    pub(crate) fn start_journey(&self, journey: Journey) {
        if journey.fate.lost {
            return;
        }
        if self.pending_count() >= MOST_PENDING {
            tracing::warn!("webhook too slow: statuses of a message are not delivered");
            return;
        }
        let (emulator, epoch, pending) = (self.clone(), self.epoch(), self.pending());
        tokio::spawn(async move { emulator.travel(journey, epoch, pending).await });
    }

    async fn travel(&self, journey: Journey, mut epoch: Epoch, pending: Pending) {
        let delay = self.config().status_delay;
        let mut steps = match journey.failure {
            Some(_) => vec![(Tick::Failed, delay.sent)],
            None => {
                vec![(Tick::Sent, delay.sent), (Tick::Delivered, delay.delivered), (Tick::Read, delay.read)]
            }
        };
        if journey.fate.reversed {
            steps.reverse();
        }
        let mut waited = Duration::ZERO;
        for (tick, due) in steps {
            if !epoch.sleep(due.saturating_sub(waited)).await {
                return;
            }
            waited = waited.max(due);
            let value = self.status_value(&journey, tick);
            let body = self.envelope("messages", value);
            for _ in 0..=usize::from(journey.fate.twice) {
                self.deliver(body.clone(), Lane::Status, epoch.clone(), self.pending()).await;
            }
        }
        drop(pending);
    }

    /// Notes the status on the message and puts it in Meta's shape.
    fn status_value(&self, journey: &Journey, tick: Tick) -> Value {
        let mut people = self.people();
        people.change(&journey.wamid, |message| {
            message.status = message.status.max(tick);
            message.error = journey.failure;
        });
        let (number, user_id, name) = people.identity(&journey.person, journey.to_user_id);
        drop(people);

        let failed = tick == Tick::Failed;
        let mut status = Map::new();
        status.insert("id".into(), json!(journey.wamid));
        status.insert("status".into(), json!(tick));
        status.insert("timestamp".into(), json!(self.config().clock.seconds().to_string()));
        if let Some(number) = &number {
            status.insert("recipient_id".into(), json!(number));
        }
        if !failed || journey.to_user_id {
            status.insert("recipient_user_id".into(), json!(user_id));
        }
        if let Some(data) = &journey.callback_data {
            status.insert("biz_opaque_callback_data".into(), json!(data));
        }
        if matches!(tick, Tick::Sent | Tick::Delivered) {
            let category = journey.pricing_category;
            status.insert(
                "pricing".into(),
                json!({"billable": true, "pricing_model": "PMP", "type": "regular", "category": category}),
            );
        }
        if let Some(code) = journey.failure {
            let (_, title, details) = described(code);
            status.insert(
                "errors".into(),
                json!([{
                    "code": code, "title": title, "message": title, "error_data": { "details": details },
                    "href": "/documentation/business-messaging/whatsapp/support/error-codes",
                }]),
            );
        }
        let mut value = Map::new();
        value.insert("messaging_product".into(), json!("whatsapp"));
        value.insert("metadata".into(), self.metadata());
        if !failed {
            let contact = contact(name.as_deref(), number.as_deref(), &user_id);
            value.insert("contacts".into(), json!([contact]));
        }
        value.insert("statuses".into(), json!([status]));
        Value::Object(value)
    }
}

/// An entry of `contacts`: what is unknown is left out.
pub(crate) fn contact(name: Option<&str>, wa_id: Option<&str>, user_id: &str) -> Value {
    let mut contact = Map::new();
    if let Some(name) = name {
        contact.insert("profile".into(), json!({ "name": name }));
    }
    if let Some(wa_id) = wa_id {
        contact.insert("wa_id".into(), json!(wa_id));
    }
    contact.insert("user_id".into(), json!(user_id));
    Value::Object(contact)
}
