//! Contacts: listing, finding, making, changing.

use std::collections::{BTreeMap, HashMap};

use domain::contact::{
    Actor, ConsentEvent, Contact, ContactPage, ContactQuery, ContactSort, Found, StateCounts, ThreadMessage,
};
use domain::id::{BusinessId, ContactId};
use domain::limits;
use domain::live::LiveEvent;
use domain::phone::{Phone, PhoneError, Region};
use domain::role::Right;
use domain::time::Span;
use store::Tx;
use store::contact::{Identifier, IdentityKind, StoredContact};
use store::contact_list::{Cursor, Place};

use crate::error::is_taken;
use crate::{Caller, Error, Service, task};

/// Rows of a page when nothing else is asked for.
const PAGE: u32 = 50;
/// Most rows of a page.
const PAGE_MAX: u32 = 200;

/// A contact to make, or to change when the number is known.
#[derive(Clone, Debug)]
pub struct UpsertContact {
    /// As a person writes it.
    pub phone: String,
    /// A new name; `None` leaves it.
    pub name: Option<String>,
    /// New labels; `None` leaves them.
    pub tags: Option<Vec<String>>,
}

/// What to change about a contact; `None` leaves it.
#[derive(Clone, Debug, Default)]
pub struct ContactPatch {
    /// A new name, or none.
    pub name: Option<Option<String>>,
    /// New labels.
    pub tags: Option<Vec<String>>,
    /// Stop or resume all communication.
    pub blocked: Option<bool>,
    /// The language they are written to in, or none.
    pub language: Option<Option<String>>,
    /// The business's own fields, in the place of those there were.
    pub attributes: Option<BTreeMap<String, String>>,
}

/// One page of the caller's contacts.
///
/// # Errors
/// When the cursor is not one of ours.
pub async fn list(service: &Service, caller: &Caller, query: &ContactQuery) -> Result<ContactPage, Error> {
    caller.may(Right::Read)?;
    let mut query = query.clone().at(service.now());
    query.search = query
        .search
        .map(|term| term.trim().chars().filter(|c| *c != '\0').take(100).collect())
        .filter(|term: &String| !term.is_empty());
    let cursor = query.cursor.as_deref().map(|cursor| parse_cursor(cursor, query.sort)).transpose()?;
    let limit = if query.limit == 0 { PAGE } else { query.limit.min(PAGE_MAX) };
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let mut tx = service.db.read().await?;
        let mut found =
            store::contact_list::list_contacts(&mut tx, business, &query, cursor.as_ref(), limit).await?;
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let backwards = cursor.as_ref().is_some_and(|cursor| cursor.backwards);
        if backwards {
            found.reverse();
        }
        let rows = with_tags(&mut tx, found).await?;
        let found = found_of(&mut tx, business, &query).await?;
        let (more_after, more_before) = if backwards { (true, more) } else { (more, cursor.is_some()) };
        let place = |contact: &Contact, backwards| write_cursor(contact, query.sort, backwards);
        Ok(ContactPage {
            next: rows.last().filter(|_| more_after).map(|contact| place(contact, false)),
            previous: rows.first().filter(|_| more_before).map(|contact| place(contact, true)),
            found,
            rows,
        })
    })
    .await
}

/// How many there are: exactly where it is known, else counted as far as is fast.
async fn found_of(tx: &mut Tx, business: BusinessId, query: &ContactQuery) -> Result<Found, Error> {
    let state = query.only_state();
    if !query.is_filtered() || state.is_some() {
        let counts = store::contact_list::count_by_state(tx, business).await?;
        let count = state.map_or_else(|| counts.total(), |state| counts.of(state));
        return Ok(Found { count, more: false });
    }
    Ok(store::contact_list::count_matching(tx, business, query).await?)
}

/// The direction, the id, and what the row sorts by, in hex so that it is safe in a URL.
fn write_cursor(contact: &Contact, sort: ContactSort, backwards: bool) -> String {
    let direction = if backwards { 'b' } else { 'f' };
    let key = match store::contact_list::place(contact, sort) {
        Place::Id => String::new(),
        Place::Name(name) => hex::encode(name),
        Place::At(at) => hex::encode(at.to_string()),
    };
    format!("{direction}{}{key}", contact.id.uuid().simple())
}

