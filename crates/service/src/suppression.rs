//! People whose data was erased and who come back: by a file, over the API, by writing. They stay opted out (R12, R55).
//!
//! All that is kept of an erased person's names are keyed hashes. A plain hash of a phone number is no secret, since all numbers can be
//! tried; without the key, which is not in the database, these say nothing about anybody.

use std::collections::HashMap;

use detection::Flags;
use domain::consent::{Signal, SignalKind, Source, apply};
use domain::contact::Evidence;
use domain::id::BusinessId;
use domain::phone::Phone;
use domain::time::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use store::Tx;
use store::contact::{Identifier, IdentityKind, StoredContact};
use store::suppression::Token;

use crate::ledger::NewEvent;
use crate::{Error, SecretKey, Service};

/// The keyed hash of one name.
pub(crate) fn token(key: &SecretKey, name: &Identifier) -> Result<Token, Error> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key.expose()).map_err(|error| Error::Internal(error.into()))?;
    let kind = match name.kind {
        IdentityKind::Phone => "phone",
        IdentityKind::UserId => "user_id",
        IdentityKind::ParentUserId => "parent_user_id",
    };
    mac.update(b"suppression 1\n");
    mac.update(name.business.uuid().as_bytes());
    mac.update(kind.as_bytes());
    mac.update(b"\n");
    mac.update(name.value.as_bytes());
    Ok(mac.finalize().into_bytes().into())
}

/// Which of these names belonged to people whose data was erased, and when it was.
pub(crate) async fn find(
    service: &Service,
    tx: &mut Tx,
    business: BusinessId,
    names: &[Identifier],
) -> Result<HashMap<Identifier, Timestamp>, Error> {
    let mut by_token = HashMap::new();
    for name in names.iter().filter(|name| name.business == business) {
        by_token.insert(token(&service.key, name)?, name.clone());
    }
    let tokens: Vec<Token> = by_token.keys().copied().collect();
    let found = store::suppression::find_suppressions(tx, business, &tokens).await?;
    Ok(found.into_iter().filter_map(|(token, at)| Some((by_token.remove(&token)?, at))).collect())
}

/// The signal by which a person who comes back stays opted out.
pub(crate) const fn signal(erased_at: Timestamp) -> Signal {
    Signal { kind: SignalKind::OptOut, source: Source::Erasure, occurred_at: erased_at }
}

/// Opts new contacts out whose number was erased, before they are written; the events belong in the ledger after them.
pub(crate) async fn honour(
    service: &Service,
    tx: &mut Tx,
    business: BusinessId,
    made: &mut [StoredContact],
) -> Result<Vec<NewEvent>, Error> {
    let name =
        |phone: &Phone| Identifier { business, kind: IdentityKind::Phone, value: phone.as_str().to_owned() };
    let names: Vec<Identifier> = made.iter().filter_map(|one| one.contact.phone.as_ref()).map(name).collect();
    let erased = find(service, tx, business, &names).await?;
    if erased.is_empty() {
        return Ok(Vec::new());
    }
    let rules = service.rules(tx, business).await?;
    let mut events = Vec::new();
    for stored in made {
        let at = stored.contact.phone.as_ref().and_then(|phone| erased.get(&name(phone)));
        let Some(at) = at else { continue };
        let signal = signal(*at);
        let change = apply(&stored.consent, &signal);
        events.push(NewEvent {
            business,
            contact: stored.contact.id,
            version: change.consent.version,
            kind: signal.kind,
            source: signal.source,
            from: change.from,
            to: change.to,
            occurred_at: signal.occurred_at,
            actor: "system".to_owned(),
            settings_version: rules.settings.version,
            rule: None,
            matched: None,
            wording: None,
            evidence: Evidence::default(),
            flags: Flags::default(),
        });
        stored.set_consent(change.consent);
    }
    Ok(events)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn r55_a_token_needs_the_key_and_differs_between_businesses() {
        let name = |business: u128, value: &str| Identifier {
            business: BusinessId::from_uuid(Uuid::from_u128(business)),
            kind: IdentityKind::Phone,
            value: value.to_owned(),
        };
        let (key, other) = (SecretKey::new([1; 32]), SecretKey::new([2; 32]));
        let one = token(&key, &name(1, "+15550100123")).unwrap();
        assert_eq!(token(&key, &name(1, "+15550100123")).unwrap(), one);
        assert_ne!(token(&other, &name(1, "+15550100123")).unwrap(), one);
        assert_ne!(token(&key, &name(2, "+15550100123")).unwrap(), one);
        assert_ne!(token(&key, &name(1, "+15550100124")).unwrap(), one);
    }
}
