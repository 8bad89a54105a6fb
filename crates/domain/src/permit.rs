//! The one answer to "may this message go to this person now?".
//!
//! Preview, composer, API, sender and report all call [`decide`]. A [`SendPermit`] cannot be made anywhere else, and the
//! WhatsApp client demands one, so code that sends without asking does not compile.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::consent::State;
use crate::id::ContactId;
use crate::kind::{Form, MessageKind};
use crate::quiet::Hours;
use crate::time::{Span, Timestamp};
use crate::window;

/// Everything about a contact that decides whether a message may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    /// Whom the message is for.
    pub contact: ContactId,
    /// The consent version the gate was read at.
    pub consent_version: i64,
    /// The state for marketing.
    pub state: State,
    /// WhatsApp's own stop is in force.
    pub native_stop: bool,
    /// The business stopped all communication.
    pub blocked: bool,
    /// The person's data was erased.
    pub erased: bool,
    /// WhatsApp has no account for the number.
    pub invalid: bool,
    /// When an implied consent runs out.
    pub expires_at: Option<Timestamp>,
    /// When the person last wrote, by WhatsApp's clock.
    pub last_inbound_at: Option<Timestamp>,
    /// The country of the number, ISO 3166-1 alpha-2.
    pub country: Option<[u8; 2]>,
    /// Marketing the person was sent within the time of the business's frequency cap; 0 where there is no cap.
    pub marketing_lately: u32,
}

/// Who counts as reachable for marketing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reachable {
    /// Only people who opted in. What the law asks for almost everywhere.
    #[default]
    OptedIn,
    /// Everyone who has not opted out, also people who were never asked.
    NotOptedOut,
}

/// Why a message may not go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The person asked to stop.
    OptedOut,
    /// Nobody knows that the person agreed.
    NoOptIn,
    /// Asked, not confirmed.
    Pending,
    /// Ambiguous words came in; a person must decide.
    Held,
    /// The person used WhatsApp's own stop.
    NativeStop,
    /// The business blocked the contact.
    Blocked,
    /// The person's data was erased.
    Erased,
    /// The consent ran out.
    Expired,
    /// There is no WhatsApp account behind the number.
    Invalid,
    /// Free-form text outside the 24-hour window.
    WindowClosed,
    /// It is too late for this message to make sense (a confirmation after five minutes).
    Late,
    /// WhatsApp refused earlier for a reason that holds for this campaign (131049).
    Capped,
    /// The campaign it belonged to was cancelled before its turn came.
    Cancelled,
    /// The same person is in the audience under another record.
    Duplicate,
    /// The person got as much marketing lately as the business allows.
    FrequencyCap,
    /// It is outside the hours in which the business sends marketing, where the person is.
    QuietHours,
    /// A number of the United States, to which WhatsApp delivers no marketing (R50).
    UsNumber,
    /// It is called service, reads like a promotion, and the person wants none (R43).
    Promotion,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 18] = [
        Self::OptedOut,
        Self::NoOptIn,
        Self::Pending,
        Self::Held,
        Self::NativeStop,
        Self::Blocked,
        Self::Erased,
        Self::Expired,
        Self::Invalid,
        Self::WindowClosed,
        Self::Late,
        Self::Capped,
        Self::Cancelled,
        Self::Duplicate,
        Self::FrequencyCap,
        Self::QuietHours,
        Self::UsNumber,
        Self::Promotion,
    ];

    /// The word used in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OptedOut => "opted_out",
            Self::NoOptIn => "no_opt_in",
            Self::Pending => "pending",
            Self::Held => "held",
            Self::NativeStop => "native_stop",
            Self::Blocked => "blocked",
            Self::Erased => "erased",
            Self::Expired => "expired",
            Self::Invalid => "invalid",
            Self::WindowClosed => "window_closed",
            Self::Late => "late",
            Self::Capped => "capped",
            Self::Cancelled => "cancelled",
            Self::Duplicate => "duplicate",
            Self::FrequencyCap => "frequency_cap",
            Self::QuietHours => "quiet_hours",
            Self::UsNumber => "us_number",
            Self::Promotion => "promotion",
        }
    }
}

