//! Campaigns.

use std::collections::BTreeMap;

use domain::campaign::{CampaignState, Command, Recipient, RecipientOutcome, template_problem};
use domain::contact::Contact;
use domain::id::CampaignId;
use domain::settings::{Draft, split_keywords};
use domain::template::NewTemplateField;
use domain::time::{Span, Timestamp};
use service::campaigns::{AudienceChoice, CampaignDraft};
use service::templates::NotCreated;
use service::{Caller, Service};

use super::error::code_of;
use super::kept::Kept;
use super::returned::give_back;
use super::{caller, redirect_plain_form, service, signed_in};
use crate::campaigns::new_template::template_of;
use crate::campaigns::{
    CAMPAIGNS_PATH, CampaignDetail, CampaignForm, CampaignList, CampaignNumbers, NUMBERS, People,
    RejectedNumber, Saved, Shown, TemplateChoice,
};
use crate::error::{AppError, FieldCode, FieldError, FieldName};

/// Campaigns of a page.
const PAGE: u32 = 25;
/// People of a page.
const PEOPLE: u32 = 50;
/// Most people of whom the report says that they changed meanwhile.
const CHANGED: u32 = 50;

/// Numbers that could not be read, until the page of their campaign shows them.
static REJECTED: Kept<CampaignNumbers> = Kept::new();

/// The form as it was posted.
pub(crate) struct Form {
    pub(crate) campaign: String,
    pub(crate) name: String,
    pub(crate) template: String,
    pub(crate) language: String,
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) audience: String,
    pub(crate) tags: String,
    pub(crate) state: String,
    pub(crate) search: String,
    pub(crate) numbers: String,
    pub(crate) schedule_at: String,
    pub(crate) offset: String,
}

pub(crate) async fn list(after: Option<&str>) -> Result<CampaignList, AppError> {
    let (service, caller) = (service()?, caller()?);
    let (rows, next) = service::campaigns::list(&service, &caller, after, PAGE).await?;
    Ok(CampaignList { rows, next, now: service.now() })
}

/// An address that names no campaign names one that is not there.
fn parse(id: &str) -> Result<CampaignId, AppError> {
    id.parse().map_err(|_| AppError::NotFound)
}

pub(crate) async fn form(id: Option<&str>) -> Result<CampaignForm, AppError> {
    let (service, caller) = (service()?, caller()?);
    let campaign = match id {
        Some(id) => Some(service::campaigns::find(&service, &caller, parse(id)?).await?),
        None => None,
    };
    if campaign.as_ref().is_some_and(|campaign| campaign.state != CampaignState::Draft) {
        return Err(AppError::Conflict);
    }
    Ok(CampaignForm { templates: templates(&service, &caller).await?, campaign, now: service.now() })
}

async fn templates(service: &Service, caller: &Caller) -> Result<Vec<TemplateChoice>, AppError> {
    let (settings, _) = service::settings::load(service, caller).await?;
    let templates = service::templates::list(service, caller).await?;
    Ok(templates
        .into_iter()
        .map(|template| TemplateChoice { problem: template_problem(&template, &settings.draft), template })
        .collect())
}

pub(crate) async fn detail(id: &str, shown: &Shown, numbers: &str) -> Result<CampaignDetail, AppError> {
    let (service, caller, id) = (service()?, caller()?, parse(id)?);
    let report = service::campaigns::report(&service, &caller, id).await?;
    let campaign = &report.campaign;
    let template = templates(&service, &caller).await?.into_iter().find(|choice| {
        choice.template.name == campaign.template && choice.template.language == campaign.language
    });
    let is_written = matches!(campaign.state, CampaignState::Draft | CampaignState::Scheduled);
    let (preview, changed) = if is_written {
        (Some(service::campaigns::preview(&service, &caller, id).await?), Vec::new())
    } else {
        (None, service::campaigns::changed(&service, &caller, id, CHANGED).await?)
    };
    let people = people(&service, &caller, id, shown, is_written).await?;
    let rejected =
        signed_in().ok().and_then(|person| REJECTED.look(person.user, numbers)).unwrap_or_default();
    Ok(CampaignDetail { report, template, preview, changed, people, rejected, now: service.now() })
}

