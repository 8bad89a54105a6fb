//! The last tier: how much a message is like those in which people asked to stop.
//!
//! Rules say why, and miss what nobody foresaw. This tier weighs everything that stands in a message: its words and pairs of
//! words, pieces of words, what the words stand for in any language, and which rules matched. The weights are learned from the
//! training part of the corpus (`cargo xtask train`); a message's score is their sum, and its explanation the words that
//! contributed most. It promotes what no rule matched, and pauses what a rule matched but nothing else speaks for.

use std::sync::OnceLock;

use crate::Verdict;
use crate::grammar::{Grammar, Says};
use crate::message::{Found, Message, meant};
use crate::text::Break;

/// How many weights there are. Features share a weight when their hashes meet; with this many, few that matter do.
pub const WEIGHTS: usize = 1 << 17;

/// The weights as `cargo xtask train` writes them: a header of [`HEADER`] bytes, then one byte a weight.
static FILE: &[u8] = include_bytes!("../weights.bin");

/// The header of the file: the digest of what the weights were learned from, then the step of a weight, the constant, and the three
/// thresholds, in little-endian order.
pub const HEADER: usize = 8 + 5 * 4;

/// Something that was seen in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feature {
    /// Which weight it has.
    pub weight: u32,
    /// Whether it is what a rule made of the words. Rules know the messages they were written against better than any others, so
    /// that these features are left out of some of the training.
    pub by_rule: bool,
    /// The words it was seen in: from this one
    from: u16,
    /// to before this one.
    to: u16,
}

/// FNV-1a, 32 bits: the same on every machine and in every version.
pub(crate) fn hash(seed: u32, text: &str) -> u32 {
    text.bytes().fold(seed ^ 0x811c_9dc5, step)
}

const fn step(hash: u32, byte: u8) -> u32 {
    (hash ^ byte as u32).wrapping_mul(0x0100_0193)
}

/// Two hashes as one.
const fn join(left: u32, right: u32) -> u32 {
    let mixed = (left.rotate_left(13) ^ right).wrapping_mul(0x9e37_79b1);
    mixed ^ (mixed >> 15)
}

/// Kinds of features, so that a word and a piece of one that reads the same have weights of their own.
#[derive(Clone, Copy)]
enum Kind {
    Word = 1,
    Pair,
    Apart,
    FarApart,
    Triple,
    Piece,
    Concept,
    Concepts,
    ConceptTriple,
    Phrase,
    Says,
    Outcome,
    Length,
    Question,
}

/// Collects the features of one message.
struct Collector {
    features: Vec<Feature>,
}

impl Collector {
    fn add(&mut self, kind: Kind, hash: u32, from: usize, to: usize) {
        let weight = join(kind as u32, hash) & (WEIGHTS as u32 - 1);
        let place = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
        let by_rule = matches!(kind, Kind::Phrase | Kind::Says | Kind::Outcome);
        self.features.push(Feature { weight, by_rule, from: place(from), to: place(to) });
    }
}

/// The beginning and the end of the message, as words.
const BEGINNING: u32 = 1;
const ENDING: u32 = 2;
/// The end of a sentence, as a word.
const SENTENCE: u32 = 3;

