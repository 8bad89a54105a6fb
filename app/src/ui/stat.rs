use domain::consent::State;
use leptos::prelude::*;

use super::badge::state_glyph;
use super::icon::Icon;

/// One figure with its name. A link when `href` is given.
#[component]
pub fn Stat(
    /// What is counted.
    #[prop(into)]
    label: String,
    /// The figure, with separators and unit.
    #[prop(into)]
    value: Signal<String>,
    /// What to compare it with or how to read it.
    #[prop(optional, into)]
    note: Option<String>,
    /// The consent state it counts: adds its shape and colour.
    #[prop(optional, into)]
    state: Option<State>,
    /// The list behind the figure.
    #[prop(optional, into)]
    href: Option<String>,
) -> impl IntoView {
    let inner = view! {
        <span class="stat-label">
            {state.map(|state| view! { <Icon glyph=state_glyph(state)/> })}
            {label}
        </span>
        <span class="stat-value">{move || value.get()}</span>
        {note.map(|note| view! { <span class="stat-note">{note}</span> })}
    };
    let state = state.map(State::as_str);
    match href {
        Some(href) => view! { <a class="stat" data-state=state href=href>{inner}</a> }.into_any(),
        None => view! { <div class="stat" data-state=state>{inner}</div> }.into_any(),
    }
}
