//! The tests: Rust on both databases, the laws of the repository, and the browser.

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use crate::browser;
use crate::command::{cargo, run};
use crate::postgres::Cluster;
use crate::progress::{Report, step};
use crate::server::{self, Profile};
use crate::site::{self, Purpose};
use crate::tools::{self, TestPrograms};
use crate::workspace;

/// Everything.
pub fn all() -> Result<ExitCode> {
    let mut report = Report::default();
    everything(&mut report)?;
    Ok(conclude(&report))
}

/// Everything, as parts of a longer report.
///
/// # Errors
///
/// When the tests cannot even begin. What fails later is in the report.
pub fn everything(report: &mut Report) -> Result<()> {
    let (programs, cluster) = prepare()?;
    report.part("repository laws", || run(cargo().args(["test", "--package", "xtask"])));
    report.part("Rust tests on SQLite and PostgreSQL", || {
        let before = cluster.transactions()?;
        rust(&cluster, None)?;
        if cluster.transactions()? == before {
            bail!("no test used PostgreSQL");
        }
        Ok(())
    });
    in_browser(report, &programs, &cluster, None);
    Ok(())
}

/// The Rust tests whose names contain `filter`, on both databases.
pub fn filtered(filter: &str) -> Result<ExitCode> {
    let (_, cluster) = prepare()?;
    rust(&cluster, Some(filter))?;
    eprintln!("Only Rust tests named like `{filter}` ran; the browser's are `cargo xtask e2e {filter}`.");
    Ok(ExitCode::SUCCESS)
}

/// The browser tests, or those whose titles match `filter`.
pub fn browser(filter: Option<&str>) -> Result<ExitCode> {
    let (programs, cluster) = prepare()?;
    let mut report = Report::default();
    in_browser(&mut report, &programs, &cluster, filter);
    Ok(conclude(&report))
}

/// Success only if every part succeeded.
pub fn conclude(report: &Report) -> ExitCode {
    if report.conclude() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The detector's score on its corpus.
pub fn score(arguments: &[String]) -> Result<()> {
    run(cargo()
        .args(["run", "--quiet", "--package", "detection", "--example", "score", "--"])
        .args(arguments))
}

/// Kills a server under load at random moments, so many times, on each engine or one of them.
pub fn torture(rounds: &str, engine: &str) -> Result<()> {
    let rounds: u32 = rounds.parse().with_context(|| format!("`{rounds}` is no number of rounds"))?;
    if !["sqlite", "postgres", "both"].contains(&engine) {
        bail!("`{engine}` is none of sqlite, postgres, both");
    }
    let (_, cluster) = prepare()?;
    run(cargo()
        .args(["test", "--package", "server", "--test", "torture", "--"])
        .args(["--nocapture", "--test-threads", "1"])
        .args((engine != "both").then_some(engine))
        .env("TORTURE_ROUNDS", rounds.to_string())
        .env("TEST_POSTGRES_URL", &cluster.url))
}

/// Learns the weights of the detector's last tier anew.
pub fn train() -> Result<()> {
    run(cargo().args(["run", "--quiet", "--release", "--package", "detection", "--example", "train"]))
}

fn prepare() -> Result<(TestPrograms, Cluster)> {
    let programs = tools::test_programs()?;
    tools::npm_packages()?;
    let cluster = step("a PostgreSQL of our own", || Cluster::start(&programs.postgres))?;
    Ok((programs, cluster))
}

/// One invocation for all packages: two would unify features differently and compile the dependencies twice.
fn rust(cluster: &Cluster, filter: Option<&str>) -> Result<()> {
    run(cargo()
        .arg("test")
        .args(workspace::server_selection())
        .arg("--no-fail-fast")
        .args(filter)
        // Backups of PostgreSQL are made by its own programs.
        .env("PATH", browser::path_with(&cluster.programs)?)
        .env("TEST_POSTGRES_URL", &cluster.url))
}

fn in_browser(report: &mut Report, programs: &TestPrograms, cluster: &Cluster, filter: Option<&str>) {
    let build = || {
        site::build(Purpose::Delivery)?;
        server::build(Profile::Dev)
    };
    let Some(binary) = report.part("application for the browser tests", build) else { return };
    for engine in [browser::Engine::Sqlite, browser::Engine::Postgres] {
        let name = format!("browser tests on {}", engine.name());
        report.part(&name, || browser::test(&binary, &programs.chromium, cluster, engine, filter));
    }
}
