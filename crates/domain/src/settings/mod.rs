//! The Opt-In/Out settings: the business's words, messages and policies, and what is refused in them.
//!
//! Settings are versioned and never changed in place: saving makes a new version, and every consent event names the version
//! that was in force.

pub(crate) mod lint;
mod wording;

use serde::{Deserialize, Serialize};

use crate::permit::{FrequencyCap, Policy, Reachable};
use crate::quiet::Hours;

pub use lint::{PromoSign, Warning, promotes, warnings};
pub use wording::{VARIABLES, Variables, render};

/// Longest keyword, in characters (compliance reference, 9.3).
pub const KEYWORD_LIMIT: usize = 30;
/// Most keywords in one list: far above any real list, low enough to match on every message.
pub const KEYWORDS_LIMIT: usize = 200;
/// Longest confirmation, disclosure or answer, in characters: WhatsApp's limit for a message with reply buttons.
pub const MESSAGE_LIMIT: usize = 1024;

/// The words that always opt a +1 number out, whatever the lists say (R19; 47 CFR 64.1200(a)(10)).
pub const US_OPT_OUT_WORDS: [&str; 7] = ["STOP", "QUIT", "END", "REVOKE", "OPT OUT", "CANCEL", "UNSUBSCRIBE"];

/// The payload of the button under the opt-in disclosure.
pub const CONFIRM_PAYLOAD: &str = "OPT_IN_CONFIRM";
/// The label of that button; WhatsApp allows 20 characters.
pub const CONFIRM_LABEL: &str = "Yes, sign me up";

/// What an owner edits, before it is checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Words that stop marketing.
    pub opt_out_keywords: Vec<String>,
    /// Sent once when somebody opts out.
    pub opt_out_confirmation: String,
    /// Words that bring an opted-out person back.
    pub opt_in_keywords: Vec<String>,
    /// Sent once when somebody opts in.
    pub opt_in_confirmation: String,
    /// Words that ask for help.
    pub help_keywords: Vec<String>,
    /// The answer to them.
    pub help_answer: String,
    /// Shown to an unknown person who writes an opt-in word, with a button to confirm.
    pub disclosure: String,
    /// The policies.
    pub policies: Policies,
    /// Languages whose words are not listened for, as ISO 639-1 codes. None by default: people write in any language (R39).
    #[serde(default)]
    pub muted_languages: Vec<String>,
}

/// Choices of the business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policies {
    /// Who counts as reachable for marketing.
    pub reachable: Reachable,
    /// An opt-in word from an unknown person gets the disclosure first (R6). Off: it counts as an opt-in at once.
    pub ask_to_confirm: bool,
    /// A repeated opt-out word is answered, at most once in 24 hours and never to +1 numbers.
    pub answer_repeats: bool,
    /// Marketing leaves only in these hours, where the person is; at any hour when missing (R47).
    #[serde(default)]
    pub hours: Option<Hours>,
    /// Most marketing to one person; any number when missing (R48).
    #[serde(default)]
    pub frequency_cap: Option<FrequencyCap>,
    /// Marketing to numbers of the United States is left out (R50).
    #[serde(default)]
    pub skip_us_numbers: bool,
}

impl Default for Policies {
    fn default() -> Self {
        Self {
            reachable: Reachable::OptedIn,
            ask_to_confirm: true,
            answer_repeats: true,
            hours: None,
            frequency_cap: None,
            skip_us_numbers: false,
        }
    }
}

impl Policies {
    /// The part that [`crate::permit::decide`] reads.
    #[must_use]
    pub const fn permit(&self) -> Policy {
        Policy {
            reachable: self.reachable,
            hours: self.hours,
            frequency_cap: self.frequency_cap,
            skip_us_numbers: self.skip_us_numbers,
        }
    }
}

/// Settings as saved, with their version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Counts from 1, the defaults a business starts with.
    pub version: i64,
    /// The words, messages and policies.
    #[serde(flatten)]
    pub draft: Draft,
}

