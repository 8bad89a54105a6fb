//! Who works here: joining by a link, roles, leaving (R58).

use domain::contact::Actor;
use domain::id::UserId;
use domain::role::Role;
use domain::time::Span;
use service::{Caller, Error, auth, team};

use crate::shop::{Shop, problems, za};

const PASSWORD: &str = "a sentence to remember";

async fn joined(shop: &Shop, email: &str, role: Role) -> (Caller, String) {
    let token = team::invite(shop.service(), &shop.owner, email, role).await.unwrap();
    let session = team::join(shop.service(), &token, PASSWORD).await.unwrap();
    let signed_in = auth::signed_in(shop.service(), &session.token).await.unwrap().unwrap();
    (signed_in.caller, session.token)
}

fn id_of(caller: &Caller) -> UserId {
    match &caller.actor {
        Actor::User { id, .. } => *id,
        other => panic!("{other:?} is no user"),
    }
}

rules! {
    async fn an_invitation_works_once_and_for_a_week(shop) {
        let service = shop.service();
        let token = team::invite(service, &shop.owner, " Ana@Shop.example ", Role::Agent).await.unwrap();
        assert_eq!(team::asked(service, &token).await.unwrap(), Some(("ana@shop.example".into(), "Padaria".into())));
        assert_eq!(problems(team::join(service, &token, "short").await.map(drop)), [("password", "too_short")]);
        team::join(service, &token, PASSWORD).await.unwrap();
        assert!(matches!(team::join(service, &token, PASSWORD).await, Err(Error::NotFound)), "used up");
        auth::log_in(service, "ana@shop.example", PASSWORD, None).await.unwrap();
        assert_eq!(problems(team::invite(service, &shop.owner, "ana@shop.example", Role::Agent).await), [("email", "taken")]);

        let late = team::invite(service, &shop.owner, "ben@shop.example", Role::Viewer).await.unwrap();
        shop.advance(Span::days(8));
        assert_eq!(team::asked(service, &late).await.unwrap(), None);
        assert!(matches!(team::join(service, &late, PASSWORD).await, Err(Error::NotFound)));
        assert!(team::invited(service, &shop.owner).await.unwrap().is_empty());
    }

    async fn an_invitation_that_is_taken_back_or_repeated_is_void(shop) {
        let service = shop.service();
        let first = team::invite(service, &shop.owner, "ana@shop.example", Role::Agent).await.unwrap();
        let second = team::invite(service, &shop.owner, "ana@shop.example", Role::Viewer).await.unwrap();
        assert_eq!(team::asked(service, &first).await.unwrap(), None);
        let invited = team::invited(service, &shop.owner).await.unwrap();
        assert_eq!((invited.len(), invited[0].role), (1, Role::Viewer));
        team::take_back(service, &shop.owner, invited[0].id).await.unwrap();
        assert_eq!(team::asked(service, &second).await.unwrap(), None);
    }

    async fn an_admin_makes_everybody_but_owners(shop) {
        let service = shop.service();
        let (admin, _) = joined(shop, "admin@shop.example", Role::Admin).await;
        let (agent, _) = joined(shop, "agent@shop.example", Role::Agent).await;
        assert!(matches!(team::invite(service, &admin, "x@shop.example", Role::Owner).await, Err(Error::Forbidden(_))));
        assert!(matches!(team::set_role(service, &admin, id_of(&shop.owner), Role::Viewer).await, Err(Error::Forbidden(_))));
        assert!(matches!(team::remove(service, &admin, id_of(&shop.owner)).await, Err(Error::Forbidden(_))));
        team::set_role(service, &admin, id_of(&agent), Role::Viewer).await.unwrap();
        for refused in [
            team::set_role(service, &agent, id_of(&agent), Role::Admin).await,
            team::remove(service, &agent, id_of(&admin)).await,
        ] {
            assert!(matches!(refused, Err(Error::Forbidden(_))));
        }
    }

    async fn there_is_always_an_owner(shop) {
        let service = shop.service();
        let me = id_of(&shop.owner);
        assert!(matches!(team::remove(service, &shop.owner, me).await, Err(Error::Conflict)));
        assert!(matches!(team::set_role(service, &shop.owner, me, Role::Admin).await, Err(Error::Conflict)));
        joined(shop, "second@shop.example", Role::Owner).await;
        team::set_role(service, &shop.owner, me, Role::Admin).await.unwrap();
    }

    async fn who_leaves_is_out_at_once_and_keeps_their_name_in_the_ledger(shop) {
        let service = shop.service();
        let (agent, session) = joined(shop, "agent@shop.example", Role::Agent).await;
        let person = shop.subscriber(&za(1)).await;
        shop.advance(Span::seconds(1));
        let record = service::consent::Record { note: Some("by phone".into()), ..crate::shop::bare(service::consent::Choice::OptedOut) };
        service::consent::record(service, &agent, person, record).await.unwrap();
        team::remove(service, &shop.owner, id_of(&agent)).await.unwrap();
        assert!(auth::signed_in(service, &session).await.unwrap().is_none());
        assert!(matches!(auth::log_in(service, "agent@shop.example", PASSWORD, None).await, Err(Error::SignedOut)));
        assert!(auth::team(service, &shop.owner).await.unwrap().iter().all(|one| one.email != "agent@shop.example"));
        let events = service::contacts::events(service, &shop.owner, person).await.unwrap();
        let by = events.iter().find_map(|event| match &event.actor {
            Actor::User { id, email } if *id == id_of(&agent) => email.clone(),
            _ => None,
        });
        assert_eq!(by.as_deref(), Some("agent@shop.example"));

        let (back, _) = joined(shop, "agent@shop.example", Role::Viewer).await;
        assert_eq!((id_of(&back), back.role), (id_of(&agent), Role::Viewer), "who comes back is the same person");
    }

    async fn a_new_password_ends_every_other_session(shop) {
        let service = shop.service();
        let (me, here) = joined(shop, "agent@shop.example", Role::Agent).await;
        let there = auth::log_in(service, "agent@shop.example", PASSWORD, None).await.unwrap().token;
        let wrong = team::change_password(service, &me, id_of(&me), &here, "not it at all", "another sentence").await;
        assert_eq!(problems(wrong), [("current", "wrong")]);
        team::change_password(service, &me, id_of(&me), &here, PASSWORD, "another sentence").await.unwrap();
        assert!(auth::signed_in(service, &here).await.unwrap().is_some());
        assert!(auth::signed_in(service, &there).await.unwrap().is_none());
        let again = auth::log_in(service, "agent@shop.example", "another sentence", None).await.unwrap().token;
        assert_eq!(team::end_other_sessions(service, id_of(&me), &here).await.unwrap(), 1);
        assert!(auth::signed_in(service, &again).await.unwrap().is_none());
    }

    async fn an_open_session_guesses_the_password_no_faster_than_the_login(shop) {
        let service = shop.service();
        let (me, here) = joined(shop, "agent@shop.example", Role::Agent).await;
        let guess = async || team::change_password(service, &me, id_of(&me), &here, "not it at all", "another sentence").await;
        for _ in 0..5 {
            assert_eq!(problems(guess().await), [("current", "wrong")]);
        }
        assert!(matches!(guess().await, Err(Error::TooMany { .. })));
    }

    async fn whom_somebody_invited_who_left_is_not_let_in(shop) {
        let service = shop.service();
        let (admin, _) = joined(shop, "admin@shop.example", Role::Admin).await;
        let token = team::invite(service, &admin, "friend@shop.example", Role::Admin).await.unwrap();
        team::remove(service, &shop.owner, id_of(&admin)).await.unwrap();
        assert!(matches!(team::join(service, &token, PASSWORD).await, Err(Error::NotFound)));
    }

    async fn no_team_reaches_into_another(shop) {
        let service = shop.service();
        let business = shop.world.business("Other").await.unwrap();
        let stranger = shop.world.caller(business, Role::Owner);
        team::invite(service, &shop.owner, "ana@shop.example", Role::Agent).await.unwrap();
        let invited = team::invited(service, &shop.owner).await.unwrap().remove(0).id;
        assert!(team::invited(service, &stranger).await.unwrap().is_empty());
        assert!(matches!(team::take_back(service, &stranger, invited).await, Err(Error::NotFound)));
        assert!(matches!(team::remove(service, &stranger, id_of(&shop.owner)).await, Err(Error::NotFound)));
        assert!(matches!(team::set_role(service, &stranger, id_of(&shop.owner), Role::Viewer).await, Err(Error::NotFound)));
        assert_eq!(problems(team::invite(service, &stranger, "owner@padaria.example", Role::Agent).await), [("email", "taken")]);
    }
}
