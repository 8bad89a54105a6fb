use domain::consent::State;
use domain::id::{ContactId, EventId, ReviewId};
use domain::review::{Outcome, ReviewKind};
use domain::time::Span;
use store::review::*;
use store::{Db, contact, inbound};

use crate::ledger::record;
use crate::world::*;

/// An event of the first business about a person, and the review it opens.
async fn opened(db: &Db, world: &World, person: ContactId, kind: ReviewKind, seconds: i64) -> NewReview {
    let event = record(db, world.business, person, 1).await.remove(0).event.id;
    let review = review(world, person, kind, event, seconds);
    commit!(db, tx => open_reviews(tx, &[review]).await.unwrap());
    review
}

fn review(world: &World, contact: ContactId, kind: ReviewKind, event: EventId, seconds: i64) -> NewReview {
    NewReview {
        id: ReviewId::from_uuid(uuid()),
        business: world.business,
        contact,
        kind,
        event,
        opened_at: at(seconds),
    }
}

contract! {
    async fn reviews_come_back_with_their_words_the_most_urgent_first(db: &Db) {
        let world = World::new(db).await;
        let (ana, ben) = (world.person(db, NASTY).await, world.person(db, "").await);
        let late = opened(db, &world, ana, ReviewKind::Erasure, 0).await;
        let soon = opened(db, &world, ben, ReviewKind::Hold, 5).await;
        read!(db, tx => {
            let found = list_open_reviews(tx, world.business, None, 10).await.unwrap();
            assert_eq!(found.iter().map(|review| review.id).collect::<Vec<_>>(), [soon.id, late.id]);
            assert_eq!((found[0].kind, found[0].contact, found[0].due_at), (ReviewKind::Hold, ben, ReviewKind::Hold.due(at(5))));
            assert_eq!(found[1].contact_label, NASTY);
            assert_eq!(found[1].evidence.as_ref().and_then(|evidence| evidence.words.as_deref()), Some("STOP \0 \"now\" 🦀"));
            let after = Some((found[0].due_at, found[0].id));
            assert_eq!(list_open_reviews(tx, world.business, after, 10).await.unwrap(), found[1..]);
            assert_eq!(list_open_reviews(tx, world.business, None, 1).await.unwrap(), found[..1]);
            assert_eq!(list_open_reviews(tx, world.other, None, 10).await.unwrap(), []);
            assert_eq!(count_open_reviews(tx, world.business).await.unwrap(), 2);
            assert_eq!(count_open_reviews(tx, world.other).await.unwrap(), 0);
            assert_eq!(find_open_review(tx, world.business, soon.id).await.unwrap(), Some((ReviewKind::Hold, ben)));
            assert_eq!(find_open_review(tx, world.other, soon.id).await.unwrap(), None);
        });
    }

    async fn a_person_has_one_open_review_of_a_kind(db: &Db) {
        let world = World::new(db).await;
        let person = world.person(db, "Ana").await;
        let first = opened(db, &world, person, ReviewKind::Hold, 0).await;
        opened(db, &world, person, ReviewKind::Hold, 60).await;
        let found = read!(db, tx => list_open_reviews(tx, world.business, None, 10).await.unwrap());
        assert_eq!(found.iter().map(|review| review.id).collect::<Vec<_>>(), [first.id]);
        commit!(db, tx => {
            assert!(close_review(tx, person, ReviewKind::Hold, Outcome::NoStop, NASTY, at(90)).await.unwrap());
            assert!(!close_review(tx, person, ReviewKind::Hold, Outcome::Stop, "x", at(91)).await.unwrap());
            assert!(!close_review(tx, person, ReviewKind::Erasure, Outcome::Done, "x", at(91)).await.unwrap());
        });
        assert_eq!(read!(db, tx => find_open_review(tx, world.business, first.id).await.unwrap()), None);
        let again = opened(db, &world, person, ReviewKind::Hold, 120).await;
        let found = read!(db, tx => list_open_reviews(tx, world.business, None, 10).await.unwrap());
        assert_eq!(found.iter().map(|review| review.id).collect::<Vec<_>>(), [again.id]);
    }

    async fn only_holds_whose_time_is_over_are_overdue(db: &Db) {
        let world = World::new(db).await;
        let (ana, ben) = (world.person(db, "Ana").await, world.person(db, "Ben").await);
        opened(db, &world, ana, ReviewKind::Hold, 0).await;
        opened(db, &world, ben, ReviewKind::Complaint, 0).await;
        let due = ReviewKind::Hold.due(at(0));
        read!(db, tx => {
            assert_eq!(list_overdue_holds(tx, due - Span::seconds(1), 10).await.unwrap(), []);
            assert_eq!(list_overdue_holds(tx, due, 10).await.unwrap(), [(world.business, ana)]);
            assert_eq!(list_overdue_holds(tx, due, 0).await.unwrap(), []);
        });
    }

    async fn a_joined_record_brings_its_reviews_along(db: &Db) {
        let world = World::new(db).await;
        let (from, to) = (world.person(db, "Ana").await, world.person(db, "Ana S").await);
        opened(db, &world, from, ReviewKind::Hold, 0).await;
        let erasure = opened(db, &world, from, ReviewKind::Erasure, 0).await;
        let kept = opened(db, &world, to, ReviewKind::Hold, 9).await;
        commit!(db, tx => move_reviews(tx, from, to, at(10)).await.unwrap());
        read!(db, tx => {
            assert_eq!(find_open_review(tx, world.business, erasure.id).await.unwrap(), Some((ReviewKind::Erasure, to)));
            assert_eq!(find_open_review(tx, world.business, kept.id).await.unwrap(), Some((ReviewKind::Hold, to)));
            assert_eq!(count_open_reviews(tx, world.business).await.unwrap(), 2, "one hold is enough");
        });
        assert_eq!(read!(db, tx => contact::load_contacts(tx, &[to]).await.unwrap())[0].consent.state(), State::Unknown);
    }

    async fn received_messages_come_newest_first_and_only_the_businesss_own(db: &Db) {
        let world = World::new(db).await;
        let person = world.person(db, "Ana").await;
        let written: Vec<_> = ["one", "two", "three"].map(|text| {
            let mut message = world.written_by(person, text);
            message.raw = text.into();
            message
        }).into();
        commit!(db, tx => inbound::insert_inbound(tx, &written).await.unwrap());
        let long_ago = at(-1_000_000_000);
        read!(db, tx => {
            let found = inbound::list_received(tx, world.business, long_ago, None, 10).await.unwrap();
            assert_eq!(found.iter().map(|one| one.raw.as_str()).collect::<Vec<_>>(), ["three", "two", "one"]);
            let before = Some(found[0].id);
            assert_eq!(inbound::list_received(tx, world.business, long_ago, before, 1).await.unwrap(), found[1..2]);
            assert_eq!(inbound::list_received(tx, world.business, at(0), None, 10).await.unwrap(), []);
            assert_eq!(inbound::list_received(tx, world.other, long_ago, None, 10).await.unwrap(), []);
        });
    }
}
