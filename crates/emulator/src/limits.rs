//! The two rate limits of a business number.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::config::PairLimit;

/// Messages in any one second (130429).
#[derive(Default)]
pub(crate) struct Throughput {
    accepted: VecDeque<Instant>,
}

impl Throughput {
    /// Counts one message, unless `per_second` were accepted in the second before `now`; 0 means no limit.
    pub(crate) fn take(&mut self, per_second: u32, now: Instant) -> bool {
        if per_second == 0 {
            return true;
        }
        while self.accepted.front().is_some_and(|at| now.duration_since(*at) >= Duration::from_secs(1)) {
            self.accepted.pop_front();
        }
        let room = self.accepted.len() < per_second as usize;
        if room {
            self.accepted.push_back(now);
        }
        room
    }
}

/// Messages to one customer (131056): the moment up to which future sends have been used up.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pair {
    used_until: Option<Instant>,
}

impl Pair {
    /// Whether one more message fits.
    pub(crate) fn has_room(self, limit: PairLimit, now: Instant) -> bool {
        let borrowed = self.used_until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        borrowed + limit.interval <= limit.interval * limit.burst
    }

    /// Counts one message.
    pub(crate) fn take(&mut self, limit: PairLimit, now: Instant) {
        self.used_until = Some(self.used_until.map_or(now, |until| until.max(now)) + limit.interval);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throughput_counts_any_second_not_calendar_seconds() {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut throughput = Throughput::default();
        assert!(throughput.take(2, at(0)));
        assert!(throughput.take(2, at(900)));
        assert!(!throughput.take(2, at(999)), "two in the last second");
        assert!(throughput.take(2, at(1000)), "the first is a second old");
        assert!(!throughput.take(2, at(1899)));
        assert!(throughput.take(2, at(1900)));
        assert!((0..1000).all(|_| throughput.take(0, at(1900))), "0 is no limit");
    }

    #[test]
    fn a_pair_may_burst_and_then_waits_for_each_message() {
        let start = Instant::now();
        let limit = PairLimit::default();
        let mut pair = Pair::default();
        for _ in 0..45 {
            assert!(pair.has_room(limit, start));
            pair.take(limit, start);
        }
        assert!(!pair.has_room(limit, start + Duration::from_millis(5999)));
        let later = start + Duration::from_secs(6);
        assert!(pair.has_room(limit, later));
        pair.take(limit, later);
        assert!(!pair.has_room(limit, later));
    }
}
