//! Sentences that say why somebody is in the state they are in.

use domain::consent::{Source, State};
use domain::contact::{Actor, ConsentEvent, Contact};
use domain::time::Timestamp;

use crate::ui::date;
use crate::words::Words;

/// "12 Nov 2026, 14:03 UTC": to the minute, for sentences.
#[must_use]
pub fn moment(at: Timestamp, words: &Words) -> String {
    let (.., hour, minute, _) = at.civil();
    format!("{}, {hour:02}:{minute:02} UTC", date(at, words))
}

/// The event a contact's state rests on: the newest that led to it, at the time it holds since if there is one.
#[must_use]
pub fn deciding<'a>(contact: &Contact, events: &'a [ConsentEvent]) -> Option<&'a ConsentEvent> {
    let mut led_here = events.iter().filter(|event| event.to == contact.state);
    let first = led_here.clone().next();
    led_here.find(|event| Some(event.occurred_at) == contact.since).or(first)
}

/// How an event came: "by writing “STOP”", "on paper, recorded by owner@shop.test,".
#[must_use]
pub fn how(event: &ConsentEvent, words: &Words) -> String {
    let said = event.evidence.as_ref().and_then(|evidence| evidence.words.as_deref()).map(shortened);
    match (event.source, said) {
        (Source::Keyword, Some(said)) => (words.consent.by_writing)(&said),
        (Source::Button, Some(said)) => (words.consent.by_tapping)(&said),
        (source, _) if source.is_the_person() && source != Source::WebForm => {
            words.consent.by_source(source).to_owned()
        }
        (source @ (Source::Merge | Source::NumberChange), _) => words.consent.by_source(source).to_owned(),
        // That the software wrote it down says nothing about who agreed with whom.
        (source, _) if matches!(event.actor, Actor::Person | Actor::System) => {
            words.consent.by_source(source).to_owned()
        }
        (source, _) => {
            (words.consent.recorded_by)(words.consent.by_source(source), &words.consent.actor(&event.actor))
        }
    }
}

/// Why the contact is in its state, in one sentence.
#[must_use]
pub fn explanation(contact: &Contact, events: &[ConsentEvent], words: &Words) -> String {
    let event = deciding(contact, events);
    let at = event.map(|event| event.occurred_at).or(contact.since);
    let Some(at) = at.filter(|_| contact.state != State::Unknown) else {
        return (words.consent.never_asked)(&contact.label());
    };
    let how = match (event, contact.source) {
        (Some(event), _) => how(event, words),
        (None, Some(source)) => words.consent.by_source(source).to_owned(),
        (None, None) => words.consent.the_system.to_owned(),
    };
    let when = moment(at, words);
    let sentence = match contact.state {
        State::OptedOut => (words.consent.opted_out)(&how, &when),
        State::OptedIn => (words.consent.opted_in)(&how, &when),
        State::Held => (words.consent.held)(&how, &when),
        State::Pending | State::Unknown => return (words.consent.asked)(&how, &when),
    };
    match event.and_then(|event| event.rule.as_deref()) {
        Some(rule) => format!("{sentence} — {}", (words.consent.rule)(rule, None)),
        None => format!("{sentence}."),
    }
}

/// For a list, where events are not at hand: "by keyword on WhatsApp".
#[must_use]
pub fn opted_out_before(contact: &Contact, words: &Words) -> Option<String> {
    let (since, source) = (contact.since?, contact.source?);
    (contact.state == State::OptedOut && source.is_the_person())
        .then(|| (words.consent.opted_out)(words.consent.by_source(source), &moment(since, words)))
}

