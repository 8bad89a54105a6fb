//! The dispatcher of one number.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::id::{BusinessId, ConnectionId, ContactId};
use domain::inbound::Delivery;
use domain::live::LiveEvent;
use domain::outbound::SendState;
use domain::time::{Span, Timestamp};
use store::Engine;
use store::connection::Connection;
use store::outbox::{Progress, Settled};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use whatsapp::client::{Outcome, Outgoing, Sender};

use super::campaign;
use super::decide::{Ready, decide_again, still_stands};
use super::limiter::Limiter;
use super::outcome::{PAUSE, Revoked, Sent, settle};
use crate::metrics::Metrics;
use crate::revocation::Moment;
use crate::{Error, Service, task};

/// Claimed at once: few, so that little is unsure after a crash.
const CLAIM: usize = 64;
/// Most sends in flight.
const IN_FLIGHT: usize = 256;
/// How long a lease on a number lasts.
const LEASE: Span = Span::seconds(30);
/// A turn ends after this, so that the lease is renewed and the connection read again.
const TURN: Duration = Duration::from_secs(5);
/// How long to wait before settling is tried again; doubled each time.
const SETTLE_AGAIN: Duration = Duration::from_millis(50);
/// The longest such wait; after it what is not settled counts as unknown.
const SETTLE_GIVE_UP: Duration = Duration::from_secs(8);
/// A lease with less than this left is renewed.
const HALF_LEASE: Span = Span::seconds(15);

#[derive(Debug)]
pub(super) struct Dispatcher {
    service: Service,
    id: ConnectionId,
    limiter: Option<(i64, Limiter)>,
    /// Whether claims of a dead predecessor were taken care of.
    took_over: bool,
    /// Until when the number is ours, on PostgreSQL.
    leased_until: Timestamp,
}

impl Dispatcher {
    pub(super) const fn new(service: Service, id: ConnectionId) -> Self {
        Self { service, id, limiter: None, took_over: false, leased_until: Timestamp::from_micros(0) }
    }

    /// Sends what is due until nothing is, until its time is over, or until it is told to stop; what is in flight is always
    /// settled. Says whether more may be due.
    pub(super) async fn turn(&mut self, stop: &CancellationToken) -> Result<bool, Error> {
        let result = self.send_due(stop).await;
        if result.is_err() {
            // Messages may have stayed claimed; the next turn takes care of them as after a crash.
            self.took_over = false;
        }
        result
    }

    async fn send_due(&mut self, stop: &CancellationToken) -> Result<bool, Error> {
        let Some(connection) = self.take_number().await? else { return Ok(false) };
        if connection.paused_until.is_some_and(|until| until > self.service.now()) {
            return Ok(false);
        }
        let started = Instant::now();
        let sender = Arc::new(crate::templates::sender_of(&self.service, &connection)?);
        let limiter = self.limiter(connection.messages_per_second);
        let width =
            usize::try_from(connection.messages_per_second / 2).unwrap_or(IN_FLIGHT).clamp(8, IN_FLIGHT);
        let mut sending: JoinSet<Sent> = JoinSet::new();
        let (mut more, mut paused, mut failure) = (true, false, None);
        loop {
            let over = paused || failure.is_some() || stop.is_cancelled() || started.elapsed() > TURN;
            if more && !over && sending.len() < width {
                let moment = self.service.revocations.moment();
                let room = CLAIM.min(width - sending.len());
                // What is in flight is settled even if nothing more can be claimed.
                let (ready, claimed) = self.claim(room).await.unwrap_or_else(|error| {
                    failure = Some(error);
                    (Vec::new(), 0)
                });
                more = claimed > 0;
                for one in ready {
                    sending.spawn(send(self.service.clone(), sender.clone(), limiter.clone(), moment, one));
                }
                if more && sending.is_empty() {
                    continue;
                }
            }
            let Some(first) = sending.join_next().await else { break };
            let mut finished = Vec::with_capacity(sending.len() + 1);
            let mut take = |result: Result<Sent, tokio::task::JoinError>| match result {
                Ok(sent) => finished.push(sent),
                // The message stays claimed and becomes unknown at the next start: its bytes may have left.
                Err(error) => tracing::error!(%error, "a send panicked"),
            };
            take(first);
            while let Some(result) = sending.try_join_next() {
                take(result);
            }
            // What was revoked is due again at once; and with its last message settled a campaign is finished.
            let campaign_rests =
                sending.is_empty() && finished.iter().any(|sent| sent.claimed.campaign.is_some());
            if campaign_rests || finished.iter().any(|sent| sent.result.is_err()) {
                more = true;
            }
            paused |= self.settle_surely(finished).await?;
        }
        match failure {
            Some(error) => Err(error),
            None => Ok(more && !paused),
        }
    }