fn parse_cursor(text: &str, sort: ContactSort) -> Result<Cursor, Error> {
    let wrong = || Error::invalid("after", "not_a_cursor");
    if !text.is_ascii() || text.len() < 33 || text.len() > 4_096 {
        return Err(wrong());
    }
    let backwards = match &text[..1] {
        "f" => false,
        "b" => true,
        _ => return Err(wrong()),
    };
    let id = text[1..33].parse().map_err(|_| wrong())?;
    let key = hex::decode(&text[33..]).map_err(|_| wrong())?;
    let key = String::from_utf8(key).map_err(|_| wrong())?;
    let place = match sort {
        ContactSort::Newest => Place::Id,
        ContactSort::Name => Place::Name(key),
        ContactSort::LastMessage | ContactSort::Changed => Place::At(key.parse().map_err(|_| wrong())?),
    };
    Ok(Cursor { backwards, id, place })
}

pub(crate) async fn with_tags(tx: &mut Tx, found: Vec<StoredContact>) -> Result<Vec<Contact>, Error> {
    let ids: Vec<ContactId> = found.iter().map(|stored| stored.contact.id).collect();
    let mut tags: HashMap<ContactId, Vec<String>> = HashMap::new();
    for (id, tag) in store::contact::list_tags(tx, &ids).await? {
        tags.entry(id).or_default().push(tag);
    }
    let mut details = store::contact_detail::list_details(tx, &ids).await?;
    Ok(found
        .into_iter()
        .map(|StoredContact { contact, .. }| Contact {
            tags: tags.remove(&contact.id).unwrap_or_default(),
            details: details.remove(&contact.id).unwrap_or_default(),
            ..contact
        })
        .collect())
}

pub(crate) async fn load_one(tx: &mut Tx, business: BusinessId, id: ContactId) -> Result<Contact, Error> {
    let stored = store::contact::find_contact(tx, business, id).await?.ok_or(Error::NotFound)?;
    with_tags(tx, vec![stored]).await?.pop().ok_or(Error::NotFound)
}

/// How many of the caller's contacts are in each state.
///
/// # Errors
/// When the caller may not read.
pub async fn counts(service: &Service, caller: &Caller) -> Result<StateCounts, Error> {
    caller.may(Right::Read)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move { Ok(store::contact_list::count_by_state(&mut service.db.read().await?, business).await?) })
        .await
}

/// The next of all who match, from the oldest: to take a list away, portion by portion.
///
/// # Errors
/// When the caller may not take lists away.
pub async fn matching(
    service: &Service,
    caller: &Caller,
    query: &ContactQuery,
    after: Option<ContactId>,
    limit: u32,
) -> Result<Vec<Contact>, Error> {
    caller.may(Right::ManageContacts)?;
    let (service, business) = (service.clone(), caller.business);
    let query = query.clone().at(service.now());
    task(async move {
        let mut tx = service.db.read().await?;
        let found = store::contact_list::list_matching(&mut tx, business, &query, after, limit).await?;
        with_tags(&mut tx, found).await
    })
    .await
}

/// One contact.
///
/// # Errors
/// [`Error::NotFound`] when the caller's business has no such contact.
pub async fn find(service: &Service, caller: &Caller, id: ContactId) -> Result<Contact, Error> {
    caller.may(Right::Read)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move { load_one(&mut service.db.read().await?, business, id).await }).await
}

/// Makes a contact, or changes the one with this number; says whether it was made.
///
/// # Errors
/// [`Error::Invalid`] naming the field: a number is refused with the reason.
pub async fn upsert(
    service: &Service,
    caller: &Caller,
    new: UpsertContact,
) -> Result<(Contact, bool), Error> {
    caller.may(Right::WriteContacts)?;
    let name = new.name.map(|name| valid_name(&name)).transpose()?;
    let tags = new.tags.map(valid_tags).transpose()?;
    let (service, caller) = (service.clone(), caller.clone());
    task(async move {
        // Two callers may make the same contact at once; the slower one finds it the second time.
        for _ in 0..3 {
            let mut tx = service.db.write().await?;
            let phone = parse_phone(&service, &mut tx, caller.business, &new.phone).await?;
            let (mut stored, created) = match find_or_insert(&service, &mut tx, caller.business, &phone).await
            {
                Err(Taken::Other(error)) => return Err(error),
                Err(Taken::Meanwhile) => continue,
                Ok(found) => found,
            };
            if let Some(name) = &name {
                stored.contact.name = name.clone();
            }
            store::contact::update_contacts(&mut tx, std::slice::from_ref(&stored)).await?;
            if let Some(tags) = &tags {
                replace_tags(&mut tx, caller.business, stored.contact.id, tags).await?;
            }
            let contact = load_one(&mut tx, caller.business, stored.contact.id).await?;
            tx.commit().await?;
            service.live.publish(caller.business, vec![LiveEvent::ContactChanged { contact: contact.id }]);
            return Ok((contact, created));
        }
        Err(Error::Unavailable)
    })
    .await
}

