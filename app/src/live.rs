//! What happens elsewhere while a page is open.

use std::time::Duration;

use domain::live::LiveEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

/// Events closer together than this make one refetch: a campaign's thousand events must not make a thousand requests.
const GATHER: Duration = Duration::from_millis(250);

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
}

/// The live events of the signed-in business.
#[must_use]
pub fn use_live() -> LiveEvents {
    use_context::<LiveEvents>().unwrap_or_else(|| LiveEvents {
        contacts: signal(0).0,
        messages: signal(0).0,
        settings: signal(0).0,
    })
}

#[derive(Clone, Copy, Default)]
struct Changed {
    contacts: bool,
    messages: bool,
    settings: bool,
}

/// Listens while the layout is shown, and provides [`LiveEvents`]. The browser reconnects by itself; whatever was missed in
/// between counts as changed.
pub fn provide_live() {
    let (contacts, set_contacts) = signal(0_u32);
    let (messages, set_messages) = signal(0_u32);
    let (settings, set_settings) = signal(0_u32);
    provide_context(LiveEvents { contacts, messages, settings });

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
    };
    let note = move |change: Changed| {
        let first = waiting.try_update_value(|waiting| {
            let first = waiting.is_none();
            let known = waiting.get_or_insert_default();
            known.contacts |= change.contacts;
            known.messages |= change.messages;
            known.settings |= change.settings;
            first
        });
        if first == Some(true) && set_timeout(tell, GATHER).is_err() {
            tell();
        }
    };

    Effect::new(move |_| {
        let Ok(source) = EventSource::new("/events") else { return };
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| {
            let Some(data) = message.data().as_string() else { return };
            // An event of a newer server than this page is one we do not know: read everything again.
            note(match serde_json::from_str(&data).unwrap_or(LiveEvent::Lagged) {
                LiveEvent::ContactChanged { .. } => Changed { contacts: true, ..Changed::default() },
                LiveEvent::MessageChanged { .. } => Changed { messages: true, ..Changed::default() },
                LiveEvent::SettingsSaved { .. } => Changed { settings: true, ..Changed::default() },
                LiveEvent::Lagged => Changed { contacts: true, messages: true, settings: true },
            });
        });
        let opened = StoredValue::new(false);
        let on_open = Closure::<dyn Fn()>::new(move || {
            if opened.try_update_value(|opened| std::mem::replace(opened, true)) == Some(true) {
                note(Changed { contacts: true, messages: true, settings: true });
            }
        });
        source.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        source.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        let held = StoredValue::new_local((source, on_message, on_open));
        on_cleanup(move || {
            held.try_with_value(|(source, ..)| {
                source.set_onmessage(None);
                source.set_onopen(None);
                source.close();
            });
        });
    });
}
