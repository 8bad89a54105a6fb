//! STOP while a campaign runs: after its 200, nothing more to that person.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use domain::consent::SignalKind;
use emulator::{Config, Emulator, Inbound};
use service::Service;

use crate::disk;
use crate::record::{Figure, Goal, keep};
use crate::shop::{Shop, phone};

/// How to measure.
#[derive(clap::Args)]
pub struct Options {
    /// Messages a second.
    #[arg(long, default_value_t = 1_000)]
    rate: u32,
    /// Customers, all of whom agreed.
    #[arg(long, default_value_t = 24_000)]
    people: usize,
    /// How many of them write STOP while it runs.
    #[arg(long, default_value_t = 10_000)]
    stops: usize,
    /// `postgres://…`: one process takes webhooks in and another one sends. A SQLite file otherwise.
    #[arg(long)]
    database_url: Option<String>,
}

/// Measures and prints.
pub fn run(options: &Options, arguments: &[String]) -> anyhow::Result<()> {
    let directory = tempfile::tempdir_in(".")?;
    let fsync = disk::fsync(directory.path())?;
    println!("disk: fdatasync of 4 KiB p50 {:.2?}, p99 {:.2?}", fsync.p50, fsync.p99);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let sqlite = format!("sqlite://{}", directory.path().join("stop.sqlite").display());
    let url = options.database_url.clone().unwrap_or(sqlite);
    let (acknowledged, after) = runtime.block_on(measure(options, url))?;
    let figures = [
        Figure::asked("marketing requests after an acknowledged STOP", after, Goal::AtMost(0.0)),
        Figure::shown("STOPs acknowledged while it sent", acknowledged),
    ];
    keep("stop", arguments, &fsync, &figures)
}

async fn measure(options: &Options, url: String) -> anyhow::Result<(f64, f64)> {
    let kept = options.people * 2 + options.stops * 2;
    let emulator = Emulator::new(Config {
        messages_per_second: 0,
        pair_limit: None,
        kept_requests: kept,
        webhook_concurrency: 64,
        ..Config::immediate()
    });
    let two = options.database_url.is_some();
    let shop = Arc::new(Shop::open(url, emulator.clone(), options.rate).await?);
    shop.people(options.people, |_| &[SignalKind::OptIn]).await?;
    let campaign = shop.launch().await?;
    let sending: Service = if two { shop.another_process().await? } else { shop.service.clone() };
    let workers = sending.start_workers();

    // Spread over the time the campaign takes, from people all over its order.
    let next = Arc::new(AtomicUsize::new(0));
    let seconds = options.people as f64 / f64::from(options.rate) * 0.9;
    let pause = Duration::from_secs_f64(seconds / options.stops as f64);
    let started = tokio::time::Instant::now();
    let (people, stops) = (options.people, options.stops);
    let writers: Vec<_> = (0..64)
        .map(|_| {
            let (next, emulator) = (next.clone(), emulator.clone());
            tokio::spawn(async move {
                let mut acknowledged = Vec::new();
                loop {
                    let turn = next.fetch_add(1, Ordering::Relaxed);
                    if turn >= stops {
                        return acknowledged;
                    }
                    tokio::time::sleep_until(started + pause * u32::try_from(turn).unwrap_or(u32::MAX)).await;
                    // A multiplier prime to the count takes people from all over, nobody twice.
                    let who = phone(turn.wrapping_mul(7_919) % people);
                    if let Ok(delivered) = emulator.inbound(Inbound::text(&who, "STOP")).await
                        && delivered.webhook_status == 200
                    {
                        acknowledged.push((who, delivered.acked_at_us));
                    }
                }
            })
        })
        .collect();
    let mut acknowledged: HashMap<String, i64> = HashMap::new();
    for writer in writers {
        acknowledged.extend(writer.await?);
    }
    let took = started.elapsed();
    let report = shop.finished(campaign.id).await?;
    workers.stop().await;

    let (mut before, mut after, mut latest) = (0, 0, 0_i64);
    for request in emulator.requests_after(0) {
        if request.body.pointer("/template/name").is_none_or(|name| name != "spring_sale") {
            continue;
        }
        let to = format!("+{}", request.to.unwrap_or_default().trim_start_matches('+'));
        if let Some(at) = acknowledged.get(&to) {
            if request.at_us > *at {
                after += 1;
                latest = latest.max(request.at_us - at);
            } else {
                before += 1;
            }
        }
    }
    let sent = report.counts.sent;
    let skipped: i64 = report.counts.skipped.values().sum();
    println!(
        "{} STOPs acknowledged in {took:.1?}, {sent} messages sent, {skipped} people left out",
        acknowledged.len()
    );
    println!("of those who wrote STOP, {before} had their message before it was acknowledged");
    println!("marketing requests after the acknowledged STOP: {after} (the latest {latest} µs after it)");
    println!("by the report: {} after STOP, {} in flight", report.after_stop, report.in_flight_at_stop);
    anyhow::ensure!(after == 0, "a promise was broken");
    Ok((acknowledged.len() as f64, f64::from(after)))
}
