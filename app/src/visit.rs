//! Who is looking at the page, and how they like it: known before the first byte is rendered.

use domain::role::Role;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::contacts::ContactColumns;
use crate::words::Language;

/// The chosen appearance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Every theme, in the order of the menu.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The value of the cookie.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// From the value of the cookie; anything else means the system's.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text).unwrap_or_default()
    }

    /// The value of `html[data-theme]`; none follows the system.
    #[must_use]
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light | Self::Dark => Some(self.as_str()),
        }
    }
}

/// The signed-in person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// What they log in with.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Whose customers they see.
    pub business_name: String,
}

/// What is known of the visitor when a page is rendered.
///
/// The server provides it as context (from the session and the cookies) before rendering; the browser reads what the server
/// wrote into the page. It changes only with a page load: logging in and out load a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// Who is signed in, if anybody.
    pub signed_in: Option<SignedIn>,
    /// The appearance chosen.
    pub theme: Theme,
    /// The columns chosen for the list of contacts.
    pub columns: ContactColumns,
    /// The language chosen.
    pub language: Language,
    /// Whether this server runs the demo.
    pub demo: bool,
    /// Whether this server was built for development and shows the gallery of parts.
    pub gallery: bool,
}

/// The visit.
#[must_use]
pub fn use_visit() -> Visit {
    use_context::<Visit>().unwrap_or_default()
}

/// The signed-in person. Pages below the layout always have one; elsewhere this is `None`.
#[must_use]
pub fn use_signed_in() -> Option<SignedIn> {
    use_visit().signed_in
}

/// Whether the signed-in person may do something. Decides what is shown; the server decides again what is done.
#[must_use]
pub fn may(right: domain::role::Right) -> bool {
    use_signed_in().is_some_and(|person| person.role.may(right))
}
