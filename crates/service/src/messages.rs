//! Messages to single people: decided now, written to the outbox, sent by the dispatcher after deciding again.

use domain::contact::{Contact, OutgoingMessage};
use domain::id::{BusinessId, ContactId, MessageId};
use domain::kind::MessageKind;
use domain::outbound::{Content, TEXT_LIMIT};
use domain::permit::{Gate, Intent, Reason, Verdict, decide};
use domain::promotion;
use domain::role::Right;
use domain::template::{Template, TemplateStatus};
use store::Tx;
use store::connection::Connection;
use store::conversation::Answered;
use store::outbox::NewMessage;

use crate::contacts::{Taken, find_or_insert, load_one, parse_phone};
use crate::{Caller, Error, Service, task};

/// How much of a message a list of conversations shows, in characters.
const PREVIEW: usize = 300;

/// Whom a message is for.
#[derive(Clone, Debug)]
pub enum To {
    /// A number as a person writes it; a contact is made when nobody has it.
    Phone(String),
    /// A contact.
    Contact(ContactId),
}

/// What a message says.
#[derive(Clone, Debug)]
pub enum SendContent {
    /// Free text.
    Text {
        /// 1–4096 characters.
        body: String,
    },
    /// A template.
    Template {
        /// Its name.
        name: String,
        /// Meta's language code.
        language: String,
        /// Values of its placeholders: (`"1"` or a name, value).
        variables: Vec<(String, String)>,
    },
}

/// A message to send.
#[derive(Clone, Debug)]
pub struct Send {
    /// For whom.
    pub to: To,
    /// What it is for. A template's own category makes it stricter, never looser.
    pub kind: MessageKind,
    /// What it says.
    pub content: SendContent,
    /// Through which number, by id or handle; the business's first otherwise.
    pub connection: Option<String>,
}

/// Decides about a message and puts it in the outbox.
///
/// # Errors
/// [`Error::Invalid`] naming the field; [`Error::Refused`] when consent or the window forbids it; nothing is enqueued then.
pub async fn send(service: &Service, caller: &Caller, send: Send) -> Result<OutgoingMessage, Error> {
    send_once(service, caller, MessageId::from_uuid(service.clock.uuid()), send).await
}

/// As [`send`], under an id: if there is such a message already, that one is the answer and nothing is enqueued.
///
/// # Errors
/// As [`send`].
pub async fn send_once(
    service: &Service,
    caller: &Caller,
    id: MessageId,
    send: Send,
) -> Result<OutgoingMessage, Error> {
    caller.may(Right::SendMessages)?;
    if send.kind == MessageKind::Consent {
        return Err(Error::invalid("kind", "not_sendable"));
    }
    if let SendContent::Text { body } = &send.content {
        check_text(body)?;
    }
    if let SendContent::Template { name, language, .. } = &send.content {
        know_template(service, caller, send.connection.as_deref(), name, language).await?;
    }
    let (service, caller) = (service.clone(), caller.clone());
    task(async move {
        for _ in 0..3 {
            let mut tx = service.db.write().await?;
            if let Some(message) = store::outbox::find_message(&mut tx, caller.business, id).await? {
                return Ok(message);
            }
            let connection = pick_connection(&mut tx, caller.business, send.connection.as_deref()).await?;
            let contact = match &send.to {
                To::Contact(id) => {
                    load_one(&mut tx, caller.business, *id).await.map_err(|error| match error {
                        Error::NotFound => Error::invalid("contact_id", "not_found"),
                        other => other,
                    })?
                }
                To::Phone(text) => {
                    let phone =
                        parse_phone(&service, &mut tx, caller.business, text).await.map_err(|error| {
                            match error {
                                Error::Invalid(found) => Error::Invalid(
                                    found
                                        .into_iter()
                                        .map(|one| crate::Invalid { field: "to", ..one })
                                        .collect(),
                                ),
                                other => other,
                            }
                        })?;
                    match find_or_insert(&service, &mut tx, caller.business, &phone).await {
                        Err(Taken::Other(error)) => return Err(error),
                        Err(Taken::Meanwhile) => continue,
                        Ok((stored, _)) => stored.contact,
                    }
                }
            };
            let asked = Asked { id, kind: send.kind, content: &send.content, promotion_allowed: false };
            let enqueued = enqueue(&service, &mut tx, &caller, &asked, &connection, &contact).await?;
            if send.kind == MessageKind::Service {
                store::conversation::note_answered(&mut tx, &enqueued.answered).await?;
            }
            let message = enqueued.message;
            tx.commit().await?;
            service.wake.connection(connection.id);
            let changed = domain::live::LiveEvent::MessageChanged { contact: contact.id };
            service.live.publish(caller.business, vec![changed]);
            return Ok(message);
        }
        Err(Error::Unavailable)
    })
    .await
}

