//! A file on its way in: written to disk as it comes, looked at when it is whole.

use std::path::{Path, PathBuf};

use domain::id::JobId;
use domain::job::{DateOrder, ImportPlan, Job, JobState, Plan, Progress};
use domain::limits;
use domain::role::Right;
use store::contact_job::StoredJob;
use tokio::io::AsyncWriteExt as _;

use super::table::{self, NoTable};
use super::{directory, remove, source_path};
use crate::contacts::region_of;
use crate::{Caller, Error, Service, task};

/// A file that is being received. Dropped before its end, nothing of it stays.
#[derive(Debug)]
pub struct Upload {
    service: Service,
    caller: Caller,
    id: JobId,
    name: String,
    path: PathBuf,
    file: Option<tokio::fs::File>,
    bytes: u64,
}

impl Upload {
    /// Begins to receive a file.
    ///
    /// # Errors
    /// When the caller may not import, or the disk cannot be written.
    pub async fn begin(service: &Service, caller: &Caller, name: &str) -> Result<Self, Error> {
        caller.may(Right::ManageContacts)?;
        let unusable = |error: std::io::Error| Error::Internal(error.into());
        let directory = directory(service);
        let made = directory.clone();
        // People's numbers: nobody else on the machine reads them.
        let made = tokio::task::spawn_blocking(move || {
            use std::os::unix::fs::DirBuilderExt as _;
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(made)
        });
        made.await.map_err(|error| Error::Internal(error.into()))?.map_err(unusable)?;
        let id = JobId::from_uuid(service.clock.uuid());
        let path = directory.join(format!("{id}.part"));
        let file = tokio::fs::File::create(&path).await.map_err(unusable)?;
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let name: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
        Ok(Self {
            service: service.clone(),
            caller: caller.clone(),
            id,
            name: if name.is_empty() { "contacts.csv".to_owned() } else { name },
            path,
            file: Some(file),
            bytes: 0,
        })
    }

    /// Takes some more of it.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is too large, or there is no room for it.
    pub async fn write(&mut self, piece: &[u8]) -> Result<(), Error> {
        self.bytes += u64::try_from(piece.len()).unwrap_or(0);
        if self.bytes > limits::IMPORT_BYTES {
            return Err(Error::invalid("file", "too_large"));
        }
        let Some(file) = &mut self.file else { return Err(Error::Conflict) };
        file.write_all(piece).await.map_err(|error| no_room(&error))
    }

    /// The file is whole: looks at it and makes a job of it.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is empty or no text.
    pub async fn finish(mut self) -> Result<JobId, Error> {
        if let Some(mut file) = self.file.take() {
            file.flush().await.map_err(|error| no_room(&error))?;
            file.sync_all().await.map_err(|error| no_room(&error))?;
        }
        let mut stored = prepare(&self.service, &self.caller, &self.path, Path::new(&self.name)).await?;
        stored.job.id = self.id;
        let target = source_path(&self.service, self.id);
        tokio::fs::rename(&self.path, &target).await.map_err(|error| Error::Internal(error.into()))?;
        let service = self.service.clone();
        let inserted = task(async move {
            let mut tx = service.db.write().await?;
            store::contact_job::insert_job(&mut tx, &stored).await?;
            Ok(tx.commit().await?)
        })
        .await;
        if inserted.is_err() {
            remove(&target).await;
        }
        inserted.map(|()| self.id)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        // Renamed when it was finished; a file that is not there need not go.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn no_room(error: &std::io::Error) -> Error {
    tracing::error!(%error, "a file could not be stored");
    if error.kind() == std::io::ErrorKind::StorageFull {
        Error::invalid("file", "disk_full")
    } else {
        Error::Unavailable
    }
}

/// A job for a file, by what it looks like; not stored yet.
pub(super) async fn prepare(
    service: &Service,
    caller: &Caller,
    path: &Path,
    name: &Path,
) -> Result<StoredJob, Error> {
    let looked = tokio::task::spawn_blocking({
        let path = path.to_owned();
        move || Ok::<_, std::io::Error>((std::fs::metadata(&path)?.len(), table::look(&path)?))
    });
    let (bytes, look) = looked
        .await
        .map_err(|error| Error::Internal(error.into()))?
        .map_err(|_| Error::invalid("file", "unreadable"))?;
    let look = look.map_err(|problem| {
        Error::invalid("file", if problem == NoTable::Empty { "empty" } else { "not_text" })
    })?;
    let region = {
        let (service, business) = (service.clone(), caller.business);
        task(async move { region_of(&service, &mut service.db.read().await?, business).await }).await?
    };
    let plan = ImportPlan {
        file_name: name.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        bytes,
        encoding: look.encoding.name().to_owned(),
        delimiter: char::from(look.delimiter),
        has_heading: look.has_heading,
        columns: look.columns,
        region,
        dates: DateOrder::default(),
        tags: Vec::new(),
        replace_names: false,
        all_agreed: false,
        attestation: None,
        dry_run: false,
    };
    let job = Job {
        id: JobId::from_uuid(service.clock.uuid()),
        state: JobState::Ready,
        plan: Plan::Import(plan),
        progress: Progress { of: bytes, ..Progress::default() },
        problem: None,
        checked: false,
        stopping: false,
        created_at: service.now(),
        started_at: None,
        finished_at: None,
    };
    Ok(StoredJob { business: caller.business, job, created_by: caller.name() })
}
