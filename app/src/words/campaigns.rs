use domain::campaign::{Audience, CampaignState, PauseReason, RecipientOutcome, TemplateProblem};
use domain::kind::MessageKind;
use domain::permit::Reason;

use super::grouped;

/// Campaigns.
#[derive(Debug)]
pub struct Campaigns {
    /// What the list is for.
    pub lead: &'static str,
    /// Write one.
    pub new: &'static str,
    /// None yet.
    pub none_title: &'static str,
    /// What to do.
    pub none_text: &'static str,
    /// None yet, for who may not write one.
    pub none_text_reader: &'static str,
    /// Column.
    pub name: &'static str,
    /// Column.
    pub state: &'static str,
    /// Column.
    pub audience: &'static str,
    /// Column.
    pub launched: &'static str,
    /// Column.
    pub sent: &'static str,
    /// Column.
    pub skipped: &'static str,
    /// Column.
    pub opt_outs: &'static str,
    /// Sent of an audience.
    pub of: fn(i64, i64) -> String,
    /// Not launched yet.
    pub not_yet: &'static str,
    /// The page of a new one.
    pub new_title: &'static str,
    /// Choose what to send.
    pub choose_template: &'static str,
    /// What a template is.
    pub choose_template_lead: &'static str,
    /// Take this one.
    pub use_template: &'static str,
    /// Take this one, for screen readers.
    pub use_template_named: fn(&str) -> String,
    /// Take another one.
    pub other_template: &'static str,
    /// There is no template.
    pub no_templates_title: &'static str,
    /// What to do.
    pub no_templates_text: &'static str,
    /// Make one.
    pub new_template: &'static str,
    /// What happens with it.
    pub new_template_lead: &'static str,
    /// What a name looks like.
    pub template_name_hint: &'static str,
    /// A field.
    pub language: &'static str,
    /// A field.
    pub kind: &'static str,
    /// What it means.
    pub marketing_hint: &'static str,
    /// What it means.
    pub utility_hint: &'static str,
    /// A field.
    pub body: &'static str,
    /// How to write it.
    pub body_hint: &'static str,
    /// A field.
    pub samples: &'static str,
    /// How to write it.
    pub samples_hint: &'static str,
    /// A field.
    pub footer: &'static str,
    /// How to write it.
    pub footer_hint: &'static str,
    /// The footer to begin with, by the first opt-out keyword.
    pub way_out: fn(&str) -> String,
    /// A field.
    pub buttons: &'static str,
    /// How to write it.
    pub buttons_hint: &'static str,
    /// Hand it in.
    pub hand_in: &'static str,
    /// A warning.
    pub promotes: &'static str,
    /// A warning.
    pub no_business_name: &'static str,
    /// It is being reviewed.
    pub in_review: &'static str,
    /// The page of a draft.
    pub edit_title: &'static str,
    /// What the name is for.
    pub name_hint: &'static str,
    /// What people read.
    pub message: &'static str,
    /// The value of a placeholder.
    pub value: fn(&str) -> String,
    /// How it is filled in.
    pub value_hint: &'static str,
    /// Who gets it.
    pub who: &'static str,
    /// Everybody.
    pub who_all: &'static str,
    /// Who is left out all the same.
    pub who_all_hint: &'static str,
    /// By label.
    pub who_tags: &'static str,
    /// What that means.
    pub who_tags_hint: &'static str,
    /// By filter.
    pub who_filter: &'static str,
    /// What that means.
    pub who_filter_hint: &'static str,
    /// By number.
    pub who_numbers: &'static str,
    /// What that means.
    pub who_numbers_hint: &'static str,
    /// The list as it is.
    pub who_list: &'static str,
    /// What that means.
    pub who_list_hint: &'static str,
    /// Labels of the audience.
    pub tags: &'static str,
    /// A filter.
    pub consent: &'static str,
    /// No filter.
    pub any_consent: &'static str,
    /// A filter.
    pub search: &'static str,
    /// The list.
    pub numbers: &'static str,
    /// How to write it.
    pub numbers_hint: &'static str,
    /// When.
    pub when: &'static str,
    /// What empty means, in UTC.
    pub when_hint_utc: &'static str,
    /// What empty means, where the time zone is known: minutes ahead of UTC.
    pub when_hint: fn(i32) -> String,
    /// Save.
    pub save: &'static str,
    /// Back.
    pub back: &'static str,
    /// Before the launch.
    pub preview_title: &'static str,
    /// What it says.
    pub preview_lead: &'static str,
    /// Those who will.
    pub will: fn(i64) -> String,
    /// Of so many.
    pub of_audience: fn(i64) -> String,
    /// Those who will not.
    pub will_not: fn(i64) -> String,
    /// Nobody is left out.
    pub nobody_left_out: &'static str,
    /// A service message.
    pub service_title: &'static str,
    /// What that means.
    pub service_text: &'static str,
    /// Show people.
    pub show: &'static str,
    /// Launch.
    pub launch: &'static str,
    /// Launch at a time.
    pub schedule: fn(&str) -> String,
    /// It starts by itself.
    pub scheduled_for: fn(&str) -> String,
    /// The question.
    pub launch_question: fn(i64) -> String,
    /// Who is left out, in the question.
    pub launch_text: fn(i64, i64) -> String,
    /// Yes.
    pub launch_yes: fn(i64) -> String,
    /// Change it.
    pub edit: &'static str,
    /// A test.
    pub test_title: &'static str,
    /// What it does.
    pub test_lead: &'static str,
    /// Its number.
    pub test_phone: &'static str,
    /// Send it.
    pub test_send: &'static str,
    /// It was sent.
    pub tested: &'static str,
    /// Rest.
    pub pause: &'static str,
    /// Go on.
    pub resume: &'static str,
    /// Stop.
    pub cancel: &'static str,
    /// The question.
    pub cancel_question: &'static str,
    /// What it does.
    pub cancel_text: &'static str,
    /// Yes.
    pub cancel_yes: &'static str,
    /// No.
    pub keep: &'static str,
    /// What was done.
    pub done: fn(CampaignState) -> &'static str,
    /// Under way.
    pub progress: &'static str,
    /// How far.
    pub progress_text: fn(i64, i64) -> String,
    /// The report.
    pub report: &'static str,
    /// A figure.
    pub delivered: &'static str,
    /// A figure.
    pub read: &'static str,
    /// A figure.
    pub failed: &'static str,
    /// A figure.
    pub unknown: &'static str,
    /// Its note.
    pub unknown_note: &'static str,
    /// A figure.
    pub waiting: &'static str,
    /// A figure.
    pub replies: &'static str,
    /// Its note.
    pub replies_note: &'static str,
    /// A figure.
    pub caused: &'static str,
    /// Its note: the rate.
    pub caused_note: fn(i64, i64) -> String,
    /// Of those sent.
    pub share: fn(i64, i64) -> String,
    /// Those left out.
    pub left_out: &'static str,
    /// What it says.
    pub left_out_lead: &'static str,
    /// Nobody was.
    pub left_out_none: &'static str,
    /// The promise.
    pub promise: &'static str,
    /// What was kept.
    pub promise_text: fn(i64, i64) -> String,
    /// How it is known.
    pub promise_note: &'static str,
    /// Between preview and turn.
    pub changed: &'static str,
    /// What it says.
    pub changed_lead: fn(i64) -> String,
    /// Nothing did.
    pub changed_none: fn(i64) -> String,
    /// By what.
    pub changed_event: &'static str,
    /// The people.
    pub people: &'static str,
    /// Everybody.
    pub everybody: &'static str,
    /// None.
    pub nobody: &'static str,
    /// Why.
    pub nobody_text: &'static str,
    /// A file.
    pub download: &'static str,
    /// Column.
    pub person: &'static str,
    /// Column.
    pub outcome: &'static str,
    /// Column.
    pub reason: &'static str,
    /// Column.
    pub at: &'static str,
    /// Meta's code.
    pub error_code: fn(i64) -> String,
    /// Numbers that could not be read.
    pub rejected: fn(usize) -> String,
    /// A line of them.
    pub rejected_line: fn(usize, &str) -> String,
    /// Those that are not shown.
    pub rejected_more: fn(usize) -> String,
    /// The last campaign, on the overview.
    pub last: &'static str,
    /// All of them.
    pub all: &'static str,
    /// Fact.
    pub template: &'static str,
    /// Sent as.
    pub template_kind: fn(MessageKind) -> &'static str,
    /// A state.
    pub state_word: fn(CampaignState) -> &'static str,
    /// An outcome.
    pub outcome_word: fn(RecipientOutcome) -> &'static str,
    /// Why a template cannot be used.
    pub problem: fn(TemplateProblem) -> &'static str,
    /// Why it rests: what, and what to do.
    pub paused: fn(PauseReason) -> (&'static str, &'static str),
    /// To the settings of the number.
    pub to_connection: &'static str,
    /// The audience in words.
    pub audience_words: fn(&Audience, &str) -> String,
    /// Why somebody was left out, in a word or two.
    pub reason_word: fn(Reason) -> String,
    /// "50 contacts skipped (opted-out)".
    pub skipped_line: fn(i64, Reason) -> String,
    /// "50 opted out".
    pub will_not_line: fn(i64, Reason) -> String,
}

