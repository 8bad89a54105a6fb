//! Contacts, their identities and labels.

use std::collections::BTreeMap;

use domain::consent::{Consent, State};
use domain::contact::{Contact, Details};
use domain::id::{BusinessId, ContactId, JobId};
use domain::phone::Phone;
use domain::time::Timestamp;
use serde::Serialize;
use sqlx::{FromRow, Result};
use uuid::Uuid;

use crate::{Tx, corrupt, fold, hex};

/// Sorts after every name there is: where people without a name belong.
pub(crate) const NO_NAME: &str = "\u{10FFFD}";

/// A contact with what only the service needs of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredContact {
    /// Whose contact.
    pub business: BusinessId,
    /// What is shown of it. Labels are loaded apart ([`list_tags`]).
    pub contact: Contact,
    /// The marks of its consent.
    pub consent: Consent,
    /// When an opt-out, or a wish to opt in that had to be confirmed, was last answered.
    pub answered_at: Option<Timestamp>,
    /// The record that this one was joined to.
    pub merged_into: Option<ContactId>,
    /// The job that made it, when one did.
    pub made_by: Option<JobId>,
}

impl StoredContact {
    /// A person nobody knows anything about yet.
    #[must_use]
    pub const fn new(business: BusinessId, id: ContactId, now: Timestamp) -> Self {
        Self {
            business,
            contact: Contact {
                id,
                phone: None,
                user_id: None,
                name: None,
                country: None,
                state: State::Unknown,
                since: None,
                source: None,
                version: 0,
                native_stop: false,
                blocked: false,
                erased: false,
                invalid: false,
                expires_at: None,
                tags: Vec::new(),
                details: Details::NONE,
                last_inbound_at: None,
                created_at: now,
            },
            consent: Consent::NONE,
            answered_at: None,
            merged_into: None,
            made_by: None,
        }
    }

    /// Takes over a changed consent, and what is shown of it.
    pub fn set_consent(&mut self, consent: Consent) {
        let since = consent.since();
        self.contact.state = consent.state();
        self.contact.since = since.map(|(at, _)| at);
        self.contact.source = since.map(|(_, source)| source);
        self.contact.version = consent.version;
        self.contact.native_stop = consent.native_stop();
        self.consent = consent;
    }
}

/// What kind of name an identity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityKind {
    /// E.164 with `+`.
    Phone,
    /// A business-scoped user id.
    UserId,
    /// A parent business-scoped user id.
    ParentUserId,
}

impl IdentityKind {
    fn parse(text: &str) -> Result<Self> {
        match text {
            "phone" => Ok(Self::Phone),
            "user_id" => Ok(Self::UserId),
            "parent_user_id" => Ok(Self::ParentUserId),
            _ => Err(corrupt("contact_identity.kind")),
        }
    }
}

/// One name of one person in one business.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identifier {
    /// In which business.
    pub business: BusinessId,
    /// What kind of name.
    pub kind: IdentityKind,
    /// The name.
    pub value: String,
}

#[derive(FromRow)]
pub(crate) struct Row {
    id: Uuid,
    business_id: Uuid,
    phone: Option<String>,
    user_id: Option<String>,
    name: Option<String>,
    country: Option<String>,
    consent: String,
    blocked: bool,
    erased: bool,
    invalid: bool,
    expires_at: Option<i64>,
    last_inbound_at: Option<i64>,
    answered_at: Option<i64>,
    merged_into: Option<Uuid>,
    created_at: i64,
    made_by: Option<Uuid>,
}

pub(crate) const COLUMNS: &str = "id, business_id, phone, user_id, name, country, consent, blocked, erased, invalid, expires_at, \
                       last_inbound_at, answered_at, merged_into, created_at, made_by";

