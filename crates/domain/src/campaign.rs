//! A campaign: one template to many people, each of whom is decided about again when their turn comes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::consent::{State, UnknownWord};
use crate::contact::Contact;
use crate::id::{CampaignId, ConnectionId, ContactId, EventId, MessageId};
use crate::inbound::Delivery;
use crate::kind::MessageKind;
use crate::permit::Reason;
use crate::settings::Draft;
use crate::template::{Template, TemplateStatus};
use crate::time::{Span, Timestamp};

/// An opt-out within this time after a campaign's message counts as caused by it, unless the person answered another message.
pub const ATTRIBUTION: Span = Span::hours(72);

/// Where a campaign stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CampaignState {
    /// Being written; nothing leaves.
    Draft,
    /// Launches by itself at its time.
    Scheduled,
    /// People get it, one after the other.
    Running,
    /// Stopped for now, by a person or by a problem.
    Paused,
    /// Everybody's turn has come.
    Finished,
    /// Stopped for good; those whose turn had not come get nothing.
    Cancelled,
}

/// What a person does to a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Begin now, or at the time it is scheduled for.
    Launch,
    /// Stop for now.
    Pause,
    /// Go on.
    Resume,
    /// Stop for good.
    Cancel,
}

impl Command {
    /// The word used in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Launch => "launch",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Cancel => "cancel",
        }
    }
}

impl CampaignState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Draft, Self::Scheduled, Self::Running, Self::Paused, Self::Finished, Self::Cancelled];

    /// The word used in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Finished => "finished",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing will ever leave any more.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Finished | Self::Cancelled)
    }

    /// Where a command leads, or `None` where it means nothing. A command that asks for what is so already changes nothing, so
    /// that a button pressed twice does no harm.
    #[must_use]
    pub const fn after(self, command: Command) -> Option<Self> {
        match (self, command) {
            (Self::Draft, Command::Launch) => Some(Self::Running),
            (Self::Scheduled | Self::Running, Command::Launch) => Some(self),
            (Self::Running | Self::Paused, Command::Pause) => Some(Self::Paused),
            (Self::Paused | Self::Running, Command::Resume) => Some(Self::Running),
            (
                Self::Draft | Self::Scheduled | Self::Running | Self::Paused | Self::Cancelled,
                Command::Cancel,
            ) => Some(Self::Cancelled),
            _ => None,
        }
    }
}

impl std::str::FromStr for CampaignState {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(UnknownWord)
    }
}

impl std::fmt::Display for CampaignState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a campaign rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseReason {
    /// A person paused it.
    ByHand,
    /// WhatsApp paused, rejected or removed the template, or refused what is filled in.
    Template,
    /// WhatsApp refuses the business's number: its token, its payment, its quality.
    Connection,
}

impl PauseReason {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::ByHand, Self::Template, Self::Connection];

    /// The word used in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ByHand => "by_hand",
            Self::Template => "template",
            Self::Connection => "connection",
        }
    }
}

impl std::str::FromStr for PauseReason {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text).ok_or(UnknownWord)
    }
}

/// Whom a campaign is for, before anybody is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Every contact.
    All,
    /// Contacts with any of these labels.
    Tags(Vec<String>),
    /// Contacts in this state, or with this in their name or number: what the contacts page filters by.
    Filter {
        /// Only this state.
        state: Option<State>,
        /// Part of a name, or digits of a number.
        search: Option<String>,
    },
    /// A list of people, kept apart; this is how many there are.
    List(i64),
}

/// A campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    /// Its id.
    pub id: CampaignId,
    /// Through which number it leaves.
    pub connection: ConnectionId,
    /// What the business calls it; recipients never see it.
    pub name: String,
    /// The template's name.
    pub template: String,
    /// The template's language, Meta's code.
    pub language: String,
    /// Values of the template's placeholders: (`"1"` or a name, value). A value may hold `{{first_name|there}}`, see [`fill`].
    pub variables: Vec<(String, String)>,
    /// Whom it is for.
    pub audience: Audience,
    /// Where it stands.
    pub state: CampaignState,
    /// Why it rests, when paused.
    pub pause_reason: Option<PauseReason>,
    /// When it launches by itself.
    pub schedule_at: Option<Timestamp>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it began.
    pub launched_at: Option<Timestamp>,
    /// When its audience was complete: whoever comes later is not part of it.
    pub frozen_at: Option<Timestamp>,
    /// When everybody's turn had come, or it was cancelled.
    pub finished_at: Option<Timestamp>,
}

