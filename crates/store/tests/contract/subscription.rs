use domain::id::{ContactId, DeliveryId, SubscriptionId};
use domain::subscription::{DeliveryState, EventType, Subscription};
use store::subscription::*;
use store::{Db, erasure};

use crate::world::*;

async fn subscribed(db: &Db, world: &World, events: &[EventType]) -> Subscription {
    let one = Subscription {
        id: SubscriptionId::from_uuid(uuid()),
        url: "https://shop.example/hooks?é".into(),
        events: events.to_vec(),
        created_at: at(0),
        stopped: None,
    };
    commit!(db, tx => insert_subscription(tx, world.business, &one, &[1, 0, 255]).await.unwrap());
    one
}

fn delivery(world: &World, to: &Subscription, contact: Option<ContactId>) -> NewDelivery {
    NewDelivery {
        id: DeliveryId::from_uuid(uuid()),
        business: world.business,
        subscription: to.id,
        contact,
        event: EventType::ContactOptedOut,
        body: serde_json::json!({ "name": NASTY }).to_string(),
    }
}

contract! {
    async fn subscriptions_come_back_as_they_were_and_in_their_business(db: &Db) {
        let world = World::new(db).await;
        let one = subscribed(db, &world, &EventType::ALL).await;
        read!(db, tx => {
            assert_eq!(list_subscriptions(tx, world.business).await.unwrap(), std::slice::from_ref(&one));
            assert_eq!(list_subscriptions(tx, world.other).await.unwrap(), []);
            assert_eq!(find_destination(tx, one.id).await.unwrap(), Some((one.url.clone(), vec![1, 0, 255])));
        });
        commit!(db, tx => stop_subscription(tx, one.id, "gone", at(5)).await.unwrap());
        let found = read!(db, tx => list_subscriptions(tx, world.business).await.unwrap());
        assert_eq!(found[0].stopped, Some((at(5), "gone".into())));
        commit!(db, tx => {
            assert!(!delete_subscription(tx, world.other, one.id).await.unwrap());
            assert!(delete_subscription(tx, world.business, one.id).await.unwrap());
        });
        assert_eq!(read!(db, tx => find_destination(tx, one.id).await.unwrap()), None);
    }

    async fn a_delivery_is_claimed_by_one_until_its_lease_ends_and_settled_once(db: &Db) {
        let world = World::new(db).await;
        let one = subscribed(db, &world, &[EventType::ContactOptedOut]).await;
        let new = [delivery(&world, &one, None), delivery(&world, &one, None)];
        commit!(db, tx => insert_deliveries(tx, &new, at(0)).await.unwrap());
        let due = commit!(db, tx => claim_deliveries(tx, at(0), at(60), 1).await.unwrap());
        assert_eq!(due.len(), 1);
        assert_eq!((due[0].id, due[0].attempts, due[0].body.as_str()), (new[0].id.uuid(), 1, new[0].body.as_str()));
        let rest = commit!(db, tx => claim_deliveries(tx, at(0), at(60), 9).await.unwrap());
        assert_eq!(rest.iter().map(|one| one.id).collect::<Vec<_>>(), [new[1].id.uuid()]);
        assert_eq!(commit!(db, tx => claim_deliveries(tx, at(59), at(119), 9).await.unwrap()), []);
        assert_eq!(commit!(db, tx => claim_deliveries(tx, at(60), at(119), 9).await.unwrap()).len(), 2, "its process died");
        commit!(db, tx => {
            settle_delivery(tx, new[0].id, DeliveryState::Delivered, Some(200), None, None, at(61)).await.unwrap();
            settle_delivery(tx, new[0].id, DeliveryState::Failed, Some(500), None, None, at(62)).await.unwrap();
            settle_delivery(tx, new[1].id, DeliveryState::Waiting, None, Some("timeout"), Some(at(90)), at(61)).await.unwrap();
        });
        let log = read!(db, tx => list_deliveries(tx, world.business, one.id, 9).await.unwrap());
        assert_eq!((log[1].state, log[1].status, log[1].next_at), (DeliveryState::Delivered, Some(200), None));
        assert_eq!((log[0].state, log[0].error.as_deref(), log[0].next_at), (DeliveryState::Waiting, Some("timeout"), Some(at(90))));
        assert_eq!(read!(db, tx => list_deliveries(tx, world.other, one.id, 9).await.unwrap()), []);
        commit!(db, tx => {
            assert!(!replay_delivery(tx, world.other, new[0].id, at(70)).await.unwrap());
            assert!(replay_delivery(tx, world.business, new[0].id, at(70)).await.unwrap());
        });
        assert_eq!(commit!(db, tx => claim_deliveries(tx, at(70), at(130), 9).await.unwrap()).len(), 1);
    }

    async fn old_deliveries_go_and_so_do_those_about_somebody_erased(db: &Db) {
        let world = World::new(db).await;
        let one = subscribed(db, &world, &[EventType::ContactOptedOut]).await;
        let ana = world.person(db, "Ana").await;
        let new = [delivery(&world, &one, Some(ana)), delivery(&world, &one, None), delivery(&world, &one, None)];
        commit!(db, tx => insert_deliveries(tx, &new, at(0)).await.unwrap());
        commit!(db, tx => erasure::erase_record(tx, ana, at(1)).await.unwrap());
        commit!(db, tx => settle_delivery(tx, new[1].id, DeliveryState::Failed, None, None, None, at(1)).await.unwrap());
        commit!(db, tx => delete_old_deliveries(tx, at(0)).await.unwrap());
        let left = read!(db, tx => list_deliveries(tx, world.business, one.id, 9).await.unwrap());
        assert_eq!(left.iter().map(|one| one.id).collect::<Vec<_>>(), [new[2].id], "what waits stays");
    }
}
