//! Message templates as WhatsApp approved them.

use serde::{Deserialize, Serialize};

use crate::kind::MessageKind;

/// Where a template stands with WhatsApp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateStatus {
    /// May be sent.
    Approved,
    /// Waiting for review.
    Pending,
    /// Refused by review.
    Rejected,
    /// Paused for quality; may come back.
    Paused,
    /// Switched off for good.
    Disabled,
    /// Anything newer than this code.
    Other,
}

impl TemplateStatus {
    /// Reads Meta's upper-case word.
    #[must_use]
    pub fn from_meta(word: &str) -> Self {
        match word {
            "APPROVED" | "REINSTATED" => Self::Approved,
            "PENDING" | "IN_APPEAL" => Self::Pending,
            "REJECTED" => Self::Rejected,
            "PAUSED" => Self::Paused,
            "DISABLED" | "DELETED" | "ARCHIVED" | "PENDING_DELETION" => Self::Disabled,
            _ => Self::Other,
        }
    }

    /// The word used in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Pending => "pending",
            Self::Rejected => "rejected",
            Self::Paused => "paused",
            Self::Disabled => "disabled",
            Self::Other => "other",
        }
    }
}

/// Meta's category word as a message kind. Unknown categories are treated as the strictest: marketing.
#[must_use]
pub fn kind_of_category(category: &str) -> MessageKind {
    match category {
        "UTILITY" => MessageKind::Utility,
        "AUTHENTICATION" => MessageKind::Authentication,
        _ => MessageKind::Marketing,
    }
}

/// One template in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Its name, unique with the language.
    pub name: String,
    /// Meta's language code, such as `en` or `pt_BR`.
    pub language: String,
    /// What it is for, from its *current* category.
    pub kind: MessageKind,
    /// Where it stands.
    pub status: TemplateStatus,
    /// The body text, with `{{1}}` or `{{name}}` placeholders.
    pub body: String,
    /// The footer, if any.
    pub footer: Option<String>,
    /// The labels of its buttons, in order.
    pub buttons: Vec<String>,
}

impl Template {
    /// The placeholders of the body in order of first appearance: `1`, `2` … or names.
    #[must_use]
    pub fn variables(&self) -> Vec<&str> {
        let mut found = Vec::new();
        for piece in self.body.split("{{").skip(1) {
            if let Some((name, _)) = piece.split_once("}}") {
                let name = name.trim();
                if !name.is_empty() && !found.contains(&name) {
                    found.push(name);
                }
            }
        }
        found
    }

    /// The body with its placeholders filled; those without a value stay visible.
    #[must_use]
    pub fn render(&self, values: &[(String, String)]) -> String {
        values
            .iter()
            .fold(self.body.clone(), |body, (name, value)| body.replace(&format!("{{{{{name}}}}}"), value))
    }
}

/// A template to be made, before it is checked. WhatsApp reviews it after that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTemplate {
    /// Lower-case letters, digits and underscores.
    pub name: String,
    /// Meta's language code.
    pub language: String,
    /// Marketing or utility.
    pub kind: MessageKind,
    /// The text, with placeholders `{{1}}`, `{{2}}` …
    pub body: String,
    /// A value for each placeholder, for the people who review it.
    pub samples: Vec<String>,
    /// A line below the text; empty for none.
    pub footer: String,
    /// Labels of quick replies.
    pub buttons: Vec<String>,
}

/// Longest name (Meta).
pub const NAME_LIMIT: usize = 512;
/// Longest text (Meta).
pub const BODY_LIMIT: usize = 1_024;
/// Longest footer (Meta).
pub const FOOTER_LIMIT: usize = 60;
/// Longest label of a button (Meta).
pub const BUTTON_LIMIT: usize = 25;
/// Most quick replies: Meta takes ten and shows three on a phone.
pub const BUTTONS_LIMIT: usize = 3;

/// A part of a new template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewTemplateField {
    /// Its name.
    Name,
    /// Its language.
    Language,
    /// Its text.
    Body,
    /// The values for the review.
    Samples,
    /// Its footer.
    Footer,
    /// Its buttons.
    Buttons,
}

