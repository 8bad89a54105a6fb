//! One commit: fold a batch of webhooks in memory, write it set-wise.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use detection::{Finding, Rule};
use domain::consent::{Change, Signal, SignalKind, Source, State};
use domain::contact::Evidence;
use domain::conversation::wants_answer;
use domain::id::{BusinessId, ConnectionId, ContactId, MessageId};
use domain::inbound::{Delivery, InboundMessage, StatusUpdate, TemplateUpdate, Update};
use domain::kind::MessageKind;
use domain::ledger::wording_digest;
use domain::live::LiveEvent;
use domain::outbound::Content;
use domain::permit::Reason;
use domain::settings::CONFIRM_PAYLOAD;
use domain::subscription::EventType;
use domain::time::Timestamp;
use store::Tx;
use store::conversation::Heard;
use store::inbound::{NewInbound, NewOther};
use store::outbox::{NewMessage, Parked, Progress, Target};

use super::answer::{self, CONFIRM_SEND_WITHIN, Said};
use super::people::{People, Stricter, names};
use super::{Work, seen};
use crate::cache::{Connection, Rules};
use crate::joining::Agreement;
use crate::ledger::NewEvent;
use crate::metrics::Metrics;
use crate::subscriptions::Happened;
use crate::unreachable::UNDELIVERABLE;
use crate::{Error, Service};

/// WhatsApp's code for "this person stopped marketing in WhatsApp itself".
pub(crate) const NATIVE_STOP: i64 = 131_050;

/// Everything one commit will write.
struct Batch<'a> {
    service: &'a Service,
    rules: HashMap<BusinessId, Arc<Rules>>,
    people: People,
    targets: Targets,
    /// WhatsApp's ids of our own questions that messages of the batch answer.
    questions: HashSet<String>,
    /// What senders of messages of the batch agreed to on the business's form.
    agreements: HashMap<String, Agreement>,
    inbound: Vec<NewInbound>,
    heard: BTreeMap<ContactId, Heard>,
    others: Vec<NewOther>,
    events: Vec<NewEvent>,
    wordings: BTreeMap<(BusinessId, [u8; 32]), String>,
    answers: Vec<NewMessage>,
    progress: BTreeMap<MessageId, Progress>,
    parked: Vec<Parked>,
    templates: Vec<(BusinessId, TemplateUpdate)>,
    /// People to whom a message could not be delivered.
    unreachable: BTreeSet<ContactId>,
    /// People about whom earlier decisions are void once this is committed.
    revoked: BTreeSet<ContactId>,
    notices: BTreeMap<BusinessId, Vec<LiveEvent>>,
    stopped: Vec<Timestamp>,
    /// What other systems of each business want to hear.
    wanted: HashMap<BusinessId, HashSet<EventType>>,
    happened: BTreeMap<BusinessId, Vec<Happened>>,
}

/// The outgoing messages that statuses of the batch may be about.
#[derive(Default)]
struct Targets {
    by_id: HashMap<MessageId, Target>,
    by_wamid: HashMap<String, MessageId>,
}

impl Targets {
    fn find(&self, business: BusinessId, status: &StatusUpdate) -> Option<&Target> {
        let by_id = status.callback_data.as_deref().and_then(|data| data.parse().ok());
        let id = by_id
            .filter(|id| self.by_id.contains_key(id))
            .or_else(|| self.by_wamid.get(&status.wamid).copied())?;
        self.by_id.get(&id).filter(|target| target.business == business)
    }
}

/// Stores a batch in one commit, and tells the rest of the process before anybody is answered.
pub(super) async fn store(service: &Service, works: &[Work]) -> Result<(), Error> {
    let mut tx = service.db.write().await?;
    let fresh = fresh_updates(service, &mut tx, works).await?;
    if fresh.is_empty() {
        return Ok(tx.commit().await?);
    }
    let targets = load_targets(&mut tx, &fresh).await?;
    let people = load_people(service, &mut tx, &fresh, &targets).await?;
    let questions = load_questions(&mut tx, &fresh).await?;
    let (mut rules, mut wanted) = (HashMap::new(), HashMap::new());
    for (work, _) in &fresh {
        let business = work.connection.business;
        if let Entry::Vacant(entry) = rules.entry(business) {
            entry.insert(service.rules(&mut tx, business).await?);
            let subscriptions = store::subscription::list_subscriptions(&mut tx, business).await?;
            wanted.insert(business, subscriptions.into_iter().flat_map(|one| one.events).collect());
        }
    }
    let agreements = crate::joining::load_agreements(service, &mut tx, &fresh).await?;
    let mut batch = Batch {
        service,
        rules,
        people,
        targets,
        questions,
        agreements,
        inbound: Vec::new(),
        heard: BTreeMap::new(),
        others: Vec::new(),
        events: Vec::new(),
        wordings: BTreeMap::new(),
        answers: Vec::new(),
        progress: BTreeMap::new(),
        parked: Vec::new(),
        templates: Vec::new(),
        unreachable: BTreeSet::new(),
        revoked: BTreeSet::new(),
        notices: BTreeMap::new(),
        stopped: Vec::new(),
        wanted,
        happened: BTreeMap::new(),
    };
    for (work, update) in fresh {
        batch.fold(work, update);
    }
    batch.write(tx).await
}

