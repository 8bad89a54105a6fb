use domain::consent::State;
use domain::contact::{ConsentEvent, Contact, ContactPage, ContactQuery, StateCounts, ThreadMessage};
use domain::id::ContactId;
use domain::time::Timestamp;
use leptos::server;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// One page of the list, with the figures of the tabs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactList {
    /// The rows.
    pub page: ContactPage,
    /// All contacts by state.
    pub counts: StateCounts,
    /// When it was read.
    pub now: Timestamp,
}

/// Most messages of a person's history.
pub const THREAD: u32 = 100;

/// One person with everything that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactDetail {
    /// The person.
    pub contact: Contact,
    /// Their consent events, newest first.
    pub events: Vec<ConsentEvent>,
    /// The last messages, at most [`THREAD`], oldest first.
    pub thread: Vec<ThreadMessage>,
    /// There are older messages.
    pub older: bool,
    /// The address of the person's own page.
    pub own_page: String,
    /// When it was read.
    pub now: Timestamp,
}

/// One page of contacts.
#[server(input = Json)]
pub async fn list_contacts(query: ContactQuery) -> Result<ContactList, AppError> {
    crate::ssr::contacts::list(query).await
}

/// One contact.
#[server(input = Json)]
pub async fn find_contact(id: String) -> Result<Contact, AppError> {
    crate::ssr::contacts::find(&id).await
}

/// One contact with its history.
#[server(input = Json)]
pub async fn load_contact(id: String) -> Result<ContactDetail, AppError> {
    crate::ssr::contacts::detail(&id).await
}

/// Records an opt-out (`opted_out`); an opt-in needs [`record_opt_in`]. Answers with the state recorded; a plain form is led back to
/// where it was sent from.
#[server]
pub async fn set_choice(contact: ContactId, choice: String) -> Result<State, AppError> {
    crate::ssr::contacts::set_choice(contact, &choice).await
}

/// Records how a person agreed. Answers with the state recorded; a plain form is led to the person's page.
#[server]
pub async fn record_opt_in(
    contact: ContactId,
    #[server(default)] source: String,
    #[server(default)] agreed_on: String,
    #[server(default)] note: String,
) -> Result<State, AppError> {
    crate::ssr::contacts::record_opt_in(contact, &source, &agreed_on, note).await
}

/// Makes a contact, or finds the one with this number. Answers with its id; a plain form is led to its page.
#[server]
pub async fn add_contact(
    #[server(default)] phone: String,
    #[server(default)] name: String,
    #[server(default)] tags: String,
) -> Result<ContactId, AppError> {
    crate::ssr::contacts::add(&phone, &name, &tags).await
}

/// Changes name and tags.
#[server]
pub async fn edit_contact(
    contact: ContactId,
    #[server(default)] name: String,
    #[server(default)] tags: String,
) -> Result<(), AppError> {
    crate::ssr::contacts::edit(contact, &name, &tags).await
}

/// Stops or resumes all communication.
#[server]
pub async fn set_blocked(contact: ContactId, blocked: bool) -> Result<(), AppError> {
    crate::ssr::contacts::set_blocked(contact, blocked).await
}
