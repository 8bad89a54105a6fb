//! What happens elsewhere while a page is open.

use std::time::Duration;

use domain::id::{ContactId, UserId};
use domain::live::LiveEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

/// Events closer together than this make one refetch: a campaign's thousand events must not make a thousand requests.
const GATHER: Duration = Duration::from_millis(250);
/// How long somebody who wrote a letter counts as writing.
const TYPING_LASTS: Duration = Duration::from_secs(5);
/// Half the time before a stream that was refused is asked for again the first time; doubled up to 32 times of it.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// Counters that go up when something changed elsewhere. Make a resource depend on the one it shows:
/// `Resource::new(move || (query.get(), live.contacts.get()), …)`.
#[derive(Clone, Copy, Debug)]
pub struct LiveEvents {
    /// A contact or its consent changed.
    pub contacts: ReadSignal<u32>,
    /// A message came in, went out or got further.
    pub messages: ReadSignal<u32>,
    /// The Opt-In/Out settings were saved.
    pub settings: ReadSignal<u32>,
    /// A campaign was made, changed or got further.
    pub campaigns: ReadSignal<u32>,
    /// Long work on contacts got further.
    pub jobs: ReadSignal<u32>,
    /// A conversation was read, assigned, put aside, or noted on.
    pub conversations: ReadSignal<u32>,
    /// Who is writing an answer to whom; nobody after a while.
    pub typing: ReadSignal<Option<(ContactId, UserId)>>,
}

/// The live events of the signed-in business.
#[must_use]
pub fn use_live() -> LiveEvents {
    use_context::<LiveEvents>().unwrap_or_else(|| LiveEvents {
        contacts: signal(0).0,
        messages: signal(0).0,
        settings: signal(0).0,
        campaigns: signal(0).0,
        jobs: signal(0).0,
        conversations: signal(0).0,
        typing: signal(None).0,
    })
}

#[derive(Clone, Copy, Default)]
struct Changed {
    contacts: bool,
    messages: bool,
    settings: bool,
    campaigns: bool,
    jobs: bool,
    conversations: bool,
}

impl Changed {
    const EVERYTHING: Self = Self {
        contacts: true,
        messages: true,
        settings: true,
        campaigns: true,
        jobs: true,
        conversations: true,
    };
}

