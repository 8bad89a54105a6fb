use std::collections::HashSet;

use domain::id::MessageId;
use domain::kind::MessageKind;
use store::outbox::*;

use crate::world::*;

fn ids(claims: &[Claimed]) -> Vec<MessageId> {
    claims.iter().map(|claim| claim.id).collect()
}

contract! {
    async fn the_most_urgent_leave_first(db: &Db) {
        use MessageKind::{Authentication, Consent, Marketing, Service, Utility};
        let world = World::new(db).await;
        let ana = world.person(db, "Ana").await;
        let messages = [Marketing, Utility, Service, Consent, Authentication, Marketing, Consent]
            .map(|kind| world.message(ana, kind));
        commit!(db, tx => insert_messages(tx, &messages).await.unwrap());
        let by_urgency = [3, 6, 2, 1, 4, 0, 5].map(|n: usize| messages[n].id);
        let first = commit!(db, tx => claim_messages(tx, world.connection, at(0), 4).await.unwrap());
        assert_eq!(ids(&first), by_urgency[..4]);
        let rest = commit!(db, tx => claim_messages(tx, world.connection, at(0), 4).await.unwrap());
        assert_eq!(ids(&rest), by_urgency[4..]);
        assert_eq!(commit!(db, tx => claim_messages(tx, world.connection, at(0), 4).await.unwrap()), []);
    }

    async fn of_the_equally_urgent_the_longest_due_leave_first(db: &Db) {
        let world = World::new(db).await;
        let ana = world.person(db, "Ana").await;
        let due =
            |seconds| NewMessage { not_before: at(seconds), ..world.message(ana, MessageKind::Marketing) };
        let messages = [due(30), due(10), due(20)];
        commit!(db, tx => insert_messages(tx, &messages).await.unwrap());
        assert_eq!(read!(db, tx => next_due(tx, world.connection).await.unwrap()), Some(at(10)));
        for (now, claimed) in [(9, None), (30, Some(1)), (30, Some(2)), (29, None), (30, Some(0))] {
            let claims = commit!(db, tx => claim_messages(tx, world.connection, at(now), 1).await.unwrap());
            assert_eq!(ids(&claims).first().copied(), claimed.map(|n: usize| messages[n].id));
        }
        assert_eq!(read!(db, tx => next_due(tx, world.connection).await.unwrap()), None);
    }

    async fn a_number_claims_its_own_messages_only(db: &Db) {
        let world = World::new(db).await;
        let ana = world.person(db, "Ana").await;
        let message = world.message(ana, MessageKind::Service);
        commit!(db, tx => insert_messages(tx, &[message]).await.unwrap());
        commit!(db, tx => {
            assert_eq!(claim_messages(tx, world.other_connection, at(0), 9).await.unwrap(), []);
            assert_eq!(next_due(tx, world.other_connection).await.unwrap(), None);
            assert_eq!(claim_messages(tx, world.connection, at(0), 9).await.unwrap().len(), 1);
            assert_eq!(abandon_claims(tx, world.other_connection).await.unwrap(), 0);
            assert_eq!(abandon_claims(tx, world.connection).await.unwrap(), 1);
        });
    }

    async fn never_more_than_the_limit(db: &Db) {
        let world = World::new(db).await;
        let ana = world.person(db, "Ana").await;
        for round in 0..4 {
            let messages: Vec<_> = (0..40).map(|_| world.message(ana, MessageKind::Utility)).collect();
            commit!(db, tx => insert_messages(tx, &messages).await.unwrap());
            if round == 2 {
                // What the planner knows decides how it runs the statement, never how many messages it takes.
                raw(db, "analyze").await.unwrap();
            }
            for limit in [0, 1, 7] {
                let claims =
                    commit!(db, tx => claim_messages(tx, world.connection, at(0), limit).await.unwrap());
                assert_eq!(i64::try_from(claims.len()).unwrap(), limit);
            }
        }
    }

    /// On a small table PostgreSQL may choose a plan that runs a subquery of the claim again for each row. Then it skips what
    /// it has just claimed, and takes more than the limit.
    async fn the_limit_holds_whatever_plan_is_chosen(db: &Db) {
        let world = World::new(db).await;
        let ana = world.person(db, "Ana").await;
        let messages: Vec<_> = (0..3).map(|_| world.message(ana, MessageKind::Utility)).collect();
        commit!(db, tx => insert_messages(tx, &messages).await.unwrap());
        raw(db, "analyze").await.unwrap();
        let mut tx = db.write().await.unwrap();
        if let store::Tx::Postgres(connection) = &mut tx {
            for setting in [
                "set local enable_material = off",
                "set local enable_hashjoin = off",
                "set local enable_mergejoin = off",
            ] {
                sqlx::query(setting).execute(&mut **connection).await.unwrap();
            }
        }
        assert_eq!(claim_messages(&mut tx, world.connection, at(0), 1).await.unwrap().len(), 1);
    }

    async fn no_message_is_claimed_twice(db: &Db) {
        const MESSAGES: usize = 400;
        let world = World::new(db).await;
        let ana = world.person(db, "Ana").await;
        let messages: Vec<_> = (0..MESSAGES).map(|n| world.message(ana, MessageKind::ALL[n % 5])).collect();
        commit!(db, tx => insert_messages(tx, &messages).await.unwrap());
        let mut claimants = tokio::task::JoinSet::new();
        for worker in 0..8 {
            let (db, connection) = (db.clone(), world.connection);
            claimants.spawn(async move {
                let (mut mine, mut idle) = (vec![], 0);
                while idle < 5 {
                    let claims = commit!(db, tx => claim_messages(tx, connection, at(0), 1 + worker % 3).await.unwrap());
                    idle = if claims.is_empty() { idle + 1 } else { 0 };
                    assert!(claims.iter().all(|claim| claim.attempts == 1));
                    mine.extend(ids(&claims));
                }
                mine
            });
        }
        let claimed = claimants.join_all().await.concat();
        let distinct: HashSet<_> = claimed.iter().copied().collect();
        assert_eq!((claimed.len(), distinct.len()), (MESSAGES, MESSAGES));
    }

    async fn claims_of_a_dead_process_become_unknown_and_are_not_sent_again(db: &Db) {
        let world = World::new(db).await;
        let ana = world.person(db, "Ana").await;
        let messages: Vec<_> = (0..5).map(|_| world.message(ana, MessageKind::Service)).collect();
        commit!(db, tx => {
            insert_messages(tx, &messages).await.unwrap();
            assert_eq!(claim_messages(tx, world.connection, at(0), 3).await.unwrap().len(), 3);
        });
        commit!(db, tx => {
            assert_eq!(abandon_claims(tx, world.connection).await.unwrap(), 3);
            assert_eq!(abandon_claims(tx, world.connection).await.unwrap(), 0);
            assert_eq!(claim_messages(tx, world.connection, at(0), 9).await.unwrap().len(), 2);
        });
        let unknown = raw_text(
            db,
            "select cast(count(*) as text) from message_out where state = 'unknown' and claimed_at is null",
        )
        .await;
        assert_eq!(unknown.as_deref(), Some("3"));
    }

    async fn a_claim_that_was_not_committed_is_free_again(db: &Db) {
        let world = World::new(db).await;
        let ana = world.person(db, "Ana").await;
        commit!(db, tx => insert_messages(tx, &[world.message(ana, MessageKind::Service)]).await.unwrap());
        let mut tx = db.write().await.unwrap();
        assert_eq!(claim_messages(&mut tx, world.connection, at(0), 1).await.unwrap().len(), 1);
        drop(tx);
        // The rollback is on its way; until it arrives the row is locked and skipped.
        let mut claims = Vec::new();
        while claims.is_empty() {
            claims = commit!(db, tx => claim_messages(tx, world.connection, at(0), 1).await.unwrap());
        }
        assert_eq!(claims[0].attempts, 1);
    }
}
