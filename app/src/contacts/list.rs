use domain::consent::{Source, State};
use domain::contact::{Contact, ContactSort};
use domain::role::Right;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos_router::components::Form;
use leptos_router::hooks::use_query_map;

use super::api::{ContactList, list_contacts};
use super::columns::{ChooseColumns, ContactColumn, ContactColumns};
use super::listing::{CONTACTS_PATH, Listing};
use super::not_recorded::NotRecorded;
use super::opt_in::{Asking, OptInDialog};
use super::toggle::{ConsentToggle, Refresh};
use crate::jobs::{Many, RowChoice};
use crate::live::use_live;
use crate::ui::{
    Badge, Banner, Button, ButtonLink, Choice, Column, ConsentBadge, EmptyState, Glyph, Order, Page, Pager,
    Person, Press, SearchField, SelectControl, SkeletonRows, SortColumn, Suspended, Tab, Table, TimeAgo,
    Tone, Variant,
};
use crate::visit::{may, use_visit};
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
                {may(Right::ManageContacts).then(|| {
                    view! { <ButtonLink href="/contacts/import">{words.jobs.import}</ButtonLink> }
                })}
                <ButtonLink href="/contacts/new" variant=Variant::Primary glyph=Glyph::Plus>{words.contacts.add}</ButtonLink>
            }
        })
    };
    view! {
        <Page title=words.shell.contacts lead=words.contacts.lead actions=ViewFnOnce::from(actions)>
            <NotRecorded/>
            {move || params.read().get("problem").map(|code| {
                view! { <Banner tone=Tone::Danger title=(words.jobs.problem)(&code)/> }
            })}
            {move || params.read().get("erased").map(|_| {
                view! { <Banner tone=Tone::Success title=words.jobs.erased/> }
            })}
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
    let choices =
        ContactSort::ALL.map(|sort| Choice { value: sort.as_str(), label: (words.contacts.sort_by)(sort) });
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
                {move || listing.read().campaign.map(|filter| {
                    view! {
                        <input type="hidden" name="campaign" value=filter.campaign.to_string()/>
                        <input type="hidden" name="outcome" value=filter.outcome.as_str()/>
                    }
                })}
                <Button press=Press::Submit>{words.contacts.search_button}</Button>
                {move || view! { <Filters listing=listing.get()/> }}
                <div class="contacts-sort" data-push="">
                    {move || view! {
                        <SelectControl
                            name="sort"
                            choices=choices.to_vec()
                            value=sort.get().as_str()
                            label=words.contacts.sort
                            on_change=Some(submit)
                        />
                    }}
                </div>
            </div>
        </Form>
    }
}

