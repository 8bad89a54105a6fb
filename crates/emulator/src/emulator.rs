//! The emulator's state and what a program can do with it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, watch};

use crate::config::{Config, Webhook};
use crate::faults::{Faults, Mischief};
use crate::ids::Ids;
use crate::limits::Throughput;
use crate::media::Media;
use crate::number;
use crate::people::{Conversation, Customer, People};
use crate::request_log::{LoggedRequest, RequestLog};
use crate::templates::{TemplateStatus, Templates};
use crate::webhook::{Courier, Lane};

/// Plays Meta's Cloud API for one business number. Clones share everything.
#[derive(Clone)]
pub struct Emulator {
    inner: Arc<Inner>,
}

struct Inner {
    config: Config,
    business_digits: String,
    ids: Ids,
    webhook: RwLock<Option<Webhook>>,
    mischief: RwLock<Arc<Mischief>>,
    people: Mutex<People>,
    throughput: Mutex<Throughput>,
    log: Mutex<RequestLog>,
    templates: RwLock<Templates>,
    media: Mutex<Media>,
    courier: Courier,
    customer_slots: Semaphore,
    status_slots: Semaphore,
    epoch: watch::Sender<u64>,
    pending: Arc<Undone>,
}

#[derive(Default)]
struct Undone {
    count: AtomicUsize,
    none_left: Notify,
}

/// Something is still to be delivered as long as this lives.
pub(crate) struct Pending(Arc<Undone>);

impl Drop for Pending {
    fn drop(&mut self) {
        if self.0.count.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.none_left.notify_waiters();
        }
    }
}

/// The time between two resets. What was under way when the emulator was reset must not show up afterwards.
#[derive(Clone)]
pub(crate) struct Epoch(watch::Receiver<u64>);

impl Epoch {
    /// Waits; false when the emulator was reset meanwhile.
    pub(crate) async fn sleep(&mut self, duration: Duration) -> bool {
        if duration.is_zero() {
            return self.lasts();
        }
        tokio::select! {
            () = tokio::time::sleep(duration) => self.lasts(),
            _ = self.0.changed() => false,
        }
    }

    /// Whether the emulator has not been reset since.
    pub(crate) fn lasts(&self) -> bool {
        matches!(self.0.has_changed(), Ok(false))
    }
}

