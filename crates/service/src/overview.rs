//! What the first page shows.

use domain::consent::State;
use domain::contact::StateCounts;
use domain::id::uuid_v7;
use domain::role::Right;
use domain::time::Span;
use serde::{Deserialize, Serialize};

use crate::ledger::LedgerRow;
use crate::{Caller, Error, Service, task};

/// The state of a business at a glance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// Contacts by state.
    pub counts: StateCounts,
    /// What a person has to decide or see to.
    pub open_reviews: i64,
    /// People who opted out in the last seven days.
    pub opt_outs_7d: i64,
    /// People who opted in in the last seven days.
    pub opt_ins_7d: i64,
    /// Messages that failed, or whose outcome is not known, in the last seven days.
    pub failed_sends_7d: i64,
    /// Things webhooks reported that have no page of their own, by field.
    pub other_updates: Vec<(String, i64)>,
    /// Marketing messages handed to WhatsApp after the person's opt-out, in the last 90 days. Must be zero.
    pub violations: i64,
    /// The latest consent events.
    pub recent: Vec<LedgerRow>,
}

/// The caller's business at a glance.
///
/// # Errors
/// When the caller may not read.
pub async fn today(service: &Service, caller: &Caller) -> Result<Overview, Error> {
    caller.may(Right::Read)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let week = service.now() - Span::days(7);
        let quarter = service.now() - Span::days(90);
        let mut tx = service.db.read().await?;
        Ok(Overview {
            counts: store::contact_list::count_by_state(&mut tx, business).await?,
            open_reviews: store::review::count_open_reviews(&mut tx, business).await?,
            opt_outs_7d: store::ledger::count_changes_to(&mut tx, business, State::OptedOut, week).await?,
            opt_ins_7d: store::ledger::count_changes_to(&mut tx, business, State::OptedIn, week).await?,
            failed_sends_7d: store::outbox::count_failed(&mut tx, business, uuid_v7(week, [0; 10])).await?,
            other_updates: store::inbound::count_others(&mut tx, business).await?,
            violations: store::outbox::count_violations(&mut tx, business, uuid_v7(quarter, [0; 10])).await?,
            recent: crate::ledger::rows(&mut tx, business, i64::MAX, 8).await?,
        })
    })
    .await
}
