//! What is checked before a change is accepted, cheapest first, so that most failures show within seconds.

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::command::{cargo, run, succeeds};
use crate::licences;
use crate::progress::Report;
use crate::tests;
use crate::tools;
use crate::workspace::{self, WASM_TARGET, root};

/// Formatting, licences, lints, tests.
pub fn ci() -> Result<ExitCode> {
    tools::rust_components()?;
    tools::wasm_target()?;
    let mut report = Report::default();
    report.part("formatting", || run(cargo().args(["fmt", "--all", "--check"])));
    dependencies(&mut report);
    report.part("lints: xtask", || clippy(&["--package", "xtask", "--all-targets"]));
    report.part("lints: server", || {
        let mut selection = workspace::server_selection();
        selection.push("--all-targets");
        clippy(&selection)
    });
    if root().join("bench/Cargo.toml").exists() {
        report.part("lints: bench", || clippy(&["--package", "bench", "--all-targets"]));
    }
    report.part("lints: browser", || {
        clippy(&["--package", "frontend", "--package", "lab", "--target", WASM_TARGET])
    });
    tests::everything(&mut report)?;
    Ok(tests::conclude(&report))
}

fn clippy(selection: &[&str]) -> Result<()> {
    run(cargo().arg("clippy").args(selection).args(["--", "--deny", "warnings"]))
}

/// Installing cargo-deny takes minutes, so machines without it check the licences, the one part that must never slip,
/// with a few lines of our own and the same list.
fn dependencies(report: &mut Report) {
    if succeeds(cargo().args(["deny", "--version"])) {
        report.part("dependencies (cargo-deny)", || {
            run(cargo().args(["deny", "check", "licenses", "bans", "sources"]))
        });
    } else {
        report.part("licences (own check; cargo-deny is not installed)", || {
            let refused = licences::refused()?;
            if !refused.is_empty() {
                bail!("not allowed by deny.toml:\n{}", refused.join("\n"));
            }
            Ok(())
        });
    }
}
