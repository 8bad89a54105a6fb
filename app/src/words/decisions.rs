use domain::review::ReviewKind;

/// What needs a person.
#[derive(Debug)]
pub struct Decisions {
    /// The page.
    pub title: &'static str,
    /// What it is.
    pub lead: &'static str,
    /// Nothing is open.
    pub none_title: &'static str,
    /// What comes.
    pub none_text: &'static str,
    /// So many are not shown.
    pub more: fn(&str) -> String,
    /// A decision.
    pub stop: &'static str,
    /// A decision.
    pub no_stop: &'static str,
    /// A decision.
    pub done: &'static str,
    /// It was recorded.
    pub recorded: &'static str,
    /// Before a time to come.
    pub due: &'static str,
    /// Before a time that has passed.
    pub overdue: &'static str,
    /// A link.
    pub open_contact: &'static str,
    kind: fn(ReviewKind) -> &'static str,
    what: fn(ReviewKind) -> &'static str,
}

impl Decisions {
    pub(super) const ENGLISH: Self = Self {
        title: "Needs a decision",
        lead: "Words that may or may not mean a stop, complaints, and requests to delete data. Marketing to these people is paused or off.",
        none_title: "Nothing to decide",
        none_text: "When a customer writes something unclear, such as “not interested”, marketing to them pauses and it appears here.",
        more: |count| format!("And {count} more; they move up as you decide."),
        stop: "They asked to stop",
        no_stop: "They did not",
        done: "Seen to",
        recorded: "Your decision is recorded",
        due: "Decide by",
        overdue: "Was due",
        open_contact: "Open contact",
        kind: |kind| match kind {
            ReviewKind::Hold => "Unclear words",
            ReviewKind::Complaint => "Complaint",
            ReviewKind::Erasure => "Request to delete data",
        },
        what: |kind| match kind {
            ReviewKind::Hold => {
                "Marketing is paused until you decide. Without a decision it counts as a stop after ten working days."
            }
            ReviewKind::Complaint => {
                "Marketing has stopped. Look at what went wrong, and answer if it helps."
            }
            ReviewKind::Erasure => "Marketing has stopped. Their data has to be deleted within a month.",
        },
    };

    /// Why somebody has to look.
    #[must_use]
    pub fn kind(&self, kind: ReviewKind) -> &'static str {
        (self.kind)(kind)
    }

    /// What it is about and what happens without an answer.
    #[must_use]
    pub fn what(&self, kind: ReviewKind) -> &'static str {
        (self.what)(kind)
    }
}
