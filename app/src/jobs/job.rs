use std::time::Duration;

use domain::consent::Source;
use domain::job::{BulkAction, Column as Meaning, DateOrder, ENCODINGS, ImportPlan, Job, JobState, Plan};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

use super::api::{CommandJob, JobDetail, StartImport, load_job};
use super::import::title;
use crate::error::{AppError, FieldName};
use crate::live::use_live;
use crate::returned::{FormErrors, Returned, returned, use_ticket};
use crate::ui::{
    Badge, Banner, Button, ButtonLink, Card, Checkbox, Choice, ErrorSummary, Page, Press, Progress, Select,
    Shape, Skeleton, Step, Suspended, TextArea, TextField, Tone, Variant, exact,
};
use crate::words::use_words;

/// Where a job stands, as a badge.
#[component]
pub(super) fn JobBadge(state: JobState) -> impl IntoView {
    let words = use_words();
    let tone = match state {
        JobState::Done => Tone::Success,
        JobState::Failed => Tone::Danger,
        JobState::Checking | JobState::Running | JobState::Undoing => Tone::Info,
        JobState::Ready => Tone::Accent,
        JobState::Cancelled | JobState::Undone => Tone::Neutral,
    };
    view! { <Badge tone>{(words.jobs.state)(state)}</Badge> }
}

/// Asks again how far a job is: what happened between the page and its stream of events was told to nobody.
#[derive(Clone, Copy)]
struct Tick(RwSignal<u32>);

const ASK_AGAIN: Duration = Duration::from_secs(1);

/// One job: what it would do, how far it is, what came of it.
#[component]
pub fn JobPage() -> impl IntoView {
    let words = use_words();
    let params = use_params_map();
    let ticket = use_ticket();
    let live = use_live();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let tick = RwSignal::new(0_u32);
    provide_context(Tick(tick));
    let detail = Resource::new_blocking(
        move || (id.get(), live.jobs.get(), tick.get()),
        move |(id, ..)| {
            let ticket = ticket();
            async move { Ok::<_, AppError>((load_job(id).await?, returned(ticket).await?)) }
        },
    );
    view! {
        <Suspended resource=detail page=true fallback=|| view! { <Skeleton shape=Shape::Block/> } children=move |(detail, returned)| {
            let detail: JobDetail = detail;
            let contacts = Step { label: words.shell.contacts.to_owned(), href: Some("/contacts".to_owned()) };
            let import = Step { label: words.jobs.import.to_owned(), href: Some("/contacts/import".to_owned()) };
            let trail = match detail.job.plan {
                Plan::Import(_) => vec![contacts, import],
                Plan::Bulk { .. } => vec![contacts],
            };
            view! {
                <Page title=title(&detail.job, words) trail>
                    <div class="cluster"><JobBadge state=detail.job.state/></div>
                    <Standing detail returned/>
                </Page>
            }
        }/>
    }
}

#[component]
fn Standing(detail: JobDetail, returned: Option<Returned>) -> impl IntoView {
    let job = detail.job.clone();
    match (&job.plan, job.state) {
        (_, state) if state.is_active() => view! { <UnderWay detail/> }.into_any(),
        (Plan::Import(plan), JobState::Ready) => {
            let plan = plan.clone();
            view! {
                {job.checked.then(|| view! { <Outcome detail=detail.clone() dry=true/> })}
                <ImportForm detail plan returned/>
            }
            .into_any()
        }
        (Plan::Bulk { action, .. }, JobState::Ready) => {
            let action = action.clone();
            view! { <Question job action/> }.into_any()
        }
        _ => view! { <Outcome detail dry=false/> }.into_any(),
    }
}

/// A form of one button; posted by the browser itself.
#[component]
fn Tell(
    job: Job,
    command: &'static str,
    #[prop(optional)] variant: Variant,
    children: Children,
) -> impl IntoView {
    view! {
        <form method="post" action=CommandJob::url()>
            <input type="hidden" name="job" value=job.id.to_string()/>
            <input type="hidden" name="command" value=command/>
            <Button press=Press::Submit variant>{children()}</Button>
        </form>
    }
}

