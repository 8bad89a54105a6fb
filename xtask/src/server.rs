//! The server: built with the site inside, started, delivered, measured.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;

use anyhow::{Context, Error, Result};

use crate::command::{cargo, program, run as execute};
use crate::progress::step;
use crate::site::{self, Purpose};
use crate::workspace::{root, target};

/// What a hello-world page of the same toolchain costs, WebAssembly and JavaScript together, in bytes of brotli.
const HELLO_WORLD: u64 = 164_000;

/// The part of the site that has to arrive before a page is interactive, in bytes of brotli.
const BUDGET: u64 = 2 * HELLO_WORLD;

/// How the server is compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build; for a first look and for tests.
    Dev,
    /// Quick to run; for delivery and for measurements.
    Release,
}

/// Builds the server with the built site inside. Returns the path of the one file.
pub fn build(profile: Profile) -> Result<PathBuf> {
    let (name, directory) = match profile {
        Profile::Dev => ("dev", "debug"),
        Profile::Release => ("release", "release"),
    };
    step(&format!("server ({name})"), || {
        execute(cargo().args(["build", "--package", "server", "--features", "embed", "--profile", name]))
    })?;
    Ok(target().join(directory).join("whatscloud"))
}

/// Builds everything and becomes the application in demo mode: signals and the exit code are then its own.
/// Returns only if that fails.
pub fn run(arguments: &[String]) -> Error {
    let binary = match site::build(Purpose::Delivery).and_then(|()| build(Profile::Dev)) {
        Ok(binary) => binary,
        Err(error) => return error,
    };
    let error = program(&binary).args(serve_demo(arguments)).exec();
    Error::new(error).context(format!("cannot start {}", binary.display()))
}

/// The arguments that start demo mode; its data lies in `data/demo` unless they say otherwise.
pub fn serve_demo(arguments: &[String]) -> Vec<&OsStr> {
    let mut all: Vec<&OsStr> = ["serve", "--demo"].map(OsStr::new).into();
    let elsewhere = ["--data-dir", "--data-dir="];
    if !arguments.iter().any(|argument| argument == elsewhere[0] || argument.starts_with(elsewhere[1])) {
        all.extend(["--data-dir", "data/demo"].map(OsStr::new));
    }
    all.extend(arguments.iter().map(OsStr::new));
    all
}

/// Builds the file to deploy and shows the site's size against its goal.
pub fn release() -> Result<()> {
    site::build(Purpose::Delivery)?;
    let binary = build(Profile::Release)?;
    let length = fs::metadata(&binary).with_context(|| format!("{} is missing", binary.display()))?.len();
    let sizes = site::sizes()?;
    let shown = binary.strip_prefix(root()).unwrap_or(&binary).display();
    eprintln!("\n{shown}  {}", kilobytes(length));
    for size in &sizes {
        eprintln!("  {:<5}{:>14}  brotli {:>12}", size.kind, kilobytes(size.raw), kilobytes(size.brotli));
    }
    let interactive: u64 = sizes.iter().filter(|size| size.kind != "css").map(|size| size.brotli).sum();
    eprintln!("  wasm + js, brotli: {} of {}", kilobytes(interactive), kilobytes(BUDGET));
    if interactive > BUDGET {
        eprintln!("  warning: the browser part is {} over its goal", kilobytes(interactive - BUDGET));
    }
    Ok(())
}

/// Runs one benchmark of the release build.
pub fn bench(name: &str, arguments: &[String]) -> Result<()> {
    execute(cargo().args(["run", "--release", "--package", "bench", "--", name]).args(arguments))
}

fn kilobytes(bytes: u64) -> String {
    format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn demo_data_has_a_place_unless_one_is_given() {
        assert_eq!(serve_demo(&[]), ["serve", "--demo", "--data-dir", "data/demo"].map(OsStr::new));
        let given = ["--data-dir=x".to_owned()];
        assert_eq!(serve_demo(&given), ["serve", "--demo", "--data-dir=x"].map(OsStr::new));
    }

    #[test]
    fn sizes_are_shown_in_thousands() {
        assert_eq!(kilobytes(164_105), "164.1 kB");
    }
}
