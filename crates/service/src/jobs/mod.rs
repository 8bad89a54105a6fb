//! Long work on contacts: a file read in, one change of many, and taking either back.
//!
//! A job is a row; whoever runs workers takes the oldest that has work to do, holds it, and writes down with each portion how far it
//! got. When a process dies another goes on after [`HELD_FOR`].

mod bulk;
mod import;
mod table;
mod undo;
mod upload;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use domain::audit::Action;
use domain::contact::ContactQuery;
use domain::id::{BusinessId, ContactId, JobId};
use domain::job::{Attestation, BulkAction, Column, DateOrder, ImportPlan, Job, JobState, Plan, Progress};
use domain::limits;
use domain::live::LiveEvent;
use domain::phone::Region;
use domain::role::Right;
use domain::time::{Span, Timestamp};
use store::contact_job::{HELD_FOR, StoredJob};
use tokio_util::sync::CancellationToken;

use crate::audit;
use crate::{Caller, Error, Invalid, Service, task};

pub use table::RawRow;
pub use upload::Upload;

/// Most contacts named one by one.
pub const SELECTED: usize = 500;
/// A file nobody started is kept for so long.
const WAITING_FOR: Span = Span::days(7);
/// Other processes' jobs are looked for this often.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How often open pages hear of progress.
const TELL_EVERY: Duration = Duration::from_millis(300);