impl FromStr for Reason {
    type Err = crate::consent::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text).ok_or(crate::consent::UnknownWord)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the message is, as far as the decision cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intent {
    /// What it is for.
    pub kind: MessageKind,
    /// Template or free-form.
    pub form: Form,
    /// After this moment it must not leave any more.
    pub expires_at: Option<Timestamp>,
}

/// What of a [`Gate`] decides whether a template goes out at all: few enough values that a database can be told the decision for
/// each of them, so that a million contacts are decided about in one statement by the same rule as one. Quiet hours decide only
/// when it goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Standing(u16);

impl Standing {
    /// How many there are.
    pub const COUNT: u16 = 640;

    /// Every standing.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT).map(Self)
    }

    /// The standing of a person at a time.
    #[must_use]
    pub fn of(gate: &Gate, policy: &Policy, now: Timestamp) -> Self {
        let state = State::ALL.iter().position(|state| *state == gate.state).unwrap_or(0);
        let expired = gate.expires_at.is_some_and(|at| now >= at);
        let capped = policy.frequency_cap.is_some_and(|cap| gate.marketing_lately >= u32::from(cap.messages));
        let in_us = gate.country == Some(UNITED_STATES);
        let facts = [in_us, capped, gate.native_stop, gate.blocked, gate.erased, gate.invalid, expired];
        let bits = facts.iter().fold(0, |bits, fact| bits << 1 | u16::from(*fact));
        Self(u16::try_from(state).unwrap_or(0) << 7 | bits)
    }

    /// The standing with a number, as the database computes it: the place of the state in [`State::ALL`] times 128, plus 64 for a
    /// number of the United States, 32 for as much marketing as the cap allows, 16 for a native stop, 8 for blocked, 4 for
    /// erased, 2 for invalid, 1 for an expired consent.
    #[must_use]
    pub fn from_code(code: u16) -> Option<Self> {
        (code < Self::COUNT).then_some(Self(code))
    }

    /// Its number, see [`Standing::from_code`].
    #[must_use]
    pub const fn code(self) -> u16 {
        self.0
    }

    /// Why a template of this kind does not go to people of this standing, if it does not.
    #[must_use]
    pub fn refusal(self, kind: MessageKind, policy: &Policy, now: Timestamp) -> Option<Reason> {
        let fact = |bit: u16| self.0 & bit != 0;
        let gate = Gate {
            contact: ContactId::from_uuid(uuid::Uuid::nil()),
            consent_version: 0,
            state: State::ALL.get(usize::from(self.0 >> 7)).copied().unwrap_or_default(),
            native_stop: fact(16),
            blocked: fact(8),
            erased: fact(4),
            invalid: fact(2),
            expires_at: fact(1).then_some(now),
            last_inbound_at: None,
            country: fact(64).then_some(UNITED_STATES),
            marketing_lately: if fact(32) { u32::MAX } else { 0 },
        };
        let intent = Intent { kind, form: Form::Template, expires_at: None };
        match decide(&gate, &intent, policy, now) {
            Verdict::Send(_) | Verdict::Defer { .. } => None,
            Verdict::Skip(reason) => Some(reason),
        }
    }
}

/// The business's policy and the hours of the day, as far as the decision cares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Who counts as reachable for marketing.
    pub reachable: Reachable,
    /// The hours in which marketing may leave, where the person is; any hour when missing (R47).
    pub hours: Option<Hours>,
    /// Most marketing to one person; any number when missing (R48).
    pub frequency_cap: Option<FrequencyCap>,
    /// Marketing to numbers of the United States is left out, as WhatsApp does not deliver it (R50).
    pub skip_us_numbers: bool,
}

/// Most marketing to one person within some days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrequencyCap {
    /// So many messages.
    pub messages: u16,
    /// Within so many days of 24 hours.
    pub days: u16,
}

impl FrequencyCap {
    /// Whether it is a limit one can keep: 1 to 100 messages within 1 to 90 days.
    #[must_use]
    pub const fn is_valid(self) -> bool {
        self.messages >= 1 && self.messages <= 100 && self.days >= 1 && self.days <= 90
    }

    /// Since when messages count.
    #[must_use]
    pub fn since(self, now: Timestamp) -> Timestamp {
        now - Span::days(i64::from(self.days))
    }
}

/// The country whose numbers get no marketing from WhatsApp.
const UNITED_STATES: [u8; 2] = *b"US";

