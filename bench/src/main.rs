#![doc = include_str!("../README.md")]
#![expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]

mod disk;
mod ingest;
mod load;

use clap::Parser;

/// Measures WhatsCloud against baselines in the same process.
#[derive(Parser)]
enum Bench {
    /// The way in: webhooks a second, durable, as a share of a route that stores nothing.
    Ingest(ingest::Options),
}

fn main() -> anyhow::Result<()> {
    match Bench::parse() {
        Bench::Ingest(options) => ingest::run(&options),
    }
}
