//! Consent: signals in, state out, in whatever order the signals arrive.
//!
//! A contact's consent is not one mutable flag but a handful of *marks*: the latest opt-out, the latest evidence of an
//! opt-in, the latest START, and so on, each with the time the person acted. [`apply`] only ever raises marks, and the state
//! is computed from them. Raising is commutative, associative and idempotent, so folding the events of a contact gives the
//! same state whatever the order of delivery; the property test below holds the code to it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::time::{Span, Timestamp};

/// May the business send this person marketing?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Never asked, never said.
    #[default]
    Unknown,
    /// Asked with the disclosure, not confirmed.
    Pending,
    /// Agreed, with evidence.
    OptedIn,
    /// Asked us to stop.
    OptedOut,
    /// Ambiguous words came in: marketing paused until a person decides.
    Held,
}

/// A word that names nothing in this module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown word")]
pub struct UnknownWord;

macro_rules! words {
    ($type:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $type {
            /// Every variant.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word used in the database, the API and the ledger.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl FromStr for $type {
            type Err = UnknownWord;
            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text { $($word => Ok(Self::$variant),)+ _ => Err(UnknownWord) }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words!(State { Unknown = "unknown", Pending = "pending", OptedIn = "opted_in", OptedOut = "opted_out", Held = "held" });

/// What a signal says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalKind {
    /// Stop marketing.
    OptOut,
    /// An opt-in with evidence: a person at the business recorded how they agreed, or an import or API call did.
    OptIn,
    /// An opt-in keyword in the person's own words. A return after an opt-out; from anyone else a request (R6).
    Start,
    /// The person confirmed the opt-in disclosure.
    Confirm,
    /// Ambiguous words: pause marketing.
    Hold,
    /// A person decided that ambiguous words were no opt-out.
    Release,
    /// WhatsApp's own "stop" for offers, or an error that says so.
    NativeStop,
    /// The person lifted WhatsApp's own stop.
    NativeResume,
}

words!(SignalKind {
    OptOut = "opt_out",
    OptIn = "opt_in",
    Start = "start",
    Confirm = "confirm",
    Hold = "hold",
    Release = "release",
    NativeStop = "native_stop",
    NativeResume = "native_resume",
});

/// The channel a signal came through (R18: every channel counts).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A keyword written on WhatsApp.
    Keyword,
    /// A button tapped or list row chosen on WhatsApp.
    Button,
    /// WhatsApp's own preference (`user_preferences`).
    MetaPreference,
    /// WhatsApp refused a send because the person stopped marketing (131050).
    #[serde(rename = "api_error_131050")]
    ApiError131050,
    /// A person at the business, on the customer's word.
    Operator,
    /// The REST API.
    Api,
    /// A file of contacts.
    Import,
    /// A web form or preference page.
    WebForm,
    /// Said on the phone.
    Phone,
    /// Signed or ticked on paper.
    Paper,
    /// At the till.
    PointOfSale,
    /// Written in an e-mail.
    Email,
    /// Two records of one person were joined; the stricter choice was kept (R17).
    Merge,
    /// Someone else's number: the record came with a number change.
    NumberChange,
    /// Nobody decided about ambiguous words in time, so they count as a stop (R36).
    Deadline,
    /// The person's data was erased; what is left of them is that they get no marketing (R55).
    Erasure,
}

words!(Source {
    Keyword = "keyword",
    Button = "button",
    MetaPreference = "meta_preference",
    ApiError131050 = "api_error_131050",
    Operator = "operator",
    Api = "api",
    Import = "import",
    WebForm = "web_form",
    Phone = "phone",
    Paper = "paper",
    PointOfSale = "point_of_sale",
    Email = "email",
    Merge = "merge",
    NumberChange = "number_change",
    Deadline = "deadline",
    Erasure = "erasure",
});

impl Source {
    /// The ways a person can have agreed that someone at the business, or another system, may put on record.
    pub const RECORDABLE: [Self; 8] = [
        Self::WebForm,
        Self::PointOfSale,
        Self::Paper,
        Self::Phone,
        Self::Email,
        Self::Operator,
        Self::Import,
        Self::Api,
    ];

    /// Whether the customer acted personally, as against somebody acting for them.
    #[must_use]
    pub const fn is_the_person(self) -> bool {
        matches!(
            self,
            Self::Keyword | Self::Button | Self::MetaPreference | Self::ApiError131050 | Self::WebForm
        )
    }
}

/// One thing that was said about consent, by whomever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// What it says.
    pub kind: SignalKind,
    /// How it came.
    pub source: Source,
    /// When the person acted: WhatsApp's own timestamp, not the time of arrival (R24).
    pub occurred_at: Timestamp,
}

