//! Properties: whatever the order of delivery, the same webhooks lead to the same consent, and the ledger's events add up to
//! it.

use domain::consent::SignalKind;
use domain::time::{Span, Timestamp};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;
use service::testing::World;

use crate::shop::{Shop, fold, za};
use crate::webhook::{self, Names};

/// What a person may do, and when (seconds after the start).
#[derive(Clone, Copy, Debug)]
enum Act {
    Says(&'static str),
    Native { stop: bool },
}

#[derive(Clone, Copy, Debug)]
enum As {
    Phone,
    User,
    Both,
}

type Step = (Act, i64);

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => Just(Act::Says("STOP")),
        3 => Just(Act::Says("START")),
        1 => Just(Act::Says("HELP")),
        1 => Just(Act::Says("hello")),
        1 => Just(Act::Native { stop: true }),
        1 => Just(Act::Native { stop: false }),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((act(), 0_i64..6), 1..9)
}

fn delivery(names: &Names, place: usize, tag: &str, (act, seconds): Step, start: Timestamp) -> Value {
    let at = start + Span::seconds(seconds);
    match act {
        Act::Says(words) => {
            webhook::messages(vec![webhook::text(names, &format!("wamid.{tag}.{place}"), at, words)])
        }
        Act::Native { stop } => webhook::preference(names, stop, at),
    }
}

/// Runs a property with few cases in one shop.
async fn cases<T>(
    shop: &Shop,
    count: u32,
    strategy: impl Strategy<Value = T>,
    check: impl AsyncFn(&Shop, u32, T),
) {
    let mut runner = TestRunner::new(Config::default());
    for n in 1..=count {
        let case = strategy.new_tree(&mut runner).unwrap().current();
        check(shop, n, case).await;
    }
}

rules! {
    async fn the_order_of_delivery_does_not_matter_and_events_add_up(shop) {
        let strategy = steps().prop_flat_map(|steps| {
            let places: Vec<usize> = (0..steps.len()).collect();
            (Just(steps), Just(places.clone()).prop_shuffle(), any::<bool>())
        });
        cases(shop, 40, strategy, async |shop, n, (steps, order, at_once)| {
            let (straight, shuffled) = (za(2 * n), za(2 * n + 1));
            let start = shop.now();
            for (place, step) in steps.iter().enumerate() {
                let body = delivery(&Names::phone(&straight), place, &straight, *step, start);
                shop.receive(&body).await.unwrap();
            }
            let bodies: Vec<Value> = order
                .iter()
                .map(|place| delivery(&Names::phone(&shuffled), *place, &shuffled, steps[*place], start))
                .collect();
            if at_once {
                for answer in futures::future::join_all(bodies.iter().map(|body| shop.receive(body))).await {
                    answer.unwrap();
                }
            } else {
                for body in &bodies {
                    shop.receive(body).await.unwrap();
                }
            }
            let (one, other) = (shop.contact(&straight).await, shop.contact(&shuffled).await);
            let consent = |contact: &domain::contact::Contact| (contact.state, contact.native_stop, contact.since);
            assert_eq!(consent(&one), consent(&other), "{steps:?} delivered as {order:?}");
            for contact in [&one, &other] {
                let folded = fold(&shop.events_of(contact.id).await);
                assert_eq!((folded.state(), folded.native_stop()), (contact.state, contact.native_stop), "{steps:?}");
                assert_eq!(folded.version, contact.version, "{steps:?}");
            }
        })
        .await;
        let verified = service::ledger::verify(shop.service(), shop.business).await.unwrap();
        assert_eq!(verified.broken, None);
    }

    async fn events_add_up_for_a_person_who_comes_under_several_names(shop) {
        let names = prop_oneof![Just(As::Phone), Just(As::User), Just(As::Both)];
        let strategy = prop::collection::vec(((act(), 0_i64..6), names), 1..10);
        cases(shop, 40, strategy, async |shop, n, steps| {
            let (phone, user_id) = (za(n), format!("ZA.{n}"));
            let start = shop.now();
            let mut kinds = Vec::new();
            for (place, (step, who)) in steps.iter().enumerate() {
                let names = match who {
                    As::Phone => Names::phone(&phone),
                    As::User => Names::user_id(&user_id),
                    As::Both => Names::both(&phone, &user_id),
                };
                shop.receive(&delivery(&names, place, &phone, *step, start)).await.unwrap();
            }
            let hello = webhook::text(&Names::both(&phone, &user_id), &format!("wamid.last.{n}"), start, "hello");
            shop.receive(&webhook::messages(vec![hello])).await.unwrap();
            let contact = shop.contact(&phone).await;
            let events = shop.events_of(contact.id).await;
            kinds.extend(events.iter().map(|event| event.kind));
            let folded = fold(&events);
            assert_eq!(
                (folded.state(), folded.native_stop()),
                (contact.state, contact.native_stop),
                "{steps:?} gave {kinds:?}"
            );
            let said_stop = steps.iter().any(|((act, _), _)| matches!(act, Act::Says("STOP")));
            assert_eq!(said_stop, kinds.contains(&SignalKind::OptOut), "{steps:?}");
        })
        .await;
        assert_eq!(service::contacts::counts(shop.service(), &shop.owner).await.unwrap().total(), 40);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_engines_come_to_the_same_consent() {
    let (sqlite, postgres) =
        (Shop::open(World::sqlite().await).await, Shop::open(World::postgres().await).await);
    let mut runner = TestRunner::new(Config::default());
    for n in 1..=20 {
        let steps = steps().new_tree(&mut runner).unwrap().current();
        for shop in [&sqlite, &postgres] {
            for (place, step) in steps.iter().enumerate() {
                let body = delivery(&Names::phone(&za(n)), place, &za(n), *step, shop.now());
                shop.receive(&body).await.unwrap();
            }
        }
        let (one, other) = (sqlite.contact(&za(n)).await, postgres.contact(&za(n)).await);
        let seen = |contact: &domain::contact::Contact| {
            (
                contact.state,
                contact.since,
                contact.source,
                contact.version,
                contact.native_stop,
                contact.last_inbound_at,
            )
        };
        assert_eq!(seen(&one), seen(&other), "{steps:?}");
    }
    postgres.tear_down().await;
}
