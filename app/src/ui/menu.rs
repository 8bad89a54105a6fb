use leptos::html;
use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// A button that opens a short list of actions or links. It is a native popover: it opens without JavaScript, closes on
/// Escape and on a click outside, and its items are plain links and buttons in tab order.
#[component]
pub fn Menu(
    /// The `id` of the list.
    #[prop(into)]
    id: String,
    /// The name of the button for screen readers.
    #[prop(into)]
    label: String,
    /// What the button shows.
    #[prop(into)]
    trigger: ViewFnOnce,
    /// Opens towards the end of the line instead of its start.
    #[prop(optional)]
    align_start: bool,
    /// `MenuLink`s, `MenuItem`s and forms around them.
    children: Children,
) -> impl IntoView {
    let list = NodeRef::<html::Div>::new();
    view! {
        <button class="button" type="button" data-variant="quiet" data-shape="menu" popovertarget=id.clone() aria-label=label>
            {trigger.run()}
        </button>
        <div
            class="menu"
            id=id
            popover="auto"
            node_ref=list
            data-align=align_start.then_some("start")
            on:click=move |_| {
                if let Some(list) = list.get_untracked() {
                    // Already closed is as good as closed.
                    let _ = list.hide_popover();
                }
            }
        >
            {children()}
        </div>
    }
}

/// A place to go, in a [`Menu`].
#[component]
pub fn MenuLink(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// A drawing before the words.
    glyph: Glyph,
    /// Its words.
    children: Children,
) -> impl IntoView {
    view! {
        <a class="menu-item" href=href>
            <Icon glyph/>
            {children()}
        </a>
    }
}

/// Something to do, in a [`Menu`]. Submits the form around it; without a form give it `on:click`.
#[component]
pub fn MenuItem(
    /// A drawing before the words.
    glyph: Glyph,
    /// Its words.
    children: Children,
    /// Destroys or stops something.
    #[prop(optional)]
    danger: bool,
    /// For items that choose between states: whether this one holds.
    #[prop(optional, into)]
    chosen: Option<Signal<bool>>,
) -> impl IntoView {
    view! {
        <button
            class="menu-item"
            type="submit"
            data-tone=danger.then_some("danger")
            aria-pressed=move || chosen.map(|chosen| if chosen.get() { "true" } else { "false" })
        >
            <Icon glyph/>
            {children()}
            {move || chosen.is_some_and(|chosen| chosen.get()).then(|| view! { <Icon glyph=Glyph::Check/> })}
        </button>
    }
}
