use domain::consent::State;
use domain::contact::{Contact, ContactSort};
use domain::role::Right;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos_router::components::Form;
use leptos_router::hooks::use_query_map;

use super::api::{ContactList, list_contacts};
use super::listing::{CONTACTS_PATH, Listing, sort_word};
use super::not_recorded::NotRecorded;
use super::opt_in::{Asking, OptInDialog};
use super::toggle::{ConsentToggle, Refresh};
use crate::live::use_live;
use crate::ui::{
    Badge, Button, ButtonLink, Choice, Column, ConsentBadge, EmptyState, Glyph, Order, Page, Pager, Person,
    Press, SearchField, SelectControl, SkeletonRows, SortColumn, Suspended, Tab, Table, TimeAgo, Tone,
    Variant,
};
use crate::visit::may;
use crate::words::{grouped, use_words};

/// The order of the tabs: the clear answers first.
const TABS: [State; 5] = [State::OptedIn, State::OptedOut, State::Held, State::Pending, State::Unknown];

/// The list of contacts.
#[component]
pub fn ContactsPage() -> impl IntoView {
    let words = use_words();
    let _refresh = Refresh::provide();
    let asking = Asking::provide();
    let params = use_query_map();
    let listing = Memo::new(move |_| Listing::read(&params.read()));
    let busy = RwSignal::new(false);
    // Belongs to the page: rows are disposed as soon as they are loaded again, but shown until the new ones are there.
    let is_busy: Signal<bool> = busy.into();
    // Only going elsewhere in the list loads it anew; what happens elsewhere changes the rows in place.
    let list = Resource::new(move || listing.get(), |listing| list_contacts(listing.query()));
    let shown = StoredValue::new(0_u32);
    let actions = move || {
        may(Right::WriteContacts).then(|| {
            view! {
                <ButtonLink href="/contacts/new" variant=Variant::Primary glyph=Glyph::Plus>{words.contacts.add}</ButtonLink>
            }
        })
    };
    view! {
        <Page title=words.shell.contacts lead=words.contacts.lead actions=ViewFnOnce::from(actions)>
            <NotRecorded/>
            <Toolbar listing/>
            <Suspended resource=list busy fallback=|| view! { <SkeletonRows/> } children=move |list: ContactList| {
                let generation = shown.try_update_value(|shown| { *shown += 1; *shown }).unwrap_or(0);
                view! { <Results list listing=listing.get_untracked() generation busy=is_busy/> }
            }/>
        </Page>
        <OptInDialog asking/>
    }
}

/// Search and order: one form that changes the address.
#[component]
fn Toolbar(listing: Memo<Listing>) -> impl IntoView {
    let words = use_words();
    let at_first = listing.get_untracked();
    let sort = Memo::new(move |_| listing.read().sort);
    // The field keeps what is typed; when the address changes by other ways, it follows.
    Effect::new(move |before: Option<String>| {
        let now = listing.read().q.clone();
        if before.is_some_and(|before| before != now)
            && let Some(field) = document().query_selector("[data-search]").ok().flatten()
        {
            field.unchecked_ref::<web_sys::HtmlInputElement>().set_value(&now);
        }
        now
    });
    let submit = Callback::new(move |_: String| {
        let form = document().query_selector("form:has([data-search])").ok().flatten();
        if let Some(form) = form {
            // Refused only for a form that is not in the page.
            let _ = form.unchecked_ref::<web_sys::HtmlFormElement>().request_submit();
        }
    });
    let choices = [ContactSort::Newest, ContactSort::Name].map(|sort| Choice {
        value: sort_word(sort),
        label: match sort {
            ContactSort::Newest => words.contacts.newest,
            ContactSort::Name => words.contacts.by_name,
        },
    });
    view! {
        <Form method="GET" action=CONTACTS_PATH attr:role="search">
            <div class="toolbar">
                <SearchField label=words.contacts.search value=at_first.q/>
                <input
                    type="hidden"
                    name="state"
                    value=move || listing.read().state.map(State::as_str)
                    disabled=move || listing.read().state.is_none()
                />
                <input
                    type="hidden"
                    name="tag"
                    value=move || listing.read().tag.clone()
                    disabled=move || listing.read().tag.is_none()
                />
                <Button press=Press::Submit>{words.contacts.search_button}</Button>
                <div class="contacts-sort" data-push="">
                    {move || view! {
                        <SelectControl
                            name="sort"
                            choices=choices.to_vec()
                            value=sort_word(sort.get())
                            label=words.contacts.sort
                            on_change=Some(submit)
                        />
                    }}
                </div>
            </div>
        </Form>
    }
}

