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

/// Loads rows as they stand into the table `loaded`: what a bare import begins with.
///
/// # Errors
/// When the database refuses.
pub async fn load(db: &Db, rows: &[(i64, &str, &str, &str)]) -> sqlx::Result<()> {
    let mut tx = db.write().await?;
    let sql = tx.pick(
        "insert into loaded (n, phone, name, tag) \
         select value ->> 0, value ->> 1, value ->> 2, value ->> 3 from json_each($1)",
        "insert into loaded (n, phone, name, tag) \
         select cast(v ->> 0 as bigint), v ->> 1, v ->> 2, v ->> 3 from jsonb_array_elements(cast($1 as jsonb)) as j(v)",
    );
    let rows = serde_json::to_string(rows).unwrap_or_default();
    on!(&mut tx, c => sqlx::query(sql).bind(rows).execute(c).await.map(|_| ()))?;
    tx.commit().await
}

/// Makes contacts of what [`load`] loaded, set-wise: each number once, nothing checked, nothing recorded.
#[must_use]
pub fn upsert_loaded(db: &Db) -> [String; 3] {
    let id = match db.engine() {
        Engine::Sqlite => "unhex(printf('%032x', 1000000000 + n))",
        Engine::Postgres => "cast(lpad(to_hex(1000000000 + n), 32, '0') as uuid)",
    };
    let (no, lower) = match db.engine() {
        Engine::Sqlite => ("0", "lower(name)"),
        Engine::Postgres => ("false", "lower(name)"),
    };
    [
        format!(
            "insert into contact (id, business_id, phone, name, name_folded, country, state, version, native_stop, consent, \
             blocked, erased, invalid, created_at) select {id}, (select id from business), phone, name, {lower}, 'BR', \
             'unknown', 0, {no}, '{{\"version\":0}}', {no}, {no}, {no}, 1 from loaded \
             where n in (select min(n) from loaded group by phone) order by n"
        ),
        "insert into contact_identity (business_id, kind, value, contact_id) \
         select business_id, 'phone', phone, id from contact where phone is not null on conflict do nothing"
            .to_owned(),
        "insert into contact_tag (contact_id, tag, business_id) \
         select c.id, l.tag, c.business_id from loaded l join contact_identity i on i.kind = 'phone' and i.value = l.phone \
         join contact c on c.id = i.contact_id and i.business_id = c.business_id where true on conflict do nothing"
            .to_owned(),
    ]
}
