//! `backup` while a server writes, and `restore`: what was there is there again, and nothing is sent twice because of it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop loudly")]

use std::path::Path;
use std::process::{Command, Output};

use domain::consent::{Source, State};
use domain::kind::MessageKind;
use domain::outbound::SendState;
use service::consent::{Choice, Record};
use service::contacts::UpsertContact;
use service::messages::{Send, SendContent, To};
use service::testing::World;
use service::{Caller, Service};

fn whatscloud(database_url: &str, data: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_whatscloud"))
        .args(arguments)
        .args(["--database-url", database_url, "--data-dir"])
        .arg(data)
        .env("WHATSCLOUD_SECRET_KEY", hex::encode([42; 32]))
        .output()
        .unwrap()
}

fn printed(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A shop with somebody who said no, and a message that waits.
async fn fill(service: &Service) -> Caller {
    let business = service::business::create(service, "Padaria", None).await.unwrap();
    let caller = Caller::system(business);
    let connection = service::connections::NewConnection {
        business,
        handle: None,
        phone_number_id: "1055".into(),
        waba_id: "2055".into(),
        display_number: "+1 555 010 0001".into(),
        access_token: service::connections::Secret::new("t"),
        app_secret: service::connections::Secret::new("s"),
        verify_token: service::connections::Secret::new("v"),
        graph_url: Some("http://127.0.0.1:9/".into()),
        messages_per_second: None,
    };
    service::connections::add(service, connection).await.unwrap();
    let new = UpsertContact { phone: "+27821110001".into(), name: Some("Ana".into()), tags: None };
    let contact = service::contacts::upsert(service, &caller, new).await.unwrap().0.id;
    let record = Record {
        choice: Choice::OptedOut,
        source: Some(Source::Operator),
        occurred_at: None,
        note: None,
        wording: None,
        details: None,
    };
    service::consent::record(service, &caller, contact, record).await.unwrap();
    let text = SendContent::Text { body: "Hello".into() };
    let send = Send { to: To::Contact(contact), kind: MessageKind::Service, content: text, connection: None };
    // Nobody wrote, so the window is closed: the message is made through the store, as a campaign's would be.
    assert!(service::messages::send(service, &caller, send).await.is_err());
    caller
}

async fn there_and_back(world: World, database_url: String, restored_url: String) {
    let caller = fill(&world.service).await;
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("shop.backup");
    let name = file.display().to_string();
    let told = printed(&whatscloud(&database_url, data.path(), &["backup", &name]));
    assert!(told["bytes"].as_u64().unwrap() > 1_000);
    let again = whatscloud(&database_url, data.path(), &["backup", &name]);
    assert_eq!(again.status.code(), Some(2), "a backup replaces nothing");

    let elsewhere = tempfile::tempdir().unwrap();
    let told = printed(&whatscloud(&restored_url, elsewhere.path(), &["restore", &name]));
    assert_eq!(told["campaigns_paused"], 0);
    assert!(told["newest"].is_string());
    let refused = whatscloud(&restored_url, elsewhere.path(), &["restore", &name]);
    assert_eq!(refused.status.code(), Some(2), "{}", String::from_utf8_lossy(&refused.stderr));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--replace"));
    printed(&whatscloud(&restored_url, elsewhere.path(), &["restore", &name, "--replace"]));

    let restored = Service::open(World::config(&restored_url, service::Clock::system())).await.unwrap();
    let query = domain::contact::ContactQuery::default();
    let found = service::contacts::list(&restored, &caller, &query).await.unwrap().rows;
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].name.as_deref(), found[0].state), (Some("Ana"), State::OptedOut));
    let verified = service::ledger::verify(&restored, caller.business).await.unwrap();
    assert!(verified.broken.is_none());
    let (messages, _) = service::messages::list(&restored, &caller, None, None, 10).await.unwrap();
    assert!(messages.iter().all(|message| message.status != SendState::Pending));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_comes_back_on_sqlite() {
    let world = World::sqlite().await;
    let (from, data) = (world.database_url.clone(), tempfile::tempdir().unwrap());
    let to = format!("sqlite://{}", data.path().join("restored.sqlite").display());
    there_and_back(world, from, to).await;
    let nonsense = data.path().join("nonsense");
    std::fs::write(&nonsense, "not a database").unwrap();
    let elsewhere = format!("sqlite://{}", data.path().join("other.sqlite").display());
    let refused = whatscloud(&elsewhere, data.path(), &["restore", &nonsense.display().to_string()]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(!data.path().join("other.sqlite").exists(), "nothing half-done stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_comes_back_on_postgres() {
    let (world, other) = (World::postgres().await, World::postgres().await);
    let (from, to) = (world.database_url.clone(), other.database_url.clone());
    there_and_back(world, from, to).await;
}
