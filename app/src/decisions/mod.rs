//! What a person has to decide or see to: unclear words, complaints, requests to delete data.

mod api;
mod page;

pub use api::{DecideReview, Open, PAGE};
pub use page::{DECISIONS_PATH, DecisionsPage};
