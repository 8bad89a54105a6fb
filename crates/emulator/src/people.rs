//! The customers, and what was said.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use serde::Serialize;

use crate::bubble::Bubble;
use crate::ids::user_id_of;
use crate::limits::Pair;

/// Messages kept of one conversation.
const KEPT_OF_ONE: usize = 500;

/// Seconds a customer's message keeps the service window open.
pub(crate) const WINDOW_SECONDS: i64 = 24 * 60 * 60;

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From the customer to the business.
    In,
    /// From the business to the customer.
    Out,
}

/// How far a message got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tick {
    /// Taken, no more is known. For a customer's message: the webhook has not been answered 200.
    Accepted,
    /// Left the business's server.
    Sent,
    /// On the other side. For a customer's message: the webhook was answered 200.
    Delivered,
    /// Read.
    Read,
    /// Never arrived.
    Failed,
}

/// A message of a conversation.
#[derive(Debug, Clone, Serialize)]
pub struct Message {
    /// The wamid.
    pub id: String,
    /// Which way it went.
    pub direction: Direction,
    /// Unix seconds.
    pub at: i64,
    /// Meta's message type.
    pub kind: String,
    /// What the phone shows.
    #[serde(flatten)]
    pub bubble: Bubble,
    /// The message it answers.
    pub context: Option<String>,
    /// How far it got.
    pub status: Tick,
    /// The code of the error, when it failed.
    pub error: Option<u32>,
    /// How the webhook of a customer's message was answered at the first attempt; 0 is no answer.
    pub webhook_status: Option<u16>,
}

/// Both directions of one customer's messages.
#[derive(Debug, Clone, Serialize)]
pub struct Conversation {
    /// The customer.
    #[serde(flatten)]
    pub customer: Customer,
    /// Oldest first.
    pub messages: Vec<Message>,
}

/// A customer as the control interface tells it.
#[derive(Debug, Clone, Serialize)]
pub struct Customer {
    /// The number with `+`, absent when it was never seen.
    pub phone: Option<String>,
    /// The name the customer goes by.
    pub name: Option<String>,
    /// The business-scoped user id.
    pub user_id: String,
    /// Whether the number is kept from the business.
    pub hide_number: bool,
    /// Whether offers were stopped in WhatsApp itself.
    pub native_stop: bool,
    /// Whether the business blocked the customer.
    pub blocked: bool,
    /// Unix seconds until which free-form messages are allowed.
    pub window_until: Option<i64>,
    /// Grows with every change of the conversation.
    pub version: u64,
}

#[derive(Default)]
pub(crate) struct Person {
    pub(crate) wa_id: Option<String>,
    pub(crate) user_id: String,
    pub(crate) name: Option<String>,
    pub(crate) hide_number: bool,
    pub(crate) native_stop: bool,
    pub(crate) blocked: bool,
    pub(crate) last_inbound: Option<i64>,
    pub(crate) pair: Pair,
    messages: VecDeque<Message>,
    version: u64,
}

impl Person {
    pub(crate) fn window_open(&self, now: i64) -> bool {
        self.last_inbound.is_some_and(|at| now - at < WINDOW_SECONDS)
    }

    fn customer(&self) -> Customer {
        Customer {
            phone: self.wa_id.as_ref().map(|digits| format!("+{digits}")),
            name: self.name.clone(),
            user_id: self.user_id.clone(),
            hide_number: self.hide_number,
            native_stop: self.native_stop,
            blocked: self.blocked,
            window_until: self.last_inbound.map(|at| at + WINDOW_SECONDS),
            version: self.version,
        }
    }

    /// Whether nothing would be lost by forgetting the person.
    fn is_nobody(&self) -> bool {
        self.messages.is_empty()
            && self.last_inbound.is_none()
            && self.name.is_none()
            && !self.native_stop
            && !self.blocked
    }
}

/// `US.1349…` or `US.ENT.1181…`.
pub(crate) fn is_user_id(text: &str) -> bool {
    let Some((country, rest)) = text.split_once('.') else { return false };
    let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|b| b.is_ascii_uppercase())
        && (1..=128).contains(&rest.len())
        && rest.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Everybody, by `wa_id` (or by user id, when the number was never seen).
pub(crate) struct People {
    by_key: HashMap<Arc<str>, Person>,
    by_user_id: HashMap<String, Arc<str>>,
    by_wamid: HashMap<String, Arc<str>>,
    /// Whose message is the oldest, the next, … of all kept ones.
    order: VecDeque<Arc<str>>,
    kept: usize,
    version: u64,
}

impl People {
    pub(crate) fn new(kept: usize) -> Self {
        Self {
            by_key: HashMap::new(),
            by_user_id: HashMap::new(),
            by_wamid: HashMap::new(),
            order: VecDeque::new(),
            kept: kept.max(1),
            version: 0,
        }
    }

