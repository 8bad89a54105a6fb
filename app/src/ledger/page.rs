use domain::time::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::api::{Broken, LedgerEntry, LedgerRows, PAGE, Verified, list_ledger, verify_ledger};
use crate::error::AppError;
use crate::live::use_live;
use crate::ui::{
    Badge, Banner, Button, Column, ConsentBadge, CopyButton, EmptyState, Glyph, Page, Pager, Press,
    SkeletonRows, Suspended, Table, TimeAgo, Tone,
};
use crate::words::{grouped, use_words};

const LEDGER_PATH: &str = "/ledger";

/// The record of consent.
#[component]
pub fn LedgerPage() -> impl IntoView {
    let words = use_words();
    let live = use_live();
    let query = use_query_map();
    let before = Memo::new(move |_| query.read().get("before").and_then(|text| text.parse::<i64>().ok()));
    let asked = query.read_untracked().get("verify").is_some();
    let busy = RwSignal::new(false);
    // Belongs to the page: rows are disposed as soon as they are loaded again, but shown until the new ones are there.
    let is_busy: Signal<bool> = busy.into();
    let rows = Resource::new(move || (before.get(), live.contacts.get()), |(before, _)| list_ledger(before));
    // Asked for in the address when the form was sent by the browser itself.
    let checked = Resource::new(
        || (),
        move |()| async move { if asked { verify_ledger().await.map(Some) } else { Ok(None) } },
    );
    let verify = Action::new(|(): &()| verify_ledger());
    let (value, pending) = (verify.value(), verify.pending());
    let actions = move || {
        view! {
            <form
                method="get"
                action=LEDGER_PATH
                on:submit=move |event| {
                    event.prevent_default();
                    if !pending.get_untracked() {
                        verify.dispatch(());
                    }
                }
            >
                <input type="hidden" name="verify" value="1"/>
                <Button press=Press::Submit glyph=Glyph::Shield pending>{words.ledger.verify}</Button>
            </form>
        }
    };
    view! {
        <Page title=words.shell.ledger lead=words.ledger.lead actions=ViewFnOnce::from(actions)>
            <div aria-live="polite">
                {move || value.get().map(|found| view! { <Verdict found/> })}
                <Suspended resource=checked children={move |found: Option<Verified>| {
                    found.map(|found| view! { <Verdict found=Ok(found)/> })
                }}/>
            </div>
            <Suspended resource=rows busy fallback=|| view! { <SkeletonRows/> } children=move |rows: LedgerRows| {
                view! { <Rows rows before=before.get_untracked() busy=is_busy/> }
            }/>
        </Page>
    }
}

/// What the check of the chain found.
#[component]
fn Verdict(found: Result<Verified, AppError>) -> impl IntoView {
    let words = use_words();
    match found {
        Err(error) => view! {
            <Banner tone=Tone::Danger title=words.errors.title(&error)><p>{words.errors.remedy(&error)}</p></Banner>
        }
        .into_any(),
        Ok(Verified { events, head, broken: None }) => view! {
            <Banner tone=Tone::Success title=(words.ledger.holds)(&grouped(events))>
                <p>{(words.ledger.holds_text)(short(&head))}</p>
            </Banner>
        }
        .into_any(),
        Ok(Verified { broken: Some(broken), .. }) => {
            let what = match broken {
                Broken::Gap { expected, found } => (words.ledger.gap)(expected, found),
                Broken::Changed { seq } => (words.ledger.changed)(seq),
                Broken::Evidence { seq } => (words.ledger.evidence)(seq),
                Broken::Head { recorded, found } => (words.ledger.head)(recorded, found),
            };
            view! {
                <Banner tone=Tone::Danger title=words.ledger.broken>
                    <p>{what} " " {words.ledger.broken_text}</p>
                </Banner>
            }
            .into_any()
        }
    }
}

#[component]
fn Rows(rows: LedgerRows, before: Option<i64>, #[prop(into)] busy: Signal<bool>) -> impl IntoView {
    let words = use_words();
    let LedgerRows { rows, now } = rows;
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return view! {
            <div class="card">
                <EmptyState glyph=Glyph::Ledger title=words.ledger.empty_title text=words.ledger.empty_text/>
            </div>
        }
        .into_any();
    };
    let (first, last) = (first.event.seq, last.event.seq);
    // Places have no gaps: the page before starts one page further up.
    let previous = before.map(|_| format!("{LEDGER_PATH}?before={}", first + i64::from(PAGE) + 1));
    let next = (last > 1).then(|| format!("{LEDGER_PATH}?before={last}"));
    let summary = (words.ledger.summary)(&grouped(first), &grouped(last));
    let head = move || {
        view! {
            <Column>{words.ledger.contact}</Column>
            <Column>{words.ledger.event}</Column>
            <Column>{words.ledger.how}</Column>
            <Column>{words.ledger.who}</Column>
            <Column>{words.ledger.when}</Column>
            <Column>{words.ledger.proof}</Column>
        }
    };
    let rows = rows.into_iter().map(|entry| view! { <Row entry now/> }).collect_view();
    view! {
        <Table caption=words.shell.ledger head=ViewFnOnce::from(head) busy>{rows}</Table>
        <Pager previous next summary/>
    }
    .into_any()
}

#[component]
fn Row(entry: LedgerEntry, now: Timestamp) -> impl IntoView {
    let words = use_words();
    let LedgerEntry { event, contact_label } = entry;
    let said = event.evidence.as_ref().and_then(|evidence| {
        evidence.words.clone().or_else(|| evidence.note.clone()).or_else(|| evidence.wording.clone())
    });
    let erased = event.evidence.is_none().then_some(words.consent.words_erased);
    let rule = event.rule.as_deref().map(|rule| (words.consent.rule)(rule, event.matched.as_deref()));
    let basis = [rule, Some((words.consent.settings_version)(event.settings_version))];
    let basis = basis.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let kept = event.from == event.to;
    view! {
        <tr>
            <th scope="row"><a href=format!("/contacts/{}", event.contact)>{contact_label}</a></th>
            <td data-label=words.ledger.event>
                <span class="stack" data-gap="small">
                    <span><ConsentBadge state=event.to/></span>
                    {kept.then(|| view! { <span class="muted small">{words.consent.event(event.kind)}</span> })}
                </span>
            </td>
            <td data-label=words.ledger.how>
                <span class="ledger-how">
                    <span>{words.consent.source(event.source)}</span>
                    {said.map(|said| view! { <q class="quote">{said}</q> })}
                    {erased.map(|erased| view! { <span class="muted small">{erased}</span> })}
                    <span class="muted small">{basis}</span>
                </span>
            </td>
            <td data-label=words.ledger.who>{words.consent.actor(&event.actor)}</td>
            <td data-label=words.ledger.when><TimeAgo at=event.occurred_at now/></td>
            <td data-label=words.ledger.proof>
                <span class="copyable">
                    <Badge>{format!("#{}", grouped(event.seq))}</Badge>
                    <code title=event.hash.clone()>{short(&event.hash).to_owned()}</code>
                    <CopyButton text=event.hash.clone() label=words.ledger.copy copied=words.ledger.copied/>
                </span>
            </td>
        </tr>
    }
}

/// The start of a hash, enough to compare at a glance.
fn short(hash: &str) -> &str {
    hash.get(..10).unwrap_or(hash)
}
