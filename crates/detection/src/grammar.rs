//! The language files, read: words, classes of words, and phrases made of them.
//!
//! The files are data that people edit and native speakers review; `README.md` describes their form. They are read once, when
//! the first lexicon is made; a mistake in one is found by the tests, which read them all.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::classifier;
use crate::text::{cut, written};

/// A word as it is compared, or a part of one.
pub(crate) type Literal = u32;
/// A set of words that stand for each other in phrases.
pub(crate) type Class = u16;
/// The words that have to follow for a member of several words, and the class it is of.
pub(crate) type Longer = (Vec<Literal>, Class);

/// What a phrase or a word of its own says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Says {
    /// Stop.
    Out,
    /// Go on.
    In,
    /// Help.
    Help,
    /// Perhaps stop.
    Hold,
    /// Stop, and a complaint.
    Complaint,
    /// Stop, and erase what you know about me.
    Erasure,
    /// The words around it are not meant as they look.
    Not,
    /// Our own line about the way out, quoted or forwarded.
    Footer,
}

/// A language the detector speaks.
#[derive(Debug)]
pub(crate) struct Language {
    /// ISO 639-1.
    pub(crate) code: &'static str,
    /// The countries in which its ordinary words are read as its own.
    pub(crate) countries: Vec<&'static str>,
}

/// A word that is a message of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keyword {
    pub(crate) says: Says,
    pub(crate) language: usize,
    /// An ordinary word elsewhere: counts only from a country of the language, or in capitals if it is a foreign sign.
    pub(crate) needs_evidence: bool,
}

/// One step of a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// One of the words of a class.
    One(Class),
    /// The same, or nothing.
    Maybe(Class),
    /// Up to so many words of the same sentence.
    Gap(u8),
    /// None of these words may follow within the next few.
    NotAhead(Class),
    /// None of these words may stand among the few before.
    NotBehind(Class),
    /// The message begins here.
    Start,
    /// The message ends here.
    End,
    /// A sentence begins here.
    SentenceStart,
    /// The sentence ends here.
    SentenceEnd,
    /// The sentence or a part of it that a comma or dash sets off ends here.
    ClauseEnd,
}

/// A phrase: steps that have to follow each other.
#[derive(Debug)]
pub(crate) struct Phrase {
    pub(crate) says: Says,
    pub(crate) language: usize,
    /// How the rule is called in explanations, unique within its language.
    pub(crate) name: &'static str,
    pub(crate) steps: Vec<Step>,
    /// Classes that must all stand somewhere in a message for the phrase to be in it.
    pub(crate) needs: Vec<Class>,
}

/// Everything the language files say.
#[derive(Debug, Default)]
pub(crate) struct Grammar {
    pub(crate) languages: Vec<Language>,
    pub(crate) words: Words,
    /// Classes of which a word is a member by itself.
    pub(crate) classes_of: Vec<Vec<Class>>,
    /// Members of several words, by the first two: the words that have to follow those, and the class.
    pub(crate) longer: FxHashMap<(Literal, Literal), Vec<Longer>>,
    pub(crate) phrases: Vec<Phrase>,
    /// Phrases by the class they may begin with.
    pub(crate) beginning_with: FxHashMap<Class, Vec<u16>>,
    /// Messages of their own, by their words as written.
    pub(crate) keywords: FxHashMap<String, Vec<Keyword>>,
    /// Words that may stand around a keyword without changing it.
    pub(crate) filler: Class,
    /// Words of agreement and refusal, for the answer to our own question.
    pub(crate) yes: Class,
    pub(crate) no: Class,
    /// Keywords of one word that are long enough to be recognised with some typing mistake.
    pub(crate) typable: Vec<(Vec<char>, usize)>,
    /// What the named classes stand for, by class.
    pub(crate) concepts: Vec<Option<Concept>>,
}

/// What a named class stands for: classes of different languages with one name (`goods`, `send`) are one concept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Concept {
    pub(crate) language: usize,
    /// A hash of the name without the language.
    pub(crate) name: u32,
}

/// The words that are known, whole or by a part.
#[derive(Debug, Default)]
pub(crate) struct Words {
    whole: FxHashMap<String, Literal>,
    beginnings: FxHashMap<String, Literal>,
    endings: FxHashMap<String, Literal>,
    inside: FxHashMap<String, Literal>,
    /// The lengths of the parts, in letters, as bits: what is not there need not be looked up.
    beginning_lengths: u32,
    ending_lengths: u32,
    inside_lengths: u32,
    count: Literal,
}

