//! What WhatsApp tells us, free of Meta's JSON: the vocabulary between `whatsapp`, `service` and `store`.

use serde::{Deserialize, Serialize};

use crate::kind::MessageKind;
use crate::phone::Phone;
use crate::template::TemplateStatus;
use crate::time::Timestamp;

/// Every name WhatsApp gives one person. At least one is present.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The phone number behind the `wa_id`, when it is visible.
    pub phone: Option<Phone>,
    /// The business-scoped user id, such as `US.1349…`.
    pub user_id: Option<String>,
    /// The parent business-scoped user id.
    pub parent_user_id: Option<String>,
}

impl Identity {
    /// Whether nothing names the person.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.phone.is_none() && self.user_id.is_none() && self.parent_user_id.is_none()
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity")
            .field("phone", &self.phone)
            .field("has_user_id", &self.user_id.is_some())
            .finish_non_exhaustive()
    }
}

/// Where in a message words stand that a person may have chosen or typed. Order is precedence: the payload first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WordsFrom {
    /// The payload of a template's quick-reply button, or the id of a reply button or list row.
    Payload,
    /// The label of the button or the title of the list row.
    Label,
    /// The text of a message.
    Text,
    /// The caption under a picture, video or document.
    Caption,
    /// The note sent with a cart.
    OrderNote,
}

/// The type of an incoming message. Types this code does not know keep their name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageType {
    /// Plain text.
    Text,
    /// A tap on a template's quick-reply button.
    Button,
    /// A tap on a reply button, a list row, a completed flow.
    Interactive,
    /// A picture.
    Image,
    /// A video.
    Video,
    /// A file.
    Document,
    /// A voice message or sound.
    Audio,
    /// A sticker.
    Sticker,
    /// A place.
    Location,
    /// Contact cards.
    Contacts,
    /// An emoji on another message, or its removal.
    Reaction,
    /// A cart from the catalogue.
    Order,
    /// Written by WhatsApp itself, never by the person.
    System,
    /// Something WhatsApp does not pass on.
    Unsupported,
    /// An edited message.
    Edit,
    /// A deleted message.
    Revoke,
    /// A type newer than this code, by its name.
    Other(String),
}

impl MessageType {
    /// Meta's word for the type, as stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Text => "text",
            Self::Button => "button",
            Self::Interactive => "interactive",
            Self::Image => "image",
            Self::Video => "video",
            Self::Document => "document",
            Self::Audio => "audio",
            Self::Sticker => "sticker",
            Self::Location => "location",
            Self::Contacts => "contacts",
            Self::Reaction => "reaction",
            Self::Order => "order",
            Self::System => "system",
            Self::Unsupported => "unsupported",
            Self::Edit => "edit",
            Self::Revoke => "revoke",
            Self::Other(name) => name,
        }
    }

    /// Reads Meta's word.
    #[must_use]
    pub fn from_meta(word: &str) -> Self {
        match word {
            "text" => Self::Text,
            "button" => Self::Button,
            "interactive" => Self::Interactive,
            "image" => Self::Image,
            "video" => Self::Video,
            "document" => Self::Document,
            "audio" | "voice" => Self::Audio,
            "sticker" => Self::Sticker,
            "location" => Self::Location,
            "contacts" => Self::Contacts,
            "reaction" => Self::Reaction,
            "order" => Self::Order,
            "system" => Self::System,
            "unsupported" | "unknown" => Self::Unsupported,
            "edit" => Self::Edit,
            "revoke" => Self::Revoke,
            other => Self::Other(other.chars().take(64).collect()),
        }
    }

    /// Whether the message is one the person sent, so that it opens the service window. WhatsApp's own notices, reactions
    /// and revocations do not (the platform leaves it open; closed is the careful reading).
    #[must_use]
    pub const fn opens_window(&self) -> bool {
        !matches!(self, Self::System | Self::Reaction | Self::Revoke)
    }
}

