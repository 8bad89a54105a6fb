use domain::id::{ContactId, JobId};
use domain::job::Job;
use domain::time::Timestamp;
use leptos::server;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// The last jobs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobList {
    /// Newest first.
    pub rows: Vec<Job>,
    /// When it was read.
    pub now: Timestamp,
}

/// One job, as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobDetail {
    /// The job.
    pub job: Job,
    /// The first rows of its file, while it waits.
    pub sample: Vec<Vec<String>>,
    /// When it was read.
    pub now: Timestamp,
}

/// The last jobs.
#[server(input = Json)]
pub async fn list_jobs() -> Result<JobList, AppError> {
    crate::ssr::jobs::list().await
}

/// One job.
#[server(input = Json)]
pub async fn load_job(id: String) -> Result<JobDetail, AppError> {
    crate::ssr::jobs::detail(&id).await
}

/// Says how a file is read, and begins: `check` or `import`. Leads to the job's page.
#[server]
pub async fn start_import(
    job: JobId,
    #[server(default)] columns: Vec<String>,
    #[server(default)] heading: String,
    #[server(default)] encoding: String,
    #[server(default)] delimiter: String,
    #[server(default)] region: String,
    #[server(default)] dates: String,
    #[server(default)] tags: String,
    #[server(default)] replace_names: String,
    #[server(default)] all_agreed: String,
    #[server(default)] source: String,
    #[server(default)] note: String,
    #[server(default)] agreed_on: String,
    #[server(default)] go: String,
) -> Result<(), AppError> {
    let form = crate::ssr::jobs::Form {
        columns,
        heading,
        encoding,
        delimiter,
        region,
        dates,
        tags,
        replace_names,
        all_agreed,
        source,
        note,
        agreed_on,
    };
    crate::ssr::jobs::start_import(job, form, &go).await
}

/// Begins (`start`), stops (`cancel`) or takes back (`undo`). Leads to the job's page, and from a file thrown away to the contacts.
#[server]
pub async fn command_job(job: JobId, command: String) -> Result<(), AppError> {
    crate::ssr::jobs::command(job, &command).await
}

/// Prepares a change of many contacts and leads to the question about it. `view` is the query of the list's address.
#[server]
pub async fn prepare_bulk(
    #[server(default)] contacts: Vec<String>,
    #[server(default)] all: String,
    #[server(default)] action: String,
    #[server(default)] tag: String,
    #[server(default)] view: String,
) -> Result<(), AppError> {
    crate::ssr::jobs::prepare(contacts, &all, &action, &tag, &view).await
}

/// Forgets a person. Leads to the contacts.
#[server]
pub async fn erase_contact(contact: ContactId) -> Result<(), AppError> {
    crate::ssr::jobs::erase(contact).await
}
