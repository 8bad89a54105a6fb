//! The send paths: `/messages` and `/marketing_messages`.

use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::Emulator;
use crate::bubble::Bubble;
use crate::faults::{Answer, Mischief, StatusFate};
use crate::graph::authorise;
use crate::graph_error::GraphError;
use crate::ids::Way;
use crate::limits::Pair;
use crate::outgoing::{self, Message, Outgoing, Recipient};
use crate::people::{self, Direction, Tick};
use crate::request_log::Entry;
use crate::statuses::Journey;
use crate::templates::Category;

/// Which of the two send paths was used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Endpoint {
    Messages,
    MarketingMessages,
}

/// What became of a request that was in order.
struct Taken {
    body: Value,
    wamid: Option<String>,
}

pub(crate) async fn messages(
    State(emulator): State<Emulator>,
    Path(path): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    emulator.answer_send(Endpoint::Messages, path, uri, headers, body).await
}

pub(crate) async fn marketing_messages(
    State(emulator): State<Emulator>,
    Path(path): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    emulator.answer_send(Endpoint::MarketingMessages, path, uri, headers, body).await
}

/// Closes the connection without an answer: a body that breaks before its first byte keeps the server from sending
/// even the head.
fn hang_up() -> Response {
    let broken = std::io::Error::other("the emulator hangs up");
    Body::from_stream(tokio_stream::once(Err::<Bytes, _>(broken))).into_response()
}

impl Emulator {
    async fn answer_send(
        &self,
        endpoint: Endpoint,
        (version, node): (String, String),
        uri: Uri,
        headers: HeaderMap,
        body: Bytes,
    ) -> Response {
        let at_us = self.config().clock.micros();
        let mischief = self.mischief();
        let fate = mischief.decide();
        let parsed = serde_json::from_slice::<Value>(&body);
        let to = parsed.as_ref().ok().and_then(outgoing::recipient).map(|to| to.as_written().to_owned());
        let is_json = headers
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("application/json"));

        let processed = !fate.reset;
        let outcome = if processed {
            authorise(self, &headers)
                .and_then(|()| self.check_number("post", &version, &node, uri.path()))
                .and_then(|()| fate.refusal.map_or(Ok(()), Err))
                .and_then(|()| match parsed {
                    _ if !is_json => {
                        Err(GraphError::parameter("The parameter messaging_product is required."))
                    }
                    Err(_) => Err(GraphError::parameter("The request body is not valid JSON.")),
                    Ok(body) => self.take(endpoint, body, fate.statuses, &mischief),
                })
        } else {
            Ok(Taken { body: Value::Null, wamid: None })
        };

