use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The compatibility composition.
pub(crate) fn nfkc(text: &str) -> String {
    text.nfkc().collect()
}

/// The first letter of the canonical decomposition.
pub(crate) fn decomposed(letter: char) -> char {
    std::iter::once(letter).nfd().next().unwrap_or(letter)
}

/// Whether the character combines with the one before it (general category M).
pub(crate) fn is_mark(letter: char) -> bool {
    !letter.is_ascii() && is_combining_mark(letter)
}
