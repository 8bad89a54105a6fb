//! Campaigns: one template to many people. Written as a draft, previewed, launched; the dispatcher of the number then decides
//! about everybody when their turn comes (`dispatch::campaign`).

mod attribution;
mod audience;

use domain::audit::Action;
use domain::campaign::{
    Audience, Campaign, CampaignState, ChangedMind, Command, Preview, Recipient, RecipientOutcome, Report,
    Summary, TemplateProblem, is_fillable, template_problem,
};
use domain::consent::State;
use domain::contact::{Contact, OutgoingMessage};
use domain::id::{CampaignId, ContactId};
use domain::kind::MessageKind;
use domain::limits;
use domain::live::LiveEvent;
use domain::permit::{Policy, Reason};
use domain::role::Right;
use domain::template::Template;
use domain::time::Timestamp;
use store::Tx;
use store::campaign::StoredCampaign;

use crate::audit;
use crate::messages::{Send, SendContent, To, check_variables, know_template, pick_connection};
use crate::{Caller, Error, Service, task};

#[cfg(feature = "testing")]
pub(crate) use attribution::attribute;
pub(crate) use attribution::run;
pub use audience::RejectedNumber;
pub(crate) use audience::preview_of;

/// A message that rests waits for this moment: never.
pub(crate) const NEVER: Timestamp = Timestamp::from_micros(i64::MAX);

/// A campaign to write, or to write anew while it is a draft.
#[derive(Clone, Debug)]
pub struct CampaignDraft {
    /// What the business calls it.
    pub name: String,
    /// The template's name.
    pub template: String,
    /// The template's language, Meta's code.
    pub language: String,
    /// Values of its placeholders.
    pub variables: Vec<(String, String)>,
    /// Whom it is for.
    pub audience: AudienceChoice,
    /// When it launches, once it was told to; at once when missing.
    pub schedule_at: Option<Timestamp>,
    /// Through which number, by id or handle; the business's first otherwise.
    pub connection: Option<String>,
}

/// Whom a campaign is for, as people say it.
#[derive(Clone, Debug)]
pub enum AudienceChoice {
    /// Every contact.
    All,
    /// Contacts with any of these labels.
    Tags(Vec<String>),
    /// What the contacts page filters by.
    Filter {
        /// Only this state.
        state: Option<State>,
        /// Part of a name, or digits of a number.
        search: Option<String>,
    },
    /// Numbers as people write them. Those nobody has become contacts.
    Numbers(Vec<String>),
    /// The people who are on the campaign's list already.
    SameList,
}

/// Writes a campaign; says which numbers of a list could not be read. Nothing leaves before it is launched.
///
/// # Errors
/// [`Error::Invalid`] naming the field.
pub async fn create(
    service: &Service,
    caller: &Caller,
    draft: CampaignDraft,
) -> Result<(Campaign, Vec<RejectedNumber>), Error> {
    create_once(service, caller, CampaignId::from_uuid(service.clock.uuid()), draft).await
}

/// As [`create`], under an id: if there is such a draft already, it is written anew, and a campaign that went further is the answer.
///
/// # Errors
/// As [`create`].
pub async fn create_once(
    service: &Service,
    caller: &Caller,
    id: CampaignId,
    draft: CampaignDraft,
) -> Result<(Campaign, Vec<RejectedNumber>), Error> {
    caller.may(Right::RunCampaigns)?;
    match find(service, caller, id).await {
        Err(Error::NotFound) => write(service, caller, id, draft, true).await,
        Ok(found) if found.state == CampaignState::Draft => write(service, caller, id, draft, false).await,
        Ok(found) => Ok((found, Vec::new())),
        Err(error) => Err(error),
    }
}

/// Writes a draft anew.
///
/// # Errors
/// [`Error::Invalid`] naming the field; [`Error::Conflict`] when it was launched already; [`Error::NotFound`].
pub async fn change(
    service: &Service,
    caller: &Caller,
    id: CampaignId,
    draft: CampaignDraft,
) -> Result<(Campaign, Vec<RejectedNumber>), Error> {
    caller.may(Right::RunCampaigns)?;
    write(service, caller, id, draft, false).await
}

