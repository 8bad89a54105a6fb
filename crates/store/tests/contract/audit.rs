use domain::audit::{Action, AuditEntry};
use domain::id::AuditId;
use store::audit::*;

use crate::world::*;

fn entry(actor: &str, action: Action) -> AuditEntry {
    AuditEntry {
        id: AuditId::from_uuid(uuid()),
        actor: actor.into(),
        action,
        subject: NASTY.into(),
        at: at(3),
    }
}

contract! {
    async fn deeds_are_listed_newest_first_by_who_and_what(db: &Db) {
        let World { business, other, .. } = World::new(db).await;
        let deeds = [
            entry("usr_1", Action::LoggedIn),
            entry("usr_2", Action::Erased),
            entry("usr_1", Action::Erased),
        ];
        commit!(db, tx => {
            for deed in &deeds {
                insert_audit(tx, business, deed).await.unwrap();
            }
            insert_audit(tx, other, &entry("usr_1", Action::Erased)).await.unwrap();
        });
        let list = async |query: AuditQuery, limit| read!(db, tx => list_audit(tx, business, &query, limit).await.unwrap());
        let [first, second, third] = deeds;
        assert_eq!(list(AuditQuery::default(), 2).await, [third.clone(), second.clone()]);
        let older = AuditQuery { before: Some(second.id), ..AuditQuery::default() };
        assert_eq!(list(older, 9).await, std::slice::from_ref(&first));
        let by_one = AuditQuery { actor: Some("usr_1".into()), ..AuditQuery::default() };
        assert_eq!(list(by_one.clone(), 9).await, [third.clone(), first]);
        let both = AuditQuery { action: Some(Action::Erased), ..by_one };
        assert_eq!(list(both, 9).await, [third]);
        let noted = async |of, action, subject: &str| read!(db, tx => is_noted(tx, of, action, subject).await.unwrap());
        assert!(noted(business, Action::LoggedIn, NASTY).await);
        assert!(!noted(other, Action::LoggedIn, NASTY).await);
        assert!(!noted(business, Action::PromotionAllowed, NASTY).await);
        assert!(!noted(business, Action::LoggedIn, "another").await);
    }
}
