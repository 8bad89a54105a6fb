//! What happens with time: what is forgotten, and what was not decided in time.

use std::time::Duration;

use domain::time::Span;
use tokio_util::sync::CancellationToken;

use crate::{Error, Service, task};

/// WhatsApp repeats a webhook for up to seven days; 30 also cover a restored backup.
const SEEN_FOR: Span = Span::days(30);
/// A status whose message never turns up.
const PARKED_FOR: Span = Span::days(7);
/// An idempotency key.
const KEYS_FOR: Span = Span::days(2);

/// How often a conversation that sleeps is looked at.
const WAKING: Duration = Duration::from_secs(20);
/// Lookings at sleepers between two sweeps: an hour.
const SWEEP_EVERY: u32 = 180;

pub(crate) async fn run(service: Service, stop: CancellationToken) {
    let mut round = 0_u32;
    loop {
        if round.is_multiple_of(SWEEP_EVERY)
            && let Err(error) = sweep(&service).await
        {
            tracing::warn!(?error, "housekeeping will be tried again in an hour");
        }
        if let Err(error) = crate::conversations::wake_up(&service).await {
            tracing::warn!(?error, "conversations that sleep will be looked at again");
        }
        round = round.wrapping_add(1);
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(WAKING) => {}
        }
    }
}

pub(crate) async fn sweep(service: &Service) -> Result<(), Error> {
    while crate::review::settle_overdue(service).await? > 0 {}
    crate::jobs::sweep(service).await?;
    let service = service.clone();
    task(async move {
        let now = service.now();
        let mut tx = service.db.write().await?;
        store::inbound::delete_old_seen(&mut tx, now - SEEN_FOR).await?;
        store::outbox::delete_old_parked(&mut tx, now - PARKED_FOR).await?;
        store::idempotency::delete_old_keys(&mut tx, now - KEYS_FOR).await?;
        store::subscription::delete_old_deliveries(&mut tx, now - crate::subscriptions::KEPT).await?;
        store::access::delete_expired_sessions(&mut tx, now).await?;
        store::second_factor::delete_expired_pending_logins(&mut tx, now).await?;
        Ok(tx.commit().await?)
    })
    .await
}
