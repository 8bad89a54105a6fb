//! `/ui`: every shared part in every state, to look at while designing. Not reachable in release builds.

mod parts;

use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::NotFoundPage;
use crate::visit::use_visit;

/// The gallery.
#[component]
pub fn GalleryPage() -> impl IntoView {
    if !use_visit().gallery {
        return Either::Left(view! { <NotFoundPage/> });
    }
    Either::Right(view! {
        <Title text="Parts"/>
        <main class="main" id="main" tabindex="-1">
            <div class="page">
                <h1 tabindex="-1">"Parts"</h1>
                <parts::Actions/>
                <parts::Forms/>
                <parts::Consent/>
                <parts::Messages/>
                <parts::Lists/>
                <parts::Waiting/>
            </div>
        </main>
    })
}
