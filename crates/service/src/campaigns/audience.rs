//! Whom a campaign is for.

use std::collections::HashMap;

use domain::campaign::{Audience, Preview};
use domain::contact::Contact;
use domain::id::ContactId;
use domain::limits;
use domain::permit::{Reason, Standing};
use domain::phone::{Phone, Region};
use store::Tx;
use store::campaign::StoredCampaign;
use store::contact::{Identifier, IdentityKind, StoredContact};

use super::{AudienceChoice, decision_of};
use crate::contacts::{phone_code, region_of};
use crate::error::is_taken;
use crate::{Error, Service};

/// Numbers that become contacts in one unit of work: a STOP does not wait for longer than this takes.
const PORTION: usize = 500;

/// A number of a list that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedNumber {
    /// Its place in the list, from 1.
    pub line: usize,
    /// As it was written, shortened.
    pub text: String,
    /// What is wrong with it.
    pub code: &'static str,
}

/// The audience to store, unless it stays as it is, and the numbers to make a list of.
pub(super) fn valid(choice: &AudienceChoice) -> Result<(Option<Audience>, Option<Vec<String>>), Error> {
    let nul = |text: &str| text.contains('\0');
    match choice {
        AudienceChoice::All => Ok((Some(Audience::All), None)),
        AudienceChoice::Tags(tags) => {
            let mut tags: Vec<String> = tags.iter().map(|tag| tag.trim().to_owned()).collect();
            tags.retain(|tag| !tag.is_empty());
            tags.sort_unstable();
            tags.dedup();
            if tags.is_empty() {
                return Err(Error::invalid("audience.tags", "empty"));
            }
            if tags.len() > limits::TAGS {
                return Err(Error::invalid("audience.tags", "too_many"));
            }
            if tags.iter().any(|tag| tag.chars().count() > limits::TAG || nul(tag)) {
                return Err(Error::invalid("audience.tags", "too_long"));
            }
            Ok((Some(Audience::Tags(tags)), None))
        }
        AudienceChoice::Filter { state, search } => {
            let search = search.as_deref().map(str::trim).filter(|search| !search.is_empty() && !nul(search));
            let search = search.map(|search| search.chars().take(100).collect());
            Ok((Some(Audience::Filter { state: *state, search }), None))
        }
        AudienceChoice::Numbers(numbers) => {
            if numbers.iter().all(|number| number.trim().is_empty()) {
                return Err(Error::invalid("audience.phones", "empty"));
            }
            if numbers.len() > limits::CAMPAIGN_NUMBERS {
                return Err(Error::invalid("audience.phones", "too_many"));
            }
            Ok((Some(Audience::List(0)), Some(numbers.clone())))
        }
        AudienceChoice::SameList => Ok((None, None)),
    }
}

/// Makes the list of a campaign from numbers; those nobody has become contacts. Empty lines do not count.
pub(super) async fn fill_list(
    service: &Service,
    stored: &mut StoredCampaign,
    numbers: &[String],
) -> Result<Vec<RejectedNumber>, Error> {
    let id = stored.campaign.id;
    let region = {
        let mut tx = service.db.write().await?;
        store::campaign::delete_members(&mut tx, id).await?;
        let region = region_of(service, &mut tx, stored.business).await?;
        tx.commit().await?;
        region
    };
    let (phones, rejected) = read_numbers(numbers, region);
    for portion in phones.chunks(PORTION) {
        add_portion(service, stored, portion).await?;
    }
    let mut tx = service.db.write().await?;
    stored.campaign.audience = Audience::List(store::campaign::count_members(&mut tx, id).await?);
    store::campaign::update_campaign(&mut tx, stored).await?;
    tx.commit().await?;
    Ok(rejected)
}

