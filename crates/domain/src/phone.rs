//! Phone numbers as E.164, parsed once at the edge.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A phone number in E.164: `+`, country code, national number; 7 to 15 digits.
///
/// `Debug` is masked so that a number never reaches a log by accident; `Display` and [`Phone::as_str`] show it whole.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

/// An ISO 3166-1 alpha-2 region, such as `ZA`: where numbers without a country code are taken to be from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region([u8; 2]);

/// Why a text is no phone number that a message can be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Nothing was given.
    #[error("the number is empty")]
    Empty,
    /// There are letters or signs that no number has.
    #[error("the number holds characters that are not digits")]
    NotANumber,
    /// It has no country code and no region was given to complete it.
    #[error("the number needs its country code, starting with +")]
    NoCountryCode,
    /// The country code belongs to no country.
    #[error("no country has this country code")]
    UnknownCountryCode,
    /// Too few digits for its country.
    #[error("the number is too short for its country")]
    TooShort,
    /// Too many digits (E.164 allows 15), or too many for its country.
    #[error("the number is too long for its country")]
    TooLong,
    /// The length is possible but the country has no such numbers.
    #[error("no number of this form exists in its country")]
    NotInUse,
}

impl Region {
    /// The two upper-case letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("ZZ")
    }
}

impl FromStr for Region {
    type Err = PhoneError;
    fn from_str(text: &str) -> Result<Self, PhoneError> {
        match text.trim().as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Ok(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => Err(PhoneError::NoCountryCode),
        }
    }
}

impl TryFrom<String> for Region {
    type Error = PhoneError;
    fn try_from(text: String) -> Result<Self, PhoneError> {
        text.parse()
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.as_str().to_owned()
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Phone {
    /// Reads a number that is already E.164, with or without the `+` (a `wa_id` has none).
    ///
    /// Checks the form only, not the numbering plan: a number that WhatsApp itself sent is taken at its word.
    ///
    /// # Errors
    /// When it is empty, has characters other than digits, or is outside 7–15 digits.
    pub fn from_e164(text: &str) -> Result<Self, PhoneError> {
        let digits = text.trim().strip_prefix('+').unwrap_or(text.trim());
        if digits.is_empty() {
            return Err(PhoneError::Empty);
        }
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PhoneError::NotANumber);
        }
        match digits.len() {
            0..=6 => Err(PhoneError::TooShort),
            7..=15 if digits.starts_with('0') => Err(PhoneError::UnknownCountryCode),
            7..=15 => Ok(Self(format!("+{digits}"))),
            _ => Err(PhoneError::TooLong),
        }
    }

    /// Reads a number as a person writes it: `+55 11 91234-5678`, `(021) 555-1234` with a region.
    ///
    /// Uses libphonenumber's numbering plans. A number written without `+` or `00` is completed with `region`.
    ///
    /// # Errors
    /// Says what is wrong with it; nothing is guessed.
    #[cfg(feature = "phone-metadata")]
    pub fn parse(text: &str, region: Option<Region>) -> Result<Self, PhoneError> {
        use phonenumber::ParseError;

        let tidied = tidy(text);
        let trimmed = tidied.as_str();
        if trimmed.is_empty() {
            return Err(PhoneError::Empty);
        }
        if trimmed.chars().count() > 40 {
            return Err(PhoneError::TooLong);
        }
        if trimmed.chars().any(char::is_alphabetic) {
            return Err(PhoneError::NotANumber);
        }
        // `00` is how most of the world dials what is written as `+`.
        let international = trimmed.strip_prefix("00").map(|rest| format!("+{rest}"));
        let written = international.as_deref().unwrap_or(trimmed);
        if !written.starts_with('+') && region.is_none() {
            return Err(PhoneError::NoCountryCode);
        }
        let country = region.and_then(|region| region.as_str().parse().ok());
        let number = phonenumber::parse(country, written).map_err(|error| match error {
            ParseError::NoNumber => PhoneError::NotANumber,
            ParseError::InvalidCountryCode => PhoneError::UnknownCountryCode,
            ParseError::TooShortAfterIdd | ParseError::TooShortNsn => PhoneError::TooShort,
            ParseError::TooLong => PhoneError::TooLong,
            _ => PhoneError::NotANumber,
        })?;
        // A number written with its country code is taken at its word: plans change faster than any copy of them, and
        // WhatsApp answers for numbers that do not exist. A completed one must exist, or the region was a wrong guess.
        if !written.starts_with('+') && !number.is_valid() {
            let digits = number.national().value().to_string().len();
            return Err(if digits < 6 { PhoneError::TooShort } else { PhoneError::NotInUse });
        }
        Self::from_e164(&number.format().mode(phonenumber::Mode::E164).to_string())
    }

