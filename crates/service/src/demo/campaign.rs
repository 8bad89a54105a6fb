//! The demo's finished campaign: everybody the shop knew then, left out or sent to by what they had chosen by then.

use domain::campaign::{ATTRIBUTION, Audience, Campaign, CampaignState, Preview};
use domain::consent::{SignalKind, State};
use domain::contact::Actor;
use domain::id::{BusinessId, CampaignId, ConnectionId, ContactId, MessageId, uuid_v7};
use domain::inbound::Delivery;
use domain::outbound::Content;
use domain::permit::{Policy, Reason};
use domain::template::Template;
use domain::time::{Span, Timestamp};
use store::Tx;
use store::campaign::{StoredCampaign, Turn};
use store::outbox::{NewMessage, Progress};

use super::DemoContact;
use crate::Error;
use crate::caller::actor_name;
use crate::clock::random;

/// A campaign that was sent before the demo began.
#[derive(Clone, Debug)]
pub struct DemoCampaign {
    /// What the shop calls it.
    pub name: String,
    /// The name of its template, one of the demo's.
    pub template: String,
    /// When it was launched.
    pub launched_at: Timestamp,
}

/// How fast it left, a message.
const PACE: Span = Span::micros_of(12_500);
/// Of so many messages one was read, one did not arrive; the others arrived.
const READ: [usize; 2] = [3, 5];
const FAILED: usize = 97;

/// Whether somebody got marketing at a time, by what they had chosen by then.
fn state_at(customer: &DemoContact, at: Timestamp) -> State {
    let last = customer.choices.iter().rfind(|choice| choice.at < at);
    match last.map(|choice| choice.kind) {
        Some(SignalKind::OptIn | SignalKind::Start) => State::OptedIn,
        Some(SignalKind::OptOut) => State::OptedOut,
        _ => State::Unknown,
    }
}

/// Writes the campaign down as if it had been sent then.
pub(super) async fn seed(
    tx: &mut Tx,
    business: BusinessId,
    connection: ConnectionId,
    campaign: &DemoCampaign,
    template: &Template,
    customers: &[(ContactId, &DemoContact)],
) -> Result<(), Error> {
    let launched_at = campaign.launched_at;
    let id = CampaignId::from_uuid(uuid_v7(launched_at, random()));
    let audience: Vec<_> =
        customers.iter().filter(|(_, customer)| customer.created_at < launched_at).collect();
    let count = |count: usize| i64::try_from(count).unwrap_or(0);
    let (mut turns, mut messages, mut progress, mut caused) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (contact, customer) in audience.iter().copied() {
        if state_at(customer, launched_at) != State::OptedIn {
            turns.push((*contact, Turn::Skipped(Reason::OptedOut)));
            continue;
        }
        let number = messages.len();
        let at = launched_at + Span::micros_of(PACE.micros() * count(number));
        let message = MessageId::from_uuid(uuid_v7(at, random()));
        turns.push((*contact, Turn::Queued(message)));
        messages.push(NewMessage {
            id: message,
            business,
            connection,
            contact: *contact,
            kind: template.kind,
            content: Content::Template {
                name: template.name.clone(),
                language: template.language.clone(),
                variables: Vec::new(),
                payloads: Vec::new(),
                rendered: template.body.clone(),
            },
            context_wamid: None,
            created_at: at,
            created_by: actor_name(&Actor::System),
            not_before: at,
            expires_at: None,
            skipped: None,
            campaign: Some(id),
        });
        let delivery = match number {
            number if number % FAILED == FAILED - 1 => Delivery::Failed,
            number if READ.iter().any(|every| number.is_multiple_of(*every)) => Delivery::Read,
            _ => Delivery::Delivered,
        };
        progress.push(Progress {
            id: message,
            delivery,
            at,
            wamid: format!("wamid.demo{}", message.uuid().simple()),
            // Undeliverable: no WhatsApp account that can be reached.
            error_code: (delivery == Delivery::Failed).then_some(131_026),
        });
        let stopped = customer.choices.iter().find(|choice| {
            choice.kind == SignalKind::OptOut && choice.at > at && choice.at <= at + ATTRIBUTION
        });
        caused.extend(stopped.map(|choice| (*contact, choice.at)));
    }
    let stored = StoredCampaign {
        business,
        created_by: actor_name(&Actor::System),
        at_launch: Some(Preview {
            audience: count(turns.len()),
            reachable: count(messages.len()),
            skipped: [(Reason::OptedOut, count(turns.len() - messages.len()))].into(),
        }),
        campaign: Campaign {
            id,
            connection,
            name: campaign.name.clone(),
            template: template.name.clone(),
            language: template.language.clone(),
            variables: Vec::new(),
            audience: Audience::All,
            state: CampaignState::Finished,
            pause_reason: None,
            schedule_at: None,
            created_at: launched_at,
            launched_at: Some(launched_at),
            frozen_at: Some(launched_at),
            finished_at: Some(launched_at + Span::micros_of(PACE.micros() * count(messages.len()))),
        },
    };
    store::campaign::insert_campaign(tx, &stored).await?;
    let before = ContactId::from_uuid(uuid_v7(launched_at, [0; 10]));
    let everybody = i64::MAX;
    store::campaign::freeze_recipients(
        tx,
        business,
        id,
        &Audience::All,
        &Policy::default(),
        |_| None,
        before,
        everybody,
        launched_at,
    )
    .await?;
    store::campaign::take_turns(tx, id, &turns, launched_at).await?;
    store::outbox::insert_claimed_messages(tx, &messages, launched_at).await?;
    store::outbox::advance_messages(tx, &progress).await?;
    store::campaign::insert_opt_outs(tx, id, &caused).await?;
    store::campaign::start_attribution(tx, business).await?;
    Ok(store::campaign::note_ledger(tx, id).await?)
}
