//! The contacts table: pages in any order, filtered in any way, at once at any size.
//!
//! No page may read a whole table of millions. Each filter has an index; how many rows it leaves is looked up first, as far as
//! [`SPARSE`]. A filter that leaves few leads, and what it leaves is sorted. Where every filter leaves many, the page is walked in the
//! order asked for, and enough rows that match come soon. SQLite keeps no statistics and is told; PostgreSQL finds out by itself.

use domain::campaign::RecipientOutcome;
use domain::contact::{CampaignFilter, Contact, ContactQuery, ContactSort, Found, StateCounts};
use domain::id::{BusinessId, ContactId};
use domain::time::Timestamp;
use sqlx::{Database, QueryBuilder, Result};

use crate::contact::{NO_NAME, Row, StoredContact, contacts};
use crate::{Tx, corrupt, fold};

/// Rows that are looked up and sorted without anybody noticing.
const SPARSE: i64 = 4_000;
/// As far as what was found is counted.
pub const COUNTED: i64 = 1_000;
/// Digits at the end of a number by which it is looked for; all of them are compared.
const TELLING: usize = 7;
/// Letters of one group of the index over parts of names.
const GROUP: usize = 3;

/// Where a page of contacts starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Towards the front instead of the back.
    pub backwards: bool,
    /// The contact next to the page.
    pub id: ContactId,
    /// What it sorts by beside its id.
    pub place: Place,
}

/// What a contact sorts by beside its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Nothing: ids sort by creation.
    Id,
    /// Its folded name.
    Name(String),
    /// A time, in microseconds.
    At(i64),
}

/// What a contact sorts by in an order.
#[must_use]
pub fn place(contact: &Contact, sort: ContactSort) -> Place {
    let at = |time: Option<Timestamp>| Place::At(time.map_or(0, Timestamp::micros));
    match sort {
        ContactSort::Newest => Place::Id,
        ContactSort::Name => Place::Name(sort_name(contact)),
        ContactSort::LastMessage => at(contact.last_inbound_at),
        ContactSort::Changed => at(contact.since),
    }
}

/// What a contact sorts by when the order is by name.
#[must_use]
pub fn sort_name(contact: &Contact) -> String {
    contact.name.as_deref().filter(|name| !name.trim().is_empty()).map_or_else(|| NO_NAME.to_owned(), fold)
}

/// One page, in the order asked for; one row more than `limit` says that there is more.
///
/// # Errors
/// When the database refuses or a row is corrupt.
pub async fn list_contacts(
    tx: &mut Tx,
    business: BusinessId,
    query: &ContactQuery,
    cursor: Option<&Cursor>,
    limit: u32,
) -> Result<Vec<StoredContact>> {
    let lead = lead(tx, business, query).await?;
    let rows: Vec<Row> = on!(tx, c => {
        let mut sql = QueryBuilder::new(SELECT);
        push_matching(&mut sql, business, query, lead);
        push_order(&mut sql, query.sort, lead, cursor);
        sql.push(" limit ").push_bind(i64::from(limit) + 1);
        sql.build_query_as().fetch_all(c).await
    })?;
    contacts(rows)
}

