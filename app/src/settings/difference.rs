//! What differs between two versions of the settings, field by field.

use domain::permit::Reachable;
use domain::settings::{Draft, Field};

use super::api::listened;
use crate::words::Words;

/// A field that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The field's label.
    pub label: &'static str,
    /// What the first version says.
    pub before: String,
    /// What the second says.
    pub after: String,
}

/// Every field in which two drafts differ.
#[must_use]
pub fn differences(before: &Draft, after: &Draft, words: &Words) -> Vec<Difference> {
    let system = &words.settings.system;
    let list = |words: &[String]| words.join(", ");
    let yes = |yes: bool| if yes { system.yes } else { system.no }.to_owned();
    let reachable = |draft: &Draft| match draft.policies.reachable {
        Reachable::OptedIn => system.opted_in_only.to_owned(),
        Reachable::NotOptedOut => system.not_opted_out.to_owned(),
    };
    let text = |text: &str| text.to_owned();
    let languages = |draft: &Draft| {
        let heard = listened(&draft.muted_languages);
        heard.iter().map(|code| system.language(code)).collect::<Vec<_>>().join(", ")
    };
    let pairs = [
        (system.field(Field::OptOutKeywords), list(&before.opt_out_keywords), list(&after.opt_out_keywords)),
        (
            system.field(Field::OptOutConfirmation),
            text(&before.opt_out_confirmation),
            text(&after.opt_out_confirmation),
        ),
        (system.field(Field::OptInKeywords), list(&before.opt_in_keywords), list(&after.opt_in_keywords)),
        (
            system.field(Field::OptInConfirmation),
            text(&before.opt_in_confirmation),
            text(&after.opt_in_confirmation),
        ),
        (system.field(Field::Disclosure), text(&before.disclosure), text(&after.disclosure)),
        (system.field(Field::HelpKeywords), list(&before.help_keywords), list(&after.help_keywords)),
        (system.field(Field::HelpAnswer), text(&before.help_answer), text(&after.help_answer)),
        (system.reachable, reachable(before), reachable(after)),
        (system.ask, yes(before.policies.ask_to_confirm), yes(after.policies.ask_to_confirm)),
        (system.languages, languages(before), languages(after)),
        (system.repeats, yes(before.policies.answer_repeats), yes(after.policies.answer_repeats)),
        (system.hours, (system.hours_word)(before.policies.hours), (system.hours_word)(after.policies.hours)),
        (
            system.cap,
            (system.cap_word)(before.policies.frequency_cap),
            (system.cap_word)(after.policies.frequency_cap),
        ),
        (system.skip_us, yes(before.policies.skip_us_numbers), yes(after.policies.skip_us_numbers)),
    ];
    pairs
        .into_iter()
        .filter(|(_, before, after)| before != after)
        .map(|(label, before, after)| Difference { label, before, after })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::ENGLISH;

    #[test]
    fn only_what_changed_is_named() {
        let before = Draft::default();
        let mut after = before.clone();
        after.opt_in_keywords.push("JOIN".to_owned());
        after.policies.answer_repeats = false;
        let found = differences(&before, &after, &ENGLISH);
        let labels: Vec<_> = found.iter().map(|difference| difference.label).collect();
        assert_eq!(labels, ["Opt-In Keywords", "Answer a repeated opt-out"]);
        assert!(found[0].after.ends_with("JOIN"));
        assert_eq!(differences(&before, &before, &ENGLISH), []);
    }
}
