//! The form on a business's own website: the box is ticked there, the message that counts comes from the person's own WhatsApp.

use domain::consent::{Source, State};
use domain::time::Span;
use service::joining;

use crate::shop::{Shop, za};

/// Somebody agrees on the shop's form; the words they then have to send.
async fn agrees(shop: &Shop) -> String {
    let agreed = joining::agree(shop.service(), &shop.connection.to_string()).await.unwrap();
    assert!(agreed.url.starts_with("https://wa.me/") && agreed.url.contains("START%20%23"), "{}", agreed.url);
    agreed.words
}

/// The wording with a digest.
async fn kept(shop: &Shop, digest: &str) -> String {
    let digest = hex::decode(digest).unwrap().try_into().unwrap();
    service::settings::wording(shop.service(), &shop.owner, digest).await.unwrap()
}

rules! {
    async fn r5_the_wording_of_the_form_is_kept_as_evidence_and_nobody_is_asked_twice(shop) {
        let form = joining::form(shop.service(), &shop.connection.to_string()).await.unwrap();
        let words = agrees(shop).await;
        assert!(shop.find(&za(1)).await.is_none(), "agreeing on a page is nobody's number");
        shop.exchange(&za(1), &words).await;
        let contact = shop.contact(&za(1)).await;
        assert_eq!((contact.state, contact.source), (State::OptedIn, Some(Source::WebForm)));
        let event = shop.events(&za(1)).await.pop().unwrap();
        let details = event.evidence.clone().and_then(|evidence| evidence.details).unwrap();
        assert!(details["agreed_on_form_at"].is_string() && details["form_settings_version"].is_i64(), "{details}");
        let wording = event.wording.unwrap();
        let kept = kept(shop, &wording).await;
        let (beginning, _) = kept.split_once("{{").unwrap();
        assert!(form.disclosure.starts_with(beginning), "{kept}: {form:?}");
        assert_eq!(shop.sent_to(&za(1)).len(), 1, "one confirmation and no question");
    }

    async fn r6_a_code_of_nobody_and_a_late_one_are_only_a_start(shop) {
        let words = agrees(shop).await;
        shop.says(&za(1), &format!("START #{}", "0".repeat(36))).await;
        assert_eq!(shop.state(&za(1)).await, State::Pending);
        shop.advance(Span::minutes(62));
        shop.says(&za(2), &words).await;
        assert_eq!(shop.state(&za(2)).await, State::Pending);
    }

    async fn r6_a_code_that_was_passed_on_counts_for_the_first_only(shop) {
        let words = agrees(shop).await;
        assert_ne!(words, agrees(shop).await, "everybody has a code of their own");
        shop.says(&za(1), &words).await;
        shop.says(&za(2), &words.to_lowercase()).await;
        assert_eq!((shop.state(&za(1)).await, shop.state(&za(2)).await), (State::OptedIn, State::Pending));
    }

    async fn the_wording_is_that_of_the_settings_the_form_was_shown_with(shop) {
        let words = agrees(shop).await;
        let (settings, _) = service::settings::load(shop.service(), &shop.owner).await.unwrap();
        let before = settings.draft.disclosure.clone();
        let mut draft = settings.draft;
        draft.disclosure = "{{business_name}} sends offers, about one a week. Reply {{opt_out_keyword}} to stop.".to_owned();
        service::settings::save(shop.service(), &shop.owner, settings.version, draft).await.unwrap();
        shop.says(&za(1), &words).await;
        let wording = shop.events(&za(1)).await.pop().unwrap().wording.unwrap();
        assert_eq!(kept(shop, &wording).await, before);
    }

    async fn who_opted_out_comes_back_by_the_form_and_a_stop_with_a_code_is_a_stop(shop) {
        shop.subscriber(&za(1)).await;
        shop.says(&za(1), "STOP").await;
        let words = agrees(shop).await;
        shop.says(&za(1), &words).await;
        assert_eq!(shop.state(&za(1)).await, State::OptedIn);
        assert_eq!(shop.contact(&za(1)).await.source, Some(Source::WebForm));
        shop.says(&za(1), &words.replace("START", "STOP")).await;
        assert_eq!(shop.state(&za(1)).await, State::OptedOut);
        assert_eq!(shop.contact(&za(1)).await.source, Some(Source::Keyword));
    }
}