/// Why a contact could not be made.
pub(crate) enum Taken {
    /// Somebody else made it meanwhile; the unit of work is void, try again.
    Meanwhile,
    /// Something else.
    Other(Error),
}

impl From<store::Error> for Taken {
    fn from(error: store::Error) -> Self {
        if is_taken(&error) { Self::Meanwhile } else { Self::Other(error.into()) }
    }
}

/// The contact with this number, made when there is none, and locked.
pub(crate) async fn find_or_insert(
    service: &Service,
    tx: &mut Tx,
    business: BusinessId,
    phone: &Phone,
) -> Result<(StoredContact, bool), Taken> {
    let name = Identifier { business, kind: IdentityKind::Phone, value: phone.as_str().to_owned() };
    if let Some((_, id)) = store::contact::find_identities(tx, std::slice::from_ref(&name)).await?.pop()
        && let Some(stored) = store::contact::load_contacts(tx, &[id]).await?.pop()
    {
        return Ok((stored, false));
    }
    let mut stored = StoredContact::new(business, ContactId::from_uuid(service.clock.uuid()), service.now());
    stored.contact.phone = Some(phone.clone());
    stored.contact.country = phone.region().map(String::from);
    let events = crate::suppression::honour(service, tx, business, std::slice::from_mut(&mut stored)).await;
    let events = events.map_err(Taken::Other)?;
    store::contact::insert_contacts(tx, std::slice::from_ref(&stored)).await?;
    store::contact::insert_identities(tx, &[(name, stored.contact.id)]).await?;
    crate::ledger::append(service, tx, events).await.map_err(Taken::Other)?;
    Ok((stored, true))
}

/// Reads a number as a person wrote it, completing it with the business's region.
pub(crate) async fn parse_phone(
    service: &Service,
    tx: &mut Tx,
    business: BusinessId,
    text: &str,
) -> Result<Phone, Error> {
    let region = region_of(service, tx, business).await?;
    Phone::parse(text, region).map_err(|error| Error::invalid("phone", phone_code(error)))
}

/// Where a business's numbers without a country code are from.
pub(crate) async fn region_of(
    service: &Service,
    tx: &mut Tx,
    business: BusinessId,
) -> Result<Option<Region>, Error> {
    let region = store::access::find_business(tx, business).await?.and_then(|business| business.region);
    Ok(region.and_then(|region| region.parse().ok()).or(service.default_region))
}

pub(crate) const fn phone_code(error: PhoneError) -> &'static str {
    match error {
        PhoneError::Empty => "empty",
        PhoneError::NotANumber => "not_a_number",
        PhoneError::NoCountryCode => "no_country_code",
        PhoneError::UnknownCountryCode => "unknown_country_code",
        PhoneError::TooShort => "too_short",
        PhoneError::TooLong => "too_long",
        PhoneError::NotInUse => "not_in_use",
    }
}

fn valid_name(name: &str) -> Result<Option<String>, Error> {
    let name = name.trim();
    if name.chars().count() > limits::CONTACT_NAME {
        return Err(Error::invalid("name", "too_long"));
    }
    if name.chars().any(char::is_control) {
        return Err(Error::invalid("name", "control_characters"));
    }
    Ok((!name.is_empty()).then(|| name.to_owned()))
}

/// A language tag (BCP 47) in lower case: a language, and what it is narrowed to, such as `pt-br`.
fn valid_language(text: &str) -> Result<Option<String>, Error> {
    let tag = text.trim().to_lowercase().replace('_', "-");
    if tag.is_empty() {
        return Ok(None);
    }
    let mut parts = tag.split('-');
    let of_language =
        |part: &str| matches!(part.len(), 2 | 3) && part.bytes().all(|b| b.is_ascii_lowercase());
    let narrows = |part: &str| matches!(part.len(), 2..=8) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    if !parts.next().is_some_and(of_language) || !parts.clone().all(narrows) || parts.count() > 3 {
        return Err(Error::invalid("language", "malformed"));
    }
    Ok(Some(tag))
}

