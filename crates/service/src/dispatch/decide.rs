//! The decision that counts: about each message again, with the person as they are now, immediately before sending.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use domain::audit::Action;
use domain::campaign::CampaignState;
use domain::contact::Contact;
use domain::id::{BusinessId, CampaignId, ContactId};
use domain::kind::{Form, MessageKind};
use domain::outbound::{Content, Recipient, SendState};
use domain::permit::{Gate, Intent, Policy, Reason, SendPermit, Verdict, decide};
use domain::promotion;
use domain::time::Timestamp;
use store::Tx;
use store::outbox::{Claimed, Settled};

use crate::campaigns::NEVER;
use crate::{Error, Service, task};

/// A message that may leave.
pub(super) struct Ready {
    pub(super) claimed: Claimed,
    pub(super) recipient: Recipient,
    pub(super) permit: SendPermit,
    /// What the permit was given for.
    pub(super) gate: Gate,
}

/// The people behind ids. A record may have been joined to another after the message was written to it: the one that stands
/// decides.
pub(super) async fn people(tx: &mut Tx, ids: &[ContactId]) -> Result<HashMap<ContactId, Contact>, Error> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let mut people = HashMap::with_capacity(ids.len());
    for stored in store::contact::read_contacts(tx, &ids).await? {
        let id = stored.contact.id;
        let stands = match stored.merged_into {
            None => Some(stored),
            Some(_) => store::contact::find_contact(tx, stored.business, id).await?,
        };
        people.extend(stands.map(|stored| (id, stored.contact)));
    }
    Ok(people)
}

/// What is asked for many messages at once, asked once.
#[derive(Default)]
struct Known {
    policies: HashMap<BusinessId, Policy>,
    kinds: HashMap<(BusinessId, String, String), Option<MessageKind>>,
    campaigns: HashMap<CampaignId, Option<CampaignState>>,
}

impl Known {
    async fn policy(
        &mut self,
        service: &Service,
        tx: &mut Tx,
        business: BusinessId,
    ) -> Result<Policy, Error> {
        if let Some(policy) = self.policies.get(&business) {
            return Ok(*policy);
        }
        let policy = service.rules(tx, business).await?.settings.draft.policies.permit();
        self.policies.insert(business, policy);
        Ok(policy)
    }

    /// A template's category may have become stricter since the message was enqueued (R44).
    async fn kind(&mut self, tx: &mut Tx, message: &Claimed) -> Result<MessageKind, Error> {
        let Content::Template { name, language, .. } = &message.content else { return Ok(message.kind) };
        let current = match self.kinds.entry((message.business, name.clone(), language.clone())) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(vacant) => {
                let found = store::template::find_template(tx, message.business, name, language).await?;
                *vacant.insert(found.map(|template| template.kind))
            }
        };
        Ok(current.map_or(message.kind, |current| message.kind.stricter(current)))
    }

    async fn campaign(&mut self, tx: &mut Tx, message: &Claimed) -> Result<Option<CampaignState>, Error> {
        let Some(id) = message.campaign else { return Ok(None) };
        if let Some(state) = self.campaigns.get(&id) {
            return Ok(*state);
        }
        let found = store::campaign::find_campaign(tx, message.business, id).await?;
        let state = found.map(|stored| stored.campaign.state);
        self.campaigns.insert(id, state);
        Ok(state)
    }
}

/// How much marketing people were sent within the time of their business's frequency cap. Nothing is asked where there is none.
async fn marketing_lately(
    service: &Service,
    tx: &mut Tx,
    claimed: &[Claimed],
    known: &mut Known,
    now: Timestamp,
) -> Result<HashMap<ContactId, u32>, Error> {
    let mut by_business: HashMap<BusinessId, Vec<&Claimed>> = HashMap::new();
    for message in claimed.iter().filter(|message| message.kind == MessageKind::Marketing) {
        by_business.entry(message.business).or_default().push(message);
    }
    let mut lately = HashMap::new();
    for (business, messages) in by_business {
        let Some(cap) = known.policy(service, tx, business).await?.frequency_cap else { continue };
        let people: Vec<ContactId> = messages.iter().map(|message| message.contact).collect();
        for (contact, count) in store::campaign::count_marketing(tx, &people, cap.since(now)).await? {
            // A message that is in the outbox already is among those counted: it is not its own predecessor.
            let own = messages.iter().filter(|message| message.contact == contact && message.attempts > 0);
            let own = own.filter(|message| message.campaign.is_none() || message.attempts > 1).count();
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            lately.insert(contact, count.saturating_sub(u32::try_from(own).unwrap_or(0)));
        }
    }
    Ok(lately)
}