#[component]
fn UnderWay(detail: JobDetail) -> impl IntoView {
    let words = use_words();
    let text = &words.jobs;
    let JobDetail { job, now, .. } = detail;
    if let Some(Tick(tick)) = use_context() {
        Effect::new(move |_| {
            // Without a timer the page still hears of events.
            let ask = move || {
                tick.try_update(|tick| *tick += 1);
            };
            let _ = set_timeout(ask, ASK_AGAIN);
        });
    }
    let progress = job.progress;
    let is_file = matches!(job.plan, Plan::Import(_)) && job.state != JobState::Undoing;
    let said = if is_file {
        (text.progress_file)(progress.done, progress.of, progress.rows)
    } else {
        (text.progress_bulk)(progress.done, progress.of)
    };
    let seconds = job.started_at.map_or(0, |started| (now - started).micros() / 1_000_000);
    let seconds = u64::try_from(seconds).unwrap_or(0);
    let looked_at = if is_file { progress.rows } else { progress.done };
    // Known well enough only after a moment, and once it is known of how much.
    let pace = (seconds >= 2 && progress.done > 0 && progress.of >= progress.done).then(|| {
        let left = (progress.of - progress.done).saturating_mul(seconds) / progress.done;
        (text.pace)(looked_at / seconds, left)
    });
    // A share that fits what the bar takes.
    let share = |part: u64| u32::try_from(part.saturating_mul(10_000) / progress.of.max(1)).unwrap_or(10_000);
    let done = share(progress.done.min(progress.of));
    let state = job.state;
    let stop = (state != JobState::Undoing).then(|| {
        if job.stopping {
            view! { <p class="muted">{text.stopping}</p> }.into_any()
        } else {
            view! { <Tell job=job.clone() command="cancel">{text.cancel}</Tell> }.into_any()
        }
    });
    view! {
        <noscript><meta http-equiv="refresh" content="2"/></noscript>
        <Card>
            <div class="stack" role="status">
                <Progress
                    label=(text.under_way)(state)
                    done=Signal::stored(done)
                    total=Signal::stored(if progress.of == 0 { 0 } else { 10_000 })
                    text=Signal::stored(said)
                />
                {pace.map(|pace| view! { <p class="muted">{pace}</p> })}
            </div>
            <div class="cluster" data-align="end">{stop}</div>
        </Card>
    }
}

/// What came of it, or would.
#[component]
fn Outcome(detail: JobDetail, dry: bool) -> impl IntoView {
    let words = use_words();
    let text = &words.jobs;
    let JobDetail { job, now, .. } = detail;
    let lines = (text.lines)(&job.progress, dry);
    let is_import = matches!(job.plan, Plan::Import(_));
    let remarks =
        job.progress.errors + job.progress.kept_out + job.progress.without_evidence + job.progress.erased;
    let failed = job.problem.as_deref().map(text.failed);
    let undone =
        (job.state == JobState::Undone).then(|| (text.undone)(job.progress.undone, job.progress.undo_kept));
    let can_undo = job.plan.can_be_undone() && job.state.can_be_undone(job.finished_at, now);
    let until = job.finished_at.map(|at| exact(at + domain::job::UNDO_WITHIN, words)).unwrap_or_default();
    let never = (!dry && !job.plan.can_be_undone()).then_some(text.no_undo);
    let errors = format!("{}/errors.csv", super::job_path(job.id));
    view! {
        {failed.map(|failed| view! { <Banner tone=Tone::Danger title=failed/> })}
        {undone.map(|undone| view! { <Banner tone=Tone::Info title=undone/> })}
        <Card title=if dry { text.checked } else { text.done }>
            {dry.then(|| view! { <p class="muted">{text.checked_text}</p> })}
            <ul class="outcome">
                {lines
                    .into_iter()
                    .map(|(number, what)| view! { <li><strong class="numeric">{number}</strong> " " {what}</li> })
                    .collect_view()}
            </ul>
            {(is_import && remarks > 0).then(|| {
                view! {
                    <p>
                        <a href=errors rel="external" download="">{text.errors_file}</a>
                        <span class="muted">" " {text.errors_hint}</span>
                    </p>
                }
            })}
            {never.map(|never| view! { <p class="muted">{never}</p> })}
            {(!dry).then(|| {
                view! {
                    {can_undo.then(|| view! { <p class="muted">{(text.undo_text)(&until)}</p> })}
                    <div class="cluster" data-align="end">
                        {can_undo.then(|| view! { <Tell job=job.clone() command="undo">{text.undo}</Tell> })}
                        <ButtonLink href="/contacts" variant=Variant::Primary>{text.to_contacts}</ButtonLink>
                    </div>
                }
            })}
        </Card>
    }
}

