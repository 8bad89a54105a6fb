//! Contacts and their choices.

use domain::consent::{Source, State};
use domain::contact::{Contact, ContactQuery};
use domain::id::ContactId;
use domain::settings::split_keywords;
use domain::time::Timestamp;
use service::consent::{Choice, Record};
use service::contacts::{ContactPatch, UpsertContact};

use super::{caller, redirect_plain_form, service};
use crate::contacts::{ContactDetail, ContactList};
use crate::error::{AppError, FieldCode, FieldError, FieldName};

/// Most messages of the history.
const THREAD: u32 = 100;

pub(crate) async fn list(query: ContactQuery) -> Result<ContactList, AppError> {
    let (service, caller) = (service()?, caller()?);
    let page = service::contacts::list(&service, &caller, &query).await?;
    let counts = service::contacts::counts(&service, &caller).await?;
    Ok(ContactList { page, counts, now: service.now() })
}

pub(crate) async fn find(id: &str) -> Result<Contact, AppError> {
    let (service, caller) = (service()?, caller()?);
    Ok(service::contacts::find(&service, &caller, parse(id)?).await?)
}

pub(crate) async fn detail(id: &str) -> Result<ContactDetail, AppError> {
    let (service, caller, id) = (service()?, caller()?, parse(id)?);
    Ok(ContactDetail {
        contact: service::contacts::find(&service, &caller, id).await?,
        events: service::contacts::events(&service, &caller, id).await?,
        thread: service::contacts::thread(&service, &caller, id, THREAD).await?,
        now: service.now(),
    })
}

/// An address that names no contact names one that is not there.
fn parse(id: &str) -> Result<ContactId, AppError> {
    id.parse().map_err(|_| AppError::NotFound)
}

pub(crate) async fn set_choice(contact: ContactId, choice: &str) -> Result<State, AppError> {
    let (service, caller) = (service()?, caller()?);
    if choice != State::OptedOut.as_str() {
        return Err(AppError::Invalid(vec![FieldError::new(FieldName::Source, FieldCode::Missing)]));
    }
    let record = Record {
        choice: Choice::OptedOut,
        source: None,
        occurred_at: None,
        note: None,
        wording: None,
        details: None,
    };
    Ok(service::consent::record(&service, &caller, contact, record).await?.state)
}

pub(crate) async fn record_opt_in(
    contact: ContactId,
    source: &str,
    agreed_on: &str,
    note: String,
) -> Result<State, AppError> {
    let (service, caller) = (service()?, caller()?);
    let mut wrong = Vec::new();
    let source = source.parse::<Source>().ok();
    if source.is_none() {
        wrong.push(FieldError::new(FieldName::Source, FieldCode::Missing));
    }
    let occurred_at = match when(agreed_on, service.now()) {
        Ok(at) => at,
        Err(code) => {
            wrong.push(FieldError::new(FieldName::AgreedOn, code));
            None
        }
    };
    if note.trim().is_empty() {
        wrong.push(FieldError::new(FieldName::Note, FieldCode::Missing));
    }
    if !wrong.is_empty() {
        return Err(AppError::Invalid(wrong));
    }
    let record = Record {
        choice: Choice::OptedIn,
        source,
        occurred_at,
        note: Some(note),
        wording: None,
        details: None,
    };
    let recorded =
        service::consent::record(&service, &caller, contact, record).await.map_err(|error| match error {
            // The only conflict of a consent: the person said no after the date given.
            service::Error::Conflict => {
                AppError::Invalid(vec![FieldError::new(FieldName::AgreedOn, FieldCode::BeforeOptOut)])
            }
            other => other.into(),
        })?;
    redirect_plain_form(&format!("/contacts/{contact}?recorded=opted_in"));
    Ok(recorded.state)
}

/// The moment a date stands for: noon of that day, but now if it is today, as the agreement may be minutes old.
fn when(date: &str, now: Timestamp) -> Result<Option<Timestamp>, FieldCode> {
    let date = date.trim();
    if date.is_empty() || now.to_string().starts_with(date) {
        return Ok(None);
    }
    let noon = Timestamp::parse_rfc3339(&format!("{date}T12:00:00Z")).ok_or(FieldCode::Malformed)?;
    if noon > now { Err(FieldCode::InTheFuture) } else { Ok(Some(noon)) }
}

pub(crate) async fn add(phone: String, name: String, tags: &str) -> Result<ContactId, AppError> {
    let (service, caller) = (service()?, caller()?);
    let tags = split_keywords(tags);
    let new = UpsertContact {
        phone,
        name: (!name.trim().is_empty()).then_some(name),
        tags: (!tags.is_empty()).then_some(tags),
    };
    let (contact, _) = service::contacts::upsert(&service, &caller, new).await?;
    redirect_plain_form(&format!("/contacts/{}", contact.id));
    Ok(contact.id)
}

pub(crate) async fn edit(contact: ContactId, name: String, tags: &str) -> Result<(), AppError> {
    let name = name.trim();
    let patch = ContactPatch {
        name: Some((!name.is_empty()).then(|| name.to_owned())),
        tags: Some(split_keywords(tags)),
        blocked: None,
    };
    change(contact, patch).await
}

pub(crate) async fn set_blocked(contact: ContactId, blocked: bool) -> Result<(), AppError> {
    change(contact, ContactPatch { blocked: Some(blocked), ..ContactPatch::default() }).await
}

async fn change(contact: ContactId, patch: ContactPatch) -> Result<(), AppError> {
    let (service, caller) = (service()?, caller()?);
    service::contacts::change(&service, &caller, contact, patch).await?;
    redirect_plain_form(&format!("/contacts/{contact}"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::when;
    use crate::error::FieldCode;
    use domain::time::Timestamp;

    #[test]
    fn a_date_is_noon_of_that_day_and_today_is_now() {
        let now = Timestamp::parse_rfc3339("2026-11-12T09:00:00Z").unwrap();
        assert_eq!(when("", now), Ok(None));
        assert_eq!(when("2026-11-12", now), Ok(None));
        assert_eq!(when("2026-11-11", now), Ok(Timestamp::parse_rfc3339("2026-11-11T12:00:00Z")));
        assert_eq!(when("2026-11-13", now), Err(FieldCode::InTheFuture));
        assert_eq!(when("12.11.2026", now), Err(FieldCode::Malformed));
    }
}
