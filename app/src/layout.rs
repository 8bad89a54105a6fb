//! The frame of every signed-in page.

use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::components::{A, Outlet, Redirect};

use crate::appearance::ThemeItems;
use crate::auth::{LogOut, login_path_from_here};
use crate::decisions::DECISIONS_PATH;
use crate::inbox::INBOX_PATH;
use crate::live::provide_live;
use crate::single_keys::SingleKeys;
use crate::ui::{Avatar, BrandMark, Glyph, Icon, KeyboardShortcuts, Menu, MenuItem};
use crate::visit::{SignedIn, use_visit};
use crate::words::use_words;

/// Sidebar, account menu and the page; strangers are led to the login.
#[component]
pub fn Layout() -> impl IntoView {
    let visit = use_visit();
    match visit.signed_in {
        Some(person) => Either::Left(view! { <Frame person demo=visit.demo/> }),
        None => Either::Right(view! { <Redirect path=login_path_from_here()/> }),
    }
}

#[component]
fn Frame(person: SignedIn, demo: bool) -> impl IntoView {
    let words = use_words();
    provide_live();
    let keys = SingleKeys::provide();
    view! {
        <a class="skip-link" href="#main">{words.shell.skip}</a>
        <div class="shell">
            <header class="sidebar">
                <a class="brand" href="/">
                    <BrandMark/>
                    <span class="brand-name">{person.business_name.clone()}</span>
                </a>
                <nav class="places" aria-label=words.shell.navigation>
                    <ul class="places-list">
                        <Place href="/" glyph=Glyph::Overview exact=true>{words.shell.overview}</Place>
                        <Place href=INBOX_PATH glyph=Glyph::Message>{words.shell.inbox}</Place>
                        <Place href="/contacts" glyph=Glyph::Contacts>{words.shell.contacts}</Place>
                        <Place href="/campaigns" glyph=Glyph::Send>{words.shell.campaigns}</Place>
                        <Place href=DECISIONS_PATH glyph=Glyph::Held roomy=true>{words.shell.decisions}</Place>
                        <Place href="/ledger" glyph=Glyph::Ledger>{words.shell.ledger}</Place>
                        {demo.then(|| {
                            view! { <Place href="/simulator" glyph=Glyph::Phone roomy=true>{words.shell.simulator}</Place> }
                        })}
                        <Place href="/settings" glyph=Glyph::Settings>{words.shell.settings}</Place>
                    </ul>
                </nav>
                <div class="account"><AccountMenu email=person.email keys/></div>
            </header>
            <main class="main" id="main" tabindex="-1">
                <Outlet/>
            </main>
        </div>
        <KeyboardShortcuts demo keys/>
    }
}

/// A place in the sidebar; the router marks the current one.
#[component]
fn Place(
    href: &'static str,
    glyph: Glyph,
    #[prop(optional)] exact: bool,
    /// Left out of the bar of a phone: another page leads there.
    #[prop(optional)]
    roomy: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <li data-roomy=roomy.then_some("")>
            <A href=href exact=exact attr:class="place">
                <Icon glyph/>
                <span>{children()}</span>
            </A>
        </li>
    }
}

#[component]
fn AccountMenu(email: String, keys: SingleKeys) -> impl IntoView {
    let words = use_words();
    let name = email.clone();
    let label = format!("{email}: {}", words.shell.account);
    let trigger = move || {
        view! {
            <Avatar name=name.clone()/>
            <span class="account-name">{name.clone()}</span>
            <Icon glyph=Glyph::ChevronDown/>
        }
    };
    view! {
        <Menu id="account-menu" label trigger=ViewFnOnce::from(trigger)>
            <p class="menu-head">{words.shell.signed_in_as} " " <strong>{email}</strong></p>
            <ThemeItems/>
            <div class="menu-line" role="separator"></div>
            <MenuItem
                glyph=Glyph::Keyboard
                attr:commandfor="keys"
                attr:command="show-modal"
                on:click=move |_| keys.listed.set(true)
            >
                {words.shell.keys}
            </MenuItem>
            <div class="menu-line" role="separator"></div>
            // A form of the browser's own: afterwards the page is loaded anew, as nobody.
            <form method="post" action=LogOut::url()>
                <MenuItem glyph=Glyph::LogOut>{words.shell.log_out}</MenuItem>
            </form>
        </Menu>
    }
}
