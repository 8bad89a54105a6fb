use detection::Verdict;
use domain::audit::AuditEntry;
use domain::id::{
    ApiKeyId, ConnectionId, ContactId, DeliveryId, InvitationId, SavedReplyId, SubscriptionId, UserId,
};
use domain::permit::Reachable;
use domain::role::Role;
use domain::saved_reply::SavedReply;
use domain::settings::{Draft, Settings};
use domain::subscription::{LoggedDelivery, Subscription};
use domain::time::Timestamp;
use leptos::server;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use super::limits;
use crate::error::AppError;

/// The Opt-In/Out settings as the page needs them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptInOut {
    /// What is in force.
    pub settings: Settings,
    /// Fills `{{business_name}}` in previews.
    pub business_name: String,
    /// What a plain form tried to save, if it was refused just now.
    pub refused: Option<Refused>,
}

/// A draft that was not saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// What was typed.
    pub draft: Draft,
    /// The version it was made from.
    pub base_version: i64,
    /// Somebody else saved since; otherwise fields are wrong.
    pub conflict: bool,
}

/// A connected number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Its id.
    pub id: ConnectionId,
    /// Where WhatsApp delivers.
    pub webhook_url: String,
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// Meta's id of the business account.
    pub waba_id: String,
    /// The number as people write it.
    pub display_number: String,
    /// Where messages are posted.
    pub graph_url: String,
    /// Most messages a second.
    pub messages_per_second: i64,
    /// Why nothing is sent at the moment.
    pub paused: Option<String>,
}

/// The numbers, and what the command that adds one needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connections {
    /// The numbers.
    pub connections: Vec<Connection>,
    /// The business's id.
    pub business: String,
}

/// Somebody who may log in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub id: UserId,
    /// What they log in with.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// They are asked for a second factor.
    pub second_factor: bool,
}

/// Somebody who was asked to join.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// The invitation.
    pub id: InvitationId,
    /// Their address.
    pub email: String,
    /// What they would be.
    pub role: Role,
    /// Until when the link works.
    pub expires_at: Timestamp,
}

/// The people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Who may log in.
    pub members: Vec<Member>,
    /// Who was asked, for those who may know.
    pub invited: Vec<Invited>,
    /// A link made just now: shown this once.
    pub link: Option<String>,
}

/// A key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// Reading and writing, or reading only.
    pub may_write: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

/// The keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    /// The keys.
    pub keys: Vec<ApiKey>,
    /// A key made by a plain form just now: shown this once.
    pub created: Option<String>,
    /// When it was read.
    pub now: Timestamp,
}

/// The Opt-In/Out settings; `ticket` brings back what a plain form could not save.
#[server(input = Json)]
pub async fn load_opt_in_out(ticket: String) -> Result<OptInOut, AppError> {
    crate::ssr::settings::opt_in_out(&ticket).await
}

/// When and how often marketing may leave, as the form submits it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// The word for the hours; empty is any hour.
    pub hours: String,
    /// The word for the frequency cap; empty is none.
    pub frequency_cap: String,
    /// No marketing to numbers of the United States.
    pub skip_us_numbers: bool,
}

/// Saves the Opt-In/Out settings on top of a version. Keywords come one a line.
#[server]
pub async fn save_settings(
    base_version: i64,
    #[server(default)] opt_out_keywords: String,
    #[server(default)] opt_out_confirmation: String,
    #[server(default)] opt_in_keywords: String,
    #[server(default)] opt_in_confirmation: String,
    #[server(default)] help_keywords: String,
    #[server(default)] help_answer: String,
    #[server(default)] disclosure: String,
    #[server(default)] reachable: String,
    #[server(default)] ask_to_confirm: bool,
    #[server(default)] answer_repeats: bool,
    #[server(default)] limits: Limits,
    #[server(default)] listen: Option<Vec<String>>,
) -> Result<Settings, AppError> {
    let form = crate::ssr::settings::Form {
        opt_out_keywords,
        opt_out_confirmation,
        opt_in_keywords,
        opt_in_confirmation,
        help_keywords,
        help_answer,
        disclosure,
        reachable,
        ask_to_confirm,
        answer_repeats,
        limits,
        listen,
    };
    crate::ssr::settings::save(base_version, form.into()).await
}