impl Words {
    fn literal(&mut self, word: &str) -> Literal {
        let bare = word.trim_matches('*');
        let map = match (word.starts_with('*'), word.ends_with('*')) {
            (false, false) => &mut self.whole,
            (false, true) => &mut self.beginnings,
            (true, false) => &mut self.endings,
            (true, true) => &mut self.inside,
        };
        let lengths = match (word.starts_with('*'), word.ends_with('*')) {
            (false, false) => None,
            (false, true) => Some(&mut self.beginning_lengths),
            (true, false) => Some(&mut self.ending_lengths),
            (true, true) => Some(&mut self.inside_lengths),
        };
        if let Some(lengths) = lengths {
            *lengths |= 1 << bare.chars().count().min(31);
        }
        *map.entry(bare.to_owned()).or_insert_with(|| {
            self.count += 1;
            self.count - 1
        })
    }

    /// Everything a word is known as.
    pub(crate) fn find(&self, word: &str, mut found: impl FnMut(Literal)) {
        if let Some(literal) = self.whole.get(word) {
            found(*literal);
        }
        let mut boundaries = [0_u8; 33];
        let mut letters = 0;
        for (index, _) in word.char_indices().take(32) {
            boundaries[letters] = u8::try_from(index).unwrap_or(u8::MAX);
            letters += 1;
        }
        if word.len() >= usize::from(u8::MAX) || word.chars().nth(32).is_some() {
            return;
        }
        boundaries[letters] = u8::try_from(word.len()).unwrap_or(u8::MAX);
        let part = |from: usize, to: usize| &word[usize::from(boundaries[from])..usize::from(boundaries[to])];
        for length in 1..=letters.min(30) {
            let bit = 1_u32 << length;
            if self.beginning_lengths & bit != 0
                && let Some(literal) = self.beginnings.get(part(0, length))
            {
                found(*literal);
            }
            if self.ending_lengths & bit != 0
                && let Some(literal) = self.endings.get(part(letters - length, letters))
            {
                found(*literal);
            }
            // Parts inside words occur in scripts that write prefixes and endings into the word; ASCII has none.
            if self.inside_lengths & bit != 0 && !word.is_ascii() {
                for from in 0..=letters - length {
                    if let Some(literal) = self.inside.get(part(from, from + length)) {
                        found(*literal);
                    }
                }
            }
        }
    }

    /// Whether a word is known by itself, not only by its beginning or end.
    pub(crate) fn knows_whole(&self, word: &str) -> bool {
        self.whole.contains_key(word)
    }

    /// Whether a word is known as it stands or by a part.
    pub(crate) fn knows(&self, word: &str) -> bool {
        let mut known = false;
        self.find(word, |_| known = true);
        known
    }
}

/// The files, in the order in which languages are named to people.
const FILES: &[(&str, &str)] = &[
    ("shared", include_str!("../languages/shared.txt")),
    ("en", include_str!("../languages/en.txt")),
    ("es", include_str!("../languages/es.txt")),
    ("pt", include_str!("../languages/pt.txt")),
    ("fr", include_str!("../languages/fr.txt")),
    ("de", include_str!("../languages/de.txt")),
    ("it", include_str!("../languages/it.txt")),
    ("nl", include_str!("../languages/nl.txt")),
    ("hi", include_str!("../languages/hi.txt")),
    ("ar", include_str!("../languages/ar.txt")),
    ("id", include_str!("../languages/id.txt")),
    ("tr", include_str!("../languages/tr.txt")),
    ("he", include_str!("../languages/he.txt")),
    ("ru", include_str!("../languages/ru.txt")),
    ("zh", include_str!("../languages/zh.txt")),
    ("ja", include_str!("../languages/ja.txt")),
    ("af", include_str!("../languages/af.txt")),
    ("ko", include_str!("../languages/ko.txt")),
];

/// What the files say, read on first use.
pub(crate) fn grammar() -> &'static Grammar {
    static GRAMMAR: OnceLock<Grammar> = OnceLock::new();
    GRAMMAR.get_or_init(|| {
        let mut reader = Reader::default();
        for (code, text) in FILES {
            if let Err(mistake) = reader.file(code, text) {
                // The tests read every file, so this is a build that was never tested; the other lines still count.
                debug_assert!(false, "{mistake}");
            }
        }
        reader.finish()
    })
}

