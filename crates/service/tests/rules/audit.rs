//! What people of a business did is written down with the deed (R58).

use domain::audit::Action;
use domain::role::Role;
use domain::time::Span;
use service::audit::{AuditQuery, list};
use service::auth::{self, ApiKeyScope};
use service::{Error, erasure, team};

use crate::shop::{Shop, za};

const PASSWORD: &str = "correct horse battery";

async fn deeds(shop: &Shop) -> Vec<(Action, String)> {
    let (entries, more) = list(shop.service(), &shop.owner, AuditQuery::default()).await.unwrap();
    assert!(!more);
    entries.into_iter().rev().map(|entry| (entry.action, entry.subject)).collect()
}

rules! {
    async fn r58_what_the_team_does_is_on_record(shop) {
        let service = shop.service();
        let token = team::invite(service, &shop.owner, "ana@shop.example", Role::Agent).await.unwrap();
        shop.advance(Span::millis(1));
        let session = team::join(service, &token, PASSWORD).await.unwrap();
        shop.advance(Span::millis(1));
        let ana = auth::signed_in(service, &session.token).await.unwrap().unwrap();
        auth::log_in(service, "ana@shop.example", PASSWORD, None).await.unwrap();
        shop.advance(Span::millis(1));
        team::set_role(service, &shop.owner, ana.user, Role::Viewer).await.unwrap();
        shop.advance(Span::millis(1));
        let (key, _) = auth::add_api_key(service, &shop.owner, "Shop", ApiKeyScope::Read).await.unwrap();
        shop.advance(Span::millis(1));
        auth::revoke_api_key(service, &shop.owner, key).await.unwrap();
        shop.advance(Span::millis(1));
        let person = shop.subscriber(&za(1)).await;
        erasure::erase(service, &shop.owner, person).await.unwrap();
        shop.advance(Span::millis(1));
        team::remove(service, &shop.owner, ana.user).await.unwrap();
        shop.advance(Span::millis(1));
        let expected = [
            (Action::Invited, "ana@shop.example".to_owned()),
            (Action::Joined, ana.user.to_string()),
            (Action::LoggedIn, String::new()),
            (Action::RoleChanged, format!("{} viewer", ana.user)),
            (Action::KeyMade, key.to_string()),
            (Action::KeyRevoked, key.to_string()),
            (Action::Erased, person.to_string()),
            (Action::Removed, ana.user.to_string()),
        ];
        assert_eq!(deeds(shop).await, expected);
        let by_ana = AuditQuery { actor: Some(ana.user.to_string()), ..AuditQuery::default() };
        assert_eq!(list(service, &shop.owner, by_ana).await.unwrap().0.len(), 2);
    }

    async fn r58_a_deed_that_is_refused_leaves_no_trace(shop) {
        let viewer = shop.someone(Role::Viewer);
        let person = shop.subscriber(&za(1)).await;
        assert!(matches!(erasure::erase(shop.service(), &viewer, person).await, Err(Error::Forbidden(_))));
        assert!(auth::log_in(shop.service(), "nobody@shop.example", PASSWORD, None).await.is_err());
        assert_eq!(deeds(shop).await, []);
        assert!(matches!(list(shop.service(), &viewer, AuditQuery::default()).await, Err(Error::Forbidden(_))));
        let other = shop.world.caller(shop.world.business("Other").await.unwrap(), Role::Owner);
        assert_eq!(list(shop.service(), &other, AuditQuery::default()).await.unwrap(), (vec![], false));
    }
}
