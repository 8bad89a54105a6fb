use leptos::prelude::*;

use super::api::SetChoice;
use crate::error::AppError;
use crate::ui::{Banner, Tone};
use crate::words::{Words, use_words};

/// Why a choice was not recorded, and what to do, in one line.
#[must_use]
pub fn not_recorded(error: &AppError, words: &Words) -> String {
    let (title, remedy) = (words.errors.title(error), words.errors.remedy(error));
    format!("{}: {title}. {remedy}", words.contacts.not_recorded)
}

/// After a consent switch failed as a plain form: it comes back with its error in the address. In the browser the switch says it
/// itself.
#[component]
pub fn NotRecorded() -> impl IntoView {
    let words = use_words();
    let error = ServerAction::<SetChoice>::new().value().get_untracked().and_then(Result::err);
    error.map(|error| {
        view! {
            <Banner tone=Tone::Danger title=words.contacts.not_recorded>
                <p>{words.errors.title(&error)} ". " {words.errors.remedy(&error)}</p>
            </Banner>
        }
    })
}
