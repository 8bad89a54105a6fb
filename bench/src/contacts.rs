//! Pages, searches and filters of the contacts table at two sizes: what a person waits for must not grow with the business.

use std::time::{Duration, Instant};

use domain::consent::{Source, State};
use domain::contact::{ContactQuery, ContactSort};
use service::{Caller, Config, INGEST_BATCH, SecretKey, Service};
use store::Db;

use crate::record::{Figure, Goal, keep};
use crate::spread::spread;
use crate::{crowd, disk};

/// How to measure.
#[derive(clap::Args)]
pub struct Options {
    /// Customers of the large business.
    #[arg(long, default_value_t = 5_000_000)]
    people: usize,
    /// Customers of the small one.
    #[arg(long, default_value_t = 10_000)]
    few: usize,
    /// Questions of each kind.
    #[arg(long, default_value_t = 100)]
    questions: usize,
    /// A server with room for two databases, as `postgres://…/`; SQLite files in a temporary directory otherwise.
    #[arg(long)]
    server: Option<String>,
}

struct Business {
    service: Service,
    caller: Caller,
    count: usize,
}

/// Measures and prints.
pub fn run(options: &Options, arguments: &[String]) -> anyhow::Result<()> {
    let directory = tempfile::tempdir_in(".")?;
    let fsync = disk::fsync(directory.path())?;
    println!("disk: fdatasync of 4 KiB p50 {:.2?}, p99 {:.2?}", fsync.p50, fsync.p99);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let figures = runtime.block_on(async {
        let small = open(options, directory.path(), "small", options.few).await?;
        let large = open(options, directory.path(), "large", options.people).await?;
        println!(
            "resident after writing {} and {} customers: {} MiB, at most {} MiB",
            small.count,
            large.count,
            crowd::resident().1,
            crowd::resident().0
        );
        println!("{:<44} {:>21} {:>21} {:>7}", "question", "p50/p99 small", "p50/p99 large", "ratio");
        let mut worst: (f64, &str) = (0.0, "");
        let mut slowest: (Duration, &str) = (Duration::ZERO, "");
        for kind in KINDS {
            // In turns, so that whatever else the machine does falls on both.
            let (mut few, mut many) = (Vec::new(), Vec::new());
            for turn in 0..options.questions {
                few.push(ask(&small, kind, turn).await?);
                many.push(ask(&large, kind, turn).await?);
            }
            let (few, many) = (spread(few), spread(many));
            let ratio = many.1.as_secs_f64() / few.1.as_secs_f64();
            println!(
                "{:<44} {:>10.2?}/{:>10.2?} {:>10.2?}/{:>10.2?} {ratio:>7.2}",
                kind.0, few.0, few.1, many.0, many.1
            );
            if ratio > worst.0 {
                worst = (ratio, kind.0);
            }
            if many.1 > slowest.0 {
                slowest = (many.1, kind.0);
            }
        }
        println!("worst ratio of p99: {:.2} ({})", worst.0, worst.1);
        let resident = crowd::resident().1;
        println!("resident at the end: {resident} MiB");
        #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
        anyhow::Ok(vec![
            Figure::asked(
                format!("worst p99 against {} people: {}", options.few, worst.1),
                worst.0,
                Goal::AtMost(1.5),
            ),
            Figure::shown(
                format!("slowest p99 in ms at {}: {}", options.people, slowest.1),
                slowest.0.as_secs_f64() * 1e3,
            ),
            Figure::asked(
                format!("MiB resident at {}", options.people),
                resident as f64,
                Goal::AtMost(150.0),
            ),
        ])
    })?;
    keep("contacts", arguments, &fsync, &figures)
}

