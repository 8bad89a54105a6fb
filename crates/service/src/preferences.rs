//! A person's own page: what they chose, and one press to choose otherwise. No login; the link itself is the key (R30).
//!
//! The link is the contact's id with a keyed hash of it, so that nobody can make one up, and nothing is stored for it. It does not
//! run out: a way out that was offered once keeps working (R40).

use std::time::Duration;

use domain::consent::{Source, State};
use domain::contact::Actor;
use domain::id::{BusinessId, ContactId};
use domain::role::{Right, Role};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use uuid::Uuid;

use crate::consent::{Choice, Record};
use crate::{Caller, Error, SecretKey, Service, task};

/// Longer than the rest of any second.
const SAME_SECOND: Duration = Duration::from_millis(1_050);
/// Bytes of the keyed hash in a link: nobody guesses 128 bits.
const MAC: usize = 16;

/// What a person's page shows. Nothing on it says who they are: links are passed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// Who sends.
    pub business_name: String,
    /// What they chose.
    pub state: State,
    /// They stopped marketing in WhatsApp itself, which only they can undo, there.
    pub native_stop: bool,
    /// What they would agree to, in full (R4). None when their data was erased: there is nobody to send to.
    pub disclosure: Option<String>,
}

/// The keyed hash of a contact.
fn mac(key: &SecretKey, contact: ContactId) -> Result<Hmac<Sha256>, Error> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key.expose()).map_err(|error| Error::Internal(error.into()))?;
    mac.update(b"preferences 1\n");
    mac.update(contact.uuid().as_bytes());
    Ok(mac)
}

/// The last part of a person's link: 64 hex digits.
fn token(key: &SecretKey, contact: ContactId) -> Result<String, Error> {
    let mac = mac(key, contact)?.finalize().into_bytes();
    Ok(format!("{}{}", contact.uuid().simple(), hex::encode(&mac[..MAC])))
}

/// Whose link it is.
fn open(key: &SecretKey, token: &str) -> Result<ContactId, Error> {
    let bytes = hex::decode(token).map_err(|_| Error::NotFound)?;
    let (id, given) = bytes.split_at_checked(16).ok_or(Error::NotFound)?;
    let contact = ContactId::from_uuid(Uuid::from_slice(id).map_err(|_| Error::NotFound)?);
    if given.len() != MAC {
        return Err(Error::NotFound);
    }
    mac(key, contact)?.verify_truncated_left(given).map_err(|_| Error::NotFound)?;
    Ok(contact)
}

/// The address of a person's own page, for messages and e-mails.
///
/// # Errors
/// [`Error::NotFound`] when the caller's business has no such contact.
pub async fn link(service: &Service, caller: &Caller, contact: ContactId) -> Result<String, Error> {
    caller.may(Right::Read)?;
    let contact = crate::contacts::find(service, caller, contact).await?;
    let token = token(&service.key, contact.id)?;
    Ok(format!("{}/p/{token}", service.public_url))
}

/// What a person's page shows. Changes nothing.
///
/// # Errors
/// [`Error::NotFound`] for a link that is none of ours.
pub async fn look(service: &Service, token: &str) -> Result<Preferences, Error> {
    let contact = open(&service.key, token)?;
    let service = service.clone();
    task(async move {
        let mut tx = service.db.read().await?;
        let business = business_of(&mut tx, contact).await?;
        let stored =
            store::contact::find_contact(&mut tx, business, contact).await?.ok_or(Error::NotFound)?;
        let rules = service.rules(&mut tx, business).await?;
        let disclosure = (!stored.contact.erased).then(|| crate::joining::disclosure(&rules));
        Ok(Preferences {
            business_name: rules.business_name.clone(),
            state: stored.contact.state,
            native_stop: stored.contact.native_stop,
            disclosure,
        })
    })
    .await
}

async fn business_of(tx: &mut store::Tx, contact: ContactId) -> Result<BusinessId, Error> {
    let found = store::contact::read_contacts(tx, &[contact]).await?;
    found.first().map(|stored| stored.business).ok_or(Error::NotFound)
}

/// Records what a person chose on their own page; agreeing keeps the wording that was shown as evidence (R5).
///
/// # Errors
/// [`Error::NotFound`] for a link that is none of ours, and for agreeing after the data was erased.
pub async fn choose(service: &Service, token: &str, choice: Choice) -> Result<Preferences, Error> {
    let contact = open(&service.key, token)?;
    let shown = look(service, token).await?;
    let wording = match choice {
        Choice::OptedIn => Some(shown.disclosure.ok_or(Error::NotFound)?),
        Choice::OptedOut => None,
    };
    let reading = service.clone();
    let business = task(async move { business_of(&mut reading.db.read().await?, contact).await }).await?;
    let person = Caller { business, actor: Actor::Person, role: Role::Agent };
    let record = Record {
        choice,
        source: Some(Source::WebForm),
        occurred_at: None,
        note: None,
        wording,
        details: None,
    };
    match crate::consent::record(service, &person, contact, record.clone()).await {
        // Of a stop and an agreement in one second the stop counts, whichever came first (R24). Whoever changes their mind that fast is
        // heard in the next.
        Err(Error::Conflict) if choice == Choice::OptedIn => {
            tokio::time::sleep(SAME_SECOND).await;
            crate::consent::record(service, &person, contact, record).await?;
        }
        other => drop(other?),
    }
    look(service, token).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_for_its_person_and_nobody_can_make_one_up() {
        let key = SecretKey::new([7; 32]);
        let contact = ContactId::from_uuid(Uuid::from_u128(42));
        let link = token(&key, contact).unwrap();
        assert_eq!(open(&key, &link).unwrap(), contact);
        assert!(open(&SecretKey::new([8; 32]), &link).is_err());
        assert!(open(&key, &link[..62]).is_err(), "a part of it");
        assert!(open(&key, &link[..32]).is_err(), "the id alone");
        let mut other = link.clone().into_bytes();
        other[31] = if other[31] == b'0' { b'1' } else { b'0' };
        assert!(open(&key, std::str::from_utf8(&other).unwrap()).is_err(), "somebody else's id");
        assert!(open(&key, "").is_err() && open(&key, "é").is_err());
    }
}