impl TryFrom<Row> for StoredContact {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self> {
        let consent: Consent = serde_json::from_str(&row.consent).map_err(|_| corrupt("contact.consent"))?;
        let phone = row
            .phone
            .map(|phone| Phone::from_e164(&phone))
            .transpose()
            .map_err(|_| corrupt("contact.phone"))?;
        let mut stored = Self::new(
            BusinessId::from_uuid(row.business_id),
            ContactId::from_uuid(row.id),
            Timestamp::from_micros(row.created_at),
        );
        stored.set_consent(consent);
        stored.contact.phone = phone;
        stored.contact.user_id = row.user_id;
        stored.contact.name = row.name;
        stored.contact.country = row.country;
        stored.contact.blocked = row.blocked;
        stored.contact.erased = row.erased;
        stored.contact.invalid = row.invalid;
        stored.contact.expires_at = row.expires_at.map(Timestamp::from_micros);
        stored.contact.last_inbound_at = row.last_inbound_at.map(Timestamp::from_micros);
        stored.answered_at = row.answered_at.map(Timestamp::from_micros);
        stored.merged_into = row.merged_into.map(ContactId::from_uuid);
        stored.made_by = row.made_by.map(JobId::from_uuid);
        Ok(stored)
    }
}

pub(crate) fn contacts(rows: Vec<Row>) -> Result<Vec<StoredContact>> {
    rows.into_iter().map(StoredContact::try_from).collect()
}

/// A contact as set-based statements take it.
#[derive(Serialize)]
struct Written<'a> {
    id: String,
    business_id: String,
    phone: Option<&'a str>,
    user_id: Option<&'a str>,
    name: Option<&'a str>,
    name_folded: String,
    country: Option<&'a str>,
    state: &'static str,
    since: Option<i64>,
    source: Option<&'static str>,
    version: i64,
    native_stop: bool,
    consent: String,
    blocked: bool,
    erased: bool,
    invalid: bool,
    expires_at: Option<i64>,
    last_inbound_at: Option<i64>,
    answered_at: Option<i64>,
    merged_into: Option<String>,
    created_at: i64,
    made_by: Option<String>,
}

fn written(contacts: &[StoredContact]) -> String {
    let rows: Vec<Written<'_>> = contacts
        .iter()
        .map(|stored| {
            let contact = &stored.contact;
            let name = contact.name.as_deref().filter(|name| !name.trim().is_empty());
            Written {
                id: hex(contact.id.uuid()),
                business_id: hex(stored.business.uuid()),
                phone: contact.phone.as_ref().map(Phone::as_str),
                user_id: contact.user_id.as_deref(),
                name,
                name_folded: name.map_or_else(|| NO_NAME.to_owned(), fold),
                country: contact.country.as_deref(),
                state: contact.state.as_str(),
                since: contact.since.map(Timestamp::micros),
                source: contact.source.map(domain::consent::Source::as_str),
                version: contact.version,
                native_stop: contact.native_stop,
                consent: serde_json::to_string(&stored.consent).unwrap_or_default(),
                blocked: contact.blocked,
                erased: contact.erased,
                invalid: contact.invalid,
                expires_at: contact.expires_at.map(Timestamp::micros),
                last_inbound_at: contact.last_inbound_at.map(Timestamp::micros),
                answered_at: stored.answered_at.map(Timestamp::micros),
                merged_into: stored.merged_into.map(|id| hex(id.uuid())),
                created_at: contact.created_at.micros(),
                made_by: stored.made_by.map(|id| hex(id.uuid())),
            }
        })
        .collect();
    serde_json::to_string(&rows).unwrap_or_default()
}

