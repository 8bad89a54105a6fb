//! Opting out (R18, R25, R26, R32), and what is answered.

use domain::consent::{SignalKind, Source, State};
use domain::contact::Actor;
use domain::permit::Reason;
use domain::time::Span;
use emulator::{ErrorFault, Faults, Inbound};
use futures::future::join_all;
use serde_json::json;
use service::auth::ApiKeyScope;
use service::consent::Choice;

use crate::shop::{Shop, US, bare, receive, za};
use crate::webhook::{self, Names};

rules! {
    async fn r18_every_way_of_saying_it_is_an_event_with_its_source_and_actor(shop) {
        for (n, inbound, source) in [
            (1, Inbound::text(za(1), " Stop! "), Source::Keyword),
            (2, Inbound::button(za(2), "OPT_OUT", "Ya no más"), Source::Button),
            (3, Inbound::button(za(3), "button-7", "Stop"), Source::Button),
            (4, Inbound::list_reply(za(4), "row-1", "Unsubscribe"), Source::Button),
            (5, Inbound::button_reply(za(5), "opt-out", "Enough"), Source::Button),
            (6, Inbound::message(za(6), "image", json!({"caption": "stop"})), Source::Keyword),
            (7, Inbound::message(za(7), "video", json!({"caption": "STOP"})), Source::Keyword),
            (8, Inbound::message(za(8), "document", json!({"caption": "opt  out"})), Source::Keyword),
        ] {
            shop.subscriber(&za(n)).await;
            let wamid = shop.does(inbound).await;
            let event = shop.events(&za(n)).await.pop().unwrap();
            assert_eq!((event.kind, event.source), (SignalKind::OptOut, source), "{n}");
            assert_eq!((event.from, event.to), (State::OptedIn, State::OptedOut), "{n}");
            assert_eq!(event.actor, Actor::Person, "{n}");
            let evidence = event.evidence.unwrap();
            assert_eq!(evidence.wamid, Some(wamid), "{n}");
            assert_eq!(evidence.identifier, Some(za(n)), "{n}");
            assert!(evidence.words.is_some() && event.matched.is_some() && event.rule.is_some(), "{n}");
        }

        let id = shop.subscriber(&za(11)).await;
        shop.advance(Span::seconds(1));
        let (_, key) = service::auth::create_api_key(shop.service(), shop.business, "Shop", ApiKeyScope::Write)
            .await
            .unwrap();
        let (caller, _) = service::auth::api_key(shop.service(), &key).await.unwrap().unwrap();
        service::consent::record(shop.service(), &caller, id, bare(Choice::OptedOut)).await.unwrap();
        let event = shop.events(&za(11)).await.pop().unwrap();
        assert_eq!(event.source, Source::Api);
        assert!(matches!(&event.actor, Actor::ApiKey { name: Some(name), .. } if name == "Shop"), "{event:?}");

        let id = shop.subscriber(&za(12)).await;
        shop.advance(Span::seconds(1));
        shop.opt_out(id).await.unwrap();
        let event = shop.events(&za(12)).await.pop().unwrap();
        assert_eq!(event.source, Source::Operator);
        assert!(matches!(&event.actor, Actor::User { email: Some(_), .. }), "{event:?}");

        shop.subscriber(&za(13)).await;
        shop.does(Inbound::native_stop(za(13), true)).await;
        let event = shop.events(&za(13)).await.pop().unwrap();
        assert_eq!((event.kind, event.source), (SignalKind::NativeStop, Source::MetaPreference));
        assert_eq!(event.actor, Actor::Person);

        let id = shop.subscriber(&za(14)).await;
        shop.faults(Faults {
            errors: vec![ErrorFault { code: 131_050, rate: 1.0, http_status: None }],
            ..Faults::default()
        });
        shop.marketing(id).await.unwrap();
        shop.dispatch().await;
        let event = shop.events(&za(14)).await.pop().unwrap();
        assert_eq!((event.kind, event.source), (SignalKind::NativeStop, Source::ApiError131050));
        assert_eq!(event.actor, Actor::Person);
    }

    async fn chatter_in_a_group_is_nobodys_choice(shop) {
        shop.subscriber(&za(1)).await;
        let said = json!({"from": za(1), "text": "STOP", "group_id": "group-1"});
        shop.does(Inbound::from_json(said).unwrap()).await;
        assert_eq!(shop.state(&za(1)).await, State::OptedIn);
    }

    async fn r25_the_same_webhook_ten_times_is_one_event_and_one_confirmation(shop) {
        shop.subscriber(&za(1)).await;
        shop.exchange(&za(1), "hello").await;
        for _ in 0..10 {
            let stop = Inbound::text(za(1), "STOP").with_id("wamid.same").at(shop.now().seconds() + 1);
            assert_eq!(shop.emulator.inbound(stop).await.unwrap().webhook_status, 200);
        }
        shop.dispatch().await;
        assert_eq!(shop.events(&za(1)).await.len(), 2);
        assert_eq!(shop.sent_to(&za(1)).len(), 1);
        assert!(shop.metric("whatscloud_duplicates_total").await >= 9);
    }

    async fn r25_so_it_is_when_the_ten_come_at_once_and_through_two_processes(shop) {
        shop.subscriber(&za(1)).await;
        shop.exchange(&za(1), "hello").await;
        shop.advance(Span::seconds(1));
        let body = webhook::messages(vec![webhook::text(&Names::phone(&za(1)), "wamid.1", shop.now(), "STOP")]);
        let other = shop.another_process().await;
        let connection = shop.connection.to_string();
        let deliveries = (0..20).map(|n| {
            let service = if n % 2 == 0 { shop.service() } else { &other };
            receive(service, &connection, &body)
        });
        for result in join_all(deliveries).await {
            assert_eq!(result.unwrap().updates, 1);
        }
        shop.dispatch().await;
        assert_eq!(shop.events(&za(1)).await.len(), 2);
        assert_eq!(shop.sent_to(&za(1)).len(), 1);
    }

    async fn r25_so_it_is_when_the_ten_stand_in_one_webhook(shop) {
        shop.subscriber(&za(1)).await;
        shop.exchange(&za(1), "hello").await;
        shop.advance(Span::seconds(1));
        let stop = webhook::text(&Names::phone(&za(1)), "wamid.1", shop.now(), "STOP");
        shop.receive(&webhook::messages(vec![stop; 10])).await.unwrap();
        shop.dispatch().await;
        assert_eq!(shop.events(&za(1)).await.len(), 2);
        assert_eq!(shop.sent_to(&za(1)).len(), 1);
        let thread = service::contacts::thread(shop.service(), &shop.owner, shop.contact(&za(1)).await.id, 50);
        assert_eq!(thread.await.unwrap().len(), 3, "hello, one STOP, one confirmation");
    }

    async fn r26_an_opt_out_is_confirmed_once(shop) {
        shop.subscriber(&za(1)).await;
        shop.exchange(&za(1), "STOP").await;
        let sent = shop.sent_to(&za(1));
        assert_eq!(sent.len(), 1);
        assert!(sent[0].contains("no more marketing messages from Padaria"), "{sent:?}");
        shop.dispatch().await;
        shop.exchange(&za(1), "STOP").await;
        shop.exchange(&za(1), "unsubscribe").await;
        assert_eq!(shop.sent_to(&za(1)).len(), 1, "the same change is confirmed once");
    }

    async fn r26_a_webhook_six_minutes_late_stops_but_is_not_confirmed(shop) {
        let id = shop.subscriber(&za(1)).await;
        shop.exchange(&za(1), "hello").await;
        shop.advance(Span::minutes(10));
        let then = shop.now().seconds() - 6 * 60;
        shop.does(Inbound::text(za(1), "STOP").at(then)).await;
        shop.dispatch().await;
        assert_eq!(shop.state(&za(1)).await, State::OptedOut);
        assert_eq!(shop.sent_to(&za(1)), [""; 0]);
        let skipped = shop.outbox(id).await;
        assert_eq!(skipped.len(), 1, "what was not sent is on record");
        assert_eq!(skipped[0].reason, Some(Reason::Late));
    }

    async fn r26_a_confirmation_that_waited_longer_than_five_minutes_never_leaves(shop) {
        let (in_time, late) = (za(1), za(2));
        shop.says(&late, "STOP").await;
        shop.advance(Span::minutes(3));
        shop.says(&in_time, "STOP").await;
        shop.advance(Span::seconds(121));
        shop.dispatch().await;
        assert_eq!(shop.sent_to(&in_time).len(), 1);
        assert_eq!(shop.sent_to(&late), [""; 0]);
        let skipped = shop.outbox(shop.contact(&late).await.id).await;
        assert_eq!(skipped[0].reason, Some(Reason::Late));
    }

    async fn r26_a_confirmation_is_not_tried_again_after_five_minutes(shop) {
        shop.faults(Faults {
            errors: vec![ErrorFault { code: 130_429, rate: 1.0, http_status: None }],
            ..Faults::default()
        });
        shop.exchange(&za(1), "STOP").await;
        for _ in 0..40 {
            shop.advance(Span::seconds(10));
            shop.dispatch().await;
        }
        let tried = shop.requests_to(&za(1)).len();
        assert!((2..=9).contains(&tried), "{tried}");
        shop.faults(Faults::default());
        shop.advance(Span::hours(1));
        shop.dispatch().await;
        assert_eq!(shop.requests_to(&za(1)).len(), tried);
        let skipped = shop.outbox(shop.contact(&za(1)).await.id).await;
        assert_eq!(skipped[0].reason, Some(Reason::Late));
    }

    async fn a_repeated_stop_is_answered_at_most_once_in_24_hours(shop) {
        shop.exchange(&za(1), "STOP").await;
        shop.advance(Span::hours(23));
        shop.exchange(&za(1), "STOP").await;
        assert_eq!(shop.sent_to(&za(1)).len(), 1);
        shop.advance(Span::hours(2));
        shop.exchange(&za(1), "STOP").await;
        let sent = shop.sent_to(&za(1));
        assert_eq!(sent.len(), 2);
        assert!(sent[1].starts_with("You already get no marketing messages"), "{sent:?}");
        shop.exchange(&za(1), "STOP").await;
        assert_eq!(shop.sent_to(&za(1)).len(), 2);
        assert_eq!(shop.state(&za(1)).await, State::OptedOut);
    }

    async fn a_repeated_stop_from_a_plus_one_number_is_never_answered(shop) {
        for _ in 0..3 {
            shop.exchange(US, "STOP").await;
            shop.advance(Span::hours(25));
        }
        assert_eq!(shop.sent_to(US).len(), 1);
        assert_eq!(shop.state(US).await, State::OptedOut);
    }

    async fn r32_help_and_stop_work_in_every_state(shop) {
        shop.stranger(&za(1)).await;
        shop.exchange(&za(2), "START").await;
        shop.subscriber(&za(3)).await;
        shop.exchange(&za(4), "STOP").await;
        let held = shop.subscriber(&za(5)).await;
        shop.advance(Span::seconds(1));
        shop.hold(held).await;
        shop.subscriber(&za(6)).await;
        shop.does(Inbound::native_stop(za(6), true)).await;
        let states = [State::Unknown, State::Pending, State::OptedIn, State::OptedOut, State::Held, State::OptedIn];
        for (n, state) in (1..).zip(states) {
            assert_eq!(shop.state(&za(n)).await, state);
            let before = shop.seen();
            shop.exchange(&za(n), "Help").await;
            assert_eq!(shop.recipients_after(before), [za(n)], "{state}");
            let answer = shop.sent_to(&za(n)).pop().unwrap();
            assert!(answer.starts_with("This is Padaria."), "{answer}");
            assert_eq!(shop.state(&za(n)).await, state, "HELP changes nothing");
        }
        for (n, state) in (1..).zip(states) {
            shop.advance(Span::seconds(1));
            shop.exchange(&za(n), "STOP").await;
            assert_eq!(shop.state(&za(n)).await, State::OptedOut, "from {state}");
        }
    }
}
