//! Links and codes by which people join or leave: they open WhatsApp with a keyword typed, and what counts is the message the
//! person then sends, never that a link was opened.

use std::fmt::Write as _;

use domain::settings::Draft;
use fast_qr::QRBuilder;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{Caller, Error, Service};

/// What a link's keyword does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Marketing resumes or begins.
    Join,
    /// Marketing stops.
    Leave,
}

/// A link that opens a chat with a number, a keyword typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The number, as it is shown to people.
    pub number: String,
    /// The keyword.
    pub keyword: String,
    /// What the keyword does.
    pub purpose: Purpose,
    /// The address.
    pub url: String,
    /// The address of the number's form to join by.
    pub form: String,
}

/// A number of the business.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Number {
    /// As it is shown to people.
    pub display: String,
    /// The address of its form to join by (see [`crate::joining`]).
    pub form: String,
}

/// What links can be made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// The business's numbers.
    pub numbers: Vec<Number>,
    /// Words that opt in.
    pub join: Vec<String>,
    /// Words that opt out.
    pub leave: Vec<String>,
}

impl Choices {
    /// The link of these choices: the first number if none is named, the first word that opts in if none is named. Nothing when a
    /// number or a word is not the business's own, or there is no number yet.
    #[must_use]
    pub fn link(&self, number: Option<&str>, keyword: Option<&str>) -> Option<Link> {
        let number = match number {
            Some(wanted) => self.numbers.iter().find(|number| number.display == wanted)?,
            None => self.numbers.first()?,
        };
        let of = |list: &[String], wanted: &str| list.iter().find(|word| *word == wanted).cloned();
        let (keyword, purpose) = match keyword {
            None => (self.join.first()?.clone(), Purpose::Join),
            Some(wanted) => match of(&self.join, wanted) {
                Some(word) => (word, Purpose::Join),
                None => (of(&self.leave, wanted)?, Purpose::Leave),
            },
        };
        let Number { display, form } = number.clone();
        Some(Link { url: chat(&display, &keyword), number: display, keyword, purpose, form })
    }
}

/// The address that opens a chat with a number, some words typed.
pub(crate) fn chat(number: &str, words: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    format!("https://wa.me/{digits}?text={}", utf8_percent_encode(words, NON_ALPHANUMERIC))
}

/// What links the caller's business can make.
///
/// # Errors
/// When the database cannot be reached.
pub async fn choices(service: &Service, caller: &Caller) -> Result<Choices, Error> {
    let (settings, _) = crate::settings::load(service, caller).await?;
    let connections = crate::connections::list(service, caller).await?;
    let Draft { opt_in_keywords, opt_out_keywords, .. } = settings.draft;
    Ok(Choices {
        numbers: connections
            .into_iter()
            .map(|connection| Number {
                form: format!("{}/opt-in/{}", service.public_url, connection.id),
                display: connection.display_number,
            })
            .collect(),
        join: opt_in_keywords,
        leave: opt_out_keywords,
    })
}

/// A QR code as a drawing of unit squares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qr {
    /// Squares on a side, with the quiet zone that the standard asks for (ISO/IEC 18004: four squares all around).
    pub side: usize,
    /// The dark squares, as the `d` of an SVG path.
    pub path: String,
}

/// The quiet zone on each side, in squares.
const QUIET: usize = 4;

impl Qr {
    /// The code of a text; nothing when it is too long for one.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let code = QRBuilder::new(text).build().ok()?;
        let mut path = String::new();
        for row in 0..code.size {
            let mut column = 0;
            while column < code.size {
                let start = column;
                while column < code.size && code[row][column].value() {
                    column += 1;
                }
                if column > start {
                    let run = column - start;
                    // Writing to a text never fails.
                    let _ = write!(path, "M{} {}h{run}v1h-{run}z", start + QUIET, row + QUIET);
                }
                column += 1;
            }
        }
        Some(Self { side: code.size + 2 * QUIET, path })
    }

    /// The code as a file: black on white, which every camera reads.
    #[must_use]
    pub fn svg(&self) -> String {
        let Self { side, path } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" width=\"{width}\" height=\"{width}\" \
             shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>\n",
            width = side * 16
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices() -> Choices {
        Choices {
            numbers: ["+1 555 010 0001", "+27 82 000 0001"]
                .map(|display| Number { display: display.into(), form: "/opt-in/1".into() })
                .to_vec(),
            join: vec!["START".into(), "sí quiero".into()],
            leave: vec!["STOP".into()],
        }
    }

    #[test]
    fn a_link_opens_the_chat_with_the_word_typed() {
        let link = choices().link(None, None).unwrap();
        assert_eq!(
            (link.url.as_str(), link.purpose),
            ("https://wa.me/15550100001?text=START", Purpose::Join)
        );
        let link = choices().link(Some("+27 82 000 0001"), Some("STOP")).unwrap();
        assert_eq!(
            (link.url.as_str(), link.purpose),
            ("https://wa.me/27820000001?text=STOP", Purpose::Leave)
        );
        let link = choices().link(None, Some("sí quiero")).unwrap();
        assert_eq!(link.url, "https://wa.me/15550100001?text=s%C3%AD%20quiero");
    }

    #[test]
    fn words_and_numbers_of_nobody_make_no_link() {
        assert_eq!(choices().link(Some("+1 555 010 0002"), None), None);
        assert_eq!(choices().link(None, Some("PIZZA")), None);
        assert_eq!(Choices::default().link(None, None), None);
    }

    #[test]
    fn a_code_has_its_three_corners_and_a_quiet_zone() {
        let qr = Qr::new("https://wa.me/15550100001?text=START").unwrap();
        // Version 4 has 33 squares a side; each corner begins with a run of seven.
        assert_eq!(qr.side, 33 + 8);
        for corner in ["M4 4h7", "M30 4h7", "M4 30h7"] {
            assert!(qr.path.contains(corner), "{corner} in {}", qr.path);
        }
        assert!(qr.svg().starts_with("<svg") && qr.svg().contains(&qr.path));
        assert_eq!(Qr::new(&"x".repeat(10_000)), None);
    }
}
