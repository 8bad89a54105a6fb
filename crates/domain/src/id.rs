//! Identifiers: one type an entity, so that they cannot be mixed up.
//!
//! Every id is a UUIDv7 made by the application (never by the database), so ids sort by creation time on both engines.
//! Their text form carries a prefix (`con_0192…`), which makes a log line or a support request readable.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::time::Timestamp;

/// A text that is not an id of the expected kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id that starts with {prefix}_")]
pub struct IdError {
    /// The prefix that ids of the expected kind carry.
    pub prefix: &'static str,
}

/// Builds a UUIDv7 from a time and 80 random bits (RFC 9562, section 5.7).
#[must_use]
pub fn uuid_v7(now: Timestamp, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(now.micros() / 1_000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The prefix of the text form, without the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// Wraps a UUID that is known to name this kind of entity.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The bare UUID, as the database stores it.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            /// Accepts the prefixed form and, for people who copied it from the database, the bare UUID.
            fn from_str(text: &str) -> Result<Self, IdError> {
                let bare = text.strip_prefix(concat!($prefix, "_")).unwrap_or(text);
                Uuid::try_parse(bare).map(Self).map_err(|_| IdError { prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(
    /// A business: the tenant that every row belongs to.
    BusinessId, "biz"
);
id!(
    /// A connection: one WhatsApp phone number of a business.
    ConnectionId, "cnx"
);
id!(
    /// A contact: one person as one business knows them.
    ContactId, "con"
);
id!(
    /// A consent event in the ledger.
    EventId, "evt"
);
id!(
    /// A message, incoming or outgoing.
    MessageId, "msg"
);
id!(
    /// A person who signs in.
    UserId, "usr"
);
id!(
    /// A key of the REST API.
    ApiKeyId, "key"
);
id!(
    /// A campaign: one template to many people.
    CampaignId, "cmp"
);
id!(
    /// Long work on contacts: an import, or one change of many.
    JobId, "job"
);
id!(
    /// Somebody who was asked to join a team.
    InvitationId, "inv"
);
id!(
    /// Where another system hears what happens here.
    SubscriptionId, "sub"
);
id!(
    /// An entry of the audit log.
    AuditId, "aud"
);
id!(
    /// An answer that colleagues give often.
    SavedReplyId, "rep"
);
id!(
    /// Something told to another system.
    DeliveryId, "dlv"
);
id!(
    /// Something that a person at the business has to decide or see to.
    ReviewId, "rev"
);

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(byte: u8) -> ContactId {
        ContactId::from_uuid(uuid_v7(Timestamp::from_seconds(1_700_000_000), [byte; 10]))
    }

    #[test]
    fn text_form_carries_the_prefix_and_parses_back() {
        let id = contact(7);
        let text = id.to_string();
        assert!(text.starts_with("con_"), "{text}");
        assert_eq!(text.parse(), Ok(id));
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let text = contact(7).to_string();
        assert_eq!(text.parse::<UserId>(), Err(IdError { prefix: "usr" }));
    }

    #[test]
    fn ids_sort_by_time() {
        let early = uuid_v7(Timestamp::from_seconds(1_700_000_000), [0xff; 10]);
        let late = uuid_v7(Timestamp::from_seconds(1_700_000_001), [0; 10]);
        assert!(early < late);
    }
}
