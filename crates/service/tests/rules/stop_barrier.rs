//! A STOP that was acknowledged is final (R23): no marketing request for that person leaves afterwards.

use domain::consent::State;
use domain::contact::OutgoingMessage;
use domain::outbound::SendState;
use domain::permit::Reason;
use domain::time::Span;
use emulator::Inbound;
use futures::future::join_all;

use crate::shop::{Shop, receive, za};
use crate::webhook::{self, Names};

/// How many messages a slow number takes at once: they are claimed and decided about together, and at ten a second the last
/// of them waits for most of a second between its decision and the socket.
const TOGETHER: u32 = 8;

/// Offers to as many people as are decided about together, through a slow number.
async fn eight_offers(shop: &Shop) -> Vec<OutgoingMessage> {
    let number = shop.slow_number(10).await;
    let mut queued = Vec::new();
    for n in 1..=TOGETHER {
        let id = shop.subscriber(&za(n)).await;
        queued.push(shop.marketing_through(number, id).await);
    }
    queued
}

fn offers_to(shop: &Shop, phone: &str) -> usize {
    shop.sent_to(phone).iter().filter(|text| *text == "spring_sale").count()
}

fn offers(shop: &Shop) -> usize {
    (1..=TOGETHER).map(|n| offers_to(shop, &za(n))).sum()
}

/// After the first of eight offers left, everybody stops in some way; what left until that was acknowledged is all that ever
/// leaves, but for one that was already on the wire.
async fn nothing_leaves_after(
    shop: &Shop,
    queued: &[OutgoingMessage],
    reason: Reason,
    stop: impl Future<Output = ()>,
) {
    let acknowledged = async {
        shop.wait_until(|| offers(shop) > 0).await;
        let mut claimed = 0;
        for message in queued {
            claimed += usize::from(shop.message(message).await.status == SendState::Claimed);
        }
        assert!(claimed > 2, "decisions were made before the stop: {claimed}");
        stop.await;
        offers(shop)
    };
    let ((), before) = tokio::join!(shop.dispatch(), acknowledged);
    shop.dispatch().await;
    assert!(before < queued.len() - 1, "the stop came too late to show anything");
    let after = offers(shop) - before;
    assert!(after <= 1, "{after} offers left after the stop was acknowledged");
    let mut skipped = 0;
    for message in queued {
        let message = shop.message(message).await;
        match message.status {
            SendState::Sent => {}
            SendState::Skipped => {
                assert_eq!(message.reason, Some(reason));
                skipped += 1;
            }
            other => panic!("{}", other.as_str()),
        }
    }
    assert_eq!(skipped + before + after, queued.len());
}

