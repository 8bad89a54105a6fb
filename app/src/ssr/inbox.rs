//! The inbox.

use domain::consent::State;
use domain::contact::{Actor, Contact};
use domain::conversation::{ConversationQuery, Status};
use domain::id::{ContactId, MessageId, UserId};
use domain::kind::MessageKind;
use domain::permit::Reason;
use domain::template::{Template, TemplateStatus};
use domain::time::Span;
use service::conversations::{self, COUNTED, Reply};
use service::messages::SendContent;

use super::returned::give_back;
use super::{caller, redirect_plain_form, service};
use crate::contacts::deciding;
use crate::error::{AppError, FieldCode, FieldError, FieldName};
use crate::inbox::{Colleague, ComposerDetail, ENTRIES, INBOX_PATH, InboxList, ThreadDetail};

/// The form as it was posted.
pub(crate) struct Answer {
    pub(crate) text: String,
    pub(crate) template: String,
    pub(crate) variables: Vec<String>,
    pub(crate) seen: String,
    pub(crate) anyway: String,
    pub(crate) promotion: String,
}

pub(crate) async fn list(query: ConversationQuery) -> Result<InboxList, AppError> {
    let (service, caller) = (service()?, caller()?);
    let page = conversations::list(&service, &caller, &query).await?;
    let counts = conversations::counts(&service, &caller).await?;
    Ok(InboxList { rows: page.rows, next: page.next, counts, counted: COUNTED, now: service.now() })
}

pub(crate) async fn thread(id: &str, before: Option<&str>) -> Result<Option<ThreadDetail>, AppError> {
    if id.is_empty() {
        return Ok(None);
    }
    let (service, caller) = (service()?, caller()?);
    let id: ContactId = id.parse().map_err(|_| AppError::NotFound)?;
    let before = before.and_then(|before| before.parse::<MessageId>().ok());
    let thread = conversations::thread(&service, &caller, id, before, ENTRIES).await?;
    let events = service::contacts::events(&service, &caller, id).await?;
    let decided = deciding(&thread.contact, &events).cloned().into_iter().collect();
    let colleague = |member: service::auth::TeamMember| Colleague { id: member.id, email: member.email };
    Ok(Some(ThreadDetail {
        contact: thread.contact,
        conversation: thread.conversation,
        entries: thread.entries,
        earlier: thread.earlier,
        decided,
        colleagues: thread.colleagues.into_iter().map(colleague).collect(),
        me: me(&caller),
        now: service.now(),
    }))
}

const fn me(caller: &service::Caller) -> Option<UserId> {
    match &caller.actor {
        Actor::User { id, .. } => Some(*id),
        _ => None,
    }
}

pub(crate) async fn composer(id: &str) -> Result<Option<ComposerDetail>, AppError> {
    if id.is_empty() {
        return Ok(None);
    }
    let (service, caller) = (service()?, caller()?);
    let id: ContactId = id.parse().map_err(|_| AppError::NotFound)?;
    let thread = conversations::thread(&service, &caller, id, None, 1).await?;
    let templates = service::templates::list(&service, &caller).await?;
    let templates = templates.into_iter().filter(|template| may_go(template, &thread.contact)).collect();
    Ok(Some(ComposerDetail {
        begun: thread.conversation.is_some(),
        seen: thread.entries.last().map(|entry| entry.id),
        contact: thread.contact,
        templates,
        replies: service::saved_replies::list(&service, &caller).await?,
        now: service.now(),
    }))
}

/// Whether a template is worth offering: approved, and no marketing for somebody who did not agree to it.
fn may_go(template: &Template, contact: &Contact) -> bool {
    let fits = match template.kind {
        MessageKind::Marketing => contact.state == State::OptedIn && !contact.native_stop,
        MessageKind::Authentication => false,
        _ => true,
    };
    fits && template.status == TemplateStatus::Approved
}

/// The page of a conversation, in the part of the inbox it was opened from.
fn path(contact: ContactId, view: &str) -> String {
    let view = domain::conversation::View::from_word(view).unwrap_or_default();
    format!("{INBOX_PATH}/{contact}?view={}", view.as_str())
}

