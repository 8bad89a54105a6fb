//! From what was received to words that can be compared: folding per script, and cutting into words.

use crate::unicode::{decomposed, is_mark, nfkc};

/// What separates a word from the one before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Break {
    /// White space, a hyphen, or nothing.
    #[default]
    None,
    /// A comma, a dash, a bracket, a quotation mark.
    Weak,
    /// The end of a sentence or line.
    Strong,
}

/// One word of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// Folded: what people see as the same word is the same string.
    pub(crate) text: String,
    /// Where it stands in the message as received, in bytes.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// What separates it from the word before it.
    pub(crate) before: Break,
    /// Whether it is one sign of a script that writes no spaces between words.
    pub(crate) ideographic: bool,
    /// Whether it was received in capitals only.
    pub(crate) capitals: bool,
}

/// A message cut into words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) words: Vec<Word>,
    /// A question mark stands somewhere.
    pub(crate) question: bool,
    /// A sign that means "stop" all over the world stands somewhere.
    pub(crate) stop_sign: bool,
    /// There were more words than are looked at.
    pub(crate) cut: bool,
}

/// Words beyond these are not looked at: an opt-out is said sooner, and no message may cost more than its share.
const MAX_WORDS: usize = 400;

/// Makes texts comparable: what people see as the same words becomes the same string.
///
/// Compatibility forms are folded (full width, ligatures), invisible and bidirectional marks, markup, punctuation and emoji
/// dropped, letters lowered with the Turkish dotless i as i, Latin diacritics, Arabic vowel signs and letter variants and
/// Hebrew points folded, white space collapsed. Combining marks of Indic scripts and of kana are parts of words and stay.
#[must_use]
pub fn normalise(text: &str) -> String {
    written(&cut(text).words)
}

/// The words from `from` to before `to`, as [`normalise`] would write them.
pub(crate) fn written(words: &[Word]) -> String {
    let mut text = String::new();
    for (index, word) in words.iter().enumerate() {
        if index > 0 && !(word.ideographic || words[index - 1].ideographic) {
            text.push(' ');
        }
        text.push_str(&word.text);
    }
    text
}

/// Cuts a message into folded words.
pub(crate) fn cut(text: &str) -> Text {
    let mut cutter = Cutter::default();
    // A base letter and what combines with it are folded together, so that no mark is judged without its letter.
    let mut letters = text.char_indices().peekable();
    let mut cluster = String::new();
    while let Some((start, letter)) = letters.next() {
        if letter.is_ascii() && letters.peek().is_none_or(|(_, next)| next.is_ascii()) {
            cutter.letter(letter.to_ascii_lowercase(), letter, start, start + 1);
        } else {
            cluster.clear();
            cluster.push(letter);
            let mut end = start + letter.len_utf8();
            while let Some(&(at, next)) = letters.peek() {
                if !(continues(next) || is_invisible(next)) {
                    break;
                }
                cluster.push(next);
                end = at + next.len_utf8();
                letters.next();
            }
            cutter.cluster(&cluster, start, end);
        }
        if cutter.text.words.len() >= MAX_WORDS {
            cutter.text.cut = letters.peek().is_some();
            break;
        }
    }
    cutter.finish()
}

/// Whether a letter is folded together with the one before it: marks, half-width voicing signs, vowels and finals of Hangul.
fn continues(letter: char) -> bool {
    is_mark(letter) || matches!(letter, '\u{FF9E}' | '\u{FF9F}' | '\u{1160}'..='\u{11FF}')
}

/// The class of a folded letter, as far as cutting cares.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Ideograph,
    Apostrophe,
    Joiner,
    Space,
    Break(Break),
}

#[derive(Default)]
struct Cutter {
    text: Text,
    current: String,
    start: usize,
    end: usize,
    capitals: bool,
    pending: Break,
    /// An apostrophe was seen after `current`; whether it joins or parts is known with the next letter.
    apostrophe: bool,
}

impl Cutter {
    fn cluster(&mut self, cluster: &str, start: usize, end: usize) {
        // Before compatibility forms are folded, for some apostrophes are folded to a space with a mark; and after it,
        // for some letters hold one.
        let straight: String = straightened(cluster.chars()).collect();
        if straight.chars().any(is_stop_sign) {
            self.text.stop_sign = true;
        }
        let original = straight.chars().next().unwrap_or(' ');
        let lowered: String = straightened(nfkc(&straight).chars()).flat_map(char::to_lowercase).collect();
        let folded: String = fold(&lowered);
        for letter in folded.chars() {
            self.letter(letter, original, start, end);
        }
    }