/// What somebody asks to send.
pub(crate) struct Asked<'a> {
    /// The id it gets.
    pub(crate) id: MessageId,
    /// What it is for.
    pub(crate) kind: MessageKind,
    /// What it says.
    pub(crate) content: &'a SendContent,
    /// Somebody who may has said that it is no promotion, or that it may go all the same.
    pub(crate) promotion_allowed: bool,
}

/// What was put in the outbox.
pub(crate) struct Enqueued {
    /// The message.
    pub(crate) message: OutgoingMessage,
    /// The same for the conversation it belongs to.
    pub(crate) answered: Answered,
}

/// Decides about a message and puts it in the outbox.
pub(crate) async fn enqueue(
    service: &Service,
    tx: &mut Tx,
    caller: &Caller,
    asked: &Asked<'_>,
    connection: &Connection,
    contact: &Contact,
) -> Result<Enqueued, Error> {
    let now = service.now();
    let (kind, content) = match asked.content {
        SendContent::Text { body } => (asked.kind, Content::Text { body: body.clone() }),
        SendContent::Template { name, language, variables } => {
            let template = store::template::find_template(tx, caller.business, name, language)
                .await?
                .ok_or_else(|| Error::invalid("template", "not_found"))?;
            check_template(&template, variables)?;
            let kind = template.kind.stricter(asked.kind);
            let content = Content::Template {
                name: name.clone(),
                language: language.clone(),
                variables: variables.clone(),
                payloads: Vec::new(),
                rendered: template.render(variables),
            };
            (kind, content)
        }
    };
    let rules = service.rules(tx, caller.business).await?;
    let intent = Intent { kind, form: content.form(), expires_at: None };
    let policy = rules.settings.draft.policies.permit();
    let marketing_lately = match policy.frequency_cap {
        Some(cap) if kind == MessageKind::Marketing => {
            let counted = store::campaign::count_marketing(tx, &[contact.id], cap.since(now)).await?;
            counted.first().map_or(0, |(_, count)| u32::try_from(*count).unwrap_or(u32::MAX))
        }
        _ => 0,
    };
    let gate = Gate { marketing_lately, ..contact.gate() };
    let not_before = match decide(&gate, &intent, &policy, now) {
        Verdict::Send(_) => now,
        Verdict::Skip(reason) => return Err(Error::Refused(reason)),
        // It waits, and is decided about again then.
        Verdict::Defer { until, .. } => until,
    };
    if !asked.promotion_allowed && promotion::stopped(&gate, kind, content.preview()).is_some() {
        return Err(Error::Refused(Reason::Promotion));
    }
    let message = NewMessage {
        id: asked.id,
        business: caller.business,
        connection: connection.id,
        contact: contact.id,
        kind,
        content,
        context_wamid: None,
        created_at: now,
        created_by: caller.name(),
        not_before,
        expires_at: None,
        skipped: None,
        campaign: None,
    };
    store::outbox::insert_messages(tx, std::slice::from_ref(&message)).await?;
    let answered = Answered {
        contact: contact.id,
        business: caller.business,
        connection: connection.id,
        id: message.id,
        at: now,
        preview: message.content.preview().chars().take(PREVIEW).collect(),
    };
    let message =
        store::outbox::find_message(tx, caller.business, message.id).await?.ok_or(Error::NotFound)?;
    Ok(Enqueued { message, answered })
}

pub(crate) fn check_text(body: &str) -> Result<(), Error> {
    if body.trim().is_empty() {
        return Err(Error::invalid("text.body", "empty"));
    }
    if body.chars().count() > TEXT_LIMIT {
        return Err(Error::invalid("text.body", "too_long"));
    }
    if body.contains('\0') {
        return Err(Error::invalid("text.body", "control_characters"));
    }
    Ok(())
}