async fn open(
    options: &Options,
    directory: &std::path::Path,
    name: &str,
    count: usize,
) -> anyhow::Result<Business> {
    let url = match &options.server {
        Some(server) => format!("{}/{name}", server.trim_end_matches('/')),
        None => format!("sqlite://{}", directory.join(format!("{name}.sqlite")).display()),
    };
    let config = Config {
        database_url: url.clone(),
        secret_key: SecretKey::generate(),
        public_url: "http://127.0.0.1".to_owned(),
        default_region: None,
        files: directory.to_owned(),
        pool_size: 4,
        ingest_batch: INGEST_BATCH,
        clock: service::Clock::system(),
    };
    let service = Service::open(config).await?;
    let business = service::business::create(&service, name, None).await?;
    let db = Db::connect(&url, 2).await?;
    let start = Instant::now();
    crowd::write(&db, business, count, service.now()).await?;
    println!("{count} customers written in {:.1?}", start.elapsed());
    if options.server.is_some() {
        store::testing::execute(&db, "vacuum analyze").await?;
    }
    db.close().await;
    Ok(Business { service, caller: Caller::system(business), count })
}

type Kind = (&'static str, fn(usize, usize) -> ContactQuery);

fn query() -> ContactQuery {
    ContactQuery::default()
}

fn searched(term: String) -> ContactQuery {
    ContactQuery { search: Some(term), ..query() }
}

/// What people ask: each gets the turn and the number of customers.
const KINDS: [Kind; 20] = [
    ("first page", |_, _| query()),
    ("first page by name", |_, _| ContactQuery { sort: ContactSort::Name, ..query() }),
    ("first page by last message", |_, _| ContactQuery { sort: ContactSort::LastMessage, ..query() }),
    ("first page by last choice", |_, _| ContactQuery { sort: ContactSort::Changed, ..query() }),
    ("opted in", |_, _| ContactQuery { state: Some(State::OptedIn), ..query() }),
    ("opted out", |_, _| ContactQuery { state: Some(State::OptedOut), ..query() }),
    ("held (few)", |_, _| ContactQuery { state: Some(State::Held), ..query() }),
    ("opted out by name", |_, _| ContactQuery {
        state: Some(State::OptedOut),
        sort: ContactSort::Name,
        ..query()
    }),
    ("tag of a third", |_, _| ContactQuery { tag: Some("fair".into()), ..query() }),
    ("tag of few", |_, _| ContactQuery { tag: Some("vip".into()), ..query() }),
    ("tag of few by name", |_, _| ContactQuery {
        tag: Some("vip".into()),
        sort: ContactSort::Name,
        ..query()
    }),
    ("country of few and opted out", |_, _| ContactQuery {
        country: Some("FJ".into()),
        state: Some(State::OptedOut),
        ..query()
    }),
    ("source and tag", |_, _| ContactQuery {
        source: Some(Source::Keyword),
        tag: Some("fair".into()),
        ..query()
    }),
    ("search: a name many have", |turn, _| {
        searched(crowd::name(turn).split(' ').next().unwrap_or("Ana").to_owned())
    }),
    ("search: first and last name", |turn, _| searched(crowd::name(turn))),
    ("search: part of a long name", |_, _| searched("therstone".into())),
    ("search: a number, whole", |turn, count| searched(crowd::number(crowd::scatter(turn, 20) % count).0)),
    ("search: last six digits", |turn, count| {
        let number = crowd::number(crowd::scatter(turn, 21) % count).0;
        searched(number[number.len() - 6..].to_owned())
    }),
    ("search: nobody", |_, _| searched("xyzzyx".into())),
    ("search and state by name", |turn, _| ContactQuery {
        state: Some(State::OptedOut),
        sort: ContactSort::Name,
        ..searched(crowd::name(turn).split(' ').next().unwrap_or("Ana").to_owned())
    }),
];

async fn ask(business: &Business, kind: Kind, turn: usize) -> anyhow::Result<Duration> {
    let query = kind.1(turn, business.count);
    let start = Instant::now();
    service::contacts::list(&business.service, &business.caller, &query).await?;
    service::contacts::counts(&business.service, &business.caller).await?;
    Ok(start.elapsed())
}
