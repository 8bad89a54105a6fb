//! The journeys of people, in Chromium.

use std::path::Path;

use anyhow::{Context, Result};

use crate::command::{program, run};
use crate::postgres::Cluster;
use crate::workspace::{node_program, root};

/// The database under the application.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Every journey.
    Sqlite,
    /// The journeys tagged `@engines`.
    Postgres,
}

impl Engine {
    /// As people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }

    /// As `end2end/fixtures.ts` reads it.
    fn variable(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// Runs the journeys against a built server, which they start themselves; `filter` selects by title.
///
/// Playwright fails when it finds no test, so an engine cannot be left out unnoticed; with a filter that is allowed.
pub fn test(
    server: &Path,
    chromium: &Path,
    cluster: &Cluster,
    engine: Engine,
    filter: Option<&str>,
) -> Result<()> {
    let mut command = program(node_program("playwright"));
    command.arg("test").current_dir(root().join("end2end"));
    if let Some(pattern) = pattern(engine, filter) {
        command.args(["--grep", &pattern]);
    }
    if filter.is_some() {
        command.arg("--pass-with-no-tests");
    }
    run(command
        .env("PATH", path_with(&cluster.programs)?)
        .env("TEST_POSTGRES_URL", &cluster.url)
        .env("WHATSCLOUD_BINARY", server)
        .env("WHATSCLOUD_CHROMIUM", chromium)
        .env("WHATSCLOUD_E2E_ENGINE", engine.variable()))
}

/// The regular expression that selects tests by title and tags.
fn pattern(engine: Engine, filter: Option<&str>) -> Option<String> {
    match (engine, filter) {
        (Engine::Sqlite, None) => None,
        (Engine::Sqlite, Some(filter)) => Some(filter.to_owned()),
        (Engine::Postgres, None) => Some("@engines".to_owned()),
        (Engine::Postgres, Some(filter)) => Some(format!("(?=.*@engines)(?=.*(?:{filter}))")),
    }
}

/// The path of this process with a directory before it.
pub fn path_with(directory: &Path) -> Result<std::ffi::OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(directory.to_owned()).chain(std::env::split_paths(&path));
    std::env::join_paths(all).context("PATH cannot be extended")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postgres_runs_only_the_journeys_meant_for_both() {
        assert_eq!(pattern(Engine::Sqlite, None), None);
        assert_eq!(pattern(Engine::Postgres, None).as_deref(), Some("@engines"));
        assert_eq!(pattern(Engine::Postgres, Some("a|b")).as_deref(), Some("(?=.*@engines)(?=.*(?:a|b))"));
    }
}
