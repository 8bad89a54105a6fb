//! A server under load that is killed at random moments, again and again, checked from outside: by what it acknowledged, and by
//! what arrived at WhatsApp.
//!
//! `cargo xtask torture` runs as many rounds as wanted; a test run does a few on each engine.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop loudly")]
#![expect(clippy::print_stdout, reason = "whoever waits for a thousand rounds sees how far they are")]
#![expect(clippy::disallowed_methods, reason = "how many rounds is asked by whoever starts the tests")]

use std::collections::{HashMap, HashSet};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::campaign::{CampaignState, Command};
use domain::consent::{Source, State};
use domain::contact::ContactQuery;
use domain::id::{CampaignId, JobId};
use domain::job::JobState;
use emulator::{Config as EmulatorConfig, Emulator, Inbound};
use service::auth::{self, ApiKeyScope};
use service::campaigns::{AudienceChoice, CampaignDraft};
use service::connections::{NewConnection, Secret};
use service::consent::{Choice, Record};
use service::contacts::UpsertContact;
use service::testing::World;
use service::{Caller, Clock, Config, INGEST_BATCH, SecretKey, Service};
use sqlx::{Connection as _, Row as _};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command as Process};
use tokio::time::{sleep, timeout};

/// People who agreed, shared out among the writers: what one person does is known in its order.
const PEOPLE: usize = 320;
const WRITERS: usize = 8;
const PER_SECOND: u32 = 200;
/// How many rounds pass between two examinations.
const EXAMINED: u32 = 10;

fn phone(n: usize) -> String {
    format!("+2782456{n:04}")
}

/// Somebody who gets one message over the API and nothing else.
fn receiver(n: usize) -> String {
    format!("+27831{n:06}")
}

/// What a person did, and whether the server said that it has it.
#[derive(Clone, Debug)]
struct Deed {
    stop: bool,
    /// Before it was sent and, if it was acknowledged at the first attempt, when; microseconds.
    from_us: i64,
    acked_us: Option<i64>,
}

/// Everything the outside knows.
#[derive(Default)]
struct Oracle {
    /// By person.
    deeds: Mutex<HashMap<usize, Vec<Deed>>>,
    /// Messages of customers that were acknowledged.
    received: Mutex<HashSet<String>>,
    /// Messages over the API that were accepted: the id, by the number of the receiver.
    accepted: Mutex<HashMap<usize, String>>,
}

/// The randomness of a run: a fixed start, so that a failure can be sought again.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// Asks again while the database is busy, as any client of it does.
async fn again<T>(ask: impl AsyncFn() -> Result<T, service::Error>) -> T {
    for _ in 0..50 {
        match ask().await {
            Err(service::Error::Unavailable) => sleep(Duration::from_millis(100)).await,
            answer => return answer.unwrap(),
        }
    }
    panic!("the database stays busy");
}

fn now_us() -> i64 {
    Clock::system().now().micros()
}

struct Torture {
    database_url: String,
    service: Service,
    caller: Caller,
    emulator: Emulator,
    connection: String,
    key: String,
    data: tempfile::TempDir,
    oracle: Arc<Oracle>,
    /// Where the webhooks and the API calls go.
    address: Arc<Mutex<String>>,
    resting: Arc<AtomicBool>,
    campaign: Option<CampaignId>,
    imports: Vec<(JobId, usize)>,
    imported: usize,
}

