//! The keys by which repeated deliveries are recognised.

use domain::id::ConnectionId;
use domain::inbound::{Identity, Update};
use domain::time::Timestamp;
use sha2::{Digest, Sha256};
use store::inbound::SeenKey;

/// The key of an update: WhatsApp's own time, and 63 bits of a hash of what makes it that update.
///
/// Meta gives messages and statuses an id; a preference has none, so its content is the key. Everything else is known again
/// by its text on the same day.
pub(super) fn key(connection: ConnectionId, update: &Update, received_at: Timestamp) -> SeenKey {
    let mut hasher = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hasher.update((bytes.len() as u64).to_be_bytes());
        hasher.update(bytes);
    };
    part(connection.uuid().as_bytes());
    let at = match update {
        Update::Message(message) => {
            part(b"message");
            part(message.wamid.as_bytes());
            message.sent_at
        }
        Update::Status(status) => {
            part(b"status");
            part(status.wamid.as_bytes());
            part(status.delivery.as_str().as_bytes());
            status.at
        }
        Update::Preference(preference) => {
            part(b"preference");
            part(name(&preference.from).as_bytes());
            part(&[u8::from(preference.stop)]);
            preference.at
        }
        Update::Identity(change) => {
            part(b"identity");
            part(name(&change.before).as_bytes());
            part(name(&change.after).as_bytes());
            change.at
        }
        Update::Template(update) => {
            part(b"template");
            part(format!("{update:?}").as_bytes());
            Timestamp::from_seconds(received_at.seconds() / 86_400 * 86_400)
        }
        Update::Other { field, raw, .. } => {
            part(b"other");
            part(field.as_bytes());
            part(raw.as_bytes());
            Timestamp::from_seconds(received_at.seconds() / 86_400 * 86_400)
        }
    };
    let digest: [u8; 32] = hasher.finalize().into();
    let bits = i64::from_be_bytes([
        digest[0] & 0x7f,
        digest[1],
        digest[2],
        digest[3],
        digest[4],
        digest[5],
        digest[6],
        digest[7],
    ]);
    (at.seconds(), bits)
}

fn name(identity: &Identity) -> String {
    let phone = identity.phone.as_ref().map(ToString::to_string).unwrap_or_default();
    let user_id = identity.user_id.as_deref().unwrap_or_default();
    let parent = identity.parent_user_id.as_deref().unwrap_or_default();
    format!("{phone}\0{user_id}\0{parent}")
}
