use store::second_factor::*;

use crate::world::*;

contract! {
    async fn a_second_factor_is_set_confirmed_used_and_forgotten(db: &Db) {
        let World { business, .. } = World::new(db).await;
        let (ana, ben) = (a_user(business, "ana@shop.example"), a_user(business, "ben@shop.example"));
        commit!(db, tx => {
            store::access::insert_user(tx, &ana, at(0)).await.unwrap();
            store::access::insert_user(tx, &ben, at(0)).await.unwrap();
            assert_eq!(find_second_factor(tx, ana.id).await.unwrap(), None);
            set_second_factor(tx, ana.id, &[0, 255]).await.unwrap();
            assert!(with_second_factor(tx, &[ana.id, ben.id]).await.unwrap().is_empty(), "not confirmed");
            confirm_second_factor(tx, ana.id, at(1)).await.unwrap();
            assert_eq!(with_second_factor(tx, &[ana.id, ben.id]).await.unwrap(), [ana.id]);
            assert!(use_step(tx, ana.id, 7).await.unwrap());
            assert!(!use_step(tx, ana.id, 7).await.unwrap(), "used");
            assert!(!use_step(tx, ana.id, 6).await.unwrap(), "older");
            assert!(!use_step(tx, ben.id, 9).await.unwrap(), "has none");
            let kept = SecondFactor { secret: vec![0, 255], confirmed_at: Some(at(1)), last_step: 7 };
            assert_eq!(find_second_factor(tx, ana.id).await.unwrap(), Some(kept));
            set_recovery_codes(tx, ana.id, &[[1; 32], [2; 32]]).await.unwrap();
            assert!(!use_recovery_code(tx, ben.id, &[1; 32]).await.unwrap(), "somebody else's");
            assert!(use_recovery_code(tx, ana.id, &[1; 32]).await.unwrap());
            assert!(!use_recovery_code(tx, ana.id, &[1; 32]).await.unwrap(), "used");
            set_second_factor(tx, ana.id, &[3]).await.unwrap();
            assert_eq!(find_second_factor(tx, ana.id).await.unwrap().unwrap().confirmed_at, None, "anew");
            assert!(delete_second_factor(tx, ana.id).await.unwrap());
            assert!(!delete_second_factor(tx, ana.id).await.unwrap());
            assert!(!use_recovery_code(tx, ana.id, &[2; 32]).await.unwrap(), "gone with it");
        });
    }

    async fn a_login_waits_for_its_code_until_its_time(db: &Db) {
        let World { business, .. } = World::new(db).await;
        let ana = a_user(business, "ana@shop.example");
        commit!(db, tx => {
            store::access::insert_user(tx, &ana, at(0)).await.unwrap();
            insert_pending_login(tx, &[1; 32], ana.id, at(10)).await.unwrap();
            insert_pending_login(tx, &[2; 32], ana.id, at(20)).await.unwrap();
            assert_eq!(find_pending_login(tx, &[1; 32], at(9)).await.unwrap(), Some((business, ana.id)));
            assert_eq!(find_pending_login(tx, &[1; 32], at(10)).await.unwrap(), None, "too late");
            delete_expired_pending_logins(tx, at(10)).await.unwrap();
            assert_eq!(find_pending_login(tx, &[1; 32], at(0)).await.unwrap(), None);
            delete_pending_login(tx, &[2; 32]).await.unwrap();
            assert_eq!(find_pending_login(tx, &[2; 32], at(0)).await.unwrap(), None);
            insert_pending_login(tx, &[3; 32], ana.id, at(20)).await.unwrap();
            store::access::leave(tx, ana.id, at(1)).await.unwrap();
            assert_eq!(find_pending_login(tx, &[3; 32], at(2)).await.unwrap(), None, "who left comes no more");
        });
    }
}
