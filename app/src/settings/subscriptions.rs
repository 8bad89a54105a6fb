use domain::subscription::{DeliveryState, EventType, LoggedDelivery, Subscription};
use domain::time::Timestamp;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

use super::api::{AddSubscription, RemoveSubscription, ReplayDelivery, Subscriptions, list_subscriptions};
use crate::ui::{
    Badge, Banner, Button, Card, Column, CopyButton, EmptyState, FieldFrame, Glyph, Press, Size,
    SkeletonRows, Suspended, Table, TimeAgo, Tone, Variant, exact,
};
use crate::words::use_words;

/// Where other systems hear what happens here: the addresses, what was told them, and a form for another.
///
/// Its forms are the browser's own: nothing here is done often, and each leads to the page as it is afterwards.
#[component]
pub(super) fn SubscriptionCards() -> impl IntoView {
    let words = use_words();
    let text = &words.settings.webhooks;
    let query = use_query_map();
    let ticket = query.read_untracked().get("subscribed").unwrap_or_default();
    let problem = query.read_untracked().get("webhook").unwrap_or_default();
    let found = Resource::new(|| (), move |()| list_subscriptions(ticket.clone()));
    view! {
        <Card title=text.title lead=text.lead>
            <div class="stack">
                <Suspended
                    resource=found
                    fallback=|| view! { <SkeletonRows rows=2/> }
                    children=move |found: Subscriptions| view! { <Found found/> }
                />
                <AddForm problem/>
            </div>
        </Card>
    }
}

#[component]
fn Found(found: Subscriptions) -> impl IntoView {
    let words = use_words();
    let text = &words.settings.webhooks;
    let Subscriptions { rows, secret, now } = found;
    let secret = secret.map(|secret| {
        view! {
            <Banner tone=Tone::Success title=text.added>
                <p class="copyable">
                    <code class="secret">{secret.clone()}</code>
                    <CopyButton text=secret label=words.settings.admin.copy copied=words.settings.admin.copied/>
                </p>
                <p>{text.secret_once}</p>
            </Banner>
        }
    });
    let none = rows
        .is_empty()
        .then(|| view! { <EmptyState glyph=Glyph::Plug title=text.none text=text.none_text/> });
    let rows = rows.into_iter().map(|(one, log)| view! { <One one log now/> }).collect_view();
    view! { {secret} {none} {rows} }
}

#[component]
fn One(one: Subscription, log: Vec<LoggedDelivery>, now: Timestamp) -> impl IntoView {
    let words = use_words();
    let text = &words.settings.webhooks;
    let id = one.id.to_string();
    let badge = |event: EventType| view! { <Badge>{event.as_str()}</Badge> };
    let events = one.events.iter().copied().map(badge).collect_view();
    let head = move || {
        view! {
            <Column>{text.event}</Column>
            <Column>{text.state}</Column>
            <Column>{text.attempts}</Column>
            <Column>{text.when}</Column>
            <Column>{text.replay}</Column>
        }
    };
    let empty = log.is_empty();
    let lines = log.into_iter().map(|line| view! { <Line line now/> }).collect_view();
    view! {
        <section class="stack" data-gap="small" aria-label=one.url.clone()>
            <div class="cluster" data-align="between">
                <code class="own-page-link">{one.url.clone()}</code>
                <form method="post" action=RemoveSubscription::url()>
                    <input type="hidden" name="id" value=id/>
                    <Button press=Press::Submit size=Size::Small attr:aria-label=(text.remove_one)(&one.url)>{text.remove}</Button>
                </form>
            </div>
            <div class="cluster">{events}</div>
            {one.stopped.map(|(at, why)| view! {
                <Banner tone=Tone::Warning title=(text.stopped)(&why)><p>{exact(at, words)}</p></Banner>
            })}
            <details>
                <summary>{text.log}</summary>
                {if empty {
                    view! { <p class="muted small">{text.no_log}</p> }.into_any()
                } else {
                    view! { <Table caption=text.log head=ViewFnOnce::from(head)>{lines}</Table> }.into_any()
                }}
            </details>
        </section>
    }
}

#[component]
fn Line(line: LoggedDelivery, now: Timestamp) -> impl IntoView {
    let words = use_words();
    let text = &words.settings.webhooks;
    let tone = match line.state {
        DeliveryState::Delivered => Tone::Success,
        DeliveryState::Waiting => Tone::Info,
        DeliveryState::Failed => Tone::Danger,
    };
    let answer = match (line.status, line.error) {
        (Some(status), _) => format!("HTTP {status}"),
        (None, Some(error)) => (text.error)(&error).to_owned(),
        (None, None) => String::new(),
    };
    view! {
        <tr>
            <th scope="row">{line.event.as_str()}</th>
            <td data-label=text.state>
                <span class="cluster"><Badge tone>{(text.state_word)(line.state)}</Badge><span class="muted small">{answer}</span></span>
            </td>
            <td data-label=text.attempts class="numeric">{line.attempts}</td>
            <td data-label=text.when><TimeAgo at=line.created_at now/></td>
            <td data-label=text.replay>
                <form method="post" action=ReplayDelivery::url()>
                    <input type="hidden" name="id" value=line.id.to_string()/>
                    <Button press=Press::Submit size=Size::Small>{text.replay}</Button>
                </form>
            </td>
        </tr>
    }
}

#[component]
fn AddForm(
    /// What was wrong with the form before.
    problem: String,
) -> impl IntoView {
    let words = use_words();
    let text = &words.settings.webhooks;
    let wrong = (!problem.is_empty()).then(|| (text.problem)(&problem).to_owned());
    let invalid = wrong.is_some().then_some("true");
    let boxes = EventType::ALL
        .into_iter()
        .map(|event| {
            view! {
                <label class="cluster">
                    <input type="checkbox" name="events[]" value=event.as_str()/>
                    <span><code>{event.as_str()}</code>" " <span class="muted small">{(text.event_text)(event)}</span></span>
                </label>
            }
        })
        .collect_view();
    view! {
        <form method="post" action=AddSubscription::url()>
            <div class="stack">
                <FieldFrame id="url" label=text.url hint=Some(text.url_hint.to_owned()) error=Signal::stored(wrong)>
                    <input
                        class="field-control"
                        id="url"
                        name="url"
                        type="url"
                        placeholder="https://"
                        autocomplete="off"
                        aria-describedby="url-hint"
                        aria-invalid=invalid
                    />
                </FieldFrame>
                <fieldset class="stack" data-gap="small">
                    <legend class="field-label">{text.events}</legend>
                    {boxes}
                </fieldset>
                <div class="cluster" data-align="end">
                    <Button press=Press::Submit variant=Variant::Secondary>{text.add}</Button>
                </div>
            </div>
        </form>
    }
}
