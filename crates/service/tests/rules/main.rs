//! The rules of the product, one sentence each, held on both engines against the emulator as WhatsApp.
//!
//! A name that starts with `r` and a number is a rule of the compliance reference.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop loudly")]

/// Makes of each sentence one test on SQLite and one on PostgreSQL, each in a shop of its own.
macro_rules! rules {
    ($($(#[doc = $doc:literal])* async fn $name:ident($shop:ident) $body:block)+) => { $(
        $(#[doc = $doc])*
        mod $name {
            use super::*;

            async fn check($shop: &Shop) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let shop = Shop::open(service::testing::World::sqlite().await).await;
                check(&shop).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let shop = Shop::open(service::testing::World::postgres().await).await;
                check(&shop).await;
                shop.tear_down().await;
            }
        }
    )+ };
}

mod access;
mod audit;
mod campaigns;
mod conversations;
mod crash;
mod erasure;
mod faults;
mod identity;
mod imports;
mod ingest;
mod joining;
mod ledger;
mod media;
mod merging;
mod native_stop;
mod obtaining;
mod opting_out;
mod order;
mod outage;
mod preferences;
mod property;
mod review;
mod saved_replies;
mod second_factor;
mod secrets;
mod sending;
mod settings;
mod shop;
mod statuses;
mod stop_barrier;
mod subscriptions;
mod team;
mod templates;
mod webhook;