    /// The region whose numbering plan the number belongs to, when it is known.
    #[cfg(feature = "phone-metadata")]
    #[must_use]
    pub fn region(&self) -> Option<Region> {
        let number = phonenumber::parse(None, &self.0).ok()?;
        number.country().id().and_then(|id| id.as_ref().parse().ok())
    }

    /// `+` and digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits without `+`, as WhatsApp writes a `wa_id`.
    #[must_use]
    pub fn digits(&self) -> &str {
        self.0.trim_start_matches('+')
    }

    /// Whether the number is in the North American Numbering Plan, where US law is the design floor.
    #[must_use]
    pub fn is_plus_one(&self) -> bool {
        self.0.starts_with("+1")
    }

    /// The number with all but the country's first digits and the last two hidden: `+155•••••01`.
    #[must_use]
    pub fn masked(&self) -> String {
        let digits = self.digits();
        let (head, tail) = (digits.len().min(3), digits.len().saturating_sub(2));
        format!("+{}{}{}", &digits[..head], "•".repeat(tail.saturating_sub(head)), &digits[tail.max(head)..])
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl TryFrom<String> for Phone {
    type Error = PhoneError;
    fn try_from(text: String) -> Result<Self, PhoneError> {
        Self::from_e164(&text)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

/// A number as copied from address books, spreadsheets and links, down to what a person sees of it: without invisible direction and
/// width marks, quotation marks, `tel:`, and a bracket around the country code; full-width digits as plain ones.
#[cfg(feature = "phone-metadata")]
fn tidy(text: &str) -> String {
    let is_invisible = |c: char| matches!(c, '\u{00AD}' | '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}');
    let is_quote = |c: char| matches!(c, '"' | '\'' | '“' | '”' | '‘' | '’' | '„' | '«' | '»');
    let plain: String = text
        .chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| match c {
            '\u{FF10}'..='\u{FF19}' => char::from(b'0' + u8::try_from(u32::from(c) - 0xFF10).unwrap_or(0)),
            '\u{FF0B}' => '+',
            other => other,
        })
        .collect();
    let plain = plain.trim().trim_matches(is_quote).trim();
    let plain = plain.strip_prefix("tel:").or_else(|| plain.strip_prefix("TEL:")).unwrap_or(plain).trim();
    match plain.strip_prefix("(+") {
        Some(rest) => format!("+{}", rest.replacen(')', " ", 1)),
        None => plain.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wa_id_becomes_e164() {
        assert_eq!(Phone::from_e164("15550100123").map(String::from), Ok("+15550100123".to_owned()));
    }

    #[test]
    fn what_is_no_number_is_refused_with_the_reason() {
        assert_eq!(Phone::from_e164(""), Err(PhoneError::Empty));
        assert_eq!(Phone::from_e164("+1 555"), Err(PhoneError::NotANumber));
        assert_eq!(Phone::from_e164("123456"), Err(PhoneError::TooShort));
        assert_eq!(Phone::from_e164("1234567890123456"), Err(PhoneError::TooLong));
        assert_eq!(Phone::from_e164("0123456789"), Err(PhoneError::UnknownCountryCode));
    }

    #[test]
    fn debug_output_hides_the_number() {
        let phone = Phone::from_e164("+15550100123").unwrap();
        assert_eq!(format!("{phone:?}"), "+155••••••23");
    }

    #[cfg(feature = "phone-metadata")]
    #[test]
    fn a_national_number_is_completed_with_its_region() {
        let region = "ZA".parse().ok();
        assert_eq!(Phone::parse("082 123 4567", region).map(String::from), Ok("+27821234567".to_owned()));
        assert_eq!(Phone::parse("0027 82 123 4567", None).map(String::from), Ok("+27821234567".to_owned()));
        assert_eq!(Phone::parse("082 123 4567", None), Err(PhoneError::NoCountryCode));
        assert_eq!(Phone::parse("call me", region), Err(PhoneError::NotANumber));
    }

    #[cfg(feature = "phone-metadata")]
    #[test]
    fn a_number_is_read_as_it_is_copied_from_elsewhere() {
        let expected = Phone::from_e164("+27821234567").unwrap();
        for written in [
            "(+27) 82 123 4567",
            "\"+27 82 123 4567\"",
            "“+27821234567”",
            "tel:+27-82-123-4567",
            "＋２７８２１２３４５６７",
            "\u{202a}+27 82 123 4567\u{202c}",
            "+27\u{200b}821234567",
            " 0027 82 123 4567 ",
        ] {
            assert_eq!(Phone::parse(written, None), Ok(expected.clone()), "{written:?}");
        }
        assert_eq!(Phone::parse("\u{200b}", None), Err(PhoneError::Empty));
    }
}
