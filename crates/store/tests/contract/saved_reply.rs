use domain::id::SavedReplyId;
use domain::saved_reply::SavedReply;
use store::saved_reply::*;

use crate::world::*;

fn reply(title: &str, text: &str) -> SavedReply {
    SavedReply { id: SavedReplyId::from_uuid(uuid()), title: title.into(), text: text.into() }
}

contract! {
    async fn answers_are_kept_changed_and_forgotten_by_title(db: &Db) {
        let World { business, other, .. } = World::new(db).await;
        let (hours, nasty) = (reply("Opening hours", "Until six."), reply(NASTY, &long()));
        commit!(db, tx => {
            assert!(insert_saved_reply(tx, business, &nasty).await.unwrap());
            assert!(insert_saved_reply(tx, business, &hours).await.unwrap());
            assert!(!insert_saved_reply(tx, business, &reply("OPENING hours", "")).await.unwrap(), "taken");
            assert!(insert_saved_reply(tx, other, &reply("Opening hours", "")).await.unwrap(), "elsewhere");
        });
        let listed = read!(db, tx => list_saved_replies(tx, business).await.unwrap());
        assert_eq!(listed, [hours.clone(), nasty.clone()], "by title");
        let changed = SavedReply { text: "Until seven.".into(), ..hours.clone() };
        commit!(db, tx => {
            assert!(!update_saved_reply(tx, other, &changed).await.unwrap(), "of another business");
            assert!(!delete_saved_reply(tx, other, hours.id).await.unwrap());
            assert!(update_saved_reply(tx, business, &changed).await.unwrap());
            assert!(delete_saved_reply(tx, business, nasty.id).await.unwrap());
            assert!(!delete_saved_reply(tx, business, nasty.id).await.unwrap());
        });
        assert_eq!(read!(db, tx => list_saved_replies(tx, business).await.unwrap()), [changed]);
    }
}