    /// The connection, when this process is the one that dispatches for it.
    async fn take_number(&mut self) -> Result<Option<Connection>, Error> {
        let (service, id) = (self.service.clone(), self.id);
        let now = service.now();
        // SQLite has one process by design. A lease is renewed half-way, so that an idle server hardly writes.
        let is_postgres = service.db.engine() == Engine::Postgres;
        let needs_lease = is_postgres && (!self.took_over || self.leased_until - now < HALF_LEASE);
        let first = !self.took_over;
        if needs_lease {
            self.leased_until = now + LEASE;
        }
        let found = task(async move {
            if !needs_lease && !first {
                return Ok(store::connection::find_connection(&mut service.db.read().await?, id).await?);
            }
            let mut tx = service.db.write().await?;
            if needs_lease && !store::connection::take_lease(&mut tx, id, service.holder, now, now + LEASE).await? {
                return Ok(None);
            }
            if first {
                let abandoned = store::outbox::abandon_claims(&mut tx, id).await?;
                if abandoned > 0 {
                    tracing::warn!(connection.id = %id, messages = abandoned, "sends of a stopped process have no known outcome");
                }
            }
            let connection = store::connection::find_connection(&mut tx, id).await?;
            tx.commit().await?;
            Ok(connection)
        })
        .await?;
        // Whoever loses the lease may have to clean up again when it comes back.
        self.took_over = found.is_some();
        Ok(found)
    }

    fn limiter(&mut self, per_second: i64) -> Limiter {
        match &self.limiter {
            Some((known, limiter)) if *known == per_second => limiter.clone(),
            _ => self.limiter.insert((per_second, Limiter::per_second(per_second))).1.clone(),
        }
    }

    /// Claims the next messages and decides about each again; those that may not leave are settled in the same commit.
    async fn claim(&self, room: usize) -> Result<(Vec<Ready>, usize), Error> {
        let (service, id) = (self.service.clone(), self.id);
        task(async move {
            let now = service.now();
            let active = {
                // A look first: taking the writer to find nothing would cost every idle second a turn.
                let mut tx = service.db.read().await?;
                let active = store::campaign::list_active(&mut tx, id, now).await?;
                let due = store::outbox::next_due(&mut tx, id).await?.is_some_and(|due| due <= now);
                if active.is_empty() && !due {
                    return Ok((Vec::new(), 0));
                }
                active
            };
            let mut tx = service.db.write().await?;
            let claimed =
                store::outbox::claim_messages(&mut tx, id, now, i64::try_from(room).unwrap_or(1)).await?;
            let mut count = claimed.len();
            let (mut ready, mut skipped) = decide_again(&service, &mut tx, claimed, now).await?;
            store::outbox::settle_messages(&mut tx, &skipped, now).await?;
            let mut changed = Vec::new();
            for stored in active {
                if ready.len() >= room {
                    break;
                }
                let turns = campaign::take_turns(&service, &mut tx, &stored, room - ready.len(), now).await?;
                if turns.progress > 0 {
                    changed.push((stored.business, stored.campaign.id));
                }
                count += turns.progress;
                ready.extend(turns.ready);
                skipped.extend(turns.skipped);
            }
            tx.commit().await?;
            Metrics::add(&service.metrics.skipped, skipped.len());
            for (business, campaign) in changed {
                service.live.publish(business, vec![LiveEvent::CampaignChanged { campaign }]);
            }
            Ok((ready, count))
        })
        .await
    }

    /// Writes down what became of sends, through a moment without the database: a message whose outcome is known here would
    /// have an unknown one otherwise.
    async fn settle_surely(&self, finished: Vec<Sent>) -> Result<bool, Error> {
        let finished = Arc::new(finished);
        let mut wait = SETTLE_AGAIN;
        loop {
            match self.settle(finished.clone()).await {
                Err(error) if wait <= SETTLE_GIVE_UP => {
                    tracing::warn!(connection.id = %self.id, ?error, "what became of messages is written down again");
                    tokio::time::sleep(wait).await;
                    wait *= 2;
                }
                result => return result,
            }
        }
    }

