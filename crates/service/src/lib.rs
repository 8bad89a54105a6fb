#![doc = include_str!("../README.md")]

pub mod audit;
pub mod auth;
pub mod backup;
pub mod business;
mod cache;
mod caller;
pub mod campaigns;
mod clock;
pub mod connections;
pub mod consent;
pub mod contacts;
pub mod conversations;
pub mod demo;
mod dispatch;
pub mod erasure;
mod error;
mod housekeeping;
pub mod idempotency;
mod ingest;
pub mod jobs;
pub mod joining;
pub mod ledger;
pub mod links;
mod live;
pub mod media;
pub mod merging;
pub mod messages;
mod metrics;
pub mod overview;
pub mod preferences;
pub mod replay;
pub mod review;
mod revocation;
pub mod saved_replies;
mod seal;
pub mod second_factor;
pub mod settings;
pub mod subscriptions;
mod suppression;
pub mod team;
pub mod templates;
#[cfg(feature = "testing")]
pub mod testing;
mod unreachable;
pub mod webhooks;

use std::sync::Arc;
use std::time::Duration;

use domain::id::BusinessId;
use domain::live::LiveEvent;
use domain::phone::Region;
use domain::time::Timestamp;
use store::Db;
use tokio::sync::{broadcast, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use caller::Caller;
pub use clock::Clock;
pub use error::{Error, Invalid};
pub use seal::SecretKey;

/// What a service needs to know before it starts.
#[derive(Clone, Debug)]
pub struct Config {
    /// `sqlite:///path/file.sqlite` or `postgres://…`.
    pub database_url: String,
    /// Seals the secrets of connections; kept outside the database.
    pub secret_key: SecretKey,
    /// Where people reach the app, without a trailing slash.
    pub public_url: String,
    /// Where phone numbers without a country code are taken to be from, when the business says nothing.
    pub default_region: Option<Region>,
    /// Connections of the database pool.
    pub pool_size: u32,
    /// Most webhooks in one commit; 1 switches group commit off (for the benchmark).
    pub ingest_batch: usize,
    /// Where files are kept while they are worked on, such as one being imported.
    pub files: std::path::PathBuf,
    /// The clock.
    pub clock: Clock,
}

/// Most webhooks in one commit. More makes the wait of the first longer without making the commit rarer.
pub const INGEST_BATCH: usize = 256;

/// Webhooks that may wait for the ingest task; beyond that the answer is 503 and WhatsApp comes again.
const INGEST_QUEUE: usize = 8_192;

/// The application. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Service(Arc<Inner>);

/// What every handle shares. Nothing in it is for callers.
#[doc(hidden)]
#[derive(Debug)]
pub struct Inner {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) key: SecretKey,
    pub(crate) public_url: String,
    pub(crate) default_region: Option<Region>,
    pub(crate) files: std::path::PathBuf,
    pub(crate) cache: cache::Cache,
    pub(crate) live: live::Hub,
    pub(crate) metrics: metrics::Metrics,
    pub(crate) revocations: revocation::Revocations,
    pub(crate) logins: auth::Throttle,
    pub(crate) client: whatsapp::Client,
    pub(crate) ingest: mpsc::Sender<ingest::Job>,
    pub(crate) wake: dispatch::Wake,
    pub(crate) jobs: tokio::sync::Notify,
    pub(crate) deliveries: tokio::sync::Notify,
    pub(crate) http: reqwest::Client,
    pub(crate) holder: uuid::Uuid,
}

