//! Every consent event, as recorded.

mod api;
mod page;

pub use api::{Broken, LedgerEntry, LedgerRows, PAGE, Verified, VerifyLedger};
pub use page::LedgerPage;
