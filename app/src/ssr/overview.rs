//! The first page.

use super::{administration, caller, ledger, service};
use crate::error::AppError;
use crate::overview::Today;

pub(crate) async fn today() -> Result<Today, AppError> {
    let (service, caller) = (service()?, caller()?);
    let overview = service::overview::today(&service, &caller).await?;
    let (settings, _) = service::settings::load(&service, &caller).await?;
    let (campaigns, _) = service::campaigns::list(&service, &caller, None, 1).await?;
    Ok(Today {
        campaign: campaigns.into_iter().next(),
        counts: overview.counts,
        open_reviews: overview.open_reviews,
        opt_outs_7d: overview.opt_outs_7d,
        opt_ins_7d: overview.opt_ins_7d,
        failed_sends_7d: overview.failed_sends_7d,
        violations: overview.violations,
        other_updates: overview.other_updates,
        recent: overview.recent.into_iter().map(ledger::entry).collect(),
        connections: administration::list_connections(&service, &caller).await?,
        settings_untouched: settings.version == 1,
        now: service.now(),
    })
}