/// Why work ended before its end.
#[derive(Debug)]
enum Stopped {
    /// A person asked for it.
    Cancelled,
    /// The process ends, or another one took the job: it goes on later.
    Released,
    /// It cannot be done; the code says why.
    Problem(&'static str),
    /// Something failed; it is tried again.
    Error(Error),
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<store::Error> for Stopped {
    fn from(error: store::Error) -> Self {
        Self::Error(error.into())
    }
}

impl Stopped {
    /// A file that cannot be read or written.
    fn io(error: std::io::Error) -> Self {
        tracing::error!(%error, "a file of a job cannot be used");
        Self::Problem(if error.kind() == std::io::ErrorKind::StorageFull {
            "disk_full"
        } else {
            "file_unreadable"
        })
    }
}

/// What keeps a job ours while we work on it.
struct Hold {
    job: JobId,
    renewed: Instant,
    told: Instant,
    stop: CancellationToken,
}

impl Hold {
    fn new(job: JobId, stop: &CancellationToken) -> Self {
        Self { job, renewed: now(), told: now(), stop: stop.clone() }
    }

    /// After each portion: goes on holding, hears whether to stop, tells open pages.
    async fn check(&mut self, service: &Service, stored: &StoredJob) -> Result<(), Stopped> {
        if self.told.elapsed() >= TELL_EVERY {
            self.told = now();
            service.live.publish(stored.business, vec![LiveEvent::JobChanged { job: self.job }]);
        }
        if self.stop.is_cancelled() {
            return Err(Stopped::Released);
        }
        if self.renewed.elapsed() < Duration::from_millis(500) {
            return Ok(());
        }
        self.renewed = now();
        let mut tx = service.db.write().await?;
        let until = service.now() + HELD_FOR;
        let held = store::contact_job::hold_job(&mut tx, self.job, service.holder, until).await?;
        tx.commit().await?;
        match held {
            None => Err(Stopped::Released),
            Some(true) => Err(Stopped::Cancelled),
            Some(false) => Ok(()),
        }
    }
}

fn now() -> Instant {
    Instant::now()
}

/// Where the files of jobs are.
fn directory(service: &Service) -> PathBuf {
    service.files.join("imports")
}

fn source_path(service: &Service, job: JobId) -> PathBuf {
    directory(service).join(format!("{job}.csv"))
}

fn errors_path(service: &Service, job: JobId) -> PathBuf {
    directory(service).join(format!("{job}.errors.csv"))
}

/// A text that no spreadsheet takes for a formula. Numbers with their country code stay as they are.
#[must_use]
pub fn inert(text: &str) -> String {
    let is_number = text.strip_prefix('+').is_some_and(|digits| digits.chars().all(|c| c.is_ascii_digit()));
    if !is_number && text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// Works on jobs until it is told to stop.
pub(crate) async fn run(service: Service, stop: CancellationToken) {
    loop {
        match work(&service, &stop).await {
            Ok(true) => {}
            Ok(false) => {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = service.jobs.notified() => {}
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                }
            }
            Err(error) => {
                tracing::warn!(?error, "long work on contacts will be tried again");
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                }
            }
        }
        if stop.is_cancelled() {
            return;
        }
    }
}

/// Takes one job and works on it to its end; says whether there was one.
pub(crate) async fn work(service: &Service, stop: &CancellationToken) -> Result<bool, Error> {
    let claimed = {
        let service = service.clone();
        task(async move {
            let now = service.now();
            let mut tx = service.db.write().await?;
            let claimed = store::contact_job::claim_job(&mut tx, service.holder, now, now + HELD_FOR).await?;
            tx.commit().await?;
            Ok(claimed)
        })
        .await?
    };
    let Some(stored) = claimed else { return Ok(false) };
    let path = source_path(service, stored.job.id);
    complete(service, stored, path, stop).await?;
    Ok(true)
}

/// Works on a job this process holds, to its end.
async fn complete(
    service: &Service,
    mut stored: StoredJob,
    path: PathBuf,
    stop: &CancellationToken,
) -> Result<StoredJob, Error> {
    let (service, stop) = (service.clone(), stop.clone());
    task(async move {
        let result = match stored.job.state {
            // Asked to stop while no process was at it.
            JobState::Checking | JobState::Running if stored.job.stopping => Err(Stopped::Cancelled),
            JobState::Undoing => undo::run(&service, &mut stored, &stop).await,
            _ => match stored.job.plan {
                Plan::Import(_) => import::run(&service, &mut stored, &path, &stop).await,
                Plan::Bulk { .. } => bulk::run(&service, &mut stored, &stop).await,
            },
        };
        let state = match (stored.job.state, &result) {
            (_, Err(Stopped::Released)) => {
                release(&service, stored.job.id).await?;
                return Ok(stored);
            }
            (_, Err(Stopped::Error(_))) => {
                release(&service, stored.job.id).await?;
                if let Err(Stopped::Error(error)) = result {
                    return Err(error);
                }
                return Ok(stored);
            }
            // A dry run that was stopped, or that came to its end, leaves the file ready to be read in.
            (JobState::Checking, _) => JobState::Ready,
            (JobState::Undoing, Ok(())) => JobState::Undone,
            // An undo that was stopped can be asked for again.
            (JobState::Undoing, Err(_)) => JobState::Cancelled,
            (_, Ok(())) => JobState::Done,
            (_, Err(Stopped::Cancelled)) => JobState::Cancelled,
            (_, Err(Stopped::Problem(_))) => JobState::Failed,
        };
        stored.job.checked = stored.job.state == JobState::Checking && result.is_ok();
        if let Err(Stopped::Problem(code)) = result {
            stored.job.problem = Some(code.to_owned());
        }
        stored.job.state = state;
        stored.job.finished_at = (state != JobState::Ready).then(|| service.now());
        if let Plan::Bulk { query, .. } = &mut stored.job.plan {
            // What was searched for may be a name.
            query.search = None;
        }
        let mut tx = service.db.write().await?;
        store::contact_job::update_job(&mut tx, &stored).await?;
        store::contact_job::set_stopping(&mut tx, stored.job.id, false).await?;
        store::contact_job::release_job(&mut tx, stored.job.id).await?;
        tx.commit().await?;
        if state != JobState::Ready {
            // It holds people's numbers, and its work is done.
            remove(&source_path(&service, stored.job.id)).await;
        }
        service
            .live
            .publish(stored.business, vec![LiveEvent::JobChanged { job: stored.job.id }, LiveEvent::Lagged]);
        Ok(stored)
    })
    .await
}

async fn release(service: &Service, job: JobId) -> Result<(), Error> {
    let mut tx = service.db.write().await?;
    store::contact_job::release_job(&mut tx, job).await?;
    Ok(tx.commit().await?)
}

async fn save(service: &Service, stored: &StoredJob) -> Result<(), Error> {
    let mut tx = service.db.write().await?;
    store::contact_job::update_job(&mut tx, stored).await?;
    Ok(tx.commit().await?)
}

async fn remove(path: &Path) {
    if let Err(error) = tokio::fs::remove_file(path).await
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "a file of a job could not be removed");
    }
}

/// A job as its page shows it.
///
/// # Errors
/// [`Error::NotFound`] when the caller's business has no such job.
pub async fn find(service: &Service, caller: &Caller, id: JobId) -> Result<Job, Error> {
    caller.may(Right::ManageContacts)?;
    Ok(load(service, caller.business, id).await?.job)
}