/// The next of all who match, by their ids, to work on all of them portion by portion.
///
/// # Errors
/// When the database refuses.
pub async fn list_matching(
    tx: &mut Tx,
    business: BusinessId,
    query: &ContactQuery,
    after: Option<ContactId>,
    limit: u32,
) -> Result<Vec<StoredContact>> {
    let query = ContactQuery { sort: ContactSort::Newest, ..query.clone() };
    // From the oldest to the newest: whoever comes meanwhile is met too.
    let start = after.unwrap_or_else(|| ContactId::from_uuid(uuid::Uuid::nil()));
    let cursor = Cursor { backwards: true, id: start, place: Place::Id };
    let mut found = list_contacts(tx, business, &query, Some(&cursor), limit).await?;
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

/// How many match, counted as far as [`COUNTED`].
///
/// # Errors
/// When the database refuses.
pub async fn count_matching(tx: &mut Tx, business: BusinessId, query: &ContactQuery) -> Result<Found> {
    let lead = lead(tx, business, query).await?;
    let count: i64 = on!(tx, c => {
        let mut sql = QueryBuilder::new("select count(*) from (select 1 as one");
        push_matching(&mut sql, business, query, lead);
        // In the order of the walk that finds some soon; unordered, an engine may take any index.
        push_order(&mut sql, ContactSort::Newest, lead, None);
        sql.push(" limit ").push_bind(COUNTED + 1).push(") as s");
        sql.build_query_scalar().fetch_one(c).await
    })?;
    Ok(Found { count: count.min(COUNTED), more: count > COUNTED })
}

const SELECT: &str = "select contact.id, contact.business_id, contact.phone, contact.user_id, contact.name, contact.country, \
                      contact.consent, contact.blocked, contact.erased, contact.invalid, contact.expires_at, \
                      contact.last_inbound_at, contact.answered_at, contact.merged_into, contact.created_at, contact.made_by";

/// Which filter finds the rows; the others only look at them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lead {
    /// None: the order is walked.
    Order,
    /// The number, which one person has.
    Phone,
    /// Few match a filter.
    Few(Filter),
    /// Many do, and the order by creation is that of the filter's index.
    Many(Filter),
    /// The engine decides.
    Engine,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filter {
    Search,
    Tag,
    State,
    Country,
    Source,
    Wrote,
    Language,
    Campaign,
}

/// A table that says which contacts a filter leaves, in the order of their ids.
struct Beside {
    /// From where, up to the value.
    from: &'static str,
    value: String,
}

/// The table beside contacts that a filter is looked up in, if it is one of those.
fn beside(filter: Filter, query: &ContactQuery) -> Option<Beside> {
    let (from, value) = match filter {
        Filter::Tag => {
            ("contact_tag t cross join contact on contact.id = t.contact_id where t.tag = ", &query.tag)
        }
        Filter::Language => (
            "contact_detail t cross join contact on contact.id = t.contact_id where t.language = ",
            &query.language,
        ),
        _ => return None,
    };
    Some(Beside { from, value: value.clone()? })
}

/// Looks up how many rows each filter leaves, and who leads.
async fn lead(tx: &mut Tx, business: BusinessId, query: &ContactQuery) -> Result<Lead> {
    let Tx::Sqlite(connection) = tx else { return Ok(Lead::Engine) };
    if query.phone.is_some() {
        return Ok(Lead::Phone);
    }
    let limit = SPARSE + 1;
    let id = business.uuid();
    let mut sizes = Vec::new();
    if let Some(state) = query.state {
        let size: Option<i64> =
            sqlx::query_scalar("select sum(n) from contact_count where business_id = $1 and state = $2")
                .bind(id)
                .bind(state.as_str())
                .fetch_one(&mut **connection)
                .await?;
        sizes.push((size.unwrap_or(0).min(limit), Filter::State));
    }
    if let Some(term) = query.search.as_deref().and_then(groups) {
        let size = sqlx::query_scalar(
            "select count(*) from (select 1 from contact_search where contact_search match $1 limit $2) as s",
        );
        sizes.push((size.bind(term).bind(limit).fetch_one(&mut **connection).await?, Filter::Search));
    }
    if let Some(tag) = &query.tag {
        let size = sqlx::query_scalar(
            "select count(*) from (select 1 from contact_tag where business_id = $1 and tag = $2 limit $3) as s",
        );
        sizes.push((size.bind(id).bind(tag).bind(limit).fetch_one(&mut **connection).await?, Filter::Tag));
    }
    if let Some(language) = &query.language {
        let size = sqlx::query_scalar(
            "select count(*) from (select 1 from contact_detail where business_id = $1 and language = $2 limit $3) as s",
        );
        let size = size.bind(id).bind(language).bind(limit).fetch_one(&mut **connection).await?;
        sizes.push((size, Filter::Language));
    }
    if let Some(filter) = query.campaign {
        let mut sql = QueryBuilder::new("select count(*) from (");
        push_campaign(&mut sql, filter);
        sql.push(" limit ").push_bind(limit).push(") as s");
        sizes.push((sql.build_query_scalar().fetch_one(&mut **connection).await?, Filter::Campaign));
    }
    if let Some(country) = &query.country {
        let size = sqlx::query_scalar(
            "select count(*) from (select 1 from contact where business_id = $1 and country = $2 limit $3) as s",
        );
        let size = size.bind(id).bind(country).bind(limit).fetch_one(&mut **connection).await?;
        sizes.push((size, Filter::Country));
    }
    if let Some(source) = query.source {
        let size = sqlx::query_scalar(
            "select count(*) from (select 1 from contact where business_id = $1 and source = $2 limit $3) as s",
        );
        let size = size.bind(id).bind(source.as_str()).bind(limit).fetch_one(&mut **connection).await?;
        sizes.push((size, Filter::Source));
    }
    if let Some(since) = query.wrote_since {
        let size = sqlx::query_scalar(
            "select count(*) from (select 1 from contact \
             where business_id = $1 and coalesce(last_inbound_at, 0) >= $2 limit $3) as s",
        );
        let size = size.bind(id).bind(since.micros()).bind(limit).fetch_one(&mut **connection).await?;
        sizes.push((size, Filter::Wrote));
    }
    let least = sizes.iter().min_by_key(|(size, _)| *size);
    Ok(match least {
        Some((size, filter)) if *size <= SPARSE => Lead::Few(*filter),
        Some(_) if query.sort == ContactSort::Newest => {
            let ordered = |filter: &Filter| {
                matches!(
                    filter,
                    Filter::Tag | Filter::Language | Filter::State | Filter::Country | Filter::Source
                )
            };
            sizes
                .iter()
                .map(|(_, filter)| *filter)
                .find(|filter| ordered(filter))
                .map_or(Lead::Order, Lead::Many)
        }
        _ => Lead::Order,
    })
}

/// From where, and under which conditions.
fn push_matching<DB: Database>(
    sql: &mut QueryBuilder<DB>,
    business: BusinessId,
    query: &ContactQuery,
    lead: Lead,
) where
    String: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    &'static str: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    uuid::Uuid: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    i64: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    bool: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    let leads = |filter| lead == Lead::Few(filter) || lead == Lead::Many(filter);
    // A plus before a column keeps SQLite from taking its index.
    let plus = |filter: Option<Filter>| {
        if lead == Lead::Engine || filter.is_some_and(leads) { "" } else { "+" }
    };
    let index = match lead {
        Lead::Few(Filter::State) | Lead::Many(Filter::State) => " indexed by contact_by_state",
        Lead::Few(Filter::Country) | Lead::Many(Filter::Country) => " indexed by contact_by_country",
        Lead::Few(Filter::Source) | Lead::Many(Filter::Source) => " indexed by contact_by_source",
        Lead::Few(Filter::Wrote) => " indexed by contact_by_last_inbound",
        _ => "",
    };
    let owner = |sql: &mut QueryBuilder<DB>, plus: &str| {
        sql.push(plus).push("contact.business_id = ").push_bind(business.uuid());
    };
    let leading = match lead {
        Lead::Few(filter) | Lead::Many(filter) => beside(filter, query),
        _ => None,
    };
    if let Some(Beside { from, value }) = leading {
        sql.push(" from ").push(from).push_bind(value);
        sql.push(" and t.business_id = ").push_bind(business.uuid()).push(" and ");
        owner(sql, "+");
    } else {
        sql.push(" from contact").push(index).push(" where ");
        let by_rows = matches!(lead, Lead::Phone | Lead::Few(Filter::Search | Filter::Campaign));
        owner(sql, if by_rows { "+" } else { "" });
    }
    sql.push(" and contact.merged_into is null and not contact.erased");
    if let Some(term) = &query.search {
        if leads(Filter::Search)
            && let Some(groups) = groups(term)
        {
            sql.push(
                " and contact.search_id in (select rowid from contact_search where contact_search match ",
            );
            sql.push_bind(groups).push(")");
        }
        push_search(sql, term);
    }
    if let Some(state) = query.state {
        sql.push(" and ").push(plus(Some(Filter::State))).push("contact.state = ").push_bind(state.as_str());
    }
    if let Some(country) = &query.country {
        sql.push(" and ")
            .push(plus(Some(Filter::Country)))
            .push("contact.country = ")
            .push_bind(country.clone());
    }
    if let Some(source) = query.source {
        sql.push(" and ")
            .push(plus(Some(Filter::Source)))
            .push("contact.source = ")
            .push_bind(source.as_str());
    }
    if let Some(since) = query.wrote_since {
        // In the words of the index, which no other expression meets.
        let column = if plus(Some(Filter::Wrote)).is_empty() {
            "coalesce(contact.last_inbound_at, 0)"
        } else {
            "+contact.last_inbound_at"
        };
        sql.push(" and ").push(column).push(" >= ").push_bind(since.micros());
    }
    if let Some(since) = query.added_since {
        // Ids sort by creation: the first of that moment, whatever else is in it.
        let millis = u128::try_from(since.micros().max(0) / 1_000).unwrap_or(0);
        sql.push(" and contact.id >= ").push_bind(uuid::Uuid::from_u128(millis << 80));
    }
    if let Some(blocked) = query.blocked {
        sql.push(" and contact.blocked = ").push_bind(blocked);
    }
    if let Some(phone) = &query.phone {
        sql.push(" and contact.id in (select contact_id from contact_identity where kind = 'phone' and business_id = ")
            .push_bind(business.uuid())
            .push(" and value = ")
            .push_bind(phone.as_str().to_owned())
            .push(")");
    }
    if let Some(language) = query.language.as_ref().filter(|_| !leads(Filter::Language)) {
        sql.push(
            " and exists (select 1 from contact_detail t where t.contact_id = contact.id and t.language = ",
        )
        .push_bind(language.clone())
        .push(")");
    }
    if let Some(filter) = query.campaign {
        if leads(Filter::Campaign) {
            sql.push(" and contact.id in (");
            push_campaign(sql, filter);
            sql.push(")");
        } else {
            push_recipient(sql, filter, lead);
        }
    }
    if let Some(tag) = query.tag.as_ref().filter(|_| !leads(Filter::Tag)) {
        sql.push(" and exists (select 1 from contact_tag t where t.contact_id = contact.id and t.tag = ")
            .push_bind(tag.clone())
            .push(")");
    }
}