/// The word for a policy in the form.
#[must_use]
pub(crate) const fn reachable_word(reachable: Reachable) -> &'static str {
    match reachable {
        Reachable::OptedIn => "opted_in",
        Reachable::NotOptedOut => "not_opted_out",
    }
}

/// Reads the word back; what is not the looser policy is the stricter one.
#[must_use]
pub fn parse_reachable(word: &str) -> Reachable {
    if word == reachable_word(Reachable::NotOptedOut) { Reachable::NotOptedOut } else { Reachable::OptedIn }
}

impl SaveSettings {
    /// The same as the form would submit.
    #[must_use]
    pub fn of(base_version: i64, draft: Draft) -> Self {
        Self {
            base_version,
            opt_out_keywords: draft.opt_out_keywords.join("\n"),
            opt_out_confirmation: draft.opt_out_confirmation,
            opt_in_keywords: draft.opt_in_keywords.join("\n"),
            opt_in_confirmation: draft.opt_in_confirmation,
            help_keywords: draft.help_keywords.join("\n"),
            help_answer: draft.help_answer,
            disclosure: draft.disclosure,
            reachable: reachable_word(draft.policies.reachable).to_owned(),
            ask_to_confirm: draft.policies.ask_to_confirm,
            answer_repeats: draft.policies.answer_repeats,
            limits: Limits {
                hours: limits::hours_word(draft.policies.hours).to_owned(),
                frequency_cap: limits::cap_word(draft.policies.frequency_cap).to_owned(),
                skip_us_numbers: draft.policies.skip_us_numbers,
            },
            listen: Some(listened(&draft.muted_languages)),
        }
    }
}

/// Runs the keywords being edited over what customers wrote lately; they come one a line.
#[server]
pub async fn replay_keywords(
    #[server(default)] opt_out_keywords: String,
    #[server(default)] opt_in_keywords: String,
    #[server(default)] help_keywords: String,
    #[server(default)] listen: Option<Vec<String>>,
) -> Result<Replay, AppError> {
    crate::ssr::settings::replay(&opt_out_keywords, &opt_in_keywords, &help_keywords, listen).await
}

/// One message that the edited keywords would read differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayDifference {
    /// Who wrote it.
    pub contact: ContactId,
    /// What to call them.
    pub contact_label: String,
    /// The words, shortened.
    pub words: String,
    /// What it means now.
    pub before: Verdict,
    /// What it would mean.
    pub after: Verdict,
}

/// What the edited keywords would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replay {
    /// Messages read.
    pub messages: usize,
    /// Whether older ones were left out.
    pub cut: bool,
    /// How many would be read differently.
    pub different: usize,
    /// The newest of them.
    pub listed: Vec<ReplayDifference>,
}

/// The languages that can be listened for, in the order in which they are shown. English always is.
pub const LANGUAGES: [&str; 17] =
    ["en", "es", "pt", "fr", "de", "it", "nl", "hi", "ar", "id", "tr", "he", "ru", "zh", "ja", "af", "ko"];

/// The languages listened for when these are muted.
#[must_use]
pub fn listened(muted: &[String]) -> Vec<String> {
    LANGUAGES
        .iter()
        .filter(|code| !muted.iter().any(|muted| muted == *code))
        .map(|code| (*code).to_owned())
        .collect()
}

