//! What other systems of the business hear (R57): signed, until they have it, and nothing of another business.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::role::Role;
use domain::subscription::{DeliveryState, EventType};
use domain::time::Span;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use service::{Error, erasure, subscriptions};
use sha2::Sha256;

use crate::shop::{Shop, problems, za};

/// Another system: what it was told, and what it answers.
#[derive(Clone, Default)]
struct Receiver {
    heard: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
    answers: Arc<Mutex<Vec<u16>>>,
}

impl Receiver {
    /// Listens; what it answers is taken from the end, 200 when nothing is left.
    async fn listen(answers: &[u16]) -> (Self, String) {
        let receiver = Self::default();
        *receiver.answers.lock().unwrap() = answers.iter().rev().copied().collect();
        let seen = receiver.clone();
        let route = Router::new().route(
            "/hooks",
            post(move |headers: HeaderMap, body: Bytes| async move {
                seen.heard.lock().unwrap().push((headers, body));
                StatusCode::from_u16(seen.answers.lock().unwrap().pop().unwrap_or(200)).unwrap()
            }),
        );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, route).await.unwrap() });
        (receiver, url)
    }

    fn types(&self) -> Vec<String> {
        let body = |body: &Bytes| serde_json::from_slice::<Value>(body).unwrap();
        self.heard
            .lock()
            .unwrap()
            .iter()
            .map(|(_, raw)| body(raw)["type"].as_str().unwrap().to_owned())
            .collect()
    }

    fn last(&self) -> (HeaderMap, Value, Bytes) {
        let (headers, raw) = self.heard.lock().unwrap().last().unwrap().clone();
        (headers, serde_json::from_slice(&raw).unwrap(), raw)
    }
}

async fn subscribe(shop: &Shop, url: &str, events: &[EventType]) -> (domain::id::SubscriptionId, String) {
    subscriptions::add(shop.service(), &shop.owner, url, events.to_vec()).await.unwrap()
}