fn contacts(count: i64) -> String {
    let unit = if count == 1 { "contact" } else { "contacts" };
    format!("{} {unit}", grouped(count))
}

fn grouped_count(count: usize) -> String {
    grouped(i64::try_from(count).unwrap_or(i64::MAX))
}

fn people(count: i64) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{} people", grouped(count)) }
}

/// One digit after the point; the share of nothing is nothing.
fn percent(part: i64, whole: i64) -> String {
    if whole == 0 {
        return "0 %".to_owned();
    }
    let tenths = (part * 1_000 + whole / 2) / whole;
    if tenths % 10 == 0 { format!("{} %", tenths / 10) } else { format!("{}.{} %", tenths / 10, tenths % 10) }
}

/// Why somebody was left out, in the brackets of the report's line.
const fn short(reason: Reason) -> &'static str {
    match reason {
        Reason::OptedOut => "opted-out",
        Reason::NoOptIn => "never opted in",
        Reason::Pending => "asked, not confirmed",
        Reason::Held => "needs a decision",
        Reason::NativeStop => "stopped in WhatsApp",
        Reason::Blocked => "blocked",
        Reason::Erased => "no number or erased",
        Reason::Expired => "consent expired",
        Reason::Invalid => "not on WhatsApp",
        Reason::WindowClosed => "24-hour window closed",
        Reason::Late => "too late",
        Reason::Capped => "limited by WhatsApp",
        Reason::Cancelled => "campaign cancelled",
        Reason::Duplicate => "same person twice",
        Reason::FrequencyCap => "enough lately",
        Reason::QuietHours => "quiet hours",
        Reason::UsNumber => "number of the United States",
        Reason::Promotion => "a promotion called service",
    }
}