/// Which messages of a campaign an outcome means, and which people without one: conditions on `m` and on `r`.
const fn outcome_of(outcome: RecipientOutcome) -> (&'static str, Option<&'static str>) {
    match outcome {
        RecipientOutcome::Pending => ("m.state in ('pending', 'claimed')", Some("r.outcome = 'pending'")),
        RecipientOutcome::Sent => ("m.state = 'sent' and coalesce(m.delivery, '') <> 'failed'", None),
        RecipientOutcome::Delivered => {
            ("m.state = 'sent' and m.delivery in ('delivered', 'read', 'played')", None)
        }
        RecipientOutcome::Read => ("m.state = 'sent' and m.delivery in ('read', 'played')", None),
        RecipientOutcome::Failed => {
            ("(m.state = 'failed' or (m.state = 'sent' and m.delivery = 'failed'))", None)
        }
        RecipientOutcome::Unknown => ("m.state = 'unknown'", None),
        RecipientOutcome::Skipped => ("m.state = 'skipped'", Some("r.outcome = 'skipped'")),
    }
}

/// The people whom a campaign left with an outcome, found from the campaign.
fn push_campaign<DB: Database>(
    sql: &mut QueryBuilder<DB>,
    CampaignFilter { campaign, outcome }: CampaignFilter,
) where
    uuid::Uuid: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    let (messages, people) = outcome_of(outcome);
    sql.push("select m.contact_id from message_out m where m.campaign_id = ").push_bind(campaign.uuid());
    sql.push(" and ").push(messages);
    if let Some(people) = people {
        sql.push(" union all select r.contact_id from campaign_recipient r where r.campaign_id = ");
        sql.push_bind(campaign.uuid()).push(" and ").push(people);
    }
}

