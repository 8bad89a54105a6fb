//! The hash chain of consent events: what exactly is hashed, and how a chain is checked.
//!
//! Canonical bytes are length-prefixed fields in a fixed order, never JSON text, so that both engines, a verifier in another
//! language and a reader in ten years compute the same hash. The personal part of an event enters only as a salted digest:
//! deleting the personal part and its salt leaves the chain verifiable and the person gone.

use sha2::{Digest, Sha256};

use crate::consent::{SignalKind, Source, State};
use crate::id::{BusinessId, ContactId, EventId};
use crate::time::Timestamp;

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// The hash before the first event of every business.
pub const GENESIS: Hash = [0; 32];

/// Marks the format, so that a later one cannot collide with it.
const DOMAIN: &[u8] = b"whatscloud.consent-event.v1";

/// The part of an event that the chain covers, in the order it is hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainedEvent {
    /// Whose ledger.
    pub business: BusinessId,
    /// Place in the chain, from 1.
    pub seq: i64,
    /// The event's id.
    pub id: EventId,
    /// Whose consent.
    pub contact: ContactId,
    /// The contact's consent version after the event.
    pub version: i64,
    /// What was said.
    pub kind: SignalKind,
    /// How it came.
    pub source: Source,
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
    /// When the person acted.
    pub occurred_at: Timestamp,
    /// When it was stored.
    pub recorded_at: Timestamp,
    /// Who did it: `person`, `system`, `usr_…` or `key_…`.
    pub actor: String,
    /// The settings in force.
    pub settings_version: i64,
    /// The rule of detection that matched.
    pub rule: Option<String>,
    /// The keyword that matched.
    pub matched: Option<String>,
    /// Digest of the wording shown.
    pub wording: Option<Hash>,
    /// Salted digest of the personal part.
    pub evidence: Hash,
}

impl ChainedEvent {
    /// The hash of the event after `previous`.
    #[must_use]
    pub fn hash(&self, previous: &Hash) -> Hash {
        let mut hasher = Sha256::new();
        field(&mut hasher, DOMAIN);
        field(&mut hasher, previous);
        field(&mut hasher, self.business.uuid().as_bytes());
        number(&mut hasher, self.seq);
        field(&mut hasher, self.id.uuid().as_bytes());
        field(&mut hasher, self.contact.uuid().as_bytes());
        number(&mut hasher, self.version);
        field(&mut hasher, self.kind.as_str().as_bytes());
        field(&mut hasher, self.source.as_str().as_bytes());
        field(&mut hasher, self.from.as_str().as_bytes());
        field(&mut hasher, self.to.as_str().as_bytes());
        number(&mut hasher, self.occurred_at.micros());
        number(&mut hasher, self.recorded_at.micros());
        field(&mut hasher, self.actor.as_bytes());
        number(&mut hasher, self.settings_version);
        optional(&mut hasher, self.rule.as_deref().map(str::as_bytes));
        optional(&mut hasher, self.matched.as_deref().map(str::as_bytes));
        optional(&mut hasher, self.wording.as_ref().map(<[u8; 32]>::as_slice));
        field(&mut hasher, &self.evidence);
        hasher.finalize().into()
    }
}

/// The digest of an event's personal part: SHA-256 over the salt and the stored bytes.
#[must_use]
pub fn evidence_digest(salt: &[u8; 16], stored: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    field(&mut hasher, b"whatscloud.evidence.v1");
    field(&mut hasher, salt);
    field(&mut hasher, stored);
    hasher.finalize().into()
}

/// The digest that names a wording.
#[must_use]
pub fn wording_digest(text: &str) -> Hash {
    Sha256::digest(text.as_bytes()).into()
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// Where a chain stops holding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Break {
    /// An event is missing, added or out of place.
    Gap {
        /// The place that was expected.
        expected: i64,
        /// The place that was found.
        found: i64,
    },
    /// An event does not hash to what was stored.
    Hash {
        /// Its place.
        seq: i64,
    },
    /// The personal part is not the one that was recorded.
    Evidence {
        /// The event's place.
        seq: i64,
    },
    /// The chain ends before or after the recorded head.
    Head {
        /// The recorded length.
        recorded: i64,
        /// The length found.
        found: i64,
    },
}

/// Checks events one after the other.
#[derive(Clone, Debug)]
pub struct Verifier {
    seq: i64,
    hash: Hash,
}

