use leptos::prelude::*;

use super::Tone;
use super::icon::{Glyph, Icon};
use crate::error::AppError;
use crate::words::use_words;

/// A message that belongs to the page: what is the matter, and what to do.
///
/// Good news gets `role="status"`, bad news `role="alert"`; both are announced when they appear.
#[component]
pub fn Banner(
    /// Its meaning.
    #[prop(default = Tone::Info)]
    tone: Tone,
    /// What is the matter.
    #[prop(optional, into)]
    title: Option<String>,
    /// The rest.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (glyph, role) = match tone {
        Tone::Success => (Glyph::OptedIn, Some("status")),
        Tone::Warning => (Glyph::Warning, None),
        Tone::Danger => (Glyph::Error, Some("alert")),
        Tone::Neutral | Tone::Info | Tone::Accent => (Glyph::Info, None),
    };
    view! {
        <div class="banner" data-tone=tone.as_str() role=role>
            <Icon glyph/>
            <div class="banner-words">
                {title.map(|title| view! { <p class="banner-title">{title}</p> })}
                {children.map(|children| children())}
            </div>
        </div>
    }
}

/// The errors of a submitted form, above it: takes the focus when it appears and links to each field at fault.
///
/// Fields must use their wire name as `id`, as [`super::TextField`] does.
#[component]
pub fn ErrorSummary(
    /// What came back, if it was an error.
    #[prop(into)]
    error: Signal<Option<AppError>>,
) -> impl IntoView {
    let words = use_words();
    let summary = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        if error.read().is_some()
            && let Some(summary) = summary.get()
        {
            // An element that cannot take the focus is no loss.
            let _ = summary.focus();
        }
    });
    move || {
        error.get().map(|error| {
            let fields = error
                .fields()
                .iter()
                .map(|field| {
                    let href = format!("#{}", field.field.as_str());
                    view! { <li><a href=href>{words.errors.field(*field)}</a></li> }
                })
                .collect_view();
            let has_fields = !error.fields().is_empty();
            view! {
                <div class="banner" data-tone="danger" role="alert" tabindex="-1" node_ref=summary>
                    <Icon glyph=Glyph::Error/>
                    <div class="banner-words">
                        <p class="banner-title">{words.errors.title(&error)}</p>
                        {has_fields.then(|| view! { <ul>{fields}</ul> })}
                    </div>
                </div>
            }
        })
    }
}
