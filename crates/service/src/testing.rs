//! A small world for tests: a fresh database, a clock that stands still, a service on top.

use domain::contact::Actor;
use domain::id::{BusinessId, ConnectionId, UserId};
use domain::role::Role;
use domain::time::Timestamp;

use tokio_util::sync::CancellationToken;

use crate::connections::{NewConnection, Secret};
use crate::{Caller, Clock, Config, Error, INGEST_BATCH, SecretKey, Service};

/// The app secret of the connection that [`World::connect`] makes.
pub const APP_SECRET: &str = "test-app-secret";
/// Its verify token.
pub const VERIFY_TOKEN: &str = "test-verify-token";
/// Its phone number id.
pub const PHONE_NUMBER_ID: &str = "100000000000001";
/// Its WABA id.
pub const WABA_ID: &str = "200000000000001";

/// Does all long work on contacts that waits.
///
/// # Errors
/// As the work does.
pub async fn work(service: &Service) -> Result<(), Error> {
    while crate::jobs::work(service, &CancellationToken::new()).await? {}
    Ok(())
}

/// Sends everything that is due at the present time, through a service that has no workers.
///
/// # Errors
/// When the database cannot be reached.
pub async fn drain(service: &Service) -> Result<(), Error> {
    crate::dispatch::drain(service).await
}

/// Puts a template where WhatsApp's answer would have put it.
///
/// # Errors
/// When the database cannot be reached.
pub async fn put_template(
    service: &Service,
    business: BusinessId,
    template: &domain::template::Template,
) -> Result<(), Error> {
    let mut tx = service.db.write().await?;
    store::template::upsert_template(&mut tx, business, template, service.now()).await?;
    Ok(tx.commit().await?)
}

/// Everything a test needs; the database lives as long as this value.
#[derive(Debug)]
pub struct World {
    /// The service under test.
    pub service: Service,
    /// Its clock.
    pub clock: Clock,
    /// Where its database is.
    pub database_url: String,
    _directory: Option<tempfile_guard::Guard>,
}

mod tempfile_guard {
    /// Keeps a directory alive without naming its type in the interface.
    #[derive(Debug)]
    pub(super) struct Guard(
        #[expect(dead_code, reason = "only its drop matters")]
        pub(super)  Box<dyn std::fmt::Debug + Send + Sync>,
    );
}

impl World {
    /// A world on a temporary SQLite file.
    ///
    /// # Panics
    /// When the file system refuses.
    pub async fn sqlite() -> Self {
        let (directory, url) = store::testing::sqlite_url();
        Self::on(url, Some(tempfile_guard::Guard(Box::new(directory)))).await
    }

    /// A world on a new database of the test PostgreSQL.
    ///
    /// # Panics
    /// When there is none: an engine that is not tested is a failure.
    pub async fn postgres() -> Self {
        Self::on(store::testing::postgres_url().await, None).await
    }

    async fn on(database_url: String, directory: Option<tempfile_guard::Guard>) -> Self {
        let clock = Clock::mock(Timestamp::from_seconds(1_800_000_000));
        let config = Self::config(&database_url, clock.clone());
        #[expect(clippy::expect_used, reason = "a test without its world cannot go on")]
        let service = Service::open(config).await.expect("a service on a fresh database");
        Self { service, clock, database_url, _directory: directory }
    }

    /// The configuration of a world's service; a second service on the same database is another process.
    #[must_use]
    pub fn config(database_url: &str, clock: Clock) -> Config {
        Config {
            database_url: database_url.to_owned(),
            secret_key: SecretKey::new([42; 32]),
            public_url: "http://localhost:3000".to_owned(),
            default_region: None,
            files: Self::files(database_url),
            pool_size: 4,
            ingest_batch: INGEST_BATCH,
            clock,
        }
    }

    /// Where a world's files are: with its SQLite file, else in a directory named after its database.
    #[must_use]
    pub fn files(database_url: &str) -> std::path::PathBuf {
        let name = database_url.rsplit('/').next().unwrap_or_default();
        match database_url.strip_prefix("sqlite://") {
            Some(path) => path.trim_end_matches(name).into(),
            None => std::env::temp_dir().join("whatscloud-tests").join(name),
        }
    }

    /// Does all long work on contacts that waits.
    ///
    /// # Errors
    /// As the work does.
    pub async fn work(&self) -> Result<(), Error> {
        work(&self.service).await
    }

    /// Does one portion of it, as a process that is told to stop.
    ///
    /// # Errors
    /// As the work does.
    pub async fn work_a_little(&self) -> Result<(), Error> {
        let stopped = CancellationToken::new();
        stopped.cancel();
        crate::jobs::work(&self.service, &stopped).await.map(|_| ())
    }

    /// A business with a name of its own.
    ///
    /// # Errors
    /// As [`crate::business::create`].
    pub async fn business(&self, name: &str) -> Result<BusinessId, Error> {
        crate::business::create(&self.service, name, None).await
    }

    /// A number of a business, whose Graph API is at `graph_url`, as fast as messages come.
    ///
    /// # Errors
    /// As [`crate::connections::add`].
    pub async fn connect(&self, business: BusinessId, graph_url: &str) -> Result<ConnectionId, Error> {
        let connection = NewConnection {
            business,
            handle: None,
            phone_number_id: PHONE_NUMBER_ID.to_owned(),
            waba_id: WABA_ID.to_owned(),
            display_number: "+1 555 010 0001".to_owned(),
            access_token: Secret::new("test-access-token"),
            app_secret: Secret::new(APP_SECRET),
            verify_token: Secret::new(VERIFY_TOKEN),
            graph_url: Some(graph_url.to_owned()),
            messages_per_second: Some(10_000),
        };
        crate::connections::add(&self.service, connection).await
    }

    /// Somebody of a business with this role.
    #[must_use]
    pub fn caller(&self, business: BusinessId, role: Role) -> Caller {
        let id = UserId::from_uuid(self.clock.uuid());
        Caller { business, actor: Actor::User { id, email: None }, role }
    }

    /// Sends everything that is due at the present time.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn dispatch(&self) -> Result<(), Error> {
        crate::dispatch::drain(&self.service).await
    }

    /// Finds out which campaign caused what happened up to now.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn attribute(&self) -> Result<(), Error> {
        crate::campaigns::attribute(&self.service).await
    }

    /// A delivery signed as WhatsApp would.
    #[must_use]
    pub fn sign(raw: &[u8]) -> String {
        whatsapp::signature::sign(APP_SECRET.as_bytes(), raw)
    }

    /// Tries the deliveries to other systems that are due at the present time; says how many that were.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn deliver(&self) -> Result<usize, Error> {
        crate::subscriptions::deliver(&self.service).await
    }

    /// Forgets what has become too old, at the present time.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn sweep(&self) -> Result<(), Error> {
        crate::housekeeping::sweep(&self.service).await
    }
}
