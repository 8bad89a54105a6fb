//! What the next page must show but no address may carry: a draft that was refused, a key that is shown once.
//!
//! A plain form gets a redirect as its answer, and a redirect carries an address only. What was typed waits here for the page
//! it leads to, under a ticket nobody can guess, for the person it belongs to.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::id::UserId;
use leptos::nonce::Nonce;

/// How long something is kept.
const KEPT_FOR: Duration = Duration::from_secs(600);
/// How many are kept; beyond that the oldest go.
const KEPT: usize = 500;

/// What waits, by ticket: for whom, since when, and what.
type Waiting<T, O> = HashMap<String, (O, Instant, T)>;

/// What waits, by ticket, for an owner; `()` is whoever holds the ticket.
pub(crate) struct Kept<T, O = UserId>(LazyLock<Mutex<Waiting<T, O>>>);

impl<T: Clone, O: PartialEq> Kept<T, O> {
    pub(crate) const fn new() -> Self {
        Self(LazyLock::new(Mutex::default))
    }

    /// Keeps something for an owner; the ticket is safe in an address.
    pub(crate) fn keep(&self, owner: O, value: T) -> String {
        let ticket = Nonce::new().to_string().replace(['+', '/', '='], "_");
        let mut kept = self.lock();
        kept.retain(|_, (_, since, _)| since.elapsed() < KEPT_FOR);
        if kept.len() >= KEPT {
            let oldest =
                kept.iter().min_by_key(|(_, (_, since, _))| *since).map(|(ticket, _)| ticket.clone());
            if let Some(oldest) = oldest {
                kept.remove(&oldest);
            }
        }
        kept.insert(ticket.clone(), (owner, Instant::now(), value));
        ticket
    }

    /// What waits under a ticket, if it belongs to this owner. It stays, so that the page can be reloaded.
    pub(crate) fn look(&self, owner: O, ticket: &str) -> Option<T> {
        let kept = self.lock();
        kept.get(ticket)
            .filter(|(whose, since, _)| *whose == owner && since.elapsed() < KEPT_FOR)
            .map(|(.., value)| value.clone())
    }

    /// The same, and it is gone afterwards.
    pub(crate) fn take(&self, owner: O, ticket: &str) -> Option<T> {
        let value = self.look(owner, ticket)?;
        self.lock().remove(ticket);
        Some(value)
    }

    fn lock(&self) -> MutexGuard<'_, Waiting<T, O>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Kept;
    use domain::id::UserId;

    fn user(last: char) -> UserId {
        format!("01890a5d-ac96-774b-bcce-b302099a805{last}").parse().unwrap()
    }

    #[test]
    fn only_the_owner_sees_what_is_kept_and_a_secret_is_seen_once() {
        let kept = Kept::new();
        let ticket = kept.keep(user('1'), "typed");
        assert!(ticket.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{ticket}");
        assert_eq!(kept.look(user('2'), &ticket), None);
        assert_eq!(kept.look(user('1'), &ticket), Some("typed"));
        assert_eq!(kept.take(user('1'), &ticket), Some("typed"));
        assert_eq!(kept.take(user('1'), &ticket), None);
    }
}
