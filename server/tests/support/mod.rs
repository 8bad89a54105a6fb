//! A server in-process: the router on a fresh database, two businesses, keys of both scopes.
#![expect(dead_code, reason = "every test file uses a part of it")]

use std::net::SocketAddr;
use std::path::PathBuf;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use domain::id::BusinessId;
use domain::role::Role;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http_body_util::BodyExt as _;
use serde_json::Value;
use server::config::PublicUrl;
use server::site::SiteFiles;
use server::{AppState, router};
use service::Service;
use service::auth::{self, ApiKeyScope};
use service::connections::{self, NewConnection, Secret};
use service::testing::World;
use sha2::Sha256;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// Runs each test on both engines.
macro_rules! on_both_engines {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $test() {
                super::$test(crate::support::Shop::on_sqlite().await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $test() {
                super::$test(crate::support::Shop::on_postgres().await).await;
            })+
        }
    };
}
pub(crate) use on_both_engines;

pub const APP_SECRET: &str = "app-secret-of-the-tests";
pub const VERIFY_TOKEN: &str = "verify-token-of-the-tests";
pub const EMAIL: &str = "owner@shop.test";
pub const PASSWORD: &str = "correct horse battery";
pub const PHONE_NUMBER_ID: &str = "100000000000001";

/// The server and what a test needs to talk to it.
pub struct Shop {
    pub world: World,
    pub service: Service,
    pub state: AppState,
    pub routes: Router,
    pub business: BusinessId,
    pub other_business: BusinessId,
    pub write_key: String,
    pub read_key: String,
    pub other_key: String,
    site: tempfile::TempDir,
}

/// An answer with its whole body.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a text"))
    }

    /// Asserts a problem document of this status and kind, and returns it.
    pub fn problem(&self, status: u16, kind: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header(header::CONTENT_TYPE), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["type"], format!("/api/problems/{kind}"), "{problem}");
        assert_eq!(problem["status"], status);
        assert!(problem["title"].is_string() && problem["detail"].is_string(), "{problem}");
        problem
    }

    /// Asserts a 422 that names exactly these fields with these codes.
    pub fn refuses(&self, expected: &[(&str, &str)]) {
        let problem = self.problem(422, "invalid");
        let found: Vec<(&str, &str)> = problem["errors"]
            .as_array()
            .expect("errors")
            .iter()
            .map(|error| (error["field"].as_str().unwrap_or(""), error["code"].as_str().unwrap_or("")))
            .collect();
        assert_eq!(found, expected);
    }
}

impl Shop {
    pub async fn on_sqlite() -> Self {
        Self::in_world(World::sqlite().await).await
    }

    pub async fn on_postgres() -> Self {
        Self::in_world(World::postgres().await).await
    }

    async fn in_world(world: World) -> Self {
        let service = world.service.clone();
        let business = service::business::create(&service, "Test Shop", Some("shop")).await.unwrap();
        let other_business = service::business::create(&service, "Other Shop", Some("other")).await.unwrap();
        connect(&service, business, "shop", APP_SECRET).await;
        auth::create_user(&service, business, EMAIL, Role::Owner, PASSWORD).await.unwrap();
        let key = |business, scope| {
            let service = service.clone();
            async move { auth::create_api_key(&service, business, "tests", scope).await.unwrap().1 }
        };
        let (write_key, read_key) =
            (key(business, ApiKeyScope::Write).await, key(business, ApiKeyScope::Read).await);
        let other_key = key(other_business, ApiKeyScope::Write).await;

        let site = tempfile::tempdir().unwrap();
        let state = AppState {
            service: service.clone(),
            site: site_files(site.path()).into(),
            public_url: "http://localhost".parse::<PublicUrl>().unwrap(),
            metrics_token: None,
            emulator: None,
            stopping: CancellationToken::new(),
        };
        let routes = router(state.clone());
        Self { world, service, state, routes, business, other_business, write_key, read_key, other_key, site }
    }

