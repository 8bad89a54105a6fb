use domain::campaign::{CampaignState, Summary};
use domain::role::Right;
use domain::time::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::CAMPAIGNS_PATH;
use super::api::{CampaignList, list_campaigns};
use crate::live::use_live;
use crate::ui::{
    Badge, ButtonLink, Column, EmptyState, Glyph, Page, Pager, SkeletonRows, Suspended, Table, TimeAgo, Tone,
    Variant, exact,
};
use crate::visit::may;
use crate::words::{Words, grouped, use_words};

/// Where a campaign stands: shape, word and colour.
#[component]
pub fn CampaignBadge(
    /// The state.
    state: CampaignState,
) -> impl IntoView {
    let words = use_words();
    let (tone, glyph) = match state {
        CampaignState::Draft => (Tone::Neutral, Glyph::Unknown),
        CampaignState::Scheduled => (Tone::Info, Glyph::Pending),
        CampaignState::Running => (Tone::Info, Glyph::Send),
        CampaignState::Paused => (Tone::Warning, Glyph::Held),
        CampaignState::Finished => (Tone::Success, Glyph::OptedIn),
        CampaignState::Cancelled => (Tone::Neutral, Glyph::Blocked),
    };
    view! { <Badge tone glyph>{(words.campaigns.state_word)(state)}</Badge> }
}

/// The audience of a campaign in words.
pub(super) fn audience_words(audience: &domain::campaign::Audience, words: &Words) -> String {
    let state = match audience {
        domain::campaign::Audience::Filter { state: Some(state), .. } => words.ui.state(*state),
        _ => "",
    };
    (words.campaigns.audience_words)(audience, state)
}

/// The list of campaigns.
#[component]
pub fn CampaignsPage() -> impl IntoView {
    let words = use_words();
    let live = use_live();
    let query = use_query_map();
    let after = Memo::new(move |_| query.read().get("after"));
    let list = Resource::new(move || (after.get(), live.campaigns.get()), |(after, _)| list_campaigns(after));
    let actions = move || {
        may(Right::RunCampaigns).then(|| {
            view! {
                <ButtonLink href="/campaigns/new" variant=Variant::Primary glyph=Glyph::Plus>{words.campaigns.new}</ButtonLink>
            }
        })
    };
    view! {
        <Page title=words.shell.campaigns lead=words.campaigns.lead actions=ViewFnOnce::from(actions)>
            <Suspended resource=list fallback=|| view! { <SkeletonRows/> } children=move |list: CampaignList| {
                view! { <Rows list first=after.read_untracked().is_none()/> }
            }/>
        </Page>
    }
}

#[component]
fn Rows(list: CampaignList, first: bool) -> impl IntoView {
    let words = use_words();
    let text = &words.campaigns;
    let CampaignList { rows, next, now } = list;
    if rows.is_empty() {
        let text = if may(Right::RunCampaigns) { text.none_text } else { text.none_text_reader };
        return view! {
            <div class="card"><EmptyState glyph=Glyph::Send title=words.campaigns.none_title text/></div>
        }
        .into_any();
    }
    let head = move || {
        view! {
            <Column>{text.name}</Column>
            <Column>{text.state}</Column>
            <Column>{text.audience}</Column>
            <Column>{text.launched}</Column>
            <Column figures=true>{text.sent}</Column>
            <Column figures=true>{text.skipped}</Column>
            <Column figures=true>{text.opt_outs}</Column>
        }
    };
    let items = rows.into_iter().map(|summary| view! { <Row summary now/> }).collect_view();
    let next = next.map(|next| format!("{CAMPAIGNS_PATH}?after={next}"));
    let pages = (next.is_some() || !first).then(|| {
        let previous = (!first).then(|| CAMPAIGNS_PATH.to_owned());
        view! { <Pager previous next/> }
    });
    view! {
        <div class="campaign-list">
            <Table caption=words.shell.campaigns head=ViewFnOnce::from(head)>{items}</Table>
        </div>
        {pages}
    }
    .into_any()
}

#[component]
fn Row(summary: Summary, now: Timestamp) -> impl IntoView {
    let words = use_words();
    let text = &words.campaigns;
    let Summary { campaign, counts, opt_outs } = summary;
    let href = format!("{CAMPAIGNS_PATH}/{}", campaign.id);
    let skipped: i64 = counts.skipped.values().sum();
    let launched = match (campaign.launched_at, campaign.schedule_at) {
        (Some(at), _) => view! { <TimeAgo at now/> }.into_any(),
        (None, Some(at)) => view! { <time datetime=at.to_string()>{exact(at, words)}</time> }.into_any(),
        (None, None) => view! { <span class="muted">{text.not_yet}</span> }.into_any(),
    };
    let is_launched = campaign.launched_at.is_some();
    let figure = move |shown: String| if is_launched { shown } else { "–".to_owned() };
    view! {
        <tr>
            <th scope="row">
                <span class="person-words">
                    <a href=href>{campaign.name.clone()}</a>
                    <span class="person-sub">{campaign.template.clone()}</span>
                </span>
            </th>
            <td data-label=text.state><CampaignBadge state=campaign.state/></td>
            <td data-label=text.audience>{audience_words(&campaign.audience, words)}</td>
            <td data-label=text.launched>{launched}</td>
            <td data-label=text.sent data-align="end" class="numeric">{figure((text.of)(counts.sent, counts.audience))}</td>
            <td data-label=text.skipped data-align="end" class="numeric">{figure(grouped(skipped))}</td>
            <td data-label=text.opt_outs data-align="end" class="numeric">{figure(grouped(opt_outs))}</td>
        </tr>
    }
}
