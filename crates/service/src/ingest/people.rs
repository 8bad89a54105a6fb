//! The people a batch is about: found, made, renamed, joined; all in memory until the batch is written.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::consent::{Signal, apply};
use domain::id::{BusinessId, ContactId};
use domain::inbound::Identity;
use domain::time::Timestamp;
use store::Tx;
use store::contact::{Identifier, IdentityKind, StoredContact};

use crate::{Error, Service};

/// The people of one batch.
#[derive(Debug, Default)]
pub(super) struct People {
    contacts: BTreeMap<ContactId, StoredContact>,
    names: HashMap<Identifier, ContactId>,
    /// Records that were joined to another before the batch, and to which.
    stands: HashMap<ContactId, ContactId>,
    created: BTreeSet<ContactId>,
    changed: BTreeSet<ContactId>,
    /// People who wrote and of whom nothing else changed, with the time.
    wrote: BTreeMap<ContactId, Timestamp>,
    named: BTreeMap<Identifier, ContactId>,
    unnamed: BTreeSet<Identifier>,
    /// Names of people whose data was erased, and when: whoever has one stays opted out.
    erased: HashMap<Identifier, Timestamp>,
    /// Records joined to another: (the one that goes, the one that stays), in order.
    joined: Vec<(ContactId, ContactId)>,
}

/// A signal that joining two records calls for.
pub(super) struct Stricter {
    pub(super) contact: ContactId,
    pub(super) signal: Signal,
}

/// The names in an identity, most lasting first.
pub(super) fn names(business: BusinessId, identity: &Identity) -> Vec<Identifier> {
    let phone = identity.phone.as_ref().map(|phone| (IdentityKind::Phone, phone.as_str().to_owned()));
    let user_id = identity.user_id.clone().map(|id| (IdentityKind::UserId, id));
    let parent = identity.parent_user_id.clone().map(|id| (IdentityKind::ParentUserId, id));
    [phone, user_id, parent]
        .into_iter()
        .flatten()
        .map(|(kind, value)| Identifier { business, kind, value })
        .collect()
}

impl People {
    /// Loads everybody with one of these names, and these contacts.
    pub(super) async fn load(
        service: &Service,
        tx: &mut Tx,
        wanted: BTreeSet<Identifier>,
        mut ids: BTreeSet<ContactId>,
    ) -> Result<Self, Error> {
        let wanted: Vec<Identifier> = wanted.into_iter().collect();
        let mut names: HashMap<_, _> =
            store::contact::find_identities(tx, &wanted).await?.into_iter().collect();
        let unknown: Vec<Identifier> = wanted.into_iter().filter(|name| !names.contains_key(name)).collect();
        let mut erased = HashMap::new();
        for business in unknown.iter().map(|name| name.business).collect::<BTreeSet<_>>() {
            erased.extend(crate::suppression::find(service, tx, business, &unknown).await?);
        }
        ids.extend(names.values());
        // A record may have been joined to another while its lock was waited for, or since the message a status is about was
        // written: the one that stands is loaded too, and everything is about it.
        let mut contacts = BTreeMap::new();
        let mut stands = HashMap::new();
        for _ in 0..4 {
            let missing: Vec<ContactId> =
                ids.iter().filter(|id| !contacts.contains_key(*id)).copied().collect();
            if missing.is_empty() {
                break;
            }
            for stored in store::contact::load_contacts(tx, &missing).await? {
                if let Some(to) = stored.merged_into {
                    stands.insert(stored.contact.id, to);
                    ids.insert(to);
                }
                contacts.insert(stored.contact.id, stored);
            }
        }
        for id in names.values_mut() {
            *id = stands.get(id).copied().unwrap_or(*id);
        }
        contacts.retain(|id, _| !stands.contains_key(id));
        Ok(Self { contacts, names, stands, erased, ..Self::default() })
    }

    /// The record that stands for one that may have been joined to it.
    pub(super) fn standing(&self, id: ContactId) -> ContactId {
        self.stands.get(&id).copied().unwrap_or(id)
    }

    /// A person of the batch.
    pub(super) fn get(&self, id: ContactId) -> Option<&StoredContact> {
        self.contacts.get(&id)
    }

    /// A person of the batch, to change.
    pub(super) fn change(&mut self, id: ContactId) -> Option<&mut StoredContact> {
        let found = self.contacts.get_mut(&id);
        if found.is_some() && !self.created.contains(&id) {
            self.changed.insert(id);
        }
        found
    }