/// The latest signal of one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mark {
    /// When the person acted.
    pub at: Timestamp,
    /// Breaks ties between equal times so that the fold does not depend on order.
    source: u8,
}

impl Mark {
    fn of(signal: &Signal) -> Self {
        let source = Source::ALL.iter().position(|source| *source == signal.source).unwrap_or(0);
        Self { at: signal.occurred_at, source: u8::try_from(source).unwrap_or(0) }
    }

    /// How the signal came.
    #[must_use]
    pub fn source(&self) -> Source {
        Source::ALL.get(usize::from(self.source)).copied().unwrap_or(Source::Operator)
    }
}

/// A contact's consent: the marks, and how many events made them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Consent {
    /// Counts the events folded in; a permit made for an older version is void.
    pub version: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    opt_out: Option<Mark>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_opt_out: Option<Mark>,
    #[serde(skip_serializing_if = "Option::is_none")]
    opt_in: Option<Mark>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<Mark>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hold: Option<Mark>,
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<Mark>,
    #[serde(skip_serializing_if = "Option::is_none")]
    native_stop: Option<Mark>,
    #[serde(skip_serializing_if = "Option::is_none")]
    native_resume: Option<Mark>,
}

/// How long an answer to the opt-in disclosure counts (R7).
pub const CONFIRM_WITHIN: Span = Span::hours(72);

/// What a signal did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The consent afterwards.
    pub consent: Consent,
    /// The state before.
    pub from: State,
    /// The state afterwards.
    pub to: State,
    /// Whether the signal left a mark. One that left none (older than what is known) is not recorded.
    pub recorded: bool,
}

impl Change {
    /// Whether the state for marketing is another one than before.
    #[must_use]
    pub fn changed_state(&self) -> bool {
        self.from != self.to
    }
}

impl Consent {
    /// Nothing was ever said.
    pub const NONE: Self = Self {
        version: 0,
        opt_out: None,
        first_opt_out: None,
        opt_in: None,
        start: None,
        hold: None,
        release: None,
        native_stop: None,
        native_resume: None,
    };

    /// The state for marketing.
    #[must_use]
    pub fn state(&self) -> State {
        self.decided().0
    }

    /// Since when the state holds, and through which channel it came.
    #[must_use]
    pub fn since(&self) -> Option<(Timestamp, Source)> {
        self.decided().1.map(|mark| (mark.at, mark.source()))
    }

    /// Whether WhatsApp's own stop is in force. On equal times the stop wins.
    #[must_use]
    pub fn native_stop(&self) -> bool {
        match (self.native_stop, self.native_resume) {
            (Some(stop), Some(resume)) => stop.at >= resume.at,
            (stop, _) => stop.is_some(),
        }
    }

    /// When and how the person last asked to stop, if ever.
    #[must_use]
    pub fn last_opt_out(&self) -> Option<(Timestamp, Source)> {
        self.opt_out.map(|mark| (mark.at, mark.source()))
    }

    /// When an unconfirmed START asked to be told more, while the state is pending.
    #[must_use]
    pub fn pending_since(&self) -> Option<Timestamp> {
        (self.state() == State::Pending).then(|| self.start.map(|mark| mark.at)).flatten()
    }

