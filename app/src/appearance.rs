//! Light, dark, or as the system says.

use leptos::prelude::*;
use leptos::server;

use crate::error::AppError;
use crate::ui::{Glyph, MenuItem};
use crate::visit::{Theme, use_visit};
use crate::words::use_words;

/// Remembers the appearance in a cookie, for people who are signed in and for those who are not.
///
/// Takes text: an enum as the only argument does not survive the form encoding.
#[server]
pub async fn set_theme(theme: String) -> Result<Theme, AppError> {
    crate::ssr::set_theme(Theme::parse(&theme)).await
}

/// Three menu items, each a form of its own that names the theme wanted.
#[component]
pub fn ThemeItems() -> impl IntoView {
    let words = use_words();
    let action = ServerAction::<SetTheme>::new();
    let value = action.value();
    let at_first = use_visit().theme;
    let shown = Memo::new(move |_| value.get().and_then(Result::ok).unwrap_or(at_first));
    Effect::new(move |_| {
        let theme = shown.get();
        if let Some(html) = document().document_element() {
            // Neither can fail for an attribute name that is well-formed.
            let _ = match theme.attribute() {
                Some(value) => html.set_attribute("data-theme", value),
                None => html.remove_attribute("data-theme"),
            };
        }
    });
    Theme::ALL
        .into_iter()
        .zip([Glyph::Display, Glyph::Sun, Glyph::Moon])
        .zip(words.shell.themes)
        .map(|((theme, glyph), name)| {
            view! {
                <ActionForm action>
                    <input type="hidden" name="theme" value=theme.as_str()/>
                    <MenuItem glyph chosen=Signal::derive(move || shown.get() == theme)>{name}</MenuItem>
                </ActionForm>
            }
        })
        .collect_view()
}
