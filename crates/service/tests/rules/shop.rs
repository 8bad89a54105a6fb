//! A shop with one number, WhatsApp played by the emulator, and the things people do there.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use domain::consent::{Consent, Signal, Source, apply};
use domain::contact::{Actor, ConsentEvent, Contact, ContactQuery, OutgoingMessage};
use domain::id::{BusinessId, ConnectionId, ContactId};
use domain::kind::MessageKind;
use domain::permit::Reason;
use domain::phone::Phone;
use domain::role::Role;
use domain::time::{Span, Timestamp};
use emulator::{Config, Emulator, Faults, Inbound, LoggedRequest};
use serde_json::Value;
use service::connections::{NewConnection, Secret};
use service::consent::{Choice, Record};
use service::contacts::{ContactPatch, UpsertContact};
use service::messages::{Send, SendContent, To};
use service::testing::{APP_SECRET, PHONE_NUMBER_ID, VERIFY_TOKEN, WABA_ID, World};
use service::webhooks::Receipt;
use service::{Caller, Error, Service};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use store::Db;

/// Longest a test waits for something that needs real time before it fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// A customer outside the +1 area: the Nth South African number of the tests.
pub fn za(n: u32) -> String {
    format!("+2782123{n:04}")
}

/// A customer in the +1 area.
pub const US: &str = "+12125550123";

pub struct Shop {
    pub world: World,
    pub emulator: Emulator,
    /// Where the emulator is.
    pub graph_url: String,
    pub business: BusinessId,
    pub connection: ConnectionId,
    /// Somebody who may do everything.
    pub owner: Caller,
}

