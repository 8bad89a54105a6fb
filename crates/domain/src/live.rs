//! Small notices for open pages: which part to read again. Ids only, no personal data.

use serde::{Deserialize, Serialize};

use crate::id::{CampaignId, ContactId, JobId, UserId};

/// Something happened in a business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LiveEvent {
    /// A contact was made or changed, its consent included.
    ContactChanged {
        /// Which.
        contact: ContactId,
    },
    /// A message came in, went out, or got further.
    MessageChanged {
        /// Whose conversation.
        contact: ContactId,
    },
    /// A conversation was read, assigned, put aside, or noted on.
    ConversationChanged {
        /// With whom.
        contact: ContactId,
    },
    /// A colleague is writing an answer.
    Typing {
        /// To whom.
        contact: ContactId,
        /// Who.
        user: UserId,
    },
    /// The Opt-In/Out settings were saved.
    SettingsSaved {
        /// The new version.
        version: i64,
    },
    /// A campaign was made, changed, or got further.
    CampaignChanged {
        /// Which.
        campaign: CampaignId,
    },
    /// Long work on contacts got further.
    JobChanged {
        /// Which.
        job: JobId,
    },
    /// Too much happened to name it all: read everything again.
    Lagged,
}
