use std::collections::BTreeSet;
use std::time::Duration;

use store::{Db, Engine, access, testing};

use crate::world::*;

contract! {
    async fn a_unit_of_work_that_is_dropped_never_happened(db: &Db) {
        let [kept, lost] = [a_business(), a_business()];
        let mut tx = db.write().await.unwrap();
        access::insert_business(&mut tx, &lost, at(0)).await.unwrap();
        assert!(access::find_business(&mut tx, lost.id).await.unwrap().is_some());
        drop(tx);
        commit!(db, tx => access::insert_business(tx, &kept, at(0)).await.unwrap());
        read!(db, tx => {
            assert_eq!(access::find_business(tx, lost.id).await.unwrap(), None);
            assert_eq!(access::find_business(tx, kept.id).await.unwrap(), Some(kept));
        });
    }

    async fn a_unit_of_work_that_failed_half_way_leaves_nothing(db: &Db) {
        let business = a_business();
        let mut tx = db.write().await.unwrap();
        access::insert_business(&mut tx, &business, at(0)).await.unwrap();
        assert!(is_taken(&access::insert_business(&mut tx, &business, at(0)).await));
        drop(tx);
        assert_eq!(read!(db, tx => access::find_business(tx, business.id).await.unwrap()), None);
    }

    async fn what_is_not_committed_is_not_seen(db: &Db) {
        let business = a_business();
        let mut tx = db.write().await.unwrap();
        access::insert_business(&mut tx, &business, at(0)).await.unwrap();
        assert_eq!(read!(db, tx => access::find_business(tx, business.id).await.unwrap()), None);
        tx.commit().await.unwrap();
        assert!(read!(db, tx => access::find_business(tx, business.id).await.unwrap()).is_some());
    }

    async fn a_database_answers_until_it_is_closed(db: &Db) {
        World::new(db).await;
        read!(db, tx => tx.ping().await.unwrap());
        db.close().await;
        assert!(db.read().await.is_err());
        assert!(db.write().await.is_err());
    }
}

/// Connects to the same place twice: the second time there is nothing to migrate, and everything is still there.
async fn connect_twice(url: &str, engine: Engine) {
    let business = a_business();
    let first = Db::connect(url, 2).await.unwrap();
    assert_eq!(first.engine(), engine);
    commit!(first, tx => access::insert_business(tx, &business, at(0)).await.unwrap());
    let second = Db::connect(url, 2).await.unwrap();
    assert_eq!(read!(second, tx => access::find_business(tx, business.id).await.unwrap()), Some(business));
    first.close().await;
    second.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connecting_again_changes_nothing_on_sqlite() {
    let (_directory, url) = testing::sqlite_url();
    connect_twice(&url, Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connecting_again_changes_nothing_on_postgres() {
    connect_twice(&testing::postgres_url().await, Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_on_sqlite_wait_for_each_other() {
    let fresh = testing::sqlite().await;
    let first = fresh.db.write().await.unwrap();
    let db = fresh.db.clone();
    let mut second = tokio::spawn(async move {
        commit!(db, tx => access::insert_business(tx, &a_business(), at(0)).await.unwrap());
    });
    assert!(tokio::time::timeout(Duration::from_millis(100), &mut second).await.is_err(), "it has to wait");
    read!(fresh.db, tx => tx.ping().await.unwrap());
    first.commit().await.unwrap();
    second.await.unwrap();
    fresh.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_unit_of_work_cannot_write_on_sqlite() {
    let fresh = testing::sqlite().await;
    let mut tx = fresh.db.read().await.unwrap();
    assert!(access::insert_business(&mut tx, &a_business(), at(0)).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_database_is_an_error_that_tells_no_password() {
    for url in [
        "",
        "no such thing",
        "mysql://root:hunter2@127.0.0.1/shop",
        "http://root:hunter2@127.0.0.1",
        "Postgres://root:hunter2@127.0.0.1/shop",
        "postgres://root:hunter2@",
        "postgres://root:hunter2@127.0.0.1:99999/shop",
        "postgres://root:hunter2@127.0.0.1:1/shop",
        "postgresql://root:hunter2@127.0.0.1:1/shop?sslmode=maybe",
        "sqlite://",
        "sqlite::memory:",
        "sqlite:///no/such/directory/shop.sqlite",
        "sqlite://shop.sqlite?mode=maybe",
        "sqlite://%ff",
    ] {
        let error = Db::connect(url, 2).await.map(|db| db.engine()).expect_err(url);
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("hunter2"), "{url}: {shown}");
    }
}

/// The numbers of the migrations in a folder.
fn migrations(folder: &str) -> BTreeSet<i64> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/");
    let mut numbers = BTreeSet::new();
    for entry in std::fs::read_dir(format!("{root}{folder}")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".sql") {
            let number = name.split('_').next().unwrap().parse().unwrap();
            assert!(numbers.insert(number), "two migrations with the number of {name}");
        }
    }
    numbers
}

#[test]
fn every_migration_has_its_number_to_itself_and_the_engines_keep_step() {
    let (shared, sqlite, postgres) = (migrations(""), migrations("sqlite"), migrations("postgres"));
    assert_eq!(sqlite, postgres);
    assert!(shared.is_disjoint(&sqlite));
    assert_eq!(Db::schema_version(), *shared.union(&sqlite).max().unwrap());
}
