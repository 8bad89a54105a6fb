//! What leaves for WhatsApp, free of Meta's JSON.

use serde::{Deserialize, Serialize};

use crate::kind::Form;

/// The content of an outgoing message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content {
    /// Free text.
    Text {
        /// 1–4096 characters.
        body: String,
    },
    /// Free text with up to three reply buttons.
    Buttons {
        /// 1–1024 characters.
        body: String,
        /// The buttons, in order.
        buttons: Vec<ReplyButton>,
    },
    /// An approved template.
    Template {
        /// Its name.
        name: String,
        /// Meta's language code.
        language: String,
        /// Values of the body's placeholders: (`"1"` or a name, value), in order.
        variables: Vec<(String, String)>,
        /// Payloads of the quick-reply buttons, by index.
        #[serde(default)]
        payloads: Vec<String>,
        /// The body as the person will read it, for the thread.
        #[serde(default)]
        rendered: String,
    },
}

/// A reply button of a free-form message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyButton {
    /// Comes back when tapped; at most 256 characters.
    pub id: String,
    /// What the person reads; at most 20 characters.
    pub title: String,
}

/// Longest free text WhatsApp takes, in characters.
pub const TEXT_LIMIT: usize = 4096;

impl Content {
    /// Template or free-form.
    #[must_use]
    pub const fn form(&self) -> Form {
        match self {
            Self::Text { .. } | Self::Buttons { .. } => Form::FreeForm,
            Self::Template { .. } => Form::Template,
        }
    }

    /// What the person will read.
    #[must_use]
    pub fn preview(&self) -> &str {
        match self {
            Self::Text { body } | Self::Buttons { body, .. } => body,
            Self::Template { rendered, name, .. } => {
                if rendered.is_empty() {
                    name
                } else {
                    rendered
                }
            }
        }
    }
}

/// Whom a message is addressed to on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// An E.164 number with `+`.
    Phone(crate::phone::Phone),
    /// A business-scoped user id, for people whose number is not visible.
    UserId(String),
}

/// Where an outgoing message stands with us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendState {
    /// Waiting for its turn.
    Pending,
    /// Taken by a dispatcher; its bytes may be on the wire.
    Claimed,
    /// Accepted by WhatsApp.
    Sent,
    /// Refused for good.
    Failed,
    /// Nobody knows whether WhatsApp accepted it; never blindly repeated.
    Unknown,
    /// Not sent, with a reason.
    Skipped,
}

impl SendState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Claimed, Self::Sent, Self::Failed, Self::Unknown, Self::Skipped];

    /// The word used in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Claimed => "claimed",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Skipped => "skipped",
        }
    }
}

impl std::str::FromStr for SendState {
    type Err = crate::consent::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(crate::consent::UnknownWord)
    }
}
