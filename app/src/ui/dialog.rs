use leptos::attr::custom::custom_attribute;
use leptos::html;
use leptos::prelude::*;

use super::button::{IconButton, Press, Size};
use super::icon::Glyph;
use crate::words::use_words;

/// A modal dialog: the native element, so focus is trapped, Escape closes and the page behind is inert without our doing.
///
/// `open` shows and closes it; closing by Escape, by the cross or by a click outside sets `open` to false. A button with
/// `attr:commandfor=id attr:command="show-modal"` also opens it before the page is interactive. Put the form inside and its
/// buttons into `<div class="dialog-actions">`, the safe one first.
#[component]
pub fn Dialog(
    /// Its `id`.
    id: &'static str,
    /// What it asks: "Stop marketing to Maria?".
    #[prop(into)]
    title: Signal<String>,
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    let words = use_words();
    let dialog = NodeRef::<html::Dialog>::new();
    let title_id = format!("{id}-title");
    Effect::new(move || {
        let wanted = open.get();
        let Some(element) = dialog.get() else { return };
        if wanted && !element.open() {
            // Refused only when the element has left the page, and then there is nothing to show.
            let _ = element.show_modal();
        } else if !wanted && element.open() {
            element.close();
        }
    });
    let labelled_by = title_id.clone();
    let light_dismiss = custom_attribute("closedby", "any");
    view! {
        <dialog class="dialog" id=id node_ref=dialog aria-labelledby=labelled_by on:close=move |_| open.set(false) {..light_dismiss}>
            <form class="dialog-head" method="dialog">
                <h2 class="dialog-title" id=title_id>{move || title.get()}</h2>
                <IconButton label=words.ui.close glyph=Glyph::Cross size=Size::Small press=Press::Submit/>
            </form>
            <div class="dialog-body">{children()}</div>
        </dialog>
    }
}
