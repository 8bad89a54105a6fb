//! The Opt-In/Out settings: what is refused, who is told, and what is in force.

use domain::consent::State;
use domain::settings::{Draft, Field, MESSAGE_LIMIT, Problem, PromoSign};
use service::Error;

use crate::shop::{Shop, za};

async fn draft(shop: &Shop) -> Draft {
    service::settings::load(shop.service(), &shop.owner).await.unwrap().0.draft
}

async fn problems(shop: &Shop, edit: impl FnOnce(&mut Draft)) -> Vec<(&'static str, Field, Problem)> {
    let mut changed = draft(shop).await;
    edit(&mut changed);
    match service::settings::save(shop.service(), &shop.owner, 1, changed).await {
        Err(Error::Invalid(found)) => found
            .into_iter()
            .map(|one| {
                let problem = one.problem.unwrap();
                (one.field, problem.field, problem.problem)
            })
            .collect(),
        other => panic!("a refusal was expected, not {other:?}"),
    }
}

rules! {
    async fn every_problem_is_refused_with_its_field(shop) {
        use Problem as P;
        let long = "x".repeat(MESSAGE_LIMIT + 1);
        assert_eq!(
            problems(shop, |draft| draft.opt_out_keywords.clear()).await,
            [
                ("opt_out_keywords", Field::OptOutKeywords, P::Empty),
                ("opt_in_confirmation", Field::OptInConfirmation, P::NoOptOutWord),
                ("disclosure", Field::Disclosure, P::NoOptOutWord),
            ]
        );
        assert_eq!(
            problems(shop, |draft| draft.opt_in_keywords = vec!["   ".into()]).await,
            [
                ("opt_in_keywords", Field::OptInKeywords, P::Empty),
                ("opt_out_confirmation", Field::OptOutConfirmation, P::NoOptInWord),
            ]
        );
        assert_eq!(
            problems(shop, |draft| draft.help_keywords.clear()).await,
            [("help_keywords", Field::HelpKeywords, P::Empty)]
        );
        assert_eq!(
            problems(shop, |draft| draft.opt_in_keywords.push("ｓｔｏｐ!".into())).await,
            [("opt_in_keywords", Field::OptInKeywords, P::InTwoLists { index: 3, other: Field::OptOutKeywords })]
        );
        assert_eq!(
            problems(shop, |draft| draft.opt_out_keywords.push(" Stop. ".into())).await,
            [("opt_out_keywords", Field::OptOutKeywords, P::Duplicate { index: 8 })]
        );
        assert_eq!(
            problems(shop, |draft| draft.help_keywords.push("??".into())).await,
            [("help_keywords", Field::HelpKeywords, P::KeywordEmpty { index: 2 })]
        );
        assert_eq!(
            problems(shop, |draft| draft.opt_out_keywords.push("a".repeat(31))).await,
            [("opt_out_keywords", Field::OptOutKeywords, P::KeywordTooLong { index: 8, limit: 30 })]
        );
        assert_eq!(
            problems(shop, |draft| draft.opt_out_keywords.extend((0..200).map(|n| format!("word {n}")))).await,
            [("opt_out_keywords", Field::OptOutKeywords, P::TooMany { limit: 200 })]
        );
        assert_eq!(
            problems(shop, |draft| draft.opt_out_keywords.retain(|word| word != "STOP")).await,
            [("opt_out_keywords", Field::OptOutKeywords, P::StopMissing)]
        );
        assert_eq!(
            problems(shop, |draft| draft.opt_out_confirmation = "Stopped. START undoes it, and 20% off!".into()).await,
            [("opt_out_confirmation", Field::OptOutConfirmation, P::Promotional { sign: PromoSign::Percent })]
        );
        assert_eq!(
            problems(shop, |draft| draft.opt_out_confirmation = "You hear no more from us.".into()).await,
            [("opt_out_confirmation", Field::OptOutConfirmation, P::NoOptInWord)]
        );
        assert_eq!(
            problems(shop, |draft| draft.opt_in_confirmation = "Welcome!".into()).await,
            [("opt_in_confirmation", Field::OptInConfirmation, P::NoOptOutWord)]
        );
        assert_eq!(
            problems(shop, |draft| draft.help_answer = long).await,
            [("help_answer", Field::HelpAnswer, P::TooLong { limit: MESSAGE_LIMIT })]
        );
        assert_eq!(
            problems(shop, |draft| draft.help_answer = "Hi {{nickname}}".into()).await,
            [("help_answer", Field::HelpAnswer, P::UnknownVariable)]
        );
        assert_eq!(
            problems(shop, |draft| draft.disclosure = " \n ".into()).await,
            [("disclosure", Field::Disclosure, P::Empty)]
        );
        let (settings, _) = service::settings::load(shop.service(), &shop.owner).await.unwrap();
        assert_eq!((settings.version, settings.draft), (1, Draft::default()), "nothing half-done stays");
    }

    async fn of_two_people_saving_the_second_is_told(shop) {
        let base = draft(shop).await;
        let mut mine = base.clone();
        mine.help_answer = "Padaria, call 021 555 0100.".to_owned();
        let mut theirs = base;
        theirs.help_answer = "Ask at the counter.".to_owned();
        service::settings::save(shop.service(), &shop.owner, 1, mine.clone()).await.unwrap();
        let second = service::settings::save(shop.service(), &shop.owner, 1, theirs.clone()).await;
        assert!(matches!(second, Err(Error::Conflict)), "{second:?}");
        assert_eq!(draft(shop).await, mine);
        let saved = service::settings::save(shop.service(), &shop.owner, 2, theirs.clone()).await.unwrap();
        assert_eq!((saved.version, saved.draft), (3, theirs));
    }

    async fn of_many_saving_at_the_same_moment_one_wins(shop) {
        let base = draft(shop).await;
        let saves = (0..6).map(|n| {
            let mut draft = base.clone();
            draft.help_answer = format!("Answer {n}");
            service::settings::save(shop.service(), &shop.owner, 1, draft)
        });
        let results = futures::future::join_all(saves).await;
        let won = results.iter().filter(|result| result.is_ok()).count();
        let told = results.iter().filter(|result| matches!(result, Err(Error::Conflict))).count();
        assert_eq!((won, told), (1, 5), "{results:?}");
    }

    async fn saving_twice_what_is_the_same_is_one_version(shop) {
        let mut draft = draft(shop).await;
        draft.help_keywords.push("  AYUDA ".to_owned());
        let first = service::settings::save(shop.service(), &shop.owner, 1, draft.clone()).await.unwrap();
        assert_eq!((first.version, first.draft.help_keywords.last().unwrap().as_str()), (2, "AYUDA"));
        let second = service::settings::save(shop.service(), &shop.owner, 2, draft).await.unwrap();
        assert_eq!(second.version, 2);
    }

    async fn saved_words_are_in_force_with_the_next_message_in_every_process(shop) {
        let other = shop.another_process().await;
        shop.says(&za(1), "TCHAUZINHO").await;
        assert_eq!(shop.state(&za(1)).await, State::Unknown);
        let mut draft = draft(shop).await;
        draft.opt_out_keywords.push("TCHAUZINHO".to_owned());
        draft.opt_out_confirmation = "{{first_name}}, {{business_name}}: ok. {{opt_in_keyword}} undoes it.".to_owned();
        service::settings::save(&other, &shop.owner, 1, draft).await.unwrap();
        shop.does(emulator::Inbound::text(za(1), "¡Tchauzinho!").named("Ana Luísa {{x}}")).await;
        shop.dispatch().await;
        assert_eq!(shop.state(&za(1)).await, State::OptedOut);
        assert_eq!(shop.sent_to(&za(1)), ["Ana, Padaria: ok. START undoes it."]);
    }
}