/// The background work of a process.
#[derive(Debug)]
pub struct Workers {
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// How long stopping may take before what is left is abandoned to recovery.
const STOP_WITHIN: Duration = Duration::from_secs(9);

impl Service {
    /// Connects to the database, brings it up to date, and starts the ingest task.
    ///
    /// # Errors
    /// When the database cannot be reached or migrated.
    pub async fn open(config: Config) -> Result<Self, Error> {
        let db = Db::connect(&config.database_url, config.pool_size).await?;
        let (sender, receiver) = mpsc::channel(INGEST_QUEUE);
        let holder = config.clock.uuid();
        let service = Self(Arc::new(Inner {
            db,
            clock: config.clock,
            key: config.secret_key,
            public_url: config.public_url,
            default_region: config.default_region,
            files: config.files,
            cache: cache::Cache::default(),
            live: live::Hub::default(),
            metrics: metrics::Metrics::default(),
            revocations: revocation::Revocations::default(),
            logins: auth::Throttle::default(),
            client: whatsapp::Client::new().map_err(|error| Error::Internal(error.into()))?,
            ingest: sender,
            wake: dispatch::Wake::default(),
            jobs: tokio::sync::Notify::new(),
            deliveries: tokio::sync::Notify::new(),
            http: subscriptions::client()?,
            holder,
        }));
        // The task holds no strong reference: dropping the last handle closes the channel and ends it.
        tokio::spawn(ingest::run(Arc::downgrade(&service.0), receiver, config.ingest_batch.max(1)));
        Ok(service)
    }

    /// Brings a database up to date without starting anything; returns the schema version.
    ///
    /// # Errors
    /// When the database cannot be reached or migrated.
    pub async fn migrate(database_url: &str) -> Result<i64, Error> {
        let db = Db::connect(database_url, 2).await?;
        db.close().await;
        Ok(Db::schema_version())
    }

    /// Starts dispatching and housekeeping.
    #[must_use]
    pub fn start_workers(&self) -> Workers {
        let workers = Workers { stop: CancellationToken::new(), tasks: TaskTracker::new() };
        workers.tasks.spawn(dispatch::run(self.clone(), workers.stop.clone(), workers.tasks.clone()));
        workers.tasks.spawn(housekeeping::run(self.clone(), workers.stop.clone()));
        workers.tasks.spawn(campaigns::run(self.clone(), workers.stop.clone()));
        workers.tasks.spawn(jobs::run(self.clone(), workers.stop.clone()));
        workers.tasks.spawn(subscriptions::run(self.clone(), workers.stop.clone()));
        workers
    }

    /// The time, by the service's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Where people reach the app, without a trailing slash.
    #[must_use]
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// Notices of what happens in a business, from now on.
    #[must_use]
    pub fn live(&self, business: BusinessId) -> broadcast::Receiver<LiveEvent> {
        self.live.subscribe(business)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it does not.
    pub async fn ready(&self) -> Result<(), Error> {
        let db = self.db.clone();
        let asked = task(async move {
            let mut tx = db.read().await?;
            tx.ping().await?;
            Ok(())
        });
        match tokio::time::timeout(Duration::from_secs(2), asked).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Error::Unavailable),
        }
    }

    /// The state of the process in Prometheus' text format.
    pub async fn metrics(&self) -> String {
        let db = self.db.clone();
        let waiting =
            task(async move { Ok(store::outbox::count_waiting(&mut db.read().await?).await?) }).await;
        self.metrics.render(waiting.unwrap_or_default(), INGEST_QUEUE - self.ingest.capacity())
    }
}

impl std::ops::Deref for Service {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Workers {
    /// Lets what is in flight finish and stops; what takes too long is left to recovery at the next start.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(STOP_WITHIN, self.tasks.wait()).await.is_err() {
            tracing::warn!("some work did not stop in time; it is recovered at the next start");
        }
    }
}

/// Runs a unit of work to its end even if whoever asked for it goes away.
///
/// A handler's future is dropped when its client disconnects, and a transaction dropped while it begins poisons its
/// connection (sqlx 4385); a task of its own is not.
pub(crate) async fn task<T: Send + 'static>(
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    match tokio::spawn(work).await {
        Ok(result) => result,
        Err(panic) => Err(Error::Internal(anyhow::anyhow!("a unit of work panicked: {panic}"))),
    }
}
