use std::sync::Arc;

use domain::settings::{KEYWORD_SEPARATORS, split_keywords};
use leptos::html;
use leptos::prelude::*;

use super::field::FieldError;
use super::icon::{Glyph, Icon};
use crate::words::use_words;

/// How bad an issue of a chip is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Can be saved, but think again.
    Warning,
    /// Cannot be saved.
    Error,
}

/// What is wrong with one chip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChipIssue {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong and what to do, in a sentence that names the chip. Empty when the list's own error says so.
    pub message: String,
}

/// Judges one chip, knowing those before it; runs at each change, in the browser and on the server alike.
pub type Judge = Arc<dyn Fn(&str, &[String]) -> Option<ChipIssue> + Send + Sync>;

fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// An editor for a list of short words.
///
/// The submitted value is always the one named textarea, one word a line; without JavaScript that textarea is what the
/// person edits (commas work as well). In the browser it becomes chips: Enter or comma adds, a pasted list adds many,
/// Backspace in the empty entry removes the last, each chip has a button "Remove STOP". What is typed but not yet added is
/// added when the entry loses the focus, so that pressing Save never drops a word.
///
/// The `id` is that of the control one can see, so that links to `#name` and the label find it before and after.
#[component]
pub fn ChipsInput(
    /// The name the words are submitted under, also the `id`.
    name: &'static str,
    /// What the list is called.
    #[prop(into)]
    label: String,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong with the list as a whole.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// The words, followed in both directions.
    words: RwSignal<Vec<String>>,
    /// Words to add with one press; those already in the list are not shown.
    #[prop(optional)]
    suggestions: Vec<String>,
    /// Finds what is wrong with single words.
    #[prop(optional, into)]
    judge: Option<Judge>,
) -> impl IntoView {
    let text = use_words();
    let interactive = RwSignal::new(false);
    Effect::new(move |_| interactive.set(true));
    let entry = NodeRef::<html::Input>::new();
    let heard = RwSignal::new(String::new());
    // What was typed although it is in the list, until something else is typed.
    let repeated = RwSignal::new(Vec::<String>::new());

    let (label_id, hint_id, error_id, issues_id) =
        (format!("{name}-label"), format!("{name}-hint"), format!("{name}-error"), format!("{name}-issues"));
    let described = [hint.as_ref().map(|_| hint_id.clone()), Some(error_id.clone()), Some(issues_id.clone())]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ");

    let add = move |typed: &str| {
        let (mut said, mut again) = (Vec::new(), Vec::new());
        words.update(|words| {
            for word in split_keywords(typed) {
                if words.iter().any(|known| same(known, &word)) {
                    said.push((text.ui.already_listed)(&word));
                    again.push(word);
                } else {
                    said.push((text.ui.added)(&word));
                    words.push(word);
                }
            }
        });
        repeated.set(again);
        if !said.is_empty() {
            heard.set(said.join(". "));
        }
    };
    let commit = move || {
        if let Some(entry) = entry.get_untracked()
            && !entry.value().trim().is_empty()
        {
            add(&entry.value());
            entry.set_value("");
        }
    };
    let focus_entry = move || {
        if let Some(entry) = entry.get_untracked() {
            // An element that cannot take the focus is no loss.
            let _ = entry.focus();
        }
    };
    let remove = move |index: usize| {
        let removed = words.try_update(|words| (index < words.len()).then(|| words.remove(index))).flatten();
        if let Some(word) = removed {
            heard.set((text.ui.removed)(&word));
        }
        repeated.set(Vec::new());
        focus_entry();
    };

    let issues = Memo::new(move |_| {
        let words = words.read();
        words
            .iter()
            .enumerate()
            .map(|(index, word)| {
                (word.clone(), judge.as_ref().and_then(|judge| judge(word, &words[..index])))
            })
            .collect::<Vec<_>>()
    });
    let chips = move || {
        issues
            .get()
            .into_iter()
            .enumerate()
            .map(|(index, (word, issue))| {
                let label = (text.ui.remove)(&word);
                let known = word.clone();
                let again = move || repeated.read().iter().any(|word| same(word, &known)).then_some("");
                view! {
                    <li class="chip" data-issue=issue.as_ref().map(|issue| severity(issue.severity)) data-again=again>
                        {issue.as_ref().map(|_| view! { <Icon glyph=Glyph::Warning/> })}
                        <span class="chip-word">{word}</span>
                        <button class="chip-remove" type="button" aria-label=label on:click=move |_| remove(index)>
                            <Icon glyph=Glyph::Cross/>
                        </button>
                    </li>
                }
            })
            .collect_view()
    };
    let notices = move || {
        issues
            .get()
            .into_iter()
            .filter_map(|(_, issue)| issue)
            .filter(|issue| !issue.message.is_empty())
            .map(|issue| {
                view! {
                    <li class="chips-issue" data-issue=severity(issue.severity)>
                        <Icon glyph=Glyph::Warning/>
                        <span>{issue.message}</span>
                    </li>
                }
            })
            .collect_view()
    };
    let repetitions = move || {
        repeated
            .get()
            .into_iter()
            .map(|word| {
                view! {
                    <li class="chips-issue" data-issue=severity(Severity::Warning)>
                        <Icon glyph=Glyph::Warning/>
                        <span>{(text.ui.already_listed)(&word)}</span>
                    </li>
                }
            })
            .collect_view()
    };
    let has_suggestions = !suggestions.is_empty();
    let offered = Memo::new(move |_| {
        let words = words.read();
        suggestions
            .iter()
            .filter(|word| !words.iter().any(|known| same(known, word)))
            .cloned()
            .collect::<Vec<_>>()
    });
    let suggested = move || {
        offered
            .get()
            .into_iter()
            .map(|word| {
                let label = (text.ui.add)(&word);
                let added = word.clone();
                view! {
                    <li>
                        <button class="chips-suggestion" type="button" aria-label=label on:click=move |_| add(&added)>
                            <Icon glyph=Glyph::Plus/>
                            {word}
                        </button>
                    </li>
                }
            })
            .collect_view()
    };
    let plain_id = move || if interactive.get() { format!("{name}-plain") } else { name.to_owned() };
    let entry_id = move || if interactive.get() { name.to_owned() } else { format!("{name}-entry") };

    view! {
        <div
            class="chips-input"
            data-interactive=move || interactive.get().then_some("")
            data-invalid=move || error.read().is_some().then_some("")
        >
            <label class="field-label" id=label_id.clone() for=name>{label}</label>
            <textarea
                class="field-control chips-plain"
                id=plain_id
                name=name
                rows="4"
                aria-describedby=described.clone()
                aria-invalid=move || error.read().is_some().then_some("true")
                hidden=move || interactive.get()
                prop:value=move || words.read().join("\n")
                // What was typed here before it became chips is put back with this event.
                on:input=move |event| words.set(split_keywords(&event_target_value(&event)))
            >
                {words.read_untracked().join("\n")}
            </textarea>
            <div class="chips-box" inert=move || !interactive.get() on:click=move |_| focus_entry()>
                <ul class="chips-list" aria-labelledby=label_id>{chips}</ul>
                <input
                    class="chips-entry"
                    id=entry_id
                    type="text"
                    node_ref=entry
                    autocomplete="off"
                    autocapitalize="characters"
                    enterkeyhint="done"
                    placeholder=text.ui.add_a_word
                    aria-describedby=described
                    aria-invalid=move || error.read().is_some().then_some("true")
                    on:blur=move |_| commit()
                    on:input=move |event| {
                        let typed = event_target_value(&event);
                        if typed.contains(KEYWORD_SEPARATORS) {
                            commit();
                        } else if !typed.is_empty() && !repeated.read_untracked().is_empty() {
                            repeated.set(Vec::new());
                        }
                    }
                    on:paste=move |event| {
                        let pasted = event.clipboard_data().and_then(|data| data.get_data("text").ok()).unwrap_or_default();
                        if split_keywords(&pasted).len() > 1 {
                            event.prevent_default();
                            add(&pasted);
                        }
                    }
                    on:keydown=move |event| {
                        let empty = entry.get_untracked().is_some_and(|entry| entry.value().is_empty());
                        match event.key().as_str() {
                            // Enter in the empty entry submits the form, as in any other field.
                            "Enter" if !empty && !event.is_composing() => {
                                event.prevent_default();
                                commit();
                            }
                            // A key held down to clear the entry stops at the chips.
                            "Backspace" if empty && !event.repeat() => {
                                let last = words.read_untracked().len().checked_sub(1);
                                if let Some(last) = last {
                                    remove(last);
                                }
                            }
                            _ => {}
                        }
                    }
                />
            </div>
            <ul class="chips-issues" id=issues_id>
                {notices}
                {repetitions}
            </ul>
            <FieldError id=error_id error/>
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
            {has_suggestions.then(|| {
                view! {
                    <div class="chips-suggestions" hidden=move || !interactive.get() || offered.read().is_empty()>
                        <span>{text.ui.suggestions}</span>
                        <ul>{suggested}</ul>
                    </div>
                }
            })}
            <span class="visually-hidden" role="status">{heard}</span>
        </div>
    }
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}
