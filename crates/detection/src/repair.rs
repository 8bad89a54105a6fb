//! Words that are written oddly: stretched, spelled out, with look-alike letters, mistyped.

use crate::grammar::Grammar;
use crate::text::{Text, Word};

/// The known word that an unknown one stands for, if there is one.
pub(crate) fn meant(grammar: &Grammar, word: &Word) -> Option<String> {
    if word.ideographic {
        return None;
    }
    let knows = |text: &String| grammar.words.knows(text);
    let plain = look_alikes(&word.text);
    if let Some(plain) = &plain
        && knows(plain)
    {
        return Some(plain.clone());
    }
    let word = plain.as_deref().unwrap_or(&word.text);
    for keep in [1, 2] {
        if let Some(squeezed) = squeeze(word, keep)
            && knows(&squeezed)
        {
            return Some(squeezed);
        }
    }
    long_typo(grammar, word)
}

/// The word with runs of three or more equal letters shortened, if it has any.
fn squeeze(word: &str, keep: usize) -> Option<String> {
    let letters: Vec<char> = word.chars().collect();
    letters.windows(3).any(|run| run[0] == run[1] && run[1] == run[2]).then(|| {
        let mut squeezed = String::with_capacity(word.len());
        for run in letters.chunk_by(|a, b| a == b) {
            let length = if run.len() >= 3 { keep } else { run.len() };
            squeezed.extend(run.iter().take(length));
        }
        squeezed
    })
}

/// The word in Latin letters, if it holds look-alikes from other scripts or digits for letters.
///
/// Only the letters that a keyword can be disguised with are listed: the full confusables table of Unicode is larger than the
/// rest of the detector and maps many pairs that are no disguise (m and rn).
fn look_alikes(word: &str) -> Option<String> {
    let letter = word.chars().any(char::is_alphabetic);
    let mut changed = false;
    let plain: String = word
        .chars()
        .map(|c| {
            let latin = match c {
                'а' | 'α' => 'a',
                'с' | 'ϲ' => 'c',
                'ԁ' => 'd',
                'е' | 'ε' => 'e',
                'һ' | 'н' => 'h',
                'і' | 'ι' => 'i',
                'ј' => 'j',
                'κ' | 'к' => 'k',
                'ӏ' => 'l',
                'м' => 'm',
                'ո' | 'η' => 'n',
                'о' | 'ο' | 'օ' => 'o',
                'р' | 'ρ' => 'p',
                'ѕ' => 's',
                'т' | 'τ' => 't',
                'υ' | 'ц' => 'u',
                'х' | 'χ' => 'x',
                'у' => 'y',
                '0' if letter => 'o',
                '1' if letter => 'i',
                '3' if letter => 'e',
                '5' if letter => 's',
                other => other,
            };
            changed |= latin != c;
            latin
        })
        .collect();
    (changed && plain.is_ascii()).then_some(plain)
}

/// A long opt-out word with one typing mistake, also within a sentence: nothing else looks like it.
fn long_typo(grammar: &Grammar, word: &str) -> Option<String> {
    let letters: Vec<char> = word.chars().collect();
    if letters.len() < 8 {
        return None;
    }
    let hit =
        grammar.typable.iter().find(|(keyword, _)| keyword.len() >= 9 && one_apart(&letters, keyword))?;
    Some(hit.0.iter().collect())
}

/// An opt-out word with one typing mistake; only for a message that holds nothing else.
///
/// A letter typed twice is always a mistake; other mistakes make ordinary words of short keywords, so those count from six letters
/// on, and for STOP, which is worth a list of the ordinary words around it.
pub(crate) fn short_typo(
    grammar: &Grammar,
    word: &str,
    enabled: impl Fn(usize) -> bool,
) -> Option<(String, usize)> {
    let letters: Vec<char> = word.chars().collect();
    if letters.len() < 4 || grammar.words.knows_whole(word) {
        return None;
    }
    let is_meant = |keyword: &[char]| {
        let safe = keyword.len() >= 6 || keyword == ['s', 't', 'o', 'p'];
        (safe && one_apart(&letters, keyword))
            || (letters.len() > keyword.len() && single(&letters) == single(keyword))
    };
    let hit = grammar.typable.iter().find(|(keyword, language)| enabled(*language) && is_meant(keyword))?;
    Some((hit.0.iter().collect(), hit.1))
}

/// The letters with doubled ones written once.
fn single(letters: &[char]) -> Vec<char> {
    let mut single = letters.to_vec();
    single.dedup();
    single
}

/// Whether one letter added, left out or changed, or two neighbours exchanged, makes one word the other.
pub(crate) fn one_apart(a: &[char], b: &[char]) -> bool {
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[same..], &b[same..]);
    match (a, b) {
        ([], [_]) | ([_], []) => true,
        ([_, a @ ..], [_, b @ ..]) if a == b => true,
        ([a1, a2, a @ ..], [b1, b2, b @ ..]) if a1 == b2 && a2 == b1 && a == b => true,
        ([_, rest @ ..], b) if rest == b => true,
        (a, [_, rest @ ..]) if rest == a => true,
        _ => false,
    }
}

/// Joins letters that were written apart (s t o p) when they make a known word.
pub(crate) fn join_spelled_out(grammar: &Grammar, text: &mut Text) {
    let single = |word: &Word| !word.ideographic && word.text.chars().nth(1).is_none();
    let mut at = 0;
    while at < text.words.len() {
        let run = text.words[at..].iter().take_while(|word| single(word)).count();
        if run >= 3 {
            let letters: String = text.words[at..at + run].iter().map(|word| word.text.as_str()).collect();
            if grammar.keywords.contains_key(&letters) {
                let end = text.words[at + run - 1].end;
                let word = &mut text.words[at];
                word.text = letters;
                word.end = end;
                text.words.drain(at + 1..at + run);
            }
        }
        at += run.max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apart(a: &str, b: &str) -> bool {
        one_apart(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>())
    }

    #[test]
    fn one_typing_mistake_is_one_letter_or_one_exchange() {
        for typo in ["stip", "sto", "stopp", "stpo", "tsop", "atop", "sstop"] {
            assert!(apart(typo, "stop"), "{typo}");
        }
        for other in ["stop", "spot", "st", "stoppp", "tops", ""] {
            assert!(!apart(other, "stop"), "{other}");
        }
    }

    #[test]
    fn stretched_words_are_shortened() {
        assert_eq!(squeeze("stoooop", 1).as_deref(), Some("stop"));
        assert_eq!(squeeze("stopppp", 2).as_deref(), Some("stopp"));
        assert_eq!(squeeze("stoop", 1), None);
    }

    #[test]
    fn look_alikes_are_read_as_what_they_look_like() {
        assert_eq!(look_alikes("ѕtор").as_deref(), Some("stop"));
        assert_eq!(look_alikes("st0p").as_deref(), Some("stop"));
        assert_eq!(look_alikes("стоп"), None);
        assert_eq!(look_alikes("2024"), None);
    }
}
