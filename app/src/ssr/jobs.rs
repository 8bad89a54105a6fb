//! Files of contacts, changes of many, and erasure.

use axum::extract::Query;
use domain::consent::Source;
use domain::contact::ContactQuery;
use domain::id::{ContactId, JobId};
use domain::job::{Attestation, BulkAction, Column, DateOrder, JobState, Plan};
use domain::settings::split_keywords;
use domain::time::Timestamp;
use leptos_router::params::ParamsMap;
use service::jobs::ImportForm;

use super::returned::give_back;
use super::{caller, redirect_plain_form, service};
use crate::contacts::Listing;
use crate::error::{AppError, FieldCode, FieldError, FieldName};
use crate::jobs::{JobDetail, JobList, job_path};

/// The longest cell of the preview, in characters.
const CELL: usize = 80;

/// The form as it was posted.
pub(crate) struct Form {
    pub(crate) columns: Vec<String>,
    pub(crate) heading: String,
    pub(crate) encoding: String,
    pub(crate) delimiter: String,
    pub(crate) region: String,
    pub(crate) dates: String,
    pub(crate) tags: String,
    pub(crate) replace_names: String,
    pub(crate) all_agreed: String,
    pub(crate) source: String,
    pub(crate) note: String,
    pub(crate) agreed_on: String,
}

pub(crate) async fn list() -> Result<JobList, AppError> {
    let (service, caller) = (service()?, caller()?);
    Ok(JobList { rows: service::jobs::list(&service, &caller).await?, now: service.now() })
}

pub(crate) async fn detail(id: &str) -> Result<JobDetail, AppError> {
    let (service, caller) = (service()?, caller()?);
    let id: JobId = id.parse().map_err(|_| AppError::NotFound)?;
    let job = service::jobs::find(&service, &caller, id).await?;
    let waits = job.state == JobState::Ready && matches!(job.plan, Plan::Import(_));
    let sample = match waits {
        true => service::jobs::sample(&service, &caller, id).await?,
        false => Vec::new(),
    };
    let sample = sample
        .into_iter()
        .map(|row| row.cells.into_iter().map(|cell| cell.chars().take(CELL).collect()).collect())
        .collect();
    Ok(JobDetail { job, sample, now: service.now() })
}

pub(crate) async fn start_import(id: JobId, form: Form, go: &str) -> Result<(), AppError> {
    if go == "discard" {
        return command(id, "cancel").await;
    }
    let path = job_path(id);
    let columns = form.columns.join(",");
    let typed = [
        (FieldName::Columns, columns.as_str()),
        (FieldName::Region, form.region.as_str()),
        (FieldName::Tags, form.tags.as_str()),
        (FieldName::Source, form.source.as_str()),
        (FieldName::Note, form.note.as_str()),
        (FieldName::AgreedOn, form.agreed_on.as_str()),
        (FieldName::State, form.all_agreed.as_str()),
    ];
    let typed: Vec<_> =
        typed.into_iter().filter(|(field, text)| *field != FieldName::State || !text.is_empty()).collect();
    match begin(id, &form, go != "import").await {
        Ok(()) => {
            redirect_plain_form(&path);
            Ok(())
        }
        Err(error) => Err(give_back(error, &path, &typed)),
    }
}

async fn begin(id: JobId, form: &Form, dry_run: bool) -> Result<(), AppError> {
    let (service, caller) = (service()?, caller()?);
    let mut wrong = Vec::new();
    let region = form.region.trim();
    let region = match region.to_uppercase().parse() {
        Ok(region) => Some(region),
        Err(_) => {
            if !region.is_empty() {
                wrong.push(FieldError::new(FieldName::Region, FieldCode::Malformed));
            }
            None
        }
    };
    let agreed_on = form.agreed_on.trim();
    let agreed_on = match DateOrder::YearFirst.read(agreed_on) {
        Some(at) => Some(at),
        None => {
            if !agreed_on.is_empty() {
                wrong.push(FieldError::new(FieldName::AgreedOn, FieldCode::Malformed));
            }
            None::<Timestamp>
        }
    };
    if !wrong.is_empty() {
        return Err(AppError::Invalid(wrong));
    }
    let attestation = form
        .source
        .parse::<Source>()
        .ok()
        .filter(|source| Source::RECORDABLE.contains(source))
        .map(|source| Attestation { source, note: form.note.clone(), agreed_on });
    let delimiter = match form.delimiter.as_str() {
        "tab" => Some('\t'),
        other => other.chars().next(),
    };
    let columns = form.columns.iter().map(|word| Column::from_word(word).unwrap_or_default()).collect();
    let import = ImportForm {
        encoding: form.encoding.clone(),
        delimiter,
        has_heading: !form.heading.is_empty(),
        columns,
        region,
        dates: DateOrder::from_word(&form.dates).unwrap_or_default(),
        tags: split_keywords(&form.tags),
        replace_names: !form.replace_names.is_empty(),
        all_agreed: !form.all_agreed.is_empty(),
        attestation,
    };
    Ok(service::jobs::start_import(&service, &caller, id, import, dry_run).await?)
}