    fn letter(&mut self, letter: char, original: char, start: usize, end: usize) {
        match kind(letter) {
            // A mark that follows a Latin letter only after folding, over an apostrophe or a sign that is dropped.
            Kind::Word if is_mark(letter) && self.current.ends_with(|last: char| last.is_ascii()) => {}
            Kind::Word => {
                if self.apostrophe {
                    self.apostrophe = false;
                    // French and Italian elide before a vowel (m'envoyez), English and Turkish join (don't).
                    if is_elided(&self.current) {
                        self.close();
                    }
                }
                if self.current.is_empty() {
                    self.start = start;
                    self.capitals = true;
                }
                self.capitals &= !original.is_lowercase();
                self.current.push(letter);
                self.end = end;
            }
            Kind::Ideograph => {
                self.close();
                self.current.push(letter);
                self.start = start;
                self.end = end;
                self.close();
            }
            Kind::Apostrophe => {
                if self.current.is_empty() {
                    self.pending = self.pending.max(Break::Weak);
                } else {
                    self.apostrophe = true;
                }
            }
            Kind::Joiner | Kind::Space => self.close(),
            Kind::Break(found) => {
                self.text.question |= letter == '?' || letter == '؟';
                self.close();
                self.pending = self.pending.max(found);
            }
        }
    }

    fn close(&mut self) {
        self.apostrophe = false;
        if self.current.is_empty() {
            return;
        }
        let mut text = std::mem::take(&mut self.current);
        if text.contains(continues) {
            // What a dropped apostrophe or sign held apart may combine now, or stand in another order.
            text = fold(&nfkc(&text));
        }
        let ideographic = text.chars().next().is_some_and(is_ideographic);
        let before = std::mem::take(&mut self.pending);
        let word =
            Word { text, start: self.start, end: self.end, before, ideographic, capitals: self.capitals };
        self.text.words.push(word);
    }

    fn finish(mut self) -> Text {
        self.close();
        self.text
    }
}

fn kind(letter: char) -> Kind {
    match letter {
        'a'..='z' | '0'..='9' => Kind::Word,
        ' ' => Kind::Space,
        '\'' | '`' => Kind::Apostrophe,
        '.' | '!' | '?' | ';' | '\n' | '\r' | '。' | '؟' | '؛' | '।' | '…' | '¿' | '¡' | '۔' => {
            Kind::Break(Break::Strong)
        }
        ',' | ':' | '(' | ')' | '"' | '[' | ']' | '«' | '»' | '“' | '”' | '„' | '、' | '،' | '「' | '」'
        | '『' | '』' | '–' | '—' | '|' | '<' | '>' | '‹' | '›' => Kind::Break(Break::Weak),
        // Markup stands around words and inside spelled-out ones; a hyphen parts as a space does.
        '*' | '_' | '~' | '-' | '/' | '+' | '&' | '#' | '@' | '=' => Kind::Joiner,
        _ if is_ideographic(letter) => Kind::Ideograph,
        _ if letter.is_alphanumeric() || is_mark(letter) => Kind::Word,
        _ if letter.is_whitespace() => Kind::Space,
        _ if letter.is_control() => Kind::Space,
        _ => Kind::Joiner,
    }
}

/// Scripts without spaces between words: every sign is a word of its own.
fn is_ideographic(letter: char) -> bool {
    matches!(letter,
        '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{3096}' | '\u{309D}'..='\u{309F}' | '\u{30A1}'..='\u{30FA}'
        | '\u{30FC}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{323AF}')
}

/// One consonant, or French and Italian articles and prepositions that elide.
fn is_elided(word: &str) -> bool {
    matches!(
        word,
        "l" | "d"
            | "m"
            | "n"
            | "t"
            | "s"
            | "j"
            | "c"
            | "qu"
            | "jusqu"
            | "lorsqu"
            | "dell"
            | "dall"
            | "nell"
            | "all"
            | "un"
    )
}

/// Every apostrophe the same, and nothing that is never seen.
fn straightened(letters: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    letters.filter(|c| !is_invisible(*c)).map(|c| if is_apostrophe(c) { '\'' } else { c })
}

const fn is_apostrophe(letter: char) -> bool {
    matches!(
        letter,
        '\u{2018}' | '\u{2019}' | '\u{02BC}' | '\u{00B4}' | '\u{2032}' | '\u{FF07}' | '\u{05F3}' | '\u{02BB}'
    )
}

/// 🛑, 🚫, ⛔.
const fn is_stop_sign(letter: char) -> bool {
    matches!(letter, '\u{1F6D1}' | '\u{1F6AB}' | '\u{26D4}')
}

/// Zero-width, bidirectional and variation-selector marks: present in copied text, never seen.
const fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{00AD}'
            | '\u{034F}'
            | '\u{061C}'
            | '\u{180B}'..='\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Folds one letter with its marks, lowered and compatibility-composed, by the rules of its script.
