//! How times are summed up.

use std::time::Duration;

/// The middle of so many times, and what one in a hundred exceeds.
pub fn spread(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort_unstable();
    let at = |share: usize| {
        times.get((times.len() * share / 100).min(times.len().saturating_sub(1))).copied().unwrap_or_default()
    };
    (at(50), at(99))
}
