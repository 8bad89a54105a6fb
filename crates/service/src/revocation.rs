//! The STOP barrier inside one process.
//!
//! A commit that tightens what a person may be sent puts them here *before* the webhook is answered; the dispatcher looks
//! here immediately before bytes leave. A message decided before the revocation is decided again.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use domain::id::ContactId;

/// Longer than any message can be between its decision and the socket.
const KEEP: Duration = Duration::from_secs(600);

/// Entries beyond which old ones are looked for.
const SWEEP_AT: usize = 10_000;

/// A moment in the order of revocations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(u64);

#[derive(Debug, Default)]
pub(crate) struct Revocations {
    clock: AtomicU64,
    revoked: Mutex<Revoked>,
}

#[derive(Debug, Default)]
struct Revoked {
    people: HashMap<ContactId, (Moment, Instant)>,
    /// How many there may be before old ones are looked for.
    room: usize,
}

impl Revocations {
    /// The present moment: take it before reading what a decision is based on.
    pub(crate) fn moment(&self) -> Moment {
        Moment(self.clock.load(Ordering::SeqCst))
    }

    /// Voids every decision about these people that was begun before now.
    pub(crate) fn revoke(&self, contacts: impl IntoIterator<Item = ContactId>) {
        let mut revoked = self.revoked.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let moment = Moment(self.clock.fetch_add(1, Ordering::SeqCst) + 1);
        let now = Instant::now();
        for contact in contacts {
            revoked.people.insert(contact, (moment, now));
        }
        if revoked.people.len() > revoked.room.max(SWEEP_AT) {
            revoked.people.retain(|_, (_, at)| now.duration_since(*at) < KEEP);
            // Where most are young, looking again at each commit would cost the size of the map each time.
            revoked.room = 2 * revoked.people.len();
        }
    }

    /// Whether a decision about this person, begun at `moment`, is void.
    pub(crate) fn is_revoked(&self, contact: ContactId, moment: Moment) -> bool {
        let revoked = self.revoked.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        revoked.people.get(&contact).is_some_and(|(revoked_at, _)| *revoked_at > moment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Clock;

    #[test]
    fn a_decision_begun_before_the_revocation_is_void_a_later_one_is_not() {
        let revocations = Revocations::default();
        let contact = ContactId::from_uuid(Clock::system().uuid());
        let before = revocations.moment();
        revocations.revoke([contact]);
        assert!(revocations.is_revoked(contact, before));
        assert!(!revocations.is_revoked(contact, revocations.moment()));
    }
}
