//! The answer, and everything that led to it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// What the person asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    #[default]
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

/// The tier that decided: the first that matches, in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The payload of an opt-out or opt-in button.
    Payload,
    /// The whole message is a keyword of the business.
    Keyword,
    /// The whole message is a word that always stops marketing to +1 numbers.
    UsWord,
    /// The whole message is a keyword every business's customers may use.
    ShippedKeyword,
    /// Nothing but keywords and words of courtesy.
    KeywordAndFiller,
    /// Yes or no to our own question.
    Answer,
    /// The message says it outright.
    Phrase,
    /// A keyword but for one letter.
    Typo,
    /// Words that may or may not mean it.
    Ambiguous,
    /// An explicit phrase in a text too long to be sure.
    LongText,
    /// Like the messages in which people ask to stop, though no rule names the words.
    Classifier,
    /// Nothing but a sign that means "stop".
    StopSign,
    /// No rule matched.
    #[default]
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
            Self::ShippedKeyword => "shipped_keyword",
            Self::KeywordAndFiller => "keyword_and_filler",
            Self::Answer => "answer",
            Self::Phrase => "phrase",
            Self::Typo => "typo",
            Self::Ambiguous => "ambiguous",
            Self::LongText => "long_text",
            Self::Classifier => "classifier",
            Self::StopSign => "stop_sign",
            Self::None => "none",
        }
    }

    /// How sure this tier is.
    #[must_use]
    pub const fn certainty(self) -> Certainty {
        match self {
            Self::Payload | Self::Keyword | Self::UsWord | Self::ShippedKeyword | Self::Answer => {
                Certainty::Certain
            }
            Self::KeywordAndFiller | Self::Phrase => Certainty::Clear,
            Self::Typo | Self::Classifier => Certainty::Likely,
            Self::Ambiguous | Self::LongText | Self::StopSign | Self::None => Certainty::Unclear,
        }
    }
}

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// May mean it.
    Unclear,
    /// Most probably means it.
    Likely,
    /// Says it in a sentence.
    Clear,
    /// Says it in a word or tap that means nothing else.
    Certain,
}

impl Certainty {
    /// The word kept with the evidence.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unclear => "unclear",
            Self::Likely => "likely",
            Self::Clear => "clear",
            Self::Certain => "certain",
        }
    }
}

/// What else a message says that a person has to look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flags {
    /// It threatens with a report, a lawyer or the authorities (R38).
    pub complaint: bool,
    /// It asks to delete personal data (R37).
    pub erasure: bool,
}

/// The answer, with what led to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What the person asked for.
    pub verdict: Verdict,
    /// The tier that decided.
    pub rule: Rule,
    /// The language whose words matched, ISO 639-1; none for the business's own words.
    pub language: Option<Cow<'static, str>>,
    /// The name of the phrase rule that matched.
    pub phrase: Option<Cow<'static, str>>,
    /// The part of the message it matched in.
    pub part: Option<Part>,
    /// The words that matched, normalised; for a typing mistake, the keyword that was meant.
    pub matched: Option<String>,
    /// Where the words that matched stand in the part as received, in bytes.
    pub span: Option<(usize, usize)>,
    /// The words as they were compared: of the part that matched, else of the first part.
    pub normalised: String,
    /// What else it says.
    pub flags: Flags,
}

impl Finding {
    /// The rule in one word for the record: the tier, the language and the phrase, as `phrase:en.stop_sending`.
    #[must_use]
    pub fn rule_id(&self) -> String {
        match (&self.language, &self.phrase) {
            (Some(language), Some(phrase)) => format!("{}:{language}.{phrase}", self.rule.as_str()),
            (Some(language), None) => format!("{}:{language}", self.rule.as_str()),
            _ => self.rule.as_str().to_owned(),
        }
    }
}
