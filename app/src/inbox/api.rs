use domain::contact::{ConsentEvent, Contact};
use domain::conversation::{Conversation, ConversationQuery, Entry, Listed, View};
use domain::id::{ContactId, MessageId, UserId};
use domain::saved_reply::SavedReply;
use domain::template::Template;
use domain::time::Timestamp;
use leptos::server;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// Entries of a page of a thread.
pub const ENTRIES: u32 = 50;

/// One page of a part of the inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxList {
    /// The rows.
    pub rows: Vec<Listed>,
    /// Where the next page starts.
    pub next: Option<String>,
    /// How many are in the parts that ask for attention, at most [`Self::counted`].
    pub counts: Vec<(View, i64)>,
    /// As far as is counted.
    pub counted: i64,
    /// When it was read.
    pub now: Timestamp,
}

/// Somebody who works here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colleague {
    /// Who.
    pub id: UserId,
    /// Their address.
    pub email: String,
}

/// A conversation, as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadDetail {
    /// With whom.
    pub contact: Contact,
    /// Where it stands; none when nobody wrote yet.
    pub conversation: Option<Conversation>,
    /// What was said, oldest first.
    pub entries: Vec<Entry>,
    /// Where the page before starts, if there is one.
    pub earlier: Option<MessageId>,
    /// The event the person's choice rests on.
    pub decided: Vec<ConsentEvent>,
    /// Who works here.
    pub colleagues: Vec<Colleague>,
    /// Who looks.
    pub me: Option<UserId>,
    /// When it was read.
    pub now: Timestamp,
}

/// What the form for an answer needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComposerDetail {
    /// For whom.
    pub contact: Contact,
    /// There is a conversation to take notes on.
    pub begun: bool,
    /// The last entry there was.
    pub seen: Option<MessageId>,
    /// Templates that may go to this person.
    pub templates: Vec<Template>,
    /// Answers that colleagues give often.
    pub replies: Vec<SavedReply>,
    /// When it was read.
    pub now: Timestamp,
}

/// One page of a part of the inbox.
#[server(input = Json)]
pub async fn list_conversations(query: ConversationQuery) -> Result<InboxList, AppError> {
    crate::ssr::inbox::list(query).await
}

/// A conversation, the last page or the one before a place.
#[server(input = Json)]
pub async fn load_thread(id: String, before: Option<String>) -> Result<Option<ThreadDetail>, AppError> {
    crate::ssr::inbox::thread(&id, before.as_deref()).await
}

/// What the form for an answer needs to know.
#[server(input = Json)]
pub async fn load_composer(id: String) -> Result<Option<ComposerDetail>, AppError> {
    crate::ssr::inbox::composer(&id).await
}

/// Answers a person, in words or, with `template` as `name/language`, by a template. `seen` is the last entry whoever answers has
/// seen, `anyway` sends although a colleague answered meanwhile, `promotion` although it reads like a promotion.
#[server]
pub async fn reply_to(
    contact: ContactId,
    #[server(default)] text: String,
    #[server(default)] template: String,
    #[server(default)] variables: Vec<String>,
    #[server(default)] seen: String,
    #[server(default)] anyway: String,
    #[server(default)] promotion: String,
    #[server(default)] view: String,
) -> Result<(), AppError> {
    let answer = crate::ssr::inbox::Answer { text, template, variables, seen, anyway, promotion };
    crate::ssr::inbox::reply(contact, answer, &view).await
}

/// Notes something to colleagues.
#[server]
pub async fn note_conversation(
    contact: ContactId,
    #[server(default)] note: String,
    #[server(default)] view: String,
) -> Result<(), AppError> {
    crate::ssr::inbox::note(contact, note, &view).await
}

/// Does something with a conversation: `read`, `resolve`, `reopen`, `snooze_3h`, `snooze_1d`, `snooze_7d`, or `assign` with the
/// id of a colleague in `to`, nobody when it is empty.
#[server]
pub async fn step_conversation(
    contact: ContactId,
    step: String,
    #[server(default)] to: String,
    #[server(default)] view: String,
) -> Result<(), AppError> {
    crate::ssr::inbox::step(contact, &step, &to, &view).await
}

/// Tells colleagues that an answer is being written.
#[server]
pub async fn typing_to(contact: ContactId) -> Result<(), AppError> {
    crate::ssr::inbox::typing(contact).await
}
