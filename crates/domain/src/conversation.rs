//! Conversations: what the inbox lists, and what a thread shows.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::consent::UnknownWord;
use crate::contact::Contact;
use crate::id::{ConnectionId, ContactId, MessageId, UserId};
use crate::inbound::{Delivery, MessageType};
use crate::kind::MessageKind;
use crate::outbound::SendState;
use crate::permit::Reason;
use crate::time::Timestamp;

/// Longest note to colleagues, in characters.
pub const NOTE_LIMIT: usize = 4_000;

/// Where a conversation stands with the team.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Somebody may have to do something.
    #[default]
    Open,
    /// Out of sight until a time, or until the person writes.
    Snoozed,
    /// Nothing to do, until the person writes again.
    Resolved,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Open, Self::Snoozed, Self::Resolved];

    /// The word used in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Snoozed => "snoozed",
            Self::Resolved => "resolved",
        }
    }
}

impl FromStr for Status {
    type Err = UnknownWord;
    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|status| status.as_str() == word).ok_or(UnknownWord)
    }
}

/// A part of the inbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// Everything open, the last message first.
    #[default]
    Open,
    /// What nobody read yet.
    Unread,
    /// What is assigned to whoever asks, and open.
    Mine,
    /// What is open and assigned to nobody.
    Unassigned,
    /// Whoever waits for an answer, the longest first.
    Waiting,
    /// Out of sight until later.
    Snoozed,
    /// Done.
    Resolved,
}

impl View {
    /// Every part, in the order of the page.
    pub const ALL: [Self; 7] = [
        Self::Open,
        Self::Unread,
        Self::Mine,
        Self::Unassigned,
        Self::Waiting,
        Self::Snoozed,
        Self::Resolved,
    ];

    /// The word used in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Unread => "unread",
            Self::Mine => "mine",
            Self::Unassigned => "unassigned",
            Self::Waiting => "waiting",
            Self::Snoozed => "snoozed",
            Self::Resolved => "resolved",
        }
    }

    /// The part a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.as_str() == word)
    }
}

/// Whether a message is one that somebody should answer.
///
/// Whoever opts out or in has been answered by the system, or wants no answer; a reaction, an edit or a deletion asks nothing. A
/// request for help does wait for a person, although it is answered at once (R52).
#[must_use]
pub fn wants_answer(message_type: &MessageType, verdict: &str) -> bool {
    let asks = !matches!(
        message_type,
        MessageType::Reaction | MessageType::System | MessageType::Edit | MessageType::Revoke
    );
    asks && !matches!(verdict, "opt_out" | "opt_in")
}

/// A conversation as the inbox lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// With whom.
    pub contact: ContactId,
    /// The number of the business that the last message went through, and an answer goes through.
    pub connection: ConnectionId,
    /// Where it stands.
    pub status: Status,
    /// When the last message came or went.
    pub last_at: Timestamp,
    /// What it says.
    pub preview: String,
    /// It came in.
    pub incoming: bool,
    /// Messages that came in since somebody read it.
    pub unread: i64,
    /// Since when the person waits for an answer.
    pub waiting_since: Option<Timestamp>,
    /// Whose task it is.
    pub assignee: Option<UserId>,
    /// Until when it is out of sight.
    pub snoozed_until: Option<Timestamp>,
}

/// One line of the inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The conversation.
    pub conversation: Conversation,
    /// The person.
    pub contact: Contact,
}

/// What to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConversationQuery {
    /// Which part.
    pub view: View,
    /// Part of a name, or digits of a number.
    pub search: Option<String>,
    /// Where the page starts: the `next` of another page.
    pub cursor: Option<String>,
    /// 1–200; 50 when zero.
    pub limit: u32,
}

