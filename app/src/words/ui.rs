use detection::Verdict;
use domain::consent::State;

use crate::ui::Delivery;

/// The shared parts.
#[derive(Debug)]
pub struct Ui {
    /// Marks a field that may stay empty.
    pub optional: &'static str,
    /// So many of at most so many characters.
    pub characters: fn(usize, usize) -> String,
    /// A change is being recorded.
    pub saving: &'static str,
    /// Something is being loaded.
    pub loading: &'static str,
    /// Closes a dialog.
    pub close: &'static str,
    /// Takes a message away.
    pub dismiss: &'static str,
    /// Invites to type a word.
    pub add_a_word: &'static str,
    /// Names the button that adds a word.
    pub add: fn(&str) -> String,
    /// Names the button that removes a word.
    pub remove: fn(&str) -> String,
    /// Read out: a word was added.
    pub added: fn(&str) -> String,
    /// Read out: a word was removed.
    pub removed: fn(&str) -> String,
    /// Read out: a word was there already.
    pub already_listed: fn(&str) -> String,
    /// Before suggested words.
    pub suggestions: &'static str,
    /// Names the links between pages of a list.
    pub pages: &'static str,
    /// The page before.
    pub previous: &'static str,
    /// The page after.
    pub next: &'static str,
    /// In the preview of an empty message.
    pub nothing_written: &'static str,
    states: [&'static str; 5],
    deliveries: [&'static str; 5],
    verdicts: [&'static str; 5],
}

impl Ui {
    pub(super) const ENGLISH: Self = Self {
        optional: "(optional)",
        characters: |count, limit| {
            if count > limit { format!("{} too many", count - limit) } else { format!("{count} / {limit}") }
        },
        saving: "Saving…",
        loading: "Loading…",
        close: "Close",
        dismiss: "Dismiss",
        add_a_word: "Add a word…",
        add: |word| format!("Add {word}"),
        remove: |word| format!("Remove {word}"),
        added: |word| format!("{word} added"),
        removed: |word| format!("{word} removed"),
        already_listed: |word| format!("{word} is already in the list"),
        suggestions: "Suggestions",
        pages: "Pages",
        previous: "Previous",
        next: "Next",
        nothing_written: "Nothing written yet",
        states: ["Never asked", "Asked", "Opted in", "Opted out", "Held"],
        deliveries: ["On its way", "Sent", "Delivered", "Read", "Not delivered"],
        verdicts: ["Asks to stop", "Unclear", "Asks to start", "Asks for help", "Ordinary message"],
    };

    /// What a message was understood to ask for.
    #[must_use]
    pub const fn verdict(&self, verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::OptOut => self.verdicts[0],
            Verdict::Hold => self.verdicts[1],
            Verdict::OptIn => self.verdicts[2],
            Verdict::Help => self.verdicts[3],
            Verdict::None => self.verdicts[4],
        }
    }

    /// The word for a consent state.
    #[must_use]
    pub const fn state(&self, state: State) -> &'static str {
        match state {
            State::Unknown => self.states[0],
            State::Pending => self.states[1],
            State::OptedIn => self.states[2],
            State::OptedOut => self.states[3],
            State::Held => self.states[4],
        }
    }

    /// The word for how far a message got.
    #[must_use]
    pub const fn delivery(&self, delivery: Delivery) -> &'static str {
        match delivery {
            Delivery::Waiting => self.deliveries[0],
            Delivery::Sent => self.deliveries[1],
            Delivery::Delivered => self.deliveries[2],
            Delivery::Read => self.deliveries[3],
            Delivery::Failed => self.deliveries[4],
        }
    }
}
