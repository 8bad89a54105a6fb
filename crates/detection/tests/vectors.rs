//! The vectors of the compliance reference, section 11, and the rules they stand for.

use detection::{Context, Finding, Lexicon, Part, Rule, US_WORDS, Verdict};

fn lexicon() -> Lexicon {
    let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    Lexicon::new(
        &list(&["STOP", "UNSUBSCRIBE", "OPT OUT"]),
        &list(&["START", "UNSTOP"]),
        &list(&["HELP", "INFO"]),
    )
}

fn read(text: &str, country: Option<&str>) -> Finding {
    let context = Context { plus_one: country == Some("US"), country, answers_our_question: false };
    lexicon().classify(&[(Part::Text, text)], &context)
}

fn verdict(text: &str) -> Verdict {
    read(text, None).verdict
}

#[test]
fn r20_these_are_opt_outs() {
    for text in [
        "STOP",
        " stop. ",
        "Stop!",
        "«stop»",
        "STOP 🛑",
        "ＳＴＯＰ",
        "\u{200e}STOP",
        "stop please",
        "Stop all",
        "opt out",
        "OPT-OUT",
        "optout",
        "Please opt me out",
        "unsubscribe me",
        "don't message me anymore",
        "remove me from your list",
        "STIP",
        "arrêt",
        "ARRET",
        "desabonner",
        "Abbestellen!",
        "baja",
        "no me escriban más",
        "sair",
        "não quero receber",
        "إيقاف",
        "ايقاف",
        "إيقـاف",
        "बंद करो",
        "הסר",
        "отписаться",
        "退订",
        "td",
        "配信停止",
    ] {
        assert_eq!(verdict(text), Verdict::OptOut, "{text}");
    }
    for text in ["iptal", "İPTAL"] {
        assert_eq!(read(text, Some("TR")).verdict, Verdict::OptOut, "{text}");
    }
}

#[test]
fn r21_these_are_not() {
    for text in [
        "please do not stop sending me listings",
        "can you stop by the shop tomorrow?",
        "Where is the bus stop?",
        "non stop",
        "STOPPER",
        "I want to cancel my order 123",
        "cancelar mi turno",
        "when does the sale end?",
        "END of month ok?",
        "Ich kann das nicht stoppen",
        "Bus-Stop morgen?",
        "¿cuándo baja el precio?",
        "خلاص ابعتلي العرض",
        "no",
        "No, the blue one",
        "shop बंद है?",
        "quit smoking tips",
        "Reply STOP to unsubscribe",
    ] {
        assert_eq!(verdict(text), Verdict::None, "{text}");
    }
}

#[test]
fn r36_these_are_for_a_person_to_decide() {
    for text in [
        "stop it",
        "enough",
        "basta",
        "cukup",
        "خلاص",
        "remove",
        "停止",
        "not interested",
        "who is this?",
        "wrong number",
    ] {
        assert_eq!(verdict(text), Verdict::Hold, "{text}");
    }
}

#[test]
fn only_the_clear_words_opt_in() {
    for text in ["START", "UNSTOP", "#start"] {
        assert_eq!(verdict(text), Verdict::OptIn, "{text}");
    }
    for text in ["yes", "when do you start?", "start?"] {
        assert_eq!(verdict(text), Verdict::None, "{text}");
    }
    assert_eq!(verdict("start stop"), Verdict::OptOut, "the stricter of two words counts");
}

#[test]
fn r7_yes_and_no_count_only_as_an_answer_to_our_question() {
    let answers = Context { answers_our_question: true, ..Context::default() };
    let read = |text: &str| lexicon().classify(&[(Part::Text, text)], &answers);
    for text in ["yes", "Yes please!", "SI", "ja", "OK 👍", "sim", "हाँ", "да", "好", "はい", "네"]
    {
        assert_eq!((read(text).verdict, read(text).rule), (Verdict::OptIn, Rule::Answer), "{text}");
    }
    for text in ["no", "No thanks", "nein", "não", "нет"] {
        assert_eq!((read(text).verdict, read(text).rule), (Verdict::OptOut, Rule::Answer), "{text}");
    }
    assert_eq!(read("yes, and where is my order?").verdict, Verdict::None);
    assert_eq!(read("STOP").verdict, Verdict::OptOut);
}

