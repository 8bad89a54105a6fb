//! The keyword lab: the rules of the service, run over the draft on the page, one person and one message at a time.

use detection::{Finding, Question, Rule, Verdict};
use domain::consent::{Consent, Signal, SignalKind, Source, State, apply};
use domain::id::{ContactId, uuid_v7};
use domain::kind::{Form, MessageKind};
use domain::permit::{self, Gate, Intent, Reason};
use domain::settings::{Draft, Field, render};
use domain::time::Timestamp;

use crate::words::Words;

/// The answer the system would send by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// None: a person answers.
    None,
    /// None: they know already.
    Told,
    /// A short note that marketing is off already.
    Repeat,
    /// One of the messages of the settings, filled in.
    Message(Field, String),
}

/// What would happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What detection made of the message.
    pub finding: Finding,
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
    /// The answer.
    pub reply: Reply,
    /// Why marketing may not be sent afterwards, if it may not.
    pub refusal: Option<Reason>,
}

/// The country whose law always stops marketing on certain words.
pub const PLUS_ONE: &str = "US";

const BEFORE: Timestamp = Timestamp::from_seconds(1_000_000);
const NOW: Timestamp = Timestamp::from_seconds(2_000_000);

/// The question to the detector about a message from somebody of a country.
#[must_use]
pub fn question(draft: &Draft, text: &str, country: &str) -> Question {
    Question {
        opt_out: draft.opt_out_keywords.clone(),
        opt_in: draft.opt_in_keywords.clone(),
        help: draft.help_keywords.clone(),
        muted_languages: draft.muted_languages.clone(),
        text: text.to_owned(),
        country: Some(country.to_owned()),
        plus_one: country == PLUS_ONE,
    }
}

/// What would become of a message in which the detector found this.
#[must_use]
pub fn run(
    draft: &Draft,
    business_name: &str,
    person: &str,
    finding: Finding,
    state: State,
    plus_one: bool,
) -> Outcome {
    let before = consent_in(state);
    let kind = match finding.verdict {
        Verdict::OptOut => Some(SignalKind::OptOut),
        Verdict::Hold => Some(SignalKind::Hold),
        Verdict::OptIn if state == State::Unknown && !draft.policies.ask_to_confirm => {
            Some(SignalKind::OptIn)
        }
        Verdict::OptIn => Some(SignalKind::Start),
        Verdict::Help | Verdict::None => None,
    };
    let from = before.state();
    let to = kind
        .map_or(from, |kind| apply(&before, &Signal { kind, source: Source::Keyword, occurred_at: NOW }).to);
    let message = |field| {
        let wording = match field {
            Field::OptOutConfirmation => &draft.opt_out_confirmation,
            Field::OptInConfirmation => &draft.opt_in_confirmation,
            Field::HelpAnswer => &draft.help_answer,
            _ => &draft.disclosure,
        };
        Reply::Message(field, render(wording, &draft.variables(business_name, Some(person))))
    };
    let reply = match (to, finding.verdict) {
        (State::OptedOut, _) if from != to => message(Field::OptOutConfirmation),
        (State::OptedIn, _) if from != to => message(Field::OptInConfirmation),
        (State::Pending, _) if from != to => message(Field::Disclosure),
        (_, Verdict::Help) => message(Field::HelpAnswer),
        (State::OptedOut, Verdict::OptOut) if draft.policies.answer_repeats && !plus_one => Reply::Repeat,
        (State::OptedOut, Verdict::OptOut) | (State::OptedIn, Verdict::OptIn) => Reply::Told,
        _ => Reply::None,
    };
    let gate = Gate {
        contact: ContactId::from_uuid(uuid_v7(NOW, [0; 10])),
        consent_version: 1,
        state: to,
        native_stop: false,
        blocked: false,
        erased: false,
        invalid: false,
        expires_at: None,
        last_inbound_at: Some(NOW),
        country: None,
        marketing_lately: 0,
    };
    let intent = Intent { kind: MessageKind::Marketing, form: Form::Template, expires_at: None };
    let refusal = match permit::decide(&gate, &intent, &draft.policies.permit(), NOW) {
        permit::Verdict::Send(_) => None,
        permit::Verdict::Skip(reason) | permit::Verdict::Defer { reason, .. } => Some(reason),
    };
    Outcome { finding, from, to, reply, refusal }
}

