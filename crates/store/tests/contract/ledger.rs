use domain::consent::{SignalKind, Source, State};
use domain::id::{BusinessId, ContactId, EventId};
use domain::ledger::{ChainedEvent, GENESIS, Hash, Verifier, evidence_digest, wording_digest};
use store::Db;
use store::contact::{load_contacts, update_contacts};
use store::ledger::*;

use crate::world::*;

const BODY: &str = r#"{"words":"STOP \u0000 \"now\" 🦀"}"#;

/// The events that follow a head, in their places and hashed; every second one with all that is optional.
fn chain(
    business: BusinessId,
    contact: ContactId,
    (mut seq, mut previous): (i64, Hash),
    count: usize,
) -> Vec<StoredEvent> {
    (0..count)
        .map(|n| {
            seq += 1;
            let full = n % 2 == 0;
            let salt = [u8::try_from(n % 256).unwrap(); 16];
            let event = ChainedEvent {
                business,
                seq,
                id: EventId::from_uuid(uuid()),
                contact,
                version: seq,
                kind: SignalKind::ALL[n % SignalKind::ALL.len()],
                source: Source::ALL[n % Source::ALL.len()],
                from: State::ALL[n % 5],
                to: State::ALL[(n + 1) % 5],
                occurred_at: at(seq - 100),
                recorded_at: at(seq),
                actor: if full { "person".into() } else { NASTY.into() },
                settings_version: i64::MAX,
                rule: full.then(|| "keyword".into()),
                matched: full.then(|| NASTY.into()),
                wording: full.then(|| wording_digest(NASTY)),
                evidence: evidence_digest(&salt, BODY.as_bytes()),
            };
            previous = event.hash(&previous);
            StoredEvent { event, hash: previous, evidence: Some((salt, BODY.to_owned())) }
        })
        .collect()
}

/// Continues the chain of a business as the service does it, in one unit of work.
pub async fn record(db: &Db, business: BusinessId, contact: ContactId, count: usize) -> Vec<StoredEvent> {
    commit!(db, tx => {
        insert_head(tx, business).await.unwrap();
        let head = load_head(tx, business).await.unwrap();
        let events = chain(business, contact, head, count);
        append_events(tx, &events).await.unwrap();
        insert_evidence(tx, &events).await.unwrap();
        if let Some(last) = events.last() {
            set_head(tx, business, last.event.seq, &last.hash).await.unwrap();
        }
        events
    })
}

/// Starts the chain of a business with changes of one person's state, each with the second it was recorded at.
pub async fn record_changes(db: &Db, business: BusinessId, contact: ContactId, changes: &[(State, i64)]) {
    let mut events = chain(business, contact, (0, GENESIS), changes.len());
    let mut before = State::Unknown;
    for (stored, &(state, second)) in events.iter_mut().zip(changes) {
        (stored.event.from, stored.event.to) = (before, state);
        stored.event.recorded_at = at(second);
        before = state;
    }
    commit!(db, tx => append_events(tx, &events).await.unwrap());
}

/// Reads a whole chain back in pieces and checks it; gives its length.
async fn verified(db: &Db, business: BusinessId) -> i64 {
    let mut verifier = Verifier::default();
    loop {
        let piece = read!(db, tx => list_events_after(tx, business, verifier.head().0, 7).await.unwrap());
        for stored in &piece {
            let evidence = stored.evidence.as_ref().map(|(salt, body)| (salt, body.as_bytes()));
            verifier.check(&stored.event, &stored.hash, evidence).unwrap();
        }
        if piece.is_empty() {
            break;
        }
    }
    assert_eq!(commit!(db, tx => load_head(tx, business).await.unwrap()), verifier.head());
    verifier.head().0
}

