//! Notices for open pages, one channel a business.

use std::collections::HashMap;
use std::sync::Mutex;

use domain::id::BusinessId;
use domain::live::LiveEvent;
use tokio::sync::broadcast;

/// Notices a slow page may fall behind before it is told to read everything again.
const BACKLOG: usize = 256;

/// More notices of one commit than this are replaced by "read everything again".
const BURST: usize = 64;

#[derive(Debug, Default)]
pub(crate) struct Hub(Mutex<HashMap<BusinessId, broadcast::Sender<LiveEvent>>>);

impl Hub {
    pub(crate) fn subscribe(&self, business: BusinessId) -> broadcast::Receiver<LiveEvent> {
        let mut channels = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        channels.entry(business).or_insert_with(|| broadcast::channel(BACKLOG).0).subscribe()
    }

    /// Tells open pages what a commit changed. Costs nothing when no page is open.
    pub(crate) fn publish(&self, business: BusinessId, events: Vec<LiveEvent>) {
        let mut channels = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Some(channel) = channels.get(&business) else { return };
        if channel.receiver_count() == 0 {
            channels.remove(&business);
            return;
        }
        if events.len() > BURST {
            channel.send(LiveEvent::Lagged).ok();
            return;
        }
        for event in events {
            channel.send(event).ok();
        }
    }
}