/// A person who is in this state since before the message.
fn consent_in(state: State) -> Consent {
    let kind = match state {
        State::OptedIn => SignalKind::OptIn,
        State::OptedOut => SignalKind::OptOut,
        State::Held => SignalKind::Hold,
        State::Pending => SignalKind::Start,
        State::Unknown => return Consent::NONE,
    };
    apply(&Consent::NONE, &Signal { kind, source: Source::Operator, occurred_at: BEFORE }).consent
}

/// A step as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What the step is about.
    pub label: &'static str,
    /// What happens in it.
    pub text: String,
    /// The message that is sent in it.
    pub message: Option<String>,
}

/// The outcome as steps, in the order the system takes them.
#[must_use]
pub fn steps(outcome: &Outcome, words: &Words) -> Vec<Step> {
    let lab = &words.settings.lab;
    let step = |label, text| Step { label, text, message: None };
    let normalised = &outcome.finding.normalised;
    let read = if normalised.is_empty() { lab.nothing.to_owned() } else { (lab.compared)(normalised) };
    let word = outcome.finding.matched.as_deref().unwrap_or_default();
    let finding = &outcome.finding;
    let language = finding.language.as_deref().map(|code| words.settings.system.language(code));
    let list = words.settings.system.field(match finding.verdict {
        Verdict::OptIn => Field::OptInKeywords,
        Verdict::Help => Field::HelpKeywords,
        _ => Field::OptOutKeywords,
    });
    let matched = match finding.rule {
        Rule::None => lab.no_match.to_owned(),
        Rule::UsWord => (lab.us_word)(word),
        Rule::Keyword => (lab.keyword)(word, list),
        Rule::ShippedKeyword => (lab.shipped)(word, language.unwrap_or_default()),
        Rule::KeywordAndFiller => (lab.filler)(word),
        Rule::Typo => (lab.typo)(word),
        Rule::Classifier => (lab.classifier)(word),
        Rule::Phrase => (lab.phrase)(word, language.unwrap_or_default()),
        Rule::Ambiguous | Rule::LongText | Rule::StopSign => (lab.ambiguous)(word),
        Rule::Payload | Rule::Answer => word.to_owned(),
    };
    let means = match finding.verdict {
        Verdict::None => lab.ordinary.to_owned(),
        verdict => (lab.means)(words.ui.verdict(verdict), (lab.certainty)(finding.rule.certainty())),
    };
    let flags = [(finding.flags.complaint, lab.complaint), (finding.flags.erasure, lab.erasure)];
    let flags: Vec<&str> = flags.iter().filter(|(raised, _)| *raised).map(|(_, text)| *text).collect();
    let means = if flags.is_empty() { means } else { format!("{means} {}", flags.join(" ")) };
    let (from, to) = (words.ui.state(outcome.from), words.ui.state(outcome.to));
    let consent = if outcome.from == outcome.to { (lab.stays)(to) } else { (lab.becomes)(from, to) };
    let reply = match &outcome.reply {
        Reply::None => step(lab.reply, lab.no_reply.to_owned()),
        Reply::Told => step(lab.reply, lab.no_reply_repeat.to_owned()),
        Reply::Repeat => step(lab.reply, lab.repeat_reply.to_owned()),
        Reply::Message(field, text) => Step {
            label: lab.reply,
            text: (lab.sends)(words.settings.system.field(*field)),
            message: Some(text.clone()),
        },
    };
    let marketing = outcome.refusal.map_or_else(
        || lab.may.to_owned(),
        |reason| (lab.may_not)(&uncapitalised(words.errors.refusal(reason))),
    );
    vec![
        step(lab.read, read),
        step(lab.matched, matched),
        step(lab.meaning, means),
        step(lab.consent, consent),
        reply,
        step(lab.marketing, marketing),
    ]
}