/// The updates that were not delivered before, in order.
async fn fresh_updates<'a>(
    service: &Service,
    tx: &mut Tx,
    works: &'a [Work],
) -> Result<Vec<(&'a Work, &'a Update)>, Error> {
    let mut keys = Vec::new();
    let mut first = HashSet::new();
    let mut candidates = Vec::new();
    let mut total = 0;
    for work in works {
        for update in work.updates.iter() {
            total += 1;
            let key = seen::key(work.connection.id, update, work.received_at);
            if first.insert(key) {
                keys.push(key);
                candidates.push((key, work, update));
            }
        }
    }
    let new: HashSet<_> = store::inbound::insert_seen(tx, &keys).await?.into_iter().collect();
    let fresh: Vec<_> = candidates
        .into_iter()
        .filter(|(key, ..)| new.contains(key))
        .map(|(_, work, update)| (work, update))
        .collect();
    Metrics::add(&service.metrics.duplicates, total - fresh.len());
    Ok(fresh)
}

async fn load_targets(tx: &mut Tx, fresh: &[(&Work, &Update)]) -> Result<Targets, Error> {
    let statuses = fresh.iter().filter_map(|(_, update)| match update {
        Update::Status(status) => Some(status),
        _ => None,
    });
    let (mut ids, mut wamids) = (Vec::new(), Vec::new());
    for status in statuses {
        match status.callback_data.as_deref().and_then(|data| data.parse::<MessageId>().ok()) {
            Some(id) => ids.push(id),
            None => wamids.push(status.wamid.clone()),
        }
    }
    let mut targets = Targets::default();
    for target in store::outbox::find_targets(tx, &ids, &wamids).await? {
        if let Some(wamid) = &target.wamid {
            targets.by_wamid.insert(wamid.clone(), target.id);
        }
        targets.by_id.insert(target.id, target);
    }
    Ok(targets)
}

async fn load_people(
    service: &Service,
    tx: &mut Tx,
    fresh: &[(&Work, &Update)],
    targets: &Targets,
) -> Result<People, Error> {
    let mut wanted = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for (work, update) in fresh {
        let business = work.connection.business;
        match update {
            Update::Message(message) => wanted.extend(names(business, &message.from)),
            Update::Preference(preference) => wanted.extend(names(business, &preference.from)),
            Update::Identity(change) => {
                wanted.extend(names(business, &change.before));
                wanted.extend(names(business, &change.after));
            }
            Update::Status(status) => {
                if let Some(target) = targets.find(business, status) {
                    ids.insert(target.contact);
                    wanted.extend(names(business, &status.recipient));
                }
            }
            Update::Template(_) | Update::Other { .. } => {}
        }
    }
    People::load(service, tx, wanted, ids).await
}

/// Which of the messages that are answered are our question whether the person agrees.
async fn load_questions(tx: &mut Tx, fresh: &[(&Work, &Update)]) -> Result<HashSet<String>, Error> {
    let answered: Vec<String> = fresh
        .iter()
        .filter_map(|(_, update)| match update {
            Update::Message(message) => message.context_wamid.clone(),
            _ => None,
        })
        .collect();
    let asks = |content: &Content| match content {
        Content::Buttons { buttons, .. } => buttons.iter().any(|button| button.id == CONFIRM_PAYLOAD),
        Content::Text { .. } | Content::Template { .. } => false,
    };
    let sent = store::outbox::find_consent_messages(tx, &answered).await?;
    Ok(sent.into_iter().filter(|(.., content)| asks(content)).map(|(wamid, ..)| wamid).collect())
}

