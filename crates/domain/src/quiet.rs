//! Quiet hours: marketing leaves only within the hours a business allows, by the clock of whoever gets it (R47).
//!
//! Of a person only the country is known. A country may have several time zones and summer time, so an hour counts as allowed
//! only when it is so everywhere in the country, at any time of the year: the strictest of its zones.

use serde::{Deserialize, Serialize};

use crate::time::{Span, Timestamp};

/// Minutes of a day.
const DAY: i64 = 24 * 60;

/// The hours in which marketing may leave, in minutes after midnight where the person is: from the first, before the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// The first minute.
    pub from: u16,
    /// The minute after the last.
    pub to: u16,
}

impl Default for Hours {
    /// 9 to 20 (compliance reference, section 7).
    fn default() -> Self {
        Self { from: 9 * 60, to: 20 * 60 }
    }
}

impl Hours {
    /// Whether they are hours of one day, with at least four hours between them: with less, a country of many time zones would
    /// never have one in common.
    #[must_use]
    pub const fn is_valid(self) -> bool {
        self.to as i64 <= DAY && self.from + 4 * 60 <= self.to
    }

    /// When a message to somebody in this country may leave: now, if nothing is returned.
    #[must_use]
    pub fn not_before(self, country: Option<[u8; 2]>, now: Timestamp) -> Option<Timestamp> {
        let (least, most) = offsets(country);
        // Allowed everywhere: where the day is youngest it has begun, where it is oldest it has not ended. In a country that is
        // wider than the hours are long, its middle decides.
        let (mut from, mut to) = (i64::from(self.from) - least, i64::from(self.to) - most);
        if to <= from {
            let middle = (least + most) / 2;
            (from, to) = (i64::from(self.from) - middle, i64::from(self.to) - middle);
        }
        let minute = now.micros().div_euclid(Span::minutes(1).micros()).rem_euclid(DAY);
        let is_open = [-DAY, 0, DAY].iter().any(|day| (from + day..to + day).contains(&minute));
        if is_open {
            return None;
        }
        let wait = (from - minute).rem_euclid(DAY);
        let this_minute = now.micros().div_euclid(Span::minutes(1).micros());
        Some(Timestamp::from_micros((this_minute + wait) * Span::minutes(1).micros()))
    }
}

/// How many minutes the clocks of a country are ahead of UTC, at least and at most, summer time included. Unknown countries may
/// be anywhere people live in numbers.
fn offsets(country: Option<[u8; 2]>) -> (i64, i64) {
    let quarters = country.and_then(|country| {
        let code = std::str::from_utf8(&country).ok()?;
        COUNTRIES.iter().find(|(codes, ..)| codes.split(' ').any(|one| one == code))
    });
    let (least, most) = quarters.map_or((-32, 48), |(_, least, most)| (*least, *most));
    (least * 15, most * 15)
}

/// Countries by how far their clocks are ahead of UTC, in quarters of an hour: at least, at most. From the time zone database of
/// IANA, state of 2026.
const COUNTRIES: &[(&str, i64, i64)] = &[
    ("AS", -44, -44),
    ("US", -40, -16),
    ("CK", -40, -40),
    ("MX", -32, -20),
    ("CA", -32, -10),
    ("BZ CR GT HN NI SV", -24, -24),
    ("EC", -24, -20),
    ("CO PA PE JM KY", -20, -20),
    ("HT CU BS TC", -20, -16),
    ("BO DO PR TT BB GD GY VE AG AI DM KN LC MS VC VG VI GP MQ AW CW SX BQ MF BL", -16, -16),
    ("BR", -20, -8),
    ("CL", -24, -12),
    ("PY", -12, -12),
    ("BM", -16, -12),
    ("AR UY SR GF FK", -12, -12),
    ("PM", -12, -8),
    ("GL", -8, 0),
    ("CV", -4, -4),
    ("GH CI SN ML BF GM GN GW LR MR SL TG IS ST SH", 0, 0),
    ("GB IE GG IM JE FO", 0, 4),
    ("PT", -4, 4),
    ("MA EH", 0, 4),
    ("ES", 0, 8),
    ("NG DZ TN AO BJ CF CG CM GA GQ NE TD", 4, 4),
    ("CD", 4, 8),
    ("FR DE IT NL BE AT CH PL CZ SK HU HR SI RS BA ME MK AL SE NO DK LU MC SM VA MT AD LI GI", 4, 8),
    ("ZA ZW ZM MZ BW LS SZ MW RW BI LY NA SD SS", 8, 8),
    ("EG IL PS LB CY GR RO BG MD UA FI EE LV LT AX", 8, 12),
    ("RU", 8, 48),
    ("TR SA KW QA BH IQ YE BY KE TZ UG ET SO DJ ER MG KM YT SY JO", 12, 12),
    ("IR", 14, 14),
    ("AE OM AZ AM GE MU RE SC", 16, 16),
    ("AF", 18, 18),
    ("PK UZ TM TJ MV KZ", 20, 20),
    ("IN LK", 22, 22),
    ("NP", 23, 23),
    ("BD BT KG IO", 24, 24),
    ("MM CC", 26, 26),
    ("TH VN KH LA CX", 28, 28),
    ("ID", 28, 36),
    ("MN", 28, 32),
    ("CN HK MO TW SG MY PH BN", 32, 32),
    ("JP KR KP PW TL", 36, 36),
    ("AU", 32, 44),
    ("PG", 40, 44),
    ("GU MP FM SB NC VU", 40, 44),
    ("NZ", 48, 55),
    ("FJ MH TV WF NR KI", 48, 56),
    ("WS TO TK", 52, 52),
];