/// What WhatsApp, or the law, would refuse in a new template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewTemplateProblem {
    /// Nothing is there.
    Empty,
    /// Longer than so many characters.
    TooLong(usize),
    /// Signs that a name or a language code does not have.
    Signs,
    /// Placeholders are not numbered 1, 2, 3 … in order.
    Numbering,
    /// The text begins or ends with a placeholder.
    Edge,
    /// There is not exactly one sample a placeholder.
    Samples,
    /// A footer or a button with a placeholder.
    Placeholder,
    /// More buttons than WhatsApp shows.
    TooMany,
    /// The same label twice.
    Duplicate,
    /// A marketing template without a way out (R41).
    NoWayOut,
}

/// What deserves a second look before it is sent for review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewTemplateWarning {
    /// A utility template that promotes: WhatsApp makes it marketing, and so does the law (R43).
    Promotes(crate::settings::PromoSign),
    /// Nothing in it says who writes (R42).
    NoBusinessName,
}

impl NewTemplate {
    /// As the template it becomes once WhatsApp approves it.
    #[must_use]
    pub fn approved(&self) -> Template {
        Template {
            name: self.name.clone(),
            language: self.language.clone(),
            kind: self.kind,
            status: TemplateStatus::Approved,
            body: self.body.clone(),
            footer: Some(self.footer.trim().to_owned()).filter(|footer| !footer.is_empty()),
            buttons: self.buttons.clone(),
        }
    }

    /// What would be refused, field by field.
    #[must_use]
    pub fn problems(&self, settings: &crate::settings::Draft) -> Vec<(NewTemplateField, NewTemplateProblem)> {
        use NewTemplateField as Field;
        use NewTemplateProblem as Problem;
        let mut found = Vec::new();
        let mut add = |field, problem| found.push((field, problem));
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        match self.name.len() {
            0 => add(Field::Name, Problem::Empty),
            length if length > NAME_LIMIT => add(Field::Name, Problem::TooLong(NAME_LIMIT)),
            _ if !self.name.chars().all(is_name) => add(Field::Name, Problem::Signs),
            _ => {}
        }
        let is_language = |c: char| c.is_ascii_alphabetic() || c == '_';
        if !(2..=6).contains(&self.language.len()) || !self.language.chars().all(is_language) {
            add(Field::Language, Problem::Signs);
        }
        let body = self.body.trim();
        if body.is_empty() {
            add(Field::Body, Problem::Empty);
        } else if body.chars().count() > BODY_LIMIT {
            add(Field::Body, Problem::TooLong(BODY_LIMIT));
        }
        let template = self.approved();
        let placeholders = template.variables();
        let numbered =
            placeholders.iter().zip(1..).all(|(name, number): (&&str, usize)| **name == number.to_string());
        if !numbered {
            add(Field::Body, Problem::Numbering);
        } else if body.starts_with("{{") || body.ends_with("}}") {
            add(Field::Body, Problem::Edge);
        }
        if self.samples.len() != placeholders.len()
            || self.samples.iter().any(|sample| sample.trim().is_empty())
        {
            add(Field::Samples, Problem::Samples);
        }
        if self.footer.trim().chars().count() > FOOTER_LIMIT {
            add(Field::Footer, Problem::TooLong(FOOTER_LIMIT));
        } else if self.footer.contains("{{") {
            add(Field::Footer, Problem::Placeholder);
        }
        let mut labels: Vec<String> = self.buttons.iter().map(|label| label.trim().to_lowercase()).collect();
        labels.sort_unstable();
        labels.dedup();
        if self.buttons.len() > BUTTONS_LIMIT {
            add(Field::Buttons, Problem::TooMany);
        } else if self.buttons.iter().any(|label| label.chars().count() > BUTTON_LIMIT) {
            add(Field::Buttons, Problem::TooLong(BUTTON_LIMIT));
        } else if self.buttons.iter().any(|label| label.contains("{{")) {
            add(Field::Buttons, Problem::Placeholder);
        } else if labels.len() != self.buttons.len() {
            add(Field::Buttons, Problem::Duplicate);
        }
        if crate::campaign::template_problem(&template, settings)
            == Some(crate::campaign::TemplateProblem::NoWayOut)
        {
            add(Field::Footer, Problem::NoWayOut);
        }
        found
    }

