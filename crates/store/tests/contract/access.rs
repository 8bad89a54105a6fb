use domain::id::ApiKeyId;
use domain::role::Role;
use store::access::*;

use crate::world::*;

fn a_key(world: &World, name: &str) -> ApiKey {
    ApiKey {
        id: ApiKeyId::from_uuid(uuid()),
        business: world.business,
        name: name.into(),
        scope: "write".into(),
        created_at: at(0),
        last_used_at: None,
    }
}

contract! {
    async fn businesses_come_back_as_they_were(db: &Db) {
        let full = Business {
            handle: Some("demo".into()),
            name: NASTY.into(),
            region: Some("BR".into()),
            ..a_business()
        };
        let bare = Business { name: String::new(), ..a_business() };
        let huge = Business { name: long(), ..a_business() };
        for business in [&full, &bare, &huge] {
            commit!(db, tx => insert_business(tx, business, at(0)).await.unwrap());
            let found = read!(db, tx => find_business(tx, business.id).await.unwrap());
            assert_eq!(found.as_ref(), Some(business));
        }
        read!(db, tx => {
            assert_eq!(find_business_by_handle(tx, "demo").await.unwrap(), Some(full));
            assert_eq!(find_business_by_handle(tx, "Demo").await.unwrap(), None);
            assert_eq!(find_business(tx, a_business().id).await.unwrap(), None);
        });
    }

    async fn a_handle_names_one_business(db: &Db) {
        let [one, two] = [(); 2].map(|()| Business { handle: Some("demo".into()), ..a_business() });
        commit!(db, tx => insert_business(tx, &one, at(0)).await.unwrap());
        let mut tx = db.write().await.unwrap();
        assert!(is_taken(&insert_business(&mut tx, &two, at(0)).await));
    }

    async fn people_come_back_as_they_were(db: &Db) {
        let world = World::new(db).await;
        assert!(!read!(db, tx => has_users(tx).await.unwrap()));
        let mut everybody = Vec::new();
        for role in Role::ALL {
            let user = User {
                role,
                password_hash: NASTY.into(),
                ..a_user(world.business, &format!("{role}@é.example"))
            };
            commit!(db, tx => insert_user(tx, &user, at(0)).await.unwrap());
            let found = read!(db, tx => find_user_by_email(tx, &user.email).await.unwrap());
            assert_eq!(found.as_ref(), Some(&user));
            everybody.push(user);
        }
        read!(db, tx => {
            assert!(has_users(tx).await.unwrap());
            assert_eq!(list_users(tx, world.business).await.unwrap(), everybody);
            assert_eq!(list_users(tx, world.other).await.unwrap(), []);
            assert_eq!(find_user_by_email(tx, "nobody@example.com").await.unwrap(), None);
        });
    }

    async fn an_address_is_one_person_in_all_businesses(db: &Db) {
        let world = World::new(db).await;
        commit!(db, tx => insert_user(tx, &a_user(world.business, "ana@example.com"), at(0)).await.unwrap());
        let mut tx = db.write().await.unwrap();
        assert!(is_taken(&insert_user(&mut tx, &a_user(world.other, "ana@example.com"), at(0)).await));
    }

    async fn a_session_ends_by_age_by_idleness_and_by_hand(db: &Db) {
        let world = World::new(db).await;
        let user = a_user(world.business, "ana@example.com");
        commit!(db, tx => {
            insert_user(tx, &user, at(0)).await.unwrap();
            insert_session(tx, b"token", user.id, at(0), at(100)).await.unwrap();
            insert_session(tx, b"long", user.id, at(0), at(1_000)).await.unwrap();
        });
        read!(db, tx => {
            let (found, business, seen) = find_session(tx, b"token", at(99), at(-1)).await.unwrap().unwrap();
            assert_eq!((found, business.id, seen), (user.clone(), world.business, at(0)));
            assert_eq!(business.name, "Padaria");
            assert_eq!(find_session(tx, b"tokem", at(1), at(-1)).await.unwrap(), None);
            assert_eq!(find_session(tx, b"token", at(100), at(-1)).await.unwrap(), None, "over at its last moment");
            assert_eq!(find_session(tx, b"token", at(50), at(0)).await.unwrap(), None, "idle since then");
        });
        commit!(db, tx => touch_session(tx, b"token", at(40)).await.unwrap());
        let seen = read!(db, tx => find_session(tx, b"token", at(50), at(0)).await.unwrap())
            .map(|(_, _, seen)| seen);
        assert_eq!(seen, Some(at(40)));
        commit!(db, tx => delete_expired_sessions(tx, at(100)).await.unwrap());
        read!(db, tx => {
            assert_eq!(find_session(tx, b"token", at(50), at(0)).await.unwrap(), None, "forgotten");
            assert!(find_session(tx, b"long", at(50), at(-1)).await.unwrap().is_some());
        });
        commit!(db, tx => delete_session(tx, b"long").await.unwrap());
        assert_eq!(read!(db, tx => find_session(tx, b"long", at(50), at(-1)).await.unwrap()), None);
    }

    async fn a_setup_link_works_until_all_are_voided(db: &Db) {
        commit!(db, tx => {
            insert_setup_token(tx, b"first", at(0)).await.unwrap();
            insert_setup_token(tx, b"second", at(1)).await.unwrap();
        });
        read!(db, tx => {
            assert!(has_setup_token(tx, b"first").await.unwrap());
            assert!(has_setup_token(tx, b"second").await.unwrap());
            assert!(!has_setup_token(tx, b"third").await.unwrap());
        });
        commit!(db, tx => delete_setup_tokens(tx).await.unwrap());
        assert!(!read!(db, tx => has_setup_token(tx, b"second").await.unwrap()));
    }

    async fn an_api_key_opens_until_it_is_revoked_by_its_own_business(db: &Db) {
        let world = World::new(db).await;
        let (first, mut second) = (a_key(&world, NASTY), a_key(&world, "till"));
        second.scope = "read".into();
        commit!(db, tx => {
            insert_api_key(tx, &first, b"hash 1").await.unwrap();
            insert_api_key(tx, &second, b"hash 2").await.unwrap();
            touch_api_key(tx, second.id, at(60)).await.unwrap();
        });
        second.last_used_at = Some(at(60));
        read!(db, tx => {
            assert_eq!(find_api_key(tx, b"hash 1").await.unwrap().as_ref(), Some(&first));
            assert_eq!(find_api_key(tx, b"hash 3").await.unwrap(), None);
            assert_eq!(list_api_keys(tx, world.business).await.unwrap(), [second.clone(), first.clone()]);
            assert_eq!(list_api_keys(tx, world.other).await.unwrap(), []);
        });
        commit!(db, tx => {
            assert!(!revoke_api_key(tx, world.other, first.id, at(70)).await.unwrap(), "not theirs");
            assert!(revoke_api_key(tx, world.business, first.id, at(70)).await.unwrap());
            assert!(!revoke_api_key(tx, world.business, first.id, at(71)).await.unwrap(), "revoked already");
        });
        read!(db, tx => {
            assert_eq!(find_api_key(tx, b"hash 1").await.unwrap(), None);
            assert_eq!(list_api_keys(tx, world.business).await.unwrap(), [second]);
        });
        let mut tx = db.write().await.unwrap();
        assert!(
            is_taken(&insert_api_key(&mut tx, &a_key(&world, "again"), b"hash 1").await),
            "a revoked hash stays used"
        );
    }

    async fn who_leaves_cannot_come_in_and_is_still_known(db: &Db) {
        let world = World::new(db).await;
        let user = a_user(world.business, "ana@padaria.example");
        commit!(db, tx => {
            insert_user(tx, &user, at(0)).await.unwrap();
            for token in [[1; 32], [2; 32], [3; 32]] {
                insert_session(tx, &token, user.id, at(0), at(900)).await.unwrap();
            }
            assert_eq!(delete_other_sessions(tx, user.id, &[2; 32]).await.unwrap(), 2);
            set_role(tx, user.id, Role::Viewer).await.unwrap();
        });
        let found = read!(db, tx => find_session(tx, &[2; 32], at(1), at(-1)).await.unwrap()).unwrap().0;
        assert_eq!((found.role, found.left), (Role::Viewer, false));
        commit!(db, tx => leave(tx, user.id, at(2)).await.unwrap());
        read!(db, tx => {
            assert!(find_session(tx, &[2; 32], at(3), at(-1)).await.unwrap().is_none());
            assert!(list_users(tx, world.business).await.unwrap()[0].left);
        });
        commit!(db, tx => set_password(tx, user.id, NASTY, Role::Agent).await.unwrap());
        let back = read!(db, tx => find_user_by_email(tx, &user.email).await.unwrap()).unwrap();
        assert_eq!((back.left, back.role, back.password_hash.as_str()), (false, Role::Agent, NASTY));
    }

    async fn an_invitation_is_found_by_its_link_until_it_ends(db: &Db) {
        let world = World::new(db).await;
        let invitation = |seconds: i64| Invitation {
            id: domain::id::InvitationId::from_uuid(uuid()),
            business: world.business,
            email: "ana@é.example".into(),
            role: Role::Agent,
            created_at: at(seconds),
            expires_at: at(seconds + 60),
        };
        let (first, second) = (invitation(0), invitation(10));
        commit!(db, tx => insert_invitation(tx, &first, &[1; 32], "system").await.unwrap());
        assert_eq!(read!(db, tx => find_invitation(tx, &[1; 32], at(59)).await.unwrap()), Some(first.clone()));
        assert_eq!(read!(db, tx => find_invitation(tx, &[1; 32], at(60)).await.unwrap()), None);
        commit!(db, tx => insert_invitation(tx, &second, &[2; 32], "system").await.unwrap());
        assert_eq!(read!(db, tx => find_invitation(tx, &[1; 32], at(1)).await.unwrap()), None, "the newer one counts");
        assert_eq!(read!(db, tx => list_invitations(tx, world.business).await.unwrap()), std::slice::from_ref(&second));
        assert_eq!(read!(db, tx => list_invitations(tx, world.other).await.unwrap()), []);
        commit!(db, tx => {
            assert!(!delete_invitation(tx, world.other, second.id).await.unwrap());
            assert!(delete_invitation(tx, world.business, second.id).await.unwrap());
            assert!(!delete_invitation(tx, world.business, second.id).await.unwrap());
        });
    }
}
