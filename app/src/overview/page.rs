use domain::campaign::Summary;
use domain::consent::State;
use domain::role::Right;
use leptos::prelude::*;

use super::api::{Today, today};
use crate::campaigns::{CAMPAIGNS_PATH, CampaignBadge};
use crate::contacts::EventItem;
use crate::decisions::DECISIONS_PATH;
use crate::live::use_live;
use crate::settings::{Connection, OPT_IN_OUT_PATH};
use crate::ui::{
    Badge, ButtonLink, Card, EmptyState, Facts, Glyph, Icon, Page, Shape, Size, Skeleton, Split, Stat,
    Suspended, Timeline, Tone,
};
use crate::visit::{may, use_visit};
use crate::words::{grouped, use_words};

/// The page one starts on.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let words = use_words();
    let live = use_live();
    let today = Resource::new(
        move || (live.contacts.get(), live.messages.get(), live.settings.get(), live.campaigns.get()),
        |_| today(),
    );
    view! {
        <Page title=words.shell.overview lead=words.overview.lead>
            <Suspended
                resource=today
                fallback=|| view! { <Skeleton shape=Shape::Block/> <Skeleton shape=Shape::Block/> }
                children=move |today: Today| view! { <Standing today/> }
            />
        </Page>
    }
}

#[component]
fn Standing(today: Today) -> impl IntoView {
    let words = use_words();
    let text = &words.overview;
    let counts = today.counts;
    let now = today.now;
    let list = |state: State| format!("/contacts?state={}", state.as_str());
    let open_note = if today.open_reviews > 0 { text.held_note } else { text.held_none };
    let steps = next_steps(&today);
    let recent = today.recent.clone();
    let other = (!today.other_updates.is_empty()).then(|| {
        let listed: Vec<String> = today
            .other_updates
            .iter()
            .map(|(field, count)| format!("{field} ({})", grouped(*count)))
            .collect();
        (text.other_updates)(&listed.join(", "))
    });
    let connections = today.connections.clone();
    let campaign = today.campaign.clone();
    let aside = move || {
        let lines =
            connections.into_iter().map(|connection| view! { <ConnectionLine connection/> }).collect_view();
        view! {
            {(!steps.is_empty()).then(|| view! { <NextSteps steps/> })}
            {campaign.map(|summary| view! { <LastCampaign summary/> })}
            <Card title=text.connections>
                <ul class="stack">{lines}</ul>
                <div><ButtonLink href="/settings/connection" size=Size::Small>{words.settings.connection}</ButtonLink></div>
            </Card>
        }
    };
    view! {
        <div class="tiles">
            <Stat
                label=text.reachable
                value=grouped(counts.opted_in)
                note=(text.of_contacts)(&grouped(counts.total()))
                state=State::OptedIn
                href=list(State::OptedIn)
            />
            <Stat
                label=text.opted_out
                value=grouped(counts.opted_out)
                note=(text.opt_outs_week)(today.opt_outs_7d)
                state=State::OptedOut
                href=list(State::OptedOut)
            />
            <Stat
                label=text.held
                value=grouped(today.open_reviews)
                note=open_note
                state=State::Held
                href=DECISIONS_PATH.to_owned()
            />
            <Stat label=text.opt_ins value=grouped(today.opt_ins_7d) note=text.last_week/>
            <Stat label=text.failed value=grouped(today.failed_sends_7d) note=text.last_week/>
            <Stat label=text.violations value=grouped(today.violations) note=text.violations_note/>
        </div>
        <Split aside=ViewFnOnce::from(aside)>
            <Card
                title=text.recent
                actions=ViewFnOnce::from(move || view! { <ButtonLink href="/ledger" size=Size::Small>{text.all_events}</ButtonLink> })
            >
                {if recent.is_empty() {
                    view! { <EmptyState glyph=Glyph::Ledger title=words.ledger.empty_title text=text.no_events/> }.into_any()
                } else {
                    let items = recent
                        .into_iter()
                        .map(|entry| {
                            let href = format!("/contacts/{}", entry.event.contact);
                            view! {
                                <li class="decision">
                                    <a href=href>{entry.contact_label}</a>
                                    <Timeline label=words.ledger.event><EventItem event=entry.event now/></Timeline>
                                </li>
                            }
                        })
                        .collect_view();
                    view! { <ul class="decisions">{items}</ul> }.into_any()
                }}
            </Card>
            {other.map(|other| view! { <p class="muted small">{other}</p> })}
        </Split>
    }
}

