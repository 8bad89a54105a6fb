use domain::time::Timestamp;
use leptos::prelude::*;

use crate::words::{Words, use_words};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How long ago something was, with the exact time on hover.
///
/// `now` comes with the data from the server: the same input gives the same words on both sides of hydration.
#[component]
pub fn TimeAgo(
    /// When it was.
    at: Timestamp,
    /// The time the data was read at.
    now: Timestamp,
) -> impl IntoView {
    let words = use_words();
    view! { <time datetime=at.to_string() title=exact(at, words)>{relative(at, now, words)}</time> }
}

/// "12 Nov 2026, 14:03:22 UTC".
#[must_use]
pub fn exact(at: Timestamp, words: &Words) -> String {
    let (_, _, _, hour, minute, second) = at.civil();
    format!("{}, {hour:02}:{minute:02}:{second:02} UTC", date(at, words))
}

/// "12 Nov 2026".
#[must_use]
pub fn date(at: Timestamp, words: &Words) -> String {
    let (year, month, day, ..) = at.civil();
    let month = words.time.months.get(usize::from(month) - 1).copied().unwrap_or_default();
    format!("{day} {month} {year}")
}

/// "just now", "5 min ago", "3 h ago", "2 days ago", then the date. What lies ahead by more than a minute is given exactly.
#[must_use]
pub fn relative(at: Timestamp, now: Timestamp, words: &Words) -> String {
    match now.seconds() - at.seconds() {
        ahead if ahead < -MINUTE => exact(at, words),
        seconds if seconds < MINUTE => words.time.just_now.to_owned(),
        seconds if seconds < HOUR => (words.time.minutes_ago)(seconds / MINUTE),
        seconds if seconds < DAY => (words.time.hours_ago)(seconds / HOUR),
        seconds if seconds < 7 * DAY => (words.time.days_ago)(seconds / DAY),
        _ => date(at, words),
    }
}

#[cfg(test)]
mod tests {
    use super::{exact, relative};
    use crate::words::ENGLISH;
    use domain::time::Timestamp;

    #[test]
    fn times_grow_coarser_with_distance() {
        let now = Timestamp::from_seconds(1_794_492_202);
        let ago = |seconds: i64| relative(Timestamp::from_seconds(1_794_492_202 - seconds), now, &ENGLISH);
        assert_eq!(ago(5), "just now");
        assert_eq!(ago(61), "1 min ago");
        assert_eq!(ago(3 * 3_600), "3 h ago");
        assert_eq!(ago(26 * 3_600), "1 day ago");
        assert_eq!(ago(30 * 86_400), "13 Oct 2026");
        assert_eq!(exact(now, &ENGLISH), "12 Nov 2026, 14:03:22 UTC");
        assert_eq!(ago(-3_600), "12 Nov 2026, 15:03:22 UTC");
    }
}
