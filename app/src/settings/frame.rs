use domain::role::Right;
use leptos::prelude::*;

use super::{OPT_IN_OUT_PATH, REPLIES_PATH};
use crate::ui::{Page, Step, SubNav, SubNavLink};
use crate::visit::may;
use crate::words::use_words;

/// A page of the settings: the way here, the places beside it, and its content.
#[component]
pub fn SettingsFrame(
    /// The heading.
    title: &'static str,
    /// One sentence on what the page is for.
    lead: &'static str,
    /// The section between the settings and this page.
    #[prop(optional)]
    section: Option<&'static str>,
    /// The content.
    children: Children,
) -> impl IntoView {
    let words = use_words();
    let step = |label: &str, href: &str| Step { label: label.to_owned(), href: Some(href.to_owned()) };
    let mut trail = vec![step(words.shell.settings, "/settings")];
    trail.extend(section.map(|section| step(section, "/settings/application")));
    view! {
        <Page title lead trail>
            <SubNav label=words.settings.navigation>
                <a class="sub-nav-group" href="/settings/application">{words.settings.application}</a>
                <SubNavLink href=OPT_IN_OUT_PATH>{words.settings.opt_in_out}</SubNavLink>
                <span class="sub-nav-line" aria-hidden="true"></span>
                <SubNavLink href="/settings/connection">{words.settings.connection}</SubNavLink>
                <SubNavLink href="/settings/links">{words.links.title}</SubNavLink>
                <SubNavLink href=REPLIES_PATH>{words.replies.title}</SubNavLink>
                <SubNavLink href="/settings/team">{words.settings.team}</SubNavLink>
                <SubNavLink href="/settings/api">{words.settings.api}</SubNavLink>
                {may(Right::Administer).then(|| view! {
                    <SubNavLink href="/settings/audit">{words.audit.title}</SubNavLink>
                })}
            </SubNav>
            {children()}
        </Page>
    }
}
