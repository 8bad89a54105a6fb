//! Two engines behind one handle.

use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Postgres, Sqlite, Transaction};

/// The first SQLite without the WAL-reset corruption.
const SQLITE_FLOOR: (u32, u32, u32) = (3, 51, 3);

/// Which engine a database is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Embedded.
    Sqlite,
    /// A server.
    Postgres,
}

/// A database. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Db {
    /// One writing connection, because SQLite has one writer; several reading ones.
    Sqlite {
        /// Read-only connections.
        read: SqlitePool,
        /// The one writing connection.
        write: SqlitePool,
    },
    /// A pool for everything.
    Postgres(PgPool),
}

/// A unit of work. Dropped without [`Tx::commit`], it never happened.
#[derive(Debug)]
pub enum Tx {
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

/// Runs one body against whichever driver the transaction holds.
macro_rules! on {
    ($tx:expr, $conn:ident => $body:expr) => {
        match $tx {
            $crate::Tx::Sqlite(tx) => {
                let $conn = &mut **tx;
                $body
            }
            $crate::Tx::Postgres(tx) => {
                let $conn = &mut **tx;
                $body
            }
        }
    };
}

/// Picks the text of a set-based statement: `$before`, the rows of the JSON array in `$1` as a derived table, `$after`.
///
/// Column types: `uuid` (32 hex digits in the JSON), `bytes` (hex), `bigint`, `text`, `boolean`.
macro_rules! rows {
    ($tx:expr, $before:literal, [$first:ident $first_type:ident $(, $column:ident $type:ident)* $(,)?], $after:literal) => {
        $tx.pick(
            concat!(
                $before, "(select ", rows!(@sqlite $first $first_type) $(, ", ", rows!(@sqlite $column $type))*,
                " from jsonb_each($1) as j)", $after
            ),
            concat!(
                $before, "(select ", rows!(@postgres $first $first_type) $(, ", ", rows!(@postgres $column $type))*,
                " from jsonb_to_recordset(cast($1 as jsonb)) as j(",
                stringify!($first), rows!(@type $first_type) $(, ", ", stringify!($column), rows!(@type $type))*, "))",
                $after
            ),
        )
    };
    (@sqlite $column:ident uuid) => { concat!("unhex(j.value ->> '", stringify!($column), "') as ", stringify!($column)) };
    (@sqlite $column:ident bytes) => { concat!("unhex(j.value ->> '", stringify!($column), "') as ", stringify!($column)) };
    (@sqlite $column:ident $type:ident) => { concat!("j.value ->> '", stringify!($column), "' as ", stringify!($column)) };
    (@postgres $column:ident bytes) => { concat!("decode(j.", stringify!($column), ", 'hex') as ", stringify!($column)) };
    (@postgres $column:ident $type:ident) => { concat!("j.", stringify!($column), " as ", stringify!($column)) };
    (@type bytes) => { " text" };
    (@type $type:ident) => { concat!(" ", stringify!($type)) };
}

impl Db {
    /// Connects, checks the engine and brings the schema up to date.
    ///
    /// `url` is `sqlite://path/to/file` (made when missing) or `postgres://…`.
    ///
    /// # Errors
    /// When the database cannot be reached, is too old, or a migration fails.
    pub async fn connect(url: &str, pool_size: u32) -> sqlx::Result<Self> {
        let db = Self::open(url, pool_size).await?;
        db.migrate().await?;
        Ok(db)
    }

