use std::time::Duration;

use leptos::prelude::*;

use super::button::{IconButton, Size};
use super::icon::{Glyph, Icon};
use crate::words::use_words;

/// How long good news stays. Bad news stays until it is dismissed.
const SHOWN: Duration = Duration::from_secs(6);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Toast {
    id: u32,
    text: String,
    good: bool,
}

/// Short messages about what just happened, from anywhere: `use_toasts().success("Saved")`.
#[derive(Clone, Copy, Debug)]
pub struct Toaster {
    toasts: RwSignal<Vec<Toast>>,
    next: StoredValue<u32>,
}

impl Toaster {
    /// Makes the one toaster of the application; it lives in the context of `App`.
    #[must_use]
    pub fn new() -> Self {
        Self { toasts: RwSignal::new(Vec::new()), next: StoredValue::new(0) }
    }

    /// Says that something worked; it goes away by itself and is read out when the reader pauses.
    pub fn success(&self, text: impl Into<String>) {
        let id = self.push(text.into(), true);
        let toaster = *self;
        // Without a timer the message simply stays until it is dismissed.
        let _ = set_timeout(move || toaster.dismiss(id), SHOWN);
    }

    /// Says that something failed; it stays until dismissed and is read out at once.
    pub fn error(&self, text: impl Into<String>) {
        self.push(text.into(), false);
    }

    fn push(&self, text: String, good: bool) -> u32 {
        let id = self.next.try_get_value().unwrap_or_default();
        self.next.try_update_value(|next| *next += 1);
        self.toasts.try_update(|toasts| toasts.push(Toast { id, text, good }));
        id
    }

    fn dismiss(&self, id: u32) {
        self.toasts.try_update(|toasts| toasts.retain(|toast| toast.id != id));
    }
}

impl Default for Toaster {
    fn default() -> Self {
        Self::new()
    }
}

/// The toaster of the application.
#[must_use]
pub fn use_toasts() -> Toaster {
    use_context::<Toaster>().unwrap_or_default()
}

/// The two live regions, in the page from the start: one polite, one urgent.
#[component]
pub fn Toasts() -> impl IntoView {
    let toaster = use_toasts();
    view! {
        <div class="toasts">
            <div class="toasts-region" role="status"><ToastList toaster good=true/></div>
            <div class="toasts-region" role="alert"><ToastList toaster good=false/></div>
        </div>
    }
}

#[component]
fn ToastList(toaster: Toaster, good: bool) -> impl IntoView {
    let words = use_words();
    let shown =
        move || toaster.toasts.get().into_iter().filter(|toast| toast.good == good).collect::<Vec<_>>();
    view! {
        <For each=shown key=|toast| toast.id let:toast>
            <div class="toast" data-tone=if good { "success" } else { "danger" }>
                <Icon glyph=if good { Glyph::OptedIn } else { Glyph::Error }/>
                <p class="toast-words">{toast.text}</p>
                <IconButton
                    label=words.ui.dismiss
                    glyph=Glyph::Cross
                    size=Size::Small
                    on:click=move |_| toaster.dismiss(toast.id)
                />
            </div>
        </For>
    }
}