#[test]
fn r19_the_seven_words_always_stop_marketing_to_plus_one_numbers() {
    let start_is_stop = Lexicon::new(&[], &["STOP".to_owned(), "END".to_owned()], &[]);
    let context = Context { plus_one: true, country: Some("US"), answers_our_question: false };
    for word in US_WORDS {
        for lexicon in [&Lexicon::default(), &start_is_stop] {
            assert_eq!(lexicon.classify(&[(Part::Text, word)], &context).verdict, Verdict::OptOut, "{word}");
        }
    }
}

#[test]
fn r37_a_wish_to_be_erased_is_an_opt_out_and_flagged() {
    for text in [
        "delete my data",
        "Bitte löschen Sie meine Daten",
        "borren mis datos",
        "apaguem meus dados",
        "LÖSCHEN",
    ] {
        let finding = read(text, Some("DE"));
        assert_eq!((finding.verdict, finding.flags.erasure), (Verdict::OptOut, true), "{text}");
    }
}

#[test]
fn r38_a_complaint_is_an_opt_out_and_flagged() {
    for text in ["spam", "I will report you as spam", "my lawyer will contact you"] {
        let finding = read(text, None);
        assert_eq!((finding.verdict, finding.flags.complaint), (Verdict::OptOut, true), "{text}");
    }
}

#[test]
fn r39_a_muted_language_is_not_heard_but_for_td_in_capitals() {
    let muted = lexicon().without(&["zh".to_owned(), "es".to_owned()]);
    let read = |text: &str| muted.classify(&[(Part::Text, text)], &Context::default()).verdict;
    assert_eq!(read("退订"), Verdict::None);
    assert_eq!(read("no me escriban más"), Verdict::None);
    assert_eq!((read("TD"), read("td")), (Verdict::OptOut, Verdict::None));
    assert_eq!(verdict("STOP"), Verdict::OptOut);
}

#[test]
fn a_button_counts_by_its_payload_and_then_by_its_label() {
    let read = |parts: &[(Part, &str)]| lexicon().classify(parts, &Context::default());
    let by_payload = read(&[(Part::Payload, "OPT_OUT"), (Part::Label, "Ya no quiero")]);
    assert_eq!((by_payload.verdict, by_payload.rule), (Verdict::OptOut, Rule::Payload));
    let by_label = read(&[(Part::Payload, "btn-7"), (Part::Label, "Stop promotions")]);
    assert_eq!((by_label.verdict, by_label.part), (Verdict::OptOut, Some(Part::Label)));
    let mixed = read(&[(Part::Payload, "start"), (Part::Label, "stop")]);
    assert_eq!(mixed.verdict, Verdict::OptOut);
}

#[test]
fn disguises_are_seen_through() {
    for text in [
        "s t o p",
        "S.T.O.P",
        "stoooop",
        "ѕtор",
        "st0p",
        "*STOP*",
        "~stop~",
        "_stop_ 🙏",
        "unsubcribe me pls",
        "STOP STOP STOP",
    ] {
        assert_eq!(verdict(text), Verdict::OptOut, "{text}");
    }
    for text in ["shop", "step", "stoop", "s h o p", "quiet"] {
        assert_eq!(verdict(text), Verdict::None, "{text}");
    }
}

#[test]
fn a_long_text_with_a_request_in_it_is_for_a_person() {
    let story =
        "we were at the market on saturday and it was lovely but very hot so we came home early and rested "
            .repeat(6);
    let finding = read(&format!("{story} please stop sending me messages {story}"), None);
    assert_eq!((finding.verdict, finding.rule), (Verdict::Hold, Rule::LongText));
}

#[test]
fn a_finding_says_where_the_words_stand() {
    let text = "Hi! Please don’t message me any more, thanks.";
    let finding = read(text, None);
    let (start, end) = finding.span.unwrap_or_default();
    assert_eq!(&text[start..end], "don’t message me");
    assert_eq!(finding.rule_id(), "phrase:en.dont_contact_me");
}
