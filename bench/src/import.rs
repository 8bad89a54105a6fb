//! A file of contacts read in with everything an import does, against a bare load and upsert of the same rows into the same tables.

use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use domain::job::{Attestation, Column, DateOrder};
use service::jobs::{self, ImportForm, Upload};
use service::{Caller, Config, INGEST_BATCH, SecretKey, Service};
use store::Db;

use crate::record::{Figure, Goal, keep};
use crate::{crowd, disk};

/// How to measure.
#[derive(clap::Args)]
pub struct Options {
    /// Rows.
    #[arg(long, default_value_t = 1_000_000)]
    rows: usize,
    /// Without recording how they agreed: no events in the ledger.
    #[arg(long)]
    no_consent: bool,
    /// A server with room for two databases, as `postgres://…/`; SQLite files in a temporary directory otherwise.
    #[arg(long)]
    server: Option<String>,
}

/// Measures and prints.
pub fn run(options: &Options, arguments: &[String]) -> anyhow::Result<()> {
    let directory = tempfile::tempdir_in(".")?;
    let fsync = disk::fsync(directory.path())?;
    println!("disk: fdatasync of 4 KiB p50 {:.2?}, p99 {:.2?}", fsync.p50, fsync.p99);
    let file = directory.path().join("people.csv");
    write_file(&file, options.rows)?;
    println!("{} rows, {} MB", options.rows, std::fs::metadata(&file)?.len() / 1_000_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let figures = runtime.block_on(async {
        let ours = product(options, directory.path(), &file).await?;
        let resident = crowd::resident().0;
        println!("ours: {ours:.1?}, resident at most {resident} MiB");
        let bare = baseline(options, directory.path(), &file).await?;
        println!("bare load and upsert: {bare:.1?}");
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let rows = options.rows as f64;
        println!(
            "{:.0} rows/s against {:.0}: {:.2} of the bare load",
            rows / ours.as_secs_f64(),
            rows / bare.as_secs_f64(),
            bare.as_secs_f64() / ours.as_secs_f64()
        );
        #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
        anyhow::Ok(vec![
            Figure::asked(
                format!("{} rows: share of the bare load's rate", options.rows),
                bare.as_secs_f64() / ours.as_secs_f64(),
                Goal::AtLeast(0.7),
            ),
            Figure::shown("rows a second", rows / ours.as_secs_f64()),
            Figure::asked("MiB resident at most", resident as f64, Goal::AtMost(150.0)),
        ])
    })?;
    keep("import", arguments, &fsync, &figures)
}

/// One row in fifty is wrong, one in a hundred is there twice.
fn write_file(path: &Path, rows: usize) -> anyhow::Result<()> {
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    writeln!(file, "phone,name,tags")?;
    for n in 0..rows {
        let which = if n % 100 == 99 { n - 50 } else { n };
        let number = if n % 50 == 7 { "12".to_owned() } else { crowd::number(which).0 };
        writeln!(file, "{number},{},fair", crowd::name(which))?;
    }
    file.flush()?;
    Ok(())
}

fn url(options: &Options, directory: &Path, name: &str) -> String {
    match &options.server {
        Some(server) => format!("{}/{name}", server.trim_end_matches('/')),
        None => format!("sqlite://{}", directory.join(format!("{name}.sqlite")).display()),
    }
}

async fn product(options: &Options, directory: &Path, file: &Path) -> anyhow::Result<Duration> {
    let config = Config {
        database_url: url(options, directory, "ours"),
        secret_key: SecretKey::generate(),
        public_url: "http://127.0.0.1".to_owned(),
        default_region: None,
        files: directory.to_owned(),
        pool_size: 4,
        ingest_batch: INGEST_BATCH,
        clock: service::Clock::system(),
    };
    let service = Service::open(config).await?;
    let business = service::business::create(&service, "Bench", None).await?;
    let caller = Caller::system(business);
    let mut upload = Upload::begin(&service, &caller, "people.csv").await?;
    let mut reader = tokio::fs::File::open(file).await?;
    let mut piece = vec![0; 64 << 10];
    loop {
        let read = tokio::io::AsyncReadExt::read(&mut reader, &mut piece).await?;
        if read == 0 {
            break;
        }
        upload.write(&piece[..read]).await?;
    }
    let id = upload.finish().await?;
    let attestation = Attestation {
        source: domain::consent::Source::Paper,
        note: "Signed up at the fair".to_owned(),
        agreed_on: None,
    };
    let form = ImportForm {
        encoding: "UTF-8".to_owned(),
        delimiter: Some(','),
        has_heading: true,
        columns: vec![Column::Phone, Column::Name, Column::Tags],
        dates: DateOrder::YearFirst,
        all_agreed: !options.no_consent,
        attestation: Some(attestation),
        ..ImportForm::default()
    };
    jobs::start_import(&service, &caller, id, form, false).await?;
    let start = Instant::now();
    service::testing::work(&service).await?;
    let took = start.elapsed();
    let done = jobs::find(&service, &caller, id).await?;
    println!("{:?}: {:?}", done.state, done.progress);
    Ok(took)
}

/// The same rows parsed, loaded as they are, and upserted into the same tables with the same indexes; nothing is checked.
async fn baseline(options: &Options, directory: &Path, file: &Path) -> anyhow::Result<Duration> {
    let url = url(options, directory, "bare");
    let service = Service::open(Config {
        database_url: url.clone(),
        secret_key: SecretKey::generate(),
        public_url: "http://127.0.0.1".to_owned(),
        default_region: None,
        files: directory.to_owned(),
        pool_size: 2,
        ingest_batch: INGEST_BATCH,
        clock: service::Clock::system(),
    })
    .await?;
    service::business::create(&service, "Bench", None).await?;
    let db = Db::connect(&url, 2).await?;
    store::testing::execute(
        &db,
        "create table loaded (n bigint not null, phone text not null, name text not null, tag text not null)",
    )
    .await?;
    let start = Instant::now();
    let text = std::fs::read_to_string(file)?;
    let mut rows = Vec::new();
    for (n, line) in (0..).zip(text.lines().skip(1)) {
        let mut cells = line.split(',');
        let mut cell = || cells.next().unwrap_or_default();
        rows.push((n, cell(), cell(), cell()));
        if rows.len() == 5_000 {
            store::testing::load(&db, &rows).await?;
            rows.clear();
        }
    }
    store::testing::load(&db, &rows).await?;
    for statement in store::testing::upsert_loaded(&db) {
        store::testing::execute(&db, &statement).await?;
    }
    let took = start.elapsed();
    db.close().await;
    Ok(took)
}