/// A line that cannot be read.
#[derive(Debug)]
pub(crate) struct Mistake {
    file: &'static str,
    line: usize,
    what: &'static str,
}

impl std::fmt::Display for Mistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "languages/{}.txt:{}: {}", self.file, self.line, self.what)
    }
}

/// Which lines are being read.
#[derive(Clone, Copy)]
enum Section {
    Head,
    Class(Class),
    Keywords(Says),
    Phrases(Says),
}

#[derive(Default)]
struct Reader {
    grammar: Grammar,
    /// Members of several words, by their first: the words that have to follow, and the class.
    longer: FxHashMap<Literal, Vec<Longer>>,
    classes: FxHashMap<String, Class>,
    count: Class,
}

/// How a class that every file adds to is called.
const COMMON: [&str; 4] = ["filler", "yes", "no", "ordinary"];

impl Reader {
    fn file(&mut self, code: &'static str, text: &'static str) -> Result<(), Mistake> {
        self.grammar.languages.push(Language { code, countries: Vec::new() });
        let mut section = Section::Head;
        let mut first = Ok(());
        for (number, line) in text.lines().enumerate() {
            let line = line.split_once(" # ").map_or(line, |(line, _)| line).trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Err(what) = self.line(code, line, &mut section) {
                first = first.and(Err(Mistake { file: code, line: number + 1, what }));
            }
        }
        first
    }

