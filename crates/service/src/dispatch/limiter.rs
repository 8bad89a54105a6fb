//! Pacing: the generic cell rate algorithm without a burst, on the monotonic clock.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A little slower than allowed, so that jitter on the way never makes the limit be exceeded in any second.
const MARGIN: f64 = 1.003;

/// Hands out moments to send at, evenly spaced.
#[derive(Clone, Debug)]
pub(super) struct Limiter {
    next: Arc<Mutex<Instant>>,
    interval: Duration,
}

impl Limiter {
    pub(super) fn per_second(messages: i64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "at most ten thousand a second")]
        let seconds = MARGIN / messages.max(1) as f64;
        Self { next: Arc::new(Mutex::new(Instant::now())), interval: Duration::from_secs_f64(seconds) }
    }

    /// Waits for the next moment.
    pub(super) async fn turn(&self) {
        tokio::time::sleep_until(self.take(Instant::now())).await;
    }

    /// Takes the next moment, not before `now`.
    fn take(&self, now: Instant) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = (*next).max(now);
        *next = slot + self.interval;
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_more_than_the_limit_in_any_second() {
        let limiter = Limiter::per_second(80);
        let start = Instant::now();
        let slots: Vec<Instant> = (0..400).map(|_| limiter.take(start)).collect();
        for window in slots.windows(81) {
            assert!(window[80] - window[0] >= Duration::from_secs(1));
        }
    }

    #[test]
    fn a_pause_is_not_made_up_for_with_a_burst() {
        let limiter = Limiter::per_second(10);
        let start = Instant::now();
        limiter.take(start);
        let later = start + Duration::from_secs(60);
        assert_eq!(limiter.take(later), later);
        assert!(limiter.take(later) > later);
    }
}
