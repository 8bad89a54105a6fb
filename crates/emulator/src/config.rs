//! What the emulator is told at its start.

use std::fmt;
use std::time::Duration;

use crate::Clock;

/// Settings of an [`Emulator`](crate::Emulator). The default is the demo business.
#[derive(Clone)]
pub struct Config {
    /// The one business phone number there is, as Graph node id.
    pub phone_number_id: String,
    /// The WhatsApp Business Account that owns the number and the templates.
    pub waba_id: String,
    /// The number as people read it, with country code, such as `+1 555 010 0001`.
    pub display_number: String,
    /// The business's name in the chat.
    pub verified_name: String,
    /// The bearer token that is accepted; `None` accepts any non-empty one.
    pub access_token: Option<String>,
    /// Where webhooks go; `None` drops them.
    pub webhook: Option<Webhook>,
    /// Messages accepted in any second, after which 130429 is answered; 0 means no limit.
    pub messages_per_second: u32,
    /// The limit on messages to one customer (131056); `None` means no limit.
    pub pair_limit: Option<PairLimit>,
    /// When the statuses of a message happen.
    pub status_delay: Delay,
    /// The waits before each further attempt to deliver a webhook that was not answered 200; when they are used up,
    /// the webhook is dropped.
    pub webhook_retries: Vec<Duration>,
    /// How long a webhook may take to be answered.
    pub webhook_timeout: Duration,
    /// Webhooks in flight at once, statuses and customer messages counted separately.
    pub webhook_concurrency: usize,
    /// Rewrite numbers of Brazil, Mexico and Argentina as WhatsApp does, so that a `wa_id` can differ from the number
    /// written to.
    pub regional_wa_ids: bool,
    /// Requests kept for [`requests_after`](crate::Emulator::requests_after); older ones are forgotten.
    pub kept_requests: usize,
    /// Messages kept for conversations, all customers together; older ones are forgotten.
    pub kept_messages: usize,
    /// The clock of timestamps and of the 24-hour window.
    pub clock: Clock,
}

/// The business's webhook.
#[derive(Clone)]
pub struct Webhook {
    /// Absolute `http:` or `https:` address.
    pub url: String,
    /// Key of the `X-Hub-Signature-256` header.
    pub app_secret: String,
}

/// How long after acceptance each status happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delay {
    /// Until `sent` (or `failed`).
    pub sent: Duration,
    /// Until `delivered`.
    pub delivered: Duration,
    /// Until `read`.
    pub read: Duration,
}

impl Delay {
    /// Everything at once.
    pub const NONE: Self = Self { sent: Duration::ZERO, delivered: Duration::ZERO, read: Duration::ZERO };
}

impl Default for Delay {
    fn default() -> Self {
        Self {
            sent: Duration::from_millis(150),
            delivered: Duration::from_millis(400),
            read: Duration::from_millis(1500),
        }
    }
}

/// One message an interval to one customer, with bursts that borrow from the future.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairLimit {
    /// Messages that may be sent without any wait.
    pub burst: u32,
    /// Time after which one more may be sent.
    pub interval: Duration,
}

impl Default for PairLimit {
    fn default() -> Self {
        Self { burst: 45, interval: Duration::from_secs(6) }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            phone_number_id: "100000000000001".to_owned(),
            waba_id: "200000000000001".to_owned(),
            display_number: "+1 555 010 0001".to_owned(),
            verified_name: "Demo Shop".to_owned(),
            access_token: None,
            webhook: None,
            messages_per_second: 80,
            pair_limit: Some(PairLimit::default()),
            status_delay: Delay::default(),
            webhook_retries: [1, 2, 4, 8, 16, 32, 60, 120, 300, 600, 1200, 3600]
                .map(Duration::from_secs)
                .to_vec(),
            webhook_timeout: Duration::from_secs(10),
            webhook_concurrency: 64,
            regional_wa_ids: false,
            kept_requests: 200_000,
            kept_messages: 100_000,
            clock: Clock::system(),
        }
    }
}

impl Config {
    /// The demo business without waits: statuses at once, quick retries, no throughput limit.
    #[must_use]
    pub fn immediate() -> Self {
        Self {
            messages_per_second: 0,
            status_delay: Delay::NONE,
            webhook_retries: [10, 20, 40, 80].map(Duration::from_millis).to_vec(),
            ..Self::default()
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("phone_number_id", &self.phone_number_id)
            .field("waba_id", &self.waba_id)
            .field("webhook", &self.webhook)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("url", &self.url).finish_non_exhaustive()
    }
}
