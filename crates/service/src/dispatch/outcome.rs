//! From what the client says to where a message stands.

use domain::campaign::PauseReason;
use domain::outbound::SendState;
use domain::permit::Reason;
use domain::time::{Span, Timestamp};
use store::outbox::{Claimed, Settled};
use whatsapp::client::{Class, Outcome};

use crate::clock::random;

/// After so many tries a message that could always be tried again is given up.
const MAX_TRIES: i64 = 10;
/// How long a number rests after WhatsApp refused it as a whole.
pub(super) const PAUSE: Span = Span::minutes(5);

/// What became of one send.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) claimed: Claimed,
    pub(super) consent_version: i64,
    pub(super) handed_at: Timestamp,
    pub(super) result: Result<Outcome, Revoked>,
}

/// The person's consent changed between the decision and the socket: nothing left.
#[derive(Debug)]
pub(super) struct Revoked;

/// What else a send calls for, beyond the message's own row.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Consequence {
    /// The person stopped marketing in WhatsApp itself.
    pub(super) native_stop: bool,
    /// There may be no account behind the person's number.
    pub(super) unreachable: bool,
    /// WhatsApp refuses the whole number, for this reason.
    pub(super) pause: Option<i64>,
    /// The campaign it belongs to rests: everything else of it would fare the same.
    pub(super) campaign: Option<PauseReason>,
}

/// Where a message stands after a send.
pub(super) fn settle(sent: &Sent, now: Timestamp) -> (Settled, Consequence) {
    let mut settled = Settled {
        id: sent.claimed.id,
        state: SendState::Pending,
        wamid: None,
        sent_at: None,
        not_before: None,
        skip_reason: None,
        error_code: None,
        consent_version: Some(sent.consent_version),
    };
    let mut consequence = Consequence::default();
    match &sent.result {
        Err(Revoked) => settled.not_before = Some(now),
        Ok(Outcome::Accepted { wamid, .. }) => {
            settled.state = SendState::Sent;
            settled.wamid = Some(wamid.clone());
            settled.sent_at = Some(sent.handed_at);
        }
        Ok(Outcome::Unknown { .. }) => {
            settled.state = SendState::Unknown;
            settled.sent_at = Some(sent.handed_at);
        }
        Ok(Outcome::Refused(refusal)) => {
            settled.error_code = Some(refusal.code);
            let again = |settled: &mut Settled, wait| {
                if sent.claimed.attempts >= MAX_TRIES {
                    settled.state = SendState::Failed;
                } else {
                    settled.not_before = Some(now + wait);
                }
            };
            match refusal.class {
                Class::Retry => again(&mut settled, backoff(sent.claimed.attempts)),
                Class::RetryRecipient => again(&mut settled, pair_backoff(sent.claimed.attempts)),
                Class::PauseSender => {
                    // The number is refused, not the person: the message waits with it.
                    settled.not_before = Some(now + PAUSE);
                    consequence.pause = Some(refusal.code);
                    consequence.campaign = Some(PauseReason::Connection);
                }
                Class::NativeStop => {
                    settled.state = SendState::Failed;
                    consequence.native_stop = true;
                }
                Class::Capped => {
                    settled.state = SendState::Skipped;
                    settled.skip_reason = Some(Reason::Capped);
                }
                Class::WindowClosed => {
                    settled.state = SendState::Skipped;
                    settled.skip_reason = Some(Reason::WindowClosed);
                }
                Class::TemplateProblem => {
                    settled.state = SendState::Failed;
                    consequence.campaign = Some(PauseReason::Template);
                }
                Class::RecipientInvalid => {
                    settled.state = SendState::Failed;
                    consequence.unreachable = true;
                }
                Class::Permanent => settled.state = SendState::Failed,
            }
        }
    }
    (settled, consequence)
}

/// Seconds before try 2, 3, 4 …: 1, 2, 4 … up to 256, each up to a quarter longer so that many do not come back at once.
pub(super) fn backoff(tries: i64) -> Span {
    let seconds = 1_i64 << (tries - 1).clamp(0, 8);
    let [byte] = random::<1>();
    Span::millis(seconds * 1_000 + seconds * i64::from(byte))
}

