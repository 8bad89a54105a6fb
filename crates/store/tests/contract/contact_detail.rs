use domain::contact::Details;
use store::contact_detail::*;

use crate::world::*;

fn details(language: Option<&str>, attributes: &[(&str, &str)]) -> Details {
    Details {
        language: language.map(str::to_owned),
        attributes: attributes
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

contract! {
    async fn details_are_kept_changed_and_gone_when_empty(db: &Db) {
        let world = World::new(db).await;
        let business = world.business;
        let (ana, ben) = (world.person(db, "Ana").await, world.person(db, "Ben").await);
        let list = async || read!(db, tx => list_details(tx, &[ana, ben]).await.unwrap());
        assert!(list().await.is_empty());
        let first = details(Some("pt-br"), &[("size", "M"), ("note", NASTY)]);
        let second = details(None, &[("size", "L")]);
        commit!(db, tx => {
            write_details(tx, business, ana, &first).await.unwrap();
            write_details(tx, business, ben, &second).await.unwrap();
        });
        assert_eq!(list().await.into_iter().collect::<Vec<_>>(), [(ana, first), (ben, second.clone())]);
        commit!(db, tx => {
            write_details(tx, business, ana, &second).await.unwrap();
            write_details(tx, business, ben, &Details::default()).await.unwrap();
        });
        assert_eq!(list().await.into_iter().collect::<Vec<_>>(), [(ana, second)]);
    }
}
