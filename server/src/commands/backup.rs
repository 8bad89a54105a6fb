//! `backup` and `restore`.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context as _;
use percent_encoding::percent_decode_str;
use serde_json::json;
use service::Service;

use super::{DATA_DIR, Failure, Place, open_for_command, print_line};
use crate::cli::{BackupArgs, RestoreArgs};
use crate::config::DatabaseUrl;

/// `backup`
pub(super) async fn backup(options: BackupArgs) -> Result<(), Failure> {
    if options.file.exists() {
        return Err(Failure::Usage(format!(
            "{} is there already; name a file that is not",
            options.file.display()
        )));
    }
    let place = Place::find(&options.database, DATA_DIR)?;
    let service = open_for_command(&options.database).await?;
    let part = beside(&options.file, "part");
    // What a backup that was interrupted left.
    remove(&part)?;
    let written = match &place.database {
        DatabaseUrl::Sqlite(_) => {
            service::backup::copy(&service, &part).await.map(drop).map_err(Failure::from)
        }
        DatabaseUrl::Postgres(url) => {
            let arguments = ["--format=custom", "--no-owner"].map(str::to_owned).to_vec();
            dump("pg_dump", url.expose(), arguments, Some(&part), None).await.map_err(Failure::from)
        }
    };
    if let Err(failure) = written {
        remove(&part)?;
        return Err(failure);
    }
    let file = private(&part)?;
    file.sync_all()?;
    let bytes = file.metadata()?.len();
    std::fs::rename(&part, &options.file)?;
    Ok(print_line(
        &json!({"file": options.file, "bytes": bytes, "schema": schema(&place).await?}).to_string(),
    )?)
}

/// `restore`
pub(super) async fn restore(options: RestoreArgs) -> Result<(), Failure> {
    if !options.file.is_file() {
        return Err(Failure::Usage(format!("there is no file {}", options.file.display())));
    }
    let place = Place::find(&options.database, DATA_DIR)?;
    let rested = match &place.database {
        DatabaseUrl::Sqlite(database) => {
            // Held until the backup is in place: nobody sends from what is being replaced.
            let _lock = place.only_worker()?;
            if database.exists() && !options.replace {
                return Err(Failure::Usage(format!(
                    "there is a database at {}; stop the server and say --replace to put the backup in its place",
                    database.display()
                )));
            }
            restore_sqlite(&options.file, database).await?
        }
        DatabaseUrl::Postgres(url) => {
            let service = open_for_command(&options.database).await?;
            if service::backup::is_in_use(&service).await? && !options.replace {
                return Err(Failure::Usage(
                    "there is a business in this database; stop the servers and say --replace to put the backup in its place"
                        .to_owned(),
                ));
            }
            drop(service);
            let arguments =
                ["--clean", "--if-exists", "--no-owner", "--exit-on-error", "--single-transaction"];
            let arguments = arguments.map(str::to_owned).to_vec();
            dump("pg_restore", url.expose(), arguments, None, Some(&options.file)).await?;
            service::backup::settle(url.expose()).await?
        }
    };
    let summary = json!({
        "messages_not_sent": rested.messages,
        "campaigns_paused": rested.campaigns,
        "newest": rested.newest.map(|at| at.to_string()),
    });
    print_line(&summary.to_string())?;
    use std::io::Write as _;
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(
        std::io::stderr(),
        "Whoever said stop after this backup was made is not in it. Compare with what WhatsApp and your other systems know before you \
         resume a campaign. The secret key is not in a backup: put the one back that belongs to it."
    );
    Ok(())
}

/// The backup is brought up to date beside the database, and then takes its place in one step.
async fn restore_sqlite(file: &Path, database: &Path) -> Result<service::backup::Rested, Failure> {
    let part = beside(database, "restoring");
    for ending in ["", "-wal", "-shm"] {
        remove(&beside_name(&part, ending))?;
    }
    std::fs::copy(file, &part).with_context(|| format!("cannot copy {}", file.display()))?;
    private(&part)?;
    let settled = service::backup::settle(&format!("sqlite://{}", part.display())).await;
    let rested = match settled {
        Ok(rested) => rested,
        Err(error) => {
            for ending in ["", "-wal", "-shm"] {
                remove(&beside_name(&part, ending))?;
            }
            return Err(error.into());
        }
    };
    File::open(&part)?.sync_all()?;
    // What is replaced goes aside with its log first: a log belongs to no other database, and without it the old one is not whole. Until
    // the backup is in place all of it can be put back by hand.
    let aside = beside(database, "replaced");
    for ending in ["-wal", "-shm"] {
        remove(&beside_name(&part, ending))?;
    }
    for ending in ["", "-wal", "-shm"] {
        move_if_there(&beside_name(database, ending), &beside_name(&aside, ending))?;
    }
    std::fs::rename(&part, database)?;
    for ending in ["", "-wal", "-shm"] {
        remove(&beside_name(&aside, ending))?;
    }
    if let Some(directory) = database.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        File::open(directory)?.sync_all()?;
    }
    Ok(rested)
}

/// Runs a program of PostgreSQL's; the password goes by the environment, because others on the machine see command lines.
async fn dump(
    program: &str,
    url: &str,
    arguments: Vec<String>,
    to: Option<&Path>,
    from: Option<&Path>,
) -> anyhow::Result<()> {
    let (address, password) = without_password(url);
    let mut command = tokio::process::Command::new(program);
    command.args(arguments).arg("--dbname").arg(address).stdin(Stdio::null()).stdout(Stdio::null());
    if let Some(to) = to {
        command.arg("--file").arg(to);
    }
    if let Some(from) = from {
        command.arg(from);
    }
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    let status = command
        .status()
        .await
        .with_context(|| format!("{program} cannot be run; it comes with PostgreSQL's client programs"))?;
    anyhow::ensure!(status.success(), "{program} ended with {status}");
    Ok(())
}

/// The URL without its password, and the password as it is.
fn without_password(url: &str) -> (String, Option<String>) {
    let parts = url.split_once("://").and_then(|(scheme, rest)| {
        let (who, place) = rest.split_once('@')?;
        let (user, password) = who.split_once(':')?;
        Some((format!("{scheme}://{user}@{place}"), password))
    });
    match parts {
        None => (url.to_owned(), None),
        Some((address, password)) => {
            (address, Some(percent_decode_str(password).decode_utf8_lossy().into_owned()))
        }
    }
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    beside_name(file, &format!(".{ending}"))
}

fn beside_name(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Opens a file and lets nobody else on the machine read it: it holds customers' data.
fn private(file: &Path) -> anyhow::Result<File> {
    let opened = OpenOptions::new()
        .write(true)
        .mode(0o600)
        .open(file)
        .with_context(|| format!("cannot write {}", file.display()))?;
    std::fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(opened)
}

fn move_if_there(from: &Path, to: &Path) -> std::io::Result<()> {
    match std::fs::rename(from, to) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn remove(file: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

async fn schema(place: &Place) -> Result<i64, Failure> {
    Ok(Service::migrate(&place.database.expose()).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_leaves_the_command_line() {
        let (address, password) =
            without_password("postgres://shop:p%40ss%3A1@db.example/shop?sslmode=require");
        assert_eq!(address, "postgres://shop@db.example/shop?sslmode=require");
        assert_eq!(password.as_deref(), Some("p@ss:1"));
        assert_eq!(without_password("postgres://shop@db/shop"), ("postgres://shop@db/shop".to_owned(), None));
    }
}