async fn write(
    service: &Service,
    caller: &Caller,
    id: CampaignId,
    draft: CampaignDraft,
    is_new: bool,
) -> Result<(Campaign, Vec<RejectedNumber>), Error> {
    let name = valid_name(&draft.name)?;
    check_schedule(draft.schedule_at, service.now())?;
    let (audience, numbers) = audience::valid(&draft.audience)?;
    know_template(service, caller, draft.connection.as_deref(), &draft.template, &draft.language).await?;
    let (service, caller) = (service.clone(), caller.clone());
    task(async move {
        let business = caller.business;
        let mut stored = {
            let mut tx = service.db.write().await?;
            let template =
                usable_template(&service, &mut tx, &caller, &draft.template, &draft.language).await?;
            check_values(&template, &draft.variables)?;
            let connection = pick_connection(&mut tx, business, draft.connection.as_deref()).await?.id;
            let known = if is_new { None } else { Some(load(&mut tx, &caller, id).await?) };
            if known.as_ref().is_some_and(|stored| stored.campaign.state != CampaignState::Draft) {
                return Err(Error::Conflict);
            }
            let stored = StoredCampaign {
                business,
                created_by: known.as_ref().map_or_else(|| caller.name(), |stored| stored.created_by.clone()),
                at_launch: None,
                campaign: Campaign {
                    id,
                    connection,
                    name,
                    template: draft.template.clone(),
                    language: draft.language.clone(),
                    variables: draft.variables.clone(),
                    audience: match (audience, &known) {
                        (Some(audience), _) => audience,
                        (None, Some(stored)) => stored.campaign.audience.clone(),
                        (None, None) => Audience::List(0),
                    },
                    state: CampaignState::Draft,
                    pause_reason: None,
                    schedule_at: draft.schedule_at,
                    created_at: known.map_or_else(|| service.now(), |stored| stored.campaign.created_at),
                    launched_at: None,
                    frozen_at: None,
                    finished_at: None,
                },
            };
            if is_new {
                store::campaign::insert_campaign(&mut tx, &stored).await?;
            } else {
                store::campaign::update_campaign(&mut tx, &stored).await?;
            }
            tx.commit().await?;
            stored
        };
        let rejected = match numbers {
            Some(numbers) => audience::fill_list(&service, &mut stored, &numbers).await?,
            None => Vec::new(),
        };
        publish(&service, &stored);
        Ok((stored.campaign, rejected))
    })
    .await
}

fn valid_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::invalid("name", "empty"));
    }
    if name.chars().count() > limits::CAMPAIGN_NAME {
        return Err(Error::invalid("name", "too_long"));
    }
    if name.chars().any(char::is_control) {
        return Err(Error::invalid("name", "control_characters"));
    }
    Ok(name.to_owned())
}

fn check_schedule(at: Option<Timestamp>, now: Timestamp) -> Result<(), Error> {
    if at.is_some_and(|at| at <= now) { Err(Error::invalid("schedule_at", "past")) } else { Ok(()) }
}

/// The template, if it may be sent to many people.
async fn usable_template(
    service: &Service,
    tx: &mut Tx,
    caller: &Caller,
    name: &str,
    language: &str,
) -> Result<Template, Error> {
    let template = store::template::find_template(tx, caller.business, name, language)
        .await?
        .ok_or_else(|| Error::invalid("template", "not_found"))?;
    let rules = service.rules(tx, caller.business).await?;
    match template_problem(&template, &rules.settings.draft) {
        None => Ok(template),
        Some(problem) => Err(Error::invalid("template", problem_code(problem))),
    }
}

const fn problem_code(problem: TemplateProblem) -> &'static str {
    match problem {
        TemplateProblem::NotApproved => "not_approved",
        TemplateProblem::Paused => "paused",
        TemplateProblem::NoWayOut => "no_way_out",
        TemplateProblem::Authentication => "authentication",
    }
}

fn check_values(template: &Template, variables: &[(String, String)]) -> Result<(), Error> {
    check_variables(template, variables)?;
    if variables.iter().any(|(_, value)| !is_fillable(value)) {
        return Err(Error::invalid("template.variables", "no_alternative"));
    }
    if variables.iter().any(|(_, value)| value.chars().count() > limits::VARIABLE) {
        return Err(Error::invalid("template.variables", "too_long"));
    }
    Ok(())
}

