use domain::campaign::{CampaignState, RecipientOutcome};
use domain::role::Right;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use leptos_router::params::ParamsMap;

use super::api::{CampaignDetail, CampaignNumbers, CommandCampaign, Shown, TestCampaign, load_campaign};
use super::launch::{Actions, Before};
use super::list::{CampaignBadge, audience_words};
use super::people::PeopleCard;
use super::report::Report;
use super::templates::TemplatePreview;
use super::{CAMPAIGNS_PATH, NUMBERS};
use crate::error::FieldName;
use crate::live::use_live;
use crate::returned::{Returned, returned, use_ticket};
use crate::ui::{
    Banner, Card, Facts, Page, Shape, Skeleton, Split, Step, Suspended, TimeAgo, Tone, exact, use_toasts,
};
use crate::visit::may;
use crate::words::use_words;

/// Which people the address asks for.
fn shown(query: &ParamsMap) -> Shown {
    Shown {
        outcome: query.get("outcome").and_then(|word| word.parse::<RecipientOutcome>().ok()),
        reason: query.get("reason").and_then(|word| word.parse().ok()),
        after: query.get("after").filter(|after| !after.is_empty()),
    }
}

/// What one does to a campaign, kept by the page: its parts are made anew whenever the campaign got further.
#[derive(Clone, Copy)]
pub(super) struct Doing {
    pub(super) command: ServerAction<CommandCampaign>,
    pub(super) test: ServerAction<TestCampaign>,
    /// The questions that are open.
    pub(super) launching: RwSignal<bool>,
    pub(super) cancelling: RwSignal<bool>,
}

/// One campaign, from draft to report.
#[component]
pub fn CampaignPage() -> impl IntoView {
    let words = use_words();
    let live = use_live();
    let ticket = use_ticket();
    let (params, query) = (use_params_map(), use_query_map());
    let doing = Doing {
        command: ServerAction::new(),
        test: ServerAction::new(),
        launching: RwSignal::new(false),
        cancelling: RwSignal::new(false),
    };
    announce(doing);
    let asked = Memo::new(move |_| {
        let query = query.read();
        let id = params.read().get("id").unwrap_or_default();
        (id, shown(&query), query.get(NUMBERS).unwrap_or_default())
    });
    let version = doing.command.version();
    let detail = Resource::new_blocking(
        move || (asked.get(), live.campaigns.get(), version.get()),
        move |((id, shown, numbers), ..)| {
            let ticket = ticket();
            async move { Ok((load_campaign(id, shown, numbers).await?, returned(ticket).await?)) }
        },
    );
    let tested = move || query.read_untracked().get("tested").is_some();
    view! {
        <Suspended resource=detail page=true fallback=|| view! { <Skeleton shape=Shape::Block/> } children=move |(detail, returned)| {
            let detail: CampaignDetail = detail;
            let campaign = detail.report.campaign.clone();
            let trail = vec![Step { label: words.shell.campaigns.to_owned(), href: Some(CAMPAIGNS_PATH.to_owned()) }];
            let state = campaign.state;
            let actions = {
                let detail = detail.clone();
                move || may(Right::RunCampaigns).then(|| view! { <Actions detail doing/> })
            };
            view! {
                <Page title=campaign.name.clone() trail actions=ViewFnOnce::from(actions)>
                    <div class="cluster">
                        <CampaignBadge state/>
                        <span class="muted">{audience_words(&campaign.audience, words)}</span>
                    </div>
                    {tested().then(|| view! { <Banner tone=Tone::Success title=words.campaigns.tested/> })}
                    <Returning returned=returned.clone()/>
                    <Rejected rejected=detail.rejected.clone()/>
                    <Standing detail shown=asked.get_untracked().1 doing returned/>
                </Page>
            }
        }/>
    }
}

/// Says what came of what was done.
fn announce(doing: Doing) {
    let words = use_words();
    let toasts = use_toasts();
    let (value, version) = (doing.command.value(), doing.command.version());
    Effect::new(move |_| {
        if version.get() == 0 {
            return;
        }
        match value.get() {
            Some(Ok(state)) => {
                doing.launching.set(false);
                doing.cancelling.set(false);
                toasts.success((words.campaigns.done)(state));
            }
            Some(Err(error)) => {
                doing.launching.set(false);
                doing.cancelling.set(false);
                let said = error.fields().first().map_or_else(
                    || words.errors.remedy(&error).to_owned(),
                    |field| words.errors.field(*field),
                );
                toasts.error(format!("{}. {said}", words.errors.title(&error)));
            }
            None => {}
        }
    });
    let (value, version) = (doing.test.value(), doing.test.version());
    Effect::new(move |_| {
        if version.get() > 0
            && let Some(Ok(())) = value.get()
        {
            toasts.success(words.campaigns.tested);
        }
    });
}

