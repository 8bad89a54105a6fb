use domain::contact::Contact;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::components::Form;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::api::{MergeContacts, MergeDetail, load_merge};
use super::explain::moment;
use crate::auth::percent_encoded;
use crate::ui::{
    Banner, Button, ButtonLink, Card, Column, ConsentBadge, Page, Press, SearchField, Skeleton, Step,
    Suspended, Table, Tone, Variant,
};
use crate::words::use_words;

/// Joins another record of the same person: looked for, looked at, and only then done.
#[component]
pub fn MergePage() -> impl IntoView {
    let words = use_words();
    let text = &words.person;
    let (params, query) = (use_params_map(), use_query_map());
    let asked = move || {
        let query = query.read();
        let of = |name| query.get(name).unwrap_or_default();
        (params.read().get("id").unwrap_or_default(), of("q"), of("with"))
    };
    let problem = move || query.read().get("problem").map(|code| (text.merge_problem)(&code));
    let loaded = Resource::new_blocking(asked, |(id, q, with)| async move {
        Ok((load_merge(id, q.clone(), with).await?, q))
    });
    view! {
        <Suspended resource=loaded page=true fallback=|| view! { <Skeleton/> } children=move |(detail, q): (MergeDetail, String)| {
            let MergeDetail { contact, found, chosen, problem: refused } = detail;
            let (label, home) = (contact.label(), format!("/contacts/{}", contact.id));
            let here = format!("{home}/merge");
            let trail = vec![
                Step { label: words.shell.contacts.to_owned(), href: Some("/contacts".to_owned()) },
                Step { label: label.clone(), href: Some(home) },
            ];
            let why = problem().or_else(|| refused.map(|code| (text.merge_problem)(&code)));
            let nobody = (found.is_empty() && !q.is_empty() && chosen.is_none())
                .then(|| view! { <p class="muted">{text.merge_nobody}</p> });
            let others = found
                .into_iter()
                .map(|other| {
                    let href = format!("{here}?q={}&with={}", percent_encoded(&q), other.id);
                    let name = other.label();
                    let number = other.phone.as_ref().map(ToString::to_string).filter(|number| *number != name);
                    view! {
                        <li class="cluster">
                            <a href=href>{name}</a>
                            {number.map(|number| view! { <span class="muted numeric">{number}</span> })}
                            <ConsentBadge state=other.state/>
                        </li>
                    }
                })
                .collect_view();
            view! {
                <Page title=(text.merge_title)(&label) lead=text.merge_lead trail narrow=true>
                    {why.map(|why| view! { <Banner tone=Tone::Danger title=why/> })}
                    <Card>
                        <Form method="GET" action=here attr:role="search">
                            <div class="toolbar">
                                <SearchField label=text.merge_search value=q.clone()/>
                                <Button press=Press::Submit>{words.contacts.search_button}</Button>
                            </div>
                        </Form>
                        {nobody}
                        <ul class="stack" data-gap="small">{others}</ul>
                    </Card>
                    {chosen.map(|(gone, result)| view! { <Preview kept=contact gone result/> })}
                </Page>
            }
        }/>
    }
}

/// Both records side by side, and what comes of them.
#[component]
fn Preview(kept: Contact, gone: Contact, result: Contact) -> impl IntoView {
    let words = use_words();
    let text = &words.person;
    let head = move || {
        view! {
            <Column>{text.detail}</Column>
            <Column>{text.stays}</Column>
            <Column>{text.goes}</Column>
            <Column>{text.afterwards}</Column>
        }
    };
    let all = [&kept, &gone, &result];
    let row = |name: &'static str, value: &dyn Fn(&Contact) -> String| {
        let values = all.map(value);
        // What neither of them has is no difference.
        if values.iter().all(String::is_empty) {
            return None;
        }
        let [kept, gone, result] = values.map(|value| if value.is_empty() { "–".to_owned() } else { value });
        Some(view! {
            <tr>
                <th scope="row">{name}</th>
                <td data-label=text.stays>{kept}</td>
                <td data-label=text.goes>{gone}</td>
                <td data-label=text.afterwards><strong>{result}</strong></td>
            </tr>
        })
    };
    let yes = |is: bool| if is { text.yes } else { text.no }.to_owned();
    let rows = (
        row(words.contacts.name, &|contact| contact.name.clone().unwrap_or_default()),
        row(words.contacts.number, &|contact| {
            contact.phone.as_ref().map(ToString::to_string).unwrap_or_default()
        }),
        row(words.contacts.marketing_title, &|contact| words.ui.state(contact.state).to_owned()),
        row(text.native_stop, &|contact| yes(contact.native_stop)),
        row(text.blocked, &|contact| yes(contact.blocked)),
        row(words.contacts.tags, &|contact| contact.tags.join(", ")),
        row(text.language, &|contact| contact.details.language.clone().unwrap_or_default()),
        row(text.attributes, &|contact| {
            let fields = contact.details.attributes.iter();
            fields.map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join(", ")
        }),
        row(words.contacts.last_message, &|contact| {
            contact.last_inbound_at.map(|at| moment(at, words)).unwrap_or_default()
        }),
    );
    let consequence = (text.merge_consequence)(&result);
    let home = format!("/contacts/{}", kept.id);
    view! {
        <Card title=text.merge_preview>
            <Table caption=text.merge_preview head=ViewFnOnce::from(head)>{rows}</Table>
            <p>{consequence}</p>
            <form method="post" action=MergeContacts::url()>
                <input type="hidden" name="contact" value=kept.id.to_string()/>
                <input type="hidden" name="with" value=gone.id.to_string()/>
                <div class="dialog-actions">
                    <ButtonLink href=home>{words.contacts.cancel}</ButtonLink>
                    <Button press=Press::Submit variant=Variant::Danger>{text.merge_yes}</Button>
                </div>
            </form>
        </Card>
    }
}