/// How many people of an audience would get a campaign, and how many not, by reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Everybody in the audience.
    pub audience: i64,
    /// Those who would get it now.
    pub reachable: i64,
    /// Those who would not.
    pub skipped: BTreeMap<Reason, i64>,
}

/// How far a campaign got. Every person of the audience is in exactly one of `pending`, `sent`, `failed`, `unknown` and `skipped`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Everybody in the audience.
    pub audience: i64,
    /// Their turn has not come, or they are tried again.
    pub pending: i64,
    /// WhatsApp accepted the message and has reported no failure since; those delivered and read are among them.
    pub sent: i64,
    /// It reached the phone; those read are among them.
    pub delivered: i64,
    /// It was read.
    pub read: i64,
    /// WhatsApp refused it, or reported later that it could not be delivered.
    pub failed: i64,
    /// Nobody knows whether WhatsApp accepted it; never repeated.
    pub unknown: i64,
    /// Decided against, by reason.
    pub skipped: BTreeMap<Reason, i64>,
}

impl Counts {
    /// How many people's turn has come, of all.
    #[must_use]
    pub const fn done(&self) -> i64 {
        self.audience - self.pending
    }
}

/// What became of one person of the audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecipientOutcome {
    /// Their turn has not come, or they are tried again.
    Pending,
    /// Accepted by WhatsApp.
    Sent,
    /// Reached the phone.
    Delivered,
    /// Read.
    Read,
    /// Refused or not delivered.
    Failed,
    /// Nobody knows.
    Unknown,
    /// Decided against.
    Skipped,
}

impl RecipientOutcome {
    /// Every outcome.
    pub const ALL: [Self; 7] =
        [Self::Pending, Self::Sent, Self::Delivered, Self::Read, Self::Failed, Self::Unknown, Self::Skipped];

    /// The word used in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Skipped => "skipped",
        }
    }
}

impl std::str::FromStr for RecipientOutcome {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text).ok_or(UnknownWord)
    }
}

/// One person of an audience and what became of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Who.
    pub contact: ContactId,
    /// What to call them.
    pub label: String,
    /// Their number, if it is known.
    pub phone: Option<String>,
    /// What became of them.
    pub outcome: RecipientOutcome,
    /// Why they were left out.
    pub reason: Option<Reason>,
    /// Meta's code of a failure.
    pub error_code: Option<i64>,
    /// The message, once there is one.
    pub message: Option<MessageId>,
    /// When it was decided or sent.
    pub at: Option<Timestamp>,
    /// How far the message got.
    pub delivery: Option<Delivery>,
}

/// Somebody who would have got the campaign when it was launched and did not, because something changed meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedMind {
    /// Who.
    pub contact: ContactId,
    /// What to call them.
    pub label: String,
    /// Why they were left out.
    pub reason: Reason,
    /// When their turn came.
    pub at: Timestamp,
    /// The consent event that changed it, and when it was recorded; none where the reason is no consent.
    pub event: Option<(EventId, Timestamp)>,
}

/// A campaign in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The campaign.
    pub campaign: Campaign,
    /// How far it got.
    pub counts: Counts,
    /// People who opted out because of it ([`ATTRIBUTION`]).
    pub opt_outs: i64,
}

/// Everything a report shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The campaign.
    pub campaign: Campaign,
    /// How far it got.
    pub counts: Counts,
    /// What the preview said when it was launched.
    pub at_launch: Option<Preview>,
    /// People who opted out because of it ([`ATTRIBUTION`]).
    pub opt_outs: i64,
    /// Answers to it within the same time.
    pub replies: i64,
    /// Messages that were handed to WhatsApp after the person's opt-out was recorded. The promise is that there are none.
    pub after_stop: i64,
    /// Messages that were on the wire when the person's opt-out was recorded.
    pub in_flight_at_stop: i64,
}

