use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::Redirect;
use leptos_router::hooks::{use_location, use_query_map};

use super::api::{Known, People, known, people};
use crate::auth::percent_encoded;
use crate::contacts::{Asking, ConsentToggle, EventItem, NotRecorded, OptInDialog, Refresh, explanation};
use crate::live::use_live;
use crate::ui::{
    ButtonLink, Card, ConsentBadge, EmptyState, Glyph, Page, Shape, Size, Skeleton, Suspended, Tab, Timeline,
};
use crate::visit::use_visit;
use crate::words::use_words;

/// Where the simulator is.
const SIMULATOR_PATH: &str = "/simulator";

/// The customer shown when there are none to choose from.
const SOMEBODY: (&str, &str) = ("+15550100123", "Maria");

/// A customer's phone beside what the business knows of them.
#[component]
pub fn SimulatorPage() -> impl IntoView {
    let words = use_words();
    if !use_visit().demo {
        return view! {
            <Page title=words.shell.simulator>
                <Card>
                    <EmptyState glyph=Glyph::Phone title=words.simulator.closed_title text=words.simulator.closed_text/>
                </Card>
            </Page>
        }
        .into_any();
    }
    view! { <Simulator/> }.into_any()
}

#[component]
fn Simulator() -> impl IntoView {
    let words = use_words();
    let live = use_live();
    let refresh = Refresh::provide();
    let asking = Asking::provide();
    let query = use_query_map();
    let chosen = Memo::new(move |_| {
        let query = query.read();
        match query.get("with").map(|with| with.trim().to_owned()).filter(|with| !with.is_empty()) {
            // In an address that was typed, a plus sign arrives as a space.
            Some(with) => {
                (format!("+{}", with.trim_start_matches('+')), query.get("name").unwrap_or_default())
            }
            None => (SOMEBODY.0.to_owned(), SOMEBODY.1.to_owned()),
        }
    });
    // Without a choice, the first of them: somebody whose switch can be seen to change.
    // While leaving, the address is another page's already, and nobody is to be led back.
    let path = use_location().pathname;
    let undecided =
        Memo::new(move |_| path.read().as_str() == SIMULATOR_PATH && query.read().get("with").is_none());
    let people = Resource::new(|| (), |()| people());
    let known = Resource::new(
        move || (chosen.get().0, live.contacts.get(), live.messages.get(), refresh.0.get()),
        |(phone, ..)| known(phone),
    );
    let called = move || {
        let (phone, name) = chosen.get();
        if name.is_empty() { phone } else { name }
    };
    let quick = words
        .simulator
        .messages
        .map(|text| {
            view! {
                <form method="post" action="/emulator/phone" target="phone">
                    <input type="hidden" name="with" value=move || chosen.get().0/>
                    <input type="hidden" name="name" value=move || chosen.get().1/>
                    <input type="hidden" name="act" value="text"/>
                    <input type="hidden" name="text" value=text/>
                    <button class="button" type="submit" data-size="small" aria-label=(words.simulator.send)(text)>{text}</button>
                </form>
            }
        })
        .collect_view();
    view! {
        <Page title=words.shell.simulator lead=words.simulator.lead>
            <NotRecorded/>
            <nav class="sub-nav" aria-label=words.simulator.whose>
                <Suspended resource=people fallback=|| view! { <Skeleton/> } children=move |People(people): People| {
                    let first = people.first().map(|(phone, name)| phone_path(phone, name));
                    move || match first.clone().filter(|_| undecided.get()) {
                        // The way back leads to where one came from, not to this.
                        Some(path) => {
                            let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
                            view! { <Redirect path options/> }.into_any()
                        }
                        None => view! { <Picker people=people.clone() chosen/> }.into_any(),
                    }
                }/>
            </nav>
            <div class="simulator">
                <iframe
                    class="simulator-phone"
                    name="phone"
                    title=move || (words.simulator.frame)(&called())
                    src=move || {
                        let (phone, name) = chosen.get();
                        format!("/emulator?with={}&name={}", percent_encoded(&phone), percent_encoded(&name))
                    }
                ></iframe>
                <div class="stack" data-gap="large">
                    <Card title=words.simulator.quick lead=words.simulator.quick_lead>
                        <div class="cluster">{quick}</div>
                    </Card>
                    <Suspended
                        resource=known
                        fallback=|| view! { <Skeleton shape=Shape::Block/> }
                        children=move |known: Known| view! { <WhatIsKnown known/> }
                    />
                </div>
            </div>
        </Page>
        <OptInDialog asking/>
    }
    .into_any()
}

/// The simulator with somebody's phone.
fn phone_path(phone: &str, name: &str) -> String {
    format!("{SIMULATOR_PATH}?with={}&name={}", percent_encoded(phone), percent_encoded(name))
}

#[component]
fn Picker(people: Vec<(String, String)>, chosen: Memo<(String, String)>) -> impl IntoView {
    let tabs = move || {
        let chosen = chosen.get();
        let mut people = people.clone();
        if !people.iter().any(|(phone, _)| *phone == chosen.0) {
            people.insert(0, chosen.clone());
        }
        people
            .into_iter()
            .map(|(phone, name)| {
                let (current, href) = (phone == chosen.0, phone_path(&phone, &name));
                let label = if name.is_empty() { phone } else { name };
                view! { <Tab href current>{label}</Tab> }
            })
            .collect_view()
    };
    view! { <div class="sub-nav-list">{tabs}</div> }
}

#[component]
fn WhatIsKnown(known: Known) -> impl IntoView {
    let words = use_words();
    let Known { contact, events, now } = known;
    let Some(contact) = contact else {
        return view! {
            <Card title=words.simulator.contact>
                <EmptyState glyph=Glyph::Person title=words.simulator.stranger text=words.simulator.not_yet/>
            </Card>
        }
        .into_any();
    };
    let href = format!("/contacts/{}", contact.id);
    let sentence = explanation(&contact, &events, words);
    let actions =
        move || view! { <ButtonLink href size=Size::Small>{words.simulator.open_contact}</ButtonLink> };
    let none = events.is_empty();
    let items = events.into_iter().map(|event| view! { <EventItem event now/> }).collect_view();
    view! {
        <Card title=contact.label() actions=ViewFnOnce::from(actions)>
            <div class="cluster" data-align="between">
                <ConsentBadge state=contact.state/>
                <ConsentToggle contact=contact.clone()/>
            </div>
            <p>{sentence}</p>
            {if none {
                view! { <p class="muted">{words.simulator.no_events}</p> }.into_any()
            } else {
                view! { <Timeline label=words.simulator.events>{items}</Timeline> }.into_any()
            }}
        </Card>
    }
    .into_any()
}
