use domain::contact::ConsentEvent;
use domain::time::Timestamp;
use leptos::server;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// Entries of a page.
pub const PAGE: u32 = 50;

/// An event with whom it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// The event.
    pub event: ConsentEvent,
    /// What to call the person.
    pub contact_label: String,
}

/// One page of the ledger, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerRows {
    /// The entries.
    pub rows: Vec<LedgerEntry>,
    /// When it was read.
    pub now: Timestamp,
}

/// What a check of the whole chain found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// Entries checked.
    pub events: i64,
    /// The seal of the last, hex.
    pub head: String,
    /// Where the chain stops holding, if anywhere.
    pub broken: Option<Broken>,
}

/// Where a chain stops holding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Broken {
    /// An entry is missing, added or out of place.
    Gap {
        /// The place that was expected.
        expected: i64,
        /// The place that was found.
        found: i64,
    },
    /// An entry is not what was sealed.
    Changed {
        /// Its place.
        seq: i64,
    },
    /// The personal part is not the one that was recorded.
    Evidence {
        /// The entry's place.
        seq: i64,
    },
    /// The chain ends before or after the recorded end.
    Head {
        /// The recorded length.
        recorded: i64,
        /// The length found.
        found: i64,
    },
}

/// One page of the ledger: the entries before a place, or the newest.
#[server(input = Json)]
pub async fn list_ledger(before: Option<i64>) -> Result<LedgerRows, AppError> {
    crate::ssr::ledger::list(before).await
}

/// Checks the whole chain. Changes nothing.
#[server(input = Json)]
pub async fn verify_ledger() -> Result<Verified, AppError> {
    crate::ssr::ledger::verify().await
}