/// Adds contacts.
///
/// # Errors
/// When the database refuses.
pub async fn insert_contacts(tx: &mut Tx, contacts: &[StoredContact]) -> Result<()> {
    if contacts.is_empty() {
        return Ok(());
    }
    // On SQLite each row gets the number it has in the index over parts of names; a trigger would write each row twice.
    let sql = match tx {
        Tx::Sqlite(_) => rows!(tx,
            "insert into contact (id, business_id, phone, user_id, name, name_folded, country, state, since, source, version, \
             native_stop, consent, blocked, erased, invalid, expires_at, last_inbound_at, answered_at, merged_into, created_at, \
             made_by, search_id) \
             select id, business_id, phone, user_id, name, name_folded, country, state, since, source, version, native_stop, \
             consent, blocked, erased, invalid, expires_at, last_inbound_at, answered_at, merged_into, created_at, made_by, \
             (select coalesce(max(search_id), 0) from contact) + row_number() over () from ",
            [id uuid, business_id uuid, phone text, user_id text, name text, name_folded text, country text, state text,
             since bigint, source text, version bigint, native_stop boolean, consent text, blocked boolean, erased boolean,
             invalid boolean, expires_at bigint, last_inbound_at bigint, answered_at bigint, merged_into uuid,
             created_at bigint, made_by uuid],
            " r"),
        Tx::Postgres(_) => rows!(tx,
            "insert into contact (id, business_id, phone, user_id, name, name_folded, country, state, since, source, version, \
             native_stop, consent, blocked, erased, invalid, expires_at, last_inbound_at, answered_at, merged_into, created_at, \
             made_by) \
             select id, business_id, phone, user_id, name, name_folded, country, state, since, source, version, native_stop, \
             consent, blocked, erased, invalid, expires_at, last_inbound_at, answered_at, merged_into, created_at, made_by from ",
            [id uuid, business_id uuid, phone text, user_id text, name text, name_folded text, country text, state text,
             since bigint, source text, version bigint, native_stop boolean, consent text, blocked boolean, erased boolean,
             invalid boolean, expires_at bigint, last_inbound_at bigint, answered_at bigint, merged_into uuid,
             created_at bigint, made_by uuid],
            " r"),
    };
    let rows = written(contacts);
    on!(tx, c => sqlx::query(sql).bind(rows).execute(c).await.map(|_| ()))
}

/// Writes contacts back whole; only the id, the business and the time of creation stay.
///
/// # Errors
/// When the database refuses.
pub async fn update_contacts(tx: &mut Tx, contacts: &[StoredContact]) -> Result<()> {
    if contacts.is_empty() {
        return Ok(());
    }
    let sql = rows!(tx,
        "update contact set phone = r.phone, user_id = r.user_id, name = r.name, name_folded = r.name_folded, \
         country = r.country, state = r.state, since = r.since, source = r.source, version = r.version, \
         native_stop = r.native_stop, consent = r.consent, blocked = r.blocked, erased = r.erased, invalid = r.invalid, \
         expires_at = r.expires_at, last_inbound_at = r.last_inbound_at, answered_at = r.answered_at, \
         merged_into = r.merged_into from ",
        [id uuid, business_id uuid, phone text, user_id text, name text, name_folded text, country text, state text,
         since bigint, source text, version bigint, native_stop boolean, consent text, blocked boolean, erased boolean,
         invalid boolean, expires_at bigint, last_inbound_at bigint, answered_at bigint, merged_into uuid],
        " r where contact.id = r.id and contact.business_id = r.business_id");
    let rows = written(contacts);
    on!(tx, c => sqlx::query(sql).bind(rows).execute(c).await.map(|_| ()))
}

/// Notes when people last wrote, never going back. Of all that changes about a contact this changes most often, and none of
/// the indexes covers it: a statement of its own leaves them alone.
///
/// # Errors
/// When the database refuses.
pub async fn touch_contacts(tx: &mut Tx, wrote: &[(ContactId, Timestamp)]) -> Result<()> {
    #[derive(Serialize)]
    struct Written {
        id: String,
        at: i64,
    }
    if wrote.is_empty() {
        return Ok(());
    }
    let sql = rows!(tx,
        "update contact set last_inbound_at = r.at from ",
        [id uuid, at bigint],
        " r where contact.id = r.id and coalesce(contact.last_inbound_at, r.at - 1) < r.at");
    // One row a person: of several, an update takes any.
    let mut last = BTreeMap::new();
    for &(id, at) in wrote {
        let known = last.entry(id).or_insert(at);
        *known = at.max(*known);
    }
    let rows: Vec<_> =
        last.into_iter().map(|(id, at)| Written { id: hex(id.uuid()), at: at.micros() }).collect();
    let rows = serde_json::to_string(&rows).unwrap_or_default();
    on!(tx, c => sqlx::query(sql).bind(rows).execute(c).await.map(|_| ()))
}