pub(crate) async fn reply(contact: ContactId, answer: Answer, view: &str) -> Result<(), AppError> {
    let path = path(contact, view);
    let variables = answer.variables.join("\n");
    let typed = [
        (FieldName::Text, answer.text.as_str()),
        (FieldName::Template, answer.template.as_str()),
        (FieldName::Variables, variables.as_str()),
    ];
    match send(contact, &answer).await {
        Ok(()) => {
            redirect_plain_form(&path);
            Ok(())
        }
        Err(error) => {
            let path = match answer.template.is_empty() {
                true => path,
                false => format!("{path}&template={}", crate::auth::percent_encoded(&answer.template)),
            };
            Err(give_back(error, &path, &typed))
        }
    }
}

async fn send(contact: ContactId, answer: &Answer) -> Result<(), AppError> {
    let (service, caller) = (service()?, caller()?);
    let content = if answer.template.is_empty() {
        // What a browser sends as line breaks.
        SendContent::Text { body: answer.text.replace("\r\n", "\n") }
    } else {
        let (name, language) = answer.template.split_once('/').unwrap_or_default();
        let known = service::templates::list(&service, &caller).await?;
        let template =
            known.iter().find(|template| template.name == name && template.language == language).ok_or_else(
                || AppError::Invalid(vec![FieldError::new(FieldName::Template, FieldCode::Missing)]),
            )?;
        let names = template.variables();
        if names.len() != answer.variables.len()
            || answer.variables.iter().any(|value| value.trim().is_empty())
        {
            return Err(AppError::Invalid(vec![FieldError::new(FieldName::Variables, FieldCode::Missing)]));
        }
        let variables = names.into_iter().map(str::to_owned).zip(answer.variables.iter().cloned()).collect();
        SendContent::Template { name: name.to_owned(), language: language.to_owned(), variables }
    };
    let reply = Reply {
        content,
        seen: answer.seen.parse().ok(),
        anyway: !answer.anyway.is_empty(),
        promotion_allowed: !answer.promotion.is_empty(),
    };
    match conversations::reply(&service, &caller, contact, reply).await {
        Ok(_) => Ok(()),
        // Who may not let a promotion through, and says it may go, hears why it was stopped.
        Err(service::Error::Forbidden(_)) if !answer.promotion.is_empty() => {
            Err(AppError::Refused(Reason::Promotion))
        }
        Err(service::Error::Invalid(problems)) if problems.iter().any(|problem| problem.field == "seen") => {
            Err(AppError::Conflict)
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn note(contact: ContactId, note: String, view: &str) -> Result<(), AppError> {
    let (service, caller) = (service()?, caller()?);
    // The same form stands on the person's page.
    let path = if view == "contact" { format!("/contacts/{contact}") } else { path(contact, view) };
    match conversations::note(&service, &caller, contact, &note.replace("\r\n", "\n")).await {
        Ok(()) => {
            redirect_plain_form(&path);
            Ok(())
        }
        Err(error) => Err(give_back(error.into(), &path, &[(FieldName::Note, &note)])),
    }
}

pub(crate) async fn step(contact: ContactId, step: &str, to: &str, view: &str) -> Result<(), AppError> {
    let (service, caller) = (service()?, caller()?);
    let asleep = |span: Span| (Status::Snoozed, Some(service.now() + span));
    let status = match step {
        "resolve" => Some((Status::Resolved, None)),
        "reopen" => Some((Status::Open, None)),
        "snooze_3h" => Some(asleep(Span::hours(3))),
        "snooze_1d" => Some(asleep(Span::days(1))),
        "snooze_7d" => Some(asleep(Span::days(7))),
        _ => None,
    };
    match (step, status) {
        (_, Some((status, until))) => {
            conversations::set_status(&service, &caller, contact, status, until).await?;
        }
        ("read", _) => conversations::mark_read(&service, &caller, contact).await?,
        ("assign", _) => {
            let to = match to {
                "" => None,
                id => Some(id.parse::<UserId>().map_err(|_| AppError::NotFound)?),
            };
            conversations::assign(&service, &caller, contact, to).await?;
        }
        _ => return Err(AppError::NotFound),
    }
    redirect_plain_form(&path(contact, view));
    Ok(())
}

pub(crate) async fn typing(contact: ContactId) -> Result<(), AppError> {
    let (service, caller) = (service()?, caller()?);
    Ok(conversations::typing(&service, &caller, contact).await?)
}
