//! Filling the demo: the same rules and the same ledger as for real customers, written set-wise.

mod campaign;

use domain::consent::{Signal, SignalKind, Source, apply};
use domain::contact::Evidence;
use domain::id::{ConnectionId, ContactId, MessageId, uuid_v7};
use domain::kind::MessageKind;
use domain::ledger::wording_digest;
use domain::outbound::Content;
use domain::phone::Phone;
use domain::role::Role;
use domain::template::Template;
use domain::time::Timestamp;
use store::contact::{Identifier, IdentityKind, StoredContact};
use store::conversation::{Answered, Heard};
use store::inbound::NewInbound;
use store::outbox::{NewMessage, Progress};

use crate::auth::ApiKeyScope;
use crate::clock::random;
use crate::connections::NewConnection;
use crate::ledger::NewEvent;
use crate::{Error, Service, task};

pub use campaign::DemoCampaign;

/// The handle of the demo business and its connection.
pub const HANDLE: &str = "demo";

/// Everything the demo starts with.
#[derive(Clone, Debug)]
pub struct DemoData {
    /// How the shop is called.
    pub business_name: String,
    /// Who signs in.
    pub email: String,
    /// With which password.
    pub password: String,
    /// The write-scoped API key.
    pub api_key: String,
    /// Its number; the business is filled in.
    pub phone_number_id: String,
    /// Meta's id of the account.
    pub waba_id: String,
    /// The number as people write it.
    pub display_number: String,
    /// What webhooks are signed with.
    pub app_secret: String,
    /// What Meta would verify the webhook with.
    pub verify_token: String,
    /// Where the emulator is.
    pub graph_url: String,
    /// Approved templates.
    pub templates: Vec<Template>,
    /// The customers.
    pub contacts: Vec<DemoContact>,
    /// What was sent to them once.
    pub campaign: DemoCampaign,
}

/// A customer of the demo.
#[derive(Clone, Debug)]
pub struct DemoContact {
    /// Their number.
    pub phone: Phone,
    /// Their name.
    pub name: String,
    /// ISO 3166-1 alpha-2 country of the number.
    pub country: String,
    /// Labels.
    pub tags: Vec<String>,
    /// Since when the shop knows them.
    pub created_at: Timestamp,
    /// What they chose, oldest first.
    pub choices: Vec<DemoChoice>,
    /// What was written, oldest first.
    pub lines: Vec<DemoLine>,
}

/// A choice of a customer.
#[derive(Clone, Debug)]
pub struct DemoChoice {
    /// What it says.
    pub kind: SignalKind,
    /// How it came.
    pub source: Source,
    /// When.
    pub at: Timestamp,
    /// The words as received, or the wording agreed to.
    pub words: String,
}

/// One message of a conversation.
#[derive(Clone, Debug)]
pub struct DemoLine {
    /// When.
    pub at: Timestamp,
    /// The kind of a message of the shop; none for the customer's own.
    pub from_shop: Option<MessageKind>,
    /// What it says.
    pub text: String,
}

/// Makes the demo business, its owner, key, number, templates and customers.
///
/// # Errors
/// When a part of the data is not valid or the database cannot be reached.
pub async fn seed(service: &Service, data: DemoData) -> Result<(), Error> {
    let business = crate::business::create(service, &data.business_name, Some(HANDLE)).await?;
    crate::auth::create_user(service, business, &data.email, Role::Owner, &data.password).await?;
    crate::auth::insert_api_key(service, business, "Demo key", ApiKeyScope::Write, &data.api_key).await?;
    let connection = crate::connections::add(
        service,
        NewConnection {
            business,
            handle: Some(HANDLE.to_owned()),
            phone_number_id: data.phone_number_id,
            waba_id: data.waba_id,
            display_number: data.display_number,
            access_token: crate::connections::Secret::new("demo-access-token"),
            app_secret: crate::connections::Secret::new(data.app_secret),
            verify_token: crate::connections::Secret::new(data.verify_token),
            graph_url: Some(data.graph_url),
            messages_per_second: None,
        },
    )
    .await?;
    let service = service.clone();
    task(async move {
        let now = service.now();
        let mut tx = service.db.write().await?;
        for template in &data.templates {
            store::template::upsert_template(&mut tx, business, template, now).await?;
        }
        let (mut people, mut names, mut tags, mut events) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut inbound, mut outgoing, mut progress) = (Vec::new(), Vec::new(), Vec::new());
        for customer in &data.contacts {
            let id = ContactId::from_uuid(uuid_v7(customer.created_at, random()));
            let mut stored = StoredContact::new(business, id, customer.created_at);
            stored.contact.phone = Some(customer.phone.clone());
            stored.contact.name = Some(customer.name.clone());
            stored.contact.country = Some(customer.country.clone());
            for choice in &customer.choices {
                let signal = Signal { kind: choice.kind, source: choice.source, occurred_at: choice.at };
                let change = apply(&stored.consent, &signal);
                stored.set_consent(change.consent);
                if change.recorded {
                    let event = event(business, &stored, &signal, change, choice);
                    if let Some(digest) = &event.wording {
                        store::settings::insert_wording(&mut tx, business, digest, &choice.words, now)
                            .await?;
                    }
                    events.push(event);
                }
            }
            for line in &customer.lines {
                match line.from_shop {
                    None => {
                        stored.contact.last_inbound_at = stored.contact.last_inbound_at.max(Some(line.at));
                        inbound.push(received(business, connection, id, line));
                    }
                    Some(kind) => {
                        let (message, read) = sent(business, connection, id, kind, line);
                        outgoing.push(message);
                        progress.push(read);
                    }
                }
            }
            let value = customer.phone.as_str().to_owned();
            names.push((Identifier { business, kind: IdentityKind::Phone, value }, id));
            tags.extend(customer.tags.iter().map(|tag| (id, tag.clone())));
            people.push(stored);
        }
        // The ledger is in the order things were recorded.
        events.sort_by_key(|event: &NewEvent| event.occurred_at);
        store::contact::insert_contacts(&mut tx, &people).await?;
        store::contact::insert_identities(&mut tx, &names).await?;
        store::contact::insert_tags(&mut tx, business, &tags).await?;
        crate::ledger::append(&service, &mut tx, events).await?;
        store::inbound::insert_inbound(&mut tx, &inbound).await?;
        store::outbox::insert_messages(&mut tx, &outgoing).await?;
        settle_seeded(&mut tx, connection, &progress).await?;
        for (stored, customer) in people.iter().zip(&data.contacts) {
            converse(&mut tx, business, connection, stored.contact.id, &customer.lines).await?;
        }
        if let Some(template) = data.templates.iter().find(|template| template.name == data.campaign.template)
        {
            let customers: Vec<_> =
                people.iter().map(|stored| stored.contact.id).zip(&data.contacts).collect();
            campaign::seed(&mut tx, business, connection, &data.campaign, template, &customers).await?;
        }
        Ok(tx.commit().await?)
    })
    .await
}

