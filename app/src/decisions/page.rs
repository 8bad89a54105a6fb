use domain::review::{Review, ReviewKind};
use domain::role::Right;
use domain::time::Timestamp;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::{DecideReview, Open, list_reviews};
use crate::live::use_live;
use crate::ui::{
    Badge, Banner, Button, Card, EmptyState, Glyph, Page, Press, Shape, Skeleton, Suspended, TimeAgo, Tone,
    Variant, date, exact, use_toasts,
};
use crate::visit::may;
use crate::words::{grouped, use_words};

/// Where the page is.
pub const DECISIONS_PATH: &str = "/decisions";

/// What needs a person, the most urgent first.
#[component]
pub fn DecisionsPage() -> impl IntoView {
    let words = use_words();
    let live = use_live();
    let decide = ServerAction::<DecideReview>::new();
    let (value, version) = (decide.value(), decide.version());
    let toasts = use_toasts();
    // A plain form that failed comes back with its error in the address.
    let failed = value.get_untracked().and_then(Result::err);
    let open = Resource::new(move || (version.get(), live.contacts.get()), |_| list_reviews());
    Effect::new(move |_| {
        if version.get() == 0 {
            return;
        }
        match value.get() {
            Some(Ok(())) => toasts.success(words.decisions.recorded),
            Some(Err(error)) => {
                toasts.error(format!("{}. {}", words.errors.title(&error), words.errors.remedy(&error)));
            }
            None => {}
        }
    });
    view! {
        <Page title=words.decisions.title lead=words.decisions.lead>
            {failed.map(|error| view! {
                <Banner tone=Tone::Danger title=words.errors.title(&error)><p>{words.errors.remedy(&error)}</p></Banner>
            })}
            <Suspended
                resource=open
                fallback=|| view! { <Skeleton shape=Shape::Block/> <Skeleton shape=Shape::Block/> }
                children=move |open: Open| view! { <Queue open decide/> }
            />
        </Page>
    }
}

#[component]
fn Queue(open: Open, decide: ServerAction<DecideReview>) -> impl IntoView {
    let words = use_words();
    let Open { reviews, total, now } = open;
    if reviews.is_empty() {
        return view! {
            <div class="card">
                <EmptyState glyph=Glyph::Check title=words.decisions.none_title text=words.decisions.none_text/>
            </div>
        }
        .into_any();
    }
    let more = total - i64::try_from(reviews.len()).unwrap_or(0);
    let items = reviews.into_iter().map(|review| view! { <Item review now decide/> }).collect_view();
    view! {
        <ul class="stack" data-gap="large" aria-label=words.decisions.title>{items}</ul>
        {(more > 0).then(|| view! { <p class="muted small">{(words.decisions.more)(&grouped(more))}</p> })}
    }
    .into_any()
}

#[component]
fn Item(review: Review, now: Timestamp, decide: ServerAction<DecideReview>) -> impl IntoView {
    let words = use_words();
    let text = &words.decisions;
    let Review { id, kind, contact, contact_label, rule, matched, evidence, opened_at, due_at } = review;
    let said = evidence.as_ref().and_then(|evidence| evidence.words.clone());
    let rule = rule.map(|rule| (words.consent.rule)(&rule, matched.as_deref()));
    let overdue = due_at <= now;
    let (tone, glyph) = match kind {
        ReviewKind::Hold => (Tone::Warning, Glyph::Held),
        ReviewKind::Complaint => (Tone::Danger, Glyph::Warning),
        ReviewKind::Erasure => (Tone::Info, Glyph::Shield),
    };
    let choices: &[(&'static str, &'static str, Variant)] = match kind {
        ReviewKind::Hold => {
            &[("stop", text.stop, Variant::Primary), ("no_stop", text.no_stop, Variant::Secondary)]
        }
        ReviewKind::Complaint | ReviewKind::Erasure => &[("done", text.done, Variant::Primary)],
    };
    let pending = decide.pending();
    let buttons = choices
        .iter()
        .map(|&(decision, label, variant)| {
            let name = format!("{label}: {contact_label}");
            let submit = move |event: leptos::ev::SubmitEvent| {
                event.prevent_default();
                if !pending.get_untracked() {
                    decide.dispatch(DecideReview { review: id, decision: decision.to_owned() });
                }
            };
            view! {
                <form method="post" action=DecideReview::url() on:submit=submit>
                    <input type="hidden" name="review" value=id.to_string()/>
                    <input type="hidden" name="decision" value=decision/>
                    <Button press=Press::Submit variant disabled=!may(Right::WriteConsent) attr:aria-label=name>{label}</Button>
                </form>
            }
        })
        .collect_view();
    view! {
        <li>
            <Card title=contact_label.clone()>
                <div class="cluster" data-align="between">
                    <span class="cluster">
                        <Badge tone glyph>{text.kind(kind)}</Badge>
                        <span class="muted small"><TimeAgo at=opened_at now/></span>
                    </span>
                    <span class="small" data-tone=overdue.then_some("danger")>
                        {if overdue { text.overdue } else { text.due }} " "
                        <time datetime=due_at.to_string() title=exact(due_at, words)>{date(due_at, words)}</time>
                    </span>
                </div>
                {said.map(|said| view! { <q class="quote">{said}</q> })}
                {rule.map(|rule| view! { <p class="muted small">{rule}</p> })}
                <p>{text.what(kind)}</p>
                <div class="cluster">
                    {buttons}
                    <a href=format!("/contacts/{contact}")>{text.open_contact}</a>
                </div>
            </Card>
        </li>
    }
}