contract! {
    async fn the_chain_reads_back_as_written_and_verifies(db: &Db) {
        let world = World::new(db).await;
        let person = world.person(db, "Ana").await;
        let mut written = Vec::new();
        for count in [0, 1, 500, 3] {
            written.extend(record(db, world.business, person, count).await);
        }
        assert_eq!(read!(db, tx => list_events_after(tx, world.business, 0, 1_000).await.unwrap()), written);
        assert_eq!(verified(db, world.business).await, 504);
        written.reverse();
        assert_eq!(read!(db, tx => list_events_of(tx, world.business, person).await.unwrap()), written);
    }

    async fn a_chain_starts_at_its_genesis(db: &Db) {
        let world = World::new(db).await;
        commit!(db, tx => assert_eq!(load_head(tx, world.business).await.unwrap(), (0, GENESIS), "not put in place yet"));
        commit!(db, tx => {
            insert_head(tx, world.business).await.unwrap();
            insert_head(tx, world.other).await.unwrap();
            set_head(tx, world.business, 7, &[9; 32]).await.unwrap();
            insert_head(tx, world.business).await.unwrap();
            assert_eq!(load_head(tx, world.business).await.unwrap(), (7, [9; 32]), "in place already");
            assert_eq!(load_head(tx, world.other).await.unwrap(), (0, GENESIS));
        });
    }

    async fn pieces_of_the_chain_are_cut_where_asked(db: &Db) {
        let world = World::new(db).await;
        let person = world.person(db, "Ana").await;
        record(db, world.business, person, 10).await;
        let seqs =
            |events: Vec<StoredEvent>| events.into_iter().map(|stored| stored.event.seq).collect::<Vec<_>>();
        read!(db, tx => {
            assert_eq!(seqs(list_events_after(tx, world.business, 3, 4).await.unwrap()), [4, 5, 6, 7]);
            assert_eq!(seqs(list_events_after(tx, world.business, 9, 4).await.unwrap()), [10]);
            assert_eq!(seqs(list_events_after(tx, world.business, 10, 4).await.unwrap()), [0; 0]);
            assert_eq!(seqs(list_events_before(tx, world.business, i64::MAX, 3).await.unwrap()), [10, 9, 8]);
            assert_eq!(seqs(list_events_before(tx, world.business, 3, 9).await.unwrap()), [2, 1]);
        });
    }

    async fn chains_of_two_businesses_do_not_meet(db: &Db) {
        let world = World::new(db).await;
        let (ours, theirs) = (world.person(db, "Ana").await, world.stranger(db, "Eve").await);
        record(db, world.business, ours, 3).await;
        record(db, world.other, theirs, 5).await;
        assert_eq!((verified(db, world.business).await, verified(db, world.other).await), (3, 5));
        read!(db, tx => {
            assert_eq!(list_events_of(tx, world.business, theirs).await.unwrap(), []);
            assert_eq!(list_events_of(tx, world.other, ours).await.unwrap(), []);
            assert_eq!(list_events_before(tx, world.business, 99, 99).await.unwrap().len(), 3);
        });
    }

    async fn events_of_records_joined_to_a_person_are_theirs(db: &Db) {
        let world = World::new(db).await;
        let (old, new) = (world.person(db, "Old").await, world.person(db, "New").await);
        record(db, world.business, old, 2).await;
        record(db, world.business, new, 1).await;
        commit!(db, tx => {
            let mut people = load_contacts(tx, &[old]).await.unwrap();
            people[0].merged_into = Some(new);
            update_contacts(tx, &people).await.unwrap();
        });
        let events = read!(db, tx => list_events_of(tx, world.business, new).await.unwrap());
        assert_eq!(events.iter().map(|stored| stored.event.seq).collect::<Vec<_>>(), [3, 2, 1]);
    }

    async fn the_database_refuses_to_change_the_ledger(db: &Db) {
        let world = World::new(db).await;
        let person = world.person(db, "Ana").await;
        record(db, world.business, person, 2).await;
        for change in [
            "update consent_event set to_state = 'opted_in'",
            "update consent_event set seq = seq + 10",
            "delete from consent_event",
            "delete from consent_event where seq = 2",
            "update consent_evidence set body = '{}'",
        ] {
            let error = raw(db, change).await.unwrap_err();
            assert!(error.to_string().contains("consent_ev"), "{change}: {error}");
        }
        match db.engine() {
            store::Engine::Sqlite => {
                let replace =
                    "insert or replace into consent_event select * from consent_event where seq = 1";
                assert!(raw(db, replace).await.is_err(), "replacing deletes without saying so");
            }
            store::Engine::Postgres => assert!(raw(db, "truncate consent_event").await.is_err()),
        }
        assert_eq!(verified(db, world.business).await, 2);
    }

    async fn a_place_in_the_chain_is_taken_once(db: &Db) {
        let world = World::new(db).await;
        let person = world.person(db, "Ana").await;
        record(db, world.business, person, 2).await;
        let rival = chain(world.business, person, (1, GENESIS), 2);
        let mut tx = db.write().await.unwrap();
        assert!(is_taken(&append_events(&mut tx, &rival).await));
        drop(tx);
        assert_eq!(verified(db, world.business).await, 2);
    }

    async fn erasing_the_personal_part_leaves_the_chain_whole(db: &Db) {
        let world = World::new(db).await;
        let person = world.person(db, "Ana").await;
        record(db, world.business, person, 3).await;
        assert_eq!(raw(db, "delete from consent_evidence").await.unwrap(), 3);
        assert_eq!(verified(db, world.business).await, 3);
        let events = read!(db, tx => list_events_of(tx, world.business, person).await.unwrap());
        assert!(events.iter().all(|stored| stored.evidence.is_none()));
    }

    async fn evidence_of_any_size_comes_back_to_the_byte(db: &Db) {
        let world = World::new(db).await;
        let person = world.person(db, "Ana").await;
        let mut events = chain(world.business, person, (0, GENESIS), 4);
        for (stored, body) in
            events.iter_mut().zip([Some(NASTY.to_owned()), Some(String::new()), Some(long()), None])
        {
            stored.evidence = body.map(|body| ([0; 16], body));
        }
        commit!(db, tx => {
            append_events(tx, &events).await.unwrap();
            insert_evidence(tx, &events).await.unwrap();
            insert_evidence(tx, &[]).await.unwrap();
        });
        assert_eq!(read!(db, tx => list_events_after(tx, world.business, 0, 9).await.unwrap()), events);
    }

    async fn writers_at_the_same_time_make_one_chain(db: &Db) {
        let world = World::new(db).await;
        let person = world.person(db, "Ana").await;
        commit!(db, tx => insert_head(tx, world.business).await.unwrap());
        let mut writers = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let db = db.clone();
            writers.spawn(async move {
                for count in [1, 2, 3] {
                    record(&db, world.business, person, count).await;
                }
            });
        }
        writers.join_all().await;
        assert_eq!(verified(db, world.business).await, 48);
    }

    async fn only_changes_of_state_are_counted(db: &Db) {
        let world = World::new(db).await;
        let person = world.person(db, "Ana").await;
        let changes = [(State::OptedOut, 1), (State::OptedOut, 2), (State::OptedIn, 3), (State::OptedOut, 4)];
        record_changes(db, world.business, person, &changes).await;
        for (state, since, count) in [
            (State::OptedOut, 0, 2),
            (State::OptedOut, 2, 1),
            (State::OptedOut, 4, 1),
            (State::OptedOut, 5, 0),
            (State::OptedIn, 0, 1),
            (State::Held, 0, 0),
        ] {
            let found =
                read!(db, tx => count_changes_to(tx, world.business, state, at(since)).await.unwrap());
            assert_eq!(found, count, "{state} since {since}");
        }
        assert_eq!(
            read!(db, tx => count_changes_to(tx, world.other, State::OptedOut, at(0)).await.unwrap()),
            0
        );
    }
}
