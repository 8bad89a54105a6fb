#![doc = include_str!("../README.md")]

pub mod classifier;
mod finding;
mod grammar;
mod message;
mod repair;
mod text;
mod unicode;

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

pub use finding::{Certainty, Finding, Flags, Part, Rule, Verdict};
pub use text::normalise;

use classifier::{Feature, Likeness, Weights};
use grammar::{Grammar, Keyword, Says, grammar};
use message::{Found, Message};
use text::{Word, cut, written};

/// The words that always stop marketing to +1 numbers (47 CFR 64.1200(a)(10)).
pub const US_WORDS: [&str; 7] = ["stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"];

/// Payloads that mean what they say, whatever language the button's label is in.
const OPT_OUT_PAYLOADS: [&str; 5] =
    ["OPT_OUT", "OPT_OUT_MARKETING", "OPTOUT", "STOP_PROMOTIONS", "STOP_MARKETING"];
const OPT_IN_PAYLOADS: [&str; 3] = ["OPT_IN", "OPT_IN_MARKETING", "OPTIN"];

/// A phrase in a text of more words than this decides nothing by itself: people who want to stop say so sooner, and a long
/// text that holds such a phrase is for a person to read.
const LONG: usize = 80;
/// Likeness alone decides no message of more words than this: the more there are, the more of them weigh by chance.
const WEIGHED: usize = 25;
/// The most words a keyword has.
const KEYWORD_WORDS: usize = 8;

/// What is known about the sender and the conversation, as far as words mean different things by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context<'a> {
    /// The sender has a +1 number, where seven words always count.
    pub plus_one: bool,
    /// The sender's country, ISO 3166: decides about words that are ordinary in other languages.
    pub country: Option<&'a str>,
    /// The message answers our own question whether the person agrees, within its time (R7).
    pub answers_our_question: bool,
}

/// One text to be read with lists of keywords as they are being edited: what the page asks the detector in the browser.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The business's opt-out keywords.
    pub opt_out: Vec<String>,
    /// Its opt-in keywords.
    pub opt_in: Vec<String>,
    /// Its help keywords.
    pub help: Vec<String>,
    /// Languages it does not listen for.
    pub muted_languages: Vec<String>,
    /// The text.
    pub text: String,
    /// The sender's country, if it is known.
    pub country: Option<String>,
    /// The sender has a +1 number.
    pub plus_one: bool,
}

impl Question {
    /// What the server would find.
    #[must_use]
    pub fn answer(&self) -> Finding {
        let context = Context {
            plus_one: self.plus_one,
            country: self.country.as_deref(),
            answers_our_question: false,
        };
        Lexicon::new(&self.opt_out, &self.opt_in, &self.help)
            .without(&self.muted_languages)
            .classify(&[(Part::Text, &self.text)], &context)
    }
}

/// The languages a detector can be told to listen for: ISO 639-1, in the order in which people are shown them.
#[must_use]
pub fn languages() -> Vec<&'static str> {
    grammar().languages.iter().map(|language| language.code).filter(|code| *code != "shared").collect()
}

/// What the last tier sees in a text, with the default keywords and all languages, and what the rules alone answer: for training it.
/// Nothing when an earlier tier decides.
#[must_use]
pub fn features(text: &str) -> Option<(Vec<Feature>, Verdict)> {
    let lexicon = Lexicon::default();
    let context = Context::default();
    let reading = Reading { lexicon: &lexicon, grammar: grammar(), part: Part::Text, context: &context };
    let (message, phrases) = reading.message(cut(text));
    let words = message.words().len();
    if words == 0 || words > LONG || message.text.cut || reading.keywords(&message).is_some() {
        return None;
    }
    let rules = reading.phrase(&message, &phrases).or_else(|| reading.typo(&message));
    let verdict = rules.map_or(Verdict::None, |(finding, ..)| finding.verdict);
    Some((classifier::features(reading.grammar, &message, &phrases, verdict), verdict))
}

