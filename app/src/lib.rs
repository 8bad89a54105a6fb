//! The pages of WhatsCloud: rendered on the server, made interactive in the browser, usable without that.
//!
//! One folder a feature; `ui` holds the parts they share and `words` everything people read. A feature's server functions
//! stand in its `api` file and call the `ssr` module, the only one that exists on the server alone.
// The type of a page is as deep as its markup.
#![recursion_limit = "512"]

pub mod appearance;
pub mod auth;
pub mod campaigns;
pub mod contacts;
pub mod crash;
pub mod decisions;
pub mod error;
pub mod gallery;
pub mod inbox;
pub mod jobs;
mod layout;
pub mod ledger;
pub mod live;
pub mod overview;
pub mod returned;
pub mod settings;
pub mod shell;
pub mod simulator;
pub mod single_keys;
#[cfg(feature = "ssr")]
pub mod ssr;
pub mod ui;
pub mod visit;
pub mod words;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::error::ResponseStatus;
use crate::ui::{ButtonLink, EmptyState, Glyph, RouteAnnouncer, Toaster, Toasts, Variant};
use crate::visit::use_visit;

pub use shell::shell;

/// The addresses of the built files.
#[derive(Clone, Debug)]
pub struct Site {
    /// The module that loads the browser program.
    pub js: String,
    /// The browser program.
    pub wasm: String,
    /// The style sheet.
    pub css: String,
    /// The module that loads the detector.
    pub lab_js: String,
    /// The detector.
    pub lab_wasm: String,
}

/// The application: contexts, live regions and routes.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let visit = SharedValue::new(use_visit).into_inner();
    provide_context(visit.language);
    provide_context(visit);
    provide_context(Toaster::new());
    Effect::new(|_| {
        if let Some(html) = document().document_element() {
            // Cannot fail for an attribute name that is well-formed.
            let _ = html.set_attribute("data-hydrated", "true");
        }
    });
    view! {
        <Title formatter=document_title text=""/>
        <Router>
            <RouteAnnouncer/>
            <Routes fallback=NotFoundPage>
                <ParentRoute path=path!("") view=|| layout::Layout().into_any() ssr=SsrMode::Async>
                    <Route path=path!("") view=|| overview::OverviewPage().into_any()/>
                    <Route path=path!("inbox/:id?") view=|| inbox::InboxPage().into_any()/>
                    <Route path=path!("contacts") view=|| contacts::ContactsPage().into_any()/>
                    <Route path=path!("contacts/import") view=|| jobs::ImportPage().into_any()/>
                    <Route path=path!("contacts/jobs/:id") view=|| jobs::JobPage().into_any()/>
                    <Route path=path!("contacts/new") view=|| contacts::NewContactPage().into_any()/>
                    <Route path=path!("contacts/:id") view=|| contacts::ContactPage().into_any()/>
                    <Route path=path!("contacts/:id/merge") view=|| contacts::MergePage().into_any()/>
                    <Route path=path!("contacts/:id/opt-in") view=|| contacts::OptInPage().into_any()/>
                    <Route path=path!("campaigns") view=|| campaigns::CampaignsPage().into_any()/>
                    <Route path=path!("campaigns/new") view=|| campaigns::NewCampaignPage().into_any()/>
                    <Route path=path!("campaigns/templates/new") view=|| campaigns::NewTemplatePage().into_any()/>
                    <Route path=path!("campaigns/:id") view=|| campaigns::CampaignPage().into_any()/>
                    <Route path=path!("campaigns/:id/edit") view=|| campaigns::EditCampaignPage().into_any()/>
                    <Route path=path!("decisions") view=|| decisions::DecisionsPage().into_any()/>
                    <Route path=path!("ledger") view=|| ledger::LedgerPage().into_any()/>
                    <Route path=path!("simulator") view=|| simulator::SimulatorPage().into_any()/>
                    <Route path=path!("settings") view=|| settings::SettingsHome().into_any()/>
                    <Route path=path!("settings/application") view=|| settings::SettingsHome().into_any()/>
                    <Route path=path!("settings/application/opt-in-out") view=|| settings::OptInOutPage().into_any()/>
                    <Route path=path!("settings/connection") view=|| settings::ConnectionPage().into_any()/>
                    <Route path=path!("settings/links") view=|| settings::LinksPage().into_any()/>
                    <Route path=path!("settings/replies") view=|| settings::RepliesPage().into_any()/>
                    <Route path=path!("settings/team") view=|| settings::TeamPage().into_any()/>
                    <Route path=path!("settings/audit") view=|| settings::AuditPage().into_any()/>
                    <Route path=path!("settings/api") view=|| settings::ApiPage().into_any()/>
                </ParentRoute>
                <Route path=path!("login") view=|| auth::LoginPage().into_any() ssr=SsrMode::Async/>
                <Route path=path!("login/code") view=|| auth::CodePage().into_any() ssr=SsrMode::Async/>
                <Route path=path!("join") view=|| auth::JoinPage().into_any() ssr=SsrMode::Async/>
                <Route path=path!("setup") view=|| auth::SetupPage().into_any() ssr=SsrMode::Async/>
                <Route path=path!("ui") view=|| gallery::GalleryPage().into_any() ssr=SsrMode::Async/>
            </Routes>
        </Router>
        <Toasts/>
    }
}

/// Brings the page to life: the browser program's entry point.
#[cfg(feature = "hydrate")]
pub fn hydrate() {
    crash::watch();
    leptos::mount::hydrate_body(App);
}

/// The one formatter of document titles; no page may set another, as only the innermost one runs.
///
/// The server writes titles into the page as they are, so names in them are escaped there; the browser sets a property.
fn document_title(text: String) -> String {
    let product = words::ENGLISH.shell.product;
    let title = if text.is_empty() || text.ends_with(product) {
        product.to_owned()
    } else {
        format!("{text} · {product}")
    };
    if on_server() { title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;") } else { title }
}

/// Whether this is the server's build. The title and errors of transport ask; everything else works alike on both sides.
const fn on_server() -> bool {
    cfg!(feature = "ssr")
}

/// Shown where there is no page.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    if let Some(status) = use_context::<ResponseStatus>() {
        status.set(http::StatusCode::NOT_FOUND);
    }
    let words = words::use_words();
    view! {
        <Title text=words.shell.not_found/>
        <main class="entrance" id="main" tabindex="-1" data-width="form">
            <h1 class="visually-hidden" tabindex="-1">{words.shell.not_found}</h1>
            <EmptyState glyph=Glyph::Search title=words.shell.not_found text=words.shell.not_found_text>
                <ButtonLink href="/" variant=Variant::Primary>{words.shell.to_overview}</ButtonLink>
            </EmptyState>
        </main>
    }
}