    fn decided(&self) -> (State, Option<Mark>) {
        // A START is a return when there was an opt-out before it; it renews an opt-in that stands; else it only asks.
        let returned = self.start.filter(|start| self.first_opt_out.is_some_and(|first| first.at < start.at));
        let agreed = self.opt_in.max(returned);
        // The stricter answer wins a tie: an opt-out stands unless the agreement is strictly later (R24). WhatsApp's clock
        // counts whole seconds, so a STOP of the same second as an agreement recorded to the microsecond is a tie too.
        if let Some(out) = self.opt_out
            && agreed.is_none_or(|agreed| agreed.at.seconds() <= out.at.seconds())
        {
            return (State::OptedOut, Some(out));
        }
        let settled = agreed.max(self.release).map(|mark| mark.at);
        if let Some(hold) = self.hold
            && settled.is_none_or(|settled| settled <= hold.at)
        {
            return (State::Held, Some(hold));
        }
        match (agreed, self.start) {
            (Some(agreed), _) => (State::OptedIn, Some(agreed)),
            (None, Some(start)) => (State::Pending, Some(start)),
            (None, None) => (State::Unknown, None),
        }
    }
}

/// The only way consent changes: folds one signal in.
///
/// A signal that raises no mark (a duplicate, or older than what is known) changes nothing and is not recorded.
#[must_use]
pub fn apply(before: &Consent, signal: &Signal) -> Change {
    let mark = Mark::of(signal);
    let mut after = *before;
    match signal.kind {
        SignalKind::OptOut => {
            raise(&mut after.opt_out, mark);
            lower(&mut after.first_opt_out, mark);
        }
        SignalKind::OptIn | SignalKind::Confirm => raise(&mut after.opt_in, mark),
        SignalKind::Start => raise(&mut after.start, mark),
        SignalKind::Hold => raise(&mut after.hold, mark),
        SignalKind::Release => raise(&mut after.release, mark),
        SignalKind::NativeStop => raise(&mut after.native_stop, mark),
        SignalKind::NativeResume => raise(&mut after.native_resume, mark),
    }
    let recorded = after != *before;
    if recorded {
        after.version += 1;
    }
    Change { consent: after, from: before.state(), to: after.state(), recorded }
}

/// Joins two records of one person: every mark of both, and the more restrictive state of the two (R17).
///
/// The caller applies the signals returned and records an event of each, so that the fold of the events still gives the state: a
/// stop, ambiguous words nobody decided about, or WhatsApp's own stop, that later marks of the other record would have overruled. They
/// come at the time of the latest mark there is, because any mark may count once the others are beside it.
#[must_use]
pub fn merge(a: &Consent, b: &Consent) -> (Consent, Vec<Signal>) {
    let joined = Consent {
        version: a.version.max(b.version) + 1,
        opt_out: a.opt_out.max(b.opt_out),
        first_opt_out: least(a.first_opt_out, b.first_opt_out),
        opt_in: a.opt_in.max(b.opt_in),
        start: a.start.max(b.start),
        hold: a.hold.max(b.hold),
        release: a.release.max(b.release),
        native_stop: a.native_stop.max(b.native_stop),
        native_resume: a.native_resume.max(b.native_resume),
    };
    let (states, now) = ([a.state(), b.state()], joined.state());
    let mut stricter = Vec::new();
    if states.contains(&State::OptedOut) && now != State::OptedOut {
        stricter.push(SignalKind::OptOut);
    } else if states.contains(&State::Held) && !matches!(now, State::Held | State::OptedOut) {
        stricter.push(SignalKind::Hold);
    }
    if (a.native_stop() || b.native_stop()) && !joined.native_stop() {
        stricter.push(SignalKind::NativeStop);
    }
    let marks = [
        joined.opt_out,
        joined.opt_in,
        joined.start,
        joined.hold,
        joined.release,
        joined.native_stop,
        joined.native_resume,
    ];
    let latest = marks.into_iter().flatten().map(|mark| mark.at).max();
    let occurred_at = latest.unwrap_or(Timestamp::from_micros(0));
    let signal = |kind| Signal { kind, source: Source::Merge, occurred_at };
    (joined, stricter.into_iter().map(signal).collect())
}

