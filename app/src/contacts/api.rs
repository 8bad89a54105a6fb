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
    /// Every number by which WhatsApp knows the person.
    pub numbers: Vec<String>,
    /// The address of the person's own page.
    pub own_page: String,
    /// When it was read.
    pub now: Timestamp,
}

/// What colleagues noted about a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactNotes {
    /// When, what, and who by their address, newest first.
    pub notes: Vec<(Timestamp, String, String)>,
    /// When they were read.
    pub now: Timestamp,
}

/// What a contact may be merged with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeDetail {
    /// The contact that stays.
    pub contact: Contact,
    /// Others found by the term.
    pub found: Vec<Contact>,
    /// The one chosen, and what comes of it.
    pub chosen: Option<(Contact, Contact)>,
    /// Why the one chosen cannot be.
    pub problem: Option<String>,
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

/// Changes name, tags, language and the business's own fields (one a line, as `name: value`).
#[server]
pub async fn edit_contact(
    contact: ContactId,
    #[server(default)] name: String,
    #[server(default)] tags: String,
    #[server(default)] language: String,
    #[server(default)] attributes: String,
) -> Result<(), AppError> {
    crate::ssr::contacts::edit(contact, &name, &tags, &language, &attributes).await
}

/// Sends to a number again that WhatsApp said nobody is behind.
#[server]
pub async fn try_number_again(contact: ContactId) -> Result<(), AppError> {
    crate::ssr::contacts::try_again(contact).await
}

/// Remembers in a cookie which columns the list has, and leads back to the list.
#[server]
pub async fn set_columns(
    #[server(default)] columns: Vec<String>,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    crate::ssr::contacts::set_columns(&columns, &back).await
}

/// What colleagues noted about a person, newest first.
#[server(input = Json)]
pub async fn load_notes(id: String) -> Result<ContactNotes, AppError> {
    crate::ssr::contacts::notes(&id).await
}

/// What there is to merge a contact with: those found by a term, and what would come of the one chosen.
#[server(input = Json)]
pub async fn load_merge(id: String, q: String, with: String) -> Result<MergeDetail, AppError> {
    crate::ssr::contacts::load_merge(&id, q, &with).await
}

/// Joins another record to a contact's, for good. Always leads to a page: the contact's, or back with what is wrong.
#[server]
pub async fn merge_contacts(contact: ContactId, #[server(default)] with: String) -> Result<(), AppError> {
    crate::ssr::contacts::merge(contact, &with).await
}

/// Stops or resumes all communication.
#[server]
pub async fn set_blocked(contact: ContactId, blocked: bool) -> Result<(), AppError> {
    crate::ssr::contacts::set_blocked(contact, blocked).await
}
