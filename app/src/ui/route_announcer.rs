use std::time::Duration;

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos_router::hooks::use_location;

/// The heading and the title of the new page are put in place in the ticks after the address changes.
const SETTLED: Duration = Duration::from_millis(80);

/// After navigation without a page load: moves the focus to the heading and reads out the new title.
#[component]
pub fn RouteAnnouncer() -> impl IntoView {
    let path = use_location().pathname;
    let heard = RwSignal::new(String::new());
    let shown = StoredValue::new(path.get_untracked());
    Effect::new(move |_| {
        let now = path.get();
        let before = shown.try_update_value(|shown| std::mem::replace(shown, now.clone()));
        if before.is_some_and(|before| before != now) {
            let announce = move || {
                // While the page still waits for its data there is no heading; its place is the next best.
                let find = |selector| document().query_selector(selector).ok().flatten();
                if let Some(target) = find("h1").or_else(|| find("#main")) {
                    let _ = target.unchecked_ref::<leptos::web_sys::HtmlElement>().focus();
                }
                heard.try_set(document().title());
            };
            // Without a timer the page is going away, and nobody needs the announcement.
            let _ = set_timeout(announce, SETTLED);
        }
    });
    view! { <p class="visually-hidden" aria-live="polite">{heard}</p> }
}
