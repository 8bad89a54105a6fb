//! The inbox: who wrote, what was said, and the answers of the team. Everybody is helped, also who opted out; what leaves passes
//! the same decision as everything else.

use std::collections::HashMap;

use domain::audit::Action;
use domain::contact::{Actor, Contact, OutgoingMessage};
use domain::conversation::{
    Conversation, ConversationQuery, Entry, Listed, NOTE_LIMIT, Shown, Status, TeamKind, View, What,
};
use domain::id::{ContactId, MessageId, UserId};
use domain::kind::MessageKind;
use domain::live::LiveEvent;
use domain::outbound::Content;
use domain::role::Right;
use domain::time::{Span, Timestamp};
use store::Tx;
use store::conversation::NewEntry;
use store::inbound::ThreadInbound;
use store::outbox::ThreadOutbound;

use crate::audit;
use crate::auth::TeamMember;
use crate::contacts::load_one;
use crate::messages::{Asked, SendContent, enqueue, know_template, pick_connection};
use crate::{Caller, Error, Service, task};

/// Rows of a page when nothing else is asked for.
const PAGE: u32 = 50;
/// Most rows of a page.
const PAGE_MAX: u32 = 200;
/// Most people a search looks among, those who wrote last first.
const SEARCHED: u32 = 500;
/// As far as the parts of the inbox are counted.
pub const COUNTED: i64 = 100;
/// The last answers among which a repeated press is looked for.
const RECENT: i64 = 20;
/// The longest a conversation may be put aside.
const SNOOZE_MAX: Span = Span::days(90);

/// One page of the inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationPage {
    /// The rows.
    pub rows: Vec<Listed>,
    /// Where the next page starts.
    pub next: Option<String>,
}

/// A conversation, as far as one page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// With whom.
    pub contact: Contact,
    /// Where it stands; none when nobody wrote yet.
    pub conversation: Option<Conversation>,
    /// What was said, oldest first.
    pub entries: Vec<Entry>,
    /// Where the page before starts, if there is one.
    pub earlier: Option<MessageId>,
    /// Who else is here.
    pub colleagues: Vec<TeamMember>,
}

/// An answer to send.
#[derive(Clone, Debug)]
pub struct Reply {
    /// What it says.
    pub content: SendContent,
    /// The last entry whoever answers has seen.
    pub seen: Option<MessageId>,
    /// Send although a colleague answered meanwhile.
    pub anyway: bool,
    /// Send although it reads like a promotion.
    pub promotion_allowed: bool,
}

/// One page of a part of the inbox.
///
/// # Errors
/// When the cursor is not one of ours.
pub async fn list(
    service: &Service,
    caller: &Caller,
    query: &ConversationQuery,
) -> Result<ConversationPage, Error> {
    caller.may(Right::Read)?;
    let limit = if query.limit == 0 { PAGE } else { query.limit.min(PAGE_MAX) };
    let after = query.cursor.as_deref().map(parse_cursor).transpose()?;
    let search: Option<String> = query
        .search
        .as_deref()
        .map(|term| term.trim().chars().filter(|c| *c != '\0').take(100).collect())
        .filter(|term: &String| !term.is_empty());
    let (service, business, view, me) = (service.clone(), caller.business, query.view, user_of(caller));
    task(async move {
        let mut tx = service.db.read().await?;
        let among = match search {
            None => None,
            Some(term) => {
                let query = domain::contact::ContactQuery {
                    search: Some(term),
                    sort: domain::contact::ContactSort::LastMessage,
                    ..Default::default()
                };
                let found =
                    store::contact_list::list_contacts(&mut tx, business, &query, None, SEARCHED).await?;
                Some(found.into_iter().map(|stored| stored.contact.id).collect::<Vec<_>>())
            }
        };
        if among.as_ref().is_some_and(Vec::is_empty) {
            return Ok(ConversationPage { rows: Vec::new(), next: None });
        }
        let mut rows = store::conversation::list_conversations(
            &mut tx,
            business,
            view,
            me,
            among.as_deref(),
            after,
            limit,
        )
        .await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|last| write_cursor(last, view));
        let ids: Vec<ContactId> = rows.iter().map(|row| row.contact).collect();
        let mut people: HashMap<ContactId, Contact> = store::contact::read_contacts(&mut tx, &ids)
            .await?
            .into_iter()
            .map(|stored| (stored.contact.id, stored.contact))
            .collect();
        let rows = rows
            .into_iter()
            .filter_map(|conversation| {
                let contact = people.remove(&conversation.contact)?;
                Some(Listed { conversation, contact })
            })
            .collect();
        Ok(ConversationPage { rows, next })
    })
    .await
}

