use js_sys::{JsString, RegExp};

thread_local! {
    static MARK: RegExp = RegExp::new(r"^\p{M}$", "u");
}

/// The compatibility composition.
pub(crate) fn nfkc(text: &str) -> String {
    JsString::from(text).normalize("NFKC").into()
}

/// The first letter of the canonical decomposition.
pub(crate) fn decomposed(letter: char) -> char {
    let mut bytes = [0; 4];
    let decomposed: String = JsString::from(&*letter.encode_utf8(&mut bytes)).normalize("NFD").into();
    decomposed.chars().next().unwrap_or(letter)
}

/// Whether the character combines with the one before it (general category M).
pub(crate) fn is_mark(letter: char) -> bool {
    let mut bytes = [0; 4];
    !letter.is_ascii() && MARK.with(|mark| mark.test(letter.encode_utf8(&mut bytes)))
}
