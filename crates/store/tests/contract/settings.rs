use domain::ledger::wording_digest;
use domain::settings::{Draft, Settings};
use store::settings::*;

use crate::world::*;

fn version(version: i64, confirmation: &str) -> Settings {
    let draft = Draft {
        opt_out_confirmation: confirmation.into(),
        opt_in_keywords: vec![],
        help_keywords: vec![NASTY.into()],
        ..Draft::default()
    };
    Settings { version, draft }
}

contract! {
    async fn every_version_of_the_settings_stays(db: &Db) {
        let world = World::new(db).await;
        read!(db, tx => {
            assert_eq!(find_settings(tx, world.business).await.unwrap(), None);
            assert_eq!(find_settings_version(tx, world.business).await.unwrap(), None);
        });
        let versions = [version(1, NASTY), version(2, &long()), version(10, "")];
        commit!(db, tx => for settings in &versions {
            insert_settings(tx, world.business, settings, "usr_1", at(0)).await.unwrap();
        });
        read!(db, tx => {
            assert_eq!(find_settings(tx, world.business).await.unwrap().as_ref(), Some(&versions[2]));
            assert_eq!(find_settings_version(tx, world.business).await.unwrap(), Some(10));
            for settings in &versions {
                let found = find_settings_at(tx, world.business, settings.version).await.unwrap();
                assert_eq!(found.as_ref(), Some(settings));
            }
            assert_eq!(find_settings_at(tx, world.business, 3).await.unwrap(), None);
            assert_eq!(find_settings(tx, world.other).await.unwrap(), None);
            assert_eq!(find_settings_at(tx, world.other, 1).await.unwrap(), None);
            assert_eq!(find_settings_version(tx, world.other).await.unwrap(), None);
        });
    }

    async fn of_two_who_save_at_once_one_is_told(db: &Db) {
        let world = World::new(db).await;
        commit!(db, tx => {
            insert_settings(tx, world.business, &version(1, "a"), "usr_1", at(0)).await.unwrap();
            insert_settings(tx, world.other, &version(1, "a"), "usr_1", at(0)).await.unwrap();
        });
        let mut tx = db.write().await.unwrap();
        assert!(is_taken(&insert_settings(&mut tx, world.business, &version(1, "b"), "usr_2", at(1)).await));
    }

    async fn the_database_refuses_to_change_settings(db: &Db) {
        let world = World::new(db).await;
        commit!(db, tx => insert_settings(tx, world.business, &version(1, "a"), "usr_1", at(0)).await.unwrap());
        assert!(raw(db, "update settings set body = '{}'").await.is_err());
        assert!(raw(db, "delete from settings").await.is_err());
        assert_eq!(read!(db, tx => find_settings(tx, world.business).await.unwrap()), Some(version(1, "a")));
    }

    async fn a_wording_is_kept_once_and_never_changed(db: &Db) {
        let world = World::new(db).await;
        for text in [NASTY, "", &long()] {
            let digest = wording_digest(text);
            commit!(db, tx => {
                insert_wording(tx, world.business, &digest, text, at(0)).await.unwrap();
                insert_wording(tx, world.business, &digest, "another text", at(1)).await.unwrap();
            });
            read!(db, tx => {
                assert_eq!(find_wording(tx, world.business, &digest).await.unwrap().as_deref(), Some(text));
                assert_eq!(find_wording(tx, world.other, &digest).await.unwrap(), None);
            });
        }
        assert!(raw(db, "update wording set text = 'x'").await.is_err());
        assert!(raw(db, "delete from wording").await.is_err());
        let digest = wording_digest(NASTY);
        assert_eq!(
            read!(db, tx => find_wording(tx, world.business, &digest).await.unwrap()).as_deref(),
            Some(NASTY)
        );
    }
}