impl Torture {
    async fn begin(database_url: String) -> Self {
        let emulator = Emulator::new(EmulatorConfig {
            messages_per_second: 0,
            pair_limit: None,
            kept_requests: 4_000_000,
            kept_messages: 50,
            webhook_concurrency: 64,
            ..EmulatorConfig::immediate()
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let graph_url = emulator::serve(listener, emulator.clone()).await.unwrap().base_url();
        let data = tempfile::tempdir().unwrap();
        let config = Config {
            database_url: database_url.clone(),
            secret_key: SecretKey::new([42; 32]),
            public_url: "http://127.0.0.1".to_owned(),
            default_region: None,
            files: data.path().to_owned(),
            pool_size: 4,
            ingest_batch: INGEST_BATCH,
            clock: Clock::system(),
        };
        let service = Service::open(config).await.unwrap();
        let business = service::business::create(&service, "Padaria", None).await.unwrap();
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
        let connection = service::connections::add(&service, connection).await.unwrap();
        for n in 0..PEOPLE {
            let new = UpsertContact { phone: phone(n), name: Some(format!("Person {n}")), tags: None };
            let (contact, _) = service::contacts::upsert(&service, &caller, new).await.unwrap();
            let record = Record {
                choice: Choice::OptedIn,
                source: Some(Source::WebForm),
                occurred_at: None,
                note: None,
                wording: None,
                details: None,
            };
            service::consent::record(&service, &caller, contact.id, record).await.unwrap();
        }
        let (_, key) = auth::create_api_key(&service, business, "Torture", ApiKeyScope::Write).await.unwrap();
        Self {
            database_url,
            service,
            caller,
            emulator,
            connection: connection.to_string(),
            key,
            data,
            oracle: Arc::default(),
            address: Arc::default(),
            resting: Arc::default(),
            campaign: None,
            imports: Vec::new(),
            imported: 0,
        }
    }

    async fn start(&self, address: &str) -> Child {
        let mut server = Process::new(binary())
            .args(["serve", "--listen", address, "--database-url", &self.database_url, "--data-dir"])
            .arg(self.data.path())
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
        timeout(Duration::from_secs(60), listening).await.expect("a server in time");
        server
    }

    fn go_to(&self, address: &str) {
        address.clone_into(&mut self.address.lock().unwrap());
        let url = format!("http://{address}/webhooks/whatsapp/{}", self.connection);
        self.emulator.set_webhook(url, "app-secret");
    }

    /// Customers who write: STOP, START and other things, each person one thing after the other.
    fn customers(&self) -> Vec<tokio::task::JoinHandle<()>> {
        let writer = |writer: usize| {
            let (emulator, oracle, resting) =
                (self.emulator.clone(), self.oracle.clone(), self.resting.clone());
            tokio::spawn(async move {
                let mut random = Random(0x1234_5678_9abc_def1 + writer as u64);
                loop {
                    if resting.load(Ordering::SeqCst) {
                        sleep(Duration::from_millis(20)).await;
                        continue;
                    }
                    let person =
                        usize::try_from(random.below((PEOPLE / WRITERS) as u64)).unwrap() * WRITERS + writer;
                    let text = ["STOP", "START", "Where is my order?", "no more offers please"]
                        [usize::try_from(random.below(4)).unwrap()];
                    let from_us = now_us();
                    let deed = match text {
                        "START" => Some(false),
                        "STOP" | "no more offers please" => Some(true),
                        _ => None,
                    };
                    let delivered = emulator.inbound(Inbound::text(phone(person), text)).await.unwrap();
                    let acked = delivered.webhook_status == 200;
                    if acked {
                        oracle.received.lock().unwrap().insert(delivered.wamid.unwrap());
                    }
                    if let Some(stop) = deed {
                        let acked_us = acked.then_some(delivered.acked_at_us);
                        let deed = Deed { stop, from_us, acked_us };
                        oracle.deeds.lock().unwrap().entry(person).or_default().push(deed);
                    }
                    sleep(Duration::from_millis(random.below(30))).await;
                }
            })
        };
        (0..WRITERS).map(writer).collect()
    }

    /// A shop system that confirms orders, and asks again with the same key until it has an answer.
    fn orders(&self, next: &Arc<AtomicUsize>) -> tokio::task::JoinHandle<()> {
        let (oracle, resting, address) = (self.oracle.clone(), self.resting.clone(), self.address.clone());
        let (key, next) = (self.key.clone(), next.clone());
        tokio::spawn(async move {
            let mut current: Option<usize> = None;
            loop {
                if current.is_none() && resting.load(Ordering::SeqCst) {
                    sleep(Duration::from_millis(20)).await;
                    continue;
                }
                let order = *current.get_or_insert_with(|| next.fetch_add(1, Ordering::SeqCst));
                let to = address.lock().unwrap().clone();
                match timeout(Duration::from_secs(10), order_confirmation(&to, &key, order)).await {
                    Ok(Ok(id)) => {
                        oracle.accepted.lock().unwrap().insert(order, id);
                        current = None;
                        sleep(Duration::from_millis(5)).await;
                    }
                    Ok(Err(error)) if error.kind() == std::io::ErrorKind::InvalidInput => panic!("{error}"),
                    _ => sleep(Duration::from_millis(25)).await,
                }
            }
        })
    }

    /// A campaign to everybody runs whenever none does, and now and then a file is read in.
    async fn keep_busy(&mut self, round: u32) {
        let running = match self.campaign {
            Some(id) => {
                let found =
                    again(async || service::campaigns::find(&self.service, &self.caller, id).await).await;
                found.state == CampaignState::Running
            }
            None => false,
        };
        if !running {
            let draft = CampaignDraft {
                name: format!("Offer {round}"),
                template: "spring_sale".into(),
                language: "en".into(),
                variables: Vec::new(),
                audience: AudienceChoice::All,
                schedule_at: None,
                connection: None,
            };
            let (campaign, _) =
                again(async || service::campaigns::create(&self.service, &self.caller, draft.clone()).await)
                    .await;
            again(async || {
                service::campaigns::command(&self.service, &self.caller, campaign.id, Command::Launch).await
            })
            .await;
            self.campaign = Some(campaign.id);
        }
        if round % EXAMINED == 3 {
            let rows = 3_000;
            let mut file = String::from("phone,name,tags\n");
            for n in self.imported..self.imported + rows {
                file.push_str(&format!("+2784{n:07},New {n},file\n"));
            }
            let job = again(async || {
                let mut upload =
                    service::jobs::Upload::begin(&self.service, &self.caller, "people.csv").await?;
                upload.write(file.as_bytes()).await?;
                upload.finish().await
            })
            .await;
            let columns = again(async || service::jobs::find(&self.service, &self.caller, job).await).await;
            let domain::job::Plan::Import(plan) = columns.plan else { panic!("an import") };
            let form = service::jobs::ImportForm {
                encoding: plan.encoding,
                delimiter: Some(plan.delimiter),
                has_heading: plan.has_heading,
                columns: plan.columns,
                ..service::jobs::ImportForm::default()
            };
            again(async || {
                service::jobs::start_import(&self.service, &self.caller, job, form.clone(), false).await
            })
            .await;
            self.imports.push((job, rows));
            self.imported += rows;
        }
    }

    /// Lets everything come to rest and compares what is stored with what the outside knows.
    async fn examine(&self, orders: &AtomicUsize) {
        self.resting.store(true, Ordering::SeqCst);
        let answered = async {
            while self.oracle.accepted.lock().unwrap().len() < orders.load(Ordering::SeqCst) {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(Duration::from_secs(60), answered).await.expect("every order is answered in the end");
        let settled = async {
            loop {
                self.emulator.idle().await;
                let waiting = self
                    .count("select count(*) from message_out where state in ('pending', 'claimed')")
                    .await;
                let running = match self.campaign {
                    Some(id) => {
                        again(async || service::campaigns::find(&self.service, &self.caller, id).await)
                            .await
                            .state
                            == CampaignState::Running
                    }
                    None => false,
                };
                let mut working = false;
                for (job, _) in &self.imports {
                    let state = again(async || service::jobs::find(&self.service, &self.caller, *job).await)
                        .await
                        .state;
                    working |= state != JobState::Done;
                }
                if waiting == 0 && !running && !working {
                    return;
                }
                sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(Duration::from_secs(180), settled).await.expect("everything comes to rest");
        self.nothing_acknowledged_is_lost().await;
        self.nothing_leaves_after_a_stop();
        self.every_order_left_once().await;
        for (job, rows) in &self.imports {
            let job = again(async || service::jobs::find(&self.service, &self.caller, *job).await).await;
            assert_eq!(job.progress.rows, *rows as u64, "{:?}", job.progress);
        }
        assert_eq!(
            self.count("select count(*) from contact where phone like '+2784%'").await,
            i64::try_from(self.imported).unwrap(),
            "every person of every file, once"
        );
        let verified =
            again(async || service::ledger::verify(&self.service, self.caller.business).await).await;
        assert!(verified.broken.is_none(), "{verified:?}");
        self.counters_equal_a_recount().await;
        if self.database_url.starts_with("sqlite") {
            assert_eq!(self.texts("pragma integrity_check").await, ["ok"]);
        }
        self.resting.store(false, Ordering::SeqCst);
    }

    async fn nothing_acknowledged_is_lost(&self) {
        let stored: HashSet<String> = self.texts("select wamid from message_in").await.into_iter().collect();
        let lost: Vec<String> = self
            .oracle
            .received
            .lock()
            .unwrap()
            .iter()
            .filter(|wamid| !stored.contains(*wamid))
            .cloned()
            .collect();
        assert!(lost.is_empty(), "{} acknowledged messages are not stored: {lost:?}", lost.len());
        let deeds = self.oracle.deeds.lock().unwrap().clone();
        for (person, deeds) in deeds {
            // WhatsApp's times are in seconds: only what nothing of another meaning shares a second with is certain.
            let Some((index, last)) =
                deeds.iter().enumerate().rev().find(|(_, deed)| deed.acked_us.is_some())
            else {
                continue;
            };
            let second = |us: i64| us / 1_000_000;
            let begins = second(last.from_us);
            let doubtful = deeds.iter().enumerate().any(|(other, deed)| {
                deed.stop != last.stop
                    && (other > index || second(deed.acked_us.unwrap_or(deed.from_us)) >= begins)
            });
            if doubtful {
                continue;
            }
            let query = ContactQuery { search: Some(phone(person)), ..ContactQuery::default() };
            let page =
                again(async || service::contacts::list(&self.service, &self.caller, &query).await).await;
            let expected = if last.stop { State::OptedOut } else { State::OptedIn };
            assert_eq!(page.rows[0].state, expected, "person {person}: {deeds:?}");
        }
    }

    /// From the acknowledged STOP until the person writes START.
    fn nothing_leaves_after_a_stop(&self) {
        let mut closed: HashMap<String, Vec<(i64, i64)>> = HashMap::new();
        for (person, deeds) in &*self.oracle.deeds.lock().unwrap() {
            for (index, deed) in deeds.iter().enumerate().filter(|(_, deed)| deed.stop) {
                let Some(acked) = deed.acked_us else { continue };
                let next = deeds[index + 1..].iter().find(|deed| !deed.stop);
                // A START that was sent before may still be on its way.
                let pending = deeds[..index].iter().any(|deed| !deed.stop && deed.acked_us.is_none());
                if !pending {
                    let until = next.map_or(i64::MAX, |deed| deed.from_us);
                    closed.entry(phone(*person)).or_default().push((acked, until));
                }
            }
        }
        for request in self.emulator.requests_after(0) {
            if request.body.pointer("/template/name").is_none_or(|name| name != "spring_sale") {
                continue;
            }
            let to = format!("+{}", request.to.unwrap_or_default().trim_start_matches('+'));
            for (from, until) in closed.get(&to).into_iter().flatten() {
                assert!(
                    !(*from < request.at_us && request.at_us < *until),
                    "an offer reached {to} {} µs after the acknowledged STOP",
                    request.at_us - from
                );
            }
        }
    }

    async fn every_order_left_once(&self) {
        let mut seen: HashMap<String, u32> = HashMap::new();
        for request in self.emulator.requests_after(0) {
            if request.body.pointer("/template/name").is_some_and(|name| name == "order_confirmation") {
                *seen.entry(format!("+{}", request.to.unwrap().trim_start_matches('+'))).or_default() += 1;
            }
        }
        let states: HashMap<String, String> = self
            .pairs("select contact.phone, message_out.state from message_out join contact on contact.id = message_out.contact_id where contact.phone like '+27831%'")
            .await;
        let accepted = self.oracle.accepted.lock().unwrap().clone();
        for order in accepted.keys() {
            let times = seen.get(&receiver(*order)).copied().unwrap_or(0);
            match states.get(&receiver(*order)).map(String::as_str) {
                Some("sent") => assert_eq!(times, 1, "order {order} was sent and seen {times} times"),
                // Whether WhatsApp had it when the server died is not known, and it is not sent again.
                Some("unknown") => assert!(times <= 1, "order {order} is unknown and was seen {times} times"),
                other => panic!("order {order} was accepted and is {other:?}"),
            }
        }
        assert_eq!(states.len(), accepted.len(), "no order twice");
    }

    async fn counters_equal_a_recount(&self) {
        let counted: HashMap<String, i64> = self
            .numbers(
                "select state, cast(sum(n) as bigint) from contact_count group by state having sum(n) <> 0",
            )
            .await;
        let recounted: HashMap<String, i64> = self
            .numbers("select state, count(*) from contact where merged_into is null and erased = false group by state")
            .await;
        assert_eq!(counted, recounted);
    }

    async fn count(&self, sql: &'static str) -> i64 {
        self.rows(sql).await.0.first().map_or(0, |row| row.1.unwrap_or_default())
    }

    async fn texts(&self, sql: &'static str) -> Vec<String> {
        self.rows(sql).await.0.into_iter().map(|row| row.0).collect()
    }

    async fn pairs(&self, sql: &'static str) -> HashMap<String, String> {
        let rows = self.rows(sql).await;
        rows.0.into_iter().zip(rows.1).map(|(first, second)| (first.0, second)).collect()
    }

    async fn numbers(&self, sql: &'static str) -> HashMap<String, i64> {
        let rows = self.rows(sql).await;
        rows.0.into_iter().zip(rows.2).map(|(first, second)| (first.0, second)).collect()
    }

    /// First columns as text and as number, second columns as text, second columns as number.
    async fn rows(&self, sql: &'static str) -> (Vec<(String, Option<i64>)>, Vec<String>, Vec<i64>) {
        macro_rules! read {
            ($connection:ty) => {{
                let mut connection = <$connection>::connect(&self.database_url).await.unwrap();
                let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap();
                connection.close().await.unwrap();
                let mut read = (Vec::new(), Vec::new(), Vec::new());
                for row in rows {
                    let number = row.try_get::<i64, _>(0).ok();
                    read.0.push((row.try_get(0).unwrap_or_default(), number));
                    if row.len() > 1 {
                        read.1.push(row.try_get(1).unwrap_or_default());
                        read.2.push(row.try_get(1).unwrap_or_default());
                    }
                }
                read
            }};
        }
        if self.database_url.starts_with("sqlite") {
            read!(sqlx::SqliteConnection)
        } else {
            read!(sqlx::PgConnection)
        }
    }

    /// Ends every connection the servers have to PostgreSQL, as a restart of it does.
    async fn cut_connections(&self) {
        let mut connection = sqlx::PgConnection::connect(&self.database_url).await.unwrap();
        sqlx::query(
            "select pg_terminate_backend(pid) from pg_stat_activity \
             where datname = current_database() and pid <> pg_backend_pid()",
        )
        .execute(&mut connection)
        .await
        .unwrap();
        connection.close().await.unwrap();
    }
}

/// Sends one order confirmation; the id of the message when it is accepted.
async fn order_confirmation(address: &str, key: &str, order: usize) -> std::io::Result<String> {
    let body = serde_json::json!({
        "to": receiver(order), "kind": "utility", "template": {"name": "order_confirmation", "language": "en"},
    })
    .to_string();
    let mut stream = TcpStream::connect(address).await?;
    let request = format!(
        "POST /api/v1/messages HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\
         idempotency-key: order-{order}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    if !head.starts_with("HTTP/1.1 202") {
        // 409: the same key is still being worked on; 5xx: not now. Anything else is a mistake of this test.
        if head.starts_with("HTTP/1.1 4") && !head.starts_with("HTTP/1.1 409") {
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, body.to_owned()));
        }
        return Err(std::io::Error::other(head.lines().next().unwrap_or_default().to_owned()));
    }
    let json: serde_json::Value = serde_json::from_str(body).map_err(std::io::Error::other)?;
    Ok(json["id"].as_str().unwrap_or_default().to_owned())
}

async fn torture(database_url: String, servers: usize, rounds: u32) {
    let mut world = Torture::begin(database_url).await;
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut addresses = Vec::new();
    let mut running: Vec<Child> = Vec::new();
    for _ in 0..servers {
        let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
        running.push(world.start(&address).await);
        addresses.push(address);
    }
    world.go_to(&addresses[0]);
    let orders = Arc::new(AtomicUsize::new(0));
    let mut clients = world.customers();
    // A key that was on its way when a server died is busy for five seconds: enough clients that others go on.
    clients.extend((0..8).map(|_| world.orders(&orders)));
    for round in 1..=rounds {
        world.keep_busy(round).await;
        sleep(Duration::from_millis(100 + random.below(900))).await;
        let victim = usize::try_from(random.below(servers as u64)).unwrap();
        if servers > 1 && random.below(4) == 0 {
            world.cut_connections().await;
        } else {
            running[victim].kill().await.unwrap();
            if servers > 1 {
                // The other one takes over at once.
                world.go_to(&addresses[(victim + 1) % servers]);
            }
            running[victim] = world.start(&addresses[victim]).await;
        }
        if round % EXAMINED == 0 || round == rounds {
            world.examine(&orders).await;
            println!(
                "round {round}: {} webhooks and {} orders acknowledged, nothing lost",
                world.oracle.received.lock().unwrap().len(),
                world.oracle.accepted.lock().unwrap().len()
            );
        }
    }
    for client in clients {
        client.abort();
    }
    for mut server in running {
        server.kill().await.unwrap();
    }
    assert!(world.oracle.received.lock().unwrap().len() > 20, "the load was none");
    assert!(world.oracle.accepted.lock().unwrap().len() > 20, "the load was none");
}

/// The server under test: another build of it, if one is named.
fn binary() -> String {
    std::env::var("TORTURE_BINARY").unwrap_or_else(|_| env!("CARGO_BIN_EXE_whatscloud").to_owned())
}

/// How many rounds were asked for, or so many.
fn rounds(usual: u32) -> u32 {
    std::env::var("TORTURE_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(usual)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_random_moments_nothing_acknowledged_is_lost_on_sqlite() {
    let world = World::sqlite().await;
    torture(world.database_url.clone(), 1, rounds(25)).await;
}

/// Two servers, one of which is killed, or the connections of both to the database are cut.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_random_moments_nothing_acknowledged_is_lost_on_postgres() {
    let world = World::postgres().await;
    torture(world.database_url.clone(), 2, rounds(25)).await;
}