/// What a plain form that was refused came back with.
#[component]
fn Returning(returned: Option<Returned>) -> impl IntoView {
    let words = use_words();
    returned.filter(|returned| returned.typed(FieldName::Phone).is_none()).map(|returned| {
        let fields: Vec<_> = returned.error.fields().iter().map(|field| words.errors.field(*field)).collect();
        let said =
            if fields.is_empty() { vec![words.errors.remedy(&returned.error).to_owned()] } else { fields };
        let lines = said.into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
        view! { <Banner tone=Tone::Danger title=words.errors.title(&returned.error)>{lines}</Banner> }
    })
}

/// Most numbers that could not be read that are shown: a list with more of them is wrong as a whole.
const REJECTED_SHOWN: usize = 100;

/// Numbers of the list that could not be read.
#[component]
fn Rejected(rejected: CampaignNumbers) -> impl IntoView {
    let words = use_words();
    (!rejected.is_empty()).then(|| {
        let lines = rejected
            .iter()
            .take(REJECTED_SHOWN)
            .map(|one| {
                let error = crate::error::FieldError::new(FieldName::Phone, one.code);
                view! { <li>{(words.campaigns.rejected_line)(one.line, &one.text)} " " {words.errors.field(error)}</li> }
            })
            .collect_view();
        view! {
            <Banner tone=Tone::Warning title=(words.campaigns.rejected)(rejected.len())>
                <ul class="rejected">{lines}</ul>
                {(rejected.len() > REJECTED_SHOWN)
                    .then(|| view! { <p>{(words.campaigns.rejected_more)(rejected.len() - REJECTED_SHOWN)}</p> })}
            </Banner>
        }
    })
}

/// Before the launch who will get it, afterwards who did; beside it what people read.
#[component]
fn Standing(detail: CampaignDetail, shown: Shown, doing: Doing, returned: Option<Returned>) -> impl IntoView {
    let campaign = detail.report.campaign.clone();
    let is_written = matches!(campaign.state, CampaignState::Draft | CampaignState::Scheduled);
    let aside = {
        let detail = detail.clone();
        move || view! { <Message detail/> }
    };
    let people = detail.people.clone();
    let (id, now) = (campaign.id, detail.now);
    view! {
        <Split aside=ViewFnOnce::from(aside)>
            {if is_written {
                view! { <Before detail=detail.clone() doing returned/> }.into_any()
            } else {
                view! { <Report detail=detail.clone()/> }.into_any()
            }}
            {people.map(|people| view! { <PeopleCard people shown id is_written now/> })}
        </Split>
    }
}

/// What people read, and the facts of the campaign.
#[component]
fn Message(detail: CampaignDetail) -> impl IntoView {
    let words = use_words();
    let text = &words.campaigns;
    let CampaignDetail { report, template, now, .. } = detail;
    let campaign = report.campaign;
    let kind = template.as_ref().map(|choice| choice.template.kind);
    let preview = template.map(|choice| {
        let filled: Vec<_> = campaign
            .variables
            .iter()
            .map(|(name, value)| (name.clone(), domain::campaign::fill_for_nobody(value)))
            .collect();
        let body = choice.template.render(&filled);
        view! { <TemplatePreview template=choice.template body=Signal::stored(body)/> }
    });
    view! {
        <Card title=text.message>
            {preview}
            <Facts>
                <dt>{text.template}</dt>
                <dd>{campaign.template.clone()} {kind.map(|kind| format!(" · {}", (text.template_kind)(kind)))}</dd>
                {campaign.launched_at.map(|at| view! { <dt>{text.launched}</dt> <dd><TimeAgo at now/></dd> })}
                {campaign.schedule_at.filter(|_| campaign.launched_at.is_none()).map(|at| {
                    view! { <dt>{text.when}</dt> <dd>{exact(at, words)}</dd> }
                })}
            </Facts>
        </Card>
    }
}
