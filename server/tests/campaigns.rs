//! Campaigns over the API, against the demo's shop with the emulator as WhatsApp.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop loudly")]

mod support;

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use server::{AppState, demo, router};
use service::auth;
use support::{Answer, Shop, api_request, on_both_engines, send};

on_both_engines!(
    a_campaign_is_written_previewed_launched_and_reported,
    what_is_wrong_with_a_campaign_is_named,
    commands_that_mean_nothing_are_conflicts,
    a_line_of_the_report_can_be_taken_away,
    another_business_sees_none_of_it,
);

/// The demo's shop, listening, so that its emulator can be reached.
struct Demo {
    shop: Shop,
    routes: Router,
}

impl Demo {
    async fn open(shop: Shop) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let emulator = demo::prepare(&shop.service, listener.local_addr().unwrap()).await.unwrap();
        let routes = router(AppState { emulator: Some(emulator), ..shop.state.clone() });
        let served = routes.clone().into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, served).await.unwrap() });
        Self { shop, routes }
    }

    async fn api(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        send(&self.routes, api_request(demo::API_KEY, method, path, body)).await
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.api("GET", path, None).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    async fn create(&self, audience: Value) -> Value {
        let answer = self.api("POST", "/campaigns", Some(campaign(audience))).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()
    }

    async fn tell(&self, id: &str, command: &str) -> Answer {
        self.api("POST", &format!("/campaigns/{id}/{command}"), Some(json!({}))).await
    }

    /// Numbers of so many people in a state.
    async fn numbers(&self, state: &str, count: usize) -> Vec<String> {
        let page = self.get(&format!("/contacts?state={state}&limit={count}")).await;
        let phones =
            page["data"].as_array().unwrap().iter().map(|one| one["phone"].as_str().unwrap().to_owned());
        phones.collect()
    }

    async fn page(&self, path: &str) -> Answer {
        let session =
            auth::log_in(&self.shop.service, demo::EMAIL, demo::PASSWORD, "127.0.0.1".parse().ok()).await;
        let cookie = format!("session={}", session.unwrap().token);
        send(&self.routes, Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap())
            .await
    }
}

fn campaign(audience: Value) -> Value {
    json!({"name": "Spring", "template": {"name": "spring_sale", "language": "en"}, "audience": audience})
}

fn id(campaign: &Value) -> String {
    campaign["id"].as_str().unwrap().to_owned()
}

async fn a_campaign_is_written_previewed_launched_and_reported(shop: Shop) {
    let demo = Demo::open(shop).await;
    let mut numbers = demo.numbers("opted_in", 12).await;
    numbers.extend(demo.numbers("opted_out", 3).await);
    numbers.push("12".into());
    let written = demo.create(json!({"phones": numbers})).await;
    assert_eq!(written["state"], "draft");
    assert_eq!(written["audience"], json!({"list": 15}));
    assert_eq!(written["rejected"][0]["line"], 16);
    assert_eq!(written["rejected"][0]["code"], "no_country_code");
    let id = id(&written);
    let preview = demo.tell(&id, "preview").await.json();
    assert_eq!(preview, json!({"audience": 15, "reachable": 12, "skipped": {"opted_out": 3}}));

    let launched = demo.tell(&id, "launch").await;
    assert_eq!((launched.status.as_u16(), launched.json()["state"].clone()), (200, json!("running")));
    demo.shop.world.dispatch().await.unwrap();
    let report = demo.get(&format!("/campaigns/{id}")).await;
    assert_eq!(report["state"], "finished");
    let counts = &report["counts"];
    assert_eq!(
        (&counts["audience"], &counts["sent"], &counts["pending"]),
        (&json!(15), &json!(12), &json!(0))
    );
    assert_eq!(counts["skipped"], json!({"opted_out": 3}));
    assert_eq!(report["preview_at_launch"], preview);
    assert_eq!(report["after_stop"], json!({"sent": 0, "in_flight": 0}));
    assert_eq!(report["opt_outs"], 0);

    let path = format!("/campaigns/{id}/recipients?outcome=skipped&reason=opted_out&limit=2");
    let first = demo.get(&path).await;
    let next = first["next"].as_str().unwrap();
    let rest = demo.get(&format!("{path}&after={next}")).await;
    assert_eq!((first["data"].as_array().unwrap().len(), rest["data"].as_array().unwrap().len()), (2, 1));
    assert_eq!(rest["next"], Value::Null);
    for row in first["data"].as_array().unwrap() {
        assert_eq!((&row["outcome"], &row["reason"]), (&json!("skipped"), &json!("opted_out")));
        assert!(row["contact_id"].is_string() && row["phone"].is_string() && row["message_id"].is_null());
    }
    let list = demo.get("/campaigns?limit=1").await;
    assert_eq!(list["data"][0]["id"], json!(id));
    let older = demo.get(&format!("/campaigns?after={}", list["next"].as_str().unwrap())).await;
    assert_eq!(older["data"][0]["name"], "Autumn news", "the demo's own");
    assert!(older["data"][0]["counts"]["skipped"]["opted_out"].as_i64().unwrap() > 20);
}

