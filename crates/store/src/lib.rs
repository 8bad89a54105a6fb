#![doc = include_str!("../README.md")]

#[macro_use]
mod db;

pub mod access;
pub mod audit;
pub mod backup;
pub mod campaign;
pub mod connection;
pub mod contact;
pub mod contact_detail;
pub mod contact_job;
pub mod contact_list;
pub mod conversation;
pub mod erasure;
pub mod idempotency;
pub mod inbound;
pub mod ledger;
pub mod outbox;
pub mod review;
pub mod saved_reply;
pub mod second_factor;
pub mod settings;
pub mod subscription;
pub mod suppression;
pub mod template;
#[cfg(feature = "testing")]
pub mod testing;

pub use db::{Db, Engine, Tx};
pub use sqlx::{Error, Result};

use uuid::Uuid;

/// An id as set-based statements pass it: 32 hex digits, which both engines turn back into their own form.
fn hex(id: Uuid) -> String {
    id.simple().to_string()
}

/// A decoding error that names the column and the value's type, never the value.
fn corrupt(column: &'static str) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: "not a value this column may hold".into() }
}

/// How much of a name counts for sorting and searching, in characters: PostgreSQL refuses index entries beyond 2704 bytes.
const FOLDED_LIMIT: usize = 600;

/// Folds a name for sorting and searching: what both engines would do differently is done here, once.
#[must_use]
pub fn fold(name: &str) -> String {
    name.trim().to_lowercase().chars().take(FOLDED_LIMIT).collect()
}
