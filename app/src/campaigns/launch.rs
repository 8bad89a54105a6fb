use domain::campaign::{CampaignState, Command, Preview};
use domain::kind::MessageKind;
use domain::permit::Reason;
use domain::role::Right;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::CAMPAIGNS_PATH;
use super::api::{CampaignDetail, CommandCampaign, TestCampaign};
use super::page::Doing;
use super::templates::ServiceNote;
use crate::error::FieldName;
use crate::returned::{FormErrors, Returned};
use crate::ui::{
    Banner, Button, ButtonLink, Card, Dialog, ErrorSummary, Glyph, Press, Size, TextField, Tone, Variant,
    exact,
};
use crate::visit::may;
use crate::words::use_words;

/// A form of one button that tells a campaign what to do; posted by the browser itself before the page is interactive.
#[component]
pub(super) fn Tell(
    detail: CampaignDetail,
    command: Command,
    doing: Doing,
    #[prop(optional)] variant: Variant,
    children: Children,
) -> impl IntoView {
    let id = detail.report.campaign.id;
    let pending = doing.command.pending();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !pending.get_untracked() {
            doing.command.dispatch(CommandCampaign { campaign: id, command: command.as_str().to_owned() });
        }
    };
    view! {
        <form method="post" action=CommandCampaign::url() on:submit=submit>
            <input type="hidden" name="campaign" value=id.to_string()/>
            <input type="hidden" name="command" value=command.as_str()/>
            <Button press=Press::Submit variant pending=pending>{children()}</Button>
        </form>
    }
}

/// What can be done with the campaign as it stands.
#[component]
pub(super) fn Actions(detail: CampaignDetail, doing: Doing) -> impl IntoView {
    let words = use_words();
    let text = &words.campaigns;
    let campaign = detail.report.campaign.clone();
    let state = campaign.state;
    let edit = (state == CampaignState::Draft)
        .then(|| view! { <ButtonLink href=format!("{CAMPAIGNS_PATH}/{}/edit", campaign.id)>{text.edit}</ButtonLink> });
    let pause = (state == CampaignState::Running)
        .then(|| view! { <Tell detail=detail.clone() command=Command::Pause doing>{text.pause}</Tell> });
    let resume = (state == CampaignState::Paused).then(|| {
        view! {
            <Tell detail=detail.clone() command=Command::Resume doing variant=Variant::Primary>{text.resume}</Tell>
        }
    });
    let launch = (state == CampaignState::Draft).then(|| view! { <Launch detail=detail.clone() doing/> });
    let cancel = (!state.is_over()).then(|| view! { <Cancel detail=detail.clone() doing/> });
    view! {
        {cancel}
        {edit}
        {pause}
        {resume}
        {launch}
    }
}

/// The question before everything leaves, with the figures once more.
#[component]
fn Launch(detail: CampaignDetail, doing: Doing) -> impl IntoView {
    let words = use_words();
    let text = &words.campaigns;
    let preview = detail.preview.clone().unwrap_or_default();
    let left_out = preview.audience - preview.reachable;
    let label = match detail.report.campaign.schedule_at {
        Some(at) => (text.schedule)(&exact(at, words)),
        None => text.launch.to_owned(),
    };
    let yes = match detail.report.campaign.schedule_at {
        Some(_) => label.clone(),
        None => (text.launch_yes)(preview.reachable),
    };
    let reasons = lines(&preview);
    view! {
        <Button
            variant=Variant::Primary
            glyph=Glyph::Send
            attr:commandfor="launch"
            attr:command="show-modal"
            on:click=move |_| doing.launching.set(true)
        >
            {label}
        </Button>
        <Dialog id="launch" title=Signal::stored((text.launch_question)(preview.reachable)) open=doing.launching>
            <p>{(text.launch_text)(left_out, preview.audience)}</p>
            <ul class="reasons">
                {reasons
                    .into_iter()
                    .map(|(reason, count)| view! { <li>{(text.will_not_line)(count, reason)}</li> })
                    .collect_view()}
            </ul>
            <div class="dialog-actions">
                <Button
                    attr:commandfor="launch"
                    attr:command="close"
                    on:click=move |_| doing.launching.set(false)
                >
                    {text.back}
                </Button>
                <Tell detail command=Command::Launch doing variant=Variant::Primary>{yes}</Tell>
            </div>
        </Dialog>
    }
}