fn valid_attributes(attributes: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Error> {
    let mut valid = BTreeMap::new();
    for (name, value) in attributes {
        let (name, value) = (name.trim(), value.trim());
        if name.is_empty() {
            return Err(Error::invalid("attributes", "empty"));
        }
        if name.chars().count() > limits::ATTRIBUTE_NAME || value.chars().count() > limits::ATTRIBUTE {
            return Err(Error::invalid("attributes", "too_long"));
        }
        if name.contains([':', '\n']) || name.chars().chain(value.chars()).any(char::is_control) {
            return Err(Error::invalid("attributes", "control_characters"));
        }
        if !value.is_empty() {
            valid.insert(name.to_owned(), value.to_owned());
        }
    }
    if valid.len() > limits::ATTRIBUTES {
        return Err(Error::invalid("attributes", "too_many"));
    }
    Ok(valid)
}

pub(crate) fn valid_tags(tags: Vec<String>) -> Result<Vec<String>, Error> {
    let mut valid: Vec<String> = Vec::new();
    for tag in tags {
        let tag = tag.trim();
        if tag.is_empty() || tag.chars().any(char::is_control) {
            return Err(Error::invalid("tags", "empty"));
        }
        if tag.chars().count() > limits::TAG {
            return Err(Error::invalid("tags", "too_long"));
        }
        if !valid.iter().any(|known| known == tag) {
            valid.push(tag.to_owned());
        }
    }
    if valid.len() > limits::TAGS {
        return Err(Error::invalid("tags", "too_many"));
    }
    Ok(valid)
}

async fn replace_tags(
    tx: &mut Tx,
    business: BusinessId,
    contact: ContactId,
    tags: &[String],
) -> Result<(), Error> {
    store::contact::delete_tags(tx, contact).await?;
    let tags: Vec<_> = tags.iter().map(|tag| (contact, tag.clone())).collect();
    Ok(store::contact::insert_tags(tx, business, &tags).await?)
}

/// The person behind an id, to change: followed through joined records until the one that stands is locked.
pub(crate) async fn lock(tx: &mut Tx, business: BusinessId, id: ContactId) -> Result<StoredContact, Error> {
    // While the lock is waited for, another unit of work may join the record to one more.
    for _ in 0..4 {
        let found = store::contact::find_contact(tx, business, id).await?.ok_or(Error::NotFound)?;
        let locked = store::contact::load_contacts(tx, &[found.contact.id]).await?.pop();
        if let Some(stored) = locked.filter(|stored| stored.merged_into.is_none()) {
            return Ok(stored);
        }
    }
    Err(Error::Unavailable)
}

/// Changes a contact: name, labels, blocked or not.
///
/// # Errors
/// [`Error::NotFound`] when the caller's business has no such contact; [`Error::Invalid`] naming the field.
pub async fn change(
    service: &Service,
    caller: &Caller,
    id: ContactId,
    patch: ContactPatch,
) -> Result<Contact, Error> {
    caller.may(Right::WriteContacts)?;
    let name = patch.name.map(|name| name.map_or(Ok(None), |name| valid_name(&name))).transpose()?;
    let tags = patch.tags.map(valid_tags).transpose()?;
    let language = patch
        .language
        .map(|language| language.map_or(Ok(None), |language| valid_language(&language)))
        .transpose()?;
    let attributes = patch.attributes.map(valid_attributes).transpose()?;
    let (service, caller) = (service.clone(), caller.clone());
    task(async move {
        let mut tx = service.db.write().await?;
        let mut stored = lock(&mut tx, caller.business, id).await?;
        let id = stored.contact.id;
        if let Some(name) = name {
            stored.contact.name = name;
        }
        if let Some(blocked) = patch.blocked {
            stored.contact.blocked = blocked;
        }
        store::contact::update_contacts(&mut tx, &[stored]).await?;
        if let Some(tags) = &tags {
            replace_tags(&mut tx, caller.business, id, tags).await?;
        }
        if language.is_some() || attributes.is_some() {
            let mut details = store::contact_detail::list_details(&mut tx, &[id]).await?;
            let mut details = details.remove(&id).unwrap_or_default();
            if let Some(language) = language {
                details.language = language;
            }
            if let Some(attributes) = attributes {
                details.attributes = attributes;
            }
            store::contact_detail::write_details(&mut tx, caller.business, id, &details).await?;
        }
        let contact = load_one(&mut tx, caller.business, id).await?;
        tx.commit().await?;
        if patch.blocked == Some(true) {
            service.revocations.revoke([id]);
        }
        service.live.publish(caller.business, vec![LiveEvent::ContactChanged { contact: id }]);
        Ok(contact)
    })
    .await
}

/// Sends to a number again that WhatsApp said nobody is behind: somebody knows better.
///
/// # Errors
/// [`Error::NotFound`] when the caller's business has no such contact.
pub async fn try_again(service: &Service, caller: &Caller, id: ContactId) -> Result<(), Error> {
    caller.may(Right::WriteContacts)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let mut tx = service.db.write().await?;
        let id = lock(&mut tx, business, id).await?.contact.id;
        store::contact::set_invalid(&mut tx, id, false).await?;
        tx.commit().await?;
        service.live.publish(business, vec![LiveEvent::ContactChanged { contact: id }]);
        Ok(())
    })
    .await
}