    async fn open(url: &str, pool_size: u32) -> sqlx::Result<Self> {
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let options = PgConnectOptions::from_str(url)?
                .disable_statement_logging()
                .application_name("whatscloud")
                .options([("idle_in_transaction_session_timeout", "10s")]);
            let pool = PgPoolOptions::new()
                .max_connections(pool_size.max(2))
                .acquire_timeout(Duration::from_secs(5))
                // A transaction whose begin was dropped half-way is unknown to sqlx but open on the server (sqlx 4385).
                .after_release(|connection, _| {
                    Box::pin(async move {
                        sqlx::query("rollback").execute(&mut *connection).await?;
                        Ok(true)
                    })
                })
                .connect_with(options)
                .await?;
            return Ok(Self::Postgres(pool));
        }
        if !url.starts_with("sqlite:") {
            // sqlx would take anything for the name of a file, and make it.
            return Err(sqlx::Error::Configuration(
                "the URL starts with neither sqlite: nor postgres:".into(),
            ));
        }
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(5))
            .pragma("temp_store", "memory")
            .pragma("trusted_schema", "off")
            // Without it `insert or replace` deletes a row and no trigger hears of it: append-only tables would not be.
            .pragma("recursive_triggers", "on")
            .pragma("cell_size_check", "on")
            // What is deleted is overwritten: an erased person leaves no bytes in free pages.
            .pragma("secure_delete", "on")
            .pragma("journal_size_limit", "67108864")
            // 16 MiB of log before pages are copied back: the default of 4 MiB makes the writer do it all the time.
            .pragma("wal_autocheckpoint", "4000")
            .disable_statement_logging();
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(10))
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_with(options.clone().pragma("cache_size", "-65536"))
            .await?;
        check_sqlite(&write).await?;
        let read = SqlitePoolOptions::new()
            .max_connections(pool_size.max(2))
            .acquire_timeout(Duration::from_secs(5))
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_with(options.pragma("query_only", "on").pragma("cache_size", "-16384"))
            .await?;
        Ok(Self::Sqlite { read, write })
    }

    async fn migrate(&self) -> sqlx::Result<()> {
        match self {
            Self::Sqlite { write, .. } => {
                migrator(&sqlx::migrate!("../../migrations/sqlite")).run(write).await?;
            }
            Self::Postgres(pool) => {
                migrator(&sqlx::migrate!("../../migrations/postgres")).run(pool).await?;
            }
        }
        Ok(())
    }

    /// The number of the newest migration in this build.
    #[must_use]
    pub fn schema_version() -> i64 {
        migrator(&sqlx::migrate!("../../migrations/sqlite")).iter().map(|one| one.version).max().unwrap_or(0)
    }

    /// Which engine this is.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        match self {
            Self::Sqlite { .. } => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// Begins a unit of work that only reads.
    ///
    /// # Errors
    /// When no connection can be had in time.
    pub async fn read(&self) -> sqlx::Result<Tx> {
        Ok(match self {
            Self::Sqlite { read, .. } => Tx::Sqlite(read.begin().await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Begins a unit of work that writes. On SQLite it waits for the one writer and begins immediate.
    ///
    /// # Errors
    /// When no connection can be had in time.
    pub async fn write(&self) -> sqlx::Result<Tx> {
        Ok(match self {
            Self::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("begin immediate").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Closes every connection, waiting for those in use.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Makes everything done in it durable, all at once.
    ///
    /// # Errors
    /// When the database refuses; nothing has happened then.
    pub async fn commit(self) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }

    /// For the few statements that need two texts.
    pub(crate) const fn pick(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self {
            Self::Sqlite(_) => sqlite,
            Self::Postgres(_) => postgres,
        }
    }

    /// The shortest question a database can answer.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn ping(&mut self) -> sqlx::Result<()> {
        on!(self, c => sqlx::query_scalar::<_, i32>("select 1").fetch_one(c).await.map(|_| ()))
    }
}

/// The portable schema, then what only this engine can say.
fn migrator(engine: &Migrator) -> Migrator {
    let shared = sqlx::migrate!("../../migrations");
    let mut all: Vec<_> = shared.iter().chain(engine.iter()).cloned().collect();
    all.sort_by_key(|migration| migration.version);
    Migrator::with_migrations(all)
}

async fn check_sqlite(pool: &SqlitePool) -> sqlx::Result<()> {
    let version: String = sqlx::query_scalar("select sqlite_version()").fetch_one(pool).await?;
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    if (next(), next(), next()) < SQLITE_FLOOR {
        return Err(sqlx::Error::Configuration(
            format!("SQLite {version} is too old, 3.51.3 is needed").into(),
        ));
    }
    let mode: String = sqlx::query_scalar("pragma journal_mode").fetch_one(pool).await?;
    if mode != "wal" {
        return Err(sqlx::Error::Configuration(
            "SQLite could not switch to write-ahead logging; is the file on a network file system?".into(),
        ));
    }
    Ok(())
}