impl Default for Verifier {
    fn default() -> Self {
        Self { seq: 0, hash: GENESIS }
    }
}

impl Verifier {
    /// Takes the next event with the hash stored for it, and its personal part unless that was erased.
    ///
    /// # Errors
    /// When the event does not follow, was changed, or its personal part was.
    pub fn check(
        &mut self,
        event: &ChainedEvent,
        stored: &Hash,
        evidence: Option<(&[u8; 16], &[u8])>,
    ) -> Result<(), Break> {
        if event.seq != self.seq + 1 {
            return Err(Break::Gap { expected: self.seq + 1, found: event.seq });
        }
        if let Some((salt, bytes)) = evidence
            && evidence_digest(salt, bytes) != event.evidence
        {
            return Err(Break::Evidence { seq: event.seq });
        }
        if event.hash(&self.hash) != *stored {
            return Err(Break::Hash { seq: event.seq });
        }
        self.seq = event.seq;
        self.hash = *stored;
        Ok(())
    }

    /// How many events were checked, and the hash of the last.
    #[must_use]
    pub const fn head(&self) -> (i64, Hash) {
        (self.seq, self.hash)
    }
}

fn field(hasher: &mut Sha256, bytes: &[u8]) {
    hasher.update((bytes.len() as u64).to_be_bytes());
    hasher.update(bytes);
}

fn number(hasher: &mut Sha256, value: i64) {
    field(hasher, &value.to_be_bytes());
}

fn optional(hasher: &mut Sha256, bytes: Option<&[u8]>) {
    match bytes {
        None => hasher.update([0]),
        Some(bytes) => {
            hasher.update([1]);
            field(hasher, bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::uuid_v7;

    fn event(seq: i64) -> ChainedEvent {
        let at = Timestamp::from_seconds(1_800_000_000 + seq);
        ChainedEvent {
            business: BusinessId::from_uuid(uuid_v7(at, [1; 10])),
            seq,
            id: EventId::from_uuid(uuid_v7(at, [2; 10])),
            contact: ContactId::from_uuid(uuid_v7(at, [3; 10])),
            version: 1,
            kind: SignalKind::OptOut,
            source: Source::Keyword,
            from: State::OptedIn,
            to: State::OptedOut,
            occurred_at: at,
            recorded_at: at,
            actor: "person".into(),
            settings_version: 1,
            rule: Some("keyword".into()),
            matched: Some("stop".into()),
            wording: None,
            evidence: evidence_digest(&[9; 16], b"{}"),
        }
    }

    fn chain(length: i64) -> Vec<(ChainedEvent, Hash)> {
        let mut previous = GENESIS;
        (1..=length)
            .map(|seq| {
                let event = event(seq);
                previous = event.hash(&previous);
                (event, previous)
            })
            .collect()
    }

    fn verify(chain: &[(ChainedEvent, Hash)]) -> Result<(), Break> {
        let mut verifier = Verifier::default();
        chain.iter().try_for_each(|(event, hash)| verifier.check(event, hash, Some((&[9; 16], b"{}"))))
    }

    #[test]
    fn an_untouched_chain_verifies() {
        assert_eq!(verify(&chain(5)), Ok(()));
    }

    #[test]
    fn r53_a_changed_event_breaks_the_chain() {
        let mut tampered = chain(5);
        tampered[2].0.to = State::OptedIn;
        assert_eq!(verify(&tampered), Err(Break::Hash { seq: 3 }));
    }

    #[test]
    fn r53_a_missing_or_reordered_event_breaks_the_chain() {
        let mut cut = chain(5);
        cut.remove(1);
        assert_eq!(verify(&cut), Err(Break::Gap { expected: 2, found: 3 }));
        let mut swapped = chain(5);
        swapped.swap(1, 2);
        assert!(verify(&swapped).is_err());
    }

    #[test]
    fn changed_evidence_is_found_and_erased_evidence_is_not_missed() {
        let (event, hash) = chain(1).remove(0);
        assert!(Verifier::default().check(&event, &hash, Some((&[9; 16], b"{\"words\":1}"))).is_err());
        assert_eq!(Verifier::default().check(&event, &hash, None), Ok(()));
    }

    #[test]
    fn absent_and_empty_are_different_bytes() {
        let with = ChainedEvent { rule: Some(String::new()), ..event(1) };
        let without = ChainedEvent { rule: None, ..event(1) };
        assert_ne!(with.hash(&GENESIS), without.hash(&GENESIS));
    }
}
