//! What a person at the business has to decide or see to, and by when.

use serde::{Deserialize, Serialize};

use crate::contact::Evidence;
use crate::id::{ContactId, ReviewId};
use crate::time::{Span, Timestamp};

/// Why somebody has to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewKind {
    /// Ambiguous words: marketing is paused until a person decides (R36).
    Hold,
    /// A threat with a report, a lawyer or the authorities; marketing has stopped (R38).
    Complaint,
    /// A request to delete personal data; marketing has stopped (R37).
    Erasure,
}

/// Working days within which a request that is not clear has to be decided (47 CFR 64.1200(a)(10) gives ten for any reasonable
/// request; R36).
pub const WORKING_DAYS: u32 = 10;
/// How long a request to erase may take (GDPR 12(3): one month, counted as its shortest).
pub const ERASE_WITHIN: Span = Span::days(28);

impl ReviewKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Hold, Self::Complaint, Self::Erasure];

    /// The word used in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Complaint => "complaint",
            Self::Erasure => "erasure",
        }
    }

    /// By when it has to be seen to.
    #[must_use]
    pub fn due(self, opened: Timestamp) -> Timestamp {
        match self {
            Self::Hold | Self::Complaint => working_days_after(opened, WORKING_DAYS),
            Self::Erasure => opened + ERASE_WITHIN,
        }
    }
}

impl std::str::FromStr for ReviewKind {
    type Err = crate::consent::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(crate::consent::UnknownWord)
    }
}

/// What became of a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// They asked to stop.
    Stop,
    /// They did not.
    NoStop,
    /// Nobody decided in time: counted as a stop.
    Overdue,
    /// Seen to, for complaints and requests to erase.
    Done,
    /// The person said something clear meanwhile.
    Settled,
}

impl Outcome {
    /// The word used in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::NoStop => "no_stop",
            Self::Overdue => "overdue",
            Self::Done => "done",
            Self::Settled => "settled",
        }
    }
}

/// Something open, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Its id.
    pub id: ReviewId,
    /// Why.
    pub kind: ReviewKind,
    /// About whom.
    pub contact: ContactId,
    /// What to call them.
    pub contact_label: String,
    /// The rule that found it.
    pub rule: Option<String>,
    /// The words that matched.
    pub matched: Option<String>,
    /// The words as received, and what else is on record.
    pub evidence: Option<Evidence>,
    /// Since when.
    pub opened_at: Timestamp,
    /// Until when.
    pub due_at: Timestamp,
}

/// The same time of day so many working days later: Saturdays and Sundays do not count.
fn working_days_after(start: Timestamp, days: u32) -> Timestamp {
    let mut at = start;
    let mut left = days;
    while left > 0 {
        at = at + Span::days(1);
        // 1 January 1970 was a Thursday.
        let weekday = (at.seconds().div_euclid(86_400) + 3).rem_euclid(7);
        if weekday < 5 {
            left -= 1;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    #[test]
    fn r36_ambiguous_words_are_decided_within_ten_working_days() {
        // A Wednesday; two weekends lie between.
        assert_eq!(ReviewKind::Hold.due(at("2026-11-25T09:30:00Z")), at("2026-12-09T09:30:00Z"));
        // A Saturday: the first working day is Monday.
        assert_eq!(ReviewKind::Hold.due(at("2026-11-28T09:30:00Z")), at("2026-12-11T09:30:00Z"));
    }

    #[test]
    fn r37_an_erasure_request_is_seen_to_within_a_month() {
        assert_eq!(ReviewKind::Erasure.due(at("2026-02-01T00:00:00Z")), at("2026-03-01T00:00:00Z"));
    }
}
