//! The contract of the store: every public function does the same on both engines.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop loudly")]

/// Makes of each check one test on SQLite and one on PostgreSQL, each with a fresh database.
macro_rules! contract {
    ($($(#[doc = $doc:literal])* async fn $name:ident($db:ident: &Db) $body:block)+) => { $(
        $(#[doc = $doc])*
        mod $name {
            use super::*;

            async fn check($db: &store::Db) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn sqlite() {
                let fresh = store::testing::sqlite().await;
                check(&fresh.db).await;
                fresh.close().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn postgres() {
                let fresh = store::testing::postgres().await;
                check(&fresh.db).await;
                fresh.close().await;
            }
        }
    )+ };
}

/// Does something in a unit of work and commits it.
macro_rules! commit {
    ($db:expr, $tx:ident => $body:expr) => {{
        let mut unit = $db.write().await.unwrap();
        let $tx = &mut unit;
        let value = $body;
        unit.commit().await.unwrap();
        value
    }};
}

/// Looks at something in a unit of work of its own.
macro_rules! read {
    ($db:expr, $tx:ident => $body:expr) => {{
        let mut unit = $db.read().await.unwrap();
        let $tx = &mut unit;
        $body
    }};
}

mod access;
mod audit;
mod campaign;
mod claim;
mod connection;
mod contact;
mod contact_detail;
mod contact_list;
mod conversation;
mod db;
mod differential;
mod idempotency;
mod inbound;
mod ledger;
mod outbox;
mod plans;
mod review;
mod saved_reply;
mod second_factor;
mod settings;
mod subscription;
mod template;
mod world;