impl Emulator {
    /// An emulator with the two demo templates, nobody known and no faults.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let concurrency = config.webhook_concurrency.clamp(1, Semaphore::MAX_PERMITS);
        let ids = Ids::new();
        Self {
            inner: Arc::new(Inner {
                business_digits: number::digits(&config.display_number),
                webhook: RwLock::new(config.webhook.clone()),
                mischief: RwLock::default(),
                people: Mutex::new(People::new(config.kept_messages)),
                throughput: Mutex::default(),
                log: Mutex::new(RequestLog::new(config.kept_requests)),
                templates: RwLock::new(Templates::preloaded(&ids)),
                media: Mutex::default(),
                courier: Courier::default(),
                customer_slots: Semaphore::new(concurrency),
                status_slots: Semaphore::new(concurrency),
                epoch: watch::Sender::new(0),
                pending: Arc::default(),
                ids,
                config,
            }),
        }
    }

    /// The settings it was started with.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// Sends webhooks to `url` from now on, signed with `app_secret`.
    pub fn set_webhook(&self, url: impl Into<String>, app_secret: impl Into<String>) {
        let webhook = Webhook { url: url.into(), app_secret: app_secret.into() };
        *self.inner.webhook.write().unwrap_or_else(PoisonError::into_inner) = Some(webhook);
    }

    /// The send requests with a number above `n`, oldest first.
    #[must_use]
    pub fn requests_after(&self, n: u64) -> Vec<LoggedRequest> {
        self.log().after(n, usize::MAX)
    }

    /// Replaces all faults; the default clears them.
    pub fn set_faults(&self, faults: Faults) {
        let unknown =
            faults.unknown_numbers.iter().filter_map(|number| self.person_key(number).ok()).collect();
        let mischief = Arc::new(Mischief::new(faults, unknown));
        *self.inner.mischief.write().unwrap_or_else(PoisonError::into_inner) = mischief;
    }

    /// Sets the state of a template in one language without telling the webhook; false when there is none.
    pub fn set_template_status(&self, name: &str, language: &str, status: TemplateStatus) -> bool {
        self.inner
            .templates
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .set_status(name, language, status)
            .is_some()
    }

    /// The messages between the business and one customer (a number or a user id), if they ever met.
    #[must_use]
    pub fn conversation(&self, customer: &str) -> Option<Conversation> {
        let key = self.person_key(customer).ok()?;
        self.people().conversation(&key)
    }

    /// Everybody the business has exchanged messages with, the latest first.
    #[must_use]
    pub fn customers(&self) -> Vec<Customer> {
        self.people().customers()
    }

    /// Returns when no status, no webhook and no repetition of a webhook is left to deliver.
    pub async fn idle(&self) {
        let undone = &self.inner.pending;
        loop {
            let none_left = undone.none_left.notified();
            tokio::pin!(none_left);
            none_left.as_mut().enable();
            if undone.count.load(Ordering::Acquire) == 0 {
                return;
            }
            none_left.await;
        }
    }

    /// Forgets everything but its configuration and webhook, and drops what was still to be delivered.
    pub fn reset(&self) {
        let inner = &*self.inner;
        inner.epoch.send_modify(|epoch| *epoch += 1);
        self.set_faults(Faults::default());
        *self.people() = People::new(inner.config.kept_messages);
        *self.throughput() = Throughput::default();
        *self.log() = RequestLog::new(inner.config.kept_requests);
        *self.media() = Media::default();
        *inner.templates.write().unwrap_or_else(PoisonError::into_inner) = Templates::preloaded(&inner.ids);
    }

    pub(crate) fn business_digits(&self) -> &str {
        &self.inner.business_digits
    }

    pub(crate) fn ids(&self) -> &Ids {
        &self.inner.ids
    }

    pub(crate) fn webhook(&self) -> Option<Webhook> {
        self.inner.webhook.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn mischief(&self) -> Arc<Mischief> {
        self.inner.mischief.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn people(&self) -> MutexGuard<'_, People> {
        self.inner.people.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn throughput(&self) -> MutexGuard<'_, Throughput> {
        self.inner.throughput.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, RequestLog> {
        self.inner.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn media(&self) -> MutexGuard<'_, Media> {
        self.inner.media.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn templates(&self) -> &RwLock<Templates> {
        &self.inner.templates
    }

    pub(crate) fn courier(&self) -> &Courier {
        &self.inner.courier
    }

    pub(crate) fn slots(&self, lane: Lane) -> &Semaphore {
        match lane {
            Lane::Customer => &self.inner.customer_slots,
            Lane::Status => &self.inner.status_slots,
        }
    }

    pub(crate) fn epoch(&self) -> Epoch {
        Epoch(self.inner.epoch.subscribe())
    }

    pub(crate) fn pending(&self) -> Pending {
        self.inner.pending.count.fetch_add(1, Ordering::AcqRel);
        Pending(self.inner.pending.clone())
    }

    pub(crate) fn pending_count(&self) -> usize {
        self.inner.pending.count.load(Ordering::Relaxed)
    }

    /// The key a customer is filed under: the `wa_id`, or the user id of somebody whose number was never seen.
    pub(crate) fn person_key(&self, customer: &str) -> Result<String, &'static str> {
        if crate::people::is_user_id(customer) {
            return Ok(self.people().key_of_user_id(customer).unwrap_or_else(|| customer.to_owned()));
        }
        self.wa_id(customer)
    }

    /// The `wa_id` of a number as it was written.
    pub(crate) fn wa_id(&self, written: &str) -> Result<String, &'static str> {
        let digits = number::international(written, &self.inner.business_digits)?;
        Ok(if self.inner.config.regional_wa_ids { number::regional_wa_id(&digits) } else { digits })
    }
}
