//! What a message asks for, and how it is answered: the rules of the Opt-In/Out System, applied to one person.

use detection::{Context, Finding, Part, Rule, Verdict};
use domain::consent::{CONFIRM_WITHIN, Signal, SignalKind, Source, State};
use domain::contact::Reading;
use domain::id::ContactId;
use domain::inbound::{InboundMessage, WordsFrom};
use domain::outbound::{Content, ReplyButton};
use domain::settings::{CONFIRM_LABEL, CONFIRM_PAYLOAD, Draft, render};
use domain::time::{Span, Timestamp};
use store::contact::StoredContact;

use crate::cache::Rules;
use crate::consent::CLOCK_SKEW;
use crate::joining::{Agreement, without_code};
use crate::replay::part;

/// A confirmation leaves within five minutes of the request or never (R26; 47 CFR 64.1200(a)(12)).
pub(super) const CONFIRM_SEND_WITHIN: Span = Span::minutes(5);

/// A repeated opt-out is answered at most this often.
const REPEAT_EVERY: Span = Span::hours(24);

/// Sent after a repeated opt-out word; neutral by design and therefore not editable.
const ALREADY_STOPPED: &str = "You already get no marketing messages from {{business_name}}. Reply {{opt_in_keyword}} to subscribe again.";

/// Follows the opt-in confirmation when WhatsApp's own stop is still in force, which no word of ours can lift.
const NATIVE_STOP_NOTE: &str = "WhatsApp still holds our offers back, because you stopped them in WhatsApp itself. To get \
                                them, open this chat's business profile, then Offers and announcements, and resume them.";

/// The parts of a message that may say something about marketing, in the order in which they count.
fn parts(message: &InboundMessage) -> Vec<(Part, &str)> {
    // Group chatter is nobody's choice.
    if message.in_group {
        return Vec::new();
    }
    message.words.iter().map(|(from, words)| (part(*from), without_code(words))).collect()
}

/// What detection made of a message; `asked` says that it answers our own question.
pub(super) fn find(
    rules: &Rules,
    message: &InboundMessage,
    person: &StoredContact,
    asked: bool,
) -> Option<Finding> {
    let parts = parts(message);
    let context = Context {
        plus_one: person.contact.phone.as_ref().is_some_and(domain::phone::Phone::is_plus_one),
        country: person.contact.country.as_deref(),
        answers_our_question: asked,
    };
    (!parts.is_empty()).then(|| rules.lexicon.classify(&parts, &context))
}

/// How the words were understood, for the record.
pub(super) fn reading(finding: &Finding) -> Reading {
    let part = finding.part.map(|part| match part {
        Part::Payload => "payload",
        Part::Label => "label",
        Part::Text => "text",
        Part::Caption => "caption",
    });
    Reading {
        normalised: finding.normalised.chars().take(500).collect(),
        part: part.map(str::to_owned),
        span: finding.span,
        certainty: finding.rule.certainty().as_str().to_owned(),
    }
}

/// Whether an answer to our question may still come: within 72 hours while the person is pending (R7).
pub(super) fn may_answer(message: &InboundMessage, person: &StoredContact) -> bool {
    person.consent.pending_since().is_some_and(|asked| message.sent_at - asked <= CONFIRM_WITHIN)
}

/// Whether the message is a tap on the button under the opt-in disclosure.
pub(super) fn confirms(message: &InboundMessage) -> bool {
    message.words.iter().any(|(from, words)| *from == WordsFrom::Payload && words == CONFIRM_PAYLOAD)
}

/// The signal a message gives about a person, if any; `agreed` says that they agreed on the business's form just before.
pub(super) fn signal(
    rules: &Rules,
    message: &InboundMessage,
    finding: Option<&Finding>,
    person: &StoredContact,
    agreed: bool,
    now: Timestamp,
) -> Option<Signal> {
    let policies = rules.settings.draft.policies;
    let state = person.consent.state();
    let tapped = message.words.iter().any(|(from, _)| *from == WordsFrom::Payload);
    let kind = if confirms(message) {
        let asked = person.consent.pending_since()?;
        // An answer to our question within 72 hours; later, or from any other state, it proves nothing (R7).
        (message.sent_at - asked <= CONFIRM_WITHIN).then_some(SignalKind::Confirm)?
    } else {
        match finding?.verdict {
            Verdict::OptIn if finding?.rule == Rule::Answer => SignalKind::Confirm,
            Verdict::OptOut => SignalKind::OptOut,
            Verdict::Hold => SignalKind::Hold,
            Verdict::OptIn if state == State::Unknown && !policies.ask_to_confirm => SignalKind::OptIn,
            // They read the disclosure on the form, and the message shows whose number it is: nothing is left to ask.
            Verdict::OptIn if agreed && matches!(state, State::Unknown | State::Pending) => SignalKind::OptIn,
            Verdict::OptIn => SignalKind::Start,
            Verdict::Help | Verdict::None => return None,
        }
    };
    let joins = matches!(kind, SignalKind::OptIn | SignalKind::Start);
    let source = match (tapped, agreed && joins) {
        (_, true) => Source::WebForm,
        (true, false) => Source::Button,
        (false, false) => Source::Keyword,
    };
    // Nobody writes in the future: such a time would beat everything that is said until then.
    let mut occurred_at = message.sent_at.min(now + CLOCK_SKEW);
    if kind == SignalKind::OptOut
        && let (Some(since), Some(by)) = (person.contact.since, person.contact.source)
        && state == State::OptedIn
        && !by.is_the_person()
        && since > occurred_at
        && since - occurred_at <= CLOCK_SKEW
    {
        // An opt-in that somebody else recorded by another clock, minutes ahead of WhatsApp's: the person's own word counts.
        occurred_at = since;
    }
    Some(Signal { kind, source, occurred_at })
}