/// What is about to happen to how many.
#[component]
fn Question(job: Job, action: BulkAction) -> impl IntoView {
    let text = &use_words().jobs;
    let variant = match action {
        BulkAction::OptOut | BulkAction::Block => Variant::Danger,
        _ => Variant::Primary,
    };
    view! {
        <Card title=(text.question)(&action, job.progress.of)>
            <p>{(text.consequence)(&action)}</p>
            <div class="cluster" data-align="end">
                <Tell job=job.clone() command="cancel">{text.back}</Tell>
                <Tell job command="start" variant>{(text.yes)(&action)}</Tell>
            </div>
        </Card>
    }
}

/// How the file is to be read. One form with several buttons, posted by the browser itself.
#[component]
fn ImportForm(detail: JobDetail, plan: ImportPlan, returned: Option<Returned>) -> impl IntoView {
    let words = use_words();
    let text = &words.jobs;
    let job = detail.job.clone();
    let errors = FormErrors::new(Signal::stored(None::<Result<(), AppError>>), returned.as_ref());
    let typed = |field| returned.as_ref().and_then(|returned| returned.typed(field));
    let attested = plan.attestation.clone();
    let source = typed(FieldName::Source)
        .unwrap_or_else(|| attested.as_ref().map_or_else(String::new, |one| one.source.to_string()));
    let note = typed(FieldName::Note)
        .unwrap_or_else(|| attested.as_ref().map_or_else(String::new, |one| one.note.clone()));
    let agreed_on = typed(FieldName::AgreedOn).unwrap_or_else(|| {
        let on = attested.as_ref().and_then(|one| one.agreed_on);
        on.map_or_else(String::new, |at| at.to_string().chars().take(10).collect())
    });
    let tags = typed(FieldName::Tags).unwrap_or_else(|| plan.tags.join(", "));
    let region = typed(FieldName::Region)
        .unwrap_or_else(|| plan.region.map_or_else(String::new, |region| region.to_string()));
    let columns: Vec<Meaning> = match typed(FieldName::Columns) {
        Some(words) => words.split(',').map(|word| Meaning::from_word(word).unwrap_or_default()).collect(),
        None => plan.columns.clone(),
    };
    let sources: Vec<Choice> = std::iter::once(Choice { value: "", label: text.source_none })
        .chain(
            Source::RECORDABLE
                .iter()
                .map(|source| Choice { value: source.as_str(), label: words.consent.source(*source) }),
        )
        .collect();
    let all_agreed = plan.all_agreed || typed(FieldName::State).is_some();
    let mut encodings: Vec<Choice> =
        ENCODINGS.iter().map(|name| Choice { value: name, label: name }).collect();
    let encoding = encodings.iter().position(|choice| choice.value == plan.encoding).unwrap_or(0);
    encodings.swap(0, encoding);
    let chosen_encoding = encodings.first().map_or("UTF-8", |choice| choice.value);
    let delimiter = if plan.delimiter == '\t' { "tab".to_owned() } else { plan.delimiter.to_string() };
    let dates: Vec<Choice> = DateOrder::ALL
        .iter()
        .map(|order| Choice { value: order.as_str(), label: (text.date_order)(*order) })
        .collect();
    view! {
        <form class="stack" method="post" action=StartImport::url()>
            <ErrorSummary error=errors.all/>
            <input type="hidden" name="job" value=job.id.to_string()/>
            <Card title=text.preview lead=text.preview_lead>
                <Sample detail=detail.clone() columns has_heading=plan.has_heading/>
            </Card>
            <Card title=text.reading>
                <div class="form-grid">
                    <Checkbox name="heading" label=text.heading checked=Signal::stored(plan.has_heading)/>
                    <Checkbox
                        name="replace_names"
                        label=text.replace_names
                        hint=text.replace_names_hint
                        checked=Signal::stored(plan.replace_names)
                    />
                    <Select
                        name="delimiter"
                        label=text.delimiter
                        choices=text.delimiters.map(|(value, label)| Choice { value, label }).to_vec()
                        value=delimiter
                    />
                    <Select name="encoding" label=text.encoding choices=encodings value=chosen_encoding/>
                    <Select name="dates" label=text.dates choices=dates value=plan.dates.as_str()/>
                    <TextField
                        name=FieldName::Region.as_str()
                        label=text.region
                        hint=text.region_hint
                        value=region
                        maxlength=2
                        autocomplete="off"
                        error=errors.of(FieldName::Region)
                    />
                    <TextField
                        name=FieldName::Tags.as_str()
                        label=text.tags
                        hint=text.tags_hint
                        value=tags
                        autocomplete="off"
                        error=errors.of(FieldName::Tags)
                    />
                </div>
            </Card>
            <Card title=text.consent lead=text.consent_lead>
                <div class="stack">
                    <Checkbox
                        name="all_agreed"
                        label=text.all_agreed
                        hint=text.all_agreed_hint
                        checked=Signal::stored(all_agreed)
                    />
                    <Select
                        name=FieldName::Source.as_str()
                        label=text.source
                        choices=sources
                        value=source
                        error=errors.of(FieldName::Source)
                    />
                    <TextArea
                        name=FieldName::Note.as_str()
                        label=text.note
                        hint=text.note_hint
                        text=RwSignal::new(note)
                        limit=domain::limits::NOTE
                        rows=3
                        required=false
                        error=errors.of(FieldName::Note)
                    />
                    <TextField
                        name=FieldName::AgreedOn.as_str()
                        label=text.agreed_on
                        hint=text.agreed_on_hint
                        kind="date"
                        value=agreed_on
                        error=errors.of(FieldName::AgreedOn)
                    />
                </div>
            </Card>
            <div class="cluster" data-align="end">
                <button class="button" data-variant="quiet" name="go" value="discard">{text.discard}</button>
                <button class="button" name="go" value="check" data-variant=(!job.checked).then_some("primary")>{text.check}</button>
                <button class="button" name="go" value="import" data-variant=job.checked.then_some("primary")>{text.go}</button>
            </div>
        </form>
    }
}

