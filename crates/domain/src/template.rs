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
}
