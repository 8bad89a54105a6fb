use domain::contact::Contact;

use crate::contacts::ContactColumn;

/// What a business keeps about a person, and merging two records of one.
#[derive(Debug)]
pub struct PersonWords {
    /// A field.
    pub language: &'static str,
    /// What to fill in.
    pub language_hint: &'static str,
    /// A field: the business's own ones.
    pub attributes: &'static str,
    /// What to fill in.
    pub attributes_hint: &'static str,
    /// More than one number.
    pub other_numbers: &'static str,
    /// Sends again to a number nobody seems to be behind.
    pub try_again: &'static str,
    /// Card: notes.
    pub notes: &'static str,
    /// Nobody noted anything.
    pub no_notes: &'static str,
    /// What the software noted by itself.
    pub by_itself: &'static str,
    /// The disclosure of columns.
    pub columns: &'static str,
    /// The button.
    pub columns_show: &'static str,
    /// A column.
    pub column: fn(ContactColumn) -> &'static str,
    /// A card, and the button in it.
    pub merge: &'static str,
    /// What it is for.
    pub merge_text: &'static str,
    /// The page.
    pub merge_title: fn(&str) -> String,
    /// What to do on it.
    pub merge_lead: &'static str,
    /// The search.
    pub merge_search: &'static str,
    /// Nobody was found.
    pub merge_nobody: &'static str,
    /// The table of what comes of it.
    pub merge_preview: &'static str,
    /// A column: what is compared.
    pub detail: &'static str,
    /// A column: the one that stays.
    pub stays: &'static str,
    /// A column: the one that goes.
    pub goes: &'static str,
    /// A column: what comes of both.
    pub afterwards: &'static str,
    /// A row: blocked or not.
    pub blocked: &'static str,
    /// A row: WhatsApp's own stop.
    pub native_stop: &'static str,
    /// It is so.
    pub yes: &'static str,
    /// It is not so.
    pub no: &'static str,
    /// What merging means.
    pub merge_consequence: fn(&Contact) -> String,
    /// The button.
    pub merge_yes: &'static str,
    /// It is done.
    pub merged: &'static str,
    /// Why it cannot be done, by the verb's word.
    pub merge_problem: fn(&str) -> &'static str,
    /// Only people of a campaign with what became of them.
    pub in_campaign: fn(&str) -> String,
    /// Leads from a campaign's people to the same people in the list.
    pub show_in_contacts: &'static str,
}

impl PersonWords {
    pub(super) const ENGLISH: Self = Self {
        language: "Language",
        language_hint: "A code such as en, pt or pt-br.",
        attributes: "Your own fields",
        attributes_hint: "One a line, such as “Shoe size: 42”.",
        other_numbers: "All numbers",
        try_again: "Try this number again",
        notes: "Notes to colleagues",
        no_notes: "Nothing noted yet. Notes stay among colleagues: the person never sees them.",
        by_itself: "The software",
        columns: "Columns",
        columns_show: "Show these columns",
        column: |column| match column {
            ContactColumn::LastMessage => "Last message",
            ContactColumn::Tags => "Tags",
            ContactColumn::Country => "Country",
            ContactColumn::Language => "Language",
            ContactColumn::Attributes => "Your own fields",
            ContactColumn::Added => "Added",
        },
        merge: "Merge with another contact",
        merge_text: "If this person has a second record, under another number or without one, join the two.",
        merge_title: |name| format!("Merge {name} with another contact"),
        merge_lead: "Look for the other record of the same person. You see what comes of both before anything is changed.",
        merge_search: "Name or number of the other record",
        merge_nobody: "Nobody else was found. Try another part of the name, or the last digits of the number.",
        merge_preview: "What comes of both",
        detail: "Detail",
        stays: "Stays",
        goes: "Goes",
        afterwards: "Afterwards",
        blocked: "Blocked",
        native_stop: "Stopped in WhatsApp",
        yes: "Yes",
        no: "No",
        merge_consequence: |result| {
            format!(
                "Afterwards there is one contact, {}. Messages, notes, consent events and every number of both lead to it, and the stricter \
                 choice counts. This cannot be undone.",
                result.label()
            )
        },
        merge_yes: "Merge for good",
        merged: "The two records are one now.",
        merge_problem: |code| match code {
            "same" => "These are one contact already.",
            "erased" => "The data of the other person was erased: there is nothing to merge with.",
            _ => "The other contact does not exist any more. Look for it again.",
        },
        in_campaign: |outcome| format!("In one campaign: {}", outcome.to_lowercase()),
        show_in_contacts: "Show in contacts",
    };
}
