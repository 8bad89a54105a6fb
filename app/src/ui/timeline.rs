use domain::consent::State;
use domain::time::Timestamp;
use leptos::prelude::*;

use super::badge::state_glyph;
use super::icon::{Glyph, Icon};
use super::time_ago::TimeAgo;

/// What happened, newest first. Fill it with [`TimelineItem`]s.
#[component]
pub fn Timeline(
    /// What the list is about, for screen readers.
    #[prop(into)]
    label: String,
    /// The items.
    children: Children,
) -> impl IntoView {
    view! { <ol class="timeline" aria-label=label>{children()}</ol> }
}

/// One thing that happened. Words a customer wrote belong into a `<q>`.
#[component]
pub fn TimelineItem(
    /// What happened, in a few words.
    #[prop(into)]
    title: String,
    /// When.
    at: Timestamp,
    /// The time the page was made at.
    now: Timestamp,
    /// The consent state it led to, if it is about consent: gives shape and colour.
    #[prop(optional, into)]
    state: Option<State>,
    /// The drawing, if it is not about consent.
    #[prop(default = Glyph::Message)]
    glyph: Glyph,
    /// How it came, the words as received, what was answered.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let glyph = state.map_or(glyph, state_glyph);
    view! {
        <li class="timeline-item" data-state=state.map(State::as_str)>
            <span class="timeline-mark"><Icon glyph/></span>
            <div>
                <div class="timeline-head">
                    <span class="timeline-title">{title}</span>
                    <span class="timeline-when"><TimeAgo at now/></span>
                </div>
                {children.map(|children| view! { <div class="timeline-body">{children()}</div> })}
            </div>
        </li>
    }
}