fn read_numbers(numbers: &[String], region: Option<Region>) -> (Vec<Phone>, Vec<RejectedNumber>) {
    let (mut phones, mut rejected) = (Vec::with_capacity(numbers.len()), Vec::new());
    for (index, text) in numbers.iter().enumerate() {
        if text.trim().is_empty() {
            continue;
        }
        match Phone::parse(text, region) {
            Ok(phone) => phones.push(phone),
            Err(error) => rejected.push(RejectedNumber {
                line: index + 1,
                text: text.trim().chars().take(40).collect(),
                code: phone_code(error),
            }),
        }
    }
    phones.sort_unstable();
    phones.dedup();
    (phones, rejected)
}

/// Adds some people to a list. Somebody else may make the same contact at once; the slower one finds it the second time.
async fn add_portion(service: &Service, stored: &StoredCampaign, phones: &[Phone]) -> Result<(), Error> {
    let business = stored.business;
    for _ in 0..3 {
        let mut tx = service.db.write().await?;
        let names: Vec<Identifier> = phones
            .iter()
            .map(|phone| Identifier { business, kind: IdentityKind::Phone, value: phone.as_str().to_owned() })
            .collect();
        let found: HashMap<Identifier, ContactId> =
            store::contact::find_identities(&mut tx, &names).await?.into_iter().collect();
        let (mut made, mut given) = (Vec::new(), Vec::new());
        let mut members: Vec<ContactId> = found.values().copied().collect();
        for (phone, name) in phones.iter().zip(names) {
            if found.contains_key(&name) {
                continue;
            }
            let id = ContactId::from_uuid(service.clock.uuid());
            let mut contact = StoredContact::new(business, id, service.now());
            contact.contact.phone = Some(phone.clone());
            contact.contact.country = phone.region().map(String::from);
            members.push(id);
            given.push((name, id));
            made.push(contact);
        }
        let events = crate::suppression::honour(service, &mut tx, business, &mut made).await?;
        store::contact::insert_contacts(&mut tx, &made).await?;
        match store::contact::insert_identities(&mut tx, &given).await {
            Err(error) if is_taken(&error) => continue,
            result => result?,
        }
        crate::ledger::append(service, &mut tx, events).await?;
        store::campaign::insert_members(&mut tx, stored.campaign.id, &members).await?;
        tx.commit().await?;
        return Ok(());
    }
    Err(Error::Unavailable)
}

/// Who would get it now, and who not.
pub(crate) async fn preview_of(
    service: &Service,
    tx: &mut Tx,
    stored: &StoredCampaign,
) -> Result<Preview, Error> {
    let now = service.now();
    let (kind, policy) = decision_of(service, tx, stored).await?;
    let (campaign, mut preview) = (&stored.campaign, Preview::default());
    let counted =
        store::campaign::count_audience(tx, stored.business, campaign.id, &campaign.audience, &policy, now)
            .await?;
    for (standing, count) in counted {
        preview.audience += count;
        match standing.refusal(kind, &policy, now) {
            None => preview.reachable += count,
            Some(reason) => *preview.skipped.entry(reason).or_default() += count,
        }
    }
    Ok(preview)
}

/// The people of an audience who would be left out for a reason, or who would get it.
pub(super) async fn people(
    service: &Service,
    tx: &mut Tx,
    stored: &StoredCampaign,
    reason: Option<Reason>,
    after: Option<ContactId>,
    limit: i64,
) -> Result<Vec<Contact>, Error> {
    let now = service.now();
    let (kind, policy) = decision_of(service, tx, stored).await?;
    let standings: Vec<Standing> =
        Standing::all().filter(|standing| standing.refusal(kind, &policy, now) == reason).collect();
    if standings.is_empty() {
        return Ok(Vec::new());
    }
    let campaign = &stored.campaign;
    let (business, audience) = (stored.business, &campaign.audience);
    let found = store::campaign::list_audience(
        tx,
        business,
        campaign.id,
        audience,
        &standings,
        after,
        limit,
        &policy,
        now,
    )
    .await?;
    Ok(found.into_iter().map(|stored| stored.contact).collect())
}