/// The conversation that lines make.
async fn converse(
    tx: &mut store::Tx,
    business: domain::id::BusinessId,
    connection: ConnectionId,
    contact: ContactId,
    lines: &[DemoLine],
) -> Result<(), Error> {
    for line in lines {
        let id = MessageId::from_uuid(uuid_v7(line.at, random()));
        let preview = line.text.clone();
        match line.from_shop {
            None => {
                let waits = !["STOP", "START"].contains(&line.text.as_str());
                let unread = i64::from(waits);
                let heard = Heard { contact, business, connection, id, at: line.at, preview, unread, waits };
                store::conversation::note_heard(tx, &[heard]).await?;
            }
            Some(MessageKind::Service) => {
                let answered = Answered { contact, business, connection, id, at: line.at, preview };
                store::conversation::note_answered(tx, &answered).await?;
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn event(
    business: domain::id::BusinessId,
    stored: &StoredContact,
    signal: &Signal,
    change: domain::consent::Change,
    choice: &DemoChoice,
) -> NewEvent {
    let by_person = signal.source.is_the_person();
    let wording = (!by_person && signal.kind == SignalKind::OptIn).then(|| wording_digest(&choice.words));
    let typed = matches!(signal.source, Source::Keyword | Source::Button);
    NewEvent {
        business,
        contact: stored.contact.id,
        version: change.consent.version,
        kind: signal.kind,
        source: signal.source,
        from: change.from,
        to: change.to,
        occurred_at: signal.occurred_at,
        actor: if by_person { "person" } else { "system" }.to_owned(),
        settings_version: 1,
        rule: typed.then(|| if signal.source == Source::Button { "payload" } else { "keyword" }.to_owned()),
        matched: typed.then(|| detection::normalise(&choice.words)),
        wording,
        evidence: Evidence {
            words: by_person.then(|| choice.words.clone()),
            note: (!by_person).then(|| choice.words.clone()),
            identifier: crate::consent::identifier(&stored.contact),
            ..Evidence::default()
        },
        flags: detection::Flags::default(),
    }
}

fn received(
    business: domain::id::BusinessId,
    connection: ConnectionId,
    contact: ContactId,
    line: &DemoLine,
) -> NewInbound {
    let id = uuid_v7(line.at, random());
    NewInbound {
        id,
        business_id: business.uuid(),
        connection_id: connection.uuid(),
        contact_id: contact.uuid(),
        wamid: format!("wamid.demo{}", id.simple()),
        message_type: "text".to_owned(),
        preview: line.text.clone(),
        verdict: "none",
        rule: None,
        context_wamid: None,
        sent_at: line.at.micros(),
        received_at: line.at.micros(),
        raw: serde_json::json!({"type": "text", "text": {"body": line.text}}).to_string(),
    }
}

fn sent(
    business: domain::id::BusinessId,
    connection: ConnectionId,
    contact: ContactId,
    kind: MessageKind,
    line: &DemoLine,
) -> (NewMessage, Progress) {
    let id = MessageId::from_uuid(uuid_v7(line.at, random()));
    let message = NewMessage {
        id,
        business,
        connection,
        contact,
        kind,
        content: Content::Text { body: line.text.clone() },
        context_wamid: None,
        created_at: line.at,
        created_by: "system".to_owned(),
        not_before: line.at,
        expires_at: None,
        skipped: None,
        campaign: None,
    };
    let delivery = domain::inbound::Delivery::Read;
    let wamid = format!("wamid.demo{}", id.uuid().simple());
    (message, Progress { id, delivery, at: line.at, wamid, error_code: None })
}

/// The shop's old messages were sent long ago: claimed and settled in one go, so that nothing leaves again.
async fn settle_seeded(
    tx: &mut store::Tx,
    connection: ConnectionId,
    progress: &[Progress],
) -> Result<(), Error> {
    let far = Timestamp::from_micros(i64::MAX);
    store::outbox::claim_messages(tx, connection, far, i64::MAX).await?;
    Ok(store::outbox::advance_messages(tx, progress).await?)
}