/// The languages muted when these are listened for.
#[must_use]
pub fn muted(listened: &[String]) -> Vec<String> {
    let heard = |code: &str| code == "en" || listened.iter().any(|listened| listened == code);
    LANGUAGES.iter().filter(|code| !heard(code)).map(|code| (*code).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_languages_offered_are_those_detection_speaks() {
        assert_eq!(detection::languages(), LANGUAGES);
    }

    #[test]
    fn what_is_not_listened_for_is_muted_and_english_never_is() {
        assert_eq!(muted(&listened(&["hi".to_owned()])), ["hi"]);
        assert_eq!(muted(&[]).len(), LANGUAGES.len() - 1);
    }
}

/// The connected numbers.
#[server(input = Json)]
pub async fn list_connections() -> Result<Connections, AppError> {
    crate::ssr::administration::connections().await
}

/// One's own second factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnFactor {
    /// The login asks for it.
    pub is_on: bool,
    /// A secret that waits for its first code.
    pub setup: Option<FactorSetup>,
    /// New recovery codes, once.
    pub recovery: Vec<String>,
}

/// A secret for an authenticator app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorSetup {
    /// For typing it in.
    pub secret: String,
    /// Squares on a side of its QR code.
    pub side: usize,
    /// The dark squares, as the `d` of an SVG path.
    pub path: String,
}

/// What a link or code can be made of, and the one that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Links {
    /// The business's numbers.
    pub numbers: Vec<String>,
    /// Words that opt in.
    pub join: Vec<String>,
    /// Words that opt out.
    pub leave: Vec<String>,
    /// The link; none without a number.
    pub made: Option<MadeLink>,
}

/// A link that opens a chat with a keyword typed, and its QR code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeLink {
    /// The number.
    pub number: String,
    /// The keyword.
    pub keyword: String,
    /// Whether the keyword opts in, not out.
    pub joins: bool,
    /// The address.
    pub url: String,
    /// Squares on a side of the code.
    pub side: usize,
    /// Its dark squares, as the `d` of an SVG path.
    pub path: String,
    /// The address of the number's form to join by.
    pub form: String,
}

/// The link of a number and a keyword; of the first ones where none is named.
#[server(input = Json)]
pub async fn load_links(number: String, keyword: String) -> Result<Links, AppError> {
    crate::ssr::links::load(&number, &keyword).await
}

/// The answers that colleagues give often, by title.
#[server(input = Json)]
pub async fn list_replies() -> Result<Vec<SavedReply>, AppError> {
    crate::ssr::replies::list().await
}

/// Keeps an answer: a new one, or the one with this id anew.
#[server]
pub async fn save_reply(
    #[server(default)] id: String,
    #[server(default)] name: String,
    #[server(default)] text: String,
) -> Result<(), AppError> {
    crate::ssr::replies::save(&id, &name, &text).await
}

/// Forgets an answer.
#[server]
pub async fn remove_reply(id: SavedReplyId) -> Result<(), AppError> {
    crate::ssr::replies::remove(id).await
}

/// The people; `ticket` brings a new link to the page once.
#[server(input = Json)]
pub async fn list_team(ticket: String) -> Result<Team, AppError> {
    crate::ssr::team::list(&ticket).await
}

/// Asks somebody to join.
#[server]
pub async fn invite_colleague(
    #[server(default)] email: String,
    #[server(default)] role: String,
) -> Result<(), AppError> {
    crate::ssr::team::invite(&email, &role).await
}

/// Takes an invitation back.
#[server]
pub async fn take_back_invitation(id: InvitationId) -> Result<(), AppError> {
    crate::ssr::team::take_back(id).await
}

/// Changes what a colleague is.
#[server]
pub async fn set_colleague_role(id: UserId, role: String) -> Result<(), AppError> {
    crate::ssr::team::set_role(id, &role).await
}

/// A colleague leaves.
#[server]
pub async fn remove_colleague(id: UserId) -> Result<(), AppError> {
    crate::ssr::team::remove(id).await
}

/// Changes one's own password.
#[server]
pub async fn change_password(current: String, password: String) -> Result<(), AppError> {
    crate::ssr::team::change_password(&current, &password).await
}