    /// Writes down what became of sends; says whether the number has to rest.
    async fn settle(&self, finished: Arc<Vec<Sent>>) -> Result<bool, Error> {
        let (service, id) = (self.service.clone(), self.id);
        task(async move {
            let now = service.now();
            let mut tx = service.db.write().await?;
            let mut settled = Vec::with_capacity(finished.len());
            let mut pause = None;
            let mut stopped: Vec<(BusinessId, ContactId, Timestamp)> = Vec::new();
            let mut unreachable = Vec::new();
            let mut wamids = HashMap::new();
            let mut resting = HashMap::new();
            for sent in finished.iter() {
                let (row, consequence) = settle(sent, now);
                pause = pause.or(consequence.pause);
                if let (Some(reason), Some(campaign)) = (consequence.campaign, sent.claimed.campaign) {
                    resting.insert(campaign, reason);
                }
                if consequence.native_stop {
                    stopped.push((sent.claimed.business, sent.claimed.contact, now));
                }
                if consequence.unreachable {
                    unreachable.push(sent.claimed.contact);
                }
                if let Some(wamid) = &row.wamid {
                    wamids.insert(wamid.clone(), sent);
                }
                settled.push(row);
            }
            // In one order everywhere, so that this and a batch of statuses seldom wait for each other.
            settled.sort_by_key(|row| row.id);
            store::outbox::settle_messages(&mut tx, &settled, now).await?;
            // Statuses may have been faster than this commit.
            let asked: Vec<String> = wamids.keys().cloned().collect();
            let mut progress: HashMap<_, Progress> = HashMap::new();
            for parked in store::outbox::take_parked(&mut tx, &asked).await? {
                let Some(sent) = wamids.get(&parked.wamid) else { continue };
                if parked.delivery == Delivery::Failed && parked.error_code == Some(crate::ingest::NATIVE_STOP) {
                    stopped.push((sent.claimed.business, sent.claimed.contact, parked.at));
                }
                let further = progress.get(&sent.claimed.id).is_none_or(|known| known.delivery < parked.delivery);
                if further {
                    let (wamid, error_code) = (parked.wamid, parked.error_code);
                    let id = sent.claimed.id;
                    progress.insert(id, Progress { id, delivery: parked.delivery, at: parked.at, wamid, error_code });
                }
            }
            let progress: Vec<Progress> = progress.into_values().collect();
            store::outbox::advance_messages(&mut tx, &progress).await?;
            let failed = |one: &&Progress| one.error_code == Some(crate::unreachable::UNDELIVERABLE);
            let by_status: HashSet<_> = progress.iter().filter(failed).map(|one| one.id).collect();
            unreachable.extend(
                finished
                    .iter()
                    .filter(|sent| by_status.contains(&sent.claimed.id))
                    .map(|sent| sent.claimed.contact),
            );
            unreachable.sort_unstable();
            unreachable.dedup();
            let unreachable = crate::unreachable::mark(&mut tx, &unreachable).await?;
            for (business, contact, at) in &stopped {
                crate::consent::record_native_stop(&service, &mut tx, *business, *contact, *at).await?;
            }
            for (campaign, reason) in resting {
                campaign::rest(&mut tx, campaign, reason).await?;
            }
            if let Some(code) = pause {
                tracing::error!(connection.id = %id, meta.code = code, "WhatsApp refuses this number; sending rests for five minutes");
                store::connection::set_pause(&mut tx, id, Some((&code.to_string(), now + PAUSE))).await?;
            }
            tx.commit().await?;
            settled.iter().for_each(|row| count(&service, row));
            service.revocations.revoke(stopped.iter().map(|(_, contact, _)| *contact).chain(unreachable));
            let mut notices: HashMap<BusinessId, Vec<LiveEvent>> = HashMap::new();
            for sent in finished.iter() {
                let changed = LiveEvent::MessageChanged { contact: sent.claimed.contact };
                notices.entry(sent.claimed.business).or_default().push(changed);
            }
            let campaigns: HashSet<_> = finished
                .iter()
                .filter_map(|sent| sent.claimed.campaign.map(|campaign| (sent.claimed.business, campaign)))
                .collect();
            for (business, campaign) in campaigns {
                notices.entry(business).or_default().push(LiveEvent::CampaignChanged { campaign });
            }
            notices.into_iter().for_each(|(business, events)| service.live.publish(business, events));
            Ok(pause.is_some())
        })
        .await
    }

    /// Gives the number back, so that another process need not wait for the lease to run out.
    pub(super) async fn leave(self) {
        if !self.took_over || self.service.db.engine() == Engine::Sqlite {
            return;
        }
        let (service, id) = (self.service, self.id);
        let released = task(async move {
            let mut tx = service.db.write().await?;
            store::connection::release_lease(&mut tx, id, service.holder).await?;
            Ok(tx.commit().await?)
        })
        .await;
        if let Err(error) = released {
            tracing::warn!(?error, "a lease was not given back; it runs out by itself");
        }
    }
}

async fn send(service: Service, sender: Arc<Sender>, limiter: Limiter, moment: Moment, ready: Ready) -> Sent {
    limiter.turn().await;
    let Ready { claimed, recipient, permit, gate } = ready;
    let consent_version = permit.consent_version();
    let unchanged = still_stands(&service, gate).await;
    let handed_at = service.now();
    // The barrier: nothing between this line and the socket can wait.
    if !unchanged || service.revocations.is_revoked(permit.contact(), moment) {
        return Sent { claimed, consent_version, handed_at, result: Err(Revoked) };
    }
    let outgoing = Outgoing {
        recipient,
        content: claimed.content.clone(),
        callback_data: claimed.id.to_string(),
        context_wamid: claimed.context_wamid.clone(),
    };
    let outcome = service.client.send(&sender, permit, &outgoing).await;
    if let Outcome::Refused(refusal) = &outcome {
        tracing::info!(message.id = %claimed.id, meta.code = refusal.code, "WhatsApp refused a message");
    }
    Sent { claimed, consent_version, handed_at, result: Ok(outcome) }
}

fn count(service: &Service, row: &Settled) {
    let counter = match row.state {
        SendState::Sent => &service.metrics.sent,
        SendState::Skipped => &service.metrics.skipped,
        SendState::Failed => &service.metrics.failed,
        SendState::Unknown => &service.metrics.unknown,
        SendState::Pending | SendState::Claimed => return,
    };
    Metrics::add(counter, 1);
}