/// How many are in each part of the inbox that asks for attention, counted as far as [`COUNTED`].
///
/// # Errors
/// When the caller may not read.
pub async fn counts(service: &Service, caller: &Caller) -> Result<Vec<(View, i64)>, Error> {
    caller.may(Right::Read)?;
    let (service, business, me) = (service.clone(), caller.business, user_of(caller));
    task(async move {
        let mut tx = service.db.read().await?;
        let mut counts = Vec::new();
        for view in [View::Unread, View::Mine, View::Unassigned, View::Waiting] {
            let count =
                store::conversation::count_conversations(&mut tx, business, view, me, COUNTED).await?;
            counts.push((view, count));
        }
        Ok(counts)
    })
    .await
}

/// What was said with a person, the last page or the one before a place.
///
/// # Errors
/// [`Error::NotFound`] when the caller's business has no such contact.
pub async fn thread(
    service: &Service,
    caller: &Caller,
    id: ContactId,
    before: Option<MessageId>,
    limit: u32,
) -> Result<Thread, Error> {
    caller.may(Right::Read)?;
    let (service, business) = (service.clone(), caller.business);
    let limit = usize::try_from(limit.clamp(1, PAGE_MAX)).unwrap_or(1);
    task(async move {
        let mut tx = service.db.read().await?;
        let contact = load_one(&mut tx, business, id).await?;
        let id = contact.id;
        let more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
        let incoming = store::inbound::list_thread_inbound(&mut tx, business, id, before, more).await?;
        let outgoing = store::outbox::list_thread_outbound(&mut tx, business, id, before, more).await?;
        let team = store::conversation::list_entries(&mut tx, business, id, before, more).await?;
        let mut entries = incoming_entries(&mut tx, business, id, incoming, &outgoing).await?;
        entries.extend(outgoing.into_iter().map(outgoing_entry));
        entries.extend(team);
        entries.sort_by_key(|entry| entry.id);
        let surplus = entries.len().saturating_sub(limit);
        entries.drain(..surplus);
        let earlier = entries.first().filter(|_| surplus > 0).map(|entry| entry.id);
        let conversation = store::conversation::find_conversation(&mut tx, business, id).await?;
        let colleagues = store::access::list_users(&mut tx, business)
            .await?
            .into_iter()
            .map(|user| TeamMember { id: user.id, email: user.email, role: user.role })
            .collect();
        Ok(Thread { contact, conversation, entries, earlier, colleagues })
    })
    .await
}

async fn incoming_entries(
    tx: &mut Tx,
    business: domain::id::BusinessId,
    contact: ContactId,
    incoming: Vec<ThreadInbound>,
    outgoing: &[ThreadOutbound],
) -> Result<Vec<Entry>, Error> {
    let shown: Vec<(ThreadInbound, Shown)> = incoming
        .into_iter()
        .map(|row| {
            let shown = whatsapp::webhook::shown(&row.raw, &row.preview);
            (row, shown)
        })
        .collect();
    let refers = |row: &ThreadInbound, shown: &Shown| match shown {
        Shown::Reaction { on, .. } => on.clone(),
        _ => row.context_wamid.clone(),
    };
    // What they answer is mostly on the same page; else it is looked up among what was sent to them.
    let mut said: HashMap<String, String> = outgoing
        .iter()
        .filter_map(|one| Some((one.message.wamid.clone()?, one.content.preview().to_owned())))
        .chain(shown.iter().map(|(row, _)| (row.wamid.clone(), row.preview.clone())))
        .collect();
    let unknown: Vec<String> = shown
        .iter()
        .filter_map(|(row, shown)| refers(row, shown))
        .filter(|wamid| !said.contains_key(wamid))
        .collect();
    for (wamid, content) in store::outbox::find_quoted(tx, business, contact, &unknown).await? {
        said.insert(wamid, content.preview().to_owned());
    }
    Ok(shown
        .into_iter()
        .map(|(row, shown)| {
            let quoted = refers(&row, &shown).and_then(|wamid| said.get(&wamid).cloned());
            Entry {
                id: MessageId::from_uuid(row.id),
                at: Timestamp::from_micros(row.sent_at),
                what: What::Incoming { shown, verdict: row.verdict, quoted },
            }
        })
        .collect())
}

