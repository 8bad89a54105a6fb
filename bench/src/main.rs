#![doc = include_str!("../README.md")]
#![expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]

mod all;
mod audience;
mod contacts;
mod crowd;
mod disk;
mod dispatch;
mod import;
mod inbox;
mod ingest;
mod load;
mod page;
mod record;
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
    /// The contacts page as the server makes it, as a share of the same bytes from memory.
    Page(page::Options),
    /// Everything of the table of goals, one after the other, each in a process of its own; then the table.
    All(all::Options),
    /// Sending at the cap, and without one as a share of a plain load tool.
    Dispatch(dispatch::Options),
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(2).collect();
    let arguments = arguments.as_slice();
    match Bench::parse() {
        Bench::Ingest(options) => ingest::run(&options, arguments),
        Bench::Stop(options) => stop::run(&options, arguments),
        Bench::Audience(options) => audience::run(&options, arguments),
        Bench::Contacts(options) => contacts::run(&options, arguments),
        Bench::Import(options) => import::run(&options, arguments),
        Bench::Inbox(options) => inbox::run(&options, arguments),
        Bench::Dispatch(options) => dispatch::run(&options, arguments),
        Bench::Page(options) => page::run(&options, arguments),
        Bench::All(options) => all::run(&options),
    }
}
