#![doc = include_str!("../README.md")]
#![expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]

mod audience;
mod contacts;
mod crowd;
mod disk;
mod dispatch;
mod import;
mod inbox;
mod ingest;
mod load;
mod shop;
mod spread;
mod stop;

use clap::Parser;

/// Measures WhatsCloud against baselines in the same process.
#[derive(Parser)]
enum Bench {
    /// The way in: webhooks a second, durable, as a share of a route that stores nothing.
    Ingest(ingest::Options),
    /// STOP while a campaign runs: what still leaves for that person after its 200.
    Stop(stop::Options),
    /// Deciding about everybody, as a share of the bare statement that stores the same rows.
    Audience(audience::Options),
    /// The contacts table at two sizes: pages, searches and filters.
    Contacts(contacts::Options),
    /// The inbox at two sizes: its parts, and the end of a long thread.
    Inbox(inbox::Options),
    /// A file of contacts, against a bare load and upsert of the same rows.
    Import(import::Options),
    /// Sending at the cap, and without one as a share of a plain load tool.
    Dispatch(dispatch::Options),
}

fn main() -> anyhow::Result<()> {
    match Bench::parse() {
        Bench::Ingest(options) => ingest::run(&options),
        Bench::Stop(options) => stop::run(&options),
        Bench::Audience(options) => audience::run(&options),
        Bench::Contacts(options) => contacts::run(&options),
        Bench::Import(options) => import::run(&options),
        Bench::Inbox(options) => inbox::run(&options),
        Bench::Dispatch(options) => dispatch::run(&options),
    }
}