        let wamid = outcome.as_ref().ok().and_then(|taken| taken.wamid.clone());
        let response = match (outcome, fate.answer) {
            _ if !processed => None,
            (Err(refusal), _) => Some(refusal.into_response(self.ids().trace())),
            (Ok(taken), Answer::Properly) => Some(axum::Json(taken.body).into_response()),
            (Ok(_), Answer::Dropped) => None,
            (Ok(_), Answer::BadJson) => {
                let broken = "{\"messaging_product\":\"whatsapp\",\"contacts\":[";
                Some(([(header::CONTENT_TYPE, "application/json")], broken).into_response())
            }
            (Ok(_), Answer::Status(status)) => {
                Some(GraphError::new(131_000).with_status(status).into_response(self.ids().trace()))
            }
        };
        self.log().push(Entry {
            at_us,
            path: uri.path().to_owned(),
            to,
            body,
            status: response.as_ref().map_or(0, |response| response.status().as_u16()),
            wamid,
        });
        if !fate.latency.is_zero() {
            tokio::time::sleep(fate.latency).await;
        }
        response.unwrap_or_else(hang_up)
    }

    fn take(
        &self,
        endpoint: Endpoint,
        body: Value,
        fate: StatusFate,
        mischief: &Mischief,
    ) -> Result<Taken, GraphError> {
        match Outgoing::parse(body)? {
            Outgoing::Message(message) => self.take_message(endpoint, message, fate, mischief),
            Outgoing::ReadReceipt { message_id } => {
                self.take_read_receipt(&message_id)?;
                Ok(Taken { body: json!({ "success": true }), wamid: None })
            }
        }
    }

    fn take_read_receipt(&self, message_id: &str) -> Result<(), GraphError> {
        let mut people = self.people();
        let wrong = |details: String| Err(GraphError::new(100).details(details));
        match people.message(message_id).map(|message| message.direction) {
            Some(Direction::In) => {
                people.change(message_id, |message| message.status = Tick::Read);
                Ok(())
            }
            Some(Direction::Out) => wrong(format!(
                "Message supplied to mark message as read API with message ID: {message_id} is outgoing. Please use an \
                 incoming message ID."
            )),
            None => wrong("Please check the message ID you have provided.".to_owned()),
        }
    }

    fn take_message(
        &self,
        endpoint: Endpoint,
        message: Message,
        fate: StatusFate,
        mischief: &Mischief,
    ) -> Result<Taken, GraphError> {
        let written = message.to.as_written().to_owned();
        let to_user_id = matches!(message.to, Recipient::UserId(_));
        if to_user_id && !people::is_user_id(&written) {
            return Err(GraphError::invalid("Param recipient must be a business-scoped user id."));
        }
        let (bubble, category) = self.content(endpoint, &message)?;
        let key = self.person_key(&written).map_err(GraphError::invalid)?;
        if key == self.business_digits() {
            return Err(GraphError::new(131_021));
        }
        let mut failure = fate.failed;
        if self.is_unknown(&key, to_user_id, mischief) {
            if !mischief.faults.unknown_numbers_by_status {
                return Err(GraphError::new(131_026));
            }
            failure = Some(131_026);
        }
        let now = self.config().clock.seconds();
        let wamid = self.ids().wamid(&key, Way::ToCustomer);
        {
            let mut people = self.people();
            let person = people.get(&key);
            if person.is_some_and(|person| person.blocked) {
                return Err(GraphError::new(130_403));
            }
            if category.is_none() && !person.is_some_and(|person| person.window_open(now)) {
                return Err(GraphError::new(131_047));
            }
            if category == Some(Category::Marketing) && person.is_some_and(|person| person.native_stop) {
                failure = Some(131_050);
            }
            let moment = Instant::now();
            let mut pair = person.map_or_else(Pair::default, |person| person.pair);
            if let Some(limit) = self.config().pair_limit {
                if !pair.has_room(limit, moment) {
                    return Err(GraphError::new(131_056));
                }
                pair.take(limit, moment);
            }
            if !self.throughput().take(self.config().messages_per_second, moment) {
                return Err(GraphError::new(130_429));
            }
            people.meet(&key).pair = pair;
            people.add(
                &key,
                people::Message {
                    id: wamid.clone(),
                    direction: Direction::Out,
                    at: now,
                    kind: message.kind,
                    bubble,
                    context: message.context,
                    status: Tick::Accepted,
                    error: None,
                    webhook_status: None,
                },
            );
        }
        let pricing_category = match (endpoint, category) {
            (Endpoint::MarketingMessages, _) => "marketing_lite",
            (Endpoint::Messages, Some(category)) => category.pricing(),
            (Endpoint::Messages, None) => "service",
        };
        self.start_journey(Journey {
            wamid: wamid.clone(),
            person: key.clone(),
            to_user_id,
            pricing_category,
            callback_data: message.callback_data,
            fate,
            failure,
        });
        let contact = if to_user_id {
            json!({ "input": written, "user_id": written })
        } else {
            json!({ "input": written, "wa_id": key })
        };
        let accepted = if category.is_some() {
            json!({ "id": wamid, "message_status": "accepted" })
        } else {
            json!({ "id": wamid })
        };
        let body = json!({ "messaging_product": "whatsapp", "contacts": [contact], "messages": [accepted] });
        Ok(Taken { body, wamid: Some(wamid) })
    }

    /// What the phone will show, and the template's category if it is one.
    fn content(
        &self,
        endpoint: Endpoint,
        message: &Message,
    ) -> Result<(Bubble, Option<Category>), GraphError> {
        if message.kind != "template" {
            if endpoint == Endpoint::MarketingMessages {
                return Err(GraphError::new(134_100));
            }
            return Ok((Bubble::of(&message.kind, &message.content), None));
        }
        let template = {
            let templates = self.templates().read().unwrap_or_else(std::sync::PoisonError::into_inner);
            templates.for_sending(&message.content)?
        };
        if endpoint == Endpoint::MarketingMessages && template.category != Category::Marketing {
            return Err(GraphError::new(134_100));
        }
        Ok((template.fill(&message.content)?, Some(template.category)))
    }

    /// Whether there is no WhatsApp user behind the recipient: a number listed as unknown, or a user id that belongs to
    /// nobody the business has met.
    fn is_unknown(&self, key: &str, to_user_id: bool, mischief: &Mischief) -> bool {
        mischief.unknown.contains(key) || (to_user_id && self.people().get(key).is_none())
    }

    /// The path names a Graph version and the number of this business.
    pub(crate) fn check_number(
        &self,
        method: &str,
        version: &str,
        node: &str,
        path: &str,
    ) -> Result<(), GraphError> {
        if !crate::graph::is_version(version) {
            return Err(GraphError::unknown_path(path).with_status(StatusCode::BAD_REQUEST));
        }
        if node != self.config().phone_number_id {
            return Err(GraphError::no_such_node(method, node));
        }
        Ok(())
    }
}