    /// Notes that a person wrote, which moves their service window.
    pub(super) fn note_writing(&mut self, id: ContactId, at: Timestamp) {
        if let Some(stored) = self.contacts.get_mut(&id)
            && stored.contact.last_inbound_at < Some(at)
        {
            stored.contact.last_inbound_at = Some(at);
            self.wrote.insert(id, at);
        }
    }

    /// The person behind these names: found, made, or joined from several records that turn out to be one person.
    pub(super) fn resolve(
        &mut self,
        service: &Service,
        business: BusinessId,
        identity: &Identity,
        now: Timestamp,
    ) -> (ContactId, Vec<Stricter>) {
        let wanted = names(business, identity);
        let mut known: Vec<ContactId> =
            wanted.iter().filter_map(|name| self.names.get(name).copied()).collect();
        known.sort_unstable();
        known.dedup();
        let mut stricter = Vec::new();
        let id = match known.split_first() {
            None => self.create(service, business, now),
            Some((oldest, others)) => {
                for other in others {
                    stricter.extend(self.join(*other, *oldest));
                }
                *oldest
            }
        };
        let erased_at = wanted.iter().filter_map(|name| self.erased.get(name)).max().copied();
        stricter.extend(erased_at.map(|at| Stricter { contact: id, signal: crate::suppression::signal(at) }));
        for name in wanted {
            self.give(name, id);
        }
        (id, stricter)
    }

    fn create(&mut self, service: &Service, business: BusinessId, now: Timestamp) -> ContactId {
        let id = ContactId::from_uuid(service.clock.uuid());
        self.contacts.insert(id, StoredContact::new(business, id, now));
        self.created.insert(id);
        id
    }

    /// Makes a name lead to a person, and shows it on them.
    fn give(&mut self, name: Identifier, id: ContactId) {
        let Some(stored) = self.contacts.get(&id) else { return };
        let shown = match name.kind {
            IdentityKind::Phone => stored.contact.phone.as_ref().map(|phone| phone.as_str() == name.value),
            IdentityKind::UserId => stored.contact.user_id.as_ref().map(|user_id| *user_id == name.value),
            IdentityKind::ParentUserId => Some(true),
        };
        if shown != Some(true)
            && let Some(stored) = self.change(id)
        {
            match name.kind {
                IdentityKind::Phone => {
                    stored.contact.phone = domain::phone::Phone::from_e164(&name.value).ok();
                    let region = stored.contact.phone.as_ref().and_then(domain::phone::Phone::region);
                    stored.contact.country = region.map(String::from);
                }
                IdentityKind::UserId => stored.contact.user_id = Some(name.value.clone()),
                IdentityKind::ParentUserId => {}
            }
        }
        if self.names.get(&name) != Some(&id) {
            // A name taken from somebody earlier in the batch stays in `unnamed`: it is deleted before it is given anew.
            self.named.insert(name.clone(), id);
            self.names.insert(name, id);
        }
    }

    /// Learns by which names WhatsApp knows a person whom we wrote to: the answer may come from another number (Brazil, Mexico) or
    /// from a user id alone (R17).
    pub(super) fn learn(
        &mut self,
        business: BusinessId,
        contact: ContactId,
        identity: &Identity,
    ) -> Vec<Stricter> {
        // A late status must not tell who an erased person was.
        if self.contacts.get(&contact).is_none_or(|known| known.contact.erased) {
            return Vec::new();
        }
        let mut stricter = Vec::new();
        for name in names(business, identity) {
            match self.names.get(&name).copied() {
                Some(other) if other != contact => stricter.extend(self.join(other, contact)),
                Some(_) => {}
                None => {
                    // The number we wrote to stays the one that is shown.
                    self.named.insert(name.clone(), contact);
                    self.names.insert(name.clone(), contact);
                    if name.kind == IdentityKind::UserId
                        && let Some(stored) = self.change(contact)
                    {
                        stored.contact.user_id.get_or_insert(name.value);
                    }
                }
            }
        }
        stricter
    }

