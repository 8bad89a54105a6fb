//! What pages and the API show of contacts, their consent and their messages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::campaign::RecipientOutcome;
use crate::consent::{SignalKind, Source, State};
use crate::id::{CampaignId, ContactId, EventId, MessageId};
use crate::inbound::Delivery;
use crate::kind::MessageKind;
use crate::outbound::SendState;
use crate::permit::{Gate, Reason};
use crate::phone::Phone;
use crate::time::{Span, Timestamp};

/// A contact as lists and the API show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// The number, when it is visible.
    pub phone: Option<Phone>,
    /// The business-scoped user id, when WhatsApp gave one.
    pub user_id: Option<String>,
    /// The name the business or the person's profile gives.
    pub name: Option<String>,
    /// ISO 3166-1 alpha-2 country of the number, when known.
    pub country: Option<String>,
    /// The state for marketing.
    pub state: State,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Through which channel it came.
    pub source: Option<Source>,
    /// The consent version.
    pub version: i64,
    /// WhatsApp's own stop is in force.
    pub native_stop: bool,
    /// All communication is stopped.
    pub blocked: bool,
    /// The person's data was erased.
    pub erased: bool,
    /// There is no WhatsApp account behind the number.
    pub invalid: bool,
    /// When an implied consent runs out.
    pub expires_at: Option<Timestamp>,
    /// Labels of the business.
    pub tags: Vec<String>,
    /// What else the business keeps about the person.
    pub details: Details,
    /// When the person last wrote.
    pub last_inbound_at: Option<Timestamp>,
    /// When the contact was made.
    pub created_at: Timestamp,
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Contact").field("id", &self.id).field("state", &self.state).finish_non_exhaustive()
    }
}

impl Contact {
    /// What to call the person: the name, else the number, else the end of the user id.
    #[must_use]
    pub fn label(&self) -> String {
        if let Some(name) = self.name.as_deref().filter(|name| !name.trim().is_empty()) {
            return name.to_owned();
        }
        if let Some(phone) = &self.phone {
            return phone.to_string();
        }
        match &self.user_id {
            Some(user_id) => {
                let tail: String =
                    user_id.chars().rev().take(6).collect::<Vec<_>>().into_iter().rev().collect();
                format!("WhatsApp user …{tail}")
            }
            None => "Erased contact".to_owned(),
        }
    }

    /// The gate for [`crate::permit::decide`], without what the person was sent lately.
    #[must_use]
    pub fn gate(&self) -> Gate {
        Gate {
            contact: self.id,
            consent_version: self.version,
            state: self.state,
            native_stop: self.native_stop,
            blocked: self.blocked,
            erased: self.erased,
            invalid: self.invalid,
            expires_at: self.expires_at,
            last_inbound_at: self.last_inbound_at,
            country: self.country.as_deref().and_then(|code| code.as_bytes().try_into().ok()),
            marketing_lately: 0,
        }
    }
}

/// What a business keeps about a person beside name and labels.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// The language they are written to in: BCP 47 in lower case, such as `pt` or `pt-br`.
    pub language: Option<String>,
    /// Fields of the business's own, by name.
    pub attributes: BTreeMap<String, String>,
}

impl Details {
    /// Nothing known.
    pub const NONE: Self = Self { language: None, attributes: BTreeMap::new() };

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.language.is_none() && self.attributes.is_empty()
    }

    /// Takes over from another record of the same person what is not known here.
    pub fn join(&mut self, other: Self) {
        self.language = self.language.take().or(other.language);
        for (name, value) in other.attributes {
            self.attributes.entry(name).or_insert(value);
        }
    }
}

/// How the contacts table is sorted. Newest first by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactSort {
    /// Newest contact first.
    #[default]
    Newest,
    /// By name, A to Z; people without a name last.
    Name,
    /// Whoever wrote last first; people who never wrote last.
    LastMessage,
    /// Whose choice changed last first; people who never chose last.
    Changed,
}

impl ContactSort {
    /// Every order.
    pub const ALL: [Self; 4] = [Self::Newest, Self::Name, Self::LastMessage, Self::Changed];

