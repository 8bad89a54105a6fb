//! A PostgreSQL cluster that exists only while the tests run.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{output, program};
use crate::guardian::Guardian;
use crate::tools;

/// Listens on a free port of 127.0.0.1 and on a socket in its own directory; trusts whoever gets there. Stopped and
/// deleted at the end, however we end.
pub struct Cluster {
    /// Connects to the database `postgres` as the superuser.
    pub url: String,
    /// The directory of `psql` and `createdb`.
    pub programs: PathBuf,
    _guardian: Guardian,
}

impl Cluster {
    /// Creates and starts a cluster with the programs in the given directory.
    pub fn start(programs: &Path) -> Result<Self> {
        let owner = Owner::of_this_process()?;
        let directory = std::env::temp_dir().join(format!("whatscloud-postgres-{}", std::process::id()));
        fs::create_dir(&directory).with_context(|| format!("cannot create {}", directory.display()))?;
        let data = directory.join("data");
        let guardian = Guardian::new(
            r#"directory=$1; shift; "$@"; rm -rf "$directory""#,
            &[&[directory.display().to_string()], owner.words(programs, "pg_ctl").as_slice()]
                .concat()
                .into_iter()
                .chain(
                    ["--pgdata", &data.display().to_string(), "--mode=immediate", "stop"].map(str::to_owned),
                )
                .collect::<Vec<_>>(),
        )?;
        if owner == Owner::Postgres {
            output(program("chown").arg("postgres").arg(&directory))
                .context("PostgreSQL refuses to run as root")?;
        }

        output(
            owner
                .command(programs, "initdb")
                .args([
                    "--username=postgres",
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    "--no-sync",
                ])
                .arg("--pgdata")
                .arg(&data),
        )?;
        let port = free_port()?;
        // Nothing here has to survive a power failure.
        let options = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c max_connections=300 \
             -c fsync=off -c full_page_writes=off",
            directory.display()
        );
        let log = directory.join("log");
        output(
            owner
                .command(programs, "pg_ctl")
                .arg("--pgdata")
                .arg(&data)
                .args(["--wait", "--options", &options, "--log"])
                .arg(&log)
                .arg("start"),
        )
        .with_context(|| fs::read_to_string(&log).unwrap_or_default())?;
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        Ok(Self { url, programs: programs.to_owned(), _guardian: guardian })
    }

    /// The number of transactions that changed something so far: tests that skipped PostgreSQL leave it as it was.
    pub fn transactions(&self) -> Result<u64> {
        let query = "SELECT txid_snapshot_xmax(txid_current_snapshot())";
        let arguments = ["--no-psqlrc", "--tuples-only", "--no-align", "--command", query];
        let answer = output(program(self.programs.join("psql")).arg(&self.url).args(arguments))?;
        answer.trim().parse().context("PostgreSQL's answer is not a number")
    }
}

/// Who runs the cluster: PostgreSQL refuses to run as root.
#[derive(PartialEq, Eq)]
enum Owner {
    Ourselves,
    Postgres,
}

impl Owner {
    fn of_this_process() -> Result<Self> {
        Ok(if tools::is_root()? { Self::Postgres } else { Self::Ourselves })
    }

    /// The command line of a program of PostgreSQL, run by this owner.
    fn words(&self, programs: &Path, name: &str) -> Vec<String> {
        let mut words = match self {
            Self::Ourselves => Vec::new(),
            Self::Postgres => ["runuser", "-u", "postgres", "--"].map(str::to_owned).into(),
        };
        words.push(programs.join(name).display().to_string());
        words
    }

    fn command(&self, programs: &Path, name: &str) -> Command {
        let words = self.words(programs, name);
        let mut command = Command::new(words.first().map_or(name, String::as_str));
        // A directory that the user postgres may enter.
        command.args(words.iter().skip(1)).current_dir("/");
        command
    }
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}
