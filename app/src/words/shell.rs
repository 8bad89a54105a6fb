/// The frame of the pages.
#[derive(Debug)]
pub struct Shell {
    /// The name of the product.
    pub product: &'static str,
    /// The first link of every page.
    pub skip: &'static str,
    /// The name of the navigation.
    pub navigation: &'static str,
    /// A place in the sidebar.
    pub overview: &'static str,
    /// A place in the sidebar.
    pub inbox: &'static str,
    /// A place in the sidebar.
    pub contacts: &'static str,
    /// A place in the sidebar.
    pub campaigns: &'static str,
    /// A place in the sidebar.
    pub decisions: &'static str,
    /// A place in the sidebar.
    pub ledger: &'static str,
    /// A place in the sidebar.
    pub simulator: &'static str,
    /// A place in the sidebar.
    pub settings: &'static str,
    /// The name of the button that opens the account menu.
    pub account: &'static str,
    /// Signed in as somebody.
    pub signed_in_as: &'static str,
    /// Leaves.
    pub log_out: &'static str,
    /// Names of the themes: as the system, light, dark.
    pub themes: [&'static str; 3],
    /// The title of the list of keys.
    pub keys: &'static str,
    /// What `g` and a letter do: overview, inbox, contacts, campaigns, decisions, ledger, settings, simulator.
    pub shortcuts: [&'static str; 8],
    /// What `/` does.
    pub key_search: &'static str,
    /// What `?` does.
    pub key_list: &'static str,
    /// The switch for single keys.
    pub single_keys: &'static str,
    /// Why one would turn them off, and how to come back here.
    pub single_keys_text: &'static str,
    /// The page that is not there.
    pub not_found: &'static str,
    /// What to do about it.
    pub not_found_text: &'static str,
    /// The way back.
    pub to_overview: &'static str,
    /// The program in the page stopped.
    pub crashed: &'static str,
    /// What to do about it.
    pub crashed_text: &'static str,
    /// The button that does it.
    pub reload: &'static str,
}

impl Shell {
    pub(super) const ENGLISH: Self = Self {
        product: "WhatsCloud",
        skip: "Skip to content",
        navigation: "Main",
        overview: "Overview",
        inbox: "Inbox",
        contacts: "Contacts",
        campaigns: "Campaigns",
        decisions: "Decisions",
        ledger: "Ledger",
        simulator: "Simulator",
        settings: "Settings",
        account: "Account and appearance",
        signed_in_as: "Signed in as",
        log_out: "Log out",
        themes: ["Match system", "Light", "Dark"],
        keys: "Keyboard shortcuts",
        shortcuts: [
            "Go to Overview",
            "Go to Inbox",
            "Go to Contacts",
            "Go to Campaigns",
            "Go to Decisions",
            "Go to Ledger",
            "Go to Settings",
            "Go to Simulator",
        ],
        key_search: "Search this page",
        key_list: "Show this list",
        single_keys: "Single-key shortcuts",
        single_keys_text: "Turn them off if dictation or an unsteady hand presses keys you did not mean. This list stays in the account \
                           menu.",
        not_found: "Page not found",
        not_found_text: "Nothing lives at this address. It may have moved, or the link may be incomplete.",
        to_overview: "Go to Overview",
        crashed: "This page stopped working",
        crashed_text: "Something went wrong in the page itself. What you saved is safe; reload to continue.",
        reload: "Reload the page",
    };
}
