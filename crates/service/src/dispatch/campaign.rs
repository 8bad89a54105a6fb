//! A campaign's share of a dispatcher's turn: begin, take the audience in, let the next people have their turn, finish.
//!
//! Nothing of a campaign waits in the outbox: a message is made for somebody in the unit of work that claims it, so that a pause
//! holds at once, and a STOP finds nothing to take back.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use domain::campaign::{CampaignState, PauseReason, fill};
use domain::id::{CampaignId, ContactId, MessageId, uuid_v7};
use domain::outbound::{Content, SendState};
use domain::permit::Reason;
use domain::subscription::EventType;
use domain::template::{Template, TemplateStatus};
use domain::time::{Span, Timestamp};
use store::Tx;
use store::campaign::{StoredCampaign, Turn};
use store::outbox::{Claimed, NewMessage, Settled};

use super::decide::{Ready, decide_again, people};
use crate::campaigns::{NEVER, begin, decision_of, preview_of};
use crate::subscriptions::Happened;
use crate::{Error, Service};

/// People taken into an audience by one statement, to begin with, at least and at most.
const PORTION: i64 = 2_000;
const PORTION_LEAST: i64 = 250;
const PORTION_MOST: i64 = 10_000;
/// How long one such statement may keep the writer: a STOP waits no longer than this.
const HOLD: Duration = Duration::from_millis(10);

/// What came of a campaign's share of a turn.
#[derive(Default)]
pub(super) struct Turns {
    /// Messages that may leave, claimed.
    pub(super) ready: Vec<Ready>,
    /// People who were left out, for counting.
    pub(super) skipped: Vec<Settled>,
    /// How much was done; 0 when nothing is left to do at present.
    pub(super) progress: usize,
}

/// Gives a campaign its share of a turn: at most `room` messages.
pub(super) async fn take_turns(
    service: &Service,
    tx: &mut Tx,
    seen: &StoredCampaign,
    room: usize,
    now: Timestamp,
) -> Result<Turns, Error> {
    // It was read before the writer was ours: it may have been paused meanwhile.
    let Some(mut stored) = store::campaign::load_campaign(tx, seen.campaign.id).await? else {
        return Ok(Turns::default());
    };
    match stored.campaign.state {
        CampaignState::Scheduled => {
            let preview = preview_of(service, tx, &stored).await?;
            begin(tx, &mut stored, Some(preview), now).await?;
            store::campaign::update_campaign(tx, &stored).await?;
            return Ok(Turns { progress: 1, ..Turns::default() });
        }
        CampaignState::Running => {}
        _ => return Ok(Turns::default()),
    }
    if stored.campaign.frozen_at.is_none() {
        freeze(service, tx, &mut stored, now).await?;
        return Ok(Turns { progress: 1, ..Turns::default() });
    }
    let limit = i64::try_from(room).unwrap_or(1);
    let next = store::campaign::next_recipients(tx, stored.campaign.id, now, limit).await?;
    if next.is_empty() {
        if store::campaign::is_unfinished(tx, stored.campaign.id).await? {
            return Ok(Turns::default());
        }
        stored.campaign.state = CampaignState::Finished;
        stored.campaign.finished_at = Some(now);
        store::campaign::update_campaign(tx, &stored).await?;
        let finished = Happened {
            event: EventType::CampaignFinished,
            contact: None,
            at: now,
            data: serde_json::json!({ "campaign_id": stored.campaign.id, "name": stored.campaign.name }),
        };
        crate::subscriptions::tell(service, tx, stored.business, [finished]).await?;
        return Ok(Turns { progress: 1, ..Turns::default() });
    }
    let campaign = &stored.campaign;
    let template =
        store::template::find_template(tx, stored.business, &campaign.template, &campaign.language).await?;
    let Some(template) = template.filter(|template| template.status == TemplateStatus::Approved) else {
        tracing::warn!(campaign.id = %campaign.id, "a campaign rests: WhatsApp has paused or removed its template");
        rest(tx, campaign.id, PauseReason::Template).await?;
        return Ok(Turns { progress: 1, ..Turns::default() });
    };
    decide_about(service, tx, &stored, &template, &next, now).await
}