fn raise(slot: &mut Option<Mark>, mark: Mark) {
    *slot = (*slot).max(Some(mark));
}

fn lower(slot: &mut Option<Mark>, mark: Mark) {
    *slot = least(*slot, Some(mark));
}

fn least(a: Option<Mark>, b: Option<Mark>) -> Option<Mark> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn signal(kind: SignalKind, seconds: i64) -> Signal {
        let source = match kind {
            SignalKind::NativeStop | SignalKind::NativeResume => Source::MetaPreference,
            SignalKind::OptIn => Source::Operator,
            SignalKind::Confirm => Source::Button,
            _ => Source::Keyword,
        };
        Signal { kind, source, occurred_at: Timestamp::from_seconds(seconds) }
    }

    fn fold(signals: &[Signal]) -> Consent {
        signals.iter().fold(Consent::default(), |consent, signal| apply(&consent, signal).consent)
    }

    use SignalKind::{Confirm, Hold, NativeResume, NativeStop, OptIn, OptOut, Release, Start};

    #[test]
    fn r6_start_returns_a_person_who_opted_out() {
        assert_eq!(fold(&[signal(OptOut, 1), signal(Start, 2)]).state(), State::OptedIn);
    }

    #[test]
    fn r6_start_from_an_unknown_person_only_asks() {
        let asked = fold(&[signal(Start, 1)]);
        assert_eq!(asked.state(), State::Pending);
        assert_eq!(
            fold(&[signal(Start, 1), signal(Start, 2)]).state(),
            State::Pending,
            "asking twice proves nothing more"
        );
        assert_eq!(fold(&[signal(Start, 1), signal(Confirm, 2)]).state(), State::OptedIn);
    }

    #[test]
    fn r24_opt_out_wins_over_older_and_equal_opt_ins_in_every_order() {
        for (stop, start, expected) in
            [(2, 1, State::OptedOut), (2, 2, State::OptedOut), (1, 2, State::OptedIn)]
        {
            for opt_in in [Start, OptIn, Confirm] {
                let (stop, start) = (signal(OptOut, stop), signal(opt_in, start));
                assert_eq!(fold(&[stop, start]).state(), expected);
                assert_eq!(fold(&[start, stop]).state(), expected);
            }
        }
    }

    #[test]
    fn r24_a_start_older_than_a_repeated_stop_does_not_count() {
        let late_start = [signal(OptOut, 1), signal(OptOut, 3), signal(Start, 2)];
        assert_eq!(fold(&late_start).state(), State::OptedOut);
    }

    #[test]
    fn r24_a_stop_in_the_same_second_as_a_recorded_opt_in_wins() {
        let agreed =
            Signal { kind: OptIn, source: Source::Api, occurred_at: Timestamp::from_micros(5_700_000) };
        assert_eq!(fold(&[agreed, signal(OptOut, 5)]).state(), State::OptedOut);
    }

    #[test]
    fn r25_the_same_signal_again_records_nothing() {
        let once = apply(&Consent::default(), &signal(OptOut, 5));
        let twice = apply(&once.consent, &signal(OptOut, 5));
        assert!(once.recorded && once.changed_state());
        assert!(!twice.recorded && !twice.changed_state());
        assert_eq!(twice.consent.version, 1);
    }

    #[test]
    fn r34_resume_lifts_only_whatsapps_own_stop() {
        let consent = fold(&[signal(OptOut, 1), signal(NativeStop, 2), signal(NativeResume, 3)]);
        assert!(!consent.native_stop());
        assert_eq!(consent.state(), State::OptedOut);
    }

    #[test]
    fn a_typed_start_does_not_lift_whatsapps_own_stop() {
        let consent = fold(&[signal(NativeStop, 1), signal(OptOut, 2), signal(Start, 3)]);
        assert_eq!(consent.state(), State::OptedIn);
        assert!(consent.native_stop());
    }

    #[test]
    fn a_native_stop_and_resume_at_the_same_time_is_a_stop() {
        assert!(fold(&[signal(NativeResume, 1), signal(NativeStop, 1)]).native_stop());
    }

    #[test]
    fn a_hold_pauses_an_opt_in_until_somebody_decides() {
        let held = fold(&[signal(OptIn, 1), signal(Hold, 2)]);
        assert_eq!(held.state(), State::Held);
        assert_eq!(apply(&held, &signal(Release, 3)).to, State::OptedIn);
        assert_eq!(apply(&held, &signal(OptOut, 3)).to, State::OptedOut);
        assert_eq!(apply(&fold(&[signal(OptOut, 1)]), &signal(Hold, 2)).to, State::OptedOut);
    }

    #[test]
    fn r17_merging_keeps_the_more_restrictive_state() {
        let joined = |a: &[Signal], b: &[Signal]| {
            let (mut joined, stricter) = merge(&fold(a), &fold(b));
            for signal in &stricter {
                joined = apply(&joined, signal).consent;
            }
            joined
        };
        let stopped = [signal(OptOut, 1)];
        let imported = [signal(OptIn, 2)];
        assert_eq!(
            merge(&fold(&stopped), &fold(&imported)).1.len(),
            1,
            "the later opt-in would win the fold"
        );
        assert_eq!(joined(&stopped, &imported).state(), State::OptedOut);
        // A START that meant nothing beside an opt-in means a return beside a stop.
        let started = [signal(OptIn, 3), signal(Start, 9)];
        assert_eq!(joined(&[signal(OptOut, 5)], &started).state(), State::OptedOut);
        let released = [signal(OptIn, 3), signal(Release, 9)];
        assert_eq!(joined(&[signal(Hold, 5)], &released).state(), State::Held);
        let resumed = [signal(NativeStop, 1), signal(NativeResume, 9)];
        assert!(joined(&[signal(NativeStop, 2)], &resumed).native_stop());
    }

    fn any_signal() -> impl Strategy<Value = Signal> {
        let kinds = proptest::sample::select(SignalKind::ALL);
        let sources = proptest::sample::select(Source::ALL);
        (kinds, sources, 0_i64..6).prop_map(|(kind, source, seconds)| Signal {
            kind,
            source,
            occurred_at: Timestamp::from_seconds(seconds),
        })
    }

    proptest! {
        #[test]
        fn folding_the_events_gives_the_same_state_in_any_order(
            (signals, shuffled) in proptest::collection::vec(any_signal(), 0..12)
                .prop_flat_map(|signals| (Just(signals.clone()), Just(signals).prop_shuffle()))
        ) {
            let (a, b) = (fold(&signals), fold(&shuffled));
            prop_assert_eq!(a.state(), b.state());
            prop_assert_eq!(a.since(), b.since());
            prop_assert_eq!(a.native_stop(), b.native_stop());
        }

        #[test]
        fn only_something_later_undoes_a_stop(signals in proptest::collection::vec(any_signal(), 0..12)) {
            let stop = signal(OptOut, 10);
            let mut all = signals;
            all.push(stop);
            prop_assert_eq!(fold(&all).state(), State::OptedOut);
        }

        #[test]
        fn merging_never_loosens(
            a in proptest::collection::vec(any_signal(), 0..8),
            b in proptest::collection::vec(any_signal(), 0..8),
        ) {
            let (a, b) = (fold(&a), fold(&b));
            let (mut joined, stricter) = merge(&a, &b);
            for signal in &stricter {
                joined = apply(&joined, signal).consent;
            }
            let kept = joined.state();
            let either = |state| a.state() == state || b.state() == state;
            if either(State::OptedOut) {
                prop_assert_eq!(kept, State::OptedOut);
            } else if either(State::Held) {
                prop_assert!(matches!(kept, State::Held | State::OptedOut));
            }
            prop_assert!(joined.native_stop() || !(a.native_stop() || b.native_stop()));
        }
    }
}
