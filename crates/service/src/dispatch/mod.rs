//! The way out: one dispatcher a number.
//!
//! Claim a few messages and decide about each again, with the person as they are now; commit the claim before any byte
//! leaves; look at the revocations at the socket; send within the number's limit; write down what became of it.

mod campaign;
mod decide;
mod limiter;
mod number;
mod outcome;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::id::ConnectionId;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::{Error, Service, task};
use number::Dispatcher;

/// How often a dispatcher looks for work that another process enqueued, or that became due.
const POLL: Duration = Duration::from_millis(1_000);
/// How often new connections are looked for.
const LOOK_FOR_NUMBERS: Duration = Duration::from_secs(2);

/// Wakes dispatchers when something was enqueued.
#[derive(Debug, Default)]
pub(crate) struct Wake {
    numbers: Mutex<HashMap<ConnectionId, Arc<Notify>>>,
    supervisor: Notify,
}

impl Wake {
    /// Something was enqueued for this number.
    pub(crate) fn connection(&self, id: ConnectionId) {
        self.handle(id).notify_one();
    }

    /// A number was added.
    pub(crate) fn all(&self) {
        self.supervisor.notify_one();
    }

    fn handle(&self, id: ConnectionId) -> Arc<Notify> {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner).entry(id).or_default().clone()
    }
}

/// Keeps one dispatcher running for every number.
pub(crate) async fn run(service: Service, stop: CancellationToken, tasks: TaskTracker) {
    let mut running = HashSet::new();
    while !stop.is_cancelled() {
        match numbers(&service).await {
            Ok(numbers) => {
                for id in numbers {
                    if running.insert(id) {
                        tasks.spawn(dispatch(service.clone(), id, stop.clone()));
                    }
                }
            }
            Err(error) => {
                tracing::warn!(?error, "the numbers to dispatch for could not be read; trying again")
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = service.wake.supervisor.notified() => {}
            () = tokio::time::sleep(LOOK_FOR_NUMBERS) => {}
        }
    }
}

async fn numbers(service: &Service) -> Result<Vec<ConnectionId>, Error> {
    let service = service.clone();
    task(async move {
        let connections = store::connection::list_all_connections(&mut service.db.read().await?).await?;
        Ok(connections.into_iter().map(|connection| connection.id).collect())
    })
    .await
}

async fn dispatch(service: Service, id: ConnectionId, stop: CancellationToken) {
    let woken = service.wake.handle(id);
    let mut dispatcher = Dispatcher::new(service, id);
    while !stop.is_cancelled() {
        let wait = match dispatcher.turn(&stop).await {
            Ok(true) => continue,
            Ok(false) => POLL,
            Err(error) => {
                tracing::warn!(connection.id = %id, ?error, "dispatching paused for a moment");
                POLL
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = woken.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
    dispatcher.leave().await;
}

/// Sends everything that is due, for tests: returns when nothing is left to do at the present time.
#[cfg(feature = "testing")]
pub(crate) async fn drain(service: &Service) -> Result<(), Error> {
    for id in numbers(service).await? {
        let mut dispatcher = Dispatcher::new(service.clone(), id);
        while dispatcher.turn(&CancellationToken::new()).await? {}
        dispatcher.leave().await;
    }
    Ok(())
}