    /// Connects another number with an app secret of its own.
    pub async fn connect(&self, handle: &str, app_secret: &str) {
        connect(&self.service, self.business, handle, app_secret).await;
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        send(&self.routes, request).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// A request to the API with the write key.
    pub async fn api(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.api_as(&self.write_key, method, path, body).await
    }

    pub async fn api_as(&self, key: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.send(api_request(key, method, path, body)).await
    }

    /// Makes a contact and returns its id.
    pub async fn contact(&self, phone: &str) -> String {
        let answer = self.api("POST", "/contacts", Some(serde_json::json!({"phone": phone}))).await;
        assert!(answer.status.is_success(), "{}", answer.text());
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    /// Delivers a webhook with the right signature.
    pub async fn deliver(&self, body: impl Into<Bytes>) -> Answer {
        let body = body.into();
        let signature = sign(APP_SECRET, &body);
        self.deliver_signed(body, Some(&signature)).await
    }

    pub async fn deliver_signed(&self, body: impl Into<Bytes>, signature: Option<&str>) -> Answer {
        self.send(webhook("shop", body.into(), signature)).await
    }

    /// A customer writes.
    pub async fn customer_writes(&self, from: &str, wamid: &str, words: &str) -> Answer {
        let seconds = self.service.now().seconds();
        let body = serde_json::json!({"object": "whatsapp_business_account", "entry": [{"id": "200000000000001",
            "changes": [{"field": "messages", "value": {"messaging_product": "whatsapp",
                "metadata": {"display_phone_number": "15550100001", "phone_number_id": PHONE_NUMBER_ID},
                "contacts": [{"profile": {"name": "Ana"}, "wa_id": from}],
                "messages": [{"from": from, "id": wamid, "timestamp": seconds.to_string(), "type": "text",
                    "text": {"body": words}}]}}]}]});
        self.deliver(body.to_string()).await
    }

    /// Signs in and returns the cookie.
    pub async fn cookie(&self) -> String {
        let session = auth::log_in(&self.service, EMAIL, PASSWORD, "127.0.0.1".parse().ok()).await.unwrap();
        format!("session={}", session.token)
    }
}

async fn connect(service: &Service, business: BusinessId, handle: &str, app_secret: &str) {
    let connection = NewConnection {
        business,
        handle: Some(handle.to_owned()),
        phone_number_id: PHONE_NUMBER_ID.to_owned(),
        waba_id: "200000000000001".to_owned(),
        display_number: "+1 555 010 0001".to_owned(),
        access_token: Secret::new("token"),
        app_secret: Secret::new(app_secret),
        verify_token: Secret::new(VERIFY_TOKEN),
        // Nothing listens there: what leaves is not the subject of these tests.
        graph_url: Some("http://127.0.0.1:9/emulator".to_owned()),
        messages_per_second: None,
    };
    connections::add(service, connection).await.unwrap();
}

pub async fn send(routes: &Router, mut request: Request<Body>) -> Answer {
    let peer: SocketAddr = "203.0.113.7:4711".parse().unwrap();
    if request.extensions().get::<ConnectInfo<SocketAddr>>().is_none() {
        request.extensions_mut().insert(ConnectInfo(peer));
    }
    if !request.headers().contains_key(header::HOST) {
        request.headers_mut().insert(header::HOST, "localhost".parse().unwrap());
    }
    let response = routes.clone().oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answer { status: head.status, headers: head.headers, body }
}

pub fn api_request(key: &str, method: &str, path: &str, body: Option<Value>) -> Request<Body> {
    let method: Method = method.parse().unwrap();
    let builder = Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {key}"));
    match body {
        Some(body) => builder
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .unwrap(),
        None => builder.body(Body::empty()).unwrap(),
    }
}

pub fn webhook(connection: &str, body: Bytes, signature: Option<&str>) -> Request<Body> {
    let mut builder = Request::post(format!("/webhooks/whatsapp/{connection}"));
    if let Some(signature) = signature {
        builder = builder.header("x-hub-signature-256", signature);
    }
    builder.body(Body::from(body)).unwrap()
}

pub fn sign(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

/// The folder of shared fixtures, when this checkout has it.
pub fn fixtures() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/fixtures");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: the shared fixtures are not there");
    None
}

/// Every JSON file below a folder, in a fixed order.
pub fn json_files(folder: &std::path::Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(json_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    files
}

#[cfg(feature = "embed")]
fn site_files(_: &std::path::Path) -> SiteFiles {
    SiteFiles::embedded()
}

/// A site of a few small files.
#[cfg(not(feature = "embed"))]
fn site_files(folder: &std::path::Path) -> SiteFiles {
    let manifest = r#"{"js": "/pkg/app.0a1b2c3d.js", "wasm": "/pkg/app.0a1b2c3d.wasm", "css": "/pkg/app.0a1b2c3d.css",
        "lab_js": "/pkg/lab.0a1b2c3d.js", "lab_wasm": "/pkg/lab.0a1b2c3d.wasm"}"#;
    std::fs::create_dir(folder.join("pkg")).unwrap();
    for (name, content) in [
        ("manifest.json", manifest),
        ("pkg/app.0a1b2c3d.js", "export {}"),
        ("pkg/app.0a1b2c3d.js.br", "as brotli"),
        ("pkg/app.0a1b2c3d.js.gz", "as gzip"),
        ("pkg/favicon.svg", "<svg/>"),
    ] {
        std::fs::write(folder.join(name), content).unwrap();
    }
    SiteFiles::in_directory(folder.to_owned())
}
