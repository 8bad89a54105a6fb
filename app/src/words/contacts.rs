use domain::contact::ContactSort;

use crate::words::grouped;

/// The contacts: list, one person, recording how somebody agreed.
#[derive(Debug)]
pub struct Contacts {
    /// A link to the inbox.
    pub open_conversation: &'static str,
    /// Before the address of the person's own page.
    pub own_page: &'static str,
    /// Copies it.
    pub own_page_copy: &'static str,
    /// It is copied.
    pub own_page_copied: &'static str,
    /// What the list is for.
    pub lead: &'static str,
    /// Label of the search.
    pub search: &'static str,
    /// Runs the search without JavaScript.
    pub search_button: &'static str,
    /// Names the sort order.
    pub sort: &'static str,
    /// The sort orders.
    pub sort_by: fn(ContactSort) -> &'static str,
    /// Opens the filters: how many are on.
    pub filters: fn(usize) -> String,
    /// No filter.
    pub any: &'static str,
    /// A country as an example.
    pub country_example: &'static str,
    /// A filter.
    pub by_source: &'static str,
    /// A filter.
    pub wrote_within: &'static str,
    /// A filter.
    pub added_within: &'static str,
    /// Their choices.
    pub days: [(&'static str, &'static str); 4],
    /// A filter.
    pub blocking: &'static str,
    /// Its choices.
    pub blocked_only: &'static str,
    /// Its choices.
    pub not_blocked: &'static str,
    /// Names the tabs.
    pub states: &'static str,
    /// The tab without a filter.
    pub all: &'static str,
    /// Before the tag in force.
    pub tagged: fn(&str) -> String,
    /// Takes the filters away.
    pub clear: &'static str,
    /// Adds a contact.
    pub add: &'static str,
    /// Column: the person.
    pub name: &'static str,
    /// Column: consent.
    pub state: &'static str,
    /// Column: the switch.
    pub marketing: &'static str,
    /// Column: when they last wrote.
    pub last_message: &'static str,
    /// Column: tags.
    pub tags: &'static str,
    /// Column: country.
    pub country: &'static str,
    /// Never wrote.
    pub never_wrote: &'static str,
    /// How many rows of how many, and whether there are more.
    pub summary: fn(usize, i64, bool) -> String,
    /// Empty list.
    pub none_title: &'static str,
    /// What to do about it.
    pub none_text: &'static str,
    /// Nothing matches.
    pub no_match_title: &'static str,
    /// What to do about it.
    pub no_match_text: &'static str,
    /// Blocked.
    pub blocked: &'static str,
    /// Stopped in WhatsApp itself, as a badge.
    pub native_stop: &'static str,
    /// A change could not be recorded.
    pub not_recorded: &'static str,
    /// Marketing is off now: name.
    pub turned_off: fn(&str) -> String,
    /// Marketing is on now: name.
    pub turned_on: fn(&str) -> String,
    /// Title of the dialog.
    pub how_agreed: fn(&str) -> String,
    /// Why it asks.
    pub how_agreed_lead: &'static str,
    /// The person opted out by themselves: name, how and when.
    pub opted_out_before: fn(&str, &str) -> String,
    /// A field.
    pub source: &'static str,
    /// Its first, empty choice.
    pub source_choose: &'static str,
    /// A field.
    pub agreed_on: &'static str,
    /// Its hint.
    pub agreed_on_hint: &'static str,
    /// A field.
    pub note: &'static str,
    /// Its hint.
    pub note_hint: &'static str,
    /// The button.
    pub record_opt_in: &'static str,
    /// Leaves without a change.
    pub cancel: &'static str,
    /// Title of the form for a new contact.
    pub new_title: &'static str,
    /// What it is for.
    pub new_lead: &'static str,
    /// A field.
    pub phone: &'static str,
    /// Its hint.
    pub phone_hint: &'static str,
    /// A field.
    pub tags_hint: &'static str,
    /// The button.
    pub save_contact: &'static str,
    /// Card: consent.
    pub marketing_title: &'static str,
    /// Below it: what opt-out does not mean.
    pub marketing_lead: &'static str,
    /// Card: the facts.
    pub identity: &'static str,
    /// A fact.
    pub number: &'static str,
    /// A fact: the number is hidden.
    pub number_hidden: &'static str,
    /// A fact.
    pub user_id: &'static str,
    /// A fact.
    pub last_wrote: &'static str,
    /// A fact.
    pub added: &'static str,
    /// Card: name and tags.
    pub edit: &'static str,
    /// The button.
    pub save: &'static str,
    /// It was saved.
    pub saved: &'static str,
    /// Card: blocking.
    pub block_title: &'static str,
    /// What it means, and what not.
    pub block_text: &'static str,
    /// The button.
    pub block: fn(&str) -> String,
    /// Title of the question.
    pub block_question: fn(&str) -> String,
    /// What follows.
    pub block_consequence: &'static str,
    /// The button in the question.
    pub block_confirm: &'static str,
    /// It is in force.
    pub is_blocked: &'static str,
    /// The button.
    pub unblock: &'static str,
    /// Card: what happened.
    pub history: &'static str,
    /// Its lead.
    pub history_lead: &'static str,
    /// Older messages are not shown: how many are.
    pub history_newest: fn(u32) -> String,
    /// Nothing happened.
    pub history_empty: &'static str,
    /// They wrote.
    pub wrote: &'static str,
    /// We wrote: the kind.
    pub sent: fn(&str) -> String,
    /// We did not write: the kind.
    pub not_sent: fn(&str) -> String,
    /// WhatsApp's error.
    pub error_code: fn(i64) -> String,
    /// A message without words, by WhatsApp's type.
    pub no_words: fn(&str) -> String,
    /// What detection made of a message; empty when nothing.
    pub verdict: fn(&str) -> Option<&'static str>,
    /// Where a message stands.
    pub unknown_outcome: &'static str,
    /// A change was recorded by a form: on.
    pub recorded_in: &'static str,
    /// A change was recorded by a form: off.
    pub recorded_out: &'static str,
    /// Held: decide.
    pub opt_out_now: &'static str,
    /// Writes as this customer.
    pub open_simulator: &'static str,
}

