use std::collections::HashMap;
use std::sync::Arc;

use detection::{Question, Rule, Verdict};
use domain::permit::{FrequencyCap, Reachable};
use domain::quiet::Hours;
use domain::settings::{Draft, Field, FieldProblem, Policies, Problem, Warning, warnings};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::detector::ask;
use crate::error::FieldName;
use crate::ui::{ChipIssue, Judge, Severity};
use crate::words::use_words;

/// What is being edited, one signal a field, and what is wrong with it: judged by the code that judges on the server.
#[derive(Clone, Copy, Debug)]
pub struct Fields {
    /// Words that stop marketing.
    pub opt_out_keywords: RwSignal<Vec<String>>,
    /// Sent once when somebody opts out.
    pub opt_out_confirmation: RwSignal<String>,
    /// Words that bring people back.
    pub opt_in_keywords: RwSignal<Vec<String>>,
    /// Sent once when somebody opts in.
    pub opt_in_confirmation: RwSignal<String>,
    /// Words that ask for help.
    pub help_keywords: RwSignal<Vec<String>>,
    /// The answer to them.
    pub help_answer: RwSignal<String>,
    /// The question before an opt-in.
    pub disclosure: RwSignal<String>,
    /// Who may get marketing.
    pub reachable: RwSignal<Reachable>,
    /// Ask unknown people first.
    pub ask_to_confirm: RwSignal<bool>,
    /// Answer a repeated opt-out.
    pub answer_repeats: RwSignal<bool>,
    /// The hours in which marketing leaves.
    pub hours: RwSignal<Option<Hours>>,
    /// Most marketing to one person.
    pub frequency_cap: RwSignal<Option<FrequencyCap>>,
    /// No marketing to numbers of the United States.
    pub skip_us_numbers: RwSignal<bool>,
    /// Languages that are not listened for.
    pub muted_languages: RwSignal<Vec<String>>,
    /// All of them as a draft.
    pub draft: Memo<Draft>,
    /// What keeps the draft from being saved.
    pub problems: Memo<Vec<FieldProblem>>,
    /// What deserves a second look.
    pub warnings: Memo<Vec<Warning>>,
    /// What the detector makes of keywords that were added here, when no list holds them.
    pub known: RwSignal<HashMap<String, (Verdict, Rule)>>,
}

impl Fields {
    /// Starts with a draft.
    #[must_use]
    pub fn new(start: &Draft, business_name: String) -> Self {
        let opt_out_keywords = RwSignal::new(start.opt_out_keywords.clone());
        let opt_out_confirmation = RwSignal::new(start.opt_out_confirmation.clone());
        let opt_in_keywords = RwSignal::new(start.opt_in_keywords.clone());
        let opt_in_confirmation = RwSignal::new(start.opt_in_confirmation.clone());
        let help_keywords = RwSignal::new(start.help_keywords.clone());
        let help_answer = RwSignal::new(start.help_answer.clone());
        let disclosure = RwSignal::new(start.disclosure.clone());
        let reachable = RwSignal::new(start.policies.reachable);
        let ask_to_confirm = RwSignal::new(start.policies.ask_to_confirm);
        let answer_repeats = RwSignal::new(start.policies.answer_repeats);
        let hours = RwSignal::new(start.policies.hours);
        let frequency_cap = RwSignal::new(start.policies.frequency_cap);
        let skip_us_numbers = RwSignal::new(start.policies.skip_us_numbers);
        let muted_languages = RwSignal::new(start.muted_languages.clone());
        let draft = Memo::new(move |_| Draft {
            opt_out_keywords: opt_out_keywords.get(),
            opt_out_confirmation: opt_out_confirmation.get(),
            opt_in_keywords: opt_in_keywords.get(),
            opt_in_confirmation: opt_in_confirmation.get(),
            help_keywords: help_keywords.get(),
            help_answer: help_answer.get(),
            disclosure: disclosure.get(),
            policies: Policies {
                reachable: reachable.get(),
                ask_to_confirm: ask_to_confirm.get(),
                answer_repeats: answer_repeats.get(),
                hours: hours.get(),
                frequency_cap: frequency_cap.get(),
                skip_us_numbers: skip_us_numbers.get(),
            },
            muted_languages: muted_languages.get(),
        });
        let problems = Memo::new(move |_| draft.read().problems(detection::normalise));
        let warnings = Memo::new(move |_| warnings(&draft.read(), &business_name));
        Self {
            opt_out_keywords,
            opt_out_confirmation,
            opt_in_keywords,
            opt_in_confirmation,
            help_keywords,
            help_answer,
            disclosure,
            reachable,
            ask_to_confirm,
            answer_repeats,
            hours,
            frequency_cap,
            skip_us_numbers,
            muted_languages,
            draft,
            problems,
            warnings,
            known: RwSignal::new(HashMap::new()),
        }
    }

    /// Asks the detector about keywords as they are added, so that lists hold no more than they need.
    pub fn look_up_added(&self) {
        let fields = *self;
        let at_first = RwSignal::new(None::<Vec<String>>);
        Effect::new(move |_| {
            let mut listed = fields.opt_out_keywords.get();
            listed.extend(fields.opt_in_keywords.get());
            let Some(before) = at_first.get_untracked() else {
                at_first.set(Some(listed));
                return;
            };
            for word in listed {
                if before.contains(&word) || fields.known.read_untracked().contains_key(&word) {
                    continue;
                }
                spawn_local(async move {
                    let question = Question { text: word.clone(), ..Question::default() };
                    if let Some(found) = ask(&question).await {
                        fields.known.try_update(|known| known.insert(word, (found.verdict, found.rule)));
                    }
                });
            }
        });
    }