/// A business's keywords and languages, ready to match.
#[derive(Clone, Debug)]
pub struct Lexicon {
    own: FxHashMap<String, Verdict>,
    enabled: Vec<bool>,
}

impl Default for Lexicon {
    fn default() -> Self {
        Self::new(&[], &[], &[])
    }
}

impl Lexicon {
    /// Normalises the lists, with all languages on. A word in several lists keeps the stricter meaning: out before in before
    /// help.
    #[must_use]
    pub fn new(opt_out: &[String], opt_in: &[String], help: &[String]) -> Self {
        let mut own = FxHashMap::default();
        for (list, verdict) in [(opt_out, Verdict::OptOut), (opt_in, Verdict::OptIn), (help, Verdict::Help)] {
            for word in list {
                let word = normalise(word);
                if !word.is_empty() {
                    own.entry(word).or_insert(verdict);
                }
            }
        }
        Self { own, enabled: vec![true; grammar().languages.len()] }
    }

    /// The same without the words of these languages. English stays: its words are used everywhere.
    #[must_use]
    pub fn without(mut self, languages: &[String]) -> Self {
        for (enabled, language) in self.enabled.iter_mut().zip(&grammar().languages) {
            *enabled = matches!(language.code, "shared" | "en")
                || !languages.iter().any(|muted| muted == language.code);
        }
        self
    }

    /// What the parts of one message ask for, in order of precedence: the first part that matches decides, except that an
    /// opt-out anywhere beats everything else, and a hold everything but an opt-out.
    #[must_use]
    pub fn classify(&self, parts: &[(Part, &str)], context: &Context<'_>) -> Finding {
        let mut best: Option<Finding> = None;
        for (part, text) in parts {
            let found = self.classify_part(*part, text, context);
            let better = match (found.verdict, best.as_ref().map(|best| best.verdict)) {
                (Verdict::OptOut, _) => return found,
                (_, None) => true,
                // Nothing found in a later part is no reason to show that part.
                (Verdict::None, Some(_)) => false,
                (_, Some(Verdict::None)) => true,
                (found, Some(best)) => found == Verdict::Hold && best != Verdict::Hold,
            };
            if better {
                best = Some(found);
            }
        }
        best.unwrap_or_default()
    }

    fn classify_part(&self, part: Part, text: &str, context: &Context<'_>) -> Finding {
        if part == Part::Payload {
            let payload = text.trim().to_ascii_uppercase().replace(['-', ' '], "_");
            let verdict = if OPT_OUT_PAYLOADS.contains(&payload.as_str()) {
                Some(Verdict::OptOut)
            } else if OPT_IN_PAYLOADS.contains(&payload.as_str()) {
                Some(Verdict::OptIn)
            } else {
                None
            };
            if let Some(verdict) = verdict {
                let normalised = normalise(text);
                return Finding {
                    verdict,
                    rule: Rule::Payload,
                    part: Some(part),
                    matched: Some(normalised.clone()),
                    span: Some((0, text.len())),
                    normalised,
                    ..Finding::default()
                };
            }
        }
        let reading = Reading { lexicon: self, grammar: grammar(), part, context };
        reading.read(text)
    }

    fn speaks(&self, language: usize) -> bool {
        self.enabled.get(language).copied().unwrap_or(false)
    }
}

/// One part of one message being read.
struct Reading<'a> {
    lexicon: &'a Lexicon,
    grammar: &'static Grammar,
    part: Part,
    context: &'a Context<'a>,
}

/// A whole-message keyword and where it came from.
#[derive(Clone, Copy, Debug)]
struct Whole {
    says: Says,
    rule: Rule,
    language: Option<usize>,
    from: usize,
    to: usize,
}

