//! The people the business talks to, and what each of them decided.

mod api;
mod columns;
mod edit;
mod explain;
mod history;
mod list;
mod listing;
mod merge;
mod new;
mod not_recorded;
mod notes;
mod opt_in;
mod person;
mod toggle;

pub use api::{
    AddContact, ContactDetail, ContactList, ContactNotes, EditContact, FindContact, ListContacts,
    MergeContacts, MergeDetail, RecordOptIn, SetBlocked, SetChoice, SetColumns, THREAD, TryNumberAgain,
};
pub use columns::{ContactColumn, ContactColumns};
#[cfg(test)]
pub(crate) use explain::tests;
pub use explain::{deciding, explanation, how, moment};
pub use history::{EventItem, shown_delivery};
pub use list::ContactsPage;
pub use listing::Listing;
pub use merge::MergePage;
pub use new::NewContactPage;
pub use not_recorded::NotRecorded;
pub use opt_in::{Asking, OptInDialog, OptInPage};
pub use person::ContactPage;
pub use toggle::{ConsentToggle, Refresh};
