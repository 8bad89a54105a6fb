//! Rebuild what changed, restart, wait for the next change.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitCode};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};

use crate::command::{cargo, program, run};
use crate::digest::files_below;
use crate::guardian::Guardian;
use crate::progress::step;
use crate::server::serve_demo;
use crate::site::{self, Purpose};
use crate::workspace::{root, target};

/// How often the sources are looked at.
const INTERVAL: Duration = Duration::from_millis(500);

/// What is watched. The crates that the browser also runs make both sides stale; the stamps of the site and cargo's own
/// find out which work that means.
const WATCHED: [(&str, Stale); 10] = [
    ("style", Stale::Style),
    ("package-lock.json", Stale::Site),
    ("frontend/src", Stale::Site),
    ("app/src", Stale::Both),
    ("crates/domain/src", Stale::Both),
    ("crates/detection/src", Stale::Both),
    ("Cargo.lock", Stale::Both),
    ("crates", Stale::Server),
    ("server/src", Stale::Server),
    ("migrations", Stale::Server),
];

/// Which side a change makes stale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stale {
    Style,
    Site,
    Server,
    Both,
}

impl Stale {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (one, same) if one == same => one,
            (Self::Style, Self::Site) | (Self::Site, Self::Style) => Self::Site,
            _ => Self::Both,
        }
    }
}

/// Builds, serves demo mode and follows the sources until interrupted.
pub fn watch(arguments: &[String]) -> Result<ExitCode> {
    let mut running: Option<Running> = None;
    let mut seen = snapshot()?;
    let mut stale = Some(Stale::Both);
    loop {
        if let Some(what) = stale {
            match rebuild(what) {
                Ok(binary) => {
                    drop(running.take());
                    running = Some(Running::start(&binary, arguments)?);
                    stale = None;
                }
                // It stays stale, whatever changes next.
                Err(error) => eprintln!("xtask: {error:#}\nWaiting for the next change."),
            }
        }
        let changed = loop {
            sleep(INTERVAL);
            let now = snapshot()?;
            let changed = difference(&seen, &now).map(|path| side(&path)).reduce(Stale::and);
            seen = now;
            if let Some(changed) = changed {
                break changed;
            }
        };
        stale = Some(stale.map_or(changed, |before| before.and(changed)));
    }
}

/// Without the site inside: the server then reads it from `target/site`, and a new style costs no compilation.
fn rebuild(stale: Stale) -> Result<PathBuf> {
    match stale {
        Stale::Style => site::restyle(Purpose::Development)?,
        Stale::Site | Stale::Both => site::build(Purpose::Development)?,
        Stale::Server => {}
    }
    if matches!(stale, Stale::Server | Stale::Both) {
        step("server (dev)", || run(cargo().args(["build", "--package", "server"])))?;
    }
    Ok(target().join("debug/whatscloud"))
}

/// The server, asked to stop when it is dropped or when we end.
struct Running {
    child: Child,
    guardian: Option<Guardian>,
}

impl Running {
    fn start(binary: &Path, arguments: &[String]) -> Result<Self> {
        let child = program(binary)
            .args(serve_demo(arguments))
            .spawn()
            .with_context(|| format!("cannot start {}", binary.display()))?;
        let guardian = Guardian::new(r#"kill -TERM "$1""#, &[child.id().to_string()])?;
        Ok(Self { child, guardian: Some(guardian) })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.guardian.take());
        if let Err(error) = self.child.wait() {
            eprintln!("xtask: the server cannot be waited for: {error}");
        }
    }
}

type Snapshot = BTreeMap<PathBuf, Option<SystemTime>>;

/// When each watched file was last changed, by its path from the root.
fn snapshot() -> Result<Snapshot> {
    let mut files = Snapshot::new();
    for (watched, _) in WATCHED {
        let path = root().join(watched);
        let found = if path.is_file() { vec![path] } else { files_below(&path)? };
        for path in found {
            // A file may vanish while we look; that is a change like any other.
            let changed = fs::metadata(&path).and_then(|metadata| metadata.modified()).ok();
            files.insert(path.strip_prefix(root())?.to_owned(), changed);
        }
    }
    Ok(files)
}

/// The files that were added, changed or removed.
fn difference(before: &Snapshot, after: &Snapshot) -> impl Iterator<Item = PathBuf> {
    let changed = after.iter().filter(|(path, time)| before.get(*path) != Some(time));
    let removed = before.iter().filter(|(path, _)| !after.contains_key(*path));
    changed.chain(removed).map(|(path, _)| path.clone()).collect::<Vec<_>>().into_iter()
}

/// The side that a file belongs to: that of the first entry it lies under.
fn side(path: &Path) -> Stale {
    WATCHED.iter().find(|(watched, _)| path.starts_with(watched)).map_or(Stale::Both, |(_, side)| *side)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_leaves_the_server_alone() {
        assert_eq!(side(Path::new("style/tokens.css")), Stale::Style);
        assert_eq!(side(Path::new("crates/domain/src/phone.rs")), Stale::Both);
        assert_eq!(side(Path::new("crates/store/src/lib.rs")), Stale::Server);
        assert_eq!(Stale::Style.and(Stale::Site), Stale::Site);
        assert_eq!(Stale::Style.and(Stale::Server), Stale::Both);
    }

    #[test]
    fn additions_changes_and_removals_are_seen() {
        let snapshot = |entries: &[(&str, u64)]| -> Snapshot {
            let time = |seconds| Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
            entries.iter().map(|(path, seconds)| (PathBuf::from(path), time(*seconds))).collect()
        };
        let before = snapshot(&[("kept", 1), ("changed", 1), ("removed", 1)]);
        let after = snapshot(&[("kept", 1), ("changed", 2), ("added", 1)]);
        let found: Vec<_> = difference(&before, &after).collect();
        assert_eq!(found, ["added", "changed", "removed"].map(PathBuf::from));
    }
}
