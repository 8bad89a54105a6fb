//! What people of a business did with it, beside consent, which the ledger holds.

use serde::{Deserialize, Serialize};

use crate::id::AuditId;
use crate::time::Timestamp;

macro_rules! actions {
    ($($(#[doc = $doc:literal])* $name:ident = $word:literal),+ $(,)?) => {
        /// A kind of deed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Action {
            $($(#[doc = $doc])* $name,)+
        }

        impl Action {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The word used in the database and in addresses.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }
        }
    };
}

actions! {
    /// Logged in.
    LoggedIn = "logged_in",
    /// Asked somebody to join; the subject is their address.
    Invited = "invited",
    /// Took an invitation back.
    InvitationTakenBack = "invitation_taken_back",
    /// Joined by an invitation.
    Joined = "joined",
    /// Changed what a colleague is; the subject names both.
    RoleChanged = "role_changed",
    /// Removed a colleague.
    Removed = "removed",
    /// Changed their own password.
    PasswordChanged = "password_changed",
    /// Turned their second factor on.
    SecondFactorOn = "second_factor_on",
    /// Turned a second factor off, their own or a colleague's.
    SecondFactorOff = "second_factor_off",
    /// Made an API key.
    KeyMade = "key_made",
    /// Revoked an API key.
    KeyRevoked = "key_revoked",
    /// Added a webhook to another system.
    WebhookAdded = "webhook_added",
    /// Removed one.
    WebhookRemoved = "webhook_removed",
    /// Saved the Opt-In/Out settings; the subject is the version.
    SettingsSaved = "settings_saved",
    /// Launched a campaign.
    CampaignLaunched = "campaign_launched",
    /// Paused one.
    CampaignPaused = "campaign_paused",
    /// Resumed one.
    CampaignResumed = "campaign_resumed",
    /// Cancelled one.
    CampaignCancelled = "campaign_cancelled",
    /// Began an import or a change of many contacts.
    JobStarted = "job_started",
    /// Joined two records of one person.
    ContactsMerged = "contacts_merged",
    /// Erased a person.
    Erased = "erased",
    /// Let a message through that reads like a promotion, to somebody who wants none.
    PromotionAllowed = "promotion_allowed",
}

impl Action {
    /// The kind a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.as_str() == word)
    }
}

/// One deed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its id: sorts by time.
    pub id: AuditId,
    /// Who: a user, an API key, or the software itself, as the ledger names them.
    pub actor: String,
    /// What.
    pub action: Action,
    /// To whom or what: an id, a colleague's address, a version; never a customer's data.
    pub subject: String,
    /// When.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_deed_has_a_word_of_its_own() {
        for action in Action::ALL {
            assert_eq!(Action::from_word(action.as_str()), Some(*action));
            assert_eq!(serde_json::to_value(action).unwrap(), action.as_str());
        }
        assert_eq!(Action::from_word("stole"), None);
    }
}
