use domain::audit::{Action, AuditEntry};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::api::{AuditLog, list_audit};
use super::frame::SettingsFrame;
use crate::auth::percent_encoded;
use crate::ui::{
    Button, Card, Column, EmptyState, Glyph, Icon, Press, SkeletonRows, Suspended, Table, TimeAgo,
};
use crate::words::use_words;

/// Where the page is.
const PATH: &str = "/settings/audit";

/// What people of the business did.
#[component]
pub fn AuditPage() -> impl IntoView {
    let words = use_words();
    let query = use_query_map();
    let asked = move || {
        let query = query.read();
        let of = |name| query.get(name).unwrap_or_default();
        (of("who"), of("what"), of("before"))
    };
    let loaded = Resource::new(asked, |(who, what, before)| async move {
        Ok((list_audit(who.clone(), what.clone(), before.clone()).await?, who, what, before))
    });
    view! {
        <SettingsFrame title=words.audit.title lead=words.audit.lead>
            <Suspended
                resource=loaded
                fallback=|| view! { <SkeletonRows/> }
                children=move |(log, who, what, before): (AuditLog, String, String, String)| {
                    view! { <Log log who what before/> }
                }
            />
        </SettingsFrame>
    }
}

#[component]
fn Log(log: AuditLog, who: String, what: String, before: String) -> impl IntoView {
    let words = use_words();
    let text = &words.audit;
    let AuditLog { entries, people, more, now } = log;
    let option = |value: String, label: String, chosen: &str| {
        let selected = value == chosen;
        view! { <option value=value selected=selected prop:selected=selected>{label}</option> }
    };
    let persons = people.iter().map(|(id, email)| option(id.clone(), email.clone(), &who)).collect_view();
    let deeds = Action::ALL
        .iter()
        .map(|action| option(action.as_str().to_owned(), (text.action)(*action).to_owned(), &what))
        .collect_view();
    let head = move || {
        view! {
            <Column>{text.who}</Column>
            <Column>{text.what}</Column>
            <Column>{text.subject}</Column>
            <Column>{text.when}</Column>
        }
    };
    let last = entries.last().map(|entry| entry.id.to_string());
    let file = format!("{PATH}/audit.csv?who={}&what={}", percent_encoded(&who), percent_encoded(&what));
    let address = format!("{PATH}?who={}&what={}", percent_encoded(&who), percent_encoded(&what));
    let older = last.filter(|_| more).map(|last| {
        let href = format!("{address}&before={last}");
        view! { <a href=href>{text.older}</a> }
    });
    let newest = (!before.is_empty()).then(|| view! { <a href=address>{text.newest}</a> });
    let name = move |actor: &str| {
        let known = people.iter().find(|(id, _)| id == actor).map(|(_, email)| email.clone());
        known.unwrap_or_else(|| {
            if actor.starts_with("key_") { format!("{} {actor}", text.key) } else { text.system.to_owned() }
        })
    };
    let none = entries.is_empty();
    let rows = entries
        .into_iter()
        .map(|AuditEntry { actor, action, subject, at, .. }| {
            // Of colleagues the address says more than the id.
            let (first, rest) =
                subject.split_once(' ').map_or((subject.as_str(), ""), |(first, rest)| (first, rest));
            let subject =
                if first.starts_with("usr_") { format!("{} {rest}", name(first)) } else { subject.clone() };
            view! {
                <tr>
                    <th scope="row">{name(&actor)}</th>
                    <td data-label=text.what>{(text.action)(action)}</td>
                    <td data-label=text.subject class="wrapped">{subject}</td>
                    <td data-label=text.when><TimeAgo at now/></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <form method="get" action=PATH class="cluster">
            <span class="cluster">
                <label class="field-label" for="who">{text.who}</label>
                <span class="select">
                    <select class="field-control" id="who" name="who"><option value="">{text.all}</option>{persons}</select>
                    <Icon glyph=Glyph::ChevronDown/>
                </span>
            </span>
            <span class="cluster">
                <label class="field-label" for="what">{text.what}</label>
                <span class="select">
                    <select class="field-control" id="what" name="what"><option value="">{text.all}</option>{deeds}</select>
                    <Icon glyph=Glyph::ChevronDown/>
                </span>
            </span>
            <Button press=Press::Submit>{text.show}</Button>
        </form>
        {if none {
            view! { <Card><EmptyState glyph=Glyph::Shield title=text.none text=text.none_text/></Card> }.into_any()
        } else {
            view! { <Table caption=text.title head=ViewFnOnce::from(head)>{rows}</Table> }.into_any()
        }}
        <nav class="cluster" aria-label=text.title>
            {newest}{older}
            {(!none).then(|| view! { <a href=file rel="external" download="">{text.download}</a> })}
        </nav>
    }
}