    /// Replaces everything, as when somebody else's version is loaded.
    pub fn set(&self, draft: Draft) {
        self.opt_out_keywords.set(draft.opt_out_keywords);
        self.opt_out_confirmation.set(draft.opt_out_confirmation);
        self.opt_in_keywords.set(draft.opt_in_keywords);
        self.opt_in_confirmation.set(draft.opt_in_confirmation);
        self.help_keywords.set(draft.help_keywords);
        self.help_answer.set(draft.help_answer);
        self.disclosure.set(draft.disclosure);
        self.reachable.set(draft.policies.reachable);
        self.ask_to_confirm.set(draft.policies.ask_to_confirm);
        self.answer_repeats.set(draft.policies.answer_repeats);
        self.hours.set(draft.policies.hours);
        self.frequency_cap.set(draft.policies.frequency_cap);
        self.skip_us_numbers.set(draft.policies.skip_us_numbers);
        self.muted_languages.set(draft.muted_languages);
    }

    fn keywords(&self, field: Field) -> RwSignal<Vec<String>> {
        match field {
            Field::OptInKeywords => self.opt_in_keywords,
            Field::HelpKeywords => self.help_keywords,
            _ => self.opt_out_keywords,
        }
    }

    /// What is wrong with a field, in words.
    #[must_use]
    pub fn error(&self, field: Field) -> Signal<Option<String>> {
        let (words, fields) = (use_words(), *self);
        Signal::derive(move || {
            let problems = fields.problems.read();
            let said: Vec<String> = problems
                .iter()
                .filter(|found| found.field == field)
                .map(|found| match keyword_at(found.problem) {
                    Some(index) => {
                        let list = fields.keywords(field).read();
                        let word = list.get(index).map_or("", String::as_str);
                        (words.settings.system.keyword)(found.problem, word)
                    }
                    None => words.errors.field((*found).into()),
                })
                .collect();
            (!said.is_empty()).then(|| said.join(" "))
        })
    }

    /// Something allowed about a message that deserves a second look, in words.
    #[must_use]
    pub fn warning(&self, field: Field) -> Signal<Option<String>> {
        let (words, warnings) = (use_words(), self.warnings);
        Signal::derive(move || {
            let unnamed = Warning::NoBusinessName { field };
            warnings.read().contains(&unnamed).then(|| words.settings.system.warning(unnamed, ""))
        })
    }

    /// Marks single keywords: those that cannot be saved, whose reason stands below the list, and those to think about again.
    #[must_use]
    pub fn judge(&self, field: Field) -> Judge {
        let (words, fields) = (use_words(), *self);
        Arc::new(move |word, before| {
            let at = before.len();
            let wrong = fields
                .problems
                .read()
                .iter()
                .any(|found| found.field == field && keyword_at(found.problem) == Some(at));
            if wrong {
                return Some(ChipIssue { severity: Severity::Error, message: String::new() });
            }
            let system = &words.settings.system;
            let suspicious =
                [Warning::OrdinaryWord { field, index: at }, Warning::BotCommand { field, index: at }];
            let warnings = fields.warnings.read();
            let message = suspicious
                .into_iter()
                .find(|warning| warnings.contains(warning))
                .map(|warning| system.warning(warning, word))
                .or_else(|| match fields.known.read().get(word)? {
                    (Verdict::OptOut, Rule::ShippedKeyword) if field == Field::OptOutKeywords => {
                        Some((system.covered)(word))
                    }
                    (Verdict::OptIn, Rule::ShippedKeyword) if field == Field::OptInKeywords => {
                        Some((system.covered)(word))
                    }
                    (Verdict::Hold, _) if field == Field::OptOutKeywords => Some((system.unclear)(word)),
                    _ => None,
                });
            message.map(|message| ChipIssue { severity: Severity::Warning, message })
        })
    }
}

/// The keyword a problem is about.
const fn keyword_at(problem: Problem) -> Option<usize> {
    match problem {
        Problem::KeywordEmpty { index }
        | Problem::KeywordTooLong { index, .. }
        | Problem::Duplicate { index }
        | Problem::InTwoLists { index, .. } => Some(index),
        _ => None,
    }
}

/// The `id` of the control that takes the focus for a field.
#[must_use]
pub fn control_id(field: Field) -> String {
    FieldName::Settings(field).as_str().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_equal_keywords_the_second_is_marked() {
        Owner::new().with(|| {
            let mut draft = Draft::default();
            draft.opt_out_keywords.push("STOP".to_owned());
            let list = draft.opt_out_keywords.clone();
            let judge = Fields::new(&draft, "Shop".to_owned()).judge(Field::OptOutKeywords);
            let marked = |index: usize| judge(&list[index], &list[..index]).map(|issue| issue.severity);
            assert_eq!(marked(0), None);
            assert_eq!(marked(list.len() - 1), Some(Severity::Error));
        });
    }
}
