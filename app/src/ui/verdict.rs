use detection::Verdict as Found;
use leptos::prelude::*;

use super::Tone;
use super::badge::Badge;
use super::icon::Glyph;
use crate::words::use_words;

/// What a message was understood to ask for, by colour, sign and word.
#[component]
pub fn Verdict(
    /// The verdict.
    verdict: Found,
) -> impl IntoView {
    let words = use_words();
    let (tone, glyph) = match verdict {
        Found::OptOut => (Tone::Danger, Glyph::OptedOut),
        Found::Hold => (Tone::Warning, Glyph::Held),
        Found::OptIn => (Tone::Success, Glyph::OptedIn),
        Found::Help => (Tone::Info, Glyph::Message),
        Found::None => (Tone::Neutral, Glyph::Message),
    };
    view! { <Badge tone glyph>{words.ui.verdict(verdict)}</Badge> }
}