pub(crate) async fn command(id: JobId, command: &str) -> Result<(), AppError> {
    let (service, caller) = (service()?, caller()?);
    let before = service::jobs::find(&service, &caller, id).await?;
    let done = match command {
        "start" => service::jobs::start_bulk(&service, &caller, id).await,
        "cancel" => service::jobs::cancel(&service, &caller, id).await,
        "undo" => service::jobs::undo(&service, &caller, id).await,
        _ => return Err(AppError::NotFound),
    };
    match done {
        // Pressed twice, or by two people: the page shows how it stands.
        Ok(()) | Err(service::Error::Conflict) => {
            let path = match (command, before.state, &before.plan) {
                ("cancel", JobState::Ready, Plan::Import(_)) => "/contacts/import".to_owned(),
                ("cancel", JobState::Ready, Plan::Bulk { .. }) => "/contacts".to_owned(),
                _ => job_path(id),
            };
            redirect_plain_form(&path);
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn prepare(
    contacts: Vec<String>,
    all: &str,
    action: &str,
    tag: &str,
    view: &str,
) -> Result<(), AppError> {
    let (service, caller) = (service()?, caller()?);
    let back = |problem: &str| {
        let sign = if view.is_empty() { "" } else { "&" };
        redirect_plain_form(&format!("/contacts?{view}{sign}problem={problem}"));
        Ok(())
    };
    let tag = tag.trim().to_owned();
    let action = match action {
        "tag" | "untag" if tag.is_empty() => return back("tag"),
        "tag" => BulkAction::Tag { tag },
        "untag" => BulkAction::Untag { tag },
        "opt_out" => BulkAction::OptOut,
        "block" => BulkAction::Block,
        "unblock" => BulkAction::Unblock,
        _ => return Err(AppError::Invalid(Vec::new())),
    };
    let contacts: Vec<ContactId> = contacts.iter().filter_map(|id| id.parse().ok()).collect();
    let query = query_of(view);
    let prepared =
        service::jobs::prepare_bulk(&service, &caller, action, contacts, query, !all.is_empty()).await;
    match prepared {
        Ok(id) => {
            redirect_plain_form(&job_path(id));
            Ok(())
        }
        Err(service::Error::Invalid(problems)) => {
            back(if problems.iter().any(|problem| problem.field == "tags") { "tag" } else { "nobody" })
        }
        Err(error) => Err(error.into()),
    }
}

/// What the query of a list's address asks for.
#[must_use]
pub fn query_of(view: &str) -> ContactQuery {
    listing_of(view).query()
}

/// The view of the list that the query of an address names.
pub(super) fn listing_of(view: &str) -> Listing {
    let mut params = ParamsMap::new();
    let pairs = format!("/?{view}")
        .parse()
        .ok()
        .and_then(|uri| Query::<Vec<(String, String)>>::try_from_uri(&uri).ok());
    for (name, value) in pairs.map(|pairs| pairs.0).unwrap_or_default() {
        params.insert(name, value);
    }
    Listing::read(&params)
}

pub(crate) async fn erase(contact: ContactId) -> Result<(), AppError> {
    let (service, caller) = (service()?, caller()?);
    service::erasure::erase(&service, &caller, contact).await?;
    redirect_plain_form("/contacts?erased=1");
    Ok(())
}
