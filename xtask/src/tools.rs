//! What a fresh machine lacks: found, installed where that is allowed, otherwise named plainly.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::command::{cargo, output, program, run, succeeds};
use crate::digest::{Digest, unless_done};
use crate::progress::step;
use crate::workspace::{WASM_TARGET, root};

/// Where Debian's package `chromium` puts the browser.
const DEBIAN_CHROMIUM: &str = "/usr/bin/chromium";

/// The oldest Node that everything in `package.json` accepts.
const OLDEST_NODE: u32 = 20;

/// Makes sure that the standard library for the browser's target is there.
pub fn wasm_target() -> Result<()> {
    let sysroot = output(program("rustc").args(["--print", "sysroot"]))?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(WASM_TARGET).exists() {
        return Ok(());
    }
    step("Rust for the browser", || run(program("rustup").args(["target", "add", WASM_TARGET])))
        .with_context(|| format!("the Rust target {WASM_TARGET} is missing"))
}

/// Makes sure that `cargo fmt` and `cargo clippy` are there: the toolchain file asks for the minimal profile.
pub fn rust_components() -> Result<()> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if !succeeds(cargo().args([subcommand, "--version"])) {
            step(component, || run(program("rustup").args(["component", "add", component])))
                .with_context(|| format!("`cargo {subcommand}` is missing"))?;
        }
    }
    Ok(())
}

/// Makes sure that the npm packages are those of `package-lock.json`.
pub fn npm_packages() -> Result<()> {
    let version = output(program("node").arg("--version")).context("Node 20 or newer is needed")?;
    if node_major(&version).is_none_or(|major| major < OLDEST_NODE) {
        bail!("Node {OLDEST_NODE} or newer is needed, found {}", version.trim());
    }
    let key = Digest::default().file(&root().join("package-lock.json"))?.finish();
    unless_done(&root().join("node_modules/.xtask-stamp"), &key, || {
        step("npm packages", || {
            run(program("npm")
                .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
                .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))
        })
    })?;
    Ok(())
}

fn node_major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// The browser and the database server that the tests need.
pub struct TestPrograms {
    /// The Chromium executable.
    pub chromium: PathBuf,
    /// The directory of `initdb`, `pg_ctl` and `psql`.
    pub postgres: PathBuf,
}

/// Finds what the tests need; installs what is missing from Debian if we are allowed to.
pub fn test_programs() -> Result<TestPrograms> {
    let missing = missing_packages();
    if !missing.is_empty() {
        install(&missing)?;
    }
    match (chromium(), postgres()) {
        (Some(chromium), Some(postgres)) => Ok(TestPrograms { chromium, postgres }),
        _ => bail!("still missing after the installation: {}", missing_packages().join(", ")),
    }
}

fn missing_packages() -> Vec<&'static str> {
    let mut missing = Vec::new();
    if chromium().is_none() {
        missing.push("chromium");
    }
    if postgres().is_none() {
        missing.push("postgresql");
    }
    missing
}

/// `WHATSCLOUD_CHROMIUM`, or Debian's.
fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("WHATSCLOUD_CHROMIUM").map_or_else(|| DEBIAN_CHROMIUM.into(), PathBuf::from);
    path.exists().then_some(path)
}

/// The newest PostgreSQL where Debian keeps them side by side, otherwise the one on the path.
fn postgres() -> Option<PathBuf> {
    let complete =
        |directory: &Path| ["initdb", "pg_ctl", "psql"].iter().all(|name| directory.join(name).exists());
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin")))
        })
        .filter(|(_, directory)| complete(directory))
        .max();
    if let Some((_, directory)) = newest {
        return Some(directory);
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find(|directory| complete(directory))
}

fn install(packages: &[&str]) -> Result<()> {
    let names = packages.join(" ");
    let apt = "/usr/bin/apt-get";
    if !Path::new(apt).exists() {
        bail!("the tests need what Debian calls {names}: install it and start again");
    }
    let sudo: &[&str] = if is_root()? {
        &[]
    } else if succeeds(program("sudo").args(["-n", "true"])) {
        &["sudo", "-n"]
    } else {
        bail!("the tests need packages that only root may install: sudo apt-get install {names}");
    };
    step(&format!("apt-get install {names}"), || {
        let words = |rest: &[&str]| {
            let mut words = sudo.to_vec();
            words.extend(["env", "DEBIAN_FRONTEND=noninteractive", apt, "-qq", "-o", "Dpkg::Use-Pty=0"]);
            words.extend_from_slice(rest);
            words.into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        for words in [
            words(&["update"]),
            words(&[&["install", "--yes", "--no-install-recommends"], packages].concat()),
        ] {
            if let [first, rest @ ..] = words.as_slice() {
                run(program(first).args(rest))?;
            }
        }
        Ok(())
    })
    .with_context(|| format!("cannot install {names}"))
}

/// Whether we are root, who may install packages but not run PostgreSQL.
pub fn is_root() -> Result<bool> {
    Ok(output(program("id").arg("-u"))?.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_node_is_understood() {
        assert_eq!(node_major("v20.11.1\n"), Some(20));
        assert_eq!(node_major("weird"), None);
    }
}
