use domain::campaign::Summary;
use domain::contact::StateCounts;
use domain::time::Timestamp;
use leptos::server;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use crate::error::AppError;
use crate::ledger::LedgerEntry;
use crate::settings::Connection;

/// The business at a glance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Today {
    /// Contacts by state.
    pub counts: StateCounts,
    /// What a person has to decide or see to.
    pub open_reviews: i64,
    /// People who opted out in the last seven days.
    pub opt_outs_7d: i64,
    /// People who opted in in the last seven days.
    pub opt_ins_7d: i64,
    /// Messages that failed in the last seven days.
    pub failed_sends_7d: i64,
    /// Marketing handed to WhatsApp after a person's opt-out. Must be zero.
    pub violations: i64,
    /// Updates of WhatsApp without a page of their own, by kind.
    pub other_updates: Vec<(String, i64)>,
    /// The latest consent events.
    pub recent: Vec<LedgerEntry>,
    /// The last campaign, if there is one.
    pub campaign: Option<Summary>,
    /// The connected numbers.
    pub connections: Vec<Connection>,
    /// Nobody has saved the Opt-In/Out settings yet.
    pub settings_untouched: bool,
    /// When it was read.
    pub now: Timestamp,
}

/// The business at a glance.
#[server(name = TodayFn, input = Json)]
pub async fn today() -> Result<Today, AppError> {
    crate::ssr::overview::today().await
}