async fn load(service: &Service, business: BusinessId, id: JobId) -> Result<StoredJob, Error> {
    let service = service.clone();
    task(async move {
        let mut tx = service.db.read().await?;
        store::contact_job::find_job(&mut tx, business, id).await?.ok_or(Error::NotFound)
    })
    .await
}

/// The last jobs, newest first.
///
/// # Errors
/// When the caller may not see them.
pub async fn list(service: &Service, caller: &Caller) -> Result<Vec<Job>, Error> {
    caller.may(Right::ManageContacts)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let mut tx = service.db.read().await?;
        let jobs = store::contact_job::list_jobs(&mut tx, business, 50).await?;
        Ok(jobs.into_iter().map(|stored| stored.job).collect())
    })
    .await
}

/// The first rows of a file, as its page shows them.
///
/// # Errors
/// [`Error::NotFound`] when there is no such job or its file is gone.
pub async fn sample(service: &Service, caller: &Caller, id: JobId) -> Result<Vec<RawRow>, Error> {
    caller.may(Right::ManageContacts)?;
    let stored = load(service, caller.business, id).await?;
    let Plan::Import(plan) = stored.job.plan else { return Err(Error::NotFound) };
    let path = source_path(service, id);
    let rows = tokio::task::spawn_blocking(move || {
        let delimiter = u8::try_from(plan.delimiter).unwrap_or(b',');
        table::sample(&path, table::encoding(&plan.encoding), delimiter, 6)
    });
    match rows.await.map_err(|error| Error::Internal(error.into()))? {
        Ok(rows) => Ok(rows),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Error::NotFound),
        Err(error) => Err(Error::Internal(error.into())),
    }
}

/// The file of errors of a job, if it has one.
///
/// # Errors
/// [`Error::NotFound`] when there is no such job, or nothing to tell.
pub async fn errors_file(service: &Service, caller: &Caller, id: JobId) -> Result<tokio::fs::File, Error> {
    caller.may(Right::ManageContacts)?;
    load(service, caller.business, id).await?;
    tokio::fs::File::open(errors_path(service, id)).await.map_err(|_| Error::NotFound)
}

/// Where the file of errors of a job is, if there is one: for whoever runs the server.
#[must_use]
pub fn errors_place(service: &Service, id: JobId) -> Option<PathBuf> {
    Some(errors_path(service, id)).filter(|path| path.exists())
}

/// How a file is to be read, as a form says it.
#[derive(Clone, Debug, Default)]
pub struct ImportForm {
    /// The encoding, by its WHATWG name.
    pub encoding: String,
    /// What separates columns.
    pub delimiter: Option<char>,
    /// The first line holds headings.
    pub has_heading: bool,
    /// What each column holds.
    pub columns: Vec<Column>,
    /// Where numbers without a country code are from.
    pub region: Option<Region>,
    /// How dates in figures are written.
    pub dates: DateOrder,
    /// Labels for everybody.
    pub tags: Vec<String>,
    /// Names in the file replace those that are there.
    pub replace_names: bool,
    /// Everybody in the file agreed.
    pub all_agreed: bool,
    /// How they agreed.
    pub attestation: Option<Attestation>,
}

/// Says how a file is read, and begins: with a dry run, or in earnest.
///
/// # Errors
/// [`Error::Invalid`] naming the field; [`Error::Conflict`] when it is under way or over.
pub async fn start_import(
    service: &Service,
    caller: &Caller,
    id: JobId,
    form: ImportForm,
    dry_run: bool,
) -> Result<(), Error> {
    caller.may(Right::ManageContacts)?;
    let (service, caller) = (service.clone(), caller.clone());
    let now = service.now();
    task(async move {
        let mut tx = service.db.write().await?;
        let mut stored =
            store::contact_job::find_job(&mut tx, caller.business, id).await?.ok_or(Error::NotFound)?;
        let Plan::Import(plan) = &mut stored.job.plan else { return Err(Error::NotFound) };
        if stored.job.state != JobState::Ready {
            return Err(Error::Conflict);
        }
        apply_form(plan, form, dry_run, now)?;
        begin(&mut stored, if dry_run { JobState::Checking } else { JobState::Running }, now);
        if !dry_run {
            audit::note(&service, &mut tx, &caller, Action::JobStarted, id).await?;
        }
        store::contact_job::update_job(&mut tx, &stored).await?;
        tx.commit().await?;
        service.jobs.notify_one();
        service.live.publish(caller.business, vec![LiveEvent::JobChanged { job: id }]);
        Ok(())
    })
    .await
}

