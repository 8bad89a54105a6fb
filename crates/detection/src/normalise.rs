//! Making texts comparable: what people see as the same word becomes the same string.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Compatibility forms folded (full width, ligatures), invisible and bidi marks dropped, lower case, surrounding
/// punctuation, quotes and emoji dropped, white space collapsed.
///
/// Combining marks are kept: in Indic scripts and kana they are part of the word.
#[must_use]
pub fn normalise(text: &str) -> String {
    // Lower-casing can produce sequences that compose, so composition comes last; dropping marks before it keeps the whole
    // idempotent.
    let folded: String =
        text.nfkc().filter(|c| !is_invisible(*c)).flat_map(char::to_lowercase).nfkc().collect();
    let trimmed = folded.trim_matches(|c: char| !c.is_alphanumeric() && !is_combining_mark(c));
    let trimmed = trimmed.trim_start_matches(|c: char| !c.is_alphanumeric());
    trimmed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Zero-width, bidirectional and variation-selector marks: present in copied text, never seen.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
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
