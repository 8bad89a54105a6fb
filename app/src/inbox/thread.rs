use domain::conversation::{Conversation, Entry, Status, TeamKind, What};
use domain::id::{ContactId, UserId};
use domain::inbound::Delivery as Reached;
use domain::outbound::SendState;
use domain::role::Right;
use domain::time::{Span, Timestamp};
use domain::window;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

use super::api::{Colleague, StepConversation, ThreadDetail};
use super::content::{Content, media_path};
use super::list::Listing;
use crate::auth::percent_encoded;
use crate::contacts::{explanation, moment};
use crate::live::use_live;
use crate::ui::{
    Badge, Button, ConsentBadge, Glyph, Icon, Menu, MenuItem, Press, Size, TimeAgo, Tone, Variant, use_toasts,
};
use crate::visit::may;
use crate::words::{Words, use_words};

/// What was said with a person, and where the conversation stands.
#[component]
pub(super) fn Thread(
    detail: ThreadDetail,
    listing: Listing,
    before: Option<String>,
    /// The last entry that was shown: goes along with an answer.
    seen: RwSignal<String>,
    /// Bumped when the window opens or closes.
    again: RwSignal<u32>,
) -> impl IntoView {
    let words = use_words();
    let text = &words.inbox;
    let ThreadDetail { contact, conversation, entries, earlier, decided, colleagues, me, now } = detail;
    let name = contact.label();
    let is_open = window::is_open(contact.last_inbound_at, now);
    if before.is_none()
        && let Some(last) = entries.last()
    {
        let last = last.id.to_string();
        Effect::new(move |_| seen.set(last.clone()));
    }
    Effect::new(move |known: Option<bool>| {
        if known.is_some_and(|known| known != is_open) {
            again.update(|again| *again += 1);
        }
        is_open
    });
    let clock = window::closes_at(contact.last_inbound_at).filter(|_| is_open).map_or_else(
        || text.window_closed.to_owned(),
        |closes| {
            let minutes = (closes - now).micros() / Span::seconds(60).micros();
            (text.window_open)(minutes / 60, minutes % 60)
        },
    );
    let sentence = explanation(&contact, &decided, words);
    let path = listing.path(&contact.id.to_string());
    let earlier = earlier.map(|before| {
        let href = format!("{path}&before={}", percent_encoded(&before.to_string()));
        view! { <a class="thread-turn" href=href>{text.earlier}</a> }
    });
    let newest = before.map(|_| view! { <a class="thread-turn" href=path.clone()>{text.newest}</a> });
    let items = entries
        .into_iter()
        .map(|entry| view! { <Line contact=contact.id entry now colleagues=colleagues.clone()/> })
        .collect_view();
    let silent = contact.last_inbound_at.is_none() && conversation.is_none();
    let view = listing.view.as_str();
    view! {
        <Title text=name.clone()/>
        <header class="thread-head">
            <a class="thread-back" href=listing.path("")><Icon glyph=Glyph::ArrowBack/>{text.back}</a>
            <div class="thread-who">
                <h1 tabindex="-1">{name.clone()}</h1>
                <div class="cluster">
                    <ConsentBadge state=contact.state/>
                    <Badge tone=if is_open { Tone::Info } else { Tone::Neutral } glyph=Glyph::Pending>{clock}</Badge>
                    <a class="small" href=format!("/contacts/{}", contact.id)>{text.open_contact}</a>
                </div>
                <p class="muted small">{sentence}</p>
            </div>
            {conversation.filter(|_| may(Right::SendMessages)).map(|conversation| view! {
                <Steps contact=contact.id conversation colleagues=colleagues.clone() me view/>
            })}
        </header>
        <div class="thread-scroll" role="region" tabindex="0" aria-label=(text.thread)(&name)>
            <div class="thread-inner">
                {earlier}
                {silent.then(|| view! { <p class="muted thread-silent">{text.silent}</p> })}
                <ol class="thread">{items}</ol>
                {newest}
                <WhoWrites contact=contact.id colleagues me/>
            </div>
        </div>
    }
}