#[cfg(test)]
mod tests {
    use super::*;

    const HOURS: Hours = Hours { from: 9 * 60, to: 20 * 60 };

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    fn wait(country: &str, now: &str) -> Option<String> {
        let code: Option<[u8; 2]> = country.as_bytes().try_into().ok();
        HOURS.not_before(code, at(now)).map(|at| at.to_string())
    }

    #[test]
    fn r47_marketing_waits_for_the_morning_where_the_person_is() {
        assert_eq!(wait("IN", "2026-11-25T03:29:59Z"), Some("2026-11-25T03:30:00Z".to_owned()));
        assert_eq!(wait("IN", "2026-11-25T03:30:00Z"), None);
        assert_eq!(wait("IN", "2026-11-25T14:29:00Z"), None);
        assert_eq!(wait("IN", "2026-11-25T14:30:00Z"), Some("2026-11-26T03:30:00Z".to_owned()));
        assert_eq!(wait("JP", "2026-11-25T00:00:00Z"), None);
        assert_eq!(wait("JP", "2026-11-24T23:59:00Z"), Some("2026-11-25T00:00:00Z".to_owned()));
    }

    #[test]
    fn r47_of_several_zones_and_of_summer_time_the_strictest_counts() {
        // 9 in winter is 8 UTC in Paris, 20 in summer is 18 UTC.
        assert_eq!(wait("FR", "2026-11-25T07:59:00Z"), Some("2026-11-25T08:00:00Z".to_owned()));
        assert_eq!(wait("FR", "2026-11-25T08:00:00Z"), None);
        assert_eq!(wait("FR", "2026-11-25T18:00:00Z"), Some("2026-11-26T08:00:00Z".to_owned()));
        // 9 in Hawaii is 19 UTC, 20 in New York's summer is 24 UTC.
        assert_eq!(wait("US", "2026-11-25T18:59:00Z"), Some("2026-11-25T19:00:00Z".to_owned()));
        assert_eq!(wait("US", "2026-11-25T23:59:00Z"), None);
        assert_eq!(wait("US", "2026-11-26T00:00:00Z"), Some("2026-11-26T19:00:00Z".to_owned()));
    }

    #[test]
    fn every_country_has_hours_in_every_day() {
        let unknown = [None, Some(*b"ZZ")];
        let known = COUNTRIES.iter().flat_map(|(codes, ..)| codes.split(' '));
        for country in known.map(|code| code.as_bytes().try_into().ok()).chain(unknown) {
            let open = (0..DAY)
                .filter(|minute| {
                    let now = at("2026-11-25T00:00:00Z") + Span::minutes(*minute);
                    match HOURS.not_before(country, now) {
                        None => true,
                        Some(later) => {
                            assert!(later > now && later <= now + Span::days(1), "{country:?}");
                            assert_eq!(HOURS.not_before(country, later), None, "{country:?}");
                            false
                        }
                    }
                })
                .count();
            assert!(open >= 60, "{country:?} is open for {open} minutes");
        }
    }

    #[test]
    fn every_country_stands_once() {
        let mut codes: Vec<_> = COUNTRIES.iter().flat_map(|(codes, ..)| codes.split(' ')).collect();
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), count);
        assert!(codes.iter().all(|code| code.len() == 2));
    }

    #[test]
    fn hours_that_leave_no_time_are_refused() {
        assert!(Hours::default().is_valid());
        assert!(!Hours { from: 600, to: 700 }.is_valid());
        assert!(!Hours { from: 1_200, to: 1_500 }.is_valid());
    }
}
