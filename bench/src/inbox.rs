//! The inbox at two sizes: what an agent waits for must not grow with what was written.

use std::time::{Duration, Instant};

use domain::contact::ContactQuery;
use domain::conversation::{ConversationQuery, View};
use domain::id::{BusinessId, ConnectionId, ContactId, MessageId, uuid_v7};
use domain::time::{Span, Timestamp};
use service::connections::{NewConnection, Secret};
use service::{Caller, Config, INGEST_BATCH, SecretKey, Service};
use store::Db;
use store::conversation::Heard;
use store::inbound::NewInbound;

use crate::record::{Figure, Goal, keep};
use crate::spread::spread;
use crate::{crowd, disk};

/// How to measure.
#[derive(clap::Args)]
pub struct Options {
    /// Conversations of the large business.
    #[arg(long, default_value_t = 100_000)]
    conversations: usize,
    /// Messages in the long thread.
    #[arg(long, default_value_t = 10_000)]
    messages: usize,
    /// Questions of each kind.
    #[arg(long, default_value_t = 200)]
    questions: usize,
    /// A server with room for two databases, as `postgres://…/`; SQLite files in a temporary directory otherwise.
    #[arg(long)]
    server: Option<String>,
}

struct Business {
    service: Service,
    caller: Caller,
    talkative: ContactId,
}

/// Measures and prints.
pub fn run(options: &Options, arguments: &[String]) -> anyhow::Result<()> {
    let directory = tempfile::tempdir_in(".")?;
    let fsync = disk::fsync(directory.path())?;
    println!("disk: fdatasync of 4 KiB p50 {:.2?}, p99 {:.2?}", fsync.p50, fsync.p99);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let figures = runtime.block_on(async {
        let (mut worst, mut slowest) = (0.0_f64, 0.0_f64);
        let small = open(options, directory.path(), "small", 1_000, 100).await?;
        let large = open(options, directory.path(), "large", options.conversations, options.messages).await?;
        println!("{:<24} {:>21} {:>21} {:>7}", "question", "p50/p99 small", "p50/p99 large", "ratio");
        let kinds = View::ALL.into_iter().map(Some).chain([None]);
        for view in kinds {
            let (mut few, mut many) = (Vec::new(), Vec::new());
            for _ in 0..options.questions {
                few.push(ask(&small, view).await?);
                many.push(ask(&large, view).await?);
            }
            let (few, many) = (spread(few), spread(many));
            worst = worst.max(many.1.as_secs_f64() / few.1.as_secs_f64());
            slowest = slowest.max(many.1.as_secs_f64() * 1e3);
            println!(
                "{:<24} {:>10.2?}/{:>10.2?} {:>10.2?}/{:>10.2?} {:>7.2}",
                view.map_or("the end of a thread", View::as_str),
                few.0,
                few.1,
                many.0,
                many.1,
                many.1.as_secs_f64() / few.1.as_secs_f64()
            );
        }
        anyhow::Ok(vec![
            Figure::asked(
                format!("worst p99 at {} conversations against 1,000", options.conversations),
                worst,
                Goal::AtMost(1.5),
            ),
            Figure::shown("slowest p99 in ms", slowest),
        ])
    })?;
    keep("inbox", arguments, &fsync, &figures)
}

async fn open(
    options: &Options,
    directory: &std::path::Path,
    name: &str,
    conversations: usize,
    messages: usize,
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
    let connection = service::connections::add(
        &service,
        NewConnection {
            business,
            handle: None,
            phone_number_id: "100000000000001".to_owned(),
            waba_id: "200000000000001".to_owned(),
            display_number: "+1 555 010 0001".to_owned(),
            access_token: Secret::new("bench"),
            app_secret: Secret::new("bench"),
            verify_token: Secret::new("bench"),
            graph_url: Some("http://127.0.0.1:9/".to_owned()),
            messages_per_second: None,
        },
    )
    .await?;
    let db = Db::connect(&url, 2).await?;
    let now = service.now();
    crowd::write(&db, business, conversations, now).await?;
    let talkative = talk(&db, business, connection, messages, now).await?;
    if options.server.is_some() {
        store::testing::execute(&db, "vacuum analyze").await?;
    }
    db.close().await;
    Ok(Business { service, caller: Caller::system(business), talkative })
}

/// Everybody writes once, and the first of them very often; a third waits for an answer.
async fn talk(
    db: &Db,
    business: BusinessId,
    connection: ConnectionId,
    messages: usize,
    now: Timestamp,
) -> anyhow::Result<ContactId> {
    let (mut after, mut first, mut n) = (None, None, 0_i64);
    loop {
        let mut tx = db.write().await?;
        let people =
            store::contact_list::list_matching(&mut tx, business, &ContactQuery::default(), after, 2_000)
                .await?;
        let Some(last) = people.last() else { break };
        after = Some(last.contact.id);
        let mut heard = Vec::with_capacity(people.len());
        for person in &people {
            n += 1;
            first = first.or(Some(person.contact.id));
            let waits = n % 3 == 0;
            heard.push(Heard {
                contact: person.contact.id,
                business,
                connection,
                id: MessageId::from_uuid(uuid_v7(now, n.to_be_bytes().repeat(2)[..10].try_into()?)),
                at: now - Span::seconds(n),
                preview: "Hello, is my order on its way?".to_owned(),
                unread: i64::from(waits),
                waits,
            });
        }
        store::conversation::note_heard(&mut tx, &heard).await?;
        tx.commit().await?;
    }
    let talkative = first.ok_or_else(|| anyhow::anyhow!("nobody was written"))?;
    let written: Vec<NewInbound> = (0..messages)
        .map(|n| {
            let n = i64::try_from(n).unwrap_or(0);
            let at = now - Span::seconds(1_000_000 - n);
            let id = uuid_v7(at, [7; 10]);
            let text = format!("Message {n}");
            NewInbound {
                id,
                business_id: business.uuid(),
                connection_id: connection.uuid(),
                contact_id: talkative.uuid(),
                wamid: format!("wamid.{n}"),
                message_type: "text".to_owned(),
                raw: serde_json::json!({"type": "text", "text": {"body": text}}).to_string(),
                preview: text,
                verdict: "none",
                rule: None,
                context_wamid: None,
                sent_at: at.micros(),
                received_at: at.micros(),
            }
        })
        .collect();
    let mut tx = db.write().await?;
    for portion in written.chunks(1_000) {
        store::inbound::insert_inbound(&mut tx, portion).await?;
    }
    tx.commit().await?;
    Ok(talkative)
}

/// A part of the inbox with its counts, or the end of the long thread.
async fn ask(business: &Business, view: Option<View>) -> anyhow::Result<Duration> {
    let Business { service, caller, talkative } = business;
    let start = Instant::now();
    match view {
        Some(view) => {
            let query = ConversationQuery { view, ..ConversationQuery::default() };
            service::conversations::list(service, caller, &query).await?;
            service::conversations::counts(service, caller).await?;
        }
        None => drop(service::conversations::thread(service, caller, *talkative, None, 50).await?),
    }
    Ok(start.elapsed())
}
