//! How far messages got: in every order, repeated, and before we knew of them.

use domain::contact::OutgoingMessage;
use domain::inbound::Delivery;
use domain::outbound::SendState;
use domain::time::Span;
use emulator::Faults;
use serde_json::Value;

use crate::shop::{Shop, za};
use crate::webhook;

/// A message that WhatsApp accepted and says no more about.
async fn accepted(shop: &Shop, n: u32) -> (OutgoingMessage, String) {
    shop.faults(Faults { lost_statuses: 1.0, ..Faults::default() });
    let id = shop.stranger(&za(n)).await;
    let message = shop.utility(id).await.unwrap();
    shop.dispatch().await;
    let message = shop.message(&message).await;
    assert_eq!((message.status, message.delivery), (SendState::Sent, None));
    let wamid = message.wamid.clone().unwrap();
    (message, wamid)
}

const ORDERS: [[&str; 3]; 6] = [
    ["sent", "delivered", "read"],
    ["sent", "read", "delivered"],
    ["delivered", "sent", "read"],
    ["delivered", "read", "sent"],
    ["read", "sent", "delivered"],
    ["read", "delivered", "sent"],
];

rules! {
    async fn statuses_in_every_order_end_at_the_furthest_and_never_go_back(shop) {
        for (n, order) in (1..).zip(ORDERS) {
            let (message, wamid) = accepted(shop, n).await;
            let mut furthest = None;
            for word in order {
                for _ in 0..2 {
                    let status = webhook::status(&wamid, word, shop.now(), None);
                    shop.receive(&webhook::statuses(vec![status])).await.unwrap();
                }
                furthest = furthest.max(Delivery::from_meta(word));
                assert_eq!(shop.message(&message).await.delivery, furthest, "{order:?}");
            }
        }
    }

    async fn statuses_of_one_webhook_do_the_same(shop) {
        for (n, order) in (1..).zip(ORDERS) {
            let (message, wamid) = accepted(shop, n).await;
            let callback = message.id.to_string();
            let all: Vec<Value> = order
                .iter()
                .map(|word| webhook::status(&wamid, word, shop.now(), Some(&callback)))
                .collect();
            shop.receive(&webhook::statuses(all)).await.unwrap();
            assert_eq!(shop.message(&message).await.delivery, Some(Delivery::Read), "{order:?}");
        }
    }

    async fn what_was_delivered_has_not_failed(shop) {
        for (n, order) in (1..).zip([["failed", "delivered"], ["delivered", "failed"]]) {
            let (message, wamid) = accepted(shop, n).await;
            for word in order {
                let status = match word {
                    "failed" => webhook::failed(&wamid, 131_000, shop.now(), None),
                    word => webhook::status(&wamid, word, shop.now(), None),
                };
                shop.receive(&webhook::statuses(vec![status])).await.unwrap();
            }
            assert_eq!(shop.message(&message).await.delivery, Some(Delivery::Delivered), "{order:?}");
        }
    }

    async fn a_status_faster_than_our_own_write_is_not_lost(shop) {
        let id = shop.stranger(&za(1)).await;
        let message = shop.utility(id).await.unwrap();
        shop.faults(Faults { lost_statuses: 1.0, latency_ms: 500, ..Faults::default() });
        let deliver = async {
            shop.wait_for_requests(1).await;
            let wamid = shop.requests_to(&za(1))[0].wamid.clone().unwrap();
            for word in ["delivered", "sent"] {
                let status = webhook::status(&wamid, word, shop.now(), None);
                shop.receive(&webhook::statuses(vec![status])).await.unwrap();
            }
            assert_eq!(shop.message(&message).await.status, SendState::Claimed, "parked meanwhile");
        };
        tokio::join!(shop.dispatch(), deliver);
        let message = shop.message(&message).await;
        assert_eq!((message.status, message.delivery), (SendState::Sent, Some(Delivery::Delivered)));
    }

    async fn a_status_with_our_own_id_settles_before_our_own_write(shop) {
        let id = shop.stranger(&za(1)).await;
        let message = shop.utility(id).await.unwrap();
        shop.faults(Faults { latency_ms: 500, reorder_statuses: 1.0, duplicate_statuses: 1.0, ..Faults::default() });
        shop.dispatch().await;
        let message = shop.message(&message).await;
        assert_eq!((message.status, message.delivery), (SendState::Sent, Some(Delivery::Read)));
        assert_eq!(message.wamid, shop.requests_to(&za(1))[0].wamid);
    }

    async fn r33_a_131050_faster_than_our_own_write_counts(shop) {
        let id = shop.subscriber(&za(1)).await;
        shop.marketing(id).await.unwrap();
        shop.advance(Span::seconds(1));
        shop.faults(Faults { lost_statuses: 1.0, latency_ms: 500, ..Faults::default() });
        let deliver = async {
            shop.wait_for_requests(1).await;
            let wamid = shop.requests_to(&za(1))[0].wamid.clone().unwrap();
            let status = webhook::failed(&wamid, 131_050, shop.now(), None);
            shop.receive(&webhook::statuses(vec![status])).await.unwrap();
        };
        tokio::join!(shop.dispatch(), deliver);
        assert!(shop.contact(&za(1)).await.native_stop);
    }

    async fn a_status_of_a_message_that_is_not_ours_is_accepted_and_forgotten(shop) {
        let foreign = [
            webhook::status("wamid.of-another-tool", "delivered", shop.now(), None),
            webhook::status("wamid.of-another-tool", "read", shop.now(), Some("their-own-data")),
            webhook::status("wamid.x", "read", shop.now(), Some("msg_00000000000000000000000000000000")),
        ];
        assert_eq!(shop.receive(&webhook::statuses(foreign.into())).await.unwrap().updates, 3);
        shop.advance(Span::days(8));
        shop.world.sweep().await.unwrap();
        let left = shop.execute("delete from parked_status", "delete from parked_status").await.unwrap();
        assert_eq!(left, 0);
    }

    async fn a_status_of_another_business_touches_nothing(shop) {
        let (message, wamid) = accepted(shop, 1).await;
        let other = shop.world.business("Other").await.unwrap();
        let connection = shop.world.connect(other, &shop.graph_url).await.unwrap().to_string();
        for callback in [None, Some(message.id.to_string())] {
            let status = webhook::status(&wamid, "read", shop.now(), callback.as_deref());
            let body = webhook::statuses(vec![status]);
            crate::shop::receive(shop.service(), &connection, &body).await.unwrap();
        }
        assert_eq!(shop.message(&message).await.delivery, None);
    }
}
