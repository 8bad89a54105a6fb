//! What the commands do. Results go to standard output, everything else to standard error.

mod administration;
mod backup;
mod classify;
mod emulator;

use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use domain::id::BusinessId;
use domain::phone::Region;
use service::{Clock, Config, Service, business};

use crate::cli::{
    ApiKeyCommand, BusinessCommand, Command, ConnectionCommand, DatabaseArgs, ImportCommand, LedgerCommand,
    UserCommand,
};
use crate::config::{DatabaseUrl, SecretKey};
use crate::serve;

/// Why a command did not do its work; decides the exit code.
#[derive(Debug)]
pub enum Failure {
    /// The options contradict each other or name something that does not exist: exit code 2.
    Usage(String),
    /// The work failed: exit code 1.
    Failed(anyhow::Error),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<service::Error> for Failure {
    fn from(error: service::Error) -> Self {
        match error {
            service::Error::Invalid(fields) => {
                let named: Vec<_> = fields
                    .iter()
                    .map(|found| format!("{}: {}", found.field, found.code.replace('_', " ")))
                    .collect();
                Self::Failed(anyhow::anyhow!("{}", named.join("; ")))
            }
            other => Self::Failed(other.into()),
        }
    }
}

/// Says what went wrong on standard error, and with which code to exit.
pub fn report(failure: &Failure) -> ExitCode {
    let (text, code) = match failure {
        Failure::Usage(text) => (text.clone(), 2),
        Failure::Failed(error) => (format!("{error:#}"), 1),
    };
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(std::io::stderr(), "error: {text}");
    ExitCode::from(code)
}

/// Writes one line to standard output, at once.
pub(crate) fn print_line(text: &str) -> std::io::Result<()> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{text}")?;
    output.flush()
}

/// Runs a command to its end.
///
/// # Errors
/// [`Failure`], which names the exit code.
pub async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve(options) => serve::serve(options).await,
        Command::Migrate(database) => administration::migrate(&database).await,
        Command::Business(BusinessCommand::Create(options)) => administration::create_business(options).await,
        Command::User(UserCommand::Create(options)) => administration::create_user(options).await,
        Command::Connection(ConnectionCommand::Add(options)) => administration::add_connection(options).await,
        Command::ApiKey(ApiKeyCommand::Create(options)) => administration::create_api_key(options).await,
        Command::Classify(options) => classify::classify(options).await,
        Command::Import(ImportCommand::Contacts(options)) => administration::import_contacts(options).await,
        Command::Ledger(LedgerCommand::Verify(options)) => administration::verify_ledger(options).await,
        Command::Ledger(LedgerCommand::Export(options)) => administration::export_ledger(options).await,
        Command::Backup(options) => backup::backup(options).await,
        Command::Restore(options) => backup::restore(options).await,
        Command::Emulator(options) => emulator::emulator(options).await,
    }
}

/// Where the data of a command is: the directory exists afterwards.
pub(crate) struct Place {
    pub(crate) database: DatabaseUrl,
    pub(crate) key: SecretKey,
    pub(crate) directory: PathBuf,
}

impl Place {
    /// Finds it from the options.
    pub(crate) fn find(options: &DatabaseArgs, default_directory: &str) -> anyhow::Result<Self> {
        let directory = options.data_dir.clone().unwrap_or_else(|| PathBuf::from(default_directory));
        std::fs::DirBuilder::new()
            .recursive(true)
            // Customers' data: nobody else on the machine reads it.
            .mode(0o700)
            .create(&directory)
            .with_context(|| format!("cannot create {}", directory.display()))?;
        let key = match (options.secret_key, &options.secret_key_file) {
            (Some(key), _) => key,
            (None, Some(file)) => SecretKey::from_file_or_new(file)?,
            (None, None) => SecretKey::from_file_or_new(&directory.join("secret.key"))?,
        };
        Ok(Self { database: database(options, &directory), key, directory })
    }

    /// Makes this process the only one that sends from an SQLite file, until it ends or drops the lock: at its start a worker
    /// takes what a process that died left half-done, and must not take it from one that lives. Workers on PostgreSQL share
    /// their work by leases instead.
    pub(crate) fn only_worker(&self) -> anyhow::Result<Option<File>> {
        let DatabaseUrl::Sqlite(database) = &self.database else {
            return Ok(None);
        };
        let path = database.with_extension("worker.lock");
        let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => anyhow::bail!(
                "another whatscloud sends from {}: stop it first, start this one with --role web, or use PostgreSQL",
                database.display()
            ),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("cannot lock {}", path.display()))
            }
        }
    }
}

fn database(options: &DatabaseArgs, directory: &Path) -> DatabaseUrl {
    options.database_url.clone().unwrap_or_else(|| DatabaseUrl::Sqlite(directory.join("whatscloud.sqlite")))
}

/// Where the data of commands is when nothing says otherwise.
pub(crate) const DATA_DIR: &str = "./data";
/// Where the data of the demo is.
pub(crate) const DEMO_DATA_DIR: &str = "./data/demo";

/// Settings of a service beside the place of its data.
pub(crate) struct Tuning {
    pub(crate) public_url: String,
    pub(crate) default_region: Option<Region>,
    pub(crate) pool_size: u32,
    pub(crate) ingest_batch: usize,
}

/// Opens the service on the data.
pub(crate) async fn open(place: &Place, tuning: Tuning) -> Result<Service, Failure> {
    let config = Config {
        database_url: place.database.expose(),
        secret_key: service::SecretKey::new(place.key.bytes()),
        public_url: tuning.public_url,
        default_region: tuning.default_region,
        files: place.directory.clone(),
        pool_size: tuning.pool_size,
        ingest_batch: tuning.ingest_batch,
        clock: Clock::system(),
    };
    let opened = Service::open(config).await;
    opened.map_err(|error| {
        Failure::Failed(
            anyhow::Error::new(error).context(format!("cannot open the database {:?}", place.database)),
        )
    })
}

/// Opens the service for one administrative command, beside a server that may be running.
pub(crate) async fn open_for_command(options: &DatabaseArgs) -> Result<Service, Failure> {
    let place = Place::find(options, DATA_DIR)?;
    let tuning = Tuning { public_url: String::new(), default_region: None, pool_size: 2, ingest_batch: 1 };
    open(&place, tuning).await
}

/// The business an option names.
pub(crate) async fn find_business(service: &Service, id_or_handle: &str) -> Result<BusinessId, Failure> {
    business::find(service, id_or_handle)
        .await?
        .ok_or_else(|| Failure::Failed(anyhow::anyhow!("there is no business {id_or_handle}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_process_sends_from_an_sqlite_file_until_it_ends() {
        let directory = tempfile::tempdir().unwrap();
        let options = DatabaseArgs { data_dir: Some(directory.path().to_owned()), ..DatabaseArgs::default() };
        let place = Place::find(&options, DATA_DIR).unwrap();
        let first = place.only_worker().unwrap();
        assert!(first.is_some());
        let told = place.only_worker().unwrap_err().to_string();
        assert!(told.contains("another whatscloud sends from") && told.contains("--role web"), "{told}");
        drop(first);
        assert!(place.only_worker().unwrap().is_some());
    }
}
