use leptos::prelude::*;

/// The picture of a key.
#[component]
pub fn Key(
    /// What stands on it.
    children: Children,
) -> impl IntoView {
    view! { <kbd class="key" aria-hidden="true">{children()}</kbd> }
}
