use domain::campaign::{Recipient, RecipientOutcome};
use domain::id::CampaignId;
use domain::time::Timestamp;
use leptos::prelude::*;

use super::CAMPAIGNS_PATH;
use super::api::{People, Shown};
use crate::ui::{
    Badge, ButtonLink, Card, Column, EmptyState, Glyph, Pager, Person, Size, Table, TimeAgo, Tone,
};
use crate::words::use_words;

/// The people behind a figure.
#[component]
pub(super) fn PeopleCard(
    /// Who.
    people: People,
    /// Which were asked for.
    shown: Shown,
    /// Of which campaign.
    id: CampaignId,
    /// It is not launched yet, so nothing became of anybody.
    is_written: bool,
    /// When it was read.
    now: Timestamp,
) -> impl IntoView {
    let words = use_words();
    let text = &words.campaigns;
    let outcome = shown.outcome.map(RecipientOutcome::as_str).unwrap_or_default();
    let reason = shown.reason.map(domain::permit::Reason::as_str).unwrap_or_default();
    let base = format!("{CAMPAIGNS_PATH}/{id}");
    let query = format!("outcome={outcome}&reason={reason}");
    let People { rows, next } = people;
    let title = match (shown.outcome, shown.reason) {
        (_, Some(reason)) => format!("{}: {}", text.left_out, (text.reason_word)(reason)),
        (Some(RecipientOutcome::Pending), None) if is_written => text.preview_title.to_owned(),
        (Some(outcome), None) => format!("{}: {}", text.people, (text.outcome_word)(outcome)),
        (None, None) => text.people.to_owned(),
    };
    let file = format!("{base}/recipients.csv?{query}");
    let actions = move || {
        (!is_written).then(|| {
            let listed = shown.outcome.filter(|_| shown.reason.is_none()).map(|outcome| {
                let href = format!("/contacts?campaign={id}&outcome={}", outcome.as_str());
                view! { <ButtonLink href size=Size::Small>{words.person.show_in_contacts}</ButtonLink> }
            });
            view! {
                {listed}
                <ButtonLink href=file size=Size::Small attr:rel="external" attr:download="">{text.download}</ButtonLink>
            }
        })
    };
    if rows.is_empty() {
        return view! {
            <div id="people" class="people">
                <Card title><EmptyState glyph=Glyph::Contacts title=text.nobody text=text.nobody_text/></Card>
            </div>
        }
        .into_any();
    }
    let head = move || {
        view! {
            <Column>{text.person}</Column>
            {(!is_written).then(|| view! { <Column>{text.outcome}</Column> })}
            <Column>{text.reason}</Column>
            {(!is_written).then(|| view! { <Column>{text.at}</Column> })}
        }
    };
    let items = rows.into_iter().map(|row| view! { <Row row is_written now/> }).collect_view();
    let first = shown.after.is_none();
    let pages = (next.is_some() || !first).then(|| {
        let previous = (!first).then(|| format!("{base}?{query}#people"));
        let next = next.map(|next| format!("{base}?{query}&after={next}#people"));
        view! { <Pager previous next/> }
    });
    view! {
        <div id="people" class="people">
            <Card title actions=ViewFnOnce::from(actions) flush=true>
                <Table caption=text.people head=ViewFnOnce::from(head)>{items}</Table>
            </Card>
            {pages}
        </div>
    }
    .into_any()
}

#[component]
fn Row(row: Recipient, is_written: bool, now: Timestamp) -> impl IntoView {
    let words = use_words();
    let text = &words.campaigns;
    let href = format!("/contacts/{}", row.contact);
    let number = row.phone.clone().filter(|number| *number != row.label);
    let tone = match row.outcome {
        RecipientOutcome::Failed => Tone::Danger,
        RecipientOutcome::Unknown => Tone::Warning,
        RecipientOutcome::Delivered | RecipientOutcome::Read => Tone::Success,
        _ => Tone::Neutral,
    };
    let why = match (row.reason, row.error_code) {
        (Some(reason), _) => (text.reason_word)(reason),
        (None, Some(code)) => (text.error_code)(code),
        (None, None) => "–".to_owned(),
    };
    view! {
        <tr>
            <th scope="row">
                {match number {
                    Some(sub) => view! { <Person name=row.label href sub/> }.into_any(),
                    None => view! { <Person name=row.label href/> }.into_any(),
                }}
            </th>
            {(!is_written).then(|| view! { <td data-label=text.outcome><Badge tone>{(text.outcome_word)(row.outcome)}</Badge></td> })}
            <td data-label=text.reason>{why}</td>
            {(!is_written).then(|| {
                view! { <td data-label=text.at>{row.at.map(|at| view! { <TimeAgo at now/> })}</td> }
            })}
        </tr>
    }
}