/// Loads contacts to change them. On PostgreSQL the rows are locked, in the order of their ids so that two units of work
/// cannot wait for each other.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn load_contacts(tx: &mut Tx, ids: &[ContactId]) -> Result<Vec<StoredContact>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = tx.pick(
        "select id, business_id, phone, user_id, name, country, consent, blocked, erased, invalid, expires_at, \
         last_inbound_at, answered_at, merged_into, created_at, made_by from contact \
         where id in (select unhex(value) from json_each($1)) order by id",
        "select id, business_id, phone, user_id, name, country, consent, blocked, erased, invalid, expires_at, \
         last_inbound_at, answered_at, merged_into, created_at, made_by from contact \
         where id in (select cast(value as uuid) from jsonb_array_elements_text(cast($1 as jsonb)) as j(value)) \
         order by id for update",
    );
    let ids: Vec<String> = ids.iter().map(|id| hex(id.uuid())).collect();
    let ids = serde_json::to_string(&ids).unwrap_or_default();
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(sql).bind(ids).fetch_all(c).await)?;
    contacts(rows)
}

/// A contact of a business, if there is one with this id; a merged one leads to the record it was joined to.
///
/// # Errors
/// When the database refuses or the row is corrupt.
pub async fn find_contact(tx: &mut Tx, business: BusinessId, id: ContactId) -> Result<Option<StoredContact>> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(
            "select id, business_id, phone, user_id, name, country, consent, blocked, erased, invalid, expires_at, \
             last_inbound_at, answered_at, merged_into, created_at, made_by from contact \
             where business_id = $1 and id = (select coalesce(merged_into, id) from contact where id = $2)")
        .bind(business.uuid()).bind(id.uuid())
        .fetch_optional(c).await)?;
    row.map(StoredContact::try_from).transpose()
}

/// Whom these names belong to; names nobody has are left out.
///
/// # Errors
/// When the database refuses.
pub async fn find_identities(tx: &mut Tx, names: &[Identifier]) -> Result<Vec<(Identifier, ContactId)>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let sql = rows!(tx,
        "select i.business_id, i.kind, i.value, i.contact_id from ",
        [business_id uuid, kind text, value text],
        " r join contact_identity i on i.business_id = r.business_id and i.kind = r.kind and i.value = r.value");
    let rows = written_identities(names.iter().map(|name| (name, None)));
    let rows: Vec<(Uuid, String, String, Uuid)> =
        on!(tx, c => sqlx::query_as(sql).bind(rows).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(business, kind, value, contact)| {
            let business = BusinessId::from_uuid(business);
            let kind = IdentityKind::parse(&kind)?;
            Ok((Identifier { business, kind, value }, ContactId::from_uuid(contact)))
        })
        .collect()
}

/// Gives people names. A name that somebody else has moves to the one given here; of a name given twice the last counts.
///
/// # Errors
/// When the database refuses.
pub async fn upsert_identities(tx: &mut Tx, names: &[(Identifier, ContactId)]) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let sql = rows!(tx,
        "insert into contact_identity (business_id, kind, value, contact_id) \
         select business_id, kind, value, contact_id from ",
        [business_id uuid, kind text, value text, contact_id uuid],
        " r where true on conflict (business_id, kind, value) do update set contact_id = excluded.contact_id");
    // PostgreSQL refuses to move one name twice in one statement; and names in one order cannot make two writers wait for
    // each other.
    let last: BTreeMap<&Identifier, ContactId> =
        names.iter().map(|(name, contact)| (name, *contact)).collect();
    let rows = written_identities(last.into_iter().map(|(name, contact)| (name, Some(contact))));
    on!(tx, c => sqlx::query(sql).bind(rows).execute(c).await.map(|_| ()))
}