impl Default for Draft {
    fn default() -> Self {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            opt_out_keywords: words(&["STOP", "STOP ALL", "UNSUBSCRIBE", "OPT OUT", "CANCEL", "END", "QUIT", "REVOKE"]),
            opt_out_confirmation: "You will get no more marketing messages from {{business_name}}. We still answer you here \
                                   and send updates about your orders. Reply {{opt_in_keyword}} to subscribe again."
                .to_owned(),
            opt_in_keywords: words(&["START", "UNSTOP", "SUBSCRIBE"]),
            opt_in_confirmation: "Welcome back to {{business_name}}! You will get our news and offers again, a few times a \
                                  month. Reply {{opt_out_keyword}} to stop at any time, HELP for help."
                .to_owned(),
            help_keywords: words(&["HELP", "INFO"]),
            help_answer: "This is {{business_name}}. Write your question here and a person will answer. Reply \
                          {{opt_out_keyword}} to stop marketing messages."
                .to_owned(),
            disclosure: "{{business_name}} would like to send you news and offers on WhatsApp, a few times a month. You can \
                         stop at any time by replying {{opt_out_keyword}}. Do you agree?"
                .to_owned(),
            policies: Policies::default(),
            muted_languages: Vec::new(),
        }
    }
}

/// A field of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Opt-Out Keywords.
    OptOutKeywords,
    /// Opt-Out Confirmation Message.
    OptOutConfirmation,
    /// Opt-In Keywords.
    OptInKeywords,
    /// Opt-In Confirmation Message.
    OptInConfirmation,
    /// Help keywords.
    HelpKeywords,
    /// Help answer.
    HelpAnswer,
    /// Opt-in disclosure.
    Disclosure,
}

/// What is wrong with a field. Carries positions and numbers, never the text itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum Problem {
    /// Nothing is there.
    Empty,
    /// Longer than the limit, in characters.
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// More keywords than the limit.
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// A keyword holds nothing but signs.
    KeywordEmpty {
        /// Its position, from 0.
        index: usize,
    },
    /// A keyword is longer than the limit, in characters.
    KeywordTooLong {
        /// Its position, from 0.
        index: usize,
        /// The limit.
        limit: usize,
    },
    /// The same keyword stands earlier in the list.
    Duplicate {
        /// Its position, from 0.
        index: usize,
    },
    /// The keyword stands in another list too.
    InTwoLists {
        /// Its position, from 0.
        index: usize,
        /// The other list.
        other: Field,
    },
    /// STOP itself is missing (R19).
    StopMissing,
    /// A `{{variable}}` that does not exist.
    UnknownVariable,
    /// The message promotes something; a confirmation must not (R26).
    Promotional {
        /// What gave it away.
        sign: PromoSign,
    },
    /// The message names no active opt-in word, so nobody would know the way back.
    NoOptInWord,
    /// The message names no active opt-out word (R11).
    NoOptOutWord,
}

/// One field and what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FieldProblem {
    /// Where.
    pub field: Field,
    /// What.
    #[serde(flatten)]
    pub problem: Problem,
}

