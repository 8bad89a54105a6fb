//! Campaigns: the list, the form, and the page of one campaign from draft to report.

mod api;
mod form;
mod launch;
mod list;
pub(crate) mod new_template;
mod page;
mod people;
mod report;
mod templates;

pub use api::{
    CampaignDetail, CampaignForm, CampaignList, CampaignNumbers, CommandCampaign, CreateTemplate, People,
    RejectedNumber, SaveCampaign, Saved, Shown, TemplateChoice,
};
pub use form::{EditCampaignPage, NewCampaignPage};
pub use list::{CampaignBadge, CampaignsPage};
pub use new_template::NewTemplatePage;
pub use page::CampaignPage;

/// Where the list is.
pub const CAMPAIGNS_PATH: &str = "/campaigns";
/// The name, in an address, of the ticket under which numbers that could not be read wait.
pub(crate) const NUMBERS: &str = "numbers";