/// What else leaves people out; open while one of them does.
#[component]
fn Filters(listing: Listing) -> impl IntoView {
    let words = use_words();
    let text = &words.contacts;
    let any = Choice { value: "", label: text.any };
    let sources = std::iter::once(any.clone())
        .chain(
            Source::ALL.iter().map(|one| Choice { value: one.as_str(), label: words.consent.source(*one) }),
        )
        .collect::<Vec<_>>();
    let days = std::iter::once(any.clone())
        .chain(text.days.iter().map(|(value, label)| Choice { value, label }))
        .collect::<Vec<_>>();
    let blocked = vec![
        any,
        Choice { value: "true", label: text.blocked_only },
        Choice { value: "false", label: text.not_blocked },
    ];
    let count = listing.hidden_filters();
    let some = count > 0;
    let number = |days: Option<u16>| days.map_or_else(String::new, |days| days.to_string());
    view! {
        <details class="filters" open=some>
            <summary class="filters-summary">{(text.filters)(count)}</summary>
            <div class="filters-fields">
                <label class="filter">
                    <span>{text.country}</span>
                    <input
                        class="field-control"
                        name="country"
                        value=listing.country.clone()
                        maxlength="2"
                        placeholder=text.country_example
                        autocomplete="off"
                    />
                </label>
                <label class="filter">
                    <span>{words.person.language}</span>
                    <input
                        class="field-control"
                        name="language"
                        value=listing.language.clone()
                        maxlength="35"
                        placeholder="pt-br"
                        autocomplete="off"
                    />
                </label>
                <label class="filter">
                    <span>{text.by_source}</span>
                    <SelectControl
                        name="source"
                        choices=sources
                        value=listing.source.map_or("", Source::as_str)
                    />
                </label>
                <label class="filter">
                    <span>{text.wrote_within}</span>
                    <SelectControl name="wrote" choices=days.clone() value=number(listing.wrote)/>
                </label>
                <label class="filter">
                    <span>{text.added_within}</span>
                    <SelectControl name="added" choices=days value=number(listing.added)/>
                </label>
                <label class="filter">
                    <span>{text.blocking}</span>
                    <SelectControl
                        name="blocked"
                        choices=blocked
                        value=listing.blocked.map_or_else(String::new, |blocked| blocked.to_string())
                    />
                </label>
            </div>
        </details>
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
    let campaign = listing.campaign.map(|filter| {
        let without = listing.with(|listing| listing.campaign = None).href();
        let report = format!("/campaigns/{}", filter.campaign);
        view! {
            <div class="cluster">
                <a class="tag-link" href=report><Badge>{(words.person.in_campaign)((words.campaigns.outcome_word)(filter.outcome))}</Badge></a>
                <a href=without>{words.contacts.clear}</a>
            </div>
        }
    });
    let columns = listing.columns.clone().unwrap_or_else(|| use_visit().columns);
    let choose = view! { <ChooseColumns listing=listing.clone() chosen=columns.clone()/> };
    let tag = listing.tag.clone().map(|tag| {
        let without = listing.with(|listing| listing.tag = None).href();
        view! {
            <div class="cluster">
                <Badge glyph=Glyph::Tag>{(words.contacts.tagged)(&tag)}</Badge>
                <a href=without>{words.contacts.clear}</a>
            </div>
        }
    });
    let pager = {
        let listing = listing.clone();
        move || {
            let list = list.read();
            let page = &list.page;
            let summary = (!page.rows.is_empty())
                .then(|| (words.contacts.summary)(page.rows.len(), page.found.count, page.found.more));
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
    let many = (may(Right::ManageContacts) && !nobody.get_untracked()).then(|| {
        let found = list.read_untracked().page.found;
        let view = Listing { cursor: None, ..listing.clone() }.as_query();
        let export = format!("/contacts/export.csv?{view}");
        view! {
            <div class="many-bar">
                <Many count=found.count more=found.more view/>
                <a class="button" data-variant="quiet" href=export rel="external" download="">{words.jobs.export}</a>
            </div>
        }
    });
    let rows = move || {
        if nobody.get() {
            view! { <NothingFound filtered=listing.is_filtered()/> }.into_any()
        } else {
            view! { <Rows list listing=listing.clone() columns=columns.clone() generation busy/> }.into_any()
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
        {campaign}
        {many}
        {choose}
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
fn Rows(
    list: RwSignal<ContactList>,
    listing: Listing,
    columns: ContactColumns,
    generation: u32,
    busy: Signal<bool>,
) -> impl IntoView {
    let words = use_words();
    let sorted = listing.clone();
    // Pressed once more, the order is that of the list again.
    let column = move |sort: ContactSort, order: Order, name: &'static str| {
        let on = sorted.sort == sort;
        let href = sorted.with(|listing| listing.sort = if on { ContactSort::Newest } else { sort }).href();
        match on {
            true => view! { <SortColumn href order>{name}</SortColumn> }.into_any(),
            false => view! { <SortColumn href>{name}</SortColumn> }.into_any(),
        }
    };
    let chosen = columns.clone();
    let head = move || {
        let others = ContactColumn::ALL
            .into_iter()
            .filter(|one| chosen.has(*one))
            .map(|one| match one {
                ContactColumn::LastMessage => {
                    column(ContactSort::LastMessage, Order::Descending, words.contacts.last_message)
                }
                one => view! { <Column>{(words.person.column)(one)}</Column> }.into_any(),
            })
            .collect_view();
        view! {
            {column(ContactSort::Name, Order::Ascending, words.contacts.name)}
            {column(ContactSort::Changed, Order::Descending, words.contacts.state)}
            <Column>{words.contacts.marketing}</Column>
            {others}
        }
    };
    let row = move |first: Contact| {
        let contact = Memo::new(move |_| {
            let list = list.read();
            list.page.rows.iter().find(|contact| contact.id == first.id).unwrap_or(&first).clone()
        });
        view! { <Row contact list listing=listing.clone() columns=columns.clone()/> }
    };
    view! {
        <Table caption=words.shell.contacts head=ViewFnOnce::from(head) busy>
            <For each=move || list.read().page.rows.clone() key=move |contact| (generation, contact.id) children=row/>
        </Table>
    }
}

#[component]
fn Row(
    contact: Memo<Contact>,
    list: RwSignal<ContactList>,
    listing: Listing,
    columns: ContactColumns,
) -> impl IntoView {
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
    let or_dash =
        |text: Option<String>| text.filter(|text| !text.is_empty()).unwrap_or_else(|| "–".to_owned());
    let others = ContactColumn::ALL
        .into_iter()
        .filter(|column| columns.has(*column))
        .map(|column| {
            let cell = match column {
                ContactColumn::LastMessage => wrote.into_any(),
                ContactColumn::Tags => view! { <span class="cluster">{tags.clone()}</span> }.into_any(),
                ContactColumn::Country => (move || or_dash(contact.read().country.clone())).into_any(),
                ContactColumn::Language => {
                    (move || or_dash(contact.read().details.language.clone())).into_any()
                }
                ContactColumn::Attributes => (move || {
                    let contact = contact.read();
                    let fields = contact.details.attributes.iter();
                    let fields = fields.map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>();
                    or_dash(Some(fields.join(", ")))
                })
                .into_any(),
                ContactColumn::Added => {
                    (move || view! { <TimeAgo at=contact.read().created_at now=now.get()/> }).into_any()
                }
            };
            view! { <td data-label=(words.person.column)(column)>{cell}</td> }
        })
        .collect_view();
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
            <th scope="row">
                <span class="row-head">
                    {may(Right::ManageContacts).then(|| {
                        let name = Signal::derive(move || contact.read().label());
                        view! { <RowChoice id=contact.read_untracked().id.to_string() name/> }
                    })}
                    {person}
                </span>
            </th>
            <td data-label=words.contacts.state>
                <span class="contacts-state">
                    <span class="cluster">{stands}</span>
                    {since}
                </span>
            </td>
            <td data-label=words.contacts.marketing><ConsentToggle contact/></td>
            {others}
        </tr>
    }
}