impl Draft {
    /// Everything that is wrong, field by field; empty when the draft may be saved.
    ///
    /// `normalise` is detection's own: two keywords clash when detection cannot tell them apart.
    #[must_use]
    pub fn problems(&self, normalise: impl Fn(&str) -> String) -> Vec<FieldProblem> {
        let lists = [
            (Field::OptOutKeywords, normalised(&self.opt_out_keywords, &normalise)),
            (Field::OptInKeywords, normalised(&self.opt_in_keywords, &normalise)),
            (Field::HelpKeywords, normalised(&self.help_keywords, &normalise)),
        ];
        let mut found = Vec::new();
        for (position, (field, words)) in lists.iter().enumerate() {
            let written = match field {
                Field::OptOutKeywords => &self.opt_out_keywords,
                Field::OptInKeywords => &self.opt_in_keywords,
                _ => &self.help_keywords,
            };
            let mut say = |problem| found.push(FieldProblem { field: *field, problem });
            if words.is_empty() {
                say(Problem::Empty);
            }
            if words.len() > KEYWORDS_LIMIT {
                say(Problem::TooMany { limit: KEYWORDS_LIMIT });
                continue;
            }
            for (index, word) in words.iter().enumerate() {
                if word.is_empty() {
                    say(Problem::KeywordEmpty { index });
                } else if written[index].trim().chars().count() > KEYWORD_LIMIT {
                    say(Problem::KeywordTooLong { index, limit: KEYWORD_LIMIT });
                } else if words[..index].contains(word) {
                    say(Problem::Duplicate { index });
                } else if let Some((other, _)) =
                    lists[..position].iter().find(|(_, earlier)| earlier.contains(word))
                {
                    say(Problem::InTwoLists { index, other: *other });
                }
            }
        }
        if !lists[0].1.is_empty() && !lists[0].1.contains(&normalise("STOP")) {
            found.push(FieldProblem { field: Field::OptOutKeywords, problem: Problem::StopMissing });
        }
        let [(_, opt_out), (_, opt_in), _] = &lists;
        let messages = [
            (Field::OptOutConfirmation, &self.opt_out_confirmation),
            (Field::OptInConfirmation, &self.opt_in_confirmation),
            (Field::HelpAnswer, &self.help_answer),
            (Field::Disclosure, &self.disclosure),
        ];
        for (field, text) in messages {
            let mut say = |problem| found.push(FieldProblem { field, problem });
            if text.trim().is_empty() {
                say(Problem::Empty);
                continue;
            }
            if text.chars().count() > MESSAGE_LIMIT {
                say(Problem::TooLong { limit: MESSAGE_LIMIT });
            }
            if wording::has_unknown_variable(text) {
                say(Problem::UnknownVariable);
            }
            if field == Field::OptOutConfirmation {
                if let Some(sign) = lint::promotes(text) {
                    say(Problem::Promotional { sign });
                }
                if !wording::names_word(text, "opt_in_keyword", opt_in, &normalise) {
                    say(Problem::NoOptInWord);
                }
            }
            if matches!(field, Field::OptInConfirmation | Field::Disclosure)
                && !wording::names_word(text, "opt_out_keyword", opt_out, &normalise)
            {
                say(Problem::NoOptOutWord);
            }
        }
        found
    }

    /// The draft with surrounding space, control characters and empty keywords gone, as it is stored.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        self.muted_languages.sort_unstable();
        self.muted_languages.dedup();
        for list in [&mut self.opt_out_keywords, &mut self.opt_in_keywords, &mut self.help_keywords] {
            *list = list
                .iter()
                .map(|word| word.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>())
                .map(|word| word.split_whitespace().collect::<Vec<_>>().join(" "))
                .filter(|word| !word.is_empty())
                .collect();
        }
        for text in [
            &mut self.opt_out_confirmation,
            &mut self.opt_in_confirmation,
            &mut self.help_answer,
            &mut self.disclosure,
        ] {
            let lines = text.replace("\r\n", "\n");
            *text =
                lines.chars().filter(|c| *c == '\n' || !c.is_control()).collect::<String>().trim().to_owned();
        }
        self
    }

    /// The words for the variables, from this draft and a business.
    #[must_use]
    pub fn variables<'a>(&'a self, business_name: &'a str, person_name: Option<&'a str>) -> Variables<'a> {
        Variables {
            business_name,
            first_name: person_name.and_then(|name| name.split_whitespace().next()).unwrap_or("there"),
            opt_in_keyword: self.opt_in_keywords.first().map_or("START", String::as_str),
            opt_out_keyword: self.opt_out_keywords.first().map_or("STOP", String::as_str),
        }
    }
}

/// What stands between keywords that are written in one go: commas (also the Arabic and the ideographic ones), semicolons, line
/// breaks, and the tabs of a table.
pub const KEYWORD_SEPARATORS: [char; 8] = [',', ';', '\n', '\r', '\t', '،', '、', '，'];

/// Splits what a person typed or pasted into keywords. The one parser of the browser and the server.
#[must_use]
pub fn split_keywords(text: &str) -> Vec<String> {
    text.split(KEYWORD_SEPARATORS)
        .map(|word| word.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|word| !word.is_empty())
        .collect()
}