/// A colleague is writing an answer at this moment.
#[component]
fn WhoWrites(contact: ContactId, colleagues: Vec<Colleague>, me: Option<UserId>) -> impl IntoView {
    let words = use_words();
    let live = use_live();
    let writes = move || {
        let (who, _) = live.typing.get().filter(|(with, _)| *with == contact).map(|(_, who)| (who, ()))?;
        let colleague = colleagues.iter().find(|one| one.id == who && Some(one.id) != me)?;
        Some((words.inbox.typing)(&colleague.email))
    };
    view! { <p class="thread-typing muted small" role="status">{writes}</p> }
}

/// What colleagues do with a conversation.
#[component]
fn Steps(
    contact: ContactId,
    conversation: Conversation,
    colleagues: Vec<Colleague>,
    me: Option<UserId>,
    view: &'static str,
) -> impl IntoView {
    let words = use_words();
    let text = &words.inbox;
    let step = ServerAction::<StepConversation>::new();
    let (value, version) = (step.value(), step.version());
    let toasts = use_toasts();
    Effect::new(move |_| {
        if version.get() > 0
            && let Some(Err(error)) = value.get()
        {
            toasts.error(format!("{}. {}", words.errors.title(&error), words.errors.remedy(&error)));
        }
    });
    let unread = conversation.unread > 0;
    // Whoever sees the messages has read them. Without the program a button says so: looking at a page changes nothing.
    Effect::new(move |_| {
        if unread {
            step.dispatch(StepConversation {
                contact,
                step: "read".to_owned(),
                to: String::new(),
                view: view.to_owned(),
            });
        }
    });
    let hidden = move |name: &'static str| {
        view! {
            <input type="hidden" name="contact" value=contact.to_string()/>
            <input type="hidden" name="view" value=view/>
            <input type="hidden" name="step" value=name/>
        }
    };
    let options = colleagues
        .into_iter()
        .map(|colleague| {
            let chosen = conversation.assignee == Some(colleague.id);
            let label = match me == Some(colleague.id) {
                true => format!("{} {}", colleague.email, text.me),
                false => colleague.email,
            };
            view! { <option value=colleague.id.to_string() selected=chosen prop:selected=chosen>{label}</option> }
        })
        .collect_view();
    let nobody = conversation.assignee.is_none();
    let (name, label) = match conversation.status {
        Status::Open => ("resolve", text.resolve),
        Status::Snoozed | Status::Resolved => ("reopen", text.reopen),
    };
    let snoozes = text
        .snoozes
        .into_iter()
        .map(|(name, label)| {
            view! {
                <form method="post" action=StepConversation::url()>
                    {hidden(name)}
                    <MenuItem glyph=Glyph::Pending>{label}</MenuItem>
                </form>
            }
        })
        .collect_view();
    let trigger = move || view! { <span>{text.snooze}</span> <Icon glyph=Glyph::ChevronDown/> };
    view! {
        <div class="cluster thread-steps">
            <ActionForm action=step>
                {hidden("assign")}
                <span class="cluster">
                    <label class="small muted" for="assignee">{text.assignee}</label>
                    <span class="select">
                        <select class="field-control" id="assignee" name="to">
                            <option value="" selected=nobody prop:selected=nobody>{text.nobody}</option>
                            {options}
                        </select>
                        <Icon glyph=Glyph::ChevronDown/>
                    </span>
                    <Button press=Press::Submit size=Size::Small>{text.assign}</Button>
                </span>
            </ActionForm>
            <Menu id="snooze" label=text.snooze trigger=ViewFnOnce::from(trigger)>{snoozes}</Menu>
            <ActionForm action=step>
                {hidden(name)}
                <Button press=Press::Submit size=Size::Small>{label}</Button>
            </ActionForm>
            {unread.then(|| view! {
                <noscript>
                    <form method="post" action=StepConversation::url()>
                        {hidden("read")}
                        <Button press=Press::Submit size=Size::Small variant=Variant::Quiet>{text.mark_read}</Button>
                    </form>
                </noscript>
            })}
        </div>
    }
}