    fn line(
        &mut self,
        code: &'static str,
        line: &'static str,
        section: &mut Section,
    ) -> Result<(), &'static str> {
        if let Some(heading) = line.strip_prefix('[') {
            let heading = heading.strip_suffix(']').ok_or("a heading ends with ]")?;
            *section = match heading.split_once(' ') {
                Some(("class", name)) => Section::Class(self.class(code, name)),
                Some(("keywords", says)) => Section::Keywords(says_of(says)?),
                Some(("phrases", says)) => Section::Phrases(says_of(says)?),
                _ if COMMON.contains(&heading) => Section::Class(self.class("", heading)),
                _ => return Err("no such heading"),
            };
            return Ok(());
        }
        let language = self.grammar.languages.len() - 1;
        match *section {
            Section::Head => {
                let countries = line.strip_prefix("countries").ok_or("expected: countries XX YY")?;
                self.grammar.languages[language].countries = countries.split_whitespace().collect();
                Ok(())
            }
            Section::Class(class) => {
                for word in entries(line) {
                    self.member(class, word)?;
                }
                Ok(())
            }
            Section::Keywords(says) => {
                for word in entries(line) {
                    let (word, needs_evidence) =
                        word.strip_suffix('@').map_or((word, false), |word| (word, true));
                    self.keyword(language, says, word, needs_evidence)?;
                }
                Ok(())
            }
            Section::Phrases(says) => {
                let (name, phrase) = line.split_once(": ").ok_or("expected: name: phrase")?;
                self.phrase(code, language, says, name.trim(), phrase)
            }
        }
    }

    fn class(&mut self, code: &str, name: &str) -> Class {
        let name = if code.is_empty() { name.to_owned() } else { format!("{code}.{name}") };
        *self.classes.entry(name).or_insert_with(|| {
            self.count += 1;
            self.count - 1
        })
    }

    fn literals(&mut self, word: &str) -> Result<Vec<Literal>, &'static str> {
        let mut literals = Vec::new();
        for piece in word.split_whitespace() {
            let (opens, closes) = (piece.starts_with('*'), piece.ends_with('*'));
            let words = cut(piece.trim_matches('*')).words;
            let last = words.len().checked_sub(1).ok_or("an entry without letters")?;
            for (index, word) in words.iter().enumerate() {
                let mut text = word.text.clone();
                if opens && index == 0 {
                    text.insert(0, '*');
                }
                if closes && index == last {
                    text.push('*');
                }
                literals.push(self.grammar.words.literal(&text));
            }
        }
        let known = usize::try_from(self.grammar.words.count).unwrap_or(usize::MAX);
        self.grammar.classes_of.resize_with(known, Vec::new);
        Ok(literals)
    }

    fn member(&mut self, class: Class, word: &str) -> Result<(), &'static str> {
        let literals = self.literals(word)?;
        let (first, rest) = literals.split_first().ok_or("an empty entry")?;
        if rest.is_empty() {
            let classes =
                &mut self.grammar.classes_of[usize::try_from(*first).map_err(|_| "too many words")?];
            if !classes.contains(&class) {
                classes.push(class);
            }
        } else {
            self.longer.entry(*first).or_default().push((rest.to_vec(), class));
        }
        Ok(())
    }

    fn keyword(
        &mut self,
        language: usize,
        says: Says,
        word: &str,
        needs_evidence: bool,
    ) -> Result<(), &'static str> {
        // Known words are never taken for typing mistakes of others.
        self.literals(word)?;
        let words = cut(word).words;
        let text = written(&words);
        if says == Says::Out
            && let [only] = words.as_slice()
        {
            let letters: Vec<char> = only.text.chars().collect();
            if letters.len() >= 4 && !needs_evidence {
                self.grammar.typable.push((letters, language));
            }
        }
        self.grammar.keywords.entry(text).or_default().push(Keyword { says, language, needs_evidence });
        Ok(())
    }

    fn phrase(
        &mut self,
        code: &'static str,
        language: usize,
        says: Says,
        name: &'static str,
        phrase: &str,
    ) -> Result<(), &'static str> {
        let mut steps = Vec::new();
        let mut rest = phrase.trim();
        while !rest.is_empty() {
            let (piece, after) = next_piece(rest)?;
            rest = after.trim_start();
            steps.push(self.step(code, piece)?);
        }
        let id = u16::try_from(self.grammar.phrases.len()).map_err(|_| "too many phrases")?;
        let mut anchored = false;
        for step in &steps {
            match step {
                Step::One(class) => {
                    self.grammar.beginning_with.entry(*class).or_default().push(id);
                    anchored = true;
                    break;
                }
                Step::Maybe(class) => self.grammar.beginning_with.entry(*class).or_default().push(id),
                Step::Start | Step::SentenceStart | Step::NotBehind(_) => {}
                Step::Gap(_) | Step::NotAhead(_) | Step::End | Step::SentenceEnd | Step::ClauseEnd => {
                    return Err("a phrase begins with a word");
                }
            }
        }
        if !anchored {
            return Err("a phrase needs a word that must be there");
        }
        let needs = steps
            .iter()
            .filter_map(|step| match step {
                Step::One(class) => Some(*class),
                _ => None,
            })
            .collect();
        self.grammar.phrases.push(Phrase { says, language, name, steps, needs });
        Ok(())
    }

    fn step(&mut self, code: &'static str, piece: &str) -> Result<Step, &'static str> {
        if let Some(gap) = piece.strip_prefix("..") {
            let words = if gap.is_empty() { Ok(3) } else { gap.parse() };
            return words.map(Step::Gap).map_err(|_| "a gap is .. or ..N");
        }
        match piece {
            "^" => return Ok(Step::Start),
            "$" => return Ok(Step::End),
            "^." => return Ok(Step::SentenceStart),
            ".$" => return Ok(Step::SentenceEnd),
            ",$" => return Ok(Step::ClauseEnd),
            _ => {}
        }
        if let Some(class) = piece.strip_prefix('!') {
            return Ok(Step::NotAhead(self.named(code, class)?));
        }
        if let Some(class) = piece.strip_prefix("-!") {
            return Ok(Step::NotBehind(self.named(code, class)?));
        }
        match piece.strip_suffix('?') {
            Some(piece) => Ok(Step::Maybe(self.named(code, piece)?)),
            None => Ok(Step::One(self.named(code, piece)?)),
        }
    }

    /// The class a piece of a phrase means: `<name>`, `(a|b c)`, or a word.
    fn named(&mut self, code: &'static str, piece: &str) -> Result<Class, &'static str> {
        if let Some(name) = piece.strip_prefix('<') {
            let name = name.strip_suffix('>').ok_or("a class ends with >")?;
            let own = format!("{code}.{name}");
            let shared = format!("shared.{name}");
            return [own.as_str(), shared.as_str(), name]
                .iter()
                .find_map(|name| self.classes.get(*name))
                .copied()
                .ok_or("no such class before this line");
        }
        let list = piece.strip_prefix('(').map(|list| list.trim_end_matches(')'));
        let words: Vec<&str> = match list {
            Some(list) => list.split('|').collect(),
            None => vec![piece],
        };
        // A name of its own, so that the word `no` is not the class of all words for no.
        let class = self.class("", &format!("={piece}"));
        for word in words {
            if word.starts_with('<') {
                let included = self.named(code, word)?;
                self.include(class, included);
            } else {
                self.member(class, word)?;
            }
        }
        Ok(class)
    }

    /// Makes every member of one class one of another.
    fn include(&mut self, class: Class, included: Class) {
        for classes in &mut self.grammar.classes_of {
            if classes.contains(&included) && !classes.contains(&class) {
                classes.push(class);
            }
        }
        for members in self.longer.values_mut() {
            let more: Vec<_> = members
                .iter()
                .filter(|(_, of)| *of == included)
                .map(|(rest, _)| (rest.clone(), class))
                .collect();
            members.extend(more);
        }
    }

    fn finish(mut self) -> Grammar {
        self.grammar.filler = self.class("", "filler");
        self.grammar.yes = self.class("", "yes");
        self.grammar.no = self.class("", "no");
        for (first, members) in std::mem::take(&mut self.longer) {
            for (rest, class) in members {
                if let Some((second, rest)) = rest.split_first() {
                    self.grammar.longer.entry((first, *second)).or_default().push((rest.to_vec(), class));
                }
            }
        }
        self.grammar.concepts = vec![None; usize::from(self.count)];
        for (name, class) in &self.classes {
            let named = name.split_once('.').filter(|(code, _)| !code.starts_with('='));
            if let Some((code, name)) = named
                && let Some(language) =
                    self.grammar.languages.iter().position(|language| language.code == code)
            {
                self.grammar.concepts[usize::from(*class)] =
                    Some(Concept { language, name: classifier::hash(0, name) });
            }
        }
        self.grammar
    }
}

/// The entries of a line: separated by commas.
fn entries(line: &str) -> impl Iterator<Item = &str> {
    line.split(',').map(str::trim).filter(|word| !word.is_empty())
}

fn next_piece(rest: &str) -> Result<(&str, &str), &'static str> {
    let opening = rest.find(['(', '<']).filter(|at| rest[..*at].chars().all(|c| matches!(c, '!' | '-')));
    let end = match opening {
        Some(at) => {
            let closing = if rest[at..].starts_with('(') { ')' } else { '>' };
            let close = rest[at..].find(closing).ok_or("a bracket is not closed")? + at + 1;
            close + usize::from(rest[close..].starts_with('?'))
        }
        None => rest.find(char::is_whitespace).unwrap_or(rest.len()),
    };
    Ok(rest.split_at(end))
}