async fn people(
    service: &Service,
    caller: &Caller,
    id: CampaignId,
    shown: &Shown,
    is_written: bool,
) -> Result<Option<People>, AppError> {
    if shown.outcome.is_none() && shown.reason.is_none() {
        return Ok(None);
    }
    let after = shown.after.as_deref();
    let (rows, next) = if is_written {
        let (people, next) =
            service::campaigns::preview_people(service, caller, id, shown.reason, after, PEOPLE).await?;
        (people.iter().map(|person| expected(person, shown)).collect(), next)
    } else {
        service::campaigns::recipients(service, caller, id, shown.outcome, shown.reason, after, PEOPLE)
            .await?
    };
    Ok(Some(People { rows, next }))
}

/// Somebody of an audience before the launch.
fn expected(person: &Contact, shown: &Shown) -> Recipient {
    Recipient {
        contact: person.id,
        label: person.label(),
        phone: person.phone.as_ref().map(ToString::to_string),
        outcome: if shown.reason.is_some() { RecipientOutcome::Skipped } else { RecipientOutcome::Pending },
        reason: shown.reason,
        error_code: None,
        message: None,
        at: None,
        delivery: None,
    }
}

pub(crate) async fn save(form: Form) -> Result<Saved, AppError> {
    let path = match form.campaign.as_str() {
        "" => format!("{CAMPAIGNS_PATH}/new?template={}&language={}", form.template, form.language),
        id => format!("{CAMPAIGNS_PATH}/{id}/edit?template={}&language={}", form.template, form.language),
    };
    match try_save(&form).await {
        Ok(saved) => {
            redirect_plain_form(&match &saved.numbers {
                Some(ticket) => format!("{CAMPAIGNS_PATH}/{}?{NUMBERS}={ticket}", saved.id),
                None => format!("{CAMPAIGNS_PATH}/{}", saved.id),
            });
            Ok(saved)
        }
        Err(error) => Err(give_back(
            error,
            &path,
            &[
                (FieldName::Name, &form.name),
                (FieldName::Audience, &form.audience),
                (FieldName::Tags, &form.tags),
                (FieldName::State, &form.state),
                (FieldName::Search, &form.search),
                (FieldName::Numbers, &form.numbers),
                (FieldName::ScheduleAt, &form.schedule_at),
            ],
        )),
    }
}

async fn try_save(form: &Form) -> Result<Saved, AppError> {
    let (service, caller) = (service()?, caller()?);
    let schedule_at = scheduled(&form.schedule_at, &form.offset)
        .map_err(|code| AppError::Invalid(vec![FieldError::new(FieldName::ScheduleAt, code)]))?;
    let draft = CampaignDraft {
        name: form.name.clone(),
        template: form.template.clone(),
        language: form.language.clone(),
        variables: form.variables.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        audience: audience(form)?,
        schedule_at,
        connection: None,
    };
    let (campaign, rejected) = match form.campaign.as_str() {
        "" => service::campaigns::create(&service, &caller, draft).await?,
        id => service::campaigns::change(&service, &caller, parse(id)?, draft).await?,
    };
    let rejected: CampaignNumbers = rejected
        .into_iter()
        .map(|one| RejectedNumber {
            line: one.line,
            text: one.text,
            code: code_of(FieldName::Phone, one.code),
        })
        .collect();
    let numbers = match signed_in() {
        Ok(person) if !rejected.is_empty() => Some(REJECTED.keep(person.user, rejected)),
        _ => None,
    };
    Ok(Saved { id: campaign.id, numbers })
}

fn audience(form: &Form) -> Result<AudienceChoice, AppError> {
    Ok(match form.audience.as_str() {
        "all" => AudienceChoice::All,
        "tags" => AudienceChoice::Tags(split_keywords(&form.tags)),
        "filter" => AudienceChoice::Filter {
            state: form.state.parse().ok(),
            search: Some(form.search.clone()).filter(|search| !search.trim().is_empty()),
        },
        "numbers" => AudienceChoice::Numbers(form.numbers.lines().map(str::to_owned).collect()),
        "list" => AudienceChoice::SameList,
        _ => return Err(AppError::Invalid(vec![FieldError::new(FieldName::Audience, FieldCode::Missing)])),
    })
}

/// The moment a date and time of a place stands for, which is so many minutes ahead of UTC there. Empty is at once.
fn scheduled(local: &str, offset: &str) -> Result<Option<Timestamp>, FieldCode> {
    let local = local.trim();
    if local.is_empty() {
        return Ok(None);
    }
    let offset: i64 = if offset.is_empty() { 0 } else { offset.parse().map_err(|_| FieldCode::Malformed)? };
    let with_seconds =
        if local.len() == "2026-12-03T09:00".len() { format!("{local}:00Z") } else { format!("{local}Z") };
    let at = Timestamp::parse_rfc3339(&with_seconds).ok_or(FieldCode::Malformed)?;
    // No place is further from UTC than 14 hours.
    if offset.abs() > 14 * 60 {
        return Err(FieldCode::Malformed);
    }
    Ok(Some(at - Span::minutes(offset)))
}