    /// Joins a record to another; the more restrictive consent stays (R17).
    fn join(&mut self, from: ContactId, to: ContactId) -> Vec<Stricter> {
        let (Some(source), true) = (self.contacts.get(&from).cloned(), self.contacts.contains_key(&to))
        else {
            return Vec::new();
        };
        for owner in self.names.values_mut().filter(|owner| **owner == from) {
            *owner = to;
        }
        for owner in self.named.values_mut().filter(|owner| **owner == from) {
            *owner = to;
        }
        if let Some(gone) = self.change(from) {
            gone.merged_into = Some(to);
        }
        let Some(kept) = self.change(to) else { return Vec::new() };
        let signals = crate::merging::join(kept, &source);
        self.joined.push((from, to));
        signals.into_iter().map(|signal| Stricter { contact: to, signal }).collect()
    }

    /// A person goes by other names from now on. The names they had lead nowhere: whoever gets the number next starts
    /// unknown and never inherits an opt-in (R16).
    pub(super) fn rename(
        &mut self,
        service: &Service,
        business: BusinessId,
        before: &Identity,
        after: &Identity,
        now: Timestamp,
    ) -> (ContactId, Vec<Stricter>) {
        if before.is_empty() {
            return self.resolve(service, business, after, now);
        }
        let (id, mut stricter) = self.resolve(service, business, before, now);
        let kept = names(business, after);
        // A kind that is not named afterwards is unchanged.
        for name in names(business, before) {
            let replaced = kept.iter().any(|new| new.kind == name.kind && *new != name);
            if replaced {
                self.names.remove(&name);
                self.named.remove(&name);
                self.unnamed.insert(name);
            }
        }
        if let Some(stored) = self.change(id) {
            if after.phone.is_some() {
                stored.contact.phone = None;
            }
            if after.user_id.is_some() {
                stored.contact.user_id = None;
            }
        }
        let others: Vec<ContactId> = kept
            .iter()
            .filter_map(|name| self.names.get(name).copied())
            .filter(|other| *other != id)
            .collect();
        for other in others {
            stricter.extend(self.join(other, id));
        }
        for name in kept {
            self.give(name, id);
        }
        (id, stricter)
    }

    /// Folds a signal into a person's consent.
    pub(super) fn apply(&mut self, id: ContactId, signal: &Signal) -> Option<domain::consent::Change> {
        let change = apply(&self.contacts.get(&id)?.consent, signal);
        if change.recorded {
            self.change(id)?.set_consent(change.consent);
        }
        Some(change)
    }

    /// Everybody whose record was joined to another, or another to theirs.
    pub(super) fn joined(&self) -> impl Iterator<Item = ContactId> {
        self.joined.iter().flat_map(|&(from, to)| [from, to])
    }

    /// Writes people and names; messages of this batch that belong to a record that goes must be written before
    /// [`People::write_joined`].
    pub(super) async fn write(&self, tx: &mut Tx) -> Result<(), Error> {
        let some = |ids: &BTreeSet<ContactId>| -> Vec<StoredContact> {
            ids.iter().filter_map(|id| self.contacts.get(id)).cloned().collect()
        };
        let mut created = some(&self.created);
        // A record made and joined in the same batch refers to one that may be inserted after it.
        created.sort_by_key(|stored| stored.merged_into.is_some());
        store::contact::insert_contacts(tx, &created).await.map_err(conflict)?;
        store::contact::update_contacts(tx, &some(&self.changed)).await?;
        let written = |id: &ContactId| self.created.contains(id) || self.changed.contains(id);
        let wrote: Vec<_> =
            self.wrote.iter().filter(|(id, _)| !written(id)).map(|(id, at)| (*id, *at)).collect();
        store::contact::touch_contacts(tx, &wrote).await?;
        for name in &self.unnamed {
            store::contact::delete_identity(tx, name).await?;
        }
        let named: Vec<_> = self.named.iter().map(|(name, id)| (name.clone(), *id)).collect();
        if self.joined.is_empty() && self.unnamed.is_empty() {
            store::contact::insert_identities(tx, &named).await.map_err(conflict)
        } else {
            Ok(store::contact::upsert_identities(tx, &named).await?)
        }
    }

    /// Gives what belonged to joined records to those that stay.
    pub(super) async fn write_joined(&self, tx: &mut Tx, now: Timestamp) -> Result<(), Error> {
        for &(from, to) in &self.joined {
            let Some(business) = self.contacts.get(&to).map(|stored| stored.business) else { continue };
            crate::merging::move_belongings(tx, business, from, to, now).await?;
        }
        Ok(())
    }
}

/// A name taken meanwhile by another process is a lost race, not a defect.
fn conflict(error: store::Error) -> Error {
    if crate::error::is_taken(&error) { Error::Conflict } else { error.into() }
}
