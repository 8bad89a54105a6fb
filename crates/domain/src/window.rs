//! The customer service window: free-form messages are possible for 24 hours after the person last wrote.

use crate::time::{Span, Timestamp};

/// Length of the window. Source: Meta, "Send messages"; the window counts from the person's own message.
pub const LENGTH: Span = Span::hours(24);

/// Whether a free-form message may be sent at `now` (R46).
///
/// Counted from the provider's timestamp of the last inbound message, so that a webhook delivered late does not open a
/// window that WhatsApp has already closed. The last instant of the 24 hours still counts.
#[must_use]
pub fn is_open(last_inbound_at: Option<Timestamp>, now: Timestamp) -> bool {
    last_inbound_at.is_some_and(|at| now - at <= LENGTH)
}

/// When the window closes, if one was ever opened.
#[must_use]
pub fn closes_at(last_inbound_at: Option<Timestamp>) -> Option<Timestamp> {
    last_inbound_at.map(|at| at + LENGTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r46_free_form_only_inside_24_hours() {
        let wrote = Timestamp::from_seconds(1_700_000_000);
        assert!(is_open(Some(wrote), wrote));
        assert!(is_open(Some(wrote), wrote + Span::hours(24)));
        assert!(!is_open(Some(wrote), wrote + Span::hours(24) + Span::seconds(1)));
        assert!(!is_open(None, wrote));
    }
}
