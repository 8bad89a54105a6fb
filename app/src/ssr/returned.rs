//! Plain forms that were refused, until their page shows them again.

use super::kept::Kept;
use super::{is_plain_form, signed_in};
use crate::error::{AppError, FieldName};
use crate::returned::{Returned, TICKET};

/// What signed-in people typed.
static TYPED: Kept<Returned> = Kept::new();
/// What was typed at the login and at the first setup, where nobody is signed in: seen once by whoever holds the ticket.
static TYPED_BY_STRANGERS: Kept<Returned, ()> = Kept::new();

/// Longest text kept for a stranger, in bytes: an email address. Anybody can post a form, and what waits takes memory.
const STRANGERS_TEXT: usize = 254;

/// Leads a plain form that was refused back to its page, where what was typed waits. The program in the page still has it.
///
/// Passwords must not be among what was typed.
pub(super) fn give_back(error: AppError, path: &str, typed: &[(FieldName, &str)]) -> AppError {
    if error == AppError::SignedOut || !is_plain_form() {
        return error;
    }
    let keep = |longest: usize| {
        let typed = typed.iter().filter(|(_, text)| text.len() <= longest);
        Returned {
            typed: typed.map(|(field, text)| (*field, (*text).to_owned())).collect(),
            error: error.clone(),
        }
    };
    let ticket = match signed_in() {
        Ok(person) => TYPED.keep(person.user, keep(usize::MAX)),
        Err(_) => TYPED_BY_STRANGERS.keep((), keep(STRANGERS_TEXT)),
    };
    let sign = if path.contains('?') { '&' } else { '?' };
    leptos_axum::redirect(&format!("{path}{sign}{TICKET}={ticket}"), false);
    error
}

/// What waits under a ticket, for whoever asks.
pub(crate) fn fetch(ticket: &str) -> Option<Returned> {
    match signed_in() {
        Ok(person) => TYPED.look(person.user, ticket),
        Err(_) => TYPED_BY_STRANGERS.take((), ticket),
    }
}
