use domain::consent::State;
use leptos::prelude::*;

use super::Tone;
use super::icon::{Glyph, Icon};
use crate::words::use_words;

/// The drawing of a consent state: each has a shape of its own, so that colour is never the only sign.
#[must_use]
pub const fn state_glyph(state: State) -> Glyph {
    match state {
        State::OptedIn => Glyph::OptedIn,
        State::OptedOut => Glyph::OptedOut,
        State::Held => Glyph::Held,
        State::Pending => Glyph::Pending,
        State::Unknown => Glyph::Unknown,
    }
}

/// What a person decided about marketing: shape, word and colour.
#[component]
pub fn ConsentBadge(
    /// The state.
    #[prop(into)]
    state: Signal<State>,
) -> impl IntoView {
    let words = use_words();
    view! {
        <span class="badge" data-state=move || state.get().as_str()>
            {move || view! { <Icon glyph=state_glyph(state.get())/> }}
            {move || words.ui.state(state.get())}
        </span>
    }
}

/// A short label, such as a tag, a role or "Blocked".
#[component]
pub fn Badge(
    /// Its words.
    children: Children,
    /// Its meaning.
    #[prop(optional)]
    tone: Tone,
    /// A drawing before the words.
    #[prop(optional, into)]
    glyph: Option<Glyph>,
) -> impl IntoView {
    view! {
        <span class="badge" data-tone=tone.as_str()>
            {glyph.map(|glyph| view! { <Icon glyph/> })}
            {children()}
        </span>
    }
}