/// The condition for being one of them, looked at from the person.
fn push_recipient<DB: Database>(
    sql: &mut QueryBuilder<DB>,
    CampaignFilter { campaign, outcome }: CampaignFilter,
    lead: Lead,
) where
    uuid::Uuid: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    let (messages, people) = outcome_of(outcome);
    // The index over a campaign's messages would be walked for each person.
    let plus = if lead == Lead::Engine { "" } else { "+" };
    sql.push(" and (exists (select 1 from message_out m where m.contact_id = contact.id and ");
    sql.push(plus).push("m.campaign_id = ").push_bind(campaign.uuid()).push(" and ").push(messages).push(")");
    if let Some(people) = people {
        sql.push(" or exists (select 1 from campaign_recipient r where r.contact_id = contact.id and r.campaign_id = ");
        sql.push_bind(campaign.uuid()).push(" and ").push(people).push(")");
    }
    sql.push(")");
}

/// Where the page starts, and the order.
fn push_order<DB: Database>(
    sql: &mut QueryBuilder<DB>,
    sort: ContactSort,
    lead: Lead,
    cursor: Option<&Cursor>,
) where
    String: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    uuid::Uuid: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    i64: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    let backwards = cursor.is_some_and(|cursor| cursor.backwards);
    let beside = matches!(lead, Lead::Few(filter) | Lead::Many(filter) if matches!(filter, Filter::Tag | Filter::Language));
    let id = if beside { "t.contact_id" } else { "contact.id" };
    // Names go up, times and ids go down.
    let (key, up) = match sort {
        ContactSort::Newest => (None, backwards),
        ContactSort::Name => (Some("contact.name_folded"), !backwards),
        ContactSort::LastMessage => (Some("coalesce(contact.last_inbound_at, 0)"), backwards),
        ContactSort::Changed => (Some("coalesce(contact.since, 0)"), backwards),
    };
    if let Some(cursor) = cursor {
        let beyond = if up { " > " } else { " < " };
        match (key, &cursor.place) {
            (Some(key), Place::Name(name)) => {
                sql.push(" and (").push(key).push(", ").push(id).push(")").push(beyond).push("(");
                sql.push_bind(name.clone()).push(", ").push_bind(cursor.id.uuid()).push(")");
            }
            (Some(key), Place::At(at)) => {
                sql.push(" and (").push(key).push(", ").push(id).push(")").push(beyond).push("(");
                sql.push_bind(*at).push(", ").push_bind(cursor.id.uuid()).push(")");
            }
            _ => {
                sql.push(" and ").push(id).push(beyond).push_bind(cursor.id.uuid());
            }
        }
    }
    let direction = if up { "" } else { " desc" };
    sql.push(" order by ");
    if let Some(key) = key {
        sql.push(key).push(direction).push(", ");
    }
    sql.push(id).push(direction);
}

