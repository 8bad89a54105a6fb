use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// What stands where nothing is yet: says so, and what to do next.
#[component]
pub fn EmptyState(
    /// The drawing.
    glyph: Glyph,
    /// What is missing: "No contacts yet".
    #[prop(into)]
    title: String,
    /// Why, and what happens next.
    #[prop(into)]
    text: String,
    /// Buttons or links that lead on.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty-state">
            <span class="empty-state-mark"><Icon glyph/></span>
            <p class="empty-state-title">{title}</p>
            <p class="empty-state-words">{text}</p>
            {children.map(|children| view! { <div class="empty-state-actions">{children()}</div> })}
        </div>
    }
}
