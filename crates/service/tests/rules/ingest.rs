//! The way in: who is let in, what is kept, and how many share a commit.

use domain::consent::State;
use domain::time::Span;
use emulator::Inbound;
use futures::future::join_all;
use serde_json::{Value, json};
use service::Error;
use service::testing::{VERIFY_TOKEN, World};

use crate::shop::{Shop, problems, receive, za};
use crate::webhook::{self, Names};

fn stop(phone: &str, wamid: &str, shop: &Shop) -> Value {
    webhook::text(&Names::phone(phone), wamid, shop.now(), "STOP")
}

rules! {
    async fn a_webhook_without_the_right_signature_changes_nothing(shop) {
        let body = webhook::messages(vec![stop(&za(1), "wamid.1", shop)]).to_string();
        let connection = shop.connection.to_string();
        let good = World::sign(body.as_bytes());
        let other = World::sign(b"another body");
        for signature in [None, Some(""), Some("sha256=00"), Some(other.as_str()), Some(&good[7..])] {
            let answer =
                service::webhooks::receive(shop.service(), &connection, body.as_bytes(), signature).await;
            assert!(matches!(answer, Err(Error::Forbidden(_))), "{signature:?}: {answer:?}");
        }
        let spaced = format!("{body} ");
        let answer = service::webhooks::receive(shop.service(), &connection, spaced.as_bytes(), Some(&good)).await;
        assert!(matches!(answer, Err(Error::Forbidden(_))), "signed is what was sent, byte for byte");
        assert!(shop.find(&za(1)).await.is_none());
        for unknown in ["cnx_00000000000000000000000000000000", "nobody", ""] {
            let answer =
                service::webhooks::receive(shop.service(), unknown, body.as_bytes(), Some(&good)).await;
            assert!(matches!(answer, Err(Error::NotFound)), "{unknown}: {answer:?}");
        }
    }

    async fn what_is_no_webhook_is_refused(shop) {
        let connection = shop.connection.to_string();
        for body in ["", "hello", "[]", "{}", "null", "{\"object\":\"page\",\"entry\":[]}", "{\"object\":", "\u{feff}{}"] {
            let signature = World::sign(body.as_bytes());
            let answer =
                service::webhooks::receive(shop.service(), &connection, body.as_bytes(), Some(&signature)).await;
            assert_eq!(problems(answer), [("body", "not_a_webhook")], "{body}");
        }
    }

    async fn verification_answers_the_challenge_only_to_who_knows_the_token(shop) {
        let connection = shop.connection.to_string();
        let verify = |mode, token| service::webhooks::verify(shop.service(), &connection, mode, token, "1158201444");
        assert_eq!(verify("subscribe", VERIFY_TOKEN).await.unwrap(), "1158201444");
        assert!(matches!(verify("subscribe", "guess").await, Err(Error::Forbidden(_))));
        assert!(matches!(verify("unsubscribe", VERIFY_TOKEN).await, Err(Error::Forbidden(_))));
    }

    async fn the_valid_part_of_a_half_valid_batch_counts(shop) {
        let mut body = webhook::messages(vec![
            json!("not an object"),
            json!({"type": "text", "text": {"body": "nobody said this"}}),
            stop(&za(1), "wamid.1", shop),
            json!({"id": "wamid.2", "timestamp": "soon", "from": 5, "type": ["text"], "text": null}),
            stop(&za(2), "wamid.3", shop),
        ]);
        body["entry"].as_array_mut().unwrap().push(json!("not an entry"));
        shop.receive(&body).await.unwrap();
        assert_eq!((shop.state(&za(1)).await, shop.state(&za(2)).await), (State::OptedOut, State::OptedOut));
        let overview = service::overview::today(shop.service(), &shop.owner).await.unwrap();
        assert!(!overview.other_updates.is_empty(), "the rest is kept and counted");
    }

    async fn unknown_fields_and_types_are_kept_and_counted(shop) {
        for n in 0..2 {
            let value = json!({"something": {"new": n}});
            shop.receive(&webhook::envelope(vec![("field_of_the_future", value)])).await.unwrap();
        }
        let hologram = json!({"from": za(1), "raw": {"type": "hologram", "hologram": {"x": 1}, "text": {"body": "STOP"}}});
        shop.does(Inbound::from_json(hologram).unwrap()).await;
        let overview = service::overview::today(shop.service(), &shop.owner).await.unwrap();
        assert_eq!(overview.other_updates, [("field_of_the_future".to_owned(), 2)]);
        let metrics = shop.service().metrics().await;
        assert!(metrics.contains("whatscloud_other_updates_total{why=\"field\"} 2"), "{metrics}");
        let contact = shop.contact(&za(1)).await;
        assert_eq!(contact.state, State::Unknown, "words of an unknown type are nobody's choice");
        let thread = service::contacts::thread(shop.service(), &shop.owner, contact.id, 10).await.unwrap();
        assert!(
            matches!(&thread[0].direction, domain::contact::Direction::In { message_type, .. } if message_type == "hologram")
        );
    }

    async fn texts_that_break_databases_are_taken_in(shop) {
        let nasty = ["STOP\0", "\0", "a\u{1}b", "'); drop table contact; --", "🛑 שלום \u{202e}", &"é🦀".repeat(30_000)];
        for (n, words) in (1..).zip(nasty) {
            let message = webhook::text(&Names::phone(&za(n)), &format!("wamid.\0{n}"), shop.now(), words);
            let mut body = webhook::messages(vec![message]);
            body["entry"][0]["changes"][0]["value"]["contacts"] =
                json!([{"wa_id": &za(n)[1..], "profile": {"name": format!("N\0{words}")}}]);
            shop.receive(&body).await.unwrap();
            let contact = shop.contact(&za(n)).await;
            service::contacts::thread(shop.service(), &shop.owner, contact.id, 10).await.unwrap();
        }
        assert_eq!(shop.state(&za(1)).await, State::OptedOut);
        let lone = r#"{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages","value":{"messages":[
            {"from":"27821230099","id":"wamid.99","timestamp":"1800000000","type":"text","text":{"body":"\ud83d"}}]}}]}]}"#;
        let signature = World::sign(lone.as_bytes());
        let connection = shop.connection.to_string();
        service::webhooks::receive(shop.service(), &connection, lone.as_bytes(), Some(&signature)).await.unwrap();
        shop.contact(&za(99)).await;
    }

    async fn many_webhooks_share_a_commit(shop) {
        const MANY: u32 = 200;
        shop.says(&za(0), "hello").await;
        let before = shop.metric("whatscloud_ingest_commits_total").await;
        let bodies: Vec<Value> = (1..=MANY)
            .map(|n| webhook::messages(vec![stop(&za(n), &format!("wamid.{n}"), shop)]))
            .collect();
        for answer in join_all(bodies.iter().map(|body| shop.receive(body))).await {
            assert_eq!(answer.unwrap().updates, 1);
        }
        let commits = shop.metric("whatscloud_ingest_commits_total").await - before;
        assert!(commits <= u64::from(MANY) / 10, "{commits} commits for {MANY} webhooks");
        let counts = service::contacts::counts(shop.service(), &shop.owner).await.unwrap();
        assert_eq!(counts.opted_out, i64::from(MANY));
        let verified = service::ledger::verify(shop.service(), shop.business).await.unwrap();
        assert_eq!((verified.events, verified.broken), (i64::from(MANY), None));
    }

    async fn two_businesses_share_a_commit_and_nothing_else(shop) {
        let other = shop.world.business("Other").await.unwrap();
        let connection = shop.world.connect(other, &shop.graph_url).await.unwrap().to_string();
        let body = webhook::messages(vec![stop(&za(1), "wamid.1", shop)]);
        let hello = webhook::messages(vec![webhook::text(&Names::phone(&za(1)), "wamid.2", shop.now(), "hello")]);
        let (ours, theirs) = tokio::join!(shop.receive(&hello), receive(shop.service(), &connection, &body));
        ours.unwrap();
        theirs.unwrap();
        assert_eq!(shop.state(&za(1)).await, State::Unknown);
        assert_eq!(shop.events(&za(1)).await.len(), 0);
        let verified = service::ledger::verify(shop.service(), other).await.unwrap();
        assert_eq!((verified.events, verified.broken), (1, None));
    }

    async fn the_same_person_writing_through_two_processes_at_once_is_one_contact(shop) {
        let other = shop.another_process().await;
        let connection = shop.connection.to_string();
        let bodies: Vec<Value> = (0..20)
            .map(|n| {
                let names = Names::both(&za(1), "ZA.1");
                let words = if n % 2 == 0 { "STOP" } else { "START" };
                let at = shop.now() + Span::seconds(n);
                webhook::messages(vec![webhook::text(&names, &format!("wamid.{n}"), at, words)])
            })
            .collect();
        let deliveries = bodies.iter().enumerate().map(|(n, body)| {
            receive(if n % 3 == 0 { &other } else { shop.service() }, &connection, body)
        });
        for answer in join_all(deliveries).await {
            answer.unwrap();
        }
        assert_eq!(service::contacts::counts(shop.service(), &shop.owner).await.unwrap().total(), 1);
        assert_eq!(shop.state(&za(1)).await, State::OptedIn, "the last word was START");
        let verified = service::ledger::verify(shop.service(), shop.business).await.unwrap();
        assert_eq!(verified.broken, None);
        assert_eq!(crate::shop::fold(&shop.events(&za(1)).await).state(), State::OptedIn);
    }

    async fn a_client_that_goes_away_does_not_undo_what_it_delivered(shop) {
        shop.says(&za(2), "hello").await;
        let body = webhook::messages(vec![stop(&za(1), "wamid.1", shop)]);
        {
            let delivery = shop.receive(&body);
            tokio::pin!(delivery);
            // Polled once: handed in, and then the client is gone.
            assert!(futures::poll!(delivery.as_mut()).is_pending());
        }
        // The next webhook is behind it in the queue.
        shop.says(&za(2), "hello again").await;
        assert_eq!(shop.state(&za(1)).await, State::OptedOut);
    }

    async fn an_opened_page_is_told_what_changed(shop) {
        let mut live = shop.service().live(shop.business);
        let id = shop.stranger(&za(1)).await;
        shop.says(&za(1), "STOP").await;
        let mut told = Vec::new();
        while let Ok(event) = live.try_recv() {
            told.push(event);
        }
        assert!(told.contains(&domain::live::LiveEvent::ContactChanged { contact: id }), "{told:?}");
        assert!(told.contains(&domain::live::LiveEvent::MessageChanged { contact: id }), "{told:?}");
    }
}