#[component]
fn Cancel(detail: CampaignDetail, doing: Doing) -> impl IntoView {
    let text = &use_words().campaigns;
    view! {
        <Button
            variant=Variant::Quiet
            attr:commandfor="cancel"
            attr:command="show-modal"
            on:click=move |_| doing.cancelling.set(true)
        >
            {text.cancel}
        </Button>
        <Dialog id="cancel" title=Signal::stored(text.cancel_question.to_owned()) open=doing.cancelling>
            <p>{text.cancel_text}</p>
            <div class="dialog-actions">
                <Button
                    attr:commandfor="cancel"
                    attr:command="close"
                    on:click=move |_| doing.cancelling.set(false)
                >
                    {text.keep}
                </Button>
                <Tell detail command=Command::Cancel doing variant=Variant::Danger>{text.cancel_yes}</Tell>
            </div>
        </Dialog>
    }
}

/// The reasons of a preview, most people first.
fn lines(preview: &Preview) -> Vec<(Reason, i64)> {
    let mut lines: Vec<_> = preview.skipped.iter().map(|(reason, count)| (*reason, *count)).collect();
    lines.sort_by_key(|(reason, count)| (-count, *reason));
    lines
}

/// Who will get it, who will not, and why.
#[component]
pub(super) fn Before(detail: CampaignDetail, doing: Doing, returned: Option<Returned>) -> impl IntoView {
    let words = use_words();
    let text = &words.campaigns;
    let campaign = detail.report.campaign.clone();
    let preview = detail.preview.clone().unwrap_or_default();
    let base = format!("{CAMPAIGNS_PATH}/{}", campaign.id);
    let problem = match &detail.template {
        Some(choice) => choice.problem,
        None => Some(domain::campaign::TemplateProblem::NotApproved),
    };
    let is_service =
        detail.template.as_ref().is_some_and(|choice| choice.template.kind != MessageKind::Marketing);
    let left_out = preview.audience - preview.reachable;
    let reasons = lines(&preview)
        .into_iter()
        .map(|(reason, count)| {
            let href = format!("{base}?outcome=skipped&reason={reason}#people");
            view! { <li><a href=href>{(text.will_not_line)(count, reason)}</a></li> }
        })
        .collect_view();
    let scheduled = campaign.schedule_at.filter(|_| campaign.state == CampaignState::Scheduled);
    view! {
        {problem.map(|problem| view! { <Banner tone=Tone::Danger title=text.template><p>{(text.problem)(problem)}</p></Banner> })}
        {scheduled.map(|at| view! { <Banner tone=Tone::Info title=(text.scheduled_for)(&exact(at, words))/> })}
        {is_service.then(|| view! { <ServiceNote/> })}
        <Card title=text.preview_title lead=text.preview_lead>
            <div class="will">
                <p class="will-figure">
                    <a href=format!("{base}?outcome=pending#people")>{(text.will)(preview.reachable)}</a>
                </p>
                <p class="muted">{(text.of_audience)(preview.audience)}</p>
            </div>
            {if left_out == 0 {
                view! { <p>{text.nobody_left_out}</p> }.into_any()
            } else {
                view! {
                    <div class="stack" data-gap="small">
                        <p><strong>{(text.will_not)(left_out)}</strong></p>
                        <ul class="reasons">{reasons}</ul>
                    </div>
                }
                    .into_any()
            }}
        </Card>
        {may(Right::RunCampaigns).then(|| view! { <Test detail doing returned/> })}
    }
}

#[component]
fn Test(detail: CampaignDetail, doing: Doing, returned: Option<Returned>) -> impl IntoView {
    let text = &use_words().campaigns;
    let id = detail.report.campaign.id;
    let returned = returned.filter(|returned| returned.typed(FieldName::Phone).is_some());
    let typed = returned.as_ref().and_then(|returned| returned.typed(FieldName::Phone)).unwrap_or_default();
    let errors = FormErrors::new(doing.test.value(), returned.as_ref());
    let pending = doing.test.pending();
    let phone = RwSignal::new(typed.clone());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !pending.get_untracked() {
            doing.test.dispatch(TestCampaign { campaign: id, phone: phone.get_untracked() });
        }
    };
    view! {
        <Card title=text.test_title lead=text.test_lead>
            <form method="post" action=TestCampaign::url() on:submit=submit>
                <div class="stack">
                    <ErrorSummary error=errors.all/>
                    <input type="hidden" name="campaign" value=id.to_string()/>
                    <TextField
                        name=FieldName::Phone.as_str()
                        label=text.test_phone
                        value=typed
                        kind="tel"
                        autocomplete="off"
                        required=true
                        maxlength=40
                        error=errors.of(FieldName::Phone)
                        on_input=Callback::new(move |typed| phone.set(typed))
                    />
                    <div><Button press=Press::Submit size=Size::Small pending=pending>{text.test_send}</Button></div>
                </div>
            </form>
        </Card>
    }
}
