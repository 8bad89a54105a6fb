/// The people who work here, and joining them.
#[derive(Debug)]
pub struct TeamWords {
    /// A column.
    pub change: &'static str,
    /// A card.
    pub invite: &'static str,
    /// What it does.
    pub invite_text: &'static str,
    /// A button.
    pub invite_button: &'static str,
    /// A link was made.
    pub invited: &'static str,
    /// What to do with it.
    pub link_once: &'static str,
    /// The list of those who have not joined.
    pub waiting: &'static str,
    /// Until when a link works.
    pub until: fn(&str) -> String,
    /// A button.
    pub take_back: &'static str,
    /// Its name for screen readers.
    pub take_back_one: fn(&str) -> String,
    /// The choice of a role, for screen readers.
    pub role_of: fn(&str) -> String,
    /// A button.
    pub set_role: &'static str,
    /// Its name for screen readers.
    pub set_role_of: fn(&str) -> String,
    /// A button.
    pub remove: &'static str,
    /// What follows.
    pub remove_question: fn(&str) -> String,
    /// The button that does it.
    pub remove_one: fn(&str) -> String,
    /// A card.
    pub password: &'static str,
    /// What it does.
    pub password_text: &'static str,
    /// A field.
    pub current: &'static str,
    /// A field.
    pub new_password: &'static str,
    /// A button.
    pub change_password: &'static str,
    /// What other sessions are.
    pub sessions_text: &'static str,
    /// A button.
    pub end_sessions: &'static str,
    /// A card.
    pub factor: &'static str,
    /// What it is.
    pub factor_text: &'static str,
    /// A button.
    pub factor_begin: &'static str,
    /// The drawing, for screen readers.
    pub factor_code: &'static str,
    /// What to do with it.
    pub factor_scan: &'static str,
    /// A field.
    pub factor_first: &'static str,
    /// A button.
    pub factor_confirm: &'static str,
    /// It is on.
    pub factor_is_on: &'static str,
    /// A button that shows a form.
    pub factor_off: &'static str,
    /// A field.
    pub factor_now: &'static str,
    /// The button that does it.
    pub factor_off_now: &'static str,
    /// The badge of who has one.
    pub factor_badge: &'static str,
    /// A button, with the colleague's address for screen readers.
    pub factor_off_for: &'static str,
    /// Its name for screen readers.
    pub factor_off_for_one: fn(&str) -> String,
    /// Recovery codes.
    pub recovery: &'static str,
    /// What they are for.
    pub recovery_text: &'static str,
    /// What went wrong.
    pub problem: fn(&str) -> Option<&'static str>,
    /// What was done.
    pub done: fn(&str) -> Option<&'static str>,
    /// The page of a link.
    pub join_title: &'static str,
    /// Who asks.
    pub join_text: fn(&str) -> String,
    /// A button.
    pub join: &'static str,
    /// A link that does not work.
    pub join_closed: &'static str,
    /// What to do.
    pub join_closed_text: &'static str,
}

impl TeamWords {
    pub(super) const ENGLISH: Self = Self {
        change: "Change",
        invite: "Invite a colleague",
        invite_text: "You get a link to pass on. It works once, for seven days; whoever opens it chooses a password of their own.",
        invite_button: "Make a link",
        invited: "The link is made",
        link_once: "Pass it on by a way you trust. It is shown this once.",
        waiting: "Invited, not joined yet",
        until: |until| format!("until {until}"),
        take_back: "Take back",
        take_back_one: |email| format!("Take back the invitation of {email}"),
        role_of: |email| format!("Role of {email}"),
        set_role: "Set",
        set_role_of: |email| format!("Set the role of {email}"),
        remove: "Remove…",
        remove_question: |email| {
            format!(
                "{email} is signed out at once and cannot sign in any more. What they did keeps their name."
            )
        },
        remove_one: |email| format!("Remove {email}"),
        password: "Your password",
        password_text: "A new one ends your sessions on other devices.",
        current: "Current password",
        new_password: "New password",
        change_password: "Change password",
        sessions_text: "Lost a device? End every session but this one.",
        end_sessions: "End other sessions",
        factor: "Your second factor",
        factor_text: "A code from an app on your phone, asked for after the password. Who steals a password alone gets nowhere.",
        factor_begin: "Set up",
        factor_code: "QR code for your authenticator app; the same as text is beside it",
        factor_scan: "Scan it with an authenticator app, or type this key into it:",
        factor_first: "The code it shows",
        factor_confirm: "Turn on",
        factor_is_on: "It is on: after your password, the login asks for a code.",
        factor_off: "Turn off…",
        factor_now: "A code, or a recovery code",
        factor_off_now: "Turn off the second factor",
        factor_badge: "Second factor",
        factor_off_for: "Turn off second factor",
        factor_off_for_one: |email| format!("Turn off the second factor of {email}"),
        recovery: "Your recovery codes",
        recovery_text: "Keep them where your phone is not: each lets you in once without it. They are shown this once.",
        problem: |problem| match problem {
            "" => None,
            "wrong_code" => {
                Some("The code is not right, or was used already. Type the one your app shows now.")
            }
            "taken" => Some("Somebody with this address can sign in already."),
            "not_an_email" | "empty" => Some("This is no e-mail address."),
            "last_owner" => Some("There must be an owner. Make somebody else one first."),
            "too_many_attempts" => {
                Some("There were too many wrong attempts. Try again in a quarter of an hour.")
            }
            "wrong" => Some("The current password is wrong. Nothing was changed."),
            "too_short" => Some("The new password is too short: at least 12 characters, such as a sentence."),
            "too_long" => Some("The new password is too long."),
            "too_many" => Some("There are too many open invitations. Take some back first."),
            "forbidden" => Some("Only an owner can do this."),
            _ => Some("This did not work. Nothing was changed."),
        },
        done: |done| match done {
            "role" => Some("The role is changed"),
            "removed" => Some("They cannot sign in any more"),
            "taken_back" => Some("The invitation is void"),
            "password" => Some("Your password is changed"),
            "sessions" => Some("Your other sessions have ended"),
            "factor_on" => Some("Your second factor is on, and your other sessions have ended"),
            "factor_off" => Some("Your second factor is off"),
            "factor_off_for" => Some("Their second factor is off"),
            _ => None,
        },
        join_title: "Join the team",
        join_text: |business| {
            format!("{business} invites you to WhatsCloud. Choose a password to sign in with.")
        },
        join: "Join",
        join_closed: "This link does not work any more",
        join_closed_text: "It was used, taken back, or is older than seven days. Ask for a new one.",
    };
}
