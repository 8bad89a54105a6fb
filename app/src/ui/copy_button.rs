use leptos::prelude::*;

use super::button::{IconButton, Size};
use super::icon::Glyph;
use super::toast::use_toasts;

/// Copies a text to the clipboard, and says so. The text itself must be on the page as well: without JavaScript, and where
/// the browser refuses, it is selected by hand.
#[component]
pub fn CopyButton(
    /// What is copied.
    #[prop(into)]
    text: String,
    /// The name of the button.
    #[prop(into)]
    label: String,
    /// Said when it is copied.
    copied: &'static str,
) -> impl IntoView {
    let toasts = use_toasts();
    let copy = move |_| {
        // The promise fails only where the person or the browser forbids it; the text is there to be selected.
        drop(window().navigator().clipboard().write_text(&text));
        toasts.success(copied);
    };
    view! {
        <span class="copy-button">
            <IconButton label glyph=Glyph::Copy size=Size::Small on:click=copy/>
        </span>
    }
}
