//! Reads the query string parameter by parameter; what nobody read is refused by name.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use domain::phone::Phone;

use super::problem::{FieldError, Problem};

/// Rows of a page when the caller does not say.
pub const DEFAULT_LIMIT: u32 = 50;
/// Most rows of a page.
pub const MOST: u32 = 200;

/// The parameters that have not been read yet, and the errors so far.
pub struct Params {
    values: Vec<(String, String)>,
    errors: Vec<FieldError>,
}

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(values) = Query::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::malformed("The query string cannot be read."))?;
        Ok(Self { values, errors: Vec::new() })
    }
}

impl Params {
    fn refuse(&mut self, name: &str, code: &'static str, detail: impl Into<String>) {
        self.errors.push(FieldError::new(name, code, detail));
    }

    /// A text; empty is the same as absent.
    pub fn text(&mut self, name: &str) -> Option<String> {
        let (given, rest) =
            std::mem::take(&mut self.values).into_iter().partition::<Vec<_>, _>(|(key, _)| key == name);
        self.values = rest;
        if given.len() > 1 {
            self.refuse(name, "repeated", "may be given once");
        }
        let text = given.into_iter().next().map(|(_, value)| value).filter(|value| !value.is_empty())?;
        if text.chars().any(char::is_control) {
            self.refuse(name, "control_characters", "holds control characters");
            return None;
        }
        Some(text)
    }

    /// One of the words of a type.
    pub fn word<T: std::str::FromStr>(&mut self, name: &str, words: &str) -> Option<T> {
        let text = self.text(name)?;
        let value = text.parse().ok();
        if value.is_none() {
            self.refuse(name, "unknown_word", format!("must be one of {words}"));
        }
        value
    }

    /// An id.
    pub fn id<T: std::str::FromStr<Err = domain::id::IdError>>(&mut self, name: &str) -> Option<T> {
        let text = self.text(name)?;
        match text.parse() {
            Ok(id) => Some(id),
            Err(error) => {
                self.refuse(name, "not_an_id", format!("must be an id that starts with {}_", error.prefix));
                None
            }
        }
    }

    /// A phone number with its country code. A `+` that was not percent-encoded arrives as a space; both are read.
    pub fn phone(&mut self, name: &str) -> Option<Phone> {
        let text = self.text(name)?;
        let written = text.strip_prefix(' ').map_or(text.clone(), |rest| format!("+{rest}"));
        let international = if written.starts_with('+') || written.starts_with("00") {
            written
        } else {
            format!("+{written}")
        };
        match Phone::parse(&international, None) {
            Ok(phone) => Some(phone),
            Err(error) => {
                self.refuse(name, "not_a_phone_number", error.to_string());
                None
            }
        }
    }

    /// `limit`, 1 to 200.
    pub fn limit(&mut self) -> u32 {
        let Some(text) = self.text("limit") else { return DEFAULT_LIMIT };
        match text.parse() {
            Ok(limit @ 1..=MOST) => limit,
            _ => {
                self.refuse("limit", "out_of_range", format!("must be a number from 1 to {MOST}"));
                DEFAULT_LIMIT
            }
        }
    }

    /// Refuses what was wrong and what nobody read.
    pub fn finish(mut self) -> Result<(), Problem> {
        let unknown: Vec<String> = self.values.iter().map(|(name, _)| name.clone()).collect();
        for name in unknown {
            self.refuse(&name, "unknown_parameter", "is not a parameter of this request");
        }
        if self.errors.is_empty() { Ok(()) } else { Err(Problem::invalid(self.errors)) }
    }
}