fn normalised(words: &[String], normalise: impl Fn(&str) -> String) -> Vec<String> {
    words.iter().map(|word| normalise(word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Detection's normaliser is above this crate; upper case is close enough for these tests.
    fn normalise(text: &str) -> String {
        text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
    }

    fn problems(edit: impl FnOnce(&mut Draft)) -> Vec<(Field, Problem)> {
        let mut draft = Draft::default();
        edit(&mut draft);
        draft.problems(normalise).into_iter().map(|found| (found.field, found.problem)).collect()
    }

    #[test]
    fn the_defaults_may_be_saved() {
        assert_eq!(problems(|_| ()), []);
    }

    #[test]
    fn an_empty_keyword_list_is_refused() {
        assert_eq!(
            problems(|draft| draft.opt_out_keywords.clear())[0],
            (Field::OptOutKeywords, Problem::Empty)
        );
        assert_eq!(
            problems(|draft| draft.opt_in_keywords.clear())[0],
            (Field::OptInKeywords, Problem::Empty)
        );
    }

    #[test]
    fn a_word_in_both_lists_is_refused() {
        let found = problems(|draft| draft.opt_in_keywords.push("stop!".into()));
        assert_eq!(
            found,
            [(Field::OptInKeywords, Problem::InTwoLists { index: 3, other: Field::OptOutKeywords })]
        );
    }

    #[test]
    fn a_duplicate_is_refused() {
        let found = problems(|draft| draft.opt_out_keywords.push("Stop".into()));
        assert_eq!(found, [(Field::OptOutKeywords, Problem::Duplicate { index: 8 })]);
    }

    #[test]
    fn stop_itself_stays() {
        let found = problems(|draft| draft.opt_out_keywords.retain(|word| word != "STOP"));
        assert_eq!(found, [(Field::OptOutKeywords, Problem::StopMissing)]);
    }

    #[test]
    fn an_over_long_message_is_refused() {
        let found = problems(|draft| draft.help_answer = "x".repeat(MESSAGE_LIMIT + 1));
        assert_eq!(found, [(Field::HelpAnswer, Problem::TooLong { limit: MESSAGE_LIMIT })]);
    }

    #[test]
    fn r26_a_promotional_opt_out_confirmation_is_refused() {
        for (text, sign) in [
            ("Bye. Reply START for 20% off", PromoSign::Percent),
            ("Stopped. Reply START. Spend $5", PromoSign::Price),
            ("Stopped. Reply START. https://shop.example", PromoSign::Link),
            ("Stopped. Reply START. shop.example/summer", PromoSign::Link),
            ("Stopped. Reply START, or see bestshop.com!", PromoSign::Link),
            ("Stopped. Reply START for a discount", PromoSign::SaleWord),
            ("Stopped. Reply START. Summer sale, everything half price", PromoSign::SaleWord),
            ("Parado. Responde START y aprovecha las rebajas", PromoSign::SaleWord),
            ("已退订。回复START。全场打折", PromoSign::SaleWord),
        ] {
            let found = problems(|draft| draft.opt_out_confirmation = text.into());
            assert_eq!(found, [(Field::OptOutConfirmation, Problem::Promotional { sign })], "{text}");
        }
        assert_eq!(
            problems(
                |draft| draft.opt_out_confirmation = "No more offers from us.Reply START to undo.".into()
            ),
            [],
            "a full stop without a space makes no link"
        );
    }

    #[test]
    fn r11_an_opt_in_confirmation_names_the_way_out() {
        let found = problems(|draft| draft.opt_in_confirmation = "Welcome back!".into());
        assert_eq!(found, [(Field::OptInConfirmation, Problem::NoOptOutWord)]);
    }

    #[test]
    fn an_opt_out_confirmation_names_the_way_back() {
        let found = problems(|draft| draft.opt_out_confirmation = "You will hear no more.".into());
        assert_eq!(found, [(Field::OptOutConfirmation, Problem::NoOptInWord)]);
        let restart = problems(|draft| draft.opt_out_confirmation = "You can restart any time.".into());
        assert_eq!(
            restart,
            [(Field::OptOutConfirmation, Problem::NoOptInWord)],
            "a part of a word is not the word"
        );
    }

    #[test]
    fn an_unknown_variable_is_refused() {
        let found = problems(|draft| draft.help_answer = "Hi {{nickname}}".into());
        assert_eq!(found, [(Field::HelpAnswer, Problem::UnknownVariable)]);
    }

    #[test]
    fn pasted_lists_are_split() {
        assert_eq!(split_keywords("STOP, opt   out;\n\n quit\r\n"), ["STOP", "opt out", "quit"]);
        assert_eq!(split_keywords("STOP\topt out\n\tبس،停止 、,,"), ["STOP", "opt out", "بس", "停止"]);
        assert!(split_keywords(" ,\n;\t ").is_empty());
    }
}
