//! Answers that colleagues give often.

use domain::id::SavedReplyId;
use domain::role::{Right, Role};
use domain::saved_reply::MOST;
use service::Error;
use service::saved_replies::{list, remove, save};

use crate::shop::{Shop, problems};

rules! {
    async fn whoever_answers_keeps_answers_for_all_who_do(shop) {
        let agent = shop.someone(Role::Agent);
        let kept = save(shop.service(), &agent, None, "  Opening   hours ", "Until six.\n").await.unwrap();
        assert_eq!((kept.title.as_str(), kept.text.as_str()), ("Opening hours", "Until six."));
        let changed = save(shop.service(), &shop.owner, Some(kept.id), "Hours", "Until seven.").await.unwrap();
        assert_eq!(list(shop.service(), &agent).await.unwrap(), [changed]);
        let viewer = shop.someone(Role::Viewer);
        let refused = save(shop.service(), &viewer, None, "Mine", "No").await;
        assert!(matches!(refused, Err(Error::Forbidden(Some(Right::SendMessages)))), "{refused:?}");
        assert!(matches!(remove(shop.service(), &viewer, kept.id).await, Err(Error::Forbidden(_))));
        remove(shop.service(), &agent, kept.id).await.unwrap();
        remove(shop.service(), &agent, kept.id).await.unwrap();
        assert_eq!(list(shop.service(), &agent).await.unwrap(), []);
    }

    async fn what_is_wrong_with_an_answer_is_named(shop) {
        let save = |id, title: &'static str, text: String| async move {
            save(shop.service(), &shop.owner, id, title, &text).await
        };
        let hours = save(None, "Hours", "Until six.".into()).await.unwrap();
        assert_eq!(problems(save(None, " ", "x".into()).await), [("name", "empty")]);
        assert_eq!(problems(save(None, "HOURS", "x".into()).await), [("name", "taken")]);
        assert_eq!(problems(save(None, "Other", "  ".into()).await), [("text.body", "empty")]);
        assert_eq!(problems(save(None, "Other", "x".repeat(4_097)).await), [("text.body", "too_long")]);
        save(Some(hours.id), "hours", "Until six.".into()).await.unwrap();
        let nobody = SavedReplyId::from_uuid(shop.world.clock.uuid());
        assert!(matches!(save(Some(nobody), "Else", "x".into()).await, Err(Error::NotFound)));
    }

    async fn there_is_a_most(shop) {
        for n in 0..MOST {
            save(shop.service(), &shop.owner, None, &format!("Answer {n}"), "x").await.unwrap();
        }
        let one_more = save(shop.service(), &shop.owner, None, "One more", "x").await;
        assert_eq!(problems(one_more), [("name", "too_many")]);
    }
}
