//! The shop's customers.

use domain::consent::{SignalKind, Source};
use domain::phone::{Phone, PhoneError};
use domain::time::{Span, Timestamp};
use service::demo::{DemoChoice, DemoContact};

use super::{PEOPLE, names, stories};

/// How a customer agreed: by what, and with which words.
const AGREED: [(Source, &str); 5] = [
    (Source::WebForm, "Yes, send me news and offers on WhatsApp. I can stop at any time."),
    (Source::WebForm, "Yes, send me news and offers on WhatsApp. I can stop at any time."),
    (Source::PointOfSale, "Signed up at the till: news and offers on WhatsApp, stop at any time."),
    (Source::Paper, "Ticked \"Offers on WhatsApp\" on the card for regular customers."),
    (Source::Email, "Answered our e-mail: please send me your offers on WhatsApp."),
];

/// How a customer opted out: by what, and with which words.
const STOPPED: [(Source, &str); 8] = [
    (Source::Keyword, "STOP"),
    (Source::Keyword, "Stop"),
    (Source::Button, "Stop promotions"),
    (Source::Keyword, "Unsubscribe"),
    (Source::Operator, "Asked on the phone to get no more offers."),
    (Source::Keyword, "stop all"),
    (Source::Button, "Stop promotions"),
    (Source::Keyword, "opt out"),
];

const LABELS: [&str; 5] = ["newsletter", "vip", "wholesale", "local pickup", "workshop"];

/// Every twentieth customer opted out: 50 of 1,000.
const fn opted_out(number: usize) -> bool {
    number % 20 == 7
}

/// A few opted out and came back.
const fn came_back(number: usize) -> bool {
    number % 160 == 3
}

/// The customers as of `now`.
///
/// # Errors
/// Never, as long as the ranges of numbers below are right; a test makes all of them.
pub fn people(now: Timestamp) -> Result<Vec<DemoContact>, PhoneError> {
    let mut chance = Chance(0x5e_ed0f_5709);
    let mut people = Vec::with_capacity(PEOPLE);
    for number in 0..PEOPLE {
        let (country, digits) = phone_number(number);
        let created_at = now - Span::minutes(chance.between(3 * 1_440, 420 * 1_440));
        people.push(DemoContact {
            phone: Phone::from_e164(&digits)?,
            name: names::name(number),
            country: country.to_owned(),
            tags: tags(&mut chance),
            created_at,
            choices: choices(number, created_at, now, &mut chance),
            lines: Vec::new(),
        });
    }
    stories::tell(&mut people, now);
    Ok(people)
}

/// A number that belongs to nobody: of the ranges for fiction of the NANPA, Ofcom, ARCEP, the Bundesnetzagentur and the PTS.
fn phone_number(number: usize) -> (&'static str, String) {
    const AREAS: [u16; 8] = [202, 206, 303, 312, 404, 503, 617, 718];
    match number {
        0..400 => ("US", format!("+1{}55501{:02}", AREAS[number % 8], 50 + number / 8)),
        400..650 => ("GB", format!("+447700900{:03}", (number - 400) * 4)),
        650..850 => ("FR", format!("+3363998{:04}", (number - 650) * 49)),
        850..930 => ("DE", format!("+49176040690{:02}", number - 850)),
        _ => ("SE", format!("+467017406{:02}", 5 + number - 930)),
    }
}

fn tags(chance: &mut Chance) -> Vec<String> {
    LABELS
        .into_iter()
        .enumerate()
        .filter(|(index, _)| chance.one_in(2 + 3 * *index as u64))
        .map(|(_, label)| label.to_owned())
        .collect()
}

fn choices(number: usize, created_at: Timestamp, now: Timestamp, chance: &mut Chance) -> Vec<DemoChoice> {
    let (source, words) = AGREED[number % AGREED.len()];
    let choice = |kind, source, at, words: &str| DemoChoice { kind, source, at, words: words.to_owned() };
    let mut choices = vec![choice(SignalKind::OptIn, source, created_at, words)];
    let age = (now.micros() - created_at.micros()) / 60_000_000;
    let stopped_after = chance.between(age / 2, age * 49 / 50);
    let stopped_at = created_at + Span::minutes(stopped_after);
    if opted_out(number) || came_back(number) {
        let (source, words) = STOPPED[number / 20 % STOPPED.len()];
        choices.push(choice(SignalKind::OptOut, source, stopped_at, words));
    }
    if came_back(number) {
        let at = created_at + Span::minutes(chance.between(stopped_after + 1, age - 1));
        choices.push(choice(SignalKind::Start, Source::Keyword, at, "START"));
    }
    choices
}

/// A row of numbers that look random and are always the same (SplitMix64).
struct Chance(u64);

impl Chance {
    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From `low` to `high`, both included.
    fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high - low).unwrap_or(0) + 1;
        low + i64::try_from(self.draw() % width).unwrap_or(0)
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.draw().is_multiple_of(count)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use domain::consent::{Consent, Signal, State, apply};

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    #[test]
    fn a_thousand_different_people_of_whom_fifty_opted_out() {
        let people = people(NOW).unwrap();
        assert_eq!(people.len(), 1_000);
        assert_eq!(people.iter().map(|person| person.phone.as_str()).collect::<HashSet<_>>().len(), 1_000);
        assert_eq!(people.iter().map(|person| &person.name).collect::<HashSet<_>>().len(), 1_000);
        let mut states = [0, 0];
        for person in &people {
            let folded = person.choices.iter().fold(Consent::default(), |consent, choice| {
                let signal = Signal { kind: choice.kind, source: choice.source, occurred_at: choice.at };
                apply(&consent, &signal).consent
            });
            match folded.state() {
                State::OptedIn => states[0] += 1,
                State::OptedOut => states[1] += 1,
                other => panic!("{} is {other}", person.name),
            }
        }
        assert_eq!(states, [950, 50]);
    }

    #[test]
    fn everybody_has_a_past_in_the_right_order() {
        for person in people(NOW).unwrap() {
            assert!(person.choices.is_sorted_by_key(|choice| choice.at), "{}", person.name);
            assert!(person.lines.is_sorted_by_key(|line| line.at), "{}", person.name);
            assert!(person.choices.iter().all(|choice| choice.at < NOW));
            assert!(person.lines.iter().all(|line| line.at < NOW));
        }
    }

    #[test]
    fn numbers_lie_in_the_ranges_for_fiction() {
        for person in people(NOW).unwrap() {
            let digits = person.phone.digits();
            let free = match person.country.as_str() {
                "US" => digits.len() == 11 && digits[4..].starts_with("55501"),
                "GB" => digits.len() == 12 && digits.starts_with("447700900"),
                "FR" => digits.len() == 11 && digits.starts_with("3363998"),
                "DE" => digits.len() == 13 && digits.starts_with("49176040690"),
                "SE" => (46_701_740_605..=46_701_740_699).contains(&digits.parse().unwrap_or(0_u64)),
                _ => false,
            };
            assert!(free, "{digits}");
        }
    }
}
