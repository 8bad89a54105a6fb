//! Processes that die or run side by side: nothing with a known outcome is sent twice.

use domain::contact::OutgoingMessage;
use domain::outbound::SendState;
use domain::time::Span;
use emulator::Faults;
use service::testing::World;

use crate::shop::{Shop, za};
use crate::webhook;

rules! {
    async fn a_message_claimed_by_a_process_that_died_becomes_unknown_and_is_not_sent_again(shop) {
        let mut messages = Vec::new();
        for n in 1..=3 {
            let id = shop.stranger(&za(n)).await;
            messages.push(shop.utility(id).await.unwrap());
        }
        let db = shop.db().await;
        let mut tx = db.write().await.unwrap();
        let claimed = store::outbox::claim_messages(&mut tx, shop.connection, shop.now(), 2).await.unwrap();
        tx.commit().await.unwrap();
        db.close().await;
        let is_claimed = |message: &&OutgoingMessage| claimed.iter().any(|one| one.id == message.id);
        let (lost, waiting): (Vec<_>, Vec<_>) = messages.iter().partition(is_claimed);
        assert_eq!((lost.len(), waiting.len()), (2, 1));

        let restarted = shop.another_process().await;
        let workers = restarted.start_workers();
        let settled = async {
            while shop.message(waiting[0]).await.status != SendState::Sent {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(30), settled).await.unwrap();
        workers.stop().await;
        for message in &lost {
            assert_eq!(shop.message(message).await.status, SendState::Unknown);
        }
        shop.advance(Span::days(1));
        shop.dispatch().await;
        assert_eq!(shop.seen(), 1, "only the message nobody had claimed");

        let callback = lost[0].id.to_string();
        let status = webhook::status("wamid.of-the-first", "read", shop.now(), Some(&callback));
        shop.receive(&webhook::statuses(vec![status])).await.unwrap();
        assert_eq!(shop.message(lost[0]).await.status, SendState::Sent);
    }

    async fn stopping_lets_what_is_in_flight_finish(shop) {
        let mut messages = Vec::new();
        for n in 1..=4 {
            let id = shop.stranger(&za(n)).await;
            messages.push(shop.utility(id).await.unwrap());
        }
        shop.faults(Faults { latency_ms: 300, ..Faults::default() });
        let workers = shop.service().start_workers();
        shop.wait_for_requests(1).await;
        workers.stop().await;
        for message in &messages {
            let status = shop.message(message).await.status;
            assert!(matches!(status, SendState::Sent | SendState::Pending), "{status}", status = status.as_str());
        }
        assert!(messages.len() >= usize::try_from(shop.seen()).unwrap());
        shop.emulator.idle().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres_one_process_at_a_time_sends_for_a_number_however_long_it_takes() {
    let shop = Shop::open(World::postgres().await).await;
    let number = shop.slow_number(10).await;
    let mut queued = Vec::new();
    for n in 1..=14 {
        let id = shop.subscriber(&za(n)).await;
        queued.push(shop.marketing_through(number, id).await);
    }
    let other = shop.another_process().await;
    let interfere = async {
        // The first process goes on claiming all the time, so it must go on holding the number.
        for seen in [1, 5, 8, 11] {
            shop.wait_for_requests(seen).await;
            shop.advance(Span::seconds(10));
            let workers = other.start_workers();
            workers.stop().await;
        }
    };
    tokio::join!(shop.dispatch(), interfere);
    for (n, message) in (1..).zip(&queued) {
        assert_eq!(shop.message(message).await.status, SendState::Sent, "{n}");
        assert_eq!(shop.requests_to(&za(n)).len(), 1, "{n}");
    }
    drop(other);
    shop.tear_down().await;
}