/// Proof that [`decide`] allowed one message to one contact at one consent version.
#[derive(Debug, PartialEq, Eq)]
pub struct SendPermit {
    contact: ContactId,
    consent_version: i64,
    kind: MessageKind,
}

impl SendPermit {
    /// Whom it is for.
    #[must_use]
    pub const fn contact(&self) -> ContactId {
        self.contact
    }

    /// The consent version it was made for; any later change voids it.
    #[must_use]
    pub const fn consent_version(&self) -> i64 {
        self.consent_version
    }

    /// The kind of message it allows.
    #[must_use]
    pub const fn kind(&self) -> MessageKind {
        self.kind
    }
}

/// The answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may go out now.
    Send(SendPermit),
    /// It may not go out.
    Skip(Reason),
    /// It may go out later.
    Defer {
        /// Not before this.
        until: Timestamp,
        /// Why.
        reason: Reason,
    },
}

/// Decides about one message to one contact.
///
/// The order of the checks is the order of the reasons people would give: what stops everything first, then what stops
/// marketing, then what WhatsApp technically refuses.
#[must_use]
pub fn decide(gate: &Gate, intent: &Intent, policy: &Policy, now: Timestamp) -> Verdict {
    if let Some(reason) = refusal(gate, intent, policy, now) {
        return Verdict::Skip(reason);
    }
    // Deferred, not dropped: whoever says no meanwhile is decided about again then.
    if intent.kind == MessageKind::Marketing
        && let Some(until) = policy.hours.and_then(|hours| hours.not_before(gate.country, now))
    {
        return Verdict::Defer { until, reason: Reason::QuietHours };
    }
    Verdict::Send(SendPermit {
        contact: gate.contact,
        consent_version: gate.consent_version,
        kind: intent.kind,
    })
}

fn refusal(gate: &Gate, intent: &Intent, policy: &Policy, now: Timestamp) -> Option<Reason> {
    if gate.erased {
        return Some(Reason::Erased);
    }
    if gate.blocked {
        return Some(Reason::Blocked);
    }
    if intent.kind == MessageKind::Marketing
        && let Some(reason) = marketing_refusal(gate, policy, now)
    {
        return Some(reason);
    }
    if gate.invalid {
        return Some(Reason::Invalid);
    }
    if intent.expires_at.is_some_and(|at| now > at) {
        return Some(Reason::Late);
    }
    if intent.form == Form::FreeForm && !window::is_open(gate.last_inbound_at, now) {
        return Some(Reason::WindowClosed);
    }
    None
}