rules! {
    async fn r57_a_stop_is_told_to_other_systems_and_signed(shop) {
        let (receiver, url) = Receiver::listen(&[]).await;
        let (_, secret) = subscribe(shop, &url, &[EventType::ContactOptedOut]).await;
        let id = shop.subscriber(&za(1)).await;
        shop.says(&za(1), "STOP").await;
        shop.world.deliver().await.unwrap();
        assert_eq!(receiver.types(), ["contact.opted_out"], "the opt-in was not asked for");
        let (headers, body, raw) = receiver.last();
        assert_eq!(body["data"]["contact_id"], id.to_string());
        assert_eq!(body["data"]["phone"], za(1));
        assert_eq!(body["data"]["previous"], "opted_in");
        let header = |name: &str| headers[name].to_str().unwrap().to_owned();
        let signed = format!("{}.{}.{}", header("webhook-id"), header("webhook-timestamp"), std::str::from_utf8(&raw).unwrap());
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(signed.as_bytes());
        let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        assert_eq!(header("webhook-signature"), expected);
        assert_eq!(shop.world.deliver().await.unwrap(), 0, "told once");
    }

    async fn what_is_not_taken_is_tried_again_with_the_same_id(shop) {
        let (receiver, url) = Receiver::listen(&[500, 503]).await;
        let (id, _) = subscribe(shop, &url, &[EventType::MessageReceived]).await;
        shop.says(&za(1), "hello").await;
        shop.world.deliver().await.unwrap();
        assert_eq!(shop.world.deliver().await.unwrap(), 0, "not at once");
        shop.advance(Span::seconds(5));
        shop.world.deliver().await.unwrap();
        shop.advance(Span::minutes(5));
        shop.world.deliver().await.unwrap();
        let ids: Vec<_> = receiver.heard.lock().unwrap().iter().map(|(headers, _)| headers["webhook-id"].clone()).collect();
        assert_eq!(ids.len(), 3);
        assert!(ids.iter().all(|one| *one == ids[0]));
        let log = subscriptions::log(shop.service(), &shop.owner, id).await.unwrap();
        assert_eq!((log[0].state, log[0].attempts, log[0].status), (DeliveryState::Delivered, 3, Some(200)));
        subscriptions::replay(shop.service(), &shop.owner, log[0].id).await.unwrap();
        shop.world.deliver().await.unwrap();
        assert_eq!(receiver.types().len(), 4, "and again when asked");
    }

    async fn nobody_listens_and_it_is_given_up_after_ten_attempts(shop) {
        let (id, _) = subscribe(shop, "http://127.0.0.1:9/nobody", &[EventType::MessageReceived]).await;
        shop.says(&za(1), "hello").await;
        for _ in 0..12 {
            shop.world.deliver().await.unwrap();
            shop.advance(Span::hours(25));
        }
        let log = subscriptions::log(shop.service(), &shop.owner, id).await.unwrap();
        assert_eq!((log[0].state, log[0].attempts), (DeliveryState::Failed, 10));
        assert_eq!(log[0].error.as_deref(), Some("no_connection"));
    }

    async fn gone_stops_a_subscription(shop) {
        let (receiver, url) = Receiver::listen(&[410]).await;
        subscribe(shop, &url, &[EventType::MessageReceived]).await;
        shop.says(&za(1), "hello").await;
        shop.world.deliver().await.unwrap();
        shop.says(&za(1), "hello again").await;
        shop.world.deliver().await.unwrap();
        assert_eq!(receiver.types().len(), 1);
        let found = subscriptions::list(shop.service(), &shop.owner).await.unwrap();
        assert_eq!(found[0].stopped.as_ref().map(|(_, why)| why.as_str()), Some("gone"));
    }

    async fn statuses_and_the_end_of_a_campaign_are_told(shop) {
        let (receiver, url) = Receiver::listen(&[]).await;
        subscribe(shop, &url, &EventType::ALL).await;
        let id = shop.subscriber(&za(1)).await;
        shop.utility(id).await.unwrap();
        shop.dispatch().await;
        while shop.world.deliver().await.unwrap() > 0 {}
        let types = receiver.types();
        assert!(types.contains(&"contact.opted_in".to_owned()) && types.contains(&"message.status".to_owned()), "{types:?}");
    }

    async fn r57_an_erasure_is_told_without_the_person_and_takes_what_waits_along(shop) {
        let (receiver, url) = Receiver::listen(&[]).await;
        subscribe(shop, &url, &[EventType::MessageReceived, EventType::ContactErased]).await;
        let id = shop.stranger(&za(1)).await;
        shop.says(&za(1), "a secret").await;
        erasure::erase(shop.service(), &shop.owner, id).await.unwrap();
        shop.world.deliver().await.unwrap();
        assert_eq!(receiver.types(), ["contact.erased"]);
        let (_, body, raw) = receiver.last();
        assert_eq!(body["data"], serde_json::json!({ "contact_id": id.to_string() }));
        assert!(!String::from_utf8_lossy(&raw).contains(&za(1)[1..]));
    }

    async fn subscriptions_are_of_one_business_and_its_admins(shop) {
        let (receiver, url) = Receiver::listen(&[]).await;
        let business = shop.world.business("Other").await.unwrap();
        let stranger = shop.world.caller(business, Role::Owner);
        let (id, _) = subscriptions::add(shop.service(), &stranger, &url, EventType::ALL.to_vec()).await.unwrap();
        shop.says(&za(1), "hello").await;
        assert_eq!(shop.world.deliver().await.unwrap(), 0);
        assert!(receiver.types().is_empty());
        assert!(subscriptions::list(shop.service(), &shop.owner).await.unwrap().is_empty());
        assert!(matches!(subscriptions::remove(shop.service(), &shop.owner, id).await, Err(Error::NotFound)));
        assert!(subscriptions::log(shop.service(), &shop.owner, id).await.unwrap().is_empty());
        let agent = shop.someone(Role::Agent);
        let refused = subscriptions::add(shop.service(), &agent, &url, EventType::ALL.to_vec()).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))));
        let nothing = subscriptions::add(shop.service(), &shop.owner, &url, Vec::new()).await;
        assert_eq!(problems(nothing), [("events", "empty")]);
        let plain = subscriptions::add(shop.service(), &shop.owner, "http://shop.example/", vec![EventType::ContactHeld]).await;
        assert_eq!(problems(plain), [("url", "not_https")]);
    }
}
