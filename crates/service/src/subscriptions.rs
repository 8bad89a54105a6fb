//! Webhooks of ours: other systems of a business hear what happens here (R57), signed as Standard Webhooks describe.
//!
//! What is told is written in the transaction that makes it true, and sent afterwards until the receiver says 2xx: nothing that
//! happened is lost, and nothing is told that did not happen. A receiver may get a delivery twice, with the same `webhook-id`.

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::audit::Action;
use domain::id::{BusinessId, ContactId, DeliveryId, SubscriptionId};
use domain::role::Right;
use domain::subscription::{DeliveryState, EventType, LoggedDelivery, Subscription, retry_after};
use domain::time::{Span, Timestamp};
use futures::future::join_all;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use store::Tx;
use store::subscription::{DueDelivery, NewDelivery};
use tokio_util::sync::CancellationToken;

use crate::audit;
use crate::clock::random;
use crate::{Caller, Error, Service, task};

/// What a secret begins with.
const SECRET_PREFIX: &str = "whsec_";
/// Longest address.
const URL_LIMIT: usize = 2_000;
/// Most subscriptions of a business.
const MOST: usize = 10;
/// Lines of the log that are shown.
const LOG: i64 = 50;
/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// While a delivery is being sent, nobody else sends it; if this process dies, somebody does after this time.
const LEASE: Span = Span::seconds(60);
/// Deliveries at a time.
const BATCH: i64 = 32;
/// How often it is looked whether something is due that nobody said anything about.
const LOOK: Duration = Duration::from_secs(2);
/// How long the log is kept.
pub(crate) const KEPT: Span = Span::days(30);

/// Something that happened.
pub(crate) struct Happened {
    pub(crate) event: EventType,
    pub(crate) contact: Option<ContactId>,
    pub(crate) at: Timestamp,
    pub(crate) data: Value,
}

/// Writes down what is to be told. In the transaction in which it happens.
pub(crate) async fn tell(
    service: &Service,
    tx: &mut Tx,
    business: BusinessId,
    happened: impl IntoIterator<Item = Happened>,
) -> Result<(), Error> {
    let mut happened = happened.into_iter().peekable();
    if happened.peek().is_none() {
        return Ok(());
    }
    let subscriptions = store::subscription::list_subscriptions(tx, business).await?;
    let mut deliveries = Vec::new();
    for one in happened {
        let wants = |subscription: &&Subscription| {
            subscription.stopped.is_none() && subscription.events.contains(&one.event)
        };
        for subscription in subscriptions.iter().filter(wants) {
            let body = json!({
                "type": one.event.as_str(),
                "timestamp": one.at.to_string(),
                "data": one.data,
            });
            deliveries.push(NewDelivery {
                id: DeliveryId::from_uuid(service.clock.uuid()),
                business,
                subscription: subscription.id,
                contact: one.contact,
                event: one.event,
                body: body.to_string(),
            });
        }
    }
    store::subscription::insert_deliveries(tx, &deliveries, service.now()).await?;
    if !deliveries.is_empty() {
        service.deliveries.notify_one();
    }
    Ok(())
}

/// The subscriptions of the caller's business.
///
/// # Errors
/// When the caller may not administer.
pub async fn list(service: &Service, caller: &Caller) -> Result<Vec<Subscription>, Error> {
    caller.may(Right::Administer)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        Ok(store::subscription::list_subscriptions(&mut service.db.read().await?, business).await?)
    })
    .await
}

/// Subscribes an address; returns the secret by which it knows us, which is shown this once.
///
/// # Errors
/// [`Error::Invalid`] naming `url` or `events`.
pub async fn add(
    service: &Service,
    caller: &Caller,
    url: &str,
    events: Vec<EventType>,
) -> Result<(SubscriptionId, String), Error> {
    caller.may(Right::Administer)?;
    let url = checked(url)?;
    if events.is_empty() {
        return Err(Error::invalid("events", "empty"));
    }
    let secret = format!("{SECRET_PREFIX}{}", STANDARD.encode(random::<24>()));
    let (service, caller) = (service.clone(), caller.clone());
    let business = caller.business;
    task(async move {
        let id = SubscriptionId::from_uuid(service.clock.uuid());
        let sealed = service.key.seal(&place(id), &secret)?;
        let mut tx = service.db.write().await?;
        if store::subscription::list_subscriptions(&mut tx, business).await?.len() >= MOST {
            return Err(Error::invalid("url", "too_many"));
        }
        let subscription = Subscription { id, url, events, created_at: service.now(), stopped: None };
        store::subscription::insert_subscription(&mut tx, business, &subscription, &sealed).await?;
        audit::note(&service, &mut tx, &caller, Action::WebhookAdded, id).await?;
        tx.commit().await?;
        Ok((id, secret))
    })
    .await
}