    /// What deserves a second look.
    #[must_use]
    pub fn warnings(&self, business_name: &str) -> Vec<NewTemplateWarning> {
        let mut found = Vec::new();
        let all = format!("{}\n{}\n{}", self.body, self.footer, self.buttons.join("\n"));
        if self.kind == MessageKind::Utility
            && let Some(sign) = crate::settings::promotes(&all)
        {
            found.push(NewTemplateWarning::Promotes(sign));
        }
        if !all.to_lowercase().contains(&business_name.trim().to_lowercase()) {
            found.push(NewTemplateWarning::NoBusinessName);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_category_is_treated_as_marketing() {
        assert_eq!(kind_of_category("SOMETHING_NEW"), MessageKind::Marketing);
    }

    #[test]
    fn variables_are_found_in_order_and_filled() {
        let template = Template {
            name: "t".into(),
            language: "en".into(),
            kind: MessageKind::Utility,
            status: TemplateStatus::Approved,
            body: "Hi {{name}}, order {{order}} for {{name}}".into(),
            footer: None,
            buttons: vec![],
        };
        assert_eq!(template.variables(), ["name", "order"]);
        let values = [("name".to_owned(), "Ana".to_owned()), ("order".to_owned(), "7".to_owned())];
        assert_eq!(template.render(&values), "Hi Ana, order 7 for Ana");
    }

    fn draft() -> NewTemplate {
        NewTemplate {
            name: "autumn_news".into(),
            language: "en".into(),
            kind: MessageKind::Marketing,
            body: "Hi {{1}}, Padaria has new bread.".into(),
            samples: vec!["Ana".into()],
            footer: "Reply STOP to unsubscribe".into(),
            buttons: vec!["Stop promotions".into()],
        }
    }

    #[test]
    fn what_whatsapp_would_refuse_is_named_field_by_field() {
        use NewTemplateField as Field;
        use NewTemplateProblem as Problem;
        let settings = crate::settings::Draft::default();
        let problems = |edit: &dyn Fn(&mut NewTemplate)| {
            let mut template = draft();
            edit(&mut template);
            template.problems(&settings)
        };
        assert_eq!(problems(&|_| ()), []);
        assert_eq!(problems(&|new| new.name = "Autumn news".into()), [(Field::Name, Problem::Signs)]);
        assert_eq!(problems(&|new| new.language = "english".into()), [(Field::Language, Problem::Signs)]);
        assert_eq!(problems(&|new| new.body = "Hi {{2}}, news.".into()), [(Field::Body, Problem::Numbering)]);
        assert_eq!(problems(&|new| new.body = "{{1}}, news.".into()), [(Field::Body, Problem::Edge)]);
        assert_eq!(problems(&|new| new.samples.clear()), [(Field::Samples, Problem::Samples)]);
        assert_eq!(problems(&|new| new.footer = "x".repeat(61)), [(Field::Footer, Problem::TooLong(60))]);
        let twice = vec!["Stop".to_owned(), "stop".to_owned()];
        assert_eq!(problems(&|new| new.buttons = twice.clone()), [(Field::Buttons, Problem::Duplicate)]);
        let nothing = |new: &mut NewTemplate| {
            new.body = String::new();
            new.samples.clear();
        };
        assert_eq!(problems(&nothing), [(Field::Body, Problem::Empty)]);
    }

    #[test]
    fn r41_a_new_marketing_template_needs_a_way_out() {
        let settings = crate::settings::Draft::default();
        let without = NewTemplate { footer: String::new(), buttons: vec![], ..draft() };
        assert_eq!(without.problems(&settings), [(NewTemplateField::Footer, NewTemplateProblem::NoWayOut)]);
        let utility = NewTemplate { kind: MessageKind::Utility, ..without };
        assert_eq!(utility.problems(&settings), []);
    }

    #[test]
    fn r42_r43_a_template_that_hides_who_writes_or_promotes_as_a_service_is_looked_at_twice() {
        assert_eq!(draft().warnings("Padaria"), []);
        assert_eq!(draft().warnings("Bakery"), [NewTemplateWarning::NoBusinessName]);
        let dressed = NewTemplate {
            kind: MessageKind::Utility,
            body: "Padaria: your order is ready. 20% off your next one!".into(),
            samples: vec![],
            ..draft()
        };
        assert_eq!(
            dressed.warnings("Padaria"),
            [NewTemplateWarning::Promotes(crate::settings::PromoSign::Percent)]
        );
    }
}