pub(crate) async fn command(campaign: CampaignId, command: &str) -> Result<CampaignState, AppError> {
    let path = format!("{CAMPAIGNS_PATH}/{campaign}");
    match try_command(campaign, command).await {
        Ok(state) => {
            redirect_plain_form(&path);
            Ok(state)
        }
        Err(error) => Err(give_back(error, &path, &[])),
    }
}

async fn try_command(campaign: CampaignId, command: &str) -> Result<CampaignState, AppError> {
    let (service, caller) = (service()?, caller()?);
    let command = [Command::Launch, Command::Pause, Command::Resume, Command::Cancel]
        .into_iter()
        .find(|known| known.as_str() == command)
        .ok_or(AppError::NotFound)?;
    Ok(service::campaigns::command(&service, &caller, campaign, command).await?.state)
}

pub(crate) async fn send_test(campaign: CampaignId, phone: String) -> Result<(), AppError> {
    let path = format!("{CAMPAIGNS_PATH}/{campaign}");
    let typed = phone.clone();
    let (service, caller) = (service()?, caller()?);
    match service::campaigns::send_test(&service, &caller, campaign, phone).await {
        Ok(_) => {
            redirect_plain_form(&format!("{path}?tested=yes"));
            Ok(())
        }
        Err(error) => Err(give_back(error.into(), &path, &[(FieldName::Phone, &typed)])),
    }
}

pub(crate) async fn template_form() -> Result<Draft, AppError> {
    let (service, caller) = (service()?, caller()?);
    Ok(service::settings::load(&service, &caller).await?.0.draft)
}

/// Name, language, kind, text, samples, footer and buttons, as they were posted.
pub(crate) async fn create_template(posted: [String; 7]) -> Result<(), AppError> {
    let [name, language, kind, text, samples, footer, buttons] = &posted;
    let (service, caller) = (service()?, caller()?);
    let new = template_of(name, language, kind, text, samples, footer, buttons);
    let error = match service::templates::create(&service, &caller, new).await {
        Ok(()) => {
            redirect_plain_form(&format!("{CAMPAIGNS_PATH}/new"));
            return Ok(());
        }
        Err(NotCreated::Problems(problems)) => AppError::Invalid(
            problems
                .into_iter()
                .map(|(field, problem)| FieldError::new(field_of(field), FieldCode::Template(problem)))
                .collect(),
        ),
        Err(NotCreated::Refused(_)) => {
            AppError::Invalid(vec![FieldError::new(FieldName::Template, FieldCode::RefusedByWhatsApp)])
        }
        Err(NotCreated::Other(error)) => error.into(),
    };
    let fields = [
        FieldName::Name,
        FieldName::Language,
        FieldName::Kind,
        FieldName::Text,
        FieldName::Samples,
        FieldName::Footer,
        FieldName::Buttons,
    ];
    let typed: Vec<_> = fields.into_iter().zip(posted.iter().map(String::as_str)).collect();
    Err(give_back(error, &format!("{CAMPAIGNS_PATH}/templates/new"), &typed))
}

const fn field_of(field: NewTemplateField) -> FieldName {
    match field {
        NewTemplateField::Name => FieldName::Name,
        NewTemplateField::Language => FieldName::Language,
        NewTemplateField::Body => FieldName::Text,
        NewTemplateField::Samples => FieldName::Samples,
        NewTemplateField::Footer => FieldName::Footer,
        NewTemplateField::Buttons => FieldName::Buttons,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_a_place_becomes_a_moment() {
        let at = |text: &str| Ok(Timestamp::parse_rfc3339(text));
        assert_eq!(scheduled("2026-12-03T09:00", ""), at("2026-12-03T09:00:00Z"));
        assert_eq!(scheduled("2026-12-03T09:00", "120"), at("2026-12-03T07:00:00Z"));
        assert_eq!(scheduled("2026-12-03T09:00:30", "-330"), at("2026-12-03T14:30:30Z"));
        assert_eq!(scheduled(" ", "60"), Ok(None));
        for (local, offset) in
            [("tomorrow", ""), ("2026-12-03", ""), ("2026-12-03T09:00", "x"), ("2026-12-03T09:00", "900")]
        {
            assert_eq!(scheduled(local, offset), Err(FieldCode::Malformed), "{local} {offset}");
        }
    }
}