/// Takes a subscription away, with what still waits for it.
///
/// # Errors
/// [`Error::NotFound`] when the caller's business has no such subscription.
pub async fn remove(service: &Service, caller: &Caller, id: SubscriptionId) -> Result<(), Error> {
    caller.may(Right::Administer)?;
    let (service, caller) = (service.clone(), caller.clone());
    task(async move {
        let mut tx = service.db.write().await?;
        if !store::subscription::delete_subscription(&mut tx, caller.business, id).await? {
            return Err(Error::NotFound);
        }
        audit::note(&service, &mut tx, &caller, Action::WebhookRemoved, id).await?;
        Ok(tx.commit().await?)
    })
    .await
}

/// The last deliveries to a subscription, newest first.
///
/// # Errors
/// When the caller may not administer.
pub async fn log(
    service: &Service,
    caller: &Caller,
    id: SubscriptionId,
) -> Result<Vec<LoggedDelivery>, Error> {
    caller.may(Right::Administer)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        Ok(store::subscription::list_deliveries(&mut service.db.read().await?, business, id, LOG).await?)
    })
    .await
}

/// Delivers something again.
///
/// # Errors
/// [`Error::NotFound`] when the caller's business has no such delivery.
pub async fn replay(service: &Service, caller: &Caller, id: DeliveryId) -> Result<(), Error> {
    caller.may(Right::Administer)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let mut tx = service.db.write().await?;
        if !store::subscription::replay_delivery(&mut tx, business, id, service.now()).await? {
            return Err(Error::NotFound);
        }
        tx.commit().await?;
        service.deliveries.notify_one();
        Ok(())
    })
    .await
}

