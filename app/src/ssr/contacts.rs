//! Contacts and their choices.

use std::collections::BTreeMap;

use axum::http::header::REFERER;
use axum::http::request::Parts;
use domain::consent::{Source, State};
use domain::contact::{ConsentEvent, Contact, ContactQuery, ThreadMessage};
use domain::id::ContactId;
use domain::role::Right;
use domain::settings::split_keywords;
use domain::time::{Span, Timestamp};
use leptos::prelude::use_context;
use service::consent::{Choice, Record};
use service::contacts::{ContactPatch, UpsertContact};

use super::returned::give_back;
use super::{caller, redirect_plain_form, service};
use crate::contacts::{ContactColumns, ContactDetail, ContactList, ContactNotes, MergeDetail, THREAD};
use crate::error::{AppError, FieldCode, FieldError, FieldName};

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
    // One more than is shown tells whether there are more.
    let thread = service::contacts::thread(&service, &caller, id, THREAD + 1).await?;
    let (thread, older) = newest(thread);
    let numbers = service::contacts::numbers(&service, &caller, id).await?;
    Ok(ContactDetail {
        numbers,
        contact: service::contacts::find(&service, &caller, id).await?,
        events: service::contacts::events(&service, &caller, id).await?,
        thread,
        older,
        own_page: service::preferences::link(&service, &caller, id).await?,
        now: service.now(),
    })
}

/// The newest messages of those read, and whether there are older ones.
fn newest(mut thread: Vec<ThreadMessage>) -> (Vec<ThreadMessage>, bool) {
    let surplus = thread.len().saturating_sub(THREAD as usize);
    thread.drain(..surplus);
    (thread, surplus > 0)
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
    let recorded = service::consent::record(&service, &caller, contact, record).await?;
    if came_from(&format!("/contacts/{contact}")) {
        redirect_plain_form(&format!("/contacts/{contact}?recorded={}", State::OptedOut));
    }
    Ok(recorded.state)
}

/// Whether a form was sent from the page at this path.
fn came_from(path: &str) -> bool {
    let parts = use_context::<Parts>();
    let referer = parts.as_ref().and_then(|parts| parts.headers.get(REFERER)?.to_str().ok());
    referer.is_some_and(|referer| path_of(referer) == path)
}

/// The path of a full address.
fn path_of(address: &str) -> &str {
    let after_host = address.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    after_host.unwrap_or_default().split(['?', '#']).next().unwrap_or_default()
}

pub(crate) async fn record_opt_in(
    contact: ContactId,
    source: &str,
    agreed_on: &str,
    note: String,
) -> Result<State, AppError> {
    let typed =
        [(FieldName::Source, source), (FieldName::AgreedOn, agreed_on), (FieldName::Note, note.as_str())];
    match opt_in(contact, source, agreed_on, &note).await {
        Ok(state) => {
            redirect_plain_form(&format!("/contacts/{contact}?recorded={state}"));
            Ok(state)
        }
        Err(error) => Err(give_back(error, &format!("/contacts/{contact}/opt-in"), &typed)),
    }
}

async fn opt_in(contact: ContactId, source: &str, agreed_on: &str, note: &str) -> Result<State, AppError> {
    let (service, caller) = (service()?, caller()?);
    let record = agreement(source, agreed_on, note, service.now())?;
    let occurred_at = record.occurred_at;
    match service::consent::record(&service, &caller, contact, record).await {
        Ok(recorded) => Ok(recorded.state),
        // The only conflict of a consent: the person said no after the time given.
        Err(service::Error::Conflict) => {
            let events = service::contacts::events(&service, &caller, contact).await?;
            let code = too_old(occurred_at, &events);
            Err(AppError::Invalid(vec![FieldError::new(FieldName::AgreedOn, code)]))
        }
        Err(other) => Err(other.into()),
    }
}