/// The first rows, with what each column holds above it.
#[component]
fn Sample(detail: JobDetail, columns: Vec<Meaning>, has_heading: bool) -> impl IntoView {
    let text = &use_words().jobs;
    let rows = detail.sample;
    let name = move |at: usize, first: Option<&Vec<String>>| {
        let heading =
            first.filter(|_| has_heading).and_then(|row| row.get(at)).map(|cell| cell.trim().to_owned());
        heading.filter(|heading| !heading.is_empty()).unwrap_or_else(|| (text.column)(at + 1))
    };
    let head = columns
        .iter()
        .enumerate()
        .map(|(at, chosen)| {
            let heading = name(at, rows.first());
            let options = Meaning::ALL
                .iter()
                .map(|meaning| {
                    view! {
                        <option value=meaning.as_str() selected=meaning == chosen>{(text.meaning)(*meaning)}</option>
                    }
                })
                .collect_view();
            view! {
                <th scope="col">
                    <span class="sample-heading">{heading.clone()}</span>
                    <select class="field-control" name=format!("columns[{at}]") aria-label=(text.column_holds)(&heading)>
                        {options}
                    </select>
                </th>
            }
        })
        .collect_view();
    let width = columns.len();
    let body = rows
        .into_iter()
        .skip(usize::from(has_heading))
        .map(|row| {
            let cells = (0..width)
                .map(|at| view! { <td>{row.get(at).cloned().unwrap_or_default()}</td> })
                .collect_view();
            view! { <tr>{cells}</tr> }
        })
        .collect_view();
    view! {
        <div class="sample" tabindex="0" role="region" aria-label=text.preview id=FieldName::Columns.as_str()>
            <table class="sample-table">
                <thead><tr>{head}</tr></thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
}