fn says_of(word: &str) -> Result<Says, &'static str> {
    Ok(match word {
        "out" => Says::Out,
        "in" => Says::In,
        "help" => Says::Help,
        "hold" => Says::Hold,
        "complaint" => Says::Complaint,
        "erasure" => Says::Erasure,
        "not" => Says::Not,
        "footer" => Says::Footer,
        _ => return Err("out, in, help, hold, complaint, erasure, not or footer"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_file_can_be_read() {
        let mut reader = Reader::default();
        for (code, text) in FILES {
            if let Err(mistake) = reader.file(code, text) {
                panic!("{mistake}");
            }
        }
        let grammar = reader.finish();
        for language in grammar.languages.iter().filter(|language| language.code != "shared") {
            assert!(!language.countries.is_empty(), "{} names no country", language.code);
        }
    }

    #[test]
    fn rules_have_names_of_their_own() {
        let mut names: Vec<_> =
            grammar().phrases.iter().map(|phrase| (phrase.language, phrase.name)).collect();
        names.sort_unstable();
        for pair in names.windows(2) {
            assert_ne!(pair[0], pair[1]);
        }
    }

    #[test]
    fn words_are_found_whole_and_by_their_parts() {
        let mut words = Words::default();
        let (whole, beginning, inside) =
            (words.literal("stop"), words.literal("присыл*"), words.literal("*광고*"));
        let find = |text: &str| {
            let mut found = Vec::new();
            words.find(text, |literal| found.push(literal));
            found
        };
        assert_eq!(find("stop"), [whole]);
        assert_eq!(find("присылайте"), [beginning]);
        assert_eq!(find("광고를"), [inside]);
        assert_eq!(find("bus"), []);
    }
}