/// What is in a message the person wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "shown", rename_all = "snake_case")]
pub enum Shown {
    /// Words: a text, a button's label, a chosen row, a caption of something else.
    Text {
        /// The words.
        text: String,
    },
    /// A file at WhatsApp.
    Media {
        /// What kind of file.
        media: MediaKind,
        /// What is written under it.
        caption: Option<String>,
        /// Its name.
        filename: Option<String>,
        /// Whether WhatsApp said how to ask for it.
        fetchable: bool,
    },
    /// A place.
    Location {
        /// Degrees north and east, as written by WhatsApp.
        at: Option<(String, String)>,
        /// What it is called.
        name: Option<String>,
        /// Where it is.
        address: Option<String>,
    },
    /// Contact cards.
    Cards {
        /// Names and numbers.
        cards: Vec<Card>,
    },
    /// A cart from the catalogue.
    Order {
        /// What the person wrote with it.
        note: Option<String>,
        /// What is in it.
        items: Vec<Item>,
    },
    /// An emoji on another message; none when it was taken back.
    Reaction {
        /// The emoji.
        emoji: Option<String>,
        /// WhatsApp's id of the message it is on.
        on: Option<String>,
    },
    /// The person deleted a message.
    Deleted,
    /// What WhatsApp says of itself, or does not pass on.
    Notice {
        /// A description.
        text: String,
    },
}

/// Kinds of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A video.
    Video,
    /// A voice message.
    Voice,
    /// Another sound.
    Audio,
    /// A file.
    Document,
    /// A sticker.
    Sticker,
}

/// A contact card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The name on it.
    pub name: Option<String>,
    /// The numbers on it.
    pub phones: Vec<String>,
}

/// A line of a cart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The shop's own number of the product.
    pub product: String,
    /// How many.
    pub quantity: i64,
    /// The price of one, as written by WhatsApp.
    pub price: Option<String>,
}

/// One thing in a thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id, by which a thread is in order.
    pub id: MessageId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

/// What a thread holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// The person wrote.
    Incoming {
        /// What.
        shown: Shown,
        /// What detection made of it: `opt_out`, `opt_in`, `help`, `hold` or `none`.
        verdict: String,
        /// What it answers, as far as that is known.
        quoted: Option<String>,
    },
    /// The business wrote.
    Outgoing {
        /// What.
        text: String,
        /// It was a template.
        template: bool,
        /// What it was for.
        kind: MessageKind,
        /// Where it stands with us.
        state: SendState,
        /// How far it got.
        delivery: Option<Delivery>,
        /// Why it was not sent.
        reason: Option<Reason>,
        /// Meta's error code, if it failed.
        error_code: Option<i64>,
        /// Who wrote it; nobody when a campaign, an API key or the system did.
        by: Option<UserId>,
    },
    /// A note to colleagues, or something they did.
    Team {
        /// What.
        kind: TeamKind,
        /// The note, or what belongs to it.
        body: String,
        /// Who.
        by: Option<UserId>,
    },
}

/// What colleagues do with a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TeamKind {
    /// A note.
    Note,
    /// Made somebody's task.
    Assigned,
    /// Nobody's task any more.
    Unassigned,
    /// Done.
    Resolved,
    /// Not done after all.
    Reopened,
    /// Put out of sight until later.
    Snoozed,
    /// A promotion was let through by somebody who may.
    Overridden,
}

impl TeamKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Note,
        Self::Assigned,
        Self::Unassigned,
        Self::Resolved,
        Self::Reopened,
        Self::Snoozed,
        Self::Overridden,
    ];

    /// The word used in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Assigned => "assigned",
            Self::Unassigned => "unassigned",
            Self::Resolved => "resolved",
            Self::Reopened => "reopened",
            Self::Snoozed => "snoozed",
            Self::Overridden => "overridden",
        }
    }
}

impl FromStr for TeamKind {
    type Err = UnknownWord;
    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or(UnknownWord)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r52_a_request_for_help_waits_for_a_person() {
        assert!(wants_answer(&MessageType::Text, "help"));
        assert!(wants_answer(&MessageType::Text, "none"));
        assert!(wants_answer(&MessageType::Text, "hold"));
        assert!(wants_answer(&MessageType::Image, "none"));
    }

    #[test]
    fn what_was_answered_at_once_or_asks_nothing_waits_for_nobody() {
        assert!(!wants_answer(&MessageType::Text, "opt_out"));
        assert!(!wants_answer(&MessageType::Button, "opt_in"));
        assert!(!wants_answer(&MessageType::Reaction, "none"));
        assert!(!wants_answer(&MessageType::Revoke, "none"));
    }
}
