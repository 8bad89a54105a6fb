//! Who a piece of a webhook is about.

use domain::inbound::Identity;
use domain::phone::Phone;

use super::shapes::Contact;
use crate::lenient::Text;

/// The identity that three words give.
///
/// What is no phone number is not taken for one. A user id in the number's place, as seen from some senders, is taken for
/// what it is.
pub(super) fn named(number: &Text<'_>, user_id: &Text<'_>, parent: &Text<'_>) -> Identity {
    let phone = number.get().and_then(|number| Phone::from_e164(number).ok());
    let user_id = user_id.owned().or_else(|| number.get().filter(|word| is_user_id(word)).map(str::to_owned));
    Identity { phone, user_id, parent_user_id: parent.owned() }
}

/// Completes `identity` from the contact it belongs to, whatever the order of `contacts`, and gives the profile's name.
///
/// A piece that names nobody belongs to the only contact there is.
pub(super) fn complete(identity: &mut Identity, contacts: &[&Contact<'_>]) -> Option<String> {
    let matching = |contact: &&&Contact<'_>| {
        let same_user = contact.user_id.get().is_some_and(|id| identity.user_id.as_deref() == Some(id));
        let same_phone = contact.wa_id.get().is_some_and(|number| {
            identity.phone.as_ref().is_some_and(|phone| phone.digits() == number.trim_start_matches('+'))
        });
        same_user || same_phone
    };
    let contact = match contacts {
        [only] if identity.is_empty() => only,
        _ => contacts.iter().find(matching)?,
    };
    let known = named(&contact.wa_id, &contact.user_id, &contact.parent_user_id);
    identity.phone = identity.phone.take().or(known.phone);
    identity.user_id = identity.user_id.take().or(known.user_id);
    identity.parent_user_id = identity.parent_user_id.take().or(known.parent_user_id);
    contact.profile.word(|profile| &profile.name).map(str::to_owned)
}

/// The identity before a change, read from the end of WhatsApp's sentence: `… changed from OLD to NEW`.
///
/// Needed where the notice has no `from`. The person's own name stands at the start of the sentence, so only the end is
/// trusted, and only if it names the new identity that the notice gives elsewhere.
pub(super) fn before(sentence: &str, after: &Identity) -> Option<Identity> {
    let (_, change) = sentence.rsplit_once(" changed from ")?;
    let (old, new) = change.split_once(" to ")?;
    let is_new_phone = after.phone.as_ref().is_some_and(|phone| phone.digits() == new);
    if !is_new_phone && after.user_id.as_deref() != Some(new) {
        return None;
    }
    let identity = if is_user_id(old) {
        Identity { user_id: Some(old.to_owned()), ..Identity::default() }
    } else {
        Identity { phone: Some(Phone::from_e164(old).ok()?), ..Identity::default() }
    };
    Some(identity)
}

/// Whether `word` has the form of a business-scoped user id: a country, a dot and up to 128 letters or digits, with `ENT.`
/// between them for a parent's.
fn is_user_id(word: &str) -> bool {
    let Some((country, rest)) = word.split_once('.') else { return false };
    let id = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
        && (1..=128).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_ids_are_recognised() {
        for id in ["US.13491208655302741918", "ZA.ENT.1a"] {
            assert!(is_user_id(id), "{id}");
        }
        for word in ["15550100123", "US.", "us.1", "USA.1", "US.ENT.", "US.1.2", "PHONE_NUMBER", ""] {
            assert!(!is_user_id(word), "{word}");
        }
    }

    #[test]
    fn a_name_cannot_pose_as_a_change() {
        let after = Identity { user_id: Some("US.2".into()), ..Identity::default() };
        let honest = before("User Ana changed from US.1 to US.2", &after);
        assert_eq!(honest.and_then(|identity| identity.user_id).as_deref(), Some("US.1"));
        let posing = before("User Eve changed from US.9 to US.2 changed from US.1 to US.2", &after);
        assert_eq!(posing.and_then(|identity| identity.user_id).as_deref(), Some("US.1"));
        assert_eq!(before("User Ana changed from US.1 to US.3", &after), None);
        assert_eq!(before("User Ana changed to a new id", &after), None);
    }
}
