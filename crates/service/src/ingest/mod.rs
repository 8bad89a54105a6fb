//! The way in: webhooks gathered into one commit.
//!
//! The task takes whatever waits, folds it in memory, writes it set-wise, commits once, and only then answers everybody. One
//! fsync serves many webhooks; nobody is answered before it. A batch that fails is tried again one webhook at a time, so that
//! one that cannot be stored does not keep the others out.

mod answer;
mod batch;
mod people;
mod seen;

pub(crate) use batch::NATIVE_STOP;

use std::sync::{Arc, Weak};
use std::time::Duration;

use domain::inbound::Update;
use domain::time::Timestamp;
use tokio::sync::{mpsc, oneshot};

use crate::cache::Connection;
use crate::metrics::Metrics;
use crate::{Error, Inner, Service};

/// One webhook on its way in.
#[derive(Debug)]
pub(crate) struct Job {
    work: Work,
    reply: oneshot::Sender<Result<(), Error>>,
}

/// What a webhook reports, and through which number.
#[derive(Clone)]
pub(crate) struct Work {
    pub(crate) connection: Arc<Connection>,
    pub(crate) updates: Arc<[Update]>,
    pub(crate) received_at: Timestamp,
}

impl std::fmt::Debug for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Work").field("updates", &self.updates.len()).finish_non_exhaustive()
    }
}

/// How long a webhook may wait for its commit before WhatsApp is told to come again.
const WAIT: Duration = Duration::from_secs(10);

/// Hands a webhook in and waits until it is on disk.
pub(crate) async fn submit(
    service: &Service,
    connection: Arc<Connection>,
    updates: Vec<Update>,
) -> Result<(), Error> {
    let (reply, answer) = oneshot::channel();
    let work = Work { connection, updates: updates.into(), received_at: service.now() };
    service.ingest.try_send(Job { work, reply }).map_err(|_| Error::Unavailable)?;
    match tokio::time::timeout(WAIT, answer).await {
        Ok(Ok(result)) => result,
        _ => Err(Error::Unavailable),
    }
}

/// Runs until every handle of the service is gone.
pub(crate) async fn run(service: Weak<Inner>, mut jobs: mpsc::Receiver<Job>, batch: usize) {
    let mut waiting = Vec::with_capacity(batch);
    while jobs.recv_many(&mut waiting, batch).await > 0 {
        let Some(service) = service.upgrade().map(Service) else { return };
        let (works, replies): (Vec<Work>, Vec<_>) =
            waiting.drain(..).map(|job| (job.work, job.reply)).unzip();
        match commit(&service, works.clone()).await {
            Ok(()) => replies.into_iter().for_each(|reply| drop(reply.send(Ok(())))),
            Err(error) if works.len() == 1 => {
                tracing::error!(?error, "a webhook could not be stored; WhatsApp will deliver it again");
                replies.into_iter().for_each(|reply| drop(reply.send(Err(Error::Unavailable))));
            }
            Err(error) => {
                tracing::warn!(
                    ?error,
                    webhooks = works.len(),
                    "a batch could not be stored; trying one at a time"
                );
                for (work, reply) in works.into_iter().zip(replies) {
                    let result = commit(&service, vec![work]).await.map_err(|error| {
                        tracing::error!(
                            ?error,
                            "a webhook could not be stored; WhatsApp will deliver it again"
                        );
                        Error::Unavailable
                    });
                    drop(reply.send(result));
                }
            }
        }
    }
}

/// How often a batch is tried that lost a race (a contact made elsewhere at the same moment).
const TRIES: usize = 3;

async fn commit(service: &Service, works: Vec<Work>) -> Result<(), Error> {
    let works: Arc<[Work]> = works.into();
    let mut tries = 0;
    loop {
        let (inner, batch) = (service.clone(), works.clone());
        // A task of its own, so that a panic in one batch answers 503 and the next batch goes on.
        match crate::task(async move { batch::store(&inner, &batch).await }).await {
            Ok(()) => {
                Metrics::add(&service.metrics.commits, 1);
                return Ok(());
            }
            Err(error) => {
                tries += 1;
                let may_pass = matches!(error, Error::Conflict | Error::Unavailable) && tries < TRIES;
                if !may_pass {
                    return Err(error);
                }
            }
        }
    }
}
