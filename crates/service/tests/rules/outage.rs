//! A database that is away: never 200 for what is not on disk, and recovery without a person.

use std::time::Duration;

use domain::consent::State;
use domain::outbound::SendState;
use emulator::Faults;
use service::Error;
use service::testing::World;
use sqlx::Connection;
use store::Db;

use crate::shop::{Shop, za};
use crate::webhook::{self, Names};

fn stop(shop: &Shop) -> serde_json::Value {
    webhook::messages(vec![webhook::text(&Names::phone(&za(1)), "wamid.1", shop.now(), "STOP")])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite_a_locked_file_is_unavailable_and_the_repetition_is_stored() {
    let shop = Shop::open(World::sqlite().await).await;
    shop.says(&za(2), "hello").await;
    let db = shop.db().await;
    let Db::Sqlite { write, .. } = &db else { unreachable!("a world on SQLite") };
    let lock = write.begin_with("begin immediate").await.unwrap();
    let body = stop(&shop);
    let answer = shop.receive(&body).await;
    assert!(matches!(answer, Err(Error::Unavailable)), "{answer:?}");
    assert!(shop.find(&za(1)).await.is_none(), "reading goes on");
    lock.rollback().await.unwrap();
    shop.receive(&body).await.unwrap();
    assert_eq!(shop.state(&za(1)).await, State::OptedOut);
    assert_eq!(shop.events(&za(1)).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres_a_database_that_lets_nobody_in_is_unavailable_and_the_repetition_is_stored() {
    let shop = Shop::open(World::postgres().await).await;
    shop.says(&za(2), "hello").await;
    let mut server = shop.server().await;
    let allow = "update pg_database set datallowconn = $2 where datname = $1";
    let kick = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1";
    sqlx::query(allow).bind(shop.database()).bind(false).execute(&mut server).await.unwrap();
    sqlx::query(kick).bind(shop.database()).execute(&mut server).await.unwrap();
    let body = stop(&shop);
    for _ in 0..2 {
        let answer = shop.receive(&body).await;
        assert!(matches!(answer, Err(Error::Unavailable)), "{answer:?}");
        assert!(matches!(shop.service().ready().await, Err(Error::Unavailable)));
        let contacts = service::contacts::counts(shop.service(), &shop.owner).await;
        assert!(matches!(contacts, Err(Error::Unavailable)), "{contacts:?}");
    }
    sqlx::query(allow).bind(shop.database()).bind(true).execute(&mut server).await.unwrap();
    shop.receive(&body).await.unwrap();
    shop.service().ready().await.unwrap();
    assert_eq!(shop.state(&za(1)).await, State::OptedOut);
    assert_eq!(shop.events(&za(1)).await.len(), 1);
    server.close().await.unwrap();
    shop.tear_down().await;
}

rules! {
    async fn a_webhook_the_database_refuses_is_not_acknowledged(shop) {
        shop.says(&za(2), "hello").await;
        let (away, back) = ("alter table message_in rename to away", "alter table away rename to message_in");
        shop.execute(away, away).await.unwrap();
        let body = stop(shop);
        let answer = shop.receive(&body).await;
        assert!(matches!(answer, Err(Error::Unavailable)), "{answer:?}");
        assert!(shop.find(&za(1)).await.is_none(), "all or nothing");
        shop.execute(back, back).await.unwrap();
        shop.receive(&body).await.unwrap();
        assert_eq!(shop.state(&za(1)).await, State::OptedOut);
        assert_eq!(shop.events(&za(1)).await.len(), 1);
    }

    async fn an_outcome_that_is_known_survives_a_moment_without_the_database(shop) {
        let mut messages = Vec::new();
        for n in 1..=3 {
            let id = shop.stranger(&za(n)).await;
            messages.push(shop.utility(id).await.unwrap());
        }
        shop.faults(Faults { lost_statuses: 1.0, latency_ms: 300, ..Faults::default() });
        let (away, back) = ("alter table message_out rename to away", "alter table away rename to message_out");
        let dispatching = shop.world.dispatch();
        tokio::pin!(dispatching);
        tokio::select! {
            _ = &mut dispatching => panic!("the answers take their time"),
            () = shop.wait_for_requests(3) => {}
        }
        shop.execute(away, away).await.unwrap();
        let a_second = tokio::time::timeout(Duration::from_secs(1), &mut dispatching).await;
        assert!(a_second.is_err(), "the answers are there and cannot be written down: {a_second:?}");
        shop.execute(back, back).await.unwrap();
        dispatching.await.unwrap();
        for message in &messages {
            assert_eq!(shop.message(message).await.status, SendState::Sent);
        }
        assert_eq!(shop.metric("whatscloud_messages_sent_total").await, 3, "counted once");
        assert_eq!(shop.seen(), 3);
    }
}
