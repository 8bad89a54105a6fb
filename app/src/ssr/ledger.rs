//! The ledger.

use domain::ledger::Break;

use super::{caller, service};
use crate::error::AppError;
use crate::ledger::{Broken, LedgerEntry, LedgerRows, PAGE, Verified};

pub(crate) async fn list(before: Option<i64>) -> Result<LedgerRows, AppError> {
    let (service, caller) = (service()?, caller()?);
    let rows = service::ledger::list(&service, &caller, before, PAGE).await?;
    Ok(LedgerRows { rows: rows.into_iter().map(entry).collect(), now: service.now() })
}

pub(super) fn entry(row: service::ledger::LedgerRow) -> LedgerEntry {
    LedgerEntry { event: row.event, contact_label: row.contact_label }
}

pub(crate) async fn verify() -> Result<Verified, AppError> {
    let (service, caller) = (service()?, caller()?);
    caller.may(domain::role::Right::Read)?;
    let found = service::ledger::verify(&service, caller.business).await?;
    let broken = found.broken.map(|broken| match broken {
        Break::Gap { expected, found } => Broken::Gap { expected, found },
        Break::Hash { seq } => Broken::Changed { seq },
        Break::Evidence { seq } => Broken::Evidence { seq },
        Break::Head { recorded, found } => Broken::Head { recorded, found },
    });
    Ok(Verified { events: found.events, head: found.head, broken })
}
