use domain::campaign::{CampaignState, ChangedMind};
use domain::permit::Reason;
use leptos::prelude::*;

use super::CAMPAIGNS_PATH;
use super::api::CampaignDetail;
use crate::ui::{Banner, Card, Glyph, Icon, Progress, Stat, TimeAgo, Tone};
use crate::words::{grouped, use_words};

/// How far it got and what came of it.
#[component]
pub(super) fn Report(detail: CampaignDetail) -> impl IntoView {
    let words = use_words();
    let text = &words.campaigns;
    let report = detail.report.clone();
    let (campaign, counts) = (report.campaign.clone(), report.counts.clone());
    let base = format!("{CAMPAIGNS_PATH}/{}", campaign.id);
    let list = |outcome: &str| format!("{base}?outcome={outcome}#people");
    let resting = campaign.pause_reason.map(|reason| {
        let (title, what) = (text.paused)(reason);
        let connection = reason == domain::campaign::PauseReason::Connection;
        view! {
            <Banner tone=Tone::Warning title>
                <p>{what}</p>
                {connection.then(|| view! { <p><a href="/settings/connection">{text.to_connection}</a></p> })}
            </Banner>
        }
    });
    let is_under_way = matches!(campaign.state, CampaignState::Running | CampaignState::Paused);
    let small = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    let (done, audience) = (counts.done(), counts.audience);
    let progress = is_under_way.then(|| {
        view! {
            <Card>
                <Progress
                    label=text.progress
                    done=Signal::stored(small(done))
                    total=Signal::stored(small(audience))
                    text=Signal::stored((text.progress_text)(done, audience))
                />
            </Card>
        }
    });
    let share = |part| (text.share)(part, counts.sent);
    view! {
        {resting}
        {progress}
        <div class="tiles">
            <Stat label=text.sent value=grouped(counts.sent) note=(text.of_audience)(counts.audience) href=list("sent")/>
            <Stat label=text.delivered value=grouped(counts.delivered) note=share(counts.delivered) href=list("delivered")/>
            <Stat label=text.read value=grouped(counts.read) note=share(counts.read) href=list("read")/>
            <Stat label=text.failed value=grouped(counts.failed) href=list("failed")/>
            {(counts.pending > 0).then(|| {
                view! { <Stat label=text.waiting value=grouped(counts.pending) href=list("pending")/> }
            })}
            {(counts.unknown > 0).then(|| {
                view! { <Stat label=text.unknown value=grouped(counts.unknown) note=text.unknown_note href=list("unknown")/> }
            })}
            <Stat label=text.replies value=grouped(report.replies) note=text.replies_note/>
            <Stat label=text.caused value=grouped(report.opt_outs) note=(text.caused_note)(report.opt_outs, counts.sent)/>
        </div>
        <LeftOut detail=detail.clone()/>
        <Changed detail=detail.clone()/>
        <Card title=text.promise>
            <p class="promise" data-kept=(report.after_stop == 0).then_some("")>
                <Icon glyph=if report.after_stop == 0 { Glyph::OptedIn } else { Glyph::Error }/>
                <strong>{(text.promise_text)(report.after_stop, report.in_flight_at_stop)}</strong>
            </p>
            <p class="muted small">{text.promise_note}</p>
        </Card>
    }
}

/// "50 contacts skipped (opted-out)", and one such line for every other reason.
#[component]
fn LeftOut(detail: CampaignDetail) -> impl IntoView {
    let text = &use_words().campaigns;
    let base = format!("{CAMPAIGNS_PATH}/{}", detail.report.campaign.id);
    let mut reasons: Vec<(Reason, i64)> =
        detail.report.counts.skipped.iter().map(|(reason, count)| (*reason, *count)).collect();
    reasons.sort_by_key(|(reason, count)| (*reason != Reason::OptedOut, -count));
    let lines = reasons
        .into_iter()
        .map(|(reason, count)| {
            let href = format!("{base}?outcome=skipped&reason={reason}#people");
            let file = format!("{base}/recipients.csv?outcome=skipped&reason={reason}");
            let line = (text.skipped_line)(count, reason);
            let name = format!("{}: {}", text.download, (text.reason_word)(reason));
            view! {
                <li class="cluster" data-align="between">
                    <a href=href>{line}</a>
                    <a class="small" href=file aria-label=name rel="external" download="">{text.download}</a>
                </li>
            }
        })
        .collect_view();
    let is_empty = detail.report.counts.skipped.is_empty();
    view! {
        <Card title=text.left_out lead=text.left_out_lead>
            {if is_empty {
                view! { <p class="muted">{text.left_out_none}</p> }.into_any()
            } else {
                view! { <ul class="reasons">{lines}</ul> }.into_any()
            }}
        </Card>
    }
}

/// What changed between the preview and somebody's turn.
#[component]
fn Changed(detail: CampaignDetail) -> impl IntoView {
    let text = &use_words().campaigns;
    let CampaignDetail { report, changed, now, .. } = detail;
    report.at_launch.map(|at_launch| {
        let lead = if changed.is_empty() {
            (text.changed_none)(at_launch.reachable)
        } else {
            (text.changed_lead)(at_launch.reachable)
        };
        let is_empty = changed.is_empty();
        let items = changed
            .into_iter()
            .map(|one| {
                let ChangedMind { contact, label, reason, at, event } = one;
                let why = (text.skipped_line)(1, reason);
                view! {
                    <li class="cluster" data-align="between">
                        <span>
                            <a href=format!("/contacts/{contact}")>{label}</a>
                            <span class="muted small">{format!(" · {why}")}</span>
                        </span>
                        <span class="muted small">
                            {match event {
                                Some((_, recorded)) => view! { {text.changed_event} " " <TimeAgo at=recorded now/> }.into_any(),
                                None => view! { <TimeAgo at now/> }.into_any(),
                            }}
                        </span>
                    </li>
                }
            })
            .collect_view();
        view! {
            <Card title=text.changed lead>
                {(!is_empty).then(|| view! { <ul class="reasons">{items}</ul> })}
            </Card>
        }
    })
}
