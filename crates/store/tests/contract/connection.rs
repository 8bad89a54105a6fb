use store::connection::*;

use crate::world::*;

contract! {
    async fn connections_come_back_as_they_were(db: &Db) {
        let world = World::new(db).await;
        let mut full = Connection {
            handle: Some("demo".into()),
            display_number: NASTY.into(),
            access_token: vec![7; 100_000],
            ..a_connection(world.business)
        };
        commit!(db, tx => {
            insert_connection(tx, &full, at(0)).await.unwrap();
            set_graph_url(tx, full.id, "http://127.0.0.1:1/é").await.unwrap();
            set_pause(tx, full.id, Some(("billing", at(60)))).await.unwrap();
        });
        full.graph_url = "http://127.0.0.1:1/é".into();
        (full.paused_reason, full.paused_until) = (Some("billing".into()), Some(at(60)));
        read!(db, tx => {
            assert_eq!(find_connection(tx, full.id).await.unwrap().as_ref(), Some(&full));
            assert_eq!(find_connection_by_handle(tx, "demo").await.unwrap().as_ref(), Some(&full));
            assert_eq!(find_connection_by_handle(tx, "").await.unwrap(), None);
            let ids = |found: Vec<Connection>| found.into_iter().map(|one| one.id).collect::<Vec<_>>();
            assert_eq!(ids(list_connections(tx, world.business).await.unwrap()), [world.connection, full.id]);
            assert_eq!(ids(list_connections(tx, world.other).await.unwrap()), [world.other_connection]);
            assert_eq!(ids(list_all_connections(tx).await.unwrap()), [world.connection, world.other_connection, full.id]);
        });
        commit!(db, tx => set_pause(tx, full.id, None).await.unwrap());
        let found = read!(db, tx => find_connection(tx, full.id).await.unwrap()).unwrap();
        assert_eq!((found.paused_reason, found.paused_until), (None, None));
    }

    async fn a_handle_names_one_connection(db: &Db) {
        let world = World::new(db).await;
        let [one, two] = [world.business, world.other]
            .map(|business| Connection { handle: Some("demo".into()), ..a_connection(business) });
        commit!(db, tx => insert_connection(tx, &one, at(0)).await.unwrap());
        let mut tx = db.write().await.unwrap();
        assert!(is_taken(&insert_connection(&mut tx, &two, at(0)).await));
    }

    async fn one_process_at_a_time_holds_a_number(db: &Db) {
        let World { connection, other_connection, .. } = World::new(db).await;
        let (ours, theirs) = (uuid(), uuid());
        commit!(db, tx => {
            assert!(take_lease(tx, connection, ours, at(0), at(30)).await.unwrap());
            assert!(!take_lease(tx, connection, theirs, at(10), at(40)).await.unwrap());
            assert!(take_lease(tx, other_connection, theirs, at(10), at(40)).await.unwrap(), "another number");
            assert!(take_lease(tx, connection, ours, at(20), at(50)).await.unwrap(), "renewed");
            assert!(!take_lease(tx, connection, theirs, at(40), at(70)).await.unwrap(), "the renewal counts");
            assert!(!take_lease(tx, connection, theirs, at(50), at(80)).await.unwrap(), "its last moment is still in it");
            assert!(take_lease(tx, connection, theirs, at(51), at(80)).await.unwrap(), "run out");
            assert!(!take_lease(tx, connection, ours, at(52), at(90)).await.unwrap());
            release_lease(tx, connection, ours).await.unwrap();
            assert!(!take_lease(tx, connection, ours, at(53), at(90)).await.unwrap(), "only the holder gives it back");
            release_lease(tx, connection, theirs).await.unwrap();
            assert!(take_lease(tx, connection, ours, at(54), at(90)).await.unwrap());
        });
    }

    async fn of_many_processes_that_start_together_one_gets_the_number(db: &Db) {
        let World { connection, .. } = World::new(db).await;
        let mut processes = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let db = db.clone();
            processes.spawn(async move {
                commit!(db, tx => take_lease(tx, connection, uuid(), at(0), at(30)).await.unwrap())
            });
        }
        assert_eq!(processes.join_all().await.into_iter().filter(|&taken| taken).count(), 1);
    }
}