/// One campaign, locked.
async fn load(tx: &mut Tx, caller: &Caller, id: CampaignId) -> Result<StoredCampaign, Error> {
    store::campaign::load_campaign(tx, id)
        .await?
        .filter(|stored| stored.business == caller.business)
        .ok_or(Error::NotFound)
}

fn publish(service: &Service, stored: &StoredCampaign) {
    service.live.publish(stored.business, vec![LiveEvent::CampaignChanged { campaign: stored.campaign.id }]);
}

/// One campaign.
///
/// # Errors
/// [`Error::NotFound`] when the caller's business has no such campaign.
pub async fn find(service: &Service, caller: &Caller, id: CampaignId) -> Result<Campaign, Error> {
    Ok(read(service, caller, id).await?.campaign)
}

async fn read(service: &Service, caller: &Caller, id: CampaignId) -> Result<StoredCampaign, Error> {
    caller.may(Right::Read)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        store::campaign::find_campaign(&mut service.db.read().await?, business, id)
            .await?
            .ok_or(Error::NotFound)
    })
    .await
}

/// The campaigns of the caller's business, newest first, with how far each got and how many opt-outs it caused, and the place
/// where the next page starts.
///
/// # Errors
/// When the cursor is not one of ours.
pub async fn list(
    service: &Service,
    caller: &Caller,
    after: Option<&str>,
    limit: u32,
) -> Result<(Vec<Summary>, Option<String>), Error> {
    caller.may(Right::Read)?;
    let after = after
        .map(str::parse::<CampaignId>)
        .transpose()
        .map_err(|_| Error::invalid("after", "not_a_cursor"))?;
    let limit = limit.clamp(1, 200);
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let mut tx = service.db.read().await?;
        let mut found =
            store::campaign::list_campaigns(&mut tx, business, after, i64::from(limit) + 1).await?;
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let next = found.last().filter(|_| more).map(|stored| stored.campaign.id.to_string());
        let mut campaigns = Vec::with_capacity(found.len());
        for stored in found {
            let counts = counts_of(&mut tx, &stored.campaign).await?;
            let (opt_outs, _) = store::campaign::count_responses(&mut tx, stored.campaign.id).await?;
            campaigns.push(Summary { campaign: stored.campaign, counts, opt_outs });
        }
        Ok((campaigns, next))
    })
    .await
}

async fn counts_of(tx: &mut Tx, campaign: &Campaign) -> Result<domain::campaign::Counts, Error> {
    let cancelled = campaign.state == CampaignState::Cancelled;
    Ok(store::campaign::count_outcomes(tx, campaign.id, cancelled).await?)
}

/// Who would get a campaign if it were launched now, and who not: the same decision that the dispatcher makes.
///
/// # Errors
/// [`Error::NotFound`] when the caller's business has no such campaign.
pub async fn preview(service: &Service, caller: &Caller, id: CampaignId) -> Result<Preview, Error> {
    let stored = read(service, caller, id).await?;
    let service = service.clone();
    task(async move { preview_of(&service, &mut service.db.read().await?, &stored).await }).await
}

/// The people behind a number of the preview: those left out for a reason, or those who would get it; and the place where the
/// next page starts.
///
/// # Errors
/// [`Error::NotFound`] when the caller's business has no such campaign; [`Error::Invalid`] when the cursor is not one of ours.
pub async fn preview_people(
    service: &Service,
    caller: &Caller,
    id: CampaignId,
    reason: Option<Reason>,
    after: Option<&str>,
    limit: u32,
) -> Result<(Vec<Contact>, Option<String>), Error> {
    let after = parse_contact_cursor(after)?;
    let limit = limit.clamp(1, 200);
    let stored = read(service, caller, id).await?;
    let service = service.clone();
    task(async move {
        let mut tx = service.db.read().await?;
        let mut people =
            audience::people(&service, &mut tx, &stored, reason, after, i64::from(limit) + 1).await?;
        let more = people.len() > limit as usize;
        people.truncate(limit as usize);
        let next = people.last().filter(|_| more).map(|person| person.id.to_string());
        Ok((people, next))
    })
    .await
}