fn check_template(template: &Template, variables: &[(String, String)]) -> Result<(), Error> {
    match template.status {
        TemplateStatus::Approved => {}
        TemplateStatus::Paused => return Err(Error::invalid("template", "paused")),
        _ => return Err(Error::invalid("template", "not_approved")),
    }
    check_variables(template, variables)
}

/// Whether these are values for exactly the placeholders of a template.
pub(crate) fn check_variables(template: &Template, variables: &[(String, String)]) -> Result<(), Error> {
    let wanted = template.variables();
    let given: Vec<&str> = variables.iter().map(|(name, _)| name.as_str()).collect();
    if wanted.iter().any(|name| !given.contains(name)) {
        return Err(Error::invalid("template.variables", "missing"));
    }
    if given.iter().any(|name| !wanted.contains(name)) {
        return Err(Error::invalid("template.variables", "unknown"));
    }
    if variables.iter().any(|(_, value)| value.trim().is_empty() || value.contains('\0')) {
        return Err(Error::invalid("template.variables", "empty"));
    }
    if template.render(variables).chars().count() > TEXT_LIMIT {
        return Err(Error::invalid("template.variables", "too_long"));
    }
    Ok(())
}

/// Makes sure a template is known, asking WhatsApp once when it is not. Outside any transaction, because it is HTTP.
pub(crate) async fn know_template(
    service: &Service,
    caller: &Caller,
    connection: Option<&str>,
    name: &str,
    language: &str,
) -> Result<(), Error> {
    let (reading, business) = (service.clone(), caller.business);
    let (name, language, wanted) = (name.to_owned(), language.to_owned(), connection.map(str::to_owned));
    let (known, connection) = task(async move {
        let mut tx = reading.db.read().await?;
        let known = store::template::find_template(&mut tx, business, &name, &language).await?.is_some();
        Ok((known, pick_connection(&mut tx, business, wanted.as_deref()).await?.id))
    })
    .await?;
    if !known {
        // WhatsApp out of reach is no statement about the template: the caller is asked to come again.
        crate::templates::sync(service, connection).await?;
    }
    Ok(())
}

/// The connection named, or the business's first.
pub(crate) async fn pick_connection(
    tx: &mut Tx,
    business: BusinessId,
    wanted: Option<&str>,
) -> Result<Connection, Error> {
    let found = match wanted {
        None => store::connection::list_connections(tx, business).await?.into_iter().next(),
        Some(wanted) => match wanted.parse() {
            Ok(id) => store::connection::find_connection(tx, id).await?,
            Err(_) => store::connection::find_connection_by_handle(tx, wanted).await?,
        },
    };
    found
        .filter(|connection| connection.business == business)
        .ok_or_else(|| Error::invalid("connection", "not_found"))
}

/// One outgoing message.
///
/// # Errors
/// [`Error::NotFound`] when the caller's business has no such message.
pub async fn find(service: &Service, caller: &Caller, id: MessageId) -> Result<OutgoingMessage, Error> {
    caller.may(Right::Read)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        store::outbox::find_message(&mut service.db.read().await?, business, id).await?.ok_or(Error::NotFound)
    })
    .await
}

/// Outgoing messages of the caller's business, newest first, and the place where the next page starts.
///
/// # Errors
/// When the cursor is not one of ours.
pub async fn list(
    service: &Service,
    caller: &Caller,
    contact: Option<ContactId>,
    after: Option<&str>,
    limit: u32,
) -> Result<(Vec<OutgoingMessage>, Option<String>), Error> {
    caller.may(Right::Read)?;
    let after = after
        .map(str::parse::<MessageId>)
        .transpose()
        .map_err(|_| Error::invalid("after", "not_a_cursor"))?;
    let limit = i64::from(limit.clamp(1, 200));
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let mut tx = service.db.read().await?;
        let mut messages = store::outbox::list_messages(&mut tx, business, contact, after, limit + 1).await?;
        let more = messages.len() > usize::try_from(limit).unwrap_or(usize::MAX);
        messages.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = messages.last().filter(|_| more).map(|message| message.id.to_string());
        Ok((messages, next))
    })
    .await
}
