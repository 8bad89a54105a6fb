//! One person, many names (R16, R17).

use domain::consent::{SignalKind, Source, State};
use domain::contact::Actor;
use domain::permit::Reason;
use domain::time::Span;
use emulator::{Faults, Inbound};
use serde_json::json;
use service::Error;

use crate::shop::{Shop, fold, refusal, za};
use crate::webhook::{self, Names};

const USER: &str = "ZA.10000000000000000001";

/// Whoever has this user id, found by what they wrote last.
async fn deliver(shop: &Shop, names: &Names, wamid: &str, words: &str) {
    shop.advance(Span::seconds(1));
    let message = webhook::text(names, wamid, shop.now(), words);
    shop.receive(&webhook::messages(vec![message])).await.unwrap();
}

rules! {
    async fn r17_a_stop_by_user_id_suppresses_the_contact_imported_by_number_once_linked(shop) {
        let imported = shop.subscriber(&za(1)).await;
        deliver(shop, &Names::user_id(USER), "wamid.1", "STOP").await;
        assert_eq!(shop.state(&za(1)).await, State::OptedIn, "nobody knows yet that it is one person");
        let queued = shop.marketing(imported).await.unwrap();
        deliver(shop, &Names::both(&za(1), USER), "wamid.2", "hello").await;

        let contact = shop.contact(&za(1)).await;
        assert_eq!((contact.id, contact.state), (imported, State::OptedOut));
        assert_eq!(contact.user_id.as_deref(), Some(USER));
        assert_eq!(refusal(shop.marketing(imported).await), Reason::OptedOut);
        shop.dispatch().await;
        assert_eq!(shop.message(&queued).await.reason, Some(Reason::OptedOut));

        let events = shop.events(&za(1)).await;
        let kinds: Vec<_> = events.iter().map(|event| (event.kind, event.source)).collect();
        assert_eq!(kinds, [(SignalKind::OptIn, Source::WebForm), (SignalKind::OptOut, Source::Keyword)]);
        assert_eq!(fold(&events).state(), State::OptedOut);
        let thread = service::contacts::thread(shop.service(), &shop.owner, imported, 50).await.unwrap();
        let texts: Vec<&str> = thread.iter().map(|message| message.text.as_str()).collect();
        assert!(texts.contains(&"STOP") && texts.contains(&"hello"), "{texts:?}");
        let counts = service::contacts::counts(shop.service(), &shop.owner).await.unwrap();
        assert_eq!(counts.total(), 1, "one person, one contact");
    }

    async fn r17_joining_keeps_the_stricter_choice_even_if_it_is_the_older_one(shop) {
        deliver(shop, &Names::user_id(USER), "wamid.1", "STOP").await;
        shop.advance(Span::days(1));
        let imported = shop.subscriber(&za(1)).await;
        deliver(shop, &Names::both(&za(1), USER), "wamid.2", "hello").await;
        let contact = shop.contact(&za(1)).await;
        assert_eq!(contact.state, State::OptedOut);
        let events = shop.events(&za(1)).await;
        let last = events.last().unwrap();
        assert_eq!((last.kind, last.source, &last.actor), (SignalKind::OptOut, Source::Merge, &Actor::System));
        assert_eq!(fold(&events).state(), State::OptedOut);
        for id in [imported, contact.id] {
            let found = service::contacts::find(shop.service(), &shop.owner, id).await.unwrap();
            assert_eq!(found.id, contact.id, "both ids lead to the person");
        }
        deliver(shop, &Names::user_id(USER), "wamid.3", "START").await;
        assert_eq!(shop.state(&za(1)).await, State::OptedIn, "the person may come back under either name");
    }

    async fn r17_three_records_of_one_person_become_one(shop) {
        let parent = "ZA.ENT.20000000000000000002";
        let imported = shop.subscriber(&za(1)).await;
        deliver(shop, &Names::user_id(USER), "wamid.1", "STOP").await;
        let by_parent = json!({"from_parent_user_id": parent});
        let mut message = webhook::text(&Names::default(), "wamid.2", shop.now(), "hello");
        message["from_parent_user_id"] = by_parent["from_parent_user_id"].clone();
        shop.receive(&webhook::messages(vec![message])).await.unwrap();
        let counts = || async { service::contacts::counts(shop.service(), &shop.owner).await.unwrap().total() };
        assert_eq!(counts().await, 3);

        shop.advance(Span::seconds(1));
        let mut message = webhook::text(&Names::both(&za(1), USER), "wamid.3", shop.now(), "it is me");
        message["from_parent_user_id"] = json!(parent);
        shop.receive(&webhook::messages(vec![message])).await.unwrap();
        assert_eq!(counts().await, 1);
        let contact = shop.contact(&za(1)).await;
        assert_eq!((contact.id, contact.state), (imported, State::OptedOut));
        assert_eq!(shop.events(&za(1)).await.len(), 2);
    }

    async fn r17_joining_keeps_blocked(shop) {
        deliver(shop, &Names::user_id(USER), "wamid.1", "hello").await;
        let unnamed = service::contacts::list(shop.service(), &shop.owner, &Default::default()).await.unwrap();
        shop.block(unnamed.rows[0].id, true).await;
        shop.subscriber(&za(1)).await;
        deliver(shop, &Names::both(&za(1), USER), "wamid.2", "hello").await;
        assert!(shop.contact(&za(1)).await.blocked);
    }

    async fn r16_a_new_number_takes_the_person_along_and_the_old_one_starts_unknown(shop) {
        let id = shop.subscriber(&za(1)).await;
        deliver(shop, &Names::both(&za(1), USER), "wamid.1", "hello").await;
        let notice = webhook::changed_number(&Names::phone(&za(1)), "wamid.2", shop.now(), &za(2));
        shop.receive(&webhook::messages(vec![notice])).await.unwrap();
        let moved = shop.contact(&za(2)).await;
        assert_eq!((moved.id, moved.state), (id, State::OptedIn));
        assert!(shop.find(&za(1)).await.is_none());

        deliver(shop, &Names::phone(&za(1)), "wamid.3", "hello, I am new here").await;
        let newcomer = shop.contact(&za(1)).await;
        assert_ne!(newcomer.id, id);
        assert_eq!(newcomer.state, State::Unknown);
        assert_eq!(refusal(shop.marketing(newcomer.id).await), Reason::NoOptIn);
        assert_eq!(shop.contact(&za(2)).await.id, id);
    }

    async fn r16_an_opt_out_follows_the_person_to_the_new_number(shop) {
        shop.subscriber(&za(1)).await;
        shop.says(&za(1), "STOP").await;
        let notice = webhook::changed_number(&Names::phone(&za(1)), "wamid.2", shop.now(), &za(2));
        shop.receive(&webhook::messages(vec![notice])).await.unwrap();
        assert_eq!(shop.state(&za(2)).await, State::OptedOut);
    }

    async fn r16_the_old_numbers_next_owner_may_write_in_the_same_webhook(shop) {
        let id = shop.subscriber(&za(1)).await;
        deliver(shop, &Names::phone(&za(1)), "wamid.1", "hello").await;
        let now = shop.now();
        let batch = vec![
            webhook::changed_number(&Names::phone(&za(1)), "wamid.2", now, &za(2)),
            webhook::text(&Names::phone(&za(1)), "wamid.3", now + Span::seconds(1), "I am new here"),
        ];
        shop.receive(&webhook::messages(batch)).await.unwrap();
        assert_eq!(shop.contact(&za(2)).await.id, id);
        let newcomer = shop.contact(&za(1)).await;
        assert_ne!(newcomer.id, id);
        assert_eq!(newcomer.state, State::Unknown);
    }

    async fn a_new_user_id_is_the_same_person(shop) {
        let id = shop.subscriber(&za(1)).await;
        shop.says(&za(1), "STOP").await;
        let update = json!({"from": za(1), "user_id_update": {"current": "ZA.999"}});
        shop.does(Inbound::from_json(update).unwrap()).await;
        deliver(shop, &Names::user_id("ZA.999"), "wamid.9", "START").await;
        let contact = shop.contact(&za(1)).await;
        assert_eq!((contact.id, contact.state), (id, State::OptedIn));
        assert_eq!(contact.user_id.as_deref(), Some("ZA.999"));
        assert_eq!(service::contacts::counts(shop.service(), &shop.owner).await.unwrap().total(), 1);
    }

    async fn a_person_without_a_visible_number_is_answered_by_user_id(shop) {
        shop.does(Inbound::text(za(1), "STOP").with_hidden_number().named("Lindiwe")).await;
        shop.dispatch().await;
        assert!(shop.find(&za(1)).await.is_none(), "the number is not known");
        let rows = service::contacts::list(shop.service(), &shop.owner, &Default::default()).await.unwrap().rows;
        assert_eq!((rows.len(), rows[0].state, &rows[0].phone), (1, State::OptedOut, &None));
        assert_eq!(rows[0].name.as_deref(), Some("Lindiwe"));
        let requests = shop.emulator.requests_after(0);
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].status, 200);
        assert!(requests[0].body.get("to").is_none());
        assert_eq!(requests[0].body["recipient"].as_str(), rows[0].user_id.as_deref());
    }

    async fn the_same_person_in_two_businesses_has_two_consents(shop) {
        shop.subscriber(&za(1)).await;
        let other = shop.world.business("Other").await.unwrap();
        let connection = shop.world.connect(other, &shop.graph_url).await.unwrap().to_string();
        let stop = webhook::text(&Names::phone(&za(1)), "wamid.1", shop.now() + Span::seconds(1), "STOP");
        crate::shop::receive(shop.service(), &connection, &webhook::messages(vec![stop])).await.unwrap();
        assert_eq!(shop.state(&za(1)).await, State::OptedIn);
        let theirs = shop.world.caller(other, domain::role::Role::Owner);
        let rows = service::contacts::list(shop.service(), &theirs, &Default::default()).await.unwrap().rows;
        assert_eq!((rows.len(), rows[0].state), (1, State::OptedOut));
        let found = service::contacts::find(shop.service(), &shop.owner, rows[0].id).await;
        assert!(matches!(found, Err(Error::NotFound)));
    }

    async fn r17_a_status_tells_under_which_user_id_the_person_will_answer(shop) {
        let imported = shop.subscriber(&za(1)).await;
        let offer = shop.marketing(imported).await.unwrap();
        shop.faults(Faults { lost_statuses: 1.0, ..Faults::default() });
        shop.dispatch().await;
        let wamid = shop.message(&offer).await.wamid.unwrap();
        let mut status = webhook::status(&wamid, "read", shop.now(), None);
        status["recipient_id"] = json!(za(1).trim_start_matches('+'));
        status["recipient_user_id"] = json!(USER);
        shop.receive(&webhook::statuses(vec![status])).await.unwrap();

        deliver(shop, &Names::user_id(USER), "wamid.1", "STOP").await;
        let contact = shop.contact(&za(1)).await;
        assert_eq!((contact.id, contact.state), (imported, State::OptedOut));
        let counts = service::contacts::counts(shop.service(), &shop.owner).await.unwrap();
        assert_eq!(counts.total(), 1, "one person, one contact");
    }

    async fn r17_a_status_joins_the_record_that_the_person_made_by_writing_first(shop) {
        deliver(shop, &Names::user_id(USER), "wamid.1", "STOP").await;
        let imported = shop.subscriber(&za(1)).await;
        let offer = shop.marketing(imported).await.unwrap();
        shop.faults(Faults { lost_statuses: 1.0, ..Faults::default() });
        shop.dispatch().await;
        let wamid = shop.message(&offer).await.wamid.unwrap();
        let mut status = webhook::status(&wamid, "delivered", shop.now(), None);
        status["recipient_id"] = json!(za(1).trim_start_matches('+'));
        status["recipient_user_id"] = json!(USER);
        shop.receive(&webhook::statuses(vec![status])).await.unwrap();
        assert_eq!(shop.state(&za(1)).await, State::OptedOut);
        assert_eq!(refusal(shop.marketing(imported).await), Reason::OptedOut);
    }
}
