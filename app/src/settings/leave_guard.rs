//! Asks before unsaved changes are left behind.

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use leptos::web_sys::{Element, MouseEvent};

/// While `unsaved` holds, closing the window and following a link inside the application ask first.
///
/// The router follows links from a listener of its own, so this one listens while the click is still on its way down. The signal
/// answers whether somebody agreed to leave the changes behind.
pub fn guard(unsaved: Signal<bool>, question: &'static str) -> ReadSignal<bool> {
    let (discarded, set_discarded) = signal(false);
    Effect::new(move |_| {
        let handle = window_event_listener(ev::beforeunload, move |event| {
            if unsaved.try_get_untracked() == Some(true) {
                event.prevent_default();
                event.set_return_value(question);
            }
        });
        let on_click = Closure::<dyn Fn(MouseEvent)>::new(move |event: MouseEvent| {
            if unsaved.try_get_untracked() != Some(true) || !leaves(&event) {
                return;
            }
            if window().confirm_with_message(question).unwrap_or(true) {
                set_discarded.try_set(true);
            } else {
                event.prevent_default();
                event.stop_propagation();
            }
        });
        let listener = on_click.as_ref().unchecked_ref();
        if window().add_event_listener_with_callback_and_bool("click", listener, true).is_err() {
            // Leaving without a question is no worse than any other page.
            return;
        }
        let held = StoredValue::new_local(on_click);
        on_cleanup(move || {
            handle.remove();
            held.try_with_value(|on_click| {
                let listener = on_click.as_ref().unchecked_ref();
                window().remove_event_listener_with_callback_and_bool("click", listener, true)
            });
        });
    });
    discarded
}

/// Whether the click follows a link to another page in this window.
fn leaves(event: &MouseEvent) -> bool {
    if event.button() != 0 || event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key() {
        return false;
    }
    let link = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .and_then(|element| element.closest("a[href]").ok().flatten());
    let Some(link) = link.filter(|link| !link.has_attribute("target") && !link.has_attribute("download"))
    else {
        return false;
    };
    let here = window().location().pathname().unwrap_or_default();
    link.get_attribute("href")
        .is_some_and(|href| !href.starts_with('#') && href.split(['?', '#']).next() != Some(here.as_str()))
}
