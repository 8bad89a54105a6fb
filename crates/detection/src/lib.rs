#![doc = include_str!("../README.md")]

mod normalise;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

pub use normalise::normalise;

/// What the person asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Stop marketing.
    OptOut,
    /// Perhaps stop: pause until a person decides.
    Hold,
    /// Resume marketing.
    OptIn,
    /// Tell me who you are and how to get help.
    Help,
    /// None of these.
    None,
}

impl Verdict {
    /// The word used in the database, the API and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OptOut => "opt_out",
            Self::Hold => "hold",
            Self::OptIn => "opt_in",
            Self::Help => "help",
            Self::None => "none",
        }
    }
}

/// Where in the message the words stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// What the business attached to a button or list row.
    Payload,
    /// What the person read on the button or list row.
    Label,
    /// What the person wrote.
    Text,
    /// What the person wrote under a picture, video or file.
    Caption,
}

/// The rule that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The payload of an opt-out or opt-in button.
    Payload,
    /// The whole message is a keyword of the business.
    Keyword,
    /// The whole message is a word that always stops marketing to +1 numbers.
    UsWord,
    /// No rule matched.
    None,
}

impl Rule {
    /// The word stored with the consent event.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Payload => "payload",
            Self::Keyword => "keyword",
            Self::UsWord => "us_word",
            Self::None => "none",
        }
    }
}

/// The answer, with what led to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What the person asked for.
    pub verdict: Verdict,
    /// The rule that decided.
    pub rule: Rule,
    /// The part of the message it matched in.
    pub part: Option<Part>,
    /// The keyword that matched, normalised.
    pub matched: Option<String>,
    /// The words as they were compared: of the part that matched, else of the first part.
    pub normalised: String,
}

/// Payloads that mean what they say, whatever language the button's label is in.
const OPT_OUT_PAYLOADS: [&str; 4] = ["OPT_OUT", "OPT_OUT_MARKETING", "OPTOUT", "STOP_PROMOTIONS"];
const OPT_IN_PAYLOADS: [&str; 3] = ["OPT_IN", "OPT_IN_MARKETING", "OPTIN"];

/// The words that always stop marketing to +1 numbers (47 CFR 64.1200(a)(10)).
const US_WORDS: [&str; 7] = ["stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"];

/// A business's keywords, normalised and ready to match.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    words: HashMap<String, Verdict>,
}

impl Lexicon {
    /// Normalises the lists. A word in several lists keeps the stricter meaning: out before in before help.
    #[must_use]
    pub fn new(opt_out: &[String], opt_in: &[String], help: &[String]) -> Self {
        let mut words = HashMap::new();
        for (list, verdict) in [(opt_out, Verdict::OptOut), (opt_in, Verdict::OptIn), (help, Verdict::Help)] {
            for word in list {
                let word = normalise(word);
                if !word.is_empty() {
                    words.entry(word).or_insert(verdict);
                }
            }
        }
        Self { words }
    }

    /// What the parts of one message ask for, in order of precedence: the first part that matches decides, except that an
    /// opt-out anywhere beats everything else.
    ///
    /// `plus_one` says that the person has a +1 number.
    #[must_use]
    pub fn classify(&self, parts: &[(Part, &str)], plus_one: bool) -> Finding {
        let mut best: Option<Finding> = None;
        for (part, text) in parts {
            if let Some(found) = self.classify_part(*part, text, plus_one) {
                if found.verdict == Verdict::OptOut {
                    return found;
                }
                best.get_or_insert(found);
            }
        }
        best.unwrap_or_else(|| Finding {
            verdict: Verdict::None,
            rule: Rule::None,
            part: None,
            matched: None,
            normalised: parts.first().map(|(_, text)| normalise(text)).unwrap_or_default(),
        })
    }

