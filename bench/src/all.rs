//! Everything of the table of goals, one after the other.

use std::process::Command;

use crate::record::print_all;

/// How to measure.
#[derive(clap::Args)]
pub struct Options {
    /// A tenth of the usual sizes: minutes instead of an hour, for a first look.
    #[arg(long)]
    quick: bool,
    /// Measures nothing; prints what was kept.
    #[arg(long)]
    table: bool,
}

/// The benchmarks, and what makes each of them quick.
const BENCHES: [(&str, &[&str]); 8] = [
    ("ingest", &["--webhooks", "10000"]),
    ("stop", &["--people", "6000", "--stops", "2000"]),
    ("audience", &["--people", "100000"]),
    ("dispatch", &["--seconds", "5", "--messages", "5000"]),
    ("import", &["--rows", "100000"]),
    ("contacts", &["--people", "500000"]),
    ("inbox", &["--conversations", "10000", "--messages", "1000"]),
    ("page", &["--pages", "500"]),
];

/// Runs each in a process of its own, so that none finds what another left in memory; a failure does not keep the others.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let mut failed = Vec::new();
    if !options.table {
        let program = std::env::current_exe()?;
        for (name, quick) in BENCHES {
            println!("\n== {name}");
            let arguments = if options.quick { quick } else { &[] };
            if !Command::new(&program).arg(name).args(arguments).status()?.success() {
                failed.push(name);
            }
        }
    }
    print_all(&BENCHES.map(|(name, _)| name))?;
    anyhow::ensure!(failed.is_empty(), "failed: {}", failed.join(", "));
    Ok(())
}