/// Decides about claimed messages: those that may leave, and what is written down about the others.
pub(super) async fn decide_again(
    service: &Service,
    tx: &mut Tx,
    claimed: Vec<Claimed>,
    now: Timestamp,
) -> Result<(Vec<Ready>, Vec<Settled>), Error> {
    let ids: Vec<ContactId> = claimed.iter().map(|message| message.contact).collect();
    let people = people(tx, &ids).await?;
    let mut known = Known::default();
    let lately = marketing_lately(service, tx, &claimed, &mut known, now).await?;
    let (mut ready, mut settled) = (Vec::new(), Vec::new());
    for message in claimed {
        let person = people.get(&message.contact);
        let version = person.map(|person| person.version);
        let put_aside = |state, not_before, skip_reason| Settled {
            id: message.id,
            state,
            wamid: None,
            sent_at: None,
            not_before,
            skip_reason,
            error_code: None,
            consent_version: version,
        };
        let skip = |reason| put_aside(SendState::Skipped, None, Some(reason));
        let wait = |until| put_aside(SendState::Pending, Some(until), None);
        let phone = person.and_then(|person| person.phone.clone()).map(Recipient::Phone);
        let named = || person.and_then(|person| person.user_id.clone()).map(Recipient::UserId);
        let (Some(person), Some(recipient)) = (person, phone.or_else(named)) else {
            settled.push(skip(Reason::Erased));
            continue;
        };
        match known.campaign(tx, &message).await? {
            Some(CampaignState::Cancelled) => {
                settled.push(skip(Reason::Cancelled));
                continue;
            }
            Some(CampaignState::Paused) => {
                settled.push(wait(NEVER));
                continue;
            }
            _ => {}
        }
        let kind = known.kind(tx, &message).await?;
        let form: Form = message.content.form();
        let intent = Intent { kind, form, expires_at: message.expires_at };
        let policy = known.policy(service, tx, message.business).await?;
        let marketing_lately = lately.get(&person.id).copied().unwrap_or(0);
        let gate = Gate { marketing_lately, ..person.gate() };
        match decide(&gate, &intent, &policy, now) {
            Verdict::Send(_) if is_stopped_promotion(tx, &gate, kind, &message).await? => {
                settled.push(skip(Reason::Promotion));
            }
            Verdict::Send(permit) => ready.push(Ready { claimed: message, recipient, permit, gate }),
            Verdict::Skip(reason) => settled.push(skip(reason)),
            Verdict::Defer { until, .. } => settled.push(wait(until)),
        }
    }
    Ok((ready, settled))
}

/// Whether an answer reads like a promotion to somebody who stopped after it was written, and nobody let it through (R43). A
/// campaign's text is the template's, which WhatsApp reviewed and whose category decides.
async fn is_stopped_promotion(
    tx: &mut Tx,
    gate: &Gate,
    kind: MessageKind,
    message: &Claimed,
) -> Result<bool, Error> {
    if message.campaign.is_some() || promotion::stopped(gate, kind, message.content.preview()).is_none() {
        return Ok(false);
    }
    let (action, subject) = (Action::PromotionAllowed, message.id.to_string());
    Ok(!store::audit::is_noted(tx, message.business, action, &subject).await?)
}

/// Whether the person is as they were when the decision was made. Another process may have taken in a STOP, and this one knows of it
/// only from the database; what cannot be read there counts as changed, and so does a record joined to another.
pub(super) async fn still_stands(service: &Service, decided: Gate) -> bool {
    let service = service.clone();
    let read = task(async move {
        let mut tx = service.db.read().await?;
        Ok(store::contact::read_contacts(&mut tx, &[decided.contact]).await?.pop())
    });
    // Having written meanwhile takes nothing away.
    let (last_inbound_at, marketing_lately) = (decided.last_inbound_at, decided.marketing_lately);
    let same = |now: Gate| Gate { last_inbound_at, marketing_lately, ..now } == decided;
    matches!(read.await, Ok(Some(stored)) if stored.merged_into.is_none() && same(stored.contact.gate()))
}