impl Contacts {
    pub(super) const ENGLISH: Self = Self {
        open_conversation: "Open the conversation",
        own_page: "Their own page, to put into messages and e-mails: they stop or agree there without a login.",
        own_page_copy: "Copy the link",
        own_page_copied: "The link is copied",
        lead: "Everyone you talk to on WhatsApp, and what each of them decided about marketing.",
        search: "Search by name or number",
        search_button: "Search",
        sort: "Sort",
        sort_by: |sort| match sort {
            ContactSort::Newest => "Newest first",
            ContactSort::Name => "Name, A to Z",
            ContactSort::LastMessage => "Wrote last",
            ContactSort::Changed => "Chose last",
        },
        filters: |on| if on == 0 { "Filters".to_owned() } else { format!("Filters ({on})") },
        any: "Any",
        country_example: "ZA",
        by_source: "How they chose",
        wrote_within: "Wrote within",
        added_within: "Added within",
        days: [("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("365", "a year")],
        blocking: "Blocking",
        blocked_only: "Blocked",
        not_blocked: "Not blocked",
        states: "States",
        all: "All",
        tagged: |tag| format!("Tag: {tag}"),
        clear: "Clear search",
        add: "Add contact",
        name: "Name",
        state: "State",
        marketing: "Marketing",
        last_message: "Last message",
        tags: "Tags",
        country: "Country",
        never_wrote: "Never wrote",
        summary: |shown, total, more| {
            let shown = grouped(i64::try_from(shown).unwrap_or(i64::MAX));
            if total == 1 {
                "1 contact".to_owned()
            } else {
                format!("{shown} of {}{} contacts", grouped(total), if more { "+" } else { "" })
            }
        },
        none_title: "No contacts yet",
        none_text: "People appear here by themselves when they write to you on WhatsApp. You can also add somebody by hand.",
        no_match_title: "Nobody matches",
        no_match_text: "Check the spelling, or look in all states. Numbers can be searched by any part of their digits.",
        blocked: "Blocked",
        native_stop: "Stopped in WhatsApp",
        not_recorded: "The change was not recorded",
        turned_off: |name| {
            format!("{name} gets no marketing any more. Answers and order updates still arrive.")
        },
        turned_on: |name| format!("Recorded: {name} agreed to marketing."),
        how_agreed: |name| format!("How did {name} agree?"),
        how_agreed_lead: "A consent counts only with its source: it is kept as evidence, with your name and the time.",
        opted_out_before: |name, how| {
            format!("{name} said no before. {how}. Record an opt-in only if they told you otherwise since.")
        },
        source: "How the person agreed",
        source_choose: "Choose…",
        agreed_on: "Date of the agreement",
        agreed_on_hint: "Leave empty if it was just now.",
        note: "Their words, or what you showed them",
        note_hint: "For example: “Asked for the spring catalogue at the till; signed the form.”",
        record_opt_in: "Record opt-in",
        cancel: "Cancel",
        new_title: "Add a contact",
        new_lead: "A new contact starts as “Never asked”: adding a number is no consent to marketing.",
        phone: "Phone number",
        phone_hint: "With country code, for example +55 11 91234-5678.",
        tags_hint: "Words you group people by, such as VIP or wholesale.",
        save_contact: "Add contact",
        marketing_title: "Marketing",
        marketing_lead: "Off stops offers and news only. You can still answer this person and send order updates.",
        identity: "About",
        number: "Number",
        number_hidden: "Not shown by WhatsApp",
        user_id: "WhatsApp id",
        last_wrote: "Last wrote",
        added: "Added",
        edit: "Name, tags and details",
        save: "Save",
        saved: "Saved",
        block_title: "Blocking",
        block_text: "Blocking is not opting out. It stops everything: no answers, no order updates, nothing.",
        block: |name| format!("Block {name}…"),
        block_question: |name| format!("Stop all communication with {name}?"),
        block_consequence: "No message of any kind will reach this person until somebody unblocks them, not even answers and \
                            order updates. To stop only marketing, switch marketing off instead.",
        block_confirm: "Block everything",
        is_blocked: "This person is blocked: nothing is sent to them, not even answers and order updates.",
        unblock: "Unblock",
        history: "History",
        history_lead: "Consent and messages, newest first. Consent events are never edited or deleted.",
        history_newest: |count| {
            format!("These are the newest {count} messages; older ones are kept and not shown here.")
        },
        history_empty: "Nothing has happened with this person yet.",
        wrote: "Wrote",
        sent: |kind| format!("{kind} sent"),
        not_sent: |kind| format!("{kind} not sent"),
        error_code: |code| format!("WhatsApp answered with error {code}"),
        no_words: |kind| format!("({kind})"),
        verdict: |verdict| match verdict {
            "opt_out" => Some("Read as: stop"),
            "opt_in" => Some("Read as: start"),
            "help" => Some("Read as: help"),
            "hold" => Some("Read as: perhaps stop"),
            _ => None,
        },
        unknown_outcome: "Nobody knows whether WhatsApp took it; it is not sent again by itself.",
        recorded_in: "The opt-in was recorded",
        recorded_out: "The opt-out was recorded",
        opt_out_now: "Record opt-out",
        open_simulator: "Open this person’s phone",
    };
}