/// Adds names that nobody has yet; a name that is taken stops the unit of work (two people cannot share one).
///
/// # Errors
/// A unique violation when somebody was faster, or when the database refuses.
pub async fn insert_identities(tx: &mut Tx, names: &[(Identifier, ContactId)]) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let sql = rows!(tx,
        "insert into contact_identity (business_id, kind, value, contact_id) \
         select business_id, kind, value, contact_id from ",
        [business_id uuid, kind text, value text, contact_id uuid],
        " r");
    let rows = written_identities(names.iter().map(|(name, contact)| (name, Some(*contact))));
    on!(tx, c => sqlx::query(sql).bind(rows).execute(c).await.map(|_| ()))
}

/// Takes names away from whoever has them.
///
/// # Errors
/// When the database refuses.
pub async fn delete_identity(tx: &mut Tx, name: &Identifier) -> Result<()> {
    let kind = serde_json::to_value(name.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned));
    on!(tx, c => sqlx::query("delete from contact_identity where business_id = $1 and kind = $2 and value = $3")
        .bind(name.business.uuid()).bind(kind).bind(&name.value)
        .execute(c).await.map(|_| ()))
}

fn written_identities<'a>(names: impl Iterator<Item = (&'a Identifier, Option<ContactId>)>) -> String {
    #[derive(Serialize)]
    struct Written<'a> {
        business_id: String,
        kind: IdentityKind,
        value: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        contact_id: Option<String>,
    }
    let rows: Vec<_> = names
        .map(|(name, contact)| Written {
            business_id: hex(name.business.uuid()),
            kind: name.kind,
            value: &name.value,
            contact_id: contact.map(|id| hex(id.uuid())),
        })
        .collect();
    serde_json::to_string(&rows).unwrap_or_default()
}

/// Gives the names of one record to another.
///
/// # Errors
/// When the database refuses.
pub async fn move_identities(tx: &mut Tx, from: ContactId, to: ContactId) -> Result<()> {
    on!(tx, c => sqlx::query("update contact_identity set contact_id = $2 where contact_id = $1")
        .bind(from.uuid()).bind(to.uuid()).execute(c).await.map(|_| ()))
}

/// Gives the incoming messages of one record to another.
///
/// # Errors
/// When the database refuses.
pub async fn move_inbound(tx: &mut Tx, from: ContactId, to: ContactId) -> Result<()> {
    on!(tx, c => sqlx::query("update message_in set contact_id = $2 where contact_id = $1")
        .bind(from.uuid()).bind(to.uuid()).execute(c).await.map(|_| ()))
}

/// Gives the outgoing messages of one record to another.
///
/// # Errors
/// When the database refuses.
pub async fn move_outbound(tx: &mut Tx, from: ContactId, to: ContactId) -> Result<()> {
    on!(tx, c => sqlx::query("update message_out set contact_id = $2 where contact_id = $1")
        .bind(from.uuid()).bind(to.uuid()).execute(c).await.map(|_| ()))
}

/// Notes that there is no WhatsApp account behind somebody's number, or that there is one after all; says whether that is news.
///
/// # Errors
/// When the database refuses.
pub async fn set_invalid(tx: &mut Tx, contact: ContactId, invalid: bool) -> Result<bool> {
    on!(tx, c => sqlx::query("update contact set invalid = $2 where id = $1 and invalid <> $2")
        .bind(contact.uuid()).bind(invalid).execute(c).await.map(|done| done.rows_affected() > 0))
}

/// Points records that were joined to one that is being joined now at the final one.
///
/// # Errors
/// When the database refuses.
pub async fn move_merged(tx: &mut Tx, from: ContactId, to: ContactId) -> Result<()> {
    on!(tx, c => sqlx::query("update contact set merged_into = $2 where merged_into = $1")
        .bind(from.uuid()).bind(to.uuid()).execute(c).await.map(|_| ()))
}

/// Gives the labels of one record to another.
///
/// # Errors
/// When the database refuses.
pub async fn copy_tags(tx: &mut Tx, from: ContactId, to: ContactId) -> Result<()> {
    on!(tx, c => sqlx::query(
            "insert into contact_tag (contact_id, tag, business_id) \
             select $2, tag, business_id from contact_tag where contact_id = $1 on conflict do nothing")
        .bind(from.uuid()).bind(to.uuid()).execute(c).await.map(|_| ()))
}