    /// The person with that key, made known if need be.
    pub(crate) fn meet(&mut self, key: &str) -> &mut Person {
        if !self.by_key.contains_key(key) {
            let key: Arc<str> = key.into();
            let person = if is_user_id(&key) {
                Person { user_id: key.to_string(), hide_number: true, ..Person::default() }
            } else {
                Person { wa_id: Some(key.to_string()), user_id: user_id_of(&key), ..Person::default() }
            };
            self.by_user_id.insert(person.user_id.clone(), key.clone());
            self.by_key.insert(key, person);
        }
        self.by_key.entry(key.into()).or_default()
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Person> {
        self.by_key.get(key)
    }

    /// Number, user id and name of somebody, who may have been forgotten meanwhile. The number is left out when it is
    /// hidden and the business wrote to the user id.
    pub(crate) fn identity(&self, key: &str, to_user_id: bool) -> (Option<String>, String, Option<String>) {
        match self.by_key.get(key) {
            Some(person) => {
                let number = person.wa_id.clone().filter(|_| !(person.hide_number && to_user_id));
                (number, person.user_id.clone(), person.name.clone())
            }
            None if is_user_id(key) => (None, key.to_owned(), None),
            None => (Some(key.to_owned()), user_id_of(key), None),
        }
    }

    pub(crate) fn key_of_user_id(&self, user_id: &str) -> Option<String> {
        self.by_user_id.get(user_id).map(ToString::to_string)
    }

    /// Gives a person another user id; sends to the old one no longer reach anybody.
    pub(crate) fn set_user_id(&mut self, key: &str, user_id: &str) {
        let old = std::mem::replace(&mut self.meet(key).user_id, user_id.to_owned());
        self.by_user_id.remove(&old);
        self.by_user_id.insert(user_id.to_owned(), key.into());
        self.touch(key);
    }

    /// Notes that the person's conversation changed.
    pub(crate) fn touch(&mut self, key: &str) {
        self.version += 1;
        let version = self.version;
        self.meet(key).version = version;
    }

    /// Adds a message, unless one with this id is there; forgets the oldest when there are too many.
    pub(crate) fn add(&mut self, key: &str, message: Message) {
        if self.by_wamid.contains_key(&message.id) {
            return;
        }
        let key: Arc<str> = key.into();
        self.by_wamid.insert(message.id.clone(), key.clone());
        let person = self.meet(&key);
        person.messages.push_back(message);
        let too_long = person.messages.len() > KEPT_OF_ONE;
        if too_long {
            if let Some(oldest) = person.messages.pop_front() {
                self.by_wamid.remove(&oldest.id);
            }
        } else {
            self.order.push_back(key.clone());
        }
        while self.order.len() > self.kept {
            self.forget_oldest();
        }
        if self.by_key.contains_key(&key) {
            self.touch(&key);
        }
    }

    fn forget_oldest(&mut self) {
        let Some(key) = self.order.pop_front() else { return };
        let Some(person) = self.by_key.get_mut(&key) else { return };
        if let Some(message) = person.messages.pop_front() {
            self.by_wamid.remove(&message.id);
        }
        if person.is_nobody()
            && let Some(person) = self.by_key.remove(&key)
        {
            self.by_user_id.remove(&person.user_id);
        }
    }

    /// Changes a kept message and says whose it is.
    pub(crate) fn change(&mut self, wamid: &str, change: impl FnOnce(&mut Message)) -> Option<Arc<str>> {
        let key = self.by_wamid.get(wamid)?.clone();
        let message =
            self.by_key.get_mut(&key)?.messages.iter_mut().rev().find(|message| message.id == wamid)?;
        change(message);
        self.touch(&key);
        Some(key)
    }

    /// A kept message.
    pub(crate) fn message(&self, wamid: &str) -> Option<&Message> {
        let key = self.by_wamid.get(wamid)?;
        self.by_key.get(key)?.messages.iter().rev().find(|message| message.id == wamid)
    }

    pub(crate) fn conversation(&self, key: &str) -> Option<Conversation> {
        let person = self.by_key.get(key)?;
        Some(Conversation {
            customer: person.customer(),
            messages: person.messages.iter().cloned().collect(),
        })
    }

    pub(crate) fn customers(&self) -> Vec<Customer> {
        let mut customers: Vec<_> = self.by_key.values().map(Person::customer).collect();
        customers.sort_unstable_by_key(|customer| std::cmp::Reverse(customer.version));
        customers
    }

    pub(crate) fn blocked(&self) -> Vec<Customer> {
        self.by_key.values().filter(|person| person.blocked).map(Person::customer).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: usize) -> Message {
        Message {
            id: format!("wamid.{id}"),
            direction: Direction::Out,
            at: 0,
            kind: "text".to_owned(),
            bubble: Bubble::default(),
            context: None,
            status: Tick::Accepted,
            error: None,
            webhook_status: None,
        }
    }

    #[test]
    fn memory_is_bounded_and_people_who_only_received_are_forgotten_with_their_messages() {
        let mut people = People::new(3);
        people.meet("15550100001").last_inbound = Some(1);
        for id in 0..5 {
            people.add(&format!("1555010000{id}"), message(id));
        }
        assert!(people.message("wamid.1").is_none() && people.message("wamid.2").is_some());
        assert!(people.get("15550100000").is_none());
        assert!(people.get("15550100001").is_some(), "wrote once: the window must be kept");
        assert_eq!((people.by_wamid.len(), people.order.len(), people.by_key.len()), (3, 3, 4));
    }

    #[test]
    fn a_long_conversation_keeps_its_newest_messages() {
        let mut people = People::new(10_000);
        for id in 0..KEPT_OF_ONE + 10 {
            people.add("15550100001", message(id));
        }
        let kept = people.conversation("15550100001").unwrap().messages;
        assert_eq!((kept.len(), kept[0].id.as_str()), (KEPT_OF_ONE, "wamid.10"));
        assert_eq!(people.order.len(), KEPT_OF_ONE);
    }

    #[test]
    fn user_ids_are_told_from_numbers() {
        for (text, expected) in [
            ("US.13491208655302741918", true),
            ("US.ENT.1181", true),
            ("us.1", false),
            ("US.", false),
            ("+1.555", false),
            ("US.1-2", false),
        ] {
            assert_eq!(is_user_id(text), expected, "{text}");
        }
    }
}