fn uncapitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::ENGLISH;

    fn outcome_with(draft: &Draft, text: &str, state: State, plus_one: bool) -> Outcome {
        let country = if plus_one { PLUS_ONE } else { "GB" };
        let finding = question(draft, text, country).answer();
        run(draft, "Casa Verde", "Maria Silva", finding, state, plus_one)
    }

    fn outcome(text: &str, state: State, plus_one: bool) -> Outcome {
        outcome_with(&Draft::default(), text, state, plus_one)
    }

    #[test]
    fn stop_opts_out_and_is_confirmed_once() {
        let first = outcome("Stop!!", State::OptedIn, false);
        assert_eq!((first.from, first.to), (State::OptedIn, State::OptedOut));
        assert!(
            matches!(&first.reply, Reply::Message(Field::OptOutConfirmation, text) if text.contains("Casa Verde"))
        );
        assert_eq!(first.refusal, Some(Reason::OptedOut));
        assert_eq!(outcome("stop", State::OptedOut, false).reply, Reply::Repeat);
        assert_eq!(outcome("stop", State::OptedOut, true).reply, Reply::Told, "+1 numbers hear it once");
    }

    #[test]
    fn r6_start_brings_back_but_only_asks_a_stranger() {
        assert_eq!(outcome("START", State::OptedOut, false).to, State::OptedIn);
        let stranger = outcome("START", State::Unknown, false);
        assert_eq!(stranger.to, State::Pending);
        assert!(matches!(stranger.reply, Reply::Message(Field::Disclosure, _)));
        let mut draft = Draft::default();
        draft.policies.ask_to_confirm = false;
        assert_eq!(outcome_with(&draft, "start", State::Unknown, false).to, State::OptedIn);
    }

    #[test]
    fn help_is_answered_whatever_was_decided() {
        for state in crate::words::Lab::STATES {
            let help = outcome("help", state, false);
            assert_eq!(help.from, help.to);
            assert!(matches!(help.reply, Reply::Message(Field::HelpAnswer, _)));
        }
    }

    #[test]
    fn the_steps_follow_the_draft_on_the_page() {
        let mut draft = Draft::default();
        draft.opt_out_keywords.push("HASTA LUEGO".to_owned());
        let steps = steps(&outcome_with(&draft, "¡Hasta luego!", State::OptedIn, false), &ENGLISH);
        assert_eq!(steps.len(), 6);
        assert_eq!(steps[1].text, "“hasta luego”, one of your Opt-Out Keywords.");
        assert_eq!(steps[2].text, "Asks to stop (certain).");
        assert_eq!(steps[3].text, "Opted in → Opted out");
        assert!(steps[4].message.is_some());
        assert_eq!(steps[5].text, "No marketing: this person opted out of marketing.");
    }

    #[test]
    fn an_explicit_request_is_explained() {
        let steps = steps(&outcome("please don’t message me anymore", State::OptedIn, false), &ENGLISH);
        assert_eq!(steps[1].text, "“dont message me”, an explicit request in English.");
        assert_eq!(steps[2].text, "Asks to stop (clear).");
    }

    #[test]
    fn r36_unclear_words_are_held_and_not_answered() {
        let held = outcome("not interested", State::OptedIn, false);
        assert_eq!((held.to, &held.reply), (State::Held, &Reply::None));
        assert_eq!(held.refusal, Some(Reason::Held));
    }

    #[test]
    fn an_ordinary_message_changes_nothing() {
        let steps = steps(&outcome("where is the bus stop?", State::OptedIn, false), &ENGLISH);
        assert!(steps[1].text.starts_with("None of your keywords"), "{}", steps[1].text);
        assert_eq!(steps[3].text, "Stays: Opted in.");
        assert_eq!(steps[5].text, "Marketing may be sent.");
    }
}
