//! Who may do what. Denied by default: a right that is not listed for a role is not had.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a signed-in person is in their business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, including people and secrets.
    Owner,
    /// Everything but other owners.
    Admin,
    /// Helps customers: contacts, consent on a customer's word, messages.
    Agent,
    /// Looks, changes nothing.
    Viewer,
}

/// Something a caller may be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Right {
    /// See contacts, consent, messages, settings and the ledger.
    Read,
    /// Change a person's consent (R58).
    WriteConsent,
    /// Create and change contacts, block and unblock.
    WriteContacts,
    /// Send messages to single people.
    SendMessages,
    /// Write, launch, pause and cancel campaigns.
    RunCampaigns,
    /// Take many contacts in or out at once, change many, and erase people.
    ManageContacts,
    /// Let a message through that reads like a promotion, for somebody who opted out.
    AllowPromotion,
    /// Change keywords, messages and policies.
    WriteSettings,
    /// People, API keys, WhatsApp connections.
    Administer,
}

/// A word that names no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a role: owner, admin, agent or viewer")]
pub struct UnknownRole;

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Admin, Self::Agent, Self::Viewer];

    /// The word used in the database and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Agent => "agent",
            Self::Viewer => "viewer",
        }
    }

    /// Whether the role carries the right.
    #[must_use]
    pub const fn may(self, right: Right) -> bool {
        match self {
            Self::Owner | Self::Admin => true,
            Self::Agent => matches!(
                right,
                Right::Read | Right::WriteConsent | Right::WriteContacts | Right::SendMessages
            ),
            Self::Viewer => matches!(right, Right::Read),
        }
    }
}

impl FromStr for Role {
    type Err = UnknownRole;
    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r58_a_viewer_changes_no_consent() {
        assert!(!Role::Viewer.may(Right::WriteConsent));
        assert!(Role::Agent.may(Right::WriteConsent));
        assert!(!Role::Agent.may(Right::WriteSettings));
    }
}