fn parse_contact_cursor(after: Option<&str>) -> Result<Option<ContactId>, Error> {
    after.map(str::parse::<ContactId>).transpose().map_err(|_| Error::invalid("after", "not_a_cursor"))
}

/// Launches, pauses, resumes or cancels a campaign. Asking for what is so already changes nothing.
///
/// # Errors
/// [`Error::Conflict`] where the command means nothing; [`Error::Invalid`] when a launch is refused, naming the field;
/// [`Error::NotFound`].
pub async fn command(
    service: &Service,
    caller: &Caller,
    id: CampaignId,
    command: Command,
) -> Result<Campaign, Error> {
    caller.may(Right::RunCampaigns)?;
    let asked = read(service, caller, id).await?;
    let (service, caller) = (service.clone(), caller.clone());
    task(async move {
        // Counting an audience may take long; nobody waits for it.
        let preview = match command {
            Command::Launch if asked.campaign.state == CampaignState::Draft => {
                Some(preview_of(&service, &mut service.db.read().await?, &asked).await?)
            }
            _ => None,
        };
        let now = service.now();
        let mut tx = service.db.write().await?;
        let mut stored = load(&mut tx, &caller, id).await?;
        let before = stored.campaign.state;
        let after = before.after(command).ok_or(Error::Conflict)?;
        if after == before {
            return Ok(stored.campaign);
        }
        let action = match command {
            Command::Launch => Action::CampaignLaunched,
            Command::Pause => Action::CampaignPaused,
            Command::Resume => Action::CampaignResumed,
            Command::Cancel => Action::CampaignCancelled,
        };
        audit::note(&service, &mut tx, &caller, action, id).await?;
        match command {
            Command::Launch => {
                let campaign = &stored.campaign;
                let template =
                    usable_template(&service, &mut tx, &caller, &campaign.template, &campaign.language)
                        .await?;
                check_values(&template, &campaign.variables)?;
                if preview.as_ref().is_none_or(|preview| preview.audience == 0) {
                    return Err(Error::invalid("audience", "nobody"));
                }
                check_schedule(stored.campaign.schedule_at, now)?;
                if stored.campaign.schedule_at.is_some() {
                    stored.campaign.state = CampaignState::Scheduled;
                } else {
                    begin(&mut tx, &mut stored, preview, now).await?;
                }
            }
            Command::Pause => {
                stored.campaign.state = CampaignState::Paused;
                stored.campaign.pause_reason = Some(domain::campaign::PauseReason::ByHand);
                store::campaign::defer_messages(&mut tx, id, NEVER).await?;
            }
            Command::Resume => {
                let campaign = &stored.campaign;
                usable_template(&service, &mut tx, &caller, &campaign.template, &campaign.language).await?;
                stored.campaign.state = CampaignState::Running;
                stored.campaign.pause_reason = None;
                store::campaign::defer_messages(&mut tx, id, now).await?;
                // Whoever resumes says that what was wrong with the number is mended.
                store::connection::set_pause(&mut tx, stored.campaign.connection, None).await?;
            }
            Command::Cancel => {
                stored.campaign.state = CampaignState::Cancelled;
                stored.campaign.pause_reason = None;
                stored.campaign.finished_at = Some(now);
                store::campaign::cancel_messages(&mut tx, id, now).await?;
            }
        }
        store::campaign::update_campaign(&mut tx, &stored).await?;
        tx.commit().await?;
        service.wake.connection(stored.campaign.connection);
        publish(&service, &stored);
        Ok(stored.campaign)
    })
    .await
}

/// From now on people get it; what the preview said is kept to compare the report with.
pub(crate) async fn begin(
    tx: &mut Tx,
    stored: &mut StoredCampaign,
    preview: Option<Preview>,
    now: Timestamp,
) -> Result<(), Error> {
    stored.campaign.state = CampaignState::Running;
    stored.campaign.launched_at = Some(now);
    stored.at_launch = preview;
    store::campaign::note_ledger(tx, stored.campaign.id).await?;
    Ok(store::campaign::start_attribution(tx, stored.business).await?)
}