/// What people of the business did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLog {
    /// The newest first.
    pub entries: Vec<AuditEntry>,
    /// Who works or worked here: id and address.
    pub people: Vec<(String, String)>,
    /// There are older ones.
    pub more: bool,
    /// When it was read.
    pub now: Timestamp,
}

/// A page of what people did: by one person, of one kind, older than an entry; each as the page's address has it.
#[server(input = Json)]
pub async fn list_audit(who: String, what: String, before: String) -> Result<AuditLog, AppError> {
    crate::ssr::audit::list(who, &what, &before).await
}

/// One's own second factor; `ticket` brings what is shown once.
#[server(input = Json)]
pub async fn load_second_factor(ticket: String) -> Result<OwnFactor, AppError> {
    crate::ssr::second_factor::own(&ticket).await
}

/// Makes a secret for an authenticator app.
#[server]
pub async fn begin_second_factor() -> Result<(), AppError> {
    crate::ssr::second_factor::begin().await
}

/// Puts one's second factor in force with its first code; `ticket` is where the secret is shown.
#[server]
pub async fn confirm_second_factor(
    #[server(default)] ticket: String,
    #[server(default)] code: String,
) -> Result<(), AppError> {
    crate::ssr::second_factor::confirm(&ticket, &code).await
}

/// Turns one's second factor off.
#[server]
pub async fn turn_off_second_factor(
    #[server(default)] factor_password: String,
    #[server(default)] code: String,
) -> Result<(), AppError> {
    crate::ssr::second_factor::turn_off(&factor_password, &code).await
}

/// Turns off the second factor of a colleague who lost it.
#[server]
pub async fn turn_off_colleagues_factor(id: UserId) -> Result<(), AppError> {
    crate::ssr::second_factor::turn_off_for(id).await
}

/// Ends every session of one's own but this one.
#[server]
pub async fn end_other_sessions() -> Result<(), AppError> {
    crate::ssr::team::end_other_sessions().await
}

/// The API keys; `ticket` brings the new one to the page once.
#[server(input = Json)]
pub async fn list_api_keys(ticket: String) -> Result<Keys, AppError> {
    crate::ssr::administration::keys(&ticket).await
}

/// Makes an API key and answers with it, the only time it can be read.
#[server]
pub async fn create_key(
    #[server(default)] name: String,
    #[server(default)] scope: String,
) -> Result<String, AppError> {
    crate::ssr::administration::create_key(&name, &scope).await
}

/// Makes a key worthless at once.
#[server]
pub async fn revoke_key(id: ApiKeyId) -> Result<(), AppError> {
    crate::ssr::administration::revoke_key(id).await
}

/// The addresses of other systems, each with the last it was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscriptions {
    /// Oldest first.
    pub rows: Vec<(Subscription, Vec<LoggedDelivery>)>,
    /// The secret of one that was added just now: shown this once.
    pub secret: Option<String>,
    /// When it was read.
    pub now: Timestamp,
}

/// The addresses of other systems; `ticket` brings a new secret to the page once.
#[server(input = Json)]
pub async fn list_subscriptions(ticket: String) -> Result<Subscriptions, AppError> {
    crate::ssr::administration::subscriptions(&ticket).await
}

/// Tells an address of these types of events from now on.
#[server]
pub async fn add_subscription(
    #[server(default)] url: String,
    #[server(default)] events: Vec<String>,
) -> Result<(), AppError> {
    crate::ssr::administration::add_subscription(&url, &events).await
}

/// Tells an address nothing any more.
#[server]
pub async fn remove_subscription(id: SubscriptionId) -> Result<(), AppError> {
    crate::ssr::administration::remove_subscription(id).await
}

/// Delivers something again.
#[server]
pub async fn replay_delivery(id: DeliveryId) -> Result<(), AppError> {
    crate::ssr::administration::replay_delivery(id).await
}