/// An address that may be subscribed: https, or http to this machine, where nobody listens in.
fn checked(url: &str) -> Result<String, Error> {
    let url = url.trim();
    let wrong = |code| Err(Error::invalid("url", code));
    if url.is_empty() {
        return wrong("empty");
    }
    if url.len() > URL_LIMIT {
        return wrong("too_long");
    }
    let Ok(parsed) = reqwest::Url::parse(url) else { return wrong("malformed") };
    let here = matches!(parsed.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let secret_in_it = !parsed.username().is_empty() || parsed.password().is_some();
    match parsed.scheme() {
        _ if secret_in_it => wrong("malformed"),
        "https" => Ok(parsed.into()),
        "http" if here => Ok(parsed.into()),
        _ => wrong("not_https"),
    }
}

fn place(id: SubscriptionId) -> String {
    format!("subscription:{id}")
}

/// The client for deliveries. Not WhatsApp's: these go to addresses that people typed.
pub(crate) fn client() -> Result<reqwest::Client, Error> {
    reqwest::Client::builder()
        .user_agent(concat!("whatscloud/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(5))
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .build()
        .map_err(|error| Error::Internal(error.into()))
}

/// Delivers what is due until it is stopped.
pub(crate) async fn run(service: Service, stop: CancellationToken) {
    loop {
        match deliver(&service).await {
            Ok(count) if count > 0 => {
                if stop.is_cancelled() {
                    return;
                }
                continue;
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(?error, "deliveries will be tried again"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = service.deliveries.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Tries what is due; says how much that was.
pub(crate) async fn deliver(service: &Service) -> Result<usize, Error> {
    let reading = service.clone();
    let due = task(async move {
        let now = reading.now();
        let mut tx = reading.db.write().await?;
        let due = store::subscription::claim_deliveries(&mut tx, now, now + LEASE, BATCH).await?;
        if due.is_empty() {
            return Ok((due, HashMap::new()));
        }
        let mut destinations = HashMap::new();
        for one in &due {
            let id = SubscriptionId::from_uuid(one.subscription_id);
            if let Some(found) = store::subscription::find_destination(&mut tx, id).await? {
                destinations.insert(id, found);
            }
        }
        tx.commit().await?;
        Ok((due, destinations))
    });
    let (due, destinations) = due.await?;
    let attempts = due.iter().map(|one| async {
        match destinations.get(&SubscriptionId::from_uuid(one.subscription_id)) {
            Some((url, sealed)) => attempt(service, one, url, sealed).await,
            // Taken away just now, with its deliveries.
            None => Err("no_subscription"),
        }
    });
    for (one, outcome) in due.iter().zip(join_all(attempts).await) {
        settle(service, one, outcome).await?;
    }
    Ok(due.len())
}

/// What a receiver answered, or why it did not.
type Outcome = Result<u16, &'static str>;

async fn attempt(service: &Service, one: &DueDelivery, url: &str, sealed: &[u8]) -> Outcome {
    let id = DeliveryId::from_uuid(one.id);
    let subscription = SubscriptionId::from_uuid(one.subscription_id);
    let secret = service.key.open(&place(subscription), sealed).map_err(|_| "no_secret")?;
    let now = service.now().seconds();
    let signature = sign(&secret, id, now, &one.body).map_err(|_| "no_secret")?;
    let request = service
        .http
        .post(url)
        .header("content-type", "application/json")
        .header("webhook-id", id.to_string())
        .header("webhook-timestamp", now.to_string())
        .header("webhook-signature", signature)
        .body(one.body.clone());
    match request.send().await {
        Ok(response) => Ok(response.status().as_u16()),
        Err(error) if error.is_builder() => Err("not_requestable"),
        Err(error) if error.is_timeout() => Err("timeout"),
        Err(_) => Err("no_connection"),
    }
}

/// `v1,` and the base64 of an HMAC-SHA256 over `id.timestamp.body` (Standard Webhooks 1.0).
fn sign(secret: &str, id: DeliveryId, seconds: i64, body: &str) -> Result<String, Error> {
    let internal =
        |error: &dyn std::fmt::Display| Error::Internal(anyhow::anyhow!("signing failed: {error}"));
    let key = STANDARD.decode(secret.trim_start_matches(SECRET_PREFIX)).map_err(|error| internal(&error))?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|error| internal(&error))?;
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

async fn settle(service: &Service, one: &DueDelivery, outcome: Outcome) -> Result<(), Error> {
    let (service, one) = (service.clone(), one.clone());
    task(async move {
        let now = service.now();
        let id = DeliveryId::from_uuid(one.id);
        let mut tx = service.db.write().await?;
        let next = retry_after(one.attempts).map(|wait| now + wait);
        let (status, error) = match outcome {
            Ok(status) => (Some(i64::from(status)), None),
            Err(error) => (None, Some(error)),
        };
        let state = match (outcome, next) {
            (Ok(200..=299), _) => DeliveryState::Delivered,
            // Gone says that nobody will ever listen there again.
            (Ok(410), _) | (_, None) => DeliveryState::Failed,
            (_, Some(_)) => DeliveryState::Waiting,
        };
        let next = next.filter(|_| state == DeliveryState::Waiting);
        store::subscription::settle_delivery(&mut tx, id, state, status, error, next, now).await?;
        if outcome == Ok(410) {
            let subscription = SubscriptionId::from_uuid(one.subscription_id);
            store::subscription::stop_subscription(&mut tx, subscription, "gone", now).await?;
        }
        Ok(tx.commit().await?)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_https_or_here() {
        assert!(checked(" https://shop.example/hooks ").is_ok());
        assert!(checked("http://127.0.0.1:9000/hooks").is_ok());
        for (url, code) in [
            ("", "empty"),
            ("shop.example", "malformed"),
            ("http://shop.example/hooks", "not_https"),
            ("ftp://shop.example", "not_https"),
            ("https://user:pass@shop.example/", "malformed"),
        ] {
            let Err(Error::Invalid(found)) = checked(url) else { panic!("{url}") };
            assert_eq!(found[0].code, code, "{url}");
        }
    }

    #[test]
    fn a_signature_is_the_one_standard_webhooks_describe() {
        let secret = format!("{SECRET_PREFIX}{}", STANDARD.encode([7; 24]));
        let id = DeliveryId::from_uuid(uuid::Uuid::nil());
        let mut mac = Hmac::<Sha256>::new_from_slice(&[7; 24]).unwrap();
        mac.update(format!("{id}.1700000000.{{}}").as_bytes());
        let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        assert_eq!(sign(&secret, id, 1_700_000_000, "{}").unwrap(), expected);
        assert_ne!(sign(&secret, id, 1_700_000_001, "{}").unwrap(), expected);
    }
}