    /// The word used in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Name => "name",
            Self::LastMessage => "last_message",
            Self::Changed => "changed",
        }
    }

    /// The order a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == word)
    }
}

/// What became of people in a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignFilter {
    /// Which campaign.
    pub campaign: CampaignId,
    /// What became of them.
    pub outcome: RecipientOutcome,
}

/// What to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactQuery {
    /// Part of a name, or digits of a number.
    pub search: Option<String>,
    /// Only this state.
    pub state: Option<State>,
    /// Only this label.
    pub tag: Option<String>,
    /// Only this number.
    pub phone: Option<Phone>,
    /// Only this country of the number, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Only those whose choice came through this channel.
    pub source: Option<Source>,
    /// Only those who wrote within so many days: becomes [`Self::wrote_since`] when it is asked.
    pub wrote_days: Option<u16>,
    /// Only those added within so many days: becomes [`Self::added_since`] when it is asked.
    pub added_days: Option<u16>,
    /// Only those who wrote at or after this time.
    pub wrote_since: Option<Timestamp>,
    /// Only those added at or after this time.
    pub added_since: Option<Timestamp>,
    /// Only those with whom all communication is stopped, or not.
    pub blocked: Option<bool>,
    /// Only those who are written to in this language.
    pub language: Option<String>,
    /// Only those whom a campaign left with this outcome.
    pub campaign: Option<CampaignFilter>,
    /// The order.
    pub sort: ContactSort,
    /// Where the page starts: the `next` or `previous` of another page.
    pub cursor: Option<String>,
    /// 1–200; 50 when zero.
    pub limit: u32,
}

impl ContactQuery {
    /// The same with days counted back from now.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        let since = |days: u16| now - Span::days(i64::from(days));
        Self {
            wrote_since: self.wrote_days.map(since).or(self.wrote_since),
            added_since: self.added_days.map(since).or(self.added_since),
            wrote_days: None,
            added_days: None,
            ..self
        }
    }

    /// Whether somebody may be left out.
    #[must_use]
    pub const fn is_filtered(&self) -> bool {
        self.search.is_some()
            || self.state.is_some()
            || self.tag.is_some()
            || self.phone.is_some()
            || self.country.is_some()
            || self.source.is_some()
            || self.wrote_since.is_some()
            || self.wrote_days.is_some()
            || self.added_days.is_some()
            || self.added_since.is_some()
            || self.blocked.is_some()
            || self.language.is_some()
            || self.campaign.is_some()
    }

    /// The one state asked for, if nothing else is.
    #[must_use]
    pub fn only_state(&self) -> Option<State> {
        let rest = Self { state: None, ..self.clone() };
        self.state.filter(|_| !rest.is_filtered())
    }
}

/// One page of contacts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactPage {
    /// The rows.
    pub rows: Vec<Contact>,
    /// The cursor of the page after, if there is one.
    pub next: Option<String>,
    /// The cursor of the page before, if there is one.
    pub previous: Option<String>,
    /// How many there are of what was asked for.
    pub found: Found,
}

/// How many were found; beyond a number that is fast to count, only that there are more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// So many, exactly or at least.
    pub count: i64,
    /// There are more.
    pub more: bool,
}

/// How many contacts are in each state. Exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateCounts {
    /// Never asked.
    pub unknown: i64,
    /// Asked, not confirmed.
    pub pending: i64,
    /// Agreed.
    pub opted_in: i64,
    /// Asked to stop.
    pub opted_out: i64,
    /// Waiting for a decision.
    pub held: i64,
}

impl StateCounts {
    /// Everyone.
    #[must_use]
    pub const fn total(&self) -> i64 {
        self.unknown + self.pending + self.opted_in + self.opted_out + self.held
    }

    /// The count of one state.
    #[must_use]
    pub const fn of(&self, state: State) -> i64 {
        match state {
            State::Unknown => self.unknown,
            State::Pending => self.pending,
            State::OptedIn => self.opted_in,
            State::OptedOut => self.opted_out,
            State::Held => self.held,
        }
    }

