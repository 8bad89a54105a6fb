//! Who asks.

use domain::contact::Actor;
use domain::id::BusinessId;
use domain::role::{Right, Role};

use crate::Error;

/// Somebody who was let in: in which business, as whom, with which rights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The business whose data they see, and no other.
    pub business: BusinessId,
    /// Who they are.
    pub actor: Actor,
    /// What they are.
    pub role: Role,
}

impl Caller {
    /// Lets the caller through if they have the right.
    ///
    /// # Errors
    /// [`Error::Forbidden`] otherwise.
    pub fn may(&self, right: Right) -> Result<(), Error> {
        // A key that writes stands for the business's own software, which runs campaigns too; a person who only helps customers
        // does not.
        let by_key = matches!(self.actor, Actor::ApiKey { .. })
            && self.role.may(Right::SendMessages)
            && right == Right::RunCampaigns;
        if self.role.may(right) || by_key { Ok(()) } else { Err(Error::Forbidden(Some(right))) }
    }

    /// The software itself, acting for a business: administrative commands and the demo.
    #[must_use]
    pub const fn system(business: BusinessId) -> Self {
        Self { business, actor: Actor::System, role: Role::Owner }
    }

    /// The actor as the ledger and the outbox name it.
    pub(crate) fn name(&self) -> String {
        actor_name(&self.actor)
    }
}

/// The word for an actor in the ledger.
pub(crate) fn actor_name(actor: &Actor) -> String {
    match actor {
        Actor::Person => "person".to_owned(),
        Actor::System => "system".to_owned(),
        Actor::User { id, .. } => id.to_string(),
        Actor::ApiKey { id, .. } => id.to_string(),
    }
}

/// Reads the word back.
pub(crate) fn parse_actor(name: &str) -> Actor {
    if name == "person" {
        Actor::Person
    } else if let Some(id) = name.starts_with("usr_").then(|| name.parse().ok()).flatten() {
        Actor::User { id, email: None }
    } else if let Some(id) = name.starts_with("key_").then(|| name.parse().ok()).flatten() {
        Actor::ApiKey { id, name: None }
    } else {
        Actor::System
    }
}
