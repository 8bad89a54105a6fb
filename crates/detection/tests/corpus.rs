//! The score that is promised, held on the part of the corpus that rules are not written against, and what must be so for every
//! message whatever it says.

mod corpus_reader;

use corpus_reader::{Labelled, Score, corpus, lexicon};
use detection::{Context, Lexicon, Part, Rule, Verdict, normalise};
use proptest::prelude::*;

fn verdict(lexicon: &Lexicon, text: &str) -> Verdict {
    lexicon.classify(&[(Part::Text, text)], &Context::default()).verdict
}

#[test]
fn the_test_part_of_the_corpus_is_read_no_worse_than_the_readme_says() {
    let lexicon = lexicon();
    let mut score = Score::default();
    for (_, messages) in corpus() {
        for message in messages.iter().filter(|message| message.is_test()) {
            score.add(message.want, message.read(&lexicon).0);
        }
    }
    let share = |part: usize, whole: usize| part as f64 / whole as f64;
    assert!(share(score.recognised, score.opt_outs) >= RECOGNISED, "{score:?}");
    assert!(share(score.caught, score.opt_outs) >= CAUGHT, "{score:?}");
    assert!(share(score.false_opt_outs, score.others) <= FALSE_OPT_OUTS, "{score:?}");
}

/// What the README's table shows, so that no change loses ground. The goal is 97 %, 99 % and 0.5 %.
const RECOGNISED: f64 = 0.81;
const CAUGHT: f64 = 0.91;
const FALSE_OPT_OUTS: f64 = 0.015;

#[test]
fn the_weights_were_learned_from_this_corpus_and_these_rules() {
    assert_eq!(
        detection::classifier::Weights::get().learned_from(),
        corpus_reader::training_digest(),
        "run `cargo xtask train`"
    );
}

#[test]
fn the_classifier_shows_the_words_that_weighed_most() {
    let lexicon = lexicon();
    let (mut shown, mut as_written) = (0, 0);
    for message in everything() {
        let finding = lexicon.classify(&[(Part::Text, &message.text)], &Context::default());
        if finding.rule == Rule::Classifier {
            let (start, end) = finding.span.unwrap();
            // Mended words are shown mended, so that only a message without any is compared.
            let matched = finding.matched.clone().unwrap();
            let shown_part = normalise(&message.text[start..end]);
            assert!(!matched.is_empty() && !shown_part.is_empty(), "{}", message.text);
            as_written += usize::from(shown_part == matched);
            assert_eq!(finding.verdict, Verdict::OptOut);
            shown += 1;
        }
    }
    assert!(shown > 20 && as_written * 10 > shown * 9, "{as_written} of {shown}");
}

#[test]
fn a_language_that_is_muted_is_not_weighed() {
    let text = "que ya no me lleguen estos mensajes";
    let finding = lexicon().classify(&[(Part::Text, text)], &Context::default());
    assert_ne!(finding.verdict, Verdict::None);
    let deaf = lexicon().without(&["es".to_owned()]);
    assert_eq!(verdict(&deaf, text), Verdict::None);
    let deaf = lexicon().without(&["ru".to_owned()]);
    assert_eq!(verdict(&deaf, "отписаться"), Verdict::None, "a word that belongs to no class");
}

#[test]
fn complaints_and_erasure_requests_are_flagged() {
    let lexicon = lexicon();
    let (mut flagged, mut found) = (0, 0);
    for (_, messages) in corpus() {
        for message in messages.iter().filter(|message| !message.flags.is_empty()) {
            let (_, flags) = message.read(&lexicon);
            flagged += 1;
            let has = |flag: &str| message.flags.iter().any(|one| one == flag);
            found += usize::from(flags.complaint == has("complaint") && flags.erasure == has("erasure"));
        }
    }
    assert!(found * 100 >= flagged * 60, "{found} of {flagged}");
}

/// Everything people wrote, for properties.
fn everything() -> Vec<Labelled> {
    corpus().into_iter().flat_map(|(_, messages)| messages).collect()
}

#[test]
fn width_and_what_stands_around_do_not_matter() {
    let lexicon = lexicon();
    let wide = |text: &str| -> String {
        text.chars()
            .map(|c| match c {
                '!'..='~' => char::from_u32(u32::from(c) + 0xFEE0).unwrap(),
                other => other,
            })
            .collect()
    };
    for message in everything() {
        let text = &message.text;
        let plain = verdict(&lexicon, text);
        assert_eq!(verdict(&lexicon, &wide(text)), plain, "{text} in full width");
        assert_eq!(verdict(&lexicon, &format!("  «{text}» \u{200e}")), plain, "{text} in quotation marks");
        assert_eq!(verdict(&lexicon, &format!("*{text}*")), plain, "{text} in bold");
    }
}

#[test]
fn r22_capitals_do_not_matter() {
    let lexicon = lexicon();
    for message in everything() {
        let text = &message.text;
        // Turkish writes its two letters i apart in capitals; the folding joins them, so capitals are made as Turkish makes them.
        assert_eq!(
            verdict(&lexicon, &text.to_uppercase()),
            verdict(&lexicon, &text.to_lowercase()),
            "{text}"
        );
    }
}

#[test]
fn r32_help_is_understood_in_every_language() {
    let lexicon = lexicon();
    for word in [
        "HELP",
        "AYUDA",
        "AJUDA",
        "AIDE",
        "HILFE",
        "AIUTO",
        "HULP",
        "मदद",
        "مساعدة",
        "BANTUAN",
        "YARDIM",
        "עזרה",
        "ПОМОЩЬ",
        "帮助",
        "ヘルプ",
        "도움말",
    ] {
        assert_eq!(verdict(&lexicon, word), Verdict::Help, "{word}");
    }
}

proptest! {
    #[test]
    fn any_text_gets_an_answer(text in "\\PC*", plus_one in any::<bool>()) {
        let context = Context { plus_one, ..Context::default() };
        let finding = lexicon().classify(&[(Part::Text, &text)], &context);
        if let Some((start, end)) = finding.span {
            prop_assert!(text.get(start..end).is_some());
        }
        prop_assert_eq!(normalise(&finding.normalised), finding.normalised.clone());
    }

    #[test]
    fn words_of_the_corpus_in_any_order_get_an_answer(picks in proptest::collection::vec(any::<proptest::sample::Index>(), 1..30)) {
        let words: Vec<String> = everything().iter().flat_map(|message| message.text.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect();
        let text: Vec<&str> = picks.iter().map(|pick| pick.get(&words).as_str()).collect();
        let _ = verdict(&lexicon(), &text.join(" "));
    }
}
