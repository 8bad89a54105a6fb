//! Webhooks: their bytes, their signature, their delivery.

use std::fmt::Write as _;
use std::sync::OnceLock;
use std::time::Duration;

use axum::body::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::Emulator;
use crate::config::Webhook;
use crate::emulator::{Epoch, Pending};

/// The lane a webhook travels in: statuses in any number must not hold up what customers write.
#[derive(Clone, Copy)]
pub(crate) enum Lane {
    Customer,
    Status,
}

/// JSON as Meta writes it: everything outside ASCII as `\uXXXX` in lowercase hex, `/` as `\/`.
pub(crate) fn escaped(value: &Value) -> Bytes {
    let plain = value.to_string();
    let mut text = String::with_capacity(plain.len() + plain.len() / 8);
    let mut units = [0; 2];
    for c in plain.chars() {
        match c {
            // Outside strings JSON has no slash, so escaping every one is safe.
            '/' => text.push_str("\\/"),
            c if c.is_ascii() => text.push(c),
            c => {
                for unit in c.encode_utf16(&mut units) {
                    // Writing to a String cannot fail.
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
    }
    Bytes::from(text)
}

/// The value of `X-Hub-Signature-256` for exactly these bytes.
#[must_use]
pub fn sign(app_secret: &str, body: &[u8]) -> String {
    match Hmac::<Sha256>::new_from_slice(app_secret.as_bytes()) {
        Ok(mut mac) => {
            mac.update(body);
            format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
        }
        // HMAC takes keys of every length.
        Err(_) => String::new(),
    }
}

/// The HTTP client of webhooks; built at the first delivery.
#[derive(Default)]
pub(crate) struct Courier {
    client: OnceLock<Option<reqwest::Client>>,
}

impl Courier {
    fn client(&self, timeout: Duration) -> Option<&reqwest::Client> {
        self.client
            .get_or_init(|| {
                // Fails when the process has chosen a provider already, which is as good.
                let _ = rustls::crypto::ring::default_provider().install_default();
                reqwest::Client::builder()
                    .timeout(timeout)
                    .redirect(reqwest::redirect::Policy::none())
                    .no_proxy()
                    .tcp_nodelay(true)
                    .pool_max_idle_per_host(256)
                    .build()
                    .inspect_err(|error| tracing::error!(%error, "no HTTP client for webhooks"))
                    .ok()
            })
            .as_ref()
    }
}

impl Emulator {
    /// The envelope of one change of a field.
    pub(crate) fn envelope(&self, field: &str, value: Value) -> Bytes {
        escaped(&json!({
            "object": "whatsapp_business_account",
            "entry": [{ "id": self.config().waba_id, "changes": [{ "value": value, "field": field }] }],
        }))
    }

    /// The `metadata` every value of a number's fields carries.
    pub(crate) fn metadata(&self) -> Value {
        json!({
            "display_phone_number": self.business_digits(),
            "phone_number_id": self.config().phone_number_id,
        })
    }

    /// Delivers a webhook and says how it was answered; 0 is no answer, or no webhook set. What was not answered 200
    /// is delivered again later, byte for byte; `pending` stays alive until then.
    pub(crate) async fn deliver(&self, body: Bytes, lane: Lane, epoch: Epoch, pending: Pending) -> u16 {
        let Some(webhook) = self.webhook() else { return 0 };
        let signature = sign(&webhook.app_secret, &body);
        let status = self.attempt(&webhook, &signature, body.clone(), lane).await;
        if status != 200 {
            let emulator = self.clone();
            tokio::spawn(async move {
                emulator.redeliver(&webhook, &signature, body, lane, epoch).await;
                drop(pending);
            });
        }
        status
    }

    async fn redeliver(&self, webhook: &Webhook, signature: &str, body: Bytes, lane: Lane, mut epoch: Epoch) {
        for wait in self.config().webhook_retries.clone() {
            if !epoch.sleep(wait).await {
                return;
            }
            if self.attempt(webhook, signature, body.clone(), lane).await == 200 {
                return;
            }
        }
        tracing::warn!(bytes = body.len(), "webhook given up: never answered 200");
    }

    async fn attempt(&self, webhook: &Webhook, signature: &str, body: Bytes, lane: Lane) -> u16 {
        let Some(client) = self.courier().client(self.config().webhook_timeout) else { return 0 };
        // The semaphores are never closed; without a permit the attempt is merely not counted.
        let _slot = self.slots(lane).acquire().await.ok();
        let answer = client
            .post(&webhook.url)
            .header("content-type", "application/json")
            .header("user-agent", "facebookexternalua")
            .header("x-hub-signature-256", signature)
            .body(body)
            .send()
            .await;
        match answer {
            Ok(response) => {
                let status = response.status().as_u16();
                // Reading to the end lets the connection be used again.
                if let Err(error) = response.bytes().await {
                    tracing::debug!(%error, "webhook answer broke off");
                }
                status
            }
            Err(error) => {
                tracing::debug!(%error, "webhook not answered");
                0
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_match_vectors_made_with_another_implementation() {
        for (secret, body, signature) in [
            (
                "key",
                "The quick brown fox jumps over the lazy dog",
                "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8",
            ),
            (
                "Jefe",
                "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            ("", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
        ] {
            assert_eq!(sign(secret, body.as_bytes()), format!("sha256={signature}"));
        }
    }

    #[test]
    fn json_is_escaped_like_meta_does_and_means_the_same() {
        let value = json!({"text": "café 👍 a/b \"q\" \n", "ключ": "שלום"});
        let bytes = escaped(&value);
        let text = std::str::from_utf8(&bytes).unwrap();
        assert!(text.is_ascii());
        assert!(text.contains(r"caf\u00e9 \ud83d\udc4d a\/b"), "{text}");
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), value);
    }
}
