//! When and how often marketing may leave: the choices of the form, and the words they travel as.

use domain::permit::FrequencyCap;
use domain::quiet::Hours;

/// The hours to choose from; empty is any hour.
pub(crate) const HOURS: [(&str, Option<Hours>); 5] = [
    ("", None),
    ("09-20", Some(Hours { from: 9 * 60, to: 20 * 60 })),
    ("08-20", Some(Hours { from: 8 * 60, to: 20 * 60 })),
    ("10-21", Some(Hours { from: 10 * 60, to: 21 * 60 })),
    ("09-18", Some(Hours { from: 9 * 60, to: 18 * 60 })),
];

/// The limits to choose from; empty is none.
pub(crate) const CAPS: [(&str, Option<FrequencyCap>); 6] = [
    ("", None),
    ("1-1", Some(FrequencyCap { messages: 1, days: 1 })),
    ("3-1", Some(FrequencyCap { messages: 3, days: 1 })),
    ("1-7", Some(FrequencyCap { messages: 1, days: 7 })),
    ("2-7", Some(FrequencyCap { messages: 2, days: 7 })),
    ("4-30", Some(FrequencyCap { messages: 4, days: 30 })),
];

/// The word for the hours; those that are not to choose from count as any hour.
pub(crate) fn hours_word(hours: Option<Hours>) -> &'static str {
    HOURS.iter().find(|(_, known)| *known == hours).map_or("", |(word, _)| word)
}

/// Reads the word back.
pub(crate) fn parse_hours(word: &str) -> Option<Hours> {
    HOURS.iter().find(|(known, _)| *known == word).and_then(|(_, hours)| *hours)
}

/// The word for the limit; one that is not to choose from counts as none.
pub(crate) fn cap_word(cap: Option<FrequencyCap>) -> &'static str {
    CAPS.iter().find(|(_, known)| *known == cap).map_or("", |(word, _)| word)
}

/// Reads the word back.
pub(crate) fn parse_cap(word: &str) -> Option<FrequencyCap> {
    CAPS.iter().find(|(known, _)| *known == word).and_then(|(_, cap)| *cap)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_comes_back_and_can_be_kept() {
        for (word, hours) in HOURS {
            assert_eq!((hours_word(hours), parse_hours(word)), (word, hours));
            assert!(hours.is_none_or(Hours::is_valid));
        }
        for (word, cap) in CAPS {
            assert_eq!((cap_word(cap), parse_cap(word)), (word, cap));
            assert!(cap.is_none_or(FrequencyCap::is_valid));
        }
        assert_eq!((parse_hours("x"), parse_cap("x")), (None, None));
    }
}