/// The digits of a term that looks for a number, and whether it begins at the country code.
fn number(term: &str) -> Option<(String, bool)> {
    let digits: String = term.chars().filter(char::is_ascii_digit).collect();
    let is_number = digits.len() >= 3 && term.chars().all(|c| c.is_ascii_digit() || " +-()./".contains(c));
    is_number.then(|| (digits, term.trim_start().starts_with('+')))
}

/// A term as the index over parts of names takes it: groups of letters in it, all of which must be there. Nothing for a term that is
/// shorter than a group.
///
/// Of a name, groups side by side and the last one find nearly as few candidates as all of them do; the row itself is compared
/// afterwards. Of a number only the end tells people apart, and of that every group is asked for: side by side, both groups of six digits
/// may be ones that half of all numbers have.
fn groups(term: &str) -> Option<String> {
    let (text, step) = number(term).map_or_else(
        || (fold(term), GROUP),
        |(digits, anchored)| {
            let end = digits.len().saturating_sub(TELLING);
            (if anchored && end == 0 { format!("+{digits}") } else { digits[end..].to_owned() }, 1)
        },
    );
    let letters: Vec<char> = text.chars().collect();
    let last = letters.len().checked_sub(GROUP)?;
    let quoted = (0..last).step_by(step).chain([last]).map(|at| {
        let group: String = letters[at..at + GROUP].iter().collect();
        format!("\"{}\"", group.replace('"', "\"\""))
    });
    Some(quoted.collect::<Vec<_>>().join(" AND "))
}

/// The condition for being found by a term: digits look for a number, everything else for a name.
pub(crate) fn push_search<DB: Database>(sql: &mut QueryBuilder<DB>, term: &str)
where
    String: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    if let Some((digits, anchored)) = number(term) {
        let pattern = if anchored { format!("+{digits}%") } else { format!("%{digits}%") };
        sql.push(" and phone like ").push_bind(pattern);
        return;
    }
    let escaped = fold(term).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    sql.push(" and name_folded like ").push_bind(format!("%{escaped}%")).push(" escape '\\'");
}

/// How many contacts are in each state: exact, and kept, so that asking costs nothing.
///
/// # Errors
/// When the database refuses or a state is corrupt.
pub async fn count_by_state(tx: &mut Tx, business: BusinessId) -> Result<StateCounts> {
    let rows: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(
            "select state, cast(sum(n) as bigint) from contact_count where business_id = $1 group by state")
        .bind(business.uuid()).fetch_all(c).await)?;
    counted(rows)
}

/// The same, counted anew: to compare.
///
/// # Errors
/// When the database refuses or a state is corrupt.
pub async fn recount_by_state(tx: &mut Tx, business: BusinessId) -> Result<StateCounts> {
    let rows: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(
            "select state, count(*) from contact where business_id = $1 and merged_into is null and not erased group by state")
        .bind(business.uuid()).fetch_all(c).await)?;
    counted(rows)
}

fn counted(rows: Vec<(String, i64)>) -> Result<StateCounts> {
    let mut counts = StateCounts::default();
    for (state, count) in rows {
        counts.set(state.parse().map_err(|_| corrupt("contact.state"))?, count);
    }
    Ok(counts)
}