rules! {
    async fn r23_a_stop_between_enqueue_and_dispatch_means_no_request_at_all(shop) {
        let id = shop.subscriber(&za(1)).await;
        let queued = shop.marketing(id).await.unwrap();
        shop.says(&za(1), "STOP").await;
        shop.dispatch().await;
        assert_eq!(shop.message(&queued).await.reason, Some(Reason::OptedOut));
        let sent = shop.sent_to(&za(1));
        assert_eq!(sent.len(), 1, "the confirmation and nothing else: {sent:?}");
        assert!(sent[0].starts_with("You will get no more marketing"));
    }

    async fn r23_stops_while_many_are_being_sent_take_effect_at_once(shop) {
        const PEOPLE: u32 = 300;
        let number = shop.slow_number(200).await;
        for n in 1..=PEOPLE {
            let id = shop.subscriber(&za(n)).await;
            // Messages leave in the order they were asked for.
            shop.advance(Span::millis(1));
            shop.marketing_through(number, id).await;
        }
        let stopping: Vec<String> = (PEOPLE - 59..=PEOPLE).map(za).collect();
        shop.advance(Span::seconds(1));
        let stop = async {
            shop.wait_for_requests(20).await;
            let stops = stopping.iter().map(async |phone| {
                let acknowledged = shop.emulator.inbound(Inbound::text(phone, "STOP")).await.unwrap();
                assert_eq!(acknowledged.webhook_status, 200);
                offers_to(shop, phone)
            });
            join_all(stops).await
        };
        let ((), before) = tokio::join!(shop.dispatch(), stop);
        shop.dispatch().await;
        for (phone, before) in stopping.iter().zip(&before) {
            assert_eq!(shop.state(phone).await, State::OptedOut);
            assert_eq!(offers_to(shop, phone), *before, "{phone} got an offer after the STOP was acknowledged");
        }
        let in_time = before.iter().filter(|offers| **offers == 0).count();
        assert!(in_time >= 30, "the stops came too late to show anything: {in_time}");
        for n in 1..=PEOPLE - 60 {
            assert_eq!(offers_to(shop, &za(n)), 1, "everybody else got theirs, once");
        }
        let overview = service::overview::today(shop.service(), &shop.owner).await.unwrap();
        assert_eq!(overview.violations, 0);
    }

    async fn r23_a_stop_voids_the_decisions_already_made(shop) {
        let queued = eight_offers(shop).await;
        let at = shop.now() + Span::seconds(1);
        let stops = (1..=TOGETHER).map(|n| webhook::text(&Names::phone(&za(n)), &format!("wamid.{n}"), at, "STOP"));
        let body = webhook::messages(stops.collect());
        let stop = async {
            shop.receive(&body).await.unwrap();
        };
        nothing_leaves_after(shop, &queued, Reason::OptedOut, stop).await;
    }

    async fn r23_a_stop_taken_in_by_another_process_voids_the_decisions_already_made(shop) {
        let queued = eight_offers(shop).await;
        let at = shop.now() + Span::seconds(1);
        let stops = (1..=TOGETHER).map(|n| webhook::text(&Names::phone(&za(n)), &format!("wamid.{n}"), at, "STOP"));
        let body = webhook::messages(stops.collect());
        // SQLite belongs to one process.
        let on_postgres = shop.world.database_url.starts_with("postgres");
        let other = if on_postgres { shop.another_process().await } else { shop.service().clone() };
        let connection = shop.connection.to_string();
        let stop = async {
            receive(&other, &connection, &body).await.unwrap();
        };
        nothing_leaves_after(shop, &queued, Reason::OptedOut, stop).await;
    }

    async fn r23_a_native_stop_voids_the_decisions_already_made(shop) {
        let queued = eight_offers(shop).await;
        let at = shop.now() + Span::seconds(1);
        let bodies: Vec<_> = (1..=TOGETHER).map(|n| webhook::preference(&Names::phone(&za(n)), true, at)).collect();
        let stop = async {
            for answer in join_all(bodies.iter().map(|body| shop.receive(body))).await {
                answer.unwrap();
            }
        };
        nothing_leaves_after(shop, &queued, Reason::NativeStop, stop).await;
    }

    async fn r23_an_operators_opt_out_voids_the_decisions_already_made(shop) {
        let queued = eight_offers(shop).await;
        let stop = async {
            shop.advance(Span::seconds(1));
            for answer in join_all(queued.iter().map(|message| shop.opt_out(message.contact_id))).await {
                assert_eq!(answer.unwrap().state, State::OptedOut);
            }
        };
        nothing_leaves_after(shop, &queued, Reason::OptedOut, stop).await;
    }

    async fn blocking_voids_the_decisions_already_made(shop) {
        let queued = eight_offers(shop).await;
        let block = async {
            join_all(queued.iter().map(|message| shop.block(message.contact_id, true))).await;
        };
        nothing_leaves_after(shop, &queued, Reason::Blocked, block).await;
    }

    async fn r23_learning_that_people_had_stopped_under_another_name_voids_the_decisions_already_made(shop) {
        let queued = eight_offers(shop).await;
        let at = shop.now() + Span::seconds(1);
        let names = |n| (za(n), format!("ZA.{n}"));
        let stops = (1..=TOGETHER).map(|n| {
            webhook::text(&Names::user_id(&names(n).1), &format!("wamid.stop.{n}"), at, "STOP")
        });
        shop.receive(&webhook::messages(stops.collect())).await.unwrap();
        let links = (1..=TOGETHER).map(|n| {
            let (phone, user_id) = names(n);
            webhook::text(&Names::both(&phone, &user_id), &format!("wamid.link.{n}"), at, "hello")
        });
        let body = webhook::messages(links.collect());
        let link = async {
            shop.receive(&body).await.unwrap();
        };
        nothing_leaves_after(shop, &queued, Reason::OptedOut, link).await;
    }
}
