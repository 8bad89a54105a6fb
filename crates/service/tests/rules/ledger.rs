//! The ledger cannot be changed unnoticed (R53).

use domain::ledger::Break;
use domain::time::Span;
use service::ledger::Verification;

use crate::shop::{Shop, za};

/// Five events of three people.
async fn history(shop: &Shop) {
    for n in 1..=2 {
        shop.subscriber(&za(n)).await;
        shop.says(&za(n), "STOP").await;
    }
    shop.says(&za(3), "STOP").await;
}

async fn verify(shop: &Shop) -> Verification {
    service::ledger::verify(shop.service(), shop.business).await.unwrap()
}

/// What somebody with the database in their hands could do.
async fn without_triggers(shop: &Shop) {
    for name in ["consent_event_no_update", "consent_event_no_delete", "consent_evidence_no_update"] {
        let sqlite = match name {
            "consent_event_no_update" => "drop trigger consent_event_no_update",
            "consent_event_no_delete" => "drop trigger consent_event_no_delete",
            _ => "drop trigger consent_evidence_no_update",
        };
        let postgres = match name {
            "consent_evidence_no_update" => "alter table consent_evidence disable trigger all",
            _ => "alter table consent_event disable trigger all",
        };
        shop.execute(sqlite, postgres).await.unwrap();
    }
}

async fn tamper(shop: &Shop, statement: &'static str) {
    without_triggers(shop).await;
    assert_eq!(shop.execute(statement, statement).await.unwrap(), 1, "{statement}");
}

rules! {
    async fn r53_the_database_refuses_to_change_or_delete_history(shop) {
        history(shop).await;
        for statement in [
            "update consent_event set to_state = 'opted_in'",
            "update consent_event set recorded_at = recorded_at + 1",
            "delete from consent_event",
            "delete from consent_event where seq = 5",
            "update consent_evidence set body = '{}'",
            "update wording set text = 'another'",
            "delete from wording",
            "update settings set body = '{}'",
            "delete from settings",
        ] {
            assert!(shop.execute(statement, statement).await.is_err(), "{statement}");
        }
        let verified = verify(shop).await;
        assert_eq!((verified.events, verified.broken), (5, None));
    }

    async fn r53_an_untouched_ledger_verifies_and_erased_evidence_is_not_missed(shop) {
        let empty = verify(shop).await;
        assert_eq!((empty.events, empty.broken), (0, None));
        history(shop).await;
        let before = verify(shop).await;
        assert_eq!((before.events, &before.broken), (5, &None));
        let erase = "delete from consent_evidence";
        shop.execute(erase, erase).await.unwrap();
        assert_eq!(verify(shop).await, before);
        let events = shop.events(&za(1)).await;
        assert!(events.iter().all(|event| event.evidence.is_none()), "the person is gone, the chain is whole");
    }

    async fn r53_a_changed_event_is_found(shop) {
        history(shop).await;
        tamper(shop, "update consent_event set to_state = 'opted_in' where seq = 2").await;
        assert_eq!(verify(shop).await.broken, Some(Break::Hash { seq: 2 }));
    }

    async fn r53_a_changed_time_is_found(shop) {
        history(shop).await;
        tamper(shop, "update consent_event set recorded_at = recorded_at + 1 where seq = 4").await;
        assert_eq!(verify(shop).await.broken, Some(Break::Hash { seq: 4 }));
    }

    async fn r53_changed_evidence_is_found(shop) {
        history(shop).await;
        tamper(
            shop,
            "update consent_evidence set body = '{\"words\":\"hello\"}' \
             where event_id = (select id from consent_event where seq = 2)",
        )
        .await;
        assert_eq!(verify(shop).await.broken, Some(Break::Evidence { seq: 2 }));
    }

    async fn r53_a_removed_event_is_found(shop) {
        history(shop).await;
        tamper(shop, "delete from consent_event where seq = 3").await;
        assert_eq!(verify(shop).await.broken, Some(Break::Gap { expected: 3, found: 4 }));
    }

    async fn r53_a_cut_tail_is_found(shop) {
        history(shop).await;
        tamper(shop, "delete from consent_event where seq = 5").await;
        assert_eq!(verify(shop).await.broken, Some(Break::Head { recorded: 5, found: 4 }));
    }

    async fn the_ledger_is_read_in_pages_and_exported_whole(shop) {
        history(shop).await;
        let page = |before| service::ledger::list(shop.service(), &shop.owner, before, 3);
        let first: Vec<i64> = page(None).await.unwrap().iter().map(|row| row.event.seq).collect();
        let second: Vec<i64> = page(Some(3)).await.unwrap().iter().map(|row| row.event.seq).collect();
        assert_eq!((first, second), (vec![5, 4, 3], vec![2, 1]));
        let exported = service::ledger::export(shop.service(), shop.business, 0).await.unwrap();
        assert_eq!(exported.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        assert_eq!(exported[4].hash, verify(shop).await.head);
    }

    async fn two_businesses_have_two_chains(shop) {
        history(shop).await;
        let other = shop.world.business("Other").await.unwrap();
        let verified = service::ledger::verify(shop.service(), other).await.unwrap();
        assert_eq!((verified.events, verified.broken), (0, None));
    }

    async fn an_event_tells_when_the_person_acted_and_when_it_was_stored(shop) {
        shop.exchange(&za(1), "hello").await;
        let wrote = shop.now();
        shop.advance(Span::hours(2));
        shop.does(emulator::Inbound::text(za(1), "STOP").at(wrote.seconds())).await;
        let event = shop.events(&za(1)).await.pop().unwrap();
        assert_eq!(event.occurred_at, wrote);
        assert_eq!(event.recorded_at, shop.now());
    }
}