/// The first words of a long message.
fn shortened(text: &str) -> String {
    const SHOWN: usize = 60;
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    let start: String = text.chars().take(SHOWN).collect();
    format!("{}…", start.trim_end())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::words::ENGLISH;
    use domain::consent::SignalKind;
    use domain::contact::Evidence;
    use domain::id::{ContactId, EventId, UserId, uuid_v7};

    const AT: Timestamp = Timestamp::from_seconds(1_794_492_202);

    pub(crate) fn contact(state: State, source: Option<Source>) -> Contact {
        Contact {
            id: ContactId::from_uuid(uuid_v7(AT, [1; 10])),
            phone: domain::phone::Phone::from_e164("+5511912345678").ok(),
            user_id: None,
            name: Some("Maria".to_owned()),
            country: Some("BR".to_owned()),
            state,
            since: source.map(|_| AT),
            source,
            version: 1,
            native_stop: false,
            blocked: false,
            erased: false,
            invalid: false,
            expires_at: None,
            tags: vec!["vip".to_owned()],
            details: domain::contact::Details::NONE,
            last_inbound_at: Some(AT),
            created_at: AT,
        }
    }

    pub(crate) fn event(
        to: State,
        source: Source,
        words: Option<&str>,
        rule: Option<&str>,
        actor: Actor,
    ) -> ConsentEvent {
        ConsentEvent {
            id: EventId::from_uuid(uuid_v7(AT, [2; 10])),
            seq: 7,
            contact: ContactId::from_uuid(uuid_v7(AT, [1; 10])),
            version: 1,
            kind: SignalKind::OptOut,
            source,
            from: State::OptedIn,
            to,
            occurred_at: AT,
            recorded_at: AT,
            actor,
            settings_version: 1,
            rule: rule.map(str::to_owned),
            matched: None,
            wording: None,
            evidence: Some(Evidence { words: words.map(str::to_owned), ..Evidence::default() }),
            hash: "ab".repeat(32),
        }
    }

    #[test]
    fn a_stop_is_explained_with_the_words_the_time_and_the_rule() {
        let stop = event(State::OptedOut, Source::Keyword, Some("STOP"), Some("keyword"), Actor::Person);
        assert_eq!(
            explanation(&contact(State::OptedOut, Some(Source::Keyword)), &[stop], &ENGLISH),
            "Opted out by writing “STOP” on 12 Nov 2026, 14:03 UTC — rule: keyword"
        );
    }

    #[test]
    fn a_recorded_opt_in_names_the_channel_and_who_recorded_it() {
        let user = UserId::from_uuid(uuid_v7(AT, [3; 10]));
        let actor = Actor::User { id: user, email: Some("owner@shop.test".to_owned()) };
        let paper = event(State::OptedIn, Source::Paper, None, None, actor);
        assert_eq!(
            explanation(&contact(State::OptedIn, Some(Source::Paper)), &[paper], &ENGLISH),
            "Opted in on paper, recorded by owner@shop.test, on 12 Nov 2026, 14:03 UTC."
        );
    }

    #[test]
    fn the_software_is_not_named_as_the_one_who_recorded_an_agreement() {
        let paper = event(State::OptedIn, Source::Paper, None, None, Actor::System);
        assert_eq!(
            explanation(&contact(State::OptedIn, Some(Source::Paper)), &[paper], &ENGLISH),
            "Opted in on paper on 12 Nov 2026, 14:03 UTC."
        );
    }

    #[test]
    fn erased_words_leave_the_channel() {
        let mut stop = event(State::OptedOut, Source::Keyword, None, Some("keyword"), Actor::Person);
        stop.evidence = None;
        assert_eq!(
            explanation(&contact(State::OptedOut, Some(Source::Keyword)), &[stop], &ENGLISH),
            "Opted out by keyword on WhatsApp on 12 Nov 2026, 14:03 UTC — rule: keyword"
        );
    }

    #[test]
    fn nobody_is_said_to_have_decided_what_they_have_not() {
        let text = explanation(&contact(State::Unknown, None), &[], &ENGLISH);
        assert!(text.starts_with("Nobody has asked Maria"), "{text}");
    }

    #[test]
    fn only_a_persons_own_opt_out_is_held_against_an_opt_in() {
        assert!(opted_out_before(&contact(State::OptedOut, Some(Source::Keyword)), &ENGLISH).is_some());
        assert_eq!(opted_out_before(&contact(State::OptedOut, Some(Source::Operator)), &ENGLISH), None);
        assert_eq!(opted_out_before(&contact(State::OptedIn, Some(Source::Keyword)), &ENGLISH), None);
    }
}
