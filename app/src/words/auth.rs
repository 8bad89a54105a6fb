/// Logging in and first setup.
#[derive(Debug)]
pub struct Auth {
    /// Title of the login page.
    pub log_in_title: &'static str,
    /// The button.
    pub log_in: &'static str,
    /// A field.
    pub email: &'static str,
    /// A field.
    pub password: &'static str,
    /// Above the demo's login.
    pub demo_title: &'static str,
    /// What the demo is.
    pub demo_text: &'static str,
    /// Title of the second page of the login.
    pub code_title: &'static str,
    /// What to do there.
    pub code_text: &'static str,
    /// A field.
    pub code: &'static str,
    /// The phone is lost.
    pub code_lost: &'static str,
    /// The way back.
    pub code_again: &'static str,
    /// Title of the setup page.
    pub setup_title: &'static str,
    /// What it is for.
    pub setup_lead: &'static str,
    /// A field.
    pub business_name: &'static str,
    /// Its hint.
    pub business_name_hint: &'static str,
    /// Hint of the email field at setup.
    pub email_hint: &'static str,
    /// A field.
    pub region: &'static str,
    /// Its hint.
    pub region_hint: &'static str,
    /// The rule: at least so many characters.
    pub rule_length: fn(usize) -> String,
    /// The rule: no composition rules.
    pub rule_free: &'static str,
    /// The button.
    pub complete: &'static str,
    /// There is no open setup.
    pub setup_closed: &'static str,
    /// What to do about it.
    pub setup_closed_text: &'static str,
    /// The way on.
    pub to_log_in: &'static str,
}

impl Auth {
    pub(super) const ENGLISH: Self = Self {
        log_in_title: "Log in to WhatsCloud",
        log_in: "Log in",
        email: "Email",
        password: "Password",
        code_title: "One more step",
        code_text: "Open the app on your phone and type the six digits it shows for WhatsCloud.",
        code: "Code",
        code_lost: "Without your phone, use one of your recovery codes, or ask an owner to turn your second factor off.",
        code_again: "Back to the login",
        demo_title: "This is a demo",
        demo_text: "Look around with owner@demo.test and demo-password. Nothing leaves this machine.",
        setup_title: "Set up WhatsCloud",
        setup_lead: "Name your business and create the owner’s login. It takes a minute.",
        business_name: "Business name",
        business_name_hint: "Customers read it in the confirmation messages.",
        email_hint: "You log in with it.",
        region: "Country",
        region_hint: "Phone numbers without a country code are read as numbers of this country.",
        rule_length: |least| format!("At least {least} characters"),
        rule_free: "Any characters: a sentence is easier to remember",
        complete: "Create business and log in",
        setup_closed: "This setup link does not work",
        setup_closed_text: "It was used already, or a newer one was made. If the business is set up, log in; otherwise start \
                            the server again and open the link it prints.",
        to_log_in: "Go to the login",
    };
}
