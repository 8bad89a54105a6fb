//! Escapes that are legal JSON and still poison: `\u0000` and halves of surrogate pairs.

use std::borrow::Cow;

/// U+FFFD, written as it stands in JSON.
const REPLACEMENT: &str = "\\ufffd";

/// Removes every `\u0000` and turns every surrogate without its other half into U+FFFD.
///
/// Works on the JSON text, so that what is read from it and what is kept of it as received agree. Text without such an
/// escape, which is all but one in millions, is returned as it is.
pub(crate) fn repair(json: &str) -> Cow<'_, str> {
    if !json.contains("\\u") {
        return Cow::Borrowed(json);
    }
    let bytes = json.as_bytes();
    let mut repaired = String::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(offset) = json.get(at..).and_then(|rest| rest.find('\\')) {
        at += offset;
        let Some(unit) = code_unit(bytes, at) else {
            // A two-character escape such as `\\` or `\n`. The second character may be the first byte of a longer one only
            // in text that is no JSON, and `get` above ends the search then.
            at += 2;
            continue;
        };
        let instead = match unit {
            0 => "",
            0xD800..=0xDBFF if matches!(code_unit(bytes, at + 6), Some(0xDC00..=0xDFFF)) => {
                at += 12;
                continue;
            }
            0xD800..=0xDFFF => REPLACEMENT,
            _ => {
                at += 6;
                continue;
            }
        };
        repaired.push_str(&json[copied..at]);
        repaired.push_str(instead);
        at += 6;
        copied = at;
    }
    if copied == 0 {
        return Cow::Borrowed(json);
    }
    repaired.push_str(&json[copied..]);
    Cow::Owned(repaired)
}

/// The UTF-16 code unit of the `\uXXXX` that starts at `at`, if one does.
fn code_unit(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |unit: u16, digit| {
        let value = char::from(*digit).to_digit(16)?;
        Some((unit << 4) | u16::try_from(value).ok()?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_escapes_stay() {
        for json in
            [r#""caf\u00e9""#, r#""\ud83d\udc4d""#, r#""a\\u0000""#, r#""a\n\"\\""#, "plain", r"\u12", r"\"]
        {
            assert!(matches!(repair(json), Cow::Borrowed(same) if same == json), "{json}");
        }
    }

    #[test]
    fn nul_goes_and_half_a_pair_is_replaced() {
        assert_eq!(repair(r#""ST\u0000OP""#), r#""STOP""#);
        assert_eq!(repair(r#""\\\u0000x""#), r#""\\x""#);
        assert_eq!(repair(r#""cut \ud83d""#), r#""cut \ufffd""#);
        assert_eq!(repair(r#""\udc4d\ud83d\u0000\udc4d""#), r#""\ufffd\ufffd\ufffd""#);
    }

    #[test]
    fn text_that_is_no_json_does_not_panic() {
        assert_eq!(repair("\\é\\u0000\\"), "\\é\\u0000\\");
    }
}