fn begin(stored: &mut StoredJob, state: JobState, now: Timestamp) {
    let of = stored.job.progress.of;
    stored.job.state = state;
    stored.job.progress = Progress { of, ..Progress::default() };
    stored.job.problem = None;
    stored.job.checked = false;
    stored.job.started_at = Some(now);
    stored.job.finished_at = None;
}

fn apply_form(plan: &mut ImportPlan, form: ImportForm, dry_run: bool, now: Timestamp) -> Result<(), Error> {
    let mut problems = Vec::new();
    let mut say = |field, code| problems.push(Invalid { field, code, problem: None });
    if form.columns.iter().filter(|column| **column == Column::Phone).count() != 1 {
        say("columns", "no_phone");
    }
    let repeated = Column::ALL.iter().any(|meaning| {
        *meaning != Column::Ignore && form.columns.iter().filter(|column| *column == meaning).count() > 1
    });
    if repeated {
        say("columns", "repeated");
    }
    if form.columns.len() > limits::IMPORT_COLUMNS {
        say("columns", "too_many");
    }
    let tags = match crate::contacts::valid_tags(form.tags) {
        Ok(tags) => tags,
        Err(_) => {
            say("tags", "too_long");
            Vec::new()
        }
    };
    let attestation =
        form.attestation.map(|attested| Attestation { note: attested.note.trim().to_owned(), ..attested });
    match &attestation {
        None if form.all_agreed => say("source", "required"),
        // The file's word for many people wants the words they were told.
        Some(attested) if form.all_agreed && attested.note.is_empty() => say("note", "required"),
        Some(attested) if attested.note.chars().count() > limits::NOTE => say("note", "too_long"),
        Some(attested) if attested.note.contains('\0') => say("note", "control_characters"),
        Some(attested) if attested.agreed_on.is_some_and(|at| at > now + crate::consent::CLOCK_SKEW) => {
            say("agreed_on", "in_the_future");
        }
        _ => {}
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    table::encoding(&form.encoding).name().clone_into(&mut plan.encoding);
    plan.delimiter = form.delimiter.filter(char::is_ascii).unwrap_or(plan.delimiter);
    plan.has_heading = form.has_heading;
    plan.columns = form.columns;
    plan.region = form.region.or(plan.region);
    plan.dates = form.dates;
    plan.tags = tags;
    plan.replace_names = form.replace_names;
    plan.all_agreed = form.all_agreed;
    plan.attestation = attestation;
    plan.dry_run = dry_run;
    Ok(())
}

/// Prepares one change of many: nothing happens before [`start_bulk`].
///
/// # Errors
/// [`Error::Invalid`] when nobody is chosen or a label cannot be used.
pub async fn prepare_bulk(
    service: &Service,
    caller: &Caller,
    action: BulkAction,
    contacts: Vec<ContactId>,
    query: ContactQuery,
    all: bool,
) -> Result<JobId, Error> {
    caller.may(Right::ManageContacts)?;
    if action == BulkAction::OptOut {
        caller.may(Right::WriteConsent)?;
    }
    if contacts.is_empty() && !all {
        return Err(Error::invalid("contacts", "empty"));
    }
    if contacts.len() > SELECTED {
        return Err(Error::invalid("contacts", "too_many"));
    }
    if let BulkAction::Tag { tag } | BulkAction::Untag { tag } = &action {
        crate::contacts::valid_tags(vec![tag.clone()])?;
    }
    let (service, caller) = (service.clone(), caller.clone());
    task(async move {
        let now = service.now();
        let mut tx = service.db.write().await?;
        let query = ContactQuery { cursor: None, limit: 0, ..query.at(now) };
        let of = if !all {
            i64::try_from(contacts.len()).unwrap_or(i64::MAX)
        } else if !query.is_filtered() || query.only_state().is_some() {
            let counts = store::contact_list::count_by_state(&mut tx, caller.business).await?;
            query.only_state().map_or_else(|| counts.total(), |state| counts.of(state))
        } else {
            store::contact_list::count_matching(&mut tx, caller.business, &query).await?.count
        };
        let contacts = if all { Vec::new() } else { contacts };
        let id = JobId::from_uuid(service.clock.uuid());
        let job = Job {
            id,
            state: JobState::Ready,
            plan: Plan::Bulk { action, contacts, query },
            progress: Progress { of: u64::try_from(of).unwrap_or(0), ..Progress::default() },
            problem: None,
            checked: false,
            stopping: false,
            created_at: now,
            started_at: None,
            finished_at: None,
        };
        let stored = StoredJob { business: caller.business, job, created_by: caller.name() };
        store::contact_job::insert_job(&mut tx, &stored).await?;
        tx.commit().await?;
        Ok(id)
    })
    .await
}

/// Begins a prepared change.
///
/// # Errors
/// [`Error::Conflict`] when it is under way or over.
pub async fn start_bulk(service: &Service, caller: &Caller, id: JobId) -> Result<(), Error> {
    move_on(service, caller, id, Some(Action::JobStarted), |stored, now| {
        if stored.job.state != JobState::Ready || !matches!(stored.job.plan, Plan::Bulk { .. }) {
            return Err(Error::Conflict);
        }
        begin(stored, JobState::Running, now);
        Ok(())
    })
    .await
}

/// Asks a job to stop; one that never began is over at once.
///
/// # Errors
/// [`Error::Conflict`] when there is nothing to stop.
pub async fn cancel(service: &Service, caller: &Caller, id: JobId) -> Result<(), Error> {
    let was_ready = load(service, caller.business, id).await?.job.state == JobState::Ready;
    move_on(service, caller, id, None, |stored, now| match stored.job.state {
        JobState::Ready => {
            stored.job.state = JobState::Cancelled;
            stored.job.finished_at = Some(now);
            Ok(())
        }
        JobState::Checking | JobState::Running => {
            stored.job.stopping = true;
            Ok(())
        }
        _ => Err(Error::Conflict),
    })
    .await?;
    if was_ready {
        remove(&source_path(service, id)).await;
        remove(&errors_path(service, id)).await;
    }
    Ok(())
}

/// Takes back what a job did, as far as nothing happened to the people since.
///
/// # Errors
/// [`Error::Conflict`] when it cannot be undone, or no longer.
pub async fn undo(service: &Service, caller: &Caller, id: JobId) -> Result<(), Error> {
    move_on(service, caller, id, None, |stored, now| {
        let job = &mut stored.job;
        if !job.plan.can_be_undone() || !job.state.can_be_undone(job.finished_at, now) {
            return Err(Error::Conflict);
        }
        job.state = JobState::Undoing;
        job.problem = None;
        job.progress.done = 0;
        job.progress.of = job.progress.added + job.progress.updated + job.progress.unchanged;
        job.progress.last = None;
        job.progress.undone = 0;
        job.progress.undo_kept = 0;
        Ok(())
    })
    .await
}

async fn move_on(
    service: &Service,
    caller: &Caller,
    id: JobId,
    action: Option<Action>,
    change: impl FnOnce(&mut StoredJob, Timestamp) -> Result<(), Error> + Send + 'static,
) -> Result<(), Error> {
    caller.may(Right::ManageContacts)?;
    let (service, caller, business) = (service.clone(), caller.clone(), caller.business);
    task(async move {
        let mut tx = service.db.write().await?;
        let mut stored = store::contact_job::find_job(&mut tx, business, id).await?.ok_or(Error::NotFound)?;
        change(&mut stored, service.now())?;
        if stored.job.stopping {
            store::contact_job::set_stopping(&mut tx, id, true).await?;
        } else {
            store::contact_job::update_job(&mut tx, &stored).await?;
        }
        if let Some(action) = action {
            audit::note(&service, &mut tx, &caller, action, id).await?;
        }
        tx.commit().await?;
        service.jobs.notify_one();
        service.live.publish(business, vec![LiveEvent::JobChanged { job: id }]);
        Ok(())
    })
    .await
}

/// Reads a file in at once, in this process: for the command line. Columns are guessed from the file.
///
/// # Errors
/// [`Error::Invalid`] when the file is no table of contacts.
pub async fn import_now(
    service: &Service,
    caller: &Caller,
    path: &Path,
    dry_run: bool,
    mut told: impl FnMut(&Progress),
) -> Result<Job, Error> {
    caller.may(Right::ManageContacts)?;
    let mut stored = upload::prepare(service, caller, path, path).await?;
    let now = service.now();
    let Plan::Import(plan) = &mut stored.job.plan else { return Err(Error::NotFound) };
    plan.dry_run = dry_run;
    if !plan.columns.contains(&Column::Phone) {
        return Err(Error::invalid("columns", "no_phone"));
    }
    begin(&mut stored, if dry_run { JobState::Checking } else { JobState::Running }, now);
    let id = stored.job.id;
    {
        let (service, stored) = (service.clone(), stored.clone());
        task(async move {
            let mut tx = service.db.write().await?;
            store::contact_job::insert_job(&mut tx, &stored).await?;
            store::contact_job::take_job(&mut tx, stored.job.id, service.holder, service.now() + HELD_FOR)
                .await?;
            Ok(tx.commit().await?)
        })
        .await?;
    }
    let worker = tokio::spawn({
        let (service, path) = (service.clone(), path.to_owned());
        async move { complete(&service, stored, path, &CancellationToken::new()).await }
    });
    while !worker.is_finished() {
        tokio::time::sleep(TELL_EVERY).await;
        if let Ok(stored) = load(service, caller.business, id).await {
            told(&stored.job.progress);
        }
    }
    let done = worker.await.map_err(|error| Error::Internal(error.into()))??;
    Ok(done.job)
}

/// Takes an erased person's names out of the files of errors that are still there.
pub(crate) async fn forget_in_files(
    service: &Service,
    business: BusinessId,
    names: &[String],
) -> Result<(), Error> {
    let jobs = {
        let service = service.clone();
        task(async move {
            let mut tx = service.db.read().await?;
            Ok(store::contact_job::list_jobs(&mut tx, business, 500).await?)
        })
        .await?
    };
    for stored in jobs {
        let path = errors_path(service, stored.job.id);
        let digits: Vec<String> = names.iter().map(|name| name.trim_start_matches('+').to_owned()).collect();
        let done = tokio::task::spawn_blocking(move || forget_lines(&path, &digits)).await;
        done.map_err(|error| Error::Internal(error.into()))?
            .map_err(|error| Error::Internal(error.into()))?;
    }
    Ok(())
}

/// Overwrites lines that hold one of these texts, in place: the length of the file is part of what a job knows.
fn forget_lines(path: &Path, texts: &[String]) -> std::io::Result<()> {
    use std::io::{BufRead as _, Seek as _, SeekFrom, Write as _};
    let file = match std::fs::OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    let mut reader = std::io::BufReader::new(&file);
    let (mut at, mut line) = (0_u64, Vec::new());
    loop {
        line.clear();
        let read = reader.read_until(b'\n', &mut line)?;
        if read == 0 {
            break;
        }
        let text = String::from_utf8_lossy(&line);
        if texts.iter().any(|name| !name.is_empty() && text.contains(name.as_str())) {
            let end = line.iter().rev().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
            found.push((at, read - end));
        }
        at += u64::try_from(read).unwrap_or(0);
    }
    drop(reader);
    let mut file = file;
    for (at, length) in found {
        file.seek(SeekFrom::Start(at))?;
        file.write_all(&vec![b'-'; length])?;
    }
    file.sync_all()
}

/// Removes files and notes that nobody can use any more.
pub(crate) async fn sweep(service: &Service) -> Result<(), Error> {
    let outdated = {
        let service = service.clone();
        task(async move {
            let ended = service.now() - domain::job::UNDO_WITHIN;
            let mut tx = service.db.write().await?;
            let outdated =
                store::contact_job::list_outdated(&mut tx, ended, service.now() - WAITING_FOR).await?;
            tx.commit().await?;
            loop {
                let mut tx = service.db.write().await?;
                let deleted = store::contact_job::delete_old_changes(&mut tx, ended).await?;
                tx.commit().await?;
                if deleted == 0 {
                    return Ok(outdated);
                }
            }
        })
        .await?
    };
    for job in outdated {
        remove(&source_path(service, job)).await;
        remove(&errors_path(service, job)).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn no_name_becomes_a_formula() {
        for (name, written) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-2", "'-2"),
            ("+1 555", "'+1 555"),
            ("+15550100123", "+15550100123"),
            ("Ana = Lima", "Ana = Lima"),
        ] {
            assert_eq!(inert(name), written);
        }
    }
}
