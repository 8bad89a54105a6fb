use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement, KeyboardEvent};

use super::dialog::Dialog;
use super::keys::Key;
use crate::single_keys::{SingleKeys, SingleKeysSwitch};
use crate::words::use_words;

/// How long after `g` the second key counts.
const PATIENCE: Duration = Duration::from_millis(1_200);

/// Where `g` and a letter lead.
const PLACES: [(&str, &str); 8] = [
    ("o", "/"),
    ("i", "/inbox"),
    ("c", "/contacts"),
    ("a", "/campaigns"),
    ("d", "/decisions"),
    ("l", "/ledger"),
    ("s", "/settings"),
    ("m", "/simulator"),
];

/// The keys of the application: `/` to the search, `g` and a letter to a place, `?` for the list of keys.
///
/// Keys with modifiers belong to the browser, and nothing happens while somebody types or a dialog is open, or when the keys are
/// turned off: the account menu opens the list then.
#[component]
pub fn KeyboardShortcuts(
    /// Whether there is a simulator to go to.
    demo: bool,
    /// Whether they do something, and their list.
    keys: SingleKeys,
) -> impl IntoView {
    let words = use_words();
    let going = RwSignal::new(false);
    Effect::new(move |_| {
        let handle = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
            if !keys.on.get_untracked()
                || event.ctrl_key()
                || event.meta_key()
                || event.alt_key()
                || event.default_prevented()
                || is_taken(&event)
            {
                return;
            }
            let key = event.key();
            if going.get_untracked() {
                going.set(false);
                let place = PLACES.iter().find(|(letter, _)| *letter == key && (demo || key != "m"));
                if let Some((_, path)) = place {
                    event.prevent_default();
                    follow(path);
                }
                return;
            }
            match key.as_str() {
                "/" => {
                    if let Some(search) = document().query_selector("[data-search]").ok().flatten() {
                        event.prevent_default();
                        let _ = search.unchecked_ref::<HtmlElement>().focus();
                    }
                }
                "g" => {
                    going.set(true);
                    let _ = set_timeout(
                        move || {
                            going.try_set(false);
                        },
                        PATIENCE,
                    );
                }
                "?" => keys.listed.set(true),
                _ => {}
            }
        });
        on_cleanup(move || handle.remove());
    });
    let names = words.shell.shortcuts;
    let places = PLACES
        .iter()
        .zip(names)
        .filter(|((letter, _), _)| demo || *letter != "m")
        .map(|((letter, _), name)| {
            view! {
                <dt><Key>"g"</Key><Key>{*letter}</Key><span class="visually-hidden">{format!("g {letter}")}</span></dt>
                <dd>{name}</dd>
            }
        })
        .collect_view();
    view! {
        <Dialog id="keys" title=words.shell.keys open=keys.listed>
            <dl class="keys">
                <dt><Key>"/"</Key><span class="visually-hidden">"/"</span></dt>
                <dd>{words.shell.key_search}</dd>
                {places}
                <dt><Key>"?"</Key><span class="visually-hidden">"?"</span></dt>
                <dd>{words.shell.key_list}</dd>
            </dl>
            <SingleKeysSwitch keys/>
        </Dialog>
    }
}

/// Goes to a place by its link in the sidebar, so that whatever watches links, such as a form with unsaved changes, is asked.
fn follow(path: &str) {
    if let Some(link) = document().query_selector(&format!(".place[href='{path}']")).ok().flatten() {
        link.unchecked_ref::<HtmlElement>().click();
    }
}

/// Whether the key goes to something that takes keys itself.
fn is_taken(event: &KeyboardEvent) -> bool {
    let typing = event.target().and_then(|target| target.dyn_into::<Element>().ok()).is_some_and(|element| {
        element.closest("input, textarea, select, [contenteditable]").ok().flatten().is_some()
    });
    typing || document().query_selector("dialog[open]").ok().flatten().is_some()
}
