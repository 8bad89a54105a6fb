//! What other systems of a business can subscribe to: types of events, how often a delivery is tried.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::consent::{State, UnknownWord};
use crate::id::{DeliveryId, SubscriptionId};
use crate::time::{Span, Timestamp};

/// A type of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum EventType {
    /// A person wants no marketing any more (R57).
    #[serde(rename = "contact.opted_out")]
    ContactOptedOut,
    /// A person agreed to marketing.
    #[serde(rename = "contact.opted_in")]
    ContactOptedIn,
    /// A person's words wait for a decision; marketing to them pauses.
    #[serde(rename = "contact.held")]
    ContactHeld,
    /// A person's data was erased (R57).
    #[serde(rename = "contact.erased")]
    ContactErased,
    /// A person wrote.
    #[serde(rename = "message.received")]
    MessageReceived,
    /// A message got further.
    #[serde(rename = "message.status")]
    MessageStatus,
    /// A campaign is through.
    #[serde(rename = "campaign.finished")]
    CampaignFinished,
}

impl EventType {
    /// Every type.
    pub const ALL: [Self; 7] = [
        Self::ContactOptedOut,
        Self::ContactOptedIn,
        Self::ContactHeld,
        Self::ContactErased,
        Self::MessageReceived,
        Self::MessageStatus,
        Self::CampaignFinished,
    ];

    /// The word in bodies and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ContactOptedOut => "contact.opted_out",
            Self::ContactOptedIn => "contact.opted_in",
            Self::ContactHeld => "contact.held",
            Self::ContactErased => "contact.erased",
            Self::MessageReceived => "message.received",
            Self::MessageStatus => "message.status",
            Self::CampaignFinished => "campaign.finished",
        }
    }

    /// What a change of somebody's choice is, if it is worth telling.
    #[must_use]
    pub fn of_change(from: State, to: State) -> Option<Self> {
        match to {
            _ if from == to => None,
            State::OptedOut => Some(Self::ContactOptedOut),
            State::OptedIn => Some(Self::ContactOptedIn),
            State::Held => Some(Self::ContactHeld),
            State::Unknown | State::Pending => None,
        }
    }
}

impl FromStr for EventType {
    type Err = UnknownWord;
    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|event| event.as_str() == word).ok_or(UnknownWord)
    }
}

/// How long after an attempt the next one follows; none after the last. The schedule of Standard Webhooks: nine repetitions within
/// three and a half days.
#[must_use]
pub fn retry_after(attempts: i64) -> Option<Span> {
    match attempts {
        ..=1 => Some(Span::seconds(5)),
        2 => Some(Span::minutes(5)),
        3 => Some(Span::minutes(30)),
        4 => Some(Span::hours(2)),
        5 => Some(Span::hours(5)),
        6 => Some(Span::hours(10)),
        7 => Some(Span::hours(14)),
        8 => Some(Span::hours(20)),
        9 => Some(Span::hours(24)),
        _ => None,
    }
}

/// Where another system hears what happens here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Its id.
    pub id: SubscriptionId,
    /// Where to.
    pub url: String,
    /// What it wants to hear.
    pub events: Vec<EventType>,
    /// Since when.
    pub created_at: Timestamp,
    /// Since when nothing is sent there any more, and why: `gone` or `by_hand`.
    pub stopped: Option<(Timestamp, String)>,
}

/// How a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It will be tried, or tried again.
    Waiting,
    /// The receiver took it.
    Delivered,
    /// It was tried as often as it is, without success.
    Failed,
}

impl DeliveryState {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

impl FromStr for DeliveryState {
    type Err = UnknownWord;
    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        [Self::Waiting, Self::Delivered, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == word)
            .ok_or(UnknownWord)
    }
}

/// A line of the log of deliveries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedDelivery {
    /// Its id, also the `webhook-id`.
    pub id: DeliveryId,
    /// What it tells.
    pub event: EventType,
    /// How it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i64,
    /// Since when.
    pub created_at: Timestamp,
    /// When it is tried next.
    pub next_at: Option<Timestamp>,
    /// The HTTP status of the last answer.
    pub status: Option<i64>,
    /// Why there was no answer: `timeout`, `no_connection`, `not_requestable`.
    pub error: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_tried_ten_times_ever_more_slowly() {
        let waits: Vec<Span> = (1..20).map_while(retry_after).collect();
        assert_eq!(waits.len(), 9);
        assert!(waits.is_sorted());
    }

    #[test]
    fn only_a_new_state_is_told() {
        assert_eq!(EventType::of_change(State::OptedIn, State::OptedOut), Some(EventType::ContactOptedOut));
        assert_eq!(EventType::of_change(State::OptedOut, State::OptedOut), None);
        assert_eq!(EventType::of_change(State::Unknown, State::Pending), None);
        for event in EventType::ALL {
            assert_eq!(event.as_str().parse(), Ok(event));
        }
    }
}