/// How the last campaign fared.
#[component]
fn LastCampaign(summary: Summary) -> impl IntoView {
    let text = &use_words().campaigns;
    let Summary { campaign, counts, opt_outs } = summary;
    let skipped: i64 = counts.skipped.values().sum();
    let actions = move || view! { <ButtonLink href=CAMPAIGNS_PATH size=Size::Small>{text.all}</ButtonLink> };
    view! {
        <Card title=text.last actions=ViewFnOnce::from(actions)>
            <div class="cluster" data-align="between">
                <a href=format!("{CAMPAIGNS_PATH}/{}", campaign.id)>{campaign.name}</a>
                <CampaignBadge state=campaign.state/>
            </div>
            <Facts>
                <dt>{text.sent}</dt>
                <dd class="numeric">{(text.of)(counts.sent, counts.audience)}</dd>
                <dt>{text.skipped}</dt>
                <dd class="numeric">{grouped(skipped)}</dd>
                <dt>{text.opt_outs}</dt>
                <dd class="numeric">{grouped(opt_outs)}</dd>
            </Facts>
        </Card>
    }
}

#[component]
fn ConnectionLine(connection: Connection) -> impl IntoView {
    let text = &use_words().overview;
    let state = match connection.paused {
        Some(why) => view! { <Badge tone=Tone::Warning glyph=Glyph::Held>{(text.paused)(&why)}</Badge> },
        None => view! { <Badge tone=Tone::Success glyph=Glyph::OptedIn>{text.sending.to_owned()}</Badge> },
    };
    view! { <li class="cluster" data-align="between"><span class="numeric">{connection.display_number}</span>{state}</li> }
}

/// Something worth doing next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NextStep {
    href: &'static str,
    glyph: Glyph,
    title: &'static str,
    text: &'static str,
}

/// What is worth doing next, most needed first; empty once everything is.
fn next_steps(today: &Today) -> Vec<NextStep> {
    let text = &use_words().overview;
    let visit = use_visit();
    let step = |href, glyph, title, text| NextStep { href, glyph, title, text };
    let mut steps = Vec::new();
    if today.connections.is_empty() {
        steps.push(step("/settings/connection", Glyph::Plug, text.step_connect, text.step_connect_text));
    }
    if today.settings_untouched && may(Right::WriteSettings) {
        steps.push(step(OPT_IN_OUT_PATH, Glyph::Settings, text.step_words, text.step_words_text));
    }
    if today.counts.total() == 0 && may(Right::WriteContacts) {
        steps.push(step("/contacts/new", Glyph::Contacts, text.step_contacts, text.step_contacts_text));
    }
    if visit.demo {
        steps.push(step("/simulator", Glyph::Phone, text.step_simulator, text.step_simulator_text));
    }
    steps
}

#[component]
fn NextSteps(steps: Vec<NextStep>) -> impl IntoView {
    let title = use_words().overview.next_steps;
    let items = steps
        .into_iter()
        .map(|step| {
            view! {
                <li class="next-step">
                    <Icon glyph=step.glyph/>
                    <div>
                        <a href=step.href>{step.title}</a>
                        <p class="muted small">{step.text}</p>
                    </div>
                </li>
            }
        })
        .collect_view();
    view! { <Card title><ul class="stack">{items}</ul></Card> }
}