/// One page of the list. Rows are told apart by the person, so that a row never becomes somebody else's under the hands of
/// whoever is about to press its switch.
#[component]
fn Results(
    list: ContactList,
    listing: Listing,
    /// Tells the rows of this page from those of the page shown before.
    generation: u32,
    busy: Signal<bool>,
) -> impl IntoView {
    let words = use_words();
    let list = RwSignal::new(list);
    follow(list, listing.clone());
    let all = listing.with(|listing| listing.state = None);
    let chosen = listing.state;
    let tabs = {
        let all = all.clone();
        move || {
            let counts = list.read().counts;
            TABS.into_iter()
                .filter(|state| {
                    counts.of(*state) > 0
                        || chosen == Some(*state)
                        || matches!(state, State::OptedIn | State::OptedOut)
                })
                .map(|state| {
                    let href = all.with(|listing| listing.state = Some(state)).href();
                    view! {
                        <Tab href current=chosen == Some(state) count=grouped(counts.of(state))>{words.ui.state(state)}</Tab>
                    }
                })
                .collect_view()
        }
    };
    let everybody = move || {
        let count = grouped(list.read().counts.total());
        view! { <Tab href=all.href() current=chosen.is_none() count>{words.contacts.all}</Tab> }
    };
    let tag = listing.tag.clone().map(|tag| {
        let without = listing.with(|listing| listing.tag = None).href();
        view! {
            <div class="cluster">
                <Badge glyph=Glyph::Tag>{(words.contacts.tagged)(&tag)}</Badge>
                <a href=without>{words.contacts.clear}</a>
            </div>
        }
    });
    let searched = !listing.q.is_empty() || listing.tag.is_some();
    let pager = {
        let listing = listing.clone();
        move || {
            let list = list.read();
            let page = &list.page;
            let total = listing.state.map_or_else(|| list.counts.total(), |state| list.counts.of(state));
            let summary = (!searched && !page.rows.is_empty())
                .then(|| (words.contacts.summary)(page.rows.len(), total));
            (page.previous.is_some() || page.next.is_some() || summary.is_some()).then(|| {
                let at = |cursor: Option<String>| cursor.map(|cursor| listing.at(cursor).href());
                let (previous, next) = (at(page.previous.clone()), at(page.next.clone()));
                match summary {
                    Some(summary) => view! { <Pager previous next summary/> }.into_any(),
                    None => view! { <Pager previous next/> }.into_any(),
                }
            })
        }
    };
    let nobody = Memo::new(move |_| list.read().page.rows.is_empty());
    let rows = move || {
        if nobody.get() {
            view! { <NothingFound filtered=listing.is_filtered()/> }.into_any()
        } else {
            view! { <Rows list listing=listing.clone() generation busy/> }.into_any()
        }
    };
    view! {
        <nav class="sub-nav" aria-label=words.contacts.states>
            <div class="sub-nav-list">
                {everybody}
                {tabs}
            </div>
        </nav>
        {tag}
        {rows}
        {pager}
    }
}

/// Reads the page again when something happened elsewhere or was recorded here. A page that cannot be read stays as it is.
fn follow(list: RwSignal<ContactList>, listing: Listing) {
    let live = use_live();
    let recorded = use_context::<Refresh>();
    let asked = StoredValue::new(0_u32);
    Effect::new(move |before: Option<[u32; 3]>| {
        let now = [live.contacts.get(), live.messages.get(), recorded.map_or(0, |refresh| refresh.0.get())];
        if before.is_some_and(|before| before != now) {
            let turn = asked.try_update_value(|asked| {
                *asked += 1;
                *asked
            });
            let query = listing.query();
            spawn_local(async move {
                let fresh = list_contacts(query).await;
                // An answer that was overtaken by a later question is old news.
                if let Ok(fresh) = fresh
                    && asked.try_get_value() == turn
                {
                    list.try_set(fresh);
                }
            });
        }
        now
    });
}