/// One incoming message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboundMessage {
    /// WhatsApp's message id.
    pub wamid: String,
    /// Who wrote.
    pub from: Identity,
    /// The name in the person's profile, if given.
    pub profile_name: Option<String>,
    /// When they wrote, by WhatsApp's clock.
    pub sent_at: Timestamp,
    /// What kind of message it is.
    pub message_type: MessageType,
    /// Words that may be a keyword, in order of precedence.
    pub words: Vec<(WordsFrom, String)>,
    /// What to show for the message in a thread: the text, caption, label or a short description.
    pub preview: String,
    /// The message it answers, if any.
    pub context_wamid: Option<String>,
    /// The message was forwarded: its words are somebody else's.
    pub forwarded: bool,
    /// Sent in a group; its words are chatter, not a choice.
    pub in_group: bool,
    /// The part of Meta's JSON that holds the message, kept as received.
    pub raw: String,
}

/// How far an outgoing message got. The order is the rank: a status never goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// On WhatsApp's servers.
    Sent,
    /// WhatsApp gave up. Ranks below delivered: a message seen on the phone was not lost.
    Failed,
    /// On the person's phone.
    Delivered,
    /// Opened.
    Read,
    /// A voice message was played.
    Played,
}

impl Delivery {
    /// The word used in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
        }
    }

    /// Reads Meta's word; `None` for statuses this code does not know.
    #[must_use]
    pub fn from_meta(word: &str) -> Option<Self> {
        match word {
            "sent" => Some(Self::Sent),
            "failed" => Some(Self::Failed),
            "delivered" => Some(Self::Delivered),
            "read" => Some(Self::Read),
            "played" => Some(Self::Played),
            _ => None,
        }
    }

    /// The rank as stored, higher is further.
    #[must_use]
    pub const fn rank(self) -> i64 {
        match self {
            Self::Sent => 1,
            Self::Failed => 2,
            Self::Delivered => 3,
            Self::Read => 4,
            Self::Played => 5,
        }
    }
}

/// One status of one outgoing message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusUpdate {
    /// WhatsApp's id of the message.
    pub wamid: String,
    /// How far it got.
    pub delivery: Delivery,
    /// When, by WhatsApp's clock.
    pub at: Timestamp,
    /// What we sent along (the outbox id), echoed back.
    pub callback_data: Option<String>,
    /// Meta's error code of a failure.
    pub error_code: Option<i64>,
    /// Whom the message was for, as far as named.
    pub recipient: Identity,
}

/// The person used WhatsApp's own switch for offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NativePreference {
    /// Who.
    pub from: Identity,
    /// True for `stop`, false for `resume`.
    pub stop: bool,
    /// When, by WhatsApp's clock.
    pub at: Timestamp,
}

/// A person goes by another number or user id from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityChange {
    /// The names known before.
    pub before: Identity,
    /// The names from now on.
    pub after: Identity,
    /// WhatsApp's message id, when it came as a message.
    pub wamid: Option<String>,
    /// When, by WhatsApp's clock.
    pub at: Timestamp,
}

/// WhatsApp changed its mind about a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateUpdate {
    /// The template's name.
    pub name: String,
    /// Its language.
    pub language: String,
    /// The new status, if that changed.
    pub status: Option<TemplateStatus>,
    /// The new kind, if the category changed.
    pub kind: Option<MessageKind>,
}

/// One thing a webhook reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    /// A customer wrote.
    Message(InboundMessage),
    /// An outgoing message got somewhere.
    Status(StatusUpdate),
    /// WhatsApp's own stop or resume.
    Preference(NativePreference),
    /// A new number or user id.
    Identity(IdentityChange),
    /// A template's status or category.
    Template(TemplateUpdate),
    /// Anything else, kept as received and counted.
    Other {
        /// Meta's field name, or `messages` for an unreadable message.
        field: String,
        /// Why it is not one of the above, for the log and the counter: `unknown_field`, `unreadable`, `group`, …
        why: &'static str,
        /// The JSON as received.
        raw: String,
    },
}

/// One webhook, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// What it reports, in the order received.
    pub updates: Vec<Update>,
}