/// Everything that is seen in a message, as often as it is. `rules` is what the rules alone would answer.
pub(crate) fn features(
    grammar: &Grammar,
    message: &Message,
    phrases: &[Found<'_>],
    rules: Verdict,
) -> Vec<Feature> {
    let mut seen = Collector { features: Vec::with_capacity(256) };
    sequence(&mut seen, message);
    pieces(&mut seen, message);
    concepts(&mut seen, grammar, message);
    let count = message.words().len();
    let stands = meant(phrases);
    for found in phrases {
        let name = join(hash(0, grammar.languages[found.phrase.language].code), hash(0, found.phrase.name));
        let alone = stands.iter().any(|one| std::ptr::eq(one.phrase, found.phrase));
        seen.add(Kind::Phrase, join(name, u32::from(alone)), found.from, found.to);
        let says = says(found.phrase.says);
        seen.add(Kind::Says, says * 2 + u32::from(alone), found.from, found.to);
    }
    seen.add(Kind::Outcome, hash(0, rules.as_str()), 0, 0);
    seen.add(Kind::Length, count.min(40).ilog2() * 2 + u32::from(count > 5), 0, 0);
    if message.text.question {
        seen.add(Kind::Question, 0, 0, 0);
    }
    seen.features
}

const fn says(says: Says) -> u32 {
    match says {
        Says::Out => 1,
        Says::Complaint => 2,
        Says::Erasure => 3,
        Says::Hold => 4,
        Says::Not => 5,
        Says::In | Says::Help | Says::Footer => 6,
    }
}

/// Words, pairs next to each other and apart, and triples.
fn sequence(seen: &mut Collector, message: &Message) {
    let words = message.words();
    // Each with the index of the word it belongs to.
    let mut line: Vec<(u32, usize)> = Vec::with_capacity(words.len() * 2 + 2);
    line.push((BEGINNING, 0));
    for (at, word) in words.iter().enumerate() {
        if at > 0 && word.before == Break::Strong {
            line.push((SENTENCE, at));
        }
        line.push((hash(0, &word.text), at));
    }
    line.push((ENDING, words.len().saturating_sub(1)));
    for at in 0..line.len() {
        let (here, from) = line[at];
        if here > SENTENCE {
            seen.add(Kind::Word, here, from, from + 1);
        }
        let Some(&(next, next_at)) = line.get(at + 1) else { continue };
        seen.add(Kind::Pair, join(here, next), from, next_at + 1);
        let Some(&(third, third_at)) = line.get(at + 2) else { continue };
        seen.add(Kind::Triple, join(join(here, next), third), from, third_at + 1);
        seen.add(Kind::Apart, join(here, third), from, third_at + 1);
        let Some(&(fourth, fourth_at)) = line.get(at + 3) else { continue };
        seen.add(Kind::FarApart, join(here, fourth), from, fourth_at + 1);
    }
}

/// Pieces of words, so that an ending or a typing mistake leaves most of a word as it was.
fn pieces(seen: &mut Collector, message: &Message) {
    let mut letters: Vec<u32> = Vec::new();
    for (at, word) in message.words().iter().enumerate() {
        if word.ideographic {
            continue;
        }
        letters.clear();
        letters.push(BEGINNING);
        letters.extend(word.text.chars().map(u32::from));
        letters.push(ENDING);
        // A syllable or letter with its vowel is one sign in many scripts: shorter pieces say as much.
        let lengths = if word.text.is_ascii() { 3..=5 } else { 2..=4 };
        for length in lengths {
            for piece in letters.windows(length) {
                let hash = piece.iter().fold(0, |hash, letter| join(hash, *letter));
                seen.add(Kind::Piece, hash, at, at + 1);
            }
        }
    }
}

/// What the words stand for in the language most of them belong to, alone and in their order.
fn concepts(seen: &mut Collector, grammar: &Grammar, message: &Message) {
    let Some(language) = language(grammar, message) else { return };
    let mut line: Vec<(u32, usize, usize)> = Vec::new();
    for at in 0..message.words().len() {
        for (class, length) in message.classes_at(at) {
            if let Some(Some(concept)) = grammar.concepts.get(usize::from(class))
                && concept.language == language
            {
                line.push((concept.name, at, at + length));
            }
        }
    }
    for (index, (name, from, to)) in line.iter().enumerate() {
        seen.add(Kind::Concept, *name, *from, *to);
        let mut followers = 0;
        for (second, begins, ends) in line.iter().skip(index + 1) {
            if begins < to || followers == 6 {
                continue;
            }
            followers += 1;
            seen.add(Kind::Concepts, join(*name, *second), *from, *ends);
            if let Some((third, _, last)) = line.iter().skip(index + 2).find(|(_, after, _)| after >= ends) {
                seen.add(Kind::ConceptTriple, join(join(*name, *second), *third), *from, *last);
            }
        }
    }
}

/// The language of which most words of the message are in a named class.
pub(crate) fn language(grammar: &Grammar, message: &Message) -> Option<usize> {
    let mut votes = vec![0_u16; grammar.languages.len()];
    for at in 0..message.words().len() {
        let mut voted = 0_u32;
        for (class, _) in message.classes_at(at) {
            if let Some(Some(concept)) = grammar.concepts.get(usize::from(class))
                && voted & (1 << concept.language) == 0
            {
                voted |= 1 << concept.language;
                votes[concept.language] += 1;
            }
        }
    }
    let (language, most) = votes.iter().enumerate().rev().max_by_key(|(_, votes)| **votes)?;
    (*most > 0).then_some(language)
}

/// What the weights say about a message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Likeness {
    /// It is like those that ask to stop, whatever the rules say.
    Stop,
    /// Too near to be passed over.
    Perhaps,
    /// Neither: the rules decide.
    Open,
    /// It is so unlike them that an explicit phrase alone is not believed.
    Unlike,
}