    fn classify_part(&self, part: Part, text: &str, plus_one: bool) -> Option<Finding> {
        // A keyword is short; a long text is not worth normalising.
        if text.chars().nth(256).is_some() {
            return None;
        }
        let normalised = normalise(text);
        let finding = |verdict, rule| Finding {
            verdict,
            rule,
            part: Some(part),
            matched: Some(normalised.clone()),
            normalised: normalised.clone(),
        };
        if part == Part::Payload {
            let payload = text.trim().to_ascii_uppercase().replace(['-', ' '], "_");
            if OPT_OUT_PAYLOADS.contains(&payload.as_str()) {
                return Some(finding(Verdict::OptOut, Rule::Payload));
            }
            if OPT_IN_PAYLOADS.contains(&payload.as_str()) {
                return Some(finding(Verdict::OptIn, Rule::Payload));
            }
        }
        if let Some(verdict) = self.words.get(&normalised) {
            return Some(finding(*verdict, Rule::Keyword));
        }
        (plus_one && US_WORDS.contains(&normalised.as_str())).then(|| finding(Verdict::OptOut, Rule::UsWord))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lexicon() -> Lexicon {
        let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        Lexicon::new(&list(&["STOP", "OPT OUT", "बंद करो", "arrêt"]), &list(&["START"]), &list(&["HELP"]))
    }

    fn text(words: &str) -> Verdict {
        lexicon().classify(&[(Part::Text, words)], false).verdict
    }

    #[test]
    fn r22_capitals_width_space_and_punctuation_do_not_matter() {
        for words in [
            "STOP",
            " stop. ",
            "Stop!",
            "«stop»",
            "STOP 🛑",
            "ＳＴＯＰ",
            "\u{200e}STOP",
            "opt  out",
            "बंद करो",
            "ARRÊT",
        ] {
            assert_eq!(text(words), Verdict::OptOut, "{words}");
        }
    }

    #[test]
    fn only_the_whole_message_is_a_keyword() {
        for words in ["Where is the bus stop?", "non stop", "when do you start?", "STOPPER", "", "?"] {
            assert_eq!(text(words), Verdict::None, "{words}");
        }
    }

    #[test]
    fn start_and_help_are_found() {
        assert_eq!(text("start"), Verdict::OptIn);
        assert_eq!(text("Help!"), Verdict::Help);
    }

    #[test]
    fn r18_a_button_counts_by_payload_then_by_label() {
        let by_payload = lexicon().classify(&[(Part::Payload, "OPT_OUT"), (Part::Label, "Ya no más")], false);
        assert_eq!((by_payload.verdict, by_payload.rule), (Verdict::OptOut, Rule::Payload));
        let by_label = lexicon().classify(&[(Part::Payload, "btn-7"), (Part::Label, "Stop")], false);
        assert_eq!((by_label.verdict, by_label.part), (Verdict::OptOut, Some(Part::Label)));
    }

    #[test]
    fn r18_the_preset_button_of_whatsapp_counts_without_a_payload_of_its_own() {
        let tap = lexicon()
            .classify(&[(Part::Payload, "Stop promotions"), (Part::Label, "Stop promotions")], false);
        assert_eq!(tap.verdict, Verdict::OptOut);
    }

    #[test]
    fn an_opt_out_in_any_part_beats_an_opt_in() {
        let mixed = lexicon().classify(&[(Part::Payload, "start"), (Part::Label, "stop")], false);
        assert_eq!(mixed.verdict, Verdict::OptOut);
    }

    #[test]
    fn r19_us_words_always_stop_marketing_to_plus_one_numbers() {
        for word in US_WORDS {
            assert_eq!(
                Lexicon::default().classify(&[(Part::Text, word)], true).verdict,
                Verdict::OptOut,
                "{word}"
            );
        }
        assert_eq!(Lexicon::default().classify(&[(Part::Text, "revoke")], false).verdict, Verdict::None);
    }

    proptest! {
        #[test]
        fn any_text_gets_an_answer(words in "\\PC*") {
            let _ = lexicon().classify(&[(Part::Text, &words)], true);
        }

        #[test]
        fn normalising_twice_is_normalising_once(words in "\\PC*") {
            let once = normalise(&words);
            prop_assert_eq!(normalise(&once), once);
        }
    }
}