/// 4^X seconds for one person (131056), as Meta prescribes: 1, 4, 16 … up to 1,024.
fn pair_backoff(tries: i64) -> Span {
    Span::seconds(4_i64.pow(u32::try_from((tries - 1).clamp(0, 5)).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::{BusinessId, ContactId, MessageId, uuid_v7};
    use domain::kind::MessageKind;
    use domain::outbound::Content;
    use whatsapp::client::Refusal;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn after(result: Result<Outcome, Revoked>, attempts: i64) -> (Settled, Consequence) {
        let id = uuid_v7(NOW, [1; 10]);
        let claimed = Claimed {
            id: MessageId::from_uuid(id),
            business: BusinessId::from_uuid(id),
            contact: ContactId::from_uuid(id),
            kind: MessageKind::Marketing,
            content: Content::Text { body: "hello".into() },
            context_wamid: None,
            expires_at: None,
            attempts,
            created_at: NOW,
            campaign: None,
        };
        settle(&Sent { claimed, consent_version: 1, handed_at: NOW, result }, NOW)
    }

    fn refused(code: i64, class: Class) -> Result<Outcome, Revoked> {
        Ok(Outcome::Refused(Refusal { code, class, http_status: 400 }))
    }

    #[test]
    fn an_unknown_outcome_is_never_tried_again() {
        let (settled, _) = after(Ok(Outcome::Unknown { why: "timeout" }), 1);
        assert_eq!((settled.state, settled.not_before), (SendState::Unknown, None));
    }

    #[test]
    fn what_was_refused_before_processing_is_tried_again_later() {
        let (settled, _) = after(refused(130_429, Class::Retry), 3);
        assert_eq!(settled.state, SendState::Pending);
        assert!(
            settled.not_before.is_some_and(|at| at >= NOW + Span::seconds(4) && at <= NOW + Span::seconds(6))
        );
        let (given_up, _) = after(refused(130_429, Class::Retry), MAX_TRIES);
        assert_eq!(given_up.state, SendState::Failed);
    }

    #[test]
    fn r33_a_native_stop_is_never_tried_again() {
        let (settled, consequence) = after(refused(131_050, Class::NativeStop), 1);
        assert_eq!((settled.state, settled.not_before), (SendState::Failed, None));
        assert!(consequence.native_stop);
    }

    #[test]
    fn r35_the_cap_of_whatsapp_is_no_opt_out() {
        let (settled, consequence) = after(refused(131_049, Class::Capped), 1);
        assert_eq!((settled.state, settled.skip_reason), (SendState::Skipped, Some(Reason::Capped)));
        assert_eq!(consequence, Consequence::default());
    }

    #[test]
    fn a_bad_token_stops_the_number_not_the_message() {
        let (settled, consequence) = after(refused(190, Class::PauseSender), MAX_TRIES);
        assert_eq!((settled.state, consequence.pause), (SendState::Pending, Some(190)));
    }

    #[test]
    fn what_every_message_of_a_campaign_would_meet_lets_it_rest() {
        let (settled, consequence) = after(refused(132_015, Class::TemplateProblem), 1);
        assert_eq!((settled.state, consequence.campaign), (SendState::Failed, Some(PauseReason::Template)));
        let (settled, consequence) = after(refused(190, Class::PauseSender), 1);
        assert_eq!(
            (settled.state, consequence.campaign),
            (SendState::Pending, Some(PauseReason::Connection))
        );
        let (_, consequence) = after(refused(131_026, Class::RecipientInvalid), 1);
        assert_eq!(consequence, Consequence { unreachable: true, ..Consequence::default() });
    }

    #[test]
    fn a_revoked_message_is_decided_again_at_once() {
        let (settled, _) = after(Err(Revoked), 1);
        assert_eq!((settled.state, settled.not_before), (SendState::Pending, Some(NOW)));
    }
}
