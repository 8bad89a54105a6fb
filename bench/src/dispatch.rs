//! Sending: at the cap, how exactly; without a cap, as a share of a plain tool that posts the same bodies.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::consent::SignalKind;
use emulator::{Config, Emulator};
use tokio::net::TcpListener;

use crate::disk;
use crate::load::{self, Request};
use crate::record::{Figure, Goal, keep};
use crate::shop::{Shop, phone};

/// The highest number of messages a second that a connection may be given: above what either side reaches here.
const FASTEST: u32 = 10_000;

/// How to measure.
#[derive(clap::Args)]
pub struct Options {
    /// Messages a second of the run with a cap.
    #[arg(long, default_value_t = 1_000)]
    cap: u32,
    /// Seconds of the run with a cap.
    #[arg(long, default_value_t = 60)]
    seconds: usize,
    /// Messages of the run without a cap.
    #[arg(long, default_value_t = 30_000)]
    messages: usize,
    /// `postgres://…`; a SQLite file in a temporary directory otherwise.
    #[arg(long)]
    database_url: Option<String>,
    /// Where the second run's database is, with `--database-url`.
    #[arg(long)]
    second_database_url: Option<String>,
}

/// Measures and prints.
pub fn run(options: &Options, arguments: &[String]) -> anyhow::Result<()> {
    let directory = tempfile::tempdir_in(".")?;
    let fsync = disk::fsync(directory.path())?;
    println!("disk: fdatasync of 4 KiB p50 {:.2?}, p99 {:.2?}", fsync.p50, fsync.p99);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let file = |name: &str| format!("sqlite://{}", directory.path().join(name).display());
    let first = options.database_url.clone().unwrap_or_else(|| file("capped.sqlite"));
    let second = options.second_database_url.clone().unwrap_or_else(|| file("uncapped.sqlite"));
    let mut figures = runtime.block_on(capped(options, first))?;
    figures.extend(runtime.block_on(uncapped(options, second))?);
    keep("dispatch", arguments, &fsync, &figures)
}

/// An emulator whose statuses go nowhere: what is measured is the way out.
fn quiet(kept: usize) -> Emulator {
    Emulator::new(Config {
        messages_per_second: 0,
        pair_limit: None,
        kept_requests: kept,
        ..Config::immediate()
    })
}

async fn capped(options: &Options, url: String) -> anyhow::Result<Vec<Figure>> {
    let people = options.cap as usize * options.seconds;
    let emulator = quiet(people + 1);
    let shop = Shop::open(url, emulator.clone(), options.cap).await?;
    emulator.set_faults(emulator::Faults { lost_statuses: 1.0, ..emulator::Faults::default() });
    shop.people(people, |_| &[SignalKind::OptIn]).await?;
    let campaign = shop.launch().await?;
    let workers = shop.service.start_workers();
    let report = shop.finished(campaign.id).await?;
    workers.stop().await;
    let times: Vec<i64> = emulator.requests_after(0).iter().map(|request| request.at_us).collect();
    anyhow::ensure!(
        times.len() == people && usize::try_from(report.counts.sent)? == people,
        "{:?}",
        report.counts
    );
    let first = times.first().copied().unwrap_or_default();
    let mut seconds: BTreeMap<i64, u32> = BTreeMap::new();
    for at in &times {
        *seconds.entry((at - first) / 1_000_000).or_default() += 1;
    }
    // The last second is not full.
    seconds.pop_last();
    let shares: Vec<f64> = seconds.values().map(|count| f64::from(*count) / f64::from(options.cap)).collect();
    let (low, high) =
        shares.iter().fold((f64::MAX, 0.0_f64), |(low, high), share| (low.min(*share), high.max(*share)));
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    println!(
        "capped at {}/s: {people} messages, of each second's cap at least {low:.3}, at most {high:.3}, on average {mean:.4}",
        options.cap
    );
    Ok(vec![
        Figure::asked(
            format!("of the cap of {}/s, in the fullest second", options.cap),
            high,
            Goal::AtMost(1.0),
        ),
        Figure::asked(format!("of the cap of {}/s, on average", options.cap), mean, Goal::AtLeast(0.995)),
        Figure::shown("of the cap, in the emptiest second", low),
    ])
}

async fn uncapped(options: &Options, url: String) -> anyhow::Result<Vec<Figure>> {
    let people = options.messages;
    let emulator = quiet(people + 1);
    let shop = Shop::open(url, emulator.clone(), FASTEST).await?;
    emulator.set_faults(emulator::Faults { lost_statuses: 1.0, ..emulator::Faults::default() });
    shop.people(people, |_| &[SignalKind::OptIn]).await?;
    let campaign = shop.launch().await?;
    let workers = shop.service.start_workers();
    shop.finished(campaign.id).await?;
    workers.stop().await;
    let requests = emulator.requests_after(0);
    let times: Vec<i64> = requests.iter().map(|request| request.at_us).collect();
    let took = times.last().zip(times.first()).map_or(1, |(last, first)| last - first);
    let ours = people as f64 / (took as f64 / 1e6);

    // The same bodies, posted as fast as they come over as many connections.
    let bare = quiet(people + 1);
    bare.set_faults(emulator::Faults { lost_statuses: 1.0, ..emulator::Faults::default() });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    emulator::serve(listener, bare.clone()).await?;
    let bodies: Vec<Request> = requests
        .iter()
        .map(|request| load::post_with_token(&request.path, request.body.to_string().as_bytes(), "bench"))
        .collect();
    let plain = load::run(address, Arc::new(bodies), 256).await?;
    println!(
        "uncapped: {ours:.0}/s with two durable writes a message, a plain tool {:.0}/s, ratio {:.2} ({} to {})",
        plain.rate(),
        ours / plain.rate(),
        phone(0),
        phone(people - 1)
    );
    Ok(vec![
        Figure::asked("without a cap: share of a plain tool's rate", ours / plain.rate(), Goal::AtLeast(0.5)),
        Figure::shown("messages a second without a cap", ours),
    ])
}
