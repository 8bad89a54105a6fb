//! A server that is killed in the middle of a campaign, again and again: everybody ends in exactly one outcome.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop loudly")]

use std::collections::HashMap;
use std::process::Stdio;
use std::time::Duration;

use domain::campaign::{CampaignState, Command, RecipientOutcome};
use domain::consent::Source;
use domain::id::CampaignId;
use emulator::{Config as EmulatorConfig, Emulator};
use service::campaigns::{AudienceChoice, CampaignDraft};
use service::connections::{NewConnection, Secret};
use service::consent::{Choice, Record};
use service::contacts::UpsertContact;
use service::testing::World;
use service::{Caller, Clock, Config, INGEST_BATCH, SecretKey, Service};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command as Process};

/// Everybody who agreed, and everybody who is left out.
const PEOPLE: u32 = 1_500;
const SILENT: u32 = 40;
const PER_SECOND: u32 = 150;

fn phone(n: u32) -> String {
    format!("+2782123{n:04}")
}

fn config(database_url: &str) -> Config {
    Config {
        database_url: database_url.to_owned(),
        secret_key: SecretKey::new([42; 32]),
        public_url: "http://127.0.0.1".to_owned(),
        default_region: None,
        files: std::env::temp_dir().join("whatscloud-tests"),
        pool_size: 4,
        ingest_batch: INGEST_BATCH,
        clock: Clock::system(),
    }
}

/// A shop with people and a launched campaign, written without any worker.
async fn launched(service: &Service, graph_url: String) -> (Caller, CampaignId, String) {
    let business = service::business::create(service, "Padaria", None).await.unwrap();
    let caller = Caller::system(business);
    let connection = NewConnection {
        business,
        handle: None,
        phone_number_id: "100000000000001".to_owned(),
        waba_id: "200000000000001".to_owned(),
        display_number: "+1 555 010 0001".to_owned(),
        access_token: Secret::new("token"),
        app_secret: Secret::new("app-secret"),
        verify_token: Secret::new("verify"),
        graph_url: Some(graph_url),
        messages_per_second: Some(PER_SECOND),
    };
    let connection = service::connections::add(service, connection).await.unwrap();
    for n in 0..PEOPLE + SILENT {
        let new = UpsertContact { phone: phone(n), name: None, tags: None };
        let (contact, _) = service::contacts::upsert(service, &caller, new).await.unwrap();
        if n < PEOPLE {
            let record = Record {
                choice: Choice::OptedIn,
                source: Some(Source::WebForm),
                occurred_at: None,
                note: None,
                wording: None,
                details: None,
            };
            service::consent::record(service, &caller, contact.id, record).await.unwrap();
        }
    }
    let draft = CampaignDraft {
        name: "Spring".into(),
        template: "spring_sale".into(),
        language: "en".into(),
        variables: Vec::new(),
        audience: AudienceChoice::All,
        schedule_at: None,
        connection: None,
    };
    let (campaign, _) = service::campaigns::create(service, &caller, draft).await.unwrap();
    service::campaigns::command(service, &caller, campaign.id, Command::Launch).await.unwrap();
    (caller, campaign.id, connection.to_string())
}

/// Starts the server and waits until it listens.
async fn start(database_url: &str, data: &std::path::Path, address: &str) -> Child {
    let mut server = Process::new(env!("CARGO_BIN_EXE_whatscloud"))
        .args(["serve", "--listen", address, "--database-url", database_url, "--data-dir"])
        .arg(data)
        .env("WHATSCLOUD_SECRET_KEY", hex::encode([42; 32]))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let listening = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            if line.contains("listening") {
                return;
            }
        }
        panic!("the server ended before it listened");
    };
    tokio::time::timeout(Duration::from_secs(30), listening).await.expect("a server in time");
    server
}

/// How far the campaign got, in people.
async fn done(service: &Service, caller: &Caller, campaign: CampaignId) -> i64 {
    service::campaigns::report(service, caller, campaign).await.unwrap().counts.done()
}

/// Kills the server so many times, each time after it sent something.
async fn killed_in_the_middle(database_url: String, kills: u32) {
    let emulator = Emulator::new(EmulatorConfig { messages_per_second: 0, ..EmulatorConfig::immediate() });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let graph_url = emulator::serve(listener, emulator.clone()).await.unwrap().base_url();
    let service = Service::open(config(&database_url)).await.unwrap();
    let (caller, campaign, connection) = launched(&service, graph_url).await;
    let data = tempfile::tempdir().unwrap();
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
    emulator.set_webhook(format!("http://{address}/webhooks/whatsapp/{connection}"), "app-secret");

    for round in 0..kills {
        let before = done(&service, &caller, campaign).await;
        let mut server = start(&database_url, data.path(), &address).await;
        // On PostgreSQL a number belongs to the process that was killed until its lease runs out.
        let goes_on = async {
            while done(&service, &caller, campaign).await <= before {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), goes_on).await.expect("the campaign goes on");
        // No two rounds are killed at the same point of the work.
        tokio::time::sleep(Duration::from_millis(u64::from(round * 37 % 170))).await;
        server.kill().await.unwrap();
    }
    let before = service::campaigns::report(&service, &caller, campaign).await.unwrap();
    assert_eq!(
        before.campaign.state,
        CampaignState::Running,
        "it was killed in the middle: {:?}",
        before.counts
    );
    let mut server = start(&database_url, data.path(), &address).await;
    let finished = async {
        while service::campaigns::find(&service, &caller, campaign).await.unwrap().state
            != CampaignState::Finished
        {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(90), finished).await.expect("the campaign finishes");
    emulator.idle().await;

    let report = service::campaigns::report(&service, &caller, campaign).await.unwrap();
    let counts = &report.counts;
    let skipped: i64 = counts.skipped.values().sum();
    assert_eq!(counts.audience, i64::from(PEOPLE + SILENT));
    assert_eq!((counts.pending, skipped), (0, i64::from(SILENT)));
    assert_eq!(counts.sent + counts.failed + counts.unknown, i64::from(PEOPLE));
    let mut seen: HashMap<String, u32> = HashMap::new();
    for request in emulator.requests_after(0) {
        *seen.entry(format!("+{}", request.to.unwrap().trim_start_matches('+'))).or_default() += 1;
    }
    let (mut after, mut people) = (None, Vec::new());
    loop {
        let (rows, next) =
            service::campaigns::recipients(&service, &caller, campaign, None, None, after.as_deref(), 1_000)
                .await
                .unwrap();
        people.extend(rows);
        match next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(people.len(), usize::try_from(PEOPLE + SILENT).unwrap());
    for person in people {
        let times = seen.get(person.phone.as_deref().unwrap()).copied().unwrap_or(0);
        match person.outcome {
            RecipientOutcome::Skipped => assert_eq!(times, 0),
            RecipientOutcome::Unknown => assert!(times <= 1, "seen {times} times"),
            outcome => assert_eq!(times, 1, "{} and seen {times} times", outcome.as_str()),
        }
    }
    let verified = service::ledger::verify(&service, caller.business).await.unwrap();
    assert!(verified.broken.is_none(), "{verified:?}");
    server.kill().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_twenty_times_everybody_ends_in_one_outcome_on_sqlite() {
    let world = World::sqlite().await;
    killed_in_the_middle(world.database_url.clone(), 20).await;
}

/// Twice only: each time the lease of the process that was killed has to run out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_twice_everybody_ends_in_one_outcome_on_postgres() {
    let world = World::postgres().await;
    killed_in_the_middle(world.database_url.clone(), 2).await;
}