/// Who did something, as colleagues know each other.
fn called(by: Option<UserId>, colleagues: &[Colleague], words: &Words) -> String {
    by.and_then(|by| colleagues.iter().find(|one| one.id == by))
        .map_or_else(|| words.inbox.automatic.to_owned(), |one| one.email.clone())
}

#[component]
fn Line(contact: ContactId, entry: Entry, now: Timestamp, colleagues: Vec<Colleague>) -> impl IntoView {
    let words = use_words();
    let text = &words.inbox;
    let Entry { id, at, what } = entry;
    match what {
        What::Incoming { shown, verdict, quoted } => {
            let verdict = (words.contacts.verdict)(&verdict);

            view! {
                <li class="thread-line" data-way="in">
                    <div class="thread-bubble">
                        {quoted.map(|quoted| view! {
                            <p class="thread-quoted"><span class="visually-hidden">{text.quoted} " "</span>{quoted}</p>
                        })}
                        <Content shown file=media_path(contact, id)/>
                    </div>
                    <p class="thread-foot">
                        <TimeAgo at now/>
                        {verdict.map(|verdict| view! { <Badge tone=Tone::Info>{verdict}</Badge> })}
                    </p>
                </li>
            }
            .into_any()
        }
        What::Outgoing { text: said, template, kind, state, delivery, reason, error_code, by } => {
            let failed =
                matches!(state, SendState::Skipped | SendState::Failed) || delivery == Some(Reached::Failed);
            let fate = match (reason, error_code) {
                (Some(reason), _) => words.errors.refusal(reason).to_owned(),
                (None, Some(code)) if failed => (words.contacts.error_code)(code),
                _ if state == SendState::Unknown => words.contacts.unknown_outcome.to_owned(),
                _ => words.ui.delivery(crate::contacts::shown_delivery(state, delivery)).to_owned(),
            };
            let ticks = match delivery {
                Some(Reached::Read | Reached::Played) => Some((Glyph::DoubleCheck, "read")),
                Some(Reached::Delivered) => Some((Glyph::DoubleCheck, "delivered")),
                _ if failed => Some((Glyph::Error, "failed")),
                Some(_) => Some((Glyph::Check, "sent")),
                None if state == SendState::Sent => Some((Glyph::Check, "sent")),
                None => Some((Glyph::Pending, "waiting")),
            };
            let who = called(by, &colleagues, words);
            view! {
                <li class="thread-line" data-way="out" data-failed=failed.then_some("")>
                    <div class="thread-bubble"><p class="thread-text">{said}</p></div>
                    <p class="thread-foot">
                        <span>{who}</span>
                        {template.then(|| view! { <span>{text.by_template} " · " {words.consent.kind(kind)}</span> })}
                        <TimeAgo at now/>
                        <span class="thread-fate" data-fate=ticks.map(|(_, fate)| fate)>
                            {ticks.map(|(glyph, _)| view! { <Icon glyph/> })}
                            {fate}
                        </span>
                    </p>
                </li>
            }
            .into_any()
        }
        What::Team { kind, body, by } => {
            let who = called(by, &colleagues, words);
            let what = match kind {
                TeamKind::Assigned => called(body.parse().ok(), &colleagues, words),
                TeamKind::Snoozed => body
                    .parse()
                    .map(|micros| moment(Timestamp::from_micros(micros), words))
                    .unwrap_or_default(),
                _ => String::new(),
            };
            let note = matches!(kind, TeamKind::Note | TeamKind::Overridden).then_some(body);
            view! {
                <li class="thread-line" data-way="team">
                    <p class="thread-team">
                        {(text.team)(kind, &who, &what)} " · " <TimeAgo at now/>
                    </p>
                    {note.map(|note| view! { <p class="thread-note">{note}</p> })}
                </li>
            }
            .into_any()
        }
    }
}