/// The labels of these contacts.
///
/// # Errors
/// When the database refuses.
pub async fn list_tags(tx: &mut Tx, ids: &[ContactId]) -> Result<Vec<(ContactId, String)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = tx.pick(
        "select contact_id, tag from contact_tag where contact_id in (select unhex(value) from json_each($1)) order by tag",
        "select contact_id, tag from contact_tag where contact_id in \
         (select cast(value as uuid) from jsonb_array_elements_text(cast($1 as jsonb)) as j(value)) order by tag",
    );
    let ids: Vec<String> = ids.iter().map(|id| hex(id.uuid())).collect();
    let ids = serde_json::to_string(&ids).unwrap_or_default();
    let rows: Vec<(Uuid, String)> = on!(tx, c => sqlx::query_as(sql).bind(ids).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id, tag)| (ContactId::from_uuid(id), tag)).collect())
}

/// Takes all labels off a contact.
///
/// # Errors
/// When the database refuses.
pub async fn delete_tags(tx: &mut Tx, contact: ContactId) -> Result<()> {
    on!(tx, c => sqlx::query("delete from contact_tag where contact_id = $1").bind(contact.uuid()).execute(c).await.map(|_| ()))
}

/// Takes one label off some contacts.
///
/// # Errors
/// When the database refuses.
pub async fn delete_tag_of(tx: &mut Tx, tag: &str, ids: &[ContactId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let sql = tx.pick(
        "delete from contact_tag where tag = $2 and contact_id in (select unhex(value) from json_each($1))",
        "delete from contact_tag where tag = $2 and contact_id in \
         (select cast(value as uuid) from jsonb_array_elements_text(cast($1 as jsonb)) as j(value))",
    );
    let ids: Vec<String> = ids.iter().map(|id| hex(id.uuid())).collect();
    let ids = serde_json::to_string(&ids).unwrap_or_default();
    on!(tx, c => sqlx::query(sql).bind(ids).bind(tag).execute(c).await.map(|_| ()))
}

/// Puts labels on contacts; those already there stay.
///
/// # Errors
/// When the database refuses.
pub async fn insert_tags(tx: &mut Tx, business: BusinessId, tags: &[(ContactId, String)]) -> Result<()> {
    #[derive(Serialize)]
    struct Written<'a> {
        contact_id: String,
        tag: &'a str,
        business_id: String,
    }
    if tags.is_empty() {
        return Ok(());
    }
    let sql = rows!(tx,
        "insert into contact_tag (contact_id, tag, business_id) select contact_id, tag, business_id from ",
        [contact_id uuid, tag text, business_id uuid],
        " r where true on conflict do nothing");
    let rows: Vec<_> = tags
        .iter()
        .map(|(id, tag)| Written { contact_id: hex(id.uuid()), tag, business_id: hex(business.uuid()) })
        .collect();
    let rows = serde_json::to_string(&rows).unwrap_or_default();
    on!(tx, c => sqlx::query(sql).bind(rows).execute(c).await.map(|_| ()))
}

/// Reads contacts to decide about messages, without locking them.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn read_contacts(tx: &mut Tx, ids: &[ContactId]) -> Result<Vec<StoredContact>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = tx.pick(
        "select id, business_id, phone, user_id, name, country, consent, blocked, erased, invalid, expires_at, \
         last_inbound_at, answered_at, merged_into, created_at, made_by from contact \
         where id in (select unhex(value) from json_each($1))",
        "select id, business_id, phone, user_id, name, country, consent, blocked, erased, invalid, expires_at, \
         last_inbound_at, answered_at, merged_into, created_at, made_by from contact \
         where id in (select cast(value as uuid) from jsonb_array_elements_text(cast($1 as jsonb)) as j(value))",
    );
    let ids: Vec<String> = ids.iter().map(|id| hex(id.uuid())).collect();
    let ids = serde_json::to_string(&ids).unwrap_or_default();
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(sql).bind(ids).fetch_all(c).await)?;
    contacts(rows)
}
