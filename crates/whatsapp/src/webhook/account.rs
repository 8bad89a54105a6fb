//! What webhooks report besides messages: WhatsApp's own stop, new user ids, templates.

use domain::inbound::{IdentityChange, NativePreference, TemplateUpdate, Update};
use domain::template::{TemplateStatus, kind_of_category};

use super::shapes::{Preference, Replaced, TemplateChange, UserIdUpdate};
use super::{Scope, identity};
use crate::lenient::{Part, Text};

/// Reads one element of `user_preferences`.
pub(super) fn preference(scope: &Scope<'_>, raw: &str) -> Update {
    let Ok(Part(Some(preference))) = serde_json::from_str::<Part<Preference<'_>>>(raw) else {
        return scope.other("unreadable", raw);
    };
    let stop = match (preference.category.get(), preference.value.get()) {
        (None | Some("marketing_messages"), Some("stop")) => true,
        (None | Some("marketing_messages"), Some("resume")) => false,
        _ => return scope.other("unknown_preference", raw),
    };
    let Some(at) = scope.time(&preference.timestamp) else {
        return scope.other("no_time", raw);
    };
    let mut from = identity::named(&preference.wa_id, &preference.user_id, &preference.parent_user_id);
    identity::complete(&mut from, scope.contacts);
    if from.is_empty() {
        return scope.other("no_identity", raw);
    }
    Update::Preference(NativePreference { from, stop, at })
}

/// Reads one element of `user_id_update`. The number stands on both sides: whichever contact has it is the same person.
pub(super) fn user_id(scope: &Scope<'_>, raw: &str) -> Update {
    let Ok(Part(Some(update))) = serde_json::from_str::<Part<UserIdUpdate<'_>>>(raw) else {
        return scope.other("unreadable", raw);
    };
    let Some(at) = scope.time(&update.timestamp) else {
        return scope.other("no_time", raw);
    };
    let none = Text::default();
    let side = |of: for<'r> fn(&'r Replaced<'r>) -> &'r Text<'r>| {
        let user_id = update.user_id.get().map_or(&none, of);
        let parent = update.parent_user_id.get().map_or(&none, of);
        identity::named(&update.wa_id, user_id, parent)
    };
    let before = side(|replaced| &replaced.previous);
    let after = side(|replaced| &replaced.current);
    if before.is_empty() || after.is_empty() || before == after {
        return scope.other("no_identity", raw);
    }
    Update::Identity(IdentityChange { before, after, wamid: None, at })
}

/// Reads the `value` of `message_template_status_update` or `template_category_update`.
///
/// Webhooks write the language with a hyphen (`en-US`), the rest of the API with an underscore; it leaves with an underscore.
/// Twenty-four hours ahead of a change, `new_category` still is the present category, which is the one that counts.
pub(super) fn template(field: &str, raw: &str) -> Update {
    let other = |why| Update::Other { field: field.to_owned(), why, raw: raw.to_owned() };
    let Ok(Part(Some(change))) = serde_json::from_str::<Part<TemplateChange<'_>>>(raw) else {
        return other("unreadable");
    };
    let (Some(name), Some(language)) =
        (change.message_template_name.get(), change.message_template_language.get())
    else {
        return other("no_name");
    };
    let status = change.event.get().map(TemplateStatus::from_meta);
    let category = change.new_category.get().or_else(|| change.message_template_category.get());
    let kind = category.map(kind_of_category);
    if status.is_none() && kind.is_none() {
        return other("field");
    }
    Update::Template(TemplateUpdate {
        name: name.to_owned(),
        language: language.replace('-', "_"),
        status,
        kind,
    })
}