fn marketing_refusal(gate: &Gate, policy: &Policy, now: Timestamp) -> Option<Reason> {
    match gate.state {
        State::OptedOut => return Some(Reason::OptedOut),
        State::Held => return Some(Reason::Held),
        State::Unknown | State::OptedIn | State::Pending => {}
    }
    if gate.native_stop {
        return Some(Reason::NativeStop);
    }
    match (gate.state, policy.reachable) {
        // Asked and not answered is closer to a refusal than never asked: both policies leave these people alone (R1).
        (State::Pending, _) => Some(Reason::Pending),
        (State::Unknown, Reachable::OptedIn) => Some(Reason::NoOptIn),
        _ if gate.expires_at.is_some_and(|at| now >= at) => Some(Reason::Expired),
        _ if policy.skip_us_numbers && gate.country == Some(UNITED_STATES) => Some(Reason::UsNumber),
        _ if policy.frequency_cap.is_some_and(|cap| gate.marketing_lately >= u32::from(cap.messages)) => {
            Some(Reason::FrequencyCap)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::uuid_v7;
    use crate::time::Span;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn gate(state: State) -> Gate {
        Gate {
            contact: ContactId::from_uuid(uuid_v7(NOW, [1; 10])),
            consent_version: 3,
            state,
            native_stop: false,
            blocked: false,
            erased: false,
            invalid: false,
            expires_at: None,
            last_inbound_at: Some(NOW - Span::hours(1)),
            country: None,
            marketing_lately: 0,
        }
    }

    fn ask(gate: &Gate, kind: MessageKind, form: Form) -> Result<(), Reason> {
        match decide(gate, &Intent { kind, form, expires_at: None }, &Policy::default(), NOW) {
            Verdict::Send(permit) => {
                assert_eq!((permit.contact(), permit.kind()), (gate.contact, kind));
                Ok(())
            }
            Verdict::Skip(reason) | Verdict::Defer { reason, .. } => Err(reason),
        }
    }

    #[test]
    fn r1_marketing_reaches_only_people_who_opted_in() {
        let marketing = |gate: &Gate| ask(gate, MessageKind::Marketing, Form::Template);
        assert_eq!(marketing(&gate(State::OptedIn)), Ok(()));
        assert_eq!(marketing(&gate(State::Unknown)), Err(Reason::NoOptIn));
        assert_eq!(marketing(&gate(State::Pending)), Err(Reason::Pending));
        assert_eq!(marketing(&gate(State::OptedOut)), Err(Reason::OptedOut));
        assert_eq!(marketing(&gate(State::Held)), Err(Reason::Held));
        let natively_stopped = Gate { native_stop: true, ..gate(State::OptedIn) };
        assert_eq!(marketing(&natively_stopped), Err(Reason::NativeStop));
    }

    #[test]
    fn r1_the_looser_policy_adds_only_people_never_asked() {
        let policy = Policy { reachable: Reachable::NotOptedOut, ..Policy::default() };
        let intent = Intent { kind: MessageKind::Marketing, form: Form::Template, expires_at: None };
        for (state, sent) in [
            (State::Unknown, true),
            (State::OptedIn, true),
            (State::Pending, false),
            (State::OptedOut, false),
            (State::Held, false),
        ] {
            let verdict = decide(&gate(state), &intent, &policy, NOW);
            assert_eq!(matches!(verdict, Verdict::Send(_)), sent, "{state}");
        }
    }

    #[test]
    fn r45_opted_out_people_still_get_everything_but_marketing() {
        for state in State::ALL {
            for kind in [
                MessageKind::Utility,
                MessageKind::Authentication,
                MessageKind::Service,
                MessageKind::Consent,
            ] {
                assert_eq!(ask(&gate(*state), kind, Form::Template), Ok(()), "{kind} to {state}");
            }
        }
    }

    #[test]
    fn blocked_is_not_opted_out_it_stops_everything() {
        for kind in MessageKind::ALL {
            let blocked = Gate { blocked: true, ..gate(State::OptedIn) };
            assert_eq!(ask(&blocked, kind, Form::Template), Err(Reason::Blocked));
        }
    }

    #[test]
    fn r46_free_form_needs_the_open_window_templates_do_not() {
        let closed =
            Gate { last_inbound_at: Some(NOW - Span::hours(24) - Span::seconds(1)), ..gate(State::OptedIn) };
        for kind in MessageKind::ALL {
            assert_eq!(ask(&closed, kind, Form::FreeForm), Err(Reason::WindowClosed));
            assert_eq!(ask(&closed, kind, Form::Template), Ok(()));
        }
    }

    #[test]
    fn r26_a_confirmation_leaves_within_its_time_or_never() {
        let intent = Intent { kind: MessageKind::Consent, form: Form::FreeForm, expires_at: Some(NOW) };
        let at = |now| {
            matches!(decide(&gate(State::OptedOut), &intent, &Policy::default(), now), Verdict::Send(_))
        };
        assert!(at(NOW));
        assert!(!at(NOW + Span::seconds(1)));
    }

    #[test]
    fn what_is_decided_for_a_standing_is_decided_for_everyone_who_has_it() {
        let mut seen = std::collections::HashSet::new();
        let cap = FrequencyCap { messages: 2, days: 7 };
        for state in State::ALL {
            for bits in 0..128_u8 {
                let bit = |bit: u8| bits & bit != 0;
                for expires_at in [None, Some(NOW + Span::seconds(1)), Some(NOW), Some(NOW - Span::days(1))] {
                    let person = Gate {
                        native_stop: bit(1),
                        blocked: bit(2),
                        erased: bit(4),
                        invalid: bit(8),
                        last_inbound_at: bit(16).then_some(NOW),
                        country: if bit(32) { Some(*b"US") } else { Some(*b"FR").filter(|_| bit(16)) },
                        marketing_lately: if bit(64) { 2 } else { 1 },
                        expires_at,
                        ..gate(*state)
                    };
                    for reachable in [Reachable::OptedIn, Reachable::NotOptedOut] {
                        for skip_us_numbers in [false, true] {
                            let frequency_cap = Some(cap);
                            let policy = Policy { reachable, frequency_cap, skip_us_numbers, hours: None };
                            let standing = Standing::of(&person, &policy, NOW);
                            seen.insert(standing.code());
                            assert_eq!(Standing::from_code(standing.code()), Some(standing));
                            for kind in MessageKind::ALL {
                                let intent = Intent { kind, form: Form::Template, expires_at: None };
                                let refusal = match decide(&person, &intent, &policy, NOW) {
                                    Verdict::Send(_) => None,
                                    Verdict::Skip(reason) | Verdict::Defer { reason, .. } => Some(reason),
                                };
                                assert_eq!(standing.refusal(kind, &policy, NOW), refusal);
                            }
                        }
                    }
                }
            }
        }
        assert_eq!(seen.len(), usize::from(Standing::COUNT));
        assert_eq!(Standing::from_code(Standing::COUNT), None);
    }

    #[test]
    fn r47_marketing_at_night_is_deferred_and_nothing_else_is() {
        let policy = Policy { hours: Some(Hours::default()), ..Policy::default() };
        let person = Gate { country: Some(*b"JP"), ..gate(State::OptedIn) };
        let night = Timestamp::parse_rfc3339("2026-11-25T13:00:00Z").unwrap();
        for kind in MessageKind::ALL {
            let intent = Intent { kind, form: Form::Template, expires_at: None };
            match decide(&person, &intent, &policy, night) {
                Verdict::Defer { until, reason } => {
                    assert_eq!((kind, reason), (MessageKind::Marketing, Reason::QuietHours));
                    assert_eq!(until.to_string(), "2026-11-26T00:00:00Z");
                    assert!(matches!(decide(&person, &intent, &policy, until), Verdict::Send(_)));
                    let stopped = Gate { state: State::OptedOut, ..person };
                    assert_eq!(decide(&stopped, &intent, &policy, until), Verdict::Skip(Reason::OptedOut));
                }
                Verdict::Send(_) => assert_ne!(kind, MessageKind::Marketing),
                Verdict::Skip(reason) => panic!("{reason}"),
            }
        }
    }

    #[test]
    fn r48_nobody_gets_more_marketing_than_the_cap_allows() {
        let policy =
            Policy { frequency_cap: Some(FrequencyCap { messages: 3, days: 1 }), ..Policy::default() };
        let intent = |kind| Intent { kind, form: Form::Template, expires_at: None };
        for (lately, sent) in [(0, true), (2, true), (3, false), (9, false)] {
            let person = Gate { marketing_lately: lately, ..gate(State::OptedIn) };
            let verdict = decide(&person, &intent(MessageKind::Marketing), &policy, NOW);
            assert_eq!(matches!(verdict, Verdict::Send(_)), sent, "{lately}");
            assert!(matches!(decide(&person, &intent(MessageKind::Utility), &policy, NOW), Verdict::Send(_)));
        }
        assert!(!FrequencyCap { messages: 0, days: 1 }.is_valid());
    }

    #[test]
    fn r50_numbers_of_the_united_states_are_left_out_where_the_rule_is_on() {
        let intent = Intent { kind: MessageKind::Marketing, form: Form::Template, expires_at: None };
        for (country, on, sent) in
            [(*b"US", true, false), (*b"CA", true, true), (*b"US", false, true), (*b"JM", true, true)]
        {
            let policy = Policy { skip_us_numbers: on, ..Policy::default() };
            let person = Gate { country: Some(country), ..gate(State::OptedIn) };
            assert_eq!(matches!(decide(&person, &intent, &policy, NOW), Verdict::Send(_)), sent);
        }
    }

    #[test]
    fn decide_is_total() {
        for state in State::ALL {
            for kind in MessageKind::ALL {
                for form in [Form::FreeForm, Form::Template] {
                    for bits in 0..16_u8 {
                        let gate = Gate {
                            native_stop: bits & 1 != 0,
                            blocked: bits & 2 != 0,
                            erased: bits & 4 != 0,
                            invalid: bits & 8 != 0,
                            ..gate(*state)
                        };
                        let outcome = ask(&gate, kind, form);
                        let may_never = gate.blocked || gate.erased;
                        assert!(!(may_never && outcome.is_ok()));
                    }
                }
            }
        }
    }
}
