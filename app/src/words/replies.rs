/// Answers that colleagues give often.
#[derive(Debug)]
pub struct ReplyWords {
    /// The page, and the part of the composer.
    pub title: &'static str,
    /// What they are for.
    pub lead: &'static str,
    /// There is none.
    pub none: &'static str,
    /// What they are good for.
    pub none_text: &'static str,
    /// A column and a field.
    pub name: &'static str,
    /// A column and a field.
    pub text: &'static str,
    /// What may stand in it.
    pub text_hint: &'static str,
    /// A form.
    pub add: &'static str,
    /// A form.
    pub change: fn(&str) -> String,
    /// A button.
    pub save: &'static str,
    /// It was done.
    pub saved: &'static str,
    /// A link.
    pub edit: &'static str,
    /// Its name for screen readers.
    pub edit_one: fn(&str) -> String,
    /// A button.
    pub remove: &'static str,
    /// Its name for screen readers.
    pub remove_one: fn(&str) -> String,
    /// Leads back to the empty form.
    pub cancel: &'static str,
}

impl ReplyWords {
    pub(super) const ENGLISH: Self = Self {
        title: "Saved replies",
        lead: "Answers that your team gives often. They are offered in the inbox, for everybody who answers.",
        none: "No saved replies yet",
        none_text: "Keep your opening hours, your address or how to return something, and answer with one click.",
        name: "Title",
        text: "Text",
        text_hint: "{{name}} becomes the person’s name. Whoever sends it can change it first.",
        add: "New saved reply",
        change: |title| format!("Change “{title}”"),
        save: "Save",
        saved: "Saved",
        edit: "Edit",
        edit_one: |title| format!("Edit {title}"),
        remove: "Remove",
        remove_one: |title| format!("Remove {title}"),
        cancel: "Cancel",
    };
}
