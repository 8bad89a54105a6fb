//! Deciding about everybody and storing what was decided, against the bare statement that stores the same rows.

use std::time::{Duration, Instant};

use domain::consent::SignalKind;
use emulator::{Config, Emulator};
use store::Db;

use crate::disk;
use crate::record::{Figure, Goal, keep};
use crate::shop::Shop;

/// How to measure.
#[derive(clap::Args)]
pub struct Options {
    /// Customers.
    #[arg(long, default_value_t = 1_000_000)]
    people: usize,
    /// Runs of each side, in turns.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// `postgres://…`; a SQLite file in a temporary directory otherwise.
    #[arg(long)]
    database_url: Option<String>,
}

/// Nobody agreed, so that nothing is sent and only the deciding is measured.
const HISTORIES: [&[SignalKind]; 4] = [
    &[],
    &[SignalKind::Start],
    &[SignalKind::OptIn, SignalKind::OptOut],
    &[SignalKind::OptIn, SignalKind::Hold],
];

/// Measures and prints.
pub fn run(options: &Options, arguments: &[String]) -> anyhow::Result<()> {
    let directory = tempfile::tempdir_in(".")?;
    let fsync = disk::fsync(directory.path())?;
    println!("disk: fdatasync of 4 KiB p50 {:.2?}, p99 {:.2?}", fsync.p50, fsync.p99);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let sqlite = format!("sqlite://{}", directory.path().join("audience.sqlite").display());
    let url = options.database_url.clone().unwrap_or(sqlite);
    let ratio = runtime.block_on(measure(options, url))?;
    let what = format!("deciding about {} people: times the bare statement (must 2.0)", options.people);
    keep("audience", arguments, &fsync, &[Figure::asked(what, ratio, Goal::AtMost(1.2))])
}

async fn measure(options: &Options, url: String) -> anyhow::Result<f64> {
    let shop = Shop::open(url.clone(), Emulator::new(Config::immediate()), 1_000).await?;
    let start = Instant::now();
    shop.people(options.people, |number| HISTORIES[number % HISTORIES.len()]).await?;
    println!("{} customers written in {:.1?}", options.people, start.elapsed());
    let db = Db::connect(&url, 2).await?;
    // Warms the caches for both sides, and gives the bare table a campaign to refer to.
    shop.launch().await?;
    service::testing::drain(&shop.service).await?;
    let mut ratios = Vec::new();
    for round in 1..=options.rounds {
        let bare = bare_statement(&db).await?;
        let campaign = shop.launch().await?;
        let start = Instant::now();
        service::testing::drain(&shop.service).await?;
        let ours = start.elapsed();
        let counts = shop.report(campaign.id).await?.counts;
        let audience = usize::try_from(counts.audience)?;
        anyhow::ensure!(audience == options.people && counts.pending == 0, "{counts:?}");
        let ratio = ours.as_secs_f64() / bare.as_secs_f64();
        println!("round {round}: bare statement {bare:.2?}, decided and stored {ours:.2?}, ratio {ratio:.2}");
        ratios.push(ratio);
    }
    ratios.sort_by(f64::total_cmp);
    db.close().await;
    Ok(ratios.get(ratios.len() / 2).copied().unwrap_or_default())
}

/// The same rows into a table with the same indexes, in one statement.
async fn bare_statement(db: &Db) -> anyhow::Result<Duration> {
    store::testing::execute(db, "drop table if exists bare_recipient").await?;
    let suffix = match db.engine() {
        store::Engine::Sqlite => " without rowid",
        store::Engine::Postgres => "",
    };
    let table = format!(
        "create table bare_recipient (campaign_id uuid not null references campaign (id), contact_id uuid not null, \
         outcome text not null check (outcome in ('pending', 'queued', 'skipped')), reason text, message_id uuid, \
         decided_at bigint not null, primary key (campaign_id, contact_id)){suffix}"
    );
    store::testing::execute(db, &table).await?;
    for index in [
        "create index bare_pending on bare_recipient (campaign_id, contact_id) where outcome = 'pending'",
        "create index bare_skipped on bare_recipient (campaign_id, reason, contact_id, decided_at) where outcome = 'skipped'",
    ] {
        store::testing::execute(db, index).await?;
    }
    let start = Instant::now();
    store::testing::execute(
        db,
        "insert into bare_recipient (campaign_id, contact_id, outcome, reason, decided_at) \
         select (select id from campaign order by id limit 1), c.id, 'skipped', \
         case c.state when 'opted_out' then 'opted_out' when 'held' then 'held' when 'pending' then 'pending' else 'no_opt_in' end, \
         1 from contact c where c.merged_into is null order by c.id",
    )
    .await?;
    Ok(start.elapsed())
}
