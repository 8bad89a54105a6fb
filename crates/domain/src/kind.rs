//! Kinds of message, and what each may do.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a message is for. It decides whom it may reach (`permit`) and how soon it leaves (`priority`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// Offers, news, surveys, anything mixed with them.
    Marketing,
    /// Order, shipping, delivery, appointment, payment.
    Utility,
    /// One-time codes.
    Authentication,
    /// An agent's or a bot's answer in a conversation.
    Service,
    /// The one confirmation of an opt-out or opt-in, the opt-in disclosure, the answer to HELP.
    Consent,
}

/// Whether a message is free text or an approved template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Free-form: text, buttons; only inside the service window.
    FreeForm,
    /// An approved template: at any time.
    Template,
}

/// A word that names no message kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a message kind")]
pub struct UnknownKind;

impl MessageKind {
    /// Every kind, for tables and tests.
    pub const ALL: [Self; 5] =
        [Self::Marketing, Self::Utility, Self::Authentication, Self::Service, Self::Consent];

    /// The word used in the database, the API and the ledger.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Marketing => "marketing",
            Self::Utility => "utility",
            Self::Authentication => "authentication",
            Self::Service => "service",
            Self::Consent => "consent",
        }
    }

    /// Order of leaving: lower first. A confirmation must be out within five minutes; offers can wait.
    #[must_use]
    pub const fn priority(self) -> i64 {
        match self {
            Self::Consent => 0,
            Self::Service => 1,
            Self::Authentication | Self::Utility => 2,
            Self::Marketing => 3,
        }
    }

    /// The stricter of two kinds. A template's category can be made stricter by a person, never looser (R43).
    #[must_use]
    pub fn stricter(self, other: Self) -> Self {
        if self == Self::Marketing || other == Self::Marketing { Self::Marketing } else { self }
    }
}

impl FromStr for MessageKind {
    type Err = UnknownKind;
    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownKind)
    }
}

impl fmt::Display for MessageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