/// What the form says. A consent without a source is no consent; a note helps and is not demanded.
fn agreement(source: &str, agreed_on: &str, note: &str, now: Timestamp) -> Result<Record, AppError> {
    let source = source.parse::<Source>().map_err(|_| FieldError::new(FieldName::Source, FieldCode::Missing));
    let occurred_at = when(agreed_on, now).map_err(|code| FieldError::new(FieldName::AgreedOn, code));
    match (source, occurred_at) {
        (Ok(source), Ok(occurred_at)) => Ok(Record {
            choice: Choice::OptedIn,
            source: Some(source),
            occurred_at,
            note: Some(note.to_owned()),
            wording: None,
            details: None,
        }),
        (source, occurred_at) => {
            Err(AppError::Invalid(source.err().into_iter().chain(occurred_at.err()).collect()))
        }
    }
}

/// How much earlier than in UTC a day begins where it begins first.
const FIRST_MIDNIGHT: Span = Span::hours(14);

/// The moment a date stands for: noon of that day, but now for whatever is today somewhere, as the agreement may be minutes
/// old and the date is that of whoever fills the form in.
fn when(date: &str, now: Timestamp) -> Result<Option<Timestamp>, FieldCode> {
    let date = date.trim();
    if date.is_empty() {
        return Ok(None);
    }
    let noon = Timestamp::parse_rfc3339(&format!("{date}T12:00:00Z")).ok_or(FieldCode::Malformed)?;
    if day(noon) > day(now + FIRST_MIDNIGHT) {
        return Err(FieldCode::InTheFuture);
    }
    Ok((day(noon) < day(now)).then_some(noon))
}

/// Why an agreement of that moment does not count: the person said no later, or on that very day, where a date alone cannot
/// tell which came first.
fn too_old(agreed: Option<Timestamp>, events: &[ConsentEvent]) -> FieldCode {
    let stops = events.iter().filter(|event| event.to == State::OptedOut);
    let last = stops.map(|event| event.occurred_at).max();
    match (agreed, last) {
        (Some(agreed), Some(last)) if day(agreed) == day(last) => FieldCode::OptedOutThatDay,
        _ => FieldCode::BeforeOptOut,
    }
}

/// Year, month and day in UTC.
const fn day(at: Timestamp) -> (i64, u8, u8) {
    let (year, month, day, ..) = at.civil();
    (year, month, day)
}

pub(crate) async fn add(phone: &str, name: &str, tags: &str) -> Result<ContactId, AppError> {
    let (service, caller) = (service()?, caller()?);
    let words = split_keywords(tags);
    let new = UpsertContact {
        phone: phone.to_owned(),
        name: (!name.trim().is_empty()).then(|| name.to_owned()),
        tags: (!words.is_empty()).then_some(words),
    };
    let (contact, _) = service::contacts::upsert(&service, &caller, new).await.map_err(|error| {
        let typed = [(FieldName::Phone, phone), (FieldName::Name, name), (FieldName::Tags, tags)];
        give_back(error.into(), "/contacts/new", &typed)
    })?;
    redirect_plain_form(&format!("/contacts/{}", contact.id));
    Ok(contact.id)
}

pub(crate) async fn edit(
    contact: ContactId,
    name: &str,
    tags: &str,
    language: &str,
    attributes: &str,
) -> Result<(), AppError> {
    let edited = match read_attributes(attributes) {
        Ok(read) => {
            let patch = ContactPatch {
                name: Some(Some(name.trim().to_owned()).filter(|name| !name.is_empty())),
                tags: Some(split_keywords(tags)),
                language: Some(Some(language.to_owned())),
                attributes: Some(read),
                blocked: None,
            };
            change(contact, patch).await
        }
        Err(code) => Err(AppError::Invalid(vec![FieldError::new(FieldName::Attributes, code)])),
    };
    edited.map_err(|error| {
        let typed = [
            (FieldName::Name, name),
            (FieldName::Tags, tags),
            (FieldName::Language, language),
            (FieldName::Attributes, attributes),
        ];
        give_back(error, &format!("/contacts/{contact}"), &typed)
    })
}

/// Fields, one a line, as `name: value`.
fn read_attributes(text: &str) -> Result<BTreeMap<String, String>, FieldCode> {
    let mut attributes = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').ok_or(FieldCode::Malformed)?;
        if attributes.insert(name.trim().to_owned(), value.trim().to_owned()).is_some() {
            return Err(FieldCode::Repeated);
        }
    }
    Ok(attributes)
}

