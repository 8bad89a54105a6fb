//! Which campaign caused an opt-out or got an answer. Found out afterwards, from the ledger and the incoming messages, so that no
//! STOP waits for it.

use std::time::Duration;

use domain::campaign::ATTRIBUTION;
use domain::id::uuid_v7;
use domain::live::LiveEvent;
use domain::time::Span;
use tokio_util::sync::CancellationToken;

use crate::{Error, Service, task};

/// How often new events and messages are looked through.
const EVERY: Duration = Duration::from_secs(2);
/// Rows looked through in one unit of work.
const PORTION: i64 = 500;
/// Messages are looked through only when they are as old as this: their ids are made before they are committed.
const SETTLED: Span = Span::seconds(10);

pub(crate) async fn run(service: Service, stop: CancellationToken) {
    loop {
        if let Err(error) = attribute(&service).await {
            tracing::warn!(?error, "what campaigns caused is found out later");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Looks through everything that is new.
pub(crate) async fn attribute(service: &Service) -> Result<(), Error> {
    let reading = service.clone();
    let businesses =
        task(async move { Ok(store::campaign::list_attributed(&mut reading.db.read().await?).await?) })
            .await?;
    for business in businesses {
        let mut more = true;
        while more {
            let service = service.clone();
            more = task(async move {
                let before = uuid_v7(service.now() - SETTLED, [0; 10]);
                let opt_outs = {
                    let mut tx = service.db.write().await?;
                    let found =
                        store::campaign::attribute_opt_outs(&mut tx, business, ATTRIBUTION, PORTION).await?;
                    tx.commit().await?;
                    found
                };
                let mut tx = service.db.write().await?;
                let replies =
                    store::campaign::attribute_replies(&mut tx, business, ATTRIBUTION, before, PORTION)
                        .await?;
                tx.commit().await?;
                let changed = opt_outs.campaigns.iter().chain(&replies.campaigns);
                let changed: Vec<_> =
                    changed.map(|campaign| LiveEvent::CampaignChanged { campaign: *campaign }).collect();
                if !changed.is_empty() {
                    service.live.publish(business, changed);
                }
                Ok(opt_outs.more || replies.more)
            })
            .await?;
        }
    }
    Ok(())
}
