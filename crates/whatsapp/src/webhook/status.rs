//! How far an outgoing message got.

use domain::inbound::{Delivery, StatusUpdate, Update};

use super::shapes::Status;
use super::{Scope, identity};
use crate::lenient::Part;

/// Reads one element of `statuses`.
pub(super) fn read(scope: &Scope<'_>, raw: &str) -> Update {
    let Ok(Part(Some(status))) = serde_json::from_str::<Part<Status<'_>>>(raw) else {
        return scope.other("unreadable", raw);
    };
    let Some(wamid) = status.id.owned() else {
        return scope.other("no_id", raw);
    };
    let Some(delivery) = status.status.get().and_then(Delivery::from_meta) else {
        return scope.other("unknown_status", raw);
    };
    let Some(at) = scope.time(&status.timestamp) else {
        return scope.other("no_time", raw);
    };
    let parent = if status.recipient_parent_user_id.get().is_some() {
        &status.recipient_parent_user_id
    } else {
        &status.parent_recipient_user_id
    };
    let mut recipient = identity::named(&status.recipient_id, &status.recipient_user_id, parent);
    if !recipient.is_empty() {
        identity::complete(&mut recipient, scope.contacts);
    }
    Update::Status(StatusUpdate {
        wamid,
        delivery,
        at,
        callback_data: status.biz_opaque_callback_data.owned(),
        error_code: status.errors.objects().find_map(|error| error.code.number()),
        recipient,
    })
}
