//! The demo: what it starts with, and that it is started once.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop loudly")]

mod support;

use axum::Router;
use axum::http::header;
use serde_json::Value;
use server::{AppState, demo, router};
use service::testing::World;
use service::{auth, business, ledger};
use support::{Shop, api_request, on_both_engines, send};

on_both_engines!(
    a_shop_with_a_thousand_people_of_whom_fifty_opted_out,
    a_demo_that_is_there_is_used_as_it_is
);

async fn prepare(world: &World, shop: &Shop) -> Router {
    let address = "127.0.0.1:3999".parse().unwrap();
    let emulator = demo::prepare(&world.service, address).await.unwrap();
    router(AppState { emulator: Some(emulator), ..shop.state.clone() })
}

async fn get(routes: &Router, path: &str) -> Value {
    let answer = send(routes, api_request(demo::API_KEY, "GET", path, None)).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

async fn count(routes: &Router, state: &str) -> usize {
    let (mut count, mut after) = (0, String::new());
    loop {
        let page = get(routes, &format!("/contacts?limit=200&state={state}{after}")).await;
        count += page["data"].as_array().map_or(0, Vec::len);
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return count,
        }
    }
}

async fn a_shop_with_a_thousand_people_of_whom_fifty_opted_out(shop: Shop) {
    let routes = prepare(&shop.world, &shop).await;
    for (state, expected) in
        [("opted_in", 950), ("opted_out", 50), ("unknown", 0), ("pending", 0), ("held", 0)]
    {
        assert_eq!(count(&routes, state).await, expected, "{state}");
    }
    let templates = get(&routes, "/templates").await;
    let names: Vec<&str> =
        templates["data"].as_array().unwrap().iter().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(names, ["order_confirmation", "spring_sale"]);

    let session =
        auth::log_in(&shop.service, demo::EMAIL, demo::PASSWORD, "127.0.0.1".parse().ok()).await.unwrap();
    let signed_in = auth::signed_in(&shop.service, &session.token).await.unwrap().unwrap();
    assert_eq!((signed_in.business_name.as_str(), signed_in.demo), (demo::BUSINESS_NAME, true));

    let demo_business = business::find(&shop.service, "demo").await.unwrap().unwrap();
    let verified = ledger::verify(&shop.service, demo_business).await.unwrap();
    assert!(verified.broken.is_none() && verified.events >= 1_050, "{verified:?}");

    let phone =
        send(&routes, axum::http::Request::get("/emulator").body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(phone.status, 200, "{}", phone.text());
    assert!(phone.header(header::CONTENT_SECURITY_POLICY).contains("frame-ancestors 'self'"));
}

async fn a_demo_that_is_there_is_used_as_it_is(shop: Shop) {
    let routes = prepare(&shop.world, &shop).await;
    let change = serde_json::json!({"phone": "+15550100123", "name": "New"});
    assert_eq!(
        send(&routes, api_request(demo::API_KEY, "POST", "/contacts", Some(change))).await.status,
        201
    );
    let routes = prepare(&shop.world, &shop).await;
    assert_eq!(count(&routes, "unknown").await, 1);
    assert_eq!(count(&routes, "opted_in").await, 950);
}