/// Why a template cannot be used in a campaign, or should not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateProblem {
    /// WhatsApp has not approved it, or no longer.
    NotApproved,
    /// WhatsApp paused it because people complained or did not read it.
    Paused,
    /// A marketing template without a way out (R41): no "stop" button, and no opt-out keyword in body or footer.
    NoWayOut,
    /// One-time codes are for one person at a time.
    Authentication,
}

/// What stands against sending this template to many people. The way out must be one the business listens for: a quick reply
/// whose label says so, or one of its opt-out keywords in the body or the footer (R41).
#[must_use]
pub fn template_problem(template: &Template, settings: &Draft) -> Option<TemplateProblem> {
    match template.status {
        TemplateStatus::Approved => {}
        TemplateStatus::Paused => return Some(TemplateProblem::Paused),
        _ => return Some(TemplateProblem::NotApproved),
    }
    match template.kind {
        MessageKind::Authentication => Some(TemplateProblem::Authentication),
        MessageKind::Marketing if !has_way_out(template, settings) => Some(TemplateProblem::NoWayOut),
        _ => None,
    }
}

fn has_way_out(template: &Template, settings: &Draft) -> bool {
    let words = |text: &str| -> Vec<String> {
        let lowered = text.to_lowercase();
        lowered
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let names = |text: &str| {
        let text = words(text);
        settings.opt_out_keywords.iter().any(|keyword| {
            let keyword = words(keyword);
            !keyword.is_empty() && text.windows(keyword.len()).any(|window| window == keyword.as_slice())
        })
    };
    names(&template.body)
        || template.footer.as_deref().is_some_and(names)
        || template.buttons.iter().any(|button| names(button))
}

/// The fields of a contact that a value may name.
pub const CONTACT_FIELDS: [&str; 3] = ["first_name", "name", "phone"];

/// Fills a campaign's value in for one person: `{{first_name|there}}` becomes the first name, or `there` where it is not known.
/// A field without an alternative leaves nothing behind.
#[must_use]
pub fn fill(value: &str, contact: &Contact) -> String {
    let name = || contact.name.as_deref().map(str::trim);
    fill_with(value, |field| match field {
        "name" => name().map(str::to_owned),
        "first_name" => name().and_then(|name| name.split_whitespace().next()).map(str::to_owned),
        "phone" => contact.phone.as_ref().map(ToString::to_string),
        _ => None,
    })
}

/// The same for somebody of whom nothing is known.
#[must_use]
pub fn fill_for_nobody(value: &str) -> String {
    fill_with(value, |_| None)
}

fn fill_with(value: &str, known: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let Some((inside, behind)) = after.split_once("}}") else {
            filled.push_str("{{");
            rest = after;
            continue;
        };
        let (field, otherwise) = inside.split_once('|').unwrap_or((inside, ""));
        let known = known(field.trim()).filter(|text| !text.is_empty());
        filled.push_str(&known.unwrap_or_else(|| otherwise.trim().to_owned()));
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

/// Whether a value names only fields there are, each with an alternative for people of whom it is not known: WhatsApp refuses
/// empty values.
#[must_use]
pub fn is_fillable(value: &str) -> bool {
    value.split("{{").skip(1).all(|piece| {
        piece.split_once("}}").is_some_and(|(inside, _)| {
            inside.split_once('|').is_some_and(|(field, otherwise)| {
                CONTACT_FIELDS.contains(&field.trim()) && !otherwise.trim().is_empty()
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::uuid_v7;

    fn template(body: &str, footer: Option<&str>, buttons: &[&str]) -> Template {
        Template {
            name: "sale".into(),
            language: "en".into(),
            kind: MessageKind::Marketing,
            status: TemplateStatus::Approved,
            body: body.into(),
            footer: footer.map(str::to_owned),
            buttons: buttons.iter().map(|label| (*label).to_owned()).collect(),
        }
    }

    #[test]
    fn r41_a_marketing_template_without_a_way_out_cannot_be_used() {
        let settings = Draft::default();
        let problem = |template: &Template| template_problem(template, &settings);
        assert_eq!(problem(&template("20 % off!", None, &[])), Some(TemplateProblem::NoWayOut));
        assert_eq!(
            problem(&template("Nonstop deals", Some("The shop"), &["Shop now"])),
            Some(TemplateProblem::NoWayOut)
        );
        assert_eq!(problem(&template("20 % off!", Some("Reply STOP to unsubscribe"), &[])), None);
        assert_eq!(problem(&template("20 % off! Write “opt-out” to leave.", None, &[])), None);
        assert_eq!(problem(&template("20 % off!", None, &["Shop now", "Stop promotions"])), None);
        let words = Draft { opt_out_keywords: vec!["STOP".into(), "BAJA".into()], ..Draft::default() };
        assert_eq!(template_problem(&template("¡Rebajas!", Some("Responde BAJA"), &[]), &words), None);
        assert_eq!(
            problem(&template("¡Rebajas!", Some("Responde BAJA"), &[])),
            Some(TemplateProblem::NoWayOut)
        );
    }

    #[test]
    fn r41_utility_needs_no_way_out_and_codes_are_not_sent_to_many() {
        let settings = Draft::default();
        let utility =
            Template { kind: MessageKind::Utility, ..template("Your order is on its way", None, &[]) };
        assert_eq!(template_problem(&utility, &settings), None);
        let code = Template { kind: MessageKind::Authentication, ..template("Your code", None, &[]) };
        assert_eq!(template_problem(&code, &settings), Some(TemplateProblem::Authentication));
    }

    #[test]
    fn a_template_that_is_not_approved_is_named_as_such() {
        for (status, problem) in [
            (TemplateStatus::Paused, TemplateProblem::Paused),
            (TemplateStatus::Rejected, TemplateProblem::NotApproved),
            (TemplateStatus::Pending, TemplateProblem::NotApproved),
            (TemplateStatus::Other, TemplateProblem::NotApproved),
        ] {
            let template = Template { status, ..template("Reply STOP", None, &[]) };
            assert_eq!(template_problem(&template, &Draft::default()), Some(problem));
        }
    }

    #[test]
    fn a_button_pressed_twice_does_no_harm() {
        for state in CampaignState::ALL {
            for command in [Command::Launch, Command::Pause, Command::Resume, Command::Cancel] {
                if let Some(after) = state.after(command) {
                    assert_eq!(after.after(command), Some(after), "{state} {command:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_over_stays_over() {
        for command in [Command::Launch, Command::Pause, Command::Resume, Command::Cancel] {
            assert_eq!(CampaignState::Finished.after(command), None);
            assert!(
                CampaignState::Cancelled.after(command).is_none_or(|after| after == CampaignState::Cancelled)
            );
        }
    }

    #[test]
    fn values_are_filled_in_for_each_person() {
        let at = Timestamp::from_seconds(1_800_000_000);
        let nobody = crate::contact::Contact {
            id: ContactId::from_uuid(uuid_v7(at, [1; 10])),
            phone: None,
            user_id: None,
            name: None,
            country: None,
            state: State::OptedIn,
            since: None,
            source: None,
            version: 1,
            native_stop: false,
            blocked: false,
            erased: false,
            invalid: false,
            expires_at: None,
            tags: vec![],
            details: crate::contact::Details::NONE,
            last_inbound_at: None,
            created_at: at,
        };
        let ana = crate::contact::Contact { name: Some("Ana Lima".into()), ..nobody.clone() };
        assert_eq!(fill("Hi {{first_name|there}}!", &ana), "Hi Ana!");
        assert_eq!(fill("Hi {{ first_name | there }}!", &nobody), "Hi there!");
        assert_eq!(fill("{{name|you}} and {{phone|your number}}", &ana), "Ana Lima and your number");
        assert_eq!(fill("20 % {{ off", &ana), "20 % {{ off");
        assert!(is_fillable("Hi {{first_name|there}}"));
        assert!(is_fillable("20 % off"));
        assert!(!is_fillable("Hi {{first_name}}"));
        assert!(!is_fillable("Hi {{surname|you}}"));
        assert!(!is_fillable("Hi {{"));
    }
}