pub(crate) async fn try_again(contact: ContactId) -> Result<(), AppError> {
    let (service, caller) = (service()?, caller()?);
    service::contacts::try_again(&service, &caller, contact).await?;
    redirect_plain_form(&format!("/contacts/{contact}"));
    Ok(())
}

pub(crate) async fn set_columns(columns: &[String], back: &str) -> Result<(), AppError> {
    super::signed_in()?;
    let chosen = ContactColumns::of(columns.iter().map(String::as_str));
    super::remember(ContactColumns::COOKIE, &chosen.as_text())?;
    // Read and written again, so that nothing but a view of the list stands in the address.
    let path = super::jobs::listing_of(back).href();
    leptos_axum::redirect(&path, false);
    Ok(())
}

pub(crate) async fn notes(id: &str) -> Result<ContactNotes, AppError> {
    let (service, caller) = (service()?, caller()?);
    let notes = service::conversations::notes(&service, &caller, parse(id)?).await?;
    let notes = notes.into_iter().map(|note| (note.at, note.text, note.by.unwrap_or_default())).collect();
    Ok(ContactNotes { notes, now: service.now() })
}

pub(crate) async fn load_merge(id: &str, q: String, with: &str) -> Result<MergeDetail, AppError> {
    let (service, caller, id) = (service()?, caller()?, parse(id)?);
    caller.may(Right::ManageContacts)?;
    let contact = service::contacts::find(&service, &caller, id).await?;
    let found = if q.trim().is_empty() {
        Vec::new()
    } else {
        let query = ContactQuery { search: Some(q), limit: FOUND + 1, ..ContactQuery::default() };
        let mut rows = service::contacts::list(&service, &caller, &query).await?.rows;
        rows.retain(|row| row.id != contact.id);
        rows.truncate(FOUND as usize);
        rows
    };
    let mut detail = MergeDetail { contact, found, chosen: None, problem: None };
    if !with.is_empty() {
        let Ok(with) = with.parse() else { return Err(AppError::NotFound) };
        match service::merging::preview(&service, &caller, id, with).await {
            Ok(preview) => detail.chosen = Some((preview.gone, preview.result)),
            Err(service::Error::Invalid(problems)) => {
                detail.problem = problems.first().map(|problem| problem.code.to_owned());
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(detail)
}

/// Contacts shown to choose from.
const FOUND: u32 = 10;

pub(crate) async fn merge(contact: ContactId, with: &str) -> Result<(), AppError> {
    let (service, caller) = (service()?, caller()?);
    let back = |code: &str| format!("/contacts/{contact}/merge?problem={code}");
    let path = match with.parse() {
        Err(_) => back("not_found"),
        Ok(with) => match service::merging::merge(&service, &caller, contact, with).await {
            Ok(merged) => format!("/contacts/{}?merged=true", merged.id),
            Err(service::Error::Invalid(problems)) => {
                back(problems.first().map_or("not_found", |problem| problem.code))
            }
            Err(error) => return Err(error.into()),
        },
    };
    leptos_axum::redirect(&path, false);
    Ok(())
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
    use super::*;
    use crate::contacts::tests::event;
    use domain::contact::{Actor, Direction};
    use domain::id::{MessageId, uuid_v7};

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    fn stop(when: &str) -> ConsentEvent {
        let stop = event(State::OptedOut, Source::Keyword, Some("STOP"), None, Actor::Person);
        ConsentEvent { occurred_at: at(when), ..stop }
    }

    #[test]
    fn a_date_is_noon_of_that_day_and_today_is_now() {
        let now = at("2026-11-12T09:00:00Z");
        assert_eq!(when("", now), Ok(None));
        assert_eq!(when("2026-11-12", now), Ok(None));
        assert_eq!(when("2026-11-12", at("2026-11-12T20:00:00Z")), Ok(None), "the afternoon as well");
        assert_eq!(when("2026-11-11", now), Ok(Some(at("2026-11-11T12:00:00Z"))));
        assert_eq!(when("2026-11-13", now), Err(FieldCode::InTheFuture));
        for no_date in ["12.11.2026", "2026", "2026-11", "2026-02-30"] {
            assert_eq!(when(no_date, now), Err(FieldCode::Malformed), "{no_date}");
        }
    }

    #[test]
    fn today_is_accepted_where_the_day_has_begun_already() {
        let evening = at("2026-11-12T22:00:00Z");
        assert_eq!(when("2026-11-13", evening), Ok(None), "morning in Tokyo");
        assert_eq!(when("2026-11-14", evening), Err(FieldCode::InTheFuture));
        assert_eq!(when("2026-11-13", at("2026-11-12T09:59:59Z")), Err(FieldCode::InTheFuture));
        assert_eq!(when("2026-11-13", at("2026-11-12T10:00:00Z")), Ok(None), "midnight on Kiritimati");
    }

    #[test]
    fn who_opted_out_on_the_day_of_the_agreement_is_told_apart_from_who_did_so_later() {
        let noon = Some(at("2026-11-12T12:00:00Z"));
        let code = |stops: &[&str]| {
            let events: Vec<_> = stops.iter().map(|when| stop(when)).collect();
            too_old(noon, &events)
        };
        assert_eq!(code(&["2026-11-12T12:00:00Z"]), FieldCode::OptedOutThatDay);
        assert_eq!(code(&["2026-11-12T15:30:00Z", "2026-11-01T08:00:00Z"]), FieldCode::OptedOutThatDay);
        assert_eq!(code(&["2026-11-12T15:30:00Z", "2026-11-20T08:00:00Z"]), FieldCode::BeforeOptOut);
        let said = crate::words::ENGLISH
            .errors
            .field(FieldError::new(FieldName::AgreedOn, FieldCode::OptedOutThatDay));
        assert!(
            said.contains("on that day") && said.contains("later day") && said.contains("today"),
            "{said}"
        );
    }

    #[test]
    fn a_recorded_opt_in_needs_a_source_and_may_do_without_a_note() {
        let now = at("2026-11-12T09:00:00Z");
        let record = agreement("paper", "2026-11-11", "", now).unwrap();
        assert_eq!((record.choice, record.source), (Choice::OptedIn, Some(Source::Paper)));
        let wrong = |source, date| match agreement(source, date, "", now) {
            Err(AppError::Invalid(fields)) => fields.iter().map(|error| (error.field, error.code)).collect(),
            _ => Vec::new(),
        };
        assert_eq!(wrong("", ""), [(FieldName::Source, FieldCode::Missing)]);
        assert_eq!(
            wrong("telepathy", "2027-01-01"),
            [(FieldName::Source, FieldCode::Missing), (FieldName::AgreedOn, FieldCode::InTheFuture)],
            "all at once"
        );
    }

    #[test]
    fn a_form_knows_the_page_it_was_sent_from() {
        assert_eq!(path_of("https://shop.example/contacts/7?recorded=opted_in#top"), "/contacts/7");
        assert_eq!(path_of("http://127.0.0.1:3000/contacts?q=/contacts/7"), "/contacts");
        assert_eq!(path_of("https://shop.example"), "");
        assert_eq!(path_of("nonsense"), "");
    }

    #[test]
    fn a_long_history_keeps_the_newest_and_says_that_there_are_older_ones() {
        let message = |seconds: i64| ThreadMessage {
            id: MessageId::from_uuid(uuid_v7(Timestamp::from_seconds(seconds), [1; 10])),
            at: Timestamp::from_seconds(seconds),
            text: String::new(),
            direction: Direction::In { message_type: "text".to_owned(), verdict: String::new() },
        };
        let thread = |count: u32| (1..=i64::from(count)).map(message).collect::<Vec<_>>();
        assert_eq!(newest(thread(THREAD)), (thread(THREAD), false));
        let (shown, older) = newest(thread(THREAD + 1));
        assert!(older);
        assert_eq!(shown.first().map(|message| message.at.seconds()), Some(2));
        assert_eq!(shown.len(), THREAD as usize);
    }
}
