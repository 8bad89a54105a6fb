//! Faults on demand.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize};

use crate::graph_error::{GraphError, described};

/// What shall go wrong, and how often. Rates are probabilities from 0 to 1; `true` means 1. The default is nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Start of the pseudo-random sequence: the same seed and order of requests give the same faults.
    pub seed: u64,
    /// Wait before every answer to a send; the message has been processed by then.
    pub latency_ms: u64,
    /// Sends refused with an error code, not processed.
    pub errors: Vec<ErrorFault>,
    /// Sends answered with a bare HTTP status.
    pub http: Vec<HttpFault>,
    /// Messages that are accepted and then fail with a `failed` status.
    pub failed_statuses: Vec<ErrorFault>,
    /// The message is processed, then the connection is closed without an answer.
    #[serde(deserialize_with = "rate")]
    pub accept_then_drop: f64,
    /// The connection is closed before the message is processed.
    #[serde(deserialize_with = "rate")]
    pub reset: f64,
    /// The message is processed, the answer is 200 with a body that is not JSON.
    #[serde(deserialize_with = "rate")]
    pub bad_json: f64,
    /// Each status webhook of the message is delivered twice.
    #[serde(deserialize_with = "rate")]
    pub duplicate_statuses: f64,
    /// The statuses of the message are delivered as read, delivered, sent.
    #[serde(deserialize_with = "rate")]
    pub reorder_statuses: f64,
    /// The message gets no status webhook at all.
    #[serde(deserialize_with = "rate")]
    pub lost_statuses: f64,
    /// Numbers that are not on WhatsApp (131026).
    pub unknown_numbers: Vec<String>,
    /// Whether unknown numbers are accepted first and fail by status, instead of being refused.
    pub unknown_numbers_by_status: bool,
    /// Every token is refused as expired.
    pub expired_token: bool,
}

/// An error code and how often it happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorFault {
    /// The code in Meta's table.
    pub code: u32,
    /// Probability from 0 to 1.
    #[serde(default = "always", deserialize_with = "rate")]
    pub rate: f64,
    /// HTTP status instead of the documented one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
}

/// A bare HTTP status and how often it happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpFault {
    /// Such as 500 or 503.
    pub status: u16,
    /// Probability from 0 to 1.
    #[serde(default = "always", deserialize_with = "rate")]
    pub rate: f64,
    /// Whether the message was processed all the same.
    #[serde(default)]
    pub processed: bool,
}

fn always() -> f64 {
    1.0
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Rate {
    Switch(bool),
    Number(f64),
}

fn rate<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    match Rate::deserialize(deserializer)? {
        Rate::Switch(on) => Ok(f64::from(u8::from(on))),
        Rate::Number(number) if (0.0..=1.0).contains(&number) => Ok(number),
        Rate::Number(number) => {
            Err(serde::de::Error::custom(format!("a rate is between 0 and 1, not {number}")))
        }
    }
}

/// The faults in force, with their random sequence.
#[derive(Default)]
pub(crate) struct Mischief {
    pub(crate) faults: Faults,
    /// The keys of the people behind [`Faults::unknown_numbers`].
    pub(crate) unknown: HashSet<String>,
    draws: AtomicU64,
}

/// What happens to one send.
#[derive(Default)]
pub(crate) struct Fate {
    pub(crate) latency: Duration,
    pub(crate) reset: bool,
    pub(crate) refusal: Option<GraphError>,
    pub(crate) answer: Answer,
    pub(crate) statuses: StatusFate,
}

/// How a processed send is answered.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    #[default]
    Properly,
    Dropped,
    BadJson,
    Status(StatusCode),
}

/// What happens to the statuses of one message.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct StatusFate {
    pub(crate) failed: Option<u32>,
    pub(crate) twice: bool,
    pub(crate) reversed: bool,
    pub(crate) lost: bool,
}

impl Mischief {
    pub(crate) fn new(faults: Faults, unknown: HashSet<String>) -> Self {
        Self { faults, unknown, draws: AtomicU64::new(0) }
    }

    /// True with the probability `rate`.
    fn strikes(&self, rate: f64) -> bool {
        if rate <= 0.0 {
            return false;
        }
        // SplitMix64: one addition under concurrency, then a mixing function.
        let draw = self.draws.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        let mut z = self.faults.seed.wrapping_add(draw.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        let bits = u32::try_from(z >> 32).unwrap_or_default();
        f64::from(bits) / (f64::from(u32::MAX) + 1.0) < rate
    }

    /// Decides about the next send.
    pub(crate) fn decide(&self) -> Fate {
        let faults = &self.faults;
        let mut fate = Fate { latency: Duration::from_millis(faults.latency_ms), ..Fate::default() };
        if self.strikes(faults.reset) {
            fate.reset = true;
            return fate;
        }
        fate.refusal = faults.errors.iter().find(|error| self.strikes(error.rate)).map(|error| {
            let refusal = GraphError::new(error.code);
            match error.http_status.and_then(|status| StatusCode::from_u16(status).ok()) {
                Some(status) => refusal.with_status(status),
                None => refusal,
            }
        });
        if let Some(http) = faults.http.iter().find(|http| self.strikes(http.rate)) {
            let status = StatusCode::from_u16(http.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            if http.processed {
                fate.answer = Answer::Status(status);
            } else if fate.refusal.is_none() {
                let code = if described(131_016).0 == status { 131_016 } else { 131_000 };
                fate.refusal = Some(GraphError::new(code).with_status(status));
            }
        }
        if self.strikes(faults.accept_then_drop) {
            fate.answer = Answer::Dropped;
        } else if self.strikes(faults.bad_json) {
            fate.answer = Answer::BadJson;
        }
        fate.statuses = StatusFate {
            failed: faults
                .failed_statuses
                .iter()
                .find(|error| self.strikes(error.rate))
                .map(|error| error.code),
            twice: self.strikes(faults.duplicate_statuses),
            reversed: self.strikes(faults.reorder_statuses),
            lost: self.strikes(faults.lost_statuses),
        };
        fate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strikes(seed: u64, rate: f64) -> Vec<bool> {
        let mischief = Mischief::new(Faults { seed, ..Faults::default() }, HashSet::new());
        (0..10_000).map(|_| mischief.strikes(rate)).collect()
    }

    #[test]
    fn rates_are_kept_and_seeds_repeat() {
        let struck = strikes(7, 0.2).iter().filter(|hit| **hit).count();
        assert!((1850..2150).contains(&struck), "{struck} of 10,000 at a rate of 0.2");
        assert_eq!(strikes(7, 0.2), strikes(7, 0.2));
        assert_ne!(strikes(7, 0.2), strikes(8, 0.2));
        assert!(strikes(1, 1.0).iter().all(|hit| *hit));
        assert!(!strikes(1, 0.0).iter().any(|hit| *hit));
    }

    #[test]
    fn faults_are_read_strictly() {
        let faults: Faults = serde_json::from_str(
            r#"{"errors":[{"code":130429,"rate":0.2}],"http":[{"status":503}],"duplicate_statuses":true}"#,
        )
        .unwrap();
        assert_eq!(faults.errors[0].rate, 0.2);
        assert_eq!((faults.http[0].rate, faults.http[0].processed), (1.0, false));
        assert_eq!(faults.duplicate_statuses, 1.0);
        for wrong in [
            r#"{"acept_then_drop":1}"#,
            r#"{"reset":2}"#,
            r#"{"reset":"often"}"#,
            r#"{"errors":[{"rate":1}]}"#,
        ] {
            assert!(serde_json::from_str::<Faults>(wrong).is_err(), "{wrong}");
        }
    }
}