/// Listens while the layout is shown, and provides [`LiveEvents`]. The browser reconnects by itself; whatever was missed in
/// between counts as changed.
pub fn provide_live() {
    let (contacts, set_contacts) = signal(0_u32);
    let (messages, set_messages) = signal(0_u32);
    let (settings, set_settings) = signal(0_u32);
    let (campaigns, set_campaigns) = signal(0_u32);
    let (jobs, set_jobs) = signal(0_u32);
    let (conversations, set_conversations) = signal(0_u32);
    let (typing, set_typing) = signal(None);
    provide_context(LiveEvents { contacts, messages, settings, campaigns, jobs, conversations, typing });
    let typed = StoredValue::new(0_u32);
    let note_typing = move |who: (ContactId, UserId)| {
        let turn = typed.try_update_value(|typed| {
            *typed = typed.wrapping_add(1);
            *typed
        });
        set_typing.try_set(Some(who));
        // Without a timer the line stays until the next one: no worse than a colleague who hesitates.
        let _ = set_timeout(
            move || {
                if typed.try_get_value() == turn {
                    set_typing.try_set(None);
                }
            },
            TYPING_LASTS,
        );
    };

    let waiting = StoredValue::new(None::<Changed>);
    let tell = move || {
        let Some(changed) = waiting.try_update_value(Option::take).flatten() else { return };
        let bump = |version: &mut u32| *version = version.wrapping_add(1);
        if changed.contacts {
            set_contacts.try_update(bump);
        }
        if changed.messages {
            set_messages.try_update(bump);
        }
        if changed.settings {
            set_settings.try_update(bump);
        }
        if changed.campaigns {
            set_campaigns.try_update(bump);
        }
        if changed.jobs {
            set_jobs.try_update(bump);
        }
        if changed.conversations {
            set_conversations.try_update(bump);
        }
    };
    let note = move |change: Changed| {
        let first = waiting.try_update_value(|waiting| {
            let first = waiting.is_none();
            let known = waiting.get_or_insert_default();
            known.contacts |= change.contacts;
            known.messages |= change.messages;
            known.settings |= change.settings;
            known.campaigns |= change.campaigns;
            known.jobs |= change.jobs;
            known.conversations |= change.conversations;
            first
        });
        if first == Some(true) && set_timeout(tell, GATHER).is_err() {
            tell();
        }
    };

    // In the browser alone: a stream may not leave the thread it was opened on.
    Effect::new(move |_| {
        let opened = StoredValue::new(false);
        let source = StoredValue::new_local(None::<Stream>);
        let failures = StoredValue::new(0_u32);
        let on_message = move |message: MessageEvent| {
            let Some(data) = message.data().as_string() else { return };
            // An event of a newer server than this page is one we do not know: read everything again.
            note(match serde_json::from_str(&data).unwrap_or(LiveEvent::Lagged) {
                LiveEvent::ContactChanged { .. } => Changed { contacts: true, ..Changed::default() },
                LiveEvent::MessageChanged { .. } => Changed { messages: true, ..Changed::default() },
                LiveEvent::SettingsSaved { .. } => Changed { settings: true, ..Changed::default() },
                LiveEvent::CampaignChanged { .. } => Changed { campaigns: true, ..Changed::default() },
                LiveEvent::JobChanged { .. } => Changed { jobs: true, ..Changed::default() },
                LiveEvent::ConversationChanged { .. } => {
                    Changed { conversations: true, ..Changed::default() }
                }
                LiveEvent::Typing { contact, user } => {
                    note_typing((contact, user));
                    return;
                }
                LiveEvent::Lagged => Changed::EVERYTHING,
            });
        };
        let on_open = move || {
            failures.try_set_value(0);
            if opened.try_update_value(|opened| std::mem::replace(opened, true)) == Some(true) {
                note(Changed::EVERYTHING);
            }
        };
        // The browser reconnects after a broken stream, but gives up for good on an answer that is none: a proxy's 502 while the
        // server restarts, a 503 while the database is away. So the stream is opened again, ever more slowly.
        let attempt = RwSignal::new(0_u32);
        let on_error = move || {
            let given_up = source.try_with_value(|source| {
                source.as_ref().is_some_and(|stream| stream.source.ready_state() == EventSource::CLOSED)
            });
            if given_up == Some(true) {
                let failed = failures
                    .try_update_value(|failures| {
                        *failures += 1;
                        *failures
                    })
                    .unwrap_or(1);
                let wait = FIRST_WAIT.saturating_mul(1 << failed.min(5));
                // Without a timer the page is no worse off than before.
                let _ = set_timeout(
                    move || {
                        attempt.try_update(|attempt| *attempt += 1);
                    },
                    wait,
                );
            }
        };
        Effect::new(move |_| {
            attempt.track();
            source.try_set_value(Stream::open(on_message, on_open, on_error));
            on_cleanup(move || {
                source.try_set_value(None);
            });
        });
    });
}

/// An open stream with what listens to it; closed when dropped.
struct Stream {
    source: EventSource,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_open: Closure<dyn Fn()>,
    _on_error: Closure<dyn Fn()>,
}

impl Stream {
    fn open(
        on_message: impl Fn(MessageEvent) + 'static,
        on_open: impl Fn() + 'static,
        on_error: impl Fn() + 'static,
    ) -> Option<Self> {
        let source = EventSource::new("/events").ok()?;
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(on_message);
        let on_open = Closure::<dyn Fn()>::new(on_open);
        let on_error = Closure::<dyn Fn()>::new(on_error);
        source.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        source.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Some(Self { source, _on_message: on_message, _on_open: on_open, _on_error: on_error })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.set_onmessage(None);
        self.source.set_onopen(None);
        self.source.set_onerror(None);
        self.source.close();
    }
}
