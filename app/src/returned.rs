//! A form that the browser itself posted and that was refused: it comes back with what was typed.

use leptos::prelude::*;
use leptos::server;
use leptos::server_fn::codec::Json;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use crate::error::{AppError, FieldName};
use crate::words::use_words;

/// The name of the ticket in the address. What was typed stays on the server: it is personal, and addresses are remembered.
pub(crate) const TICKET: &str = "returned";

/// A form that came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// What was typed, by field; never a password.
    pub typed: Vec<(FieldName, String)>,
    /// What is wrong with it.
    pub error: AppError,
}

impl Returned {
    /// What was typed into a field.
    #[must_use]
    pub fn typed(&self, field: FieldName) -> Option<String> {
        self.typed.iter().find(|(name, _)| *name == field).map(|(_, text)| text.clone())
    }
}

/// What waits under a ticket.
#[server(input = Json)]
pub async fn load_returned(ticket: String) -> Result<Option<Returned>, AppError> {
    Ok(crate::ssr::returned::fetch(&ticket))
}

/// Reads the ticket in the address, empty if no form came back. Read it each time a page loads what it shows: a ticket is for one
/// address, and pages of the same kind share a component.
pub fn use_ticket() -> impl Fn() -> String + Copy + Send + Sync + 'static {
    let query = use_query_map();
    move || query.read_untracked().get(TICKET).unwrap_or_default()
}

/// The form that came back with a ticket. Nothing is asked of the server where there is none.
///
/// # Errors
/// When the server cannot be reached.
pub async fn returned(ticket: String) -> Result<Option<Returned>, AppError> {
    if ticket.is_empty() { Ok(None) } else { load_returned(ticket).await }
}

/// What is wrong with a form: what its action answered, and before that what it came back with.
#[derive(Clone, Copy, Debug)]
pub struct FormErrors {
    /// All of it.
    pub all: Signal<Option<AppError>>,
}

impl FormErrors {
    /// Follows the answers of an action.
    #[must_use]
    pub fn new<T: Clone + Send + Sync + 'static>(
        answer: impl Into<Signal<Option<Result<T, AppError>>>>,
        returned: Option<&Returned>,
    ) -> Self {
        let answer = answer.into();
        let at_first = returned.map(|returned| returned.error.clone());
        let all = Signal::derive(move || match answer.get() {
            Some(answer) => answer.err(),
            None => at_first.clone(),
        });
        Self { all }
    }

    /// What is wrong with one field, in words.
    #[must_use]
    pub fn of(self, field: FieldName) -> Signal<Option<String>> {
        let words = use_words();
        Signal::derive(move || {
            let error = self.all.read();
            error.as_ref().and_then(|error| error.field(field)).map(|error| words.errors.field(error))
        })
    }
}