/// Makes messages for the next people, and leaves out those who may not get one.
async fn decide_about(
    service: &Service,
    tx: &mut Tx,
    stored: &StoredCampaign,
    template: &Template,
    next: &[ContactId],
    now: Timestamp,
) -> Result<Turns, Error> {
    let campaign = &stored.campaign;
    let people = people(tx, next).await?;
    let standing: Vec<ContactId> = people.values().map(|person| person.id).collect();
    let mut had = store::campaign::list_reached(tx, campaign.id, &standing).await?;
    let mut turns: Vec<(ContactId, Turn)> = Vec::with_capacity(next.len());
    let mut claimed = Vec::with_capacity(next.len());
    // Whose turn a message is: the record that was in the audience, where another stands for it now.
    let mut whose: HashMap<MessageId, ContactId> = HashMap::with_capacity(next.len());
    for id in next {
        let Some(person) = people.get(id) else {
            turns.push((*id, Turn::Skipped(Reason::Erased)));
            continue;
        };
        // Two records turned out to be one person: once is enough, whichever of them was first.
        let later = person.id != *id && store::campaign::is_recipient(tx, campaign.id, person.id).await?;
        if later || !had.insert(person.id) {
            turns.push((*id, Turn::Skipped(Reason::Duplicate)));
            continue;
        }
        let variables: Vec<(String, String)> =
            campaign.variables.iter().map(|(name, value)| (name.clone(), fill(value, person))).collect();
        let message = MessageId::from_uuid(service.clock.uuid());
        whose.insert(message, *id);
        claimed.push(Claimed {
            id: message,
            business: stored.business,
            contact: person.id,
            kind: template.kind,
            content: Content::Template {
                name: campaign.template.clone(),
                language: campaign.language.clone(),
                rendered: template.render(&variables),
                variables,
                payloads: Vec::new(),
            },
            context_wamid: None,
            expires_at: None,
            attempts: 1,
            created_at: now,
            campaign: Some(campaign.id),
        });
    }
    let (ready, put_aside) = decide_again(service, tx, claimed, now).await?;
    for one in &put_aside {
        // Whoever has to wait keeps their turn.
        if let (SendState::Skipped, Some(reason), Some(contact)) =
            (one.state, one.skip_reason, whose.get(&one.id))
        {
            turns.push((*contact, Turn::Skipped(reason)));
        }
    }
    let messages: Vec<NewMessage> = ready.iter().map(|ready| message(stored, &ready.claimed, now)).collect();
    let queued = |message: &NewMessage| Some((*whose.get(&message.id)?, Turn::Queued(message.id)));
    turns.extend(messages.iter().filter_map(queued));
    store::outbox::insert_claimed_messages(tx, &messages, now).await?;
    store::campaign::take_turns(tx, campaign.id, &turns, now).await?;
    let skipped = put_aside.into_iter().filter(|one| one.state == SendState::Skipped).collect();
    Ok(Turns { progress: turns.len(), skipped, ready })
}

fn message(stored: &StoredCampaign, claimed: &Claimed, now: Timestamp) -> NewMessage {
    NewMessage {
        id: claimed.id,
        business: stored.business,
        connection: stored.campaign.connection,
        contact: claimed.contact,
        kind: claimed.kind,
        content: claimed.content.clone(),
        context_wamid: None,
        created_at: now,
        created_by: stored.created_by.clone(),
        not_before: now,
        expires_at: None,
        skipped: None,
        campaign: Some(stored.campaign.id),
    }
}

/// Takes the next portion of the audience in, by the decision of this moment for every standing.
async fn freeze(
    service: &Service,
    tx: &mut Tx,
    stored: &mut StoredCampaign,
    now: Timestamp,
) -> Result<(), Error> {
    let (kind, policy) = decision_of(service, tx, stored).await?;
    let campaign = &stored.campaign;
    let launched_at = campaign.launched_at.unwrap_or(now);
    // Whoever was made in the millisecond of the launch is still part of it.
    let before = ContactId::from_uuid(uuid_v7(launched_at + Span::millis(1), [0; 10]));
    let began = Instant::now();
    let mut portion = PORTION;
    loop {
        let taken = store::campaign::freeze_recipients(
            tx,
            stored.business,
            campaign.id,
            &campaign.audience,
            &policy,
            |standing| standing.refusal(kind, &policy, now),
            before,
            portion,
            now,
        )
        .await?;
        if taken < u64::try_from(portion).unwrap_or(0) {
            stored.campaign.frozen_at = Some(now);
            store::campaign::update_campaign(tx, stored).await?;
            return Ok(());
        }
        let left = HOLD.saturating_sub(began.elapsed());
        if left < HOLD / 2 {
            return Ok(());
        }
        portion = (portion * 2).clamp(PORTION_LEAST, PORTION_MOST);
    }
}

/// Lets a campaign rest until a person resumes it.
pub(super) async fn rest(tx: &mut Tx, id: CampaignId, reason: PauseReason) -> Result<(), Error> {
    if let Some(mut stored) = store::campaign::load_campaign(tx, id).await?
        && stored.campaign.state == CampaignState::Running
    {
        stored.campaign.state = CampaignState::Paused;
        stored.campaign.pause_reason = Some(reason);
        store::campaign::update_campaign(tx, &stored).await?;
        store::campaign::defer_messages(tx, id, NEVER).await?;
    }
    Ok(())
}