impl Batch<'_> {
    fn fold(&mut self, work: &Work, update: &Update) {
        let connection = &work.connection;
        match update {
            Update::Message(message) => self.message(connection, message, work.received_at),
            Update::Status(status) => self.status(connection.business, status),
            Update::Preference(preference) => {
                let now = work.received_at;
                let (contact, stricter) =
                    self.people.resolve(self.service, connection.business, &preference.from, now);
                self.join(connection.business, stricter);
                let kind = if preference.stop { SignalKind::NativeStop } else { SignalKind::NativeResume };
                let signal = Signal { kind, source: Source::MetaPreference, occurred_at: preference.at };
                self.record(connection.business, contact, &signal, None);
            }
            Update::Identity(change) => {
                let now = work.received_at;
                let (contact, stricter) =
                    self.people.rename(self.service, connection.business, &change.before, &change.after, now);
                self.join(connection.business, stricter);
                self.notice(connection.business, LiveEvent::ContactChanged { contact });
            }
            Update::Template(update) => self.templates.push((connection.business, update.clone())),
            Update::Other { field, why, raw } => {
                self.service.metrics.other(why);
                self.others.push(NewOther {
                    id: self.service.clock.uuid(),
                    business_id: connection.business.uuid(),
                    connection_id: connection.id.uuid(),
                    field: field.clone(),
                    why,
                    raw: raw.clone(),
                    received_at: work.received_at.micros(),
                });
            }
        }
    }

    fn message(&mut self, connection: &Connection, message: &InboundMessage, now: Timestamp) {
        let business = connection.business;
        let (contact, stricter) = self.people.resolve(self.service, business, &message.from, now);
        self.join(business, stricter);
        if message.message_type.opens_window() {
            self.people.note_writing(contact, message.sent_at);
        }
        self.reached(contact);
        let nameless = self.people.get(contact).is_some_and(|person| person.contact.name.is_none());
        if nameless
            && message.profile_name.is_some()
            && let Some(person) = self.people.change(contact)
        {
            person.contact.name.clone_from(&message.profile_name);
        }
        let Some(rules) = self.rules.get(&business).cloned() else { return };
        let Some(person) = self.people.get(contact) else { return };
        let asked = answer::may_answer(message, person)
            && message.context_wamid.as_ref().is_some_and(|wamid| self.questions.contains(wamid));
        let finding = answer::find(&rules, message, person, asked);
        let from = person.consent.state();
        let agreement = self.agreements.remove(&message.wamid);
        let signal = answer::signal(&rules, message, finding.as_ref(), person, agreement.is_some(), now);
        let id = self.service.clock.uuid();
        let verdict = finding.as_ref().map_or("none", |finding| finding.verdict.as_str());
        let waits = wants_answer(&message.message_type, verdict);
        let earlier = self.heard.remove(&contact);
        self.heard.insert(
            contact,
            Heard {
                contact,
                business,
                connection: connection.id,
                id: MessageId::from_uuid(id),
                at: now,
                preview: message.preview.clone(),
                unread: i64::from(waits) + earlier.as_ref().map_or(0, |earlier| earlier.unread),
                waits: waits || earlier.is_some_and(|earlier| earlier.waits),
            },
        );
        self.inbound.push(NewInbound {
            id,
            business_id: business.uuid(),
            connection_id: connection.id.uuid(),
            contact_id: contact.uuid(),
            wamid: message.wamid.clone(),
            message_type: message.message_type.as_str().to_owned(),
            preview: message.preview.clone(),
            verdict,
            rule: finding.as_ref().filter(|finding| finding.rule != Rule::None).map(Finding::rule_id),
            context_wamid: message.context_wamid.clone(),
            sent_at: message.sent_at.micros(),
            received_at: now.micros(),
            raw: message.raw.clone(),
        });
        self.notice(business, LiveEvent::MessageChanged { contact });
        self.tell(business, EventType::MessageReceived, contact, message.sent_at, || {
            serde_json::json!({
                "message_id": MessageId::from_uuid(id),
                "contact_id": contact,
                "wamid": message.wamid,
                "type": message.message_type.as_str(),
                "text": message.preview,
                "verdict": verdict,
            })
        });
        let said = Said { contact, message, finding: finding.as_ref(), agreement: agreement.as_ref() };
        let change = signal.and_then(|signal| self.record(business, contact, &signal, Some(&said)));
        let to = change.map_or(from, |change| change.to);
        self.answer(connection, &rules, &said, from, to, now);
        if change.is_some_and(|change| change.changed_state() && change.to == State::OptedOut) {
            self.stopped.push(now);
        }
    }

    /// Answers a message, unless it is too late for it.
    fn answer(
        &mut self,
        connection: &Connection,
        rules: &Rules,
        said: &Said<'_>,
        from: State,
        to: State,
        now: Timestamp,
    ) {
        let Some(person) = self.people.get(said.contact) else { return };
        let Some(answer) = answer::answer(rules, said.message, said.finding, person, from, to) else {
            return;
        };
        let expires_at = answer.prompt.then(|| said.message.sent_at + CONFIRM_SEND_WITHIN);
        let late = expires_at.is_some_and(|at| now > at);
        if (answer.answers_opt_out || to == State::Pending)
            && let Some(person) = self.people.change(said.contact)
        {
            person.answered_at = Some(said.message.sent_at);
        }
        // Whoever agreed on a form saw another wording before, which stands in the ledger already.
        let unworded = |event: &&mut NewEvent| event.contact == said.contact && event.wording.is_none();
        if let Some(event) = self.events.last_mut().filter(|_| from != to).filter(unworded) {
            let digest = wording_digest(&answer.wording);
            event.wording = Some(digest);
            self.wordings.insert((connection.business, digest), answer.wording);
        }
        self.answers.push(NewMessage {
            id: MessageId::from_uuid(self.service.clock.uuid()),
            business: connection.business,
            connection: connection.id,
            contact: said.contact,
            kind: MessageKind::Consent,
            content: answer.content,
            context_wamid: Some(said.message.wamid.clone()),
            created_at: now,
            created_by: "system".to_owned(),
            not_before: now,
            expires_at,
            skipped: late.then_some(Reason::Late),
            campaign: None,
        });
    }

    /// Folds a signal in and puts it in the ledger. `None` when it said nothing new.
    fn record(
        &mut self,
        business: BusinessId,
        contact: ContactId,
        signal: &Signal,
        said: Option<&Said<'_>>,
    ) -> Option<Change> {
        let change = self.people.apply(contact, signal).filter(|change| change.recorded)?;
        let person = self.people.get(contact)?;
        let agreement = said.and_then(|said| said.agreement).filter(|_| signal.source == Source::WebForm);
        let evidence = Evidence {
            words: said.and_then(|said| answer::matched_words(said.message, said.finding)),
            wamid: said.map(|said| said.message.wamid.clone()),
            context_wamid: said.and_then(|said| said.message.context_wamid.clone()),
            identifier: crate::consent::identifier(&person.contact),
            reading: said.and_then(|said| said.finding).map(answer::reading),
            details: agreement.map(|agreement| {
                serde_json::json!({
                    "agreed_on_form_at": agreement.at.to_string(),
                    "form_settings_version": agreement.version,
                })
            }),
            ..Evidence::default()
        };
        let wording = agreement.map(|agreement| {
            let digest = wording_digest(&agreement.wording);
            self.wordings.insert((business, digest), agreement.wording.clone());
            digest
        });
        let finding = said.and_then(|said| said.finding);
        self.events.push(NewEvent {
            business,
            contact,
            version: change.consent.version,
            kind: signal.kind,
            source: signal.source,
            from: change.from,
            to: change.to,
            occurred_at: signal.occurred_at,
            actor: if signal.source == Source::Merge { "system" } else { "person" }.to_owned(),
            settings_version: self.rules.get(&business).map_or(0, |rules| rules.settings.version),
            rule: finding.map(Finding::rule_id),
            matched: finding.and_then(|finding| finding.matched.clone()),
            wording,
            evidence,
            flags: finding.map(|finding| finding.flags).unwrap_or_default(),
        });
        self.revoked.insert(contact);
        self.notice(business, LiveEvent::ContactChanged { contact });
        Some(change)
    }

    /// Two records turned out to be one person: the stricter choice is recorded.
    fn join(&mut self, business: BusinessId, stricter: Vec<Stricter>) {
        for Stricter { contact, signal } in stricter {
            self.record(business, contact, &signal, None);
            self.revoked.insert(contact);
        }
    }

    fn status(&mut self, business: BusinessId, status: &StatusUpdate) {
        let Some(target) = self.targets.find(business, status) else {
            self.parked.push(Parked {
                wamid: status.wamid.clone(),
                delivery: status.delivery,
                at: status.at,
                error_code: status.error_code,
            });
            return;
        };
        let (id, contact, campaign) = (target.id, self.people.standing(target.contact), target.campaign);
        let stricter = self.people.learn(business, contact, &status.recipient);
        self.join(business, stricter);
        let progress = Progress {
            id,
            delivery: status.delivery,
            at: status.at,
            wamid: status.wamid.clone(),
            error_code: status.error_code,
        };
        match self.progress.get_mut(&id) {
            Some(known) if known.delivery >= progress.delivery => {}
            Some(known) => *known = progress,
            None => drop(self.progress.insert(id, progress)),
        }
        if status.delivery == Delivery::Failed && status.error_code == Some(NATIVE_STOP) {
            let signal = Signal {
                kind: SignalKind::NativeStop,
                source: Source::ApiError131050,
                occurred_at: status.at,
            };
            self.record(business, contact, &signal, None);
        }
        if status.delivery == Delivery::Failed && status.error_code == Some(UNDELIVERABLE) {
            self.unreachable.insert(contact);
        }
        if matches!(status.delivery, Delivery::Delivered | Delivery::Read | Delivery::Played) {
            self.reached(contact);
        }
        self.notice(business, LiveEvent::MessageChanged { contact });
        self.tell(business, EventType::MessageStatus, contact, status.at, || {
            serde_json::json!({
                "message_id": id,
                "contact_id": contact,
                "campaign_id": campaign,
                "wamid": status.wamid,
                "status": status.delivery.as_str(),
                "error_code": status.error_code,
            })
        });
        if let Some(campaign) = campaign {
            self.notice(business, LiveEvent::CampaignChanged { campaign });
        }
    }

    /// There is an account behind the person's number, whatever WhatsApp said before.
    fn reached(&mut self, contact: ContactId) {
        if self.people.get(contact).is_some_and(|person| person.contact.invalid)
            && let Some(person) = self.people.change(contact)
        {
            person.contact.invalid = false;
        }
    }

    /// Notes what other systems are told, if one of them wants to hear it.
    fn tell(
        &mut self,
        business: BusinessId,
        event: EventType,
        contact: ContactId,
        at: Timestamp,
        data: impl FnOnce() -> serde_json::Value,
    ) {
        if self.wanted.get(&business).is_some_and(|wanted| wanted.contains(&event)) {
            let happened = Happened { event, contact: Some(contact), at, data: data() };
            self.happened.entry(business).or_default().push(happened);
        }
    }

    fn notice(&mut self, business: BusinessId, event: LiveEvent) {
        let notices = self.notices.entry(business).or_default();
        if !notices.contains(&event) || notices.len() > 64 {
            notices.push(event);
        }
    }

    async fn write(self, mut tx: Tx) -> Result<(), Error> {
        let Self {
            service,
            people,
            inbound,
            heard,
            others,
            events,
            wordings,
            answers,
            progress,
            parked,
            templates,
            unreachable,
            mut revoked,
            notices,
            stopped,
            happened,
            ..
        } = self;
        let now = service.now();
        people.write(&mut tx).await?;
        store::inbound::insert_inbound(&mut tx, &inbound).await?;
        let heard: Vec<Heard> = heard.into_values().collect();
        store::conversation::note_heard(&mut tx, &heard).await?;
        for ((business, digest), text) in &wordings {
            store::settings::insert_wording(&mut tx, *business, digest, text, now).await?;
        }
        crate::ledger::append(service, &mut tx, events).await?;
        store::outbox::insert_messages(&mut tx, &answers).await?;
        let progress: Vec<Progress> = progress.into_values().collect();
        store::outbox::advance_messages(&mut tx, &progress).await?;
        let unreachable: Vec<ContactId> = unreachable.into_iter().collect();
        revoked.extend(crate::unreachable::mark(&mut tx, &unreachable).await?);
        store::outbox::park_statuses(&mut tx, &parked, now).await?;
        store::inbound::insert_others(&mut tx, &others).await?;
        for (business, TemplateUpdate { name, language, status, kind }) in &templates {
            store::template::change_template(&mut tx, *business, name, language, *status, *kind, now).await?;
        }
        for (business, happened) in happened {
            crate::subscriptions::tell(service, &mut tx, business, happened).await?;
        }
        people.write_joined(&mut tx, now).await?;
        tx.commit().await?;

        // Before anybody is answered: from here on no decision made earlier is good for these people.
        service.revocations.revoke(revoked.into_iter().chain(people.joined()));
        let waking: BTreeSet<ConnectionId> = answers.iter().map(|answer| answer.connection).collect();
        waking.into_iter().for_each(|connection| service.wake.connection(connection));
        notices.into_iter().for_each(|(business, events)| service.live.publish(business, events));
        Metrics::add(&service.metrics.opt_outs, stopped.len());
        let committed = service.now();
        let waited: i64 = stopped.iter().map(|arrived| (committed - *arrived).micros()).sum();
        Metrics::add(&service.metrics.stop_micros, usize::try_from(waited).unwrap_or(0));
        Ok(())
    }
}
