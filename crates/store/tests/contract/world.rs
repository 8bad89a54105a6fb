//! What the checks share: times, ids, two businesses, and things to put into them.

use std::sync::atomic::{AtomicI64, Ordering};

use domain::campaign::{Audience, Campaign, CampaignState};
use domain::consent::{self, Consent, Signal, SignalKind, Source};
use domain::id::{BusinessId, CampaignId, ConnectionId, ContactId, MessageId, UserId, uuid_v7};
use domain::kind::MessageKind;
use domain::outbound::Content;
use domain::phone::Phone;
use domain::role::Role;
use domain::time::Timestamp;
use store::access::{Business, User};
use store::campaign::StoredCampaign;
use store::connection::Connection;
use store::contact::StoredContact;
use store::inbound::NewInbound;
use store::outbox::NewMessage;
use store::{Db, access, connection, contact};
use uuid::Uuid;

/// What careless quoting, folding or encoding would break.
pub const NASTY: &str = "Zoë \"Q\" O'Brien \\ % _ $1 {} 🦀 שלום\r\n\t'); drop table contact; --";

/// A text no row buffer expects.
pub fn long() -> String {
    "é🦀x".repeat(50_000)
}

/// Seconds after the moment the tests take for now.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_800_000_000 + seconds)
}

/// A new id, greater than all before it.
pub fn uuid() -> Uuid {
    static NEXT: AtomicI64 = AtomicI64::new(1);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let mut random = [0xA5; 10];
    random[2..].copy_from_slice(&n.to_be_bytes());
    uuid_v7(Timestamp::from_micros(1_700_000_000_000_000 + n * 1_000), random)
}

/// Two businesses with a number each. What happens in one must never show in the other.
pub struct World {
    pub business: BusinessId,
    pub connection: ConnectionId,
    pub other: BusinessId,
    pub other_connection: ConnectionId,
}

pub fn a_business() -> Business {
    Business { id: BusinessId::from_uuid(uuid()), handle: None, name: "Padaria".into(), region: None }
}

pub fn a_connection(business: BusinessId) -> Connection {
    Connection {
        id: ConnectionId::from_uuid(uuid()),
        business,
        handle: None,
        phone_number_id: "1055".into(),
        waba_id: "2055".into(),
        display_number: "+1 555 010 0000".into(),
        access_token: vec![1, 0, 255],
        app_secret: vec![],
        verify_token: vec![0; 64],
        graph_url: "http://127.0.0.1:9/".into(),
        messages_per_second: 80,
        paused_reason: None,
        paused_until: None,
    }
}

pub fn a_user(business: BusinessId, email: &str) -> User {
    User {
        id: UserId::from_uuid(uuid()),
        business,
        email: email.into(),
        password_hash: "$argon2id$…".into(),
        role: Role::Agent,
        left: false,
    }
}

impl World {
    pub async fn new(db: &Db) -> Self {
        Self::new_on(&[db]).await
    }

    /// The same two businesses in several databases.
    pub async fn new_on(databases: &[&Db]) -> Self {
        let businesses = [a_business(), a_business()];
        let connections = businesses.each_ref().map(|business| a_connection(business.id));
        for db in databases {
            commit!(db, tx => {
                for business in &businesses {
                    access::insert_business(tx, business, at(0)).await.unwrap();
                }
                for connection in &connections {
                    connection::insert_connection(tx, connection, at(0)).await.unwrap();
                }
            });
        }
        Self {
            business: businesses[0].id,
            connection: connections[0].id,
            other: businesses[1].id,
            other_connection: connections[1].id,
        }
    }

    /// A person of the first business that is stored already.
    pub async fn person(&self, db: &Db, name: &str) -> ContactId {
        let person = named(self.business, name);
        commit!(db, tx => contact::insert_contacts(tx, std::slice::from_ref(&person)).await.unwrap());
        person.contact.id
    }

    /// A person of the second business that is stored already.
    pub async fn stranger(&self, db: &Db, name: &str) -> ContactId {
        let person = named(self.other, name);
        commit!(db, tx => contact::insert_contacts(tx, std::slice::from_ref(&person)).await.unwrap());
        person.contact.id
    }

    /// A message of the first business that is due now.
    pub fn message(&self, contact: ContactId, kind: MessageKind) -> NewMessage {
        NewMessage {
            id: MessageId::from_uuid(uuid()),
            business: self.business,
            connection: self.connection,
            contact,
            kind,
            content: Content::Text { body: "Olá".into() },
            context_wamid: None,
            created_at: at(0),
            created_by: "system".into(),
            not_before: at(0),
            expires_at: None,
            skipped: None,
            campaign: None,
        }
    }

    /// A message that a person wrote to the first business.
    pub fn written_by(&self, contact: ContactId, preview: &str) -> NewInbound {
        NewInbound {
            id: uuid(),
            business_id: self.business.uuid(),
            connection_id: self.connection.uuid(),
            contact_id: contact.uuid(),
            wamid: "wamid.in".into(),
            message_type: "text".into(),
            preview: preview.into(),
            verdict: "none",
            rule: None,
            context_wamid: None,
            sent_at: at(0).micros(),
            received_at: at(1).micros(),
            raw: "{}".into(),
        }
    }
}

/// A campaign of the first business that nobody launched yet.
pub fn a_campaign(world: &World, audience: Audience) -> StoredCampaign {
    StoredCampaign {
        business: world.business,
        created_by: "system".into(),
        at_launch: None,
        campaign: Campaign {
            id: CampaignId::from_uuid(uuid()),
            connection: world.connection,
            name: NASTY.replace(['\r', '\n', '\t'], " "),
            template: "spring_sale".into(),
            language: "en".into(),
            variables: vec![("1".into(), NASTY.into())],
            audience,
            state: CampaignState::Draft,
            pause_reason: None,
            schedule_at: None,
            created_at: at(0),
            launched_at: None,
            frozen_at: None,
            finished_at: None,
        },
    }
}

/// A person with a name, or without one when it is empty.
pub fn named(business: BusinessId, name: &str) -> StoredContact {
    let mut stored = StoredContact::new(business, ContactId::from_uuid(uuid()), at(0));
    stored.contact.name = (!name.is_empty()).then(|| name.to_owned());
    stored
}

pub fn phone(number: &str) -> Phone {
    Phone::from_e164(number).unwrap()
}

/// The consent that signals make, in order, one a second.
pub fn consent_of(kinds: &[SignalKind]) -> Consent {
    kinds.iter().zip(1..).fold(Consent::NONE, |before, (&kind, second)| {
        consent::apply(&before, &Signal { kind, source: Source::Keyword, occurred_at: at(second) }).consent
    })
}

/// Runs one statement as it stands, past the store's functions; says how many rows it touched.
pub async fn raw(db: &Db, sql: &'static str) -> store::Result<u64> {
    match db {
        Db::Sqlite { write, .. } => sqlx::query(sql).execute(write).await.map(|done| done.rows_affected()),
        Db::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(|done| done.rows_affected()),
    }
}

/// One text from a statement that the store has no function for.
pub async fn raw_text(db: &Db, sql: &'static str) -> Option<String> {
    match db {
        Db::Sqlite { read, .. } => sqlx::query_scalar(sql).fetch_one(read).await.unwrap(),
        Db::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
    }
}

/// Whether the database said that something is there already.
pub fn is_taken<T>(result: &store::Result<T>) -> bool {
    matches!(result, Err(store::Error::Database(error)) if error.is_unique_violation())
}