    /// Sets the count of one state.
    pub const fn set(&mut self, state: State, count: i64) {
        match state {
            State::Unknown => self.unknown = count,
            State::Pending => self.pending = count,
            State::OptedIn => self.opted_in = count,
            State::OptedOut => self.opted_out = count,
            State::Held => self.held = count,
        }
    }
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Actor {
    /// The customer.
    Person,
    /// A signed-in user; the e-mail is filled in when shown.
    User {
        /// Which.
        id: crate::id::UserId,
        /// Their address, when it is shown.
        #[serde(default)]
        email: Option<String>,
    },
    /// An API key.
    ApiKey {
        /// Which.
        id: crate::id::ApiKeyId,
        /// Its name, when it is shown.
        #[serde(default)]
        name: Option<String>,
    },
    /// The software by itself (a merge, a deadline).
    System,
}

/// A consent event as it is shown: what is in the chain, and the personal part beside it unless erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentEvent {
    /// Its id.
    pub id: EventId,
    /// Its place in the business's chain, from 1.
    pub seq: i64,
    /// Whose consent.
    pub contact: ContactId,
    /// The contact's consent version after it.
    pub version: i64,
    /// What was said.
    pub kind: SignalKind,
    /// How it came.
    pub source: Source,
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
    /// When the person acted.
    pub occurred_at: Timestamp,
    /// When it was stored.
    pub recorded_at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// The settings in force.
    pub settings_version: i64,
    /// The rule of detection that matched, such as `keyword`.
    pub rule: Option<String>,
    /// The keyword that matched, normalised.
    pub matched: Option<String>,
    /// SHA-256 (hex) of the wording that was shown to the person.
    pub wording: Option<String>,
    /// The personal part: `None` once the person was erased.
    pub evidence: Option<Evidence>,
    /// Hash of this event, hex.
    pub hash: String,
}

/// The personal part of a consent event, kept beside the chain so that it can be erased.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// The words as received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// WhatsApp's id of the message that carried them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wamid: Option<String>,
    /// The message it answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_wamid: Option<String>,
    /// The number or user id at the time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// What the person at the business noted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The wording the person agreed to, as put on record by hand or by API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wording: Option<String>,
    /// Anything else an API client sent along.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<serde_json::Value>,
    /// How the words were understood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<Reading>,
}

/// How detection understood the words of an event: enough to show it again without running it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The words as they were compared.
    pub normalised: String,
    /// The part of the message they stood in: payload, label, text or caption.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// Where in that part the words that matched stand, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<(usize, usize)>,
    /// How sure it was: certain, clear, likely or unclear.
    pub certainty: String,
}

/// One message of a conversation as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadMessage {
    /// Its id.
    pub id: MessageId,
    /// When it was written or decided.
    pub at: Timestamp,
    /// What to show.
    pub text: String,
    /// Which way.
    pub direction: Direction,
}

/// Incoming or outgoing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "way", rename_all = "snake_case")]
pub enum Direction {
    /// From the customer.
    In {
        /// Meta's word for the type.
        message_type: String,
        /// What detection made of it: `opt_out`, `opt_in`, `help`, `hold` or `none`.
        verdict: String,
    },
    /// To the customer.
    Out {
        /// What it is for.
        kind: MessageKind,
        /// Where it stands with us.
        state: SendState,
        /// How far it got.
        delivery: Option<Delivery>,
        /// Why it was not sent.
        skip_reason: Option<Reason>,
        /// Meta's error code, if it failed.
        error_code: Option<i64>,
    },
}

/// An outgoing message as the API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutgoingMessage {
    /// Its id.
    pub id: MessageId,
    /// Whom it is for.
    pub contact_id: ContactId,
    /// What it is for.
    pub kind: MessageKind,
    /// Where it stands with us.
    pub status: SendState,
    /// How far it got at WhatsApp.
    pub delivery: Option<Delivery>,
    /// Why it was not sent.
    pub reason: Option<Reason>,
    /// Meta's error code.
    pub error_code: Option<i64>,
    /// WhatsApp's id, once accepted.
    pub wamid: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
}
