//! Phone numbers the way Meta reads them.

/// A number as it was written, understood: the digits with country code.
///
/// Without a `+` Meta puts the business's own country code in front. The emulator does so when the digits are too few
/// to carry a country code already (fewer than 11) or start with a trunk zero.
///
/// # Errors
/// Words about what is wrong, when it is no number or has fewer than 8 or more than 15 digits.
pub(crate) fn international(written: &str, business: &str) -> Result<String, &'static str> {
    let written = written.trim();
    let (plus, rest) = match written.strip_prefix('+') {
        Some(rest) => (true, rest),
        None => (false, written),
    };
    if rest.chars().any(|c| !c.is_ascii_digit() && !matches!(c, ' ' | '-' | '(' | ')' | '.' | '\u{a0}')) {
        return Err("The recipient is not a phone number.");
    }
    let mut digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    if !plus && (digits.len() < 11 || digits.starts_with('0')) {
        let national = digits.trim_start_matches('0');
        if national.len() < 6 {
            return Err("The recipient phone number is too short.");
        }
        digits = format!("{}{national}", calling_code(business));
    }
    match digits.len() {
        0..8 => Err("The recipient phone number is too short."),
        8..=15 => Ok(digits),
        _ => Err("The recipient phone number is too long."),
    }
}

/// Only the digits of a number.
pub(crate) fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

/// The calling code a number with country code starts with.
fn calling_code(international: &str) -> String {
    const OF_TWO_DIGITS: &[&str] = &[
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48",
        "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81",
        "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
    ];
    let digits = digits(international);
    let length = match digits.as_bytes().first() {
        Some(b'1' | b'7') => 1,
        _ if OF_TWO_DIGITS.iter().any(|code| digits.starts_with(code)) => 2,
        _ => 3,
    };
    digits.chars().take(length).collect()
}

/// The `wa_id` of a number where WhatsApp's differs from the one people dial: Brazil's mobiles without the ninth digit,
/// Mexico's with `1`, Argentina's with `9` after the country code.
pub(crate) fn regional_wa_id(digits: &str) -> String {
    let (head, rest) = digits.split_at(digits.len().min(4));
    match (digits.len(), &digits[..digits.len().min(2)]) {
        (13, "55") if rest.starts_with('9') => format!("{head}{}", &rest[1..]),
        (12, "52") => format!("521{}", &digits[2..]),
        (12, "54") => format!("549{}", &digits[2..]),
        _ => digits.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_like_meta_does() {
        for (written, business, expected) in [
            ("+1 (650) 555-1234", "+1 555 010 0001", Ok("16505551234")),
            ("16505551234", "+1 555 010 0001", Ok("16505551234")),
            ("(631) 555-1234", "+91 98765 43210", Ok("916315551234")),
            ("6505551234", "+1 555 010 0001", Ok("16505551234")),
            ("0171 2345678", "+49 30 1234567", Ok("491712345678")),
            ("5511987654321", "+1 555 010 0001", Ok("5511987654321")),
            ("21234567", "+351 910 000 000", Ok("35121234567")),
            ("+1234567", "+1 555 010 0001", Err("The recipient phone number is too short.")),
            ("+1234567890123456", "+1 555 010 0001", Err("The recipient phone number is too long.")),
            ("maria", "+1 555 010 0001", Err("The recipient is not a phone number.")),
            ("", "+1 555 010 0001", Err("The recipient phone number is too short.")),
        ] {
            assert_eq!(international(written, business), expected.map(str::to_owned), "{written}");
        }
    }

    #[test]
    fn regional_rules_change_brazil_mexico_and_argentina_only() {
        for (digits, expected) in [
            ("5511987654321", "551187654321"),
            ("551134567890", "551134567890"),
            ("525512345678", "5215512345678"),
            ("5215512345678", "5215512345678"),
            ("541112345678", "5491112345678"),
            ("5491112345678", "5491112345678"),
            ("15550100123", "15550100123"),
        ] {
            assert_eq!(regional_wa_id(digits), expected);
        }
    }
}
