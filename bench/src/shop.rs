//! A shop with many customers, the emulator in the place of WhatsApp, and a campaign to all of them.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use domain::campaign::{Campaign, CampaignState, Command, Report};
use domain::consent::{Consent, Signal, SignalKind, Source, apply};
use domain::id::{BusinessId, CampaignId, ContactId, uuid_v7};
use domain::phone::Phone;
use domain::time::{Span, Timestamp};
use emulator::Emulator;
use service::campaigns::{AudienceChoice, CampaignDraft};
use service::connections::{NewConnection, Secret};
use service::{Caller, Clock, Config, INGEST_BATCH, SecretKey, Service};
use store::Db;
use store::contact::{Identifier, IdentityKind, StoredContact};
use tokio::net::TcpListener;

/// What webhooks are signed with.
pub const SECRET: &str = "bench-app-secret";

/// Customers written at once.
const PORTION: usize = 5_000;

/// A shop.
pub struct Shop {
    /// Takes webhooks in and answers questions.
    pub service: Service,
    /// Somebody who may do everything.
    pub caller: Caller,
    config: Config,
}

fn config(database_url: String) -> Config {
    Config {
        database_url,
        secret_key: SecretKey::generate(),
        public_url: "http://127.0.0.1".to_owned(),
        default_region: None,
        files: std::env::temp_dir().join("whatscloud-tests"),
        pool_size: 8,
        ingest_batch: INGEST_BATCH,
        clock: Clock::system(),
    }
}

impl Shop {
    /// A new shop on an empty database, whose number takes so many messages a second.
    pub async fn open(database_url: String, emulator: Emulator, per_second: u32) -> anyhow::Result<Self> {
        let config = config(database_url);
        let service = Service::open(config.clone()).await?;
        let business = service::business::create(&service, "Bench", None).await?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let graph_url = emulator::serve(listener, emulator.clone()).await?.base_url();
        let connection = NewConnection {
            business,
            handle: None,
            phone_number_id: "100000000000001".to_owned(),
            waba_id: "200000000000001".to_owned(),
            display_number: "+1 555 010 0001".to_owned(),
            access_token: Secret::new("bench"),
            app_secret: Secret::new(SECRET),
            verify_token: Secret::new("bench"),
            graph_url: Some(graph_url),
            messages_per_second: Some(per_second),
        };
        let id = service::connections::add(&service, connection).await?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let router = Router::new().route("/webhooks/{connection}", post(receive)).with_state(service.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        emulator.set_webhook(format!("http://{address}/webhooks/{id}"), SECRET);
        Ok(Self { service, caller: Caller::system(business), config })
    }

    /// A second service on the same database, as another process is.
    pub async fn another_process(&self) -> anyhow::Result<Service> {
        Ok(Service::open(self.config.clone()).await?)
    }

    /// Writes so many customers; `history` says what the one with this number chose.
    pub async fn people(
        &self,
        count: usize,
        history: impl Fn(usize) -> &'static [SignalKind],
    ) -> anyhow::Result<()> {
        let db = Db::connect(&self.config.database_url, 2).await?;
        let business = self.caller.business;
        let from = Clock::system().now() - Span::days(30);
        for portion in (0..count).collect::<Vec<_>>().chunks(PORTION) {
            let mut tx = db.write().await?;
            let people: Vec<StoredContact> =
                portion.iter().map(|&number| person(business, number, from, history(number))).collect();
            let names: Vec<(Identifier, ContactId)> = people
                .iter()
                .filter_map(|person| {
                    let value = person.contact.phone.as_ref()?.as_str().to_owned();
                    Some((Identifier { business, kind: IdentityKind::Phone, value }, person.contact.id))
                })
                .collect();
            store::contact::insert_contacts(&mut tx, &people).await?;
            store::contact::insert_identities(&mut tx, &names).await?;
            tx.commit().await?;
        }
        db.close().await;
        Ok(())
    }

    /// Writes and launches a campaign to everybody.
    pub async fn launch(&self) -> anyhow::Result<Campaign> {
        let draft = CampaignDraft {
            name: "Bench".to_owned(),
            template: "spring_sale".to_owned(),
            language: "en".to_owned(),
            variables: Vec::new(),
            audience: AudienceChoice::All,
            schedule_at: None,
            connection: None,
        };
        let (campaign, _) = service::campaigns::create(&self.service, &self.caller, draft).await?;
        Ok(service::campaigns::command(&self.service, &self.caller, campaign.id, Command::Launch).await?)
    }

    /// How far it got.
    pub async fn report(&self, id: CampaignId) -> anyhow::Result<Report> {
        Ok(service::campaigns::report(&self.service, &self.caller, id).await?)
    }

    /// Waits until everybody's turn has come.
    pub async fn finished(&self, id: CampaignId) -> anyhow::Result<Report> {
        loop {
            let report = self.report(id).await?;
            if report.campaign.state != CampaignState::Running {
                return Ok(report);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

async fn receive(
    State(service): State<Service>,
    Path(connection): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let signature = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok());
    match service::webhooks::receive(&service, &connection, &body, signature).await {
        Ok(_) => StatusCode::OK,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// The number of a customer: nobody's, in a range for fiction of the NANPA or made of its form.
pub fn phone(number: usize) -> String {
    format!("+1555{number:07}")
}

fn person(business: BusinessId, number: usize, from: Timestamp, history: &[SignalKind]) -> StoredContact {
    let at = from + Span::millis(i64::try_from(number).unwrap_or(0));
    let mut random = [0_u8; 10];
    random[2..].copy_from_slice(&(number as u64).to_be_bytes());
    let mut stored = StoredContact::new(business, ContactId::from_uuid(uuid_v7(at, random)), at);
    stored.contact.phone = Phone::from_e164(&phone(number)).ok();
    stored.contact.name = Some(format!("Customer {number}"));
    stored.set_consent(history.iter().fold(Consent::NONE, |consent, &kind| {
        apply(&consent, &Signal { kind, source: Source::Import, occurred_at: at }).consent
    }));
    stored
}
