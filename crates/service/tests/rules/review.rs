//! Words that need a person (R7, R36–R38), and running edited keywords over what came in.

use detection::Verdict;
use domain::consent::{SignalKind, Source, State};
use domain::permit::Reason;
use domain::review::{Review, ReviewKind};
use domain::role::Role;
use domain::time::Span;
use emulator::Inbound;
use service::Error;
use service::review::Decision;

use crate::shop::{Shop, refusal, za};

async fn open(shop: &Shop) -> Vec<Review> {
    service::review::list(shop.service(), &shop.owner, None, 50).await.unwrap()
}

async fn decide(shop: &Shop, review: &Review, decision: Decision) -> Result<(), Error> {
    service::review::decide(shop.service(), &shop.owner, review.id, decision).await.map(drop)
}

/// A person who was asked by START, and WhatsApp's id of the question.
async fn asked(shop: &Shop, phone: &str) -> String {
    shop.exchange(phone, "START").await;
    assert_eq!(shop.state(phone).await, State::Pending);
    shop.requests_to(phone).pop().unwrap().wamid.unwrap()
}

fn reply(phone: &str, words: &str, to: &str) -> Inbound {
    let said = serde_json::json!({"from": phone, "text": words, "context": {"id": to}});
    Inbound::from_json(said).unwrap()
}