async fn what_is_wrong_with_a_campaign_is_named(shop: Shop) {
    let demo = Demo::open(shop).await;
    let refused = async |body: Value, expected: &[(&str, &str)]| {
        demo.api("POST", "/campaigns", Some(body)).await.refuses(expected);
    };
    let required = [("name", "required"), ("template", "required"), ("audience", "required")];
    refused(json!({}), &required).await;
    refused(campaign(json!({})), &[("audience.all", "required")]).await;
    refused(campaign(json!({"all": false})), &[("audience.all", "required")]).await;
    refused(campaign(json!({"all": true, "tags": ["vip"]})), &[("audience.all", "not_both")]).await;
    refused(
        campaign(json!({"tags": "vip"})),
        &[("audience.tags", "not_a_list"), ("audience.all", "required")],
    )
    .await;
    refused(campaign(json!({"tags": []})), &[("audience.tags", "empty")]).await;
    refused(campaign(json!({"phones": []})), &[("audience.phones", "empty")]).await;
    refused(
        campaign(json!({"everyone": true})),
        &[("audience.all", "required"), ("audience.everyone", "unknown_field")],
    )
    .await;
    let with = |field: &str, value: Value| {
        let mut body = campaign(json!({"all": true}));
        body[field] = value;
        body
    };
    refused(with("schedule_at", json!("2020-01-01T00:00:00Z")), &[("schedule_at", "past")]).await;
    refused(with("schedule_at", json!("tomorrow")), &[("schedule_at", "not_a_time")]).await;
    refused(with("template", json!({"name": "none", "language": "en"})), &[("template", "not_found")]).await;
    refused(with("template", json!({"name": "spring_sale", "language": "de"})), &[("template", "not_found")])
        .await;
    let unknown = json!({"name": "spring_sale", "language": "en", "variables": {"1": "x"}});
    refused(with("template", unknown), &[("template.variables", "unknown")]).await;
    let nobody = id(&demo.create(json!({"tags": ["nobody has this"]})).await);
    demo.tell(&nobody, "launch").await.refuses(&[("audience", "nobody")]);
}

async fn commands_that_mean_nothing_are_conflicts(shop: Shop) {
    let demo = Demo::open(shop).await;
    let numbers = demo.numbers("opted_in", 2).await;
    let id = id(&demo.create(json!({"phones": numbers})).await);
    for command in ["pause", "resume"] {
        let problem = demo.tell(&id, command).await.problem(409, "conflict");
        assert_eq!(problem["detail"], format!("The campaign is draft; there is nothing to {command}."));
    }
    assert_eq!(demo.tell(&id, "launch").await.status, 200);
    assert_eq!(demo.tell(&id, "launch").await.status, 200, "asking twice launches once");
    assert_eq!(demo.tell(&id, "pause").await.json()["pause_reason"], "by_hand");
    assert_eq!(demo.tell(&id, "resume").await.json()["state"], "running");
    let cancelled = demo.tell(&id, "cancel").await.json();
    assert_eq!(cancelled["state"], "cancelled");
    for command in ["launch", "pause", "resume"] {
        demo.tell(&id, command).await.problem(409, "conflict");
    }
    for path in ["/campaigns/none", "/campaigns/cmp_0199c2d47a5b7c3e8f1a2b3c4d5e6f75"] {
        demo.api("GET", path, None).await.problem(404, "not-found");
        demo.api("POST", &format!("{path}/launch"), Some(json!({}))).await.problem(404, "not-found");
    }
}

async fn a_line_of_the_report_can_be_taken_away(shop: Shop) {
    let demo = Demo::open(shop).await;
    let campaign = demo.get("/campaigns").await["data"][0].clone();
    let path = format!("/campaigns/{}/recipients.csv", id(&campaign));
    let skipped = demo.page(&format!("{path}?outcome=skipped&reason=opted_out")).await;
    assert_eq!(skipped.status, 200);
    assert_eq!(skipped.header(header::CONTENT_TYPE), "text/csv; charset=utf-8");
    let text = skipped.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "contact_id,name,phone,outcome,reason,error_code,at,message_id");
    let count = campaign["counts"]["skipped"]["opted_out"].as_u64().unwrap();
    assert_eq!(lines.len() as u64, count + 1);
    assert!(lines[1..].iter().all(|line| line.contains(",skipped,opted_out,")), "{}", lines[1]);
    let everybody = demo.page(&path).await.text().lines().count() as u64;
    assert_eq!(everybody, campaign["counts"]["audience"].as_u64().unwrap() + 1);
    assert_eq!(demo.page(&format!("{path}?outcome=lost")).await.status, 400);
    let stranger = send(&demo.routes, Request::get(&path).body(Body::empty()).unwrap()).await;
    assert_eq!((stranger.status.as_u16(), stranger.header(header::LOCATION)), (303, "/login"));
}

async fn another_business_sees_none_of_it(shop: Shop) {
    let demo = Demo::open(shop).await;
    let numbers = demo.numbers("opted_in", 2).await;
    let id = id(&demo.create(json!({"phones": numbers})).await);
    let other = async |method: &str, path: String| {
        send(&demo.routes, api_request(&demo.shop.other_key, method, &path, Some(json!({})))).await
    };
    for (method, path) in server::api::keyed_paths() {
        let Some(path) = path.strip_prefix("/api/v1").filter(|path| path.starts_with("/campaigns/")) else {
            continue;
        };
        other(method.as_str(), path.replace("{id}", &id)).await.problem(404, "not-found");
    }
    assert_eq!(other("GET", "/campaigns".into()).await.json(), json!({"data": [], "next": null}));
    let cookie = demo.shop.cookie().await;
    let path = format!("/campaigns/{id}/recipients.csv");
    let csv =
        send(&demo.routes, Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap())
            .await;
    assert_eq!(csv.status, 404);
}
