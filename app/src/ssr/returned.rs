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

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use axum::http::header::{ACCEPT, LOCATION};
    use axum::http::request::Parts;
    use leptos::prelude::{Owner, provide_context};
    use leptos_axum::ResponseOptions;

    use super::*;
    use crate::error::{FieldCode, FieldError};

    /// Where a form that a stranger sent is led, if anywhere.
    fn led_to(accept: &str, typed: &[(FieldName, &str)]) -> Option<String> {
        let (parts, ()): (Parts, ()) =
            Request::get("/").header(ACCEPT, accept).body(()).unwrap().into_parts();
        let answer = ResponseOptions::default();
        provide_context(parts);
        provide_context(answer.clone());
        let wrong =
            AppError::Invalid(vec![FieldError::new(FieldName::Password, FieldCode::WrongCredentials)]);
        give_back(wrong, "/login?next=/contacts", typed);
        let headers = answer.0.read().unwrap().headers.clone();
        headers.get(LOCATION).map(|path| path.to_str().unwrap().to_owned())
    }

    #[test]
    fn what_a_stranger_typed_comes_back_once_and_never_in_the_address() {
        Owner::new().with(|| {
            let path = led_to("text/html", &[(FieldName::Email, "ana@shop.test")]).unwrap();
            assert!(!path.contains("ana"), "{path}");
            let ticket = path.strip_prefix("/login?next=/contacts&returned=").unwrap();
            let returned = fetch(ticket).unwrap();
            assert_eq!(returned.typed(FieldName::Email).as_deref(), Some("ana@shop.test"));
            assert!(returned.error.field(FieldName::Password).is_some());
            assert_eq!(fetch(ticket), None);
        });
    }

    #[test]
    fn a_stranger_cannot_fill_the_memory() {
        Owner::new().with(|| {
            let long = "x".repeat(STRANGERS_TEXT + 1);
            let path = led_to("text/html", &[(FieldName::Email, &long)]).unwrap();
            assert_eq!(fetch(path.rsplit('=').next().unwrap()).unwrap().typed, []);
        });
    }

    #[test]
    fn the_program_in_the_page_is_led_nowhere() {
        Owner::new().with(|| assert_eq!(led_to("application/json", &[(FieldName::Email, "a@b.c")]), None));
    }
}