fn outgoing_entry(one: ThreadOutbound) -> Entry {
    let ThreadOutbound { message, content, created_by } = one;
    Entry {
        id: message.id,
        at: message.created_at,
        what: What::Outgoing {
            text: content.preview().to_owned(),
            template: matches!(content, Content::Template { .. }),
            kind: message.kind,
            state: message.status,
            delivery: message.delivery,
            reason: message.reason,
            error_code: message.error_code,
            by: created_by.parse().ok(),
        },
    }
}

/// Answers a person, unless consent, the window, a promotion in it, or a colleague's answer stand against it.
///
/// # Errors
/// [`Error::Refused`] with the reason; [`Error::Invalid`] naming the field, `seen` when a colleague answered meanwhile.
pub async fn reply(
    service: &Service,
    caller: &Caller,
    contact: ContactId,
    reply: Reply,
) -> Result<OutgoingMessage, Error> {
    caller.may(Right::SendMessages)?;
    if reply.promotion_allowed {
        caller.may(Right::AllowPromotion)?;
    }
    match &reply.content {
        SendContent::Text { body } => crate::messages::check_text(body)?,
        SendContent::Template { name, language, .. } => {
            know_template(service, caller, None, name, language).await?;
        }
    }
    let (service, caller) = (service.clone(), caller.clone());
    task(async move {
        let mut tx = service.db.write().await?;
        let contact = load_one(&mut tx, caller.business, contact).await?;
        // Two who answer at the same moment come one after the other, and the second sees the first.
        let known = store::conversation::lock_conversation(&mut tx, caller.business, contact.id).await?;
        if let Some(done) = answered_meanwhile(&mut tx, &caller, contact.id, &reply).await? {
            return Ok(done);
        }
        // An answer goes through the number that was written to.
        let number = known.map(|known| known.connection.to_string());
        let connection = pick_connection(&mut tx, caller.business, number.as_deref()).await?;
        let asked = Asked {
            id: MessageId::from_uuid(service.clock.uuid()),
            kind: MessageKind::Service,
            content: &reply.content,
            promotion_allowed: reply.promotion_allowed,
        };
        let enqueued = enqueue(&service, &mut tx, &caller, &asked, &connection, &contact).await?;
        store::conversation::note_answered(&mut tx, &enqueued.answered).await?;
        if reply.promotion_allowed {
            audit::note(&service, &mut tx, &caller, Action::PromotionAllowed, enqueued.message.id).await?;
            note_entry(
                &service,
                &mut tx,
                &caller,
                contact.id,
                TeamKind::Overridden,
                enqueued.answered.preview,
            )
            .await?;
        }
        tx.commit().await?;
        service.wake.connection(connection.id);
        service.live.publish(
            caller.business,
            vec![
                LiveEvent::MessageChanged { contact: contact.id },
                LiveEvent::ConversationChanged { contact: contact.id },
            ],
        );
        Ok(enqueued.message)
    })
    .await
}

/// The same answer if it was sent already (a button pressed twice), or an error when a colleague answered since `seen`.
async fn answered_meanwhile(
    tx: &mut Tx,
    caller: &Caller,
    contact: ContactId,
    reply: &Reply,
) -> Result<Option<OutgoingMessage>, Error> {
    let Some(seen) = reply.seen else { return Ok(None) };
    let recent = store::outbox::list_thread_outbound(tx, caller.business, contact, None, RECENT).await?;
    let me = caller.name();
    let newer = || recent.iter().filter(|one| one.message.id > seen);
    let is_same = |one: &&ThreadOutbound| {
        one.created_by == me
            && matches!((&reply.content, &one.content),
                (SendContent::Text { body }, Content::Text { body: sent }) if body == sent)
    };
    if let Some(same) = newer().find(is_same) {
        return Ok(Some(same.message.clone()));
    }
    let by_colleague = newer().any(|one| one.created_by != me && one.created_by.parse::<UserId>().is_ok());
    if by_colleague && !reply.anyway {
        return Err(Error::invalid("seen", "answered_meanwhile"));
    }
    Ok(None)
}