/// Every number by which WhatsApp knows a person.
///
/// # Errors
/// [`Error::NotFound`] when the caller's business has no such contact.
pub async fn numbers(service: &Service, caller: &Caller, id: ContactId) -> Result<Vec<String>, Error> {
    caller.may(Right::Read)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let mut tx = service.db.read().await?;
        let found = store::contact::find_contact(&mut tx, business, id).await?.ok_or(Error::NotFound)?;
        let names = store::erasure::list_names(&mut tx, business, found.contact.id).await?;
        let numbers = names.into_iter().filter(|name| name.kind == IdentityKind::Phone);
        Ok(numbers.map(|name| name.value).collect())
    })
    .await
}

/// The consent events of a contact, newest first.
///
/// # Errors
/// [`Error::NotFound`] when the caller's business has no such contact.
pub async fn events(service: &Service, caller: &Caller, id: ContactId) -> Result<Vec<ConsentEvent>, Error> {
    caller.may(Right::Read)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let mut tx = service.db.read().await?;
        let found = store::contact::find_contact(&mut tx, business, id).await?.ok_or(Error::NotFound)?;
        let events = store::ledger::list_events_of(&mut tx, business, found.contact.id).await?;
        let mut events: Vec<ConsentEvent> = events.into_iter().map(crate::ledger::shown).collect();
        name_actors(&mut tx, business, events.iter_mut()).await?;
        Ok(events)
    })
    .await
}

/// Fills in what people and keys are called.
pub(crate) async fn name_actors<'a>(
    tx: &mut Tx,
    business: BusinessId,
    events: impl Iterator<Item = &'a mut ConsentEvent>,
) -> Result<(), Error> {
    let users = store::access::list_users(tx, business).await?;
    let keys = store::access::list_api_keys(tx, business).await?;
    for event in events {
        match &mut event.actor {
            Actor::User { id, email } => {
                *email = users.iter().find(|user| user.id == *id).map(|user| user.email.clone());
            }
            Actor::ApiKey { id, name } => {
                *name = keys.iter().find(|key| key.id == *id).map(|key| key.name.clone());
            }
            Actor::Person | Actor::System => {}
        }
    }
    Ok(())
}

/// Oldest first. WhatsApp's clock counts in whole seconds: an answer made in the same second belongs after what it answers.
pub(crate) fn in_order(messages: &mut [ThreadMessage]) {
    messages.sort_by_key(|message| {
        let inbound = matches!(message.direction, domain::contact::Direction::In { .. });
        let at = if inbound { message.at } else { message.at + Span::millis(1) };
        (at, message.id)
    });
}

/// The last messages with a contact, oldest first.
///
/// # Errors
/// [`Error::NotFound`] when the caller's business has no such contact.
pub async fn thread(
    service: &Service,
    caller: &Caller,
    id: ContactId,
    limit: u32,
) -> Result<Vec<ThreadMessage>, Error> {
    caller.may(Right::Read)?;
    let (service, business, limit) = (service.clone(), caller.business, i64::from(limit.clamp(1, 500)));
    task(async move {
        let mut tx = service.db.read().await?;
        let found = store::contact::find_contact(&mut tx, business, id).await?.ok_or(Error::NotFound)?;
        let mut messages =
            store::inbound::list_inbound_of(&mut tx, business, found.contact.id, limit).await?;
        messages.extend(store::outbox::list_outbound_of(&mut tx, business, found.contact.id, limit).await?);
        in_order(&mut messages);
        let surplus = messages.len().saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX));
        messages.drain(..surplus);
        Ok(messages)
    })
    .await
}