/// How far a campaign got, and everything else its report shows.
///
/// # Errors
/// [`Error::NotFound`] when the caller's business has no such campaign.
pub async fn report(service: &Service, caller: &Caller, id: CampaignId) -> Result<Report, Error> {
    caller.may(Right::Read)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let mut tx = service.db.read().await?;
        let stored = store::campaign::find_campaign(&mut tx, business, id).await?.ok_or(Error::NotFound)?;
        let counts = counts_of(&mut tx, &stored.campaign).await?;
        let (opt_outs, replies) = store::campaign::count_responses(&mut tx, id).await?;
        let (after_stop, in_flight_at_stop) = store::campaign::count_stops(&mut tx, business, id).await?;
        Ok(Report {
            campaign: stored.campaign,
            counts,
            at_launch: stored.at_launch,
            opt_outs,
            replies,
            after_stop,
            in_flight_at_stop,
        })
    })
    .await
}

/// What became of the people of a campaign, and the place where the next page starts.
///
/// # Errors
/// [`Error::NotFound`] when the caller's business has no such campaign; [`Error::Invalid`] when the cursor is not one of ours.
pub async fn recipients(
    service: &Service,
    caller: &Caller,
    id: CampaignId,
    outcome: Option<RecipientOutcome>,
    reason: Option<Reason>,
    after: Option<&str>,
    limit: u32,
) -> Result<(Vec<Recipient>, Option<String>), Error> {
    let after = parse_contact_cursor(after)?;
    let limit = limit.clamp(1, 1_000);
    let stored = read(service, caller, id).await?;
    let service = service.clone();
    task(async move {
        let cancelled = stored.campaign.state == CampaignState::Cancelled;
        let mut tx = service.db.read().await?;
        let wanted = i64::from(limit) + 1;
        let mut people =
            store::campaign::list_recipients(&mut tx, id, cancelled, outcome, reason, after, wanted).await?;
        let more = people.len() > limit as usize;
        people.truncate(limit as usize);
        let next = people.last().filter(|_| more).map(|person| person.contact.to_string());
        Ok((people, next))
    })
    .await
}

/// People who would have got a campaign when it was launched and did not, the last first.
///
/// # Errors
/// [`Error::NotFound`] when the caller's business has no such campaign.
pub async fn changed(
    service: &Service,
    caller: &Caller,
    id: CampaignId,
    limit: u32,
) -> Result<Vec<ChangedMind>, Error> {
    let stored = read(service, caller, id).await?;
    let (Some(launched_at), Some(frozen_at)) = (stored.campaign.launched_at, stored.campaign.frozen_at)
    else {
        return Ok(Vec::new());
    };
    let service = service.clone();
    task(async move {
        let mut tx = service.db.read().await?;
        Ok(store::campaign::list_changed(
            &mut tx,
            id,
            frozen_at,
            launched_at,
            i64::from(limit.clamp(1, 1_000)),
        )
        .await?)
    })
    .await
}

/// Sends a campaign's message to one number, to look at it. The same rules hold: who opted out gets none.
///
/// # Errors
/// As [`crate::messages::send`].
pub async fn send_test(
    service: &Service,
    caller: &Caller,
    id: CampaignId,
    to: String,
) -> Result<OutgoingMessage, Error> {
    caller.may(Right::RunCampaigns)?;
    let campaign = find(service, caller, id).await?;
    let send = Send {
        to: To::Phone(to),
        kind: MessageKind::Marketing,
        content: SendContent::Template {
            name: campaign.template,
            language: campaign.language,
            variables: campaign.variables,
        },
        connection: Some(campaign.connection.to_string()),
    };
    crate::messages::send(service, caller, send).await
}

/// The business's policy, as far as the decision about a campaign cares, and the kind of its template.
pub(crate) async fn decision_of(
    service: &Service,
    tx: &mut Tx,
    stored: &StoredCampaign,
) -> Result<(MessageKind, Policy), Error> {
    let campaign = &stored.campaign;
    let template =
        store::template::find_template(tx, stored.business, &campaign.template, &campaign.language).await?;
    // Of a template that is gone nothing is known: the strictest.
    let kind = template.map_or(MessageKind::Marketing, |template| template.kind);
    Ok((kind, service.rules(tx, stored.business).await?.settings.draft.policies.permit()))
}