/// Notes something to colleagues; the person never sees it.
///
/// # Errors
/// When it is empty or too long, or there is no such contact.
pub async fn note(service: &Service, caller: &Caller, contact: ContactId, text: &str) -> Result<(), Error> {
    caller.may(Right::SendMessages)?;
    let text = text.trim().to_owned();
    if text.is_empty() {
        return Err(Error::invalid("note", "empty"));
    }
    if text.chars().count() > NOTE_LIMIT {
        return Err(Error::invalid("note", "too_long"));
    }
    if text.contains('\0') {
        return Err(Error::invalid("note", "control_characters"));
    }
    change(service, caller, contact, TeamKind::Note, text, |_| None).await
}

/// A note of a colleague.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// When.
    pub at: Timestamp,
    /// What.
    pub text: String,
    /// The address of who wrote it, unless the software did.
    pub by: Option<String>,
}

/// Most notes shown of one person.
const NOTES: i64 = 200;

/// What colleagues noted about a person, newest first.
///
/// # Errors
/// [`Error::NotFound`] when the caller's business has no such contact.
pub async fn notes(service: &Service, caller: &Caller, contact: ContactId) -> Result<Vec<Note>, Error> {
    caller.may(Right::Read)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let mut tx = service.db.read().await?;
        let contact = load_one(&mut tx, business, contact).await?.id;
        let entries = store::conversation::list_entries(&mut tx, business, contact, None, NOTES).await?;
        let users = store::access::list_users(&mut tx, business).await?;
        let email = |id| users.iter().find(|user| user.id == id).map(|user| user.email.clone());
        let notes = entries.into_iter().filter_map(|entry| match entry.what {
            What::Team { kind: TeamKind::Note, body, by } => {
                Some(Note { at: entry.at, text: body, by: by.and_then(email) })
            }
            _ => None,
        });
        Ok(notes.collect())
    })
    .await
}

/// Makes a conversation somebody's task, or nobody's.
///
/// # Errors
/// When there is no such conversation or no such colleague.
pub async fn assign(
    service: &Service,
    caller: &Caller,
    contact: ContactId,
    to: Option<UserId>,
) -> Result<(), Error> {
    caller.may(Right::SendMessages)?;
    let kind = if to.is_some() { TeamKind::Assigned } else { TeamKind::Unassigned };
    let body = to.map(|to| to.to_string()).unwrap_or_default();
    change(service, caller, contact, kind, body, move |_| Some(Step::Assign(to))).await
}

/// Puts a conversation among those that are done, back, or out of sight until a time.
///
/// # Errors
/// When there is no such conversation, or the time is past or more than 90 days ahead.
pub async fn set_status(
    service: &Service,
    caller: &Caller,
    contact: ContactId,
    status: Status,
    until: Option<Timestamp>,
) -> Result<(), Error> {
    caller.may(Right::SendMessages)?;
    let now = service.now();
    let (kind, body) = match (status, until) {
        (Status::Open, _) => (TeamKind::Reopened, String::new()),
        (Status::Resolved, _) => (TeamKind::Resolved, String::new()),
        (Status::Snoozed, Some(until)) if until > now && until <= now + SNOOZE_MAX => {
            (TeamKind::Snoozed, until.micros().to_string())
        }
        (Status::Snoozed, _) => return Err(Error::invalid("until", "not_in_the_future")),
    };
    let until = until.filter(|_| status == Status::Snoozed);
    change(service, caller, contact, kind, body, move |known| {
        (known.status != status || known.snoozed_until != until).then_some(Step::Status(status, until))
    })
    .await
}

/// What a step of a colleague changes.
enum Step {
    Assign(Option<UserId>),
    Status(Status, Option<Timestamp>),
}

