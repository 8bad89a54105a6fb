//! Fresh databases for tests, on both engines. A missing PostgreSQL is a failure, not a skip.
#![expect(clippy::expect_used, reason = "a test without its database cannot go on")]

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::{Db, Engine};

static COUNTER: AtomicU32 = AtomicU32::new(0);

/// A database that lives as long as this value, and its URL.
#[derive(Debug)]
pub struct Fresh {
    /// The database.
    pub db: Db,
    /// Where it is.
    pub url: String,
    _directory: Option<tempfile::TempDir>,
}

impl Fresh {
    /// Closes the database and removes it. A test that fails leaves it to be looked at.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn close(self) {
        self.db.close().await;
        if self.db.engine() == Engine::Postgres {
            let (_, name) = self.url.rsplit_once('/').expect("the URL names a database");
            let mut connection = PgConnection::connect(&server()).await.expect("the test PostgreSQL answers");
            let statement = AssertSqlSafe(format!("drop database {name} with (force)"));
            sqlx::query(statement).execute(&mut connection).await.expect("a database of our own");
            connection.close().await.ok();
        }
    }
}

/// A new SQLite file in a temporary directory.
///
/// # Panics
/// When the file system refuses.
pub async fn sqlite() -> Fresh {
    let (directory, url) = sqlite_url();
    let db = Db::connect(&url, 4).await.expect("a fresh SQLite database");
    Fresh { db, url, _directory: Some(directory) }
}

/// The URL of a SQLite file that does not exist yet, and the directory to keep alive.
///
/// # Panics
/// When the file system refuses.
#[must_use]
pub fn sqlite_url() -> (tempfile::TempDir, String) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let url = format!("sqlite://{}", directory.path().join("test.sqlite").display());
    (directory, url)
}

/// A new database on the server that `TEST_POSTGRES_URL` names.
///
/// # Panics
/// When the variable is not set or the server does not answer: an engine that is not tested is a failure.
pub async fn postgres() -> Fresh {
    let url = postgres_url().await;
    let db = Db::connect(&url, 8).await.expect("a fresh PostgreSQL database");
    Fresh { db, url, _directory: None }
}

/// The URL of a new, empty PostgreSQL database.
///
/// # Panics
/// As [`postgres`].
pub async fn postgres_url() -> String {
    let server = server();
    let name = format!("t_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
    let mut connection = PgConnection::connect(&server).await.expect("the test PostgreSQL answers");
    for statement in [format!("drop database if exists {name}"), format!("create database {name}")] {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await.expect("a database of our own");
    }
    connection.close().await.ok();
    let (base, _) = server.rsplit_once('/').expect("the URL names a database");
    format!("{base}/{name}")
}

/// Runs one statement as it stands, past the store's functions: baselines of benchmarks are written by hand.
///
/// # Errors
/// When the database refuses.
pub async fn execute(db: &Db, statement: &str) -> sqlx::Result<()> {
    let statement = AssertSqlSafe(statement.to_owned());
    match db {
        Db::Sqlite { write, .. } => sqlx::query(statement).execute(write).await.map(|_| ()),
        Db::Postgres(pool) => sqlx::query(statement).execute(pool).await.map(|_| ()),
    }
}

fn server() -> String {
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration but their environment")]
    std::env::var("TEST_POSTGRES_URL").expect(
        "TEST_POSTGRES_URL is not set: run the tests with `cargo xtask test`, which starts a PostgreSQL for them",
    )
}