async fn webhook(
    State((service, connection)): State<(Service, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let signature = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok());
    match service::webhooks::receive(&service, &connection, &body, signature).await {
        Ok(_) => StatusCode::OK,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl Shop {
    pub async fn open(world: World) -> Self {
        let clock = world.clock.clone();
        let emulator = Emulator::new(Config {
            clock: emulator::Clock::from_fn(move || clock.now().micros()),
            ..Config::immediate()
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let graph_url = emulator::serve(listener, emulator.clone()).await.unwrap().base_url();
        let business = world.business("Padaria").await.unwrap();
        let connection = world.connect(business, &graph_url).await.unwrap();
        let route = Router::new()
            .route("/webhook", post(webhook))
            .with_state((world.service.clone(), connection.to_string()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        emulator.set_webhook(format!("http://{}/webhook", listener.local_addr().unwrap()), APP_SECRET);
        tokio::spawn(async move { axum::serve(listener, route).await.unwrap() });
        let user = service::auth::create_user(
            &world.service,
            business,
            "owner@padaria.example",
            Role::Owner,
            "correct horse battery",
        );
        let actor = Actor::User { id: user.await.unwrap(), email: None };
        let owner = Caller { business, actor, role: Role::Owner };
        Self { world, emulator, graph_url, business, connection, owner }
    }

    /// Removes the PostgreSQL database of a test that passed; one that failed leaves it to be looked at.
    pub async fn tear_down(self) {
        let mut server = self.server().await;
        let name = self.database();
        let statement = AssertSqlSafe(format!("drop database {name} with (force)"));
        sqlx::query(statement).execute(&mut server).await.unwrap();
        server.close().await.unwrap();
    }

    /// A connection to the PostgreSQL server, outside the shop's own database.
    pub async fn server(&self) -> PgConnection {
        let (server, _) = self.world.database_url.rsplit_once('/').unwrap();
        PgConnection::connect(&format!("{server}/postgres")).await.unwrap()
    }

    /// The name of the shop's PostgreSQL database.
    pub fn database(&self) -> String {
        self.world.database_url.rsplit_once('/').unwrap().1.to_owned()
    }

    /// Where its files are.
    pub fn files(&self) -> std::path::PathBuf {
        World::files(&self.world.database_url)
    }

    /// Does all long work on contacts that waits.
    pub async fn work(&self) {
        self.world.work().await.unwrap();
    }

    /// Does one portion of it, as a process that is told to stop.
    pub async fn work_a_little(&self) {
        self.world.work_a_little().await.unwrap();
    }

    pub fn service(&self) -> &Service {
        &self.world.service
    }

    /// A second service on the same database, as another process would be.
    pub async fn another_process(&self) -> Service {
        Service::open(World::config(&self.world.database_url, self.world.clock.clone())).await.unwrap()
    }

    /// Direct access to the database, for looking and for tampering.
    pub async fn db(&self) -> Db {
        Db::connect(&self.world.database_url, 2).await.unwrap()
    }

    /// Runs a statement that the product itself would never run.
    pub async fn execute(&self, sqlite: &'static str, postgres: &'static str) -> Result<u64, sqlx::Error> {
        let db = self.db().await;
        let done = match &db {
            Db::Sqlite { write, .. } => {
                sqlx::query(sqlite).execute(write).await.map(|done| done.rows_affected())
            }
            Db::Postgres(pool) => sqlx::query(postgres).execute(pool).await.map(|done| done.rows_affected()),
        };
        db.close().await;
        done
    }

    pub fn now(&self) -> Timestamp {
        self.service().now()
    }

    pub fn advance(&self, span: Span) {
        self.world.clock.advance(span);
    }

    /// A caller of the shop in another role.
    pub fn someone(&self, role: Role) -> Caller {
        self.world.caller(self.business, role)
    }

    // --- the customer ---

    /// A customer does something, a second after whatever happened last; returns when the webhook was answered.
    pub async fn does(&self, inbound: Inbound) -> String {
        self.advance(Span::seconds(1));
        let delivered = self.emulator.inbound(inbound).await.unwrap();
        assert_eq!(delivered.webhook_status, 200);
        delivered.wamid.unwrap_or_default()
    }

    /// A customer writes.
    pub async fn says(&self, who: &str, words: &str) -> String {
        self.does(Inbound::text(who, words)).await
    }

    /// A customer writes, and everything that follows from it happens.
    pub async fn exchange(&self, who: &str, words: &str) {
        self.says(who, words).await;
        self.dispatch().await;
    }

    /// Delivers a webhook made by hand.
    pub async fn receive(&self, body: &Value) -> Result<Receipt, Error> {
        receive(self.service(), &self.connection.to_string(), body).await
    }

    // --- WhatsApp ---

    /// Sends everything that is due and waits until all statuses are back.
    pub async fn dispatch(&self) {
        self.world.dispatch().await.unwrap();
        self.emulator.idle().await;
    }

    pub fn faults(&self, faults: Faults) {
        self.emulator.set_faults(faults);
    }

    /// How many send requests WhatsApp has seen.
    pub fn seen(&self) -> u64 {
        self.emulator.requests_after(0).last().map_or(0, |request| request.n)
    }

    /// The send requests about one person, oldest first.
    pub fn requests_to(&self, who: &str) -> Vec<LoggedRequest> {
        let digits = who.trim_start_matches('+');
        let about = |request: &LoggedRequest| {
            request.to.as_deref().is_some_and(|to| to.trim_start_matches('+') == digits)
        };
        self.emulator.requests_after(0).into_iter().filter(about).collect()
    }

    /// What one person was sent: texts, and templates by name.
    pub fn sent_to(&self, who: &str) -> Vec<String> {
        self.requests_to(who).iter().map(|request| wording(&request.body)).collect()
    }

    /// The numbers that requests after the Nth went to, sorted.
    pub fn recipients_after(&self, n: u64) -> Vec<String> {
        let digits = |request: LoggedRequest| {
            request.to.map(|to| format!("+{}", to.trim_start_matches('+'))).unwrap_or_default()
        };
        let mut recipients: Vec<String> = self.emulator.requests_after(n).into_iter().map(digits).collect();
        recipients.sort();
        recipients
    }

    /// Waits, in real time, until something is so.
    pub async fn wait_until(&self, is_so: impl Fn() -> bool) {
        let waiting = async {
            while !is_so() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("what the test waits for happens");
    }

    /// Waits, in real time, until so many requests have arrived.
    pub async fn wait_for_requests(&self, count: usize) {
        self.wait_until(|| self.emulator.requests_after(0).len() >= count).await;
    }

    // --- the shop ---

    /// Another number of the shop, which may send only so many messages a second.
    pub async fn slow_number(&self, messages_per_second: u32) -> ConnectionId {
        let connection = NewConnection {
            business: self.business,
            handle: None,
            phone_number_id: PHONE_NUMBER_ID.to_owned(),
            waba_id: WABA_ID.to_owned(),
            display_number: "+1 555 010 0002".to_owned(),
            access_token: Secret::new("test-access-token"),
            app_secret: Secret::new(APP_SECRET),
            verify_token: Secret::new(VERIFY_TOKEN),
            graph_url: Some(self.graph_url.clone()),
            messages_per_second: Some(messages_per_second),
        };
        service::connections::add(self.service(), connection).await.unwrap()
    }

    /// Asks for an offer to be sent through a certain number.
    pub async fn marketing_through(&self, number: ConnectionId, id: ContactId) -> OutgoingMessage {
        let content = SendContent::Template {
            name: "spring_sale".to_owned(),
            language: "en".to_owned(),
            variables: Vec::new(),
        };
        let connection = Some(number.to_string());
        let send = Send { to: To::Contact(id), kind: MessageKind::Marketing, content, connection };
        service::messages::send(self.service(), &self.owner, send).await.unwrap()
    }

    /// A contact nobody knows anything about.
    pub async fn stranger(&self, phone: &str) -> ContactId {
        let new = UpsertContact { phone: phone.to_owned(), name: None, tags: None };
        service::contacts::upsert(self.service(), &self.owner, new).await.unwrap().0.id
    }

    /// A contact who agreed on a web form.
    pub async fn subscriber(&self, phone: &str) -> ContactId {
        let id = self.stranger(phone).await;
        self.opt_in(id).await.unwrap();
        id
    }

    pub async fn opt_in(&self, id: ContactId) -> Result<Contact, Error> {
        let record = Record { source: Some(Source::WebForm), ..bare(Choice::OptedIn) };
        service::consent::record(self.service(), &self.owner, id, record).await
    }

    pub async fn opt_out(&self, id: ContactId) -> Result<Contact, Error> {
        service::consent::record(self.service(), &self.owner, id, bare(Choice::OptedOut)).await
    }

    pub async fn block(&self, id: ContactId, blocked: bool) {
        let patch = ContactPatch { blocked: Some(blocked), ..ContactPatch::default() };
        service::contacts::change(self.service(), &self.owner, id, patch).await.unwrap();
    }

    /// A contact writes words that may or may not mean a stop.
    pub async fn hold(&self, id: ContactId) {
        let contact = service::contacts::find(self.service(), &self.owner, id).await.unwrap();
        self.says(contact.phone.unwrap().as_str(), "not interested").await;
    }

    /// The contact with this number.
    pub async fn find(&self, phone: &str) -> Option<Contact> {
        let phone = Some(Phone::from_e164(phone).unwrap());
        let query = ContactQuery { phone, ..ContactQuery::default() };
        service::contacts::list(self.service(), &self.owner, &query).await.unwrap().rows.pop()
    }

    pub async fn contact(&self, phone: &str) -> Contact {
        self.find(phone).await.expect("a contact with this number")
    }

    pub async fn state(&self, phone: &str) -> domain::consent::State {
        self.contact(phone).await.state
    }

    /// The consent events of a contact, oldest first.
    pub async fn events_of(&self, id: ContactId) -> Vec<ConsentEvent> {
        let mut events = service::contacts::events(self.service(), &self.owner, id).await.unwrap();
        events.reverse();
        events
    }

    pub async fn events(&self, phone: &str) -> Vec<ConsentEvent> {
        self.events_of(self.contact(phone).await.id).await
    }

    /// The outgoing messages of a contact, oldest first.
    pub async fn outbox(&self, id: ContactId) -> Vec<OutgoingMessage> {
        let (mut messages, _) =
            service::messages::list(self.service(), &self.owner, Some(id), None, 200).await.unwrap();
        messages.reverse();
        messages
    }

    /// A message as it stands now.
    pub async fn message(&self, message: &OutgoingMessage) -> OutgoingMessage {
        service::messages::find(self.service(), &self.owner, message.id).await.unwrap()
    }

    /// Asks for an offer to be sent.
    pub async fn marketing(&self, id: ContactId) -> Result<OutgoingMessage, Error> {
        self.template(id, MessageKind::Marketing, "spring_sale").await
    }

    /// Asks for news about an order to be sent.
    pub async fn utility(&self, id: ContactId) -> Result<OutgoingMessage, Error> {
        self.template(id, MessageKind::Utility, "order_confirmation").await
    }

    pub async fn template(
        &self,
        id: ContactId,
        kind: MessageKind,
        name: &str,
    ) -> Result<OutgoingMessage, Error> {
        let content =
            SendContent::Template { name: name.to_owned(), language: "en".to_owned(), variables: Vec::new() };
        let send = Send { to: To::Contact(id), kind, content, connection: None };
        service::messages::send(self.service(), &self.owner, send).await
    }

    /// Asks for an agent's answer to be sent.
    pub async fn answer(&self, id: ContactId, body: &str) -> Result<OutgoingMessage, Error> {
        self.text(id, MessageKind::Service, body).await
    }

    pub async fn text(&self, id: ContactId, kind: MessageKind, body: &str) -> Result<OutgoingMessage, Error> {
        let content = SendContent::Text { body: body.to_owned() };
        let send = Send { to: To::Contact(id), kind, content, connection: None };
        service::messages::send(self.service(), &self.owner, send).await
    }

    /// A counter of the process.
    pub async fn metric(&self, name: &str) -> u64 {
        let text = self.service().metrics().await;
        let line = text.lines().find_map(|line| line.strip_prefix(name)).expect("a counter of this name");
        line.trim().parse().unwrap()
    }
}

/// Delivers a webhook to any service.
pub async fn receive(service: &Service, connection: &str, body: &Value) -> Result<Receipt, Error> {
    let raw = body.to_string();
    let signature = World::sign(raw.as_bytes());
    service::webhooks::receive(service, connection, raw.as_bytes(), Some(&signature)).await
}

/// A choice with nothing said about how it was made.
pub fn bare(choice: Choice) -> Record {
    Record { choice, source: None, occurred_at: None, note: None, wording: None, details: None }
}

/// Why a message was refused.
pub fn refusal(result: Result<OutgoingMessage, Error>) -> Reason {
    match result {
        Err(Error::Refused(reason)) => reason,
        other => panic!("a refusal was expected, not {other:?}"),
    }
}

/// The fields that were refused, with what is wrong with them.
pub fn problems<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<(&'static str, &'static str)> {
    match result {
        Err(Error::Invalid(found)) => found.into_iter().map(|one| (one.field, one.code)).collect(),
        other => panic!("a refusal of fields was expected, not {other:?}"),
    }
}

/// What a send request says: the text, or the template's name.
pub fn wording(body: &Value) -> String {
    let places = ["/text/body", "/interactive/body/text", "/template/name"];
    let found = places.iter().find_map(|place| body.pointer(place)).and_then(Value::as_str);
    found.unwrap_or_default().to_owned()
}

/// The consent that a contact's events add up to.
pub fn fold(events: &[ConsentEvent]) -> Consent {
    events.iter().fold(Consent::NONE, |consent, event| {
        let signal = Signal { kind: event.kind, source: event.source, occurred_at: event.occurred_at };
        apply(&consent, &signal).consent
    })
}