#[component]
fn NothingFound(filtered: bool) -> impl IntoView {
    let words = use_words();
    let (glyph, title, text) = if filtered {
        (Glyph::Search, words.contacts.no_match_title, words.contacts.no_match_text)
    } else {
        (Glyph::Contacts, words.contacts.none_title, words.contacts.none_text)
    };
    view! {
        <div class="card">
            <EmptyState glyph title text>
                {if filtered {
                    view! { <ButtonLink href=CONTACTS_PATH>{words.contacts.clear}</ButtonLink> }.into_any()
                } else {
                    view! {
                        <ButtonLink href="/contacts/new" variant=Variant::Primary glyph=Glyph::Plus>{words.contacts.add}</ButtonLink>
                    }
                        .into_any()
                }}
            </EmptyState>
        </div>
    }
}

#[component]
fn Rows(list: RwSignal<ContactList>, listing: Listing, generation: u32, busy: Signal<bool>) -> impl IntoView {
    let words = use_words();
    let by_name = listing.sort == ContactSort::Name;
    let other = listing
        .with(|listing| listing.sort = if by_name { ContactSort::Newest } else { ContactSort::Name })
        .href();
    let head = move || {
        let name = match by_name {
            true => {
                view! { <SortColumn href=other order=Order::Ascending>{words.contacts.name}</SortColumn> }
                    .into_any()
            }
            false => view! { <SortColumn href=other>{words.contacts.name}</SortColumn> }.into_any(),
        };
        view! {
            {name}
            <Column>{words.contacts.state}</Column>
            <Column>{words.contacts.marketing}</Column>
            <Column>{words.contacts.last_message}</Column>
            <Column>{words.contacts.tags}</Column>
            <Column>{words.contacts.country}</Column>
        }
    };
    let row = move |first: Contact| {
        let contact = Memo::new(move |_| {
            let list = list.read();
            list.page.rows.iter().find(|contact| contact.id == first.id).unwrap_or(&first).clone()
        });
        view! { <Row contact list listing=listing.clone()/> }
    };
    view! {
        <Table caption=words.shell.contacts head=ViewFnOnce::from(head) busy>
            <For each=move || list.read().page.rows.clone() key=move |contact| (generation, contact.id) children=row/>
        </Table>
    }
}

#[component]
fn Row(contact: Memo<Contact>, list: RwSignal<ContactList>, listing: Listing) -> impl IntoView {
    let words = use_words();
    let now = Memo::new(move |_| list.read().now);
    let person = move || {
        let contact = contact.read();
        let name = contact.label();
        let number = contact.phone.as_ref().map(ToString::to_string).filter(|number| *number != name);
        let href = format!("/contacts/{}", contact.id);
        match number {
            Some(sub) => view! { <Person name href sub/> }.into_any(),
            None => view! { <Person name href/> }.into_any(),
        }
    };
    let since = move || {
        let contact = contact.read();
        contact.since.map(|since| {
            let by = contact.source.map(|source| words.consent.source(source));
            view! {
                <span class="contacts-since">
                    <TimeAgo at=since now=now.get()/> {by.map(|by| format!(" · {by}"))}
                </span>
            }
        })
    };
    let tags = move || {
        contact
            .read()
            .tags
            .iter()
            .cloned()
            .map(|tag| {
                let href = listing.with(|listing| listing.tag = Some(tag.clone())).href();
                view! { <a class="tag-link" href=href><Badge>{tag}</Badge></a> }
            })
            .collect_view()
    };
    let wrote = move || match contact.read().last_inbound_at {
        Some(at) => view! { <TimeAgo at now=now.get()/> }.into_any(),
        None => view! { <span class="muted">{words.contacts.never_wrote}</span> }.into_any(),
    };
    let stands = move || {
        let contact = contact.read();
        view! {
            <ConsentBadge state=contact.state/>
            {contact.native_stop.then(|| view! { <Badge tone=Tone::Danger>{words.contacts.native_stop}</Badge> })}
            {contact.blocked.then(|| {
                view! { <Badge tone=Tone::Danger glyph=Glyph::Blocked>{words.contacts.blocked}</Badge> }
            })}
        }
    };
    view! {
        <tr>
            <th scope="row">{person}</th>
            <td data-label=words.contacts.state>
                <span class="contacts-state">
                    <span class="cluster">{stands}</span>
                    {since}
                </span>
            </td>
            <td data-label=words.contacts.marketing><ConsentToggle contact/></td>
            <td data-label=words.contacts.last_message>{wrote}</td>
            <td data-label=words.contacts.tags><span class="cluster">{tags}</span></td>
            <td data-label=words.contacts.country>
                {move || contact.read().country.clone().unwrap_or_else(|| "–".to_owned())}
            </td>
        </tr>
    }
}
