use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::words::use_words;

/// Links to the page before and after, for keyset pages: there are no page numbers to jump to.
#[component]
pub fn Pager(
    /// The page before, if there is one.
    #[prop(into)]
    previous: Option<String>,
    /// The page after, if there is one.
    #[prop(into)]
    next: Option<String>,
    /// What is shown: "50 of 1,000 contacts".
    #[prop(optional, into)]
    summary: Option<String>,
) -> impl IntoView {
    let words = use_words();
    view! {
        <nav class="pager" aria-label=words.ui.pages>
            {summary.map(|summary| view! { <p class="numeric">{summary}</p> })}
            <div class="pager-links">
                <PagerLink href=previous rel="prev">
                    <Icon glyph=Glyph::ArrowBack/>
                    {words.ui.previous}
                </PagerLink>
                <PagerLink href=next rel="next">
                    {words.ui.next}
                    <Icon glyph=Glyph::ArrowForward/>
                </PagerLink>
            </div>
        </nav>
    }
}

/// A link without `href` is the HTML form of a link that leads nowhere now.
#[component]
fn PagerLink(href: Option<String>, rel: &'static str, children: Children) -> impl IntoView {
    let missing = href.is_none();
    view! {
        <a
            class="button"
            data-size="small"
            href=href
            rel=rel
            role=missing.then_some("link")
            aria-disabled=missing.then_some("true")
        >
            {children()}
        </a>
    }
}
