//! The time the emulator lives in.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// The clock behind timestamps and the 24-hour window: microseconds since 1970, UTC.
///
/// Rate limits and delays do not use it: they run on the monotonic clock, so a clock that stands still in a test
/// does not turn a limit into a wall.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> i64 + Send + Sync>);

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(system_micros))
    }

    /// A clock that answers what `micros` returns (microseconds since 1970, UTC).
    pub fn from_fn(micros: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(micros))
    }

    /// Microseconds since 1970, UTC.
    #[must_use]
    pub fn micros(&self) -> i64 {
        (self.0)()
    }

    /// Whole seconds since 1970, UTC.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        self.micros().div_euclid(1_000_000)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

#[expect(clippy::disallowed_methods, reason = "the emulator plays Meta and owns its clock")]
fn system_micros() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// `1763939999` as `2025-11-23T23:19:59Z`.
pub(crate) fn iso8601(seconds: i64) -> String {
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let of_day = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Year, month and day of a count of days since 1970 in the Gregorian calendar. Years are counted from March, so that
/// the leap day is the last day of a year, in cycles of 400 years.
fn civil(days: i64) -> (i64, i64, i64) {
    const DAYS_IN_CYCLE: i64 = 146_097;
    const DAYS_FROM_MARCH_OF_YEAR_ZERO: i64 = 719_468;
    let shifted = days + DAYS_FROM_MARCH_OF_YEAR_ZERO;
    let cycle = shifted.div_euclid(DAYS_IN_CYCLE);
    let day_of_cycle = shifted.rem_euclid(DAYS_IN_CYCLE);
    let year_of_cycle =
        (day_of_cycle - day_of_cycle / 1460 + day_of_cycle / 36_524 - day_of_cycle / 146_096) / 365;
    let day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_cycle + cycle * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_dates() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_767_225_599, "2025-12-31T23:59:59Z"),
            (-1, "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(iso8601(seconds), expected);
        }
    }
}