/// An automatic answer.
pub(super) struct Answer {
    pub(super) content: Content,
    /// The wording shown, before names were filled in.
    pub(super) wording: String,
    /// Worth sending only within five minutes of the message.
    pub(super) prompt: bool,
    /// It answers an opt-out.
    pub(super) answers_opt_out: bool,
}

/// The answer to a message, given the state before and after it.
pub(super) fn answer(
    rules: &Rules,
    message: &InboundMessage,
    finding: Option<&Finding>,
    person: &StoredContact,
    from: State,
    to: State,
) -> Option<Answer> {
    let draft = &rules.settings.draft;
    if from != to {
        return match to {
            State::OptedOut => Some(text(rules, person, &draft.opt_out_confirmation, true)),
            State::OptedIn => Some(welcome(rules, person, draft)),
            State::Pending => Some(disclosure(rules, person, draft)),
            State::Unknown | State::Held => None,
        };
    }
    match finding?.verdict {
        // Who asks again another day is asked again: the first question may be too old to answer.
        Verdict::OptIn if to == State::Pending && is_due(message, person) => {
            Some(disclosure(rules, person, draft))
        }
        Verdict::Help => Some(Answer { prompt: false, ..text(rules, person, &draft.help_answer, false) }),
        Verdict::OptOut if to == State::OptedOut && may_repeat(draft, message, person) => {
            Some(text(rules, person, ALREADY_STOPPED, true))
        }
        _ => None,
    }
}

/// One answer a day, and none at all to +1 numbers, where anything after the one confirmation is one too many.
fn may_repeat(draft: &Draft, message: &InboundMessage, person: &StoredContact) -> bool {
    let plus_one = person.contact.phone.as_ref().is_some_and(domain::phone::Phone::is_plus_one);
    draft.policies.answer_repeats && !plus_one && is_due(message, person)
}

/// Whether the last answer is long enough ago for another one to the same words.
fn is_due(message: &InboundMessage, person: &StoredContact) -> bool {
    person.answered_at.is_none_or(|answered| message.sent_at - answered >= REPEAT_EVERY)
}

fn filled(rules: &Rules, person: &StoredContact, wording: &str) -> String {
    let variables = rules.settings.draft.variables(&rules.business_name, person.contact.name.as_deref());
    render(wording, &variables)
}

fn text(rules: &Rules, person: &StoredContact, wording: &str, answers_opt_out: bool) -> Answer {
    let body = filled(rules, person, wording);
    Answer { content: Content::Text { body }, wording: wording.to_owned(), prompt: true, answers_opt_out }
}

fn welcome(rules: &Rules, person: &StoredContact, draft: &Draft) -> Answer {
    let mut answer = text(rules, person, &draft.opt_in_confirmation, false);
    if person.consent.native_stop()
        && let Content::Text { body } = &mut answer.content
    {
        *body = format!("{body}\n\n{NATIVE_STOP_NOTE}");
    }
    answer
}

fn disclosure(rules: &Rules, person: &StoredContact, draft: &Draft) -> Answer {
    let body = filled(rules, person, &draft.disclosure);
    let button = ReplyButton { id: CONFIRM_PAYLOAD.to_owned(), title: CONFIRM_LABEL.to_owned() };
    Answer {
        content: Content::Buttons { body, buttons: vec![button] },
        wording: draft.disclosure.clone(),
        prompt: true,
        answers_opt_out: false,
    }
}

/// The words that matched, as received, for the evidence.
pub(super) fn matched_words(message: &InboundMessage, finding: Option<&Finding>) -> Option<String> {
    let part = finding.and_then(|finding| finding.part);
    let wanted = part.map(|part| match part {
        Part::Payload => WordsFrom::Payload,
        Part::Label => WordsFrom::Label,
        Part::Caption => WordsFrom::Caption,
        Part::Text => WordsFrom::Text,
    });
    let found =
        message.words.iter().find(|(from, _)| Some(*from) == wanted).or_else(|| message.words.first());
    found.map(|(_, words)| words.chars().take(500).collect())
}

/// Whom a signal concerns: the person, with what the ledger needs.
pub(super) struct Said<'a> {
    pub(super) contact: ContactId,
    pub(super) message: &'a InboundMessage,
    pub(super) finding: Option<&'a Finding>,
    /// What they agreed to on the business's form just before.
    pub(super) agreement: Option<&'a Agreement>,
}
