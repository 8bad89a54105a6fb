use domain::audit::Action;

/// What people of the business did.
#[derive(Debug)]
pub struct AuditWords {
    /// The page.
    pub title: &'static str,
    /// What it is for.
    pub lead: &'static str,
    /// A column and a filter.
    pub who: &'static str,
    /// A column and a filter.
    pub what: &'static str,
    /// A column.
    pub subject: &'static str,
    /// A column.
    pub when: &'static str,
    /// No filter.
    pub all: &'static str,
    /// A button.
    pub show: &'static str,
    /// Nothing is there.
    pub none: &'static str,
    /// When something will be.
    pub none_text: &'static str,
    /// Leads to older entries.
    pub older: &'static str,
    /// Leads back to the newest entries.
    pub newest: &'static str,
    /// Leads to the file.
    pub download: &'static str,
    /// The software itself.
    pub system: &'static str,
    /// An API key.
    pub key: &'static str,
    /// A deed.
    pub action: fn(Action) -> &'static str,
}

impl AuditWords {
    pub(super) const ENGLISH: Self = Self {
        title: "Audit log",
        lead: "What people of your business and its API keys did here. What customers chose is in the ledger.",
        who: "Who",
        what: "What",
        subject: "Whom or what",
        when: "When",
        all: "All",
        show: "Show",
        none: "Nothing here",
        none_text: "Nobody has done anything of this kind yet.",
        older: "Older",
        newest: "Newest",
        download: "Download as CSV",
        system: "The software",
        key: "API key",
        action: |action| match action {
            Action::LoggedIn => "logged in",
            Action::Invited => "invited",
            Action::InvitationTakenBack => "took an invitation back",
            Action::Joined => "joined",
            Action::RoleChanged => "changed a role",
            Action::Removed => "removed",
            Action::PasswordChanged => "changed their password",
            Action::SecondFactorOn => "turned their second factor on",
            Action::SecondFactorOff => "turned a second factor off",
            Action::KeyMade => "made an API key",
            Action::KeyRevoked => "revoked an API key",
            Action::WebhookAdded => "added a webhook",
            Action::WebhookRemoved => "removed a webhook",
            Action::SettingsSaved => "saved the settings, version",
            Action::CampaignLaunched => "launched a campaign",
            Action::CampaignPaused => "paused a campaign",
            Action::CampaignResumed => "resumed a campaign",
            Action::CampaignCancelled => "cancelled a campaign",
            Action::JobStarted => "began to import or change contacts",
            Action::ContactsMerged => "merged two records into",
            Action::Erased => "erased a person",
            Action::PromotionAllowed => "let a promotion through",
        },
    };
}