const fn long(reason: Reason) -> &'static str {
    match reason {
        Reason::OptedOut => "opted out",
        Reason::NoOptIn => "never opted in",
        Reason::Pending => "asked, have not confirmed",
        Reason::Held => "need a decision first",
        Reason::NativeStop => "stopped offers in WhatsApp",
        Reason::Blocked => "blocked",
        Reason::Erased => "have no number, or were erased",
        Reason::Expired => "have a consent that ran out",
        Reason::Invalid => "not on WhatsApp",
        Reason::WindowClosed => "outside the 24-hour window",
        Reason::Late => "too late",
        Reason::Capped => "limited by WhatsApp",
        Reason::Cancelled => "left out because it was cancelled",
        Reason::Duplicate => "the same person twice",
        Reason::FrequencyCap => "got as much lately as you allow",
        Reason::QuietHours => "in their quiet hours",
        Reason::UsNumber => "with a number of the United States",
        Reason::Promotion => "for whom it read like a promotion",
    }
}

impl Campaigns {
    pub(super) const ENGLISH: Self = Self {
        lead: "One message to many people. Whoever opted out is left out, always.",
        new: "New campaign",
        none_title: "No campaigns yet",
        none_text: "Write one: choose a template, choose who gets it, and see who is left out and why before anything is sent.",
        none_text_reader: "When an owner or admin of your business sends one, it appears here.",
        name: "Name",
        state: "State",
        audience: "Audience",
        launched: "Launched",
        sent: "Sent",
        skipped: "Skipped",
        opt_outs: "Opt-outs caused",
        of: |part, whole| format!("{} of {}", grouped(part), grouped(whole)),
        not_yet: "Not yet",
        new_title: "New campaign",
        choose_template: "Choose what to send",
        choose_template_lead: "WhatsApp lets a business write first only with a template it has approved.",
        use_template: "Use this one",
        use_template_named: |name| format!("Use this one: {name}"),
        other_template: "Choose another template",
        no_templates_title: "No templates yet",
        no_templates_text: "Write one here or in WhatsApp Manager; once WhatsApp has approved it, you can send it.",
        new_template: "New template",
        new_template_lead: "WhatsApp reviews it, usually within minutes. Once it is approved you can send it.",
        template_name_hint: "Lower-case letters, digits and underscores, such as autumn_news. Only you see it.",
        language: "Language",
        kind: "What it is for",
        marketing_hint: "Offers, news, invitations. Only people who opted in get it.",
        utility_hint: "About an order, a delivery, an appointment. Whoever opted out gets it too, so it must not promote anything.",
        body: "Text",
        body_hint: "Say who writes. {{1}}, {{2}} … stand for what is filled in for each person.",
        samples: "Samples",
        samples_hint: "What could stand for {{1}}, {{2}} …, one a line. WhatsApp’s reviewers see them.",
        footer: "Footer",
        footer_hint: "A small line below the text: a good place for the way out.",
        way_out: |keyword| format!("Reply {keyword} to stop these messages"),
        buttons: "Buttons",
        buttons_hint: "Up to three quick replies, one a line, such as “Stop promotions”.",
        hand_in: "Send for review",
        promotes: "This promotes something. WhatsApp turns such a template into marketing, and the law sees it so too. Choose marketing, or take it out.",
        no_business_name: "Nothing in it says who writes. Name your business.",
        in_review: "WhatsApp reviews it. Reload in a few minutes.",
        edit_title: "Edit campaign",
        name_hint: "Only you see it.",
        message: "What people read",
        value: |placeholder| format!("What stands for {{{{{placeholder}}}}}"),
        value_hint: "The same text for everybody, or {{first_name|there}}: their first name, and “there” where it is not known. Also {{name|…}} and {{phone|…}}.",
        who: "Who gets it",
        who_all: "Everyone",
        who_all_hint: "All contacts. People who opted out, or whom you may not write to, are left out.",
        who_tags: "People with a label",
        who_tags_hint: "Anyone with at least one of these labels.",
        who_filter: "People by filter",
        who_filter_hint: "As on the contacts page: by consent, name or number.",
        who_numbers: "A list of numbers",
        who_numbers_hint: "Pasted, one a line. Numbers you do not have yet become contacts.",
        who_list: "The list as it is",
        who_list_hint: "The numbers that were pasted before.",
        tags: "Labels",
        consent: "Consent",
        any_consent: "Any",
        search: "Name or number contains",
        numbers: "Numbers",
        numbers_hint: "One a line, with the country code. Numbers that cannot be read are listed; the rest goes.",
        when: "When",
        when_hint_utc: "Leave it empty to send at once. The time is in UTC.",
        when_hint: |ahead| {
            let sign = if ahead < 0 { '−' } else { '+' };
            let ahead = ahead.unsigned_abs();
            format!(
                "Leave it empty to send at once. The time is in your time zone, UTC{sign}{:02}:{:02}.",
                ahead / 60,
                ahead % 60
            )
        },
        save: "Save and preview",
        back: "Back",
        preview_title: "Who will receive it",
        preview_lead: "As it stands now. Everybody is decided about again when their turn comes.",
        will: |count| format!("{} will receive it", grouped(count)),
        of_audience: |count| format!("of {} in the audience", grouped(count)),
        will_not: |count| format!("{} will not", grouped(count)),
        nobody_left_out: "Nobody is left out.",
        service_title: "This template is a service message",
        service_text: "People who opted out of marketing get it too. Send nothing promotional with it: WhatsApp and the law take that for marketing.",
        show: "Show",
        launch: "Launch",
        schedule: |at| format!("Schedule for {at}"),
        scheduled_for: |at| format!("Launches by itself on {at}"),
        launch_question: |count| format!("Send to {}?", people(count)),
        launch_text: |left_out, audience| match left_out {
            0 => format!("Nobody of the {} in the audience is left out.", grouped(audience)),
            1 => format!("1 of the {} in the audience is left out.", grouped(audience)),
            _ => format!("{} of the {} in the audience are left out.", grouped(left_out), grouped(audience)),
        },
        launch_yes: |count| format!("Send to {}", people(count)),
        edit: "Edit",
        test_title: "Send a test",
        test_lead: "To a number of yours, to see it on a phone. The same rules hold: the number must have opted in.",
        test_phone: "Your number",
        test_send: "Send test",
        tested: "The test is on its way",
        pause: "Pause",
        resume: "Resume",
        cancel: "Cancel campaign",
        cancel_question: "Cancel this campaign?",
        cancel_text: "Whoever has not got it yet gets nothing. What is on its way arrives. This cannot be undone.",
        cancel_yes: "Cancel campaign",
        keep: "Keep it",
        done: |state| match state {
            CampaignState::Draft => "Saved",
            CampaignState::Scheduled => "It launches by itself at its time",
            CampaignState::Running => "It is on its way",
            CampaignState::Paused => "It rests",
            CampaignState::Finished => "Everybody’s turn has come",
            CampaignState::Cancelled => "It is cancelled",
        },
        progress: "Under way",
        progress_text: |done, audience| format!("{} of {} done", grouped(done), grouped(audience)),
        report: "Report",
        delivered: "Delivered",
        read: "Read",
        failed: "Failed",
        unknown: "Unknown",
        unknown_note: "Nobody knows whether it arrived; never sent twice",
        waiting: "Waiting",
        replies: "Replies",
        replies_note: "within 72 hours",
        caused: "Opt-outs caused",
        caused_note: |count, sent| format!("{} of those sent", percent(count, sent)),
        share: |part, whole| format!("{} of those sent", percent(part, whole)),
        left_out: "Left out",
        left_out_lead: "Decided for each person when their turn came.",
        left_out_none: "Nobody was left out.",
        promise: "After STOP",
        promise_text: |sent, in_flight| {
            format!("{} sent, {} already in flight", grouped(sent), grouped(in_flight))
        },
        promise_note: "Messages of this campaign to people who had asked to stop: handed to WhatsApp afterwards, and on the wire at that moment.",
        changed: "Preview and send",
        changed_lead: |reachable| {
            format!(
                "At launch {} would receive it. These were left out when their turn came:",
                grouped(reachable)
            )
        },
        changed_none: |reachable| {
            format!(
                "At launch {} would receive it, and nothing changed before their turn.",
                grouped(reachable)
            )
        },
        changed_event: "Consent event",
        people: "People",
        everybody: "Everybody",
        nobody: "Nobody here",
        nobody_text: "Nobody in this campaign stands so.",
        download: "Download CSV",
        person: "Person",
        outcome: "Outcome",
        reason: "Reason",
        at: "When",
        error_code: |code| format!("WhatsApp’s error {code}"),
        rejected: |count| match count {
            1 => "1 number could not be read and is not in the list".to_owned(),
            count => format!("{} numbers could not be read and are not in the list", grouped_count(count)),
        },
        rejected_line: |line, text| format!("Line {line}, “{text}”:"),
        rejected_more: |count| format!("And {} more.", grouped_count(count)),
        last: "Last campaign",
        all: "All campaigns",
        template: "Template",
        template_kind: |kind| match kind {
            MessageKind::Marketing => "Marketing",
            MessageKind::Utility => "Service message",
            MessageKind::Authentication => "One-time code",
            MessageKind::Service | MessageKind::Consent => "Answer",
        },
        state_word: |state| match state {
            CampaignState::Draft => "Draft",
            CampaignState::Scheduled => "Scheduled",
            CampaignState::Running => "Running",
            CampaignState::Paused => "Paused",
            CampaignState::Finished => "Finished",
            CampaignState::Cancelled => "Cancelled",
        },
        outcome_word: |outcome| match outcome {
            RecipientOutcome::Pending => "Waiting",
            RecipientOutcome::Sent => "Sent",
            RecipientOutcome::Delivered => "Delivered",
            RecipientOutcome::Read => "Read",
            RecipientOutcome::Failed => "Failed",
            RecipientOutcome::Unknown => "Unknown",
            RecipientOutcome::Skipped => "Skipped",
        },
        problem: |problem| match problem {
            TemplateProblem::NotApproved => "WhatsApp has not approved it, or no longer.",
            TemplateProblem::Paused => "WhatsApp paused it, because people complained or did not read it.",
            TemplateProblem::NoWayOut => {
                "It has no way out. Add one of your opt-out keywords to its text, its footer or a button."
            }
            TemplateProblem::Authentication => "It is for one-time codes, which go to one person at a time.",
        },
        paused: |reason| match reason {
            PauseReason::ByHand => ("Paused", "Nothing leaves until somebody resumes it."),
            PauseReason::Template => (
                "WhatsApp refuses the template",
                "It was paused, rejected or removed, or what is filled in does not fit. Look at it in WhatsApp Manager, then resume.",
            ),
            PauseReason::Connection => (
                "WhatsApp refuses your number",
                "Its token has expired, or WhatsApp limits or blocks it. Mend the connection, then resume. Nobody is lost.",
            ),
        },
        to_connection: "Open WhatsApp connection",
        audience_words: |audience, state| match audience {
            Audience::All => "Everyone".to_owned(),
            Audience::Tags(tags) => format!("Labels: {}", tags.join(", ")),
            Audience::List(1) => "A list of 1 number".to_owned(),
            Audience::List(count) => format!("A list of {} numbers", grouped(*count)),
            Audience::Filter { search: Some(search), .. } if state.is_empty() => format!("“{search}”"),
            Audience::Filter { search: Some(search), .. } => format!("{state}, “{search}”"),
            Audience::Filter { search: None, .. } if state.is_empty() => "Everyone".to_owned(),
            Audience::Filter { search: None, .. } => state.to_owned(),
        },
        reason_word: |reason| {
            let mut letters = short(reason).chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        },
        skipped_line: |count, reason| format!("{} skipped ({})", contacts(count), short(reason)),
        will_not_line: |count, reason| format!("{} {}", grouped(count), long(reason)),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_says_it_as_the_guide_does() {
        let words = Campaigns::ENGLISH;
        assert_eq!((words.skipped_line)(50, Reason::OptedOut), "50 contacts skipped (opted-out)");
        assert_eq!((words.skipped_line)(1, Reason::OptedOut), "1 contact skipped (opted-out)");
        assert_eq!((words.skipped_line)(1_200, Reason::Blocked), "1,200 contacts skipped (blocked)");
    }

    #[test]
    fn every_reason_has_words_of_its_own() {
        for words in [short, long] {
            let mut seen: Vec<&str> = Reason::ALL.map(words).to_vec();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), Reason::ALL.len());
        }
    }

    #[test]
    fn shares_are_rounded_to_a_tenth() {
        assert_eq!(percent(3, 950), "0.3 %");
        assert_eq!(percent(475, 950), "50 %");
        assert_eq!(percent(0, 0), "0 %");
    }

    #[test]
    fn one_is_not_many() {
        let words = Campaigns::ENGLISH;
        assert_eq!((words.launch_question)(1), "Send to 1 person?");
        assert_eq!((words.launch_text)(1, 20), "1 of the 20 in the audience is left out.");
        assert_eq!((words.rejected)(1), "1 number could not be read and is not in the list");
        assert_eq!(
            (words.when_hint)(-330),
            "Leave it empty to send at once. The time is in your time zone, UTC−05:30."
        );
    }
}