/// The weights, read from their file.
pub struct Weights {
    /// What they were learned from: see [`Weights::learned_from`].
    digest: u64,
    step: f32,
    constant: f32,
    stop: f32,
    perhaps: f32,
    unlike: f32,
    weights: &'static [u8],
}

impl Weights {
    /// The weights of this build.
    ///
    /// # Panics
    ///
    /// When the file is shorter than it has to be, which is a build that was never tested.
    pub fn get() -> &'static Self {
        static WEIGHTS_READ: OnceLock<Weights> = OnceLock::new();
        WEIGHTS_READ.get_or_init(|| {
            let number = |at: usize| {
                let mut bytes = [0; 4];
                bytes.copy_from_slice(&FILE[8 + at * 4..12 + at * 4]);
                f32::from_le_bytes(bytes)
            };
            let mut digest = [0; 8];
            digest.copy_from_slice(&FILE[..8]);
            Self {
                digest: u64::from_le_bytes(digest),
                step: number(0),
                constant: number(1),
                stop: number(2),
                perhaps: number(3),
                unlike: number(4),
                weights: &FILE[HEADER..],
            }
        })
    }

    /// A digest of the training part of the corpus and of the language files these weights were learned from.
    #[must_use]
    pub const fn learned_from(&self) -> u64 {
        self.digest
    }

    fn weight(&self, feature: Feature) -> f32 {
        let byte = usize::try_from(feature.weight).ok().and_then(|at| self.weights.get(at)).copied();
        f32::from(byte.unwrap_or(0).cast_signed()) * self.step
    }

    /// The sum of the weights of everything seen, by the measure of how much was seen; above 0 means "rather yes".
    pub(crate) fn score(&self, features: &[Feature]) -> f32 {
        #[expect(clippy::cast_precision_loss, reason = "a few thousand at most")]
        let scale = 1.0 / (features.len().max(1) as f32).sqrt();
        let sum: f32 = features.iter().map(|feature| self.weight(*feature)).sum();
        sum * scale + self.constant
    }

    pub(crate) fn likeness(&self, score: f32) -> Likeness {
        if score >= self.stop {
            Likeness::Stop
        } else if score >= self.perhaps {
            Likeness::Perhaps
        } else if score < self.unlike {
            Likeness::Unlike
        } else {
            Likeness::Open
        }
    }

    /// The run of words that speaks most for the answer: the one whose features weigh most together.
    pub(crate) fn reason(&self, features: &[Feature], words: usize) -> (usize, usize) {
        let mut by_word = vec![0.0_f32; words];
        for feature in features {
            let (from, to) = (usize::from(feature.from), usize::from(feature.to).min(words));
            if from < to {
                #[expect(clippy::cast_precision_loss, reason = "a few words")]
                let share = self.weight(*feature) / (to - from) as f32;
                by_word[from..to].iter_mut().for_each(|word| *word += share);
            }
        }
        let (mut best, mut range) = (f32::MIN, (0, words));
        let (mut sum, mut start) = (0.0, 0);
        for (at, weight) in by_word.iter().enumerate() {
            if sum <= 0.0 {
                (sum, start) = (0.0, at);
            }
            sum += weight;
            if sum > best {
                (best, range) = (sum, (start, at + 1));
            }
        }
        range
    }
}
