//! Whether single keys, such as `/`, do something. Speech input and unsteady hands press keys that nobody meant, so they can be
//! turned off (WCAG 2.1.4).

use leptos::prelude::*;
use leptos::server;
use leptos::wasm_bindgen::JsValue;

use crate::error::AppError;
use crate::ui::{SwitchButton, use_toasts};
use crate::words::use_words;

/// The name of the cookie, and its value when they are off.
pub(crate) const COOKIE: &str = "single-keys";
pub(crate) const OFF: &str = "off";

/// Remembers in a cookie whether they do. Answers with what is remembered.
#[server]
pub async fn set_single_keys(on: bool) -> Result<bool, AppError> {
    crate::ssr::set_single_keys(on).await
}

/// The keys of the application, provided by its frame.
#[derive(Clone, Copy, Debug)]
pub struct SingleKeys {
    /// Whether they do something.
    pub on: RwSignal<bool>,
    /// Whether their list is open.
    pub listed: RwSignal<bool>,
}

impl SingleKeys {
    /// Makes them and puts them in the context. Only the program in the page listens to keys, so it is the one that reads the
    /// cookie, before it hears the first.
    #[must_use]
    pub fn provide() -> Self {
        let keys = Self { on: RwSignal::new(true), listed: RwSignal::new(false) };
        provide_context(keys);
        Effect::new(move |_| {
            // The property that every document has; the type with a method for it would have to be made for this alone.
            let cookies = js_sys::Reflect::get(&document(), &JsValue::from_str("cookie"));
            let cookies = cookies.ok().and_then(|cookies| cookies.as_string()).unwrap_or_default();
            keys.on.set(are_on(&cookies));
        });
        keys
    }
}

/// The keys, where there are any.
#[must_use]
pub fn use_single_keys() -> Option<SingleKeys> {
    use_context::<SingleKeys>()
}

fn are_on(cookies: &str) -> bool {
    !cookies.split(';').any(|pair| pair.trim().split_once('=') == Some((COOKIE, OFF)))
}

/// The switch, for the list of keys.
#[component]
pub fn SingleKeysSwitch(
    /// What it switches.
    keys: SingleKeys,
) -> impl IntoView {
    let words = use_words();
    let toasts = use_toasts();
    let set = ServerAction::<SetSingleKeys>::new();
    let (value, version) = (set.value(), set.version());
    Effect::new(move |_| {
        // What an address claims about an earlier form is not news.
        if version.get() == 0 {
            return;
        }
        match value.get() {
            Some(Ok(on)) => keys.on.set(on),
            Some(Err(error)) => {
                toasts.error(format!("{}. {}", words.errors.title(&error), words.errors.remedy(&error)));
            }
            None => {}
        }
    });
    view! {
        <div class="stack" data-gap="small">
            <div class="cluster" data-align="between">
                <span>{words.shell.single_keys}</span>
                <ActionForm action=set attr:class="switch-form">
                    <input type="hidden" name="on" value=move || (!keys.on.get()).to_string()/>
                    <SwitchButton label=words.shell.single_keys checked=keys.on pending=set.pending()/>
                </ActionForm>
            </div>
            <p class="muted small">{words.shell.single_keys_text}</p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::are_on;

    #[test]
    fn single_keys_are_on_until_they_are_turned_off() {
        assert!(are_on(""));
        assert!(are_on("theme=dark; session=off"));
        assert!(are_on("single-keys=on"));
        assert!(!are_on("theme=dark; single-keys=off"));
    }
}
