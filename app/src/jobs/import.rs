use domain::job::{Job, Plan};
use domain::role::Right;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::api::{JobList, list_jobs};
use super::job::JobBadge;
use super::job_path;
use crate::live::use_live;
use crate::ui::{
    Banner, Button, Card, Column, Page, Press, SkeletonRows, Step, Suspended, Table, TimeAgo, Tone, Variant,
};
use crate::visit::may;
use crate::words::{Words, use_words};

/// Choosing a file, and what was done lately.
#[component]
pub fn ImportPage() -> impl IntoView {
    let words = use_words();
    let text = &words.jobs;
    let query = use_query_map();
    let problem = move || query.read().get("problem").map(|code| (text.problem)(&code));
    let live = use_live();
    let jobs = Resource::new(move || live.jobs.get(), |_| list_jobs());
    let trail = vec![Step { label: words.shell.contacts.to_owned(), href: Some("/contacts".to_owned()) }];
    let busy = RwSignal::new(false);
    view! {
        <Page title=text.import lead=text.import_lead trail>
            {move || problem().map(|problem| view! { <Banner tone=Tone::Danger title=problem/> })}
            {may(Right::ManageContacts).then(|| {
                view! {
                    <Card>
                        // A file is sent as the browser sends it: it can be larger than the memory of a page.
                        <form class="stack" method="post" action="/contacts/import/file" enctype="multipart/form-data">
                            <div class="field">
                                <label class="field-label" for="file">{text.file}</label>
                                <input
                                    class="field-control"
                                    type="file"
                                    id="file"
                                    name="file"
                                    accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain"
                                    aria-describedby="file-hint"
                                    required
                                />
                                <p class="field-hint" id="file-hint">{text.file_hint}</p>
                            </div>
                            <div class="cluster" data-align="end">
                                <Button press=Press::Submit variant=Variant::Primary>{text.upload}</Button>
                            </div>
                        </form>
                    </Card>
                }
            })}
            <Card title=text.lately>
                <Suspended resource=jobs busy fallback=|| view! { <SkeletonRows/> } children=move |list: JobList| {
                    view! { <Lately list/> }
                }/>
            </Card>
        </Page>
    }
}

/// What a job is called.
pub(super) fn title(job: &Job, words: &Words) -> String {
    match &job.plan {
        Plan::Import(plan) => plan.file_name.clone(),
        Plan::Bulk { action, .. } => (words.jobs.bulk)(action),
    }
}

#[component]
fn Lately(list: JobList) -> impl IntoView {
    let words = use_words();
    let text = &words.jobs;
    if list.rows.is_empty() {
        return view! { <p class="muted">{text.lately_none}</p> }.into_any();
    }
    let head = move || {
        view! {
            <Column>{text.what}</Column>
            <Column>{text.standing}</Column>
            <Column>{text.result}</Column>
            <Column>{text.when}</Column>
        }
    };
    let now = list.now;
    let rows = list
        .rows
        .into_iter()
        .map(|job| {
            let result: Vec<String> = (text.lines)(&job.progress, false)
                .into_iter()
                .take(3)
                .map(|(number, what)| format!("{number} {what}"))
                .collect();
            view! {
                <tr>
                    <th scope="row"><a href=job_path(job.id)>{title(&job, words)}</a></th>
                    <td data-label=text.standing><JobBadge state=job.state/></td>
                    <td data-label=text.result>{result.join(", ")}</td>
                    <td data-label=text.when><TimeAgo at=job.created_at now/></td>
                </tr>
            }
        })
        .collect_view();
    view! { <Table caption=text.lately head=ViewFnOnce::from(head)>{rows}</Table> }.into_any()
}
