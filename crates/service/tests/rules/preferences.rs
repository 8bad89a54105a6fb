//! The person's own page: as easy to leave as to join (R30), for as long as a link lives (R40).

use domain::consent::{Source, State};
use domain::contact::Actor;
use domain::permit::Reason;
use domain::role::Role;
use domain::time::Span;
use service::consent::Choice;
use service::{Error, erasure, preferences};

use crate::shop::{Shop, refusal, za};

async fn token(shop: &Shop, id: domain::id::ContactId) -> String {
    let link = preferences::link(shop.service(), &shop.owner, id).await.unwrap();
    link.rsplit('/').next().unwrap().to_owned()
}

rules! {
    async fn r30_one_press_without_a_login_stops_and_one_starts_again(shop) {
        let id = shop.subscriber(&za(1)).await;
        let token = token(shop, id).await;
        let seen = preferences::look(shop.service(), &token).await.unwrap();
        assert_eq!((seen.state, seen.business_name.as_str()), (State::OptedIn, "Padaria"));
        assert_eq!(shop.state(&za(1)).await, State::OptedIn, "looking changes nothing");
        shop.advance(Span::seconds(1));
        let stopped = preferences::choose(shop.service(), &token, Choice::OptedOut).await.unwrap();
        assert_eq!(stopped.state, State::OptedOut);
        assert_eq!(refusal(shop.marketing(id).await), Reason::OptedOut);
        let event = shop.events(&za(1)).await.pop().unwrap();
        assert_eq!((event.source, event.actor), (Source::WebForm, Actor::Person));

        shop.advance(Span::seconds(1));
        let again = preferences::choose(shop.service(), &token, Choice::OptedIn).await.unwrap();
        assert_eq!(again.state, State::OptedIn);
        shop.marketing(id).await.unwrap();
    }

    async fn r5_agreeing_on_the_page_keeps_the_wording_that_was_shown(shop) {
        let id = shop.stranger(&za(1)).await;
        let token = token(shop, id).await;
        let shown = preferences::look(shop.service(), &token).await.unwrap().disclosure.unwrap();
        assert!(shown.contains("Padaria") && shown.contains("STOP"), "R4: who sends and how to leave: {shown}");
        preferences::choose(shop.service(), &token, Choice::OptedIn).await.unwrap();
        let event = shop.events(&za(1)).await.pop().unwrap();
        assert_eq!(event.evidence.unwrap().wording.as_deref(), Some(shown.as_str()));
        assert!(event.wording.is_some());
    }

    async fn r40_a_link_works_for_more_than_sixty_days(shop) {
        let id = shop.subscriber(&za(1)).await;
        let token = token(shop, id).await;
        shop.advance(Span::days(400));
        let stopped = preferences::choose(shop.service(), &token, Choice::OptedOut).await.unwrap();
        assert_eq!(stopped.state, State::OptedOut);
        preferences::choose(shop.service(), &token, Choice::OptedOut).await.unwrap();
        assert_eq!(shop.events(&za(1)).await.len(), 2, "pressed twice, recorded once");
    }

    async fn a_link_of_an_erased_person_says_no_and_offers_nothing(shop) {
        let id = shop.subscriber(&za(1)).await;
        let token = token(shop, id).await;
        erasure::erase(shop.service(), &shop.owner, id).await.unwrap();
        let seen = preferences::look(shop.service(), &token).await.unwrap();
        assert_eq!((seen.state, seen.disclosure), (State::OptedOut, None));
        assert!(matches!(preferences::choose(shop.service(), &token, Choice::OptedIn).await, Err(Error::NotFound)));
    }

    async fn nobody_gets_the_link_of_another_business(shop) {
        let id = shop.subscriber(&za(1)).await;
        let business = shop.world.business("Other").await.unwrap();
        let stranger = shop.world.caller(business, Role::Owner);
        assert!(matches!(preferences::link(shop.service(), &stranger, id).await, Err(Error::NotFound)));
        assert!(matches!(preferences::look(shop.service(), "00").await, Err(Error::NotFound)));
    }
}
