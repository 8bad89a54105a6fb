use domain::time::Span;
use store::idempotency::*;

use crate::world::*;

contract! {
    async fn a_key_is_taken_once_and_keeps_its_answer(db: &Db) {
        let world = World::new(db).await;
        commit!(db, tx => {
            assert_eq!(find_key(tx, world.business, NASTY).await.unwrap(), None);
            assert!(insert_key(tx, world.business, NASTY, &[0, 255], at(0), at(0) + Span::seconds(10)).await.unwrap());
            assert!(!insert_key(tx, world.business, NASTY, b"other", at(1), at(1) + Span::seconds(10)).await.unwrap());
        });
        let waiting = Kept { digest: vec![0, 255], answer: None, created_at: at(0) };
        assert_eq!(read!(db, tx => find_key(tx, world.business, NASTY).await.unwrap()), Some(waiting));
        commit!(db, tx => set_answer(tx, world.business, NASTY, 201, &long()).await.unwrap());
        let answered = Some(Kept { digest: vec![0, 255], answer: Some((201, long())), created_at: at(0) });
        assert_eq!(read!(db, tx => find_key(tx, world.business, NASTY).await.unwrap()), answered);
        commit!(db, tx => free_key(tx, world.business, NASTY).await.unwrap());
        assert_eq!(
            read!(db, tx => find_key(tx, world.business, NASTY).await.unwrap()),
            answered,
            "answered: not given back"
        );
    }

    async fn a_key_that_was_not_answered_is_taken_over_when_its_time_is_over_or_it_is_given_back(db: &Db) {
        let world = World::new(db).await;
        let until = at(0) + Span::seconds(10);
        commit!(db, tx => {
            assert!(insert_key(tx, world.business, "k", b"a", at(0), until).await.unwrap());
            let early = until - Span::millis(1);
            assert!(!take_over_key(tx, world.business, "k", early, until).await.unwrap(), "under way");
            let later = until + Span::seconds(10);
            assert!(take_over_key(tx, world.business, "k", until, later).await.unwrap());
            assert!(!take_over_key(tx, world.business, "k", until, later).await.unwrap(), "by one only");
            free_key(tx, world.business, "k").await.unwrap();
            assert!(take_over_key(tx, world.business, "k", until, later).await.unwrap(), "given back");
            set_answer(tx, world.business, "k", 200, "").await.unwrap();
            assert!(!take_over_key(tx, world.business, "k", later, later).await.unwrap(), "answered");
        });
    }

    async fn keys_of_two_businesses_do_not_meet(db: &Db) {
        let world = World::new(db).await;
        commit!(db, tx => {
            assert!(insert_key(tx, world.business, "k", b"a", at(0), at(0) + Span::seconds(10)).await.unwrap());
            assert!(insert_key(tx, world.other, "k", b"b", at(0), at(0) + Span::seconds(10)).await.unwrap());
            set_answer(tx, world.other, "k", 200, "").await.unwrap();
            free_key(tx, world.other, "k").await.unwrap();
        });
        let kept = read!(db, tx => find_key(tx, world.business, "k").await.unwrap());
        assert_eq!(kept, Some(Kept { digest: b"a".to_vec(), answer: None, created_at: at(0) }));
    }

    async fn old_keys_are_forgotten(db: &Db) {
        let world = World::new(db).await;
        commit!(db, tx => {
            insert_key(tx, world.business, "old", b"a", at(9), at(9) + Span::seconds(10)).await.unwrap();
            insert_key(tx, world.business, "young", b"a", at(10), at(10) + Span::seconds(10)).await.unwrap();
            delete_old_keys(tx, at(10)).await.unwrap();
        });
        read!(db, tx => {
            assert_eq!(find_key(tx, world.business, "old").await.unwrap(), None);
            assert!(find_key(tx, world.business, "young").await.unwrap().is_some());
        });
    }

    async fn of_requests_that_arrive_together_one_takes_the_key(db: &Db) {
        let World { business, .. } = World::new(db).await;
        let mut requests = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let db = db.clone();
            requests.spawn(async move {
                commit!(db, tx => insert_key(tx, business, "k", b"a", at(0), at(0) + Span::seconds(10)).await.unwrap())
            });
        }
        assert_eq!(requests.join_all().await.into_iter().filter(|&taken| taken).count(), 1);
    }
}
