use domain::consent::State;
use domain::contact::Contact;
use domain::role::Right;
use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::SetChoice;
use super::not_recorded::not_recorded;
use super::opt_in::Asking;
use crate::ui::{SwitchButton, use_toasts};
use crate::visit::may;
use crate::words::use_words;

/// Counts changes recorded from this page, so that its resources read again without waiting for the live event.
#[derive(Clone, Copy, Debug)]
pub struct Refresh(pub RwSignal<u32>);

impl Refresh {
    /// Makes one and puts it in the context.
    #[must_use]
    pub fn provide() -> Self {
        let refresh = Self(RwSignal::new(0));
        provide_context(refresh);
        refresh
    }

    /// Reads again.
    pub fn bump(self) {
        self.0.try_update(|version| *version = version.wrapping_add(1));
    }
}

/// The consent switch of one person. Off is immediate; on first asks how the person agreed, in a dialog, or on a page of its
/// own without JavaScript.
///
/// One form for both, so that the button stays the same element, and keeps the focus, whatever it switches. It says what is
/// wanted (`opted_out`), never "the other one", and while that is under way it cannot be submitted again.
#[component]
pub fn ConsentToggle(
    /// The person, as last read.
    #[prop(into)]
    contact: Signal<Contact>,
) -> impl IntoView {
    let words = use_words();
    let toasts = use_toasts();
    let refresh = use_context::<Refresh>();
    let asking = use_context::<Asking>();
    let record = ServerAction::<SetChoice>::new();
    let (value, version, pending) = (record.value(), record.version(), record.pending());
    let id = contact.read_untracked().id;
    let label = Signal::derive(move || (words.consent.switch)(&contact.read().label()));
    // What was answered here counts until the person is read again: whatever is newer than the answer is in there.
    let answered = RwSignal::new(None::<(i64, State)>);
    let on = Memo::new(move |_| {
        let contact = contact.read();
        let state = match answered.get() {
            Some((version, state)) if version == contact.version => state,
            _ => contact.state,
        };
        state == State::OptedIn
    });
    Effect::new(move |_| {
        // What an address claims about an earlier form is not news.
        if version.get() == 0 {
            return;
        }
        match value.get() {
            Some(Ok(state)) => {
                let (version, name) = contact.with_untracked(|contact| (contact.version, contact.label()));
                answered.set(Some((version, state)));
                toasts.success((words.contacts.turned_off)(&name));
                if let Some(refresh) = refresh {
                    refresh.bump();
                }
            }
            Some(Err(error)) => toasts.error(not_recorded(&error, words)),
            None => {}
        }
    });
    let form = NodeRef::<html::Form>::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        if on.get_untracked() {
            event.prevent_default();
            if !pending.get_untracked() {
                record.dispatch(SetChoice { contact: id, choice: State::OptedOut.as_str().to_owned() });
            }
        } else if let Some(asking) = asking {
            event.prevent_default();
            if !pending.get_untracked() {
                asking.ask(contact.get_untracked());
            }
        }
    };
    view! {
        <form
            class="switch-form"
            node_ref=form
            method=move || if on.get() { "post" } else { "get" }
            action=move || if on.get() { SetChoice::url().to_owned() } else { format!("/contacts/{id}/opt-in") }
            on:submit=submit
        >
            <input type="hidden" name="contact" value=id.to_string() disabled=move || !on.get()/>
            <input type="hidden" name="choice" value=State::OptedOut.as_str() disabled=move || !on.get()/>
            <SwitchButton
                label
                checked=on
                pending
                disabled=!may(Right::WriteConsent)
                on=words.consent.on
                off=words.consent.off
            />
        </form>
    }
}
