use domain::contact::{Direction, ThreadMessage};
use domain::id::MessageId;
use domain::time::Timestamp;
use store::inbound::*;

use crate::world::*;

fn other(world: &World, field: &str, raw: &str) -> NewOther {
    NewOther {
        id: uuid(),
        business_id: world.business.uuid(),
        connection_id: world.connection.uuid(),
        field: field.into(),
        why: "unknown",
        raw: raw.into(),
        received_at: at(0).micros(),
    }
}

contract! {
    async fn a_key_is_new_once(db: &Db) {
        let keys = [(1, 7), (1, 8), (1, 7), (2, 7), (i64::MAX, i64::MAX), (0, 0)];
        let mut new = commit!(db, tx => insert_seen(tx, &keys).await.unwrap());
        new.sort_unstable();
        assert_eq!(new, [(0, 0), (1, 7), (1, 8), (2, 7), (i64::MAX, i64::MAX)], "once, also inside one call");
        assert_eq!(commit!(db, tx => insert_seen(tx, &[(1, 8), (3, 3)]).await.unwrap()), [(3, 3)]);
        assert_eq!(commit!(db, tx => insert_seen(tx, &[]).await.unwrap()), []);
        assert_eq!(commit!(db, tx => insert_seen(tx, &keys).await.unwrap()), []);
        let many: Vec<_> = (0..500).map(|n| (100 + n % 3, n)).collect();
        assert_eq!(commit!(db, tx => insert_seen(tx, &many).await.unwrap()).len(), 500);
    }

    async fn a_key_whose_unit_of_work_failed_is_new_again(db: &Db) {
        let mut tx = db.write().await.unwrap();
        assert_eq!(insert_seen(&mut tx, &[(1, 1)]).await.unwrap().len(), 1);
        drop(tx);
        assert_eq!(commit!(db, tx => insert_seen(tx, &[(1, 1)]).await.unwrap()).len(), 1);
    }

    async fn the_same_deliveries_in_another_order_at_the_same_time_count_once(db: &Db) {
        let mut deliveries = tokio::task::JoinSet::new();
        for step in [1, 3, 7, 9, 11, 13, 17, 19] {
            let db = db.clone();
            deliveries.spawn(async move {
                let keys: Vec<_> = (0..1_000).map(|n| (1, n * step % 1_000)).collect();
                commit!(db, tx => insert_seen(tx, &keys).await.unwrap()).len()
            });
        }
        assert_eq!(deliveries.join_all().await.into_iter().sum::<usize>(), 1_000);
    }

    async fn old_keys_are_forgotten(db: &Db) {
        commit!(db, tx => {
            insert_seen(tx, &[(9, 1), (10, 1)]).await.unwrap();
            delete_old_seen(tx, Timestamp::from_seconds(10)).await.unwrap();
            assert_eq!(insert_seen(tx, &[(9, 1), (10, 1)]).await.unwrap(), [(9, 1)]);
        });
    }

    async fn incoming_messages_come_back_as_a_thread(db: &Db) {
        let world = World::new(db).await;
        let (ana, bob) = (world.person(db, "Ana").await, world.person(db, "Bob").await);
        let mut messages: Vec<_> =
            [NASTY, "", &long(), "last"].iter().map(|text| world.written_by(ana, text)).collect();
        (messages[3].verdict, messages[3].message_type) = ("opt_out", "button".into());
        messages[3].sent_at = at(9).micros();
        commit!(db, tx => {
            insert_inbound(tx, &[]).await.unwrap();
            insert_inbound(tx, &messages).await.unwrap();
            insert_inbound(tx, &[world.written_by(bob, "other")]).await.unwrap();
        });
        let thread = read!(db, tx => list_inbound_of(tx, world.business, ana, 9).await.unwrap());
        let expected: Vec<_> = messages
            .iter()
            .rev()
            .map(|message| ThreadMessage {
                id: MessageId::from_uuid(message.id),
                at: Timestamp::from_micros(message.sent_at),
                text: message.preview.clone(),
                direction: Direction::In {
                    message_type: message.message_type.clone(),
                    verdict: message.verdict.into(),
                },
            })
            .collect();
        assert_eq!(thread, expected);
        read!(db, tx => {
            assert_eq!(list_inbound_of(tx, world.business, ana, 2).await.unwrap(), expected[..2]);
            assert_eq!(list_inbound_of(tx, world.other, ana, 9).await.unwrap(), []);
        });
    }

    async fn a_message_is_found_as_received_by_its_person_and_business_only(db: &Db) {
        let world = World::new(db).await;
        let (ana, ben) = (world.person(db, "Ana").await, world.person(db, "Ben").await);
        let message = NewInbound { raw: NASTY.into(), ..world.written_by(ana, "hello") };
        let id = MessageId::from_uuid(message.id);
        commit!(db, tx => insert_inbound(tx, &[message]).await.unwrap());
        let find = async |business, person| read!(db, tx => find_raw(tx, business, person, id).await.unwrap());
        assert_eq!(find(world.business, ana).await, Some((world.connection, NASTY.to_owned())));
        assert_eq!(find(world.business, ben).await, None);
        assert_eq!(find(world.other, ana).await, None);
    }

    async fn what_no_page_shows_is_kept_as_received(db: &Db) {
        let world = World::new(db).await;
        let ana = world.person(db, "Ana").await;
        let mut message = world.written_by(ana, "x");
        message.raw = format!(r#"{{"text":"\u0000 {NASTY}"}}"#);
        message.wamid = NASTY.into();
        commit!(db, tx => insert_inbound(tx, std::slice::from_ref(&message)).await.unwrap());
        assert_eq!(raw_text(db, "select raw from message_in").await.as_ref(), Some(&message.raw));
        assert_eq!(raw_text(db, "select wamid from message_in").await.as_deref(), Some(NASTY));
        assert_eq!(raw_text(db, "select coalesce(rule, context_wamid) from message_in").await, None);
        (message.id, message.rule, message.context_wamid) = (uuid(), Some("keyword".into()), Some(NASTY.into()));
        commit!(db, tx => insert_inbound(tx, &[message]).await.unwrap());
        assert_eq!(raw_text(db, "select max(rule) from message_in").await.as_deref(), Some("keyword"));
        assert_eq!(raw_text(db, "select max(context_wamid) from message_in").await.as_deref(), Some(NASTY));
    }

    async fn many_messages_at_once(db: &Db) {
        let world = World::new(db).await;
        let ana = world.person(db, "Ana").await;
        let messages: Vec<_> = (0..500).map(|n| world.written_by(ana, &n.to_string())).collect();
        commit!(db, tx => insert_inbound(tx, &messages).await.unwrap());
        assert_eq!(
            read!(db, tx => list_inbound_of(tx, world.business, ana, 1_000).await.unwrap()).len(),
            500
        );
    }

    async fn what_has_no_table_is_kept_and_counted_by_field(db: &Db) {
        let world = World::new(db).await;
        let mut others: Vec<_> = (0..500).map(|_| other(&world, "flows", "{}")).collect();
        others.push(other(&world, NASTY, &long()));
        let mut theirs = other(&world, "flows", "{}");
        theirs.business_id = world.other.uuid();
        commit!(db, tx => {
            insert_others(tx, &[]).await.unwrap();
            insert_others(tx, &others).await.unwrap();
            insert_others(tx, &[theirs]).await.unwrap();
        });
        let mut counts = read!(db, tx => count_others(tx, world.business).await.unwrap());
        counts.sort();
        assert_eq!(counts, [(NASTY.to_owned(), 1), ("flows".to_owned(), 500)]);
        assert_eq!(read!(db, tx => count_others(tx, world.other).await.unwrap()), [("flows".to_owned(), 1)]);
        assert_eq!(raw_text(db, "select raw from webhook_other where field <> 'flows'").await, Some(long()));
        assert_eq!(
            raw_text(db, "select why from webhook_other where field <> 'flows'").await.as_deref(),
            Some("unknown")
        );
    }
}