impl Reading<'_> {
    /// The message without our own line about the way out, which is not the person's wish when they quote or forward it, and
    /// the phrases in it.
    fn message(&self, text: text::Text) -> (Message, Vec<Found<'static>>) {
        let message = Message::read(self.grammar, text);
        let phrases = self.phrases(&message);
        let footers: Vec<(usize, usize)> = phrases
            .iter()
            .filter(|found| found.phrase.says == Says::Footer)
            .map(|found| (found.from, found.to))
            .collect();
        if footers.is_empty() {
            return (message, phrases);
        }
        let message = message.without(self.grammar, &footers);
        let phrases = self.phrases(&message);
        (message, phrases)
    }

    fn read(&self, text: &str) -> Finding {
        let text = cut(text);
        let mut finding = Finding { normalised: written(&text.words), ..Finding::default() };
        let (message, phrases) = self.message(text);
        if message.words().is_empty() {
            if message.text.stop_sign {
                finding.verdict = Verdict::Hold;
                finding.rule = Rule::StopSign;
                finding.part = Some(self.part);
            }
            return finding;
        }
        let decided = self.keywords(&message).or_else(|| self.answer(&message)).or_else(|| {
            let rules = self.phrase(&message, &phrases).or_else(|| self.typo(&message));
            self.weigh(&message, &phrases, rules)
        });
        let Some((mut decided, from, to)) = decided else { return finding };
        decided.part = Some(self.part);
        decided.normalised = finding.normalised;
        if let (Some(first), Some(last)) =
            (message.words().get(from), message.words().get(to.saturating_sub(1)))
        {
            decided.span = Some((first.start, last.end));
            decided.matched.get_or_insert_with(|| written(&message.words()[from..to]));
        }
        decided
    }

    fn phrases(&self, message: &Message) -> Vec<Found<'static>> {
        if self.part == Part::Payload {
            return Vec::new();
        }
        message.phrases(self.grammar, |language| self.lexicon.speaks(language))
    }

    /// The whole message is keywords, alone or among words of courtesy.
    fn keywords(&self, message: &Message) -> Option<(Finding, usize, usize)> {
        let words = message.words();
        let mut at = 0;
        let (mut found, mut filler): (Vec<Whole>, usize) = (Vec::new(), 0);
        while at < words.len() {
            if let Some(keyword) = self.keyword_at(message, at) {
                at = keyword.to;
                found.push(keyword);
            } else if let Some(length) = message.class_at(at, self.grammar.filler) {
                at += length;
                filler += length;
            } else {
                return None;
            }
        }
        let strictest = found.iter().min_by_key(|whole| severity(whole.says))?;
        let (from, to) = (strictest.from, strictest.to);
        let alone = filler == 0 && found.len() == 1;
        let verdict = verdict_of(strictest.says);
        if verdict == Verdict::OptIn {
            // Strict: every word says so, and it is no question.
            if message.text.question || found.iter().any(|whole| verdict_of(whole.says) != Verdict::OptIn) {
                return None;
            }
        }
        let rule = match strictest.rule {
            _ if strictest.says == Says::Hold => Rule::Ambiguous,
            Rule::UsWord if alone => Rule::UsWord,
            Rule::ShippedKeyword if alone => Rule::ShippedKeyword,
            _ if alone => Rule::Keyword,
            _ => Rule::KeywordAndFiller,
        };
        let mut flags = Flags::default();
        for whole in &found {
            flags.complaint |= whole.says == Says::Complaint;
            flags.erasure |= whole.says == Says::Erasure;
        }
        let language = strictest.language.map(|language| self.code(language));
        Some((Finding { verdict, rule, language, flags, ..Finding::default() }, from, to))
    }

    /// The longest keyword that begins here.
    fn keyword_at(&self, message: &Message, at: usize) -> Option<Whole> {
        let words = message.words();
        for to in (at + 1..=(at + KEYWORD_WORDS).min(words.len())).rev() {
            if words[at + 1..to].iter().any(|word| word.before == text::Break::Strong) {
                continue;
            }
            let candidate = &words[at..to];
            let text: Cow<'_, str> = match candidate {
                [only] => only.text.as_str().into(),
                several => written(several).into(),
            };
            let whole = |says, rule, language| Some(Whole { says, rule, language, from: at, to });
            if let Some(verdict) = self.lexicon.own.get(text.as_ref()) {
                // Even where the business's lists say otherwise, these words stop marketing to +1 numbers (R19).
                if *verdict != Verdict::OptOut && self.is_us_word(&text) {
                    return whole(Says::Out, Rule::UsWord, None);
                }
                let says = match verdict {
                    Verdict::OptOut => Says::Out,
                    Verdict::OptIn => Says::In,
                    Verdict::Help | Verdict::Hold | Verdict::None => Says::Help,
                };
                return whole(says, Rule::Keyword, None);
            }
            if self.is_us_word(&text) {
                return whole(Says::Out, Rule::UsWord, None);
            }
            if let Some(keyword) = self.shipped(&text, candidate) {
                return whole(keyword.says, Rule::ShippedKeyword, Some(keyword.language));
            }
        }
        None
    }

    fn is_us_word(&self, text: &str) -> bool {
        self.context.plus_one && US_WORDS.contains(&text)
    }

    fn shipped(&self, text: &str, words: &[Word]) -> Option<&'static Keyword> {
        self.grammar
            .keywords
            .get(text)?
            .iter()
            .filter(|keyword| self.lexicon.speaks(keyword.language) || self.is_sign(keyword.language, words))
            .filter(|keyword| !keyword.needs_evidence || self.is_evident(keyword.language))
            .min_by_key(|keyword| severity(keyword.says))
    }

    /// Whether a word that is ordinary elsewhere is meant in this language: the sender's country speaks it.
    fn is_evident(&self, language: usize) -> bool {
        let language = &self.grammar.languages[language];
        self.context.country.is_some_and(|country| {
            language.countries.iter().any(|spoken| spoken.eq_ignore_ascii_case(country))
        })
    }

    /// Whether Latin capitals stand for a Chinese word (TD): nobody writes them by chance, so they count whatever is muted (R39).
    fn is_sign(&self, language: usize, words: &[Word]) -> bool {
        self.grammar.languages[language].code == "zh"
            && words.iter().all(|word| word.capitals && word.text.is_ascii())
    }

    /// The answer to our own question (R7): only then do yes and no say anything about marketing.
    fn answer(&self, message: &Message) -> Option<(Finding, usize, usize)> {
        if !self.context.answers_our_question {
            return None;
        }
        let words = message.words().len();
        let all = |class| {
            let mut at = 0;
            let mut found = false;
            while at < words {
                if let Some(length) = message.class_at(at, class) {
                    found = true;
                    at += length;
                } else {
                    at += message.class_at(at, self.grammar.filler)?;
                }
            }
            found.then_some(())
        };
        let answer = |verdict| Finding { verdict, rule: Rule::Answer, ..Finding::default() };
        if all(self.grammar.no).is_some() {
            return Some((answer(Verdict::OptOut), 0, words));
        }
        all(self.grammar.yes).map(|()| (answer(Verdict::OptIn), 0, words))
    }

    /// Something in the message says it outright, and nothing turns it around.
    fn phrase(&self, message: &Message, phrases: &[Found<'static>]) -> Option<(Finding, usize, usize)> {
        let meant = message::meant(phrases);
        let strictest = meant.iter().min_by_key(|found| (severity(found.phrase.says), found.from))?;
        let long = message.words().len() > LONG || message.text.cut;
        let (verdict, rule) = match verdict_of(strictest.phrase.says) {
            Verdict::OptOut if long => (Verdict::Hold, Rule::LongText),
            Verdict::OptOut => (Verdict::OptOut, Rule::Phrase),
            Verdict::Hold if long => return None,
            verdict => (verdict, Rule::Ambiguous),
        };
        let mut flags = Flags::default();
        for found in &meant {
            flags.complaint |= found.phrase.says == Says::Complaint;
            flags.erasure |= found.phrase.says == Says::Erasure;
        }
        let finding = Finding {
            verdict,
            rule,
            language: Some(self.code(strictest.phrase.language)),
            phrase: Some(strictest.phrase.name.into()),
            flags,
            ..Finding::default()
        };
        Some((finding, strictest.from, strictest.to))
    }

    /// What the rules found, against what the message as a whole looks like.
    fn weigh(
        &self,
        message: &Message,
        phrases: &[Found<'static>],
        rules: Option<(Finding, usize, usize)>,
    ) -> Option<(Finding, usize, usize)> {
        let words = message.words().len();
        if self.part == Part::Payload || words > LONG || message.text.cut {
            return rules;
        }
        let language = classifier::language(self.grammar, message);
        // Who mutes a language is not to hear it by likeness either (R39): then only what is certainly of another one is weighed.
        let heard = match language {
            Some(language) => self.lexicon.speaks(language),
            None => self.lexicon.enabled.iter().all(|enabled| *enabled),
        };
        if !heard {
            return rules;
        }
        let verdict = rules.as_ref().map_or(Verdict::None, |(finding, ..)| finding.verdict);
        let features = classifier::features(self.grammar, message, phrases, verdict);
        let weights = Weights::get();
        let verdict = match (verdict, weights.likeness(weights.score(&features))) {
            (Verdict::OptOut, Likeness::Unlike) => Verdict::Hold,
            (Verdict::Hold | Verdict::None, Likeness::Stop) if words <= WEIGHED => Verdict::OptOut,
            (Verdict::None, Likeness::Stop) => Verdict::Hold,
            (Verdict::None, Likeness::Perhaps) => Verdict::Hold,
            _ => return rules,
        };
        let flags = rules.as_ref().map(|(finding, ..)| finding.flags).unwrap_or_default();
        if verdict == Verdict::Hold
            && let Some((finding, from, to)) = rules
        {
            // The words a rule named are what a person should look at.
            return Some((Finding { verdict, rule: Rule::Ambiguous, ..finding }, from, to));
        }
        let language = language.map(|language| self.code(language));
        let (from, to) = weights.reason(&features, words);
        let (rule, phrase) = match verdict {
            Verdict::OptOut => (Rule::Classifier, None),
            _ => (Rule::Ambiguous, Some("resembles".into())),
        };
        Some((Finding { verdict, rule, language, phrase, flags, ..Finding::default() }, from, to))
    }

    /// One word that is an opt-out word but for one letter.
    fn typo(&self, message: &Message) -> Option<(Finding, usize, usize)> {
        if self.part == Part::Payload {
            return None;
        }
        let mut candidate = None;
        let mut at = 0;
        while at < message.words().len() {
            if let Some(length) = message.class_at(at, self.grammar.filler) {
                at += length;
            } else if message.known[at] || candidate.is_some() {
                return None;
            } else {
                candidate = Some(at);
                at += 1;
            }
        }
        let at = candidate?;
        let word = &message.words()[at];
        let (keyword, language) =
            repair::short_typo(self.grammar, &word.text, |language| self.lexicon.speaks(language))?;
        let finding = Finding {
            verdict: Verdict::OptOut,
            rule: Rule::Typo,
            language: Some(self.code(language)),
            matched: Some(keyword),
            ..Finding::default()
        };
        Some((finding, at, at + 1))
    }

    fn code(&self, language: usize) -> Cow<'static, str> {
        match self.grammar.languages[language].code {
            "shared" => "en".into(),
            code => code.into(),
        }
    }
}

/// What wins when a message says several things: the stricter.
const fn severity(says: Says) -> u8 {
    match says {
        Says::Erasure => 0,
        Says::Complaint => 1,
        Says::Out => 2,
        Says::Hold => 3,
        Says::Help => 4,
        Says::In => 5,
        Says::Not | Says::Footer => 6,
    }
}

const fn verdict_of(says: Says) -> Verdict {
    match says {
        Says::Out | Says::Complaint | Says::Erasure => Verdict::OptOut,
        Says::Hold => Verdict::Hold,
        Says::In => Verdict::OptIn,
        Says::Help => Verdict::Help,
        Says::Not | Says::Footer => Verdict::None,
    }
}
