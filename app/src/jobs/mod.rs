//! Many contacts at once: a file read in, one change of many, and what is owed to a single person: their data, and its erasure.

mod api;
mod import;
mod job;
mod many;
mod privacy;

pub use api::{CommandJob, EraseContact, JobDetail, JobList, ListJobs, LoadJob, PrepareBulk, StartImport};
pub use import::ImportPage;
pub use job::JobPage;
pub use many::{Many, RowChoice};
pub use privacy::Privacy;

/// The path of a job's page.
#[must_use]
pub fn job_path(job: domain::id::JobId) -> String {
    format!("/contacts/jobs/{job}")
}