rules! {
    async fn r7_yes_counts_only_as_an_answer_to_our_question_and_within_72_hours(shop) {
        let question = asked(shop, &za(1)).await;
        shop.advance(Span::hours(71));
        shop.does(Inbound::text(za(1), "yes")).await;
        assert_eq!(shop.state(&za(1)).await, State::Pending, "a yes that answers nothing");
        shop.does(reply(&za(1), "Yes please!", &question)).await;
        assert_eq!(shop.state(&za(1)).await, State::OptedIn);
        let event = shop.events(&za(1)).await.pop().unwrap();
        assert_eq!((event.kind, event.rule.as_deref()), (SignalKind::Confirm, Some("answer")));

        let question = asked(shop, &za(2)).await;
        shop.advance(Span::hours(73));
        shop.does(reply(&za(2), "yes", &question)).await;
        assert_eq!(shop.state(&za(2)).await, State::Pending, "a yes that came too late");

        shop.subscriber(&za(3)).await;
        shop.advance(Span::seconds(1));
        shop.exchange(&za(3), "STOP").await;
        let confirmation = shop.requests_to(&za(3)).pop().unwrap().wamid.unwrap();
        shop.does(reply(&za(3), "yes", &confirmation)).await;
        assert_eq!(shop.state(&za(3)).await, State::OptedOut, "a yes to something else");
    }

    async fn r7_no_to_our_question_is_a_refusal(shop) {
        let question = asked(shop, &za(1)).await;
        shop.does(reply(&za(1), "No thanks", &question)).await;
        assert_eq!(shop.state(&za(1)).await, State::OptedOut);
        shop.subscriber(&za(2)).await;
        shop.says(&za(2), "no").await;
        assert_eq!(shop.state(&za(2)).await, State::OptedIn, "no in a chat is an answer to something else");
    }

    async fn r20_whatever_a_reasonable_person_would_understand_stops_marketing(shop) {
        for (n, words) in [(1, "please don't message me anymore"), (2, "STOP pls, thanks"), (3, "unsuscribe")] {
            shop.subscriber(&za(n)).await;
            shop.says(&za(n), words).await;
            assert_eq!(shop.state(&za(n)).await, State::OptedOut, "{words}");
            let event = shop.events(&za(n)).await.pop().unwrap();
            let reading = event.evidence.unwrap().reading.unwrap();
            assert!(event.rule.is_some() && event.matched.is_some() && !reading.normalised.is_empty(), "{words}");
        }
    }

    async fn r21_nobody_is_opted_out_by_accident(shop) {
        shop.subscriber(&za(1)).await;
        for words in ["Where is the bus stop?", "I want to cancel my order 123", "please do not stop sending me listings"] {
            shop.says(&za(1), words).await;
        }
        assert_eq!(shop.state(&za(1)).await, State::OptedIn);
        assert_eq!(shop.events(&za(1)).await.len(), 1);
    }

    async fn r36_ambiguous_words_pause_marketing_until_a_person_decides(shop) {
        let id = shop.subscriber(&za(1)).await;
        shop.exchange(&za(1), "not interested").await;
        assert_eq!(shop.state(&za(1)).await, State::Held);
        assert_eq!(refusal(shop.marketing(id).await), Reason::Held);
        assert_eq!(shop.sent_to(&za(1)), Vec::<String>::new(), "nobody is told anything yet");
        let review = open(shop).await.pop().unwrap();
        assert_eq!((review.kind, review.contact), (ReviewKind::Hold, id));
        assert_eq!(review.evidence.as_ref().unwrap().words.as_deref(), Some("not interested"));
        assert_eq!(review.due_at, ReviewKind::Hold.due(review.opened_at));

        shop.advance(Span::hours(1));
        decide(shop, &review, Decision::NoStop).await.unwrap();
        assert_eq!(shop.state(&za(1)).await, State::OptedIn);
        let event = shop.events(&za(1)).await.pop().unwrap();
        assert_eq!((event.kind, event.source), (SignalKind::Release, Source::Operator));
        assert!(open(shop).await.is_empty());
        assert!(matches!(decide(shop, &review, Decision::Stop).await, Err(Error::NotFound)), "decided already");

        shop.exchange(&za(1), "enough").await;
        let review = open(shop).await.pop().unwrap();
        shop.advance(Span::hours(1));
        decide(shop, &review, Decision::Stop).await.unwrap();
        assert_eq!(shop.state(&za(1)).await, State::OptedOut);
        assert_eq!(shop.events(&za(1)).await.pop().unwrap().kind, SignalKind::OptOut);
    }

    async fn r36_what_nobody_decides_within_ten_working_days_is_a_stop(shop) {
        shop.subscriber(&za(1)).await;
        shop.says(&za(1), "basta").await;
        shop.says(&za(2), "wrong number").await;
        let due = open(shop).await[0].due_at;
        shop.advance(due - shop.now());
        shop.advance(Span::seconds(-60));
        shop.world.sweep().await.unwrap();
        assert_eq!(shop.state(&za(1)).await, State::Held);
        shop.advance(Span::minutes(2));
        shop.world.sweep().await.unwrap();
        for n in [1, 2] {
            assert_eq!(shop.state(&za(n)).await, State::OptedOut);
            assert_eq!(shop.events(&za(n)).await.pop().unwrap().source, Source::Deadline);
        }
        assert!(open(shop).await.is_empty());
        assert_eq!(service::ledger::verify(shop.service(), shop.business).await.unwrap().broken, None);
    }

    async fn a_clear_word_settles_what_was_unclear(shop) {
        shop.subscriber(&za(1)).await;
        shop.says(&za(1), "stop it").await;
        assert_eq!(open(shop).await.len(), 1);
        shop.advance(Span::seconds(1));
        shop.says(&za(1), "STOP").await;
        assert!(open(shop).await.is_empty());
        assert_eq!(shop.state(&za(1)).await, State::OptedOut);
    }

    async fn asking_twice_does_not_move_the_deadline(shop) {
        shop.subscriber(&za(1)).await;
        shop.says(&za(1), "not interested").await;
        let first = open(shop).await;
        shop.advance(Span::days(3));
        shop.says(&za(1), "who is this?").await;
        assert_eq!(open(shop).await, first);
    }

    async fn r37_a_request_to_delete_data_is_a_stop_and_an_erasure_request(shop) {
        let id = shop.subscriber(&za(1)).await;
        shop.says(&za(1), "please delete all my personal data").await;
        assert_eq!(shop.state(&za(1)).await, State::OptedOut);
        let review = open(shop).await.pop().unwrap();
        assert_eq!((review.kind, review.contact), (ReviewKind::Erasure, id));
        assert!(matches!(decide(shop, &review, Decision::NoStop).await, Err(Error::Invalid(_))));
        decide(shop, &review, Decision::Done).await.unwrap();
        assert!(open(shop).await.is_empty());
        assert_eq!(shop.state(&za(1)).await, State::OptedOut);
    }

    async fn r38_a_complaint_is_a_stop_and_somebody_looks_at_it(shop) {
        for (n, words) in [(1, "I will report you as spam"), (2, "my lawyer will contact you, stop messaging me"), (3, "SPAM")] {
            shop.subscriber(&za(n)).await;
            shop.says(&za(n), words).await;
            assert_eq!(shop.state(&za(n)).await, State::OptedOut, "{words}");
        }
        let kinds: Vec<_> = open(shop).await.iter().map(|review| review.kind).collect();
        assert_eq!(kinds, [ReviewKind::Complaint; 3]);
    }

    async fn r58_only_who_may_write_consent_decides_and_only_about_their_own_people(shop) {
        shop.subscriber(&za(1)).await;
        shop.says(&za(1), "not interested").await;
        let review = open(shop).await.pop().unwrap();
        let viewer = shop.someone(Role::Viewer);
        let refused = service::review::decide(shop.service(), &viewer, review.id, Decision::Stop).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))));
        let other = shop.world.business("Other").await.unwrap();
        let stranger = shop.world.caller(other, Role::Owner);
        let refused = service::review::decide(shop.service(), &stranger, review.id, Decision::Stop).await;
        assert!(matches!(refused, Err(Error::NotFound)));
        assert!(service::review::list(shop.service(), &stranger, None, 50).await.unwrap().is_empty());
        assert_eq!(shop.state(&za(1)).await, State::Held);
    }

    async fn edited_keywords_show_who_would_be_understood_differently_before_they_are_saved(shop) {
        for (n, words) in [(1, "nada mas por favor"), (2, "hola"), (3, "STOP"), (4, "NADA MAS")] {
            shop.subscriber(&za(n)).await;
            shop.advance(Span::seconds(1));
            shop.says(&za(n), words).await;
        }
        let (settings, _) = service::settings::load(shop.service(), &shop.owner).await.unwrap();
        let mut draft = settings.draft;
        let run = |draft| service::replay::run(shop.service(), &shop.owner, draft);
        assert_eq!(run(draft.clone()).await.unwrap().different, 0);
        draft.opt_out_keywords.push("hola".into());
        let replay = run(draft.clone()).await.unwrap();
        assert_eq!((replay.messages, replay.different, replay.cut), (4, 1, false));
        let one = &replay.listed[0];
        assert_eq!((one.words.as_str(), one.before, one.after), ("hola", Verdict::None, Verdict::OptOut));
        shop.advance(Span::days(91));
        assert_eq!(run(draft).await.unwrap().messages, 0, "older than 90 days");
    }

    async fn r39_words_of_every_language_count_unless_the_business_mutes_it(shop) {
        shop.subscriber(&za(1)).await;
        shop.says(&za(1), "отписаться").await;
        assert_eq!(shop.state(&za(1)).await, State::OptedOut);
        let (settings, _) = service::settings::load(shop.service(), &shop.owner).await.unwrap();
        let mut draft = settings.draft;
        draft.muted_languages = vec!["ru".into()];
        service::settings::save(shop.service(), &shop.owner, settings.version, draft).await.unwrap();
        shop.subscriber(&za(2)).await;
        shop.says(&za(2), "отписаться").await;
        assert_eq!(shop.state(&za(2)).await, State::OptedIn);
    }
}