fn fold(lowered: &str) -> String {
    let mut folded = String::with_capacity(lowered.len());
    let mut latin = false;
    for letter in lowered.chars() {
        if letter.is_ascii() {
            latin = letter.is_ascii_alphabetic();
            folded.push(letter);
            continue;
        }
        match letter {
            // Arabic: vowel signs and the stretching stroke say nothing about the word; letter variants are written freely.
            '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{0640}' | '\u{06D6}'..='\u{06ED}' => {}
            'أ' | 'إ' | 'آ' | 'ٱ' => folded.push('ا'),
            'ى' | 'ی' => folded.push('ي'),
            'ة' => folded.push('ه'),
            'ک' => folded.push('ك'),
            // Hebrew points.
            '\u{0591}'..='\u{05BD}'
            | '\u{05BF}'
            | '\u{05C1}'
            | '\u{05C2}'
            | '\u{05C4}'
            | '\u{05C5}'
            | '\u{05C7}' => {}
            'ё' => folded.push('е'),
            'ß' => folded.push_str("ss"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' => folded.push('d'),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            // The Turkish i without its dot, which some keyboards write for i and some for ı.
            'ı' => {
                latin = true;
                folded.push('i');
            }
            _ if is_mark(letter) && latin => {}
            _ => {
                let base = decomposed(letter);
                latin = base.is_ascii_alphabetic();
                folded.push(if latin { base } else { letter });
            }
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn width_case_marks_and_markup_do_not_matter() {
        for written in [
            "STOP",
            "stop",
            "ＳＴＯＰ",
            "\u{200e}STOP",
            "*stop*",
            "_Stop!_",
            "«stop»",
            "STOP 🛑",
            " s\u{00AD}top. ",
        ] {
            assert_eq!(normalise(written), "stop", "{written}");
        }
    }

    #[test]
    fn latin_loses_its_diacritics_and_turkish_its_dots() {
        assert_eq!(normalise("ARRÊT"), "arret");
        assert_eq!(normalise("arre\u{302}t"), "arret");
        assert_eq!(normalise("não"), "nao");
        assert_eq!(normalise("İPTAL"), normalise("iptal"));
        assert_eq!(normalise("ÇIK"), normalise("çık"));
        assert_eq!(normalise("ABMELDEN, tschüß"), "abmelden tschuss");
    }

    #[test]
    fn arabic_and_hebrew_lose_what_is_written_freely() {
        assert_eq!(normalise("إيقـاف"), normalise("ايقاف"));
        assert_eq!(normalise("إِيقَاف"), normalise("ايقاف"));
        assert_eq!(normalise("הֲסָרָה"), "הסרה");
    }

    #[test]
    fn marks_of_indic_scripts_and_kana_are_parts_of_words() {
        assert_eq!(normalise("बंद करो"), "बंद करो");
        assert_eq!(normalise("ヘルプ"), "ヘルプ");
        assert_eq!(normalise("ﾍﾙﾌﾟ"), "ヘルプ");
    }

    #[test]
    fn apostrophes_join_in_english_and_part_in_french() {
        for written in ["don't", "don’t", "don´t", "dont"] {
            assert_eq!(normalise(written), "dont", "{written}");
        }
        assert_eq!(normalise("ne m'envoyez plus"), "ne m envoyez plus");
    }

    #[test]
    fn what_an_apostrophe_held_apart_combines_like_what_was_never_apart() {
        assert_eq!(normalise("\u{1100}'\u{1161}"), normalise("\u{AC00}"));
        assert_eq!(normalise("\u{1E000}'\u{113CE}"), "\u{113CE}\u{1E000}");
    }

    #[test]
    fn a_hyphen_is_a_space() {
        assert_eq!(normalise("OPT-OUT"), "opt out");
    }

    #[test]
    fn scripts_without_spaces_are_written_without_them() {
        assert_eq!(normalise("配信 停止。"), "配信停止");
        assert_eq!(normalise("回复TD退订"), "回复td退订");
    }

    #[test]
    fn every_letter_there_is_is_normalised_once() {
        for letter in '\0'..=char::MAX {
            let once = normalise(letter.encode_utf8(&mut [0; 4]));
            assert_eq!(normalise(&once), once, "{}", letter.escape_unicode());
        }
    }

    proptest! {
        #[test]
        fn normalising_twice_is_normalising_once(text in "\\PC*") {
            let once = normalise(&text);
            prop_assert_eq!(normalise(&once), once);
        }

        #[test]
        fn any_scalar_values_are_survived(text in proptest::collection::vec(any::<char>(), 0..40)) {
            let text: String = text.into_iter().collect();
            let once = normalise(&text);
            prop_assert_eq!(normalise(&once), once);
            for word in cut(&text).words {
                prop_assert!(text.is_char_boundary(word.start) && text.is_char_boundary(word.end));
                prop_assert!(word.start <= word.end && !word.text.is_empty());
            }
        }
    }
}
