use domain::consent::{Source, State};
use domain::contact::{ConsentEvent, Direction, ThreadMessage};
use domain::inbound::Delivery as Reached;
use domain::outbound::SendState;
use domain::time::Timestamp;
use leptos::prelude::*;

use super::api::THREAD;
use super::explain::how;
use crate::ui::{Badge, Delivery, EmptyState, Glyph, Timeline, TimelineItem, Tone};
use crate::words::{Words, use_words};

/// Something that happened with a person.
#[derive(Clone, Debug, PartialEq)]
enum Entry {
    Event(Box<ConsentEvent>),
    Message(ThreadMessage),
}

impl Entry {
    fn at(&self) -> Timestamp {
        match self {
            Self::Event(event) => event.occurred_at,
            Self::Message(message) => message.at,
        }
    }
}

/// Consent and messages as one list, newest first. At the same moment the decision stands above the message that made it, and
/// below the answer to it.
fn merged(events: Vec<ConsentEvent>, thread: Vec<ThreadMessage>) -> Vec<Entry> {
    let rank = |entry: &Entry| match entry {
        Entry::Message(ThreadMessage { direction: Direction::In { .. }, .. }) => 0,
        Entry::Event(_) => 1,
        Entry::Message(_) => 2,
    };
    let mut entries: Vec<Entry> = events
        .into_iter()
        .rev()
        .map(|event| Entry::Event(Box::new(event)))
        .chain(thread.into_iter().map(Entry::Message))
        .collect();
    entries.sort_by_key(|entry| (entry.at().seconds(), rank(entry)));
    entries.reverse();
    entries
}

/// Everything that happened with a person.
#[component]
pub fn History(
    /// Their consent events, newest first.
    events: Vec<ConsentEvent>,
    /// Messages, oldest first.
    thread: Vec<ThreadMessage>,
    /// There are older messages than these.
    older: bool,
    /// When it was read.
    now: Timestamp,
) -> impl IntoView {
    let words = use_words();
    let entries = merged(events, thread);
    if entries.is_empty() {
        return view! {
            <EmptyState glyph=Glyph::Message title=words.contacts.history text=words.contacts.history_empty/>
        }
        .into_any();
    }
    let items = entries
        .into_iter()
        .map(|entry| match entry {
            Entry::Event(event) => view! { <EventItem event=*event now/> }.into_any(),
            Entry::Message(message) => view! { <MessageItem message now/> }.into_any(),
        })
        .collect_view();
    view! {
        <Timeline label=words.contacts.history>{items}</Timeline>
        {older.then(|| view! { <p class="muted small">{(words.contacts.history_newest)(THREAD)}</p> })}
    }
    .into_any()
}

/// One consent event.
#[component]
pub fn EventItem(
    /// The event.
    event: ConsentEvent,
    /// When it was read.
    now: Timestamp,
) -> impl IntoView {
    let words = use_words();
    let title = event_title(&event, words);
    let said = event.evidence.as_ref().and_then(|evidence| evidence.words.clone());
    let note = event
        .evidence
        .as_ref()
        .and_then(|evidence| evidence.note.clone().or_else(|| evidence.wording.clone()));
    let by_message = matches!(event.source, Source::Keyword | Source::Button);
    let erased = event.evidence.is_none() && by_message;
    let channel = if by_message {
        words.consent.source(event.source).to_owned()
    } else {
        capitalised(&how(&event, words))
    };
    let rule = event.rule.as_deref().map(|rule| (words.consent.rule)(rule, event.matched.as_deref()));
    let version = (words.consent.settings_version)(event.settings_version);
    let facts: Vec<String> =
        [Some(channel.trim_end_matches(',').to_owned()), rule, Some(version)].into_iter().flatten().collect();
    view! {
        <TimelineItem title at=event.occurred_at now state=event.to>
            {said.or(note).map(|text| view! { <q>{text}</q> })}
            {erased.then(|| view! { <p>{words.consent.words_erased}</p> })}
            <p>{facts.join(" · ")}</p>
        </TimelineItem>
    }
}

/// What an event did: the new state, or what was said when the state stayed.
fn event_title(event: &ConsentEvent, words: &Words) -> String {
    if event.from == event.to {
        return words.consent.event(event.kind).to_owned();
    }
    match event.to {
        State::Unknown => words.consent.event(event.kind).to_owned(),
        to => words.ui.state(to).to_owned(),
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[component]
fn MessageItem(message: ThreadMessage, now: Timestamp) -> impl IntoView {
    let words = use_words();
    let ThreadMessage { at, text, direction, .. } = message;
    match direction {
        Direction::In { message_type, verdict } => {
            let text = if text.trim().is_empty() { (words.contacts.no_words)(&message_type) } else { text };
            let verdict = (words.contacts.verdict)(&verdict);
            view! {
                <TimelineItem title=words.contacts.wrote at now glyph=Glyph::Message>
                    <q>{text}</q>
                    {verdict.map(|verdict| view! { <p><Badge tone=Tone::Info>{verdict}</Badge></p> })}
                </TimelineItem>
            }
            .into_any()
        }
        Direction::Out { kind, state, delivery, skip_reason, error_code } => {
            let kind = words.consent.kind(kind);
            let failed =
                matches!(state, SendState::Skipped | SendState::Failed) || delivery == Some(Reached::Failed);
            let title = if failed { (words.contacts.not_sent)(kind) } else { (words.contacts.sent)(kind) };
            let reached = words.ui.delivery(shown_delivery(state, delivery));
            let fate = match (skip_reason, error_code) {
                (Some(reason), _) => words.errors.refusal(reason).to_owned(),
                (None, Some(code)) => (words.contacts.error_code)(code),
                (None, None) if state == SendState::Unknown => words.contacts.unknown_outcome.to_owned(),
                (None, None) => reached.to_owned(),
            };
            let tone = if failed { Tone::Danger } else { Tone::Neutral };
            view! {
                <TimelineItem title at now glyph=if failed { Glyph::Error } else { Glyph::Send }>
                    <q>{text}</q>
                    <p><Badge tone>{fate}</Badge></p>
                </TimelineItem>
            }
            .into_any()
        }
    }
}

/// How far a message got, as the reader sees it.
#[must_use]
pub const fn shown_delivery(state: SendState, delivery: Option<Reached>) -> Delivery {
    match (state, delivery) {
        (_, Some(Reached::Failed)) | (SendState::Failed | SendState::Skipped, _) => Delivery::Failed,
        (_, Some(Reached::Read | Reached::Played)) => Delivery::Read,
        (_, Some(Reached::Delivered)) => Delivery::Delivered,
        (_, Some(_)) | (SendState::Sent | SendState::Unknown, None) => Delivery::Sent,
        (SendState::Pending | SendState::Claimed, None) => Delivery::Waiting,
    }
}