async fn change(
    service: &Service,
    caller: &Caller,
    contact: ContactId,
    kind: TeamKind,
    body: String,
    step: impl FnOnce(&Conversation) -> Option<Step> + Send + 'static,
) -> Result<(), Error> {
    let (service, caller) = (service.clone(), caller.clone());
    task(async move {
        let mut tx = service.db.write().await?;
        let contact = load_one(&mut tx, caller.business, contact).await?.id;
        let known = store::conversation::lock_conversation(&mut tx, caller.business, contact).await?;
        // Something can be noted about somebody with whom nothing was said yet.
        let step = match &known {
            Some(known) => step(known),
            None if kind == TeamKind::Note => None,
            None => return Err(Error::NotFound),
        };
        match step {
            Some(Step::Assign(to)) => {
                if known.is_some_and(|known| known.assignee == to) {
                    return Ok(());
                }
                if let Some(to) = to {
                    let users = store::access::list_users(&mut tx, caller.business).await?;
                    if !users.iter().any(|user| user.id == to && !user.left) {
                        return Err(Error::invalid("assignee", "not_found"));
                    }
                }
                store::conversation::assign(&mut tx, caller.business, contact, to).await?;
            }
            Some(Step::Status(status, until)) => {
                store::conversation::set_status(&mut tx, caller.business, contact, status, until).await?;
            }
            None if kind == TeamKind::Note => {}
            None => return Ok(()),
        }
        note_entry(&service, &mut tx, &caller, contact, kind, body).await?;
        tx.commit().await?;
        service.live.publish(caller.business, vec![LiveEvent::ConversationChanged { contact }]);
        Ok(())
    })
    .await
}

async fn note_entry(
    service: &Service,
    tx: &mut Tx,
    caller: &Caller,
    contact: ContactId,
    kind: TeamKind,
    body: String,
) -> Result<(), Error> {
    let entry = NewEntry {
        id: MessageId::from_uuid(service.clock.uuid()),
        business: caller.business,
        contact,
        kind,
        author: caller.name(),
        body,
        at: service.now(),
    };
    Ok(store::conversation::insert_entry(tx, &entry).await?)
}

/// Notes that the caller read a conversation. Who may only look leaves it unread for those who answer.
///
/// # Errors
/// When the caller may not answer.
pub async fn mark_read(service: &Service, caller: &Caller, contact: ContactId) -> Result<(), Error> {
    caller.may(Right::SendMessages)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let mut tx = service.db.write().await?;
        let contact = load_one(&mut tx, business, contact).await?.id;
        if store::conversation::mark_read(&mut tx, business, contact).await? {
            tx.commit().await?;
            service.live.publish(business, vec![LiveEvent::ConversationChanged { contact }]);
        }
        Ok(())
    })
    .await
}

/// Tells colleagues that the caller is writing an answer. Nothing is stored.
///
/// # Errors
/// When the caller may not answer, or there is no such contact.
pub async fn typing(service: &Service, caller: &Caller, contact: ContactId) -> Result<(), Error> {
    caller.may(Right::SendMessages)?;
    let contact = crate::contacts::find(service, caller, contact).await?.id;
    if let Some(user) = user_of(caller) {
        service.live.publish(caller.business, vec![LiveEvent::Typing { contact, user }]);
    }
    Ok(())
}

/// Opens conversations whose time to sleep is over.
pub(crate) async fn wake_up(service: &Service) -> Result<(), Error> {
    let service = service.clone();
    task(async move {
        let mut tx = service.db.write().await?;
        let woken = store::conversation::wake_snoozed(&mut tx, service.now()).await?;
        if woken.is_empty() {
            return Ok(());
        }
        tx.commit().await?;
        for (business, contact) in woken {
            service.live.publish(business, vec![LiveEvent::ConversationChanged { contact }]);
        }
        Ok(())
    })
    .await
}

const fn user_of(caller: &Caller) -> Option<UserId> {
    match &caller.actor {
        Actor::User { id, .. } => Some(*id),
        _ => None,
    }
}

fn write_cursor(last: &Conversation, view: View) -> String {
    format!("{}.{}", store::conversation::place(last, view), last.contact.uuid().simple())
}

fn parse_cursor(text: &str) -> Result<store::conversation::Cursor, Error> {
    let wrong = || Error::invalid("after", "not_a_cursor");
    let (at, contact) = text.split_once('.').ok_or_else(wrong)?;
    Ok((at.parse().map_err(|_| wrong())?, contact.parse().map_err(|_| wrong())?))
}
