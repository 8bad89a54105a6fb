use std::collections::BTreeMap;

use domain::campaign::{
    Campaign, CampaignState, ChangedMind, Preview, Recipient, RecipientOutcome, Report, Summary,
    TemplateProblem,
};
use domain::id::CampaignId;
use domain::permit::Reason;
use domain::settings::Draft;
use domain::template::Template;
use domain::time::Timestamp;
use leptos::server;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use crate::error::{AppError, FieldCode};

/// One page of campaigns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignList {
    /// Newest first.
    pub rows: Vec<Summary>,
    /// Where the next page starts.
    pub next: Option<String>,
    /// When it was read.
    pub now: Timestamp,
}

/// A template to choose, with what stands against it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateChoice {
    /// The template.
    pub template: Template,
    /// Why it cannot be sent to many people.
    pub problem: Option<TemplateProblem>,
}

/// What the form needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignForm {
    /// What there is to send.
    pub templates: Vec<TemplateChoice>,
    /// The draft that is edited.
    pub campaign: Option<Campaign>,
    /// When it was read.
    pub now: Timestamp,
}

/// A number of a list that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedNumber {
    /// Its line, from 1.
    pub line: usize,
    /// As it was written.
    pub text: String,
    /// What is wrong with it.
    pub code: FieldCode,
}

/// Numbers that could not be read, of the list that was saved just now.
pub type CampaignNumbers = Vec<RejectedNumber>;

/// A campaign that was saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// Which.
    pub id: CampaignId,
    /// The ticket under which numbers that could not be read wait, if there are any.
    pub numbers: Option<String>,
}

/// Which people of a campaign are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Those with this outcome.
    pub outcome: Option<RecipientOutcome>,
    /// Those left out for this reason.
    pub reason: Option<Reason>,
    /// From here on.
    pub after: Option<String>,
}

/// People of a campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// The rows.
    pub rows: Vec<Recipient>,
    /// Where the next page starts.
    pub next: Option<String>,
}

/// A campaign with everything its page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignDetail {
    /// How far it got.
    pub report: Report,
    /// The template as it is now; none when it is gone.
    pub template: Option<TemplateChoice>,
    /// Who would get it now, before it is launched.
    pub preview: Option<Preview>,
    /// Who was left out although the preview said otherwise, the last first.
    pub changed: Vec<ChangedMind>,
    /// The people asked for.
    pub people: Option<People>,
    /// Numbers of its list that could not be read.
    pub rejected: CampaignNumbers,
    /// When it was read.
    pub now: Timestamp,
}

/// One page of campaigns.
#[server(input = Json)]
pub async fn list_campaigns(after: Option<String>) -> Result<CampaignList, AppError> {
    crate::ssr::campaigns::list(after.as_deref()).await
}

/// What the form needs: for a new campaign, or for the draft with this id.
#[server(input = Json)]
pub async fn load_campaign_form(id: Option<String>) -> Result<CampaignForm, AppError> {
    crate::ssr::campaigns::form(id.as_deref()).await
}

/// A campaign with the people asked for.
#[server(input = Json)]
pub async fn load_campaign(id: String, shown: Shown, numbers: String) -> Result<CampaignDetail, AppError> {
    crate::ssr::campaigns::detail(&id, &shown, &numbers).await
}

/// Writes a campaign, or the draft with this id anew; a plain form is led to its page. `offset` is how many minutes the time in
/// `schedule_at` is ahead of UTC.
#[server]
pub async fn save_campaign(
    #[server(default)] campaign: String,
    #[server(default)] name: String,
    #[server(default)] template: String,
    #[server(default)] language: String,
    #[server(default)] variables: BTreeMap<String, String>,
    #[server(default)] audience: String,
    #[server(default)] tags: String,
    #[server(default)] state: String,
    #[server(default)] search: String,
    #[server(default)] numbers: String,
    #[server(default)] schedule_at: String,
    #[server(default)] offset: String,
) -> Result<Saved, AppError> {
    let form = crate::ssr::campaigns::Form {
        campaign,
        name,
        template,
        language,
        variables,
        audience,
        tags,
        state,
        search,
        numbers,
        schedule_at,
        offset,
    };
    crate::ssr::campaigns::save(form).await
}

/// Launches, pauses, resumes or cancels; a plain form is led back to the campaign's page.
#[server]
pub async fn command_campaign(campaign: CampaignId, command: String) -> Result<CampaignState, AppError> {
    crate::ssr::campaigns::command(campaign, &command).await
}

/// Sends the campaign's message to one number, to look at it.
#[server]
pub async fn test_campaign(campaign: CampaignId, #[server(default)] phone: String) -> Result<(), AppError> {
    crate::ssr::campaigns::send_test(campaign, phone).await
}

/// The settings in force: a way out is one of their keywords.
#[server(input = Json)]
pub async fn load_template_form() -> Result<Draft, AppError> {
    crate::ssr::campaigns::template_form().await
}

/// Hands a template in for WhatsApp's review; samples and buttons come one a line. A plain form is led to the templates.
#[server]
pub async fn create_template(
    #[server(default)] name: String,
    #[server(default)] language: String,
    #[server(default)] kind: String,
    #[server(default)] text: String,
    #[server(default)] samples: String,
    #[server(default)] footer: String,
    #[server(default)] buttons: String,
) -> Result<(), AppError> {
    crate::ssr::campaigns::create_template([name, language, kind, text, samples, footer, buttons]).await
}
